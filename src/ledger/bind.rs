//! To which account and to which sources a ledger belongs, and small facts it keeps.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};

use super::writer::{Urgency, Work};
use super::{Ack, Ledger, LedgerError, SourceRow};

impl Ledger {
    /// Binds the ledger to the Gorgias account `name` (`acme`, or `host:port`) with the account's own `id`, where
    /// that is known. The first call decides; a later one that names another account is refused.
    pub fn bind_account(&self, name: &str, id: Option<&str>) -> Ack<()> {
        let (name, id) = (name.to_owned(), id.map(str::to_owned));
        self.inner.writer.submit(Urgency::Now, move |work| bind_account(work, &name, id.as_deref()))
    }

    /// Binds the source `name`: its product, the export accounts seen in its files, its grouping of calls.
    ///
    /// Refused if the product or the grouping differs, or if the accounts have none in common with those seen
    /// before. An export that names no account is taken.
    pub fn bind_source(&self, source: SourceRow) -> Ack<()> {
        self.inner.writer.submit(Urgency::Now, move |work| bind_source(work, source))
    }

    /// Remembers a fact about the account or the ledger (what was learnt, which canary passed). No addresses.
    pub fn set_fact(&self, name: &str, value: &str) -> Ack<()> {
        let (name, value) = (format!("fact:{name}"), value.to_owned());
        self.inner.writer.submit(Urgency::Gather, move |work| set_meta(work, &name, &value))
    }
}

pub(super) fn set_meta(work: &Work<'_>, name: &str, value: &str) -> Result<(), LedgerError> {
    work.connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)", [name, value])?;
    Ok(())
}

fn bind_account(work: &Work<'_>, name: &str, id: Option<&str>) -> Result<(), LedgerError> {
    let bound: Option<(String, Option<String>)> = work
        .connection
        .query_row("SELECT name, gorgias_id FROM account", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((bound_name, bound_id)) = bound {
        let same_name = bound_name.eq_ignore_ascii_case(name);
        // A name can be given to another account, and a stand-in can claim any id, so both have to fit.
        let same_id = bound_id.is_none() || id.is_none() || bound_id.as_deref() == id;
        if !same_name || !same_id {
            let with_id = |name: &str, id: Option<&str>| match id {
                Some(id) if same_name => format!("{name} (id {id})"),
                _ => name.to_owned(),
            };
            return Err(LedgerError::OtherAccount {
                bound: with_id(&bound_name, bound_id.as_deref()),
                given: with_id(name, id),
            });
        }
    }
    work.connection.execute(
        "INSERT INTO account (one, name, gorgias_id) VALUES (1, ?1, ?2)
         ON CONFLICT DO UPDATE SET gorgias_id = coalesce(gorgias_id, excluded.gorgias_id)",
        params![name, id],
    )?;
    Ok(())
}

fn bind_source(work: &Work<'_>, mut source: SourceRow) -> Result<(), LedgerError> {
    let bound: Option<(String, String, String)> = work
        .connection
        .query_row("SELECT kind, origins, grouping FROM source WHERE name = ?1", [&source.name], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    if let Some((kind, origins, grouping)) = bound {
        let origins: BTreeSet<String> = serde_json::from_str(&origins).unwrap_or_default();
        let disjoint =
            !origins.is_empty() && !source.origins.is_empty() && origins.is_disjoint(&source.origins);
        if kind != source.kind || disjoint {
            return Err(LedgerError::OtherSource {
                bound: describe(&kind, &origins),
                given: describe(&source.kind, &source.origins),
                name: source.name,
            });
        }
        if grouping != source.grouping {
            let (name, given) = (source.name, source.grouping);
            return Err(LedgerError::GroupingChanged { name, bound: grouping, given });
        }
        source.origins.extend(origins);
    }
    let origins = serde_json::to_string(&source.origins).expect("a set of strings is plain data");
    work.connection.execute(
        "INSERT OR REPLACE INTO source (name, kind, origins, grouping) VALUES (?1, ?2, ?3, ?4)",
        params![source.name, source.kind, origins, source.grouping],
    )?;
    Ok(())
}

fn describe(kind: &str, origins: &BTreeSet<String>) -> String {
    if origins.is_empty() {
        return kind.to_owned();
    }
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    format!("{kind} account {}", origins.join(", "))
}

//! JSON payloads of calls, brought together on disk: pages repeat calls, webhooks tell one call in many events and in
//! no order. What comes out is one call an id.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::fold::fold;
use crate::model::finding::Finding;
use crate::source::SourceError;
use crate::source::scratch::Scratch;

/// Most payloads of one call that are folded. A call has a dozen events; the newest count.
const FOLDED_MAX: usize = 200;

/// The rank of an API object: it was fetched after the events it tells of.
pub(super) const API_RANK: i64 = i64::MAX;

/// What became of a record that is no call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Aside {
    /// It cannot be imported.
    Rejected,
    /// It was left out.
    LeftOut,
    /// It could not be read.
    Unreadable,
    /// It is about a file.
    Remark,
}

/// Payloads waiting to be folded.
pub(super) struct Payloads {
    scratch: Scratch,
}

impl Payloads {
    /// An empty table in `temp_dir`; the file goes with the value.
    pub(super) fn new(temp_dir: &Path) -> Result<Self, SourceError> {
        let tables = "CREATE TABLE payload (id TEXT, rank INTEGER, seq INTEGER PRIMARY KEY, call TEXT);
                      CREATE TABLE refused (id TEXT PRIMARY KEY) WITHOUT ROWID;
                      CREATE TABLE aside (seq INTEGER PRIMARY KEY, what TEXT, finding TEXT);";
        Ok(Self { scratch: Scratch::new(temp_dir, "payloads", tables)? })
    }

    /// Adds a payload. `rank` is the time of its event, or [`API_RANK`].
    pub(super) fn add(&self, call: &Call, rank: i64) -> Result<(), SourceError> {
        let insert = "INSERT INTO payload (id, rank, call) VALUES (?1, ?2, ?3)";
        self.scratch.connection.prepare_cached(insert)?.execute(params![
            call.id.to_string(),
            rank,
            to_json(call)?
        ])?;
        Ok(())
    }

    /// Notes an object of the API that was refused: its id, or what else tells it from others.
    pub(super) fn refuse(&self, id: &str) -> Result<(), SourceError> {
        let insert = "INSERT OR IGNORE INTO refused (id) VALUES (?1)";
        self.scratch.connection.prepare_cached(insert)?.execute([id])?;
        Ok(())
    }

    /// Distinct calls that came as objects of the API, whatever became of them.
    pub(super) fn of_api(&self) -> Result<u64, SourceError> {
        let count =
            "SELECT count(*) FROM (SELECT id FROM payload WHERE rank = ?1 UNION SELECT id FROM refused)";
        let calls: i64 = self.scratch.connection.query_row(count, [API_RANK], |row| row.get(0))?;
        Ok(calls.unsigned_abs())
    }

    /// Adds something to be said in the second pass.
    pub(super) fn set_aside(&self, what: Aside, finding: &Finding) -> Result<(), SourceError> {
        let insert = "INSERT INTO aside (what, finding) VALUES (?1, ?2)";
        self.scratch
            .connection
            .prepare_cached(insert)?
            .execute(params![to_json(&what)?, to_json(finding)?])?;
        Ok(())
    }

    /// Hands out what was set aside.
    pub(super) fn asides(
        &self,
        take: &mut dyn FnMut(Aside, Finding) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SourceError> {
        let mut statement =
            self.scratch.connection.prepare("SELECT what, finding FROM aside ORDER BY seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if take(from_json(row, 0)?, from_json(row, 1)?).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Hands out every call once, folded, with the number of API objects that it was made of.
    pub(super) fn for_each(
        &self,
        take: &mut dyn FnMut(Call, usize) -> Result<ControlFlow<()>, SourceError>,
    ) -> Result<ControlFlow<()>, SourceError> {
        self.scratch.connection.execute_batch("COMMIT; CREATE INDEX by_id ON payload (id)")?;
        let order = "SELECT id, rank, call FROM payload ORDER BY length(id), id, rank DESC, seq DESC";
        let mut statement = self.scratch.connection.prepare(order)?;
        let mut rows = statement.query([])?;
        let (mut of, mut group): (Option<String>, Vec<(i64, Call)>) = (None, Vec::new());
        while let Some(row) = rows.next()? {
            let next_of: String = row.get(0)?;
            if of.as_ref() != Some(&next_of) {
                if let Some((call, copies)) = fold(std::mem::take(&mut group))
                    && take(call, copies)?.is_break()
                {
                    return Ok(ControlFlow::Break(()));
                }
                of = Some(next_of);
            }
            if group.len() < FOLDED_MAX {
                group.push((row.get(1)?, from_json(row, 2)?));
            }
        }
        fold(group).map_or(Ok(ControlFlow::Continue(())), |(call, copies)| take(call, copies))
    }
}

/// A value as a column holds it.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, SourceError> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()).into())
}

/// Reads what [`to_json`] wrote into a column.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, error.into())
    })
}

#[cfg(test)]
mod tests {
    use super::super::call::{Audio, Comment, tests::call};
    use super::*;

    #[test]
    fn events_of_a_call_are_folded_whatever_their_order() {
        let comment = |id: &str| Comment { id: Some(id.into()), text: id.into(), author: None, at: None };
        let mut hung_up = call();
        (hung_up.recording, hung_up.comments) = (None, vec![comment("1")]);
        let mut commented = call();
        (commented.tags, commented.recording) = (vec!["Late".into()], Some(Audio::Kept));
        (commented.ended, commented.comments) = (None, vec![comment("2"), comment("1")]);
        for order in [[0, 1], [1, 0]] {
            let dir = tempfile::tempdir().unwrap();
            let payloads = Payloads::new(dir.path()).unwrap();
            for index in order {
                payloads.add([&hung_up, &commented][index], [100, 200][index]).unwrap();
            }
            let mut folded = Vec::new();
            let mut take = |call, copies| {
                folded.push((call, copies));
                Ok(ControlFlow::Continue(()))
            };
            assert!(payloads.for_each(&mut take).unwrap().is_continue());
            let [(call, copies)] = &folded[..] else { panic!("one call") };
            assert_eq!((call.tags[0].as_str(), *copies), ("Late", 0));
            assert_eq!((call.ended, &call.recording), (hung_up.ended, &Some(Audio::Kept)));
            assert_eq!(call.comments.iter().filter_map(|c| c.id.as_deref()).collect::<Vec<_>>(), ["2", "1"]);
        }
    }
}

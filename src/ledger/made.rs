//! Customers and tags that this tool made, and what still names them.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, params, params_from_iter};

use super::query::LedgerView;
use super::undo::WriteSpan;
use super::writer::Urgency;
use super::{Ack, AddressHash, Ledger, LedgerError, Selection, TicketId};

/// Of rows that were taken back: those whose conversation was not created anew since.
const NOT_ANEW: &str = "ticket NOT IN (SELECT id FROM ticket WHERE gorgias_id IS NOT NULL OR state = 1)";

/// Name of the fact, written by `schema_3.sql`, that says up to which ticket an earlier version of the ledger noted no
/// authors.
const AUTHORS_NOT_NOTED_TO: &str = "authors-not-noted-to";

/// A customer whom this tool created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeCustomer {
    /// The customer in Gorgias.
    pub gorgias_id: u64,
    /// Hashes of every address under which the ledger knows them.
    pub addresses: Vec<AddressHash>,
}

/// A tag that this tool created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeTag {
    /// The tag in Gorgias.
    pub gorgias_id: u64,
    /// Its name.
    pub name: String,
}

impl Ledger {
    /// These customers are about to be authors in a ticket that is not theirs.
    pub fn authors(&self, ticket: TicketId, customers: Vec<u64>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut insert = work
                .connection
                .prepare_cached("INSERT OR IGNORE INTO author (ticket, customer) VALUES (?1, ?2)")?;
            for customer in customers {
                insert.execute(params![ticket.0, customer.cast_signed()])?;
            }
            Ok(())
        })
    }
}

impl LedgerView {
    /// How many customers, and how many tags, this tool created that are in Gorgias.
    pub fn made_by_us(&self) -> Result<(u64, u64), LedgerError> {
        self.read(|connection| {
            let count = |table: &str| {
                let sql = format!(
                    "SELECT count(DISTINCT gorgias_id) FROM {table} WHERE created_by_us = 1 AND state = 2"
                );
                connection.query_row(&sql, [], |row| row.get::<_, i64>(0))
            };
            let unsigned = |count: i64| u64::try_from(count).unwrap_or_default();
            Ok((unsigned(count("customer")?), unsigned(count("tag")?)))
        })
    }

    /// Customers whom this tool created and whom the selection's tickets named that were taken back; all whom it created,
    /// once every ticket of the ledger is taken back.
    pub fn made_customers(&self, selection: &Selection) -> Result<Vec<MadeCustomer>, LedgerError> {
        self.read(|connection| {
            let named = named(connection, selection)?;
            let mut select = connection
                .prepare_cached("SELECT gorgias_id, address, created_by_us FROM customer WHERE state = 2")?;
            let mut rows = select.query([])?;
            let mut by_id: BTreeMap<u64, (Vec<AddressHash>, bool)> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let Some(id) = row.get::<_, Option<i64>>(0)?.map(i64::cast_unsigned) else { continue };
                if named.as_ref().is_none_or(|named| named.contains(&id)) {
                    let (addresses, ours) = by_id.entry(id).or_default();
                    addresses.push(AddressHash(row.get(1)?));
                    *ours |= row.get::<_, bool>(2)?;
                }
            }
            let ours = by_id.into_iter().filter(|(_, (_, ours))| *ours);
            Ok(ours.map(|(gorgias_id, (addresses, _))| MadeCustomer { gorgias_id, addresses }).collect())
        })
    }

    /// The tags that this tool created; none as long as nothing of the selection was taken back.
    pub fn made_tags(&self, selection: &Selection) -> Result<Vec<MadeTag>, LedgerError> {
        self.read(|connection| {
            let condition = selection.condition(connection)?;
            let taken = format!(
                "SELECT EXISTS (SELECT 1 FROM undone WHERE ticket IN (SELECT id FROM ticket WHERE {}) AND {NOT_ANEW})",
                condition.sql
            );
            if !connection
                .query_row(&taken, params_from_iter(&condition.values), |row| row.get::<_, bool>(0))?
            {
                return Ok(Vec::new());
            }
            let mut select = connection.prepare_cached(
                "SELECT gorgias_id, name FROM tag
                 WHERE created_by_us = 1 AND state = 2 AND gorgias_id IS NOT NULL ORDER BY name",
            )?;
            let rows = select.query_map([], |row| {
                Ok(MadeTag { gorgias_id: row.get::<_, i64>(0)?.cast_unsigned(), name: row.get(1)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Customers who wrote in somebody else's ticket that is still in Gorgias, in the trash or not.
    pub fn authors_there(&self) -> Result<HashSet<u64>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT DISTINCT customer FROM author
                 WHERE ticket IN (SELECT id FROM ticket WHERE gorgias_id IS NOT NULL OR state = 1)
                    OR ticket IN (SELECT ticket FROM undone WHERE purged = 0)",
            )?;
            let rows = select.query_map([], |row| row.get(0).map(i64::cast_unsigned))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Whether tickets are in Gorgias, in the trash or not, in which customers may have written of whom nobody knows: earlier
    /// versions of the ledger did not note who writes in somebody else's ticket. Those of `besides` that are in the trash do
    /// not count.
    pub fn authors_are_unknown(&self, besides: Option<&Selection>) -> Result<bool, LedgerError> {
        let Some(last) = self.fact(AUTHORS_NOT_NOTED_TO)?.and_then(|last| last.parse::<i64>().ok()) else {
            return Ok(false);
        };
        self.read(|connection| {
            let condition = besides.map(|selection| selection.condition(connection)).transpose()?;
            let (chosen, values) = match &condition {
                Some(condition) => (condition.sql.as_str(), condition.values.as_slice()),
                None => ("0", [].as_slice()),
            };
            let sql = format!(
                "SELECT EXISTS (SELECT 1 FROM ticket WHERE id <= {last} AND (gorgias_id IS NOT NULL OR state = 1))
                     OR EXISTS (SELECT 1 FROM undone WHERE purged = 0 AND ticket <= {last}
                                AND ticket NOT IN (SELECT id FROM ticket WHERE {chosen}))"
            );
            Ok(connection.query_row(&sql, params_from_iter(values), |row| row.get(0))?)
        })
    }

    /// When runs were at work that could create something: from the start of each to its last request.
    pub fn times_of_work(&self) -> Result<Vec<WriteSpan>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT r.started_ms, max(r.beat_ms, coalesce(j.last_ms, 0))
                 FROM run r LEFT JOIN (SELECT run, max(at_ms + ms) AS last_ms FROM request GROUP BY run) j ON j.run = r.id
                 WHERE r.command IN ('run', 'rehearse')",
            )?;
            let rows =
                select.query_map([], |row| Ok(WriteSpan { from_ms: row.get(0)?, to_ms: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// When requests that could change customers were on their way.
    pub fn customer_writes(&self) -> Result<Vec<WriteSpan>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT at_ms, at_ms + ms FROM request JOIN request_kind ON number = kind
                 WHERE name IN ('customer', 'ticket')",
            )?;
            let rows =
                select.query_map([], |row| Ok(WriteSpan { from_ms: row.get(0)?, to_ms: row.get(1)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Gorgias ids of the customers whom the selection's tickets named that were taken back. Nothing where no ticket of this
/// ledger is left but those: then it is everybody.
fn named(connection: &Connection, selection: &Selection) -> Result<Option<HashSet<u64>>, LedgerError> {
    let condition = selection.condition(connection)?;
    let chosen = format!("(SELECT id FROM ticket WHERE {})", condition.sql);
    let left = format!(
        "SELECT EXISTS (SELECT 1 FROM ticket WHERE gorgias_id IS NOT NULL OR state = 1)
             OR EXISTS (SELECT 1 FROM undone WHERE purged = 0 AND ticket NOT IN {chosen})
             OR NOT EXISTS (SELECT 1 FROM undone)"
    );
    if !connection.query_row(&left, params_from_iter(&condition.values), |row| row.get::<_, bool>(0))? {
        return Ok(None);
    }
    let sql = format!(
        "SELECT customer FROM undone WHERE customer IS NOT NULL AND ticket IN {chosen} AND {NOT_ANEW}
         UNION SELECT customer FROM author
               WHERE ticket IN {chosen} AND ticket IN (SELECT ticket FROM undone) AND {NOT_ANEW}"
    );
    let mut select = connection.prepare(&sql)?;
    let rows =
        select.query_map(params_from_iter(&condition.values), |row| row.get(0).map(i64::cast_unsigned))?;
    Ok(Some(rows.collect::<Result<_, _>>()?))
}

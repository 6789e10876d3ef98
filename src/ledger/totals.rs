//! The ledger as a whole, for certificates: what was requested, when tickets were active, and a fingerprint.

use jiff::Timestamp;
use rusqlite::params;

use super::query::LedgerView;
use super::{LedgerError, TicketId};

/// Requests of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestTotal {
    /// What they were for.
    pub kind: String,
    /// How many left.
    pub count: u64,
    /// Answers 429.
    pub throttled: u64,
    /// Without an answer, or with one of the 500s.
    pub faults: u64,
}

/// How active the old help desk was towards the end of the export.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// The last activity of all.
    pub last: Timestamp,
    /// Tickets that were active in the days before.
    pub tickets: u64,
    /// Over so many days.
    pub days: u32,
}

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

impl LedgerView {
    /// The requests of a run by kind, those for look-ups included.
    pub fn request_totals(&self, run: u64) -> Result<Vec<RequestTotal>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT name, count(*), coalesce(sum(status = 429), 0), coalesce(sum(status IS NULL OR status >= 500), 0)
                 FROM request JOIN request_kind ON number = kind WHERE run = ?1 GROUP BY name ORDER BY name",
            )?;
            let number = |row: &rusqlite::Row<'_>, column| row.get::<_, i64>(column).map(i64::unsigned_abs);
            let rows = select.query_map([i64::try_from(run).unwrap_or(i64::MAX)], |row| {
                Ok(RequestTotal {
                    kind: row.get(0)?,
                    count: number(row, 1)?,
                    throttled: number(row, 2)?,
                    faults: number(row, 3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The facts whose names begin with `prefix`.
    pub fn facts(&self, prefix: &str) -> Result<Vec<(String, String)>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT substr(name, 6), value FROM meta
                 WHERE substr(name, 1, length(?1) + 5) = 'fact:' || ?1 ORDER BY name",
            )?;
            let rows = select.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Tickets that were active in the last `days` of the export; nothing where no ticket has a time.
    pub fn activity(&self, days: u32) -> Result<Option<Activity>, LedgerError> {
        self.read(|connection| {
            let last: Option<i64> =
                connection
                    .query_row("SELECT max(last_ms) FROM ticket WHERE last_ms <> 0", [], |row| row.get(0))?;
            let Some(last) = last else { return Ok(None) };
            let from = last - i64::from(days) * DAY_MS;
            let tickets: i64 = connection.query_row(
                "SELECT count(*) FROM ticket WHERE last_ms > ?1 AND last_ms <= ?2",
                params![from, last],
                |row| row.get(0),
            )?;
            let last = Timestamp::from_millisecond(last).unwrap_or_default();
            Ok(Some(Activity { last, tickets: tickets.unsigned_abs(), days }))
        })
    }

    /// A hash of what the ledger says is where: keys, states and Gorgias ids of all tickets and messages. Two ledgers that
    /// say the same have the same.
    pub fn fingerprint(&self) -> Result<String, LedgerError> {
        self.read(|connection| {
            let mut hasher = blake3::Hasher::new();
            let mut tickets =
                connection.prepare_cached("SELECT id, key, state, gorgias_id FROM ticket ORDER BY key")?;
            let mut messages = connection
                .prepare_cached("SELECT n, state, gorgias_id FROM message WHERE ticket = ?1 ORDER BY n")?;
            let mut rows = tickets.query([])?;
            while let Some(row) = rows.next()? {
                let id = TicketId(row.get(0)?);
                let (key, state, gorgias_id): (String, i64, Option<i64>) =
                    (row.get(1)?, row.get(2)?, row.get(3)?);
                hasher.update(format!("{key} {state} {gorgias_id:?}\n").as_bytes());
                let mut parts = messages.query([id.0])?;
                while let Some(part) = parts.next()? {
                    let (n, state, gorgias_id): (i64, i64, Option<i64>) =
                        (part.get(0)?, part.get(1)?, part.get(2)?);
                    hasher.update(format!(" {n} {state} {gorgias_id:?}\n").as_bytes());
                }
            }
            Ok(hasher.finalize().to_hex()[..32].to_owned())
        })
    }
}

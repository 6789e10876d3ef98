//! What reading back showed, ticket by ticket and as a whole.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::exposure;
use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};
use crate::model::verification::{Difference, MatchClass};

/// What was found when a ticket was read back last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRow {
    /// When.
    pub at: Timestamp,
    /// Its class.
    pub class: MatchClass,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// A verification.
#[derive(Clone, Debug, PartialEq)]
pub struct VerificationRow {
    /// When.
    pub at: Timestamp,
    /// The last run before it.
    pub run: Option<u64>,
    /// As `verify --json` printed it, without its lists.
    pub document: serde_json::Value,
}

impl Ledger {
    /// Notes what was found when a ticket was read back. Nothing else of the ticket changes, but that a message which was to
    /// be private is known not to be public.
    pub fn ticket_verified(
        &self,
        ticket: TicketId,
        class: MatchClass,
        differences: &[Difference],
    ) -> Ack<()> {
        // Differences are plain data, which cannot fail to be written.
        let told = if differences.is_empty() { None } else { serde_json::to_string(differences).ok() };
        let differences = differences.to_vec();
        self.inner.writer.submit(Urgency::Gather, move |work| {
            exposure::read_back(work, ticket, &differences)?;
            work.connection
                .prepare_cached("INSERT OR REPLACE INTO verified (ticket, at_ms, class, differences) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![ticket.0, work.now_ms, class.number(), told])?;
            Ok(())
        })
    }

    /// Notes a verification: a complete one, or one that was stopped before everything was read.
    pub fn verification_ended(&self, run: Option<u64>, document: String, complete: bool) -> Ack<()> {
        let run = run.map(|run| i64::try_from(run).unwrap_or(i64::MAX));
        self.inner.writer.submit(Urgency::Now, move |work| {
            work.connection.execute(
                "INSERT INTO verification (at_ms, run, document, complete) VALUES (?1, ?2, ?3, ?4)",
                params![work.now_ms, run, document, complete],
            )?;
            Ok(())
        })
    }
}

impl LedgerView {
    /// What was found when the ticket was read back last, if it ever was.
    pub fn verified(&self, ticket: TicketId) -> Result<Option<VerifiedRow>, LedgerError> {
        self.read(|connection| {
            let mut select = connection
                .prepare_cached("SELECT at_ms, class, differences FROM verified WHERE ticket = ?1")?;
            let row = select.query_row([ticket.0], |row| {
                let told: Option<String> = row.get(2)?;
                Ok(VerifiedRow {
                    at: instant(row.get(0)?),
                    class: MatchClass::from_number(row.get(1)?).unwrap_or(MatchClass::Differs),
                    differences: told.and_then(|told| serde_json::from_str(&told).ok()).unwrap_or_default(),
                })
            });
            Ok(row.optional()?)
        })
    }

    /// The last verification that came to its end.
    pub fn last_verification(&self) -> Result<Option<VerificationRow>, LedgerError> {
        self.verification_where("complete = 1")
    }

    /// The last verification that was stopped before everything was read, where none came to its end since.
    pub fn stopped_verification(&self) -> Result<Option<VerificationRow>, LedgerError> {
        self.verification_where(
            "complete = 0 AND id > (SELECT coalesce(max(id), 0) FROM verification WHERE complete = 1)",
        )
    }

    fn verification_where(&self, condition: &'static str) -> Result<Option<VerificationRow>, LedgerError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT at_ms, run, document FROM verification WHERE {condition} ORDER BY id DESC LIMIT 1"
            );
            let row = connection.query_row(&sql, [], |row| {
                let document: String = row.get(2)?;
                Ok(VerificationRow {
                    at: instant(row.get(0)?),
                    run: row.get::<_, Option<i64>>(1)?.and_then(|run| u64::try_from(run).ok()),
                    document: serde_json::from_str(&document).unwrap_or_default(),
                })
            });
            Ok(row.optional()?)
        })
    }
}

fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

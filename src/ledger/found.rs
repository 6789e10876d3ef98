//! What tickets were like that were there before the import, for as long as a message that was appended may have changed it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};

/// A ticket was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundClosed {
    /// Since when, where Gorgias tells; to the millisecond.
    pub since: Option<Timestamp>,
}

/// How a closed ticket was found, before a message was appended to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Before {
    /// That it was closed.
    pub closed: FoundClosed,
    /// When it was found so, by this machine's clock; to the millisecond.
    pub at: Timestamp,
    /// The highest Gorgias id of its messages; whatever is higher came later.
    pub last_message: u64,
}

impl Ledger {
    /// Notes that a ticket was closed before a message was appended to it; what was noted last counts. The intent of that
    /// message, which follows, makes it durable.
    pub fn found_closed(&self, ticket: TicketId, before: Before) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let Before { closed, at, last_message } = before;
            work.connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO found_closed (ticket, since_ms, at_ms, last_message) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    ticket.0,
                    closed.since.map(Timestamp::as_millisecond),
                    at.as_millisecond(),
                    last_message.cast_signed()
                ])?;
            Ok(())
        })
    }

    /// Its status is what it was; whatever it is next time is somebody else's doing.
    pub fn closed_again(&self, ticket: TicketId) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached("DELETE FROM found_closed WHERE ticket = ?1")?
                .execute([ticket.0])?;
            Ok(())
        })
    }
}

impl LedgerView {
    /// How a ticket was found of which messages are still to be appended, if it was closed.
    pub fn was_found_closed(&self, ticket: TicketId) -> Result<Option<Before>, LedgerError> {
        self.read(|connection| {
            let row: Option<(Option<i64>, i64, i64)> = connection
                .prepare_cached("SELECT since_ms, at_ms, last_message FROM found_closed WHERE ticket = ?1")?
                .query_row([ticket.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()?;
            let time = |ms: i64| Timestamp::from_millisecond(ms).ok();
            Ok(row.map(|(since, at, last_message)| Before {
                closed: FoundClosed { since: since.and_then(time) },
                at: time(at).unwrap_or_default(),
                last_message: last_message.cast_unsigned(),
            }))
        })
    }
}

//! What tickets were like that were there before the import, for as long as a message that was appended may have changed it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};

/// A ticket was found closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundClosed {
    /// Since when, where Gorgias tells; to the millisecond.
    pub since: Option<Timestamp>,
}

impl Ledger {
    /// Notes that a ticket was closed before the first message was appended to it. The intent of that message, which follows,
    /// makes it durable.
    pub fn found_closed(&self, ticket: TicketId, found: FoundClosed) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached("INSERT OR IGNORE INTO found_closed (ticket, since_ms) VALUES (?1, ?2)")?
                .execute(params![ticket.0, found.since.map(Timestamp::as_millisecond)])?;
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
    pub fn was_found_closed(&self, ticket: TicketId) -> Result<Option<FoundClosed>, LedgerError> {
        self.read(|connection| {
            let since: Option<Option<i64>> = connection
                .prepare_cached("SELECT since_ms FROM found_closed WHERE ticket = ?1")?
                .query_row([ticket.0], |row| row.get(0))
                .optional()?;
            let time = |ms: i64| Timestamp::from_millisecond(ms).ok();
            Ok(since.map(|since| FoundClosed { since: since.and_then(time) }))
        })
    }
}

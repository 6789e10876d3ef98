//! Intents and outcomes of messages that are appended to a ticket one by one.

use rusqlite::{OptionalExtension, params};

use super::exposure;
use super::outcome::{illegal_message, no_message, standing};
use super::state::{PartEvent, PartState, part_step};
use super::writer::{Urgency, Work};
use super::{Ack, Ledger, LedgerError, TicketId, TicketState};
use crate::model::finding::Code;

impl Ledger {
    /// Makes the intent to append message `n` durable. Only when this resolves may the request leave. The ticket
    /// must be in Gorgias already.
    pub fn intend_message(&self, ticket: TicketId, n: u32) -> Ack<()> {
        self.inner.writer.submit(Urgency::Now, move |work| {
            let state = standing(work.connection, ticket)?.state;
            if state != TicketState::Appending {
                let part = format!("message {n} of ledger row {}, which is {state}", ticket.0);
                let (state, event) = (PartState::Pending, PartEvent::Intend);
                return Err(LedgerError::IllegalPartStep { part, state, event });
            }
            message_step(work, ticket, n, PartEvent::Intend, None, None)
        })
    }

    /// Gorgias took message `n`.
    pub fn message_created(&self, ticket: TicketId, n: u32, gorgias_id: i64) -> Ack<()> {
        self.message(ticket, n, PartEvent::Created, Some(gorgias_id), None)
    }

    /// Message `n` was found in its ticket.
    pub fn message_adopted(&self, ticket: TicketId, n: u32, gorgias_id: i64) -> Ack<()> {
        self.message(ticket, n, PartEvent::Known, Some(gorgias_id), None)
    }

    /// Settled: message `n` was certainly not appended. It may be sent again.
    pub fn message_not_there(&self, ticket: TicketId, n: u32) -> Ack<()> {
        self.message(ticket, n, PartEvent::NotThere, None, None)
    }

    /// Message `n` cannot be imported.
    pub fn message_refused(&self, ticket: TicketId, n: u32, code: Code) -> Ack<()> {
        self.message(ticket, n, PartEvent::Refused, None, Some(code))
    }

    fn message(
        &self,
        ticket: TicketId,
        n: u32,
        event: PartEvent,
        gorgias_id: Option<i64>,
        code: Option<Code>,
    ) -> Ack<()> {
        self.inner
            .writer
            .submit(Urgency::Gather, move |work| message_step(work, ticket, n, event, gorgias_id, code))
    }
}

fn message_step(
    work: &Work<'_>,
    ticket: TicketId,
    n: u32,
    event: PartEvent,
    gorgias_id: Option<i64>,
    code: Option<Code>,
) -> Result<(), LedgerError> {
    let state: PartState = work
        .connection
        .prepare_cached("SELECT state FROM message WHERE ticket = ?1 AND n = ?2")?
        .query_row(params![ticket.0, n], |row| row.get(0))
        .optional()?
        .ok_or_else(|| no_message(ticket, n))?;
    let after = part_step(state, event).ok_or_else(|| illegal_message(ticket, n, state, event))?;
    work.connection
        .prepare_cached(
            "UPDATE message SET state = ?3, gorgias_id = coalesce(?4, gorgias_id),
                    room = iif(?4 IS NULL, room, NULL), code = ?5
             WHERE ticket = ?1 AND n = ?2",
        )?
        .execute(params![ticket.0, n, after, gorgias_id, code.map(Code::as_str)])?;
    if event == PartEvent::NotThere {
        exposure::settle(work, ticket, Some(n))?;
    }
    Ok(())
}

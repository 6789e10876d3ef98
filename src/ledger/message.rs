//! Intents and outcomes of messages that are appended to a ticket one by one.

use rusqlite::{OptionalExtension, params};

use super::column::stored_id;
use super::outcome::{illegal_message, no_message, standing};
use super::register::kind;
use super::state::{PartEvent, PartState, part_step};
use super::writer::{Urgency, Work};
use super::{Ack, Ledger, LedgerError, TicketId, TicketState};
use crate::model::finding::Code;
use crate::model::fingerprint::Fingerprint;
use crate::model::key::{ConversationKey, MessageKey};

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

    /// Gives messages whose key was made by rule the keys that a later export has for them. Nothing is sent.
    pub fn join_messages(
        &self,
        ticket: TicketId,
        key: &ConversationKey,
        joins: &[(u32, MessageKey, Fingerprint)],
    ) -> Ack<()> {
        let (key, joins) = (key.clone(), joins.to_vec());
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut is_synthetic = work
                .connection
                .prepare_cached("SELECT 1 FROM message WHERE ticket = ?1 AND n = ?2 AND synthetic = 1")?;
            for (n, ..) in &joins {
                if !is_synthetic.exists(params![ticket.0, n])? {
                    return Err(no_message(ticket, *n));
                }
            }
            let mut update = work.connection.prepare_cached(
                "UPDATE message SET kind = ?3, id = ?4, fingerprint = ?5, synthetic = 0 WHERE ticket = ?1 AND n = ?2",
            )?;
            for (n, message, fingerprint) in joins {
                let (kind, id) = (kind(work, &key, &message)?, stored_id(&message));
                update.execute(params![ticket.0, n, kind, id, fingerprint.0])?;
            }
            Ok(())
        })
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
    Ok(())
}

//! Ratings of tickets, each sent once as a satisfaction survey.

use rusqlite::{Connection, OptionalExtension, params};

use super::query::LedgerView;
use super::state::{PartEvent, part_step};
use super::writer::{Urgency, Work};
use super::{Ack, Ledger, LedgerError, PartState, TicketId};

impl Ledger {
    /// Makes the intent to create the survey of a ticket durable. Only when this resolves may the request leave.
    pub fn intend_survey(&self, ticket: TicketId) -> Ack<()> {
        self.survey(ticket, PartEvent::Intend, None)
    }

    /// Gorgias took the survey.
    pub fn survey_created(&self, ticket: TicketId, gorgias_id: i64) -> Ack<()> {
        self.survey(ticket, PartEvent::Created, Some(gorgias_id))
    }

    /// The survey was found in Gorgias.
    pub fn survey_known(&self, ticket: TicketId, gorgias_id: i64) -> Ack<()> {
        self.survey(ticket, PartEvent::Known, Some(gorgias_id))
    }

    /// Settled: the survey that was intended was certainly not created. It may be sent again.
    pub fn survey_not_there(&self, ticket: TicketId) -> Ack<()> {
        self.survey(ticket, PartEvent::NotThere, None)
    }

    /// The survey will not be sent: Gorgias refused it, or the ticket has another one.
    pub fn survey_refused(&self, ticket: TicketId) -> Ack<()> {
        self.survey(ticket, PartEvent::Refused, None)
    }

    fn survey(&self, ticket: TicketId, event: PartEvent, gorgias_id: Option<i64>) -> Ack<()> {
        let urgency = if event == PartEvent::Intend { Urgency::Now } else { Urgency::Gather };
        self.inner.writer.submit(urgency, move |work| step(work, ticket, event, gorgias_id))
    }
}

impl LedgerView {
    /// Where the survey of a ticket stands; nothing while none was meant to be sent.
    pub fn survey(&self, ticket: TicketId) -> Result<Option<PartState>, LedgerError> {
        self.read(|connection| state(connection, ticket))
    }
}

/// Where the survey of a ticket stands.
pub(super) fn state(connection: &Connection, ticket: TicketId) -> Result<Option<PartState>, LedgerError> {
    let state = connection
        .prepare_cached("SELECT state FROM survey WHERE ticket = ?1")?
        .query_row([ticket.0], |row| row.get(0))
        .optional()?;
    Ok(state)
}

fn step(
    work: &Work<'_>,
    ticket: TicketId,
    event: PartEvent,
    gorgias_id: Option<i64>,
) -> Result<(), LedgerError> {
    let before = state(work.connection, ticket)?.unwrap_or(PartState::Pending);
    let after = part_step(before, event).ok_or_else(|| LedgerError::IllegalPartStep {
        part: format!("survey of ledger row {}", ticket.0),
        state: before,
        event,
    })?;
    work.connection
        .prepare_cached(
            "INSERT INTO survey (ticket, state, gorgias_id) VALUES (?1, ?2, ?3)
             ON CONFLICT (ticket) DO UPDATE SET state = ?2, gorgias_id = coalesce(?3, gorgias_id)",
        )?
        .execute(params![ticket.0, after, gorgias_id])?;
    Ok(())
}

//! Intents and outcomes of tickets.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, OptionalExtension, params};

use super::exposure;
use super::scrub::scrub;
use super::state::{IllegalStep, PartEvent, PartState, Standing, TicketEvent, part_step};
use super::writer::{Urgency, Work};
use super::{Ack, Ledger, LedgerError, PlanHash, TicketId, TicketState};
use crate::model::finding::Code;

/// A message of a ticket by its number, and its id in Gorgias.
type Arrived = (u32, i64);

impl Ledger {
    /// Makes the intents to create these tickets durable, all in one commit. Only when this resolves may their
    /// creates leave. From then on their outcome is unknown until it is recorded.
    pub fn intend_tickets(&self, tickets: &[(TicketId, PlanHash)]) -> Ack<()> {
        let tickets = tickets.to_vec();
        self.inner.writer.submit(Urgency::Now, move |work| intend(work, &tickets))
    }

    /// Gorgias created the ticket with these messages. With `all`, nothing of it is left to bring: every message
    /// that is not rejected is in Gorgias, listed or not. Otherwise the ticket is now to be completed.
    pub fn ticket_created(
        &self,
        ticket: TicketId,
        gorgias_id: i64,
        messages: &[Arrived],
        all: bool,
    ) -> Ack<()> {
        let event = if all { TicketEvent::CreatedAll } else { TicketEvent::CreatedPartly };
        self.arrived(ticket, event, gorgias_id, messages)
    }

    /// The ticket was found in Gorgias with these messages and is ours; or the tickets mapping names it. `all` as
    /// with [`Ledger::ticket_created`].
    pub fn ticket_adopted(
        &self,
        ticket: TicketId,
        gorgias_id: i64,
        messages: &[Arrived],
        all: bool,
    ) -> Ack<()> {
        let event = if all { TicketEvent::AdoptedAll } else { TicketEvent::AdoptedPartly };
        self.arrived(ticket, event, gorgias_id, messages)
    }

    fn arrived(
        &self,
        ticket: TicketId,
        event: TicketEvent,
        gorgias_id: i64,
        messages: &[Arrived],
    ) -> Ack<()> {
        let messages = messages.to_vec();
        self.inner
            .writer
            .submit(Urgency::Gather, move |work| arrived(work, ticket, event, gorgias_id, &messages))
    }

    /// Settled: the create that was intended has certainly not happened. It may be sent again.
    pub fn ticket_not_there(&self, ticket: TicketId) -> Ack<()> {
        self.happened(ticket, TicketEvent::NotThere)
    }

    /// The ticket cannot be imported. `words` are Gorgias's; addresses in them are taken out.
    pub fn ticket_refused(&self, ticket: TicketId, code: Code, words: Option<&str>) -> Ack<()> {
        let note = words.map(scrub);
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let after = step(work, ticket, TicketEvent::Refused, None)?;
            work.connection
                .prepare_cached(
                    "UPDATE ticket SET state = ?2, code = ?3, note = ?4, updated_ms = ?5 WHERE id = ?1",
                )?
                .execute(params![ticket.0, after.state, code.as_str(), note, work.now_ms])?;
            Ok(())
        })
    }

    /// Everything of the ticket is in Gorgias now. Refused while one of its messages is pending or unknown, or
    /// its survey unknown.
    pub fn ticket_finished(&self, ticket: TicketId) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let open = work
                .connection
                .prepare_cached(
                    "SELECT (SELECT count(*) FROM message WHERE ticket = ?1 AND state IN (0, 1))
                          + (SELECT count(*) FROM survey WHERE ticket = ?1 AND state = 1)",
                )?
                .query_row([ticket.0], |row| row.get(0))?;
            if open > 0 {
                return Err(LedgerError::MessagesOpen { ticket, open });
            }
            happened(work, ticket, TicketEvent::AllAppended)
        })
    }

    /// The ticket is no longer in Gorgias, or lies in its trash.
    pub fn ticket_gone(&self, ticket: TicketId) -> Ack<()> {
        self.happened(ticket, TicketEvent::GoneFromGorgias)
    }

    fn happened(&self, ticket: TicketId, event: TicketEvent) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| happened(work, ticket, event))
    }
}

/// Where the ticket stands.
pub(super) fn standing(connection: &Connection, ticket: TicketId) -> Result<Standing, LedgerError> {
    connection
        .prepare_cached("SELECT state, gorgias_id FROM ticket WHERE id = ?1")?
        .query_row([ticket.0], |row| Ok(Standing { state: row.get(0)?, gorgias_id: row.get(1)? }))
        .optional()?
        .ok_or_else(|| LedgerError::NoSuchRow(format!("ticket row {}", ticket.0)))
}

/// Where the ticket would stand after `event`; writes nothing.
pub(super) fn step(
    work: &Work<'_>,
    ticket: TicketId,
    event: TicketEvent,
    gorgias_id: Option<i64>,
) -> Result<Standing, LedgerError> {
    let before = standing(work.connection, ticket)?;
    before.step(event, gorgias_id).map_err(|step| LedgerError::IllegalStep { ticket, step })
}

/// Stores where the ticket stands. An intent ends with its outcome.
pub(super) fn put(work: &Work<'_>, ticket: TicketId, after: Standing) -> Result<(), LedgerError> {
    work.connection
        .prepare_cached("UPDATE ticket SET state = ?2, gorgias_id = ?3, room = iif(?3 IS NULL, room, NULL), updated_ms = ?4
             WHERE id = ?1")?
        .execute(params![ticket.0, after.state, after.gorgias_id, work.now_ms])?;
    if after.state != TicketState::Sending {
        work.connection.prepare_cached("DELETE FROM intent WHERE ticket = ?1")?.execute([ticket.0])?;
    }
    Ok(())
}

fn happened(work: &Work<'_>, ticket: TicketId, event: TicketEvent) -> Result<(), LedgerError> {
    let after = step(work, ticket, event, None)?;
    if event == TicketEvent::NotThere {
        exposure::settle(work, ticket, None)?;
    }
    put(work, ticket, after)
}

fn intend(work: &Work<'_>, tickets: &[(TicketId, PlanHash)]) -> Result<(), LedgerError> {
    let mut once = HashSet::with_capacity(tickets.len());
    let mut after_all = Vec::with_capacity(tickets.len());
    for (ticket, _) in tickets {
        let after = step(work, *ticket, TicketEvent::Intend, None)?;
        if !once.insert(*ticket) {
            let step = IllegalStep { state: after.state, event: TicketEvent::Intend };
            return Err(LedgerError::IllegalStep { ticket: *ticket, step });
        }
        after_all.push(after);
    }
    let mut insert =
        work.connection.prepare_cached("INSERT OR REPLACE INTO intent (ticket, plan) VALUES (?1, ?2)")?;
    for ((ticket, plan), after) in tickets.iter().zip(after_all) {
        put(work, *ticket, after)?;
        insert.execute(params![ticket.0, plan.0])?;
    }
    Ok(())
}

fn arrived(
    work: &Work<'_>,
    ticket: TicketId,
    event: TicketEvent,
    gorgias_id: i64,
    messages: &[Arrived],
) -> Result<(), LedgerError> {
    let after = step(work, ticket, event, Some(gorgias_id))?;
    let created = matches!(event, TicketEvent::CreatedAll | TicketEvent::CreatedPartly);
    let part_event = if created { PartEvent::Created } else { PartEvent::Known };
    let states = message_states(work.connection, ticket)?;
    for (n, _) in messages {
        let state = *states.get(n).ok_or_else(|| no_message(ticket, *n))?;
        part_step(state, part_event).ok_or_else(|| illegal_message(ticket, *n, state, part_event))?;
    }
    put(work, ticket, after)?;
    let mut update = work.connection.prepare_cached(
        "UPDATE message SET state = 2, gorgias_id = ?3, room = NULL, code = NULL WHERE ticket = ?1 AND n = ?2",
    )?;
    for (n, message_id) in messages {
        update.execute(params![ticket.0, n, message_id])?;
    }
    if matches!(event, TicketEvent::CreatedAll | TicketEvent::AdoptedAll) && states.len() > messages.len() {
        work.connection
            .prepare_cached("UPDATE message SET state = 2 WHERE ticket = ?1 AND state IN (0, 1)")?
            .execute([ticket.0])?;
    }
    Ok(())
}

fn message_states(
    connection: &Connection,
    ticket: TicketId,
) -> Result<BTreeMap<u32, PartState>, LedgerError> {
    let mut select = connection.prepare_cached("SELECT n, state FROM message WHERE ticket = ?1")?;
    let rows = select.query_map([ticket.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn no_message(ticket: TicketId, n: u32) -> LedgerError {
    LedgerError::NoSuchRow(format!("message {n} of ticket row {}", ticket.0))
}

pub(super) fn illegal_message(ticket: TicketId, n: u32, state: PartState, event: PartEvent) -> LedgerError {
    LedgerError::IllegalPartStep { part: format!("message {n} of ledger row {}", ticket.0), state, event }
}

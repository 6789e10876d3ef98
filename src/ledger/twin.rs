//! Tickets whose own key was made by rule: which ticket of the ledger a given one is, if it is not known by its key.

use rusqlite::{OptionalExtension, params};

use super::address::AddressHasher;
use super::query::{TICKET_COLUMNS, ticket_row};
use super::registrar::Registration;
use super::writer::Work;
use super::{LedgerError, TicketId, TicketRow, TicketState};
use crate::model::key::ConversationKey;
use crate::model::trace::{CallTrace, Likeness};

/// Calls that began about the same time and are compared. More than this in two minutes is not one company.
const COMPARED_MAX: i64 = 10_000;

/// What the ledger has of a ticket that it does not know by its key.
pub(super) enum Twin {
    /// Nothing.
    None,
    /// It is this one, under another key.
    Of(Box<TicketRow>),
    /// It may be this one or another, and nobody can tell.
    Unclear(TicketId),
}

/// The ticket with this key, be it the one it goes by or a further one.
pub(super) fn by_key(work: &Work<'_>, key: &ConversationKey) -> Result<Option<TicketRow>, LedgerError> {
    let sql = format!("SELECT {TICKET_COLUMNS} FROM ticket WHERE key = ?1");
    let known = work.connection.prepare_cached(&sql)?.query_row([key.as_str()], ticket_row).optional()?;
    if known.is_some() {
        return Ok(known);
    }
    let sql =
        format!("SELECT {TICKET_COLUMNS} FROM ticket WHERE id = (SELECT ticket FROM alias WHERE key = ?1)");
    Ok(work.connection.prepare_cached(&sql)?.query_row([key.as_str()], ticket_row).optional()?)
}

/// Looks for the call among those of which one has an id and the other has not.
pub(super) fn find(
    work: &Work<'_>,
    hasher: &AddressHasher,
    registration: &Registration,
) -> Result<Twin, LedgerError> {
    let Some((call, by_rule)) = &registration.call else { return Ok(Twin::None) };
    let call = keyed(hasher, call);
    // A call with an id may be one that was joined to another id already: then there were two of them.
    let others = if *by_rule { "made_by_rule = 0" } else { "(made_by_rule = 1 OR joined = 1)" };
    // A ticket of another source is another call.
    let sql = format!(
        "SELECT ticket, started_s, outbound, seconds, number, line, joined AND NOT made_by_rule FROM call
         WHERE {others} AND started_s BETWEEN ?1 AND ?2
               AND (SELECT substr(key, 1, length(?3)) FROM ticket WHERE id = call.ticket) = ?3
         LIMIT ?4"
    );
    let mut select = work.connection.prepare_cached(&sql)?;
    let (from, to) = (call.started - CallTrace::REACH, call.started + CallTrace::REACH);
    let source = format!("{}:", registration.key.source());
    let mut rows = select.query(params![from, to, source, COMPARED_MAX])?;
    let (mut same, mut maybe) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let other = CallTrace {
            started: row.get(1)?,
            outbound: row.get(2)?,
            seconds: row.get(3)?,
            number: row.get(4)?,
            line: row.get(5)?,
        };
        let ticket = TicketId(row.get(0)?);
        let taken: bool = row.get(6)?;
        match call.compare(&other) {
            Likeness::Same if taken && !by_rule => maybe.push(ticket),
            Likeness::Same => same.push(ticket),
            Likeness::Maybe => maybe.push(ticket),
            Likeness::Different => {}
        }
    }
    match (&same[..], maybe.first()) {
        ([], None) => Ok(Twin::None),
        ([one], _) => one_of(work, *one),
        ([first, ..], _) | ([], Some(first)) => Ok(Twin::Unclear(*first)),
    }
}

fn one_of(work: &Work<'_>, ticket: TicketId) -> Result<Twin, LedgerError> {
    let sql = format!("SELECT {TICKET_COLUMNS} FROM ticket WHERE id = ?1");
    let row = work.connection.prepare_cached(&sql)?.query_row([ticket.0], ticket_row)?;
    // What is being sent is looked up in Gorgias by the key that it was sent with.
    let is_sent = row.state == TicketState::Sending;
    Ok(if is_sent { Twin::Unclear(ticket) } else { Twin::Of(Box::new(row)) })
}

/// Lets the ticket go by the key of the registration; the one it had stays known.
pub(super) fn rename(
    work: &Work<'_>,
    known: &mut TicketRow,
    registration: &Registration,
) -> Result<(), LedgerError> {
    let key = registration.key.as_str();
    work.connection.prepare_cached("DELETE FROM alias WHERE key = ?1")?.execute([key])?;
    also(work, known.id, &known.key)?;
    work.connection
        .prepare_cached("UPDATE ticket SET key = ?2 WHERE id = ?1")?
        .execute(params![known.id.0, key])?;
    if let Some((_, by_rule)) = &registration.call {
        work.connection
            .prepare_cached("UPDATE call SET made_by_rule = ?2, joined = 1 WHERE ticket = ?1")?
            .execute(params![known.id.0, by_rule])?;
    }
    known.key = registration.key.clone();
    Ok(())
}

/// Remembers a further key of a ticket.
pub(super) fn also(work: &Work<'_>, ticket: TicketId, key: &ConversationKey) -> Result<(), LedgerError> {
    work.connection
        .prepare_cached(
            "INSERT INTO alias (key, ticket) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET ticket = ?2",
        )?
        .execute(params![key.as_str(), ticket.0])?;
    Ok(())
}

/// Remembers what a call is known by.
pub(super) fn remember(
    work: &Work<'_>,
    hasher: &AddressHasher,
    ticket: TicketId,
    registration: &Registration,
) -> Result<(), LedgerError> {
    let Some((call, by_rule)) = &registration.call else { return Ok(()) };
    let call = keyed(hasher, call);
    work.connection
        .prepare_cached(
            "INSERT INTO call (ticket, made_by_rule, started_s, outbound, seconds, number, line)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (ticket) DO UPDATE SET made_by_rule = ?2,
                    started_s = ?3, outbound = ?4, seconds = ?5, number = ?6, line = ?7",
        )?
        .execute(params![
            ticket.0,
            by_rule,
            call.started,
            call.outbound,
            call.seconds,
            call.number,
            call.line
        ])?;
    Ok(())
}

/// The trace with hashes that mean nothing outside this ledger.
fn keyed(hasher: &AddressHasher, call: &CallTrace) -> CallTrace {
    let key = |hash: [u8; 8]| hasher.short("number", &hash);
    CallTrace { number: call.number.map(key), line: call.line.map(key), ..call.clone() }
}

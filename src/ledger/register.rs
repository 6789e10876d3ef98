//! What registering does to rows.

use rusqlite::{OptionalExtension, params};

use super::column::{self, kind_name, stored_id};
use super::delta::compare;
use super::query::{self, TICKET_COLUMNS, ticket_row};
use super::registrar::{
    ChangedMessage, Entry, RegisterReport, RegisteredMessage, Registration, UnjoinedTicket,
};
use super::state::{IllegalStep, Standing, TicketEvent};
use super::writer::Work;
use super::{LedgerError, TicketId, TicketRow, TicketState};
use crate::model::finding::Code;
use crate::model::key::{ConversationKey, MessageKey};

/// Makes a row of what an export says, or compares it with the row that is there.
pub(super) fn register(
    work: &Work<'_>,
    entry: Entry,
    report: &mut RegisterReport,
) -> Result<(), LedgerError> {
    let key = match &entry {
        Entry::Conversation(registration) => &registration.key,
        Entry::Rejected { key, .. } => key,
    };
    let sql = format!("SELECT {TICKET_COLUMNS} FROM ticket WHERE key = ?1");
    let known = work.connection.prepare_cached(&sql)?.query_row([key.as_str()], ticket_row).optional()?;
    match (entry, known) {
        (Entry::Conversation(registration), None) => {
            insert(work, &registration)?;
            report.new += 1;
        }
        (Entry::Conversation(registration), Some(known)) => update(work, &registration, &known, report)?,
        (Entry::Rejected { key, code, last_activity_ms }, known) => {
            reject(work, &key, code, last_activity_ms, known.as_ref(), report)?;
        }
    }
    Ok(())
}

fn insert(work: &Work<'_>, registration: &Registration) -> Result<(), LedgerError> {
    work.connection
        .prepare_cached(
            "INSERT INTO ticket (key, state, status, last_ms, fingerprint, messages, mapped_to, updated_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            registration.key.as_str(),
            TicketState::Pending,
            column::status_number(registration.status),
            registration.last_activity_ms,
            registration.fingerprint.0,
            count(registration.messages.len()),
            registration.mapped_to,
            work.now_ms,
        ])?;
    let ticket = TicketId(work.connection.last_insert_rowid());
    insert_messages(work, ticket, &registration.key, 0, &mut registration.messages.iter())
}

fn insert_messages(
    work: &Work<'_>,
    ticket: TicketId,
    key: &ConversationKey,
    first: u32,
    messages: &mut dyn Iterator<Item = &RegisteredMessage>,
) -> Result<(), LedgerError> {
    let mut insert = work.connection.prepare_cached(
        "INSERT INTO message (ticket, n, kind, id, state, synthetic, fingerprint) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6)",
    )?;
    for (n, message) in (first..).zip(messages) {
        let (kind, id) = (kind(work, key, &message.key)?, stored_id(&message.key));
        insert.execute(params![ticket.0, n, kind, id, message.synthetic, message.fingerprint.0])?;
    }
    Ok(())
}

/// The number of the kind of a message's key.
pub(super) fn kind(
    work: &Work<'_>,
    ticket: &ConversationKey,
    message: &MessageKey,
) -> Result<i64, LedgerError> {
    let name = kind_name(ticket, message);
    let mut select = work.connection.prepare_cached("SELECT number FROM kind WHERE name = ?1")?;
    if let Some(number) = select.query_row([&name], |row| row.get(0)).optional()? {
        return Ok(number);
    }
    work.connection.execute("INSERT INTO kind (name) VALUES (?1)", [&name])?;
    Ok(work.connection.last_insert_rowid())
}

fn update(
    work: &Work<'_>,
    registration: &Registration,
    known: &TicketRow,
    report: &mut RegisterReport,
) -> Result<(), LedgerError> {
    let same_content = known.fingerprint == Some(registration.fingerprint);
    let same = same_content && known.mapped_to == registration.mapped_to;
    match known.state {
        _ if same => report.unchanged += 1,
        TicketState::Gone => report.unchanged += 1,
        TicketState::Pending => {
            replace(work, registration, known.id, TicketState::Pending)?;
            report.replaced += 1;
        }
        TicketState::Undone => {
            replace(work, registration, known.id, TicketState::Undone)?;
            report.unchanged += 1;
        }
        TicketState::Rejected if known.gorgias_id.is_none() => {
            let after =
                standing(known).step(TicketEvent::Retry, None).map_err(|step| refused(known, step))?;
            replace(work, registration, known.id, after.state)?;
            report.reopened += 1;
        }
        TicketState::Sending | TicketState::Appending | TicketState::Done | TicketState::Rejected => {
            merge(work, registration, known, report)?;
        }
    }
    Ok(())
}

/// Puts the registration in the place of what was known of a ticket that is not in Gorgias.
fn replace(
    work: &Work<'_>,
    registration: &Registration,
    ticket: TicketId,
    state: TicketState,
) -> Result<(), LedgerError> {
    work.connection.prepare_cached("DELETE FROM message WHERE ticket = ?1")?.execute([ticket.0])?;
    work.connection
        .prepare_cached(
            "UPDATE ticket SET state = ?2, status = ?3, last_ms = ?4, fingerprint = ?5, messages = ?6,
                    mapped_to = ?7, code = NULL, note = NULL, updated_ms = ?8 WHERE id = ?1",
        )?
        .execute(params![
            ticket.0,
            state,
            column::status_number(registration.status),
            registration.last_activity_ms,
            registration.fingerprint.0,
            count(registration.messages.len()),
            registration.mapped_to,
            work.now_ms,
        ])?;
    insert_messages(work, ticket, &registration.key, 0, &mut registration.messages.iter())
}

/// Compares the registration with a ticket that is in Gorgias, or may be.
fn merge(
    work: &Work<'_>,
    registration: &Registration,
    known: &TicketRow,
    report: &mut RegisterReport,
) -> Result<(), LedgerError> {
    let rows = query::messages(work.connection, known.id, &registration.key)?;
    let delta = compare(&rows, &registration.messages);
    if delta.unjoined {
        report.unjoined_count += 1;
        let conversation = registration.key.clone();
        report.unjoined.push(UnjoinedTicket { ticket: known.id, conversation });
        return Ok(());
    }
    for (n, place) in &delta.refreshed {
        work.connection
            .prepare_cached(
                "UPDATE message SET state = 0, code = NULL, fingerprint = ?3 WHERE ticket = ?1 AND n = ?2",
            )?
            .execute(params![known.id.0, n, registration.messages[*place].fingerprint.0])?;
    }
    let first = rows.last().map_or(0, |row| row.n + 1);
    let new = &mut delta.new.iter().map(|place| &registration.messages[*place]);
    insert_messages(work, known.id, &registration.key, first, new)?;

    let more = !delta.new.is_empty() || !delta.refreshed.is_empty();
    let mut after = standing(known);
    if known.state == TicketState::Rejected {
        after = after.step(TicketEvent::Retry, None).map_err(|step| refused(known, step))?;
        report.reopened += 1;
    } else if more {
        after = after.step(TicketEvent::NewMessages, None).map_err(|step| refused(known, step))?;
        report.appended += 1;
    } else {
        report.unchanged += 1;
    }
    // The fingerprint of a ticket with changed messages stays the old one, so that they are told every time.
    let fingerprint =
        if delta.changed.is_empty() { Some(registration.fingerprint) } else { known.fingerprint };
    work.connection
        .prepare_cached(
            "UPDATE ticket SET state = ?2, status = ?3, last_ms = ?4, fingerprint = ?5, messages = ?6,
                    code = NULL, note = NULL, updated_ms = ?7 WHERE id = ?1",
        )?
        .execute(params![
            known.id.0,
            after.state,
            column::status_number(registration.status),
            registration.last_activity_ms,
            fingerprint.map(|fingerprint| fingerprint.0),
            count(rows.len() + delta.new.len()),
            work.now_ms,
        ])?;
    report.changed_count += delta.changed.len() as u64;
    let conversation = &registration.key;
    let changed = delta.changed.into_iter();
    report
        .changed
        .extend(changed.map(|message| ChangedMessage { conversation: conversation.clone(), message }));
    Ok(())
}

fn reject(
    work: &Work<'_>,
    key: &ConversationKey,
    code: Code,
    last_activity_ms: i64,
    known: Option<&TicketRow>,
    report: &mut RegisterReport,
) -> Result<(), LedgerError> {
    let Some(known) = known else {
        work.connection
            .prepare_cached(
                "INSERT INTO ticket (key, state, last_ms, messages, code, updated_ms) VALUES (?1, ?2, ?3, 0, ?4, ?5)",
            )?
            .execute(params![key.as_str(), TicketState::Rejected, last_activity_ms, code.as_str(), work.now_ms])?;
        report.rejected += 1;
        return Ok(());
    };
    let is_there = known.gorgias_id.is_some();
    if is_there || !matches!(known.state, TicketState::Pending | TicketState::Rejected) {
        report.unchanged += 1;
        return Ok(());
    }
    let after = standing(known).step(TicketEvent::Refused, None).map_err(|step| refused(known, step))?;
    // Without a fingerprint it is registered anew as soon as it is right, and a retry leaves it alone until then.
    work.connection
        .prepare_cached(
            "UPDATE ticket SET state = ?2, code = ?3, note = NULL, fingerprint = NULL, updated_ms = ?4 WHERE id = ?1",
        )?
        .execute(params![known.id.0, after.state, code.as_str(), work.now_ms])?;
    report.rejected += 1;
    Ok(())
}

fn standing(known: &TicketRow) -> Standing {
    Standing { state: known.state, gorgias_id: known.gorgias_id }
}

fn refused(known: &TicketRow, step: IllegalStep) -> LedgerError {
    LedgerError::IllegalStep { ticket: known.id, step }
}

fn count(messages: usize) -> u32 {
    u32::try_from(messages).unwrap_or(u32::MAX)
}

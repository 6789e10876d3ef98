//! Messages for tickets that exist: one call a message, in order, each with an intent of its own.

use std::collections::HashSet;

use crate::gorgias::{CallFailure, back_off, wire};
use crate::model::finding::{Code, Finding};

use super::Shared;
use super::answer::{Answered, classify};
use super::encode::{Encoder, status_update};
use super::files;
use super::job::{Append, Fault, How, Job, Task, Worked, Write};
use super::rating;
use super::read;
use super::reopened;
use super::retry::is_last_lookup;
use super::send::{ledger_stop, sender, take_out};
use super::shared::Takes;
use super::update;
use crate::mapping::TicketStatus;

/// Reads the ticket, appends what it lacks, and puts its status right.
pub(super) async fn bring_up_to_date(shared: &Shared, job: &mut Job, to: Append) -> Worked {
    let ticket = match read::ticket(shared, to.gorgias_id, &planned(job)).await {
        Ok(ticket) => ticket,
        Err(failure) => return unread(&classify(&failure), job, to),
    };
    if ticket.trashed_datetime.is_some() {
        return gone(job, to);
    }
    let mut to = to;
    if to.foreign {
        shared.ticket_found(job.row, to.gorgias_id);
        match reopened::to_close(shared, job, to, &ticket).await {
            Ok(closed) => to.closed = closed,
            Err(worked) => return worked,
        }
    }
    let missing = missing(job, &ticket, shared);
    if let Some(number) = to.unknown {
        if holds(job, &ticket, number) {
            to.appended = true;
        } else {
            // It may still commit; only at the end of the window may it be sent again.
            if !is_last_lookup(job.lookups.saturating_sub(1)) {
                return Worked::NotYet;
            }
            shared.message_not_there(job.row, number);
            if job.failures.give_up(Write::Message(number)) {
                return left(shared, job, to, &ticket).await;
            }
        }
        to = to.settled();
    }
    if let Err(worked) = append(shared, job, to, &missing).await {
        return worked;
    }
    to.appended |= !missing.is_empty();
    let customer = ticket.customer.as_ref().map(|customer| customer.id);
    let brought = match update::bring(shared, job, to, &ticket).await {
        Ok(changed) => rating::bring(shared, job, to, customer, rating::Look::First).await.map(|()| changed),
        Err(worked) => Err(worked),
    };
    match brought {
        Ok(changed) => {
            give_up_elsewhere(shared, job, &ticket.messages);
            if to.foreign {
                drop(shared.ledger.closed_again(job.row));
            }
            shared.ticket_finished(job.row);
            let appended = to.appended || job.inherited || job.rating_due();
            let how = match (job.created_by_this_run, appended, changed) {
                (true, ..) => How::Created,
                (false, true, _) => How::Appended,
                (false, false, true) => How::Updated,
                (false, false, false) => How::Unchanged,
            };
            Worked::Complete { customer, gorgias_id: to.gorgias_id, how }
        }
        Err(worked) => worked,
    }
}

/// Leaves the rest to the next run. What was appended may have reopened the ticket, and the next run may be far.
async fn left(shared: &Shared, job: &Job, to: Append, ticket: &wire::Ticket) -> Worked {
    let put = match to.foreign {
        true => restore_status(shared, job, to, ticket, to.appended).await,
        false if to.appended && job.created_by_this_run => put_status(shared, job, to).await,
        false => Ok(()),
    };
    match put {
        Err(Worked::Stop(stop)) => return Worked::Stop(stop),
        // What it is from now on is its owners' affair.
        Ok(()) if to.foreign => drop(shared.ledger.closed_again(job.row)),
        Ok(()) | Err(_) => {}
    }
    Worked::Left(job.left_to_next_run())
}

/// The ticket could not be read. What is unknown stays so.
fn unread(answered: &Answered, job: &Job, to: Append) -> Worked {
    match answered {
        Answered::NotFound(_) => gone(job, to),
        Answered::Lost(fault) | Answered::NotSent(fault) => {
            Worked::Unread { fault: fault.clone(), then: Task::Append(to) }
        }
        Answered::Refused(words) | Answered::TooLarge(words) | Answered::Conflict(words) => {
            let finding = refused(job, words.clone());
            if to.unknown.is_some() { Worked::Unsettled(finding) } else { Worked::Rejected(finding) }
        }
        Answered::Stop(stop) => Worked::Stop(stop.clone()),
    }
}

fn held<'a>(ticket: &'a wire::Ticket, key: &str) -> Option<&'a wire::Message> {
    ticket.messages.iter().find(|held| held.external_id.as_deref() == Some(key))
}

/// Whether the ticket holds the message with this number in the ledger.
fn holds(job: &Job, ticket: &wire::Ticket, number: u32) -> bool {
    let numbered = job.ticket.messages.iter().zip(&job.numbers);
    let planned =
        numbered.filter(|(_, known)| **known == Some(number)).map(|(message, _)| message.key.as_str());
    let elsewhere = job.elsewhere.iter().filter(|message| message.number == number);
    planned.chain(elsewhere.map(|message| message.key.as_str())).any(|key| held(ticket, key).is_some())
}

/// Which of the planned messages the ticket does not hold, as indexes; those that it holds are noted as done.
/// Messages that were never registered are not looked at.
pub(super) fn missing(job: &Job, ticket: &wire::Ticket, shared: &Shared) -> Vec<usize> {
    let mut missing = Vec::new();
    let mut senders = Vec::new();
    for (at, (message, number)) in job.ticket.messages.iter().zip(&job.numbers).enumerate() {
        match (held(ticket, message.key.as_str()), number) {
            (Some(held), Some(number)) => {
                shared.message_adopted(job.row, *number, held.id);
                senders.extend(sender(*number, held));
            }
            (None, Some(_)) => missing.push(at),
            (_, None) => {}
        }
    }
    for message in &job.elsewhere {
        if let Some(held) = held(ticket, message.key.as_str()) {
            shared.message_adopted(job.row, message.number, held.id);
            senders.extend(sender(message.number, held));
        }
    }
    shared.senders_given(job.row, senders);
    missing
}

/// Notes messages that only the ledger knows and that are not among `held` as ones that cannot come: the export from
/// which they would have to be read is not this one. An export that has them brings them all the same.
pub(super) fn give_up_elsewhere(shared: &Shared, job: &Job, held: &[wire::Message]) {
    let is_held = |key: &str| held.iter().any(|message| message.external_id.as_deref() == Some(key));
    for message in job.elsewhere.iter().filter(|message| message.open && !is_held(message.key.as_str())) {
        shared.message_refused(job.row, message.number, Code::MessageNotInExport);
        let finding = Finding::new(Code::MessageNotInExport, &message.key, &job.place);
        shared.note(&finding.with_detail(format!("in {}", job.ticket.key)));
    }
}

/// The keys of the ticket's messages, those that only the ledger knows included.
pub(super) fn planned(job: &Job) -> HashSet<&str> {
    let planned = job.ticket.messages.iter().map(|message| message.key.as_str());
    planned.chain(job.elsewhere.iter().map(|message| message.key.as_str())).collect()
}

/// Appends the messages at `missing` in order. Those that Gorgias refuses are taken out of the ticket, each with a finding,
/// and the rest goes. On a failure, says how to go on.
pub(super) async fn append(
    shared: &Shared,
    job: &mut Job,
    to: Append,
    missing: &[usize],
) -> Result<(), Worked> {
    let mut refused = Vec::new();
    let appended = append_each(shared, job, to, missing, &mut refused).await;
    take_out(shared, job, &refused);
    appended
}

async fn append_each(
    shared: &Shared,
    job: &Job,
    mut to: Append,
    missing: &[usize],
    refused: &mut Vec<(usize, String)>,
) -> Result<(), Worked> {
    for &at in missing {
        let Some(number) = job.numbers[at] else { continue };
        files::note_gaps(shared, job, |leaves| leaves == number);
        shared.intend_message(job.row, number).await.map_err(ledger_stop)?;
        match post(shared, job, to, at).await {
            Ok(created)
                if is_of_another(created.external_id.as_deref(), job.ticket.messages[at].key.as_str()) =>
            {
                let words = "the answer shows another message than the one that was sent".to_owned();
                let fault = Fault { words, retry_after: None };
                return Err(Worked::Unknown { fault, then: Task::Append(to.with_unknown(number)) });
            }
            Ok(created) => {
                shared.message_created(job.row, number, created.id);
                to.appended = true;
                shared.senders_given(job.row, sender(number, &created).into_iter().collect());
            }
            Err(failure) => {
                let words = not_appended(shared, job, to, number, classify(&failure))?;
                // Now, for the task may be cut off before the rest is through.
                shared.message_refused(job.row, number, Code::MessageRefused);
                refused.push((at, words));
            }
        }
    }
    Ok(())
}

/// Whether a success is about something else than what was sent under `key`, as a proxy's may be: then nobody knows what came
/// of that.
pub(super) fn is_of_another(answered: Option<&str>, key: &str) -> bool {
    answered.is_some_and(|answered| answered != key)
}

/// Sends one message. A refusal of `imported` was not processed, so the same intent holds for the message without it.
async fn post(shared: &Shared, job: &Job, to: Append, at: usize) -> Result<wire::Message, CallFailure> {
    let customer = |identity: &_| job.customer(shared.digest(identity));
    loop {
        let imported = shared.imported(Takes::Message);
        let encoder = Encoder { customer: &customer, via: &shared.options.via, imported };
        let body = encoder.appended(&job.ticket, &job.ticket.messages[at]);
        match shared.client.create_message(to.gorgias_id, &body, None, None).await {
            Err(failure) if imported.is_some() && shared.learn_imported(Takes::Message, &failure) => {}
            result => return result,
        }
    }
}

/// What a message that was not taken means for its ticket. Where it costs the message alone, gives Gorgias's words.
fn not_appended(
    shared: &Shared,
    job: &Job,
    to: Append,
    number: u32,
    answered: Answered,
) -> Result<String, Worked> {
    Err(match answered {
        Answered::NotSent(fault) => {
            shared.message_not_there(job.row, number);
            Worked::NotSent { fault, then: Task::Append(to) }
        }
        Answered::Lost(fault) => Worked::Unknown { fault, then: Task::Append(to.with_unknown(number)) },
        Answered::Conflict(words) => {
            let fault = Fault { words, retry_after: None };
            Worked::Unknown { fault, then: Task::Append(to.with_unknown(number)) }
        }
        Answered::NotFound(_) => {
            shared.message_not_there(job.row, number);
            gone(job, to)
        }
        Answered::Refused(words) | Answered::TooLarge(words) => return Ok(words),
        Answered::Stop(stop) => {
            // Whoever is not let in has changed nothing.
            shared.message_not_there(job.row, number);
            Worked::Stop(stop)
        }
    })
}

/// Status and closing time as planned. Appending a customer's message may have reopened the ticket.
pub(super) async fn put_status(shared: &Shared, job: &Job, to: Append) -> Result<(), Worked> {
    if job.ticket.status == TicketStatus::Open {
        return Ok(());
    }
    put(shared, job, to, &status_update(&job.ticket)).await.map(drop)
}

/// Puts the status of a ticket that is not ours, or at which people have worked, back to what it was before we appended
/// the first message.
pub(super) async fn restore_status(
    shared: &Shared,
    job: &Job,
    to: Append,
    now: &wire::Ticket,
    appended: bool,
) -> Result<(), Worked> {
    let Some(closed) = to.closed else { return Ok(()) };
    if !appended && now.status.as_deref() == Some("closed") {
        return Ok(());
    }
    let update = wire::UpdateTicket {
        status: Some("closed".to_owned()),
        closed_datetime: closed.since.map(wire::Change::To),
        ..wire::UpdateTicket::default()
    };
    put(shared, job, to, &update).await.map(drop)
}

/// Updates the ticket; false where Gorgias does not take that, which is noted. An update says what should be, so it is simply
/// made again where its answer was lost.
pub(super) async fn put(
    shared: &Shared,
    job: &Job,
    to: Append,
    update: &wire::UpdateTicket,
) -> Result<bool, Worked> {
    let mut faults = 0;
    loop {
        let Err(failure) = shared.client.update_ticket(to.gorgias_id, update).await else { return Ok(true) };
        match classify(&failure) {
            Answered::Lost(fault) | Answered::NotSent(fault) => {
                faults += 1;
                if shared.is_halted() || faults >= super::PUT_ATTEMPTS {
                    return Err(Worked::Unread { fault, then: Task::Append(to) });
                }
                shared.rest(back_off(faults, fastrand::f64())).await;
            }
            Answered::Stop(stop) => return Err(Worked::Stop(stop)),
            Answered::NotFound(_) => return Err(gone(job, to)),
            // The messages are there; a status that Gorgias will not take is not worth rejecting them.
            Answered::Refused(words) | Answered::TooLarge(words) | Answered::Conflict(words) => {
                let code = if update.status.is_some() { Code::StatusRefused } else { Code::AmendRefused };
                shared.note(&Finding::new(code, &job.ticket.key, &job.place).with_detail(words));
                return Ok(false);
            }
        }
    }
}

fn refused(job: &Job, words: String) -> Finding {
    Finding::new(Code::RefusedByGorgias, &job.ticket.key, &job.place).with_detail(words)
}

pub(super) fn gone(job: &Job, to: Append) -> Worked {
    if to.foreign {
        let finding = Finding::new(Code::MappedTicketBad, &job.ticket.key, &job.place);
        return Worked::Rejected(finding.with_detail("the Gorgias ticket does not exist or is in the trash"));
    }
    Worked::Gone(Finding::new(Code::GoneFromGorgias, &job.ticket.key, &job.place))
}

//! Messages for tickets that exist: one call a message, in order, each with an intent of its own.

use std::collections::HashSet;

use crate::gorgias::wire;
use crate::model::finding::{Code, Finding};

use super::Shared;
use super::answer::{Answered, classify};
use super::encode::{Encoder, status_update};
use super::job::{Fault, How, Job, Task, Worked};
use super::retry::is_last_lookup;
use super::send::ledger_stop;
use crate::mapping::TicketStatus;

/// Reads the ticket, appends what it lacks, and puts its status right.
pub(super) async fn bring_up_to_date(
    shared: &Shared,
    job: &Job,
    gorgias_id: u64,
    foreign: bool,
    unknown: Option<u32>,
) -> Worked {
    let then = Task::Append { gorgias_id, foreign, unknown };
    let ticket = match shared.client.get_ticket(gorgias_id).await {
        Ok(ticket) => ticket,
        Err(failure) => {
            return match classify(&failure) {
                Answered::NotFound(_) => gone(job, foreign),
                Answered::Lost(fault) | Answered::NotSent(fault) => unanswered(job, fault, then),
                Answered::Refused(words) | Answered::TooLarge(words) => rejected(job, words),
                Answered::Conflict => rejected(job, failure.to_string()),
                Answered::Stop(stop) => Worked::Stop(stop),
            };
        }
    };
    if ticket.trashed_datetime.is_some() {
        return gone(job, foreign);
    }
    if foreign {
        shared.ticket_found(job.row, gorgias_id);
    }
    let missing = missing(job, &ticket, shared);
    if let Some(number) = unknown.filter(|number| missing.iter().any(|at| job.numbers[*at] == *number)) {
        // It may still commit; only at the end of the window may it be sent again.
        if !is_last_lookup(job.lookups.saturating_sub(1)) {
            return Worked::NotYet;
        }
        shared.message_not_there(job.row, number);
    }
    if let Err(worked) = append(shared, job, gorgias_id, foreign, &missing).await {
        return worked;
    }
    let restored = if foreign {
        restore_status(shared, gorgias_id, &ticket, !missing.is_empty()).await
    } else if missing.is_empty() && status_fits(job, &ticket) {
        Ok(())
    } else {
        put_status(shared, job, gorgias_id).await
    };
    match restored {
        Ok(()) => {
            shared.ticket_finished(job.row);
            let how = if job.created_by_this_run { How::Created } else { How::Appended };
            Worked::Complete { customer: ticket.customer.map(|customer| customer.id), how }
        }
        Err(worked) => worked,
    }
}

/// Which of the planned messages the ticket does not hold, as indexes; those that it holds are noted as done.
pub(super) fn missing(job: &Job, ticket: &wire::Ticket, shared: &Shared) -> Vec<usize> {
    let mut missing = Vec::new();
    for (at, message) in job.ticket.messages.iter().enumerate() {
        let key = message.key.as_str();
        match ticket.messages.iter().find(|held| held.external_id.as_deref() == Some(key)) {
            Some(held) => shared.message_adopted(job.row, job.numbers[at], held.id),
            None => missing.push(at),
        }
    }
    missing
}

/// The keys of the ticket's messages that we did not plan. A message without a key counts.
pub(super) fn strangers(job: &Job, ticket: &wire::Ticket) -> usize {
    let planned: HashSet<&str> = job.ticket.messages.iter().map(|message| message.key.as_str()).collect();
    let ours =
        |message: &&wire::Message| message.external_id.as_deref().is_some_and(|key| planned.contains(key));
    ticket.messages.len() - ticket.messages.iter().filter(ours).count()
}

/// Appends the messages at `missing` in order. On a failure, says how to go on.
pub(super) async fn append(
    shared: &Shared,
    job: &Job,
    gorgias_id: u64,
    foreign: bool,
    missing: &[usize],
) -> Result<(), Worked> {
    let customer = |identity: &_| job.customer(shared.digest(identity));
    let encoder =
        Encoder { customer: &customer, via: &shared.options.via, imported: shared.options.imported };
    for &at in missing {
        let message = &job.ticket.messages[at];
        let number = job.numbers[at];
        let then = |unknown| Task::Append { gorgias_id, foreign, unknown };
        shared.intend_message(job.row, number).await.map_err(ledger_stop)?;
        let body = encoder.appended(&job.ticket, message);
        match shared.client.create_message(gorgias_id, &body, None, None).await {
            Ok(created) => shared.message_created(job.row, number, created.id),
            Err(failure) => {
                return Err(match classify(&failure) {
                    Answered::NotSent(fault) => {
                        shared.message_not_there(job.row, number);
                        Worked::NotSent { fault, then: then(None) }
                    }
                    Answered::Lost(fault) => Worked::Unknown { fault, then: then(Some(number)) },
                    Answered::Conflict => {
                        let fault = Fault { words: failure.to_string(), retry_after: None };
                        Worked::Unknown { fault, then: then(Some(number)) }
                    }
                    Answered::NotFound(_) => gone(job, foreign),
                    Answered::Refused(words) | Answered::TooLarge(words) => rejected(job, words),
                    Answered::Stop(stop) => Worked::Stop(stop),
                });
            }
        }
    }
    Ok(())
}

/// Status and closing time as planned. Appending a customer's message may have reopened the ticket.
pub(super) async fn put_status(shared: &Shared, job: &Job, gorgias_id: u64) -> Result<(), Worked> {
    if job.ticket.status == TicketStatus::Open {
        return Ok(());
    }
    put(
        shared,
        Task::Append { gorgias_id, foreign: false, unknown: None },
        gorgias_id,
        &status_update(&job.ticket),
    )
    .await
}

/// Puts the status of a ticket that is not ours back to what it was before we appended.
async fn restore_status(
    shared: &Shared,
    gorgias_id: u64,
    before: &wire::Ticket,
    appended: bool,
) -> Result<(), Worked> {
    if !appended || before.status.as_deref() != Some("closed") {
        return Ok(());
    }
    let update = wire::UpdateTicket {
        status: before.status.clone(),
        closed_datetime: before.closed_datetime.map(wire::Change::To),
        ..wire::UpdateTicket::default()
    };
    put(shared, Task::Append { gorgias_id, foreign: true, unknown: None }, gorgias_id, &update).await
}

/// An update says what should be, so it is simply made again where its answer was lost.
async fn put(
    shared: &Shared,
    then: Task,
    gorgias_id: u64,
    update: &wire::UpdateTicket,
) -> Result<(), Worked> {
    let mut faults = 0;
    loop {
        let Err(failure) = shared.client.update_ticket(gorgias_id, update).await else { return Ok(()) };
        match classify(&failure) {
            Answered::Lost(fault) | Answered::NotSent(fault) => {
                faults += 1;
                if shared.is_halted() || faults >= super::PUT_ATTEMPTS {
                    return Err(Worked::NotSent { fault, then });
                }
                tokio::time::sleep(super::retry::back_off(faults, fastrand::f64())).await;
            }
            Answered::Stop(stop) => return Err(Worked::Stop(stop)),
            // The messages are there; a status that Gorgias will not take is not worth rejecting them.
            _ => return Ok(()),
        }
    }
}

fn status_fits(job: &Job, ticket: &wire::Ticket) -> bool {
    job.ticket.status == TicketStatus::Open || ticket.status.as_deref() == Some("closed")
}

/// A read that failed: what is unknown stays so.
fn unanswered(job: &Job, fault: Fault, then: Task) -> Worked {
    if job.dead_since.is_some() { Worked::Unknown { fault, then } } else { Worked::NotSent { fault, then } }
}

fn rejected(job: &Job, words: String) -> Worked {
    let finding = Finding::new(Code::RefusedByGorgias, &job.ticket.key, &job.place);
    Worked::Rejected(finding.with_detail(words))
}

fn gone(job: &Job, foreign: bool) -> Worked {
    if foreign {
        let finding = Finding::new(Code::MappedTicketBad, &job.ticket.key, &job.place);
        return Worked::Rejected(finding.with_detail("the Gorgias ticket does not exist or is in the trash"));
    }
    Worked::Gone(Finding::new(Code::GoneFromGorgias, &job.ticket.key, &job.place))
}

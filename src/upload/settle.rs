//! Unknown outcomes: look the ticket up, adopt it if it is ours, and only at the end of the window call it not there.

use crate::gorgias::wire;
use crate::model::finding::{Code, Finding};

use super::Shared;
use super::answer::{Answered, classify};
use super::append;
use super::job::{How, Job, Stop, Task, Worked};
use super::retry::is_last_lookup;

/// Looks up a ticket whose creation has an unknown outcome.
pub(super) async fn settle(shared: &Shared, job: &Job) -> Worked {
    let key = job.ticket.key.as_str();
    let found = match shared.client.find_tickets_by_external_id(key).await {
        Ok(found) => found,
        Err(failure) => return unanswered(classify(&failure), job),
    };
    let hits: Vec<_> = found.iter().filter(|item| item.external_id.as_deref() == Some(key)).collect();
    let live: Vec<_> = hits.iter().filter(|item| item.trashed_datetime.is_none()).collect();
    match live[..] {
        [] if hits.is_empty() && is_last_lookup(job.lookups.saturating_sub(1)) => {
            shared.ticket_not_there(job.row);
            Worked::NotThere
        }
        [] if hits.is_empty() => Worked::NotYet,
        [] => Worked::Rejected(Finding::new(Code::InTrash, &job.ticket.key, &job.place)),
        [item] => adopt(shared, job, item.id).await,
        _ => Worked::Rejected(Finding::new(Code::TwoInGorgias, &job.ticket.key, &job.place)),
    }
}

/// Adopts the ticket if it is ours, and completes it if it has fewer messages than planned.
async fn adopt(shared: &Shared, job: &Job, gorgias_id: u64) -> Worked {
    let ticket = match shared.client.get_ticket(gorgias_id).await {
        Ok(ticket) => ticket,
        Err(failure) => {
            return match classify(&failure) {
                // It was in the list a moment ago; the next look-up will tell.
                Answered::NotFound(_) => Worked::NotYet,
                other => unanswered(other, job),
            };
        }
    };
    if !is_ours(job, &ticket) {
        let finding = Finding::new(Code::ConflictInGorgias, &job.ticket.key, &job.place);
        let finding = finding.with_detail(format!("Gorgias ticket {gorgias_id}"));
        return Worked::Stop(Stop::NotOurs { finding: Box::new(finding) });
    }
    shared.ticket_found(job.row, gorgias_id);
    let missing = append::missing(job, &ticket, shared);
    let customer = ticket.customer.as_ref().map(|customer| customer.id);
    if let (Some(digest), Some(id)) = (job.rides, customer) {
        shared.need_made(&super::resources::Need::Customer(digest), id, true);
    }
    if missing.is_empty() {
        shared.ticket_finished(job.row);
        let how = if job.inherited { How::Adopted } else { How::Created };
        return Worked::Complete { customer, how };
    }
    // Whoever wrote the rest may have to be looked up first.
    Worked::Continue { then: Task::Append { gorgias_id, foreign: false, unknown: None }, customer }
}

/// Whether a ticket is the one that the intent planned: its creation time and the keys of all its messages fit.
pub(super) fn is_ours(job: &Job, ticket: &wire::Ticket) -> bool {
    let same_time = ticket.created_datetime.is_some_and(|created| {
        // Gorgias keeps microseconds.
        created.as_microsecond() == job.ticket.created.as_microsecond()
    });
    same_time && !ticket.messages.is_empty() && append::strangers(job, ticket) == 0
}

/// A look-up that failed leaves the outcome as unknown as it was.
fn unanswered(answered: Answered, job: &Job) -> Worked {
    match answered {
        Answered::Stop(stop) => Worked::Stop(stop),
        Answered::Lost(fault) | Answered::NotSent(fault) => Worked::Unknown { fault, then: Task::Settle },
        Answered::Refused(words) | Answered::TooLarge(words) | Answered::NotFound(words) => {
            let finding = Finding::new(Code::RefusedByGorgias, &job.ticket.key, &job.place);
            Worked::Rejected(finding.with_detail(words))
        }
        Answered::Conflict => Worked::NotYet,
    }
}

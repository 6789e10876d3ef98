//! Unknown outcomes: look the ticket up, adopt it if it is ours, and only at the end of the window call it not there.

use jiff::SignedDuration;

use crate::gorgias::wire;
use crate::ledger::InCharge;
use crate::model::finding::{Code, Finding};

use super::Shared;
use super::answer::{Answered, classify};
use super::append;
use super::job::{Append, How, Job, Stop, Task, Worked};
use super::ours::Makers;
use super::read;
use super::retry::is_last_lookup;

/// To what a time comes back exactly.
pub(super) const TIME_KEPT: SignedDuration = SignedDuration::from_millis(1);

/// Looks up a ticket whose creation has an unknown outcome.
pub(super) async fn settle(shared: &Shared, job: &Job) -> Worked {
    let key = job.ticket.key.as_str();
    match hits(shared, key).await {
        Ok(Hits::None) if is_last_lookup(job.lookups.saturating_sub(1)) => {
            shared.ticket_not_there(job.row);
            Worked::NotThere
        }
        Ok(Hits::None) => Worked::NotYet,
        Ok(Hits::InTrash) => Worked::Rejected(Finding::new(Code::InTrash, &job.ticket.key, &job.place)),
        Ok(Hits::One(id)) => adopt(shared, job, id).await,
        // It stays unknown: once somebody has deleted one of them, the next run finds the other.
        Ok(Hits::Several) => Worked::Unsettled(Finding::new(Code::TwoInGorgias, &job.ticket.key, &job.place)),
        Err(answered) => unanswered(answered, job, Task::Settle),
    }
}

/// What Gorgias has under a key.
pub(super) enum Hits {
    /// Nothing.
    None,
    /// Only what somebody deleted.
    InTrash,
    /// This ticket.
    One(u64),
    /// More than one.
    Several,
}

/// Looks a ticket up by its key.
pub(super) async fn hits(shared: &Shared, key: &str) -> Result<Hits, Answered> {
    let found = shared.client.find_tickets_by_external_id(key).await;
    let found = found.map_err(|failure| classify(&failure))?;
    let mut hits = Vec::new();
    for item in found.iter().filter(|item| item.external_id.as_deref() == Some(key)) {
        // What this ledger took back is not there.
        let undone = shared.ledger.view().is_undone(item.id.cast_signed());
        if !undone.map_err(|error| Answered::Stop(Stop::Ledger { words: error.to_string() }))? {
            hits.push(item);
        }
    }
    // A list that is read in pages while it changes can show an item twice.
    let mut live: Vec<_> =
        hits.iter().filter(|item| item.trashed_datetime.is_none()).map(|item| item.id).collect();
    live.sort_unstable();
    live.dedup();
    Ok(match live[..] {
        [] if hits.is_empty() => Hits::None,
        [] => Hits::InTrash,
        [id] => Hits::One(id),
        _ => Hits::Several,
    })
}

/// Adopts the ticket if it is ours, and completes it if it has fewer messages than planned.
async fn adopt(shared: &Shared, job: &Job, gorgias_id: u64) -> Worked {
    let ticket = match read::ticket(shared, gorgias_id, &append::planned(job)).await {
        Ok(ticket) => ticket,
        Err(failure) => {
            return match classify(&failure) {
                // It was in the list a moment ago; the next look-up will tell.
                Answered::NotFound(_) => Worked::NotYet,
                other => unanswered(other, job, Task::Settle),
            };
        }
    };
    if ticket.trashed_datetime.is_some() {
        return Worked::NotYet;
    }
    if !is_ours(job, &ticket) {
        let finding = Finding::new(Code::ConflictInGorgias, &job.ticket.key, &job.place);
        let finding = finding.with_detail(format!("Gorgias ticket {gorgias_id}"));
        return Worked::Stop(Stop::NotOurs { finding: Box::new(finding) });
    }
    shared.ticket_found(job.row, gorgias_id);
    let user = ticket.assignee_user.as_ref().map(|user| user.id);
    shared.in_charge_given(job.row, InCharge { user, team: ticket.team() });
    let missing = append::missing(job, &ticket, shared);
    let customer = ticket.customer.as_ref().map(|customer| customer.id);
    if let (Some(digest), Some(id)) = (job.rides, customer) {
        shared.need_made(&super::resources::Need::Customer(digest), id, true);
    }
    if missing.is_empty() && !job.rating_due() {
        append::give_up_elsewhere(shared, job, &ticket.messages);
        shared.ticket_finished(job.row);
        let how = if job.inherited { How::Adopted } else { How::Created };
        return Worked::Complete { customer, gorgias_id, how };
    }
    // Only the rating may be left; but whoever wrote the rest may have to be looked up first.
    Worked::Continue { then: Task::Append(Append::to(gorgias_id)), customer }
}

/// Whether a ticket is the one that the intent planned: its creation time fits, and so do the keys of its messages.
fn is_ours(job: &Job, ticket: &wire::Ticket) -> bool {
    let same_time = ticket.created_datetime.is_some_and(|created| {
        // Times were seen to be kept to the millisecond; whether the rest is cut or rounded is not known.
        created.duration_since(job.ticket.created).abs() <= TIME_KEPT
    });
    let planned = append::planned(job);
    same_time && Makers::of(&job.ticket.key, &ticket.messages, |key| planned.contains(key)).are_us()
}

/// A look-up that failed leaves what it was to tell as unknown as it was; where nothing was answered, `then` is done again.
pub(super) fn unanswered(answered: Answered, job: &Job, then: Task) -> Worked {
    match answered {
        Answered::Stop(stop) => Worked::Stop(stop),
        Answered::Lost(fault) | Answered::NotSent(fault) => Worked::Unread { fault, then },
        Answered::Refused(words)
        | Answered::TooLarge(words)
        | Answered::NotFound(words)
        | Answered::Conflict(words) => {
            let finding = Finding::new(Code::RefusedByGorgias, &job.ticket.key, &job.place);
            Worked::Unsettled(finding.with_detail(words))
        }
    }
}

//! Tickets that were there before the import and were closed: appending reopens them, so they are closed again, but never
//! against the will of people.
//!
//! Whenever such a ticket is read and closed, the ledger notes so before a message is appended. Where it is open the next time,
//! what came since then tells why: a message of ours opened it, one of anybody else's keeps it open, and so does an event by
//! which people have changed its status.

use crate::gorgias::{CallFailure, EventFilter, wire};
use crate::ledger::{Before, FoundClosed, LedgerError};
use crate::model::finding::{Code, Finding};
use crate::model::time::now;

use super::Shared;
use super::answer::classify;
use super::job::{Append, Job, Task, Worked};
use super::send::ledger_stop;
use super::settle::unanswered;
use super::touched::{Known, Seen, Touch, by_events};

/// As what a ticket that is not ours has to be closed again, if it has to be.
pub(super) async fn to_close(
    shared: &Shared,
    job: &Job,
    to: Append,
    ticket: &wire::Ticket,
) -> Result<Option<FoundClosed>, Worked> {
    if ticket.status.as_deref() == Some("closed") {
        let closed = FoundClosed { since: ticket.closed_datetime };
        let last_message = ticket.messages.iter().map(|message| message.id).max().unwrap_or_default();
        drop(shared.ledger.found_closed(job.row, Before { closed, at: now(), last_message }));
        return Ok(Some(closed));
    }
    let broken = |error: LedgerError| ledger_stop(error.to_string());
    let view = shared.ledger.view();
    let Some(before) = view.was_found_closed(job.row).map_err(broken)? else { return Ok(None) };
    let known = Known::of(&view.messages(job.row).map_err(broken)?);
    let came = ticket.messages.iter().filter(|message| message.id > before.last_message);
    let (theirs, ours): (Vec<_>, Vec<_>) =
        came.partition(|message| known.strangers(std::slice::from_ref(message)) > 0);
    if ours.is_empty() {
        // It was not we who opened it.
        drop(shared.ledger.closed_again(job.row));
        return Ok(None);
    }
    let stays_open = !theirs.is_empty() || was_opened(shared, job, to, before).await?;
    Ok((!stays_open).then_some(before.closed))
}

/// Whether people have changed its status since. Where the account's events cannot be read, nobody knows who opened it: then
/// it stays open, and that is told.
async fn was_opened(shared: &Shared, job: &Job, to: Append, before: Before) -> Result<bool, Worked> {
    let theirs = shared.client.server_now();
    let ahead = theirs.map_or(jiff::SignedDuration::ZERO, |theirs| theirs.duration_since(now()));
    let from = before.at.checked_add(ahead).unwrap_or(before.at);
    let filter = EventFilter {
        object: Some(("Ticket", to.gorgias_id)),
        from: Some(from),
        oldest_first: true,
        ..EventFilter::default()
    };
    let read = async {
        let hands = shared.hands().await?;
        Ok((hands, shared.client.events(&filter).all().await?))
    };
    let (hands, events) = match read.await {
        Ok(read) => read,
        Err(CallFailure::Forbidden { .. } | CallFailure::NotFound | CallFailure::Refused { .. }) => {
            let finding = Finding::new(Code::TouchedInGorgias, &job.ticket.key, &job.place);
            shared.note(
                &finding.with_detail("the account's events cannot be read, so nobody knows who opened it"),
            );
            return Ok(true);
        }
        Err(failure) => return Err(unanswered(classify(&failure), job, Task::Append(to))),
    };
    // What this tool wrote a moment ago is not in the journal before that is committed.
    shared.flush().await.map_err(ledger_stop)?;
    let writes = shared.ledger.view().writes(&[job.row]);
    let writes = writes.map_err(|error| ledger_stop(error.to_string()))?.remove(&job.row).unwrap_or_default();
    // An account that does not know the filter tells of what was before, too.
    let seen: Vec<Seen> = events
        .iter()
        .filter(|event| event.created_datetime.is_none_or(|at| at >= from))
        .filter_map(Seen::of)
        .collect();
    Ok(by_events(&seen, hands, &writes, ahead).contains(&Touch::Status))
}

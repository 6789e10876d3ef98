//! What a later export changes of a ticket beside its messages: status, assignee and tags, brought up to date where the
//! source changed and nobody has worked at the ticket in Gorgias.
//!
//! Invariants: what an export does not tell at all (no tag anywhere, no assignee anywhere) is not cleared; tags that
//! this tool did not write stay; a ticket at which people have worked is left as it is and told.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::gorgias::{CallFailure, EventFilter, wire};
use crate::ledger::Written;
use crate::mapping::{MappedTicket, TicketStatus};
use crate::model::finding::{Code, Finding};
use crate::model::time::now;

use super::Shared;
use super::answer::{Answered, classify};
use super::append::{give_up_elsewhere, put, restore_status};
use super::encode::status_update;
use super::job::{Append, Closed, How, Job, Stop, Task, Worked};
use super::touched::{Known, Seen, Touch, by_events};

/// What the export tells of tickets beside their messages: no tag anywhere means that it does not tell tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tells {
    /// Who is in charge.
    pub assignees: bool,
    /// Tags.
    pub tags: bool,
}

/// Name of the ledger's fact that says what the exports of a source tell.
pub fn tells_fact(source: &str) -> String {
    format!("tells:{source}")
}

impl Tells {
    /// As the ledger's fact has it; where there is none, everything is told.
    pub fn parse(fact: Option<&str>) -> Self {
        let Some(fact) = fact else { return Self { assignees: true, tags: true } };
        let tells = |word| fact.split(' ').any(|told| told == word);
        Self { assignees: tells("assignees"), tags: tells("tags") }
    }
}

impl std::fmt::Display for Tells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = [(self.assignees, "assignees"), (self.tags, "tags")];
        let told: Vec<&str> = words.iter().filter(|(told, _)| *told).map(|(_, word)| *word).collect();
        f.write_str(&told.join(" "))
    }
}

/// What is written with a new ticket.
pub(super) fn planned(ticket: &MappedTicket) -> Written {
    let closed = ticket.status == TicketStatus::Closed;
    Written::new(closed, ticket.assignee, ticket.tags.iter().map(String::as_str))
}

/// A ticket to which an export adds nothing, as far as the ledger knows; without a call.
pub(super) fn nothing_to_bring(shared: &Shared, job: &Job, to: Append) -> Option<Worked> {
    let as_written = job.written.as_ref().is_some_and(|written| {
        let planned = planned(&job.ticket);
        written.closed == planned.closed
            && (written.assignee == planned.assignee || !job.tells.assignees)
            && (written.same_tags(&planned) || !job.tells.tags)
    });
    let something_is_due = to.unknown.is_some()
        || to.survey_unknown
        || job.rating_due()
        || job.numbers.iter().any(Option::is_some);
    if something_is_due || !(as_written || to.foreign) {
        return None;
    }
    give_up_elsewhere(shared, job, &[]);
    shared.ticket_finished(job.row);
    Some(Worked::Complete { customer: None, gorgias_id: to.gorgias_id, how: How::Unchanged })
}

/// Brings status, assignee and tags up to date, after the messages. `ticket` is as it was read before they were appended.
/// Gives back whether anything was changed.
pub(super) async fn bring(
    shared: &Shared,
    job: &Job,
    to: Append,
    ticket: &wire::Ticket,
    appended: bool,
) -> Result<bool, Worked> {
    if to.foreign {
        return restore_status(shared, to, ticket, appended).await.map(|()| false);
    }
    let planned = planned(&job.ticket);
    let Some(update) = change(job, ticket, appended) else {
        shared.remember_written(vec![(job.row, planned)]);
        return Ok(false);
    };
    if !job.created_by_this_run {
        let touches = touches(shared, job, to, ticket).await?;
        if !touches.is_empty() {
            let was_closed = ticket.status.as_deref() == Some("closed");
            let closed = was_closed.then_some(Closed { since: ticket.closed_datetime });
            restore_status(shared, Append { closed, ..to }, ticket, appended).await?;
            if job.written.as_ref() != Some(&planned) {
                let words: Vec<&str> = touches.into_iter().map(Touch::as_str).collect();
                let finding = Finding::new(Code::TouchedInGorgias, &job.ticket.key, &job.place);
                shared.note(&finding.with_detail(format!("changed in Gorgias: {}", words.join(", "))));
            }
            return Ok(false);
        }
    }
    put(shared, to, &update).await?;
    if update.assignee_user.is_some() {
        shared.assignee_given(job.row, planned.assignee);
    }
    shared.remember_written(vec![(job.row, planned)]);
    Ok(true)
}

/// What has to be written, if anything. Pure.
fn change(job: &Job, now: &wire::Ticket, appended: bool) -> Option<wire::UpdateTicket> {
    let planned = planned(&job.ticket);
    let written = job.written.as_ref();
    let mut update = wire::UpdateTicket::default();
    let mut any = false;
    let is_closed = now.status.as_deref() == Some("closed");
    let other_status = written.is_none_or(|written| written.closed != planned.closed);
    // A customer's message may reopen a ticket, and an earlier run may have died before it closed it again.
    let reopened = planned.closed && (appended || !is_closed);
    if (other_status && is_closed != planned.closed) || reopened {
        update = status_update(&job.ticket);
        any = true;
    }
    let assignee = now.assignee_user.as_ref().map(|user| user.id);
    if job.tells.assignees
        && written.is_none_or(|written| written.assignee != planned.assignee)
        && assignee != planned.assignee
    {
        let change = planned.assignee.map_or(wire::Change::Clear, |id| wire::Change::To(wire::IdRef { id }));
        update.assignee_user = Some(change);
        any = true;
    }
    if job.tells.tags && written.is_none_or(|written| !written.same_tags(&planned)) {
        let had: Vec<&str> = now.tags.iter().filter_map(|tag| tag.name.as_deref()).collect();
        let stays = |name: &&&str| planned.has_tag(name) || !written.is_some_and(|w| w.has_tag(name));
        let mut tags: Vec<&str> = had.iter().filter(stays).copied().collect();
        let kept = tags.len();
        tags.extend(job.ticket.tags.iter().map(String::as_str).filter(|name| !had.contains(name)));
        if kept != had.len() || tags.len() != kept {
            let tag = |name: &str| wire::TagRef { name: name.to_owned(), decoration: None };
            update.tags = Some(tags.into_iter().map(tag).collect());
            any = true;
        }
    }
    any.then_some(update)
}

/// What people did to the ticket since this tool wrote it. Events that cannot be read count as work: then nobody knows.
async fn touches(
    shared: &Shared,
    job: &Job,
    to: Append,
    ticket: &wire::Ticket,
) -> Result<BTreeSet<Touch>, Worked> {
    let ledger = |error: crate::ledger::LedgerError| Worked::Stop(Stop::Ledger { words: error.to_string() });
    let view = shared.ledger.view();
    let known = Known::of(&view.messages(job.row).map_err(ledger)?);
    let filter =
        EventFilter { object: Some(("Ticket", to.gorgias_id)), oldest_first: true, ..EventFilter::default() };
    let read = async {
        let hands = shared.hands().await?;
        Ok((hands, shared.client.events(&filter).all().await?))
    };
    let mut touches = match read.await {
        Ok((hands, events)) => {
            let writes = view.writes(&[job.row]).map_err(ledger)?.remove(&job.row).unwrap_or_default();
            let seen: Vec<Seen> = events.iter().filter_map(Seen::of).collect();
            let theirs = shared.client.server_now();
            let ahead = theirs.map_or(SignedDuration::ZERO, |theirs| theirs.duration_since(now()));
            by_events(&seen, hands, &writes, ahead)
        }
        Err(CallFailure::Forbidden { .. } | CallFailure::NotFound | CallFailure::Refused { .. }) => {
            BTreeSet::from([Touch::Status])
        }
        Err(failure) => {
            return Err(match classify(&failure) {
                Answered::Stop(stop) => Worked::Stop(stop),
                Answered::NotSent(fault) | Answered::Lost(fault) => {
                    Worked::NotSent { fault, then: Task::Append(to) }
                }
                _ => return Ok(BTreeSet::from([Touch::Status])),
            });
        }
    };
    if known.strangers(&ticket.messages) > 0 {
        touches.insert(Touch::Message);
    }
    Ok(touches)
}

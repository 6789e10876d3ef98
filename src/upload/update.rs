//! What a later export changes of a ticket beside its messages: status, assignee and tags, brought up to date where the
//! source changed and nobody has worked at the ticket in Gorgias.
//!
//! Only tickets whose status, assignee or tags are others in the source than when they were registered last come here.
//! Invariants: what an export does not tell at all (no tag anywhere, no assignee anywhere) is not cleared; what rules and
//! bots did stays; a ticket at which people have worked is left as it is and told.

use std::collections::{BTreeSet, HashSet};

use jiff::SignedDuration;

use crate::gorgias::{CallFailure, EventFilter, wire};
use crate::ledger::{FoundClosed, TicketId};
use crate::mapping::{MappedTicket, TicketStatus};
use crate::model::finding::{Code, Finding};
use crate::model::time::now;

use super::Shared;
use super::answer::{Answered, classify};
use super::append::{put, restore_status};
use super::encode::status_update;
use super::job::{Append, Job, Stop, Task, Worked};
use super::rebuild::REBUILT;
use super::touched::{Known, Seen, Touch, by_events, by_machines, tags_by_machines};

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

/// Brings status, assignee and tags up to date, after the messages. `ticket` is as it was read before they were appended.
/// Gives back whether anything was changed.
pub(super) async fn bring(
    shared: &Shared,
    job: &Job,
    to: Append,
    ticket: &wire::Ticket,
) -> Result<bool, Worked> {
    let appended = to.appended;
    if to.foreign {
        return restore_status(shared, job, to, ticket, appended).await.map(|()| false);
    }
    let Some(mut update) = change(job, ticket, appended, &Machines::default()) else { return Ok(false) };
    if !job.created_by_this_run {
        match work(shared, job, to, ticket).await? {
            Some(work) if work.touches.is_empty() => match change(job, ticket, appended, &work.machines) {
                Some(without) => update = without,
                None => return Ok(false),
            },
            Some(work) => {
                let was_closed = ticket.status.as_deref() == Some("closed");
                let closed = was_closed.then_some(FoundClosed { since: ticket.closed_datetime });
                restore_status(shared, job, Append { closed, ..to }, ticket, appended).await?;
                let words: Vec<&str> = work.touches.into_iter().map(Touch::as_str).collect();
                left_alone(shared, job, &format!("changed in Gorgias: {}", words.join(", ")));
                return Ok(false);
            }
            // Nobody can say whether people have worked at it. Its status is put right all the same, for messages that
            // were appended, now or by a run that was interrupted, may have reopened it; but not where the ledger was
            // made anew and does not know of any. The rest stays.
            None if update.status.is_some() && (appended || !is_rebuilt(shared)?) => {
                update = status_update(&job.ticket);
            }
            None => {
                left_alone(shared, job, "the account's events cannot be read");
                return Ok(false);
            }
        }
    }
    let taken = put(shared, job, to, &update).await?;
    if taken && update.assignee_user.is_some() {
        shared.assignee_given(job.row, job.ticket.assignee);
    }
    Ok(taken)
}

/// What the source changed is not brought.
fn left_alone(shared: &Shared, job: &Job, why: &str) {
    let finding = Finding::new(Code::TouchedInGorgias, &job.ticket.key, &job.place);
    shared.note(&finding.with_detail(why));
}

/// What rules, bots and the server did; it stays.
#[derive(Debug, Default)]
struct Machines {
    did: BTreeSet<Touch>,
    tags: HashSet<u64>,
}

/// What has to be written, if anything. Pure.
fn change(job: &Job, now: &wire::Ticket, appended: bool, machines: &Machines) -> Option<wire::UpdateTicket> {
    let planned = &job.ticket;
    let mut update = wire::UpdateTicket::default();
    let mut any = false;
    let closes = planned.status == TicketStatus::Closed;
    let is_closed = now.status.as_deref() == Some("closed");
    // A customer's message that was appended may have reopened it.
    if (closes && appended) || (closes != is_closed && !machines.did.contains(&Touch::Status)) {
        update = status_update(planned);
        any = true;
    }
    let assignee = now.assignee_user.as_ref().map(|user| user.id);
    if job.tells.assignees && assignee != planned.assignee && !machines.did.contains(&Touch::Assignee) {
        let change = planned.assignee.map_or(wire::Change::Clear, |id| wire::Change::To(wire::IdRef { id }));
        update.assignee_user = Some(change);
        any = true;
    }
    if job.tells.tags
        && let Some(tags) = tags(planned, now, machines)
    {
        update.tags = Some(tags);
        any = true;
    }
    any.then_some(update)
}

/// The tags that it should have, where it has others: those of the source, and those that machines gave it.
fn tags(planned: &MappedTicket, now: &wire::Ticket, machines: &Machines) -> Option<Vec<wire::TagRef>> {
    let is_planned = |name: &str| planned.tags.iter().any(|tag| tag == name);
    let had: Vec<(u64, &str)> =
        now.tags.iter().filter_map(|tag| Some((tag.id, tag.name.as_deref()?))).collect();
    let stays = had.iter().filter(|(id, name)| is_planned(name) || machines.tags.contains(id));
    let mut tags: Vec<&str> = stays.map(|(_, name)| *name).collect();
    let kept = tags.len();
    tags.extend(
        planned.tags.iter().map(String::as_str).filter(|name| had.iter().all(|(_, has)| has != name)),
    );
    let tag = |name: &str| wire::TagRef { name: name.to_owned(), decoration: None };
    (kept != had.len() || tags.len() != kept).then(|| tags.into_iter().map(tag).collect())
}

/// What was done to a ticket since this tool wrote it.
pub(super) struct Work {
    touches: BTreeSet<Touch>,
    machines: Machines,
}

impl Work {
    /// Whether neither people nor machines have done anything that decides who is in charge.
    pub(super) fn is_untouched(&self) -> bool {
        self.touches.is_empty() && !self.machines.did.contains(&Touch::Assignee)
    }

    /// What was done, in words.
    pub(super) fn words(&self) -> String {
        let all: BTreeSet<Touch> = self.touches.union(&self.machines.did).copied().collect();
        all.into_iter().map(Touch::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// Why it is not known what was done.
pub(super) enum Untold {
    /// The ledger failed, in words.
    Ledger(String),
    /// A call failed.
    Call(CallFailure),
}

/// Whether the ledger was made anew.
fn is_rebuilt(shared: &Shared) -> Result<bool, Worked> {
    let fact = shared.ledger.view().fact(REBUILT);
    fact.map(|fact| fact.is_some()).map_err(|error| Worked::Stop(Stop::Ledger { words: error.to_string() }))
}

/// What was done to the ticket since this tool wrote it; nothing where the account's events cannot be read.
async fn work(shared: &Shared, job: &Job, to: Append, ticket: &wire::Ticket) -> Result<Option<Work>, Worked> {
    work_since(shared, job.row, to.gorgias_id, ticket).await.or_else(|untold| match untold {
        Untold::Ledger(words) => Err(Worked::Stop(Stop::Ledger { words })),
        Untold::Call(failure) => match classify(&failure) {
            Answered::Stop(stop) => Err(Worked::Stop(stop)),
            Answered::NotSent(fault) | Answered::Lost(fault) => {
                Err(Worked::Unread { fault, then: Task::Append(to) })
            }
            _ => Ok(None),
        },
    })
}

/// The same for the ticket of any row. `ticket` is as it was read just now; a message in it that is not ours tells of work
/// where events cannot.
pub(super) async fn work_since(
    shared: &Shared,
    row: TicketId,
    gorgias_id: u64,
    ticket: &wire::Ticket,
) -> Result<Option<Work>, Untold> {
    let ledger = |error: crate::ledger::LedgerError| Untold::Ledger(error.to_string());
    let view = shared.ledger.view();
    let known = Known::of(&view.messages(row).map_err(ledger)?);
    // Messages show themselves, whoever may read events.
    let is_written_to = known.strangers(&ticket.messages) > 0;
    let filter =
        EventFilter { object: Some(("Ticket", gorgias_id)), oldest_first: true, ..EventFilter::default() };
    let read = async {
        let hands = shared.hands().await?;
        Ok((hands, shared.client.events(&filter).all().await?))
    };
    let mut work = match read.await {
        Ok((hands, events)) => {
            // What this tool wrote a moment ago is not in the journal before that is committed.
            shared.flush().await.map_err(Untold::Ledger)?;
            let writes = view.writes(&[row]).map_err(ledger)?.remove(&row).unwrap_or_default();
            let seen: Vec<Seen> = events.iter().filter_map(Seen::of).collect();
            let theirs = shared.client.server_now();
            let ahead = theirs.map_or(SignedDuration::ZERO, |theirs| theirs.duration_since(now()));
            let machines =
                Machines { did: by_machines(&seen, hands), tags: tags_by_machines(&events, hands) };
            Work { touches: by_events(&seen, hands, &writes, ahead), machines }
        }
        Err(CallFailure::Forbidden { .. } | CallFailure::NotFound | CallFailure::Refused { .. }) => {
            if !is_written_to {
                return Ok(None);
            }
            Work { touches: BTreeSet::new(), machines: Machines::default() }
        }
        Err(failure) => return Err(Untold::Call(failure)),
    };
    if is_written_to {
        work.touches.insert(Touch::Message);
    }
    Ok(Some(work))
}

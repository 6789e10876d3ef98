//! One ticket: create it with its messages, append what does not fit, and put its status right.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::gorgias::{CallFailure, wire};
use crate::ledger::{InCharge, PlanHash};
use crate::model::finding::{Code, Finding};

use super::Shared;
use super::answer::{Answered, classify};
use super::append;
use super::encode::Encoder;
use super::existing;
use super::files;
use super::job::{Append, Elsewhere, Fault, How, Job, Stop, Task, Worked};
use super::links;
use super::rating;
use super::settle;
use super::shared::Takes;
use super::traffic::TICKET;

/// Makes the intents of `jobs` durable, in one commit, with what their messages lack.
pub(super) async fn intend(shared: &Shared, jobs: &[Job]) -> Result<(), String> {
    for job in jobs {
        files::note_gaps(shared, job, |_| true);
    }
    let intents: Vec<_> = jobs.iter().map(|job| (job.row, PlanHash(plan_hash(job)))).collect();
    shared.intend_tickets(&intents).await
}

/// What was planned, as sixteen bytes: the keys and times of the ticket and its messages.
fn plan_hash(job: &Job) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(job.ticket.key.as_str().as_bytes());
    hasher.update(job.ticket.created.to_string().as_bytes());
    for message in &job.ticket.messages {
        hasher.update(message.key.as_str().as_bytes());
        hasher.update(message.sent_at.timestamp().to_string().as_bytes());
    }
    let mut hash = [0; 16];
    hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    hash
}

/// Does what there is to do with a ticket.
pub(super) async fn work(shared: &Shared, job: &mut Job) -> Worked {
    let row = job.row;
    // What is settled is only looked up.
    if job.task != Task::Settle {
        links::turn(shared, job);
    }
    note_authors(shared, job);
    let work = async {
        match job.task {
            Task::Create => create(shared, job).await,
            Task::Settle => settle::settle(shared, job).await,
            Task::Append(to) => append::bring_up_to_date(shared, job, to).await,
        }
    };
    TICKET.scope(row, work).await
}

/// Notes who is about to write in a ticket that is not theirs, because no list of Gorgias tells: whoever takes back must not
/// delete them while it is there.
fn note_authors(shared: &Shared, job: &Job) {
    let foreign = matches!(job.task, Task::Append(to) if to.foreign);
    let main = shared.digest(&job.ticket.customer);
    let others = job.customers.iter().filter(|(digest, _)| foreign || *digest != main);
    let others: Vec<u64> = others.map(|(_, id)| *id).collect();
    if !others.is_empty() {
        drop(shared.ledger.authors(job.row, others));
    }
}

/// Creates the ticket. Messages that Gorgias refuses by name are taken out of it, each with a finding, and the rest goes.
async fn create(shared: &Shared, job: &mut Job) -> Worked {
    if shared.options.skip_existing
        && let Some(worked) = there_by_other_means(shared, job).await
    {
        return worked;
    }
    loop {
        let refused = match create_with(shared, job).await {
            Ok(worked) => return worked,
            Err(refused) => refused,
        };
        take_out(shared, job, &refused);
    }
}

/// What becomes of a ticket of which something seems to be in the account already; nothing where it is to be created.
async fn there_by_other_means(shared: &Shared, job: &Job) -> Option<Worked> {
    let customer = job.customer(shared.digest(&job.ticket.customer))?;
    let tickets = match shared.client.tickets_of_customer(customer).await {
        Ok(tickets) => tickets,
        Err(failure) => {
            return match classify(&failure) {
                Answered::NotSent(fault) | Answered::Lost(fault) => {
                    Some(Worked::Unread { fault, then: Task::Create })
                }
                Answered::Stop(stop) => {
                    shared.ticket_not_there(job.row);
                    Some(Worked::Stop(stop))
                }
                // Somebody deleted the customer: then there is no history either.
                _ => None,
            };
        }
    };
    match existing::same(&job.ticket, &tickets, &shared.ledger) {
        Ok(None) => None,
        Ok(Some(id)) => {
            let finding = Finding::new(Code::ThereByOtherMeans, &job.ticket.key, &job.place);
            Some(Worked::Rejected(finding.with_detail(format!("Gorgias ticket {id}"))))
        }
        Err(error) => Some(ledger_stop(error.to_string())),
    }
}

/// Takes the messages at these places out of the ticket.
pub(super) fn take_out(shared: &Shared, job: &mut Job, refused: &[(usize, String)]) {
    let ticket = Arc::make_mut(&mut job.ticket);
    for (at, words) in refused.iter().rev() {
        let message = ticket.messages.remove(*at);
        let number = job.numbers.remove(*at);
        let finding = Finding::new(Code::MessageRefused, &message.key, &job.place).with_detail(words.clone());
        shared.note(&finding);
        job.refused += 1;
        job.refusal.get_or_insert_with(|| words.clone());
        if let Some(number) = number {
            shared.message_refused(job.row, number, Code::MessageRefused);
            job.elsewhere.push(Elsewhere { number, key: message.key, open: false });
        }
    }
}

/// The messages that a refusal names and nothing else, by their place, with Gorgias's words. Nothing where it names none,
/// something beside messages, or all of them.
fn named_messages(failure: &CallFailure, nested: usize) -> Option<Vec<(usize, String)>> {
    let CallFailure::Refused { fields, .. } = failure else { return None };
    let mut named = BTreeMap::new();
    for (field, words) in fields {
        let (place, rest) = field.strip_prefix("messages.")?.split_once('.')?;
        let place = place.parse().ok().filter(|place| *place < nested)?;
        named.entry(place).or_insert_with(|| format!("{rest}: {words}"));
    }
    (!named.is_empty() && named.len() < nested).then(|| named.into_iter().collect())
}

/// One attempt. Fails with the messages that Gorgias refuses.
async fn create_with(shared: &Shared, job: &mut Job) -> Result<Worked, Vec<(usize, String)>> {
    let main = shared.digest(&job.ticket.customer);
    let customer = |identity: &_| {
        job.customer(if *identity == job.ticket.customer { main } else { shared.digest(identity) })
    };
    let whole = shared.nested_max().min(job.ticket.messages.len());
    let mut nested = whole;
    loop {
        let imported = shared.imported(Takes::Ticket);
        let encoder = Encoder { customer: &customer, via: &shared.options.via, imported };
        let failure = match shared.client.create_ticket(&encoder.ticket(&job.ticket, nested)).await {
            Ok(ticket) => {
                if nested < whole {
                    shared.learn_nested_max(nested);
                }
                return Ok(landed(shared, job, &ticket, nested).await);
            }
            Err(failure) => failure,
        };
        if imported.is_some() && shared.learn_imported(Takes::Ticket, &failure) {
            // A refusal was not processed, so the same intent still holds.
            continue;
        }
        if let Some(named) = named_messages(&failure, nested) {
            return Err(named);
        }
        return Ok(match classify(&failure) {
            Answered::NotSent(fault) => Worked::NotSent { fault, then: Task::Create },
            Answered::Lost(fault) => Worked::Unknown { fault, then: Task::Settle },
            // Gorgias has no unique keys, so a conflict here is about something else; look before anything.
            Answered::Conflict(words) => {
                let fault = Fault { words, retry_after: None };
                Worked::Unknown { fault, then: Task::Settle }
            }
            Answered::TooLarge(_) if nested > 1 => {
                nested = nested.div_ceil(2);
                continue;
            }
            Answered::Refused(words) | Answered::TooLarge(words) | Answered::NotFound(words) => {
                let finding = Finding::new(Code::RefusedByGorgias, &job.ticket.key, &job.place);
                Worked::Rejected(finding.with_detail(words))
            }
            Answered::Stop(stop) => {
                // Whoever is not let in has changed nothing.
                shared.ticket_not_there(job.row);
                Worked::Stop(stop)
            }
        });
    }
}

/// Notes a ticket that was created, and appends what did not fit.
async fn landed(shared: &Shared, job: &mut Job, ticket: &wire::Ticket, nested: usize) -> Worked {
    if append::is_of_another(ticket.external_id.as_deref(), job.ticket.key.as_str()) {
        let words = "the answer shows another ticket than the one that was sent".to_owned();
        return Worked::Unknown { fault: Fault { words, retry_after: None }, then: Task::Settle };
    }
    let mut ids = Vec::with_capacity(nested);
    let mut senders = Vec::new();
    for (message, number) in job.ticket.messages.iter().zip(&job.numbers).take(nested) {
        let answered =
            ticket.messages.iter().find(|m| m.external_id.as_deref() == Some(message.key.as_str()));
        let Some(answered) = answered else {
            // A success that does not show what was sent is no success: look.
            let words = "the answer does not show every message that was sent".to_owned();
            return Worked::Unknown { fault: Fault { words, retry_after: None }, then: Task::Settle };
        };
        ids.extend(number.map(|number| (number, answered.id.cast_signed())));
        senders.extend(number.and_then(|number| sender(number, answered)));
    }
    append::give_up_elsewhere(shared, job, &ticket.messages);
    let all = nested == job.ticket.messages.len() && !job.rating_due();
    shared.ticket_created(job.row, ticket.id, &ids, all);
    shared.in_charge_given(job.row, InCharge { user: job.ticket.assignee, team: job.ticket.team });
    shared.senders_given(job.row, senders);
    let customer = ticket.customer.as_ref().map(|customer| customer.id);
    if let (Some(digest), Some(id)) = (job.rides, customer) {
        shared.need_made(&super::resources::Need::Customer(digest), id, true);
    }
    if all {
        return Worked::Complete { customer, gorgias_id: ticket.id, how: How::Created };
    }
    let missing: Vec<usize> = (nested..job.ticket.messages.len()).collect();
    let to = Append::to(ticket.id);
    match complete(shared, job, to, &missing, customer).await {
        Ok(()) => {
            shared.ticket_finished(job.row);
            Worked::Complete { customer, gorgias_id: ticket.id, how: How::Created }
        }
        Err(worked) => worked,
    }
}

/// Which user a message of the account's side has as its sender, as Gorgias shows it.
pub(super) fn sender(number: u32, message: &wire::Message) -> Option<(u32, u64)> {
    let by_agent = message.from_agent == Some(true);
    message.sender.as_ref().filter(|_| by_agent).map(|sender| (number, sender.id))
}

/// Brings what did not ride in the call that created the ticket.
async fn complete(
    shared: &Shared,
    job: &mut Job,
    to: Append,
    missing: &[usize],
    customer: Option<u64>,
) -> Result<(), Worked> {
    append::append(shared, job, to, missing).await?;
    if !missing.is_empty() {
        append::put_status(shared, job, to).await?;
    }
    rating::bring(shared, job, to, customer, rating::Look::No).await
}

/// A failure of the ledger, as the reason to stop.
pub(super) fn ledger_stop(words: String) -> Worked {
    Worked::Stop(Stop::Ledger { words })
}

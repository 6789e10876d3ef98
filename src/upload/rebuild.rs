//! A ledger made anew from the account: what is there under the keys of the export is adopted, by the rule of settling.
//!
//! Two lists are read, 100 a call: all tickets and all messages of the account. A ticket whose creation time fits, which
//! holds nothing but planned messages and is there once is adopted with what it holds. Every other ticket of ours is
//! noted as one with an unknown outcome: the next run looks it up by itself and says what is wrong with it, and nothing
//! can be created twice. Nothing is written to Gorgias.
//!
//! A ticket whose key was made by rule, and which the export does not have, may be a call or a thread of texts that the
//! export has under its id. Only the lost ledger could join the two, or one that first learns of the export without ids:
//! so that is asked for, and no ledger is made.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::gorgias::{CallFailure, Client, patiently};
use crate::ledger::{Ledger, LedgerError, PartState, PlanHash, TicketId};
use crate::mapping::{AgentDirectory, Rules, map};
use crate::model::key::ConversationKey;
use crate::staging::{Staging, StagingError};

use super::send::sender;
use super::settle::TIME_KEPT;

/// Adoptions between two commits that are waited for.
const BATCH: usize = 256;

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Tickets that the account has, others' included.
    pub tickets_read: u64,
    /// Messages that it has.
    pub messages_read: u64,
    /// Tickets adopted with all their messages.
    pub whole: u64,
    /// Tickets adopted that lack messages; the next run appends those.
    pub partly: u64,
    /// Tickets under a key of ours that do not fit, or are there twice, or in the trash; the next run looks each up.
    pub unclear: u64,
}

/// Why the ledger could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// A list could not be read.
    #[error("cannot read the account's tickets and messages")]
    Call(#[from] CallFailure),
    /// The new ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The staged conversations failed.
    #[error(transparent)]
    Staging(#[from] StagingError),
    /// The account holds tickets of these sources under keys made by rule which the export does not have.
    #[error(
        "{count} of the account's tickets have keys made by rule that this export does not have, such as {example}"
    )]
    OtherForm {
        /// How many.
        count: u64,
        /// One of them.
        example: ConversationKey,
    },
}

/// A ticket of the account under a key of ours.
struct Held {
    row: TicketId,
    key: ConversationKey,
    created: Option<Timestamp>,
    trashed: bool,
    /// Numbers and Gorgias ids of our messages that it holds.
    messages: Vec<(u32, i64)>,
    /// Numbers of those by the account's side, and the users who sent them.
    senders: Vec<(u32, u64)>,
    assignee: Option<u64>,
    strangers: u32,
    /// The ledger's number of each planned message, while messages are read.
    numbers: HashMap<String, u32>,
}

/// Makes `ledger`, in which the export is registered and nothing else, say what the account holds. `tell` hears how
/// many tickets and messages were read so far, after each page.
pub async fn rebuild(
    client: &Client,
    ledger: &Ledger,
    staging: &Staging,
    rules: &Rules,
    patience: Duration,
    tell: &mut dyn FnMut(&Rebuilt),
) -> Result<Rebuilt, RebuildError> {
    let mut rebuilt = Rebuilt::default();
    let mut held = tickets(client, ledger, patience, &mut rebuilt, tell).await?;
    messages(client, ledger, patience, &mut held, &mut rebuilt, tell).await?;
    let mut times_there: HashMap<TicketId, u32> = HashMap::new();
    for ticket in held.values() {
        *times_there.entry(ticket.row).or_default() += 1;
    }
    let rows: Vec<_> = times_there.keys().map(|row| (*row, PlanHash([0; 16]))).collect();
    for intents in rows.chunks(BATCH) {
        ledger.intend_tickets(intents).await?;
    }
    for (gorgias_id, ticket) in &held {
        let planned = planned(ledger, staging, rules, ticket)?;
        match planned {
            Some(planned) if times_there[&ticket.row] == 1 && fits(ticket, planned.created) => {
                let all = ticket.messages.len() >= planned.messages;
                drop(ledger.ticket_adopted(ticket.row, gorgias_id.cast_signed(), &ticket.messages, all));
                drop(ledger.assignee_given(ticket.row, ticket.assignee));
                drop(ledger.senders_given(ticket.row, ticket.senders.clone()));
                rebuilt.whole += u64::from(all);
                rebuilt.partly += u64::from(!all);
            }
            _ => rebuilt.unclear += 1,
        }
    }
    ledger.flush().await?;
    Ok(rebuilt)
}

async fn tickets(
    client: &Client,
    ledger: &Ledger,
    patience: Duration,
    rebuilt: &mut Rebuilt,
    tell: &mut dyn FnMut(&Rebuilt),
) -> Result<HashMap<u64, Held>, RebuildError> {
    let mut held = HashMap::new();
    let sources: BTreeSet<String> = ledger.view().sources()?.into_iter().map(|row| row.name).collect();
    let mut other_form: Option<(u64, ConversationKey)> = None;
    let mut pages = client.all_tickets();
    while let Some(page) = patiently(patience, async || pages.next_page().await).await? {
        for item in page {
            rebuilt.tickets_read += 1;
            let key = item.external_id.as_deref().and_then(|key| ConversationKey::parse(key).ok());
            let Some(key) = key else { continue };
            let Some(row) = ledger.view().ticket(&key)? else {
                if sources.contains(key.source()) && made_by_rule(&key) && item.trashed_datetime.is_none() {
                    let (count, _) = other_form.get_or_insert((0, key));
                    *count += 1;
                }
                continue;
            };
            if ledger.view().is_undone(item.id.cast_signed())? {
                continue;
            }
            let ticket = Held {
                row: row.id,
                key,
                created: item.created_datetime,
                trashed: item.trashed_datetime.is_some(),
                messages: Vec::new(),
                senders: Vec::new(),
                assignee: item.assignee_user.map(|user| user.id),
                strangers: 0,
                numbers: HashMap::new(),
            };
            held.insert(item.id, ticket);
        }
        tell(rebuilt);
    }
    match other_form {
        Some((count, example)) => Err(RebuildError::OtherForm { count, example }),
        None => Ok(held),
    }
}

/// Ids that help desks give are numbers; what rules make of a record's facts is not.
fn made_by_rule(key: &ConversationKey) -> bool {
    !key.id().bytes().all(|byte| byte.is_ascii_digit())
}

async fn messages(
    client: &Client,
    ledger: &Ledger,
    patience: Duration,
    held: &mut HashMap<u64, Held>,
    rebuilt: &mut Rebuilt,
    tell: &mut dyn FnMut(&Rebuilt),
) -> Result<(), RebuildError> {
    let mut pages = client.all_messages();
    while let Some(page) = patiently(patience, async || pages.next_page().await).await? {
        for message in page {
            rebuilt.messages_read += 1;
            let Some(ticket) = message.ticket_id.and_then(|id| held.get_mut(&id)) else { continue };
            if ticket.numbers.is_empty() {
                let rows = ledger.view().messages(ticket.row)?;
                ticket.numbers = rows.into_iter().map(|row| (row.key.to_string(), row.n)).collect();
            }
            match message.external_id.as_deref().and_then(|key| ticket.numbers.get(key)) {
                Some(number) if ticket.messages.iter().all(|(known, _)| known != number) => {
                    ticket.messages.push((*number, message.id.cast_signed()));
                    ticket.senders.extend(sender(*number, &message));
                }
                // Not ours, or ours a second time.
                _ => ticket.strangers += 1,
            }
        }
        tell(rebuilt);
    }
    Ok(())
}

/// What the export says of a ticket.
struct Planned {
    created: Timestamp,
    messages: usize,
}

fn planned(
    ledger: &Ledger,
    staging: &Staging,
    rules: &Rules,
    ticket: &Held,
) -> Result<Option<Planned>, RebuildError> {
    let Some(conversation) = staging.get(&ticket.key)? else { return Ok(None) };
    let Ok(mapped) = map(&conversation, rules, &AgentDirectory::offline()) else { return Ok(None) };
    let rows = ledger.view().messages(ticket.row)?;
    let messages = rows.iter().filter(|row| row.state != PartState::Rejected).count();
    Ok(Some(Planned { created: mapped.ticket.created, messages }))
}

/// The rule of settling: the creation time fits and it holds planned messages and nothing else.
fn fits(ticket: &Held, created: Timestamp) -> bool {
    let same_time = ticket.created.is_some_and(|is| is.duration_since(created).abs() <= TIME_KEPT);
    same_time && !ticket.trashed && ticket.strangers == 0 && !ticket.messages.is_empty()
}

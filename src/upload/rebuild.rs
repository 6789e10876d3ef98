//! A ledger made anew from the account: what is there under the keys of the export is adopted, by the rule of settling.
//!
//! Two lists are read, 100 a call: all tickets and all messages of the account. A ticket whose creation time fits, which
//! is ours by its messages and is there once is adopted with what it holds. Every other ticket of ours is
//! noted as one with an unknown outcome: the next run looks it up by itself and says what is wrong with it, and nothing
//! can be created twice. Nothing is written to Gorgias.
//!
//! Which files Gorgias keeps where cannot be read back; which are missing can, as messages say so: later runs try those again.
//!
//! A list may show a new ticket late, so what was changed since shortly before the reading began is looked at once more
//! when the settling window is over: a ticket that is overlooked would be created a second time by the next run.
//!
//! A ticket whose key was made by rule, and which the export does not have, may be a call or a thread of texts that the
//! export has under its id. Only the lost ledger could join the two, or one that first learns of the export without ids:
//! so that is asked for, and no ledger is made.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use crate::attachments::place;
use crate::gorgias::{CallFailure, Client, patiently, wire};
use crate::ledger::{Gap, InCharge, Ledger, LedgerError, PartState, PlanHash, TicketId};
use crate::mapping::{AgentDirectory, Rules, TicketStatus, map};
use crate::model::key::ConversationKey;
use crate::model::time::now;
use crate::staging::{Staging, StagingError};

use super::files::is_tried_again;
use super::held_files::{missing, notes};
use super::ours::Makers;
use super::send::sender;
use super::settle::TIME_KEPT;

/// Added to the settling window: clocks are a little wrong.
const MARGIN: Duration = Duration::from_mins(1);
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
    /// Tickets adopted that lack messages, or whose status or rating is to be looked at; the next run does so.
    pub partly: u64,
    /// Tickets under a key of ours that do not fit, or are there twice, or in the trash; the next run looks each up.
    pub unclear: u64,
    /// Tickets under a key of ours that the lists did not show at first.
    pub late: u64,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// So many tickets and messages were read.
    Read(&'a Rebuilt),
    /// It waits so long, so that what lists show late can be seen.
    Waits(Duration),
}

/// How long lists may be late, and how long the account may stay away.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    /// The settling window.
    pub settle: Duration,
    /// Patience with the account.
    pub patience: Duration,
}

/// Hears how far it is.
type TellProgress<'a> = &'a mut dyn FnMut(Progress<'_>);

/// Name of the ledger's fact that it was made anew: it does not know when its tickets were created.
pub const REBUILT: &str = "rebuilt";

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
    in_charge: InCharge,
    is_closed: bool,
    makers: Makers,
    /// One of our messages is there a second time.
    doubled: bool,
    /// What messages say of missing files, with their numbers.
    notes: Vec<(u32, String)>,
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
    windows: Windows,
    tell: TellProgress<'_>,
) -> Result<Rebuilt, RebuildError> {
    let mut rebuilt = Rebuilt::default();
    ledger.set_fact(REBUILT, &now().to_string()).await?;
    let mut reading = Reading {
        client,
        ledger,
        patience: windows.patience,
        sources: ledger.view().sources()?.into_iter().map(|row| row.name).collect(),
        held: HashMap::new(),
        other_form: None,
    };
    let begun = Instant::now();
    reading.tickets(&mut rebuilt, tell).await?;
    reading.messages(&mut rebuilt, tell).await?;
    reading.look_again(begun, windows.settle, &mut rebuilt, tell).await?;
    if let Some((count, example)) = reading.other_form {
        return Err(RebuildError::OtherForm { count, example });
    }
    let held = reading.held;
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
                let all = ticket.messages.len() >= planned.messages
                    && !planned.rated
                    && ticket.is_closed == planned.closed;
                // Before the messages are there for the ledger: what it says of those stays.
                let lacking = ticket.notes.iter().map(|(n, _)| *n).collect();
                drop(ledger.gaps_noted(ticket.row, lacking, planned.gaps));
                drop(ledger.ticket_adopted(ticket.row, gorgias_id.cast_signed(), &ticket.messages, all));
                drop(ledger.in_charge_given(ticket.row, ticket.in_charge));
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

/// The account as it is read.
struct Reading<'a> {
    client: &'a Client,
    ledger: &'a Ledger,
    patience: Duration,
    sources: BTreeSet<String>,
    /// Tickets under keys of ours, by Gorgias id.
    held: HashMap<u64, Held>,
    other_form: Option<(u64, ConversationKey)>,
}

impl Reading<'_> {
    async fn tickets(&mut self, rebuilt: &mut Rebuilt, tell: TellProgress<'_>) -> Result<(), RebuildError> {
        let mut pages = self.client.all_tickets();
        while let Some(page) = patiently(self.patience, async || pages.next_page().await).await? {
            for item in page {
                rebuilt.tickets_read += 1;
                self.hold(&item)?;
            }
            tell(Progress::Read(rebuilt));
        }
        match self.other_form.take() {
            Some((count, example)) => Err(RebuildError::OtherForm { count, example }),
            None => Ok(()),
        }
    }

    /// Keeps a ticket in mind that has a key of ours. Gives its id.
    fn hold(&mut self, item: &wire::TicketListItem) -> Result<Option<u64>, RebuildError> {
        let key = item.external_id.as_deref().and_then(|key| ConversationKey::parse(key).ok());
        let Some(key) = key else { return Ok(None) };
        let view = self.ledger.view();
        let Some(row) = view.ticket(&key)? else {
            if self.sources.contains(key.source()) && made_by_rule(&key) && item.trashed_datetime.is_none() {
                let (count, _) = self.other_form.get_or_insert((0, key));
                *count += 1;
            }
            return Ok(None);
        };
        if view.is_undone(item.id.cast_signed())? {
            return Ok(None);
        }
        let ticket = Held {
            row: row.id,
            key,
            created: item.created_datetime,
            trashed: item.trashed_datetime.is_some(),
            messages: Vec::new(),
            senders: Vec::new(),
            in_charge: InCharge { user: item.assignee_user.as_ref().map(|user| user.id), team: item.team() },
            is_closed: item.status.as_deref() == Some("closed"),
            makers: Makers::default(),
            doubled: false,
            notes: Vec::new(),
            numbers: HashMap::new(),
        };
        self.held.insert(item.id, ticket);
        Ok(Some(item.id))
    }

    async fn messages(&mut self, rebuilt: &mut Rebuilt, tell: TellProgress<'_>) -> Result<(), RebuildError> {
        let mut pages = self.client.all_messages();
        while let Some(page) = patiently(self.patience, async || pages.next_page().await).await? {
            for message in page {
                rebuilt.messages_read += 1;
                let Some(ticket) = message.ticket_id.and_then(|id| self.held.get_mut(&id)) else { continue };
                ticket.add(self.ledger, &message)?;
            }
            tell(Progress::Read(rebuilt));
        }
        Ok(())
    }

    /// Waits until every ticket that was there when the reading began has to be in the lists, and looks at those that
    /// were changed last.
    async fn look_again(
        &mut self,
        begun: Instant,
        settle: Duration,
        rebuilt: &mut Rebuilt,
        tell: TellProgress<'_>,
    ) -> Result<(), RebuildError> {
        // What was hidden from the first look is younger than this.
        let took = begun.elapsed() + settle + MARGIN;
        let since = self.client.server_now().unwrap_or_else(now)
            - SignedDuration::try_from(took).unwrap_or(SignedDuration::MAX);
        let left = (begun + settle).saturating_duration_since(Instant::now());
        if !left.is_zero() {
            tell(Progress::Waits(left));
            tokio::time::sleep(left).await;
        }
        let mut pages = self.client.tickets_by_change();
        while let Some(page) = patiently(self.patience, async || pages.next_page().await).await? {
            let is_over = page.last().is_some_and(|last| last.updated_datetime.is_some_and(|at| at < since));
            for item in page {
                if !self.held.contains_key(&item.id)
                    && let Some(id) = self.hold(&item)?
                {
                    rebuilt.late += 1;
                    rebuilt.tickets_read += 1;
                    self.read_messages(id).await?;
                }
            }
            if is_over {
                break;
            }
        }
        Ok(())
    }

    /// Reads the messages of one ticket.
    async fn read_messages(&mut self, id: u64) -> Result<(), RebuildError> {
        match patiently(self.patience, async || self.client.get_ticket(id).await).await {
            Ok(ticket) => {
                if let Some(held) = self.held.get_mut(&id) {
                    for message in &ticket.messages {
                        held.add(self.ledger, message)?;
                    }
                }
            }
            // Deleted while this looked.
            Err(CallFailure::NotFound) => drop(self.held.remove(&id)),
            Err(failure) => return Err(failure.into()),
        }
        Ok(())
    }
}

impl Held {
    /// Notes a message that it holds.
    fn add(&mut self, ledger: &Ledger, message: &wire::Message) -> Result<(), RebuildError> {
        if self.numbers.is_empty() {
            let rows = ledger.view().messages(self.row)?;
            self.numbers = rows.into_iter().map(|row| (row.key.to_string(), row.n)).collect();
        }
        let number = message.external_id.as_deref().and_then(|key| self.numbers.get(key));
        self.makers.add(&self.key, message, number.is_some());
        if let Some(number) = number {
            self.doubled |= self.messages.iter().any(|(known, _)| known == number);
            self.messages.push((*number, message.id.cast_signed()));
            self.senders.extend(sender(*number, message));
            self.notes.extend(notes(message).map(|notes| (*number, notes.to_owned())));
        }
        Ok(())
    }
}

/// Ids that help desks give are numbers; what rules make of a record's facts is not.
fn made_by_rule(key: &ConversationKey) -> bool {
    !key.id().bytes().all(|byte| byte.is_ascii_digit())
}

/// What the export says of a ticket.
struct Planned {
    created: Timestamp,
    messages: usize,
    /// Whether it is to be closed.
    closed: bool,
    /// Whether it was rated: no list tells whether Gorgias has that.
    rated: bool,
    /// Files that messages say are missing.
    gaps: Vec<Gap>,
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
    let gaps = ticket.notes.iter().flat_map(|(n, notes)| {
        let key = rows.iter().find(|row| row.n == *n).map(|row| &row.key);
        let message = mapped.ticket.messages.iter().find(|message| Some(&message.key) == key);
        let files = message.map(|message| message.attachments.as_slice()).unwrap_or_default();
        files.iter().filter_map(|file| {
            let reason = missing(notes, file).filter(|reason| is_tried_again(file, *reason))?;
            let place = ledger.hasher().place(place(file));
            Some(Gap { n: *n, place, reason: reason.name().into_owned() })
        })
    });
    let gaps = gaps.collect();
    let ticket = mapped.ticket;
    let (closed, rated) = (ticket.status == TicketStatus::Closed, ticket.rating.is_some());
    Ok(Some(Planned { created: ticket.created, messages, closed, rated, gaps }))
}

/// The rule of settling: the creation time fits, and so do the messages.
fn fits(ticket: &Held, created: Timestamp) -> bool {
    let same_time = ticket.created.is_some_and(|is| is.duration_since(created).abs() <= TIME_KEPT);
    same_time && !ticket.trashed && !ticket.doubled && ticket.makers.are_us()
}

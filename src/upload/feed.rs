//! The feed: a thread that reads tickets from ledger and staging in the plan's order, maps them, and hands them on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::ledger::{
    LedgerError, LedgerView, MessageRow, PartState, Selection, TicketRow, TicketState, Which,
};
use crate::mapping::{AgentDirectory, Mapped, MappedTicket, Rules, map};
use crate::model::conversation::Status;
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::ConversationKey;
use crate::staging::Staging;

use super::absent::{Absent, finding, incomplete};
use super::job::{Append, Elsewhere, Failures, Job, Task};
use super::update::{Tells, tells_fact};

/// Tickets mapped ahead of need.
const AHEAD: usize = 128;

/// What is to be uploaded, and by which rules.
#[derive(Clone)]
pub struct Plan {
    /// The ledger's reading side.
    pub view: LedgerView,
    /// The staging file.
    pub staging: PathBuf,
    /// Which tickets.
    pub selection: Selection,
    /// How they are mapped.
    pub rules: Rules,
    /// The account's users.
    pub directory: AgentDirectory,
}

/// What the feed hands on.
#[derive(Debug)]
pub(super) enum Fed {
    /// A ticket to work at.
    Job(Box<Job>),
    /// A ticket of this Gorgias id that an earlier run sent ahead as a canary and did not read back.
    LeftOver(Box<Job>, u64),
    /// The same where there is nothing to compare it with.
    LeftOverLost(ConversationKey, u64),
    /// Something to be said about a ticket.
    Remark(Finding),
    /// A ticket that the mapping blocks, with the number of its messages.
    Rejected(crate::ledger::TicketId, u64, Finding),
    /// A ticket whose outcome is unknown and whose content is not at hand.
    Absent(Box<Absent>),
    /// A ticket that is in Gorgias without all of it, and the rest is not in this export.
    Incomplete {
        /// Messages of it that are in Gorgias.
        held: u64,
        /// Messages that are not.
        missing: u64,
        /// What is said about it.
        finding: Finding,
    },
    /// A ticket of an earlier export that is not in this one and was never sent.
    NotInExport(Finding),
    /// Everything was handed on.
    End,
    /// The feed cannot go on.
    Failed(String),
}

/// Nobody takes what is fed any more.
struct Hangup;

/// Starts the thread. It ends when everything was handed on or nobody listens any more.
///
/// `left_over` are tickets that an earlier run sent ahead as canaries.
pub(super) fn start(plan: Plan, left_over: Vec<ConversationKey>) -> mpsc::Receiver<Fed> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    std::thread::spawn(move || {
        let feed = Feed { plan, left_over, sender };
        let last = match feed.run() {
            Ok(()) => Fed::End,
            Err(Some(words)) => Fed::Failed(words),
            Err(None) => return,
        };
        // A closed channel means that the run ended for another reason.
        drop(feed.sender.blocking_send(last));
    });
    receiver
}

struct Feed {
    plan: Plan,
    left_over: Vec<ConversationKey>,
    sender: mpsc::Sender<Fed>,
}

impl Feed {
    /// Fails with words, or with nothing where nobody listens any more.
    fn run(&self) -> Result<(), Option<String>> {
        let words = |error: &dyn std::fmt::Display| Some(error.to_string());
        let staging = Staging::again(&self.plan.staging).map_err(|error| words(&error))?;
        self.left_over(&staging)?;
        // A ticket that was unknown may be settled, and be open again, before the open ones are read.
        let mut given = HashSet::new();
        for which in [Which::Unknown, Which::Open] {
            let mut tickets =
                self.plan.view.tickets(&self.plan.selection, which).map_err(|error| words(&error))?;
            while let Some(row) = tickets.next().transpose().map_err(|error| words(&error))? {
                if which == Which::Unknown {
                    given.insert(row.id);
                } else if given.contains(&row.id) {
                    continue;
                }
                let conversation = staging.get(&row.key).map_err(|error| words(&error))?;
                let Some(conversation) = conversation else {
                    let fed = self.absent(&row, None).map_err(|error| words(&error))?;
                    self.hand_on(fed).map_err(|Hangup| None)?;
                    continue;
                };
                let place = conversation.place.clone();
                match map(&conversation, &self.plan.rules, &self.plan.directory) {
                    Ok(mapped) => self.mapped(&row, mapped, place)?,
                    Err(finding) => {
                        let messages = conversation.messages.len() as u64;
                        let fed = self.blocked(&row, messages, finding).map_err(|error| words(&error))?;
                        self.hand_on(fed).map_err(|Hangup| None)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A ticket that the mapping blocks. While nobody knows whether it is in Gorgias it is not called rejected: it could
    /// be sent again one day.
    fn blocked(&self, row: &TicketRow, messages: u64, finding: Finding) -> Result<Fed, LedgerError> {
        match self.absent(row, Some(finding.clone()))? {
            absent @ Fed::Absent(_) => Ok(absent),
            _ => Ok(Fed::Rejected(row.id, messages, finding)),
        }
    }

    /// A ticket of which there is nothing but what the ledger knows.
    fn absent(&self, row: &TicketRow, blocked: Option<Finding>) -> Result<Fed, LedgerError> {
        let rows = self.plan.view.messages(row.id)?;
        let unknown = rows.iter().find(|row| row.state == PartState::Sending).map(|row| row.n);
        match row.state {
            TicketState::Sending => {}
            TicketState::Appending if unknown.is_some() => {}
            TicketState::Appending => {
                let count = |state| rows.iter().filter(|row| row.state == state).count() as u64;
                let (held, missing) = (count(PartState::Done), count(PartState::Pending));
                return Ok(Fed::Incomplete { held, missing, finding: incomplete(&row.key, missing) });
            }
            _ => return Ok(Fed::NotInExport(finding(&row.key, Code::NotInExport))),
        }
        let is_over = matches!(row.status, Some(Status::Solved | Status::Closed | Status::Call));
        Ok(Fed::Absent(Box::new(Absent {
            row: row.id,
            key: row.key.clone(),
            gorgias_id: row.gorgias_id.map(i64::cast_unsigned),
            messages: rows.iter().map(elsewhere).collect(),
            unknown,
            survey_unknown: self.plan.view.survey(row.id)? == Some(PartState::Sending),
            closed: row.mapped_to.is_none() && is_over,
            blocked,
            failures: Failures::default(),
            lookups: 0,
            dead_since: Instant::now(),
        })))
    }

    /// Only what is certain to be in Gorgias, whole, can be compared with it.
    fn left_over(&self, staging: &Staging) -> Result<(), Option<String>> {
        let words = |error: &dyn std::fmt::Display| Some(error.to_string());
        for key in &self.left_over {
            let Some(row) = self.plan.view.ticket(key).map_err(|error| words(&error))? else { continue };
            let (TicketState::Done, Some(gorgias_id)) = (row.state, row.gorgias_id) else { continue };
            let gorgias_id = gorgias_id.cast_unsigned();
            let conversation = staging.get(key).map_err(|error| words(&error))?;
            // Of a ticket that was there before the import nobody knows how it should be.
            let conversation = conversation.filter(|_| row.mapped_to.is_none());
            let mapped = conversation.and_then(|conversation| {
                let mapped = map(&conversation, &self.plan.rules, &self.plan.directory).ok()?;
                Some((mapped.ticket, conversation.place))
            });
            let fed = match mapped {
                Some((ticket, place)) => {
                    let mut job = self.job(&row, ticket, place).map_err(|error| words(&error))?;
                    // Here what is done is what is compared.
                    let rows = self.plan.view.messages(row.id).map_err(|error| words(&error))?;
                    job.numbers = numbers(&job.ticket, rows.iter());
                    Fed::LeftOver(Box::new(job), gorgias_id)
                }
                None => Fed::LeftOverLost(key.clone(), gorgias_id),
            };
            self.hand_on(fed).map_err(|Hangup| None)?;
        }
        Ok(())
    }

    fn tells(&self, source: &str) -> Result<Tells, LedgerError> {
        Ok(Tells::parse(self.plan.view.fact(&tells_fact(source))?.as_deref()))
    }

    fn hand_on(&self, fed: Fed) -> Result<(), Hangup> {
        self.sender.blocking_send(fed).map_err(|_| Hangup)
    }

    fn mapped(&self, row: &TicketRow, mapped: Mapped, place: Place) -> Result<(), Option<String>> {
        let job = self.job(row, mapped.ticket, place).map_err(|error| Some(error.to_string()))?;
        for finding in mapped.findings {
            self.hand_on(Fed::Remark(finding)).map_err(|Hangup| None)?;
        }
        self.hand_on(Fed::Job(Box::new(job))).map_err(|Hangup| None)
    }

    fn job(&self, row: &TicketRow, mut ticket: MappedTicket, place: Place) -> Result<Job, LedgerError> {
        let rows = self.plan.view.messages_of(row)?;
        let creates =
            row.state != TicketState::Sending && row.gorgias_id.is_none() && row.mapped_to.is_none();
        if creates {
            // What was not registered is in another ticket already.
            let registered: HashSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
            ticket.messages.retain(|message| registered.contains(message.key.as_str()));
        }
        // What Gorgias refused is not sent again until somebody asks for it.
        let refused: HashSet<&str> =
            rows.iter().filter(|row| row.is_refused()).map(|row| row.key.as_str()).collect();
        let before = ticket.messages.len();
        if ticket.messages.iter().any(|message| !refused.contains(message.key.as_str())) {
            ticket.messages.retain(|message| !refused.contains(message.key.as_str()));
        }
        let refused = (before - ticket.messages.len()) as u64;
        // What is done is not looked for in the ticket: there a joined message still has the key it was sent with.
        let is_left = |row: &&MessageRow| row.state != PartState::Done;
        let numbers = numbers(&ticket, rows.iter().filter(is_left));
        let planned: HashSet<&str> = ticket.messages.iter().map(|m| m.key.as_str()).collect();
        let elsewhere =
            rows.iter().filter(|row| !planned.contains(row.key.as_str())).map(elsewhere).collect();
        let unknown = rows.iter().find(|row| row.state == PartState::Sending).map(|row| row.n);
        let survey = self.plan.view.survey(row.id)?;
        let survey_unknown = survey == Some(PartState::Sending);
        let id = |id: i64| id.cast_unsigned();
        let task = match (row.state, row.gorgias_id, row.mapped_to) {
            (TicketState::Sending, ..) => Task::Settle,
            (_, _, Some(mapped)) => {
                Task::Append(Append { foreign: true, unknown, survey_unknown, ..Append::to(id(mapped)) })
            }
            (_, Some(known), None) => {
                Task::Append(Append { unknown, survey_unknown, ..Append::to(id(known)) })
            }
            (_, None, None) => Task::Create,
        };
        let inherited = task.is_unknown();
        Ok(Job {
            row: row.id,
            ticket: Arc::new(ticket),
            place,
            task,
            numbers,
            elsewhere,
            done_before: rows.iter().filter(|row| row.state == PartState::Done).count() as u64,
            refused,
            refusal: None,
            tells: self.tells(row.key.source())?,
            created_by_this_run: false,
            rides: None,
            customers: Vec::new(),
            survey,
            lookups: 0,
            dead_since: None,
            inherited,
            failures: Failures::default(),
            prepared: false,
            gaps: BTreeMap::new(),
        })
    }
}

/// The ledger's number of each message of the ticket that is among `rows`.
fn numbers<'a>(ticket: &MappedTicket, rows: impl Iterator<Item = &'a MessageRow>) -> Vec<Option<u32>> {
    let numbered: HashMap<&str, u32> = rows.map(|row| (row.key.as_str(), row.n)).collect();
    ticket.messages.iter().map(|message| numbered.get(message.key.as_str()).copied()).collect()
}

/// A message as the ledger knows it.
fn elsewhere(row: &MessageRow) -> Elsewhere {
    let open = matches!(row.state, PartState::Pending | PartState::Sending);
    Elsewhere { number: row.n, key: row.key.clone(), open }
}

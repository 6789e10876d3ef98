//! A ticket on its way through the upload, and what can come of working at it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::attachments::Outage;
use crate::ledger::{FoundClosed, Gap, PartState, TicketId};
use crate::mapping::MappedTicket;
use crate::model::finding::{Code, Finding, Place};

use super::preflight::Automation;
use super::resources::AddressDigest;
use super::retry::LOST_MAX;
use super::update::Tells;

/// What there is to do with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// Create it with its messages. Its intent must be durable before.
    Create,
    /// It may have been created: find out.
    Settle,
    /// It exists in Gorgias: append the messages that it lacks.
    Append(Append),
}

/// How to complete a ticket that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Append {
    /// Its Gorgias id.
    pub gorgias_id: u64,
    /// True for a ticket that was there before the import (`[mapping] tickets`); its status is kept.
    pub foreign: bool,
    /// The ledger's number of a message that was sent and whose outcome is not known.
    pub unknown: Option<u32>,
    /// True where its survey was sent and the outcome is not known.
    pub survey_unknown: bool,
    /// True once a message was appended, even if its answer was lost or what follows has to be done again.
    pub appended: bool,
    /// Set for a foreign ticket that was closed before the first message was appended; that may reopen it.
    pub closed: Option<FoundClosed>,
}

impl Append {
    /// Completes the ticket of this id; nothing that was sent is unknown.
    pub(super) fn to(gorgias_id: u64) -> Self {
        Self {
            gorgias_id,
            foreign: false,
            unknown: None,
            survey_unknown: false,
            appended: false,
            closed: None,
        }
    }

    /// The same where message `number` has an unknown outcome.
    pub(super) fn with_unknown(self, number: u32) -> Self {
        Self { unknown: Some(number), ..self }
    }

    /// The same once no message of it is unknown.
    pub(super) fn settled(self) -> Self {
        Self { unknown: None, ..self }
    }
}

/// A write of a ticket, as far as its outcome can be unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    /// Its creation.
    Ticket,
    /// An appended message, by its number in the ledger.
    Message(u32),
    /// Its survey.
    Survey,
}

impl Task {
    /// The write that was made and whose outcome is not known.
    pub(super) fn unknown(&self) -> Option<Write> {
        match self {
            Self::Create => None,
            Self::Settle => Some(Write::Ticket),
            Self::Append(Append { unknown: Some(number), .. }) => Some(Write::Message(*number)),
            Self::Append(to) => to.survey_unknown.then_some(Write::Survey),
        }
    }

    /// Whether a write was made whose outcome is not known.
    pub(super) fn is_unknown(&self) -> bool {
        self.unknown().is_some()
    }
}

/// Answers of a ticket that were lost in this run, one time after another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Failures {
    /// The write whose answer was lost last, and how many times in a row.
    lost: Option<(Write, u32)>,
    /// How many times in a row it could not be read.
    unread: u32,
    /// What the last failure was, in words.
    words: String,
}

impl Failures {
    /// The answer to `write` was lost.
    pub(super) fn lost(&mut self, write: Write, fault: &Fault) {
        let before = self.lost.filter(|(last, _)| *last == write).map_or(0, |(_, times)| times);
        self.lost = Some((write, before + 1));
        self.words.clone_from(&fault.words);
    }

    /// Whether so many answers to this write were lost that it is left to the next run.
    pub(super) fn give_up(&self, write: Write) -> bool {
        self.lost.is_some_and(|(last, times)| last == write && times >= LOST_MAX)
    }

    /// It could not be read, once more. How many times in a row that was.
    pub(super) fn unread(&mut self, fault: &Fault) -> u32 {
        self.unread += 1;
        self.words.clone_from(&fault.words);
        self.unread
    }

    /// It was read.
    pub(super) fn was_read(&mut self) {
        self.unread = 0;
    }

    /// The last failure in words.
    pub(super) fn words(&self) -> &str {
        &self.words
    }
}

/// A message that the ledger knows of a ticket and this export does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Elsewhere {
    /// Its number in the ledger.
    pub number: u32,
    /// Its key.
    pub key: crate::model::key::MessageKey,
    /// True while the ledger waits for it to be brought to Gorgias.
    pub open: bool,
}

/// A ticket on its way.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The ticket's row in the ledger.
    pub row: TicketId,
    /// The ticket.
    pub ticket: Arc<MappedTicket>,
    /// Where in the export it stands.
    pub place: Place,
    /// What there is to do.
    pub task: Task,
    /// The ledger's number of each message, in the order of the ticket's messages. Nothing for one that was not
    /// registered, because its key may be another name of one that was: it is never sent.
    pub numbers: Vec<Option<u32>>,
    /// Messages that the ledger knows and the ticket, as this export has it, does not have.
    pub elsewhere: Vec<Elsewhere>,
    /// Messages that were in Gorgias before this run.
    pub done_before: u64,
    /// Messages that Gorgias refused by name, which the rest of the ticket goes without.
    pub refused: u64,
    /// Gorgias's words for one of them.
    pub refusal: Option<String>,
    /// What the export tells of tickets beside their messages.
    pub tells: Tells,
    /// True once this run has created the ticket, even if messages are still to be appended.
    pub created_by_this_run: bool,
    /// Where the survey of the ticket stood when it came from the ledger.
    pub survey: Option<PartState>,
    /// Gorgias ids of the customers that the ticket names, as far as they are known.
    pub customers: Vec<(AddressDigest, u64)>,
    /// The customer who is created by this ticket.
    pub rides: Option<AddressDigest>,
    /// Look-ups that were made since the outcome became unknown.
    pub lookups: usize,
    /// When the connection that carried the unknown write was known to be dead. Set as long as the task is an
    /// unknown one, and only then.
    pub dead_since: Option<tokio::time::Instant>,
    /// True where the unknown outcome was found in the ledger at the start, left by an earlier run.
    pub inherited: bool,
    /// What went wrong with it in this run.
    pub failures: Failures,
    /// True once its files were had and put into its messages.
    pub prepared: bool,
    /// What its messages lack that have files, by the message's number; nothing in the list where all are there.
    pub gaps: BTreeMap<u32, Vec<Gap>>,
}

impl Job {
    /// Whether the customer's rating is still to be sent.
    pub(super) fn rating_due(&self) -> bool {
        let is_over = matches!(self.survey, Some(PartState::Done | PartState::Rejected));
        self.ticket.rating.is_some() && !is_over
    }

    /// That it is left to the next run, because Gorgias failed at it again and again.
    pub(super) fn left_to_next_run(&self) -> Finding {
        Finding::new(Code::FailedAgainAndAgain, &self.ticket.key, &self.place)
            .with_detail(self.failures.words())
    }

    /// The Gorgias id of a customer whom the ticket names, if it was known when the ticket was started.
    pub(super) fn customer(&self, digest: AddressDigest) -> Option<u64> {
        self.customers.iter().find(|(known, _)| *known == digest).map(|(_, id)| *id)
    }
}

/// A fault of network or service: nothing is wrong with the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// What happened, in words, without addresses.
    pub words: String,
    /// How long Gorgias asked to wait, if it did.
    pub retry_after: Option<std::time::Duration>,
}

/// Why the whole run has to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Credentials were refused.
    Unauthorized {
        /// Gorgias's words.
        words: String,
    },
    /// Role or quota.
    Forbidden {
        /// Gorgias's words.
        words: String,
    },
    /// The account does not answer.
    Unreachable {
        /// What happened last.
        words: String,
    },
    /// The egress gate refused a request.
    Gate {
        /// Its reason.
        words: String,
    },
    /// By a clock a message is not past, the server's or that of this machine.
    Clock {
        /// Which message, and what that clock says.
        words: String,
    },
    /// Gorgias holds something under our key that we did not make.
    NotOurs {
        /// The finding.
        finding: Box<Finding>,
    },
    /// A ticket is not in Gorgias as it was sent, or something reacted to it.
    Canary {
        /// Its key.
        ticket: String,
        /// Its Gorgias id.
        gorgias_id: u64,
        /// What is odd about it.
        words: Vec<String>,
        /// What `[safety] accept` takes to let that pass.
        accept: Vec<String>,
    },
    /// Something was switched on in the account while the run went on.
    Automations {
        /// What.
        open: Vec<Automation>,
    },
    /// One cause rejected too many records.
    Breaker {
        /// The cause in words.
        words: String,
        /// True where it is a limit that the user set.
        limit: bool,
    },
    /// The host that holds the old account's files stayed out.
    FileHost {
        /// Which, and what is wrong.
        outage: Outage,
        /// Tickets that wait for its files.
        waiting: u64,
    },
    /// The ledger cannot be written.
    Ledger {
        /// What happened and what to do.
        words: String,
    },
}

/// What came of working at a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Worked {
    /// All its messages are in Gorgias.
    Complete {
        /// Gorgias's id of the ticket's customer, where the answer told it.
        customer: Option<u64>,
        /// Gorgias's id of the ticket.
        gorgias_id: u64,
        /// How it came to be there.
        how: How,
    },
    /// Nothing was changed; go on with `then`. What was unknown before stays so if `then` says so.
    NotSent {
        /// Why.
        fault: Fault,
        /// What there is to do.
        then: Task,
    },
    /// It could not be read, or a change that may be made again was not answered; go on with `then`. What was unknown before
    /// stays so.
    Unread {
        /// Why.
        fault: Fault,
        /// What there is to do.
        then: Task,
    },
    /// A write left just now and its outcome is not known; find out with `then`, in a window of its own.
    Unknown {
        /// Why.
        fault: Fault,
        /// What there is to do.
        then: Task,
    },
    /// The ticket exists; go on with `then` once what it needs is there.
    Continue {
        /// What there is to do.
        then: Task,
        /// Gorgias's id of the ticket's customer.
        customer: Option<u64>,
    },
    /// It was looked up and is not there, and the window is not over.
    NotYet,
    /// It was looked up for the whole window and is not there: it may be sent again.
    NotThere,
    /// It is certainly not there, and is left to the next run; the finding says why.
    Left(Finding),
    /// Gorgias will not say what became of it. It stays unknown in this run; the finding says why.
    Unsettled(Finding),
    /// Refused for good.
    Rejected(Finding),
    /// It was in Gorgias and is not any more; not created again.
    Gone(Finding),
    /// Everything has to stop.
    Stop(Stop),
}

/// How a complete ticket came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// Created by this run.
    Created,
    /// Messages were appended to a ticket that existed.
    Appended,
    /// Status, assignee or tags of a ticket that existed were brought up to date.
    Updated,
    /// It existed, and there was nothing to bring.
    Unchanged,
    /// An earlier run had created it and died before it could note so.
    Adopted,
}

//! Taking back what this tool put into Gorgias: to the trash first, out of the trash as a step of its own.
//!
//! Invariants:
//!
//! - Everything comes from the ledger; no export is needed. What is not in the ledger is never touched, and the client's
//!   transport lets nothing else through ([`Own`]).
//! - A ticket at which people have worked since is spared and told. It is looked at in the minute before it is moved,
//!   and what the answer shows beyond that takes it out of the trash again.
//! - Before a ticket is moved its intent is durable, so that a process that dies leaves no ticket in the trash of which
//!   nobody knows who put it there. An answer that was lost is settled by reading.
//! - "Moved" is told only after the account's list said so and the ledger holds it.
//! - Customers and tags that this tool created are deleted with the tickets, out of the trash, and only where everything
//!   that the API tells says that nothing else uses them and nobody changed them. What it does not tell counts as use.
//! - What is automated in the account is read again and again, and what appears stops it.
//!
//! It must not know exports, the mapping, command lines or the terminal.

mod customers;
mod history;
mod look;
mod parts;
mod purge;
mod settle;
mod tags;
mod traces;
mod trash;

use std::pin::Pin;
use std::time::Duration;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::gorgias::{CallFailure, Client, Own, UnreadInARow};
use crate::ledger::{Ledger, LedgerError, Selection, TicketRow, Which};
use crate::model::key::ConversationKey;
use crate::model::time::now;
use crate::upload::touched::{Hands, Touch};
use crate::upload::{Stop, Watch, until_stopped};

use history::History;

pub use customers::{CALLS as CALLS_PER_CUSTOMER, TOGETHER as CUSTOMERS_TOGETHER};
pub use purge::AT_ONCE;
pub use tags::CALLS as CALLS_PER_TAG;

/// Tickets that are looked at together: as many as one list takes.
const BATCH: usize = 100;

/// Why a ticket was left where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// People worked at it.
    Touched(Touch),
    /// It was there before the import (`[mapping] tickets`); only its messages were appended.
    WasThere,
    /// Somebody took it out of the trash.
    Restored,
    /// It holds messages that the ledger did not plan, or is there twice.
    NotOurs,
    /// Its messages cannot be listed, so nobody knows whether people wrote in it.
    Unreadable,
    /// A customer or tag: this tool cannot be sure that it made it.
    NotMade,
    /// A customer: has tickets.
    Tickets,
    /// A customer: wrote in somebody else's ticket.
    Wrote,
    /// A customer: may have written in somebody else's ticket, of which an earlier version of the ledger noted nothing.
    MayHaveWritten,
    /// A customer: has addresses that the import did not give them.
    Addresses,
    /// A customer: another system, such as a shop, knows them.
    Linked,
    /// A customer or tag: people changed it.
    Edited,
    /// A tag: tickets carry it.
    Carried,
    /// A tag: a rule or a saved view names it.
    Named,
    /// A customer or tag: Gorgias would not delete it.
    Refused,
    /// A tag: Gorgias does not tell what uses it.
    NotTold,
}

impl Reason {
    /// Its stable name in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Touched(touch) => touch.as_str(),
            Self::WasThere => "was-there",
            Self::Restored => "restored",
            Self::NotOurs => "not-ours",
            Self::Unreadable => "unreadable",
            Self::NotMade => "not-made",
            Self::Tickets => "tickets",
            Self::Wrote => "wrote",
            Self::MayHaveWritten => "may-have-written",
            Self::Addresses => "addresses",
            Self::Linked => "linked",
            Self::Edited => "edited",
            Self::Carried => "carried",
            Self::Named => "named",
            Self::Refused => "refused",
            Self::NotTold => "not-told",
        }
    }
}

/// What became of a ticket, a customer or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It would be moved, or deleted: a preview does nothing.
    Planned,
    /// It lies in the trash.
    Trashed,
    /// It is deleted for good.
    Purged,
    /// It was left where it is.
    Spared(Vec<Reason>),
    /// Somebody deleted it, or moved it to the trash, before.
    Gone,
    /// Nobody knows; the same command finds out.
    Unknown(String),
    /// Not tried any more, because the command was interrupted.
    Pending,
}

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The ticket of this conversation.
    Ticket(ConversationKey),
    /// A customer; no ledger knows their name.
    Customer,
    /// The tag of this name.
    Tag(String),
}

/// Something that is taken back, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub what: What,
    /// Its Gorgias id; none for one whose creation is unknown.
    pub gorgias_id: Option<u64>,
    /// What became of it.
    pub fate: Fate,
}

/// Why taking back cannot go on. What was told before stays true.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// A call failed.
    #[error("cannot {what}")]
    Call {
        /// What it was for.
        what: &'static str,
        /// How it failed.
        #[source]
        failure: CallFailure,
    },
    /// Without events nobody can tell at which tickets people have worked.
    #[error(
        "the login may not read the account's events, so tickets that people worked on cannot be told from others"
    )]
    NoEvents,
    /// The account does not move tickets to the trash.
    #[error("gorgias does not move tickets to the trash: {words}")]
    NoTrash {
        /// Its words.
        words: String,
    },
    /// Something appeared in the account that would react, or it cannot be looked at any more.
    #[error("nothing further may be written to the account")]
    Stopped(Box<Stop>),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Hears what became of tickets, batch by batch.
pub type Tell<'a> = &'a mut dyn FnMut(&[Line]);

/// Everything that taking back needs.
pub struct Undo {
    /// The account; a client that can take back and nothing else.
    pub client: Client,
    /// Which tickets that client may write to.
    pub own: Own,
    /// The ledger.
    pub ledger: Ledger,
    /// Whose events count.
    pub hands: Hands,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// How long the account may stay away.
    pub patience: Duration,
    /// Tickets in a row that could not be read.
    pub unread: UnreadInARow,
    /// How long an unknown creation is looked up.
    pub settle: Duration,
    /// Set once nothing new is to be started.
    pub drain: CancellationToken,
    /// What is acknowledged of the account's automations, and how often they are read again.
    pub watch: Watch,
}

/// Whether anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Only look.
    Preview,
    /// Do it.
    Execute,
}

impl Undo {
    /// Moves the selection's tickets to the trash, or says which would be.
    pub async fn to_trash(&self, selection: &Selection, mode: Mode, tell: Tell<'_>) -> Result<(), UndoError> {
        self.watched(mode, Box::pin(self.trash(selection, mode, tell))).await
    }

    async fn trash(&self, selection: &Selection, mode: Mode, tell: Tell<'_>) -> Result<(), UndoError> {
        let ids = self.ledger.view().created_ids(selection)?;
        self.own.add(ids.iter().map(|id| id.cast_unsigned()));
        let intended = self.ledger.view().trashing()?;
        let mut history = History::begin(self, ids.len() as u64).await?;
        let mut tickets = self.ledger.view().tickets(selection, Which::InGorgias)?;
        loop {
            let batch: Vec<TicketRow> = tickets.by_ref().take(BATCH).collect::<Result<_, _>>()?;
            if batch.is_empty() {
                break;
            }
            if self.drain.is_cancelled() {
                tell(&batch.iter().map(|row| line(row, Fate::Pending)).collect::<Vec<_>>());
                continue;
            }
            let looks = look::look(self, &mut history, batch, &intended).await?;
            match mode {
                Mode::Preview => tell(&looks.into_iter().map(look::Look::foreseen).collect::<Vec<_>>()),
                Mode::Execute => trash::trash(self, looks, tell).await?,
            }
        }
        settle::settle(self, selection, mode, tell).await
    }

    /// Deletes from the trash what was moved there, and then the customers and tags that this tool created and nothing
    /// uses any more; or says what would be deleted.
    pub async fn purge(&self, selection: &Selection, mode: Mode, tell: Tell<'_>) -> Result<(), UndoError> {
        let work = async {
            purge::purge(self, selection, mode, tell).await?;
            parts::take_back(self, selection, mode, tell).await
        };
        self.watched(mode, Box::pin(work)).await
    }

    /// Works while what is automated is read again beside it. What appears lets what is under way finish and starts
    /// nothing new.
    async fn watched(
        &self,
        mode: Mode,
        mut work: Pin<Box<impl Future<Output = Result<(), UndoError>>>>,
    ) -> Result<(), UndoError> {
        if mode == Mode::Preview {
            return work.await;
        }
        let stop = tokio::select! {
            biased;
            done = &mut work => return done,
            stop = until_stopped(&self.client, &self.watch) => stop,
        };
        self.drain.cancel();
        work.await?;
        Err(UndoError::Stopped(Box::new(stop)))
    }

    /// By how much the server's clock is ahead of this machine's.
    fn ahead(&self) -> SignedDuration {
        let ours = now();
        self.client.server_now().map_or(SignedDuration::ZERO, |theirs| theirs.duration_since(ours))
    }
}

/// Tells a batch once the ledger holds it. Where it cannot, what was done is told as unknown: the next command finds out.
async fn tell_noted(undo: &Undo, mut lines: Vec<Line>, tell: Tell<'_>) -> Result<(), UndoError> {
    let noted = undo.ledger.flush().await;
    if let Err(error) = &noted {
        let done = |line: &&mut Line| matches!(line.fate, Fate::Trashed | Fate::Purged | Fate::Gone);
        for line in lines.iter_mut().filter(done) {
            line.fate = Fate::Unknown(format!("the ledger could not note it: {error}"));
        }
    }
    tell(&lines);
    Ok(noted?)
}

fn line(row: &TicketRow, fate: Fate) -> Line {
    Line { what: What::Ticket(row.key.clone()), gorgias_id: row.gorgias_id.map(i64::cast_unsigned), fate }
}

/// A failure of a call that was for `what`.
fn failed(what: &'static str) -> impl Fn(CallFailure) -> UndoError {
    move |failure| UndoError::Call { what, failure }
}

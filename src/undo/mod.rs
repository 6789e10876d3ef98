//! Taking back what this tool put into Gorgias: to the trash first, out of the trash as a step of its own.
//!
//! Invariants:
//!
//! - Everything comes from the ledger; no export is needed. What is not in the ledger is never touched, and the client's
//!   transport lets nothing else through ([`OwnTickets`]).
//! - A ticket at which people have worked since is spared and told. It is looked at in the minute before it is moved,
//!   and what the answer shows beyond that takes it out of the trash again.
//! - Before a ticket is moved its intent is durable, so that a process that dies leaves no ticket in the trash of which
//!   nobody knows who put it there. An answer that was lost is settled by reading.
//! - "Moved" is told only after the account's list said so and the ledger holds it.
//! - Customers and tags stay: the API does not tell what else uses them.
//!
//! It must not know exports, the mapping, command lines or the terminal.

mod history;
mod look;
mod purge;
mod settle;
mod trash;

use std::time::Duration;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::gorgias::{CallFailure, Client, OwnTickets};
use crate::ledger::{Ledger, LedgerError, Selection, TicketRow, Which};
use crate::model::key::ConversationKey;
use crate::model::time::now;
use crate::upload::touched::{Hands, Touch};

use history::History;

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
}

impl Reason {
    /// Its stable name in machine output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Touched(touch) => touch.as_str(),
            Self::WasThere => "was-there",
            Self::Restored => "restored",
            Self::NotOurs => "not-ours",
        }
    }
}

/// What became of a ticket.
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

/// A ticket and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The conversation.
    pub key: ConversationKey,
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
    pub own: OwnTickets,
    /// The ledger.
    pub ledger: Ledger,
    /// Whose events count.
    pub hands: Hands,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// How long the account may stay away.
    pub patience: Duration,
    /// How long an unknown creation is looked up.
    pub settle: Duration,
    /// Set once nothing new is to be started.
    pub drain: CancellationToken,
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
    /// Moves the selection's tickets to the trash, or says which would be. Returns the calls that each would still
    /// cost, for the words about the price.
    pub async fn to_trash(&self, selection: &Selection, mode: Mode, tell: Tell<'_>) -> Result<(), UndoError> {
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

    /// Deletes from the trash what was moved there, or says what would be deleted.
    pub async fn purge(&self, selection: &Selection, mode: Mode, tell: Tell<'_>) -> Result<(), UndoError> {
        purge::purge(self, selection, mode, tell).await
    }

    /// By how much the server's clock is ahead of this machine's.
    fn ahead(&self) -> SignedDuration {
        let ours = now();
        self.client.server_now().map_or(SignedDuration::ZERO, |theirs| theirs.duration_since(ours))
    }
}

fn line(row: &TicketRow, fate: Fate) -> Line {
    Line { key: row.key.clone(), gorgias_id: row.gorgias_id.map(i64::cast_unsigned), fate }
}

/// A failure of a call that was for `what`.
fn failed(what: &'static str) -> impl Fn(CallFailure) -> UndoError {
    move |failure| UndoError::Call { what, failure }
}

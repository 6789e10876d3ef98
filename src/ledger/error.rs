//! Why the ledger cannot do what it was asked.

use std::path::PathBuf;
use std::sync::Arc;

use super::TicketId;
use super::lock::Holder;
use super::state::{IllegalStep, PartEvent, PartState};

/// Why the ledger cannot do what it was asked. A refusal changes nothing and the ledger goes on; a failure
/// ([`LedgerError::is_failure`]) stays, and every later call meets it again.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another process holds the ledger (exit code 11).
    #[error("{holder} is using this ledger; wait until it ends, or stop it")]
    Held {
        /// Who.
        holder: Holder,
    },
    /// There is no ledger in this state directory.
    #[error("there is no ledger at `{path}`; nothing was run with this state directory yet")]
    Absent {
        /// Where it would be.
        path: PathBuf,
    },
    /// The ledger belongs to another Gorgias account.
    #[error(
        "this ledger belongs to the Gorgias account `{bound}`, not to `{given}`; use another --state-dir for `{given}`"
    )]
    OtherAccount {
        /// The account to which it belongs.
        bound: String,
        /// The account of the config.
        given: String,
    },
    /// A source name stands for another export account than before.
    #[error(
        "source `{name}` of this ledger is {bound}, not {given}; give the new one a name of its own in migration.toml"
    )]
    OtherSource {
        /// The source's name.
        name: String,
        /// What the ledger knows: kind and accounts.
        bound: String,
        /// What the exports say now.
        given: String,
    },
    /// The grouping of calls was changed.
    #[error(
        "source `{name}` was begun with grouping = \"{bound}\" and cannot go on with \"{given}\"; set it back in migration.toml"
    )]
    GroupingChanged {
        /// The source's name.
        name: String,
        /// The grouping with which it was begun.
        bound: String,
        /// The grouping of the config.
        given: String,
    },
    /// The file was made by a newer version.
    #[error(
        "ledger.sqlite has version {found}, this program knows {ours}; use the newer gorgias-import that wrote it"
    )]
    NewerVersion {
        /// Its version.
        found: i32,
        /// The newest version known.
        ours: usize,
    },
    /// The file was made by an older version, and the reader may not change it.
    #[error(
        "ledger.sqlite has version {found} and this program writes {ours}; the next `gorgias-import run` brings it up to date"
    )]
    OlderVersion {
        /// Its version.
        found: usize,
        /// The version wanted.
        ours: usize,
    },
    /// The file is something else.
    #[error(
        "ledger.sqlite in this state directory is not a ledger of gorgias-import, or is damaged; choose another --state-dir, or make it anew with gorgias-import rebuild"
    )]
    NotALedger,
    /// The disk is full.
    #[error(
        "the disk that holds ledger.sqlite is full; free some space and run the same command again, what was reported as done is kept"
    )]
    DiskFull,
    /// The disk fails.
    #[error(
        "the disk that holds ledger.sqlite cannot be read or written; check it and run the same command again"
    )]
    Io(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The file is damaged.
    #[error("ledger.sqlite is damaged; restore a copy of it, or make it anew with gorgias-import rebuild")]
    Damaged(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// Another program keeps the file locked.
    #[error("another program keeps ledger.sqlite locked (an open sqlite3 shell?); close it and run again")]
    Locked,
    /// SQLite cannot promise durability.
    #[error("SQLite does not sync ledger.sqlite (synchronous = {0}, wanted 2); nothing was sent")]
    NotDurable(i64),
    /// SQLite refused something that should always work.
    #[error("ledger.sqlite cannot be used")]
    Sqlite(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The writing thread is gone.
    #[error("the thread that writes the ledger has ended")]
    WriterGone,
    /// An event that cannot happen to the ticket.
    #[error("ledger row {ticket}: {step}", ticket = ticket.0)]
    IllegalStep {
        /// The ticket.
        ticket: TicketId,
        /// The state and the event.
        step: IllegalStep,
    },
    /// An event that cannot happen to a message, a customer or a tag.
    #[error("{part}: {event:?} cannot happen while it is {state}", state = state.as_str())]
    IllegalPartStep {
        /// Which part; no address.
        part: String,
        /// Its state.
        state: PartState,
        /// The event.
        event: PartEvent,
    },
    /// A row that is not in the ledger.
    #[error("there is no {0} in the ledger")]
    NoSuchRow(String),
    /// A ticket cannot be finished while messages of it are open.
    #[error("ledger row {ticket} cannot be done: {open} of its messages are not in Gorgias", ticket = ticket.0)]
    MessagesOpen {
        /// The ticket.
        ticket: TicketId,
        /// How many.
        open: i64,
    },
}

impl LedgerError {
    /// Whether the ledger can no longer be written (or read) at all, as opposed to a refusal of one call.
    pub fn is_failure(&self) -> bool {
        matches!(
            self,
            Self::DiskFull
                | Self::Io(_)
                | Self::Damaged(_)
                | Self::Locked
                | Self::NotDurable(_)
                | Self::Sqlite(_)
                | Self::WriterGone
        )
    }
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Locked,
            Some(Code::NotADatabase) => Self::NotALedger,
            Some(Code::DatabaseCorrupt) => Self::Damaged(Arc::new(error)),
            Some(Code::SystemIoFailure | Code::CannotOpen | Code::ReadOnly | Code::PermissionDenied) => {
                Self::Io(Arc::new(error))
            }
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}

impl From<std::io::Error> for LedgerError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull,
            _ => Self::Io(Arc::new(error)),
        }
    }
}

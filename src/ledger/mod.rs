//! The ledger: what is in Gorgias, what is not, and what is not known. It is what makes a run safe to start again.
//!
//! # What it must withstand
//!
//! A process killed at any instruction, a power cut, a full disk, a second process, a newer file, a run against
//! another account. Losing it means looking everything up in Gorgias; believing a wrong one means duplicates.
//!
//! # On disk
//!
//! One SQLite file, `ledger.sqlite`, mode 0600, with a write-ahead log and `synchronous = FULL`, beside a file `lock`.
//! Its tables are documented in `schema_1.sql` to `schema_3.sql`, which [`schema_doc`] prints. It holds keys, fingerprints, states, Gorgias ids
//! and the journal of requests. It never holds a body, a name or an address: customers are known by a hash keyed with
//! a random salt of this ledger ([`AddressHasher`]).
//!
//! # Operation
//!
//! - Conversations are registered in the order of reading ([`Registrar`]). A row's id is its identity from then on.
//! - Before a create leaves, its intent is durable ([`Ledger::intend_tickets`]), several in one commit if the caller
//!   likes. After the answer the outcome is recorded ([`Ledger::ticket_created`] and its sisters).
//! - All writes go through one thread, which commits what has arrived and then acknowledges. Each write returns an
//!   [`Ack`]: awaited, it is a promise that the write survives a power cut; dropped, the write goes along with the
//!   next ones. "Done" may be reported only after an [`Ack`] or a [`Ledger::flush`]. Handing a write over is not
//!   asynchronous; it blocks only while 4,096 others are waiting for the disk.
//! - What can happen to a ticket is a table ([`state`]); an event that it does not allow is refused and changes
//!   nothing. No way leads to `Done` without a Gorgias id.
//! - Readers ([`LedgerView`]) see what is committed, and nothing else.
//!
//! # Recovery
//!
//! - SQLite takes back what was not committed. Whatever prefix of the log survives, every commit that was
//!   acknowledged before the cut is there.
//! - A ticket that is `sending` after a restart is *unknown*: it is looked up, never sent blindly.
//! - A write that fails (disk full, I/O error) rolls back, and every later write fails with the same error, in words
//!   that say what to do.
//! - The file is checked at every open: a small one at once, a large one beside the first requests, which read; no run
//!   begins, and so nothing is written to Gorgias, before the file was found whole ([`Ledger::start_run`]).
//!
//! It must not know Gorgias's wire, any export format, or the terminal.

mod ack;
mod address;
mod bind;
mod column;
mod customer;
mod customer_data;
mod database;
mod delta;
mod error;
mod exposure;
mod files;
mod foresee;
mod found;
mod gap;
mod given;
mod hold;
mod join;
mod journal;
mod link;
mod lock;
mod made;
mod message;
mod naming;
mod outcome;
mod query;
mod queue;
mod register;
mod registrar;
mod replacement;
mod retry;
mod row;
mod run;
mod schema;
mod scrub;
mod selection;
mod soundness;
pub mod state;
mod survey;
#[cfg(test)]
mod tests;
mod thread;
mod totals;
mod twin;
mod undo;
mod verified;
mod writer;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

pub use ack::Ack;
#[cfg(test)]
pub(crate) use ack::simulated;
pub use address::{AddressHash, AddressHasher, PlaceHash};
pub use error::LedgerError;
pub use files::{ContentHash, FileRow, FilesCount, UploadRow};
pub use foresee::{Doing, Foreseen};
pub use found::{Before, FoundClosed};
pub use gap::{Gap, GapAt};
pub use given::{Given, InCharge};
pub use hold::Hold;
pub use journal::RequestRow;
pub use link::OpenLink;
pub use lock::Holder;
pub use made::{MadeCustomer, MadeTag};
pub use query::LedgerView;
pub use queue::{Tickets, Which};
pub use registrar::{
    ChangedMessage, ExposedMessage, Face, RegisterReport, RegisteredMessage, Registrar, Registration,
    UnjoinedTicket,
};
pub use replacement::Replacement;
pub use row::{MessagePrint, MessageRow, PartRow, PlanHash, SourceRow, TicketId, TicketRow};
pub use run::{NewRun, RunRow, RunState};
pub use schema::schema_doc;
pub use selection::{Selection, StateCounts};
pub use state::{PartState, TicketState};
pub use totals::{Activity, RequestTotal};
pub use undo::{TakenBack, TakenBackRow, WriteSpan};
pub use verified::{VerificationRow, VerifiedRow};

use lock::Lock;
use soundness::{AT_ONCE_BYTES_MAX, Check};
use writer::Writer;

/// The ledger, open for writing. Clones share it; it closes when the last one is dropped.
#[derive(Clone, Debug)]
pub struct Ledger {
    inner: Arc<Inner>,
}

/// The fields are dropped in this order: SQLite tidies up when the writer, as the last connection, closes, and the
/// lock must be the last to go.
#[derive(Debug)]
struct Inner {
    view: LedgerView,
    hasher: AddressHasher,
    check: Check,
    writer: Writer,
    _lock: Lock,
}

impl Ledger {
    /// Opens the ledger of `state_dir`, makes it if there is none, and holds its lock.
    ///
    /// `now` goes into the lock file. Fails with [`LedgerError::Held`] while another process has it open.
    pub fn open(state_dir: &Path, now: Timestamp) -> Result<Self, LedgerError> {
        Self::open_checking(state_dir, now, AT_ONCE_BYTES_MAX)
    }

    /// A file of up to so many bytes is checked before anything else.
    fn open_checking(state_dir: &Path, now: Timestamp, at_once_max: u64) -> Result<Self, LedgerError> {
        database::create_private_dir(state_dir)?;
        let lock = Lock::take(state_dir, now)?;
        let path = state_dir.join(database::NAME);
        let connection = database::open_writer(&path)?;
        let check = Check::begin(&connection, &path, at_once_max)?;
        let hasher = address::hasher(&connection)?;
        let view = LedgerView::open(state_dir)?;
        let writer = Writer::start(connection)?;
        Ok(Self { inner: Arc::new(Inner { view, hasher, check, writer, _lock: lock }) })
    }

    /// The reading side. It sees what is committed: await the [`Ack`] of a write before reading it back.
    pub fn view(&self) -> &LedgerView {
        &self.inner.view
    }

    /// Hashes addresses for this ledger.
    pub fn hasher(&self) -> &AddressHasher {
        &self.inner.hasher
    }

    /// Packs the file when the ledger is closed, which takes some seconds where it has millions of messages. For the end of
    /// a migration: rows that were filled in bit by bit leave a tenth of the file unused.
    pub fn tidy_when_closed(&self) {
        self.inner.writer.tidy_at_the_end();
    }

    /// Resolves when everything handed over before is durable. Fails with the first error of a write whose
    /// acknowledgement was dropped.
    pub fn flush(&self) -> Ack<()> {
        self.inner.writer.flush()
    }
}

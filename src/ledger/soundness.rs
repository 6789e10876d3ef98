//! Whether the file is whole. A small one is looked at before anything is done with it; a large one while the first
//! requests go out, all of which read. Nothing lets a write leave before the verdict is there.

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, InterruptHandle};

use super::database;
use super::error::LedgerError;

/// Largest file that is checked before anything else: it takes a tenth of a second. Ten times as much takes seconds, and a
/// resumed run is to send its first request within two.
pub(super) const AT_ONCE_BYTES_MAX: u64 = 32 * 1024 * 1024;

type Verdict = Result<(), LedgerError>;

/// The verdict, once it is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Soundness(Arc<(Mutex<Option<Verdict>>, Condvar)>);

impl Soundness {
    fn known(verdict: Verdict) -> Self {
        let soundness = Self::default();
        soundness.tell(verdict);
        soundness
    }

    fn tell(&self, verdict: Verdict) {
        *self.verdict() = Some(verdict);
        self.0.1.notify_all();
    }

    /// Waits for the verdict.
    pub(super) fn wait(&self) -> Result<(), LedgerError> {
        let mut verdict = self.verdict();
        loop {
            match &*verdict {
                Some(told) => return told.clone(),
                None => verdict = self.0.1.wait(verdict).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn verdict(&self) -> MutexGuard<'_, Option<Verdict>> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A check under way, or over. Dropped, it ends at once.
pub(super) struct Check {
    pub(super) soundness: Soundness,
    thread: Option<(InterruptHandle, JoinHandle<()>)>,
}

impl Check {
    /// Checks the file of `connection`: at once if it has at most `at_once_max` bytes, which fails if it is damaged.
    pub(super) fn begin(connection: &Connection, path: &Path, at_once_max: u64) -> Result<Self, LedgerError> {
        if std::fs::metadata(path)?.len() <= at_once_max {
            quick_check(connection)?;
            return Ok(Self { soundness: Soundness::known(Ok(())), thread: None });
        }
        let reader = database::open_reader(path)?;
        let interrupt = reader.get_interrupt_handle();
        let soundness = Soundness::default();
        let told = soundness.clone();
        let thread = std::thread::Builder::new()
            .name("ledger-check".to_owned())
            .spawn(move || told.tell(quick_check(&reader)))?;
        Ok(Self { soundness, thread: Some((interrupt, thread)) })
    }
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Check").field("soundness", &self.soundness).finish_non_exhaustive()
    }
}

impl Drop for Check {
    fn drop(&mut self) {
        if let Some((interrupt, thread)) = self.thread.take() {
            interrupt.interrupt();
            // It has told its verdict, whatever became of it.
            drop(thread.join());
        }
    }
}

/// SQLite recovers by itself from a process that died. What it cannot notice is a disk that lied, or a copy that was cut
/// off.
fn quick_check(connection: &Connection) -> Result<(), LedgerError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(LedgerError::Damaged(Arc::new(std::io::Error::other(verdict))))
}

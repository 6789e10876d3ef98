//! The ledger's lock without the ledger: for commands that tidy up around it.

use std::path::Path;

use jiff::Timestamp;

use super::LedgerError;
use super::lock::Lock;

/// Keeps every other process from opening the ledger of a folder until it is dropped.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "held until it is dropped")] Lock);

impl Hold {
    /// Takes the lock of `state_dir`, or fails with [`LedgerError::Held`] where another process has it.
    pub fn take(state_dir: &Path, now: Timestamp) -> Result<Self, LedgerError> {
        Lock::take(state_dir, now).map(Self)
    }
}

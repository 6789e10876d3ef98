//! What of a ticket is not in Gorgias although the ticket is, as the ledger knows it.

use crate::ledger::{MessageRow, PartState};

/// Parts of a ticket that are not there, and known not to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// Messages that were not sent yet.
    pub waiting: u64,
    /// Messages and ratings that were sent, and nobody knows what came of it.
    pub unknown: u64,
    /// Messages that cannot be imported.
    pub rejected: u64,
    /// Files that could not be had when their message was sent; it names them.
    pub files: u64,
    /// Files that stayed links to where they were.
    pub links: u64,
}

impl Lacks {
    pub(super) fn of(rows: &[MessageRow]) -> Self {
        let count = |state| rows.iter().filter(|row| row.state == state).count() as u64;
        Self {
            waiting: count(PartState::Pending),
            unknown: count(PartState::Sending),
            rejected: count(PartState::Rejected),
            ..Self::default()
        }
    }

    /// Whether nothing is missing.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

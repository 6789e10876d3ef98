//! How an export compares with a ledger that is there: what a run would do.

use serde::{Deserialize, Serialize};

use super::words::{count, plural};

/// Tickets by what a run would do with them, each counted once in the first four.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// To be created.
    pub create: u64,
    /// In Gorgias, to get further messages.
    pub append: u64,
    /// In Gorgias, to get another status, assignee or other tags.
    pub update: u64,
    /// Nothing to do.
    pub unchanged: u64,
    /// Of all of them, those with a change that is told and never carried out: another text, a message that is missing,
    /// keys that cannot be joined.
    pub conflict: u64,
}

impl Compared {
    /// In one line.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{} to create, {} to append to, {} to update, {} unchanged",
            count(self.create),
            count(self.append),
            count(self.update),
            count(self.unchanged)
        );
        if self.conflict > 0 {
            text.push_str("; ");
            text.push_str(&plural(
                self.conflict,
                "ticket has a change that is told and not carried out",
                "tickets have changes that are told and not carried out",
            ));
        }
        text
    }
}

//! What happens in a run, typed: the one interface between the work and everything that shows it.

use serde::Serialize;

use super::finding::Finding;

/// Tickets by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TicketCounts {
    /// Created by this run.
    pub created: u64,
    /// Existing tickets that got messages from this run.
    pub appended: u64,
    /// Existing tickets whose status, assignee or tags this run brought up to date. Not in JSON where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub updated: u64,
    /// In Gorgias already, nothing to do.
    pub already: u64,
    /// Refused, with a finding each.
    pub rejected: u64,
    /// Sent with an outcome that is not known yet.
    pub unknown: u64,
    /// Not tried yet.
    pub pending: u64,
    /// Left out on purpose, with a finding each: in Gorgias already by other means. Not in JSON where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl TicketCounts {
    /// All tickets selected.
    pub fn total(&self) -> u64 {
        self.created
            + self.appended
            + self.updated
            + self.already
            + self.rejected
            + self.unknown
            + self.pending
            + self.left_out
    }

    /// Tickets in a final state.
    pub fn finished(&self) -> u64 {
        self.total() - self.unknown - self.pending
    }
}

/// Messages by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MessageCounts {
    /// Created by this run.
    pub created: u64,
    /// In Gorgias already.
    pub already: u64,
    /// Refused, alone or with their ticket.
    pub rejected: u64,
}

/// Files that messages of a selection refer to, each place counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileCounts {
    /// Had and uploaded, or certainly not to be had, or links that stay; by this run and those before it.
    pub done: u64,
    /// In all; 0 where it is not known.
    pub total: u64,
}

impl FileCounts {
    fn is_unknown(&self) -> bool {
        self.total == 0
    }
}

/// The figures of a run at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Tickets.
    pub tickets: TicketCounts,
    /// Messages.
    pub messages: MessageCounts,
    /// Tickets that were given to other users, or whose messages were. Not in JSON where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub reassigned: u64,
    /// Files uploaded.
    pub uploads: u64,
    /// Files that could not be had; their messages name them. Not in JSON where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub files_missing: u64,
    /// Files that were missing when their messages were sent and are in them now. Not in JSON where it is 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub files_late: u64,
    /// How far the files are. Not in JSON where their number is not known.
    #[serde(skip_serializing_if = "FileCounts::is_unknown")]
    pub files: FileCounts,
    /// Requests that left, retries and look-ups included.
    pub calls: u64,
    /// Answers 429.
    pub throttled: u64,
    /// Requests that the egress gate refused because they could have mailed someone. Must be zero.
    pub could_have_sent: u64,
}

/// Why the work is not going on at full speed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Wait {
    /// The account's own limit: the normal state.
    Budget,
    /// Gorgias answered 429.
    Throttled,
    /// The account does not answer; trying again.
    Unreachable {
        /// What went wrong last.
        error: String,
    },
    /// An outcome is being looked up.
    Settling,
    /// The first tickets are in Gorgias and are read back before any other follows.
    Canary,
    /// The user's pause file exists.
    Paused {
        /// For how long the work has stood still, in seconds.
        since: u64,
    },
}

/// Something that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum Event {
    /// Reading of exports goes on.
    Reading {
        /// Name of the source.
        source: String,
        /// Bytes read of the files as they lie on disk.
        bytes_done: u64,
        /// Bytes in all.
        bytes_total: u64,
    },
    /// Records that lie apart are put together, after everything of a source has been read.
    Joining {
        /// Name of the source.
        source: String,
        /// Records put together; 0 while they are sorted.
        records_done: u64,
        /// Records in all.
        records_total: u64,
    },
    /// Files are being fetched.
    Fetching {
        /// Files that were had, or certainly cannot be.
        files_done: u64,
        /// Files in all.
        files_total: u64,
        /// Those that could not be had.
        failed: u64,
        /// Bytes fetched.
        bytes: u64,
    },
    /// Tickets are read back and compared.
    Comparing {
        /// Calls that were made.
        calls_done: u64,
        /// Calls that it takes, as far as that is known.
        calls_total: u64,
        /// Tickets about which it is known how they are.
        checked: u64,
        /// Tickets in all.
        tickets: u64,
        /// Those with differences.
        different: u64,
    },
    /// A run begins.
    RunStarted {
        /// Number of the run.
        run: u64,
        /// The account's name.
        account: String,
        /// Where things stand at the start.
        figures: Figures,
        /// True where an earlier run is continued.
        resumed: bool,
    },
    /// Figures, about once a second.
    Progress {
        /// Number of the run.
        run: u64,
        /// Where things stand.
        figures: Figures,
        /// Requests a second over the last seconds.
        calls_per_second: f64,
        /// Seconds to the end at the present rate, once that can be said.
        eta_seconds: Option<u64>,
        /// Requests in the account's bucket and its size, as last told.
        bucket: Option<(u32, u32)>,
    },
    /// A wait of more than two seconds.
    Waiting {
        /// Why.
        wait: Wait,
        /// How long.
        seconds: u64,
    },
    /// A record was refused.
    Rejected {
        /// The finding that says why.
        finding: Finding,
    },
    /// Something a person should read once.
    Notice {
        /// One sentence.
        message: String,
    },
    /// The user asked to stop; nothing new is started.
    Draining {
        /// Requests in flight.
        in_flight: u64,
    },
}

/// Receives events, in one order.
pub trait Reporter: Send {
    /// Takes one event.
    fn on_event(&mut self, event: &Event);
}

//! Figures of tickets in records of their own.

use jiff::Timestamp;
use serde::Deserialize;

use super::loose::{Integer, Text};
use crate::model::time::parse_rfc3339;

/// The figures of a ticket (reference 3.4).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MetricsRecord<'a> {
    pub(super) ticket_id: Integer,
    replies: Integer,
    #[serde(borrow)]
    solved_at: Text<'a>,
}

/// What is kept of the figures of a ticket; small, because an account has a million tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    /// Public answers by agents when it was counted.
    pub(super) replies: Option<u16>,
    /// Second since 1970 at which it was solved last; 0 where it was not. Zendesk has whole seconds here.
    pub(super) solved: u32,
}

impl Figures {
    /// The figures of a record.
    pub(super) fn of(record: &MetricsRecord<'_>) -> Self {
        let solved = record.solved_at.get().and_then(parse_rfc3339).map(Timestamp::as_second);
        Self {
            replies: record.replies.known().and_then(|replies| u16::try_from(replies).ok()),
            solved: solved.and_then(|second| u32::try_from(second).ok()).unwrap_or_default(),
        }
    }

    /// The larger of each: figures only grow.
    pub(super) fn or_later(self, other: Self) -> Self {
        Self { replies: self.replies.max(other.replies), solved: self.solved.max(other.solved) }
    }
}

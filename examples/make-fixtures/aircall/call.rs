//! A call, and what is expected of it.

use jiff::{SignedDuration, Timestamp};

use crate::truth::{Conversation, Message, Side};

/// A line of the shop.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) number: &'static str,
    pub(super) zone: &'static str,
    pub(super) country: &'static str,
    pub(super) team: &'static str,
}

/// The shop's lines.
pub(super) const LINES: &[Line] = &[
    Line {
        name: "Support FR",
        number: "+33 1 99 00 12 01",
        zone: "Europe/Paris",
        country: "FR",
        team: "Support",
    },
    Line {
        name: "Sales (UK, new orders)",
        number: "+44 20 7946 0200",
        zone: "Europe/London",
        country: "GB",
        team: "Sales",
    },
    Line {
        name: "US / Canada Support",
        number: "+1 202-555-0120",
        zone: "America/New_York",
        country: "US",
        team: "Support",
    },
    Line {
        name: "Melbourne Shop",
        number: "+61 3 5550 0123",
        zone: "Australia/Melbourne",
        country: "AU",
        team: "Shop",
    },
    Line {
        name: "Außendienst & Öffentlichkeit",
        number: "+44 20 7946 0201",
        zone: "Etc/UTC",
        country: "GB",
        team: "Équipe terrain",
    },
];

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Answered,
    Voicemail,
    CallbackRequested,
    /// One of Aircall's reasons for an unanswered call.
    Missed(&'static str),
    /// Unanswered and no reason given.
    MissedWithoutReason,
    HandledByAi,
    Called,
    NoAnswer,
}

impl Outcome {
    /// Whether the shop called.
    pub(super) fn outbound(self) -> bool {
        matches!(self, Self::Called | Self::NoAnswer)
    }

    /// Whether somebody picked up.
    pub(super) fn answered(self) -> bool {
        matches!(self, Self::Answered | Self::Called | Self::HandledByAi)
    }

    /// Aircall's call type.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Answered => "Answered",
            Self::Voicemail => "Voicemail",
            Self::Missed("out_of_opening_hours") => "Out of business hours",
            Self::Missed("short_abandoned" | "abandoned_in_ivr" | "abandoned_in_classic") => "Abandoned",
            Self::Missed(_) | Self::MissedWithoutReason | Self::CallbackRequested => "Missed",
            Self::HandledByAi => "AI Call",
            Self::Called | Self::NoAnswer => "Outbound",
        }
    }
}

/// In which file a call is, and which of them lacks its comment.
#[derive(Clone, Copy, Default)]
pub(super) struct Files {
    pub(super) first: bool,
    pub(super) second: bool,
    /// The first file was made before the comment was written.
    pub(super) first_lacks_comment: bool,
    /// The second file lost the comment and more when it was saved again.
    pub(super) second_lacks_comment: bool,
}

/// A call.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) id: u64,
    pub(super) start: Timestamp,
    pub(super) line: &'static Line,
    /// The other party, formatted; nothing for hidden numbers.
    pub(super) other: Option<String>,
    pub(super) outcome: Outcome,
    /// Nothing where nobody of the shop was on the line.
    pub(super) agent: Option<&'static str>,
    /// Seconds from the first ring, menu and all.
    pub(super) total: i64,
    /// Seconds of talk.
    pub(super) talk: i64,
    /// Seconds in the menu.
    pub(super) menu: i64,
    pub(super) tags: &'static str,
    pub(super) comment: &'static str,
    pub(super) recorded: bool,
    pub(super) files: Files,
    pub(super) case: Option<&'static str>,
}

impl Call {
    /// `aircall:call:N`.
    pub(super) fn key(&self) -> String {
        format!("aircall:call:{}", self.id)
    }

    /// When it was over.
    pub(super) fn end(&self) -> Timestamp {
        self.start + SignedDuration::from_secs(self.total)
    }

    /// One message for the call, one note at its end for its comment.
    pub(super) fn expected(&self) -> Conversation {
        let side = if self.outcome.outbound() { Side::Agent } else { Side::Customer };
        let mut messages = vec![Message::new(self.key(), side, "phone", self.start)];
        if !self.comment.is_empty() {
            let key = format!("{}:comments", self.key());
            messages.push(Message::new(key, Side::Note, "internal-note", self.end()));
        }
        Conversation { key: self.key(), status: "call", messages }
    }
}

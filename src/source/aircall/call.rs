//! One call, as facts. Every format of Aircall's (CSV layouts, API pages, webhooks) becomes this, and a conversation is
//! made of nothing else.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::number::Number;
use crate::model::finding::Place;
use crate::model::key::{ConversationKey, MessageKey, SourceName};

/// What a call is identified by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum CallId {
    /// Aircall's own id; beyond 32 bits.
    Internal(u64),
    /// The telephone provider's id, where Aircall's is lost.
    Sid(String),
    /// A hash of the call's facts, where the format has no ids.
    Facts(String),
}

impl CallId {
    /// True where another export may know the call by another id.
    pub(super) fn is_synthetic(&self) -> bool {
        !matches!(self, Self::Internal(_))
    }

    /// The key of the call's conversation.
    pub(super) fn conversation_key(&self, source: &SourceName) -> ConversationKey {
        ConversationKey::new(source, "call", self)
    }

    /// The key of the call's own message.
    pub(super) fn message_key(&self, source: &SourceName) -> MessageKey {
        MessageKey::new(source, "call", self)
    }

    /// The key of a comment; without an id the comments of the call are one.
    pub(super) fn comment_key(&self, source: &SourceName, comment: Option<&str>) -> MessageKey {
        match comment {
            Some(id) => MessageKey::new(source, "call", format_args!("{self}:comment:{id}")),
            None => MessageKey::new(source, "call", format_args!("{self}:comments")),
        }
    }

    /// The key of the note with what Aircall's AI wrote.
    pub(super) fn ai_key(&self, source: &SourceName) -> MessageKey {
        MessageKey::new(source, "call", format_args!("{self}:summary"))
    }

    /// Sixteen bytes by which copies of a call find each other.
    pub(super) fn digest(&self) -> [u8; 16] {
        let mut digest = [0; 16];
        digest.copy_from_slice(&blake3::hash(self.to_string().as_bytes()).as_bytes()[..16]);
        digest
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(id) => write!(f, "{id}"),
            Self::Sid(sid) => f.write_str(sid),
            Self::Facts(hash) => write!(f, "facts-{hash}"),
        }
    }
}

/// Who called whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Direction {
    /// The customer called.
    Inbound,
    /// The company called.
    Outbound,
}

impl Direction {
    /// `Inbound` or `Outbound`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Inbound => "Inbound",
            Self::Outbound => "Outbound",
        }
    }
}

/// Sound that Aircall keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Audio {
    /// A lasting link to a page behind Aircall's login.
    Link(String),
    /// It exists, but the export has no link that lasts: signed links die within the hour.
    Kept,
}

/// The company's side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// Name of the line or of its IVR branch.
    pub(super) name: Option<String>,
    /// Its number.
    pub(super) number: Option<String>,
}

/// Someone of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Agent {
    /// Display name; blank where only the id is known yet.
    pub(super) name: String,
    /// Email address, where the format has one.
    pub(super) email: Option<String>,
    /// Aircall's id, where the format has it.
    pub(super) id: Option<u64>,
}

/// A comment on a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Comment {
    /// Its id; the CSV has none.
    pub(super) id: Option<String>,
    /// What it says.
    pub(super) text: String,
    /// Who wrote it.
    pub(super) author: Option<Agent>,
    /// When; the end of the call where the format does not say.
    pub(super) at: Option<Timestamp>,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Call {
    /// Identity.
    pub(super) id: CallId,
    /// The telephone provider's id.
    pub(super) sid: Option<String>,
    /// Who called whom.
    pub(super) direction: Direction,
    /// When it began, to the source's precision.
    pub(super) started: Timestamp,
    /// When someone picked up.
    pub(super) answered_at: Option<Timestamp>,
    /// When it ended.
    pub(super) ended: Option<Timestamp>,
    /// The day on which it began where the line is.
    pub(super) local_date: Date,
    /// Seconds in all.
    pub(super) total_seconds: Option<u32>,
    /// Seconds of talk.
    pub(super) talk_seconds: Option<u32>,
    /// Seconds in the IVR.
    pub(super) ivr_seconds: Option<u32>,
    /// Someone picked up.
    pub(super) answered: bool,
    /// The export says in one way or another whether somebody did.
    pub(super) tells_outcome: bool,
    /// Why nobody did, in Aircall's word.
    pub(super) missed_reason: Option<String>,
    /// Aircall's call type.
    pub(super) kind: Option<String>,
    /// The customer's number.
    pub(super) customer: Number,
    /// The customer's name; the CSV has none.
    pub(super) customer_name: Option<String>,
    /// The customer's email address, where Aircall knows the contact.
    pub(super) customer_email: Option<String>,
    /// The company's line.
    pub(super) line: Line,
    /// Who took or made the call.
    pub(super) agent: Option<Agent>,
    /// The team it came to.
    pub(super) team: Option<String>,
    /// Tags in the source's order.
    pub(super) tags: Vec<String>,
    /// Comments.
    pub(super) comments: Vec<Comment>,
    /// What Aircall's AI wrote about it.
    pub(super) ai_note: Option<String>,
    /// Choices made in the IVR.
    pub(super) ivr: Vec<String>,
    /// Who passed it on, and to whom.
    pub(super) transferred: Option<(String, String)>,
    /// Recording.
    pub(super) recording: Option<Audio>,
    /// Voicemail.
    pub(super) voicemail: Option<Audio>,
    /// `agent` or `external`.
    pub(super) ended_by: Option<String>,
    /// Everything else that the export says, by its own names.
    pub(super) extra: BTreeMap<String, String>,
    /// Fields in which something stood that could not be read, and that are empty for that reason.
    pub(super) unread: Vec<String>,
    /// Where it stands.
    pub(super) place: Place,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The example of the reference: an answered inbound call with a recording.
    pub(in super::super) fn call() -> Call {
        Call {
            id: CallId::Internal(2_700_000_001),
            sid: Some("CA0123456789abcdef0123456789abcdef".into()),
            direction: Direction::Inbound,
            started: "2025-06-02T09:15:00Z".parse().unwrap(),
            answered_at: Some("2025-06-02T09:15:15Z".parse().unwrap()),
            ended: Some("2025-06-02T09:16:35Z".parse().unwrap()),
            local_date: "2025-06-02".parse().unwrap(),
            total_seconds: Some(95),
            talk_seconds: Some(80),
            ivr_seconds: Some(5),
            answered: true,
            tells_outcome: true,
            missed_reason: None,
            kind: Some("Answered".into()),
            customer: Number::Known("+33639980001".into()),
            customer_name: None,
            customer_email: None,
            line: Line { name: Some("Support FR".into()), number: Some("+33199000001".into()) },
            agent: Some(Agent { name: "Ana Perez".into(), email: None, id: None }),
            team: Some("Support".into()),
            tags: vec!["Refund".into()],
            comments: Vec::new(),
            ai_note: None,
            ivr: vec!["Orders".into()],
            transferred: None,
            recording: Some(Audio::Link("https://assets.aircall.io/calls/2700000001/recording".into())),
            voicemail: None,
            ended_by: Some("external".into()),
            extra: BTreeMap::new(),
            unread: Vec::new(),
            place: Place::default(),
        }
    }

    #[test]
    fn keys_hold_ids_and_nothing_else() {
        let source = SourceName::new("aircall").unwrap();
        let id = CallId::Internal(2_700_000_001);
        assert_eq!(id.conversation_key(&source).as_str(), "aircall:call:2700000001");
        assert_eq!(id.message_key(&source).as_str(), "aircall:call:2700000001");
        assert_eq!(id.comment_key(&source, Some("735")).as_str(), "aircall:call:2700000001:comment:735");
        assert_eq!(id.comment_key(&source, None).as_str(), "aircall:call:2700000001:comments");
        assert_ne!(id.digest(), CallId::Internal(2_700_000_002).digest());
    }
}

//! Rows as the ledger gives them out.

use std::collections::BTreeSet;

use super::registrar::Face;
use super::state::{PartState, TicketState};
use crate::model::conversation::{Message, Side, Status};
use crate::model::finding::Code;
use crate::model::fingerprint::Fingerprint;
use crate::model::key::{ConversationKey, MessageKey};

/// The identity of a ticket's row, which intents and outcomes refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketId(pub i64);

/// A hash of what was planned when an intent was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlanHash(pub [u8; 16]);

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketRow {
    /// The row.
    pub id: TicketId,
    /// The conversation.
    pub key: ConversationKey,
    /// Where it stands.
    pub state: TicketState,
    /// Status in the old help desk; not known for records that were rejected before they could be read.
    pub status: Option<Status>,
    /// Last activity in the old help desk, in milliseconds since 1970; 0 where not known.
    pub last_activity_ms: i64,
    /// The conversation as registered; absent for what was rejected before the upload.
    pub fingerprint: Option<Fingerprint>,
    /// What was planned when its intent was made; while its outcome is unknown.
    pub plan: Option<PlanHash>,
    /// The ticket in Gorgias.
    pub gorgias_id: Option<i64>,
    /// Messages that the export has of it.
    pub messages: u64,
    /// The existing Gorgias ticket that the tickets mapping names.
    pub mapped_to: Option<i64>,
    /// Finding code of a rejection.
    pub code: Option<String>,
    /// Gorgias's words about the rejection, addresses taken out.
    pub note: Option<String>,
    /// When this row last changed, in milliseconds since 1970.
    pub updated_ms: i64,
}

impl TicketRow {
    /// Its status, assignee and tags as registered: the end of its fingerprint.
    pub(super) fn face(&self) -> Option<Face> {
        let Fingerprint(bytes) = self.fingerprint?;
        Some(Face([bytes[12], bytes[13], bytes[14], bytes[15]]))
    }
}

/// The first half of a message's fingerprint. It is compared with that of the same message alone, never with those of
/// others, so 64 bits are plenty, and a ledger of millions of messages is a tenth smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessagePrint(pub [u8; 8]);

impl MessagePrint {
    /// That of a message: what it says, and as the last bit whether agents alone may read it.
    pub fn of(message: &Message) -> Self {
        let Fingerprint(bytes) = Fingerprint::of_said(message);
        let mut half = [0; 8];
        half.copy_from_slice(&bytes[..8]);
        half[7] = (half[7] & !1) | u8::from(message.side == Side::Note);
        Self(half)
    }

    /// Whether agents alone may read it.
    pub fn is_note(self) -> bool {
        self.0[7] & 1 == 1
    }

    /// The same, were it public.
    #[must_use]
    pub fn as_public(mut self) -> Self {
        self.0[7] &= !1;
        self
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Order within the ticket, from 0.
    pub n: u32,
    /// Its identity.
    pub key: MessageKey,
    /// Where it stands.
    pub state: PartState,
    /// True where the export has no id and the key was made by rule.
    pub synthetic: bool,
    /// The message as registered, or as uploaded once it is.
    pub fingerprint: MessagePrint,
    /// The message in Gorgias.
    pub gorgias_id: Option<i64>,
    /// Finding code of a rejection.
    pub code: Option<String>,
}

impl MessageRow {
    /// Whether Gorgias refused it while its ticket went without it. It is sent again only on demand.
    pub fn is_refused(&self) -> bool {
        self.state == PartState::Rejected && self.code.as_deref() == Some(Code::MessageRefused.as_str())
    }
}

/// A customer or a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartRow {
    /// Where it stands.
    pub state: PartState,
    /// Its id in Gorgias.
    pub gorgias_id: Option<i64>,
    /// Whether this tool created it. Where an answer was lost and the part was found later, this is false, so that
    /// `undo` spares what it is not sure of.
    pub created_by_us: bool,
}

/// A source to which the ledger is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRow {
    /// Its name.
    pub name: String,
    /// Its product.
    pub kind: String,
    /// The export accounts seen under this name.
    pub origins: BTreeSet<String>,
    /// How calls become tickets.
    pub grouping: String,
}

//! Fingerprints: has this record changed in the source since it was uploaded?
//!
//! A message's fingerprint covers its neutral source facts and nothing of mapping or config. The canonical bytes are
//! a sequence of length-prefixed fields, so no two different messages have the same ones.

use super::conversation::{Conversation, Message, Side};

/// Version of the algorithm; stored with every fingerprint, part of the hashed bytes.
pub const VERSION: u8 = 1;

/// Sixteen bytes of BLAKE3 over canonical bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 16]);

/// Hashes length-prefixed fields.
struct Canonical(blake3::Hasher);

impl Canonical {
    fn new(what: &str) -> Self {
        let mut hasher = Self(blake3::Hasher::new());
        hasher.0.update(&[VERSION]);
        hasher.field(what.as_bytes());
        hasher
    }

    fn field(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.update(&[u8::from(text.is_some())]);
        self.field(text.unwrap_or_default().as_bytes());
    }

    fn finish(&self) -> Fingerprint {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0.finalize().as_bytes()[..16]);
        Fingerprint(bytes)
    }
}

impl Fingerprint {
    /// The fingerprint of one message: key, author, visibility, time, body, files.
    pub fn of_message(message: &Message) -> Self {
        Self::of_message_as(message, message.side == Side::Note)
    }

    /// The same without visibility: by it a message is known that became private later.
    pub fn of_said(message: &Message) -> Self {
        Self::of_message_as(message, false)
    }

    fn of_message_as(message: &Message, is_note: bool) -> Self {
        let mut canonical = Canonical::new("message");
        canonical.field(message.key.as_str().as_bytes());
        canonical.field(message.author.key.as_str().as_bytes());
        canonical.field(&[u8::from(is_note)]);
        canonical.field(message.sent_at.timestamp().to_string().as_bytes());
        canonical.optional(message.body.text());
        canonical.optional(message.body.html().map(super::body::Html::as_str));
        for attachment in &message.attachments {
            canonical.field(attachment.name.as_bytes());
            canonical.field(&attachment.size.unwrap_or_default().to_le_bytes());
        }
        canonical.finish()
    }

    /// The fingerprint of what of a conversation changes while it goes on, beside its messages: status, assignee, tags.
    pub fn of_face(conversation: &Conversation) -> Self {
        let mut canonical = Canonical::new("face");
        canonical.field(format!("{:?}", conversation.status).as_bytes());
        canonical.optional(conversation.assignee.as_ref().map(|person| person.key.as_str()));
        for tag in &conversation.tags {
            canonical.field(tag.as_bytes());
        }
        canonical.finish()
    }

    /// The fingerprint of a conversation: its own facts and those of its messages.
    pub fn of_conversation(conversation: &Conversation) -> Self {
        let mut canonical = Canonical::new("conversation");
        canonical.field(conversation.key.as_str().as_bytes());
        canonical.optional(conversation.subject.as_deref());
        canonical.field(format!("{:?}", conversation.status).as_bytes());
        canonical.optional(conversation.assignee.as_ref().map(|person| person.key.as_str()));
        for tag in &conversation.tags {
            canonical.field(tag.as_bytes());
        }
        for message in &conversation.messages {
            canonical.field(&Self::of_message(message).0);
        }
        canonical.finish()
    }
}

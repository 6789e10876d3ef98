//! The neutral model: what a source reads and what a mapping turns into Gorgias terms.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::body::Body;
use super::finding::Place;
use super::key::{ConversationKey, MessageKey};
use super::person::{Address, Person};
use super::time::SentAt;

/// Who speaks in a message, and to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The customer wrote or called; public.
    Customer,
    /// The company wrote or called; public.
    Agent,
    /// Seen by agents only.
    Note,
}

/// The medium of a message or of a conversation. The names are those under which Gorgias files them, so that a
/// report reads the same as the account will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// Pushed by a program.
    Api,
    /// Live chat and messaging apps without a channel of their own.
    Chat,
    /// A web form.
    #[serde(rename = "contact_form")]
    ContactForm,
    /// Email.
    Email,
    /// Facebook post or comment.
    Facebook,
    /// Facebook private message.
    FacebookMessenger,
    /// Help centre or forum.
    HelpCenter,
    /// Instagram private message.
    InstagramDirectMessage,
    /// Internal note.
    InternalNote,
    /// Telephone.
    Phone,
    /// Text message.
    Sms,
    /// Public post on Twitter/X.
    Twitter,
    /// Private message on Twitter/X.
    TwitterDirectMessage,
    /// WhatsApp.
    Whatsapp,
}

impl Channel {
    /// The name in reports and in Gorgias.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Chat => "chat",
            Self::ContactForm => "contact_form",
            Self::Email => "email",
            Self::Facebook => "facebook",
            Self::FacebookMessenger => "facebook-messenger",
            Self::HelpCenter => "help-center",
            Self::InstagramDirectMessage => "instagram-direct-message",
            Self::InternalNote => "internal-note",
            Self::Phone => "phone",
            Self::Sms => "sms",
            Self::Twitter => "twitter",
            Self::TwitterDirectMessage => "twitter-direct-message",
            Self::Whatsapp => "whatsapp",
        }
    }
}

/// The state of a conversation in the old help desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Nobody has looked at it.
    New,
    /// Waiting for an agent.
    Open,
    /// Waiting for the customer.
    Pending,
    /// Waiting for someone else.
    Hold,
    /// Answered.
    Solved,
    /// Answered and sealed.
    Closed,
    /// A finished telephone call.
    Call,
}

/// Urgency, in the source's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Highest.
    Urgent,
    /// Above normal.
    High,
    /// Ordinary.
    Normal,
    /// Lowest.
    Low,
}

/// A value of a custom field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldValue {
    /// Text, dates and single choices.
    Text(String),
    /// Number.
    Number(f64),
    /// Checkbox.
    Flag(bool),
    /// Several choices.
    Choices(Vec<String>),
}

/// A custom field of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Id of the field's definition in the source.
    pub id: String,
    /// Its title, where the export says so.
    pub title: Option<String>,
    /// The value.
    pub value: FieldValue,
}

/// When things happened to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// Created.
    pub created: Timestamp,
    /// Last changed.
    pub updated: Option<Timestamp>,
    /// Closed for good, where the export says so.
    pub closed: Option<Timestamp>,
}

/// What a file is to its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileKind {
    /// Attached to it.
    Attachment,
    /// An image shown in its body.
    InlineImage,
    /// The recording of a call.
    Recording,
    /// Named by it, and deleted in the old help desk.
    Deleted,
    /// Named by it; the export has neither its bytes nor an address of it on the web.
    Absent,
}

impl FileKind {
    /// Whether nobody can have the file: all there is of it is its name.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Deleted | Self::Absent)
    }
}

/// A file of a message, as the export refers to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Where the bytes are on the web; empty where they are in the export only.
    pub url: String,
    /// File name as written.
    pub name: String,
    /// Media type as written; may be wrong.
    pub content_type: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// What it is to the message.
    pub kind: FileKind,
    /// Where the bytes are in the export, if somebody downloaded them: a path as the source was configured, for
    /// entries of archives `archive.zip!inner`. It is preferred to the address, which dies with the old account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<String>,
}

/// The addresses between which a message went, as far as the export shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Sender.
    pub from: Option<Address>,
    /// Recipients.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Identity.
    pub key: MessageKey,
    /// True where the format has no id and the key was made up by rule.
    pub synthetic_key: bool,
    /// Who wrote it.
    pub author: Arc<Person>,
    /// Customer, agent or note.
    pub side: Side,
    /// Medium; notes have [`Channel::InternalNote`].
    pub channel: Channel,
    /// What it says.
    pub body: Body,
    /// When it was sent.
    pub sent_at: SentAt,
    /// Addresses.
    pub route: Route,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// `Message-ID` of an email.
    pub message_id: Option<String>,
}

/// A conversation: what becomes one Gorgias ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Identity.
    pub key: ConversationKey,
    /// Subject line.
    pub subject: Option<String>,
    /// Medium in which it began.
    pub channel: Channel,
    /// State in the old help desk.
    pub status: Status,
    /// Urgency.
    pub priority: Option<Priority>,
    /// ISO 639-1 code, where the export says so.
    pub language: Option<String>,
    /// Whom it is about.
    pub customer: Arc<Person>,
    /// Agent in charge.
    pub assignee: Option<Arc<Person>>,
    /// Tags in the source's order, without duplicates.
    pub tags: Vec<String>,
    /// Custom fields with a value.
    pub fields: Vec<Field>,
    /// When it was created, changed, closed.
    pub times: Times,
    /// Messages in the order of their sent time; those of one instant in the source's order. At least one.
    pub messages: Vec<Message>,
    /// Facts of the source that have no field of their own (call ids, durations, links to other tickets).
    pub meta: BTreeMap<String, serde_json::Value>,
    /// Where in the export it stands.
    pub place: Place,
}

impl Conversation {
    /// The latest of the messages' sent times and the time of creation: what `--since`, `--until` and `--order` go by.
    pub fn last_activity(&self) -> Timestamp {
        let sent = self.messages.iter().map(|m| m.sent_at.timestamp()).max();
        sent.unwrap_or(self.times.created).max(self.times.created)
    }
}

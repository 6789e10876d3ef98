//! Messages of tickets.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ChannelAddress, debug_by, tolerant};
use crate::model::time::SentAt;

/// A message of `POST /api/tickets` or the body of `POST /api/tickets/{id}/messages`.
///
/// The fields marked with a permit make Gorgias send, run or notify something; the egress gate refuses them without
/// a [`SendPermit`](crate::gorgias::SendPermit), which the importer never has.
#[derive(Clone, Serialize)]
pub struct CreateMessage {
    /// `email`, `phone`, `sms`, `internal-note`, ... or a custom channel.
    pub channel: String,
    /// Whether an agent wrote it; notes must say `true`.
    pub from_agent: bool,
    /// When it was sent in the old help desk. **Without it Gorgias sends the message to the customer**, so it is not
    /// optional, on notes neither.
    pub sent_datetime: SentAt,
    /// How it came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Text with markup. Neither body is derived from the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_html: Option<String>,
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_text: Option<String>,
    /// Markup without signature and quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripped_html: Option<String>,
    /// Plain text without signature and quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripped_text: Option<String>,
    /// The signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripped_signature: Option<String>,
    /// Subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Gorgias's default is `true`; only internal notes are private.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// From whom to whom. Emails without one are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// A user for agent messages and notes, a customer for incoming ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Participant>,
    /// A customer, on outgoing messages only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Participant>,
    /// Files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Attachment>>,
    /// Up to 255 characters. Gorgias stores it and does not keep it unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Id on the sending service, e.g. an email's Message-ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Integration that sends it. Needs a permit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_id: Option<u64>,
    /// When it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_datetime: Option<Timestamp>,
    /// When the receiver opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_datetime: Option<Timestamp>,
    /// When sending failed; a failed message can be retried from the screen. Needs a permit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_datetime: Option<Timestamp>,
    /// When it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_datetime: Option<Timestamp>,
    /// Why sending failed. Needs a permit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sending_error: Option<SendingError>,
    /// Users mentioned in a note, who are notified. Needs a permit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mention_ids: Option<Vec<u64>>,
    /// Macros applied. Needs a permit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub macros: Option<Vec<MacroRef>>,
    /// External actions of macros, which run. Needs a permit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<Value>>,
    /// Headers of the original.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Value>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// Marks history. Known to `POST /api/tickets/{id}/messages` only, not inside a ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<bool>,
}

impl CreateMessage {
    /// A message with what every message has; the rest is set on the fields.
    pub fn new(channel: impl Into<String>, from_agent: bool, sent_datetime: SentAt) -> Self {
        Self {
            channel: channel.into(),
            from_agent,
            sent_datetime,
            via: None,
            body_html: None,
            body_text: None,
            stripped_html: None,
            stripped_text: None,
            stripped_signature: None,
            subject: None,
            public: None,
            source: None,
            sender: None,
            receiver: None,
            attachments: None,
            external_id: None,
            message_id: None,
            integration_id: None,
            created_datetime: None,
            opened_datetime: None,
            failed_datetime: None,
            deleted_datetime: None,
            last_sending_error: None,
            mention_ids: None,
            macros: None,
            actions: None,
            headers: None,
            meta: None,
            imported: None,
        }
    }
}

/// Body of `PUT /api/tickets/{id}/messages/{id}`; what is left out stays. The sent time must be said again, because
/// the rule that an unsent message is sent holds for updates as well.
#[derive(Clone, Serialize)]
pub struct UpdateMessage {
    /// Channel; required.
    pub channel: String,
    /// Whether an agent wrote it; required.
    pub from_agent: bool,
    /// When it was sent.
    pub sent_datetime: SentAt,
    /// How it came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Text with markup; changing it does not change the other body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_html: Option<String>,
    /// Plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_text: Option<String>,
    /// Subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// From whom to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender: Option<Participant>,
    /// Who got it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver: Option<Participant>,
    /// Files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<KeptAttachment>>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Id on the sending service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// When sending failed. Needs a permit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_datetime: Option<Timestamp>,
}

impl UpdateMessage {
    /// An update that changes nothing yet.
    pub fn new(channel: impl Into<String>, from_agent: bool, sent_datetime: SentAt) -> Self {
        Self {
            channel: channel.into(),
            from_agent,
            sent_datetime,
            via: None,
            body_html: None,
            body_text: None,
            subject: None,
            source: None,
            sender: None,
            receiver: None,
            attachments: None,
            external_id: None,
            message_id: None,
            failed_datetime: None,
        }
    }
}

/// The `action` of `POST /api/tickets/{id}/messages`: what to do about a failed external action. Needs a permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Skip the failed action, run the rest and send.
    Force,
    /// Run the failed action again.
    Retry,
    /// Delete the message.
    Cancel,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Force => "force",
            Self::Retry => "retry",
            Self::Cancel => "cancel",
        })
    }
}

/// From whom to whom a message went.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Source {
    /// `email`, `phone`, `internal-note`, `whatsapp-message`, ...
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The one address it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Address>,
    /// The addresses it went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Vec<Address>>,
    /// Copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cc: Option<Vec<Address>>,
    /// Blind copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bcc: Option<Vec<Address>>,
    /// What else belongs to the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Value>,
}

/// An address with a name, of any channel.
#[derive(Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct Address {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Email address, phone number or platform id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Sender or receiver in a request. With an id, send nothing else: it would overwrite the record.
#[derive(Clone, Default, Serialize)]
pub struct Participant {
    /// Id of a user or customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Address, up to 320 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Note about the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// ISO 639-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// Addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<ChannelAddress>>,
}

impl Participant {
    /// A bare reference, which changes nothing about the person.
    pub fn id(id: u64) -> Self {
        Self { id: Some(id), ..Self::default() }
    }
}

/// A file of a message. Any link is stored as it is given.
#[derive(Clone, Serialize)]
pub struct Attachment {
    /// Where it is.
    pub url: String,
    /// Its name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Whether it needs no login; Gorgias's default is `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public: Option<bool>,
    /// What else belongs to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra: Option<Value>,
}

/// A file of a message in an update: other than at creation the size must be said, if only as `null` (schema of 2026-06).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct KeptAttachment {
    /// Where it is.
    pub url: String,
    /// Its name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Bytes, where they are known.
    pub size: Option<u64>,
}

/// Why a message could not be sent.
#[derive(Clone, Serialize, Deserialize)]
pub struct SendingError {
    /// The words of the sending service.
    pub error: Option<String>,
}

/// A macro, by id.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MacroRef {
    /// Its id.
    pub id: u64,
}

/// A message as answered, alone or inside a ticket.
#[derive(Clone, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: u64,
    /// Its ticket.
    pub ticket_id: Option<u64>,
    /// What the creator gave it.
    pub external_id: Option<String>,
    /// Id on the sending service.
    pub message_id: Option<String>,
    /// `false` on internal notes.
    pub public: Option<bool>,
    /// Channel.
    pub channel: Option<String>,
    /// How it came in.
    pub via: Option<String>,
    /// From whom to whom.
    pub source: Option<Source>,
    /// Who wrote it.
    pub sender: Option<Person>,
    /// Who got it.
    pub receiver: Option<Person>,
    /// Integration that sent it; filled where Gorgias itself sent something.
    pub integration_id: Option<u64>,
    /// Rule that wrote it.
    pub rule_id: Option<u64>,
    /// Whether an agent wrote it.
    pub from_agent: Option<bool>,
    /// Subject.
    pub subject: Option<String>,
    /// Plain text.
    pub body_text: Option<String>,
    /// Text with markup.
    pub body_html: Option<String>,
    /// Plain text without quotes.
    pub stripped_text: Option<String>,
    /// Files; an empty list comes back as `null`.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub attachments: Vec<StoredAttachment>,
    /// Whether it was marked as history.
    pub imported: Option<bool>,
    /// Free use.
    pub meta: Option<Value>,
    /// When it was written.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub created_datetime: Option<Timestamp>,
    /// When it was really inserted.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub processed_datetime: Option<Timestamp>,
    /// When it was sent.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub sent_datetime: Option<Timestamp>,
    /// When sending failed.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub failed_datetime: Option<Timestamp>,
    /// When the receiver opened it.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub opened_datetime: Option<Timestamp>,
    /// When it was deleted; absent inside a ticket.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub deleted_datetime: Option<Timestamp>,
    /// Why sending failed.
    pub last_sending_error: Option<Value>,
}

/// A file of a message as answered.
#[derive(Clone, Deserialize)]
pub struct StoredAttachment {
    /// Where it is.
    pub url: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Bytes.
    #[serde(default, deserialize_with = "tolerant::integer")]
    pub size: Option<u64>,
    /// Media type.
    pub content_type: Option<String>,
    /// Whether it needs no login.
    pub public: Option<bool>,
}

/// A user or customer as answered inside something else.
#[derive(Clone, Deserialize)]
pub struct Person {
    /// Its id.
    pub id: u64,
    /// Address.
    pub email: Option<String>,
    /// Full name.
    pub name: Option<String>,
    /// Free use; not everywhere present.
    pub external_id: Option<String>,
}

debug_by!(
    CreateMessage external_id, UpdateMessage external_id, Source kind, Participant id, Attachment size, KeptAttachment size,
    Message id, StoredAttachment size, Person id,
);

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(..)")
    }
}

impl fmt::Debug for SendingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendingError(..)")
    }
}

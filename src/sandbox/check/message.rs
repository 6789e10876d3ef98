//! Messages as requests write them, and the rules on who may send what to whom (in force since 2023-02-09).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::customer::{EMAIL_CHARS_MAX, EXTERNAL_ID_CHARS_MAX, PersonRef, read_person};
use super::{Fields, Given, Nulls, enums};
use crate::sandbox::clock::Moment;

/// No limit is published for bodies; the limit on the request holds them.
const BODY_CHARS_MAX: usize = usize::MAX;
/// A subject, of tickets too.
pub(crate) const SUBJECT_CHARS_MAX: usize = 998;
/// No limit is published for links; this is what browsers take.
const URL_CHARS_MAX: usize = 8192;
/// No limit is published for addressees or attachments.
const LIST_MAX: usize = 1000;

/// Where a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Inside `POST /api/tickets`, where `imported` is not known.
    Nested,
    /// `POST …/messages`; says whether the account knows `imported`.
    Alone { imported: bool },
    /// `PUT …/messages/{id}`: fewer fields, all but two optional.
    Update,
}

/// An end of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Party {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) address: Option<String>,
}

/// Where a message came from and went to, in the order of keys that was recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Source {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none", default)]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) to: Option<Vec<Party>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) from: Option<Party>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) cc: Option<Vec<Party>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) bcc: Option<Vec<Party>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) extra: Option<Value>,
}

/// A file of a message, in the order of keys that was recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) size: Option<i64>,
    pub(crate) content_type: String,
    pub(crate) public: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) extra: Option<Value>,
}

/// A message of a request. Fields that the place does not take are absent.
#[derive(Clone, Debug)]
pub(crate) struct NewMessage {
    pub(crate) channel: String,
    pub(crate) from_agent: bool,
    pub(crate) via: Given<String>,
    pub(crate) body_html: Given<String>,
    pub(crate) body_text: Given<String>,
    pub(crate) stripped: [Option<String>; 3],
    pub(crate) subject: Given<String>,
    pub(crate) source: Given<Source>,
    pub(crate) sender: Given<PersonRef>,
    pub(crate) receiver: Given<PersonRef>,
    pub(crate) attachments: Given<Vec<Attachment>>,
    pub(crate) external_id: Given<String>,
    pub(crate) message_id: Given<String>,
    pub(crate) integration_id: Option<i64>,
    pub(crate) created: Option<Moment>,
    pub(crate) sent: Given<Moment>,
    pub(crate) opened: Option<Moment>,
    pub(crate) deleted: Option<Moment>,
    pub(crate) failed: Given<Moment>,
    pub(crate) last_sending_error: Option<Value>,
    pub(crate) mention_ids: Vec<i64>,
    pub(crate) actions: usize,
    pub(crate) headers: Option<Value>,
    pub(crate) meta: Option<Value>,
    pub(crate) imported: bool,
}

impl NewMessage {
    /// Whether it is an internal note: by channel, or by the type of its source (a note on a phone ticket was
    /// recorded with the channel `phone`).
    pub(crate) fn is_note(&self) -> bool {
        let by_source =
            matches!(&self.source, Given::Value(source) if source.kind.as_deref() == Some("internal-note"));
        self.channel == "internal-note" || by_source
    }
}

/// Reads a message and checks everything that needs no store.
pub(crate) fn read(fields: &mut Fields, place: Place) -> NewMessage {
    fields.require("channel");
    fields.require("from_agent");
    let mut message = NewMessage {
        channel: fields.choice("channel", enums::CHANNELS, Nulls::Refused).value().unwrap_or_default(),
        from_agent: fields.boolean("from_agent", Nulls::Refused).value().unwrap_or_default(),
        via: fields.choice("via", enums::VIAS, Nulls::Refused),
        body_html: fields.text("body_html", BODY_CHARS_MAX, Nulls::Allowed),
        body_text: fields.text("body_text", BODY_CHARS_MAX, Nulls::Allowed),
        stripped: [None, None, None],
        subject: fields.text("subject", SUBJECT_CHARS_MAX, Nulls::Allowed),
        source: fields.nested("source", Nulls::Allowed, read_source),
        sender: fields.nested("sender", Nulls::Allowed, read_person),
        receiver: fields.nested("receiver", Nulls::Allowed, read_person),
        attachments: match place {
            Place::Update => fields.each("attachments", Nulls::Allowed, read_kept_attachment),
            Place::Nested | Place::Alone { .. } => {
                fields.each("attachments", Nulls::Allowed, read_attachment)
            }
        },
        external_id: fields.text("external_id", EXTERNAL_ID_CHARS_MAX, Nulls::Refused),
        message_id: fields.text("message_id", SUBJECT_CHARS_MAX, Nulls::Allowed),
        integration_id: None,
        created: None,
        sent: fields.moment("sent_datetime", Nulls::Allowed),
        opened: None,
        deleted: None,
        failed: fields.moment("failed_datetime", Nulls::Allowed),
        last_sending_error: None,
        mention_ids: Vec::new(),
        actions: 0,
        headers: None,
        meta: None,
        imported: false,
    };
    if matches!(&message.attachments, Given::Value(list) if list.len() > LIST_MAX) {
        fields.problem("attachments", "Longer than maximum length 1000.");
    }
    if place != Place::Update {
        read_creation_fields(fields, &mut message);
    }
    if place == (Place::Alone { imported: true }) {
        message.imported = fields.boolean("imported", Nulls::Refused).value().unwrap_or_default();
    }
    check_sides(fields, &message, place);
    message
}

/// Fields that only creation takes.
fn read_creation_fields(fields: &mut Fields, message: &mut NewMessage) {
    message.stripped = ["stripped_text", "stripped_html", "stripped_signature"]
        .map(|key| fields.text(key, BODY_CHARS_MAX, Nulls::Allowed).value());
    let integration = fields.integer("integration_id", Nulls::Allowed);
    if matches!(integration, Given::Value(id) if id <= 0) {
        fields.problem("integration_id", "Must be greater than 0.");
    }
    message.integration_id = integration.value();
    message.created = fields.moment("created_datetime", Nulls::Refused).value();
    message.opened = fields.moment("opened_datetime", Nulls::Allowed).value();
    message.deleted = fields.moment("deleted_datetime", Nulls::Allowed).value();
    let error = fields.nested("last_sending_error", Nulls::Allowed, |inner| {
        inner.require("error");
        inner.text("error", BODY_CHARS_MAX, Nulls::Refused).value()
    });
    message.last_sending_error = error.value().flatten().map(|text| serde_json::json!({"error": text}));
    let mentions = fields.list("mention_ids", Nulls::Allowed).value();
    message.mention_ids = mentions.into_iter().flatten().filter_map(Value::as_i64).collect();
    if mentions.is_some_and(|list| list.len() != message.mention_ids.len()) {
        fields.problem("mention_ids", "Not a valid integer.");
    }
    fields.each("macros", Nulls::Allowed, |one| {
        one.require("id");
        one.integer("id", Nulls::Refused);
    });
    message.actions = fields.list("actions", Nulls::Allowed).value().map_or(0, Vec::len);
    message.headers = fields.free_object("headers", Nulls::Allowed).value();
    message.meta = fields.free_object("meta", Nulls::Allowed).value();
    let public = fields.boolean("public", Nulls::Refused).value();
    if public == Some(false) && !message.is_note() {
        fields.problem("public", "Only internal notes can be private.");
    }
}

/// Who may send what to whom. Whether the people exist is for the store to say.
fn check_sides(fields: &mut Fields, message: &NewMessage, place: Place) {
    let note = message.is_note();
    if note && !message.from_agent {
        fields.problem("from_agent", "Internal notes must be sent by an agent.");
    }
    let outgoing = message.from_agent && !note;
    if !outgoing && matches!(message.receiver, Given::Value(_)) {
        fields.problem("receiver", "The receiver must not be set for incoming messages and internal notes.");
    }
    if place == Place::Update {
        return;
    }
    if !message.from_agent && !matches!(message.sender, Given::Value(_)) {
        fields.problem("sender", "Missing data for required field.");
    }
    if !note && !message.mention_ids.is_empty() {
        fields.problem("mention_ids", "Only internal notes can mention users.");
    }
    if message.channel == "email" && !note {
        check_email_source(fields, message);
    }
}

/// Email messages without a full source are rejected (seen by a client's authors).
fn check_email_source(fields: &mut Fields, message: &NewMessage) {
    let Given::Value(source) = &message.source else {
        fields.problem("source", "Missing data for required field.");
        return;
    };
    let mut wrong = super::Problems::default();
    let has_address = |party: &Party| party.address.as_deref().is_some_and(super::customer::is_email);
    if !source.from.as_ref().is_some_and(has_address) {
        wrong.add("from", "Missing data for required field.");
    }
    if !source.to.as_ref().is_some_and(|to| !to.is_empty() && to.iter().all(has_address)) {
        wrong.add("to", "Missing data for required field.");
    }
    if source.kind.as_deref().is_some_and(|kind| kind != "email") {
        wrong.add("type", "Must be one of: email.");
    }
    fields.nest("source", wrong);
}

fn read_source(fields: &mut Fields) -> Source {
    Source {
        kind: fields.choice("type", enums::SOURCE_TYPES, Nulls::Refused).value(),
        to: fields.each("to", Nulls::Allowed, read_party).value(),
        from: fields.nested("from", Nulls::Allowed, read_party).value(),
        cc: fields.each("cc", Nulls::Allowed, read_party).value(),
        bcc: fields.each("bcc", Nulls::Allowed, read_party).value(),
        extra: fields.any("extra", Nulls::Allowed).value().cloned(),
    }
}

fn read_party(fields: &mut Fields) -> Party {
    Party {
        name: fields.text("name", SUBJECT_CHARS_MAX, Nulls::Allowed).value(),
        address: fields.text("address", EMAIL_CHARS_MAX, Nulls::Allowed).value(),
    }
}

/// The schema of updates asks for `size`, if only as `null`.
fn read_kept_attachment(fields: &mut Fields) -> Attachment {
    fields.require("size");
    read_attachment(fields)
}

fn read_attachment(fields: &mut Fields) -> Attachment {
    for key in ["url", "name", "content_type"] {
        fields.require(key);
    }
    let size = fields.integer("size", Nulls::Allowed).value();
    if size.is_some_and(|size| size < 0) {
        fields.problem("size", "Must be greater than or equal to 0.");
    }
    let url = fields.text("url", URL_CHARS_MAX, Nulls::Refused).value().unwrap_or_default();
    Attachment {
        url,
        name: fields.text("name", SUBJECT_CHARS_MAX, Nulls::Refused).value().unwrap_or_default(),
        size,
        content_type: fields
            .text("content_type", SUBJECT_CHARS_MAX, Nulls::Refused)
            .value()
            .unwrap_or_default(),
        public: fields.boolean("public", Nulls::Refused).value().unwrap_or(true),
        extra: fields.any("extra", Nulls::Allowed).value().cloned(),
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;

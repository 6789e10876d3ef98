//! A text message (SMS, MMS, WhatsApp, group message) as webhooks tell it, to its facts. Aircall's API has no history
//! of messages, so a log of webhooks is where they come from.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::api::{self, Object};
use super::call::{Agent, Direction, Line};
use super::number::Number;
use super::text;
use crate::model::finding::{Code, Place};

/// Most files of a message. Carriers allow ten.
const FILES_MAX: usize = 50;

/// Most members of a group that are kept.
const MEMBERS_MAX: usize = 100;

/// Longest id, in characters. Aircall's are UUIDs.
const ID_CHARS_MAX: usize = 100;

/// Beginnings of the names of events about text messages.
pub(super) const EVENTS: &[&str] = &["message.", "group_message."];

/// A file of a message. Its link is signed and does not last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Media {
    pub(super) url: String,
    pub(super) name: String,
    pub(super) content_type: Option<String>,
}

/// A text message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct TextMessage {
    /// Aircall's id.
    pub(super) id: String,
    /// The conversation of a group, for a group message.
    pub(super) group: Option<String>,
    /// The numbers in the group.
    pub(super) members: Vec<String>,
    /// Who wrote to whom.
    pub(super) direction: Direction,
    /// WhatsApp; else SMS or MMS.
    pub(super) whatsapp: bool,
    /// The customer's number.
    pub(super) customer: Number,
    pub(super) customer_name: Option<String>,
    pub(super) customer_email: Option<String>,
    pub(super) line: Line,
    /// Who wrote it for the company, where the event says so.
    pub(super) agent: Option<Agent>,
    pub(super) body: Option<String>,
    pub(super) files: Vec<Media>,
    /// There are files whose links are no links.
    pub(super) lost_files: bool,
    /// When it was made; every event of a message says the same.
    pub(super) at: Timestamp,
    pub(super) place: Place,
}

/// Whether an object outside an event is a text message, be its id lost.
pub(super) fn is_message(object: &Object<'_>) -> bool {
    object.text("direction").is_some()
        && (object.text("external_number").is_some() || object.text("group_message_id").is_some())
}

/// The id of a message as keys may hold it.
pub(super) fn id(object: &Object<'_>) -> Option<String> {
    object.text("group_message_id").or_else(|| object.text("id")).filter(|id| is_id(id))
}

fn is_id(id: &str) -> bool {
    id.len() <= ID_CHARS_MAX
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// The facts of a message with the id `id`, or why it has to be refused.
pub(super) fn message(
    object: &Object<'_>,
    id: String,
    event: Option<&str>,
    place: &Place,
) -> Result<TextMessage, Code> {
    let told = event.and_then(|event| event.split_once('.')).map(|(_, what)| what);
    let direction = match object.text("direction").unwrap_or_default().to_ascii_lowercase().as_str() {
        "inbound" => Direction::Inbound,
        "outbound" => Direction::Outbound,
        _ if told == Some("received") => Direction::Inbound,
        _ if told == Some("sent") => Direction::Outbound,
        _ => return Err(Code::BadDirection),
    };
    let at = object.time("created_at").or_else(|| object.time("sent_at")).ok_or(Code::NoSentTime)?;
    let contact = object.object("contact");
    let of_contact = contact.as_ref().and_then(|contact| api::first_value(contact, "phone_numbers"));
    let members: Vec<String> = object
        .list("participants")
        .iter()
        .take(MEMBERS_MAX)
        .filter_map(|member| {
            let shown = member.as_str().map(str::to_owned);
            Number::read(&shown.or_else(|| Object::of(member)?.text("phone_number"))?)
                .known()
                .map(str::to_owned)
        })
        .collect();
    let shown = [object.text("external_number"), of_contact, object.text("raw_digits")];
    let mut cells: Vec<&str> = shown.iter().flatten().map(String::as_str).collect();
    let group = object.text("group_conversation_id").filter(|id| is_id(id));
    if group.is_some() {
        cells.extend(members.first().map(String::as_str));
    }
    let (files, lost_files) = files(object);
    Ok(TextMessage {
        id,
        direction,
        whatsapp: object.text("channel").is_some_and(|channel| channel.eq_ignore_ascii_case("whatsapp")),
        customer: Number::first(&cells),
        customer_name: contact.as_ref().and_then(api::contact_name),
        customer_email: contact.as_ref().and_then(api::contact_email),
        line: api::line(object.object("number").as_ref()),
        agent: object.object("user").as_ref().and_then(api::agent),
        body: object.lines("body").or_else(|| object.lines("template_content")),
        files,
        lost_files,
        members,
        group,
        at,
        place: place.clone(),
    })
}

/// The files, each once: events give them as bare links, with their names, or both. True if there are more of which the
/// link is longer than any link or not one.
fn files(object: &Object<'_>) -> (Vec<Media>, bool) {
    let mut files: Vec<Media> = Vec::new();
    let mut lost = false;
    for detail in &object.list("media_details") {
        let Some(detail) = Object::of(detail) else { continue };
        let Some(url) = detail.whole("presigned_url").or_else(|| detail.whole("url")) else {
            lost |= detail.has_text("presigned_url") || detail.has_text("url");
            continue;
        };
        let name = detail.text("file_name").unwrap_or_else(|| name_in(&url));
        files.push(Media { url, name, content_type: detail.text("file_type") });
    }
    let bare = object.list("media_url");
    let bare = bare.iter().filter_map(|url| url.as_str()).filter(|url| !url.trim().is_empty());
    let bare: Vec<Option<String>> = bare.map(text::whole).collect();
    lost |= bare.contains(&None) || object.has_text("media_url") && object.whole("media_url").is_none();
    let mut links: Vec<String> = bare.into_iter().flatten().collect();
    links.extend(object.whole("media_url").filter(|url| url.starts_with("http")));
    for url in links {
        let path = |url: &str| url.split(['?', '#']).next().unwrap_or_default().to_owned();
        if !files.iter().any(|file| path(&file.url) == path(&url) || file.name == name_in(&url)) {
            files.push(Media { name: name_in(&url), url, content_type: None });
        }
    }
    files.truncate(FILES_MAX);
    (files, lost)
}

/// The last part of a link's path.
fn name_in(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().and_then(text::name).unwrap_or_else(|| "file".to_owned())
}

impl TextMessage {
    /// This message with what older events say and it does not.
    pub(super) fn completed_by(mut self, older: Self) -> Self {
        self.body = self.body.or(older.body);
        if self.files.is_empty() {
            self.files = older.files;
            self.lost_files |= older.lost_files;
        }
        if self.customer.known().is_none() {
            self.customer = older.customer;
        }
        self.customer_name = self.customer_name.or(older.customer_name);
        self.customer_email = self.customer_email.or(older.customer_email);
        self.line.name = self.line.name.or(older.line.name);
        self.line.number = self.line.number.or(older.line.number);
        self.agent = self.agent.or(older.agent);
        self.group = self.group.or(older.group);
        if self.members.is_empty() {
            self.members = older.members;
        }
        self.whatsapp |= older.whatsapp;
        self.at = self.at.min(older.at);
        self
    }

    /// The conversation it belongs to: its group, else medium, line and number. Who hid the number is nobody else.
    pub(super) fn thread(&self) -> String {
        if let Some(group) = &self.group {
            return format!("group {group}");
        }
        let Some(number) = self.customer.known() else { return format!("alone {}", self.id) };
        let line = self.line.number.as_deref().or(self.line.name.as_deref()).unwrap_or_default();
        format!("{} {line} {number}", if self.whatsapp { "whatsapp" } else { "sms" })
    }
}

#[cfg(test)]
#[path = "sms_tests.rs"]
mod tests;

//! A call as the API and the webhooks write it, to its facts.
//!
//! Everything but id, direction and start is optional and may have the wrong type: a value that cannot be read is
//! missing. Dumps out of warehouses hold nested objects as text; those are parsed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::call::{Agent, Audio, Call, CallId, Comment, Direction, Line};
use super::number::Number;
use super::{clock, text, value};
use crate::model::finding::{Code, Place};
use crate::model::time::{parse_rfc3339, parse_unix};

/// Most comments of a call that are looked at. Aircall allows five.
const COMMENTS_MAX: usize = 100;

/// The end of the addresses that Aircall's own Gorgias integration makes up; nobody reads them.
const MADE_UP: &str = "@aircall.io";

/// Facts without a part in a conversation, kept in its meta data.
const KEPT: &[&str] =
    &["status", "country_code_a2", "pricing_type", "hangup_cause", "archived", "automatic_callback_call_id"];

/// An object of the export, or text that holds one.
#[derive(Clone, Debug)]
pub(super) struct Object<'a>(Cow<'a, Value>);

impl<'a> Object<'a> {
    /// The object in `value`.
    pub(super) fn of(value: &'a Value) -> Option<Self> {
        let object = unfolded(value);
        object.is_object().then_some(Self(object))
    }

    /// A field, unless it is null.
    fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    /// A text or number as one line.
    pub(super) fn text(&self, field: &str) -> Option<String> {
        self.get(field).and_then(plain).and_then(|value| text::name(&value))
    }

    /// An id: a number, or its digits in quotes.
    pub(super) fn id(&self) -> Option<u64> {
        text::id(&plain(self.get("id")?)?)
    }

    /// A time: seconds, milliseconds or RFC 3339.
    pub(super) fn time(&self, field: &str) -> Option<Timestamp> {
        let value = plain(self.get(field)?)?;
        parse_unix(&value).or_else(|| parse_rfc3339(&value))
    }

    /// Whether a field that gave no number or time holds digits nevertheless. Words and a zero are ways to say that
    /// there is nothing.
    fn is_damaged(&self, field: &str) -> bool {
        let value = self.get(field).and_then(plain);
        value.is_some_and(|value| value.bytes().any(|byte| (b'1'..=b'9').contains(&byte)))
    }

    /// A link or an address: whole or not at all.
    pub(super) fn whole(&self, field: &str) -> Option<String> {
        self.get(field).and_then(plain).and_then(|value| text::whole(&value))
    }

    /// An id in another field.
    pub(super) fn number(&self, field: &str) -> Option<u64> {
        text::id(&plain(self.get(field)?)?)
    }

    /// Whether a field is there, be it null.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some()
    }

    /// Whether a field holds text, of whatever kind.
    pub(super) fn has_text(&self, field: &str) -> bool {
        self.get(field).and_then(plain).is_some()
    }

    /// A text of several lines.
    pub(super) fn lines(&self, field: &str) -> Option<String> {
        text::comment(self.get(field)?.as_str()?)
    }

    /// A text of any length as one line.
    pub(super) fn text_of_any_length(&self, field: &str) -> Option<String> {
        let lines = self.lines(field)?;
        Some(lines.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// A nested object.
    pub(super) fn object(&self, field: &str) -> Option<Object<'_>> {
        self.get(field).and_then(Object::of).or_else(|| Object::of(self.as_json(field)?))
    }

    /// Where dumps out of warehouses have what is nested: as text, in a column of its own (`user_json`).
    fn as_json(&self, field: &str) -> Option<&Value> {
        self.get(&format!("{field}_json"))
    }

    /// The elements of a list.
    pub(super) fn list(&self, field: &str) -> Vec<Value> {
        let elements = |value: &Value| match unfolded(value) {
            Cow::Borrowed(Value::Array(values)) => Some(values.clone()),
            Cow::Owned(Value::Array(values)) => Some(values),
            _ => None,
        };
        self.get(field).and_then(elements).or_else(|| elements(self.as_json(field)?)).unwrap_or_default()
    }
}

/// A value, or what is in it if it is text that begins like an object or a list.
fn unfolded(value: &Value) -> Cow<'_, Value> {
    if let Value::String(text) = value
        && text.trim_start().starts_with(['{', '['])
        && let Ok(inner) = value::parse(text.as_bytes())
    {
        return Cow::Owned(inner);
    }
    Cow::Borrowed(value)
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Whether an object is a call, be its id or its direction lost.
pub(super) fn is_call(object: &Object<'_>) -> bool {
    let has_id = object.id().is_some() || object.is_damaged("id") && object.has("started_at");
    let has_direction =
        object.get("direction").is_some() || object.has("direction") && object.has("started_at");
    has_id && has_direction && object.get("body").is_none()
}

/// The id of a call; one that a spreadsheet rounded is found in the call's links.
fn id(object: &Object<'_>) -> Option<u64> {
    let links = ["direct_link", "asset"];
    object.id().or_else(|| links.iter().find_map(|link| text::id_in_link(&object.whole(link)?)))
}

/// What tells a call that was refused from others, so that pages which repeat it do not make it two: its id, or all
/// that it says.
pub(super) fn name_of_refused(object: &Object<'_>) -> String {
    let said = || blake3::hash(object.0.to_string().as_bytes()).to_hex().to_string();
    id(object).map_or_else(said, |id| id.to_string())
}

/// The facts of a call, or why it has to be refused. `timezone` is the config's.
pub(super) fn call(object: &Object<'_>, timezone: Option<&TimeZone>, place: &Place) -> Result<Call, Code> {
    let lost = if object.is_damaged("id") { Code::BadCallId } else { Code::NotACall };
    let id = id(object).ok_or(lost)?;
    let direction = match object.text("direction").unwrap_or_default().to_ascii_lowercase().as_str() {
        "inbound" => Direction::Inbound,
        "outbound" => Direction::Outbound,
        _ => return Err(Code::BadDirection),
    };
    let started = object.time("started_at").ok_or(Code::BadClock)?;
    let mut unread = Vec::new();
    let mut later = |field: &str| {
        let at = object.time(field).filter(|at| *at >= started);
        unread.extend((at.is_none() && object.is_damaged(field)).then(|| field.to_owned()));
        at
    };
    let (ended, answered_at) = (later("ended_at"), later("answered_at"));
    let is_unread = |field: &str| unread.iter().any(|unread| unread == field);
    let number = object.object("number");
    let zone = number.as_ref().and_then(|number| TimeZone::get(&number.text("time_zone")?).ok());
    let zone = zone.or_else(|| timezone.cloned()).unwrap_or(TimeZone::UTC);
    let contact = object.object("contact");
    let duration = object.text("duration").and_then(|cell| clock::seconds(&cell));
    let lasted = || duration.filter(|_| is_unread("ended_at"));
    let ended = ended.or_else(|| clock::after(started, lasted()?));
    let answered = answered_at.is_some() || is_unread("answered_at");
    let line = line(number.as_ref());
    if line.number.is_none() && number.as_ref().is_some_and(|number| number.is_damaged("digits")) {
        unread.push("number".to_owned());
    }
    let comments_in = object.list("comments");
    unread.extend(comments_in.iter().any(is_damaged_comment).then(|| "comments".to_owned()));
    let (recording, voicemail) = sounds(object);
    Ok(Call {
        id: CallId::Internal(id),
        sid: object.text("sid").or_else(|| object.text("call_uuid")),
        direction,
        started,
        answered_at,
        ended,
        local_date: started.to_zoned(zone).date(),
        // Samples exist in which the duration disagrees with the times.
        total_seconds: ended.and_then(|ended| seconds_between(started, ended)).or(duration),
        talk_seconds: answered_at.zip(ended).and_then(|(from, to)| seconds_between(from, to)),
        ivr_seconds: None,
        answered,
        tells_outcome: true,
        missed_reason: object.text("missed_call_reason"),
        kind: None,
        customer: customer(object, contact.as_ref()),
        customer_name: contact.as_ref().and_then(contact_name),
        customer_email: contact.as_ref().and_then(contact_email),
        line,
        agent: object.object("user").as_ref().and_then(agent),
        team: join(&object.list("teams"), "name", ", "),
        tags: tags(object),
        comments: comments(&comments_in),
        ai_note: None,
        ivr: join(&object.list("ivr_options_selected"), "title", " > ").into_iter().collect(),
        transferred: transfer(object),
        recording,
        voicemail,
        ended_by: None,
        extra: KEPT
            .iter()
            .filter_map(|field| Some(((*field).to_owned(), object.text(field)?)))
            .collect::<BTreeMap<_, _>>(),
        unread,
        place: place.clone(),
    })
}

fn seconds_between(from: Timestamp, to: Timestamp) -> Option<u32> {
    u32::try_from(to.duration_since(from).as_secs()).ok()
}

/// The other side, by what was dialled or shown, else by the contact's first number. Where the digits were lost, one of
/// several numbers may be another one.
fn customer(object: &Object<'_>, contact: Option<&Object<'_>>) -> Number {
    let of_contact = contact.and_then(|contact| first_value(contact, "phone_numbers"));
    let has_one = contact.is_none_or(|contact| contact.list("phone_numbers").len() <= 1);
    let of_contact = of_contact.unwrap_or_default();
    match object.text("raw_digits").as_deref().map(Number::read) {
        Some(number @ (Number::Known(_) | Number::Hidden)) => number,
        Some(lost) if !has_one => lost,
        Some(lost) => {
            Some(Number::read(&of_contact)).filter(|number| number.known().is_some()).unwrap_or(lost)
        }
        None => Number::read(&of_contact),
    }
}

/// The first value of a contact's numbers or addresses.
pub(super) fn first_value(contact: &Object<'_>, field: &str) -> Option<String> {
    contact.list(field).iter().find_map(|entry| Object::of(entry)?.whole("value"))
}

/// The name of a contact, else of its company.
pub(super) fn contact_name(contact: &Object<'_>) -> Option<String> {
    let parts = [contact.text("first_name"), contact.text("last_name")];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    text::name(&name).or_else(|| contact.text("company_name"))
}

/// The address of a contact, unless it is a made-up one.
pub(super) fn contact_email(contact: &Object<'_>) -> Option<String> {
    first_value(contact, "emails").filter(|email| !email.to_ascii_lowercase().ends_with(MADE_UP))
}

/// A line.
pub(super) fn line(number: Option<&Object<'_>>) -> Line {
    let Some(number) = number else { return Line::default() };
    let digits = number.text("e164_digits").or_else(|| number.text("digits"));
    let digits = digits.and_then(|digits| Number::read(&digits).known().map(str::to_owned));
    Line { name: number.text("name"), number: digits }
}

/// A user. Nested ones may have nothing but an id; their name is blank until a file of users gives it.
pub(super) fn agent(user: &Object<'_>) -> Option<Agent> {
    let (id, email) = (user.id(), user.whole("email"));
    let name = user.text("name").and_then(|name| text::agent_name(&name)).or_else(|| email.clone());
    (id.is_some() || name.is_some()).then(|| Agent { name: name.unwrap_or_default(), email, id })
}

fn agent_name(user: &Object<'_>) -> Option<String> {
    agent(user).map(|agent| agent.name).filter(|name| !name.is_empty())
}

fn transfer(object: &Object<'_>) -> Option<(String, String)> {
    let by = object.object("transferred_by").as_ref().and_then(agent_name)?;
    let outside = object.text("external_transferred_to");
    let to = object.object("transferred_to").as_ref().and_then(agent_name).or(outside)?;
    Some((by, to))
}

fn tags(object: &Object<'_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in object.list("tags") {
        let name = Object::of(&tag).and_then(|tag| tag.text("name")).or_else(|| text::name(tag.as_str()?));
        tags.extend(name.filter(|name| !tags.contains(name)));
    }
    tags
}

/// Whether a comment has an id or a time that cannot be read.
fn is_damaged_comment(value: &Value) -> bool {
    let Some(comment) = Object::of(value) else { return false };
    let lost_time = comment.time("posted_at").is_none() && comment.is_damaged("posted_at");
    lost_time || comment.id().is_none() && comment.is_damaged("id")
}

fn comments(list: &[Value]) -> Vec<Comment> {
    let read = |value: &Value| match Object::of(value) {
        Some(comment) => Some(Comment {
            id: comment.id().map(|id| id.to_string()),
            text: text::comment(comment.get("content")?.as_str()?)?,
            author: comment.object("posted_by").as_ref().and_then(agent),
            at: comment.time("posted_at"),
        }),
        None => Some(Comment { id: None, text: text::comment(value.as_str()?)?, author: None, at: None }),
    };
    let comments: Vec<Comment> = list.iter().take(COMMENTS_MAX).filter_map(read).collect();
    joined(comments)
}

/// Comments without ids share one key, so they are one note.
fn joined(comments: Vec<Comment>) -> Vec<Comment> {
    let (nameless, mut rest): (Vec<Comment>, Vec<Comment>) =
        comments.into_iter().partition(|c| c.id.is_none());
    let text = nameless.iter().map(|comment| comment.text.as_str()).collect::<Vec<_>>().join("\n\n");
    if let Some(first) = nameless.into_iter().next() {
        rest.push(Comment { text, ..first });
    }
    rest
}

/// Recording and voicemail. Their own links are signed and long dead; `asset` is the page that lasts.
fn sounds(object: &Object<'_>) -> (Option<Audio>, Option<Audio>) {
    let asset = object.whole("asset");
    let lasting = |word: &str| asset.as_deref().filter(|asset| asset.contains(word)).and_then(text::audio);
    let kept = |field: &str| object.text(field).map(|_| Audio::Kept);
    (lasting("/recording").or_else(|| kept("recording")), lasting("/voicemail").or_else(|| kept("voicemail")))
}

fn join(list: &[Value], field: &str, between: &str) -> Option<String> {
    let names: Vec<String> = list.iter().filter_map(|entry| Object::of(entry)?.text(field)).collect();
    (!names.is_empty()).then(|| names.join(between))
}

#[cfg(test)]
#[path = "api_tests.rs"]
mod tests;

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
use super::text;
use crate::model::finding::{Code, Place};
use crate::model::time::parse_rfc3339;

/// Numbers from here on are milliseconds: the seconds of the year 33658.
const MILLISECONDS_FROM: i64 = 1_000_000_000_000;

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
        let number: i64 = match value.split_once('.').map_or(value.as_str(), |(whole, _)| whole).parse() {
            Ok(number) => number,
            Err(_) => return parse_rfc3339(&value),
        };
        match number {
            ..=0 => None,
            MILLISECONDS_FROM.. => Timestamp::from_millisecond(number).ok(),
            _ => Timestamp::from_second(number).ok(),
        }
    }

    /// An id in another field.
    pub(super) fn number(&self, field: &str) -> Option<u64> {
        text::id(&plain(self.get(field)?)?)
    }

    /// Whether a field is there, be it null.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.get(field).is_some()
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
        Object::of(self.get(field)?)
    }

    /// The elements of a list.
    pub(super) fn list(&self, field: &str) -> Vec<Value> {
        match self.get(field).map(unfolded) {
            Some(Cow::Borrowed(Value::Array(values))) => values.clone(),
            Some(Cow::Owned(Value::Array(values))) => values,
            _ => Vec::new(),
        }
    }
}

/// A value, or what is in it if it is text that begins like an object or a list.
fn unfolded(value: &Value) -> Cow<'_, Value> {
    if let Value::String(text) = value
        && text.trim_start().starts_with(['{', '['])
        && let Ok(inner) = serde_json::from_str(text)
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

/// Whether an object is a call.
pub(super) fn is_call(object: &Object<'_>) -> bool {
    object.id().is_some() && object.get("direction").is_some() && object.get("body").is_none()
}

/// The facts of a call, or why it has to be refused. `timezone` is the config's.
pub(super) fn call(object: &Object<'_>, timezone: Option<&TimeZone>, place: &Place) -> Result<Call, Code> {
    let id = object.id().ok_or(Code::NotACall)?;
    let direction = match object.text("direction").unwrap_or_default().to_ascii_lowercase().as_str() {
        "inbound" => Direction::Inbound,
        "outbound" => Direction::Outbound,
        _ => return Err(Code::BadDirection),
    };
    let started = object.time("started_at").ok_or(Code::BadClock)?;
    let ended = object.time("ended_at").filter(|ended| *ended >= started);
    let answered_at = object.time("answered_at").filter(|answered| *answered >= started);
    let number = object.object("number");
    let zone = number.as_ref().and_then(|number| TimeZone::get(&number.text("time_zone")?).ok());
    let zone = zone.or_else(|| timezone.cloned()).unwrap_or(TimeZone::UTC);
    let contact = object.object("contact");
    let duration = object.text("duration").and_then(|cell| super::clock::seconds(&cell));
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
        answered: answered_at.is_some(),
        missed_reason: object.text("missed_call_reason"),
        kind: None,
        customer: customer(object, contact.as_ref()),
        customer_name: contact.as_ref().and_then(contact_name),
        customer_email: contact.as_ref().and_then(contact_email),
        line: line(number.as_ref()),
        agent: object.object("user").as_ref().and_then(agent),
        team: join(&object.list("teams"), "name", ", "),
        tags: tags(object),
        comments: comments(object),
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
        place: place.clone(),
    })
}

fn seconds_between(from: Timestamp, to: Timestamp) -> Option<u32> {
    u32::try_from(to.duration_since(from).as_secs()).ok()
}

/// The other side, by what was dialled or shown, else by the contact's first number.
fn customer(object: &Object<'_>, contact: Option<&Object<'_>>) -> Number {
    let of_contact = contact.and_then(|contact| first_value(contact, "phone_numbers"));
    let shown = object.text("raw_digits");
    match shown.as_deref().map(Number::read) {
        Some(number @ (Number::Known(_) | Number::Hidden)) => number,
        _ => Number::first(&[of_contact.as_deref().unwrap_or_default()]),
    }
}

/// The first value of a contact's numbers or addresses.
pub(super) fn first_value(contact: &Object<'_>, field: &str) -> Option<String> {
    contact.list(field).iter().find_map(|entry| Object::of(entry)?.text("value"))
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
    let (id, email) = (user.id(), user.text("email"));
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

fn comments(object: &Object<'_>) -> Vec<Comment> {
    let read = |value: &Value| match Object::of(value) {
        Some(comment) => Some(Comment {
            id: comment.id().map(|id| id.to_string()),
            text: text::comment(comment.get("content")?.as_str()?)?,
            author: comment.object("posted_by").as_ref().and_then(agent),
            at: comment.time("posted_at"),
        }),
        None => Some(Comment { id: None, text: text::comment(value.as_str()?)?, author: None, at: None }),
    };
    let comments: Vec<Comment> = object.list("comments").iter().take(COMMENTS_MAX).filter_map(read).collect();
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
    let asset = object.text("asset");
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

//! JSON of Aircall's in every shape: API pages, lists and single objects, webhook logs, one document or one a line.

use std::borrow::Cow;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::api::{self, Object};
use super::call::Call;
use super::directory;
use super::gathered::Gathered;
use super::insights;
use super::log::{self, LogLines};
use super::pages::Pages;
use super::payloads::{API_RANK, Aside};
use super::{sms, value};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::SourceName;
use crate::source::SourceError;
use crate::source::input::records::{self, Piece};
use crate::source::input::repair;

/// The lists of pages whose elements are split off one by one. Others come as one record with their page, because a
/// call or a team has lists of the same names inside.
const LISTS: &[&str] = &["calls", "contacts"];

/// The lists that a page may have.
const PAGES: &[&str] = &["calls", "contacts", "users", "numbers", "teams", "messages", "data", "events"];

/// Longest record that is parsed, in bytes. A call is some kilobytes.
const RECORD_BYTES_MAX: usize = 16 << 20;

/// Deepest nesting of lists and pages in each other.
const DEPTH_MAX: u32 = 8;

/// Events in whose payload the user is not the one who took the call.
const NOT_TAKEN: &[&str] = &["call.ringing_on_agent", "call.agent_declined"];

/// What stands around records and is none: pages and their lists.
const WRAPPERS: &[&str] = &["meta", "calls", "contacts"];

/// Where receivers of webhooks keep the event that they were sent, beside its headers, and where programs that carry logs
/// from place to place put the line that they carry.
const KEPT_UNDER: &[&str] = &[
    "body",
    "payload",
    "json",
    "message",
    "msg",
    "log",
    "line",
    "event",
    "@message",
    "_raw",
    "MESSAGE",
    "textPayload",
    "jsonPayload",
];

/// Events kept in each other at most this deep: a receiver's line that was carried twice.
const KEPT_DEPTH_MAX: u32 = 4;

/// Most queries of which it is told that they lack pages.
const QUERIES_TOLD_MAX: usize = 100;

/// Longest name of an event that a finding repeats, in characters.
const EVENT_CHARS_MAX: usize = 40;

/// Takes the calls that can be imported.
type TakeCall<'t> = dyn FnMut(&Call) -> Result<(), SourceError> + 't;

/// Reads JSON streams into what is gathered.
pub(super) struct JsonReader {
    source: SourceName,
    timezone: Option<TimeZone>,
    gathered: Gathered,
    pages: Pages,
}

/// An event around a record: its name and its time.
type Event<'e> = Option<(&'e str, i64)>;

impl JsonReader {
    /// A reader into `gathered`.
    pub(super) fn new(source: &SourceName, timezone: Option<TimeZone>, gathered: Gathered) -> Self {
        Self { source: source.clone(), timezone, gathered, pages: Pages::default() }
    }

    /// Reads a stream. `take` sees every call that can be imported.
    pub(super) fn read(
        &mut self,
        name: &Arc<str>,
        reader: &mut dyn BufRead,
        take: &mut TakeCall<'_>,
    ) -> Result<(), SourceError> {
        let mut failed = None;
        let split = records::split(reader, LISTS, &mut |piece| match self.piece(name, &piece, take) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        });
        let io = |error| SourceError::Io { file: name.to_string(), error };
        split.map_err(io).and_then(|_| failed.map_or(Ok(()), Err))
    }

    /// Reads a log; lines without an event are told once, with their number.
    pub(super) fn read_log(
        &mut self,
        name: &Arc<str>,
        reader: &mut dyn BufRead,
        take: &mut TakeCall<'_>,
    ) -> Result<(), SourceError> {
        let mut lines = LogLines::new(reader);
        self.read(name, &mut BufReader::new(&mut lines), take)?;
        if lines.others() == 0 {
            return Ok(());
        }
        let finding = Finding::at(Code::LogLinesPassed, &Place::file(name));
        let finding = finding.with_detail(format!("lines: {}", lines.others()));
        self.gathered.payloads.set_aside(Aside::Remark, &finding)
    }

    /// What was read; with a remark if pages are missing.
    pub(super) fn finish(mut self) -> Result<Gathered, SourceError> {
        let read = self.gathered.payloads.of_api()?;
        for (there, counted) in self.pages.missing(read).into_iter().take(QUERIES_TOLD_MAX) {
            let detail = format!("{there} read, {counted} counted by Aircall");
            let finding = Finding::general(Code::PagesMissing).with_detail(detail);
            self.gathered.payloads.set_aside(Aside::Remark, &finding)?;
        }
        self.gathered.directory.roster.settle();
        self.gathered.insights.settle()?;
        Ok(self.gathered)
    }

    fn piece(
        &mut self,
        name: &Arc<str>,
        piece: &Piece<'_>,
        take: &mut TakeCall<'_>,
    ) -> Result<(), SourceError> {
        let unreadable = |code, at: &records::Position, detail: &str| {
            let finding = Finding::at(code, &Place::new(name, at.line, at.byte)).with_detail(detail);
            self.gathered.payloads.set_aside(Aside::Unreadable, &finding)
        };
        let (bytes, at, list) = match piece {
            Piece::Record { bytes, at, list } if bytes.len() <= RECORD_BYTES_MAX => (bytes, at, *list),
            Piece::Record { at, .. } | Piece::TooLong(at) => {
                return unreadable(Code::UnreadableLine, at, "it is too long for a call");
            }
            Piece::Unclosed(at) => return unreadable(Code::UnreadableLine, at, "it is not closed"),
            Piece::Cut(at) => {
                let finding = Finding::at(Code::TruncatedFile, &Place::new(name, at.line, at.byte));
                return self.gathered.payloads.set_aside(Aside::Remark, &finding);
            }
        };
        let place = Place::new(name, at.line, at.byte);
        let read = repair::read(bytes, &mut value::parse);
        let Ok(value) = read.result else { return unreadable(Code::UnreadableLine, at, "") };
        if read.repaired > 0 {
            let call = Object::of(&value).filter(api::is_call).and_then(|call| call.id());
            let finding = Finding::at(Code::RepairedText, &place).with_detail(read.repaired.to_string());
            let key = call.map(|id| format!("{}:call:{id}", self.source));
            self.gathered.payloads.set_aside(Aside::Remark, &Finding { key, ..finding })?;
        }
        self.value(&value, list, 0, &place, take)
    }

    /// A value of the stream; `list` is the name of the list in which it stood.
    fn value(
        &mut self,
        value: &Value,
        list: Option<&str>,
        depth: u32,
        place: &Place,
        take: &mut TakeCall<'_>,
    ) -> Result<(), SourceError> {
        if depth > DEPTH_MAX {
            return self.unknown(place, None, "");
        }
        if let Value::Array(values) = value {
            return values.iter().try_for_each(|value| self.value(value, list, depth + 1, place, take));
        }
        let Some(object) = Object::of(value) else { return self.unknown(place, None, "") };
        if let Some(event) = kept_by_receiver(value, KEPT_DEPTH_MAX) {
            return self.value(&event, None, depth + 1, place, take);
        }
        if let Some(event) = object.text("event").or_else(|| object.text("event_name")) {
            return self.event(&event, &object, place, take);
        }
        let is_page = object.id().is_none() && !object.has("direction");
        let pages = PAGES.iter().filter(|_| is_page);
        let pages: Vec<(&str, &Value)> = pages
            .filter_map(|name| Some((*name, value.get(*name).filter(|list| list.is_array())?)))
            .collect();
        if !pages.is_empty() {
            if let Some(meta) = object.object("meta").filter(|_| value.get("calls").is_some()) {
                self.pages.see(&meta);
            }
            return pages
                .into_iter()
                .try_for_each(|(name, list)| self.value(list, Some(name), depth + 1, place, take));
        }
        if value.as_object().is_some_and(|o| o.keys().all(|key| WRAPPERS.contains(&key.as_str()))) {
            return Ok(());
        }
        // `{"call": {…}}`, as the API answers for one object.
        let only =
            value.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.iter().next());
        match only.and_then(|(name, inner)| Some((name.as_str(), Object::of(inner)?))) {
            Some((name, inner)) => self.record(&inner, Some(name), None, place, take),
            None => self.record(&object, list, None, place, take),
        }
    }

    fn event(
        &mut self,
        event: &str,
        object: &Object<'_>,
        place: &Place,
        take: &mut TakeCall<'_>,
    ) -> Result<(), SourceError> {
        // A number that is no time still tells which event was before which.
        let time = object.time("timestamp").map(jiff::Timestamp::as_millisecond);
        let number = || i64::try_from(object.number("timestamp")?).ok();
        let rank = time.or_else(number).unwrap_or_default().min(API_RANK - 1);
        let Some(data) = object.object("data") else { return self.unknown(place, None, event) };
        let inner = data.object("message").filter(|_| data.id().is_none() && event.contains("message."));
        self.record(inner.as_ref().unwrap_or(&data), None, Some((event, rank)), place, take)
    }

    /// One object; `name` is that of its list or of its wrapper.
    fn record(
        &mut self,
        object: &Object<'_>,
        name: Option<&str>,
        event: Event<'_>,
        place: &Place,
        take: &mut TakeCall<'_>,
    ) -> Result<(), SourceError> {
        let (told, rank) = event.map_or((None, API_RANK), |(event, rank)| (Some(event), rank));
        let named = told.or(name).unwrap_or_default();
        let is_text = told.map_or_else(
            || sms::is_message(object),
            |event| sms::EVENTS.iter().any(|start| event.starts_with(start)),
        );
        if is_text && let Some(id) = sms::id(object) {
            return self.text(object, id, told, rank, place);
        }
        if is_text && sms::is_message(object) {
            let finding = Finding::at(Code::BadTextId, &place.at_field("id"));
            return self.gathered.payloads.set_aside(Aside::Rejected, &finding);
        }
        let may_be_call = told.is_none_or(|event| event.starts_with("call."));
        if may_be_call && api::is_call(object) {
            return self.call(object, event, place, take);
        }
        if let Some(insight) = insights::read(object, insights::kind_named(named), place) {
            return self.gathered.insights.add(&insight, rank);
        }
        let entry = directory::entry_named(named).filter(|_| object.id().is_some());
        if let Some(entry) = entry.or_else(|| directory::entry_of(object)).filter(|_| !is_text) {
            return self.gathered.directory.add(entry, object, rank);
        }
        self.unknown(place, object.text("id").as_deref(), told.unwrap_or_default())
    }

    fn call(
        &mut self,
        object: &Object<'_>,
        event: Event<'_>,
        place: &Place,
        take: &mut TakeCall<'_>,
    ) -> Result<(), SourceError> {
        let mut call = match api::call(object, self.timezone.as_ref(), place) {
            Ok(call) => call,
            Err(code) => {
                let mut finding = Finding::at(code, place);
                finding.key = object.id().map(|id| format!("{}:call:{id}", self.source));
                if event.is_none() {
                    self.gathered.payloads.refuse(&api::name_of_refused(object))?;
                }
                return self.gathered.payloads.set_aside(Aside::Rejected, &finding);
            }
        };
        let (name, rank) = event.unwrap_or(("", API_RANK));
        let authors = call.comments.iter().filter_map(|comment| comment.author.as_ref());
        for agent in call.agent.iter().chain(authors) {
            self.gathered.directory.roster.meet(agent, false, rank);
        }
        if NOT_TAKEN.contains(&name) {
            call.agent = None;
        }
        self.gathered.directory.line(&call.line);
        self.gathered.directory.note_in(&call.customer, object, rank)?;
        take(&call)?;
        self.gathered.payloads.add(&call, rank)
    }

    fn text(
        &mut self,
        object: &Object<'_>,
        id: String,
        event: Option<&str>,
        rank: i64,
        place: &Place,
    ) -> Result<(), SourceError> {
        let key = format!("{}:message:{id}", self.source);
        match sms::message(object, id, event, place) {
            Ok(message) => {
                if let Some(agent) = &message.agent {
                    self.gathered.directory.roster.meet(agent, false, rank);
                }
                self.gathered.directory.line(&message.line);
                self.gathered.directory.note_in(&message.customer, object, rank)?;
                self.gathered.threads.add(&message, rank)
            }
            Err(code) => {
                let finding = Finding { key: Some(key), ..Finding::at(code, place) };
                self.gathered.payloads.set_aside(Aside::Rejected, &finding)
            }
        }
    }

    /// Company tags, integrations, events about nothing that is imported: told, not imported.
    fn unknown(&self, place: &Place, id: Option<&str>, event: &str) -> Result<(), SourceError> {
        let plain = |text: &&str| {
            text.len() <= 64
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        let mut finding = Finding::at(Code::NotACall, place);
        finding.key = id.filter(plain).map(|id| format!("{}:record:{id}", self.source));
        if !event.is_empty() && event.len() <= EVENT_CHARS_MAX && plain(&event) {
            finding.detail = format!("event {event}");
        }
        self.gathered.payloads.set_aside(Aside::LeftOut, &finding)
    }
}

/// A record with the events that carriers of logs keep in it as text set out as what they are, for people to see.
pub(in crate::source) fn set_out(mut value: Value) -> Value {
    set_out_in(&mut value, KEPT_DEPTH_MAX);
    value
}

/// True if there is an event in `value`, which is set out then.
fn set_out_in(value: &mut Value, depth: u32) -> bool {
    if is_event(value) {
        return true;
    }
    if kept_by_receiver(value, depth).is_none() {
        return false;
    }
    KEPT_UNDER.iter().any(|key| {
        let Some(kept) = value.get_mut(*key) else { return false };
        if let Value::String(text) = kept {
            let inner =
                log::event_at(text.as_bytes()).and_then(|at| log::first_value(&text.as_bytes()[at..]));
            let inner = inner.map(|mut inner| (set_out_in(&mut inner, depth.saturating_sub(1)), inner));
            return inner.is_some_and(|(has_event, inner)| {
                if has_event {
                    *kept = inner;
                }
                has_event
            });
        }
        kept.is_object() && set_out_in(kept, depth.saturating_sub(1))
    })
}

/// True if a value is an event, or holds one as receivers of webhooks and carriers of logs keep it.
pub(super) fn holds_event(value: &Value) -> bool {
    is_event(value) || kept_by_receiver(value, KEPT_DEPTH_MAX).is_some()
}

fn is_event(value: &Value) -> bool {
    let is_named = ["event", "event_name"].iter().any(|key| value.get(*key).is_some_and(Value::is_string));
    is_named && value.get("data").is_some_and(Value::is_object)
}

/// The event that a receiver of webhooks kept: `{"headers":{…},"body":{…}}`. Some keep it as text, and carriers of logs
/// with what the program wrote before it.
fn kept_by_receiver(value: &Value, depth: u32) -> Option<Cow<'_, Value>> {
    // The text of a message is what somebody wrote, whatever it looks like.
    let is_record = ["id", "group_message_id"].iter().any(|key| value.get(*key).is_some());
    if depth == 0 || is_event(value) || (is_record && value.get("direction").is_some()) {
        return None;
    }
    KEPT_UNDER.iter().find_map(|key| {
        let kept = match value.get(*key)? {
            Value::String(text) => {
                Cow::Owned(log::first_value(&text.as_bytes()[log::event_at(text.as_bytes())?..])?)
            }
            Value::Object(_) => Cow::Borrowed(value.get(*key)?),
            _ => return None,
        };
        if is_event(&kept) {
            return Some(kept);
        }
        match kept {
            Cow::Borrowed(kept) => kept_by_receiver(kept, depth - 1),
            Cow::Owned(kept) => {
                kept_by_receiver(&kept, depth - 1).map(|event| Cow::Owned(event.into_owned()))
            }
        }
    })
}

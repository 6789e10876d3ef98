//! JSON of Aircall's in every shape: API pages, lists and single calls, webhook logs, one document or one a line.

use std::io::BufRead;
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::api::{self, Object};
use super::call::Call;
use super::payloads::{API_RANK, Aside, Payloads};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::SourceName;
use crate::source::SourceError;
use crate::source::input::records::{self, Piece};

/// The lists of pages that hold records.
const LISTS: &[&str] = &["calls"];

/// Longest record that is parsed, in bytes. A call is some kilobytes.
const RECORD_BYTES_MAX: usize = 16 << 20;

/// Events in whose payload the user is not the one who took the call.
const NOT_TAKEN: &[&str] = &["call.ringing_on_agent", "call.agent_declined"];

/// What stands around calls and is no record: pages and their lists.
const WRAPPERS: &[&str] = &["meta", "calls"];

/// Reads JSON streams into the table of payloads.
pub(super) struct JsonReader {
    source: SourceName,
    timezone: Option<TimeZone>,
    payloads: Payloads,
    /// The API's calls read.
    read: u64,
    /// The largest number of them that a page claims there are.
    claimed: u64,
}

impl JsonReader {
    /// A reader into `payloads`.
    pub(super) fn new(source: &SourceName, timezone: Option<TimeZone>, payloads: Payloads) -> Self {
        Self { source: source.clone(), timezone, payloads, read: 0, claimed: 0 }
    }

    /// Reads a stream. `take` sees every call that can be imported.
    pub(super) fn read(
        &mut self,
        name: &Arc<str>,
        reader: &mut dyn BufRead,
        take: &mut dyn FnMut(&Call) -> Result<(), SourceError>,
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

    /// What was read; with a remark if pages are missing.
    pub(super) fn finish(self) -> Result<Payloads, SourceError> {
        if self.read < self.claimed {
            let detail = format!("{} read, {} counted by Aircall", self.read, self.claimed);
            let finding = Finding::general(Code::PagesMissing).with_detail(detail);
            self.payloads.set_aside(Aside::Remark, &finding)?;
        }
        Ok(self.payloads)
    }

    fn piece(
        &mut self,
        name: &Arc<str>,
        piece: &Piece<'_>,
        take: &mut dyn FnMut(&Call) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let unreadable = |code, at: &records::Position, detail: &str| {
            let finding = Finding::at(code, &Place::new(name, at.line, at.byte)).with_detail(detail);
            self.payloads.set_aside(Aside::Unreadable, &finding)
        };
        let (bytes, at) = match piece {
            Piece::Record { bytes, at, .. } if bytes.len() <= RECORD_BYTES_MAX => (bytes, at),
            Piece::Record { at, .. } | Piece::TooLong(at) => {
                return unreadable(Code::UnreadableLine, at, "it is too long for a call");
            }
            Piece::Unclosed(at) => return unreadable(Code::UnreadableLine, at, "it is not closed"),
            Piece::Cut(at) => {
                let finding = Finding::at(Code::TruncatedFile, &Place::new(name, at.line, at.byte));
                return self.payloads.set_aside(Aside::Remark, &finding);
            }
        };
        let place = Place::new(name, at.line, at.byte);
        match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => self.value(&value, &place, take),
            Err(_) => unreadable(Code::UnreadableLine, at, ""),
        }
    }

    fn value(
        &mut self,
        value: &Value,
        place: &Place,
        take: &mut dyn FnMut(&Call) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        if let Value::Array(values) = value {
            return values.iter().try_for_each(|value| self.value(value, place, take));
        }
        let Some(object) = Object::of(value) else { return self.not_a_call(place, None) };
        if let Some(Value::Array(calls)) = value.get("calls") {
            let total = object.object("meta").and_then(|meta| meta.text("total")?.parse().ok());
            self.claimed = self.claimed.max(total.unwrap_or_default());
            return calls.iter().try_for_each(|call| self.value(call, place, take));
        }
        if let Some(event) = object.text("event") {
            let rank = object.time("timestamp").map_or(0, jiff::Timestamp::as_millisecond);
            return match object.object("data") {
                Some(data) if event.starts_with("call.") && api::is_call(&data) => {
                    self.call(&data, Some((&event, rank)), place, take)
                }
                data => self.not_a_call(place, data.and_then(|data| data.text("id")).as_deref()),
            };
        }
        match object.object("call") {
            Some(call) if api::is_call(&call) => self.call(&call, None, place, take),
            _ if api::is_call(&object) => self.call(&object, None, place, take),
            _ if value.as_object().is_some_and(|o| o.keys().all(|key| WRAPPERS.contains(&key.as_str()))) => {
                Ok(())
            }
            _ => self.not_a_call(place, None),
        }
    }

    fn call(
        &mut self,
        object: &Object<'_>,
        event: Option<(&str, i64)>,
        place: &Place,
        take: &mut dyn FnMut(&Call) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let mut call = match api::call(object, self.timezone.as_ref(), place) {
            Ok(call) => call,
            Err(code) => {
                let mut finding = Finding::at(code, place);
                finding.key = object.id().map(|id| format!("{}:call:{id}", self.source));
                return self.payloads.set_aside(Aside::Rejected, &finding);
            }
        };
        let rank = if let Some((name, rank)) = event {
            if NOT_TAKEN.contains(&name) {
                call.agent = None;
            }
            rank
        } else {
            self.read += 1;
            API_RANK
        };
        take(&call)?;
        self.payloads.add(&call, rank)
    }

    /// Contacts, text messages, users, transcriptions: told, not imported.
    fn not_a_call(&self, place: &Place, id: Option<&str>) -> Result<(), SourceError> {
        let id = id.filter(|id| id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        let mut finding = Finding::at(Code::NotACall, place);
        finding.key = id.map(|id| format!("{}:record:{id}", self.source));
        self.payloads.set_aside(Aside::LeftOut, &finding)
    }
}

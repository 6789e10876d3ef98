//! Cutting the document into the elements that are records, one at a time.
//!
//! The nesting is followed here and not by the parser, so that a record whose elements are not closed in order costs
//! that record: the next one is known by its name.

use std::io::{self, BufRead};
use std::ops::ControlFlow;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error, Reader};

use super::bytes::Utf8;
use super::element::Element;
use crate::source::input::records::Position;

/// Longest record, in bytes. Accounts with more than 200,000 tickets have no XML export (reference 1.4), and a ticket
/// of that size has not been seen; a record is held in memory whole, with all its parts.
const RECORD_BYTES_MAX: u64 = 128 << 20;

/// Deepest element in a record. An attachment of a comment is five deep.
const DEPTH_MAX: usize = 16;

/// Most elements of a record: 5,000 comments (Zendesk's limit) of a hundred each.
const ELEMENTS_MAX: usize = 500_000;

/// Elements that are records, wherever they stand outside another record.
const RECORDS: &[&str] = &["ticket", "user", "organization", "group", "account"];

/// Elements that hold records.
const LISTS: &[&str] = &["tickets", "users", "organizations", "groups", "accounts"];

/// What the document falls into.
pub(super) enum Cut {
    /// A record.
    Record { element: Element, at: Position },
    /// An element that is no record.
    Unknown { name: String, at: Position },
    /// A record that cannot be used.
    Bad { why: &'static str, at: Position },
    /// The document ends too early, or cannot be followed any further.
    Truncated(Position),
    /// The document is not read.
    Refused { why: &'static str, at: Position },
    /// From here on it is not UTF-8.
    AssumedEncoding(Position),
}

impl Cut {
    /// Where it begins.
    pub(super) fn at(&self) -> Position {
        match self {
            Self::Record { at, .. }
            | Self::Unknown { at, .. }
            | Self::Bad { at, .. }
            | Self::Refused { at, .. }
            | Self::Truncated(at)
            | Self::AssumedEncoding(at) => *at,
        }
    }
}

/// Takes what the document falls into; breaks to end the reading.
pub(super) type TakeCut<'t> = dyn FnMut(Cut) -> ControlFlow<()> + 't;

/// Cuts a document. Fails only if reading does.
pub(super) fn cut(reader: &mut dyn BufRead, take: &mut TakeCut<'_>) -> io::Result<ControlFlow<()>> {
    let mut parser = Reader::from_reader(Utf8::new(reader));
    let config = parser.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.expand_empty_elements = true;
    config.allow_dangling_amp = true;
    let mut cutter = Cutter::default();
    let mut buffer = Vec::new();
    loop {
        let at = parser.get_ref().at();
        parser.get_mut().next_piece();
        buffer.clear();
        let flow = match parser.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => cutter.start(&tag, at, take),
            Ok(Event::End(tag)) => cutter.end(tag.name().as_ref(), at, take),
            Ok(Event::Text(text)) => cutter.text(&text.xml10_content(), at),
            Ok(Event::CData(text)) => cutter.text(&text.xml10_content(), at),
            Ok(Event::GeneralRef(reference)) => cutter.reference(&reference, at),
            Ok(Event::DocType(_)) => {
                let why = "it declares a document type, which no export does; or it is a web page";
                return Ok(take(Cut::Refused { why, at }));
            }
            Ok(Event::Eof) => return Ok(cutter.finish(at, take)),
            Ok(_) => ControlFlow::Continue(()),
            Err(Error::IllFormed(_)) => cutter.spoil("it is not well-formed"),
            Err(Error::Io(error)) if !parser.get_ref().is_over() => return Err(io::Error::other(error)),
            Err(_) => {
                let long = parser.get_ref().is_over();
                let why = if long { "a text or a tag is longer than 4 MiB" } else { "it is not well-formed" };
                return Ok(cutter.give_up(why, at, take));
            }
        };
        let flow = match parser.get_mut().take_assumed() {
            Some(at) if flow.is_continue() => take(Cut::AssumedEncoding(at)),
            _ => flow,
        };
        if flow.is_break() {
            return Ok(flow);
        }
    }
}

#[derive(Default)]
struct Cutter {
    /// Elements open around records.
    outer: u32,
    /// Elements open in one that is no record, itself included.
    unknown: u32,
    record: Option<Open>,
}

/// A record that is not closed yet.
struct Open {
    at: Position,
    /// From the record down to the element that is being read.
    path: Vec<Element>,
    elements: usize,
    /// Elements open below the deepest that is kept.
    below: u32,
    fault: Option<&'static str>,
}

impl Cutter {
    fn start(&mut self, tag: &BytesStart<'_>, at: Position, take: &mut TakeCut<'_>) -> ControlFlow<()> {
        let name = tag.name();
        let name: &str = name.as_ref();
        if self.unknown > 0 {
            self.unknown += 1;
            return ControlFlow::Continue(());
        }
        if let Some(open) = &mut self.record {
            // No record holds another of its kind.
            if open.path.first().is_none_or(|record| record.name() != name) {
                open.start(tag, name);
                return ControlFlow::Continue(());
            }
            let at = open.at;
            self.record = None;
            take(Cut::Bad { why: "it is not closed", at })?;
        }
        if RECORDS.contains(&name) {
            let path = vec![Element::new(name, false)];
            self.record = Some(Open { at, path, elements: 1, below: 0, fault: None });
        } else if self.outer == 0 || LISTS.contains(&name) {
            self.outer += 1;
        } else {
            self.unknown = 1;
            return take(Cut::Unknown { name: name.to_owned(), at });
        }
        ControlFlow::Continue(())
    }

    fn end(&mut self, name: &str, at: Position, take: &mut TakeCut<'_>) -> ControlFlow<()> {
        if self.unknown > 0 {
            self.unknown -= 1;
            return ControlFlow::Continue(());
        }
        let Some(open) = &mut self.record else {
            self.outer = self.outer.saturating_sub(1);
            return ControlFlow::Continue(());
        };
        open.limit(at);
        if LISTS.contains(&name) && !open.has(name) {
            let at = open.at;
            self.record = None;
            self.outer = self.outer.saturating_sub(1);
            return take(Cut::Bad { why: "it is not closed", at });
        }
        let Some(element) = open.end(name) else { return ControlFlow::Continue(()) };
        let (at, fault) = (open.at, open.fault);
        self.record = None;
        take(match fault {
            Some(why) => Cut::Bad { why, at },
            None => Cut::Record { element, at },
        })
    }

    fn text(&mut self, text: &str, at: Position) -> ControlFlow<()> {
        if let Some(open) = &mut self.record {
            open.limit(at);
            if let Some(element) = open.path.last_mut().filter(|_| open.fault.is_none() && open.below == 0) {
                element.push_text(text);
            }
        }
        ControlFlow::Continue(())
    }

    /// `&amp;` and its like. What XML does not define stays as it is written.
    fn reference(&mut self, reference: &BytesRef<'_>, at: Position) -> ControlFlow<()> {
        let mut character = [0; 4];
        let named: &str = reference;
        match (reference.resolve_char_ref(), named) {
            (Ok(Some(one)), _) => self.text(one.encode_utf8(&mut character), at),
            (Err(_), _) => self.text("\u{fffd}", at),
            (Ok(None), "lt") => self.text("<", at),
            (Ok(None), "gt") => self.text(">", at),
            (Ok(None), "amp") => self.text("&", at),
            (Ok(None), "quot") => self.text("\"", at),
            (Ok(None), "apos") => self.text("'", at),
            (Ok(None), other) => self.text(&format!("&{other};"), at),
        }
    }

    /// The record that is open cannot be used.
    fn spoil(&mut self, why: &'static str) -> ControlFlow<()> {
        if let Some(open) = &mut self.record {
            open.fault.get_or_insert(why);
        }
        ControlFlow::Continue(())
    }

    fn finish(&mut self, at: Position, take: &mut TakeCut<'_>) -> ControlFlow<()> {
        if self.record.is_some() || self.unknown > 0 || self.outer > 0 {
            return self.give_up("it ends too early", at, take);
        }
        ControlFlow::Continue(())
    }

    fn give_up(&mut self, why: &'static str, at: Position, take: &mut TakeCut<'_>) -> ControlFlow<()> {
        if let Some(open) = self.record.take() {
            take(Cut::Bad { why, at: open.at })?;
        }
        take(Cut::Truncated(at))
    }
}

impl Open {
    fn start(&mut self, tag: &BytesStart<'_>, name: &str) {
        self.elements += 1;
        if self.below > 0 || self.path.len() == DEPTH_MAX || self.elements > ELEMENTS_MAX {
            self.below += 1;
            self.fault.get_or_insert("it has too many elements, or they are nested too deep");
            return;
        }
        let mut attributes = tag.attributes();
        let is_nil = attributes
            .with_checks(false)
            .flatten()
            .any(|one| one.key.as_ref() == "nil" && &*one.value == "true");
        self.path.push(Element::new(name, is_nil));
    }

    /// Closes the element `name`. Returns the record once it is closed itself.
    fn end(&mut self, name: &str) -> Option<Element> {
        if self.below > 0 && self.position(name) != Some(0) {
            self.below -= 1;
            return None;
        }
        let Some(position) = self.position(name) else {
            self.fault.get_or_insert("its elements are not closed in order");
            return None;
        };
        if position + 1 != self.path.len() || self.below > 0 {
            self.fault.get_or_insert("its elements are not closed in order");
        }
        self.path.truncate(position + 1);
        let element = self.path.pop()?;
        match self.path.last_mut() {
            None => return Some(element),
            // Of a record that cannot be used nothing is kept.
            Some(parent) if self.fault.is_none() => parent.push(element),
            Some(_) => {}
        }
        None
    }

    fn position(&self, name: &str) -> Option<usize> {
        let name = name.replace('-', "_");
        self.path.iter().rposition(|element| element.name() == name)
    }

    fn has(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    fn limit(&mut self, at: Position) {
        if at.byte.saturating_sub(self.at.byte) > RECORD_BYTES_MAX {
            self.fault.get_or_insert("it is longer than 128 MiB");
        }
    }
}

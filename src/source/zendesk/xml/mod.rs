//! The XML export (reference 1.4): elements of people, groups, tickets with their comments, each translated to the
//! object of the API.
//!
//! Invariants: one element is held at a time, with limits on its size, its depth and the number of its parts; no entity
//! is ever resolved but the five of XML itself and numbered characters, and a file that declares its own is refused; an
//! element that is not well-formed costs itself and not the file. Knows nothing of what objects are used for.

mod bytes;
mod cutter;
mod element;
mod objects;

use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::sync::Arc;

use self::cutter::Cut;
use super::pipeline::Told;
use super::translate::{Take, Translated};
use crate::model::finding::{Code, Finding, Place};

/// Translates the stream `name`.
pub(super) fn translate(
    name: &Arc<str>,
    reader: &mut dyn BufRead,
    take: &mut Take<'_>,
) -> io::Result<ControlFlow<()>> {
    cutter::cut(reader, &mut |cut| {
        let at = cut.at();
        let finding = |code| Finding::at(code, &Place::new(name, at.line, at.byte));
        take(match cut {
            Cut::Record { element, .. } => match objects::object(&element) {
                Some((is, json)) => Translated::Object { json, at, is },
                None => Translated::Told(named(finding(Code::UnknownRecord), element.name()), Told::LeftOut),
            },
            Cut::Unknown { name, .. } => {
                Translated::Told(named(finding(Code::UnknownRecord), &name), Told::LeftOut)
            }
            Cut::Bad { why, .. } => {
                Translated::Told(finding(Code::UnreadableElement).with_detail(why), Told::Unreadable)
            }
            Cut::Truncated(_) => Translated::Told(finding(Code::TruncatedFile), Told::Remark),
            Cut::Refused { why, .. } => {
                Translated::Told(finding(Code::UnsupportedFile).with_detail(why), Told::Remark)
            }
            Cut::AssumedEncoding(_) => Translated::Told(finding(Code::AssumedEncoding), Told::Remark),
        })
    })
}

/// The finding with the name of an element, where it is a plain one.
fn named(finding: Finding, name: &str) -> Finding {
    let plain = (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if plain { finding.with_detail(format!("element: {name}")) } else { finding }
}

#[cfg(test)]
mod tests;

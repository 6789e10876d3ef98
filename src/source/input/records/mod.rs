//! A stream of JSON, in whatever shape, as slices of one record each with their line and byte.
//!
//! Shapes: one object a line; arrays; page wrappers (`{"tickets":[..],"next_page":..}`); documents written over many
//! lines, one after another. Boundaries are found by newlines or by counting brackets outside strings, never by a JSON
//! parser reading from the stream (that is four times slower), so a slice may still be no valid JSON.
//!
//! Invariants: memory is one record, at most [`RECORD_MAX`]; no input makes it fail or panic; in a file of lines a bad
//! line costs that line and nothing else.

mod blocks;
mod documents;
mod lines;
#[cfg(test)]
mod tests;

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::encoding::without_bom;
pub(crate) use blocks::{BLOCK_BYTES, TakeBlocks};
use blocks::{Block, InTurn};
use documents::Documents;
use lines::Terms;

/// Longest record, in bytes. A ticket with 5,000 comments of three bodies of 64 KB (Zendesk's own limits) would reach
/// 960 MB, but none that large has been seen, and a record is held in memory whole.
pub(crate) const RECORD_MAX: usize = 512 << 20;

/// Bytes looked at to tell a file of lines from a document.
const PROBE_BYTES: usize = 256 << 10;

/// Where a record begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    /// Line, from 1.
    pub(crate) line: u64,
    /// Bytes before it in the unpacked stream.
    pub(crate) byte: u64,
}

/// What a stream falls into.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// What should be one JSON value. Around lists, the object that held them comes after their elements, with the
    /// lists empty.
    Record {
        /// The bytes, without surrounding space.
        bytes: &'a [u8],
        /// Where they begin.
        at: Position,
        /// Key of the list that the record is an element of, if it came in a wrapper.
        list: Option<&'static str>,
    },
    /// A record longer than [`RECORD_MAX`].
    TooLong(Position),
    /// A record that is not closed: a line that ends too early.
    Unclosed(Position),
    /// The stream ends inside a record or a list. An [`Piece::Unclosed`] came before it if a record was hit.
    Cut(Position),
}

/// Takes pieces; breaks to end the reading.
pub(crate) type TakePiece<'t> = dyn FnMut(Piece<'_>) -> ControlFlow<()> + 't;

/// Splits a stream. `lists` are the keys whose arrays hold records when they stand in a wrapper (`tickets`, `users`).
pub(crate) fn split(
    reader: &mut dyn Read,
    lists: &'static [&'static str],
    take: &mut TakePiece<'_>,
) -> io::Result<ControlFlow<()>> {
    split_blocks(reader, lists, &mut InTurn::new(take))
}

/// The same for those who keep the blocks that lines stand in.
pub(crate) fn split_blocks(
    reader: &mut dyn Read,
    lists: &'static [&'static str],
    into: &mut dyn TakeBlocks,
) -> io::Result<ControlFlow<()>> {
    let mut block = Block::new(into.memory());
    block.fill(reader, PROBE_BYTES)?;
    if !block.ended && block.read().len() < PROBE_BYTES {
        block.grow(reader, PROBE_BYTES - block.read().len())?;
    }
    let probe = block.read();
    let text = without_bom(probe);
    let begin = probe.len() - text.len();
    let start = Position { line: 1, byte: begin as u64 };
    if is_lines(text, block.ended, lists) {
        return lines::split(reader, (block, begin), start, Terms { lists, longest: RECORD_MAX }, into);
    }
    let mut documents = Documents::new(lists, start);
    let mut flow = documents.feed(text, &mut |piece| into.piece(piece));
    while flow.is_continue() && !block.ended {
        block.read_next(reader)?;
        flow = documents.feed(block.read(), &mut |piece| into.piece(piece));
    }
    if flow.is_continue() {
        flow = documents.finish(&mut |piece| into.piece(piece));
    }
    Ok(if flow.is_continue() { into.ended(Arc::new(block.into_bytes())) } else { flow })
}

/// True if the stream that begins with `probe` has one value a line.
///
/// One whole object on a line of its own settles it, wherever it stands among the first lines, because a document over
/// several lines has commas between its objects or a bracket after the last. That makes a damaged first line harmless.
fn is_lines(probe: &[u8], whole: bool, lists: &[&str]) -> bool {
    let mut lines = probe.split_inclusive(|&byte| byte == b'\n').peekable();
    let mut several = false;
    while let Some(line) = lines.next() {
        let line = lines::without_marks(line);
        let ended = line.ends_with(b"\n") || (whole && lines.peek().is_none());
        several |= lines.peek().is_some();
        let next = lines.peek().map_or(&b""[..], |next| next.trim_ascii());
        if ended && line.starts_with(b"{") && !next.starts_with(b"]") && is_balanced(line.trim_ascii()) {
            return true;
        }
    }
    // The first line is longer than the probe: a record, or a wrapper that must be walked.
    let first = probe.trim_ascii_start();
    let is_record = first_key(first).is_some_and(|key| !lists.contains(&key) && !may_wrap(key));
    !whole && !several && is_record
}

/// True if `line` is one bracketed value: every bracket outside strings is closed, the last one by its last byte.
fn is_balanced(line: &[u8]) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for (index, &byte) in line.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index + 1 == line.len();
                }
            }
            _ => {}
        }
    }
    false
}

/// The first key of an object, as written.
fn first_key(object: &[u8]) -> Option<&str> {
    let rest = object.strip_prefix(b"{")?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = memchr::memchr(b'"', rest)?;
    std::str::from_utf8(&rest[..end]).ok()
}

/// True if an object has the key `id` itself, and not only objects in it.
fn has_id(object: &[u8]) -> bool {
    let (mut depth, mut at, mut is_key) = (0_u32, 0, false);
    while let Some(&byte) = object.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let Some(end) = end_of_string(&object[at..]) else { return false };
                if depth == 1 && std::mem::take(&mut is_key) && &object[at..at + end] == b"id" {
                    return true;
                }
                at += end + 1;
            }
            b'{' | b'[' => {
                depth += 1;
                is_key = depth == 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => is_key = depth == 1,
            _ => {}
        }
    }
    false
}

/// Where the quote stands that ends a string.
fn end_of_string(rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', rest.get(at..)?)?;
        if rest[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// True if an object with this key may be a wrapper around lists. Records have ids, addresses, times and names; page
/// wrappers have counts and cursors only.
fn may_wrap(key: &str) -> bool {
    const RECORD_KEYS: &[&str] =
        &["id", "url", "type", "via", "name", "role", "subject", "description", "status", "body", "public"];
    !RECORD_KEYS.contains(&key) && !["_id", "_ids", "_at"].iter().any(|end| key.ends_with(end))
}

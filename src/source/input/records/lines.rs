//! One value a line.

use std::io::{self, BufRead};
use std::ops::ControlFlow;

use super::documents::Documents;
use super::{Piece, Position, RECORD_MAX, TakePiece, first_key, may_wrap};

/// A buffer that grew beyond this for one long line is given back after it.
const BUFFER_KEPT: usize = 4 << 20;

/// What may stand before a record and is none of it.
const MARKS: [&[u8]; 2] = [b"\xef\xbb\xbf", b"\x1e"];

/// Splits a stream of lines.
pub(super) fn split(
    reader: &mut dyn BufRead,
    start: Position,
    lists: &'static [&'static str],
    take: &mut TakePiece<'_>,
) -> io::Result<ControlFlow<()>> {
    let mut at = start;
    let mut begun: Vec<u8> = Vec::new();
    let mut length = 0_u64;
    loop {
        let chunk = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            chunk => chunk?,
        };
        let newline = memchr::memchr(b'\n', chunk);
        let end = newline.unwrap_or(chunk.len());
        let at_end = chunk.is_empty();
        length += end as u64;
        let mut flow = ControlFlow::Continue(());
        if newline.is_some() && begun.is_empty() && length == end as u64 {
            flow = line(&chunk[..end], at, false, lists, take);
        } else if length <= RECORD_MAX as u64 {
            begun.extend_from_slice(&chunk[..end]);
        } else {
            begun = Vec::new();
        }
        let consumed = end + usize::from(newline.is_some());
        if !begun.is_empty() && (newline.is_some() || at_end) {
            flow = line(&begun, at, at_end, lists, take);
        } else if length > RECORD_MAX as u64 && (newline.is_some() || at_end) {
            flow = take(Piece::TooLong(at));
        }
        reader.consume(consumed);
        if flow.is_break() || at_end {
            return Ok(flow);
        }
        if newline.is_some() {
            at = Position { line: at.line + 1, byte: at.byte + length + 1 };
            length = 0;
            begun.clear();
            begun.shrink_to(BUFFER_KEPT);
        }
    }
}

/// A line from its value on: files that begin with a byte order mark were put behind each other, or records follow
/// marks of their own (RFC 7464).
pub(super) fn without_marks(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes.trim_ascii_start();
    while let Some(behind) = MARKS.iter().find_map(|mark| rest.strip_prefix(*mark)) {
        rest = behind.trim_ascii_start();
    }
    rest
}

/// One line: nothing, a record, or a wrapper whose lists are taken apart.
fn line(
    bytes: &[u8],
    at: Position,
    last: bool,
    lists: &'static [&'static str],
    take: &mut TakePiece<'_>,
) -> ControlFlow<()> {
    let begun = without_marks(bytes);
    let trimmed = begun.trim_ascii_end();
    if trimmed.is_empty() {
        return ControlFlow::Continue(());
    }
    let indent = bytes.len() - begun.len();
    let at = Position { byte: at.byte + indent as u64, ..at };
    // Object after object, separated by commas: somebody took the brackets off an array.
    let trimmed = if trimmed.ends_with(b"},") { &trimmed[..trimmed.len() - 1] } else { trimmed };
    let wraps = trimmed.starts_with(b"[") || first_key(trimmed).is_some_and(may_wrap);
    if !wraps {
        if last && !trimmed.ends_with(b"}") {
            take(Piece::Unclosed(at))?;
            return take(Piece::Cut(at));
        }
        return take(Piece::Record { bytes: trimmed, at, list: None });
    }
    let mut told = false;
    let mut take_of_line = |piece: Piece<'_>| match piece {
        Piece::Cut(_) if !last && told => ControlFlow::Continue(()),
        Piece::Cut(_) if !last => take(Piece::Unclosed(at)),
        piece => {
            told |= matches!(piece, Piece::Unclosed(_));
            take(piece)
        }
    };
    let mut documents = Documents::new(lists, at);
    documents.feed(trimmed, &mut take_of_line)?;
    documents.finish(&mut take_of_line)
}

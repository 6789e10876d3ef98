//! One value a line.

use std::io::{self, Read};
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use super::blocks::{Block, TakeBlocks};
use super::documents::Documents;
use super::{Piece, Position, first_key, may_wrap};

/// What may stand before a record and is none of it.
const MARKS: [&[u8]; 2] = [b"\xef\xbb\xbf", b"\x1e"];

/// How lines are taken.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    /// Keys whose arrays hold records.
    pub(super) lists: &'static [&'static str],
    /// Longest line.
    pub(super) longest: usize,
}

/// Splits a stream of lines, which begins with what `block` has from `begin` on.
pub(super) fn split(
    reader: &mut dyn Read,
    (mut block, mut begin): (Block, usize),
    start: Position,
    terms: Terms,
    into: &mut dyn TakeBlocks,
) -> io::Result<ControlFlow<()>> {
    let mut at = start;
    loop {
        if !block.reach(reader, begin, terms.longest, into)? {
            let seen = (block.read().len() - begin) as u64;
            block = Block::new(into.memory());
            let (passed, next) = block.pass_line(reader)?;
            if into.piece(Piece::TooLong(at)).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            at = Position { line: at.line + 1, byte: at.byte + seen + passed + 1 };
            begin = next;
            continue;
        }
        let (end, ended) = (block.read().len(), block.ended);
        let whole = Arc::new(block.into_bytes());
        let rest = match each_line(&whole, begin..end, &mut at, terms, into) {
            ControlFlow::Continue(rest) => rest..end,
            ControlFlow::Break(()) => return Ok(ControlFlow::Break(())),
        };
        if ended {
            let flow = line(&whole, rest, at, true, terms, into);
            return Ok(if flow.is_continue() { into.ended(whole) } else { flow });
        }
        let next = Block::after(&whole[rest], into.memory());
        if into.ended(whole).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        (block, begin) = (next, 0);
        block.fill(reader, usize::MAX)?;
    }
}

/// Tells the lines of `block` within `range` that end there. Where the last one begins, which does not.
fn each_line(
    block: &Arc<Vec<u8>>,
    range: Range<usize>,
    at: &mut Position,
    terms: Terms,
    into: &mut dyn TakeBlocks,
) -> ControlFlow<(), usize> {
    let mut begin = range.start;
    while let Some(length) = memchr::memchr(b'\n', &block[begin..range.end]) {
        line(block, begin..begin + length, *at, false, terms, into)?;
        begin += length + 1;
        *at = Position { line: at.line + 1, byte: at.byte + length as u64 + 1 };
    }
    ControlFlow::Continue(begin)
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

/// One line, which is `range` of `block`: nothing, a record, or a wrapper whose lists are taken apart.
fn line(
    block: &Arc<Vec<u8>>,
    range: Range<usize>,
    at: Position,
    last: bool,
    terms: Terms,
    into: &mut dyn TakeBlocks,
) -> ControlFlow<()> {
    let bytes = &block[range.clone()];
    if bytes.len() > terms.longest {
        return into.piece(Piece::TooLong(at));
    }
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
            into.piece(Piece::Unclosed(at))?;
            return into.piece(Piece::Cut(at));
        }
        let first = range.start + indent;
        return into.line(block, first..first + trimmed.len(), at);
    }
    let mut told = false;
    let mut take_of_line = |piece: Piece<'_>| match piece {
        Piece::Cut(_) if !last && told => ControlFlow::Continue(()),
        Piece::Cut(_) if !last => into.piece(Piece::Unclosed(at)),
        piece => {
            told |= matches!(piece, Piece::Unclosed(_));
            into.piece(piece)
        }
    };
    let mut documents = Documents::new(terms.lists, at);
    documents.feed(trimmed, &mut take_of_line)?;
    documents.finish(&mut take_of_line)
}

#[cfg(test)]
mod tests {
    use super::super::blocks::InTurn;
    use super::*;

    /// Records with their line and byte, read in blocks of `bytes`.
    fn in_blocks(text: &[u8], longest: usize, bytes: usize) -> Vec<(String, u64, u64)> {
        let mut records = Vec::new();
        let mut take = |piece: Piece<'_>| {
            let (text, at) = match piece {
                Piece::Record { bytes, at, .. } => (String::from_utf8_lossy(bytes).into_owned(), at),
                Piece::TooLong(at) => ("too long".to_owned(), at),
                Piece::Unclosed(at) | Piece::Cut(at) => ("cut".to_owned(), at),
            };
            records.push((text, at.line, at.byte));
            ControlFlow::Continue(())
        };
        let mut into = Small { inner: InTurn::new(&mut take), bytes };
        let start = Position { line: 1, byte: 0 };
        let block = Block::new(into.memory());
        let flow =
            split(&mut &text[..], (block, 0), start, Terms { lists: &["tickets"], longest }, &mut into)
                .unwrap();
        assert!(flow.is_continue());
        records
    }

    /// Blocks of another size.
    struct Small<'t, 'p> {
        inner: InTurn<'t, 'p>,
        bytes: usize,
    }

    impl TakeBlocks for Small<'_, '_> {
        fn memory(&mut self) -> Vec<u8> {
            vec![b'\n'; self.bytes]
        }
        fn line(&mut self, block: &Arc<Vec<u8>>, range: Range<usize>, at: Position) -> ControlFlow<()> {
            self.inner.line(block, range, at)
        }
        fn piece(&mut self, piece: Piece<'_>) -> ControlFlow<()> {
            self.inner.piece(piece)
        }
        fn ended(&mut self, block: Arc<Vec<u8>>) -> ControlFlow<()> {
            self.inner.ended(block)
        }
    }

    proptest::proptest! {
        #[test]
        fn where_blocks_end_makes_no_difference(
            lines in proptest::collection::vec("(\\{\"id\":[0-9]{1,9}\\}| *|\\{\"tickets\":\\[\\{\"id\":1\\}\\]\\}|x{0,40}\r?)", 0..12),
            ended: bool,
            longest in 20_usize..60,
            bytes in 1_usize..40,
        ) {
            let mut text = lines.join("\n");
            if ended {
                text.push('\n');
            }
            let told = in_blocks(text.as_bytes(), longest, bytes);
            proptest::prop_assert_eq!(&told, &in_blocks(text.as_bytes(), longest, 4_096));
            for (record, line, byte) in told.iter().filter(|(record, ..)| record.starts_with('x')) {
                let at = usize::try_from(*byte).unwrap();
                proptest::prop_assert!(text[at..].starts_with(record.as_str()));
                proptest::prop_assert_eq!(text[..at].matches('\n').count() as u64 + 1, *line);
            }
        }
    }
}

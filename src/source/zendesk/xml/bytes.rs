//! The stream as UTF-8 for the XML parser, with its line and byte, and with a limit on what the parser may swallow at
//! once.

use std::io::{self, BufRead, Read};

use encoding_rs::WINDOWS_1252;

use crate::source::input::records::Position;

/// Longest single tag or text, in bytes. The parser holds it in memory; a body has at most 64 KiB characters
/// (reference 3.2), which escapes can make six times as long.
pub(super) const PIECE_MAX: u64 = 4 << 20;

/// Most bytes handed to the parser at a time: what it swallows is looked at between two of them.
const CHUNK_MAX: usize = 64 << 10;

/// A stream that is UTF-8 whatever its bytes are: those that are not are read as Windows-1252.
pub(super) struct Utf8<'r> {
    inner: &'r mut dyn BufRead,
    chunk: Vec<u8>,
    start: usize,
    /// Bytes of the stream that the chunk stands for, where they are not its own.
    stands_for: Option<u64>,
    at: Position,
    since: u64,
    over: bool,
    assumed: Option<Position>,
}

impl<'r> Utf8<'r> {
    pub(super) fn new(inner: &'r mut dyn BufRead) -> Self {
        Self {
            inner,
            chunk: Vec::new(),
            start: 0,
            stands_for: None,
            at: Position { line: 1, byte: 0 },
            since: 0,
            over: false,
            assumed: None,
        }
    }

    /// Where reading stands.
    pub(super) fn at(&self) -> Position {
        self.at
    }

    /// True if a tag or a text was longer than [`PIECE_MAX`]; reading fails from then on.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// The next tag or text begins here.
    pub(super) fn next_piece(&mut self) {
        self.since = 0;
    }

    /// Where the first byte stood that is not UTF-8; told once.
    pub(super) fn take_assumed(&mut self) -> Option<Position> {
        // Only the first one fills it; afterwards the line is 0 and it is told no more.
        let first = self.assumed.filter(|at| at.line > 0)?;
        self.assumed = Some(Position { line: 0, byte: 0 });
        Some(first)
    }

    fn refill(&mut self) -> io::Result<()> {
        self.chunk.clear();
        self.start = 0;
        self.stands_for = None;
        let available = read(self.inner)?;
        let available = &available[..available.len().min(CHUNK_MAX)];
        let whole = match std::str::from_utf8(available) {
            Ok(_) => available.len(),
            Err(error) if error.valid_up_to() > 0 => error.valid_up_to(),
            Err(_) => return self.refill_with_one(),
        };
        self.chunk.extend_from_slice(&available[..whole]);
        self.inner.consume(whole);
        Ok(())
    }

    /// The character at the start of what is available: cut in two by the end of a buffer, or not UTF-8.
    fn refill_with_one(&mut self) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(4);
        while let Some(&byte) = read(self.inner)?.first() {
            bytes.push(byte);
            self.inner.consume(1);
            match std::str::from_utf8(&bytes) {
                Ok(_) => {
                    self.chunk = bytes;
                    return Ok(());
                }
                Err(error) if error.error_len().is_none() => {}
                Err(_) => break,
            }
        }
        if !bytes.is_empty() {
            self.assumed.get_or_insert(self.at);
            self.stands_for = Some(bytes.len() as u64);
            self.chunk = WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned().into_bytes();
        }
        Ok(())
    }
}

fn read(inner: &mut dyn BufRead) -> io::Result<&[u8]> {
    // Twice, because a borrow that is returned in one arm of a loop would be held in all of them.
    loop {
        match inner.fill_buf() {
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    inner.fill_buf()
}

impl Read for Utf8<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(into)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

impl BufRead for Utf8<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > PIECE_MAX {
            self.over = true;
            return Err(io::Error::other("a piece of the document is too long"));
        }
        if self.start == self.chunk.len() {
            self.refill()?;
        }
        Ok(&self.chunk[self.start..])
    }

    fn consume(&mut self, bytes: usize) {
        let end = (self.start + bytes).min(self.chunk.len());
        let consumed = &self.chunk[self.start..end];
        self.at.line += memchr::memchr_iter(b'\n', consumed).count() as u64;
        self.since += consumed.len() as u64;
        match self.stands_for {
            None => self.at.byte += consumed.len() as u64,
            Some(raw) if end == self.chunk.len() => self.at.byte += raw,
            Some(_) => {}
        }
        self.start = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], buffer: usize) -> (String, Position, bool) {
        let mut inner = io::BufReader::with_capacity(buffer, bytes);
        let mut utf8 = Utf8::new(&mut inner);
        let mut text = String::new();
        utf8.read_to_string(&mut text).unwrap();
        (text, utf8.at(), utf8.take_assumed().is_some())
    }

    #[test]
    fn windows_1252_among_utf8() {
        for buffer in 1..9 {
            let (text, at, assumed) = all(b"Zo\xc3\xab\nZo\xeb \x80\xe2\x82\xac\xe2", buffer);
            assert_eq!((text.as_str(), assumed), ("Zoë\nZoë €€â", true), "{buffer}");
            assert_eq!(at, Position { line: 2, byte: 14 });
        }
    }

    proptest::proptest! {
        #[test]
        fn utf8_stays_and_bytes_are_counted(text in "\\PC{0,30}|[a\\n€]{0,30}", buffer in 1_usize..9) {
            let (read, at, assumed) = all(text.as_bytes(), buffer);
            proptest::prop_assert_eq!((&read, at.byte, assumed), (&text, text.len() as u64, false));
        }

        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(0_u8..=255, 0..40), buffer in 1_usize..9) {
            let (_, at, _) = all(&bytes, buffer);
            proptest::prop_assert_eq!(at.byte, bytes.len() as u64);
        }
    }
}

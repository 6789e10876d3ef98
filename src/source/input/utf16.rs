//! UTF-16 as UTF-8, in a stream: spreadsheets save "Unicode text" that way, and so does the shell of Windows.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};

/// Bytes decoded at a time.
const BUFFER_BYTES: usize = 64 << 10;

/// Which byte of a unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByteOrder {
    /// The low one (`FF FE`), as on Windows.
    Little,
    /// The high one (`FE FF`).
    Big,
}

impl ByteOrder {
    /// The byte order of a text that begins with `head`, if it is UTF-16: by its mark; without one by its first two
    /// characters, which in exports (brackets, quotes, names of columns, markup) are ASCII.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match *head {
            [0xff, 0xfe, 0, 0, ..] => None,
            [0xff, 0xfe, ..] => Some(Self::Little),
            [0xfe, 0xff, ..] => Some(Self::Big),
            [a, 0, b, 0, ..] if is_text(a) && is_text(b) => Some(Self::Little),
            [0, a, 0, b, ..] if is_text(a) && is_text(b) => Some(Self::Big),
            _ => None,
        }
    }
}

/// The beginning of a text as UTF-8, if it is UTF-16; anything else as it is.
pub(crate) fn head_as_utf8(head: Vec<u8>) -> Vec<u8> {
    let Some(order) = ByteOrder::of(&head) else { return head };
    let mut text = Vec::new();
    match Utf16::new(head.as_slice(), order).read_to_end(&mut text) {
        Ok(_) => text,
        Err(_) => head,
    }
}

fn is_text(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte.is_ascii_whitespace()
}

/// A decoded stream. Halves of surrogate pairs and a last odd byte become replacement characters, and are counted.
pub(super) struct Utf16<R> {
    inner: R,
    decoder: Decoder,
    /// What was read and not decoded yet: from `start` to `end`.
    raw: Box<[u8]>,
    start: usize,
    end: usize,
    /// What was decoded and not handed out yet, from `at`.
    text: Vec<u8>,
    at: usize,
    /// The end of the raw stream was read, and then decoded.
    ended: bool,
    done: bool,
    replaced: u64,
}

impl<R: Read> Utf16<R> {
    pub(super) fn new(inner: R, order: ByteOrder) -> Self {
        let encoding = match order {
            ByteOrder::Little => encoding_rs::UTF_16LE,
            ByteOrder::Big => encoding_rs::UTF_16BE,
        };
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: vec![0; BUFFER_BYTES].into(),
            start: 0,
            end: 0,
            text: Vec::new(),
            at: 0,
            ended: false,
            done: false,
            replaced: 0,
        }
    }

    /// Characters that were replaced so far.
    pub(super) fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Decodes some more. Afterwards there is text, or everything is done.
    fn decode(&mut self) -> io::Result<()> {
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() && !self.done {
            if self.start == self.end && !self.ended {
                (self.start, self.end) = (0, self.inner.read(&mut self.raw)?);
                self.ended = self.end == 0;
            }
            self.text.resize(BUFFER_BYTES, 0);
            let source = &self.raw[self.start..self.end];
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(source, &mut self.text, self.ended);
            self.text.truncate(written);
            self.start += read;
            match result {
                DecoderResult::Malformed(..) => {
                    self.replaced += 1;
                    self.text.extend_from_slice("\u{fffd}".as_bytes());
                }
                // A decoder that was told the end is not to be asked again.
                DecoderResult::InputEmpty => self.done = self.ended,
                DecoderResult::OutputFull => {}
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() && !self.done {
            self.decode()?;
        }
        let bytes = (&self.text[self.at..]).read(buffer)?;
        self.at += bytes;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a few bytes at a time.
    struct Slow<'b>(&'b [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }

    fn decoded(bytes: &[u8], step: usize) -> (String, u64) {
        let mut stream = Utf16::new(Slow(bytes, step), ByteOrder::of(bytes).unwrap());
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        (text, stream.replaced())
    }

    fn units(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn both_orders_with_and_without_a_mark_whatever_the_reads() {
        let text = "{\"a\":\"Zoë 😀\"}\r\n".repeat(9_000);
        for little in [true, false] {
            for mark in ["\u{feff}", ""] {
                let bytes = units(&format!("{mark}{text}"), little);
                for step in [1, 3, 7, 100_000] {
                    assert_eq!(decoded(&bytes, step), (text.clone(), 0), "{little} {mark:?} {step}");
                }
            }
        }
    }

    #[test]
    fn halves_of_pairs_and_odd_bytes_are_replaced_and_counted() {
        let mut bytes = units("\u{feff}ab", true);
        bytes.extend([0x3d, 0xd8, b'c', 0, 0x00, 0xdc, b'd', 0, b'e']);
        for step in [1, 2, 99] {
            assert_eq!(decoded(&bytes, step), ("ab\u{fffd}c\u{fffd}d\u{fffd}".to_owned(), 3));
        }
        assert_eq!(decoded(b"\xff\xfe", 1), (String::new(), 0));
    }

    #[test]
    fn other_texts_are_not_taken_for_it() {
        for other in
            [&b"{\"id\":1}"[..], b"", b"a", b"a\0", b"\xff\xfe\0\0a\0\0\0", b"\0\0\0\0", b"\xef\xbb\xbf{"]
        {
            assert_eq!(ByteOrder::of(other), None, "{other:?}");
        }
    }
}

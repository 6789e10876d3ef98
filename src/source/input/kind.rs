//! What kind of file this is, by its first bytes.

use std::io::{self, Read};

use super::utf16::ByteOrder;

/// Bytes looked at: enough for the mark of a tar archive, which stands at byte 257.
pub(super) const HEAD_BYTES: usize = 512;

/// Kinds of files and entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// No bytes at all.
    Empty,
    /// A zip archive.
    Zip,
    /// One or more gzip members.
    Gzip,
    /// Text in UTF-16.
    Utf16(ByteOrder),
    /// Something that is packed or written in a way that is not read.
    Unsupported(&'static str),
    /// Anything else: text, as far as this layer cares.
    Plain,
}

/// First bytes and what they mean.
const MARKS: &[(&[u8], Kind)] = &[
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"\x1f\x8b", Kind::Gzip),
    (b"\xfd7zXZ\0", Kind::Unsupported("it is packed with xz")),
    (b"7z\xbc\xaf\x27\x1c", Kind::Unsupported("it is a 7-Zip archive")),
    (b"Rar!\x1a\x07", Kind::Unsupported("it is a RAR archive")),
    (b"\x28\xb5\x2f\xfd", Kind::Unsupported("it is packed with zstd")),
    (b"BZh", Kind::Unsupported("it is packed with bzip2")),
    (b"%PDF-", Kind::Unsupported("it is a PDF")),
    (b"PAR1", Kind::Unsupported("it is a Parquet file")),
    (b"SQLite format 3\0", Kind::Unsupported("it is a database")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Unsupported("it is an old Office file")),
    (b"\xff\xfe\0\0", Kind::Unsupported("it is written in UTF-32")),
    (b"\0\0\xfe\xff", Kind::Unsupported("it is written in UTF-32")),
];

impl Kind {
    /// The kind of a file that begins with `head`.
    pub(super) fn of(head: &[u8]) -> Self {
        if head.is_empty() {
            return Self::Empty;
        }
        if head.get(257..262) == Some(b"ustar") {
            return Self::Unsupported("it is a tar archive");
        }
        if let Some((_, kind)) = MARKS.iter().find(|(mark, _)| head.starts_with(mark)) {
            return *kind;
        }
        ByteOrder::of(head).map_or(Self::Plain, Self::Utf16)
    }
}

/// Reads the first bytes of a stream, fewer only at its end.
pub(super) fn read_head(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    reader.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

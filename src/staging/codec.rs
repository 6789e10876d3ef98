//! How one document is stored: a format byte, the length of the plain bytes, the compressed bytes.

use std::cell::RefCell;

/// Largest document, in bytes of JSON. No help desk holds a larger conversation; the limit keeps a damaged length
/// from reserving memory.
pub(super) const DOCUMENT_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Zstandard frame without a dictionary. A trained dictionary would be a further format.
const FORMAT_ZSTD: u8 = 1;

/// The fastest level of the ordinary scale; staging is written once and read once.
const LEVEL: i32 = 1;

/// The format byte and the length as four little-endian bytes.
const HEAD_BYTES: usize = 5;

/// Why bytes are not a document.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// The format byte is not known, or the head is cut off.
    #[error("unknown storage format")]
    Format,
    /// The document is longer than the limit.
    #[error("document is too long")]
    TooLong,
    /// The compressed bytes are damaged.
    #[error("cannot decompress")]
    Compression(#[source] std::io::Error),
    /// The document is not what was stored.
    #[error("cannot read the document")]
    Json(#[from] serde_json::Error),
    /// A key or code is not one.
    #[error("not a key")]
    Key(#[from] crate::model::key::KeyError),
}

/// Compresses documents one after the other with the same working memory.
pub(super) struct Encoder {
    compressor: zstd::bulk::Compressor<'static>,
    compressed: Vec<u8>,
}

impl Encoder {
    pub(super) fn new() -> Result<Self, std::io::Error> {
        Ok(Self { compressor: zstd::bulk::Compressor::new(LEVEL)?, compressed: Vec::new() })
    }

    /// The stored form of `plain`. It is valid until the next call.
    pub(super) fn encode(&mut self, plain: &[u8]) -> Result<&[u8], CodecError> {
        let length = u32::try_from(plain.len()).map_err(|_| CodecError::TooLong)?;
        if plain.len() > DOCUMENT_BYTES_MAX {
            return Err(CodecError::TooLong);
        }
        let bound = zstd::zstd_safe::compress_bound(plain.len());
        self.compressed.clear();
        self.compressed.push(FORMAT_ZSTD);
        self.compressed.extend_from_slice(&length.to_le_bytes());
        self.compressed.resize(HEAD_BYTES + bound, 0);
        let written = self
            .compressor
            .compress_to_buffer(plain, &mut self.compressed[HEAD_BYTES..])
            .map_err(CodecError::Compression)?;
        Ok(&self.compressed[..HEAD_BYTES + written])
    }
}

thread_local! {
    /// Its tables are 100 KB that would be made anew for every document: a tenth of what reading one costs.
    static DECOMPRESSOR: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

fn decompress(frame: &[u8], length: usize) -> std::io::Result<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(decompressor) => decompressor.decompress(frame, length),
        None => kept.insert(zstd::bulk::Decompressor::new()?).decompress(frame, length),
    })
}

/// The plain bytes of a stored form.
pub(super) fn decode(stored: &[u8]) -> Result<Vec<u8>, CodecError> {
    let Some((&[format, a, b, c, d], frame)) = stored.split_first_chunk::<HEAD_BYTES>() else {
        return Err(CodecError::Format);
    };
    if format != FORMAT_ZSTD {
        return Err(CodecError::Format);
    }
    let length = u32::from_le_bytes([a, b, c, d]) as usize;
    if length > DOCUMENT_BYTES_MAX {
        return Err(CodecError::TooLong);
    }
    let plain = decompress(frame, length).map_err(CodecError::Compression)?;
    if plain.len() == length { Ok(plain) } else { Err(CodecError::Format) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_format_and_a_cut_are_refused() {
        let mut encoder = Encoder::new().unwrap();
        let stored = encoder.encode(b"{\"a\":1}").unwrap().to_vec();
        assert_eq!(decode(&stored).unwrap(), b"{\"a\":1}");
        let mut other = stored.clone();
        other[0] = 9;
        assert!(matches!(decode(&other), Err(CodecError::Format)));
        for cut in 0..stored.len() {
            assert!(decode(&stored[..cut]).is_err(), "{cut}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_goes_in_comes_out(documents in proptest::collection::vec(proptest::collection::vec(0_u8.., 0..2_000), 1..5)) {
            let mut encoder = Encoder::new().unwrap();
            for document in documents {
                let stored = encoder.encode(&document).unwrap().to_vec();
                proptest::prop_assert_eq!(decode(&stored).unwrap(), document);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused_without_panic(bytes in proptest::collection::vec(0_u8.., 0..64)) {
            if let Ok(plain) = decode(&bytes) {
                proptest::prop_assert!(plain.len() <= DOCUMENT_BYTES_MAX);
            }
        }
    }
}

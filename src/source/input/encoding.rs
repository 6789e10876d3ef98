//! Text encodings: UTF-8 with or without a byte order mark, else Windows-1252.

use std::borrow::Cow;

/// The byte order mark of UTF-8.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// `bytes` without a byte order mark.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BOM).unwrap_or(bytes)
}

/// Text in the encoding that its bytes allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub(crate) text: Cow<'a, str>,
    /// True if the bytes are not UTF-8 and were read as Windows-1252, in which every byte means something.
    pub(crate) assumed: bool,
}

/// Reads `bytes` as UTF-8, and as Windows-1252 if they are not that.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let bytes = without_bom(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: Cow::Borrowed(text), assumed: false };
    }
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
    Decoded { text, assumed: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_stays_and_the_rest_is_windows_1252() {
        let utf8 = decode(b"\xef\xbb\xbfZo\xc3\xab");
        assert_eq!((utf8.text.as_ref(), utf8.assumed), ("Zoë", false));
        let ansi = decode(b"Zo\xeb \x80 5");
        assert_eq!((ansi.text.as_ref(), ansi.assumed), ("Zoë € 5", true));
    }
}

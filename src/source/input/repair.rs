//! Damaged characters in a JSON record, put right so that one bad character does not cost a record.
//!
//! Seen in exports: bytes that are not UTF-8, escapes of half a surrogate pair (`\ud83d` of an emoji that was cut),
//! NUL as a byte or as `\u0000` (databases refuse it), raw control characters inside strings.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// What replaces a damaged character, in JSON.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// A repaired record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Repaired {
    /// The record.
    pub(crate) bytes: Vec<u8>,
    /// Characters replaced, at least one.
    pub(crate) count: usize,
}

/// True if `record` holds an escaped NUL. A record with one parses, but its text is refused further on.
pub(crate) fn has_nul(record: &[u8]) -> bool {
    static NUL: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br"\u0000"));
    NUL.find(record).is_some()
}

/// What reading a record gave, and how many characters had to be replaced for it.
pub(crate) struct Read<T> {
    /// The result of the parser.
    pub(crate) result: Result<T, serde_json::Error>,
    /// Characters replaced; 0 for nearly every record.
    pub(crate) repaired: usize,
}

/// Parses `record` with `parse`. If it fails, or if the record holds NULs, it is repaired first; a second failure is
/// final. `parse` starts afresh every time.
pub(crate) fn read<T>(
    record: &[u8],
    parse: &mut dyn FnMut(&[u8]) -> Result<T, serde_json::Error>,
) -> Read<T> {
    let mut result = None;
    if !has_nul(record) {
        match parse(record) {
            Ok(value) => return Read { result: Ok(value), repaired: 0 },
            Err(error) => result = Some(error),
        }
    }
    match (repair(record), result) {
        (Some(repaired), _) => Read { result: parse(&repaired.bytes), repaired: repaired.count },
        (None, Some(error)) => Read { result: Err(error), repaired: 0 },
        // An escaped backslash before `u0000` looks like a NUL and is none.
        (None, None) => Read { result: parse(record), repaired: 0 },
    }
}

/// Repairs `record`, or nothing if there is nothing to repair.
pub(crate) fn repair(record: &[u8]) -> Option<Repaired> {
    let (utf8, mut count) = to_utf8(record);
    let mut out = Vec::with_capacity(utf8.len());
    let (mut in_string, mut index) = (false, 0);
    while index < utf8.len() {
        let byte = utf8[index];
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                let escape = Escape::at(&utf8[index..]);
                let bytes = &utf8[index..index + escape.length];
                if escape.is_bad {
                    out.extend_from_slice(REPLACEMENT);
                    count += 1;
                } else {
                    out.extend_from_slice(bytes);
                }
                index += escape.length;
                continue;
            }
            0 if in_string => {
                out.extend_from_slice(REPLACEMENT);
                count += 1;
                index += 1;
                continue;
            }
            1..=0x1f if in_string => {
                out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
                count += 1;
                index += 1;
                continue;
            }
            _ => {}
        }
        out.push(byte);
        index += 1;
    }
    (count > 0).then_some(Repaired { bytes: out, count })
}

/// `bytes` with everything that is not UTF-8 replaced, and how often that was.
fn to_utf8(bytes: &[u8]) -> (Vec<u8>, usize) {
    let (mut out, mut count) = (Vec::with_capacity(bytes.len()), 0);
    for chunk in bytes.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        if !chunk.invalid().is_empty() {
            out.extend_from_slice(REPLACEMENT);
            count += 1;
        }
    }
    (out, count)
}

/// An escape sequence: how long it is and whether it stands for a character.
struct Escape {
    length: usize,
    is_bad: bool,
}

impl Escape {
    /// The escape at the start of `text`, which begins with a backslash.
    fn at(text: &[u8]) -> Self {
        match code_unit(text) {
            None => Self { length: text.len().min(2), is_bad: false },
            Some(0 | 0xdc00..=0xdfff) => Self { length: 6, is_bad: true },
            Some(0xd800..=0xdbff) => match text.get(6..).and_then(code_unit) {
                Some(0xdc00..=0xdfff) => Self { length: 12, is_bad: false },
                _ => Self { length: 6, is_bad: true },
            },
            Some(_) => Self { length: 6, is_bad: false },
        }
    }
}

/// The UTF-16 code unit of a `\uXXXX` escape at the start of `text`.
fn code_unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0_u16, |unit, &digit| {
        Some(unit << 4 | u16::try_from(char::from(digit).to_digit(16)?).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(record: &[u8]) -> (String, usize) {
        let repaired = repair(record).unwrap();
        (serde_json::from_slice::<String>(&repaired.bytes).unwrap(), repaired.count)
    }

    #[test]
    fn damaged_characters_are_replaced_and_counted() {
        assert_eq!(text(br#""cut \ud83d here""#), ("cut \u{fffd} here".into(), 1));
        assert_eq!(text(br#""low \ude00, nul \u0000""#), ("low \u{fffd}, nul \u{fffd}".into(), 2));
        assert_eq!(text(b"\"bad \xff\xfe byte\""), ("bad \u{fffd}\u{fffd} byte".into(), 2));
        assert_eq!(text(b"\"raw \0 and\ttab\""), ("raw \u{fffd} and\ttab".into(), 2));
    }

    #[test]
    fn what_is_whole_stays() {
        for whole in [&br#""\ud83d\ude00 \\u0000 \\ud83d \" \n""#[..], b"{}", b"", b"\"\\"] {
            assert_eq!(repair(whole), None, "{whole:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_repaired_to_utf8_once(bytes in proptest::collection::vec(0_u8..=255, 0..200)) {
            if let Some(repaired) = repair(&bytes) {
                proptest::prop_assert!(std::str::from_utf8(&repaired.bytes).is_ok());
            }
        }
    }
}

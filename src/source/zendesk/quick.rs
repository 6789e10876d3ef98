//! A quick way from JSON to the types of this folder: keys are walked once, what nobody asks for is passed over without
//! being looked at, and text is borrowed.
//!
//! It reads plain, well-formed records and gives up on anything else (`None`), which then goes the long way through
//! `serde_json`, so that there is one opinion of what is an error. Where both ways read a record they read the same; a
//! property test holds them to it. The quick way only asks less of values that are passed over: brackets and quotes have
//! to match there, and nothing more.

use std::borrow::Cow;

use serde::Deserialize;

use super::loose::{Any, Flag, Integer, Loose, Many, Text};

/// Deepest nesting that is walked; `serde_json` has the same limit.
const DEPTH_MAX: u32 = 127;

/// So many bytes of a string are looked at in words, which is faster than to begin a search: keys and most values end
/// within them.
const SHORT: usize = 32;

/// Bytes of a word.
const WORD: usize = size_of::<u64>();

/// Reads an object the quick way, else the long way.
pub(super) fn read<'a, T: Object<'a> + Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, serde_json::Error> {
    match quickly(bytes) {
        Some(object) => Ok(object),
        None => serde_json::from_slice(bytes),
    }
}

/// The same; true with it if the object certainly holds no escaped NUL, keys that nobody asks for included.
pub(super) fn read_watching<'a, T: Object<'a> + Deserialize<'a>>(
    bytes: &'a [u8],
) -> Result<(T, bool), serde_json::Error> {
    match watching(bytes) {
        Some((object, has_nul)) => Ok((object, !has_nul)),
        None => Ok((serde_json::from_slice(bytes)?, false)),
    }
}

fn quickly<'a, T: Object<'a>>(bytes: &'a [u8]) -> Option<T> {
    watching(bytes).map(|(object, _)| object)
}

/// The object, and whether there was an escaped NUL on the way.
fn watching<'a, T: Object<'a>>(bytes: &'a [u8]) -> Option<(T, bool)> {
    // Once for all of its strings. What is not UTF-8 takes the long way.
    let text = simdutf8::basic::from_utf8(bytes).ok()?;
    let least = bytes.iter().fold(u8::MAX, |least, byte| least.min(*byte));
    let mut cursor = Cursor { bytes, text, may_have_controls: least < b' ', has_nul: false, at: 0 };
    let object = T::walk(&mut cursor)?;
    cursor.space();
    (cursor.at == bytes.len()).then_some((object, cursor.has_nul))
}

/// A type that is made of the keys of an object.
pub(super) trait Object<'a>: Sized {
    /// Reads the object that the cursor stands before.
    fn walk(cursor: &mut Cursor<'a>) -> Option<Self>;
}

/// Large types are made where they stay: they are handed on several times.
impl<'a, T: Object<'a>> Object<'a> for Box<T> {
    fn walk(cursor: &mut Cursor<'a>) -> Option<Self> {
        T::walk(cursor).map(Box::new)
    }
}

/// A type that is made of a value.
pub(super) trait Value<'a>: Sized {
    /// Reads the value that the cursor stands before.
    fn take(cursor: &mut Cursor<'a>) -> Option<Self>;
}

/// Implements [`Object`]: which key goes to which field. Every field must be named, and a key that comes twice is left to
/// the long way, which refuses it.
macro_rules! object {
    ($type:ident { $($key:literal => $field:ident),* $(,)? }) => {
        impl<'a> $crate::source::zendesk::quick::Object<'a> for $type<'a> {
            fn walk(cursor: &mut $crate::source::zendesk::quick::Cursor<'a>) -> Option<Self> {
                $(let mut $field = None;)*
                cursor.open(b'{')?;
                let mut first = true;
                while let $crate::source::zendesk::quick::Key::Is(key) = cursor.key(&mut first)? {
                    match key {
                        $($key => {
                            if $field.is_some() {
                                return None;
                            }
                            $field = Some($crate::source::zendesk::quick::Value::take(cursor)?);
                        })*
                        _ => cursor.skip()?,
                    }
                }
                Some(Self { $($field: $field.unwrap_or_default()),* })
            }
        }
    };
}
pub(super) use object;

/// Implements [`Object`] for types that are rare inside of others, by the long way.
macro_rules! long_object {
    ($type:ident) => {
        impl<'a> $crate::source::zendesk::quick::Object<'a> for $type<'a> {
            fn walk(cursor: &mut $crate::source::zendesk::quick::Cursor<'a>) -> Option<Self> {
                serde_json::from_slice(cursor.raw()?).ok()
            }
        }
    };
}
pub(super) use long_object;

/// A place in a record.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    /// The same.
    text: &'a str,
    /// There are control characters: space between values, or in strings, where they are not allowed.
    may_have_controls: bool,
    /// An escaped NUL was passed.
    has_nul: bool,
    at: usize,
}

/// What comes next in an object.
pub(super) enum Key<'a> {
    /// A key, as written.
    Is(&'a [u8]),
    /// Its end.
    NoMore,
}

/// A string as it is written.
pub(super) struct Written<'a> {
    /// It, without its quotes.
    pub(super) inside: &'a str,
    /// It has escapes.
    pub(super) escaped: bool,
    /// It has escapes by number, which may be halves of a pair.
    pub(super) by_number: bool,
}

impl<'a> Cursor<'a> {
    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The first byte of the value that follows.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.space();
        self.bytes.get(self.at).copied()
    }

    /// Steps over `byte`.
    pub(super) fn open(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Steps to the next element of what `end` closes. False behind the last one.
    fn goes_on(&mut self, first: &mut bool, end: u8) -> Option<bool> {
        let byte = self.peek()?;
        if byte == end {
            self.at += 1;
            return Some(false);
        }
        if !std::mem::take(first) {
            if byte != b',' {
                return None;
            }
            self.at += 1;
        }
        Some(true)
    }

    /// The next key of an object. Keys with escapes are left to the long way.
    pub(super) fn key(&mut self, first: &mut bool) -> Option<Key<'a>> {
        if !self.goes_on(first, b'}')? {
            return Some(Key::NoMore);
        }
        self.open(b'"')?;
        let start = self.at;
        let end = start + quote_or_escape(&self.bytes[start..])?;
        if self.bytes[end] == b'\\' {
            return None;
        }
        self.at = end + 1;
        self.open(b':')?;
        Some(Key::Is(&self.bytes[start..end]))
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => {
                self.at += 1;
                self.pass_string()
            }
            b'{' | b'[' => self.pass_nested(),
            _ => self.pass_scalar(),
        }
    }

    /// A value as written.
    pub(super) fn raw(&mut self) -> Option<&'a [u8]> {
        self.space();
        let start = self.at;
        self.skip()?;
        Some(&self.bytes[start..self.at])
    }

    /// A string, whose first quote the cursor stands before.
    pub(super) fn string(&mut self) -> Option<Written<'a>> {
        self.open(b'"')?;
        let start = self.at;
        let (mut escaped, mut by_number) = (false, false);
        loop {
            self.at += quote_or_escape(self.bytes.get(self.at..)?)?;
            if self.bytes[self.at] == b'"' {
                break;
            }
            escaped = true;
            match self.bytes.get(self.at + 1)? {
                b'u' => {
                    by_number = true;
                    self.has_nul |= self.is_nul();
                }
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                _ => return None,
            }
            self.at += 2;
        }
        self.at += 1;
        let inside = self.text.get(start..self.at - 1)?;
        // Not `any`, which would look at one byte after the other.
        let has_control = |text: &str| text.bytes().fold(0, |found, byte| found | u8::from(byte < b' ')) != 0;
        if self.may_have_controls && has_control(inside) {
            return None;
        }
        Some(Written { inside, escaped, by_number })
    }

    /// True if the escape at the cursor is a NUL.
    fn is_nul(&self) -> bool {
        self.bytes[self.at..].starts_with(br"\u0000")
    }

    fn pass_string(&mut self) -> Option<()> {
        loop {
            self.at += quote_or_escape(self.bytes.get(self.at..)?)?;
            if self.bytes[self.at] == b'"' {
                self.at += 1;
                return Some(());
            }
            self.has_nul |= self.is_nul();
            self.at += 2;
        }
    }

    fn pass_nested(&mut self) -> Option<()> {
        let mut depth = 0_u32;
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'"' => self.pass_string()?,
                b'{' | b'[' if depth == DEPTH_MAX => return None,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(());
                    }
                }
                _ => {}
            }
        }
    }

    fn pass_scalar(&mut self) -> Option<()> {
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')))?;
        self.at += length;
        (length > 0).then_some(())
    }
}

/// Where the next quote or backslash stands.
fn quote_or_escape(rest: &[u8]) -> Option<usize> {
    let (words, _) = rest.as_chunks::<WORD>();
    for (number, word) in words.iter().take(SHORT / WORD).enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = has_byte(word, b'"') | has_byte(word, b'\\');
        if found != 0 {
            return Some(number * WORD + found.trailing_zeros() as usize / 8);
        }
    }
    let passed = (words.len() * WORD).min(SHORT);
    memchr::memchr2(b'"', b'\\', &rest[passed..]).map(|found| passed + found)
}

/// The highest bit of the first byte of `word` that is `byte`, and perhaps bits of bytes behind it; zero if there is none.
fn has_byte(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_le_bytes([1; WORD]);
    let zero_where_equal = word ^ (LOW * u64::from(byte));
    zero_where_equal.wrapping_sub(LOW) & !zero_where_equal & (LOW << 7)
}

impl<'a> Written<'a> {
    /// The text; nothing if an escape is half a character.
    pub(super) fn text(&self) -> Option<Cow<'a, str>> {
        if self.escaped { decoded(self.inside).map(Cow::Owned) } else { Some(Cow::Borrowed(self.inside)) }
    }
}

/// The text that the inside of a JSON string stands for; nothing if an escape is half a character.
pub(super) fn decoded(inside: &str) -> Option<String> {
    let mut rest = inside;
    let mut text = String::with_capacity(rest.len());
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        let mut length = 2;
        text.push(match rest.as_bytes().get(at + 1)? {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let (character, units) = by_number(&rest[at..])?;
                length = 6 * units;
                character
            }
            other => char::from(*other),
        });
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    Some(text)
}

/// The character of one or two `\uXXXX`, and how many they are.
fn by_number(escapes: &str) -> Option<(char, usize)> {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if plain { u16::from_str_radix(digits, 16).ok() } else { None }
    };
    let high = unit(escapes)?;
    if let Some(character) = char::from_u32(u32::from(high)) {
        return Some((character, 1));
    }
    let low = unit(escapes.get(6..)?)?;
    let character = char::decode_utf16([high, low]).next()?.ok()?;
    Some((character, 2))
}

/// The long way for one value.
fn by_serde<'a, T: Deserialize<'a>>(cursor: &mut Cursor<'a>) -> Option<T> {
    serde_json::from_slice(cursor.raw()?).ok()
}

/// Up to 18 digits fit, and a number does not begin with a zero.
fn is_plain_number(raw: &[u8]) -> bool {
    matches!(raw, [b'1'..=b'9', ..]) && raw.len() <= 18 && raw.iter().all(u8::is_ascii_digit)
}

impl<'a> Value<'a> for Integer {
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let raw = cursor.raw()?;
        if is_plain_number(raw) {
            return Some(Self::Known(raw.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))));
        }
        serde_json::from_slice(raw).ok()
    }
}

impl<'a> Value<'a> for Text<'a> {
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        match cursor.peek()? {
            b'"' => Some(Self(Some(cursor.string()?.text()?))),
            b'1'..=b'9' => {
                let start = cursor.at;
                let raw = cursor.raw()?;
                if is_plain_number(raw) {
                    return Some(Self(Some(Cow::Borrowed(cursor.text.get(start..cursor.at)?))));
                }
                serde_json::from_slice(raw).ok()
            }
            b'n' => (cursor.raw()? == b"null").then_some(Self(None)),
            _ => by_serde(cursor),
        }
    }
}

impl<'a> Value<'a> for Flag {
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        match cursor.raw()? {
            b"true" => Some(Self::Is(true)),
            b"false" => Some(Self::Is(false)),
            b"null" => Some(Self::Absent),
            other => serde_json::from_slice(other).ok(),
        }
    }
}

impl<'a> Value<'a> for Any<'a> {
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        match cursor.peek()? {
            b'"' => Some(Self::Text(cursor.string()?.text()?)),
            b'[' => Many::<Self>::take(cursor).map(|list| Self::List(list.0)),
            b'n' => (cursor.raw()? == b"null").then_some(Self::Nothing),
            _ => by_serde(cursor),
        }
    }
}

impl<'a, T: Object<'a>> Value<'a> for Loose<T> {
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        if cursor.peek()? == b'{' {
            return T::walk(cursor).map(|object| Self(Some(object)));
        }
        cursor.skip()?;
        Some(Self(None))
    }
}

impl<'a, T: Value<'a>> Value<'a> for Many<T> {
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut elements = Vec::new();
        match cursor.peek()? {
            b'[' => {}
            // A page, or elements by their numbers.
            b'{' => return None,
            _ => {
                cursor.skip()?;
                return Some(Self(elements));
            }
        }
        cursor.open(b'[')?;
        let mut first = true;
        while cursor.goes_on(&mut first, b']')? {
            elements.push(T::take(cursor)?);
        }
        Some(Self(elements))
    }
}

#[cfg(test)]
#[path = "quick_tests.rs"]
mod tests;

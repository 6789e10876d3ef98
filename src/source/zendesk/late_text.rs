//! Text of comments, which is most of an export and decoded only where somebody asks for it.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

use super::loose::Text;
use super::quick::{self, Cursor, Value};

/// Text that is decoded when it is first asked for. Comments hold their text three times, and one form is enough; where
/// nobody wants the texts, none is.
#[derive(Clone, Debug, Default)]
pub(super) struct LateText<'a> {
    /// The inside of the JSON string, where it was not decoded at once.
    written: Option<&'a str>,
    /// It has escapes.
    escaped: bool,
    /// Owned, because a cell around a borrow would tie the lifetimes of tickets to each other.
    decoded: OnceCell<Option<String>>,
}

impl<'a> LateText<'a> {
    /// Text that is at hand.
    pub(super) fn known(text: Text<'_>) -> Self {
        let decoded = OnceCell::from(text.0.map(Cow::into_owned));
        Self { written: None, escaped: false, decoded }
    }

    /// The inside of a JSON string that was checked, and has no escapes by number.
    pub(super) fn late(written: &'a str, escaped: bool) -> Self {
        Self { written: Some(written), escaped, decoded: OnceCell::new() }
    }

    /// The text, if there is one.
    pub(super) fn get(&self) -> Option<&str> {
        match self.written {
            Some(text) if !self.escaped => Some(text),
            // What is kept was checked when it was read, so decoding it cannot fail.
            written => self.decoded.get_or_init(|| quick::decoded(written?)).as_deref(),
        }
    }

    /// The text, if it is not blank.
    pub(super) fn filled(&self) -> Option<&str> {
        self.get().filter(|text| !text.trim().is_empty())
    }

    /// The text as it stands in the export, where it was not decoded yet: with escapes, none of them by number.
    pub(super) fn written(&self) -> Option<&'a str> {
        self.written
    }

    /// True if there is no text at all.
    pub(super) fn is_absent(&self) -> bool {
        self.written.is_none() && self.decoded.get().is_none_or(Option::is_none)
    }

    /// True if the text is certainly shorter than so many bytes; costs nothing.
    pub(super) fn is_below(&self, bytes: usize) -> bool {
        // Escapes are never shorter than what they stand for.
        self.written.is_some_and(|written| written.len() < bytes)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for LateText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?.get();
        let inside = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        // Escapes by number can be halves of a pair, which only decoding finds out; they make a record need repair.
        match inside.filter(|inside| memchr::memmem::find(inside.as_bytes(), b"\\u").is_none()) {
            Some(inside) => Ok(Self::late(inside, memchr::memchr(b'\\', inside.as_bytes()).is_some())),
            None => serde_json::from_str::<Text<'_>>(raw).map(Self::known).map_err(D::Error::custom),
        }
    }
}

impl<'a> Value<'a> for LateText<'a> {
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        if cursor.peek()? != b'"' {
            return serde_json::from_slice(cursor.raw()?).ok();
        }
        let written = cursor.string()?;
        if written.by_number {
            return written.text().map(|text| Self::known(Text(Some(text))));
        }
        Some(Self::late(written.inside, written.escaped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stays_as_written_until_it_is_asked_for() {
        for (json, written, text) in [
            (r#""plain""#, Some("plain"), Some("plain")),
            (r#""a\n\"b\" \/""#, Some(r#"a\n\"b\" \/"#), Some("a\n\"b\" /")),
            (r#""\u00e9""#, None, Some("é")),
            ("null", None, None),
            ("7", None, Some("7")),
        ] {
            let late: LateText<'_> = serde_json::from_str(json).unwrap();
            assert_eq!(
                (late.written(), late.get(), late.is_absent()),
                (written, text, text.is_none()),
                "{json}"
            );
        }
        assert!(serde_json::from_str::<LateText<'_>>(r#""\ud83d""#).is_err());
    }
}

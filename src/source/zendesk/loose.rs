//! JSON values as exports really hold them: numbers as text, booleans as `"0"`, null anywhere, the wrong type now and
//! then. A value of the wrong type is nothing; it never costs the record.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A whole number, written as a number, as text or with `.0` behind it.
///
/// Ids have 14 digits and more. `7253394974479.0` (a data frame was here) is whole; `7.25E+12` (a spreadsheet was
/// here) lost its digits and is refused, although a JSON parser would call it a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Integer {
    /// Missing, null or empty.
    #[default]
    Absent,
    /// A number.
    Known(i64),
    /// Something else.
    Bad,
}

impl Integer {
    /// The number, if there is one.
    pub(super) fn known(self) -> Option<i64> {
        if let Self::Known(number) = self { Some(number) } else { None }
    }

    /// Reads the JSON text of a value.
    pub(super) fn parse(json: &str) -> Self {
        // Nearly all are plain digits.
        if let Ok(number) = json.parse() {
            return Self::Known(number);
        }
        let text = json.trim_matches(|c: char| c == '"' || c.is_whitespace());
        if text.is_empty() || text == "null" {
            return Self::Absent;
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if fraction.bytes().any(|byte| byte != b'0') {
            return Self::Bad;
        }
        whole.parse().map_or(Self::Bad, Self::Known)
    }
}

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(|raw| Self::parse(raw.get()))
    }
}

/// Text, borrowed from the record where it has no escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text<'a>(pub(super) Option<Cow<'a, str>>);

impl Text<'_> {
    /// The text, if there is one.
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The text, if it is not blank.
    pub(super) fn filled(&self) -> Option<&str> {
        self.get().filter(|text| !text.trim().is_empty())
    }
}

/// A yes or no, in the many ways in which programs write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Flag {
    /// Missing, null or empty.
    #[default]
    Absent,
    /// Yes or no.
    Is(bool),
    /// Something else.
    Bad,
}

/// Words for yes and for no. `public` and `private` stand in columns that are about just that.
const YES: &[&str] = &["true", "t", "yes", "y", "public"];
const NO: &[&str] = &["false", "f", "no", "n", "private", "internal"];
/// Words that stand where there is nothing.
const NOTHING: &[&str] = &["", "null", "none", "nan", "<na>", "\\n"];

impl Flag {
    /// True only where the export says yes.
    pub(super) fn is_set(self) -> bool {
        self == Self::Is(true)
    }

    /// Yes or no, if it is one of them.
    pub(super) fn known(self) -> Option<bool> {
        if let Self::Is(flag) = self { Some(flag) } else { None }
    }

    /// Of several places that say the same, the most careful: `no` before what cannot be read, that before `yes`.
    pub(super) fn least(flags: impl IntoIterator<Item = Self>) -> Self {
        let rank = |flag: &Self| match flag {
            Self::Is(false) => 0,
            Self::Bad => 1,
            Self::Is(true) => 2,
            Self::Absent => 3,
        };
        flags.into_iter().min_by_key(rank).unwrap_or_default()
    }

    /// Reads a text. Tables and data frames write numbers for it, with decimals.
    pub(super) fn parse(text: &str) -> Self {
        let text = text.trim();
        let is_in = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is_in(YES) {
            Self::Is(true)
        } else if is_in(NO) {
            Self::Is(false)
        } else if is_in(NOTHING) {
            Self::Absent
        } else {
            match Integer::parse(text) {
                Integer::Known(number @ (0 | 1)) => Self::Is(number == 1),
                _ => Self::Bad,
            }
        }
    }
}

/// An object, or nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Loose<T>(pub(super) Option<T>);

impl<T> Loose<T> {
    /// The object, if there is one.
    pub(super) fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Default for Loose<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// Lists of pages that occur in the place of a list inside a ticket.
const LISTS_OF_PAGES: &[&str] = &["comments", "audits", "ticket_audits", "side_conversations"];

/// A list; anything that is none is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Many<Loose<T>> {
    /// The objects of the list.
    pub(super) fn objects(&self) -> impl Iterator<Item = &T> {
        self.0.iter().filter_map(Loose::get)
    }
}

/// A value that may be of any simple type: custom fields, recipients.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Any<'a> {
    /// Null, an object or nothing.
    #[default]
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// The simple values of a list.
    List(Vec<Any<'a>>),
}

/// The part of a visitor that is the same for all loose types: what is not wanted is nothing.
macro_rules! visits {
    ($lifetime:lifetime, $value:ty) => {
        type Value = $value;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(<$value>::default())
        }
    };
    (drop $($method:ident: $type:ty),*) => {
        $(fn $method<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        })*
    };
    (drop_map $lifetime:lifetime) => {
        fn visit_map<A: MapAccess<$lifetime>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (drop_seq $lifetime:lifetime) => {
        fn visit_seq<A: SeqAccess<$lifetime>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    visits!('de, Text<'de>);
    visits!(drop_map 'de);
    visits!(drop_seq 'de);
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Borrowed(text))))
    }
    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Owned(text.to_owned()))))
    }
    fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Owned(text))))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Text<'de>, E> {
        self.visit_string(number.to_string())
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Text<'de>, E> {
        self.visit_string(number.to_string())
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Text<'de>, E> {
        let plain = number.to_string();
        self.visit_string(if is_rounded(&plain) { format!("{number:E}") } else { plain })
    }
    visits!(drop visit_bool: bool);
}

/// Whether a number with a point or an exponent, written out, may be one that a spreadsheet rounded. `3.36399E+10` and
/// `33639900000.0` are the same to a JSON parser, and spreadsheets keep six digits: of ten and more they leave four
/// zeros. Such a number keeps its exponent and is refused wherever digits are wanted.
fn is_rounded(plain: &str) -> bool {
    const DIGITS_MIN: usize = 9;
    const KEPT_MAX: usize = 6;
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    digits(plain) >= DIGITS_MIN && plain.ends_with("0000") && digits(plain.trim_end_matches('0')) <= KEPT_MAX
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct FlagVisitor;

impl<'de> Visitor<'de> for FlagVisitor {
    visits!('de, Flag);
    fn visit_bool<E>(self, flag: bool) -> Result<Flag, E> {
        Ok(Flag::Is(flag))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Flag, E> {
        Ok(if number <= 1 { Flag::Is(number == 1) } else { Flag::Bad })
    }
    fn visit_i64<E>(self, _: i64) -> Result<Flag, E> {
        Ok(Flag::Bad)
    }
    /// A column of a data frame that has gaps is one of floats.
    fn visit_f64<E>(self, number: f64) -> Result<Flag, E> {
        Ok(match number {
            0.0 => Flag::Is(false),
            1.0 => Flag::Is(true),
            _ => Flag::Bad,
        })
    }
    fn visit_str<E>(self, text: &str) -> Result<Flag, E> {
        Ok(Flag::parse(text))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Flag, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Flag::Bad)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Flag, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Flag::Bad)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor)
    }
}

struct LooseVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for LooseVisitor<T> {
    visits!('de, Loose<T>);
    visits!(drop_seq 'de);
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Loose<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Loose(Some(value)))
    }
    visits!(drop visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(PhantomData))
    }
}

struct ManyVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
    visits!('de, Many<T>);
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Many<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Many(elements))
    }
    /// A page of the API in the place of its list, as scripts put it there, or a list that its writer numbered.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Many<T>, A::Error> {
        let mut elements = Vec::new();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            let key = key.get().unwrap_or_default();
            if LISTS_OF_PAGES.contains(&key) {
                elements.extend(map.next_value::<Self::Value>()?.0);
            } else if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit()) {
                elements.push(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Many(elements))
    }
    visits!(drop visit_bool: bool, visit_u64: u64, visit_i64: i64, visit_f64: f64, visit_str: &str);
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    visits!('de, Any<'de>);
    fn visit_bool<E>(self, flag: bool) -> Result<Any<'de>, E> {
        Ok(Any::Flag(flag))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Any<'de>, E> {
        Ok(Any::Number(number))
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "values of custom fields are no ids; large ones stay text below"
    )]
    fn visit_u64<E>(self, number: u64) -> Result<Any<'de>, E> {
        // Above 2^53 a number is an id, and as a number it would lose digits.
        Ok(if number >> 53 == 0 { Any::Number(number as f64) } else { Any::Text(number.to_string().into()) })
    }
    #[expect(clippy::cast_precision_loss, reason = "negative values of custom fields are small")]
    fn visit_i64<E>(self, number: i64) -> Result<Any<'de>, E> {
        Ok(Any::Number(number as f64))
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Any<'de>, E> {
        Ok(Any::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Any<'de>, E> {
        Ok(Any::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Any<'de>, A::Error> {
        ManyVisitor(PhantomData).visit_seq(seq).map(|many| Any::List(many.0))
    }
    /// Recipients and the like come as objects too; their address is what counts.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Any<'de>, A::Error> {
        let mut address = Any::Nothing;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if matches!(key.get(), Some("address" | "email")) {
                address = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(address)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Any<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

#[cfg(test)]
#[path = "loose_tests.rs"]
mod tests;

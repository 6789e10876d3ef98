//! JSON without double meaning. With `{"sent_datetime": "2020…", "sent_datetime": null}` the first reader may see a
//! sent message and the second one a message to send, so a document in which a key occurs twice is refused.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::Refusal;

/// Longest text that is kept, in bytes. A time has 35 with nanoseconds and offset; bodies are read, checked to be text,
/// and not copied.
const TEXT_BYTES_MAX: usize = 64;

/// So many fields are compared one by one, to see that each occurs once; beyond that they are put in order. Nothing that
/// is sent has more, but what is free to hold anything.
const COMPARED_MAX: usize = 40;

/// An object: its fields as they come.
#[derive(Debug, PartialEq)]
pub(super) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Object<'a> {
    /// The value of the field of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The names of its fields.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Cow<'a, str>> {
        self.0.iter().map(|(name, _)| name)
    }

    fn has_twice(&self) -> bool {
        if self.0.len() <= COMPARED_MAX {
            return self
                .0
                .iter()
                .enumerate()
                .any(|(at, (name, _))| self.0[..at].iter().any(|(before, _)| before == name));
        }
        let mut names: Vec<&str> = self.keys().map(|name| &**name).collect();
        names.sort_unstable();
        names.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// A document, as far as the rules look at it.
#[derive(Debug, PartialEq)]
pub(super) enum Json<'a> {
    /// `null`.
    Null,
    /// A text of at most [`TEXT_BYTES_MAX`].
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Object<'a>),
    /// Anything else: a longer text, a number, a truth value.
    Other,
}

impl Json<'_> {
    /// The text of a short text.
    pub(super) fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl<'a> Json<'a> {
    /// The items of a list.
    pub(super) fn as_list(&self) -> Option<&[Json<'a>]> {
        if let Self::List(items) = self { Some(items) } else { None }
    }

    /// The fields of an object.
    pub(super) fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }
}

/// Parses one JSON document whose objects have unique keys. Depth is limited by serde_json (128).
pub(super) fn parse(body: &[u8]) -> Result<Json<'_>, Refusal> {
    let mut input = serde_json::Deserializer::from_slice(body);
    let value = Strict.deserialize(&mut input).map_err(|error| refuse(&error))?;
    input.end().map_err(|error| refuse(&error))?;
    Ok(value)
}

/// Only the kind and the place of the error: its text can quote the body.
fn refuse(error: &serde_json::Error) -> Refusal {
    let what = if error.to_string().starts_with(TWICE) { TWICE } else { "it cannot be read" };
    Refusal::Json(format!("{what} (line {}, column {})", error.line(), error.column()))
}

const TWICE: &str = "a key occurs twice in one object";

#[derive(Clone, Copy)]
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Json<'de>, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json<'de>, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json<'de>, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json<'de>, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json<'de>, E> {
        if value.is_finite() { Ok(Json::Other) } else { Err(E::custom("a number is out of range")) }
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(if text.len() <= TEXT_BYTES_MAX { Json::Text(Cow::Borrowed(text)) } else { Json::Other })
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(if text.len() <= TEXT_BYTES_MAX { Json::Text(Cow::Owned(text.to_owned())) } else { Json::Other })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = input.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Json<'de>, A::Error> {
        let mut object = Object(Vec::new());
        while let Some(key) = input.next_key_seed(Key)? {
            object.0.push((key, input.next_value_seed(self)?));
        }
        if object.has_twice() { Err(A::Error::custom(TWICE)) } else { Ok(Json::Object(object)) }
    }
}

/// The name of a field, borrowed where nothing in it is escaped.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Cow<'de, str>, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn is_like(json: &Json<'_>, value: &Value) -> bool {
        match (json, value) {
            (Json::Null, Value::Null) | (Json::Other, Value::Bool(_) | Value::Number(_)) => true,
            (Json::Text(text), Value::String(same)) => text == same,
            (Json::Other, Value::String(long)) => long.len() > TEXT_BYTES_MAX,
            (Json::List(items), Value::Array(same)) => {
                items.len() == same.len() && items.iter().zip(same).all(|(item, same)| is_like(item, same))
            }
            (Json::Object(fields), Value::Object(same)) => {
                fields.0.len() == same.len()
                    && fields
                        .0
                        .iter()
                        .all(|(name, field)| same.get(&**name).is_some_and(|same| is_like(field, same)))
            }
            _ => false,
        }
    }

    #[test]
    fn long_texts_are_read_and_not_kept() {
        let (short, long) = ("a".repeat(TEXT_BYTES_MAX), "a".repeat(TEXT_BYTES_MAX + 1));
        let body = format!(r#"{{"short":"{short}","long":"{long}","sp\u0061t":"\u0061"}}"#);
        let json = parse(body.as_bytes()).unwrap();
        assert!(is_like(&json, &serde_json::from_str(&body).unwrap()));
        assert_eq!(json.as_object().unwrap().get("long"), Some(&Json::Other));
        assert!(parse(format!("{{\"x\":\"{long}\u{1}\"}}").as_bytes()).is_err());
    }

    #[test]
    fn a_key_that_occurs_twice_is_refused_however_it_is_spelt() {
        for body in
            [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":1}"#, r#"{"x":[{"deep":{"a":null,"b":2,"a":null}}]}"#]
        {
            let Err(Refusal::Json(text)) = parse(body.as_bytes()) else { panic!("{body} passed") };
            assert!(text.starts_with(TWICE), "{text}");
        }
        assert!(parse(br#"{"a":{"a":1},"b":[{"a":1},{"a":1}]}"#).is_ok());
        let many = |last: usize| {
            let fields: Vec<String> =
                (0..COMPARED_MAX + 5).map(|n| format!("\"k{}\":{n}", n.min(last))).collect();
            parse(format!("{{{}}}", fields.join(",")).as_bytes()).is_ok()
        };
        assert!(many(COMPARED_MAX + 5) && !many(COMPARED_MAX + 3));
    }

    #[test]
    fn what_is_not_one_document_is_refused() {
        for body in ["", "{", "{} {}", "{}x", "{'a':1}", "nul", "{\"a\":\"\u{1}\"}", "[1,]", "\u{feff}{}"] {
            assert!(parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(parse(&[b'"', 0xff, b'"']).is_err());
        assert!(parse("[".repeat(200).as_bytes()).is_err());
    }

    #[test]
    fn errors_do_not_quote_the_body() {
        let error = parse(br#"{"email":"person@example.com" "x"}"#).unwrap_err();
        assert!(!error.to_string().contains("person"), "{error}");
    }

    proptest::proptest! {
        #[test]
        fn it_reads_what_serde_json_reads(text in r#"[\[\]{}",:a-c0-9.\-enultr]{0,24}"#) {
            if let Ok(value) = parse(text.as_bytes()) {
                proptest::prop_assert!(is_like(&value, &serde_json::from_str(&text).unwrap()));
            }
        }
    }
}

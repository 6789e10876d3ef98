//! JSON without double meaning. With `{"sent_datetime": "2020…", "sent_datetime": null}` the first reader may see a
//! sent message and the second one a message to send, so a document in which a key occurs twice is refused.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Refusal;

/// Parses one JSON document whose objects have unique keys. Depth is limited by serde_json (128).
pub(super) fn parse(body: &[u8]) -> Result<Value, Refusal> {
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
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = input.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut input: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = input.next_key::<String>()? {
            let value = input.next_value_seed(self)?;
            if map.insert(key, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_occurs_twice_is_refused_however_it_is_spelt() {
        for body in
            [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":1}"#, r#"{"x":[{"deep":{"a":null,"b":2,"a":null}}]}"#]
        {
            let Err(Refusal::Json(text)) = parse(body.as_bytes()) else { panic!("{body} passed") };
            assert!(text.starts_with(TWICE), "{text}");
        }
        assert!(parse(br#"{"a":{"a":1},"b":[{"a":1},{"a":1}]}"#).is_ok());
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
                proptest::prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
            }
        }
    }
}

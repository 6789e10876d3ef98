//! JSON to values, with the digits of numbers as they are written.
//!
//! A parser makes a float of `2.7E+9` and of a number with more digits than it can count, and a float written out again
//! has digits that the export never had. Such numbers become texts, which whoever wants digits refuses.

use std::borrow::Cow;

use serde_json::Value;

/// Most digits of a number that no parser changes.
const DIGITS_MAX: usize = 18;

/// Parses JSON.
pub(super) fn parse(json: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(&as_written(json))
}

/// JSON whose numbers with exponents or too many digits are in quotes. What is no JSON stays none: a number is only
/// quoted where the whole of it is one.
pub(super) fn as_written(json: &[u8]) -> Cow<'_, [u8]> {
    let mut out: Vec<u8> = Vec::new();
    let (mut copied, mut index) = (0, 0);
    while let Some(byte) = json.get(index) {
        match byte {
            b'"' => index = after_string(json, index + 1),
            b'-' | b'0'..=b'9' => {
                let rest = &json[index..];
                let length = rest.iter().position(|byte| !is_of_number(*byte)).unwrap_or(rest.len());
                let number = &rest[..length];
                if changes(number) && serde_json::from_slice::<f64>(number).is_ok() {
                    out.extend_from_slice(&json[copied..index]);
                    out.push(b'"');
                    out.extend_from_slice(number);
                    out.push(b'"');
                    copied = index + length;
                }
                index += length;
            }
            _ => index += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    out.extend_from_slice(&json[copied..]);
    Cow::Owned(out)
}

/// The place behind a string whose content begins at `index`.
fn after_string(json: &[u8], mut index: usize) -> usize {
    while let Some(at) = json.get(index..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        index += at;
        if json[index] == b'"' {
            return index + 1;
        }
        index += 2;
    }
    json.len()
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

/// Whether a parser would show other digits than are written.
fn changes(number: &[u8]) -> bool {
    number.iter().any(|byte| matches!(byte, b'e' | b'E'))
        || number.iter().filter(|byte| byte.is_ascii_digit()).count() > DIGITS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stay_as_they_are_written() {
        for (json, expected) in [
            (r#"{"a":2.7E+9,"b":[1e5,-3E-2]}"#, r#"{"a":"2.7E+9","b":["1e5","-3E-2"]}"#),
            ("[123456789012345678901,1]", r#"["123456789012345678901",1]"#),
            ("[0.1234567890123456789]", r#"["0.1234567890123456789"]"#),
            (r#"{"1e5":"2E7 \" 3e5","c":33639980001.0}"#, r#"{"1e5":"2E7 \" 3e5","c":33639980001.0}"#),
            (r#"["x\\",1e5]"#, r#"["x\\","1e5"]"#),
            ("1e5", "\"1e5\""),
            ("[1e]", "[1e]"),
            ("[1e5e5]", "[1e5e5]"),
            ("[\"open 1e5", "[\"open 1e5"),
            ("", ""),
        ] {
            let written = as_written(json.as_bytes());
            assert_eq!(std::str::from_utf8(&written), Ok(expected), "{json}");
        }
        assert!(parse(b"[1e]").is_err() && parse(b"{\"a\":1e5}").is_ok());
    }

    proptest::proptest! {
        #[test]
        fn what_is_json_stays_json_and_what_is_none_none(json in "[\\[\\]{}:,\"0-9eE+\\.a -]{0,30}") {
            let plain = serde_json::from_str::<Value>(&json);
            let ours = parse(json.as_bytes());
            // Keys that come twice and numbers beyond a float's range are all that may differ.
            proptest::prop_assert!(plain.is_err() || ours.is_ok(), "{}", json);
        }
    }
}

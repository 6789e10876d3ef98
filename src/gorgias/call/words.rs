//! Gorgias's words about a refused request: `{"error":{"msg":…,"data":{field:[text]}}}`.

use serde_json::Value;

use super::super::transport::RawAnswer;
use crate::model::mask::masked;

/// Longest text kept, in characters.
const TEXT_CHARS_MAX: usize = 500;

/// Most complaints kept: one ticket can have 500 messages with several each.
const FIELDS_MAX: usize = 50;

/// Deepest nesting followed; messages in tickets need five levels.
const DEPTH_MAX: usize = 12;

/// What Gorgias said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) message: String,
    pub(super) fields: Vec<(String, String)>,
}

/// Reads an error body; one that is none gives a sentence that says so.
pub(super) fn read(answer: &RawAnswer) -> Words {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error = &body["error"];
    let message = error["msg"].as_str().or_else(|| error.as_str()).or_else(|| body["message"].as_str());
    let mut fields = Vec::new();
    collect(&error["data"], String::new(), 0, &mut fields);
    let message = message.map_or_else(|| format!("status {} without a reason", answer.status), mask);
    Words { message, fields }
}

/// Nested objects are maps, lists are maps keyed by the index as text (reference, section 3).
fn collect(value: &Value, at: String, depth: usize, out: &mut Vec<(String, String)>) {
    let full = out.len() >= FIELDS_MAX || depth > DEPTH_MAX;
    let below = |name: &str| if at.is_empty() { mask(name) } else { format!("{at}.{}", mask(name)) };
    match value {
        _ if full => {}
        Value::Object(map) => {
            map.iter().for_each(|(name, inner)| collect(inner, below(name), depth + 1, out));
        }
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let texts = list.iter().filter_map(Value::as_str).map(mask);
            out.extend(texts.map(|text| (at.clone(), text)).take(FIELDS_MAX - out.len()));
        }
        Value::Array(list) => {
            list.iter()
                .enumerate()
                .for_each(|(index, inner)| collect(inner, below(&index.to_string()), depth + 1, out));
        }
        Value::String(text) => out.push((at, mask(text))),
        _ => {}
    }
}

/// The text with addresses and phone numbers masked and its length bounded: it ends up in logs and reports.
fn mask(text: &str) -> String {
    let out = masked(text);
    match out.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &out[..end]),
        None => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(body: &str) -> Words {
        read(&RawAnswer::json(400, body.to_owned()))
    }

    #[test]
    fn flat_and_nested_complaints_are_read() {
        let read = words(
            r#"{"error":{"msg":"Failed to create ticket","data":{"sender":["Missing data for required field."],
               "messages":{"3":{"channel":["Not a valid choice."]}},"tags":[{"name":["Too long."]}]}}}"#,
        );
        let expected = [
            ("messages.3.channel", "Not a valid choice."),
            ("sender", "Missing data for required field."),
            ("tags.0.name", "Too long."),
        ];
        let fields: Vec<_> = read.fields.iter().map(|(at, text)| (at.as_str(), text.as_str())).collect();
        assert_eq!((read.message.as_str(), fields), ("Failed to create ticket", expected.to_vec()));
    }

    #[test]
    fn addresses_and_numbers_are_masked() {
        let read = words(
            r#"{"error":{"msg":"Customer a@b.example or +1 (555)123-4567 is taken","data":{"a@b.c":["x"]}}}"#,
        );
        assert_eq!(read.message, "Customer [address] or [number] is taken");
        assert_eq!(read.fields, [("[address]".to_owned(), "x".to_owned())]);
    }

    #[test]
    fn other_bodies_give_a_sentence() {
        for body in ["", "error code: 1020", "[]", "{}", "{\"error\":null}", "null"] {
            assert_eq!(words(body).message, "status 400 without a reason", "{body}");
        }
        assert_eq!(words(r#"{"error":"no"}"#).message, "no");
    }

    #[test]
    fn length_and_number_are_bounded() {
        let many: Vec<_> = (0..200).map(|_| "x".repeat(2000)).collect();
        let read =
            words(&serde_json::json!({"error": {"msg": "é".repeat(2000), "data": {"a": many}}}).to_string());
        assert_eq!((read.message.chars().count(), read.fields.len()), (TEXT_CHARS_MAX + 1, FIELDS_MAX));
    }
}

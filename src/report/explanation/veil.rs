//! A record of an export without what people wrote and how they can be reached: its shape, its ids, its times.
//!
//! What may be seen is listed, everything else is hidden: a list of what to hide would miss the field that the next
//! export has.

use serde_json::{Map, Value};

/// Names of fields whose words are shown. None of them holds what somebody wrote.
const SHOWN: [&str; 34] = [
    "status",
    "type",
    "priority",
    "channel",
    "direction",
    "kind",
    "event",
    "resource",
    "locale",
    "rel",
    "role",
    "public",
    "ticket_form",
    "content_type",
    "mime_type",
    "encoding",
    "domain",
    "id",
    "uuid",
    "call_uuid",
    "external_id",
    "timezone",
    "time_zone",
    "currency",
    "state",
    "missed_call_reason",
    "brand",
    "satisfaction",
    "score",
    "malware_scan_result",
    "answered",
    "voicemail",
    "in_business_hours",
    "sid",
];
/// Ends of the names of fields that hold ids and times.
const SHOWN_ENDS: [&str; 7] = ["_id", "_ids", "_at", "_date", "_time", "_timestamp", "_on"];
/// Words in the names of fields whose numbers may be those of telephones.
const REACHABLE: [&str; 6] = ["phone", "number", "digits", "mobile", "from", "to"];
/// A word longer than this is a text.
const WORD_MAX: usize = 64;
/// Deepest nesting that is followed.
const DEPTH_MAX: usize = 32;

/// `value` with every text hidden that is not known to be harmless; how long it is stays.
pub(super) fn veiled(value: Value) -> Value {
    hidden("", value, DEPTH_MAX)
}

fn hidden(name: &str, value: Value, depth: usize) -> Value {
    match value {
        Value::String(text) if is_shown(name, &text) => Value::String(text),
        Value::String(text) => Value::String(format!("[{} characters]", text.chars().count())),
        Value::Number(number) if is_reachable(name) && number.to_string().len() > 6 => {
            Value::String("[a number]".to_owned())
        }
        Value::Array(_) | Value::Object(_) if depth == 0 => Value::String("[…]".to_owned()),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| hidden(name, item, depth - 1)).collect())
        }
        Value::Object(fields) => {
            let veiled = fields.into_iter().map(|(name, value)| {
                let value = hidden(&name, value, depth - 1);
                (shown_name(name), value)
            });
            Value::Object(veiled.collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// A name of a field is one; where people's addresses are used as names they are not shown.
fn shown_name(name: String) -> String {
    if name.contains('@') || name.chars().count() > WORD_MAX { "[…]".to_owned() } else { name }
}

fn is_reachable(name: &str) -> bool {
    let name = name.to_lowercase();
    name.split(['_', ' ', '-']).any(|word| REACHABLE.contains(&word))
}

fn is_shown(name: &str, text: &str) -> bool {
    let name = name.to_lowercase().replace(' ', "_");
    let is_word = text.len() <= WORD_MAX && !text.contains(['@', '\n']) && !text.starts_with('+');
    let is_named = SHOWN.contains(&name.as_str()) || SHOWN_ENDS.iter().any(|end| name.ends_with(end));
    is_word && (is_named && !is_reachable(&name) || text.parse::<jiff::Timestamp>().is_ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_times_and_states_stay_and_words_and_addresses_go() {
        let record = json!({
            "id": 7, "status": "open", "created_at": "2024-01-01T00:00:00Z", "requester_id": 5, "subject": "My order",
            "comments": [{"id": 8, "body": "Help me\nplease", "public": true, "author_id": 5}],
            "via": {"channel": "email", "source": {"from": {"address": "kim@example.com", "name": "Kim"}}},
            "raw_digits": "+33 6 39 98 00 01", "to": 33_639_980_001_u64, "kim@example.com": 1, "status_note": "x",
            "call_uuid": "kim@example.com", "written": "2024-05-05T05:05:05+02:00"
        });
        let text = veiled(record).to_string();
        for gone in ["order", "Help", "kim", "Kim", "639980001", "98 00"] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
        for kept in [
            "\"id\":7",
            "\"status\":\"open\"",
            "2024-01-01",
            "\"author_id\":5",
            "[14 characters]",
            "email",
            "05:05:05",
        ] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
    }

    #[test]
    fn depth_ends() {
        let mut deep = json!("x");
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert!(veiled(deep).to_string().contains('…'));
    }
}

use serde_json::json;

use super::*;

fn read(value: &serde_json::Value, event: &str) -> Result<TextMessage, Code> {
    let object = Object::of(value).unwrap();
    let id = id(&object).unwrap();
    message(&object, id, Some(event), &Place::default())
}

#[test]
fn times_and_sides_are_read_and_never_guessed() {
    let mut value =
        json!({"id": "a-1", "created_at": 1_748_855_700_123_i64, "raw_digits": "+44 7700 900999"});
    let text = read(&value, "message.sent").unwrap();
    assert_eq!(
        (text.at.to_string().as_str(), text.direction),
        ("2025-06-02T09:15:00.123Z", Direction::Outbound)
    );
    assert_eq!(text.customer.known(), Some("+447700900999"));
    assert_eq!(read(&value, "message.received").unwrap().direction, Direction::Inbound);
    assert_eq!(read(&value, "message.status_updated").unwrap_err(), Code::BadDirection);
    value["created_at"] = json!("soon");
    assert_eq!(read(&value, "message.sent").unwrap_err(), Code::NoSentTime);
    value["sent_at"] = json!("2025-06-02T09:15:01Z");
    assert!(read(&value, "message.sent").is_ok());
}

#[test]
fn keys_take_plain_ids_only() {
    for (value, expected) in [
        (json!({"id": "a-1"}), Some("a-1")),
        (json!({"id": 17}), Some("17")),
        (json!({"id": "a b"}), None),
        (json!({"id": "x".repeat(101)}), None),
        (json!({"id": "a", "group_message_id": "g"}), Some("g")),
    ] {
        assert_eq!(id(&Object::of(&value).unwrap()).as_deref(), expected);
    }
}

#[test]
fn later_events_are_completed_by_earlier_ones() {
    let full = json!({"id": "a", "direction": "inbound", "created_at": 1_748_855_700, "body": "hi",
        "external_number": "+447700900999", "number": {"name": "Shop"}});
    let bare = json!({"id": "a", "direction": "inbound", "created_at": 1_748_855_700, "status": "delivered"});
    let full = read(&full, "message.received").unwrap();
    let whole = read(&bare, "message.status_updated").unwrap().completed_by(full.clone());
    assert_eq!(whole, full);
    assert_eq!(whole.thread(), "sms Shop +447700900999");
}

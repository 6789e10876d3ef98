use super::*;
use serde_json::json;

fn problems(body: &Value, place: Place) -> Value {
    let mut fields = Fields::new(body.as_object().unwrap());
    read(&mut fields, place);
    serde_json::to_value(fields.finish()).unwrap()
}

/// A message that is right, with some of its fields replaced; null removes one.
fn with(changes: &Value) -> Value {
    let mut body = json!({"channel": "phone", "from_agent": false, "sender": {"id": 1}, "body_text": "x"});
    for (key, value) in changes.as_object().unwrap() {
        if value.is_null() {
            body.as_object_mut().unwrap().remove(key);
        } else {
            body[key] = value.clone();
        }
    }
    body
}

fn nested(changes: &Value) -> Value {
    problems(&with(changes), Place::Nested)
}

#[test]
fn the_documented_400() {
    assert_eq!(
        nested(&json!({"sender": null, "channel": null})),
        json!({"sender": ["Missing data for required field."], "channel": ["Missing data for required field."]})
    );
}

#[test]
fn incoming_messages_have_no_receiver() {
    assert_eq!(nested(&json!({})), json!({}));
    assert!(nested(&json!({"receiver": {"id": 2}})).get("receiver").is_some());
    assert_eq!(nested(&json!({"from_agent": true, "receiver": {"id": 2}})), json!({}));
}

#[test]
fn notes_come_from_agents_and_go_to_nobody() {
    let note = |from_agent: bool| json!({"channel": "internal-note", "from_agent": from_agent});
    assert_eq!(nested(&note(true)), json!({}));
    assert!(nested(&note(false)).get("from_agent").is_some());
    let by_source = json!({"source": {"type": "internal-note"}, "from_agent": true, "public": false});
    assert_eq!(nested(&by_source), json!({}));
    let to_someone = json!({"channel": "internal-note", "from_agent": true, "receiver": {"id": 3}});
    assert!(nested(&to_someone).get("receiver").is_some());
}

#[test]
fn only_notes_are_private_or_mention() {
    assert!(nested(&json!({"public": false})).get("public").is_some());
    assert!(nested(&json!({"mention_ids": [1]})).get("mention_ids").is_some());
    let note = json!({"channel": "internal-note", "from_agent": true, "public": false, "mention_ids": [1]});
    assert_eq!(nested(&note), json!({}));
}

#[test]
fn email_needs_a_full_source() {
    let email = |source: Value| nested(&json!({"channel": "email", "source": source}));
    assert_eq!(email(Value::Null), json!({"source": ["Missing data for required field."]}));
    assert!(email(json!({"type": "email"}))["source"].get("from").is_some());
    assert!(email(json!({"from": {"address": "a@example.com"}, "to": []}))["source"].get("to").is_some());
    assert_eq!(
        email(json!({"from": {"address": "a@example.com"}, "to": [{"address": "b@example.com"}]})),
        json!({})
    );
    let phone =
        json!({"type": "phone", "from": {"address": "a@example.com"}, "to": [{"address": "b@example.com"}]});
    assert!(email(phone)["source"].get("type").is_some());
}

#[test]
fn imported_is_known_only_where_the_schema_has_it() {
    let body = with(&json!({"imported": true}));
    assert_eq!(problems(&body, Place::Nested), json!({"imported": ["Unknown field."]}));
    assert_eq!(problems(&body, Place::Alone { imported: false }), json!({"imported": ["Unknown field."]}));
    assert_eq!(problems(&body, Place::Alone { imported: true }), json!({}));
}

#[test]
fn updates_take_fewer_fields() {
    let body = json!({"channel": "phone", "from_agent": true, "created_datetime": "2025-01-01T00:00:00Z", "public": true});
    assert_eq!(
        problems(&body, Place::Update),
        json!({"created_datetime": ["Unknown field."], "public": ["Unknown field."]})
    );
}

#[test]
fn lengths_and_enumerations() {
    let long = "x".repeat(256);
    assert_eq!(
        nested(&json!({"external_id": long})),
        json!({"external_id": ["Longer than maximum length 255."]})
    );
    assert!(nested(&json!({"channel": "fax"})).get("channel").is_some());
    assert!(nested(&json!({"via": "gorgias_chat"})).get("via").is_some());
    assert!(nested(&json!({"source": {"type": "fax"}}))["source"].get("type").is_some());
    assert!(nested(&json!({"sent_datetime": "yesterday"})).get("sent_datetime").is_some());
    assert!(nested(&json!({"subject": "x".repeat(999)})).get("subject").is_some());
    assert!(nested(&json!({"sender": {}}))["sender"].get("_schema").is_some());
}

#[test]
fn attachments_need_a_link_a_name_and_a_type() {
    let said = nested(&json!({"attachments": [{"url": "https://example.com/a", "size": -1}]}));
    assert_eq!(
        said["attachments"]["0"],
        json!({"name": ["Missing data for required field."], "content_type": ["Missing data for required field."],
            "size": ["Must be greater than or equal to 0."]})
    );
}

use serde_json::json;

use super::*;

fn read(value: &Value) -> Result<Call, Code> {
    call(&Object::of(value).unwrap(), None, &Place::default())
}

fn full() -> Value {
    json!({
        "id": 2_700_000_001_u64, "sid": "CA01", "direction": "inbound", "status": "done", "missed_call_reason": "",
        "started_at": 1_748_855_700, "answered_at": 1_748_855_715, "ended_at": 1_748_855_795, "duration": 90,
        "raw_digits": "+33 6 39 98 00 01", "recording": "https://s3.example/x.mp3?X-Amz-Expires=600",
        "asset": "https://assets.aircall.io/calls/2700000001/recording",
        "user": {"id": 1, "name": "Ana Perez", "email": "ana@example.com"},
        "contact": {"first_name": "Jane", "last_name": "Roe", "emails": [{"value": "jane@example.com"}],
            "phone_numbers": [{"value": "+33699999999"}]},
        "number": {"name": "Support FR", "digits": "+33 1 99 00 00 01", "time_zone": "Europe/Paris"},
        "teams": [{"name": "Support"}], "tags": [{"id": 1, "name": "Refund"}, {"name": "Refund"}],
        "comments": [{"id": 735, "content": "one\ntwo", "posted_at": 1_748_900_000, "posted_by": {"name": "Bo"}}],
        "ivr_options_selected": [{"title": "Orders"}],
        "transferred_by": {"name": "A"}, "transferred_to": {"name": "B"}, "archived": false
    })
}

#[test]
fn a_whole_call() {
    let call = read(&full()).unwrap();
    assert_eq!(call.started.to_string(), "2025-06-02T09:15:00Z");
    assert_eq!((call.total_seconds, call.talk_seconds, call.answered), (Some(95), Some(80), true));
    assert_eq!(
        (call.customer.known(), call.customer_name.as_deref()),
        (Some("+33639980001"), Some("Jane Roe"))
    );
    assert_eq!(call.customer_email.as_deref(), Some("jane@example.com"));
    assert_eq!(call.line.number.as_deref(), Some("+33199000001"));
    assert_eq!(call.agent.unwrap().email.as_deref(), Some("ana@example.com"));
    assert_eq!(
        (call.tags, call.ivr, call.missed_reason),
        (vec!["Refund".into()], vec!["Orders".into()], None)
    );
    assert_eq!(
        call.recording,
        Some(Audio::Link("https://assets.aircall.io/calls/2700000001/recording".into()))
    );
    assert_eq!(call.voicemail, None);
    assert_eq!(call.transferred, Some(("A".into(), "B".into())));
    let comment = &call.comments[0];
    assert_eq!((comment.id.as_deref(), comment.text.as_str()), (Some("735"), "one\ntwo"));
    assert_eq!(comment.at.unwrap().as_second(), 1_748_900_000);
    assert_eq!(call.extra["status"], "done");
}

#[test]
fn the_least_is_enough() {
    let call = read(&json!({"id": "7", "direction": "outbound", "started_at": "1748855700"})).unwrap();
    assert_eq!((call.id.to_string(), call.customer, call.answered), ("7".into(), Number::Hidden, false));
    let refused = |value: Value| read(&value).unwrap_err();
    assert_eq!(refused(json!({"id": 7, "direction": "inbound"})), Code::BadClock);
    assert_eq!(refused(json!({"id": 7, "direction": "up", "started_at": 1})), Code::BadDirection);
    assert_eq!(refused(json!({"direction": "inbound", "started_at": 1})), Code::NotACall);
}

#[test]
fn values_of_the_wrong_type_are_missing() {
    let mut value = full();
    let odd = json!({"user": "Ana", "number": [], "comments": ["plain", 3, "two"], "tags": "x", "teams": {},
        "answered_at": "no", "contact": 5, "asset": 1, "transferred_to": null});
    value.as_object_mut().unwrap().extend(odd.as_object().unwrap().clone());
    let call = read(&value).unwrap();
    assert_eq!((call.agent, call.line, call.answered), (None, Line::default(), false));
    assert_eq!(call.comments.len(), 1, "comments without ids are one note");
    assert_eq!(call.comments[0].text, "plain\n\ntwo");
    assert_eq!(call.recording, Some(Audio::Kept));
}

#[test]
fn nested_text_and_milliseconds_are_read() {
    let mut value = full();
    value["number"] = json!("{\"name\":\"Sales\",\"e164_digits\":\"+61355504772\"}");
    value["tags"] = json!("[{\"name\":\"a\"}]");
    value["started_at"] = json!(1_748_855_700_250_u64);
    value["ended_at"] = json!("2025-06-02T09:16:35Z");
    value["contact"]["emails"][0]["value"] = json!("x1@Aircall.io");
    let call = read(&value).unwrap();
    assert_eq!(call.line.number.as_deref(), Some("+61355504772"));
    assert_eq!(call.tags, ["a"]);
    assert_eq!(call.started.to_string(), "2025-06-02T09:15:00.25Z");
    assert_eq!(call.ended.unwrap().to_string(), "2025-06-02T09:16:35Z");
    assert_eq!(call.customer_email, None, "an address that an integration made up");
}

proptest::proptest! {
    #[test]
    fn any_values_are_read_or_refused_without_panic(text in "[-0-9.eE:TZ+{}\\[\\]\" a]{0,24}", number in proptest::prelude::any::<i64>(), field in 0_usize..30) {
        for odd in [json!(text), json!(number), json!([text]), json!({"name": text, "value": number})] {
            let mut value = full();
            let name = value.as_object().unwrap().keys().nth(field).cloned();
            if let Some(name) = name {
                value[&name] = odd;
                if let Ok(call) = read(&value) {
                    proptest::prop_assert!(call.ended.is_none_or(|ended| ended >= call.started));
                }
            }
        }
    }
}

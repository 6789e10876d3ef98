//! One test per rule of the gate.

use serde_json::{Value, json};

use super::*;

const LONG_AGO: &str = "2020-01-01T00:00:00Z";

fn now() -> Timestamp {
    "2025-06-01T12:00:00Z".parse().unwrap()
}

fn send(method: &Method, path: &str, body: &Value, permit: Option<&SendPermit>) -> Result<(), Refusal> {
    let bytes = serde_json::to_vec(body).unwrap();
    check(method, path, None, Some("application/json"), &bytes, permit, now(), Some(now()))
}

fn post(path: &str, body: &Value) -> Result<(), Refusal> {
    send(&Method::POST, path, body, None)
}

fn message() -> Value {
    json!({"channel": "email", "from_agent": true, "public": true, "body_text": "hi", "sent_datetime": LONG_AGO})
}

fn message_with(field: &str, value: Value) -> Value {
    let mut message = message();
    message[field] = value;
    message
}

/// Every way in which a message leaves: alone, nested in a ticket, as an update.
fn every_way(message: &Value) -> [Result<(), Refusal>; 3] {
    every_way_with(message, None)
}

fn every_way_with(message: &Value, permit: Option<&SendPermit>) -> [Result<(), Refusal>; 3] {
    let ticket = json!({"status": "closed", "messages": [self::message(), message]});
    [
        send(&Method::POST, "/api/tickets/7/messages", message, permit),
        send(&Method::PUT, "/api/tickets/7/messages/8", message, permit),
        send(&Method::POST, "/api/tickets", &ticket, permit),
    ]
}

#[test]
fn an_imported_message_passes() {
    assert_eq!(every_way(&message()), [Ok(()), Ok(()), Ok(())]);
}

#[test]
fn a_message_without_a_sent_time_is_refused_notes_and_customers_included() {
    let permit = SendPermit::i_accept_that_messages_may_be_sent();
    let mut bare = message();
    bare.as_object_mut().unwrap().remove("sent_datetime");
    let mut note = bare.clone();
    note["channel"] = "internal-note".into();
    note["public"] = false.into();
    let mut incoming = bare.clone();
    incoming["from_agent"] = false.into();
    for unsent in [bare, note, incoming] {
        for permit in [None, Some(&permit)] {
            for result in every_way_with(&unsent, permit) {
                assert!(matches!(result, Err(Refusal::NoSentTime { .. })), "{unsent} {result:?}");
            }
        }
    }
}

#[test]
fn a_sent_time_must_be_a_strict_time() {
    let odd = [
        Value::Null,
        json!(""),
        json!(1_577_836_800),
        json!(true),
        json!([LONG_AGO]),
        json!("2020-01-01"),
        json!("2020-01-01T00Z"),
        json!("2020-01-01T00:00:00"),
        json!("20200101T000000Z"),
        json!("yesterday"),
    ];
    for value in odd {
        for result in every_way(&message_with("sent_datetime", value.clone())) {
            assert!(matches!(result, Err(Refusal::NoSentTime { .. })), "{value} {result:?}");
        }
    }
    assert!(every_way(&message_with("sent_datetime", json!("2020-01-01T02:00:00.123456+02:00")))[0].is_ok());
}

#[test]
fn a_sent_time_must_be_past_by_the_local_clock() {
    for value in ["2025-06-01T12:00:00Z", "2025-06-01T12:00:01Z", "2999-01-01T00:00:00Z"] {
        for result in every_way(&message_with("sent_datetime", json!(value))) {
            assert!(matches!(result, Err(Refusal::NotPast { clock: "the local clock", .. })), "{value}");
        }
    }
    assert!(every_way(&message_with("sent_datetime", json!("2025-06-01T11:59:59.999Z")))[0].is_ok());
}

#[test]
fn a_sent_time_must_be_past_by_the_servers_clock() {
    let body = serde_json::to_vec(&message_with("sent_datetime", json!("2025-05-31T00:00:00Z"))).unwrap();
    let at = |server_now: Option<&str>| {
        let server_now = server_now.map(|time| time.parse().unwrap());
        let json = Some("application/json");
        check(&Method::POST, "/api/tickets/7/messages", None, json, &body, None, now(), server_now)
    };
    assert_eq!(at(None), Ok(()));
    assert_eq!(at(Some("2025-05-31T00:00:01Z")), Ok(()));
    for late in ["2025-05-31T00:00:00Z", "2025-05-30T00:00:00Z"] {
        let says = late.parse().unwrap();
        let refusal = Refusal::NotPast { at: "message".to_owned(), clock: "the server's clock", says };
        assert!(refusal.is_about_a_clock() && refusal.to_string().contains(&late[..10]), "{refusal}");
        assert_eq!(at(Some(late)), Err(refusal));
    }
}

#[test]
fn fields_that_act_need_a_permit() {
    let permit = SendPermit::i_accept_that_messages_may_be_sent();
    let acting = [
        ("actions", json!([{"name": "http"}])),
        ("actions", json!({"name": "http"})),
        ("macros", json!([{"id": 1}])),
        ("mention_ids", json!([5])),
        ("failed_datetime", json!(LONG_AGO)),
        ("last_sending_error", json!({"error": "x"})),
        ("last_sending_error", json!({})),
        ("integration_id", json!(3)),
    ];
    for (field, value) in acting {
        let message = message_with(field, value);
        for result in every_way(&message) {
            let Err(Refusal::NeedsPermit { at }) = result else { panic!("{field}: {result:?}") };
            assert!(at.ends_with(field), "{at}");
        }
        assert_eq!(every_way_with(&message, Some(&permit)), [Ok(()), Ok(()), Ok(())], "{field}");
    }
    for (field, nothing) in [("actions", json!([])), ("macros", Value::Null), ("mention_ids", json!([]))] {
        assert!(every_way(&message_with(field, nothing))[0].is_ok(), "{field}");
    }
}

#[test]
fn snoozing_needs_a_permit() {
    let permit = SendPermit::i_accept_that_messages_may_be_sent();
    let created = json!({"messages": [message()], "snooze_datetime": "2030-01-01T00:00:00Z"});
    let changed = json!({"snooze_datetime": "2030-01-01T00:00:00Z"});
    let refusal = Refusal::NeedsPermit { at: "snooze_datetime".to_owned() };
    assert_eq!(post("/api/tickets", &created), Err(refusal.clone()));
    assert_eq!(send(&Method::PUT, "/api/tickets/7", &changed, None), Err(refusal));
    assert_eq!(send(&Method::PUT, "/api/tickets/7", &changed, Some(&permit)), Ok(()));
    assert_eq!(send(&Method::PUT, "/api/tickets/7", &json!({"snooze_datetime": null}), None), Ok(()));
}

#[test]
fn an_action_in_the_query_needs_a_permit_and_a_plain_spelling() {
    let permit = SendPermit::i_accept_that_messages_may_be_sent();
    let body = serde_json::to_vec(&message()).unwrap();
    let at = |path: &str, query: &str, permit: Option<&SendPermit>| {
        check(&Method::POST, path, Some(query), Some("application/json"), &body, permit, now(), None)
    };
    let messages = "/api/tickets/7/messages";
    for action in ["force", "retry", "cancel"] {
        let query = format!("action={action}");
        assert!(matches!(at(messages, &query, None), Err(Refusal::NeedsPermit { .. })));
        assert_eq!(at(messages, &query, Some(&permit)), Ok(()));
    }
    for odd in ["%61ction=force", "action=force&x=1", "x=1", "Action=force", "action=Force", ""] {
        for permit in [None, Some(&permit)] {
            assert_eq!(at(messages, odd, permit), Err(Refusal::Query), "{odd}");
        }
    }
    assert_eq!(at("/api/customers", "action=force", Some(&permit)), Err(Refusal::Query));
}

#[test]
fn the_same_names_are_free_text_inside_meta() {
    let meta = json!({"actions": [1], "integration_id": 5, "sent_datetime": null});
    assert_eq!(every_way(&message_with("meta", meta)), [Ok(()), Ok(()), Ok(())]);
}

#[test]
fn a_survey_is_never_to_be_sent() {
    let sent =
        json!({"ticket_id": 1, "customer_id": 2, "should_send_datetime": null, "sent_datetime": LONG_AGO});
    for (method, path) in
        [(Method::POST, "/api/satisfaction-surveys"), (Method::PUT, "/api/satisfaction-surveys/4")]
    {
        assert_eq!(send(&method, path, &sent, None), Ok(()));
        let mut open = sent.clone();
        open["should_send_datetime"] = "2020-01-01T00:00:00Z".into();
        assert_eq!(send(&method, path, &open, None), Err(Refusal::SurveyWouldBeSent));
        open.as_object_mut().unwrap().remove("should_send_datetime");
        assert_eq!(send(&method, path, &open, None), Err(Refusal::SurveyWouldBeSent));
        let mut unsent = sent.clone();
        unsent["sent_datetime"] = Value::Null;
        assert!(matches!(send(&method, path, &unsent, None), Err(Refusal::NoSentTime { .. })));
        unsent["sent_datetime"] = "2030-01-01T00:00:00Z".into();
        assert!(matches!(send(&method, path, &unsent, None), Err(Refusal::NotPast { .. })));
    }
}

#[test]
fn users_rules_and_settings_are_never_written() {
    let permit = SendPermit::i_accept_that_messages_may_be_sent();
    let names = [
        "users",
        "rules",
        "integrations",
        "account/settings",
        "account",
        "views",
        "macros",
        "jobs",
        "teams",
        "widgets",
    ];
    for name in names {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for path in [format!("/api/{name}"), format!("/api/{name}/1"), format!("/api/{name}/1/items")] {
                let result = send(&method, &path, &json!({}), Some(&permit));
                assert!(matches!(result, Err(Refusal::NotListed { .. })), "{method} {path}");
            }
        }
    }
}

#[test]
fn what_is_not_listed_is_refused() {
    for path in
        ["/api/customers/merge", "/api/macros", "/api/tickets/1/reply", "/oauth/token", "/api/views/0/items"]
    {
        assert!(matches!(post(path, &json!({})), Err(Refusal::NotListed { .. })), "{path}");
    }
    for method in [Method::PATCH, Method::HEAD, Method::OPTIONS, Method::TRACE, Method::CONNECT] {
        assert!(matches!(send(&method, "/api/tickets", &json!({}), None), Err(Refusal::NotListed { .. })));
    }
}

#[test]
fn fields_that_are_not_listed_are_refused() {
    for field in ["Sent_datetime", "sentDatetime", "should_send", "messages", "action", "scheduled_datetime"]
    {
        for result in every_way(&message_with(field, json!("x"))) {
            assert!(matches!(result, Err(Refusal::UnknownField { .. })), "{field} {result:?}");
        }
    }
    let changed = send(&Method::PUT, "/api/tickets/7", &json!({"messages": [message()]}), None);
    assert_eq!(changed, Err(Refusal::UnknownField { at: "messages".to_owned() }));
    assert!(post("/api/customers", &json!({"channels": [], "welcome_email": true})).is_err());
}

#[test]
fn a_ticket_needs_a_list_of_message_objects() {
    for messages in
        [json!(null), json!({}), json!([]), json!([null]), json!(["x"]), json!([[]]), json!({"0": {}})]
    {
        assert!(matches!(post("/api/tickets", &json!({"messages": messages})), Err(Refusal::Body(_))));
    }
    let many = vec![message(); 501];
    assert!(matches!(post("/api/tickets", &json!({"messages": many})), Err(Refusal::Body(_))));
}

#[test]
fn a_key_given_twice_does_not_fool_it() {
    let body = format!(r#"{{"sent_datetime":"{LONG_AGO}","channel":"email","sent_datetime":null}}"#);
    let json = Some("application/json");
    let result =
        check(&Method::POST, "/api/tickets/1/messages", None, json, body.as_bytes(), None, now(), None);
    assert!(matches!(result, Err(Refusal::Json(_))), "{result:?}");
}

#[test]
fn only_the_expected_content_type_passes() {
    let body = serde_json::to_vec(&message()).unwrap();
    let odd = [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("application/json; x"),
        Some(""),
    ];
    for kind in odd {
        let result = check(&Method::POST, "/api/tickets/1/messages", None, kind, &body, None, now(), None);
        assert_eq!(result, Err(Refusal::ContentType), "{kind:?}");
    }
    let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    let body = format!("{head}y\r\n--x--\r\n");
    let with = |kind: &str, query: Option<&str>, body: &str| {
        check(&Method::POST, "/api/upload", query, Some(kind), body.as_bytes(), None, now(), None)
    };
    let upload = |kind: &str, query: Option<&str>| with(kind, query, &body);
    assert_eq!(upload("multipart/form-data; boundary=x", Some("type=attachment")), Ok(()));
    // What customers sent is not for everybody.
    assert_eq!(
        upload("multipart/form-data; boundary=x", Some("type=public_attachment")),
        Err(Refusal::Query)
    );
    assert_eq!(upload("multipart/form-data; boundary=x", Some("type=profile_picture")), Err(Refusal::Query));
    assert_eq!(upload("application/json", None), Err(Refusal::ContentType));
    for wrong in
        ["", "--x--\r\n", head, &format!("{head}y\r\n{body}"), &body.replace("file\"; filename", "type")]
    {
        let refused = with("multipart/form-data; boundary=x", None, wrong);
        assert_eq!(refused, Err(Refusal::Body("it must be one file")), "{wrong:?}");
    }
    assert_eq!(upload("multipart/form-data; boundary=", None), Err(Refusal::ContentType));
}

#[test]
fn reads_and_removals_have_no_body() {
    for method in [Method::GET, Method::DELETE] {
        let path = "/api/tickets/7";
        assert_eq!(check(&method, path, None, None, b"", None, now(), None), Ok(()));
        assert!(check(&method, path, None, None, b"{}", None, now(), None).is_err());
        assert!(check(&method, path, None, Some("application/json"), b"", None, now(), None).is_err());
    }
    let query = |query| check(&Method::GET, "/api/tickets", Some(query), None, b"", None, now(), None);
    assert_eq!(query("external_id=a%3Ab&limit=100"), Ok(()));
    assert_eq!(query("a=b#c"), Err(Refusal::Query));
    assert_eq!(query("a=b c"), Err(Refusal::Query));
}

proptest::proptest! {
    /// Whatever bytes come, a message without the sent time's name in it never leaves.
    #[test]
    fn no_body_without_a_sent_time_passes(text in r#"\{("[a-z_]{1,20}":("[ -!#-\[\]-~]{0,30}"|null|true|\[\]),?){0,6}\}"#) {
        proptest::prop_assume!(!text.contains("sent_datetime"));
        for (method, path) in [(Method::POST, "/api/tickets"), (Method::POST, "/api/tickets/1/messages"),
            (Method::PUT, "/api/tickets/1/messages/2"), (Method::POST, "/api/satisfaction-surveys")] {
            let result = check(&method, path, None, Some("application/json"), text.as_bytes(), None, now(), None);
            proptest::prop_assert!(result.is_err());
        }
    }
}

/// The permit is for users of the library; the importer must not hold one.
#[test]
fn no_code_of_the_importer_makes_a_permit() {
    let sources = crate::gorgias::source_files("src");
    assert!(sources.len() > 20, "the sources were not found");
    for (path, text) in sources {
        let is_test = path.ends_with("tests.rs") || path.contains("/tests/");
        let allowed = path.ends_with("egress/mod.rs");
        let made = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        assert!(is_test || allowed || !made.contains("i_accept_that_messages_may_be_sent"), "{path}");
    }
}

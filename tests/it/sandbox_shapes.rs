//! The stand-in's answers have the shape of recorded ones: every key, types, null where it was null, key order.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, and say when they skip"
)]

use std::path::PathBuf;

use gorgias_import::sandbox::{AccountSeed, SandboxOptions, SeedCustomer};
use serde_json::{Value, json};

use crate::sandbox_support::{Client, sandbox, sandbox_with};

/// A recording, or nothing where the samples are not there.
fn sample(name: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("SAMPLES_DIR") else {
        println!("skipped: SAMPLES_DIR is not set");
        return None;
    };
    Some(std::fs::read_to_string(PathBuf::from(folder).join("gorgias").join(name)).unwrap())
}

/// Keys of objects in the order they stand in the text, as paths (`customer.channels.0.id`). serde_json's own map
/// sorts keys, so the order is read from the text.
fn key_paths(text: &str) -> Vec<String> {
    struct Frame {
        prefix: String,
        index: Option<usize>,
    }
    let mut paths = Vec::new();
    let mut frames: Vec<Frame> = Vec::new();
    let mut pending = String::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let start = at + 1;
                at = start;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let is_key = text[at + 1..].trim_start().starts_with(':');
                if is_key {
                    let prefix = frames.last().map(|frame| frame.prefix.clone()).unwrap_or_default();
                    pending = format!("{prefix}.{}", &text[start..at]);
                    paths.push(pending.clone());
                }
            }
            open @ (b'{' | b'[') => {
                let inherited = match frames.last() {
                    Some(Frame { prefix, index: Some(index) }) => format!("{prefix}.{index}"),
                    _ => pending.clone(),
                };
                frames.push(Frame { prefix: inherited, index: (open == b'[').then_some(0) });
            }
            b'}' | b']' => {
                frames.pop();
            }
            b',' => {
                if let Some(Frame { index: Some(index), .. }) = frames.last_mut() {
                    *index += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    paths
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// `2026-08-26T18:47:51.764128+00:00`.
fn is_written_time(text: &str) -> bool {
    text.len() == 32 && text.ends_with("+00:00") && text.as_bytes()[19] == b'.'
}

/// Every recorded key is there with the recorded type. Null matches anything: it is a value that was missing then.
fn same_shape(path: &str, recorded: &Value, ours: &Value, wrong: &mut Vec<String>) {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            for (key, value) in recorded {
                match ours.get(key) {
                    Some(own) => same_shape(&format!("{path}.{key}"), value, own, wrong),
                    None => wrong.push(format!("{path}.{key} is missing")),
                }
            }
        }
        (Value::Array(recorded), Value::Array(ours)) => {
            for (index, (value, own)) in recorded.iter().zip(ours).enumerate() {
                same_shape(&format!("{path}.{index}"), value, own, wrong);
            }
        }
        (Value::String(text), Value::String(own)) if is_written_time(text) => {
            if !is_written_time(own) {
                wrong.push(format!("{path}: {own} is not written like {text}"));
            }
        }
        (recorded, ours) if kind(recorded) == kind(ours) || recorded.is_null() || ours.is_null() => {}
        (recorded, ours) => wrong.push(format!("{path} is {} instead of {}", kind(ours), kind(recorded))),
    }
}

fn assert_shape(recorded: &Value, ours: &Value) {
    let mut wrong = Vec::new();
    same_shape("", recorded, ours, &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The values that are null in both, and those that are in one only: of an answer to the same request, null-ness is
/// part of the recording.
fn assert_same_nulls(recorded: &Value, ours: &Value, path: &str, ignored: &[&str]) {
    if let (Value::Object(recorded), Value::Object(ours)) = (recorded, ours) {
        for (key, value) in recorded.iter().filter(|(key, _)| !ignored.contains(&key.as_str())) {
            assert_same_nulls(value, &ours[key], &format!("{path}.{key}"), ignored);
        }
        return;
    }
    assert_eq!(recorded.is_null(), ours.is_null(), "{path}: {recorded} against {ours}");
}

fn first_object_keys(text: &str) -> Vec<String> {
    let names = key_paths(text).into_iter().map(|path| path[1..].to_owned());
    let keys: Vec<String> = names.filter(|path| !path.contains('.')).collect();
    assert!(keys.len() >= 9, "every recorded object has that many keys: {keys:?}");
    keys
}

/// Creates the customer of a recorded request, so that the request can be made again with his new id.
async fn customer(client: &Client, body: &Value) -> i64 {
    client.post("/api/customers", body).await.expect(201)["id"].as_i64().unwrap()
}

/// Keys of the message objects: those of the first message, in order.
fn message_keys(text: &str) -> Vec<String> {
    let prefix = ".messages.0.";
    let own = |path: String| path.strip_prefix(prefix).map(str::to_owned);
    key_paths(text).into_iter().filter_map(own).filter(|path| !path.contains('.')).collect()
}

/// The recorded body as text, re-written with its keys in the recorded order.
fn body_text(sample: &str) -> &str {
    let start = sample.find("\"response\"").unwrap();
    let body = start + sample[start..].find("\"body\"").unwrap();
    let open = body + sample[body..].find('{').unwrap();
    &sample[open..]
}

#[tokio::test]
async fn a_ticket_of_2025_is_answered_alike() {
    let Some(text) = sample("01-post-ticket-two-incoming-messages.json") else { return };
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let (_sandbox, client) = sandbox().await;
    let id = customer(
        &client,
        &json!({"channels": [{"type": "email", "address": "nango@example.com"},
        {"type": "phone", "address": "0719908543"}]}),
    )
    .await;
    let asked = recorded["request"]["body"].to_string().replace("488071553", &id.to_string());
    let answer = client.post("/api/tickets", &serde_json::from_str(&asked).unwrap()).await;
    let ours = answer.expect(201);
    assert_shape(&recorded["response"]["body"], &ours);
    assert_same_nulls(&recorded["response"]["body"], &ours, "", &[]);
    assert_eq!(ours["messages"][0]["sent_datetime"], "2025-02-07T09:55:18.820000+00:00");
    assert_eq!(ours["messages"][1]["attachments"], Value::Null);
    assert_eq!(
        ours["messages"][0]["attachments"],
        recorded["response"]["body"]["messages"][0]["attachments"]
    );
    assert_eq!(ours["reply_options"], recorded["response"]["body"]["reply_options"]);
}

#[tokio::test]
async fn a_ticket_of_2026_is_answered_key_for_key() {
    let Some(text) = sample("31-post-ticket-no-via-2026.json") else { return };
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let (_sandbox, client) = sandbox().await;
    let channels = json!([{"type": "email", "address": "test-dryrun-abc123@example.com"}]);
    let id = customer(&client, &json!({"name": "Nango TestUser", "channels": channels})).await;
    let asked = recorded["request"]["body"].to_string().replace("519759291", &id.to_string());
    let answer = client.post("/api/tickets", &serde_json::from_str(&asked).unwrap()).await;
    let ours = answer.expect(201);
    assert_shape(&recorded["response"]["body"], &ours);
    assert_same_nulls(&recorded["response"]["body"], &ours, "", &[]);
    let recorded_text = body_text(&text);
    assert_eq!(
        first_object_keys(&answer.text),
        first_object_keys(&recorded_text[..recorded_text.rfind("\"note\"").unwrap()])
    );
    assert_eq!(ours["messages"][0]["via"], "api");
    assert_eq!(ours["messages"][0]["source"], json!({"type": "phone"}));
}

#[tokio::test]
async fn an_appended_message_is_answered_key_for_key() {
    let Some(text) = sample("30-post-message-incoming-phone-2026.json") else { return };
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let (_sandbox, client) = sandbox().await;
    let channels = json!([{"type": "email", "address": "support@gorgias.com"}]);
    let id = customer(&client, &json!({"name": "Romain @Gorgias", "channels": channels})).await;
    let ticket = client
        .ticket(&json!({"customer": {"id": id}, "messages": [
        {"channel": "phone", "from_agent": false, "sender": {"id": id}, "body_text": "x"}]}))
        .await;
    let path = format!("/api/tickets/{}/messages", ticket["id"]);
    let answer = client.post(&path, &recorded["request"]["body"]).await;
    let ours = answer.expect(201);
    assert_shape(&recorded["response"]["body"], &ours);
    assert_same_nulls(&recorded["response"]["body"], &ours, "", &[]);
    assert_eq!(first_object_keys(&answer.text), first_object_keys(body_text(&text)));
    assert_eq!(ours["sender"]["lastname"], "@Gorgias");
    // Inside a ticket two keys are missing, and the rest keeps its order.
    let whole = client.get(&format!("/api/tickets/{}", ticket["id"])).await;
    let expected: Vec<String> = first_object_keys(body_text(&text))
        .into_iter()
        .filter(|key| key != "headers" && key != "deleted_datetime")
        .collect();
    assert_eq!(message_keys(&whole.text), expected);
}

#[tokio::test]
async fn customers_are_answered_alike() {
    let (Some(created), Some(listed)) =
        (sample("03-post-customer-email-and-phone.json"), sample("05-get-customers-page.json"))
    else {
        return;
    };
    let recorded: Value = serde_json::from_str(&created).unwrap();
    let (_sandbox, client) = sandbox().await;
    let answer = client.post("/api/customers", &recorded["request"]["body"]).await;
    let ours = answer.expect(201);
    assert_shape(&recorded["response"]["body"], &ours);
    assert_same_nulls(&recorded["response"]["body"], &ours, "", &[]);
    assert_eq!(first_object_keys(&answer.text), first_object_keys(body_text(&created)));
    let recorded: Value = serde_json::from_str(&listed).unwrap();
    let ours = client.get("/api/customers?limit=100").await.expect(200);
    assert_shape(&recorded["response"]["body"], &ours);
    assert_eq!(ours["uri"], "/api/customers?limit=100");
    for absent in ["channels", "integrations", "customer"] {
        assert!(ours["data"][0].get(absent).is_none(), "{absent}");
    }
    assert!(ours["meta"].get("total_resources").is_none());
}

#[tokio::test]
async fn a_read_ticket_has_what_creation_has_not() {
    let Some(text) = sample("10-get-ticket-six-email-messages.json") else { return };
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let (_sandbox, client) = sandbox().await;
    let created = client.ticket(&json!({"assignee_user": {"id": crate::sandbox_support::ANA}})).await;
    assert!(created["customer"].get("external_data").is_none());
    let ours = client.get(&format!("/api/tickets/{}", created["id"])).await.expect(200);
    let mut expected = recorded["response"]["body"].clone();
    // The recording's answers came out of the helpdesk's own screen; ours are imported ones without such extras.
    for message in expected["messages"].as_array_mut().unwrap() {
        message["source"].as_object_mut().unwrap().remove("extra");
        let source = message["source"].as_object_mut().unwrap();
        for end in ["to", "from"] {
            source.insert(end.into(), Value::Null);
        }
        message["integration_id"] = Value::Null;
    }
    expected["tags"] = json!([]);
    assert_shape(&expected, &ours);
}

#[tokio::test]
async fn lists_of_tickets_users_and_events_are_answered_alike() {
    let (Some(tickets), Some(users), Some(events)) = (
        sample("44-get-tickets-list-2026.json"),
        sample("42-get-users-2026.json"),
        sample("40-get-events-2026.json"),
    ) else {
        return;
    };
    let (_sandbox, client) = sandbox().await;
    client.ticket(&json!({"assignee_user": {"id": crate::sandbox_support::ANA}})).await;
    for (text, path) in [(tickets, "/api/tickets"), (users, "/api/users"), (events, "/api/events")] {
        let recorded: Value = serde_json::from_str(&text).unwrap();
        let answer = client.get(path).await;
        let ours = answer.expect(200);
        let mut expected = recorded["response"]["body"].clone();
        // One of our items against each recorded one.
        let own = ours["data"][0].clone();
        for item in expected["data"].as_array().unwrap() {
            assert_shape(item, &own);
        }
        expected["data"] = json!([]);
        assert_shape(&expected, &ours);
        let of_first = |text: &str| -> Vec<String> {
            let start = text.find("\"data\"").unwrap();
            let open = start + text[start..].find('{').unwrap();
            first_object_keys(&text[open..])
        };
        let (recorded_keys, own_keys) = (of_first(body_text(&text)), of_first(&answer.text));
        let known = recorded_keys.iter().take_while(|key| *key != "data" && *key != "meta");
        let expected: Vec<&String> = known.collect();
        assert!(
            expected.iter().zip(&own_keys).all(|(recorded, own)| *recorded == own),
            "{expected:?} {own_keys:?}"
        );
    }
}

#[tokio::test]
async fn errors_have_the_documented_bodies() {
    let (Some(documented), Some(quota)) =
        (sample("50-error-bodies-doc.json"), sample("02-post-ticket-403-quota.json"))
    else {
        return;
    };
    let documented: Value = serde_json::from_str(&documented).unwrap();
    let account = AccountSeed {
        quota_tickets: Some(0),
        customers: vec![SeedCustomer { email: Some("a@example.com".into()), ..SeedCustomer::default() }],
        ..AccountSeed::default()
    };
    let (_sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    assert_eq!(client.get("/api/tickets/1").await.expect(404), documented["404"]);
    assert_eq!(client.get("/api/nothing").await.expect(404), documented["404"]);
    assert_eq!(client.delete("/api/upload").await.expect(405), documented["405"]);
    let twice = json!({"channels": [{"type": "email", "address": "A@example.com"}]});
    assert_eq!(client.post("/api/customers", &twice).await.expect(409), documented["409"]);
    let refused = client.post("/api/tickets", &crate::sandbox_support::ticket(&json!({}))).await;
    assert_eq!(refused.expect(403), documented["403"]);
    let recorded: Value = serde_json::from_str(&quota).unwrap();
    assert_eq!(refused.json(), recorded["response"]["body"]);
    for name in recorded["response"]["headers"].as_object().unwrap().keys() {
        assert!(refused.header(name).is_some(), "{name}");
    }
    let broken = json!({"messages": [{"from_agent": false}], "customer": {"email": "a@example.com"}});
    assert_eq!(
        client.post("/api/tickets", &broken).await.expect(400),
        json!({"error": {"msg": documented["400"]["error"]["msg"],
            "data": {"messages": {"0": documented["400"]["error"]["data"]}}}})
    );
}

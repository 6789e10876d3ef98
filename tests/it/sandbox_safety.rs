//! Everything that the real Gorgias would have sent to somebody is on record.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails a test by panicking")]

use gorgias_import::sandbox::{AccountSeed, SandboxOptions, SeedIntegration, SeedRule};
use serde_json::{Value, json};

use crate::sandbox_support::{ANA, answer, note, question, sandbox, sandbox_with};

fn reasons(rows: &[Value]) -> Vec<(&str, &str)> {
    rows.iter().map(|row| (row["kind"].as_str().unwrap(), row["reason"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn an_agents_message_without_a_sent_time_would_go_out() {
    let (sandbox, client) = sandbox().await;
    let created = client
        .ticket(&json!({"messages": [question(&json!({})), answer(&json!({"sent_datetime": null}))]}))
        .await;
    assert_eq!(created["messages"][1]["sent_datetime"], Value::Null);
    let rows = sandbox.would_send().unwrap();
    assert_eq!(reasons(&rows), [("message", "agent-message-without-sent-datetime")]);
    assert_eq!(rows[0]["recipients"], json!(["joan@customer.example"]));
    assert_eq!(rows[0]["message_id"], created["messages"][1]["id"]);
    let later = client.get(&format!("/api/tickets/{}", created["id"])).await.expect(200);
    assert!(later["messages"][1]["sent_datetime"].is_string(), "sent, and the time filled in");
    assert_eq!(client.get("/_sandbox/outbox").await.expect(200).as_array().unwrap().len(), 1);
    assert_eq!(sandbox.stats().unwrap().would_send, 1);
}

#[tokio::test]
async fn appended_and_changed_messages_follow_the_same_rule() {
    let (sandbox, client) = sandbox().await;
    let created = client.ticket(&json!({})).await;
    let path = format!("/api/tickets/{}/messages", created["id"]);
    client.post(&path, &question(&json!({"sent_datetime": null, "external_id": "a"}))).await.expect(201);
    client.post(&path, &note(&json!({"sent_datetime": null, "external_id": "b"}))).await.expect(201);
    assert_eq!(
        sandbox.would_send().unwrap(),
        Vec::<Value>::new(),
        "customers' messages and notes never leave"
    );
    let kept = client.post(&path, &answer(&json!({"external_id": "c"}))).await.expect(201);
    let one = format!("{path}/{}", kept["id"]);
    let fine = json!({"channel": "email", "from_agent": true, "sent_datetime": "2024-03-05T11:00:00Z", "body_text": "new"});
    assert_eq!(client.put(&one, &fine).await.expect(202)["body_text"], "new");
    assert_eq!(sandbox.would_send().unwrap(), Vec::<Value>::new());
    client
        .put(&one, &json!({"channel": "email", "from_agent": true, "body_text": "again"}))
        .await
        .expect(202);
    client.post(&format!("{path}?action=force"), &answer(&json!({"external_id": "d"}))).await.expect(201);
    client
        .post(
            &path,
            &answer(&json!({"external_id": "e", "sent_datetime": null, "channel": "phone", "source": null})),
        )
        .await
        .expect(201);
    let rows = sandbox.would_send().unwrap();
    let expected = [
        ("message", "agent-message-updated-without-sent-datetime"),
        ("message", "agent-message-with-action"),
        ("message", "agent-message-without-sent-datetime"),
    ];
    assert_eq!(reasons(&rows), expected);
    let whole = client.get(&format!("/api/tickets/{}", created["id"])).await.expect(200);
    let failed = whole["messages"].as_array().unwrap().iter().find(|one| one["external_id"] == "e").unwrap();
    assert!(failed["last_sending_error"].is_object(), "a call cannot be sent: {failed}");
}

#[tokio::test]
async fn mentions_and_actions_reach_people() {
    let (sandbox, client) = sandbox().await;
    let mentioning = note(&json!({"mention_ids": [ANA], "actions": [{"name": "http"}]}));
    client.ticket(&json!({"messages": [question(&json!({})), mentioning]})).await;
    let rows = sandbox.would_send().unwrap();
    assert_eq!(reasons(&rows), [("mention", "mention-ids"), ("action", "external-actions")]);
    assert_eq!(rows[0]["recipients"], json!(["ana@acme.example"]));
}

#[tokio::test]
async fn surveys_that_would_go_out() {
    let mut account = AccountSeed::default();
    account.set_surveys(true);
    let (sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    let created = client.ticket(&json!({})).await;
    assert_eq!(reasons(&sandbox.would_send().unwrap()), [("survey", "closed-ticket")]);
    let mut quiet = AccountSeed::default();
    quiet.set_surveys(false);
    sandbox.set_account(quiet).unwrap();
    client.ticket(&json!({"external_id": "zendesk:ticket:2"})).await;
    let survey = json!({"ticket_id": created["id"], "customer_id": created["customer"]["id"], "score": 5,
        "should_send_datetime": null, "sent_datetime": "2024-03-06T10:00:00Z"});
    let made = client.post("/api/satisfaction-surveys", &survey).await.expect(201);
    assert_eq!(made["uri"], format!("/api/satisfaction-surveys/{}/", made["id"]));
    assert_eq!(sandbox.stats().unwrap().would_send, 1);
    assert_eq!(client.post("/api/satisfaction-surveys", &survey).await.status, 409, "one per ticket");
    let listed =
        client.get(&format!("/api/satisfaction-surveys?ticket_id={}", created["id"])).await.expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 1);
    let path = format!("/api/satisfaction-surveys/{}", made["id"]);
    client
        .put(&path, &json!({"should_send_datetime": "2030-01-01T00:00:00Z", "sent_datetime": null}))
        .await
        .expect(202);
    assert_eq!(sandbox.stats().unwrap().would_send, 2);
    let ticket = client.get(&format!("/api/tickets/{}", created["id"])).await.expect(200);
    assert_eq!(ticket["satisfaction_survey"]["score"], 5);
}

#[tokio::test]
async fn rules_and_http_integrations_leave_traces() {
    let rule = |id, event_types: &str, active, replies| SeedRule {
        id,
        name: format!("rule {id}"),
        event_types: event_types.into(),
        active,
        replies,
    };
    let rules = vec![
        rule(1, "ticket-created,ticket-updated", true, false),
        rule(2, "ticket-message-created", true, true),
        rule(3, "ticket-created", false, true),
    ];
    let mut account = AccountSeed { rules, ..AccountSeed::default() };
    account.integrations.push(SeedIntegration {
        id: 5,
        name: "Hook".into(),
        kind: "http".into(),
        address: None,
        triggers: vec!["ticket-created".into()],
        active: true,
    });
    let (sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    let created = client.ticket(&json!({})).await;
    let events = client
        .get(&format!("/api/events?object_type=Ticket&object_id={}&limit=100", created["id"]))
        .await
        .expect(200);
    let ran: Vec<i64> = events["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["type"] == "rule-executed")
        .map(|one| one["data"]["id"].as_i64().unwrap())
        .collect();
    assert_eq!(ran, [1, 2, 1], "newest first: updated, message, created; rule 3 is off");
    assert_eq!(reasons(&sandbox.would_send().unwrap()), [("rule-reply", "ticket-message-created")]);
    assert_eq!(sandbox.stats().unwrap().http_calls, 1);
    let rules = client.get("/api/rules").await.expect(200);
    assert!(
        rules["data"][0]["deactivated_datetime"].is_null()
            && rules["data"][2]["deactivated_datetime"].is_string()
    );
    let hooks = client.get("/api/integrations?type=http").await.expect(200);
    assert_eq!(hooks["data"][0]["http"]["triggers"]["ticket-created"], true);
}

#[tokio::test]
async fn one_creation_has_the_recorded_events() {
    let (_sandbox, client) = sandbox().await;
    let created =
        client.ticket(&json!({"messages": [question(&json!({}))], "assignee_user": {"id": ANA}})).await;
    let events = client.get("/api/events?types[]=ticket-created&types[]=ticket-message-created&types[]=ticket-updated&types[]=ticket-assigned").await.expect(200);
    let rows = events["data"].as_array().unwrap();
    let kinds: Vec<&str> = rows.iter().map(|row| row["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        ["ticket-updated", "ticket-assigned", "ticket-updated", "ticket-message-created", "ticket-created"]
    );
    assert!(rows.iter().all(|row| row["context"] == rows[0]["context"] && row["user_id"] == 519_543_243));
    assert_eq!(rows[3]["object_id"], created["messages"][0]["id"]);
    assert_eq!(rows[1]["data"], json!({"assignee_user_id": ANA}));
    assert_eq!(client.get("/api/events?object_type=Ticket").await.status, 400, "object_type needs object_id");
    let none = client.get("/api/events?created_datetime[gt]=2999-01-01T00:00:00Z").await.expect(200);
    assert_eq!(none["data"], json!([]));
}

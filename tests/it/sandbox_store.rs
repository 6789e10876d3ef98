//! The store is on disk: what was answered is there after a restart, and after a stop in the middle of things.

use gorgias_import::sandbox::{AccountSeed, SandboxError, SandboxOptions, start};
use serde_json::json;

use crate::sandbox_support::{Client, answer, question, ticket};

fn options(path: &std::path::Path) -> SandboxOptions {
    SandboxOptions { store: Some(path.to_owned()), ..SandboxOptions::default() }
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.sqlite");
    let sandbox = start(options(&path)).await.unwrap();
    let client = Client::to(&sandbox);
    let unsent = answer(&json!({"sent_datetime": null}));
    client.ticket(&json!({"messages": [question(&json!({})), unsent]})).await;
    client.post("/api/tags", &json!({"name": "kept"})).await.expect(201);
    let (tickets, outbox) = (sandbox.tickets().unwrap(), sandbox.would_send().unwrap());
    sandbox.stop().await;

    let again = start(options(&path)).await.unwrap();
    assert_eq!(again.tickets().unwrap(), tickets);
    assert_eq!(again.would_send().unwrap(), outbox);
    let client = Client::to(&again);
    let next = client.ticket(&json!({"external_id": "zendesk:ticket:2"})).await;
    assert!(next["id"].as_i64() > tickets[0]["id"].as_i64());
    assert_eq!(next["customer"]["id"], tickets[0]["customer"]["id"]);
    assert_eq!(client.get("/api/tags?search=kept").await.expect(200)["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn ids_are_never_given_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.sqlite");
    let sandbox = start(options(&path)).await.unwrap();
    let client = Client::to(&sandbox);
    let first = client.ticket(&json!({})).await["id"].as_i64().unwrap();
    assert_eq!(client.delete(&format!("/api/tickets/{first}")).await.status, 204);
    drop(sandbox);
    let again = start(options(&path)).await.unwrap();
    let second = Client::to(&again).ticket(&json!({})).await["id"].as_i64().unwrap();
    assert!(second > first);
}

#[tokio::test]
async fn whatever_was_answered_before_a_stop_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.sqlite");
    let sandbox = start(options(&path)).await.unwrap();
    let client = Client::to(&sandbox);
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let client = client.clone();
            tokio::spawn(async move {
                let mut created = Vec::new();
                for number in 0.. {
                    let key = format!("zendesk:ticket:{worker}-{number}");
                    match client.try_post("/api/tickets", &ticket(&json!({"external_id": key}))).await {
                        Ok(answer) if answer.status == 201 => created.push(key),
                        _ => break,
                    }
                }
                created
            })
        })
        .collect();
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    sandbox.stop().await;
    let mut answered = Vec::new();
    for worker in workers {
        answered.extend(worker.await.unwrap());
    }
    assert!(!answered.is_empty());
    let again = start(options(&path)).await.unwrap();
    let kept: Vec<String> =
        again.tickets().unwrap().iter().map(|one| one["external_id"].as_str().unwrap().to_owned()).collect();
    assert!(answered.iter().all(|key| kept.contains(key)));
}

#[tokio::test]
async fn only_loopback_and_only_ones_own_account() {
    let outside = SandboxOptions { address: "0.0.0.0:0".parse().unwrap(), ..SandboxOptions::default() };
    assert!(matches!(start(outside).await, Err(SandboxError::NotLoopback(_))));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.sqlite");
    start(options(&path)).await.unwrap().stop().await;
    let account = AccountSeed { domain: "other".into(), ..AccountSeed::default() };
    let other = start(SandboxOptions { account, ..options(&path) }).await;
    assert!(matches!(other, Err(SandboxError::OtherAccount { .. })));
    std::fs::write(folder.path().join("text"), "this is not a database, but a text that is long enough")
        .unwrap();
    assert!(start(options(&folder.path().join("text"))).await.is_err());
}

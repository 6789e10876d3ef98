//! The browse pages and the administration.

use gorgias_import::sandbox::AccountSeed;
use serde_json::json;

use crate::sandbox_support::{answer, question, sandbox};

#[tokio::test]
async fn pages_show_messages_without_running_or_fetching_anything() {
    let (_sandbox, client) = sandbox().await;
    let hostile = "<script>alert(1)</script><img src=\"https://tracker.example/x.png\"><p>Hi</p>";
    let created = client
        .ticket(&json!({"subject": "<b>bold</b>", "messages": [question(&json!({"body_html": hostile})), answer(&json!({}))]}))
        .await;
    let inbox = client.get("/").await;
    assert_eq!(inbox.status, 200);
    assert!(
        inbox.text.contains("&lt;b&gt;bold&lt;/b&gt;") && !inbox.text.contains("<b>bold"),
        "{}",
        inbox.text
    );
    assert!(inbox.text.contains("Joan of Customer"));
    let page = client.get(&format!("/tickets/{}", created["id"])).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"));
    assert!(
        page.text.contains("<iframe sandbox=\"\" ") && page.text.contains("&lt;/style&gt;&lt;script&gt;")
    );
    assert!(!page.text.contains("<script>") && !page.text.contains("<img"));
    assert_eq!(client.get("/tickets/1").await.status, 404);
}

#[tokio::test]
async fn pages_are_for_this_machine_only() {
    let (_sandbox, client) = sandbox().await;
    for path in ["/", "/_sandbox/stats"] {
        let foreign = client.request("GET", path).header("host", "rebound.example");
        assert_eq!(client.send(foreign).await.unwrap().status, 403);
    }
}

#[tokio::test]
async fn another_process_can_watch_and_change_the_account() {
    let (sandbox, client) = sandbox().await;
    client.ticket(&json!({})).await;
    let stats = client.get("/_sandbox/stats").await.expect(200);
    assert_eq!(
        (&stats["tickets"], &stats["messages"], &stats["would_send"]),
        (&json!(1), &json!(2), &json!(0))
    );
    let log = client.get("/_sandbox/requests").await.expect(200);
    assert_eq!(
        (&log[0]["method"], &log[0]["path"], &log[0]["status"]),
        (&json!("POST"), &json!("/api/tickets"), &json!(201))
    );
    assert_eq!(client.get("/_sandbox/requests?after=1").await.expect(200), json!([]));
    let tickets = client.get("/_sandbox/tickets?limit=10").await.expect(200);
    assert_eq!(tickets.as_array().unwrap().clone(), sandbox.tickets().unwrap());
    let mut seed: AccountSeed =
        serde_json::from_value(client.get("/_sandbox/account").await.expect(200)).unwrap();
    seed.rules.push(gorgias_import::sandbox::SeedRule {
        id: 77,
        name: "new".into(),
        event_types: "ticket-created".into(),
        active: true,
        replies: false,
    });
    client.put("/_sandbox/account", &serde_json::to_value(&seed).unwrap()).await.expect(200);
    assert_eq!(client.get("/api/rules/77").await.expect(200)["name"], "new");
    assert_eq!(client.put("/_sandbox/account", &json!({"domian": "x"})).await.status, 400);
}

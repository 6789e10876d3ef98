//! Lists, cursors, uploads, and what an account is.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails a test by panicking")]

use gorgias_import::sandbox::{AccountSeed, SandboxOptions, SeedField};
use serde_json::{Value, json};

use crate::sandbox_support::{Client, sandbox, sandbox_with};

async fn walk(client: &Client, path: &str, query: &[(&str, &str)]) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut request = client.request("GET", path).query(query);
        if let Some(cursor) = &cursor {
            request = request.query(&[("cursor", cursor)]);
        }
        let page = client.send(request).await.unwrap().expect(200);
        items.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["meta"]["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return items,
        }
    }
}

#[tokio::test]
async fn every_ticket_is_on_exactly_one_page() {
    let (_sandbox, client) = sandbox().await;
    for number in 0..25 {
        // Several share a creation time.
        let created = format!("2024-03-{:02}T10:00:00Z", 1 + number / 4);
        client
            .ticket(&json!({"external_id": format!("zendesk:ticket:{number}"), "created_datetime": created}))
            .await;
    }
    for order in ["created_datetime:desc", "created_datetime:asc", "updated_datetime:asc"] {
        let items = walk(&client, "/api/tickets", &[("limit", "7"), ("order_by", order)]).await;
        let mut ids: Vec<i64> = items.iter().map(|item| item["id"].as_i64().unwrap()).collect();
        if order.ends_with("desc") {
            ids.reverse();
        }
        assert_eq!(ids.len(), 25);
        assert!(ids.is_sorted(), "{order}");
    }
    let ids = walk(&client, "/api/tickets", &[("ticket_ids", "82750001"), ("ticket_ids", "82750003")]).await;
    assert_eq!(ids.len(), 2);
    let found = client.get("/api/tickets?external_id=zendesk:ticket:7").await.expect(200);
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    let customer = found["data"][0]["customer"]["id"].to_string();
    assert_eq!(walk(&client, "/api/tickets", &[("customer_id", &customer)]).await.len(), 25);
    for bad in ["limit=101", "limit=0", "order_by=subject", "cursor=zzz", "trashed=maybe", "customer_id=x"] {
        assert_eq!(client.get(&format!("/api/tickets?{bad}")).await.status, 400, "{bad}");
    }
    let messages = walk(&client, "/api/messages", &[("limit", "9"), ("ticket_id", "82750002")]).await;
    assert_eq!(messages.len(), 2);
}

#[tokio::test]
async fn the_deprecated_list_of_messages_has_page_numbers() {
    let (_sandbox, client) = sandbox().await;
    let messages: Vec<Value> = (0..35)
        .map(|minute| {
            let at = format!("2024-03-05T10:{minute:02}:00Z");
            crate::sandbox_support::question(
                &json!({"created_datetime": at, "sent_datetime": at, "external_id": format!("m{minute}")}),
            )
        })
        .collect();
    let created = client.ticket(&json!({"messages": messages})).await;
    let path = format!("/api/tickets/{}/messages", created["id"]);
    let first = client.get(&path).await.expect(200);
    assert_eq!((&first["meta"]["item_count"], &first["meta"]["nb_pages"]), (&json!(35), &json!(2)));
    let second = client.get(&format!("{path}?page=2")).await.expect(200);
    assert_eq!(second["data"].as_array().unwrap().len(), 5);
    assert_eq!(second["data"][4]["external_id"], "m34", "oldest first");
}

#[tokio::test]
async fn uploads_come_back_by_their_links() {
    let (sandbox, client) = sandbox().await;
    let form = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
        --edge\r\nContent-Disposition: form-data; name=\"label.bin\"\r\n\r\nxyz\r\n--edge--\r\n";
    let upload = |kind: &str| {
        client
            .request("POST", &format!("/api/upload?type={kind}"))
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(form)
    };
    let stored = client.send(upload("attachment")).await.unwrap().expect(201);
    assert_eq!(stored[0]["name"], "a b.txt");
    assert_eq!((&stored[0]["size"], &stored[0]["content_type"]), (&json!(5), &json!("text/plain")));
    assert_eq!((&stored[1]["name"], &stored[1]["size"]), (&json!("label.bin"), &json!(3)));
    let url = stored[0]["url"].as_str().unwrap();
    let path = url.strip_prefix(sandbox.base_url()).unwrap();
    assert_eq!(client.get(path).await.text, "hello");
    let parts: Vec<&str> = path.rsplit('/').collect();
    let private = client.get(&format!("/api/attachment/download/{}/{}", parts[1], parts[0])).await;
    assert_eq!((private.status, private.text.as_str()), (200, "hello"));
    assert_eq!(client.send(upload("mystery")).await.unwrap().status, 400);
    assert_eq!(client.post("/api/upload", &json!({})).await.status, 400);
    assert_eq!(sandbox.stats().unwrap().files, 2);
}

#[tokio::test]
async fn an_upload_above_the_limit_gets_413() {
    let (sandbox, client) =
        sandbox_with(SandboxOptions { upload_bytes_max: 1000, ..SandboxOptions::default() }).await;
    let form = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n{}\r\n--edge--\r\n",
        "x".repeat(5000)
    );
    let request = client
        .request("POST", "/api/upload")
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(form);
    assert_eq!(client.send(request).await.unwrap().status, 413);
    assert_eq!(sandbox.stats().unwrap().files, 0);
}

#[tokio::test]
async fn the_account_tells_about_itself() {
    let account = AccountSeed {
        custom_fields: vec![SeedField {
            id: 1,
            label: "Reason".into(),
            object_type: "Ticket".into(),
            data_type: "number".into(),
            ..SeedField::default()
        }],
        ..AccountSeed::default()
    };
    let (_sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    let own = client.get("/api/account").await.expect(200);
    assert_eq!((&own["domain"], &own["status"]["status"]), (&json!("acme"), &json!("active")));
    assert!(own.get("id").is_none());
    let settings = client.get("/api/account/settings").await.expect(200);
    assert_eq!(settings["data"][0]["type"], "satisfaction-surveys");
    let me = client.get("/api/users/0/").await.expect(200);
    assert_eq!((&me["email"], &me["role"]["name"]), (&json!("ops@example.com"), &json!("admin")));
    assert_eq!(client.get(&format!("/api/users/{}", me["id"])).await.expect(200), me);
    let agents = client.get("/api/users?roles[]=agent&limit=2").await.expect(200);
    assert_eq!(agents["data"].as_array().unwrap().len(), 2);
    assert!(agents["meta"]["next_cursor"].is_string());
    assert_eq!(
        client.get("/api/users?email=BEN@acme.example").await.expect(200)["data"][0]["name"],
        "Ben Brook"
    );
    let mail = client.get("/api/integrations?type=email").await.expect(200);
    assert_eq!(mail["data"][0]["meta"]["address"], "support@acme.example");
    assert_eq!(client.get("/api/custom-fields").await.status, 400, "object_type is required");
    let fields = client.get("/api/custom-fields?object_type=Ticket").await.expect(200);
    assert_eq!(fields["data"][0]["definition"]["data_type"], "number");
    for empty in ["/api/rules", "/api/teams", "/api/views"] {
        assert_eq!(client.get(empty).await.expect(200)["data"], json!([]), "{empty}");
    }
    assert_eq!(
        client.put("/api/rules/1", &json!({})).await.status,
        405,
        "rules are not the importer's to change"
    );
    assert_eq!(client.post("/api/users", &json!({})).await.status, 405);
}

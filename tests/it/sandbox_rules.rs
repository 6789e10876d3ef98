//! What the stand-in takes and refuses, and what it makes of it.

use gorgias_import::sandbox::{AccountSeed, BucketLimit, SandboxOptions, SeedField, SeedUser};
use serde_json::{Value, json};
use std::time::Duration;

use crate::sandbox_support::{ANA, answer, note, question, sandbox, sandbox_with, ticket};

#[tokio::test]
async fn an_imported_conversation_is_stored_as_it_was() {
    let (sandbox, client) = sandbox().await;
    let created = client.ticket(&json!({"messages": [question(&json!({})), note(&json!({})), answer(&json!({}))], "imported": true})).await;
    assert_eq!(created["imported"], true);
    assert_eq!(created["language"], Value::Null);
    assert_eq!(created["customer"]["email"], "joan@customer.example");
    assert_eq!(created["customer"]["firstname"], "Joan");
    assert_eq!(created["customer"]["lastname"], "Customer");
    assert_eq!(created["closed_datetime"], "2024-03-06T10:00:00.000000+00:00");
    assert_eq!(created["last_message_datetime"], "2024-03-05T11:00:00.500000+00:00");
    assert_eq!(created["last_received_message_datetime"], "2024-03-05T10:00:00.000000+00:00");
    let read = client.get(&format!("/api/tickets/{}/", created["id"])).await.expect(200);
    assert_eq!(read["language"], "en", "filled in after creation");
    let sides: Vec<_> = read["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["public"].clone(), one["from_agent"].clone()))
        .collect();
    assert_eq!(sides, [(json!(true), json!(false)), (json!(false), json!(true)), (json!(true), json!(true))]);
    assert_eq!(
        read["messages"][0]["source"]["from"]["address"], "Joan@Customer.example",
        "case is kept in the source"
    );
    let kept = sandbox.tickets().unwrap();
    assert_eq!(kept, vec![read]);
    assert_eq!(sandbox.would_send().unwrap(), Vec::<Value>::new());
}

#[tokio::test]
async fn senders_must_exist_and_be_of_the_right_kind() {
    let inactive = SeedUser {
        id: 7,
        name: "Gone".into(),
        email: "gone@acme.example".into(),
        role: "agent".into(),
        active: false,
    };
    let mut account = AccountSeed::default();
    account.users.push(inactive);
    let (sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    let wrong = [
        (question(&json!({"sender": {"email": "stranger@customer.example"}})), "email"),
        (question(&json!({"sender": {"id": ANA}})), "id"),
        (answer(&json!({"sender": {"id": 7}})), "id"),
        (answer(&json!({"sender": {"email": "joan@customer.example"}})), "email"),
        (note(&json!({"sender": {"email": "joan@customer.example"}})), "email"),
        (answer(&json!({"sender": {"id": ANA, "email": "ben@acme.example"}})), "id"),
    ];
    for (message, key) in wrong {
        let refused =
            client.post("/api/tickets", &ticket(&json!({"messages": [question(&json!({})), message]}))).await;
        assert!(refused.problems()["messages"]["1"]["sender"].get(key).is_some(), "{}", refused.text);
    }
    let receiver = answer(&json!({"receiver": {"email": "stranger@customer.example"}}));
    let refused = client.post("/api/tickets", &ticket(&json!({"messages": [receiver]}))).await;
    assert!(refused.problems()["messages"]["0"].get("receiver").is_some());
    let stats = sandbox.stats().unwrap();
    assert_eq!(
        (stats.tickets, stats.customers, stats.events),
        (0, 0, 0),
        "a refused request leaves nothing behind"
    );
}

#[tokio::test]
async fn customers_are_found_whatever_their_case_and_overwritten_by_more_than_an_id() {
    let (sandbox, client) = sandbox().await;
    let first = client.ticket(&json!({})).await;
    let customer = &first["customer"]["id"];
    let again = client
        .ticket(&json!({"customer": {"email": "JOAN@customer.EXAMPLE"}, "external_id": "zendesk:ticket:2"}))
        .await;
    assert_eq!(&again["customer"]["id"], customer);
    assert_eq!(again["customer"]["name"], "Joan of Customer");
    let by_id = client.ticket(&json!({"customer": {"id": customer}})).await;
    assert_eq!(by_id["customer"]["name"], "Joan of Customer");
    let renamed = client.ticket(&json!({"customer": {"id": customer, "name": "Somebody Else"}})).await;
    assert_eq!(renamed["customer"]["name"], "Somebody Else");
    assert_eq!(sandbox.stats().unwrap().customers, 1);
    let nobody = client.post("/api/tickets", &ticket(&json!({"customer": {"id": 5}}))).await;
    assert!(nobody.problems()["customer"].get("id").is_some());
}

#[tokio::test]
async fn unknown_things_are_refused() {
    let (_sandbox, client) = sandbox().await;
    for (changes, key) in [
        (json!({"mystery": 1}), "mystery"),
        (json!({"tags": [{"name": "nope"}]}), "tags"),
        (json!({"assignee_user": {"id": 5}}), "assignee_user"),
        (json!({"assignee_team": {"id": 5}}), "assignee_team"),
        (json!({"custom_fields": [{"id": 5, "value": "x"}]}), "custom_fields"),
        (json!({"customer": {"email": "joan@customer.example", "phone": "1"}}), "customer"),
    ] {
        let refused = client.post("/api/tickets", &ticket(&changes)).await;
        assert!(refused.problems().get(key).is_some(), "{key}: {}", refused.text);
    }
    let mut with_integration = question(&json!({}));
    with_integration["integration_id"] = json!(5);
    let refused = client.post("/api/tickets", &ticket(&json!({"messages": [with_integration]}))).await;
    assert!(refused.problems()["messages"]["0"].get("integration_id").is_some());
    assert!(client.get("/api/tickets?status=open").await.problems().get("status").is_some());
    let text = client.send(client.request("POST", "/api/tickets").body("{}")).await.unwrap();
    assert_eq!(text.status, 400);
    let broken =
        client.request("POST", "/api/tickets").header("content-type", "application/json").body("{\"a\":");
    assert_eq!(client.send(broken).await.unwrap().status, 400);
}

#[tokio::test]
async fn tags_fields_and_assignees_that_exist_are_kept() {
    let account = AccountSeed {
        tags: vec!["VIP".into(), "vip".into()],
        custom_fields: vec![SeedField {
            id: 319_613,
            label: "Reason".into(),
            object_type: "Ticket".into(),
            data_type: "text".into(),
            choices: vec!["Order::Late".into()],
            ..SeedField::default()
        }],
        ..AccountSeed::default()
    };
    let (_sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    let created = client
        .ticket(&json!({"tags": [{"name": "VIP"}], "assignee_user": {"id": ANA},
            "custom_fields": [{"id": 319_613, "value": "Order::Late"}]}))
        .await;
    assert_eq!(created["tags"][0]["name"], "VIP");
    assert_eq!(created["tags"].as_array().unwrap().len(), 1);
    assert_eq!(created["assignee_user"]["name"], "Ana Alvarez");
    assert_eq!(created["custom_fields"], json!({"319613": {"id": 319_613, "value": "Order::Late"}}));
    let refused = client
        .post("/api/tickets", &ticket(&json!({"custom_fields": [{"id": 319_613, "value": "Other"}]})))
        .await;
    assert!(refused.problems()["custom_fields"]["0"].get("value").is_some());
    let made = client.post("/api/tags", &json!({"name": "new"})).await.expect(201);
    assert!(made["decoration"]["color"].as_str().unwrap().starts_with('#'));
    assert_eq!(client.post("/api/tags", &json!({"name": "new"})).await.status, 409);
    let path = format!("/api/tickets/{}/tags", created["id"]);
    assert_eq!(client.post(&path, &json!({"names": ["new"]})).await.status, 201);
    assert_eq!(client.post(&path, &json!({"names": ["unknown"]})).await.status, 400);
    assert_eq!(client.get(&path).await.expect(200)["data"].as_array().unwrap().len(), 2);
    let found = client.get("/api/tags?search=vip&order_by=name:asc&limit=1").await.expect(200);
    assert_eq!(found["data"][0]["name"], "VIP");
    let next = found["meta"]["next_cursor"].as_str().unwrap();
    let rest = client
        .send(client.request("GET", "/api/tags").query(&[
            ("search", "vip"),
            ("order_by", "name:asc"),
            ("limit", "1"),
            ("cursor", next),
        ]))
        .await
        .unwrap();
    assert_eq!(rest.expect(200)["data"][0]["name"], "vip");
}

#[tokio::test]
async fn an_account_that_does_not_know_imported_refuses_it() {
    let account = AccountSeed { accepts_imported: false, ..AccountSeed::default() };
    let (_sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    let refused = client.post("/api/tickets", &ticket(&json!({"imported": true}))).await;
    assert_eq!(refused.problems(), json!({"imported": ["Unknown field."]}));
}

#[tokio::test]
async fn updates_are_partial_and_appending_reopens() {
    let (_sandbox, client) = sandbox().await;
    let created = client.ticket(&json!({})).await;
    let path = format!("/api/tickets/{}", created["id"]);
    let reply = question(
        &json!({"external_id": "zendesk:comment:9", "created_datetime": "2024-03-07T10:00:00Z", "sent_datetime": "2024-03-07T10:00:00Z", "body_text": "And now?"}),
    );
    client.post(&format!("{path}/messages"), &reply).await.expect(201);
    let listed = client.get("/api/tickets").await.expect(200);
    assert_eq!(listed["data"][0]["status"], "open");
    assert_eq!(listed["data"][0]["messages_count"], 3);
    assert_eq!(listed["data"][0]["excerpt"], "And now?");
    let closed = client
        .put(&path, &json!({"status": "closed", "closed_datetime": "2024-03-08T00:00:00Z"}))
        .await
        .expect(202);
    assert_eq!(closed["closed_datetime"], "2024-03-08T00:00:00.000000+00:00");
    assert_eq!(closed["created_datetime"], created["created_datetime"]);
    assert_eq!(closed["subject"], created["subject"]);
    let refused = client.put(&path, &json!({"created_datetime": "2024-01-01T00:00:00Z"})).await;
    assert_eq!(refused.problems(), json!({"created_datetime": ["Unknown field."]}));
    client.put(&path, &json!({"trashed_datetime": "2024-04-01T00:00:00Z"})).await.expect(202);
    assert_eq!(client.get("/api/tickets").await.expect(200)["data"].as_array().unwrap().len(), 1);
    assert_eq!(client.get("/api/tickets?trashed=false").await.expect(200)["data"], json!([]));
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.status, 404);
}

#[tokio::test]
async fn deleting_the_only_message_keeps_its_time() {
    let (_sandbox, client) = sandbox().await;
    let created = client.ticket(&json!({"messages": [question(&json!({}))]})).await;
    let message = &created["messages"][0]["id"];
    let path = format!("/api/tickets/{}/messages/{message}", created["id"]);
    assert_eq!(client.get(&path).await.expect(200)["external_id"], "zendesk:comment:1");
    assert_eq!(client.delete(&path).await.status, 204);
    let item = &client.get("/api/tickets").await.expect(200)["data"][0];
    assert_eq!((&item["messages_count"], &item["excerpt"]), (&json!(0), &Value::Null));
    assert_eq!(item["last_message_datetime"], "2024-03-05T10:00:00.000000+00:00");
}

#[tokio::test]
async fn customers_can_be_read_changed_and_deleted() {
    let (_sandbox, client) = sandbox().await;
    let body = json!({"name": "Phone Only", "external_id": "aircall:contact:7", "channels": [{"type": "phone", "address": "+15550100"}]});
    let created = client.post("/api/customers", &body).await.expect(201);
    let path = format!("/api/customers/{}", created["id"]);
    let find = [("channel_type", "phone"), ("channel_address", "+15550100")];
    let found = client.send(client.request("GET", "/api/customers").query(&find)).await.unwrap().expect(200);
    assert_eq!(found["data"][0]["id"], created["id"]);
    let by_key = client.get("/api/customers?external_id=aircall:contact:7").await.expect(200);
    assert_eq!(by_key["data"].as_array().unwrap().len(), 1);
    assert_eq!(client.post("/api/customers", &body).await.status, 409);
    let changed = client.put(&path, &json!({"email": "Phone@Customer.example"})).await.expect(202);
    assert_eq!(changed["email"], "phone@customer.example");
    assert_eq!(changed["channels"].as_array().unwrap().len(), 2);
    assert_eq!(client.put(&format!("{path}/data"), &json!({"data": {"plan": "gold"}})).await.status, 202);
    assert_eq!(client.get(&path).await.expect(200)["data"], json!({"plan": "gold"}));
    client
        .ticket(&json!({"customer": {"id": created["id"]}, "messages": [
        {"channel": "phone", "from_agent": false, "sender": {"id": created["id"]}, "body_text": "x"}]}))
        .await;
    assert_eq!(client.delete(&path).await.status, 400, "a customer with tickets stays");
    let nameless =
        client.post("/api/customers", &json!({"external_id": "x", "channels": []})).await.expect(201);
    assert_eq!(client.delete(&format!("/api/customers/{}", nameless["id"])).await.status, 204);
}

#[tokio::test]
async fn tags_tell_how_many_tickets_carry_them_and_stay_where_macros_or_rules_use_them() {
    let account = AccountSeed {
        tags: vec!["vip".into(), "ruled".into()],
        tags_in_use: vec!["ruled".into()],
        views: vec![json!({"id": 1, "filters": "containsAny(ticket.tags.name, ['vip'])"})],
        ..AccountSeed::default()
    };
    let (_sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    let tags = client.get("/api/tags").await.expect(200)["data"].clone();
    let path = |name: &str| {
        let tag = tags.as_array().unwrap().iter().find(|tag| tag["name"] == name).unwrap();
        format!("/api/tags/{}", tag["id"])
    };
    client.ticket(&json!({"tags": [{"name": "vip"}]})).await;
    assert_eq!(client.get(&path("vip")).await.expect(200)["usage"], 1);
    assert_eq!(client.delete(&path("ruled")).await.status, 400);
    assert_eq!(client.delete(&path("vip")).await.status, 204);
    assert_eq!(client.get(&path("vip")).await.status, 404);
    assert_eq!(client.get("/api/views").await.expect(200)["data"][0]["id"], 1);
}

#[tokio::test]
async fn credentials_and_roles() {
    let mut account = AccountSeed::default();
    account.users.push(SeedUser {
        id: 9,
        name: "Eye".into(),
        email: "eye@acme.example".into(),
        role: "observer-agent".into(),
        active: true,
    });
    account.api_keys.insert("eye@acme.example".into(), "looking".into());
    let (sandbox, client) = sandbox_with(SandboxOptions { account, ..SandboxOptions::default() }).await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/users/0", sandbox.base_url());
    let nobody = client.send(http.get(&url)).await.unwrap();
    assert!(nobody.expect(401)["error"]["msg"].is_string());
    assert!(nobody.header("x-gorgias-account-api-call-limit").is_some());
    let wrong = client.send(http.get(&url).basic_auth("ops@example.com", Some("wrong"))).await.unwrap();
    assert_eq!(wrong.status, 401);
    let token = client.send(http.get(&url).bearer_auth("sandbox-token")).await.unwrap();
    assert_eq!(token.expect(200)["email"], "ops@example.com");
    let observer = |request: reqwest::RequestBuilder| request.basic_auth("eye@acme.example", Some("looking"));
    assert_eq!(
        client.send(observer(http.get(&url))).await.unwrap().expect(200)["role"]["name"],
        "observer-agent"
    );
    let refused = observer(http.post(format!("{}/api/tags", sandbox.base_url()))).json(&json!({"name": "x"}));
    assert_eq!(client.send(refused).await.unwrap().status, 403);
}

#[tokio::test]
async fn the_bucket_refuses_counts_failures_and_drains() {
    let limit = BucketLimit::new(5, Duration::from_secs(2));
    let (sandbox, client) = sandbox_with(SandboxOptions { limit, ..SandboxOptions::default() }).await;
    let first = client.get("/api/tickets?nonsense=1").await;
    assert_eq!((first.status, first.header("x-gorgias-account-api-call-limit")), (400, Some("1/5")));
    for _ in 0..4 {
        assert_eq!(client.get("/api/users/0").await.status, 200);
    }
    let refused = client.get("/api/users/0").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    assert!(refused.json()["error"]["msg"].is_string());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let token = client
        .send(http.get(format!("{}/api/users/0", sandbox.base_url())).bearer_auth("sandbox-token"))
        .await
        .unwrap();
    assert_eq!(
        token.header("x-gorgias-account-api-call-limit"),
        Some("1/10"),
        "OAuth has a bucket of its own"
    );
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(client.get("/api/users/0").await.status, 200);
    assert_eq!(sandbox.stats().unwrap().throttled, 1);
    assert_eq!(
        client.get("/_sandbox/stats").await.expect(200)["requests"],
        8,
        "administration is not counted"
    );
}

#[tokio::test]
async fn bodies_above_the_limit_get_413() {
    let (sandbox, client) =
        sandbox_with(SandboxOptions { json_bytes_max: 20_000, ..SandboxOptions::default() }).await;
    let large =
        ticket(&json!({"subject": "x", "messages": [question(&json!({"body_text": "x".repeat(30_000)}))]}));
    assert_eq!(client.post("/api/tickets", &large).await.status, 413);
    client.ticket(&json!({})).await;
    assert_eq!(sandbox.stats().unwrap().tickets, 1);
}

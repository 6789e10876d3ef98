//! The browse pages and the administration.

use gorgias_import::sandbox::{
    AccountSeed, Beside, BucketLimit, Fact, Panel, Remark, RemarkKind, SandboxOptions, Section, Tone,
};
use serde_json::json;

use crate::sandbox_support::{ANA, answer, note, question, sandbox, sandbox_with};

#[tokio::test]
async fn pages_show_messages_without_running_or_fetching_anything() {
    let (_sandbox, client) = sandbox().await;
    let hostile = "<script>alert(1)</script><img src=\"https://tracker.example/x.png\"><b>Hi</b>";
    let created = client
        .ticket(&json!({"subject": "<b>bold</b>", "messages": [question(&json!({"body_html": hostile})), answer(&json!({})), note(&json!({}))]}))
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
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert!(
        page.text.contains("sandbox=\"\"") && page.text.contains("&lt;b&gt;Hi&lt;/b&gt;"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("script&gt;alert") && !page.text.contains("<script"), "{}", page.text);
    assert!(page.text.contains("1 remote image not loaded") && page.text.contains("1 script taken out"));
    assert!(page.text.contains("<article class=\"message note\"") && page.text.contains("Internal note"));
    assert_eq!(client.get("/tickets/1").await.status, 404);
    assert_eq!(client.get("/customers/x").await.status, 404);
}

#[tokio::test]
async fn pages_open_with_the_link_once_or_with_the_credentials_of_the_api() {
    let (sandbox, client) = sandbox().await;
    let stranger = reqwest::Client::builder().no_proxy().build().unwrap();
    let get = async |url: String, cookie: &str| {
        let answer = stranger.get(url).header("cookie", cookie).send().await.unwrap();
        let cookie = answer.headers().get("set-cookie").map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), cookie)
    };
    let base = sandbox.base_url().to_owned();
    let link = sandbox.browse_link().unwrap();
    for path in ["/", "/tickets/1", "/customers/1", "/requests", "/outbox", "/enter/wrong"] {
        assert_eq!(get(format!("{base}{path}"), "stand-in-1=x").await, (403, None), "{path}");
    }
    assert_eq!(get(format!("{base}/_sandbox/tickets"), "").await.0, 401);
    assert_eq!(client.get("/").await.status, 200);
    let (status, cookie) = get(link.clone(), "").await;
    let cookie = cookie.unwrap();
    assert!(status == 200 && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    assert_eq!(get(format!("{base}/requests"), pair).await, (200, None));
    assert_eq!(get(link, "").await, (403, None), "used");
    assert_eq!(get(format!("{base}/_sandbox/stats"), pair).await.0, 401, "a page must not give orders");
}

/// The numbers after the subject `S` on a page, in order.
fn numbers(page: &str) -> Vec<u32> {
    page.split("\">S").skip(1).filter_map(|rest| rest.split('<').next()?.parse().ok()).collect()
}

/// The address of a link by its relation.
fn link(page: &str, relation: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("rel=\"{relation}\" href=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

#[tokio::test]
async fn the_inbox_pages_through_every_ticket_once_forwards_and_back() {
    let (_sandbox, client) = sandbox().await;
    for number in 0..120 {
        // Three of each instant, so that the order needs more than the time.
        let at = format!("2024-03-05T10:{:02}:00Z", number / 3);
        let message = question(
            &json!({"created_datetime": at, "sent_datetime": at, "external_id": format!("zendesk:comment:{number}")}),
        );
        client
            .ticket(&json!({"subject": format!("S{number}"), "created_datetime": at, "messages": [message], "external_id": format!("zendesk:ticket:{number}")}))
            .await;
    }
    for (order, expected) in
        [("newest", (0..120).rev().collect::<Vec<u32>>()), ("oldest", (0..120).collect())]
    {
        let mut page = client.get(&format!("/?sort={order}")).await;
        let mut seen = numbers(&page.text);
        while let Some(next) = link(&page.text, "next") {
            page = client.get(&next).await;
            seen.extend(numbers(&page.text));
        }
        assert_eq!(seen, expected);
        assert_eq!(numbers(&page.text).len(), 20);
        page = client.get(&link(&page.text, "prev").unwrap()).await;
        assert_eq!(numbers(&page.text), expected[50..100]);
        page = client.get(&link(&page.text, "prev").unwrap()).await;
        assert_eq!((numbers(&page.text), link(&page.text, "prev")), (expected[..50].to_vec(), None));
    }
}

#[tokio::test]
async fn filters_and_search_follow_what_happens_to_tickets() {
    let (_sandbox, client) = sandbox().await;
    client.post("/api/tags", &json!({"name": "vip"})).await.expect(201);
    let one = client
        .ticket(&json!({"subject": "S1", "tags": [{"name": "vip"}], "assignee_user": {"id": ANA}}))
        .await;
    let two = question(&json!({"body_text": "Mein Päckchen ist weg", "external_id": "zendesk:comment:77"}));
    let two = client
        .ticket(&json!({"subject": "S2", "channel": "chat", "status": "open", "closed_datetime": null, "external_id": "zendesk:ticket:77",
            "customer": {"email": "kim@other.example", "name": "Kim"}, "messages": [two]}))
        .await;
    let found = async |query: &str| numbers(&client.get(&format!("/?{query}")).await.text);
    assert_eq!(found("").await.len(), 2);
    for query in [
        "channel=chat",
        "status=open",
        "agent=none",
        "q=packchen",
        "q=PÄCK+weg",
        "q=zendesk%3Acomment%3A77",
        "q=kim%40other.example",
    ] {
        assert_eq!(found(query).await, [2], "{query}");
    }
    let facets = client.get("/").await.text;
    let tag = facets
        .split("<option value=\"")
        .find(|rest| rest.contains(">vip (1)"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    for query in [
        format!("agent={ANA}"),
        format!("tag={tag}"),
        "status=closed".into(),
        "q=joan".into(),
        format!("q={}", one["id"]),
    ] {
        assert_eq!(found(&query).await, [1], "{query}");
    }
    for query in [
        "q=nothing",
        "q=%22+NOT+lost%22",
        "channel=sms",
        "status=trash",
        "q=weg&channel=email",
        "q=ist+missing",
    ] {
        assert_eq!(found(query).await, [0_u32; 0], "{query}");
    }
    client.put(&format!("/api/tickets/{}", two["id"]), &json!({"status": "closed"})).await.expect(202);
    assert_eq!(found("status=open").await, [0_u32; 0]);
    client
        .put(&format!("/api/tickets/{}", one["id"]), &json!({"trashed_datetime": "2024-05-01T00:00:00Z"}))
        .await
        .expect(202);
    assert_eq!((found("").await, found("status=trash").await), (vec![2], vec![1]));
    client
        .post(
            &format!("/api/tickets/{}/messages", two["id"]),
            &question(&json!({"body_text": "späte Nachricht", "external_id": "x"})),
        )
        .await
        .expect(201);
    assert_eq!(found("q=nachricht").await, [2]);
    assert_eq!(client.delete(&format!("/api/tickets/{}", two["id"])).await.status, 204);
    assert_eq!((found("").await, found("q=weg").await), (vec![], vec![]));
}

struct Archive;

impl Beside for Archive {
    fn panel(&self, external_id: &str) -> Option<Panel> {
        let fact = Fact { name: "Shelf".into(), value: "B<7>".into() };
        let section = Section { title: "Sheet".into(), note: String::new(), text: "{\"a\": \"<b>\"}".into() };
        (external_id == "zendesk:ticket:1").then(|| Panel {
            title: "From the archive".into(),
            facts: vec![fact],
            sections: vec![section],
        })
    }
}

#[tokio::test]
async fn what_somebody_else_knows_is_shown_beside_a_ticket() {
    let options = SandboxOptions { beside: Some(std::sync::Arc::new(Archive)), ..SandboxOptions::default() };
    let (sandbox, client) = sandbox_with(options).await;
    let known = client.ticket(&json!({"subject": "S1"})).await;
    let unknown = client.ticket(&json!({"subject": "S2", "external_id": "zendesk:ticket:2"})).await;
    let page = client.get(&format!("/tickets/{}", known["id"])).await.text;
    assert!(
        page.contains("From the archive") && page.contains("B&lt;7&gt;") && page.contains("&lt;b&gt;"),
        "{page}"
    );
    let page = client.get(&format!("/tickets/{}", unknown["id"])).await.text;
    assert!(!page.contains("archive") && !page.contains("Findings"), "{page}");

    let kind = |code: &str, tone| RemarkKind {
        code: code.into(),
        tone,
        text: format!("text of {code}"),
        advice: "look".into(),
    };
    let kinds = [kind("R-1", Tone::Warn), kind("R-2", Tone::Info)];
    let remark = |external_id: &str, code: &str| Remark {
        external_id: external_id.into(),
        code: code.into(),
        detail: "it & that".into(),
    };
    let remarks = [
        remark("zendesk:ticket:2", "R-1"),
        remark("zendesk:comment:1", "R-2"),
        remark("zendesk:ticket:99", "R-1"),
    ];
    sandbox.annotate(&kinds, remarks.into_iter()).unwrap();
    let mut told = (0, 0);
    sandbox
        .index(&mut |done, all| {
            told = (done, all);
            true
        })
        .unwrap();
    assert!(told.0 > 0 && told.0 == told.1);
    let found = async |code: &str| {
        let mut found = numbers(&client.get(&format!("/?finding={code}")).await.text);
        found.sort_unstable();
        found
    };
    // Both tickets have a message of that key.
    assert_eq!((found("R-1").await, found("R-2").await), (vec![2], vec![1, 2]));
    let page = client.get(&format!("/tickets/{}", unknown["id"])).await.text;
    assert!(page.contains("Text of R-1") && page.contains("it &amp; that"), "{page}");
    sandbox.annotate(&kinds, std::iter::empty()).unwrap();
    assert_eq!(found("R-1").await, [0_u32; 0]);
}

#[tokio::test]
async fn the_requests_show_the_buckets_level_and_the_outbox_what_would_go_out() {
    let limit = BucketLimit::new(50, std::time::Duration::from_mins(1));
    let (sandbox, client) = sandbox_with(SandboxOptions { limit, ..SandboxOptions::default() }).await;
    assert!(client.get("/requests").await.text.contains("No request has come"));
    for _ in 0..30 {
        client.get("/api/tickets").await.expect(200);
    }
    let levels: Vec<u32> = sandbox.requests().iter().map(|row| row.bucket_level).collect();
    assert_eq!((levels[0], levels[29]), (1, 30));
    let page = client.get("/requests").await.text;
    assert!(page.contains("It was fullest with 30") && page.contains("The bucket never ran over"), "{page}");
    assert_eq!(page.matches("role=\"img\" aria-label=\"Level of the bucket over time\"").count(), 2);
    assert!(client.get("/outbox").await.text.contains("Nobody would have been written to."));
    client
        .ticket(&json!({"messages": [question(&json!({})), answer(&json!({"sent_datetime": null}))]}))
        .await;
    let page = client.get("/outbox").await.text;
    assert!(
        page.contains("1 message would have gone out") && page.contains("joan@customer.example"),
        "{page}"
    );
    assert!(client.get("/").await.text.contains("Gorgias would have written to people"));
}

#[tokio::test]
async fn the_index_is_kept_and_made_again_for_another_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("box.sqlite");
    let options = || SandboxOptions { store: Some(path.clone()), ..SandboxOptions::default() };
    let (first, client) = sandbox_with(options()).await;
    client.ticket(&json!({"subject": "S1"})).await;
    assert_eq!(numbers(&client.get("/").await.text), [1]);
    first.stop().await;
    let (again, client) = sandbox_with(options()).await;
    client.ticket(&json!({"subject": "S2", "external_id": "zendesk:ticket:2"})).await;
    let mut found = numbers(&client.get("/").await.text);
    found.sort_unstable();
    assert_eq!(found, [1, 2]);
    again.stop().await;
    for entry in std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        #[cfg(unix)]
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&entry.metadata().unwrap().permissions()) & 0o077,
            0,
            "{name}"
        );
        if !name.contains("-pages") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    let (_new, client) = sandbox_with(options()).await;
    assert_eq!(numbers(&client.get("/").await.text), [0_u32; 0], "another store under the same path");
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

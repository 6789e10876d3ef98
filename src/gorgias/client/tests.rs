//! What each method sends, and how lists are read.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use secrecy::SecretString;

use super::*;
use crate::gorgias::limiter::{Limit, Reserve};
use crate::gorgias::transport::{InMemory, Keeping, RawAnswer, ReadOnly};
use crate::gorgias::wire::{
    Action, Change, CreateCustomer, CreateMessage, CreateSatisfactionSurvey, CreateTag, CreateTicket,
    UpdateCustomer, UpdateMessage, UpdateTicket,
};
use crate::gorgias::{CallFailure, NotSentKind, SendPermit};
use crate::model::time::{SentAt, now};

type Log = Arc<Mutex<Vec<String>>>;

/// A client whose requests are written down and answered by `answer`.
fn client(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> (Client, Log) {
    let log = Log::default();
    let seen = Arc::clone(&log);
    let answer = Arc::new(answer);
    let transport = InMemory::new(move |request| {
        let query = request.query().map(|query| format!("?{query}")).unwrap_or_default();
        let line = format!("{} {}{query}", request.method(), request.path());
        let body = answer(&line);
        seen.lock().unwrap().push(line);
        async move { Ok(RawAnswer::json(200, body)) }
    });
    let credentials = Credentials::basic("ops@example.com", SecretString::from("key"));
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    (Client::builder(transport, credentials, limiter).build(), log)
}

fn sent() -> SentAt {
    SentAt::new("2024-01-01T00:00:00Z".parse().unwrap(), now()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_account_that_does_not_know_a_filter_makes_nobody_somebody_else() {
    let (client, _) = client(|line| {
        if line.contains("/api/customers") {
            r#"{"data": [{"id": 1, "external_id": "shop:9"}, {"id": 2, "external_id": "zendesk:user:1"},
                {"id": 3, "external_id": null}]}"#
                .to_owned()
        } else {
            r#"{"data": [{"id": 5, "customer": {"id": 1}}, {"id": 6, "customer": {"id": 2}}]}"#.to_owned()
        }
    });
    let found = client.find_customer(CustomerAddress::ExternalId("zendesk:user:1")).await.unwrap();
    assert_eq!(found.iter().map(|customer| customer.id).collect::<Vec<_>>(), [2]);
    let theirs = client.tickets_of_customer(2).await.unwrap();
    assert_eq!(theirs.iter().map(|ticket| ticket.id).collect::<Vec<_>>(), [6]);
}

#[tokio::test(start_paused = true)]
async fn every_read_passes_the_gate() {
    let (client, log) = client(|line| {
        let one = line.contains("/account ") || line.contains("/0") || line.contains("/7");
        if one || line.ends_with("/account") {
            r#"{"id": 1}"#.to_owned()
        } else {
            r#"{"data": []}"#.to_owned()
        }
    });
    client.account().await.unwrap();
    client.account_settings().await.unwrap();
    client.me().await.unwrap();
    client.users().await.unwrap();
    client.rules().await.unwrap();
    client.integrations().await.unwrap();
    client.tags().await.unwrap();
    client.customers().all().await.unwrap();
    client.find_customer(CustomerAddress::Email("a+b@x.example")).await.unwrap();
    client.find_customer(CustomerAddress::Phone("+15550100")).await.unwrap();
    client.find_customer(CustomerAddress::ExternalId("zendesk:user:1")).await.unwrap();
    client.get_customer(7).await.unwrap();
    client.get_ticket(7).await.unwrap();
    client.get_message(7, 7).await.unwrap();
    client.messages_of(7).all().await.unwrap();
    client.find_tickets_by_external_id("zendesk:ticket:1").await.unwrap();
    client.list_tickets(&[7, 8]).await.unwrap();
    let filter =
        EventFilter { object: Some(("Ticket", 9)), types: &["rule-executed"], ..EventFilter::default() };
    client.events(&filter).all().await.unwrap();
    client.find_satisfaction_survey(9).await.unwrap();
    let log = log.lock().unwrap();
    let expected = [
        "GET /api/account",
        "GET /api/account/settings",
        "GET /api/users/0",
        "GET /api/users?limit=100",
        "GET /api/rules?limit=100",
        "GET /api/integrations?limit=100",
        "GET /api/tags?limit=100",
        "GET /api/customers?order_by=created_datetime%3Aasc&limit=100",
        "GET /api/customers?email=a%2Bb%40x.example&limit=100",
        "GET /api/customers?channel_type=phone&channel_address=%2B15550100&limit=100",
        "GET /api/customers?external_id=zendesk%3Auser%3A1&limit=100",
        "GET /api/customers/7",
        "GET /api/tickets/7",
        "GET /api/tickets/7/messages/7",
        "GET /api/messages?ticket_id=7&order_by=created_datetime%3Aasc&limit=100",
        "GET /api/tickets?external_id=zendesk%3Aticket%3A1&limit=100",
        "GET /api/tickets?ticket_ids=7&ticket_ids=8&limit=100",
        "GET /api/events?order_by=created_datetime%3Adesc&object_type=Ticket&object_id=9&types%5B%5D=rule-executed&limit=100",
        "GET /api/satisfaction-surveys?ticket_id=9&limit=100",
    ];
    assert_eq!(*log, expected);
}

#[tokio::test(start_paused = true)]
async fn where_user_0_is_nobody_the_logins_address_says_who_we_are() {
    const USERS: &str =
        r#"{"data": [{"id": 3, "email": "kim@x.example"}, {"id": 4, "email": "OPS@example.com"}]}"#;
    let client = |email: &str| {
        let transport = InMemory::new(|request| {
            let (status, body) = match request.path() {
                "/api/users" => (200, USERS),
                _ => (404, r#"{"error": {"msg": "not found"}}"#),
            };
            async move { Ok(RawAnswer::json(status, body)) }
        });
        let credentials = Credentials::basic(email, SecretString::from("key"));
        Client::builder(transport, credentials, Limiter::new(Limit::Auto, Reserve::default())).build()
    };
    assert_eq!(client("ops@example.com").me().await.unwrap().id, 4);
    assert!(matches!(client("who@example.com").me().await, Err(CallFailure::NotFound)));
}

#[tokio::test(start_paused = true)]
async fn every_write_passes_the_gate() {
    let (client, log) = client(|line| {
        if line.contains("/upload") {
            r#"[{"url": "https://x.example/f"}]"#.into()
        } else {
            r#"{"id": 1}"#.into()
        }
    });
    let message = CreateMessage::new("email", true, sent());
    let ticket = CreateTicket { messages: vec![message.clone()], ..CreateTicket::default() };
    client.create_ticket(&ticket).await.unwrap();
    client.create_message(5, &message, None, None).await.unwrap();
    client.update_message(5, 6, &UpdateMessage::new("email", true, sent()), None).await.unwrap();
    let trash = UpdateTicket {
        trashed_datetime: Some(Change::To(now())),
        is_unread: Some(false),
        ..UpdateTicket::default()
    };
    client.update_ticket(5, &trash).await.unwrap();
    client.delete_message(5, 6).await.unwrap();
    client.delete_ticket(5).await.unwrap();
    client.delete_customer(5).await.unwrap();
    client.delete_tag(5).await.unwrap();
    client.create_customer(&CreateCustomer::default()).await.unwrap();
    client.update_customer(5, &UpdateCustomer::default()).await.unwrap();
    client.create_tag(&CreateTag { name: "vip".to_owned(), ..CreateTag::default() }).await.unwrap();
    client.create_satisfaction_survey(&CreateSatisfactionSurvey::new(5, 6, sent())).await.unwrap();
    let file = client.upload("ü.png", "image/png", &Bytes::from_static(b"x")).await.unwrap();
    assert_eq!(file.url, "https://x.example/f");
    let expected = [
        "POST /api/tickets",
        "POST /api/tickets/5/messages",
        "PUT /api/tickets/5/messages/6",
        "PUT /api/tickets/5",
        "DELETE /api/tickets/5/messages/6",
        "DELETE /api/tickets/5",
        "DELETE /api/customers/5",
        "DELETE /api/tags/5",
        "POST /api/customers",
        "PUT /api/customers/5",
        "POST /api/tags",
        "POST /api/satisfaction-surveys",
        "POST /api/upload?type=attachment",
    ];
    assert_eq!(*log.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_message_with_every_field_passes_with_a_permit_and_not_without() {
    let (client, log) = client(|_| r#"{"id": 1}"#.into());
    let at = now();
    let message = CreateMessage {
        via: Some("api".into()),
        body_html: Some("<p>x</p>".into()),
        body_text: Some("x".into()),
        stripped_html: Some("x".into()),
        stripped_text: Some("x".into()),
        stripped_signature: Some("x".into()),
        subject: Some("x".into()),
        public: Some(true),
        source: Some(crate::gorgias::wire::Source::default()),
        sender: Some(crate::gorgias::wire::Participant::id(1)),
        receiver: Some(crate::gorgias::wire::Participant::id(2)),
        attachments: Some(Vec::new()),
        external_id: Some("x".into()),
        message_id: Some("x".into()),
        integration_id: Some(3),
        created_datetime: Some(at),
        opened_datetime: Some(at),
        failed_datetime: Some(at),
        deleted_datetime: Some(at),
        last_sending_error: Some(crate::gorgias::wire::SendingError { error: None }),
        mention_ids: Some(vec![1]),
        macros: Some(vec![crate::gorgias::wire::MacroRef { id: 1 }]),
        actions: Some(vec![serde_json::json!({})]),
        headers: Some(serde_json::json!({})),
        meta: Some(serde_json::json!({})),
        imported: Some(true),
        ..CreateMessage::new("email", true, sent())
    };
    let permit = SendPermit::i_accept_that_messages_may_be_sent();
    client.create_message(5, &message, Some(Action::Force), Some(&permit)).await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["POST /api/tickets/5/messages?action=force"]);
    let refused = client.create_message(5, &message, None, None).await;
    assert!(matches!(refused, Err(CallFailure::Gate(_))));
    let bare = CreateMessage::new("email", true, sent());
    let refused = client.create_message(5, &bare, Some(Action::Retry), None).await;
    assert!(matches!(refused, Err(CallFailure::Gate(_))));
}

#[tokio::test(start_paused = true)]
async fn lists_are_followed_to_their_end_and_not_in_circles() {
    let (paged, log) = client(|line| {
        let (id, next) = match line.rsplit_once("cursor=").map(|(_, cursor)| cursor) {
            None => (1, "\"a%3D\""),
            Some("a%253D") => (2, "\"b\""),
            Some("b") => (3, "null"),
            other => panic!("{other:?}"),
        };
        format!(r#"{{"data": [{{"id": {id}}}], "meta": {{"next_cursor": {next}}}}}"#)
    });
    let ids: Vec<_> = paged.tags().await.unwrap().iter().map(|tag| tag.id).collect();
    assert_eq!((ids, log.lock().unwrap().len()), (vec![1, 2, 3], 3));
    let (circle, log) = client(|_| r#"{"data": [], "meta": {"next_cursor": "same"}}"#.into());
    assert!(circle.tags().await.is_err());
    assert_eq!(log.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn many_tickets_are_listed_in_hundreds() {
    let (client, log) = client(|_| r#"{"data": [{"id": 1}]}"#.into());
    let ids: Vec<u64> = (0..250).collect();
    assert_eq!(client.list_tickets(&ids).await.unwrap().len(), 3);
    assert_eq!(log.lock().unwrap().len(), 3);
    assert!(client.list_tickets(&[]).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_read_only_client_reads_only() {
    let transport = InMemory::new(|_| async { Ok(RawAnswer::json(200, r#"{"id": 1}"#)) });
    let credentials = Credentials::basic("ops@example.com", SecretString::from("key"));
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let client = Client::builder(ReadOnly::new(transport), credentials, limiter).build();
    assert!(client.get_ticket(5).await.is_ok());
    let refused = client.delete_ticket(5).await;
    assert!(matches!(refused, Err(CallFailure::NotSent { kind: NotSentKind::ReadOnly, .. })));
}

#[tokio::test(start_paused = true)]
async fn a_keeping_client_deletes_nothing() {
    let transport = InMemory::new(|_| async { Ok(RawAnswer::json(200, r#"{"id": 1}"#)) });
    let credentials = Credentials::basic("ops@example.com", SecretString::from("key"));
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let client = Client::builder(Keeping::new(transport), credentials, limiter).build();
    assert!(client.update_ticket(5, &UpdateTicket::default()).await.is_ok());
    for refused in [
        client.delete_ticket(5).await,
        client.delete_message(5, 6).await,
        client.delete_customer(5).await,
        client.delete_tag(5).await,
    ] {
        assert!(matches!(refused, Err(CallFailure::NotSent { kind: NotSentKind::NotOurs, .. })));
    }
}

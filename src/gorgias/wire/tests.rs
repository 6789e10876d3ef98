//! The wire types against recordings of the real API, and requests against the documented shape.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::model::time::SentAt;

/// A recording's answer, or `None` (said aloud) where the samples are not at hand.
fn sample(name: &str) -> Option<Value> {
    let Some(folder) = std::env::var_os("SAMPLES_DIR") else {
        println!("skipped: SAMPLES_DIR is not set");
        return None;
    };
    let path = std::path::Path::new(&folder).join("gorgias").join(name);
    let text = std::fs::read_to_string(&path).expect("the sample is there");
    Some(serde_json::from_str(&text).unwrap())
}

fn answer<T: DeserializeOwned>(name: &str) -> Option<T> {
    let body = sample(name)?["response"]["body"].to_string();
    let mut input = serde_json::Deserializer::from_str(&body);
    Some(serde_path_to_error::deserialize(&mut input).unwrap_or_else(|error| panic!("{name}: {error}")))
}

fn time(text: &str) -> Option<jiff::Timestamp> {
    text.parse().ok()
}

#[test]
fn recorded_tickets_are_read() {
    let Some(ticket) = answer::<Ticket>("01-post-ticket-two-incoming-messages.json") else { return };
    assert_eq!((ticket.id, ticket.messages.len()), (173_596_132, 2));
    assert_eq!(ticket.created_datetime, time("2025-02-07T09:55:18.820Z"));
    let first = &ticket.messages[0];
    assert_eq!(first.external_id.as_deref(), Some("message123"));
    assert_eq!(first.sent_datetime, time("2025-02-07T09:55:18.820Z"));
    assert_eq!(first.attachments.iter().map(|file| file.size).collect::<Vec<_>>(), [Some(1024), Some(2048)]);
    let ticket: Ticket = answer("31-post-ticket-no-via-2026.json").unwrap();
    assert_eq!((ticket.id, ticket.via.as_deref()), (82_753_909, Some("api")));
    assert!(ticket.messages[0].attachments.is_empty() && ticket.messages[0].imported == Some(false));
    let ticket: Ticket = answer("10-get-ticket-six-email-messages.json").unwrap();
    assert_eq!(ticket.messages.len(), 6);
    assert_eq!(ticket.tags[0].name.as_deref(), Some("sample ticket"));
    assert_eq!(ticket.messages[1].integration_id, Some(116_873));
    assert_eq!(ticket.messages[1].source.as_ref().unwrap().to.as_ref().unwrap().len(), 1);
}

#[test]
fn recorded_messages_customers_users_and_events_are_read() {
    let Some(message) = answer::<Message>("30-post-message-incoming-phone-2026.json") else { return };
    assert_eq!((message.id, message.ticket_id), (218_854_668, Some(82_751_818)));
    let customer: Customer = answer("03-post-customer-email-and-phone.json").unwrap();
    assert_eq!((customer.id, customer.channels.len()), (488_071_553, 2));
    let page: List<Customer> = answer("05-get-customers-page.json").unwrap();
    assert!(page.data[0].channels.is_empty() && page.next_cursor().is_none());
    let users: List<User> = answer("42-get-users-2026.json").unwrap();
    assert_eq!(users.data[0].role.as_ref().unwrap().name.as_deref(), Some("bot"));
    let events: List<Event> = answer("40-get-events-2026.json").unwrap();
    assert_eq!(events.data.len(), 7);
    assert_eq!(events.data[1].kind.as_deref(), Some("ticket-assigned"));
    assert!(events.next_cursor().unwrap().starts_with("WyJ"));
    let tickets: List<TicketListItem> = answer("44-get-tickets-list-2026.json").unwrap();
    assert_eq!(
        tickets.data.iter().map(|item| item.messages_count).collect::<Vec<_>>(),
        [Some(1), Some(0), Some(1)]
    );
}

#[test]
fn only_ids_must_be_there() {
    assert_eq!(serde_json::from_value::<Ticket>(json!({"id": 5})).unwrap().id, 5);
    assert!(serde_json::from_value::<Ticket>(json!({"status": "open"})).is_err());
    let odd = json!({"id": 5, "tags": null, "messages": null, "created_datetime": "2019-11-16T15:59:41.966927",
        "closed_datetime": "soon", "new_in_2030": {"x": []}});
    let ticket: Ticket = serde_json::from_value(odd).unwrap();
    assert_eq!(
        (ticket.created_datetime, ticket.closed_datetime),
        (time("2019-11-16T15:59:41.966927Z"), None)
    );
    let list: List<Tag> = serde_json::from_value(json!({"data": null})).unwrap();
    assert!(list.data.is_empty());
}

#[test]
fn sizes_are_numbers_or_text() {
    for (size, expected) in
        [(json!(7), Some(7)), (json!("7"), Some(7)), (Value::Null, None), (json!([]), None)]
    {
        let file: UploadedFile =
            serde_json::from_value(json!({"url": "https://x.example", "size": size})).unwrap();
        assert_eq!(file.size, expected);
    }
}

#[test]
fn rules_and_integrations_know_whether_they_act() {
    let rule = |value: Value| serde_json::from_value::<Rule>(value).unwrap();
    assert!(
        rule(json!({"id": 1, "name": "x", "event_types": "ticket-created", "deactivated_datetime": null}))
            .is_active()
    );
    assert!(rule(json!({"id": 1})).is_active());
    assert!(!rule(json!({"id": 1, "deactivated_datetime": "2025-01-01T00:00:00"})).is_active());
    assert!(!rule(json!({"id": 1, "deactivated_datetime": "an odd time"})).is_active());
    let hook: Integration = serde_json::from_value(json!({"id": 2, "type": "http", "http": {"triggers":
        {"ticket-created": true, "ticket-updated": false}}, "deactivated_datetime": null}))
    .unwrap();
    assert!(hook.is_active());
    assert_eq!((hook.kind.as_deref(), hook.triggers), (Some("http"), vec!["ticket-created".to_owned()]));
    let mail: Integration =
        serde_json::from_value(json!({"id": 3, "type": "email", "meta": {"address": "help@x.example"}}))
            .unwrap();
    assert_eq!(mail.address.as_deref(), Some("help@x.example"));
}

fn sent() -> SentAt {
    SentAt::new(time("2024-03-05T10:11:12.5Z").unwrap(), time("2025-01-01T00:00:00Z").unwrap()).unwrap()
}

#[test]
fn what_is_not_set_is_not_sent() {
    let mut message = CreateMessage::new("email", true, sent());
    message.sender = Some(Participant::id(9));
    message.body_text = Some("hi".to_owned());
    let ticket = CreateTicket {
        messages: vec![message],
        customer: Some(CustomerRef::id(3)),
        ..CreateTicket::default()
    };
    let expected = json!({"customer": {"id": 3}, "messages": [{"channel": "email", "from_agent": true,
        "sent_datetime": "2024-03-05T10:11:12.5Z", "body_text": "hi", "sender": {"id": 9}}]});
    assert_eq!(serde_json::to_value(&ticket).unwrap(), expected);
}

#[test]
fn what_is_cleared_is_sent_as_null() {
    let update = UpdateTicket {
        trashed_datetime: Some(Change::Clear),
        assignee_user: Some(Change::To(IdRef { id: 4 })),
        ..UpdateTicket::default()
    };
    let expected = json!({"trashed_datetime": null, "assignee_user": {"id": 4}});
    assert_eq!(serde_json::to_value(&update).unwrap(), expected);
    let survey = serde_json::to_value(CreateSatisfactionSurvey::new(1, 2, sent())).unwrap();
    assert_eq!(survey["should_send_datetime"], Value::Null);
    assert!(survey.as_object().unwrap().contains_key("should_send_datetime"));
}

#[test]
fn nothing_personal_is_shown_by_debug() {
    let mut message = CreateMessage::new("email", true, sent());
    message.body_text = Some("SECRET".to_owned());
    message.source = Some(Source {
        from: Some(Address { name: Some("SECRET".to_owned()), address: Some("SECRET".to_owned()) }),
        ..Source::default()
    });
    let read: Ticket = serde_json::from_value(json!({"id": 1, "subject": "SECRET", "customer": {"id": 2,
        "email": "SECRET"}, "messages": [{"id": 3, "body_text": "SECRET"}]}))
    .unwrap();
    let shown = format!("{message:?} {:?} {read:?} {:?} {:?}", message.source, read.messages, read.customer);
    assert!(!shown.contains("SECRET"), "{shown}");
}

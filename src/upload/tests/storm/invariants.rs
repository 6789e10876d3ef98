//! What must hold at the end, whatever happened on the way.

use serde_json::{Value, json};

use super::super::world::{Server, World};
use super::export::content;
use super::stand_in::StandIn;
use crate::gorgias::{Client, Credentials, Limit, Limiter, Reserve};
use crate::ledger::{ContentHash, Ledger, PartState, TicketState};
use crate::mapping::{MappedMessage, MappedTicket, Sender, TicketStatus, map};
use crate::model::body::Html;
use crate::model::conversation::{Conversation, Side};

/// What people see of a message, as planned.
fn planned(message: &MappedMessage) -> Value {
    let agent = match message.sender {
        Sender::Agent { user } => json!(user),
        Sender::Customer { .. } => Value::Null,
    };
    json!({
        "external_id": message.key.as_str(), "text": message.body.text(),
        "html": message.body.html().map(Html::as_str), "channel": message.channel.as_str(),
        "from_agent": message.side != Side::Customer, "public": message.side != Side::Note,
        "sent": message.sent_at.timestamp(), "agent": agent,
    })
}

/// The same, as the stand-in shows it.
fn shown(message: &Value) -> Value {
    let instant = |value: &Value| value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let by_agent = message["from_agent"] == true;
    json!({
        "external_id": message["external_id"], "text": message["body_text"], "html": message["body_html"],
        "channel": message["channel"], "from_agent": message["from_agent"], "public": message["public"],
        "sent": instant(&message["sent_datetime"]),
        "agent": if by_agent { message["sender"]["id"].clone() } else { Value::Null },
    })
}

fn names(tags: &Value) -> Vec<&str> {
    let mut names: Vec<_> = tags.as_array().unwrap().iter().filter_map(|tag| tag["name"].as_str()).collect();
    names.sort_unstable();
    names
}

/// A ticket is as planned: nothing less, nothing more, in order.
fn compare(plan: &MappedTicket, ticket: &Value, grown: bool) {
    let key = plan.key.as_str();
    let messages: Vec<Value> = ticket["messages"].as_array().unwrap().iter().map(shown).collect();
    let wanted: Vec<Value> = plan.messages.iter().map(planned).collect();
    assert_eq!(messages, wanted, "{key}");
    let ids: Vec<_> =
        ticket["messages"].as_array().unwrap().iter().map(|message| message["id"].as_i64()).collect();
    assert!(ids.is_sorted(), "{key}: created out of order");
    let mut tags: Vec<&str> = plan.tags.iter().map(String::as_str).collect();
    tags.sort_unstable();
    assert_eq!(names(&ticket["tags"]), tags, "{key}");
    assert_eq!(ticket["subject"].as_str(), plan.subject.as_deref(), "{key}");
    // Where a ticket began can read otherwise once there are more messages; it stays as it was created.
    assert!(grown || ticket["channel"] == plan.channel.as_str(), "{key}: {}", ticket["channel"]);
    assert_eq!(ticket["assignee_user_id"], json!(plan.assignee), "{key}");
    let closed = plan.status == TicketStatus::Closed;
    assert_eq!(ticket["status"], if closed { "closed" } else { "open" }, "{key}");
    assert!(!closed || !ticket["closed_datetime"].is_null(), "{key} lost its closing time");
    assert!(ticket["trashed_datetime"].is_null(), "{key}");
}

/// Every file of a message is there under its name, each content was uploaded once, but for uploads whose answers were
/// lost, and the ledger says the same.
async fn files(world: &World<StandIn>, ledger: &Ledger, conversation: &Conversation, ticket: &Value) {
    let held = ticket["messages"].as_array().unwrap();
    for (message, held) in conversation.messages.iter().zip(held) {
        let there: Vec<_> = held["attachments"].as_array().into_iter().flatten().collect();
        let names: Vec<_> = there.iter().filter_map(|file| file["name"].as_str()).collect();
        let planned: Vec<_> = message.attachments.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, planned, "{}", message.key);
        for file in there {
            let content = content(file["name"].as_str().unwrap());
            assert_eq!(world.server.file(file["url"].as_str().unwrap()).await, content, "{file}");
            let hash = ContentHash(*blake3::hash(content.as_bytes()).as_bytes());
            let row = ledger.view().upload(hash).unwrap().unwrap();
            assert_eq!((row.state, row.url.as_deref()), (PartState::Done, file["url"].as_str()), "{file}");
        }
    }
}

/// Each ticket once and as planned (`grown`: its messages came in two exports), each customer once, nothing sent, and the ledger says the same.
pub(super) async fn hold(world: &World<StandIn>, grown: bool) {
    world.server.calm().await;
    let stand_in = world.server.stand_in();
    let stats = stand_in.stats().unwrap();
    assert_eq!((stats.would_send, stats.http_calls), (0, 0));
    assert!(stand_in.would_send().unwrap().is_empty());
    let tickets = stand_in.tickets().unwrap();
    assert_eq!(tickets.len(), world.conversations.len(), "tickets");
    let ledger = world.ledger();
    let credentials = Credentials::basic("ops@example.com", secrecy::SecretString::from("sandbox"));
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let client = Client::builder(std::sync::Arc::clone(&world.server), credentials, limiter).build();
    let (directory, _) = world.server.meet(&client, &ledger).await.unwrap();
    for conversation in &world.conversations {
        let key = conversation.key.as_str();
        let plan = map(conversation, &world.rules(), &directory).unwrap().ticket;
        let mut there = tickets.iter().filter(|ticket| ticket["external_id"] == key);
        let ticket = there.next().unwrap_or_else(|| panic!("{key} is not there"));
        assert!(there.next().is_none(), "{key} is there twice");
        compare(&plan, ticket, grown);
        let rating = plan.rating.map(|rating| rating.score);
        assert_eq!(ticket["satisfaction_survey"]["score"], json!(rating), "{key}");
        let row = ledger.view().ticket(&conversation.key).unwrap().unwrap();
        assert_eq!((row.state, row.gorgias_id), (TicketState::Done, ticket["id"].as_i64()), "{key}");
        files(world, &ledger, conversation, ticket).await;
        let parts = ledger.view().messages(row.id).unwrap();
        assert_eq!(parts.len(), plan.messages.len(), "{key}");
        for (part, message) in parts.iter().zip(ticket["messages"].as_array().unwrap()) {
            assert_eq!(part.state, PartState::Done, "{key}");
            assert!(part.gorgias_id.is_none_or(|id| Some(id) == message["id"].as_i64()), "{key}");
        }
    }
    let customers: std::collections::BTreeSet<i64> =
        tickets.iter().filter_map(|ticket| ticket["customer"]["id"].as_i64()).collect();
    let people: std::collections::BTreeSet<&str> =
        world.conversations.iter().map(|conversation| conversation.customer.key.as_str()).collect();
    assert_eq!(customers.len(), people.len(), "customers were split or joined");
    let seeded = world.server.tags();
    let tags: std::collections::BTreeSet<&String> =
        world.conversations.iter().flat_map(|conversation| &conversation.tags).chain(&seeded).collect();
    assert_eq!(stats.tags, tags.len() as u64, "tags");
}

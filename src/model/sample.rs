//! Conversations for tests. A test takes one of these and changes only what it is about, by `Conversation { subject: …,
//! ..sample::conversation(…) }`.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::body::Body;
use super::conversation::{Channel, Conversation, Message, Route, Side, Status, Times};
use super::finding::Place;
use super::key::{ConversationKey, MessageKey, PersonKey, SourceName};
use super::person::{Person, Role};
use super::time::{SentAt, now};

/// A source name.
pub(crate) fn source(name: &str) -> SourceName {
    SourceName::new(name).unwrap()
}

/// User `id`, of whom nothing is known.
pub(crate) fn person(source: &SourceName, id: u64, role: Role) -> Arc<Person> {
    Arc::new(Person::unknown(PersonKey::new(source, "user", id), role))
}

/// A customer's email of one word.
pub(crate) fn message(source: &SourceName, id: u64, author: &Arc<Person>, at: Timestamp) -> Message {
    Message {
        key: MessageKey::new(source, "comment", id),
        synthetic_key: false,
        author: Arc::clone(author),
        side: Side::Customer,
        channel: Channel::Email,
        body: Body::from_text("Hello".to_owned()).unwrap(),
        sent_at: SentAt::new(at, now()).unwrap(),
        route: Route::default(),
        attachments: Vec::new(),
        message_id: None,
    }
}

/// Ticket `id`, closed, by email, with these messages and nothing else.
pub(crate) fn conversation(
    source: &SourceName,
    id: u64,
    customer: &Arc<Person>,
    created: Timestamp,
    messages: Vec<Message>,
) -> Conversation {
    Conversation {
        key: ConversationKey::new(source, "ticket", id),
        subject: None,
        channel: Channel::Email,
        status: Status::Closed,
        priority: None,
        language: None,
        customer: Arc::clone(customer),
        assignee: None,
        tags: Vec::new(),
        fields: Vec::new(),
        times: Times { created, updated: None, closed: None },
        messages,
        meta: BTreeMap::new(),
        place: Place::default(),
    }
}

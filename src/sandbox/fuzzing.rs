//! Bodies of requests, for fuzzing.

use serde_json::Value;

use super::check::message::Place;
use super::check::ticket::Purpose;
use super::check::{Fields, customer, message, ticket};

/// A body as every kind of request that has one.
pub(crate) fn requests(bytes: &[u8]) {
    let Ok(Value::Object(map)) = serde_json::from_slice::<Value>(bytes) else { return };
    for purpose in [Purpose::Create { imported: true }, Purpose::Create { imported: false }, Purpose::Update]
    {
        let (new, problems) = ticket::read(&map, purpose);
        assert!(
            new.messages.len() <= ticket::MESSAGES_MAX || !problems.is_empty(),
            "more messages than a ticket takes"
        );
    }
    for create in [true, false] {
        drop(customer::read(&map, create));
    }
    for place in [Place::Nested, Place::Alone { imported: true }, Place::Alone { imported: false }] {
        let mut fields = Fields::new(&map);
        let message = message::read(&mut fields, place);
        let problems = fields.finish();
        assert!(!message.channel.is_empty() || !problems.is_empty(), "a message without a channel is taken");
    }
}

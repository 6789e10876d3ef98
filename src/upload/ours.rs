//! Whose a ticket is that was found under a key of ours: the rule by which settling and rebuilding adopt.
//!
//! A ticket and its first messages come into being by one call, so the message with the lowest id tells who made the
//! ticket. Whatever came later, an answer of the customer or a note of an agent who was already at work in the account, changes
//! nothing about that. A message with a key of this source that was not planned does: another import made it, of another
//! account under the same name or of an export that this ledger does not know.

use crate::gorgias::wire;
use crate::model::key::{ConversationKey, MessageKey};

/// What the messages of a ticket say about whose it is, one after another in any order.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Makers {
    /// The lowest id so far, and whether that message was planned.
    first: Option<(u64, bool)>,
    /// Messages with keys of this source that were not planned.
    unplanned: bool,
}

impl Makers {
    /// Those of a whole ticket.
    pub(super) fn of(
        ticket: &ConversationKey,
        messages: &[wire::Message],
        is_planned: impl Fn(&str) -> bool,
    ) -> Self {
        let mut makers = Self::default();
        for message in messages {
            let planned = message.external_id.as_deref().is_some_and(&is_planned);
            makers.add(ticket, message, planned);
        }
        makers
    }

    /// Looks at one message more.
    pub(super) fn add(&mut self, ticket: &ConversationKey, message: &wire::Message, planned: bool) {
        if self.first.is_none_or(|(id, _)| message.id < id) {
            self.first = Some((message.id, planned));
        }
        let key = message.external_id.as_deref().and_then(|key| MessageKey::parse(key).ok());
        self.unplanned |= !planned && key.is_some_and(|key| key.source() == ticket.source());
    }

    /// Whether this ledger's import made the ticket.
    pub(super) fn are_us(self) -> bool {
        self.first.is_some_and(|(_, planned)| planned) && !self.unplanned
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Messages by id and key; those planned are comments 1 to 3.
    fn are_us(messages: &[(u64, Option<&str>)]) -> bool {
        let message = |(id, key): &(u64, Option<&str>)| {
            serde_json::from_value(json!({"id": id, "external_id": key})).unwrap()
        };
        let messages: Vec<wire::Message> = messages.iter().map(message).collect();
        let planned = ["zendesk:comment:1", "zendesk:comment:2", "zendesk:comment:3"];
        let ticket = ConversationKey::parse("zendesk:ticket:7").unwrap();
        Makers::of(&ticket, &messages, |key| planned.contains(&key)).are_us()
    }

    #[test]
    fn who_opened_a_ticket_made_it() {
        assert!(are_us(&[(5, Some("zendesk:comment:1")), (6, Some("zendesk:comment:2"))]));
        assert!(are_us(&[(6, Some("zendesk:comment:3"))]), "messages may be missing");
        let reply = (9, Some("<CAF=x@mail.example>"));
        assert!(are_us(&[reply, (5, Some("zendesk:comment:1")), (8, None)]), "people came later");
        assert!(!are_us(&[(4, None), (5, Some("zendesk:comment:1"))]), "people were first");
        assert!(!are_us(&[reply]));
        assert!(!are_us(&[]));
        assert!(!are_us(&[(5, Some("zendesk:comment:1")), (6, Some("zendesk:comment:4"))]), "another import");
        assert!(are_us(&[(5, Some("zendesk:comment:1")), (6, Some("aircall:text:4"))]), "of another source");
    }
}

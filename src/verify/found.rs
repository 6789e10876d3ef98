//! A ticket as the account shows it, be it an item of a list or the whole of it.

use jiff::Timestamp;
use serde_json::Value;

use crate::gorgias::wire::{Message, Person, SatisfactionSurvey, Tag, Ticket, TicketListItem};

/// What the account says of a ticket.
pub(super) struct FoundTicket {
    pub(super) external_id: Option<String>,
    pub(super) status: Option<String>,
    pub(super) priority: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) customer: Option<Person>,
    pub(super) assignee: Option<u64>,
    pub(super) team: Option<u64>,
    pub(super) tags: Vec<String>,
    pub(super) custom_fields: Option<Value>,
    pub(super) created: Option<Timestamp>,
    pub(super) closed: Option<Timestamp>,
    pub(super) trashed: bool,
    pub(super) messages: FoundMessages,
    /// Its rating, where the answer has it with the ticket.
    pub(super) survey: Option<SatisfactionSurvey>,
}

/// What it says of the ticket's messages.
pub(super) enum FoundMessages {
    /// How many there are, where a list tells.
    Count(Option<u64>),
    /// All of them.
    All(Vec<Message>),
}

fn names(tags: Vec<Tag>) -> Vec<String> {
    tags.into_iter().filter_map(|tag| tag.name).collect()
}

impl From<Ticket> for FoundTicket {
    fn from(ticket: Ticket) -> Self {
        let team = ticket.team();
        Self {
            team,
            external_id: ticket.external_id,
            status: ticket.status,
            priority: ticket.priority,
            channel: ticket.channel,
            subject: ticket.subject,
            customer: ticket.customer,
            assignee: ticket.assignee_user.map(|user| user.id),
            tags: names(ticket.tags),
            custom_fields: ticket.custom_fields,
            created: ticket.created_datetime,
            closed: ticket.closed_datetime,
            trashed: ticket.trashed_datetime.is_some(),
            messages: FoundMessages::All(ticket.messages),
            survey: ticket.satisfaction_survey.and_then(|survey| serde_json::from_value(survey).ok()),
        }
    }
}

impl From<TicketListItem> for FoundTicket {
    fn from(item: TicketListItem) -> Self {
        let team = item.team();
        Self {
            team,
            external_id: item.external_id,
            status: item.status,
            priority: item.priority,
            channel: item.channel,
            subject: item.subject,
            customer: item.customer,
            assignee: item.assignee_user.map(|user| user.id),
            tags: names(item.tags),
            custom_fields: item.custom_fields,
            created: item.created_datetime,
            closed: item.closed_datetime,
            trashed: item.trashed_datetime.is_some(),
            messages: FoundMessages::Count(item.messages_count),
            survey: None,
        }
    }
}

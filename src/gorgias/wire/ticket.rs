//! Tickets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Change, CreateMessage, Decoration, Message, Person, Tag, debug_by, tolerant};

/// Body of `POST /api/tickets`.
#[derive(Clone, Default, Serialize)]
pub struct CreateTicket {
    /// 1 to 500 messages, all of which carry their sent time.
    pub messages: Vec<CreateMessage>,
    /// How the first message came in; Gorgias takes `api` if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Channel that started the conversation; left out, the first message's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Up to 998 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// `open` or `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `critical`, `high`, `normal` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Whose ticket it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerRef>,
    /// Agent in charge; must exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_user: Option<IdRef>,
    /// Team in charge; must exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_team: Option<IdRef>,
    /// Tags by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<TagRef>>,
    /// Values of custom fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<Vec<CustomFieldValue>>,
    /// Up to 255 characters. Gorgias stores it and does not keep it unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Whether the first message is the company's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_agent: Option<bool>,
    /// ISO 639-1; detected if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether it is spam.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spam: Option<bool>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// Marks history; what it changes is documented nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<bool>,
    /// Ticket this one was split from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split_from: Option<u64>,
    /// When the conversation began. Cannot be changed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_datetime: Option<Timestamp>,
    /// When an agent first opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_datetime: Option<Timestamp>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_datetime: Option<Timestamp>,
    /// When it was last changed; Gorgias moves it to now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_datetime: Option<Timestamp>,
    /// Time of the last message; derived if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message_datetime: Option<Timestamp>,
    /// Time of the customer's last message; derived if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_received_message_datetime: Option<Timestamp>,
    /// Reopens the ticket at that time. Needs a [`SendPermit`](crate::gorgias::SendPermit).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snooze_datetime: Option<Timestamp>,
    /// Puts it in the trash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trashed_datetime: Option<Timestamp>,
}

/// Body of `PUT /api/tickets/{id}`; what is left out stays.
#[derive(Clone, Default, Serialize)]
pub struct UpdateTicket {
    /// Channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// How the first message came in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Change<String>>,
    /// `open` or `closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `critical`, `high`, `normal` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Whose ticket it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerRef>,
    /// Agent in charge; clearing unassigns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_user: Option<Change<IdRef>>,
    /// Team in charge; clearing unassigns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_team: Option<Change<IdRef>>,
    /// **Replaces** all tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<TagRef>>,
    /// Values of custom fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_fields: Option<Vec<CustomFieldValue>>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Change<String>>,
    /// Whether the first message is the company's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_agent: Option<bool>,
    /// ISO 639-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Change<String>>,
    /// Whether it is spam.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spam: Option<bool>,
    /// Whether agents see it as unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_unread: Option<bool>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// When an agent first opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_datetime: Option<Change<Timestamp>>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_datetime: Option<Change<Timestamp>>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_datetime: Option<Change<Timestamp>>,
    /// Time of the last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message_datetime: Option<Change<Timestamp>>,
    /// Time of the customer's last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_received_message_datetime: Option<Change<Timestamp>>,
    /// Setting it needs a [`SendPermit`](crate::gorgias::SendPermit).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snooze_datetime: Option<Change<Timestamp>>,
    /// Puts it in the trash; clearing takes it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trashed_datetime: Option<Change<Timestamp>>,
}

/// The customer of a ticket. With an id alone it is a reference; **anything beside the id overwrites the customer's
/// record** (Gorgias's former documentation); without an id it is found by address or created.
#[derive(Clone, Default, Serialize)]
pub struct CustomerRef {
    /// Id of an existing one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Address, up to 320 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl CustomerRef {
    /// A bare reference, which changes nothing about the customer.
    pub fn id(id: u64) -> Self {
        Self { id: Some(id), ..Self::default() }
    }
}

/// A reference to a user or a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IdRef {
    /// Its id.
    pub id: u64,
}

/// A tag of a ticket, by name.
#[derive(Clone, Debug, Serialize)]
pub struct TagRef {
    /// Up to 256 characters, case-sensitive.
    pub name: String,
    /// Colour, for a tag that is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoration: Option<Decoration>,
}

/// The value of one custom field.
#[derive(Clone, Debug, Serialize)]
pub struct CustomFieldValue {
    /// Id of the definition.
    pub id: u64,
    /// Text, number or boolean, by the definition's data type.
    pub value: Value,
}

/// A ticket as answered, with all its messages.
#[derive(Clone, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub id: u64,
    /// What the creator gave it.
    pub external_id: Option<String>,
    /// `open` or `closed`.
    pub status: Option<String>,
    /// Priority.
    pub priority: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// How the first message came in.
    pub via: Option<String>,
    /// Whether the first message is the company's.
    pub from_agent: Option<bool>,
    /// Whether it is spam.
    pub spam: Option<bool>,
    /// Whether it was marked as history; `null` on older tickets.
    pub imported: Option<bool>,
    /// Whose it is.
    pub customer: Option<Person>,
    /// Agent in charge.
    pub assignee_user: Option<Person>,
    /// Team in charge.
    pub assignee_team: Option<Value>,
    /// Set by Gorgias seconds after creation if it was left out.
    pub language: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Free use.
    pub meta: Option<Value>,
    /// Tags.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub tags: Vec<Tag>,
    /// Map from a definition's id to its value, although requests write a list.
    pub custom_fields: Option<Value>,
    /// All messages.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub messages: Vec<Message>,
    /// The survey, if there is one.
    pub satisfaction_survey: Option<Value>,
    /// Whether agents see it as unread.
    pub is_unread: Option<bool>,
    /// When the conversation began.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub created_datetime: Option<Timestamp>,
    /// When an agent first opened it.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub opened_datetime: Option<Timestamp>,
    /// When it was closed.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub closed_datetime: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub updated_datetime: Option<Timestamp>,
    /// Time of the last message.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub last_message_datetime: Option<Timestamp>,
    /// Time of the customer's last message.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub last_received_message_datetime: Option<Timestamp>,
    /// When it will reopen.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub snooze_datetime: Option<Timestamp>,
    /// Set while it is in the trash.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub trashed_datetime: Option<Timestamp>,
}

impl Ticket {
    /// Id of the team in charge. Recorded as an object; an id alone is understood as well.
    pub fn team(&self) -> Option<u64> {
        team_id(self.assignee_team.as_ref()?)
    }
}

impl TicketListItem {
    /// Id of the team in charge, as in [`Ticket::team`].
    pub fn team(&self) -> Option<u64> {
        team_id(self.assignee_team.as_ref()?)
    }
}

fn team_id(team: &Value) -> Option<u64> {
    team.as_u64().or_else(|| team["id"].as_u64())
}

/// An item of `GET /api/tickets`: no messages, but their number.
#[derive(Clone, Deserialize)]
pub struct TicketListItem {
    /// Its id.
    pub id: u64,
    /// What the creator gave it.
    pub external_id: Option<String>,
    /// `open` or `closed`.
    pub status: Option<String>,
    /// Priority.
    pub priority: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// How the first message came in.
    pub via: Option<String>,
    /// Whose it is.
    pub customer: Option<Person>,
    /// Agent in charge.
    pub assignee_user: Option<Person>,
    /// Team in charge.
    pub assignee_team: Option<Value>,
    /// Map from a custom field's id to its value; empty where there are none.
    pub custom_fields: Option<Value>,
    /// Subject.
    pub subject: Option<String>,
    /// Tags.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub tags: Vec<Tag>,
    /// Number of messages.
    #[serde(default, deserialize_with = "tolerant::integer")]
    pub messages_count: Option<u64>,
    /// When the conversation began.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub created_datetime: Option<Timestamp>,
    /// When it was closed.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub closed_datetime: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub updated_datetime: Option<Timestamp>,
    /// Time of the last message.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub last_message_datetime: Option<Timestamp>,
    /// Set while it is in the trash; the list shows trashed tickets too.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub trashed_datetime: Option<Timestamp>,
}

impl From<Ticket> for TicketListItem {
    /// What a list would show of it.
    fn from(ticket: Ticket) -> Self {
        Self {
            id: ticket.id,
            external_id: ticket.external_id,
            status: ticket.status,
            channel: ticket.channel,
            priority: ticket.priority,
            custom_fields: ticket.custom_fields,
            via: ticket.via,
            customer: ticket.customer,
            assignee_user: ticket.assignee_user,
            assignee_team: ticket.assignee_team,
            subject: ticket.subject,
            tags: ticket.tags,
            messages_count: Some(ticket.messages.len() as u64),
            created_datetime: ticket.created_datetime,
            closed_datetime: ticket.closed_datetime,
            updated_datetime: ticket.updated_datetime,
            last_message_datetime: ticket.last_message_datetime,
            trashed_datetime: ticket.trashed_datetime,
        }
    }
}

debug_by!(
    CreateTicket external_id, UpdateTicket status, CustomerRef id, Ticket id, TicketListItem id,
);

//! Tickets: whole with their messages, and as items of a list.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::customer::TicketCustomerOut;
use super::message::MessageOut;
use super::other::SurveyOut;
use super::{People, PersonOut};
use crate::sandbox::account::Account;
use crate::sandbox::clock::Moment;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::messages::{self, Order, Person};
use crate::sandbox::store::tickets::Ticket;
use crate::sandbox::store::{surveys, tags};

#[derive(Debug, Serialize)]
struct TagOut {
    id: i64,
    name: String,
    decoration: Value,
}

#[derive(Debug, Serialize)]
struct AssigneeOut {
    #[serde(flatten)]
    person: PersonOut,
    bio: Option<String>,
}

#[derive(Debug, Serialize)]
struct AssigneeTeamOut {
    id: i64,
    name: String,
    decoration: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct FieldValueOut {
    id: i64,
    value: Value,
}

/// A ticket, keys in the order recorded 2026-08.
#[derive(Debug, Serialize)]
pub(crate) struct TicketOut {
    id: i64,
    uri: String,
    external_id: Option<String>,
    events: Vec<Value>,
    status: String,
    priority: String,
    channel: String,
    via: String,
    from_agent: bool,
    spam: bool,
    imported: bool,
    customer: TicketCustomerOut,
    assignee_user: Option<AssigneeOut>,
    assignee_user_id: Option<i64>,
    assignee_team: Option<AssigneeTeamOut>,
    assignee_team_id: Option<i64>,
    language: Option<String>,
    subject: Option<String>,
    summary: Option<Value>,
    meta: Option<Value>,
    tags: Vec<TagOut>,
    /// A map by definition id; absent when empty.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    custom_fields: BTreeMap<i64, FieldValueOut>,
    messages: Vec<MessageOut>,
    created_datetime: Moment,
    processed_datetime: Moment,
    opened_datetime: Option<Moment>,
    last_received_message_datetime: Option<Moment>,
    last_message_datetime: Option<Moment>,
    updated_datetime: Moment,
    closed_datetime: Option<Moment>,
    trashed_datetime: Option<Moment>,
    snooze_datetime: Option<Moment>,
    satisfaction_survey: Option<SurveyOut>,
    reply_options: BTreeMap<&'static str, Value>,
    requester: TicketCustomerOut,
    is_unread: bool,
}

impl TicketOut {
    /// A ticket with its messages. `get`: as `GET` shows it, which adds two objects to the customer.
    pub(crate) fn new(people: &People, ticket: Ticket, get: bool) -> Result<Self, ApiError> {
        let (db, account) = (people.db, people.account);
        let Ticket { id, customer_id, external_id, created, updated, trashed, messages: _, doc } = ticket;
        let customer = TicketCustomerOut::new(db, customer_id, get)?;
        let messages = messages::of_ticket(db, id, Order::Created)?
            .into_iter()
            .map(|message| MessageOut::embedded(people, message))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id,
            uri: format!("/api/tickets/{id}/"),
            external_id,
            events: Vec::new(),
            status: doc.status,
            priority: doc.priority,
            channel: doc.channel,
            via: doc.via,
            from_agent: doc.from_agent,
            spam: doc.spam,
            imported: doc.imported,
            reply_options: reply_options(&customer),
            requester: customer.clone(),
            customer,
            assignee_user: assignee(people, doc.assignee_user)?,
            assignee_user_id: doc.assignee_user,
            assignee_team: team(account, doc.assignee_team),
            assignee_team_id: doc.assignee_team,
            language: doc.language,
            subject: doc.subject,
            summary: None,
            meta: doc.meta,
            tags: ticket_tags(people, id)?,
            custom_fields: field_values(doc.custom_fields),
            messages,
            created_datetime: created,
            processed_datetime: doc.processed,
            opened_datetime: doc.opened,
            last_received_message_datetime: doc.last_received,
            last_message_datetime: doc.last_message,
            updated_datetime: updated,
            closed_datetime: doc.closed,
            trashed_datetime: trashed,
            snooze_datetime: doc.snooze,
            satisfaction_survey: surveys::of_ticket(db, id)?.map(SurveyOut::from),
            is_unread: doc.is_unread,
        })
    }
}

/// A ticket as an item of a list.
#[derive(Debug, Serialize)]
pub(crate) struct TicketItem {
    id: i64,
    uri: String,
    external_id: Option<String>,
    language: Option<String>,
    status: String,
    priority: String,
    channel: String,
    via: String,
    from_agent: bool,
    customer: Option<PersonOut>,
    assignee_user: Option<AssigneeOut>,
    assignee_team: Option<AssigneeTeamOut>,
    subject: Option<String>,
    summary: Option<Value>,
    excerpt: Option<String>,
    integrations: Vec<Value>,
    meta: Option<Value>,
    tags: Vec<TagOut>,
    messages_count: i64,
    is_unread: bool,
    spam: bool,
    created_datetime: Moment,
    opened_datetime: Option<Moment>,
    last_received_message_datetime: Option<Moment>,
    last_message_datetime: Option<Moment>,
    last_sent_message_not_delivered: bool,
    updated_datetime: Moment,
    closed_datetime: Option<Moment>,
    snooze_datetime: Option<Moment>,
    trashed_datetime: Option<Moment>,
    custom_fields: BTreeMap<i64, FieldValueOut>,
}

impl TicketItem {
    pub(crate) fn new(people: &People, ticket: Ticket) -> Result<Self, ApiError> {
        let Ticket { id, customer_id, external_id, created, updated, trashed, messages, doc } = ticket;
        Ok(Self {
            id,
            uri: format!("/api/tickets/{id}/"),
            external_id,
            language: doc.language,
            status: doc.status,
            priority: doc.priority,
            channel: doc.channel,
            via: doc.via,
            from_agent: doc.from_agent,
            customer: people.get(Person::Customer(customer_id))?,
            assignee_user: assignee(people, doc.assignee_user)?,
            assignee_team: team(people.account, doc.assignee_team),
            subject: doc.subject,
            summary: None,
            excerpt: doc.excerpt,
            integrations: Vec::new(),
            meta: doc.meta,
            tags: ticket_tags(people, id)?,
            messages_count: messages,
            is_unread: doc.is_unread,
            spam: doc.spam,
            created_datetime: created,
            opened_datetime: doc.opened,
            last_received_message_datetime: doc.last_received,
            last_message_datetime: doc.last_message,
            last_sent_message_not_delivered: doc.not_delivered,
            updated_datetime: updated,
            closed_datetime: doc.closed,
            snooze_datetime: doc.snooze,
            trashed_datetime: trashed,
            custom_fields: field_values(doc.custom_fields),
        })
    }
}

fn assignee(people: &People, id: Option<i64>) -> Result<Option<AssigneeOut>, ApiError> {
    let person = id.map(|id| people.get(Person::User(id))).transpose()?.flatten();
    Ok(person.map(|person| AssigneeOut { person, bio: None }))
}

fn team(account: &Account, id: Option<i64>) -> Option<AssigneeTeamOut> {
    let team = account.team(id?)?;
    Some(AssigneeTeamOut { id: team.id, name: team.name.clone(), decoration: Map::new() })
}

fn ticket_tags(people: &People, ticket_id: i64) -> Result<Vec<TagOut>, ApiError> {
    let found = tags::of_ticket(people.db, ticket_id)?;
    let out = |tag: tags::Tag| TagOut { id: tag.id, name: tag.name, decoration: json!({"color": tag.color}) };
    Ok(found.into_iter().map(out).collect())
}

fn field_values(values: BTreeMap<i64, Value>) -> BTreeMap<i64, FieldValueOut> {
    values.into_iter().map(|(id, value)| (id, FieldValueOut { id, value })).collect()
}

/// Recorded: email and internal notes always, `phone` where the customer has a phone channel.
fn reply_options(customer: &TicketCustomerOut) -> BTreeMap<&'static str, Value> {
    let answerable = || json!({"answerable": true});
    let mut options = BTreeMap::from([("email", answerable()), ("internal-note", answerable())]);
    if customer.has_phone() {
        options.insert("phone", answerable());
    }
    options
}

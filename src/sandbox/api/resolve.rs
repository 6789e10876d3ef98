//! From what a request says to what the store keeps: people, tags, fields and integrations that a request names must
//! exist. What is wrong is noted like any other problem; the transaction is undone then.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::sandbox::check::customer::{PersonRef, TicketCustomer};
use crate::sandbox::check::message::{NewMessage, Source};
use crate::sandbox::check::{Given, Problems, enums};
use crate::sandbox::clock;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::messages::{MessageDoc, Person};
use crate::sandbox::store::{Work, customers, tags};

/// The customer of a ticket: referred to by id, or found or created by email. Anything beside the id overwrites.
pub(super) fn ticket_customer(
    work: &Work,
    customer: &TicketCustomer,
    problems: &mut Problems,
) -> Result<Option<i64>, ApiError> {
    let Some(id) = customer.id else {
        let Some(email) = &customer.email else { return Ok(None) };
        return customers::find_or_create(work, email, customer.name.as_deref()).map(Some);
    };
    if customers::get(work.db, id)?.is_none() {
        let mut wrong = Problems::default();
        wrong.add("id", "Customer does not exist.");
        problems.nest("customer", wrong);
        return Ok(None);
    }
    if let Some(email) = &customer.email {
        customers::readdress(work, id, email)?;
    }
    if let Some(name) = &customer.name {
        customers::rename(work, id, name)?;
    }
    Ok(Some(id))
}

/// The customer of a ticket that names none: the first incoming sender, else the first receiver.
pub(super) fn implied_customer(work: &Work, messages: &[NewMessage]) -> Result<Option<i64>, ApiError> {
    let senders = messages.iter().filter(|message| !message.from_agent).map(|message| &message.sender);
    let receivers = messages.iter().map(|message| &message.receiver);
    for reference in senders.chain(receivers) {
        if let Given::Value(person) = reference
            && let Some(id) = find_customer(work, person)?
        {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn find_customer(work: &Work, person: &PersonRef) -> Result<Option<i64>, ApiError> {
    match (person.id, &person.email) {
        (Some(id), _) => Ok(customers::get(work.db, id)?.map(|customer| customer.id)),
        (None, Some(email)) => customers::by_email(work.db, email),
        (None, None) => Ok(None),
    }
}

/// A customer at an end of a message. He must exist; a name beside the id overwrites his record.
fn customer(
    work: &Work,
    person: &PersonRef,
    key: &str,
    problems: &mut Problems,
) -> Result<Option<Person>, ApiError> {
    let mut wrong = Problems::default();
    let found = find_customer(work, person)?;
    let Some(id) = found else {
        wrong.add(if person.id.is_some() { "id" } else { "email" }, "Customer does not exist.");
        problems.nest(key, wrong);
        return Ok(None);
    };
    if let (Some(_), Some(email)) = (person.id, &person.email)
        && customers::by_email(work.db, email)? != Some(id)
    {
        wrong.add("email", "The email does not belong to the customer with this id.");
        problems.nest(key, wrong);
        return Ok(None);
    }
    if let Some(name) = &person.name {
        customers::rename(work, id, name)?;
    }
    Ok(Some(Person::Customer(id)))
}

/// An agent at an end of a message: an existing, active user.
fn user(work: &Work, person: &PersonRef, key: &str, problems: &mut Problems) -> Option<Person> {
    let by_id = person.id.map(|id| work.account.user(id));
    let by_email = person.email.as_deref().map(|email| work.account.user_by_email(email));
    let found = match (by_id, by_email) {
        (Some(by_id), Some(by_email)) if by_id.map(|user| user.id) != by_email.map(|user| user.id) => None,
        (Some(found), _) | (None, Some(found)) => found,
        (None, None) => None,
    };
    if let Some(user) = found.filter(|user| user.active) {
        return Some(Person::User(user.id));
    }
    let mut wrong = Problems::default();
    wrong.add(if person.id.is_some() { "id" } else { "email" }, "User does not exist or is not active.");
    problems.nest(key, wrong);
    None
}

/// Sender and receiver of a message, by the rules in force since 2023-02-09. Left out, the bot stands in.
pub(super) fn people(
    work: &Work,
    new: &NewMessage,
    problems: &mut Problems,
) -> Result<(Person, Option<Person>), ApiError> {
    let bot = Person::User(work.account.bot_id());
    let sender = match &new.sender {
        Given::Value(sender) if new.from_agent => user(work, sender, "sender", problems),
        Given::Value(sender) => customer(work, sender, "sender", problems)?,
        Given::Absent | Given::Null => Some(bot),
    };
    let outgoing = new.from_agent && !new.is_note();
    let receiver = match &new.receiver {
        Given::Value(receiver) if outgoing => customer(work, receiver, "receiver", problems)?,
        _ if outgoing => Some(bot),
        _ => None,
    };
    Ok((sender.unwrap_or(bot), receiver))
}

/// A message as the store keeps it.
pub(super) fn message(
    work: &Work,
    new: &NewMessage,
    problems: &mut Problems,
) -> Result<MessageDoc, ApiError> {
    let (sender, receiver) = people(work, new, problems)?;
    if new.integration_id.is_some_and(|id| work.account.integration(id).is_none()) {
        problems.add("integration_id", "Integration does not exist.");
    }
    if new.mention_ids.iter().any(|id| work.account.user(*id).is_none_or(|user| !user.active)) {
        problems.add("mention_ids", "User does not exist or is not active.");
    }
    let created = new.created.unwrap_or_else(clock::now);
    let sent = match &new.sent {
        Given::Value(sent) => Some(*sent),
        // Recorded: an incoming message without a sent time gets its creation time.
        Given::Absent | Given::Null => (!new.from_agent).then_some(created),
    };
    Ok(MessageDoc {
        message_id: new.message_id.clone().value(),
        external_id: new.external_id.clone().value(),
        public: !new.is_note(),
        channel: new.channel.clone(),
        via: new.via.clone().value().unwrap_or_else(|| "api".into()),
        source: Some(source(new)),
        sender,
        receiver,
        integration_id: new.integration_id,
        from_agent: new.from_agent,
        subject: new.subject.clone().value(),
        body_text: new.body_text.clone().value(),
        body_html: new.body_html.clone().value(),
        stripped: new.stripped.clone(),
        attachments: new.attachments.clone().value().unwrap_or_default(),
        headers: new.headers.clone(),
        imported: new.imported,
        meta: new.meta.clone(),
        created,
        processed: clock::now(),
        deleted: new.deleted,
        sent,
        failed: new.failed.clone().value(),
        opened: new.opened,
        last_sending_error: new.last_sending_error.clone(),
    })
}

/// The source with its type filled in (recorded for `phone`).
pub(super) fn source(new: &NewMessage) -> Source {
    let mut source = new.source.clone().value().unwrap_or_default();
    source.kind.get_or_insert_with(|| enums::source_type_of(&new.channel).to_owned());
    source
}

/// Ids of tags by name. Unknown names are refused: whether Gorgias creates them is not stated.
pub(super) fn tag_ids(work: &Work, names: &[String], problems: &mut Problems) -> Result<Vec<i64>, ApiError> {
    let mut ids = Vec::with_capacity(names.len());
    let mut unknown = Problems::default();
    for (index, name) in names.iter().enumerate() {
        if let Some(id) = tags::by_name(work.db, name)? {
            ids.push(id);
        } else {
            let mut wrong = Problems::default();
            wrong.add("name", "Tag does not exist.");
            unknown.nest(&index.to_string(), wrong);
        }
    }
    problems.nest("tags", unknown);
    Ok(ids)
}

/// Values of custom fields, checked against their definitions.
pub(super) fn field_values(
    work: &Work,
    values: &[(i64, Value)],
    problems: &mut Problems,
) -> BTreeMap<i64, Value> {
    let mut wrong = Problems::default();
    for (index, (id, value)) in values.iter().enumerate() {
        let fault = match work.account.ticket_field(*id) {
            None => Some(("id", "Custom field does not exist.")),
            Some(field) => {
                let fits = match field.data_type.as_str() {
                    #[expect(clippy::cast_precision_loss, reason = "bounds of tests are small")]
                    "number" => value.as_f64().is_some_and(|number| {
                        field.min.is_none_or(|min| number >= min as f64)
                            && field.max.is_none_or(|max| number <= max as f64)
                    }),
                    "boolean" => value.is_boolean(),
                    _ => value.as_str().is_some_and(|text| {
                        field.choices.is_empty() || field.choices.iter().any(|choice| choice == text)
                    }),
                };
                (!fits && !value.is_null()).then_some(("value", "Not a valid value for this field."))
            }
        };
        if let Some((key, text)) = fault {
            let mut inner = Problems::default();
            inner.add(key, text);
            wrong.nest(&index.to_string(), inner);
        }
    }
    problems.nest("custom_fields", wrong);
    values.iter().cloned().collect()
}

/// Assignees must exist, and a user must be active.
pub(super) fn assignees(work: &Work, user: Option<i64>, team: Option<i64>, problems: &mut Problems) {
    if user.is_some_and(|id| work.account.user(id).is_none_or(|user| !user.active)) {
        problems.add("assignee_user", "User does not exist or is not active.");
    }
    if team.is_some_and(|id| work.account.team(id).is_none()) {
        problems.add("assignee_team", "Team does not exist.");
    }
}

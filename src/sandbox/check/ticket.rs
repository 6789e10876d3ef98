//! Tickets as requests write them.

use serde_json::{Map, Value};

use super::customer::{EXTERNAL_ID_CHARS_MAX, TicketCustomer, language, read_reference};
use super::message::{NewMessage, Place, SUBJECT_CHARS_MAX};
use super::{Fields, Given, Nulls, Problems, enums, message};
use crate::sandbox::clock::Moment;

/// The longest name of a tag.
pub(crate) const TAG_CHARS_MAX: usize = 256;
/// Messages one `POST /api/tickets` may carry.
pub(crate) const MESSAGES_MAX: usize = 500;

/// A ticket of a request, creation and update alike.
#[derive(Clone, Debug)]
pub(crate) struct NewTicket {
    pub(crate) messages: Vec<NewMessage>,
    pub(crate) via: Given<String>,
    pub(crate) channel: Given<String>,
    pub(crate) subject: Given<String>,
    pub(crate) status: Given<String>,
    pub(crate) priority: Given<String>,
    pub(crate) customer: Given<TicketCustomer>,
    pub(crate) assignee_user: Given<i64>,
    pub(crate) assignee_team: Given<i64>,
    pub(crate) tags: Given<Vec<String>>,
    pub(crate) custom_fields: Given<Vec<(i64, Value)>>,
    pub(crate) external_id: Given<String>,
    pub(crate) from_agent: Given<bool>,
    pub(crate) language: Given<String>,
    pub(crate) spam: Given<bool>,
    pub(crate) meta: Given<Value>,
    pub(crate) imported: bool,
    pub(crate) is_unread: Given<bool>,
    pub(crate) created: Option<Moment>,
    pub(crate) opened: Given<Moment>,
    pub(crate) closed: Given<Moment>,
    pub(crate) updated: Given<Moment>,
    pub(crate) last_message: Given<Moment>,
    pub(crate) last_received: Given<Moment>,
    pub(crate) snooze: Given<Moment>,
    pub(crate) trashed: Given<Moment>,
}

/// Creating or changing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `POST`; says whether the account knows `imported`.
    Create { imported: bool },
    /// `PUT`.
    Update,
}

/// Reads a ticket and checks everything that needs no store.
pub(crate) fn read(map: &Map<String, Value>, purpose: Purpose) -> (NewTicket, Problems) {
    let mut fields = Fields::new(map);
    let update = purpose == Purpose::Update;
    let empty = if update { Nulls::Allowed } else { Nulls::Refused };
    let mut ticket = NewTicket {
        messages: Vec::new(),
        via: fields.choice("via", enums::VIAS, Nulls::Refused),
        channel: fields.choice("channel", enums::CHANNELS, Nulls::Refused),
        subject: fields.text("subject", SUBJECT_CHARS_MAX, Nulls::Allowed),
        status: fields.choice("status", enums::STATUSES, Nulls::Refused),
        priority: fields.choice("priority", enums::PRIORITIES, Nulls::Refused),
        customer: fields.nested("customer", Nulls::Refused, read_reference),
        assignee_user: assignee(&mut fields, "assignee_user", empty),
        assignee_team: assignee(&mut fields, "assignee_team", empty),
        tags: fields.each("tags", Nulls::Refused, read_tag),
        custom_fields: fields.each("custom_fields", Nulls::Refused, read_custom_field),
        external_id: fields.text("external_id", EXTERNAL_ID_CHARS_MAX, empty),
        from_agent: fields.boolean("from_agent", Nulls::Allowed),
        language: language(&mut fields, "language"),
        spam: fields.boolean("spam", Nulls::Refused),
        meta: fields.free_object("meta", empty),
        imported: false,
        is_unread: Given::Absent,
        created: None,
        opened: fields.moment("opened_datetime", Nulls::Allowed),
        closed: fields.moment("closed_datetime", Nulls::Allowed),
        updated: fields.moment("updated_datetime", Nulls::Allowed),
        last_message: fields.moment("last_message_datetime", Nulls::Allowed),
        last_received: fields.moment("last_received_message_datetime", Nulls::Allowed),
        snooze: fields.moment("snooze_datetime", Nulls::Allowed),
        trashed: fields.moment("trashed_datetime", Nulls::Allowed),
    };
    match purpose {
        Purpose::Update => ticket.is_unread = fields.boolean("is_unread", Nulls::Refused),
        Purpose::Create { imported } => read_creation_fields(&mut fields, &mut ticket, imported),
    }
    (ticket, fields.finish())
}

/// Fields that only creation takes.
fn read_creation_fields(fields: &mut Fields, ticket: &mut NewTicket, imported: bool) {
    ticket.created = fields.moment("created_datetime", Nulls::Refused).value();
    fields.integer("split_from", Nulls::Refused);
    if imported {
        ticket.imported = fields.boolean("imported", Nulls::Refused).value().unwrap_or_default();
    }
    fields.require("messages");
    let count = match fields.list("messages", Nulls::Refused) {
        Given::Value(list) => list.len(),
        Given::Absent | Given::Null => return,
    };
    if count == 0 || count > MESSAGES_MAX {
        fields.problem("messages", "Length must be between 1 and 500.");
        return;
    }
    let messages = fields.each("messages", Nulls::Refused, |one| message::read(one, Place::Nested));
    ticket.messages = messages.value().unwrap_or_default();
}

/// `{id}`, where a null id stands for nobody if nobody may be given.
fn assignee(fields: &mut Fields, key: &'static str, nulls: Nulls) -> Given<i64> {
    match fields.nested(key, nulls, |inner| {
        inner.require("id");
        inner.integer("id", nulls)
    }) {
        Given::Value(id) => id,
        Given::Null => Given::Null,
        Given::Absent => Given::Absent,
    }
}

fn read_tag(fields: &mut Fields) -> String {
    fields.require("name");
    fields.nested("decoration", Nulls::Allowed, |inner| {
        inner.text("color", 32, Nulls::Allowed);
    });
    let name = fields.text("name", TAG_CHARS_MAX, Nulls::Refused).value().unwrap_or_default();
    if name.is_empty() {
        fields.problem("name", "Shorter than minimum length 1.");
    }
    name
}

fn read_custom_field(fields: &mut Fields) -> (i64, Value) {
    fields.require("id");
    fields.require("value");
    let id = fields.integer("id", Nulls::Refused).value().unwrap_or_default();
    (id, fields.any("value", Nulls::Allowed).value().cloned().unwrap_or(Value::Null))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CREATE: Purpose = Purpose::Create { imported: true };

    fn problems(body: &Value, purpose: Purpose) -> Value {
        serde_json::to_value(read(body.as_object().unwrap(), purpose).1).unwrap()
    }

    fn message() -> Value {
        json!({"channel": "phone", "from_agent": false, "sender": {"id": 1}})
    }

    #[test]
    fn one_to_five_hundred_messages() {
        let with = |count: usize| json!({"messages": vec![message(); count]});
        assert_eq!(problems(&json!({}), CREATE), json!({"messages": ["Missing data for required field."]}));
        let length = json!({"messages": ["Length must be between 1 and 500."]});
        assert_eq!(problems(&with(0), CREATE), length);
        assert_eq!(problems(&with(501), CREATE), length);
        assert_eq!(problems(&with(500), CREATE), json!({}));
    }

    #[test]
    fn a_wrong_message_is_named_by_its_index() {
        let mut messages = vec![message(); 4];
        messages[3].as_object_mut().unwrap().remove("sender");
        assert_eq!(
            problems(&json!({"messages": messages}), CREATE),
            json!({"messages": {"3": {"sender": ["Missing data for required field."]}}})
        );
    }

    #[test]
    fn what_creation_does_not_take() {
        let body =
            json!({"messages": [message()], "id": 1, "is_unread": true, "events": [], "requester": {}});
        let said = problems(&body, CREATE);
        assert_eq!(said.as_object().unwrap().len(), 4);
        let imported = json!({"messages": [message()], "imported": true});
        assert_eq!(problems(&imported, CREATE), json!({}));
        assert_eq!(
            problems(&imported, Purpose::Create { imported: false }),
            json!({"imported": ["Unknown field."]})
        );
    }

    #[test]
    fn what_updates_do_not_take() {
        let body = json!({"messages": [message()], "created_datetime": "2025-01-01T00:00:00Z", "imported": true, "split_from": 1});
        assert_eq!(problems(&body, Purpose::Update).as_object().unwrap().len(), 4);
        let fine = json!({"is_unread": false, "assignee_user": {"id": null}, "trashed_datetime": null, "status": "closed"});
        assert_eq!(problems(&fine, Purpose::Update), json!({}));
    }

    #[test]
    fn values_are_checked() {
        let body = json!({"messages": [message()], "status": "pending", "priority": "urgent", "language": "en-US",
            "subject": "x".repeat(999), "external_id": "x".repeat(256), "customer": {"phone": "1"},
            "tags": [{"name": "x".repeat(257)}], "assignee_user": null});
        let said = problems(&body, CREATE);
        for key in
            ["status", "priority", "language", "subject", "external_id", "customer", "tags", "assignee_user"]
        {
            assert!(said.get(key).is_some(), "{key} in {said}");
        }
    }

    proptest::proptest! {
        /// Whatever stands in a field, it is taken or refused.
        #[test]
        fn no_value_makes_the_check_panic(key in 0_usize..14, kind in 0_usize..8, text in ".{0,20}") {
            let keys = ["messages", "customer", "tags", "custom_fields", "status", "language", "created_datetime",
                "meta", "assignee_user", "subject", "spam", "external_id", "via", "closed_datetime"];
            let value = [json!(null), json!(text), json!(-1), json!(true), json!([text]), json!([{"id": text}]),
                json!({"id": text, "email": text}), json!([{"name": text, "sender": {"email": text}, "source": [text]}])];
            for purpose in [CREATE, Purpose::Update] {
                let mut body = json!({"messages": [message()]});
                body[keys[key]] = value[kind].clone();
                problems(&body, purpose);
            }
        }
    }
}

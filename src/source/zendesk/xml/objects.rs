//! Which element is which key of the API, in tables (reference 1.4).

use serde_json::{Map, Value, json};

use super::super::translate::{self, Codes, Field, Rules, What, field, put, value};
use super::element::Element;

type Object = Map<String, Value>;

const TICKET: &[Field] = &[
    // The visible number. Where both are there, `id` is the number of the row in Zendesk's database.
    field(&["nice_id", "id"], "id", What::JudgedId),
    field(&["url"], "url", What::Text),
    field(&["external_id"], "external_id", What::Text),
    field(&["requester_id"], "requester_id", What::JudgedId),
    field(&["submitter_id"], "submitter_id", What::JudgedId),
    field(&["assignee_id"], "assignee_id", What::JudgedId),
    field(&["group_id"], "group_id", What::JudgedId),
    field(&["organization_id"], "organization_id", What::JudgedId),
    field(&["brand_id"], "brand_id", What::JudgedId),
    field(&["problem_id"], "problem_id", What::JudgedId),
    field(&["via_followup_source_id"], "via_followup_source_id", What::JudgedId),
    field(&["subject"], "subject", What::Text),
    field(&["description"], "description", What::Text),
    field(&["recipient", "original_recipient_address"], "recipient", What::Text),
    field(&["status_id", "status"], "status", What::Code(Codes::Status)),
    field(&["priority_id", "priority"], "priority", What::Code(Codes::Priority)),
    field(&["ticket_type_id", "ticket_type", "type"], "type", What::Code(Codes::Kind)),
    field(&["via_id"], "via", What::ViaType),
    field(&["is_public"], "is_public", What::Flag),
    field(&["created_at"], "created_at", What::UtcTime),
    field(&["updated_at"], "updated_at", What::UtcTime),
    field(&["solved_at"], "metric_set/solved_at", What::UtcTime),
    field(&["current_tags", "tags"], "tags", What::Tags),
];

const COMMENT: &[Field] = &[
    field(&["id"], "id", What::JudgedId),
    field(&["type"], "type", What::Text),
    field(&["author_id"], "author_id", What::JudgedId),
    field(&["value", "body"], "body", What::Text),
    field(&["html_body"], "html_body", What::Text),
    field(&["plain_body"], "plain_body", What::Text),
    field(&["is_public", "public"], "public", What::Flag),
    field(&["created_at"], "created_at", What::UtcTime),
    field(&["via_id"], "via", What::ViaType),
];

const ATTACHMENT: &[Field] = &[
    field(&["id"], "id", What::JudgedId),
    field(&["filename", "file_name"], "file_name", What::Text),
    field(&["content_type"], "content_type", What::Text),
    field(&["size"], "size", What::Number),
    field(&["url", "content_url"], "content_url", What::Text),
    field(&["inline", "is_inline"], "inline", What::Flag),
];

const CUSTOM_FIELD: &[Field] =
    &[field(&["ticket_field_id"], "id", What::JudgedId), field(&["value"], "value", What::Text)];

const USER: &[Field] = &[
    field(&["id"], "id", What::JudgedId),
    field(&["url"], "url", What::Text),
    field(&["name"], "name", What::Text),
    field(&["email"], "email", What::Text),
    field(&["phone"], "phone", What::Text),
    field(&["roles", "role_id", "role"], "role", What::Code(Codes::Role)),
    field(&["locale"], "locale", What::Text),
    field(&["notes"], "notes", What::Text),
    field(&["details"], "details", What::Text),
    field(&["is_active", "active"], "active", What::Flag),
    field(&["updated_at"], "updated_at", What::UtcTime),
];

const NAMED: &[Field] = &[
    field(&["id"], "id", What::JudgedId),
    field(&["url"], "url", What::Text),
    field(&["name"], "name", What::Text),
];

/// Via types of calls; the comments that came by them are the calls themselves.
const CALLS: &[(&[&str], &str)] =
    &[(&["33", "34", "35"], "VoiceComment"), (&["44", "45", "46"], "TpeVoiceComment")];

/// The object that an element is, and its JSON. Nothing for an element that has no id to be known by.
pub(super) fn object(element: &Element) -> Option<(&'static str, Vec<u8>)> {
    let (is, object) = match element.name() {
        "ticket" => (translate::TICKET, ticket(element)),
        "user" => (translate::USER, fields(element, USER)),
        "organization" => (translate::ORGANIZATION, fields(element, NAMED)),
        "group" => (translate::GROUP, fields(element, NAMED)),
        "account" => (translate::ACCOUNT, account(element)),
        _ => return None,
    };
    Some((is, translate::json(&object)))
}

fn ticket(element: &Element) -> Object {
    let mut ticket = fields(element, TICKET);
    let custom = element.list("ticket_field_entries").iter().map(|entry| fields(entry, CUSTOM_FIELD));
    put(&mut ticket, "custom_fields", objects(custom));
    put(&mut ticket, "comments", objects(element.list("comments").iter().map(comment)));
    ticket
}

fn comment(element: &Element) -> Object {
    let mut comment = fields(element, COMMENT);
    let via = element.value(&["via_id"]).unwrap_or_default().trim();
    let kind = CALLS.iter().find(|(numbers, _)| numbers.contains(&via)).map_or("Comment", |(_, kind)| kind);
    put(&mut comment, "type", kind.into());
    let files = element.list("attachments").iter().map(|file| fields(file, ATTACHMENT));
    put(&mut comment, "attachments", objects(files));
    comment
}

/// Whose export it is, told in the way that all other objects tell it.
fn account(element: &Element) -> Object {
    let mut account = Object::new();
    let subdomain = element.value(&["subdomain"]).map(|name| name.trim().to_ascii_lowercase());
    let url = subdomain.map(|name| format!("https://{name}.zendesk.com/"));
    put(&mut account, "url", json!(url));
    account
}

fn objects(objects: impl Iterator<Item = Object>) -> Value {
    Value::Array(objects.map(Value::Object).collect())
}

fn fields(element: &Element, table: &[Field]) -> Object {
    let mut object = Object::new();
    for field in table {
        let Some(text) = element.value(field.names) else { continue };
        // Nothing here can be a fault: ids are judged later, and there are no labels and no local times.
        if let Ok(value) = value(field.what, text, &Rules::default()) {
            put(&mut object, field.path, value);
        }
    }
    object
}

//! The tables that are known: by which columns, and what their columns mean.
//!
//! Names are those of the Fivetran connector and those of the API, which other connectors keep; `via__channel` and
//! `via.channel` are `via_channel`.

use super::super::translate::{self, Codes, Field, What, field};

/// Columns of a header, as [`super::layout`] normalises them.
pub(super) type Names<'n> = &'n [String];

/// A table.
pub(super) struct Shape {
    /// What its rows are.
    pub(super) is: &'static str,
    /// Whether a header is its header.
    pub(super) fits: fn(Names<'_>) -> bool,
    /// Its columns.
    pub(super) fields: &'static [Field],
    /// What is special about it.
    pub(super) special: Special,
}

/// What columns alone do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Special {
    None,
    /// Columns `custom_…` are fields of a ticket.
    CustomColumns,
    /// Columns `Title [list]` are fields of a ticket.
    TitledColumns,
    /// Flags say of which kind a comment is.
    CommentFlags,
    /// Everybody in it is an agent.
    Agents,
    /// Its rows hold nothing that is imported.
    Aside,
    /// A row is what happened in a chat, which is told as an audit tells it.
    ChatEvent,
    /// Groups and organizations have the same columns; the address of the row tells them apart.
    ByAddress,
}

fn has(names: Names<'_>, name: &str) -> bool {
    names.iter().any(|one| one == name)
}

fn has_any(names: Names<'_>, any: &[&str]) -> bool {
    any.iter().any(|name| has(names, name))
}

fn has_all(names: Names<'_>, all: &[&str]) -> bool {
    all.iter().all(|name| has(names, name))
}

/// Columns that only people read, of the tickets CSV and of views.
const TICKET_LABELS: &[&str] = &[
    "subject",
    "requester",
    "requester id",
    "requester email",
    "requested",
    "submitter",
    "assignee",
    "status",
    "ticket status",
    "priority",
    "group",
    "tags",
    "via",
    "ticket type",
    "ticket form",
    "created at",
    "updated at",
    "updated",
    "solved at",
    "organization",
    "satisfaction score",
    "satisfaction",
];

/// Columns that make a table one of the API and not one for people.
const API_COLUMNS: &[&str] = &["requester_id", "ticket_id", "created_at", "updated_at", "_fivetran_synced"];

fn is_team(names: Names<'_>) -> bool {
    has_all(names, &["id", "name", "email"])
        && has_any(names, &["last sign-in", "last sign in", "primary group", "date created"])
}

fn is_ticket_list(names: Names<'_>) -> bool {
    let labels = TICKET_LABELS.iter().filter(|label| has(names, label)).count();
    has(names, "summation column")
        || (has_any(names, &["id", "ticket id", "ticket"]) && labels >= 2 && !has_any(names, API_COLUMNS))
}

/// The tables, most telling first.
pub(super) const SHAPES: &[Shape] = &[
    Shape { is: translate::USER, fits: is_team, fields: TEAM, special: Special::Agents },
    Shape {
        is: translate::TICKET_ROW,
        fits: is_ticket_list,
        fields: TICKET_LIST,
        special: Special::TitledColumns,
    },
    Shape {
        is: translate::COMMENT,
        fits: |names| {
            has(names, "ticket_id")
                && has_any(names, &["body", "html_body", "plain_body"])
                && has_any(names, &["user_id", "author_id"])
                && has_any(names, &["created", "created_at", "timestamp"])
        },
        fields: COMMENT,
        special: Special::CommentFlags,
    },
    Shape {
        is: translate::TICKET,
        fits: |names| {
            has_all(names, &["id", "requester_id"])
                && has_any(names, &["subject", "raw_subject", "status", "description"])
        },
        fields: TICKET,
        special: Special::CustomColumns,
    },
    Shape {
        is: translate::RATING,
        fits: |names| has_all(names, &["ticket_id", "score"]),
        fields: SATISFACTION,
        special: Special::None,
    },
    Shape {
        is: translate::TICKET_ROW,
        fits: |names| {
            has(names, "ticket_id") && has_any(names, &["tag", "tags"]) && !has_any(names, &["id", "chat_id"])
        },
        fields: TICKET_TAG,
        special: Special::None,
    },
    Shape {
        is: translate::USER,
        fits: |names| has_all(names, &["id", "name", "role"]),
        fields: USER,
        special: Special::None,
    },
    Shape {
        is: translate::FIELD,
        fits: |names| {
            has_all(names, &["id", "title", "type"])
                && has_any(names, &["raw_title", "title_in_portal", "regexp_for_validation"])
        },
        fields: TICKET_FIELD,
        special: Special::None,
    },
    Shape {
        is: translate::ORGANIZATION,
        fits: |names| {
            has_all(names, &["id", "name"])
                && has_any(
                    names,
                    &["domain_names", "shared_tickets", "shared_comments", "organization_fields"],
                )
        },
        fields: NAMED,
        special: Special::None,
    },
    Shape {
        is: translate::GROUP,
        fits: |names| {
            const GROUP: &[&str] = &[
                "id",
                "name",
                "url",
                "created_at",
                "updated_at",
                "description",
                "deleted",
                "default",
                "is_public",
            ];
            has_all(names, &["id", "name"])
                && has_any(names, &["url", "created_at"])
                && names.iter().all(|name| name.starts_with('_') || GROUP.contains(&name.as_str()))
        },
        fields: NAMED,
        special: Special::ByAddress,
    },
    Shape {
        is: translate::CHAT_EVENT,
        fits: |names| {
            has_all(names, &["chat_id", "type", "created_at"]) && has_any(names, &["message", "actor_id"])
        },
        fields: CHAT_EVENT,
        special: Special::ChatEvent,
    },
    Shape {
        is: translate::CHAT,
        fits: |names| has_all(names, &["chat_id", "ticket_id"]),
        fields: CHAT,
        special: Special::None,
    },
    // Its changes are in the tickets themselves, as far as they lasted.
    Shape {
        is: translate::TICKET_ROW,
        fits: |names| has_all(names, &["ticket_id", "field_name", "value"]),
        fields: &[],
        special: Special::Aside,
    },
];

const TICKET: &[Field] = &[
    field(&["id"], "id", What::JudgedId),
    field(&["url"], "url", What::Text),
    field(&["external_id"], "external_id", What::Text),
    field(&["requester_id"], "requester_id", What::JudgedId),
    field(&["submitter_id"], "submitter_id", What::Reference),
    field(&["assignee_id"], "assignee_id", What::Reference),
    field(&["group_id"], "group_id", What::Reference),
    field(&["organization_id"], "organization_id", What::Reference),
    field(&["brand_id"], "brand_id", What::Reference),
    field(&["problem_id"], "problem_id", What::Reference),
    field(&["via_followup_source_id"], "via_followup_source_id", What::Reference),
    field(&["followup_ids"], "followup_ids", What::Json),
    field(&["merged_ticket_ids"], "merged_ticket_ids", What::Json),
    field(&["subject"], "subject", What::Text),
    field(&["raw_subject"], "raw_subject", What::Text),
    field(&["description"], "description", What::Text),
    field(&["recipient"], "recipient", What::Text),
    field(&["status"], "status", What::Code(Codes::Status)),
    field(&["priority"], "priority", What::Code(Codes::Priority)),
    field(&["type"], "type", What::Code(Codes::Kind)),
    field(&["is_public"], "is_public", What::Flag),
    field(&["created_at"], "created_at", What::UtcTime),
    field(&["updated_at"], "updated_at", What::UtcTime),
    field(&["generated_timestamp"], "generated_timestamp", What::Number),
    field(&["tags"], "tags", What::Tags),
    field(&["custom_fields"], "custom_fields", What::Json),
    field(&["satisfaction_rating"], "satisfaction_rating", What::Json),
    field(&["satisfaction_rating_score"], "satisfaction_rating/score", What::Text),
    field(&["satisfaction_rating_comment"], "satisfaction_rating/comment", What::Text),
    field(&["metric_set"], "metric_set", What::Json),
    field(&["via"], "via", What::Json),
    field(&["via_channel"], "via/channel", What::Text),
    field(&["via_source_rel"], "via/source/rel", What::Text),
    field(&["via_source_from_address"], "via/source/from/address", What::Text),
    field(&["via_source_from_name"], "via/source/from/name", What::Text),
    field(&["via_source_from_phone"], "via/source/from/phone", What::Text),
    field(&["via_source_from_ticket_id"], "via/source/from/ticket_id", What::Reference),
    field(&["via_source_from_ticket_ids"], "via/source/from/ticket_ids", What::Json),
    field(&["via_source_to_address"], "via/source/to/address", What::Text),
    field(&["via_source_to_name"], "via/source/to/name", What::Text),
    field(&["via_source_to_phone"], "via/source/to/phone", What::Text),
    field(&["via_source_to_email_ccs"], "via/source/to/email_ccs", What::Json),
];

const COMMENT: &[Field] = &[
    field(&["id"], "id", What::JudgedId),
    field(&["ticket_id"], "ticket_id", What::OwnId),
    field(&["author_id", "user_id"], "author_id", What::JudgedId),
    field(&["created_at", "created"], "created_at", What::UtcTime),
    field(&["timestamp"], "timestamp", What::Text),
    field(&["body"], "body", What::Text),
    field(&["html_body"], "html_body", What::Text),
    field(&["plain_body"], "plain_body", What::Text),
    field(&["public", "is_public"], "public", What::Flag),
    field(&["type"], "type", What::Text),
    field(&["attachments"], "attachments", What::Json),
    field(&["metadata"], "metadata", What::Json),
    field(&["data"], "data", What::Json),
    field(&["formatted_from"], "formatted_from", What::Text),
    field(&["formatted_to"], "formatted_to", What::Text),
    field(&["via"], "via", What::Json),
    field(&["via_channel"], "via/channel", What::Text),
    field(&["via_source_rel"], "via/source/rel", What::Text),
    field(&["via_source_from_address"], "via/source/from/address", What::Text),
    field(&["via_source_from_name"], "via/source/from/name", What::Text),
    field(&["via_source_from_phone"], "via/source/from/phone", What::Text),
    field(&["via_source_from_ticket_ids"], "via/source/from/ticket_ids", What::Json),
    field(&["via_source_to_address"], "via/source/to/address", What::Text),
    field(&["via_source_to_name"], "via/source/to/name", What::Text),
    field(&["via_source_to_phone"], "via/source/to/phone", What::Text),
    field(&["via_source_to_email_ccs"], "via/source/to/email_ccs", What::Json),
];

const USER: &[Field] = &[
    field(&["id"], "id", What::OwnId),
    field(&["url"], "url", What::Text),
    field(&["name"], "name", What::Text),
    field(&["email"], "email", What::Text),
    field(&["phone"], "phone", What::Text),
    field(&["role"], "role", What::Code(Codes::Role)),
    field(&["locale"], "locale", What::Text),
    field(&["notes"], "notes", What::Text),
    field(&["details"], "details", What::Text),
    field(&["active"], "active", What::Flag),
    field(&["permanently_deleted"], "permanently_deleted", What::Flag),
    field(&["updated_at"], "updated_at", What::UtcTime),
];

const NAMED: &[Field] = &[
    field(&["id"], "id", What::OwnId),
    field(&["url"], "url", What::Text),
    field(&["name"], "name", What::Text),
];

const TICKET_FIELD: &[Field] = &[field(&["id"], "id", What::OwnId), field(&["title"], "title", What::Text)];

const TICKET_TAG: &[Field] =
    &[field(&["ticket_id"], "id", What::OwnId), field(&["tag", "tags"], "tags", What::Tags)];

const SATISFACTION: &[Field] = &[
    field(&["id"], "id", What::Reference),
    field(&["ticket_id"], "ticket_id", What::OwnId),
    field(&["score"], "score", What::Text),
    field(&["comment"], "comment", What::Text),
    field(&["reason"], "reason", What::Text),
    field(&["created_at"], "created_at", What::UtcTime),
    field(&["updated_at"], "updated_at", What::UtcTime),
];

const CHAT: &[Field] =
    &[field(&["chat_id"], "chat_id", What::Text), field(&["ticket_id"], "ticket_id", What::Reference)];

const CHAT_EVENT: &[Field] = &[
    field(&["chat_id"], "chat_id", What::Text),
    field(&["chat_index"], "chat_index", What::Number),
    field(&["created_at"], "created_at", What::UtcTime),
    field(&["type"], "type", What::Text),
    field(&["actor_id"], "actor_id", What::Text),
    field(&["actor_name"], "actor_name", What::Text),
    field(&["message"], "message", What::Text),
    field(&["message_id"], "message_id", What::Text),
    field(&["original_message"], "original_message", What::Text),
    field(&["filename"], "filename", What::Text),
    field(&["url"], "url", What::Text),
    field(&["mime_type"], "mime_type", What::Text),
    field(&["size"], "size", What::Number),
];

/// Names only, so that other users stay what the users export says (reference 1.3).
const TEAM: &[Field] = &[
    field(&["id"], "id", What::OwnId),
    field(&["name"], "name", What::Text),
    field(&["email"], "email", What::Text),
];

const TICKET_LIST: &[Field] = &[
    field(&["id", "ticket id", "ticket"], "id", What::OwnId),
    field(&["requester id"], "requester_id", What::Reference),
    field(&["requester"], "requester/name", What::Text),
    field(&["requester email"], "requester/email", What::Text),
    field(&["subject"], "subject", What::Text),
    field(&["tags"], "tags", What::Tags),
    field(&["status", "ticket status"], "status", What::Label(Codes::Status)),
    field(&["priority"], "priority", What::Label(Codes::Priority)),
    field(&["ticket type", "type"], "type", What::Label(Codes::Kind)),
    field(&["via"], "via/channel", What::Channel),
    field(&["created at"], "created_at", What::LocalTime),
    field(&["updated at"], "updated_at", What::LocalTime),
    field(&["solved at"], "metric_set/solved_at", What::LocalTime),
];

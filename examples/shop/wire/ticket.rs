//! Tickets.

use serde::Serialize;
use serde_json::{Value, json};

use super::comment::Comment;
use super::via::Via;
use super::{BRAND, address};

/// A line of the tickets export.
#[expect(clippy::struct_field_names, reason = "Zendesk's own names")]
#[derive(Clone, Serialize)]
pub(crate) struct Ticket {
    pub(crate) url: String,
    pub(crate) id: u64,
    pub(crate) external_id: Option<String>,
    pub(crate) via: Via,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    /// Unix seconds of the last change, changes by the system included.
    pub(crate) generated_timestamp: i64,
    #[serde(rename = "type")]
    pub(crate) kind: Option<&'static str>,
    pub(crate) subject: Option<String>,
    pub(crate) raw_subject: Option<String>,
    /// Copy of the first comment.
    pub(crate) description: Option<String>,
    pub(crate) priority: Option<&'static str>,
    pub(crate) status: &'static str,
    pub(crate) recipient: Option<String>,
    pub(crate) requester_id: u64,
    pub(crate) submitter_id: u64,
    pub(crate) assignee_id: Option<u64>,
    pub(crate) organization_id: Option<u64>,
    pub(crate) group_id: Option<u64>,
    pub(crate) collaborator_ids: Vec<u64>,
    pub(crate) follower_ids: Vec<u64>,
    pub(crate) email_cc_ids: Vec<u64>,
    pub(crate) forum_topic_id: Option<u64>,
    pub(crate) problem_id: Option<u64>,
    pub(crate) has_incidents: bool,
    pub(crate) is_public: bool,
    pub(crate) due_at: Option<String>,
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) custom_fields: Vec<Value>,
    pub(crate) satisfaction_rating: Value,
    pub(crate) sharing_agreement_ids: Vec<u64>,
    pub(crate) custom_status_id: Option<u64>,
    pub(crate) fields: Vec<Value>,
    pub(crate) followup_ids: Vec<u64>,
    pub(crate) ticket_form_id: Option<u64>,
    pub(crate) brand_id: u64,
    pub(crate) allow_channelback: bool,
    pub(crate) allow_attachments: bool,
    pub(crate) from_messaging_channel: bool,
    /// Missing where the ticket is larger than the export allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comments: Option<Vec<Comment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requester: Option<Brief>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) submitter: Option<Brief>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) assignee: Option<Brief>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metric_set: Option<Value>,
}

/// A person inside a ticket line.
#[derive(Clone, Serialize)]
pub(crate) struct Brief {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) email: Option<String>,
}

/// Field "What is it about", a drop-down.
pub(crate) const FIELD_TOPIC: u64 = 36_148_700_000_101;
/// Field "Order number", a text.
pub(crate) const FIELD_ORDER: u64 = 36_148_700_000_102;
/// Field "Refund in cents", a number.
pub(crate) const FIELD_REFUND: u64 = 36_148_700_000_103;
/// Field "Goodwill", a checkbox.
pub(crate) const FIELD_GOODWILL: u64 = 36_148_700_000_104;
/// Field "Product lines", several choices.
pub(crate) const FIELD_LINES: u64 = 36_148_700_000_105;

impl Ticket {
    /// An open ticket with no messages yet; everything not given is null or empty.
    pub(crate) fn new(id: u64, requester: u64, via: Via, created_at: String) -> Self {
        let fields: Vec<Value> = [FIELD_TOPIC, FIELD_ORDER, FIELD_REFUND, FIELD_GOODWILL, FIELD_LINES]
            .iter()
            .map(|id| json!({"id": id, "value": null}))
            .collect();
        Self {
            url: address(&format!("api/v2/tickets/{id}.json")),
            id,
            external_id: None,
            via,
            updated_at: created_at.clone(),
            created_at,
            generated_timestamp: 0,
            kind: None,
            subject: None,
            raw_subject: None,
            description: None,
            priority: None,
            status: "open",
            recipient: None,
            requester_id: requester,
            submitter_id: requester,
            assignee_id: None,
            organization_id: None,
            group_id: Some(36_148_700_000_301),
            collaborator_ids: Vec::new(),
            follower_ids: Vec::new(),
            email_cc_ids: Vec::new(),
            forum_topic_id: None,
            problem_id: None,
            has_incidents: false,
            is_public: true,
            due_at: None,
            tags: Some(Vec::new()),
            custom_fields: fields.clone(),
            satisfaction_rating: json!({"score": "unoffered"}),
            sharing_agreement_ids: Vec::new(),
            custom_status_id: Some(36_148_700_000_402),
            fields,
            followup_ids: Vec::new(),
            ticket_form_id: Some(36_148_700_000_501),
            brand_id: BRAND,
            allow_channelback: false,
            allow_attachments: true,
            from_messaging_channel: false,
            comments: Some(Vec::new()),
            requester: None,
            submitter: None,
            assignee: None,
            metric_set: None,
        }
    }

    /// Sets the custom field `id` in both places where Zendesk writes it.
    pub(crate) fn set_field(&mut self, id: u64, value: &Value) {
        for list in [&mut self.custom_fields, &mut self.fields] {
            for field in list.iter_mut().filter(|field| field["id"] == id) {
                field["value"] = value.clone();
            }
        }
    }
}

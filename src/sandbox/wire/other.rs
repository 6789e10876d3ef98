//! Events, tags, surveys and uploaded files.

use serde::Serialize;
use serde_json::{Value, json};

use crate::sandbox::clock::Moment;
use crate::sandbox::store::events::Event;
use crate::sandbox::store::surveys::Survey;
use crate::sandbox::store::tags::Tag;

/// An event (recorded 2026-08).
#[derive(Debug, Serialize)]
pub(crate) struct EventOut {
    id: i64,
    context: String,
    created_datetime: Moment,
    data: Option<Value>,
    object_id: i64,
    object_type: String,
    #[serde(rename = "type")]
    kind: String,
    user_id: Option<i64>,
    uri: String,
}

impl From<Event> for EventOut {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            context: event.context,
            created_datetime: event.created,
            data: event.data,
            object_id: event.object_id,
            object_type: event.object_type,
            kind: event.kind,
            user_id: event.user_id,
            uri: format!("/api/events/{}/", event.id),
        }
    }
}

/// A tag (recorded 2026-08).
#[derive(Debug, Serialize)]
pub(crate) struct TagRecord {
    id: i64,
    decoration: Value,
    description: Option<String>,
    name: String,
    usage: i64,
    uri: String,
    created_datetime: Moment,
    deleted_datetime: Option<Moment>,
}

impl From<Tag> for TagRecord {
    fn from(tag: Tag) -> Self {
        Self {
            id: tag.id,
            decoration: json!({"color": tag.color}),
            description: tag.description,
            name: tag.name,
            usage: tag.usage,
            uri: format!("/api/tags/{}/", tag.id),
            created_datetime: tag.created,
            deleted_datetime: None,
        }
    }
}

/// A survey (recorded 2026-08).
#[derive(Debug, Serialize)]
pub(crate) struct SurveyOut {
    id: i64,
    body_text: Option<String>,
    created_datetime: Moment,
    customer_id: i64,
    meta: Option<Value>,
    score: Option<i64>,
    scored_datetime: Option<Moment>,
    sent_datetime: Option<Moment>,
    should_send_datetime: Option<Moment>,
    ticket_id: i64,
    uri: String,
}

impl From<Survey> for SurveyOut {
    fn from(survey: Survey) -> Self {
        Self {
            id: survey.id,
            body_text: survey.doc.body_text,
            created_datetime: survey.created,
            customer_id: survey.doc.customer_id,
            meta: survey.doc.meta,
            score: survey.doc.score,
            scored_datetime: survey.doc.scored,
            sent_datetime: survey.doc.sent,
            should_send_datetime: survey.doc.should_send,
            ticket_id: survey.ticket_id,
            uri: format!("/api/satisfaction-surveys/{}/", survey.id),
        }
    }
}

/// An uploaded file as the answer of the upload names it.
#[derive(Debug, Serialize)]
pub(crate) struct FileOut {
    pub(crate) url: String,
    pub(crate) name: String,
    pub(crate) size: usize,
    pub(crate) content_type: String,
}

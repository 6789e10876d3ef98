//! Messages, alone and inside a ticket.

use serde::Serialize;
use serde_json::Value;

use super::{People, PersonOut};
use crate::sandbox::check::message::{Attachment, Source};
use crate::sandbox::clock::Moment;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::messages::Message;

/// A message, keys in the order recorded 2026-08. Inside a ticket `headers` and `deleted_datetime` are missing.
#[derive(Debug, Serialize)]
#[expect(clippy::option_option, reason = "absent and null are different answers")]
pub(crate) struct MessageOut {
    id: i64,
    uri: String,
    message_id: Option<String>,
    ticket_id: i64,
    external_id: Option<String>,
    public: bool,
    channel: String,
    via: String,
    source: Option<Source>,
    sender: Option<PersonOut>,
    auth_customer_identity: Option<Value>,
    integration_id: Option<i64>,
    intents: Vec<Value>,
    rule_id: Option<i64>,
    from_agent: bool,
    receiver: Option<PersonOut>,
    subject: Option<String>,
    body_text: Option<String>,
    body_html: Option<String>,
    stripped_text: Option<String>,
    stripped_html: Option<String>,
    stripped_signature: Option<String>,
    attachments: Option<Vec<Attachment>>,
    macros: Vec<Value>,
    actions: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<Option<Value>>,
    imported: bool,
    meta: Option<Value>,
    created_datetime: Moment,
    processed_datetime: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_datetime: Option<Option<Moment>>,
    sent_datetime: Option<Moment>,
    failed_datetime: Option<Moment>,
    opened_datetime: Option<Moment>,
    last_sending_error: Option<Value>,
    is_retriable: bool,
}

impl MessageOut {
    /// A message by itself.
    pub(crate) fn alone(people: &People, message: Message) -> Result<Self, ApiError> {
        let (headers, deleted) = (message.doc.headers.clone(), message.doc.deleted);
        let mut out = Self::embedded(people, message)?;
        out.headers = Some(headers);
        out.deleted_datetime = Some(deleted);
        Ok(out)
    }

    /// A message inside its ticket.
    pub(crate) fn embedded(people: &People, message: Message) -> Result<Self, ApiError> {
        let Message { id, ticket_id, doc } = message;
        let [stripped_text, stripped_html, stripped_signature] = doc.stripped;
        let receiver = doc.receiver.map(|receiver| people.get(receiver)).transpose()?.flatten();
        Ok(Self {
            id,
            uri: format!("/api/tickets/{ticket_id}/messages/{id}/"),
            message_id: doc.message_id,
            ticket_id,
            external_id: doc.external_id,
            public: doc.public,
            channel: doc.channel,
            via: doc.via,
            source: doc.source,
            sender: people.get(doc.sender)?,
            auth_customer_identity: None,
            integration_id: doc.integration_id,
            intents: Vec::new(),
            rule_id: None,
            from_agent: doc.from_agent,
            receiver,
            subject: doc.subject,
            body_text: doc.body_text,
            body_html: doc.body_html,
            stripped_text,
            stripped_html,
            stripped_signature,
            // Recorded: an empty list comes back as null.
            attachments: Some(doc.attachments).filter(|list| !list.is_empty()),
            macros: Vec::new(),
            actions: None,
            headers: None,
            imported: doc.imported,
            meta: doc.meta,
            created_datetime: doc.created,
            processed_datetime: doc.processed,
            deleted_datetime: None,
            sent_datetime: doc.sent,
            is_retriable: doc.failed.is_none(),
            failed_datetime: doc.failed,
            opened_datetime: doc.opened,
            last_sending_error: doc.last_sending_error,
        })
    }
}

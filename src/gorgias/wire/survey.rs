//! Satisfaction surveys: the ratings of the old help desk.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::tolerant;
use crate::model::time::SentAt;

/// Body of `POST /api/satisfaction-surveys`. One per ticket.
#[derive(Clone, Serialize)]
#[expect(clippy::manual_non_exhaustive, reason = "the private field is sent")]
pub struct CreateSatisfactionSurvey {
    /// The ticket that was rated.
    pub ticket_id: u64,
    /// Who rated it.
    pub customer_id: u64,
    /// When the survey was sent in the old help desk. Mandatory here: a survey without it is still to be sent.
    pub sent_datetime: SentAt,
    /// Always `null`, which tells Gorgias not to send the survey.
    should_send_datetime: (),
    /// 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
    /// The customer's remark, up to 1000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_text: Option<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_datetime: Option<Timestamp>,
    /// When the customer answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scored_datetime: Option<Timestamp>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
}

impl CreateSatisfactionSurvey {
    /// A survey that was sent in the past and will not be sent again.
    pub fn new(ticket_id: u64, customer_id: u64, sent_datetime: SentAt) -> Self {
        Self {
            ticket_id,
            customer_id,
            sent_datetime,
            should_send_datetime: (),
            score: None,
            body_text: None,
            created_datetime: None,
            scored_datetime: None,
            meta: None,
        }
    }
}

/// A survey as answered.
#[derive(Clone, Deserialize)]
pub struct SatisfactionSurvey {
    /// Its id.
    pub id: u64,
    /// The ticket.
    pub ticket_id: Option<u64>,
    /// The customer.
    pub customer_id: Option<u64>,
    /// 1 to 5.
    pub score: Option<u8>,
    /// The customer's remark.
    pub body_text: Option<String>,
    /// When the customer answered.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub scored_datetime: Option<Timestamp>,
    /// When it was sent.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub sent_datetime: Option<Timestamp>,
    /// When it will be sent; must be empty.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub should_send_datetime: Option<Timestamp>,
}

super::debug_by!(CreateSatisfactionSurvey ticket_id, SatisfactionSurvey id);

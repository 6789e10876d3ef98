//! Events: the account's log of what happened, read-only.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::tolerant;

/// One entry of `GET /api/events`.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: u64,
    /// Shared by the events of one action.
    pub context: Option<String>,
    /// What happened, e.g. `rule-executed`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `Ticket`, `TicketMessage`, `Customer`, ...
    pub object_type: Option<String>,
    /// Id of that object.
    pub object_id: Option<u64>,
    /// Who did it.
    pub user_id: Option<u64>,
    /// Details, by kind.
    pub data: Option<Value>,
    /// When.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub created_datetime: Option<Timestamp>,
}

//! The account, its settings, rules and integrations: what the pre-flight reads. Never written.
//!
//! The raw JSON is kept beside the typed fields, because an acknowledgement is pinned to a hash of the content.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::tolerant;

/// `GET /api/account`.
#[derive(Clone, Debug, Deserialize)]
pub struct Account {
    /// Its id where the answer has one; together with the address it says to which account a ledger belongs.
    pub id: Option<u64>,
    /// The subdomain.
    pub domain: Option<String>,
    /// Whether it is in use.
    pub status: Option<Value>,
}

/// One item of `GET /api/account/settings`.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountSetting {
    /// Its id.
    pub id: Option<u64>,
    /// `satisfaction-surveys`, `auto-merge`, `auto-split`, `ticket-assignment`, ...
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The setting itself.
    #[serde(default)]
    pub data: Value,
}

/// One item of `GET /api/rules`.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: Option<String>,
    /// One comma-separated text in answers, e.g. `ticket-created,ticket-updated`.
    pub event_types: Option<String>,
    /// Set while the rule is off.
    pub deactivated_datetime: Option<Timestamp>,
    /// The whole answer.
    pub raw: Value,
}

/// One item of `GET /api/integrations`.
#[derive(Clone, Debug)]
pub struct Integration {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: Option<String>,
    /// `http`, `email`, `gmail`, `outlook`, `phone`, ...
    pub kind: Option<String>,
    /// An email integration's address.
    pub address: Option<String>,
    /// Of an HTTP integration: the events that it is called for and that are switched on.
    pub triggers: Vec<String>,
    /// Set while the integration is off.
    pub deactivated_datetime: Option<Timestamp>,
    /// The whole answer.
    pub raw: Value,
}

#[derive(Deserialize)]
struct Head {
    id: u64,
    name: Option<String>,
    #[serde(default, deserialize_with = "tolerant::time")]
    deactivated_datetime: Option<Timestamp>,
}

impl Rule {
    /// Whether it acts on what happens in the account.
    pub fn is_active(&self) -> bool {
        is_unset(&self.raw["deactivated_datetime"])
    }
}

impl Integration {
    /// Whether it acts on what happens in the account.
    pub fn is_active(&self) -> bool {
        is_unset(&self.raw["deactivated_datetime"])
    }
}

/// Asked of the raw value: a time that cannot be read still means that the thing is off.
fn is_unset(value: &Value) -> bool {
    value.is_null()
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let raw = Value::deserialize(input)?;
        let head = Head::deserialize(&raw).map_err(serde::de::Error::custom)?;
        let event_types = match &raw["event_types"] {
            Value::String(text) => Some(text.clone()),
            Value::Array(list) => Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
            _ => None,
        };
        Ok(Self {
            id: head.id,
            name: head.name,
            event_types,
            deactivated_datetime: head.deactivated_datetime,
            raw,
        })
    }
}

impl<'de> Deserialize<'de> for Integration {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let raw = Value::deserialize(input)?;
        let head = Head::deserialize(&raw).map_err(serde::de::Error::custom)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Self {
            id: head.id,
            name: head.name,
            kind: text(&raw["type"]),
            address: text(&raw["meta"]["address"]),
            triggers: triggers(&raw["http"]["triggers"]),
            deactivated_datetime: head.deactivated_datetime,
            raw,
        })
    }
}

/// A map of event to switch, or a list of events. A switch that is not a plain `false` counts as on.
fn triggers(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, on)| !matches!(on, Value::Bool(false) | Value::Null))
            .map(|(name, _)| name.clone())
            .collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

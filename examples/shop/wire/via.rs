//! Through which channel something came.

use serde::Serialize;
use serde_json::{Value, json};

use super::MAILBOX;

/// Zendesk's `via` object.
#[derive(Clone, Serialize)]
pub(crate) struct Via {
    /// A name, or a number in old exports.
    pub(crate) channel: Value,
    /// Details.
    pub(crate) source: Source,
}

/// The two ends and the relation.
#[derive(Clone, Serialize)]
pub(crate) struct Source {
    /// Sender.
    pub(crate) from: Value,
    /// Recipient.
    pub(crate) to: Value,
    /// What kind of thing of that channel.
    pub(crate) rel: Value,
}

impl Via {
    /// A channel without details.
    pub(crate) fn bare(channel: &str) -> Self {
        Self::with(channel, json!({}), json!({}), Value::Null)
    }

    /// A channel with both ends and the relation.
    pub(crate) fn with(channel: impl Into<Value>, from: Value, to: Value, rel: Value) -> Self {
        Self { channel: channel.into(), source: Source { from, to, rel } }
    }

    /// An email of a customer to the shop.
    pub(crate) fn email(name: &str, address: &str) -> Self {
        let to = json!({"name": "Acme Outdoor", "address": MAILBOX});
        Self::with("email", json!({"address": address, "name": name}), to, Value::Null)
    }

    /// A call or voicemail between a customer's number and the shop's; `rel` is `inbound`, `outbound` or `voicemail`.
    pub(crate) fn voice(rel: &str, customer: &str, line: &str) -> Self {
        let customer = json!({"formatted_phone": customer, "phone": digits(customer), "name": format!("Caller {customer}")});
        let line = json!({"formatted_phone": line, "phone": digits(line), "name": "Acme Outdoor", "brand_id": super::BRAND});
        let (from, to) = if rel == "outbound" { (line, customer) } else { (customer, line) };
        Self::with("voice", from, to, json!(rel))
    }
}

/// A formatted number as `+` and digits.
pub(crate) fn digits(formatted: &str) -> String {
    formatted.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

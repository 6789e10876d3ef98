//! Customers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{debug_by, tolerant};

/// Body of `POST /api/customers`. Nothing else is accepted: `firstname` and `lastname` are refused, and the creation
/// date cannot be set.
#[derive(Clone, Default, Serialize)]
pub struct CreateCustomer {
    /// Addresses. Required by the newest schema, may be empty.
    pub channels: Vec<ChannelAddress>,
    /// Main address. Gorgias fills it from an email channel if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Free use, not unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// ISO 639-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Full name; Gorgias splits it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// Body of `PUT /api/customers/{id}`; what is left out stays.
#[derive(Clone, Default, Serialize)]
pub struct UpdateCustomer {
    /// **Replaces** the customer's addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<ChannelAddress>>,
    /// Main address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Free use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// ISO 639-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// Body of `PUT /api/customers/{id}/data`, which replaces what is there.
#[derive(Clone, Serialize)]
pub struct CustomerData {
    /// Anything.
    pub data: Value,
}

impl Customer {
    /// Whether there is anything in its `data`.
    pub fn has_data(&self) -> bool {
        match &self.data {
            None | Some(Value::Null) => false,
            Some(Value::Object(map)) => !map.is_empty(),
            Some(_) => true,
        }
    }
}

impl std::fmt::Debug for CustomerData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerData(..)")
    }
}

/// One address of a customer.
#[derive(Clone, Serialize)]
pub struct ChannelAddress {
    /// `email`, `phone`, `chat`, `twitter`, `facebook`, `instagram`, `instagram-direct-message`, `whatsapp` or a
    /// custom channel.
    #[serde(rename = "type")]
    pub kind: String,
    /// The address itself.
    pub address: String,
    /// Whether it is the one to use; left out it became `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred: Option<bool>,
}

/// A customer as answered. Items of lists have no `channels`.
#[derive(Clone, Deserialize)]
pub struct Customer {
    /// Its id.
    pub id: u64,
    /// Free use.
    pub external_id: Option<String>,
    /// Whether it is active.
    pub active: Option<bool>,
    /// Main address, in lower case.
    pub email: Option<String>,
    /// Full name.
    pub name: Option<String>,
    /// Addresses; empty in lists, which leave them out.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub channels: Vec<CustomerChannel>,
    /// ISO 639-1.
    pub language: Option<String>,
    /// IANA name.
    pub timezone: Option<String>,
    /// Free use; `name_set_via` says who named the customer.
    pub meta: Option<Value>,
    /// What agents noted down about them.
    pub note: Option<Value>,
    /// What other systems, such as a shop, know of them; by integration. Absent in lists.
    pub integrations: Option<Value>,
    /// What the sidebar shows beside it; replaced as a whole by whoever writes it.
    pub data: Option<Value>,
    /// When it was made.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub created_datetime: Option<Timestamp>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub updated_datetime: Option<Timestamp>,
}

/// One address of a customer as answered.
#[derive(Clone, Deserialize)]
pub struct CustomerChannel {
    /// Its id.
    pub id: u64,
    /// Kind of address.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The address itself.
    pub address: Option<String>,
    /// Whether it is the one to use.
    pub preferred: Option<bool>,
    /// Set once it was removed.
    #[serde(default, deserialize_with = "tolerant::time")]
    pub deleted_datetime: Option<Timestamp>,
}

debug_by!(CreateCustomer external_id, UpdateCustomer external_id, ChannelAddress kind, Customer id, CustomerChannel id);

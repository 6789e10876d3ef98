//! Customers as `/api/customers` and tickets show them.

use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::sandbox::account::split_name;
use crate::sandbox::clock::Moment;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::customers::{self, Channel, Customer};

#[derive(Clone, Debug, Serialize)]
struct NamedId {
    id: i64,
    name: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct ChannelOut {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
    address: String,
    preferred: bool,
    created_datetime: Moment,
    updated_datetime: Moment,
    deleted_datetime: Option<Moment>,
    user: NamedId,
    customer: NamedId,
}

fn channels(found: Vec<Channel>, customer: &Customer) -> Vec<ChannelOut> {
    let owner = || NamedId { id: customer.id, name: customer.name.clone() };
    found
        .into_iter()
        .map(|channel| ChannelOut {
            id: channel.id,
            kind: channel.kind,
            address: channel.address,
            preferred: channel.preferred,
            created_datetime: channel.created,
            updated_datetime: channel.updated,
            deleted_datetime: None,
            user: owner(),
            customer: owner(),
        })
        .collect()
}

/// A customer as `POST` and `GET /api/customers/{id}` show one; list items lack `channels`, `customer` and
/// `integrations` (recorded).
#[derive(Debug, Serialize)]
#[expect(clippy::option_option, reason = "absent and null are different answers")]
pub(crate) struct CustomerOut {
    id: i64,
    external_id: Option<String>,
    active: bool,
    email: Option<String>,
    name: Option<String>,
    firstname: String,
    lastname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    channels: Option<Vec<ChannelOut>>,
    language: Option<String>,
    timezone: Option<String>,
    created_datetime: Moment,
    updated_datetime: Moment,
    meta: Option<Value>,
    data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<Option<NamedId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    integrations: Option<Map<String, Value>>,
    note: Option<String>,
    custom_fields: Map<String, Value>,
}

impl CustomerOut {
    /// The customer with everything.
    pub(crate) fn full(db: &Connection, id: i64) -> Result<Self, ApiError> {
        let customer = customers::get(db, id)?.ok_or_else(ApiError::not_found)?;
        let channels = channels(customers::channels(db, id)?, &customer);
        let mut out = Self::item(customer);
        out.channels = Some(channels);
        out.customer = Some(None);
        out.integrations = Some(Map::new());
        Ok(out)
    }

    /// The customer as an item of the list.
    pub(crate) fn item(customer: Customer) -> Self {
        let (firstname, lastname) = split_name(customer.name.as_deref());
        Self {
            id: customer.id,
            external_id: customer.external_id,
            active: true,
            email: customer.email,
            name: customer.name,
            firstname,
            lastname,
            channels: None,
            language: customer.language,
            timezone: customer.timezone,
            created_datetime: customer.created,
            updated_datetime: customer.updated,
            meta: customer.meta,
            data: customer.data,
            customer: None,
            integrations: None,
            note: customer.note,
            custom_fields: Map::new(),
        }
    }
}

/// A customer inside a ticket.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TicketCustomerOut {
    id: i64,
    email: Option<String>,
    name: Option<String>,
    firstname: String,
    lastname: String,
    meta: Option<Value>,
    channels: Vec<ChannelOut>,
    data: Option<Value>,
    customer: Option<NamedId>,
    integrations: Map<String, Value>,
    external_id: Option<String>,
    note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_data: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ecommerce_data: Option<Map<String, Value>>,
}

impl TicketCustomerOut {
    /// The customer of a ticket; `GET` adds two objects at the end (recorded).
    pub(crate) fn new(db: &Connection, id: i64, get: bool) -> Result<Self, ApiError> {
        let customer = customers::get(db, id)?.ok_or_else(ApiError::not_found)?;
        let channels = channels(customers::channels(db, id)?, &customer);
        let (firstname, lastname) = split_name(customer.name.as_deref());
        Ok(Self {
            id,
            email: customer.email,
            name: customer.name,
            firstname,
            lastname,
            meta: customer.meta,
            channels,
            data: customer.data,
            customer: None,
            integrations: Map::new(),
            external_id: customer.external_id,
            note: customer.note,
            external_data: get.then(Map::new),
            ecommerce_data: get.then(Map::new),
        })
    }

    /// Whether the customer can be called.
    pub(crate) fn has_phone(&self) -> bool {
        self.channels.iter().any(|channel| channel.kind == "phone")
    }
}

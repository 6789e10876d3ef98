//! `/api/customers`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::id;
use crate::sandbox::account::Caller;
use crate::sandbox::app::App;
use crate::sandbox::check::{Fields, Nulls, customer};
use crate::sandbox::paging::{Filter, List, Params, page};
use crate::sandbox::reply::{ApiError, Reply, Sent};
use crate::sandbox::store::customers;
use crate::sandbox::wire::customer::CustomerOut;

/// `POST /api/customers`.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let (new, problems) = customer::read(sent.object()?, true);
    problems.into_result("Failed to create customer")?;
    app.write(caller, move |work| {
        let created = customers::create(work, new)?;
        Reply::json(StatusCode::CREATED, &CustomerOut::full(work.db, created)?)
    })
    .await
}

/// `GET /api/customers`.
pub(super) async fn list(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&[
        "email",
        "external_id",
        "name",
        "language",
        "timezone",
        "view_id",
        "channel_type",
        "channel_address",
        "order_by",
        "limit",
        "cursor",
    ])?;
    let listing = params.listing(&["created_datetime", "updated_datetime"])?;
    let mut filter = Filter::default();
    for column in ["external_id", "name", "language", "timezone"] {
        if let Some(value) = params.get(column) {
            filter.and(&format!("{column} = ?"), value.to_owned());
        }
    }
    if let Some(email) = params.get("email") {
        filter.and("email = ?", email.to_lowercase());
    }
    match (params.get("channel_type"), params.get("channel_address")) {
        (None, None) => {}
        (Some(kind), Some(address)) => {
            let key = if kind == "email" { address.to_lowercase() } else { address.to_owned() };
            filter.and(
                "id IN (SELECT customer_id FROM channels WHERE type || ':' || key = ?)",
                format!("{kind}:{key}"),
            );
        }
        _ => {
            let text = "channel_type and channel_address must be given together.";
            return Err(ApiError::field("Invalid query parameters.", "channel_type", text));
        }
    }
    if params.integer("view_id")?.is_some() {
        filter.plain("0");
    }
    let uri = params.uri("/api/customers");
    app.read(move |db, _| {
        let mut page = page(db, "customers", filter, &listing)?;
        // Recorded: this list has no `total_resources`.
        page.meta.total_resources = None;
        let mut items = Vec::with_capacity(page.ids.len());
        for customer_id in page.ids {
            items.extend(customers::get(db, customer_id)?.map(CustomerOut::item));
        }
        Reply::ok(&List::new(uri, items, page.meta))
    })
    .await
}

/// `GET /api/customers/{id}`.
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Path(customer): Path<String>,
    params: Params,
) -> Result<Reply, ApiError> {
    params.allow(&["relationships", "relationships[]"])?;
    let customer = id(&customer)?;
    app.read(move |db, _| Reply::ok(&CustomerOut::full(db, customer)?)).await
}

/// `PUT /api/customers/{id}`.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(customer): Path<String>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let customer = id(&customer)?;
    let (new, problems) = customer::read(sent.object()?, false);
    problems.into_result("Failed to update customer")?;
    app.write(caller, move |work| {
        customers::update(work, customer, new)?;
        Reply::json(StatusCode::ACCEPTED, &CustomerOut::full(work.db, customer)?)
    })
    .await
}

/// `PUT /api/customers/{id}/data`.
pub(super) async fn set_data(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(customer): Path<String>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let customer = id(&customer)?;
    let mut fields = Fields::new(sent.object()?);
    fields.require("data");
    let data = fields.any("data", Nulls::Allowed).value().cloned().unwrap_or_default();
    let version = fields.moment("version", Nulls::Allowed).value();
    fields.finish().into_result("Failed to update customer data")?;
    app.write(caller, move |work| {
        customers::get(work.db, customer)?.ok_or_else(ApiError::not_found)?;
        customers::set_data(work, customer, &data, version)?;
        Ok(Reply::empty(StatusCode::ACCEPTED))
    })
    .await
}

/// `DELETE /api/customers/{id}`.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(customer): Path<String>,
    params: Params,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let customer = id(&customer)?;
    app.write(caller, move |work| {
        customers::delete(work, customer)?;
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    })
    .await
}

/// `DELETE /api/customers` with `{ids: []}`.
pub(super) async fn delete_many(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let ids = ids(&sent)?;
    app.write(caller, move |work| {
        ids.iter().try_for_each(|customer| customers::delete(work, *customer))?;
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    })
    .await
}

/// The ids of a deletion of several.
pub(super) fn ids(sent: &Sent) -> Result<Vec<i64>, ApiError> {
    let mut fields = Fields::new(sent.object()?);
    fields.require("ids");
    let list = fields.list("ids", Nulls::Refused).value().cloned().unwrap_or_default();
    let ids: Vec<i64> = list.iter().filter_map(serde_json::Value::as_i64).collect();
    if ids.len() != list.len() {
        fields.problem("ids", "Not a valid integer.");
    }
    fields.finish().into_result("Failed to delete")?;
    Ok(ids)
}

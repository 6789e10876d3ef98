//! `/api/events`: read only.

use std::sync::Arc;

use axum::extract::{Path, State};
use rusqlite::types::Value as SqlValue;

use super::id;
use crate::sandbox::app::App;
use crate::sandbox::paging::{Filter, List, Params, page};
use crate::sandbox::reply::{ApiError, Reply};
use crate::sandbox::store::events;
use crate::sandbox::wire::other::EventOut;

/// Comparisons of the creation time that a request may make.
const COMPARISONS: [(&str, &str); 4] = [
    ("created_datetime[gt]", "created > ?"),
    ("created_datetime[gte]", "created >= ?"),
    ("created_datetime[lt]", "created < ?"),
    ("created_datetime[lte]", "created <= ?"),
];

/// `GET /api/events`.
pub(super) async fn list(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&[
        "object_type",
        "object_id",
        "user_ids",
        "user_ids[]",
        "types",
        "types[]",
        "created_datetime[gt]",
        "created_datetime[gte]",
        "created_datetime[lt]",
        "created_datetime[lte]",
        "order_by",
        "cursor",
        "limit",
    ])?;
    let listing = params.listing(&["created_datetime"])?;
    let mut filter = Filter::default();
    let object_id = params.integer("object_id")?;
    if let Some(object_type) = params.get("object_type") {
        if object_id.is_none() {
            return Err(ApiError::field(
                "Invalid query parameters.",
                "object_id",
                "Missing data for required field.",
            ));
        }
        filter.and("object_type = ?", object_type.to_owned());
    }
    if let Some(object_id) = object_id {
        filter.and("object_id = ?", object_id);
    }
    filter.one_of("user_id", params.integers("user_ids")?.into_iter().map(SqlValue::from).collect());
    filter.one_of(
        "type",
        params.all("types").into_iter().map(|kind| SqlValue::from(kind.to_owned())).collect(),
    );
    for (key, condition) in COMPARISONS {
        if let Some(at) = params.moment(key)? {
            filter.and(condition, at.micros());
        }
    }
    let uri = params.uri("/api/events");
    app.read(move |db, _| {
        let page = page(db, "events", filter, &listing)?;
        let mut items = Vec::with_capacity(page.ids.len());
        for event_id in page.ids {
            items.extend(events::get(db, event_id)?.map(EventOut::from));
        }
        Reply::ok(&List::new(uri, items, page.meta))
    })
    .await
}

/// `GET /api/events/{id}`.
pub(super) async fn read(State(app): State<Arc<App>>, Path(event): Path<String>) -> Result<Reply, ApiError> {
    let event = id(&event)?;
    app.read(move |db, _| {
        let found = events::get(db, event)?.ok_or_else(ApiError::not_found)?;
        Reply::ok(&EventOut::from(found))
    })
    .await
}

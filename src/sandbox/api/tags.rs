//! `/api/tags`.

use std::cmp::Ordering;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::customers::ids;
use super::id;
use crate::sandbox::account::Caller;
use crate::sandbox::app::App;
use crate::sandbox::check::ticket::TAG_CHARS_MAX;
use crate::sandbox::check::{Fields, Given, Nulls};
use crate::sandbox::paging::{List, Params, page_of};
use crate::sandbox::reply::{ApiError, Reply, Sent};
use crate::sandbox::store::{Work, events, tags};
use crate::sandbox::wire::other::TagRecord;

/// The longest description.
const DESCRIPTION_CHARS_MAX: usize = 1024;

struct NewTag {
    name: Given<String>,
    description: Given<String>,
    color: Option<String>,
}

fn read_tag(sent: &Sent, create: bool) -> Result<NewTag, ApiError> {
    let mut fields = Fields::new(sent.object()?);
    if create {
        fields.require("name");
    }
    let name = fields.text("name", TAG_CHARS_MAX, Nulls::Refused);
    if matches!(&name, Given::Value(name) if name.is_empty()) {
        fields.problem("name", "Shorter than minimum length 1.");
    }
    let description = fields.text("description", DESCRIPTION_CHARS_MAX, Nulls::Allowed);
    let color =
        fields.nested("decoration", Nulls::Allowed, |inner| inner.text("color", 32, Nulls::Allowed).value());
    fields.finish().into_result(if create { "Failed to create tag" } else { "Failed to update tag" })?;
    Ok(NewTag { name, description, color: color.value().flatten() })
}

/// `POST /api/tags`.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let new = read_tag(&sent, true)?;
    app.write(caller, move |work| {
        let name = new.name.value().unwrap_or_default();
        let description = new.description.value();
        let created = tags::create(work.db, &name, description.as_deref(), new.color.as_deref())?;
        events::note(work, "tag-created", "Tag", created, None)?;
        Reply::json(StatusCode::CREATED, &TagRecord::from(tags::require(work.db, created)?))
    })
    .await
}

/// `GET /api/tags`.
pub(super) async fn list(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["search", "order_by", "limit", "cursor"])?;
    let listing = params.listing(&["created_datetime", "name", "usage"])?;
    let search = params.get("search").unwrap_or_default().to_owned();
    let uri = params.uri("/api/tags");
    app.read(move |db, _| {
        let mut found = tags::search(db, &search)?;
        let compare: fn(&tags::Tag, &tags::Tag) -> Ordering = match listing.column {
            "name" => |a, b| a.name.cmp(&b.name),
            "usage" => |a, b| a.usage.cmp(&b.usage),
            _ => |a, b| a.created.cmp(&b.created),
        };
        found.sort_by(|a, b| compare(a, b).then(a.id.cmp(&b.id)));
        if listing.descending {
            found.reverse();
        }
        let (items, meta) = page_of(found, &listing);
        Reply::ok(&List::new(uri, items.into_iter().map(TagRecord::from).collect(), meta))
    })
    .await
}

/// `GET /api/tags/{id}`.
pub(super) async fn read(State(app): State<Arc<App>>, Path(tag): Path<String>) -> Result<Reply, ApiError> {
    let tag = id(&tag)?;
    app.read(move |db, _| Reply::ok(&TagRecord::from(tags::require(db, tag)?))).await
}

/// `PUT /api/tags/{id}`.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(tag): Path<String>,
    sent: Sent,
) -> Result<Reply, ApiError> {
    let tag = id(&tag)?;
    let new = read_tag(&sent, false)?;
    app.write(caller, move |work| {
        let mut found = tags::require(work.db, tag)?;
        new.name.replace(&mut found.name);
        new.description.store(&mut found.description);
        if let Some(color) = new.color {
            found.color = color;
        }
        tags::update(work.db, &found)?;
        events::note(work, "tag-updated", "Tag", tag, None)?;
        Reply::json(StatusCode::ACCEPTED, &TagRecord::from(found))
    })
    .await
}

/// `DELETE /api/tags/{id}`.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(tag): Path<String>,
) -> Result<Reply, ApiError> {
    let tag = id(&tag)?;
    app.write(caller, move |work| {
        may_be_deleted(work, tag)?;
        tags::delete(work.db, tag)?;
        events::note(work, "tag-deleted", "Tag", tag, None)?;
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    })
    .await
}

/// `DELETE /api/tags` with `{ids: []}`.
pub(super) async fn delete_many(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    sent: Sent,
) -> Result<Reply, ApiError> {
    let ids = ids(&sent)?;
    app.write(caller, move |work| {
        for tag in ids {
            may_be_deleted(work, tag)?;
            tags::delete(work.db, tag)?;
            events::note(work, "tag-deleted", "Tag", tag, None)?;
        }
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    })
    .await
}

/// Documented: a tag that macros or rules use cannot be deleted. The code of the answer is not.
fn may_be_deleted(work: &Work, tag: i64) -> Result<(), ApiError> {
    let name = tags::require(work.db, tag)?.name;
    if work.account.seed.tags_in_use.contains(&name) {
        return Err(ApiError::bad_request("The tag is used in macros or rules and cannot be deleted."));
    }
    Ok(())
}

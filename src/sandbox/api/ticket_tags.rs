//! `/api/tickets/{id}/tags`: add, replace, remove by `{ids?, names?}`. Unknown tags fail (seen); answers are empty.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::id;
use crate::sandbox::account::{Caller, TICKET_UPDATED};
use crate::sandbox::app::App;
use crate::sandbox::check::{Fields, Nulls};
use crate::sandbox::clock;
use crate::sandbox::effects;
use crate::sandbox::reply::{ApiError, Reply, Sent};
use crate::sandbox::store::{Work, events, tags, tickets};
use crate::sandbox::wire::other::TagRecord;

const FAILED: &str = "Failed to update the tags of the ticket";

/// `GET`.
pub(super) async fn list(State(app): State<Arc<App>>, Path(ticket): Path<String>) -> Result<Reply, ApiError> {
    let ticket = id(&ticket)?;
    app.read(move |db, _| {
        tickets::require(db, ticket)?;
        let found: Vec<TagRecord> = tags::of_ticket(db, ticket)?.into_iter().map(TagRecord::from).collect();
        Reply::ok(&json!({"data": serde_json::to_value(found)?, "object": "list"}))
    })
    .await
}

#[derive(Clone, Copy)]
enum Change {
    Add,
    Replace,
    Remove,
}

/// `POST`.
pub(super) async fn add(
    state: State<Arc<App>>,
    caller: Extension<Caller>,
    ticket: Path<String>,
    sent: Sent,
) -> Result<Reply, ApiError> {
    change(state, caller, &ticket, sent, Change::Add, StatusCode::CREATED).await
}

/// `PUT`.
pub(super) async fn replace(
    state: State<Arc<App>>,
    caller: Extension<Caller>,
    ticket: Path<String>,
    sent: Sent,
) -> Result<Reply, ApiError> {
    change(state, caller, &ticket, sent, Change::Replace, StatusCode::ACCEPTED).await
}

/// `DELETE`.
pub(super) async fn remove(
    state: State<Arc<App>>,
    caller: Extension<Caller>,
    ticket: Path<String>,
    sent: Sent,
) -> Result<Reply, ApiError> {
    change(state, caller, &ticket, sent, Change::Remove, StatusCode::NO_CONTENT).await
}

async fn change(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    ticket: &str,
    sent: Sent,
    change: Change,
    status: StatusCode,
) -> Result<Reply, ApiError> {
    let ticket = id(ticket)?;
    app.write(caller, move |work| {
        let mut found = tickets::require(work.db, ticket)?;
        let ids = named(work, &sent)?;
        let had = tags::ids_of_ticket(work.db, ticket)?;
        match change {
            Change::Add => tags::attach(work.db, ticket, &ids)?,
            Change::Replace => tags::replace(work.db, ticket, &ids)?,
            Change::Remove => tags::detach(work.db, ticket, &ids)?,
        }
        found.updated = clock::now();
        tickets::update(work.db, &found)?;
        events::note(work, TICKET_UPDATED, "Ticket", ticket, None)?;
        effects::tags_changed(work, ticket, &had, &tags::ids_of_ticket(work.db, ticket)?)?;
        Ok(Reply::empty(status))
    })
    .await
}

fn named(work: &Work, sent: &Sent) -> Result<Vec<i64>, ApiError> {
    let mut fields = Fields::new(sent.object()?);
    let ids = fields.list("ids", Nulls::Refused).value();
    let names = fields.list("names", Nulls::Refused).value();
    if ids.is_none() && names.is_none() {
        fields.problem("_schema", "Either ids or names is required.");
    }
    let mut found = Vec::new();
    for value in ids.into_iter().flatten() {
        match value.as_i64() {
            Some(tag) if tags::require(work.db, tag).is_ok() => found.push(tag),
            _ => fields.problem("ids", "Tag does not exist."),
        }
    }
    for name in names.into_iter().flatten() {
        match name.as_str().map(|name| tags::by_name(work.db, name)).transpose()?.flatten() {
            Some(tag) => found.push(tag),
            None => fields.problem("names", &format!("Tag {} does not exist.", name_of(name))),
        }
    }
    fields.finish().into_result(FAILED)?;
    Ok(found)
}

fn name_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

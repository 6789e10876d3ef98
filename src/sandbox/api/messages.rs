//! Messages of a ticket: append, read, change, delete.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::{id, resolve, tickets::excerpt};
use crate::sandbox::account::Caller;
use crate::sandbox::app::App;
use crate::sandbox::check::message::{self, NewMessage, Place};
use crate::sandbox::check::{Fields, Given, Problems};
use crate::sandbox::clock;
use crate::sandbox::effects::{self, Reason};
use crate::sandbox::observer::Made;
use crate::sandbox::paging::Params;
use crate::sandbox::reply::{ApiError, Reply, Sent};
use crate::sandbox::store::messages::{self, Message, Order};
use crate::sandbox::store::tickets::{self, Ticket};
use crate::sandbox::store::{Work, events};
use crate::sandbox::wire::People;
use crate::sandbox::wire::message::MessageOut;

const CREATE_FAILED: &str = "Failed to create message";
const UPDATE_FAILED: &str = "Failed to update message";

/// What to do about a failed external action; all but none would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    None,
    Send,
    Cancel,
}

fn action(params: &Params) -> Result<Action, ApiError> {
    params.allow(&["action"])?;
    match params.get("action") {
        None => Ok(Action::None),
        Some("force" | "retry") => Ok(Action::Send),
        Some("cancel") => Ok(Action::Cancel),
        Some(_) => Err(ApiError::field(
            "Invalid query parameters.",
            "action",
            "Must be one of: force, retry, cancel.",
        )),
    }
}

/// `POST /api/tickets/{id}/messages`.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(ticket): Path<String>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    let action = action(&params)?;
    let ticket = id(&ticket)?;
    app.write(caller, move |work| create_in(work, ticket, action, &sent)).await
}

fn create_in(work: &Work, ticket_id: i64, action: Action, sent: &Sent) -> Result<Reply, ApiError> {
    let mut ticket = tickets::require(work.db, ticket_id)?;
    let mut fields = Fields::new(sent.object()?);
    let new = message::read(&mut fields, Place::Alone { imported: work.account.seed.accepts_imported });
    fields.finish().into_result(CREATE_FAILED)?;
    let mut problems = Problems::default();
    let doc = resolve::message(work, &new, &mut problems)?;
    problems.into_result(CREATE_FAILED)?;
    let message_id = messages::insert(work.db, ticket_id, &doc)?;
    let message = Message { id: message_id, ticket_id, doc };
    let out = MessageOut::alone(&People::new(work.db, work.account), message.clone())?;
    let made = Made { tickets: 0, messages: 1, ticket_id: None };
    let reply = Reply::json(StatusCode::CREATED, &out)?.making(made);
    count_in(work, &mut ticket, &message)?;
    effects::side_effects(work, ticket_id, message_id, &message.doc, &new.mention_ids, new.actions)?;
    if action == Action::Send && message.doc.is_outgoing() && message.doc.sent.is_some() {
        effects::send(work, &mut ticket, message.clone(), Reason::Action)?;
    }
    effects::message_created(work, &mut ticket, &message)?;
    Ok(reply)
}

/// Brings the ticket's counts and times up to date with a new message.
fn count_in(work: &Work, ticket: &mut Ticket, message: &Message) -> Result<(), ApiError> {
    ticket.messages += 1;
    ticket.updated = clock::now();
    let created = Some(message.doc.created);
    if message.doc.public {
        ticket.doc.last_message = ticket.doc.last_message.max(created);
    }
    if message.doc.is_incoming() {
        ticket.doc.last_received = ticket.doc.last_received.max(created);
    }
    ticket.doc.excerpt = latest_excerpt(work, ticket.id)?;
    Ok(())
}

fn latest_excerpt(work: &Work, ticket_id: i64) -> Result<Option<String>, ApiError> {
    let sql = "SELECT id FROM messages WHERE ticket_id = ?1 ORDER BY created DESC, id DESC LIMIT 1";
    let mut statement = work.db.prepare_cached(sql)?;
    let mut rows = statement.query([ticket_id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let latest = messages::get(work.db, row.get(0)?)?;
    Ok(latest.as_ref().and_then(|message| excerpt(&message.doc)))
}

/// `GET /api/tickets/{id}/messages/{message_id}`.
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Path((ticket, message)): Path<(String, String)>,
    params: Params,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let (ticket, message) = (id(&ticket)?, id(&message)?);
    app.read(move |db, account| {
        let found = messages::require(db, ticket, message)?;
        Reply::ok(&MessageOut::alone(&People::new(db, account), found)?)
    })
    .await
}

/// `PUT /api/tickets/{id}/messages/{message_id}`. An agent's public message without `sent_datetime` in the request is
/// sent, whatever is stored: the page of this endpoint carries the same sentence as that of creation.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path((ticket, message)): Path<(String, String)>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    let action = action(&params)?;
    let (ticket, message) = (id(&ticket)?, id(&message)?);
    app.write(caller, move |work| {
        let found = messages::require(work.db, ticket, message)?;
        if action == Action::Cancel {
            remove(work, &found)?;
            return Ok(Reply::empty(StatusCode::NO_CONTENT));
        }
        update_in(work, found, action, &sent)
    })
    .await
}

fn update_in(work: &Work, mut found: Message, action: Action, sent: &Sent) -> Result<Reply, ApiError> {
    let mut fields = Fields::new(sent.object()?);
    let new = message::read(&mut fields, Place::Update);
    fields.finish().into_result(UPDATE_FAILED)?;
    let mut problems = Problems::default();
    let (sender, receiver) = resolve::people(work, &new, &mut problems)?;
    problems.into_result(UPDATE_FAILED)?;
    if matches!(new.sender, Given::Value(_)) {
        found.doc.sender = sender;
    }
    if matches!(new.receiver, Given::Value(_)) {
        found.doc.receiver = receiver;
    }
    let unsent = !matches!(new.sent, Given::Value(_));
    apply(new, &mut found);
    messages::update(work.db, &found)?;
    events::note(work, "ticket-message-updated", "TicketMessage", found.id, None)?;
    let out = MessageOut::alone(&People::new(work.db, work.account), found.clone())?;
    let reply = Reply::json(StatusCode::ACCEPTED, &out)?;
    let mut ticket = tickets::require(work.db, found.ticket_id)?;
    if found.doc.is_outgoing() && (unsent || action == Action::Send) {
        let reason = if unsent { Reason::UpdateWithoutSentDatetime } else { Reason::Action };
        effects::send(work, &mut ticket, found, reason)?;
    }
    ticket.updated = clock::now();
    ticket.doc.excerpt = latest_excerpt(work, ticket.id)?;
    tickets::update(work.db, &ticket)?;
    Ok(reply)
}

fn apply(new: NewMessage, found: &mut Message) {
    let doc = &mut found.doc;
    doc.public = doc.public && !new.is_note();
    doc.channel = new.channel;
    doc.from_agent = new.from_agent;
    new.via.replace(&mut doc.via);
    new.body_html.store(&mut doc.body_html);
    new.body_text.store(&mut doc.body_text);
    new.subject.store(&mut doc.subject);
    new.source.store(&mut doc.source);
    new.external_id.store(&mut doc.external_id);
    new.message_id.store(&mut doc.message_id);
    new.sent.store(&mut doc.sent);
    new.failed.store(&mut doc.failed);
    match new.attachments {
        Given::Value(list) => doc.attachments = list,
        Given::Null => doc.attachments.clear(),
        Given::Absent => {}
    }
}

/// `DELETE /api/tickets/{id}/messages/{message_id}`: for ever; the ticket stays.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path((ticket, message)): Path<(String, String)>,
    params: Params,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let (ticket, message) = (id(&ticket)?, id(&message)?);
    app.write(caller, move |work| {
        let found = messages::require(work.db, ticket, message)?;
        remove(work, &found)?;
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    })
    .await
}

/// Recorded: the ticket keeps its `last_message_datetime`, the count goes down, the excerpt goes.
fn remove(work: &Work, message: &Message) -> Result<(), ApiError> {
    messages::delete(work.db, message.id)?;
    events::note(work, "ticket-message-deleted", "TicketMessage", message.id, None)?;
    let mut ticket = tickets::require(work.db, message.ticket_id)?;
    ticket.messages =
        i64::try_from(messages::of_ticket(work.db, ticket.id, Order::Created)?.len()).unwrap_or(i64::MAX);
    ticket.doc.excerpt = latest_excerpt(work, ticket.id)?;
    ticket.updated = clock::now();
    tickets::update(work.db, &ticket)
}

//! `PUT /api/tickets/{id}`: partial. What it does not take (messages, creation time, `imported`) is unknown to it.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::{id, resolve};
use crate::sandbox::account::Caller;
use crate::sandbox::app::App;
use crate::sandbox::check::ticket::{self, NewTicket, Purpose};
use crate::sandbox::check::{Given, Problems};
use crate::sandbox::clock;
use crate::sandbox::effects;
use crate::sandbox::paging::Params;
use crate::sandbox::reply::{ApiError, Reply, Sent};
use crate::sandbox::store::tickets::{self, Ticket};
use crate::sandbox::store::{Work, tags};
use crate::sandbox::wire::People;
use crate::sandbox::wire::ticket::TicketOut;

const FAILED: &str = "Failed to update ticket";

/// `PUT /api/tickets/{id}`.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(ticket): Path<String>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let ticket = id(&ticket)?;
    app.write(caller, move |work| update_in(work, ticket, &sent)).await
}

fn update_in(work: &Work, ticket_id: i64, sent: &Sent) -> Result<Reply, ApiError> {
    let before = tickets::require(work.db, ticket_id)?;
    let (new, problems) = ticket::read(sent.object()?, Purpose::Update);
    problems.into_result(FAILED)?;
    let mut problems = Problems::default();
    let mut after = before.clone();
    if let Given::Value(customer) = &new.customer
        && let Some(customer_id) = resolve::ticket_customer(work, customer, &mut problems)?
    {
        after.customer_id = customer_id;
    }
    resolve::assignees(
        work,
        new.assignee_user.clone().value(),
        new.assignee_team.clone().value(),
        &mut problems,
    );
    if let Given::Value(names) = &new.tags {
        let ids = resolve::tag_ids(work, names, &mut problems)?;
        let had = tags::ids_of_ticket(work.db, ticket_id)?;
        tags::replace(work.db, ticket_id, &ids)?;
        effects::tags_changed(work, ticket_id, &had, &ids)?;
    }
    if let Given::Value(values) = &new.custom_fields {
        after.doc.custom_fields.extend(resolve::field_values(work, values, &mut problems));
    }
    problems.into_result(FAILED)?;
    apply(work, new, &mut after);
    tickets::update(work.db, &after)?;
    effects::ticket_updated(work, &before, &after)?;
    let out = TicketOut::new(&People::new(work.db, work.account), after, true)?;
    Reply::json(StatusCode::ACCEPTED, &out)
}

fn apply(work: &Work, new: NewTicket, ticket: &mut Ticket) {
    let doc = &mut ticket.doc;
    close_or_open(work, &new, doc);
    new.status.replace(&mut doc.status);
    new.priority.replace(&mut doc.priority);
    new.channel.replace(&mut doc.channel);
    new.via.replace(&mut doc.via);
    new.from_agent.replace(&mut doc.from_agent);
    new.spam.replace(&mut doc.spam);
    new.is_unread.replace(&mut doc.is_unread);
    new.subject.store(&mut doc.subject);
    new.language.store(&mut doc.language);
    new.meta.store(&mut doc.meta);
    new.assignee_user.store(&mut doc.assignee_user);
    new.assignee_team.store(&mut doc.assignee_team);
    new.opened.store(&mut doc.opened);
    new.closed.store(&mut doc.closed);
    new.last_message.store(&mut doc.last_message);
    new.last_received.store(&mut doc.last_received);
    new.snooze.store(&mut doc.snooze);
    new.trashed.store(&mut ticket.trashed);
    new.external_id.store(&mut ticket.external_id);
    ticket.updated = clock::now();
}

/// Closing stamps the time of closing, opening takes it away; a time in the request comes after this and wins.
fn close_or_open(work: &Work, new: &NewTicket, doc: &mut tickets::TicketDoc) {
    match &new.status {
        Given::Value(status) if status == "closed" && doc.status == "open" => doc.closed = Some(work.now),
        Given::Value(status) if status == "open" => doc.closed = None,
        _ => {}
    }
}

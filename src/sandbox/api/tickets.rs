//! `POST /api/tickets`, and reading and deleting one ticket.

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
use crate::sandbox::observer::Made;
use crate::sandbox::paging::Params;
use crate::sandbox::reply::{ApiError, Reply, Sent};
use crate::sandbox::store::messages::{self, Message, MessageDoc};
use crate::sandbox::store::tickets::{self, Ticket, TicketDoc};
use crate::sandbox::store::{Work, events, tags};
use crate::sandbox::wire::People;
use crate::sandbox::wire::ticket::TicketOut;

/// What a refused creation says (documented).
const FAILED: &str = "Failed to create ticket";
/// Characters of a message that lists show.
const EXCERPT_CHARS: usize = 200;

/// `POST /api/tickets`.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    app.write(caller, move |work| create_in(work, &sent)).await
}

fn create_in(work: &Work, sent: &Sent) -> Result<Reply, ApiError> {
    let purpose = Purpose::Create { imported: work.account.seed.accepts_imported };
    let (new, problems) = ticket::read(sent.object()?, purpose);
    problems.into_result(FAILED)?;
    if let Some(quota) = work.account.seed.quota_tickets
        && tickets::count(work.db)? >= quota
    {
        return Err(ApiError::quota());
    }
    let mut problems = Problems::default();
    let customer_id = match &new.customer {
        Given::Value(customer) => resolve::ticket_customer(work, customer, &mut problems)?,
        Given::Absent | Given::Null => {
            let implied = resolve::implied_customer(work, &new.messages)?;
            if implied.is_none() {
                problems.add("customer", "Missing data for required field.");
            }
            implied
        }
    };
    let mut docs = Vec::with_capacity(new.messages.len());
    let mut wrong = Problems::default();
    for (index, message) in new.messages.iter().enumerate() {
        let mut inner = Problems::default();
        docs.push(resolve::message(work, message, &mut inner)?);
        wrong.nest(&index.to_string(), inner);
    }
    problems.nest("messages", wrong);
    let tag_ids = resolve::tag_ids(work, &new.tags.clone().value().unwrap_or_default(), &mut problems)?;
    resolve::assignees(
        work,
        new.assignee_user.clone().value(),
        new.assignee_team.clone().value(),
        &mut problems,
    );
    let fields = new.custom_fields.clone().value().unwrap_or_default();
    let custom_fields = resolve::field_values(work, &fields, &mut problems);
    problems.into_result(FAILED)?;
    let customer_id = customer_id.ok_or_else(ApiError::fault)?;

    let mut ticket = ticket_of(work, &new, &docs, customer_id);
    ticket.doc.custom_fields = custom_fields;
    tickets::insert(work.db, &mut ticket)?;
    tags::attach(work.db, ticket.id, &tag_ids)?;
    let created = insert_messages(work, ticket.id, docs)?;
    let made = Made { tickets: 1, messages: created.len() as u64, ticket_id: Some(ticket.id) };
    let out = TicketOut::new(&People::new(work.db, work.account), ticket.clone(), false)?;
    let reply = Reply::json(StatusCode::CREATED, &out)?.making(made);
    for (message, said) in created.iter().zip(&new.messages) {
        effects::side_effects(work, ticket.id, message.id, &message.doc, &said.mention_ids, said.actions)?;
    }
    effects::ticket_created(work, &mut ticket, &created)?;
    Ok(reply)
}

fn insert_messages(work: &Work, ticket_id: i64, docs: Vec<MessageDoc>) -> Result<Vec<Message>, ApiError> {
    docs.into_iter()
        .map(|doc| Ok(Message { id: messages::insert(work.db, ticket_id, &doc)?, ticket_id, doc }))
        .collect()
}

/// The ticket of a request; what it leaves out comes from its messages, as recorded.
fn ticket_of(work: &Work, new: &NewTicket, docs: &[MessageDoc], customer_id: i64) -> Ticket {
    let first = docs.first();
    let created = new.created.unwrap_or(work.now);
    let closed = new.status == Given::Value("closed".into());
    let latest =
        |wanted: fn(&MessageDoc) -> bool| docs.iter().filter(|doc| wanted(doc)).map(|doc| doc.created).max();
    let doc = TicketDoc {
        status: new.status.clone().value().unwrap_or_else(|| "open".into()),
        priority: new.priority.clone().value().unwrap_or_else(|| "normal".into()),
        channel: new
            .channel
            .clone()
            .value()
            .or_else(|| first.map(|doc| doc.channel.clone()))
            .unwrap_or_else(|| "api".into()),
        via: new.via.clone().value().unwrap_or_else(|| "api".into()),
        from_agent: new
            .from_agent
            .clone()
            .value()
            .or_else(|| first.map(|doc| doc.from_agent))
            .unwrap_or_default(),
        spam: new.spam.clone().value().unwrap_or_default(),
        imported: new.imported,
        assignee_user: new.assignee_user.clone().value(),
        assignee_team: new.assignee_team.clone().value(),
        language: new.language.clone().value(),
        subject: new.subject.clone().value(),
        meta: new.meta.clone().value(),
        custom_fields: std::collections::BTreeMap::new(),
        is_unread: true,
        excerpt: docs.iter().max_by_key(|doc| doc.created).and_then(excerpt),
        not_delivered: false,
        processed: clock::now(),
        opened: new.opened.clone().value(),
        last_received: new.last_received.clone().value().or_else(|| latest(MessageDoc::is_incoming)),
        // Recorded: internal notes do not count.
        last_message: new.last_message.clone().value().or_else(|| latest(|doc| doc.public)),
        closed: new.closed.clone().value().or_else(|| closed.then_some(work.now)),
        snooze: new.snooze.clone().value(),
    };
    Ticket {
        id: 0,
        customer_id,
        external_id: new.external_id.clone().value(),
        created,
        updated: new.updated.clone().value().unwrap_or_else(clock::now),
        trashed: new.trashed.clone().value(),
        messages: i64::try_from(docs.len()).unwrap_or(i64::MAX),
        doc,
    }
}

/// The start of a message, as lists show it.
pub(super) fn excerpt(doc: &MessageDoc) -> Option<String> {
    let text = match (&doc.body_text, &doc.body_html) {
        (Some(text), _) => text.trim().to_owned(),
        (None, Some(html)) => without_tags(html).trim().to_owned(),
        (None, None) => return None,
    };
    Some(text.chars().take(EXCERPT_CHARS).collect()).filter(|text: &String| !text.is_empty())
}

fn without_tags(html: &str) -> String {
    let mut inside = false;
    html.chars()
        .filter(|c| {
            let was_inside = inside;
            inside = match c {
                '<' => true,
                '>' => false,
                _ => inside,
            };
            !inside && !was_inside
        })
        .collect()
}

/// `GET /api/tickets/{id}`.
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Path(ticket): Path<String>,
    params: Params,
) -> Result<Reply, ApiError> {
    params.allow(&["relationships", "relationships[]"])?;
    let ticket = id(&ticket)?;
    app.read(move |db, account| {
        let found = tickets::require(db, ticket)?;
        Reply::ok(&TicketOut::new(&People::new(db, account), found, true)?)
    })
    .await
}

/// `DELETE /api/tickets/{id}`: for ever, with its messages.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(ticket): Path<String>,
    params: Params,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    let ticket = id(&ticket)?;
    app.write(caller, move |work| {
        tickets::require(work.db, ticket)?;
        tickets::delete(work.db, ticket)?;
        events::note(work, "ticket-deleted", "Ticket", ticket, None)?;
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::without_tags;

    #[test]
    fn excerpts_of_html_have_no_tags() {
        assert_eq!(without_tags("<p>Hello <b>you</b></p>"), "Hello you");
        assert_eq!(without_tags("no tags"), "no tags");
    }
}

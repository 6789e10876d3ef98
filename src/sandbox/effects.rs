//! What Gorgias does after a write: events, rules, surveys, calls to HTTP integrations, and the sending of messages.
//! Nothing leaves the stand-in; what would have left is recorded in the outbox.
//!
//! Where it is not known whether something would go out (a survey for a ticket created closed in the past, an
//! `imported` one), it counts as going out.

use serde_json::json;

use super::account::{MESSAGE_CREATED, TICKET_CREATED, TICKET_UPDATED};
use super::check::enums;
use super::clock;
use super::hidden;
use super::language;
use super::reply::ApiError;
use super::store::messages::{self, Message, MessageDoc};
use super::store::outbox::{self, Departure};
use super::store::tickets::{self, Ticket};
use super::store::{Work, customers, events};

/// Why a message would have gone out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A public agent message whose `sent_datetime` is empty.
    NoSentDatetime,
    /// `PUT` of such a message.
    UpdateWithoutSentDatetime,
    /// The query said `action=force` or `action=retry`.
    Action,
    /// Something that no endpoint shows answered.
    HiddenAnswer,
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Self::NoSentDatetime => "agent-message-without-sent-datetime",
            Self::UpdateWithoutSentDatetime => "agent-message-updated-without-sent-datetime",
            Self::Action => "agent-message-with-action",
            Self::HiddenAnswer => "answer-of-a-hidden-automation",
        }
    }
}

/// After `POST /api/tickets`: events as recorded (one context), then everything that acts on a new ticket.
pub(crate) fn ticket_created(work: &Work, ticket: &mut Ticket, created: &[Message]) -> Result<(), ApiError> {
    events::note(work, TICKET_CREATED, "Ticket", ticket.id, None)?;
    for message in created {
        events::note(work, MESSAGE_CREATED, "TicketMessage", message.id, None)?;
    }
    events::note(work, TICKET_UPDATED, "Ticket", ticket.id, None)?;
    assigned(work, ticket)?;
    automations(work, ticket, TICKET_CREATED, created)?;
    automations(work, ticket, MESSAGE_CREATED, created)?;
    automations(work, ticket, TICKET_UPDATED, created)?;
    for message in created {
        send_if_unsent(work, ticket, message, Reason::NoSentDatetime)?;
    }
    if ticket.doc.status == "closed" {
        survey_due(work, ticket)?;
    }
    hidden::act(work, ticket, created)?;
    // Recorded: null in the creation's answer, filled in seconds later.
    if ticket.doc.language.is_none() {
        ticket.doc.language = language::guess(created.iter().map(|message| &message.doc)).map(str::to_owned);
    }
    // Recorded: processing after creation moves it to now, whatever the request said.
    ticket.updated = clock::now();
    tickets::update(work.db, ticket)
}

/// After `POST …/messages`.
pub(crate) fn message_created(work: &Work, ticket: &mut Ticket, message: &Message) -> Result<(), ApiError> {
    events::note(work, MESSAGE_CREATED, "TicketMessage", message.id, None)?;
    events::note(work, TICKET_UPDATED, "Ticket", ticket.id, None)?;
    let created = std::slice::from_ref(message);
    automations(work, ticket, MESSAGE_CREATED, created)?;
    automations(work, ticket, TICKET_UPDATED, created)?;
    send_if_unsent(work, ticket, message, Reason::NoSentDatetime)?;
    if work.account.seed.reopens_on_reply && message.doc.is_incoming() && ticket.doc.status == "closed" {
        ticket.doc.status = "open".into();
        ticket.doc.closed = None;
        events::note(work, "ticket-reopened", "Ticket", ticket.id, None)?;
    }
    tickets::update(work.db, ticket)
}

/// After `PUT /api/tickets/{id}`.
pub(crate) fn ticket_updated(work: &Work, before: &Ticket, after: &Ticket) -> Result<(), ApiError> {
    events::note(work, TICKET_UPDATED, "Ticket", after.id, None)?;
    let assignees = |ticket: &Ticket| (ticket.doc.assignee_user, ticket.doc.assignee_team);
    if assignees(before) != assignees(after) {
        assigned(work, after)?;
    }
    if before.doc.assignee_user.is_some() && after.doc.assignee_user.is_none() {
        events::note(work, "ticket-unassigned", "Ticket", after.id, None)?;
    }
    if before.doc.assignee_team.is_some() && after.doc.assignee_team.is_none() {
        events::note(work, "ticket-team-unassigned", "Ticket", after.id, None)?;
    }
    if before.doc.subject != after.doc.subject {
        let data = json!({"old_subject": before.doc.subject, "new_subject": after.doc.subject});
        events::note(work, "ticket-subject-updated", "Ticket", after.id, Some(&data))?;
    }
    if before.customer_id != after.customer_id {
        events::note(work, "ticket-customer-updated", "Ticket", after.id, None)?;
    }
    match (before.doc.status.as_str(), after.doc.status.as_str()) {
        ("open", "closed") => {
            events::note(work, "ticket-closed", "Ticket", after.id, None)?;
            survey_due(work, after)?;
        }
        ("closed", "open") => events::note(work, "ticket-reopened", "Ticket", after.id, None)?,
        _ => {}
    }
    match (before.trashed, after.trashed) {
        (None, Some(_)) => events::note(work, "ticket-trashed", "Ticket", after.id, None)?,
        (Some(_), None) => events::note(work, "ticket-untrashed", "Ticket", after.id, None)?,
        _ => {}
    }
    automations(work, after, TICKET_UPDATED, &[])
}

/// Events of tags that a ticket got or lost, by their ids (kinds and data as Gorgias's own helpdesk reads them).
pub(crate) fn tags_changed(
    work: &Work,
    ticket_id: i64,
    before: &[i64],
    after: &[i64],
) -> Result<(), ApiError> {
    let missing_in = |list: &[i64], other: &[i64]| -> Vec<i64> {
        list.iter().filter(|id| !other.contains(id)).copied().collect()
    };
    let (added, removed) = (missing_in(after, before), missing_in(before, after));
    if !added.is_empty() {
        events::note(work, "ticket-tags-added", "Ticket", ticket_id, Some(&json!({"tags_added": added})))?;
    }
    if !removed.is_empty() {
        let data = json!({"tags_removed": removed});
        events::note(work, "ticket-tags-removed", "Ticket", ticket_id, Some(&data))?;
    }
    Ok(())
}

fn assigned(work: &Work, ticket: &Ticket) -> Result<(), ApiError> {
    if let Some(user) = ticket.doc.assignee_user {
        let data = json!({"assignee_user_id": user});
        events::note(work, "ticket-assigned", "Ticket", ticket.id, Some(&data))?;
        events::note(work, TICKET_UPDATED, "Ticket", ticket.id, None)?;
    }
    if let Some(team) = ticket.doc.assignee_team {
        let data = json!({"assignee_team_id": team});
        events::note(work, "ticket-team-assigned", "Ticket", ticket.id, Some(&data))?;
    }
    Ok(())
}

/// Rules and HTTP integrations that an event sets off.
fn automations(work: &Work, ticket: &Ticket, event: &str, created: &[Message]) -> Result<(), ApiError> {
    for rule in work.account.rules_for(event) {
        let data = json!({"id": rule.id, "name": rule.name, "triggering_event_type": event});
        events::note(work, "rule-executed", "Ticket", ticket.id, Some(&data))?;
        // Documented: messages of the channel `api` set off no automatic replies.
        let answers = created.iter().any(|message| message.doc.is_incoming() && message.doc.channel != "api");
        if rule.replies && answers {
            let departure = Departure {
                kind: "rule-reply",
                reason: event,
                ticket_id: Some(ticket.id),
                message_id: None,
                channel: Some(&ticket.doc.channel),
                recipients: customer_addresses(work, ticket)?,
            };
            outbox::record(work, &departure)?;
        }
    }
    for integration in work.account.http_for(event) {
        outbox::record_call(work, integration.id, event, ticket.id)?;
    }
    Ok(())
}

/// A closed ticket of a channel with surveys would be followed by one.
fn survey_due(work: &Work, ticket: &Ticket) -> Result<(), ApiError> {
    if ticket.doc.spam || !work.account.surveys(&ticket.doc.channel) {
        return Ok(());
    }
    events::note(work, "satisfaction-survey-sent", "Ticket", ticket.id, None)?;
    outbox::record(
        work,
        &Departure {
            kind: "survey",
            reason: "closed-ticket",
            ticket_id: Some(ticket.id),
            message_id: None,
            channel: Some(&ticket.doc.channel),
            recipients: customer_addresses(work, ticket)?,
        },
    )
}

/// Sends a public agent message that has no `sent_datetime`; Gorgias then fills it in.
fn send_if_unsent(
    work: &Work,
    ticket: &mut Ticket,
    message: &Message,
    reason: Reason,
) -> Result<(), ApiError> {
    if message.doc.is_outgoing() && message.doc.sent.is_none() {
        send(work, ticket, message.clone(), reason)?;
    }
    Ok(())
}

/// Records a message as sent out, and marks it as Gorgias would: sent where an integration carries its channel,
/// failed where none does.
pub(crate) fn send(
    work: &Work,
    ticket: &mut Ticket,
    mut message: Message,
    reason: Reason,
) -> Result<(), ApiError> {
    let source = message.doc.source.clone().unwrap_or_default();
    let to = [source.to, source.cc, source.bcc].into_iter().flatten().flatten();
    let mut recipients: Vec<String> = to.filter_map(|party| party.address).collect();
    if recipients.is_empty() {
        recipients = customer_addresses(work, ticket)?;
    }
    let departure = Departure {
        kind: "message",
        reason: reason.text(),
        ticket_id: Some(ticket.id),
        message_id: Some(message.id),
        channel: Some(&message.doc.channel.clone()),
        recipients,
    };
    outbox::record(work, &departure)?;
    if enums::can_leave(&message.doc.channel) {
        message.doc.sent = Some(clock::now());
    } else {
        message.doc.failed = Some(clock::now());
        message.doc.last_sending_error = Some(json!({"error": "No integration can send this message."}));
        ticket.doc.not_delivered = true;
        events::note(work, "ticket-message-failed", "TicketMessage", message.id, None)?;
    }
    messages::update(work.db, &message)
}

/// What of a message reaches people or other systems without being sent itself: mentions, and actions of macros.
pub(crate) fn side_effects(
    work: &Work,
    ticket_id: i64,
    message_id: i64,
    doc: &MessageDoc,
    mentions: &[i64],
    actions: usize,
) -> Result<(), ApiError> {
    let departure = |kind: &'static str, reason: &'static str, recipients: Vec<String>| Departure {
        kind,
        reason,
        ticket_id: Some(ticket_id),
        message_id: Some(message_id),
        channel: Some(&doc.channel),
        recipients,
    };
    if !mentions.is_empty() {
        let named = mentions.iter().filter_map(|id| work.account.user(*id)).map(|user| user.email.clone());
        outbox::record(work, &departure("mention", "mention-ids", named.collect()))?;
    }
    if actions > 0 {
        outbox::record(work, &departure("action", "external-actions", Vec::new()))?;
        events::note(work, "action-executed", "TicketMessage", message_id, None)?;
    }
    Ok(())
}

fn customer_addresses(work: &Work, ticket: &Ticket) -> Result<Vec<String>, ApiError> {
    Ok(customers::channels(work.db, ticket.customer_id)?.into_iter().map(|channel| channel.address).collect())
}

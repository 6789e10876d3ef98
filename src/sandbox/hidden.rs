//! What acts on new tickets without any endpoint telling of it beforehand: AI agents, apps of third parties, rules that
//! Gorgias manages itself. Only its traces can be seen.

use serde_json::json;

use super::clock::{self, Moment};
use super::effects::{Reason, send};
use super::reply::ApiError;
use super::store::messages::{self, Message, MessageDoc, Person};
use super::store::tickets::Ticket;
use super::store::{Work, events};

/// Microseconds in a second.
const MICROS: i64 = 1_000_000;

/// After a ticket was created.
pub(crate) fn act(work: &Work, ticket: &mut Ticket, created: &[Message]) -> Result<(), ApiError> {
    let hidden = &work.account.seed.hidden;
    if hidden.delays_sent_by != 0 {
        for message in created {
            let mut message = message.clone();
            let later = |sent: Moment| Moment::from_micros(sent.micros() + hidden.delays_sent_by * MICROS);
            message.doc.sent = message.doc.sent.map(later);
            messages::update(work.db, &message)?;
        }
    }
    if let Some(rule) = hidden.runs_rule {
        let data = json!({"id": rule, "name": "managed", "triggering_event_type": "ticket-created"});
        events::note(work, "rule-executed", "Ticket", ticket.id, Some(&data))?;
    }
    if hidden.surveys && ticket.doc.status == "closed" {
        events::note(work, "satisfaction-survey-sent", "Ticket", ticket.id, None)?;
    }
    if hidden.answers && created.iter().any(|message| message.doc.is_incoming()) {
        answer(work, ticket)?;
    }
    Ok(())
}

/// An AI agent writes to the customer.
fn answer(work: &Work, ticket: &mut Ticket) -> Result<(), ApiError> {
    let now = clock::now();
    let doc = MessageDoc {
        message_id: None,
        external_id: None,
        public: true,
        channel: ticket.doc.channel.clone(),
        via: "rule".into(),
        source: None,
        sender: Person::User(work.account.bot_id()),
        receiver: Some(Person::Customer(ticket.customer_id)),
        integration_id: None,
        from_agent: true,
        subject: None,
        body_text: Some("Thank you for your message, let me look into this.".into()),
        body_html: None,
        stripped: [None, None, None],
        attachments: Vec::new(),
        headers: None,
        imported: false,
        meta: None,
        created: now,
        processed: now,
        deleted: None,
        sent: None,
        failed: None,
        opened: None,
        last_sending_error: None,
    };
    let id = messages::insert(work.db, ticket.id, &doc)?;
    ticket.messages += 1;
    events::note(work, "ticket-message-created", "TicketMessage", id, None)?;
    send(work, ticket, Message { id, ticket_id: ticket.id, doc }, Reason::HiddenAnswer)
}

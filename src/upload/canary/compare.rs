//! A ticket as it was sent and as Gorgias has it: what is odd, in words. Pure.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::gorgias::wire;
use crate::mapping::TicketStatus;
use crate::model::conversation::Side;
use crate::upload::job::Job;
use crate::upload::settle::TIME_KEPT;

/// Oddities of one kind that are told; a ticket can have hundreds of messages.
const TOLD_MAX: usize = 3;

/// Something that nobody sent or asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::upload) struct Oddity {
    /// What `[safety] accept` takes to let it pass: `canary:date`.
    pub(in crate::upload) id: &'static str,
    /// What it is. No addresses, no text of messages.
    pub(in crate::upload) words: String,
}

/// What the ticket should be.
pub(super) struct Expected<'a> {
    pub(super) job: &'a Job,
    /// Whether this tool created the ticket.
    pub(super) ours: bool,
    /// Automations and oddities that the user acknowledged.
    pub(super) accept: &'a [String],
}

impl Expected<'_> {
    fn accepts(&self, id: &str) -> bool {
        accepts(self.accept, id)
    }
}

/// Whether `id` is among what the user acknowledged.
pub(super) fn accepts(accept: &[String], id: &str) -> bool {
    accept.iter().any(|accepted| accepted.split('@').next() == Some(id))
}

/// Events of a ticket that mean that something acted on it, what each means, and which acknowledged setting explains it.
const TROUBLE: [(&str, &str, &str, &str); 5] = [
    (
        "satisfaction-survey-sent",
        "canary:survey",
        "a satisfaction survey was sent",
        "setting:satisfaction-surveys",
    ),
    ("ticket-message-failed", "canary:message", "a message was marked as one that could not be sent", ""),
    ("ticket-merged", "canary:merge", "it was merged with another ticket", "setting:auto-merge"),
    ("ticket-split", "canary:merge", "it was split", ""),
    ("action-executed", "canary:rule", "an action was run", ""),
];

/// The ticket is not there any more.
pub(super) fn gone() -> Oddity {
    Oddity { id: "canary:gone", words: "it is no longer in Gorgias".to_owned() }
}

/// What is odd about `ticket` and its `events`.
pub(super) fn compare(expected: &Expected<'_>, ticket: &wire::Ticket, events: &[wire::Event]) -> Vec<Oddity> {
    let mut found = Vec::new();
    if ticket.trashed_datetime.is_some() {
        found.push(Oddity { id: "canary:gone", words: "it is in the trash".to_owned() });
    }
    messages(expected, ticket, &mut found);
    if expected.ours {
        ticket_itself(expected, ticket, &mut found);
    }
    for event in events {
        found.extend(odd_event(expected, event));
    }
    found.retain(|oddity| !expected.accepts(oddity.id));
    found.dedup();
    found
}

fn messages(expected: &Expected<'_>, ticket: &wire::Ticket, found: &mut Vec<Oddity>) {
    let job = expected.job;
    let mut told = 0;
    let mut tell = |id, words: String| {
        told += 1;
        if told <= TOLD_MAX {
            found.push(Oddity { id, words });
        }
    };
    for (planned, _) in job.ticket.messages.iter().zip(&job.numbers).filter(|(_, number)| number.is_some()) {
        let key = planned.key.as_str();
        let mut held = ticket.messages.iter().filter(|message| message.external_id.as_deref() == Some(key));
        let Some(message) = held.next() else {
            tell("canary:message", format!("the message {key} is missing"));
            continue;
        };
        if held.next().is_some() {
            tell("canary:message", format!("the message {key} is there twice"));
        }
        if !same_time(message.sent_datetime, planned.sent_at.timestamp()) {
            let is = time_words(message.sent_datetime);
            let words = format!(
                "the message {key} was sent at {} and Gorgias says {is}",
                planned.sent_at.timestamp()
            );
            tell("canary:date", words);
        }
        if message.channel.as_deref().is_some_and(|channel| channel != planned.channel.as_str()) {
            let words =
                format!("the message {key} of channel {} has another channel", planned.channel.as_str());
            tell("canary:message", words);
        }
        if message.from_agent.is_some_and(|by_agent| by_agent != (planned.side != Side::Customer)) {
            tell("canary:message", format!("the message {key} is on the other side of the conversation"));
        }
        if message.failed_datetime.is_some() {
            tell("canary:message", format!("Gorgias tried to send the message {key} and failed"));
        }
    }
    if expected.ours {
        let known: HashSet<&str> = (job.ticket.messages.iter().map(|message| message.key.as_str()))
            .chain(job.elsewhere.iter().map(|message| message.key.as_str()))
            .collect();
        let is_known =
            |message: &&wire::Message| message.external_id.as_deref().is_some_and(|key| known.contains(key));
        for stranger in ticket.messages.iter().filter(|message| !is_known(message)).take(TOLD_MAX) {
            let by = if stranger.rule_id.is_some() { ", written by a rule" } else { "" };
            let words =
                format!("it has a message that nobody imported (Gorgias message {}{by})", stranger.id);
            found.push(Oddity { id: "canary:stranger", words });
        }
    }
}

fn ticket_itself(expected: &Expected<'_>, ticket: &wire::Ticket, found: &mut Vec<Oddity>) {
    let planned = &expected.job.ticket;
    let mut date = |what: &str, is: Option<Timestamp>, should: Timestamp| {
        if !same_time(is, should) {
            let words = format!("it was {what} at {should} and Gorgias says {}", time_words(is));
            found.push(Oddity { id: "canary:date", words });
        }
    };
    date("created", ticket.created_datetime, planned.created);
    if let (TicketStatus::Closed, Some(closed)) = (planned.status, planned.closed) {
        date("closed", ticket.closed_datetime, closed);
    }
    let should = if planned.status == TicketStatus::Closed { "closed" } else { "open" };
    if ticket.status.as_deref().is_some_and(|status| status != should) {
        found.push(Oddity { id: "canary:status", words: format!("it was {should} and is not any more") });
    }
    let rating = planned.rating.as_ref().map(|rating| u64::from(rating.score));
    let is_ours = |survey: &serde_json::Value| rating.is_some() && survey["score"].as_u64() == rating;
    if ticket.satisfaction_survey.as_ref().is_some_and(|survey| !survey.is_null() && !is_ours(survey)) {
        found.push(Oddity { id: "canary:survey", words: "it has a satisfaction survey".to_owned() });
    }
    let assignee = ticket.assignee_user.as_ref().map(|user| user.id);
    if assignee != planned.assignee && !expected.accepts("setting:ticket-assignment") {
        let words = "it was assigned to somebody else, or to nobody".to_owned();
        found.push(Oddity { id: "canary:assignment", words });
    }
}

fn odd_event(expected: &Expected<'_>, event: &wire::Event) -> Option<Oddity> {
    let kind = event.kind.as_deref()?;
    if kind == "rule-executed" {
        let data = event.data.as_ref();
        let id = data.and_then(|data| data["id"].as_u64());
        if id.is_some_and(|id| expected.accepts(&format!("rule:{id}"))) {
            return None;
        }
        let which = id.map_or_else(|| "a rule ran".to_owned(), |id| format!("rule {id} ran"));
        return Some(Oddity { id: "canary:rule", words: which });
    }
    let (_, id, words, explained_by) = TROUBLE.iter().find(|(name, ..)| *name == kind)?;
    let explained = !explained_by.is_empty() && expected.accepts(explained_by);
    (!explained).then(|| Oddity { id, words: (*words).to_owned() })
}

/// Whether a time came back as it was sent.
fn same_time(is: Option<Timestamp>, should: Timestamp) -> bool {
    is.is_some_and(|is| is.duration_since(should).abs() <= TIME_KEPT)
}

fn time_words(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "nothing".to_owned(), |time| time.to_string())
}

//! Calls to conversations: one call, or the calls of one customer on one day.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::body;
use super::call::{Audio, Call, Comment, Direction};
use super::outcome;
use super::people::{People, nameless};
use super::roster::SharedNames;
use super::sounds::Sounds;
use crate::model::body::Body;
use crate::model::conversation::{Channel, Conversation, Message, Route, Side, Status, Times};
use crate::model::fact;
use crate::model::finding::{Code, Finding};
use crate::model::key::{ConversationKey, MessageKey, SourceName};
use crate::model::language::Language;
use crate::model::person::{Address, Person};
use crate::model::time::SentAt;

/// The tag of everything imported from Aircall.
pub(super) const TAG: &str = "aircall";

/// Makes conversations of calls.
pub(super) struct Tickets {
    pub(super) source: SourceName,
    pub(super) now: Timestamp,
    /// Everyone met so far.
    pub(super) people: People,
    /// Recordings that the export has as files.
    sounds: Sounds,
}

/// The messages of one call, and those of its comments that cannot be imported.
struct Parts {
    messages: Vec<Message>,
    rejected: Vec<Finding>,
}

impl Tickets {
    /// For calls of `source`, whose messages have to be before `now`.
    pub(super) fn new(source: &SourceName, now: Timestamp) -> Self {
        Self { source: source.clone(), now, people: People::new(source), sounds: Sounds::default() }
    }

    /// The same, which knows of these files.
    pub(super) fn with(self, sounds: Sounds) -> Self {
        Self { sounds, ..self }
    }

    /// The same, where several agents have these names.
    pub(super) fn of_agents(self, shared: SharedNames) -> Self {
        Self { people: self.people.sharing(shared), ..self }
    }

    /// The conversation of one call with its rejected messages, or the finding that blocks it.
    pub(super) fn of_call(&mut self, call: &Call) -> Result<(Conversation, Vec<Finding>), Finding> {
        let key = call.id.conversation_key(&self.source);
        let parts = self.parts(call)?;
        let who = call.customer_name.as_deref().or(call.customer.known()).unwrap_or(nameless(&call.customer));
        let subject = format!("{} call: {who}", call.direction.word());
        let meta = BTreeMap::from([("aircall".to_owned(), facts(call))]);
        Ok((self.conversation(key, subject, &[call], parts.messages, meta), parts.rejected))
    }

    /// One conversation of the calls of one number on one day, in the order of their starts. The key has a hash in the
    /// place of the number, because keys are shown where numbers must not be.
    /// The findings of the second part block calls that are not in it.
    pub(super) fn of_day(&mut self, calls: &[Call]) -> (Option<(Conversation, Vec<Finding>)>, Vec<Finding>) {
        let (mut messages, mut rejected, mut blocked) = (Vec::new(), Vec::new(), Vec::new());
        let mut good: Vec<&Call> = Vec::new();
        for call in calls {
            match self.parts(call) {
                Ok(parts) => {
                    messages.extend(parts.messages);
                    rejected.extend(parts.rejected);
                    good.push(call);
                }
                Err(finding) => blocked.push(finding),
            }
        }
        let Some((first, number)) = good.first().and_then(|call| Some((*call, call.customer.known()?)))
        else {
            return (None, blocked);
        };
        let hash = blake3::hash(number.as_bytes()).to_hex();
        let key = ConversationKey::new(
            &self.source,
            "contact-day",
            format_args!("{}:{}", &hash[..16], first.local_date),
        );
        let who = good.iter().find_map(|call| call.customer_name.as_deref()).unwrap_or(number);
        let subject = format!("Calls with {who} on {}", first.local_date);
        let each: Vec<Value> = good.iter().map(|call| facts(call)).collect();
        let meta = BTreeMap::from([("aircall".to_owned(), json!({ "calls": each }))]);
        messages.sort_by_key(|message| message.sent_at);
        (Some((self.conversation(key, subject, &good, messages, meta), rejected)), blocked)
    }

    fn conversation(
        &mut self,
        key: ConversationKey,
        subject: String,
        calls: &[&Call],
        messages: Vec<Message>,
        mut meta: BTreeMap<String, Value>,
    ) -> Conversation {
        let (first, last) = (calls[0], calls[calls.len() - 1]);
        let agent = calls.iter().rev().find_map(|call| call.agent.as_ref());
        let closed = calls.iter().filter_map(|call| call.ended).max();
        let spoken = calls.iter().find_map(|call| call.extra.get(fact::LANGUAGE));
        let language = spoken.and_then(|spoken| Language::of_locale(spoken)).map(Language::code);
        meta.extend(language.map(|code| (fact::LANGUAGE.to_owned(), code.into())));
        Conversation {
            key,
            subject: Some(subject),
            channel: Channel::Phone,
            status: Status::Call,
            priority: None,
            language: language.map(str::to_owned),
            customer: self.people.customer(last),
            assignee: agent.map(|agent| self.people.agent(agent)),
            tags: tags(calls),
            fields: Vec::new(),
            times: Times {
                created: first.started,
                updated: None,
                closed: closed.filter(|at| *at < self.now),
            },
            messages,
            meta,
            place: first.place.clone(),
        }
    }

    fn parts(&mut self, call: &Call) -> Result<Parts, Finding> {
        let key = call.id.conversation_key(&self.source);
        let future = |_| Finding::new(Code::SentInFuture, &key, &call.place);
        let sent_at = SentAt::new(call.started, self.now).map_err(future)?;
        let customer = self.people.customer(call);
        let agent = match &call.agent {
            Some(agent) => self.people.agent(agent),
            None => self.people.unknown_agent(),
        };
        let (author, side) = match call.direction {
            Direction::Inbound => (customer, Side::Customer),
            Direction::Outbound => (agent, Side::Agent),
        };
        let body = Body::from_text(body::text(call)).expect("the first line is never blank");
        let mut messages = vec![Message {
            key: call.id.message_key(&self.source),
            synthetic_key: call.id.is_synthetic(),
            author,
            side,
            channel: Channel::Phone,
            body,
            sent_at,
            route: route(call),
            attachments: self.sounds.of(call),
            message_id: None,
        }];
        let mut rejected = Vec::new();
        for comment in &call.comments {
            match self.note(call, comment) {
                Ok(note) => messages.extend(note),
                Err(finding) => rejected.push(finding),
            }
        }
        match self.ai_note(call) {
            Ok(note) => messages.extend(note),
            Err(finding) => rejected.push(finding),
        }
        messages.sort_by_key(|message| message.sent_at);
        Ok(Parts { messages, rejected })
    }

    /// What Aircall's AI wrote, as an internal note at the end of the call.
    fn ai_note(&mut self, call: &Call) -> Result<Option<Message>, Finding> {
        let Some(text) = call.ai_note.clone() else { return Ok(None) };
        let key = call.id.ai_key(&self.source);
        let at = call.ended.unwrap_or(call.started);
        let sent_at =
            SentAt::new(at, self.now).map_err(|_| Finding::new(Code::SentInFuture, &key, &call.place))?;
        Ok(Body::from_text(text)
            .map(|body| note(key, call.id.is_synthetic(), self.people.unknown_agent(), body, sent_at)))
    }

    /// A comment as an internal note; where the export gives it no time, it stands at the end of the call.
    fn note(&mut self, call: &Call, comment: &Comment) -> Result<Option<Message>, Finding> {
        let key = call.id.comment_key(&self.source, comment.id.as_deref());
        let at = comment.at.or(call.ended).unwrap_or(call.started);
        let future = |_| Finding::new(Code::SentInFuture, &key, &call.place);
        let sent_at = SentAt::new(at, self.now).map_err(future)?;
        let author = match &comment.author {
            Some(agent) => self.people.agent(agent),
            None => self.people.unknown_agent(),
        };
        let by_rule = comment.id.is_none() || call.id.is_synthetic();
        Ok(Body::from_text(comment.text.clone()).map(|body| note(key, by_rule, author, body, sent_at)))
    }
}

fn note(key: MessageKey, synthetic_key: bool, author: Arc<Person>, body: Body, sent_at: SentAt) -> Message {
    Message {
        key,
        synthetic_key,
        author,
        side: Side::Note,
        channel: Channel::InternalNote,
        body,
        sent_at,
        route: Route::default(),
        attachments: Vec::new(),
        message_id: None,
    }
}

/// From whom to whom, as far as numbers are known.
fn route(call: &Call) -> Route {
    let address = |number: Option<&str>, name: &Option<String>| {
        number.map(|number| Address { name: name.as_deref().map(Arc::from), address: number.into() })
    };
    let customer = address(call.customer.known(), &call.customer_name);
    let company = address(call.line.number.as_deref(), &call.line.name);
    let (from, to) = match call.direction {
        Direction::Inbound => (customer, company),
        Direction::Outbound => (company, customer),
    };
    Route { from, to: to.into_iter().collect(), cc: Vec::new() }
}

fn tags(calls: &[&Call]) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut add = |tag: &str| {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    };
    for call in calls {
        call.tags.iter().for_each(|tag| add(tag));
    }
    add(TAG);
    for call in calls {
        add(match call.direction {
            Direction::Inbound => "call-inbound",
            Direction::Outbound => "call-outbound",
        });
        if let Some((outcome, _)) = outcome::of(call) {
            add(outcome.tag());
        }
    }
    tags
}

/// The facts of a call that have no field of their own.
fn facts(call: &Call) -> Value {
    let audio = |audio: &Option<Audio>| match audio {
        Some(Audio::Link(link)) => Some(link.clone()),
        Some(Audio::Kept) => Some("kept in Aircall".to_owned()),
        None => None,
    };
    let mut facts = json!({
        "call_id": call.id.to_string(),
        "sid": call.sid,
        "direction": call.direction.word().to_lowercase(),
        "call_type": call.kind,
        "answered": outcome::of(call).map(|_| call.answered),
        "answered_at": call.answered_at,
        "ended_at": call.ended,
        "duration": call.total_seconds,
        "talk": call.talk_seconds,
        "time_in_ivr": call.ivr_seconds,
        "missed_call_reason": call.missed_reason,
        "ivr": (!call.ivr.is_empty()).then_some(&call.ivr),
        "team": call.team,
        "line": call.line.name,
        "user": call.agent.as_ref().map(|agent| &agent.name),
        "disconnected_by": call.ended_by,
        "recording": audio(&call.recording),
        "voicemail": audio(&call.voicemail),
        "more": (!call.extra.is_empty()).then_some(&call.extra),
    });
    if let Value::Object(object) = &mut facts {
        object.retain(|_, value| !value.is_null());
    }
    facts
}

#[cfg(test)]
#[path = "ticket_tests.rs"]
mod tests;

//! Threads of text messages to conversations.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::call::Direction;
use super::people::nameless;
use super::sms::{Media, TextMessage};
use super::ticket::{TAG, Tickets};
use crate::model::body::Body;
use crate::model::conversation::{
    Attachment, Channel, Conversation, FileKind, Message, Route, Side, Status, Times,
};
use crate::model::finding::{Code, Finding};
use crate::model::key::{ConversationKey, MessageKey};
use crate::model::person::Address;
use crate::model::time::SentAt;
use crate::model::trace::{GROUP, THREAD};

impl Tickets {
    /// The conversation of a thread, with the findings of its messages that cannot be imported. Nothing but the
    /// findings where that is all of them.
    pub(super) fn of_thread(&mut self, thread: &[TextMessage]) -> (Option<Conversation>, Vec<Finding>) {
        let (mut messages, mut rejected) = (Vec::new(), Vec::new());
        for text in thread {
            match self.text(text) {
                Ok(message) => messages.push(message),
                Err(finding) => rejected.push(finding),
            }
        }
        let (Some(first), Some(last)) = (thread.first(), messages.last()) else { return (None, rejected) };
        let closed = last.sent_at.timestamp();
        let created = messages[0].sent_at.timestamp();
        let name = thread.iter().rev().find_map(|text| text.customer_name.as_deref());
        let email = thread.iter().rev().find_map(|text| text.customer_email.as_deref());
        let customer = self.people.behind(&first.customer, name, email);
        let who = name.or(first.customer.known()).unwrap_or(nameless(&first.customer));
        let (channel, word) = medium(first);
        let agent = thread.iter().rev().find_map(|text| text.agent.clone());
        let key = match &first.group {
            Some(group) => ConversationKey::new(&self.source, GROUP, group),
            None => ConversationKey::new(&self.source, THREAD, &first.id),
        };
        let conversation = Conversation {
            key,
            subject: Some(format!("{word} Conversation with {who}")),
            channel,
            status: Status::Closed,
            priority: None,
            language: None,
            customer,
            assignee: agent.map(|agent| self.people.agent(&agent)),
            tags: vec![TAG.to_owned(), word.to_lowercase()],
            fields: Vec::new(),
            times: Times { created, updated: None, closed: Some(closed) },
            messages,
            meta: BTreeMap::from([("aircall".to_owned(), facts(first))]),
            place: first.place.clone(),
        };
        (Some(conversation), rejected)
    }

    fn text(&mut self, text: &TextMessage) -> Result<Message, Finding> {
        let key = MessageKey::new(&self.source, "message", &text.id);
        let refusal = |code| Finding::new(code, &key, &text.place);
        let sent_at = SentAt::new(text.at, self.now).map_err(|_| refusal(Code::SentInFuture))?;
        let (author, side) = match text.direction {
            Direction::Inbound => {
                let (name, email) = (text.customer_name.as_deref(), text.customer_email.as_deref());
                (self.people.behind(&text.customer, name, email), Side::Customer)
            }
            Direction::Outbound => match &text.agent {
                Some(agent) => (self.people.agent(agent), Side::Agent),
                None => (self.people.unknown_agent(), Side::Agent),
            },
        };
        let body = text.body.clone().unwrap_or_else(|| words_for(&text.files));
        Ok(Message {
            key,
            synthetic_key: false,
            author,
            side,
            channel: medium(text).0,
            body: Body::from_text(body).expect("where there is no text there are words for its lack"),
            sent_at,
            route: route(text),
            attachments: text.files.iter().map(attachment).collect(),
            message_id: None,
        })
    }
}

fn medium(text: &TextMessage) -> (Channel, &'static str) {
    if text.whatsapp { (Channel::Whatsapp, "WhatsApp") } else { (Channel::Sms, "SMS") }
}

/// What stands where a message has files and no text, or neither.
fn words_for(files: &[Media]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    if names.is_empty() { "(no text)".to_owned() } else { format!("(no text; {})", names.join(", ")) }
}

fn attachment(file: &Media) -> Attachment {
    Attachment {
        url: file.url.clone(),
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: None,
        kind: FileKind::Attachment,
        local: None,
    }
}

fn route(text: &TextMessage) -> Route {
    let address = |number: Option<&str>, name: &Option<String>| {
        number.map(|number| Address { name: name.as_deref().map(Arc::from), address: number.into() })
    };
    let customer = address(text.customer.known(), &text.customer_name);
    let company = address(text.line.number.as_deref(), &text.line.name);
    match text.direction {
        Direction::Inbound => Route { from: customer, to: company.into_iter().collect(), cc: Vec::new() },
        Direction::Outbound => {
            let others = text.members.iter().filter(|member| Some(member.as_str()) != text.customer.known());
            let others = others.filter_map(|member| address(Some(member), &None));
            Route { from: company, to: customer.into_iter().chain(others).collect(), cc: Vec::new() }
        }
    }
}

fn facts(first: &TextMessage) -> Value {
    let mut facts = json!({
        "line": first.line.name,
        "group": first.group,
        "members": (!first.members.is_empty()).then_some(&first.members),
    });
    if let Value::Object(object) = &mut facts {
        object.retain(|_, value| !value.is_null());
    }
    facts
}

//! What is in the stand-in, held against `expected.json`, which the fixtures' generator wrote and the importer never saw.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use gorgias_import::sandbox::Sandbox;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Fault;

#[derive(Deserialize)]
struct Truth {
    sources: BTreeMap<String, SourceTruth>,
}

#[derive(Deserialize)]
struct SourceTruth {
    conversations: Vec<ConversationTruth>,
}

#[derive(Deserialize)]
struct ConversationTruth {
    key: String,
    status: String,
    messages: Vec<MessageTruth>,
}

#[derive(Deserialize)]
struct MessageTruth {
    key: String,
    side: String,
    sent_at: Timestamp,
    public: bool,
    from_agent: bool,
}

/// What must be there, by key.
pub(super) struct Expected {
    conversations: HashMap<String, ConversationTruth>,
}

impl Expected {
    pub(super) fn read(file: &Path) -> Result<Self, Fault> {
        let truth: Truth = serde_json::from_slice(&fs::read(file)?)?;
        let all = truth.sources.into_values().flat_map(|source| source.conversations);
        Ok(Self { conversations: all.map(|conversation| (conversation.key.clone(), conversation)).collect() })
    }

    pub(super) fn tickets(&self) -> u64 {
        self.conversations.len() as u64
    }

    fn messages(&self) -> u64 {
        self.conversations.values().map(|conversation| conversation.messages.len() as u64).sum()
    }
}

/// A line of the proof: what, how many there must be, how many there are.
pub(super) struct Row {
    pub(super) what: &'static str,
    pub(super) expected: u64,
    pub(super) found: u64,
}

/// The figures of the comparison.
pub(super) struct Proof {
    rows: Vec<Row>,
    tickets: u64,
    messages: u64,
}

/// What is wrong with the messages that are there.
#[derive(Default)]
struct Wrong {
    ticket: u64,
    time: u64,
    side: u64,
    visibility: u64,
    status: u64,
    foreign: u64,
}

impl Proof {
    pub(super) fn of(expected: &Expected, stand_in: &Sandbox) -> Result<Self, Fault> {
        let tickets = stand_in.tickets()?;
        let mut ticket_times: HashMap<&str, u64> = HashMap::new();
        let mut message_times: HashMap<&str, u64> = HashMap::new();
        let mut wrong = Wrong::default();
        let mut messages = 0;
        for ticket in &tickets {
            let key = ticket["external_id"].as_str().unwrap_or_default();
            *ticket_times.entry(key).or_default() += 1;
            let truth = expected.conversations.get(key);
            wrong.foreign += u64::from(truth.is_none());
            wrong.status += u64::from(truth.is_some_and(|truth| !status_fits(&truth.status, ticket)));
            let known: HashMap<&str, &MessageTruth> = truth
                .map(|truth| truth.messages.iter().map(|message| (message.key.as_str(), message)).collect())
                .unwrap_or_default();
            for message in ticket["messages"].as_array().into_iter().flatten() {
                messages += 1;
                let key = message["external_id"].as_str().unwrap_or_default();
                *message_times.entry(key).or_default() += 1;
                match known.get(key) {
                    Some(truth) => wrong.compare(truth, message)?,
                    None => wrong.ticket += 1,
                }
            }
        }
        let twice = |times: &HashMap<&str, u64>| times.values().map(|times| times - 1).sum::<u64>();
        let wanted = expected.conversations.values();
        let missing_tickets =
            wanted.clone().filter(|one| !ticket_times.contains_key(one.key.as_str())).count();
        let missing_messages = wanted
            .flat_map(|one| &one.messages)
            .filter(|message| !message_times.contains_key(message.key.as_str()))
            .count();
        let none = |what, found| Row { what, expected: 0, found };
        let tickets = tickets.len() as u64;
        let rows = vec![
            Row { what: "tickets", expected: expected.tickets(), found: tickets },
            Row { what: "messages", expected: expected.messages(), found: messages },
            none("tickets missing", missing_tickets as u64),
            none("messages missing", missing_messages as u64),
            none("tickets that are there twice", twice(&ticket_times)),
            none("messages that are there twice", twice(&message_times)),
            none("tickets nobody knows", wrong.foreign),
            none("messages in a wrong ticket", wrong.ticket),
            none("messages with a wrong time", wrong.time),
            none("messages on the wrong side", wrong.side),
            none("messages shown to the wrong people", wrong.visibility),
            none("tickets with a wrong status", wrong.status),
            none("messages that would have been sent", stand_in.would_send()?.len() as u64),
        ];
        Ok(Self { rows, tickets, messages })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    pub(super) fn tickets(&self) -> u64 {
        self.tickets
    }

    /// What is not as it must be, in words.
    pub(super) fn faults(&self) -> Vec<String> {
        let off = self.rows.iter().filter(|row| row.expected != row.found);
        off.map(|row| format!("{}: {} instead of {}", row.what, row.found, row.expected)).collect()
    }

    pub(super) fn verdict(&self) -> String {
        format!(
            "Proved: after kill -9 and a second start, all {} tickets and {} messages are there exactly once, at their \
             own time, on their own side, and nobody would have been written to.",
            grouped(self.tickets),
            grouped(self.messages)
        )
    }
}

impl Wrong {
    fn compare(&mut self, truth: &MessageTruth, message: &Value) -> Result<(), Fault> {
        let sent: Option<Timestamp> = match message["sent_datetime"].as_str() {
            Some(text) => Some(text.parse()?),
            None => None,
        };
        let public = message["public"].as_bool();
        let hidden = message["channel"] == "internal-note";
        self.time += u64::from(sent != Some(truth.sent_at));
        self.side += u64::from(message["from_agent"].as_bool() != Some(truth.from_agent));
        self.visibility += u64::from(public != Some(truth.public) || hidden != (truth.side == "note"));
        Ok(())
    }
}

/// Gorgias has two states; these are those of the default config.
fn status_fits(source: &str, ticket: &Value) -> bool {
    let closed = matches!(source, "solved" | "closed" | "call");
    ticket["status"] == if closed { "closed" } else { "open" }
}

/// A count with commas, as the program writes it.
pub(super) fn grouped(count: u64) -> String {
    if count < 1000 { count.to_string() } else { format!("{},{:03}", grouped(count / 1000), count % 1000) }
}

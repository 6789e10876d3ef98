//! Who answered, and by what a Gorgias user will be found for them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::model::conversation::{Message, Side};
use crate::model::key::PersonKey;
use crate::model::person::{Person, Role};
use crate::report::redact_key;

/// Most agents that are counted one by one. Large desks have some hundreds.
const AGENTS_MAX: usize = 10_000;

/// Agents listed of whom no address is known.
const LISTED_MAX: usize = 25;

/// What a run will look for in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Match {
    /// Nothing: only an id is known, and the stand-in sends.
    Nobody,
    /// The user with the same name, if only one has it.
    Name,
    /// The user with the same address.
    Address,
    /// What the table of people says.
    Table,
}

/// An agent whom no address names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Identity in the source.
    pub key: String,
    /// Name as written; not in JSON.
    #[serde(skip)]
    pub name: Option<String>,
    /// Messages and notes written.
    pub messages: u64,
    /// What a run will look for.
    pub by: Match,
}

/// Who answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agents {
    /// Agents who wrote.
    pub count: u64,
    /// Of those, decided in the table of people.
    pub by_table: u64,
    /// To be found by their address.
    pub by_address: u64,
    /// To be found by their name alone.
    pub by_name: u64,
    /// Of whom only an id is known: the stand-in sends, and no name can be shown.
    pub by_nothing: u64,
    /// Messages and notes by agents who are not counted, because there are more than 10,000.
    #[serde(default)]
    pub uncounted_messages: u64,
    /// Those whom neither table nor address names, the busiest first, at most 25.
    pub unmatched: Vec<Agent>,
}

#[derive(Default)]
pub(super) struct AgentTable {
    rows: HashMap<PersonKey, Row>,
    uncounted: u64,
}

struct Row {
    name: Option<String>,
    has_address: bool,
    messages: u64,
}

impl AgentTable {
    pub(super) fn message(&mut self, message: &Message) {
        if message.side == Side::Customer || message.author.role != Role::Agent {
            return;
        }
        let person: &Person = &message.author;
        if let Some(row) = self.rows.get_mut(&person.key) {
            row.messages += 1;
        } else if self.rows.len() < AGENTS_MAX {
            let row = Row { name: person.name.clone(), has_address: person.email.is_some(), messages: 1 };
            self.rows.insert(person.key.clone(), row);
        } else {
            self.uncounted += 1;
        }
    }

    pub(super) fn list(&self, decided: &dyn Fn(&PersonKey) -> bool) -> Agents {
        let mut agents =
            Agents { count: self.rows.len() as u64, uncounted_messages: self.uncounted, ..Agents::default() };
        for (key, row) in &self.rows {
            let by = match row {
                _ if decided(key) => Match::Table,
                Row { has_address: true, .. } => Match::Address,
                Row { name: Some(_), .. } => Match::Name,
                Row { .. } => Match::Nobody,
            };
            match by {
                Match::Table => agents.by_table += 1,
                Match::Address => agents.by_address += 1,
                Match::Name => agents.by_name += 1,
                Match::Nobody => agents.by_nothing += 1,
            }
            if matches!(by, Match::Name | Match::Nobody) {
                let key = redact_key(key.as_str()).into_owned();
                agents.unmatched.push(Agent { key, name: row.name.clone(), messages: row.messages, by });
            }
        }
        agents.unmatched.sort_by(|a, b| (a.by, b.messages, &a.key).cmp(&(b.by, a.messages, &b.key)));
        agents.unmatched.truncate(LISTED_MAX);
        agents
    }
}

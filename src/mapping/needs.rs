//! What an import needs of the account beside its tickets, as far as the mapping knows it: whose users, which fields.

use std::collections::HashMap;

use super::author::agent_of;
use super::fields::{GorgiasField, title_of};
use super::fields_csv::{FieldDecision, FieldName, field_key};
use super::people::{AgentDirectory, AgentMatch};
use super::people_csv::PersonDecision;
use super::rules::Rules;
use crate::model::conversation::{Conversation, Field, Side};
use crate::model::key::PersonKey;
use crate::model::person::{Person, Role};

/// Agents who are remembered: a thousand times what a large account has.
const AGENTS_MAX: usize = 1_000_000;
/// Likewise for fields.
const FIELDS_MAX: usize = 100_000;

/// Counts who and what has no counterpart in the account. Where the account was not read, everybody who is not decided in a
/// table counts, because nothing is known of its users and fields.
#[derive(Debug, Default)]
pub struct NeedsCounter {
    agents: HashMap<PersonKey, u64>,
    fields: HashMap<String, u64>,
    field_tickets: u64,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Agents without a user.
    pub agents: u64,
    /// Their messages and notes.
    pub agent_messages: u64,
    /// Custom fields without a Gorgias field.
    pub fields: u64,
    /// Tickets that have a value of one.
    pub field_tickets: u64,
}

impl NeedsCounter {
    /// Takes note of a conversation.
    pub fn meet(&mut self, conversation: &Conversation, rules: &Rules, directory: &AgentDirectory) {
        if let Some(person) = &conversation.assignee {
            self.agent(person, 0, rules, directory);
        }
        for message in conversation.messages.iter().filter(|message| message.side != Side::Customer) {
            self.agent(&message.author, 1, rules, directory);
        }
        let mut any = false;
        for field in &conversation.fields {
            let source = conversation.key.source();
            let decision = rules.fields.decision(source, &field.id);
            if *decision != FieldDecision::Auto || has_place(field, directory) {
                continue;
            }
            any = true;
            let key = field_key(source, &field.id);
            if let Some(count) = self.fields.get_mut(&key) {
                *count += 1;
            } else if self.fields.len() < FIELDS_MAX {
                self.fields.insert(key, 1);
            }
        }
        self.field_tickets += u64::from(any);
    }

    fn agent(&mut self, person: &Person, messages: u64, rules: &Rules, directory: &AgentDirectory) {
        if person.role != Role::Agent {
            return;
        }
        if let Some(count) = self.agents.get_mut(&person.key) {
            *count += messages;
            return;
        }
        let decided = matches!(
            rules.people.decision(&person.key),
            Some(PersonDecision::User(_) | PersonDecision::StandIn)
        );
        let matched = matches!(agent_of(person, rules, directory), AgentMatch::User(_));
        if !decided && !matched && self.agents.len() < AGENTS_MAX {
            self.agents.insert(person.key.clone(), messages);
        }
    }

    /// What was counted so far.
    pub fn needed(&self) -> Needed {
        Needed {
            agents: self.agents.len() as u64,
            agent_messages: self.agents.values().sum(),
            fields: self.fields.len() as u64,
            field_tickets: self.field_tickets,
        }
    }
}

/// Whether the account has a field of the title of `field`.
fn has_place(field: &Field, directory: &AgentDirectory) -> bool {
    let named = |title: &str| GorgiasField::named(directory.fields(), &FieldName::Label(title.to_owned()));
    title_of(field).and_then(named).is_some()
}

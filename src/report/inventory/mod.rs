//! The inventory of an export: what is there beside tickets and messages, and what is missing.
//!
//! Fed with the same records as [`super::Validation`]. Invariants: memory does not grow with the export but for eight
//! bytes a person; names of tags, fields and agents are counted in tables with a limit, and a table that is cut says
//! so. The tables hold names and addresses and go into CSV files for people; the document for programs has figures only.

pub(super) mod missing;
mod settings;
mod tally;
mod text;

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher, RandomState};

use serde::Serialize;

pub use self::settings::Setting;
use self::tally::Tally;
pub use self::text::inventory_text;
use super::document::{FindingGroup, SourceReport, ValidationDocument};
use crate::model::conversation::{Channel, Conversation, Field, FieldValue, Side};
use crate::model::finding::{Code, Finding};
use crate::model::key::{PersonKey, SourceName};
use crate::model::person::{Person, Role};
use crate::source::{Record, SourceFacts, SourceKind, SourceSpec};

/// Most distinct tags that are listed. Large shops have some thousands.
const TAGS_MAX: usize = 50_000;

/// Most custom fields that are listed. Zendesk allows some hundreds of an account.
const FIELDS_MAX: usize = 5_000;

/// Most agents that are listed.
const AGENTS_MAX: usize = 10_000;

/// Most customers without any address that are listed; there may be millions, and nothing must be decided of most.
const UNREACHABLE_MAX: usize = 200;

/// Distinct values of a field that are kept as examples, and their greatest length in characters.
const VALUES_MAX: usize = 20;
const VALUE_CHARS_MAX: usize = 60;

/// A person as the starting table lists them.
#[derive(Clone, Debug)]
pub struct ListedPerson {
    /// Identity in the source.
    pub key: PersonKey,
    /// Agent or customer.
    pub role: Role,
    /// Name as written.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Messages written.
    pub messages: u64,
    /// Tickets in charge of, or being the customer of.
    pub tickets: u64,
}

/// What a custom field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// Text, dates, single choices.
    Text,
    /// Numbers.
    Number,
    /// Checkboxes.
    Flag,
    /// Several choices at once.
    Choices,
    /// Values of several kinds.
    Mixed,
}

/// A custom field as the starting table lists it.
#[derive(Clone, Debug)]
pub struct ListedField {
    /// `SOURCE:field:ID`: a bare number would be rounded by a spreadsheet.
    pub key: String,
    /// Its title, where the export has it.
    pub title: Option<String>,
    /// What it holds.
    pub kind: FieldKind,
    /// Tickets that have a value.
    pub tickets: u64,
    /// Some of its values.
    pub values: BTreeSet<String>,
    /// True if there are more values than those.
    pub more_values: bool,
}

/// Everything that init writes into its starting tables, each the weightiest first.
#[derive(Debug, Default)]
pub struct Listed {
    /// Agents, then customers whom nothing but an id names.
    pub people: Vec<ListedPerson>,
    /// Tags, with their tickets.
    pub tags: Vec<(String, u64)>,
    /// Custom fields.
    pub fields: Vec<ListedField>,
    /// What was cut, as findings.
    pub cut: Vec<Finding>,
    /// Settings without which something of a source cannot be imported.
    pub needed: BTreeSet<(SourceName, Setting)>,
}

/// What an export holds, for people and programs. No names and no addresses.
#[derive(Clone, Debug, Serialize)]
pub struct InventoryDocument {
    /// The sources, with their counts.
    pub sources: Vec<SourceReport>,
    /// Customers who wrote or whom a ticket is about.
    pub customers: u64,
    /// Agents who wrote or were in charge.
    pub agents: u64,
    /// Of both, those of whom nothing but the id is known.
    pub known_by_id_only: u64,
    /// Customers with neither an email address nor a phone number.
    pub customers_without_address: u64,
    /// Phone calls.
    pub calls: u64,
    /// Distinct tags.
    pub tags: u64,
    /// Custom fields that have a value somewhere.
    pub fields: u64,
    /// Attachments, inline images and recordings.
    pub files: u64,
    /// Bytes of those whose size the export says.
    pub file_bytes: u64,
    /// Files whose size the export does not say.
    pub files_of_unknown_size: u64,
    /// Tables that hold not all there is, in sentences; the counts above are then the least that there is.
    pub cut: Vec<String>,
    /// What is not in the files, in sentences.
    pub missing: Vec<String>,
    /// All findings, as `validate` tells them.
    pub findings: Vec<FindingGroup>,
}

/// Gathers the inventory, record by record.
#[derive(Debug)]
pub struct Inventory {
    hasher: RandomState,
    tags: Tally<String, u64>,
    fields: Tally<String, ListedField>,
    agents: Tally<PersonKey, ListedPerson>,
    unreachable: Tally<PersonKey, ListedPerson>,
    customers: HashSet<u64>,
    id_only: HashSet<u64>,
    without_address: HashSet<u64>,
    calls: u64,
    files: u64,
    file_bytes: u64,
    files_of_unknown_size: u64,
    recorded: Vec<(SourceKind, u64)>,
    needed: BTreeSet<(SourceName, Setting)>,
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            hasher: RandomState::new(),
            tags: Tally::new(TAGS_MAX),
            fields: Tally::new(FIELDS_MAX),
            agents: Tally::new(AGENTS_MAX),
            unreachable: Tally::new(UNREACHABLE_MAX),
            customers: HashSet::new(),
            id_only: HashSet::new(),
            without_address: HashSet::new(),
            calls: 0,
            files: 0,
            file_bytes: 0,
            files_of_unknown_size: 0,
            recorded: Vec::new(),
            needed: BTreeSet::new(),
        }
    }
}

impl Inventory {
    /// Takes one record of a source.
    pub fn observe(&mut self, spec: &SourceSpec, record: &Record) {
        self.needed.extend(settings::needed(record).map(|setting| (spec.name.clone(), setting)));
        let Record::Conversation { conversation, .. } = record else { return };
        for tag in &conversation.tags {
            if let Some(tickets) = self.tags.entry(tag.as_str(), || 0) {
                *tickets += 1;
            }
        }
        for field in &conversation.fields {
            self.field(spec, field);
        }
        self.calls += calls(spec.kind, conversation);
        self.person(&conversation.customer, |person| person.tickets += 1);
        if let Some(assignee) = &conversation.assignee {
            self.person(assignee, |person| person.tickets += 1);
        }
        for message in &conversation.messages {
            let by_customer = message.side == Side::Customer || message.author.role == Role::Customer;
            if by_customer || message.author.role == Role::Agent {
                self.person(&message.author, |person| person.messages += 1);
            }
            for file in message.attachments.iter().filter(|file| !file.kind.is_gone()) {
                self.file(file.size);
            }
        }
    }

    /// Takes over what is known of a source after it was read.
    pub fn source_finished(&mut self, spec: &SourceSpec, facts: &SourceFacts) {
        self.recorded.push((spec.kind, facts.people_recorded));
    }

    /// The inventory, and the rows of the starting tables. `validation` is what the same records came to.
    pub fn finish(self, validation: &ValidationDocument) -> (InventoryDocument, Listed) {
        let users_missing = self.recorded.iter().any(|(kind, recorded)| {
            // Aircall's exports name people where they occur and have no file of them.
            *kind == SourceKind::Zendesk && *recorded == 0
        });
        let cut = [
            (self.tags.is_cut(), "tags", TAGS_MAX),
            (self.fields.is_cut(), "custom fields", FIELDS_MAX),
            (self.agents.is_cut(), "agents", AGENTS_MAX),
            (self.unreachable.is_cut(), "customers without an address", UNREACHABLE_MAX),
        ];
        let cut = cut.into_iter().filter(|(is_cut, ..)| *is_cut).map(|(_, what, max)| {
            Finding::general(Code::TableCut).with_detail(format!("the first {max} {what} are listed"))
        });
        let mut people: Vec<ListedPerson> = Vec::new();
        let agents = self.agents.sorted(|person| person.messages + person.tickets);
        let agent_count = agents.len() as u64;
        let unreachable = self.unreachable.sorted(|person| person.messages + person.tickets);
        people.extend(agents.into_iter().chain(unreachable).map(|(_, person)| person));
        let listed = Listed {
            people,
            tags: self.tags.sorted(|tickets| *tickets),
            fields: self.fields.sorted(|field| field.tickets).into_iter().map(|(_, field)| field).collect(),
            cut: cut.collect(),
            needed: self.needed,
        };
        let known_by_id_only = self.id_only.len() as u64;
        let document = InventoryDocument {
            sources: validation.sources.clone(),
            customers: self.customers.len() as u64,
            agents: agent_count,
            known_by_id_only,
            customers_without_address: self.without_address.len() as u64,
            calls: self.calls,
            tags: listed.tags.len() as u64,
            fields: listed.fields.len() as u64,
            files: self.files,
            file_bytes: self.file_bytes,
            files_of_unknown_size: self.files_of_unknown_size,
            cut: listed.cut.iter().map(|finding| finding.detail.clone()).collect(),
            missing: missing::sentences(&validation.findings, users_missing, known_by_id_only),
            findings: validation.findings.clone(),
        };
        (document, listed)
    }

    fn file(&mut self, size: Option<u64>) {
        self.files += 1;
        match size {
            Some(size) => self.file_bytes = self.file_bytes.saturating_add(size),
            None => self.files_of_unknown_size += 1,
        }
    }

    /// Counts a person; `count` adds to their row where they have one.
    fn person(&mut self, person: &Person, count: impl Fn(&mut ListedPerson)) {
        let hash = self.hasher.hash_one(&person.key);
        let has_address = person.email.is_some() || person.phone.is_some();
        if !has_address && person.name.is_none() {
            self.id_only.insert(hash);
        }
        let table = match person.role {
            Role::System => return,
            Role::Agent => &mut self.agents,
            Role::Customer => {
                self.customers.insert(hash);
                if has_address {
                    return;
                }
                self.without_address.insert(hash);
                &mut self.unreachable
            }
        };
        if let Some(row) = table.entry(&person.key, || listed(person)) {
            count(row);
        }
    }

    fn field(&mut self, spec: &SourceSpec, field: &Field) {
        let key = format!("{}:field:{}", spec.name, field.id);
        let (kind, values): (_, Vec<String>) = match &field.value {
            FieldValue::Text(text) => (FieldKind::Text, vec![text.clone()]),
            FieldValue::Number(number) => (FieldKind::Number, vec![number.to_string()]),
            FieldValue::Flag(on) => (FieldKind::Flag, vec![on.to_string()]),
            FieldValue::Choices(choices) => (FieldKind::Choices, choices.clone()),
        };
        let row = || ListedField {
            key: key.clone(),
            title: field.title.clone(),
            kind,
            tickets: 0,
            values: BTreeSet::new(),
            more_values: false,
        };
        let Some(row) = self.fields.entry(key.as_str(), row) else { return };
        row.tickets += 1;
        if row.kind != kind {
            row.kind = FieldKind::Mixed;
        }
        for value in values {
            if row.values.contains(&value) {
                continue;
            }
            if row.values.len() < VALUES_MAX && value.chars().count() <= VALUE_CHARS_MAX {
                row.values.insert(value);
            } else {
                row.more_values = true;
            }
        }
    }
}

fn listed(person: &Person) -> ListedPerson {
    ListedPerson {
        key: person.key.clone(),
        role: person.role,
        name: person.name.clone(),
        email: person.email.as_ref().map(ToString::to_string),
        messages: 0,
        tickets: 0,
    }
}

/// Phone calls of a conversation: an Aircall conversation is one, a Zendesk ticket lists those that it has.
fn calls(kind: SourceKind, conversation: &Conversation) -> u64 {
    let told = conversation.meta.get("calls").and_then(serde_json::Value::as_array).map(Vec::len);
    match (kind, told) {
        (_, Some(calls)) => calls as u64,
        (SourceKind::Aircall, None) => u64::from(conversation.channel == Channel::Phone),
        (SourceKind::Zendesk, None) => 0,
    }
}

#[cfg(test)]
mod tests;

//! Lines of the tables that nothing of the export met: misspelt tags, people of another export.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::rules::Rules;
use crate::model::conversation::Conversation;
use crate::model::finding::{Code, Finding, Place};

/// The names of the tables that no conversation has had yet, with their lines. Memory is that of the tables.
#[derive(Debug)]
pub struct Unmet {
    people: HashMap<String, u64>,
    tags: HashMap<String, u64>,
    fields: HashMap<String, u64>,
    tickets: HashMap<String, u64>,
}

impl Unmet {
    /// Everything that the tables name.
    pub fn new(rules: &Rules) -> Self {
        let owned = |(name, line): (&str, u64)| (name.to_owned(), line);
        Self {
            people: rules.people.lines().map(owned).collect(),
            tags: rules.tags.lines().map(owned).collect(),
            fields: rules.fields.lines().map(owned).collect(),
            tickets: rules.tickets.lines().map(owned).collect(),
        }
    }

    /// Takes note of a conversation, as its source gave it.
    pub fn meet(&mut self, conversation: &Conversation) {
        if !self.people.is_empty() {
            self.people.remove(conversation.customer.key.as_str());
            let authors = conversation.messages.iter().map(|message| &message.author);
            for person in authors.chain(&conversation.assignee) {
                self.people.remove(person.key.as_str());
            }
        }
        if !self.tickets.is_empty() {
            self.tickets.remove(conversation.key.as_str());
        }
        if !self.tags.is_empty() {
            for tag in &conversation.tags {
                self.tags.remove(tag.as_str());
            }
        }
        if !self.fields.is_empty() {
            for field in &conversation.fields {
                self.fields.remove(&super::field_key(conversation.key.source(), &field.id));
            }
        }
    }

    /// A finding for every line that is left, in order. `read` says which sources were read: of the others nothing is
    /// known, and tags belong to all of them.
    pub fn findings(self, rules: &Rules, read: &dyn Fn(&str) -> bool, all_read: bool) -> Vec<Finding> {
        let of_read = |name: &String| name.split(':').next().is_some_and(read);
        let people = lines(self.people, of_read);
        let fields = lines(self.fields, of_read);
        let tickets = lines(self.tickets, of_read);
        let tags = lines(self.tags, |_| all_read);
        let tables = [
            (rules.people.file(), people),
            (rules.tags.file(), tags),
            (rules.fields.file(), fields),
            (rules.tickets.file(), tickets),
        ];
        tables.into_iter().flat_map(|(file, lines)| told(file, lines)).collect()
    }
}

fn lines(names: HashMap<String, u64>, wanted: impl Fn(&String) -> bool) -> Vec<u64> {
    let mut lines: Vec<u64> =
        names.into_iter().filter(|(name, _)| wanted(name)).map(|(_, line)| line).collect();
    lines.sort_unstable();
    lines
}

fn told(file: &Path, lines: Vec<u64>) -> impl Iterator<Item = Finding> {
    let file: Arc<str> = file.to_string_lossy().into();
    lines.into_iter().map(move |line| {
        let place = Place { line: Some(line), ..Place::file(&file) };
        Finding::at(Code::LineUnmet, &place)
    })
}

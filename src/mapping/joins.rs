//! Several ids of the exports that become one customer, because they have the same address: user ids of two accounts, a
//! caller and a contact. Nothing else joins people, least of all a name.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::identity::Identity;
use super::rules::Rules;
use crate::model::conversation::{Conversation, Side};
use crate::model::finding::{Code, Finding};
use crate::model::key::PersonKey;
use crate::model::person::Person;

/// People who are remembered, some 40 bytes each. Beyond them further joins still happen and are not listed.
const PEOPLE_MAX: usize = 1_000_000;

/// An id that was met first, small: nearly all of them are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum First {
    Numbered(u16, u64),
    Named(Box<str>),
}

/// Who was met so far.
#[derive(Debug, Default)]
pub struct Joins {
    /// By the hash of the address, whose two ends being equal by chance is as good as impossible with so few.
    met: HashMap<u64, First>,
    /// Beginnings of keys: `zendesk:user`.
    kinds: Vec<Box<str>>,
    told: HashSet<u64>,
    hasher: RandomState,
}

impl Joins {
    /// Takes note of the customers of a conversation. A finding for each id that joins another one, the first time.
    pub fn meet(&mut self, conversation: &Conversation, rules: &Rules) -> Vec<Finding> {
        let authors = conversation.messages.iter().filter(|message| message.side == Side::Customer);
        let mut findings = Vec::new();
        let mut seen: Option<&PersonKey> = None;
        let people = std::iter::once(&conversation.customer).chain(authors.map(|message| &message.author));
        for person in people {
            // Nearly all messages of customers are by the ticket's own.
            if seen == Some(&person.key) {
                continue;
            }
            seen.get_or_insert(&person.key);
            if let Some(first) = self.joined(person, rules) {
                let finding = Finding::new(Code::PeopleJoined, &conversation.key, &conversation.place);
                findings.push(finding.with_detail(format!("{} is {first}", shown(person.key.as_str()))));
            }
        }
        findings
    }

    /// The id that had the address of `person` first, if it is another one and this was not told.
    fn joined(&mut self, person: &Person, rules: &Rules) -> Option<String> {
        // What the table says of a person is its own reason.
        if rules.people.decision(&person.key).is_some() {
            return None;
        }
        let identity = Identity::of(person, &rules.default_country);
        if matches!(identity, Identity::Bare(_)) {
            return None;
        }
        let address = identity.digest(&self.hasher);
        let key = self.compact(&person.key);
        match self.met.get(&address) {
            Some(first) if *first == key => None,
            Some(first) => {
                let words = self.words(first);
                self.told.insert(self.hasher.hash_one(person.key.as_str())).then_some(words)
            }
            None if self.met.len() < PEOPLE_MAX => {
                self.met.insert(address, key);
                None
            }
            None => None,
        }
    }

    fn compact(&mut self, key: &PersonKey) -> First {
        let text = key.as_str();
        let numbered = text.rsplit_once(':').and_then(|(kind, id)| {
            let number: u64 = id.parse().ok()?;
            let known = self.kinds.iter().position(|known| **known == *kind).unwrap_or_else(|| {
                self.kinds.push(kind.into());
                self.kinds.len() - 1
            });
            (number.to_string() == id).then_some(First::Numbered(u16::try_from(known).ok()?, number))
        });
        numbered.unwrap_or_else(|| First::Named(text.into()))
    }

    fn words(&self, first: &First) -> String {
        match first {
            First::Numbered(kind, id) => format!("{}:{id}", self.kinds[usize::from(*kind)]),
            First::Named(text) => shown(text).to_owned(),
        }
    }
}

/// A key, unless it is an address itself.
fn shown(key: &str) -> &str {
    if key.contains(['@', '+']) { "a caller without an id" } else { key }
}

//! Several ids of the exports that become one customer, because they have the same address: user ids of two accounts, a
//! caller and a contact. Nothing else joins people, least of all a name. A number in the profile of somebody who has an email
//! address is nothing that anybody verified, and families and firms share theirs: whoever calls from it stays a customer of
//! their own, and is listed, so that the user can say that they are one.

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
    /// Who has an email address and this number in the profile.
    profiles: HashMap<u64, First>,
    /// Whose profiles were looked at; reading a number costs more than this.
    profiles_seen: HashSet<u64>,
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
            let mut tell = |code, detail| {
                let finding = Finding::new(code, &conversation.key, &conversation.place);
                findings.push(finding.with_detail(detail));
            };
            if let Some(first) = self.joined(person, rules) {
                tell(Code::PeopleJoined, format!("{} is {first}", shown(person.key.as_str())));
            }
            if let Some((caller, profile)) = self.called_from_profile(person, rules) {
                tell(Code::PhoneNotJoined, format!("{caller} has the number of {profile}"));
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

    /// A caller without an email address, and whoever has one and the caller's number in the profile; the first time that both
    /// were met.
    fn called_from_profile(&mut self, person: &Person, rules: &Rules) -> Option<(String, String)> {
        if rules.people.decision(&person.key).is_some() || person.phone.is_none() {
            return None;
        }
        let country = &rules.default_country;
        let key = self.hasher.hash_one(person.key.as_str());
        if person.email.is_some() {
            if self.profiles_seen.len() >= PEOPLE_MAX || !self.profiles_seen.insert(key) {
                return None;
            }
            let number = Identity::of(&Person { email: None, ..person.clone() }, country);
            if matches!(number, Identity::Bare(_)) {
                return None;
            }
            let number = number.digest(&self.hasher);
            let profile = self.compact(&person.key);
            let words = self.words(&profile);
            self.profiles.insert(number, profile);
            let caller = self.words(self.met.get(&number)?);
            return self.told.insert(number).then_some((caller, words));
        }
        let number = Identity::of(person, country).digest(&self.hasher);
        let profile = self.words(self.profiles.get(&number)?);
        // Told once for the number, whichever of them came first.
        self.told.insert(number).then(|| (shown(person.key.as_str()).to_owned(), profile))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::person::{Email, Role};
    use crate::model::sample;

    /// The codes and details that a conversation of this customer gives.
    fn met(
        joins: &mut Joins,
        source: &str,
        id: u64,
        email: Option<&str>,
        phone: Option<&str>,
    ) -> Vec<String> {
        let source = sample::source(source);
        let unknown = sample::person(&source, id, Role::Customer);
        let person = Person {
            email: email.and_then(Email::parse),
            phone: phone.map(str::to_owned),
            ..(*unknown).clone()
        };
        let conversation = sample::conversation(
            &source,
            id,
            &Arc::new(person),
            "2024-01-01T00:00:00Z".parse().unwrap(),
            Vec::new(),
        );
        let findings = joins.meet(&conversation, &Rules::default());
        findings.into_iter().map(|finding| format!("{} {}", finding.code, finding.detail)).collect()
    }

    #[test]
    fn one_address_is_one_customer_and_told_once() {
        let mut joins = Joins::default();
        assert!(met(&mut joins, "zendesk", 1, Some("Kim@x.example"), None).is_empty());
        let told = ["GI-G020 other:user:7 is zendesk:user:1"];
        assert_eq!(met(&mut joins, "other", 7, Some("kim@X.example"), None), told);
        assert!(met(&mut joins, "other", 7, Some("kim@x.example"), None).is_empty());
        // Without any address nobody is anybody else.
        assert!(met(&mut joins, "zendesk", 2, None, None).is_empty());
        assert!(met(&mut joins, "zendesk", 3, None, None).is_empty());
        // Two who are known by a number alone are one.
        assert!(met(&mut joins, "zendesk", 4, None, Some("+1 202 555 0100")).is_empty());
        let told = ["GI-G020 aircall:user:9 is zendesk:user:4"];
        assert_eq!(met(&mut joins, "aircall", 9, None, Some("(202) 555-0100")), told);
    }

    #[test]
    fn a_number_in_a_profile_joins_nobody_and_is_told_once_in_either_order() {
        let told = ["GI-G021 aircall:user:9 has the number of zendesk:user:1"];
        let number = Some("+12025550100");
        let mut joins = Joins::default();
        assert!(met(&mut joins, "zendesk", 1, Some("kim@x.example"), Some("202-555-0100")).is_empty());
        assert_eq!(met(&mut joins, "aircall", 9, None, number), told);
        assert!(met(&mut joins, "aircall", 9, None, number).is_empty());
        let mut joins = Joins::default();
        assert!(met(&mut joins, "aircall", 9, None, number).is_empty());
        assert_eq!(met(&mut joins, "zendesk", 1, Some("kim@x.example"), number), told);
        assert!(met(&mut joins, "zendesk", 1, Some("kim@x.example"), number).is_empty());
        // Numbers that cannot be read are none.
        assert!(met(&mut joins, "zendesk", 2, Some("ben@x.example"), Some("ask Kim")).is_empty());
        assert!(met(&mut joins, "zendesk", 3, Some("ann@x.example"), Some("ask Kim")).is_empty());
    }
}

//! Several ids of the exports that become one customer, because they have the same address: user ids of two accounts, a
//! caller and a contact. Nothing else joins people, least of all a name. A number in the profile of somebody who has an email
//! address is nothing that anybody verified, and families and firms share theirs: whoever calls from it stays a customer of
//! their own, and is listed, so that the user can say that they are one.
//!
//! Who joins whom is told at the end, in the order of the ids, so that the order of reading changes no word of it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::identity::Identity;
use super::rules::Rules;
use crate::model::conversation::{Conversation, Side};
use crate::model::finding::{Code, Finding};
use crate::model::key::PersonKey;
use crate::model::person::Person;

/// People who are remembered, some 40 bytes each. Beyond them further joins still happen and are not listed.
const PEOPLE_MAX: usize = 1_000_000;
/// Addresses of several ids that are remembered, some 200 bytes each; the same holds beyond them.
const JOINED_MAX: usize = 100_000;

/// An id that was met first, small: nearly all of them are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum First {
    Numbered(u16, u64),
    Named(Box<str>),
}

/// An id as it is shown: what stands before its number, its number, and all of it.
type Shown = (String, u64, String);

/// Who was met so far.
#[derive(Debug, Default)]
pub struct Joins {
    /// By the hash of the address, whose two ends being equal by chance is as good as impossible with so few.
    met: HashMap<u64, First>,
    /// Beginnings of keys: `zendesk:user`.
    kinds: Vec<Box<str>>,
    told: HashSet<u64>,
    /// All ids of the addresses that have several.
    joined: HashMap<u64, BTreeSet<Shown>>,
    /// Who has an email address and this number in the profile.
    profiles: HashMap<u64, First>,
    /// Whose profiles were looked at; reading a number costs more than this.
    profiles_seen: HashSet<u64>,
    hasher: RandomState,
}

impl Joins {
    /// Takes note of the customers of a conversation. A finding for each caller whose number is in a profile, the first
    /// time; [`Joins::findings`] has the rest.
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
            self.join(person, rules);
            if let Some((caller, profile)) = self.called_from_profile(person, rules) {
                tell(Code::PhoneNotJoined, number_shared(&caller, &profile));
            }
        }
        findings
    }

    /// A finding for each id that is one customer with a lesser one. To be asked when everybody was met.
    pub fn findings(&self) -> Vec<Finding> {
        let mut groups: Vec<&BTreeSet<Shown>> = self.joined.values().collect();
        groups.sort_unstable();
        let mut findings = Vec::new();
        for group in groups {
            let Some((.., least)) = group.first() else { continue };
            for (.., id) in group.iter().skip(1) {
                let finding = Finding::general(Code::PeopleJoined).with_detail(format!("{id} is {least}"));
                findings.push(Finding { key: (id != NAMELESS).then(|| id.clone()), ..finding });
            }
        }
        findings
    }

    /// Notes whose address `person` has.
    fn join(&mut self, person: &Person, rules: &Rules) {
        // What the table says of a person is its own reason.
        if rules.people.decision(&person.key).is_some() {
            return;
        }
        let identity = Identity::of(person, &rules.default_country);
        if matches!(identity, Identity::Bare(_)) {
            return;
        }
        let address = identity.digest(&self.hasher);
        let key = self.compact(&person.key);
        match self.met.get(&address) {
            Some(first) if *first == key => {}
            Some(first) => {
                let ids = [self.words(first), shown(person.key.as_str()).to_owned()];
                if self.joined.len() < JOINED_MAX || self.joined.contains_key(&address) {
                    self.joined.entry(address).or_default().extend(ids.map(in_order));
                }
            }
            None if self.met.len() < PEOPLE_MAX => drop(self.met.insert(address, key)),
            None => {}
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

/// Stands for a key that is an address itself.
const NAMELESS: &str = "a caller without an id";

/// That a caller has the number in a profile. A caller without an id may be known with an address in one record and
/// without in another.
fn number_shared(caller: &str, profile: &str) -> String {
    if caller == profile {
        return "calls and messages of one number came with an email address and without".to_owned();
    }
    format!("{caller} has the number of {profile}")
}

/// A key, unless it is an address itself.
fn shown(key: &str) -> &str {
    if key.contains(['@', '+']) { NAMELESS } else { key }
}

/// An id with what it is sorted by.
fn in_order(id: String) -> Shown {
    let numbered =
        id.rsplit_once(':').and_then(|(kind, number)| Some((kind.to_owned(), number.parse().ok()?)));
    let (kind, number) = numbered.unwrap_or_else(|| (id.clone(), 0));
    (kind, number, id)
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

    fn told(joins: &Joins) -> Vec<String> {
        joins.findings().iter().map(|finding| format!("{} {}", finding.code, finding.detail)).collect()
    }

    #[test]
    fn one_address_is_one_customer_and_told_once() {
        let mut joins = Joins::default();
        met(&mut joins, "zendesk", 1, Some("Kim@x.example"), None);
        met(&mut joins, "other", 7, Some("kim@X.example"), None);
        met(&mut joins, "other", 7, Some("kim@x.example"), None);
        // Without any address nobody is anybody else.
        met(&mut joins, "zendesk", 2, None, None);
        met(&mut joins, "zendesk", 3, None, None);
        // Two who are known by a number alone are one.
        met(&mut joins, "zendesk", 4, None, Some("+1 202 555 0100"));
        met(&mut joins, "aircall", 9, None, Some("(202) 555-0100"));
        let expected = ["GI-G020 zendesk:user:4 is aircall:user:9", "GI-G020 zendesk:user:1 is other:user:7"];
        assert_eq!(told(&joins), expected);
        assert_eq!(joins.findings()[0].key.as_deref(), Some("zendesk:user:4"));
    }

    #[test]
    fn the_order_of_meeting_changes_no_word() {
        for order in [[5, 10, 9], [10, 9, 5], [9, 5, 10], [10, 5, 9]] {
            let mut joins = Joins::default();
            for id in order {
                met(&mut joins, "zendesk", id, Some("kim@x.example"), None);
            }
            let expected =
                ["GI-G020 zendesk:user:9 is zendesk:user:5", "GI-G020 zendesk:user:10 is zendesk:user:5"];
            assert_eq!(told(&joins), expected, "{order:?}");
        }
    }

    #[test]
    fn two_callers_without_ids_are_not_called_each_other() {
        assert_eq!(
            number_shared(NAMELESS, NAMELESS),
            "calls and messages of one number came with an email address and without"
        );
        assert_eq!(
            number_shared(NAMELESS, "zendesk:user:1"),
            "a caller without an id has the number of zendesk:user:1"
        );
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

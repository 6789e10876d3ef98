//! Who the agents are: every record of a user in files of users, calls and messages, brought together by id and address
//! before the first call is told, so that it does not matter which record is read first.
//!
//! Calls of a CSV name their agent and say no more. Such a name is the one user who has it; where several have it, nobody
//! can tell which of them it is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::call::Agent;
use crate::model::person::Email;

/// Most users kept in memory. Aircall's largest customers have some thousands.
const USERS_MAX: usize = 100_000;

/// Most names or addresses kept of a user. They change once in a while.
const WRITINGS_MAX: usize = 16;

/// Which of two records of a user counts: one in a file of users before one in a call, then the newer.
type Weight = (bool, i64);

/// Who a user is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    /// By Aircall's id.
    Id(u64),
    /// By address, in lower case, where no record has the id.
    Address(String),
}

impl Who {
    /// Who an agent is by what the record itself says.
    pub(super) fn of(agent: &Agent) -> Option<Self> {
        let address = || Some(Self::Address(identity(agent.email.as_deref()?)?));
        agent.id.map(Self::Id).or_else(address)
    }
}

/// Names in lower case that several users have, and the first of those users by id.
pub(super) type SharedNames = HashMap<String, Who>;

/// What records say of a user.
#[derive(Debug, Default)]
struct User {
    names: BTreeMap<String, Weight>,
    emails: BTreeMap<String, Weight>,
}

impl User {
    fn name(&self) -> Option<&str> {
        // Of names that weigh the same the first by the alphabet: `Ana` before `ana`.
        self.names.iter().rev().max_by_key(|(_, weight)| **weight).map(|(name, _)| &**name)
    }

    fn email(&self) -> Option<&str> {
        self.emails.iter().max_by_key(|(_, weight)| **weight).map(|(email, _)| &**email)
    }

    fn add(writings: &mut BTreeMap<String, Weight>, writing: String, weight: Weight) {
        if writings.len() < WRITINGS_MAX || writings.contains_key(&writing) {
            let known = writings.entry(writing).or_insert(weight);
            *known = weight.max(*known);
        }
    }

    fn unite(&mut self, other: Self) {
        other.names.into_iter().for_each(|(name, weight)| Self::add(&mut self.names, name, weight));
        other.emails.into_iter().for_each(|(email, weight)| Self::add(&mut self.emails, email, weight));
    }
}

/// An address as it is compared.
fn identity(email: &str) -> Option<String> {
    Email::parse(email).map(|email| email.identity())
}

/// The users of a company.
#[derive(Debug, Default)]
pub(super) struct Roster {
    users: HashMap<Who, User>,
    /// Users who are others as well: their address is that of another id, or of an id at all.
    others: HashMap<Who, Who>,
    /// Users by address.
    by_email: HashMap<String, Who>,
    /// Users by every name that they had, in lower case; nothing where several had it.
    by_name: HashMap<String, Option<Who>>,
    shared: SharedNames,
}

impl Roster {
    /// Takes note of a record. `in_file` says that it is of a file of users; `rank` which of two is the newer.
    pub(super) fn meet(&mut self, agent: &Agent, in_file: bool, rank: i64) {
        let Some(who) = Who::of(agent) else { return };
        if self.users.len() >= USERS_MAX && !self.users.contains_key(&who) {
            return;
        }
        let user = self.users.entry(who).or_default();
        let weight = (in_file, rank);
        let is_name = |name: &&String| !name.is_empty() && Some(*name) != agent.email.as_ref();
        if let Some(name) = Some(&agent.name).filter(is_name) {
            User::add(&mut user.names, name.clone(), weight);
        }
        if let Some(email) = agent.email.as_ref().filter(|email| identity(email).is_some()) {
            User::add(&mut user.emails, email.clone(), weight);
        }
    }

    /// Ends the taking of notes.
    pub(super) fn settle(&mut self) {
        for (who, user) in &self.users {
            let Some(email) = user.email().and_then(identity) else { continue };
            let first = self.by_email.entry(email).or_insert_with(|| who.clone());
            // The smallest id stands for all with that address, and any id for the address alone.
            if who < first {
                first.clone_from(who);
            }
        }
        let first_of = |who: &Who, user: &User| {
            let first = self.by_email.get(&user.email().and_then(identity)?)?;
            (first != who).then(|| (who.clone(), first.clone()))
        };
        self.others = self.users.iter().filter_map(|(who, user)| first_of(who, user)).collect();
        for (who, first) in &self.others {
            if let Some(user) = self.users.remove(who) {
                self.users.entry(first.clone()).or_default().unite(user);
            }
        }
        let mut named: HashMap<String, BTreeSet<&Who>> = HashMap::new();
        for (who, user) in &self.users {
            for name in user.names.keys() {
                named.entry(name.to_lowercase()).or_default().insert(who);
            }
        }
        for (name, all) in named {
            // Who is called so now comes before who once was.
            let is_now = |who: &&&Who| self.users[**who].name().is_some_and(|now| now.to_lowercase() == name);
            let first = all.iter().find(is_now).or(all.first()).map(|who| (*who).clone());
            if all.len() > 1 {
                self.shared.extend(first.map(|first| (name.clone(), first)));
                self.by_name.insert(name, None);
            } else {
                self.by_name.insert(name, first);
            }
        }
    }

    /// The names that several users have.
    pub(super) fn shared(&self) -> &SharedNames {
        &self.shared
    }

    /// Whether nobody can tell who an agent is: the record has a name alone, and several users have it.
    pub(super) fn is_unclear(&self, agent: &Agent) -> bool {
        Who::of(agent).is_none() && self.shared.contains_key(&agent.name.to_lowercase())
    }

    /// What a user is called.
    pub(super) fn name(&self, id: u64) -> Option<&str> {
        self.user(&Who::Id(id))?.name()
    }

    fn user(&self, who: &Who) -> Option<&User> {
        self.users.get(self.others.get(who).unwrap_or(who))
    }

    fn find(&self, agent: &Agent) -> Option<&Who> {
        let known = |who: Who| {
            let who = self.others.get(&who).cloned().unwrap_or(who);
            self.users.get_key_value(&who).map(|(who, _)| who)
        };
        let by_email = || self.by_email.get(&identity(agent.email.as_deref()?)?);
        let by_name = || self.by_name.get(&agent.name.to_lowercase())?.as_ref();
        match Who::of(agent) {
            Some(who) => known(who).or_else(by_email),
            None => by_name(),
        }
    }

    /// An agent as the records together know them; nothing where not even a name is known.
    pub(super) fn named(&self, agent: Option<Agent>) -> Option<Agent> {
        let mut agent = agent?;
        if let Some((who, user)) = self.find(&agent).and_then(|who| Some((who, self.users.get(who)?))) {
            agent.email = user.email().map(str::to_owned).or(agent.email);
            let name = user.name().map(str::to_owned);
            let own = || Some(agent.name.clone()).filter(|name| !name.is_empty());
            agent.name = name.or_else(own).or_else(|| agent.email.clone()).unwrap_or_default();
            agent.id = if let Who::Id(id) = who { Some(*id) } else { agent.id };
        }
        (!agent.name.is_empty()).then_some(agent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(id: Option<u64>, name: &str, email: Option<&str>) -> Agent {
        Agent { name: name.to_owned(), email: email.map(str::to_owned), id }
    }

    /// A roster of these records, in their order and turned round.
    fn rosters(records: &[(Agent, bool, i64)]) -> [Roster; 2] {
        let of = |records: &mut dyn Iterator<Item = &(Agent, bool, i64)>| {
            let mut roster = Roster::default();
            records.for_each(|(agent, in_file, rank)| roster.meet(agent, *in_file, *rank));
            roster.settle();
            roster
        };
        [of(&mut records.iter()), of(&mut records.iter().rev())]
    }

    #[test]
    fn records_of_one_user_are_united_in_any_order() {
        let records = [
            (agent(Some(1), "Ana", Some("old@acme.example")), false, 5),
            (agent(Some(1), "Ana Perez", Some("ana@acme.example")), false, 9),
            (agent(Some(7), "Ana P.", Some("ANA@acme.example")), false, 7),
            (agent(None, "ana@acme.example", Some("ana@acme.example")), false, 9),
            (agent(Some(2), "Bo (left)", None), true, 0),
            (agent(Some(2), "Bo", None), false, 9),
        ];
        let ana = agent(Some(1), "Ana Perez", Some("ana@acme.example"));
        for roster in rosters(&records) {
            for record in [
                agent(Some(1), "", None),
                agent(Some(7), "Ana P.", None),
                agent(None, "x", Some("Ana@Acme.example")),
                agent(None, "ANA PEREZ", None),
                agent(None, "Ana", None),
            ] {
                assert_eq!(roster.named(Some(record.clone())), Some(ana.clone()), "{record:?}");
            }
            assert_eq!(roster.named(Some(agent(Some(2), "Bo", None))).unwrap().name, "Bo (left)");
            assert_eq!(roster.name(7), Some("Ana Perez"));
            assert!(roster.shared().is_empty());
            // Who is in no record stays as they are, and nobody is somebody.
            let new = agent(Some(9), "Zoe", None);
            assert_eq!(roster.named(Some(new.clone())), Some(new));
            assert_eq!(roster.named(Some(agent(Some(9), "", None))), None);
        }
    }

    #[test]
    fn a_name_of_several_users_is_nobody() {
        let records = [
            (agent(Some(2), "Alex", None), false, 0),
            (agent(Some(1), "alex", None), false, 0),
            (agent(None, "Kim", Some("kim@acme.example")), false, 0),
        ];
        for roster in rosters(&records) {
            assert_eq!(roster.shared(), &SharedNames::from([("alex".to_owned(), Who::Id(1))]));
            let alone = agent(None, "ALEX", None);
            assert!(roster.is_unclear(&alone) && !roster.is_unclear(&agent(Some(2), "Alex", None)));
            assert_eq!(roster.named(Some(alone.clone())), Some(alone));
            assert_eq!(
                roster.named(Some(agent(None, "Kim", None))).unwrap().email.as_deref(),
                Some("kim@acme.example")
            );
        }
    }
}

//! Agents: which Gorgias user an author of the export is.

use std::collections::{BTreeMap, HashMap};

use super::fields::GorgiasField;
use super::rules::Rules;
use crate::model::person::{Email, Person};

/// The account's users, who stands in, and what else mapping asks of the account. Users are referred to by their Gorgias ids.
#[derive(Clone, Debug, Default)]
pub struct AgentDirectory {
    by_email: HashMap<String, u64>,
    by_name: HashMap<String, Option<u64>>,
    stand_in: Option<u64>,
    mailbox: Option<String>,
    fields: Vec<GorgiasField>,
    teams: HashMap<String, Option<u64>>,
    known: bool,
}

/// What the directory says of an author.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgentMatch {
    /// This user.
    User(u64),
    /// None of the users; this one stands in.
    StandIn(u64),
    /// None of the users, and nobody stands in.
    Nobody,
    /// The account has not been read (`validate` makes no call), so nothing can be said.
    Offline,
}

impl AgentDirectory {
    /// A directory that knows nothing of the account.
    pub fn offline() -> Self {
        Self::default()
    }

    /// A directory of an account. `stand_in` is the user who sends for authors without one; `mailbox` the address
    /// of its first email integration.
    pub fn new(stand_in: Option<u64>, mailbox: Option<String>) -> Self {
        Self { stand_in, mailbox, known: true, ..Self::default() }
    }

    /// The same directory with another user standing in.
    #[must_use]
    pub fn with_stand_in(self, user: u64) -> Self {
        Self { stand_in: Some(user), ..self }
    }

    /// The same directory with the custom fields of the account's tickets.
    #[must_use]
    pub fn with_fields(self, fields: Vec<GorgiasField>) -> Self {
        Self { fields, ..self }
    }

    /// Adds a team. A name that several teams share identifies none of them.
    pub fn add_team(&mut self, id: u64, name: &str) {
        let name = name_identity(name);
        if !name.is_empty() {
            self.teams.entry(name).and_modify(|other| *other = None).or_insert(Some(id));
        }
    }

    /// The team of this name.
    pub fn team(&self, name: &str) -> Option<u64> {
        self.teams.get(&name_identity(name)).copied().flatten()
    }

    /// The custom fields of the account's tickets, as far as they were read.
    pub fn fields(&self) -> &[GorgiasField] {
        &self.fields
    }

    /// Adds an active user. A name that several users share identifies none of them.
    pub fn add_user(&mut self, id: u64, email: Option<&str>, name: Option<&str>) {
        if let Some(email) = email {
            self.by_email.insert(email.trim().to_lowercase(), id);
        }
        if let Some(name) = name.map(name_identity).filter(|name| !name.is_empty()) {
            self.by_name.entry(name).and_modify(|other| *other = None).or_insert(Some(id));
        }
    }

    /// The user with this address.
    pub fn user_by_email(&self, email: &Email) -> Option<u64> {
        self.by_email.get(&email.identity()).copied()
    }

    /// Which user `person` is: by email, else by unique name where the export gives no email.
    pub fn find(&self, person: &Person) -> AgentMatch {
        if !self.known {
            return AgentMatch::Offline;
        }
        let found = match &person.email {
            Some(email) => self.user_by_email(email),
            None => person
                .name
                .as_deref()
                .and_then(|name| self.by_name.get(&name_identity(name)).copied().flatten()),
        };
        match (found, self.stand_in) {
            (Some(id), _) => AgentMatch::User(id),
            (None, Some(id)) => AgentMatch::StandIn(id),
            (None, None) => AgentMatch::Nobody,
        }
    }

    /// The user who stands in, if any.
    pub fn stand_in(&self) -> AgentMatch {
        match (self.known, self.stand_in) {
            (false, _) => AgentMatch::Offline,
            (true, Some(id)) => AgentMatch::StandIn(id),
            (true, None) => AgentMatch::Nobody,
        }
    }

    /// A hash of everything by which people of the export become users and groups teams, the decisions of `rules` included:
    /// while it is the same, everything is given to the same user and team.
    pub fn fingerprint(&self, rules: &Rules) -> String {
        let emails: BTreeMap<_, _> = self.by_email.iter().collect();
        let names: BTreeMap<_, _> = self.by_name.iter().collect();
        let teams: BTreeMap<_, _> = self.teams.iter().collect();
        let facts = format!("{emails:?}{names:?}{teams:?}{:?}{:?}", self.stand_in, rules.unknown_agent);
        let mut hasher = blake3::Hasher::new();
        hasher.update(facts.as_bytes());
        hasher.update(&rules.people.fingerprint());
        hasher.finalize().to_hex().to_string()
    }

    /// The address of the account's first email integration.
    pub fn mailbox(&self) -> Option<&str> {
        self.mailbox.as_deref()
    }

    /// Whether the account has been read.
    pub fn is_known(&self) -> bool {
        self.known
    }
}

/// Names are compared without regard to case and spacing.
fn name_identity(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::key::{PersonKey, SourceName};
    use crate::model::person::Role;

    fn person(email: Option<&str>, name: Option<&str>) -> Person {
        let key = PersonKey::new(&SourceName::new("zendesk").unwrap(), "user", 1);
        Person {
            email: email.and_then(Email::parse),
            name: name.map(str::to_owned),
            ..Person::unknown(key, Role::Agent)
        }
    }

    #[test]
    fn by_email_then_by_unique_name_then_the_stand_in() {
        let mut users = AgentDirectory::new(Some(9), None);
        users.add_user(1, Some("Ana@Acme.example"), Some("Ana Perez"));
        users.add_user(2, Some("b1@acme.example"), Some("Ben"));
        users.add_user(3, Some("b2@acme.example"), Some("Ben"));
        assert_eq!(users.find(&person(Some("ana@acme.example"), None)), AgentMatch::User(1));
        assert_eq!(users.find(&person(None, Some(" ana  PEREZ"))), AgentMatch::User(1));
        assert_eq!(users.find(&person(None, Some("Ben"))), AgentMatch::StandIn(9));
        // An address that differs is another person, whatever the name says.
        assert_eq!(users.find(&person(Some("ana@other.example"), Some("Ana Perez"))), AgentMatch::StandIn(9));
        assert_eq!(AgentDirectory::new(None, None).find(&person(None, None)), AgentMatch::Nobody);
        assert_eq!(AgentDirectory::offline().find(&person(None, None)), AgentMatch::Offline);
    }
}

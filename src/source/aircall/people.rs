//! The people of calls: customers by number, agents by id, address or name, and those of whom nothing is known.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::call::{Agent, Call};
use super::number::Number;
use super::roster::{SharedNames, Who};
use crate::model::key::{PersonKey, SourceName};
use crate::model::person::{Email, Person, Role};

/// Most agents remembered. More names than this are no longer shared, which costs memory elsewhere and nothing else.
const AGENTS_MAX: usize = 10_000;

/// What callers who hid their number are called.
const ANONYMOUS: &str = "Anonymous caller";

/// What stands where a number would: hidden, or lost.
pub(super) fn nameless(number: &Number) -> &'static str {
    match number {
        Number::Hidden | Number::Known(_) => ANONYMOUS,
        Number::Destroyed | Number::Unreadable => "Unknown number",
    }
}

/// Makes the people of a source, and counts them.
pub(super) struct People {
    source: SourceName,
    anonymous: Arc<Person>,
    unknown_agent: Arc<Person>,
    agents: HashMap<PersonKey, Arc<Person>>,
    /// Names that several agents have.
    shared: SharedNames,
    /// Hashes of the keys seen; eight bytes a person, however long the export.
    seen: HashSet<u64>,
}

impl People {
    /// Nobody yet.
    pub(super) fn new(source: &SourceName) -> Self {
        let anonymous = Person {
            key: PersonKey::new(source, "caller", "anonymous"),
            name: Some(ANONYMOUS.to_owned()),
            email: None,
            phone: None,
            role: Role::Customer,
            active: false,
        };
        let unknown_agent = Person::unknown(PersonKey::new(source, "agent", "unknown"), Role::Agent);
        Self {
            source: source.clone(),
            anonymous: Arc::new(anonymous),
            unknown_agent: Arc::new(unknown_agent),
            agents: HashMap::new(),
            shared: SharedNames::new(),
            seen: HashSet::new(),
        }
    }

    /// The same, who know which names several agents have.
    pub(super) fn sharing(self, shared: SharedNames) -> Self {
        Self { shared, ..self }
    }

    /// The customer of a call.
    pub(super) fn customer(&mut self, call: &Call) -> Arc<Person> {
        self.behind(&call.customer, call.customer_name.as_deref(), call.customer_email.as_deref())
    }

    /// The customer with a number. A number is an identity, a hidden one is not: those callers are all the one
    /// placeholder.
    pub(super) fn behind(&mut self, number: &Number, name: Option<&str>, email: Option<&str>) -> Arc<Person> {
        let person = match number.known() {
            Some(number) => Arc::new(Person {
                key: PersonKey::new(&self.source, "tel", number),
                name: name.map(str::to_owned),
                email: email.and_then(Email::parse),
                phone: Some(number.to_owned()),
                role: Role::Customer,
                active: true,
            }),
            None => Arc::clone(&self.anonymous),
        };
        self.count(&person.key);
        person
    }

    /// An agent.
    pub(super) fn agent(&mut self, agent: &Agent) -> Arc<Person> {
        let key = self.agent_key(agent);
        if let Some(person) = self.agents.get(&key) {
            return Arc::clone(person);
        }
        let person = Arc::new(Person {
            key: key.clone(),
            name: Some(agent.name.clone()),
            email: agent.email.as_deref().and_then(Email::parse),
            phone: None,
            role: Role::Agent,
            active: true,
        });
        self.count(&person.key);
        if self.agents.len() < AGENTS_MAX {
            self.agents.insert(key, Arc::clone(&person));
        }
        person
    }

    /// An agent goes by the name, without regard to case, so that a CSV, which knows no more, and the API mean the same
    /// person. Of several with one name that is the one with the smallest id, whom new users do not change; the others go
    /// by id or address, and a name alone that can be any of theirs is a person of its own.
    fn agent_key(&self, agent: &Agent) -> PersonKey {
        let name = agent.name.to_lowercase();
        let who = Who::of(agent);
        match (self.shared.get(&name), who) {
            (None, _) => PersonKey::new(&self.source, "agent", name),
            (Some(_), None) => PersonKey::new(&self.source, "agent-named", name),
            (Some(first), Some(who)) if *first == who => PersonKey::new(&self.source, "agent", name),
            (Some(_), Some(Who::Id(id))) => PersonKey::new(&self.source, "user", id),
            (Some(_), Some(Who::Address(address))) => PersonKey::new(&self.source, "agent", address),
        }
    }

    /// The author of what someone of the company wrote, where the export does not say who.
    pub(super) fn unknown_agent(&self) -> Arc<Person> {
        Arc::clone(&self.unknown_agent)
    }

    /// Distinct people so far. The unknown agent is nobody in particular.
    pub(super) fn len(&self) -> u64 {
        self.seen.len() as u64
    }

    fn count(&mut self, key: &PersonKey) {
        let mut short = [0; 8];
        short.copy_from_slice(&blake3::hash(key.as_str().as_bytes()).as_bytes()[..8]);
        self.seen.insert(u64::from_le_bytes(short));
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::tests::call;
    use super::*;

    fn people() -> People {
        People::new(&SourceName::new("aircall").unwrap())
    }

    #[test]
    fn customers_are_their_numbers() {
        let mut people = people();
        let mut call = call();
        let person = people.customer(&call);
        assert_eq!(person.key.as_str(), "aircall:tel:+33639980001");
        assert_eq!((person.phone.as_deref(), person.name.as_deref()), (Some("+33639980001"), None));
        for number in [Number::Hidden, Number::Destroyed, Number::Unreadable] {
            call.customer = number;
            let person = people.customer(&call);
            assert_eq!((person.key.as_str(), person.phone.as_deref()), ("aircall:caller:anonymous", None));
        }
        assert_eq!(people.len(), 2);
    }

    #[test]
    fn agents_of_one_name_are_told_apart() {
        let shared = SharedNames::from([("alex".to_owned(), Who::Id(1))]);
        let mut people = people().sharing(shared);
        let mut key = |id, email: Option<&str>| {
            let agent = Agent { name: "Alex".into(), email: email.map(str::to_owned), id };
            people.agent(&agent).key.to_string()
        };
        assert_eq!(key(Some(1), None), "aircall:agent:alex");
        assert_eq!(key(Some(2), Some("b@acme.example")), "aircall:user:2");
        assert_eq!(key(None, Some("C@acme.example")), "aircall:agent:c@acme.example");
        assert_eq!(key(None, None), "aircall:agent-named:alex");
    }

    #[test]
    fn agents_are_their_names() {
        let mut people = people();
        let agent = |name: &str| Agent { name: name.into(), email: None, id: None };
        let one = people.agent(&agent("Ana Perez"));
        assert!(Arc::ptr_eq(&one, &people.agent(&agent("ANA Perez"))));
        assert_eq!(one.key.as_str(), "aircall:agent:ana perez");
        assert_eq!((one.name.as_deref(), one.role, people.len()), (Some("Ana Perez"), Role::Agent, 1));
        assert_eq!(people.unknown_agent().key.as_str(), "aircall:agent:unknown");
    }
}

//! The people of an export: a compact table by id, filled by the first pass from every place that describes someone.
//!
//! Identity is the id. What is kept of a person is the best description found, whatever the order of the files:
//! a user record beats a copy embedded in a ticket, that beats an address read off a message's route; within one kind
//! the later change wins, and after that the text, so that the result never depends on chance.

use std::collections::HashMap;

use serde::Deserialize;

use super::loose::{Flag, Integer, Text};
use crate::model::key::{PersonKey, SourceName};
use crate::model::person::{Email, Person, Role};
use crate::model::time::parse_rfc3339;

/// The author id of Zendesk itself: notices, automations (reference 7.1).
pub(super) const SYSTEM_ID: i64 = -1;

/// Tickets from which on an author of unknown role is taken for an agent (reference 7.1, a public script's figure).
const PROLIFIC_TICKETS: usize = 100;

/// A user: from the users export, a sideload, or embedded in a ticket (reference 3.3).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct User<'a> {
    pub(super) id: Integer,
    #[serde(borrow)]
    pub(super) url: Text<'a>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) email: Text<'a>,
    #[serde(borrow)]
    pub(super) phone: Text<'a>,
    #[serde(borrow)]
    pub(super) role: Text<'a>,
    pub(super) active: Flag,
    pub(super) permanently_deleted: Flag,
    #[serde(borrow)]
    pub(super) updated_at: Text<'a>,
}

/// Where a description comes from, the better the later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// Only the id was seen.
    #[default]
    Mention,
    /// The route of a message.
    Route,
    /// A copy embedded in a ticket.
    Embedded,
    /// A record of its own.
    Record,
}

/// What somebody did, which tells the role where no record does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    /// Is the assignee of a ticket.
    Assigned,
    /// Is the requester of a ticket.
    Requested,
    /// Wrote in public.
    WrotePublic,
    /// Wrote internally.
    WrotePrivate,
}

impl Deed {
    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// A description of a person, on its way to the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Description {
    pub(super) id: i64,
    pub(super) origin: Origin,
    /// When it was true, as comparable number; 0 if not told.
    pub(super) stamp: i64,
    pub(super) role: Option<Role>,
    pub(super) active: bool,
    /// Name, email and phone, each followed by a separator.
    text: Box<str>,
}

/// Between name, email and phone in the table; a control character, so no part of them.
const SEPARATOR: char = '\u{1f}';

/// Positions of the parts.
const NAME: usize = 0;
const EMAIL: usize = 1;
const PHONE: usize = 2;

impl Description {
    /// A description from its parts.
    pub(super) fn new(
        id: i64,
        origin: Origin,
        name: Option<&str>,
        email: Option<&str>,
        phone: Option<&str>,
    ) -> Self {
        let mut text = String::new();
        for part in [name, email, phone] {
            text.extend(part.unwrap_or_default().trim().chars().filter(|c| !c.is_control()));
            text.push(SEPARATOR);
        }
        Self { id, origin, stamp: 0, role: None, active: true, text: text.into() }
    }

    /// What a user object says. `stamp` stands in where it does not say when it was changed.
    pub(super) fn of_user(user: &User<'_>, origin: Origin, stamp: i64) -> Option<Self> {
        let id = user.id.known().filter(|id| *id >= 0)?;
        let mut description =
            Self::new(id, origin, user.name.filled(), user.email.filled(), user.phone.filled());
        let changed = user.updated_at.get().and_then(parse_rfc3339);
        description.stamp = changed.map_or(stamp, jiff::Timestamp::as_microsecond);
        description.role = user.role.filled().and_then(role);
        description.active = user.active.0 != Some(false) && !user.permanently_deleted.is_set();
        Some(description)
    }

    fn part(&self, index: usize) -> Option<&str> {
        self.text.split(SEPARATOR).nth(index).filter(|part| !part.is_empty())
    }

    fn has_address(&self) -> bool {
        self.part(EMAIL).is_some() || self.part(PHONE).is_some()
    }

    fn rank(&self) -> (Origin, bool, i64, &str, bool, bool) {
        let agent = self.role == Some(Role::Agent);
        (self.origin, self.role.is_some(), self.stamp, &self.text, self.active, agent)
    }
}

/// Zendesk's role names; admins, light agents and contributors are agents.
fn role(name: &str) -> Option<Role> {
    match name.trim().to_ascii_lowercase().as_str() {
        "end-user" | "end_user" | "end user" => Some(Role::Customer),
        "agent" | "admin" | "owner" | "light agent" | "contributor" => Some(Role::Agent),
        _ => None,
    }
}

#[derive(Debug)]
struct Entry {
    best: Description,
    /// The best description that has an address, where the best of all has none: callers often have records without
    /// the number that they called from.
    reachable: Option<Box<Description>>,
    deeds: u8,
    /// The ticket first seen in which they wrote in public, and others as long as there are not very many. Comments of
    /// one ticket may come one by one, so that counting them would count messages.
    ticket: Option<i64>,
    tickets: Vec<i64>,
}

impl Entry {
    fn new(best: Description) -> Self {
        Self { best, reachable: None, deeds: 0, ticket: None, tickets: Vec::new() }
    }

    fn is_prolific(&self) -> bool {
        usize::from(self.ticket.is_some()) + self.tickets.len() >= PROLIFIC_TICKETS
    }
}

/// Everybody who occurs in an export.
#[derive(Debug, Default)]
pub(super) struct People(HashMap<i64, Entry>);

impl People {
    /// Takes a description; the best one stays.
    pub(super) fn describe(&mut self, description: Description) {
        let entry = match self.0.entry(description.id) {
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(Entry::new(description));
                return;
            }
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
        };
        let lesser = if description.rank() > entry.best.rank() {
            std::mem::replace(&mut entry.best, description)
        } else {
            description
        };
        if entry.best.has_address() {
            entry.reachable = None;
        } else if lesser.has_address()
            && entry.reachable.as_ref().is_none_or(|known| lesser.rank() > known.rank())
        {
            entry.reachable = Some(Box::new(lesser));
        }
    }

    /// Notes that somebody did something.
    pub(super) fn note(&mut self, id: i64, deed: Deed) {
        if id >= 0 {
            self.mentioned(id).deeds |= deed.bit();
        }
    }

    /// Notes that somebody wrote in public in a ticket.
    pub(super) fn note_ticket(&mut self, id: i64, ticket: i64) {
        if id < 0 {
            return;
        }
        let entry = self.mentioned(id);
        let first = *entry.ticket.get_or_insert(ticket);
        // Nearly everybody has one ticket, and an agent's many are soon enough.
        if first != ticket && !entry.is_prolific() && !entry.tickets.contains(&ticket) {
            entry.tickets.push(ticket);
        }
    }

    fn mentioned(&mut self, id: i64) -> &mut Entry {
        self.0.entry(id).or_insert_with(|| {
            Entry::new(Description {
                active: false,
                ..Description::new(id, Origin::Mention, None, None, None)
            })
        })
    }

    /// Distinct people.
    pub(super) fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// What is known of a person.
    pub(super) fn profile(&self, id: i64) -> Profile<'_> {
        Profile { id, entry: self.0.get(&id) }
    }
}

/// One person of the table, or an id that is not in it.
#[derive(Clone, Copy)]
pub(super) struct Profile<'p> {
    id: i64,
    entry: Option<&'p Entry>,
}

impl Profile<'_> {
    /// True if a user record says who this is.
    pub(super) fn is_recorded(&self) -> bool {
        self.entry.is_some_and(|entry| entry.best.origin == Origin::Record)
    }

    /// The role that the export states.
    pub(super) fn stated_role(&self) -> Option<Role> {
        if self.id == SYSTEM_ID { Some(Role::System) } else { self.entry?.best.role }
    }

    /// The stated role, or the one that fits what the person did (reference 7.1, rule 6): assignees are agents,
    /// requesters customers, those who only ever wrote internally agents, and those in very many tickets too.
    pub(super) fn role(&self) -> Role {
        let did = |deed: Deed| self.entry.is_some_and(|entry| entry.deeds & deed.bit() != 0);
        self.stated_role().unwrap_or_else(|| {
            if did(Deed::Assigned) {
                Role::Agent
            } else if did(Deed::Requested) {
                Role::Customer
            } else if did(Deed::WrotePrivate) && !did(Deed::WrotePublic)
                || self.entry.is_some_and(Entry::is_prolific)
            {
                Role::Agent
            } else {
                Role::Customer
            }
        })
    }

    /// The email address as written, valid or not.
    pub(super) fn email(&self) -> Option<&str> {
        self.part(EMAIL)
    }

    /// The person in terms of the model.
    pub(super) fn person(&self, source: &SourceName) -> Person {
        if self.id == SYSTEM_ID {
            let key = PersonKey::new(source, "user", self.id);
            return Person {
                name: Some("Zendesk".into()),
                active: true,
                ..Person::unknown(key, Role::System)
            };
        }
        Person {
            key: PersonKey::new(source, "user", self.id),
            name: self.part(NAME).map(str::to_owned),
            email: self.email().and_then(Email::parse),
            phone: self.part(PHONE).map(str::to_owned),
            role: self.role(),
            active: self.is_recorded() && self.entry.is_some_and(|entry| entry.best.active),
        }
    }

    fn part(&self, index: usize) -> Option<&str> {
        let entry = self.entry?;
        let spare = || entry.reachable.as_ref().and_then(|reachable| reachable.part(index));
        entry.best.part(index).or_else(spare)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(json: &str, origin: Origin) -> Description {
        let user: User<'_> = serde_json::from_str(json).unwrap();
        Description::of_user(&user, origin, 5).unwrap()
    }

    fn person(people: &People, id: i64) -> Person {
        people.profile(id).person(&SourceName::new("zendesk").unwrap())
    }

    #[test]
    fn the_best_description_wins_in_any_order() {
        let descriptions = [
            user(
                r#"{"id":1,"name":"Kim New","email":"kim@example.com","role":"agent","updated_at":"2024-01-02T00:00:00Z"}"#,
                Origin::Record,
            ),
            user(
                r#"{"id":1,"name":"Kim Old","role":"end-user","updated_at":"2023-01-02T00:00:00Z"}"#,
                Origin::Record,
            ),
            user(r#"{"id":1,"name":"Kim Embedded","phone":"+1"}"#, Origin::Embedded),
            Description::new(1, Origin::Route, Some("K"), Some("k@example.com"), None),
        ];
        for first in 0..descriptions.len() {
            let mut people = People::default();
            people.note(1, Deed::Requested);
            for offset in 0..descriptions.len() {
                people.describe(descriptions[(first + offset) % descriptions.len()].clone());
            }
            let kim = person(&people, 1);
            assert_eq!((kim.name.as_deref(), kim.role, kim.active), (Some("Kim New"), Role::Agent, true));
        }
    }

    #[test]
    fn roles_follow_deeds_where_nothing_is_stated() {
        let mut people = People::default();
        people.note(1, Deed::Assigned);
        people.note(1, Deed::Requested);
        people.note(2, Deed::Requested);
        people.note(2, Deed::WrotePrivate);
        people.note(3, Deed::WrotePrivate);
        people.note(4, Deed::WrotePublic);
        (0..100).for_each(|ticket| people.note_ticket(5, ticket));
        // Many messages, but in few tickets.
        (0..300).for_each(|at| people.note_ticket(6, at % 99));
        let roles: Vec<Role> = (1..=7).map(|id| people.profile(id).role()).collect();
        let (agent, customer) = (Role::Agent, Role::Customer);
        assert_eq!(roles, [agent, customer, agent, customer, agent, customer, customer]);
        assert_eq!(people.profile(SYSTEM_ID).role(), Role::System);
        assert!(!person(&people, 7).active && person(&people, 7).email.is_none());
    }

    #[test]
    fn a_record_without_an_address_borrows_one() {
        let descriptions = [
            user(r#"{"id":1,"name":"Caller +1 (202)","role":"end-user"}"#, Origin::Record),
            Description::new(1, Origin::Route, None, None, Some("+12025550100")),
            Description::new(1, Origin::Route, None, None, Some("+12025550101")),
        ];
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
            let mut people = People::default();
            for index in order {
                people.describe(descriptions[index].clone());
            }
            let caller = person(&people, 1);
            assert_eq!(
                (caller.name.as_deref(), caller.phone.as_deref()),
                (Some("Caller +1 (202)"), Some("+12025550101"))
            );
        }
    }

    proptest! {
        #[test]
        fn names_come_back_without_control_characters(name in "\\PC{0,20}", email in "[a-z]{1,8}@example\\.com") {
            let mut people = People::default();
            people.describe(Description::new(7, Origin::Record, Some(&name), Some(&email), None));
            let person = person(&people, 7);
            prop_assert_eq!(person.name.unwrap_or_default(), name.trim());
            prop_assert_eq!(person.email.map(|found| found.to_string()), Some(email));
        }
    }
}

//! The people of an export: a compact table by id, filled by the first pass from every place that describes someone.
//!
//! Identity is the id. What is kept of a person is the best description found, whatever the order of the files:
//! a user record beats a copy embedded in a ticket, that beats an address read off a message's route; within one kind
//! the later change wins, and after that the text, so that the result never depends on chance.

mod addresses;
mod roles;

use serde::Deserialize;

pub(super) use roles::role;

use super::ids::IdMap;
use super::loose::{Flag, Integer, Text};
use super::quick;
use super::texts::{TextAt, Texts};
use crate::model::key::{PersonKey, SourceName};
use crate::model::language::Language;
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
    /// Which kind of agent it is; others have none.
    pub(super) role_type: Integer,
    #[serde(borrow)]
    pub(super) locale: Text<'a>,
    pub(super) active: Flag,
    pub(super) permanently_deleted: Flag,
    #[serde(borrow)]
    pub(super) updated_at: Text<'a>,
}

quick::object!(User {
    b"id" => id, b"url" => url, b"name" => name, b"email" => email, b"phone" => phone,
    b"role" => role, b"role_type" => role_type, b"locale" => locale, b"active" => active,
    b"permanently_deleted" => permanently_deleted, b"updated_at" => updated_at,
});

/// Where a description comes from, the better the later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// Only the id was seen.
    #[default]
    Mention,
    /// The route of a ticket of which it is not known who wrote its first message.
    Guess,
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
    /// Is called an agent by what was written.
    CalledAgent,
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
    pub(super) language: Option<Language>,
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
        let parts = [name, email, phone].map(|part| part.unwrap_or_default().trim());
        let mut text =
            String::with_capacity(parts.iter().map(|part| part.len() + SEPARATOR.len_utf8()).sum());
        for part in parts {
            if part.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                text.push_str(part);
            } else {
                // The first pass leaves NULs to be replaced here.
                let shown = part.chars().map(|c| if c == '\0' { '\u{fffd}' } else { c });
                text.extend(shown.filter(|c| !c.is_control()));
            }
            text.push(SEPARATOR);
        }
        Self { id, origin, stamp: 0, role: None, active: true, language: None, text: text.into() }
    }

    /// What a user object says. `stamp` stands in where it does not say when it was changed.
    pub(super) fn of_user(user: &User<'_>, origin: Origin, stamp: i64) -> Option<Self> {
        let id = user.id.known().filter(|id| *id >= 0)?;
        let mut description =
            Self::new(id, origin, user.name.filled(), user.email.filled(), user.phone.filled());
        let changed = user.updated_at.get().and_then(parse_rfc3339);
        description.stamp = changed.map_or(stamp, jiff::Timestamp::as_microsecond);
        // Only agents have a kind (reference 3.3), so it tells where the role is in words that are not known.
        let by_kind = || user.role_type.known().map(|_| Role::Agent);
        description.role = user.role.filled().and_then(role).or_else(by_kind);
        description.language = user.locale.filled().and_then(Language::of_locale);
        description.active = user.active != Flag::Is(false) && !user.permanently_deleted.is_set();
        Some(description)
    }

    fn has_address(&self) -> bool {
        has_address(&self.text)
    }

    fn rank(&self) -> Rank<'_> {
        rank(&Kept::of(self), &self.text)
    }
}

/// How much a description counts, the most important first.
type Rank<'r> = (Origin, bool, i64, &'r str, bool, bool, Option<Language>);

fn rank<'r>(kept: &Kept, text: &'r str) -> Rank<'r> {
    let Kept { origin, role, stamp, active, language, .. } = *kept;
    (origin, role.is_some(), stamp, text, active, role == Some(Role::Agent), language)
}

/// One of the parts of a description's text.
fn part(text: &str, index: usize) -> Option<&str> {
    text.split(SEPARATOR).nth(index).filter(|part| !part.is_empty())
}

/// True if a text has an email or a phone. It is asked for every author of every message, hence by the end of the text:
/// there, three separators have nothing between them.
fn has_address(text: &str) -> bool {
    const NO_ADDRESS: &[u8] = &[SEPARATOR as u8; 3];
    !text.is_empty() && !text.as_bytes().ends_with(NO_ADDRESS)
}

/// A description in the table; its text is elsewhere.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    stamp: i64,
    text: TextAt,
    origin: Origin,
    role: Option<Role>,
    active: bool,
    language: Option<Language>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    best: Kept,
    deeds: u8,
    /// The ticket first seen in which they wrote in public. Comments of one ticket may come one by one, so that counting
    /// them would count messages.
    ticket: Option<i64>,
    /// They wrote in public in very many tickets.
    is_prolific: bool,
    /// There is a better address in `reachable`.
    is_reachable: bool,
}

/// Entries of one block. Blocks are never moved, so that a table that grows needs no second place.
const BLOCK: usize = 4096;

/// Everybody who occurs in an export: about 100 bytes for each.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Where the entry of an id stands.
    places: IdMap<u32>,
    entries: Vec<Vec<Entry>>,
    texts: Texts,
    /// The best description that has an address, where the best of all has none: callers often have records without
    /// the number that they called from.
    reachable: IdMap<Kept>,
    /// Addresses read off mails of those who have several, the best first; see [`addresses`].
    further: IdMap<Vec<Kept>>,
    /// The tickets beside the first, of those who wrote in public in several and not in very many.
    tickets: IdMap<Vec<i64>>,
}

impl People {
    /// Takes a description; the best one stays.
    pub(super) fn describe(&mut self, description: &Description) {
        let id = description.id;
        let Some(&place) = self.places.get(&id) else {
            let best = self.keep(description);
            self.insert(id, Entry { best, ..Entry::default() });
            return;
        };
        let known = self.entry(place).best;
        self.set_aside(place, description);
        if description.rank() <= self.rank(known) {
            if !has_address(self.texts.get(known.text)) && description.has_address() {
                self.reach(id, place, description);
            }
            return;
        }
        // A text that stays is not kept twice: copies in tickets differ in little but their times.
        let same_text = self.texts.get(known.text) == &*description.text;
        let best = Kept {
            text: if same_text { known.text } else { self.texts.add(&description.text) },
            ..Kept::of(description)
        };
        self.entry_mut(place).best = best;
        if description.has_address() {
            self.entry_mut(place).is_reachable = false;
            self.reachable.remove(&id);
        } else if has_address(self.texts.get(known.text)) {
            let better = self.reachable.get(&id).is_none_or(|other| self.rank(known) > self.rank(*other));
            if better {
                self.reachable.insert(id, known);
            }
            self.entry_mut(place).is_reachable = true;
        }
    }

    /// Takes an address for somebody whose best description has none.
    fn reach(&mut self, id: i64, place: u32, description: &Description) {
        let better = self.reachable.get(&id).is_none_or(|other| description.rank() > self.rank(*other));
        if better {
            let kept = self.keep(description);
            self.reachable.insert(id, kept);
            self.entry_mut(place).is_reachable = true;
        }
    }

    /// Notes that somebody did something.
    pub(super) fn note(&mut self, id: i64, deed: Deed) {
        if id >= 0 {
            let place = self.mentioned(id);
            self.entry_mut(place).deeds |= deed.bit();
        }
    }

    /// Notes that somebody wrote in public in a ticket.
    pub(super) fn note_ticket(&mut self, id: i64, ticket: i64) {
        if id < 0 {
            return;
        }
        let place = self.mentioned(id);
        let entry = self.entry_mut(place);
        let first = *entry.ticket.get_or_insert(ticket);
        if first == ticket || entry.is_prolific {
            return;
        }
        // Nearly everybody has one ticket, and an agent's many are soon enough.
        let others = self.tickets.entry(id).or_default();
        if !others.contains(&ticket) {
            others.push(ticket);
        }
        if others.len() + 1 >= PROLIFIC_TICKETS {
            self.tickets.remove(&id);
            self.entry_mut(place).is_prolific = true;
        }
    }

    /// The place of somebody's entry, made if there is none.
    fn mentioned(&mut self, id: i64) -> u32 {
        match self.places.get(&id) {
            Some(place) => *place,
            None => self.insert(id, Entry::default()),
        }
    }

    /// True if nothing but another user record can change what is known of somebody: a user record says who it is,
    /// which role it is and how to reach them, and that beats whatever is found elsewhere.
    pub(super) fn is_settled(&self, id: i64) -> bool {
        let kept = self.places.get(&id).map(|place| self.entry(*place).best);
        id < 0 || kept.is_some_and(|best| self.settles(best))
    }

    fn settles(&self, best: Kept) -> bool {
        best.origin == Origin::Record && best.role.is_some() && has_address(self.texts.get(best.text))
    }

    /// True if `description` would change what is known of somebody settled.
    pub(super) fn unsettles(&self, description: &Description) -> bool {
        let known = self.places.get(&description.id).map(|place| self.entry(*place).best);
        known.is_some_and(|best| self.settles(best) && description.rank() > self.rank(best))
    }

    /// Takes everything that `other` knows.
    pub(super) fn absorb(&mut self, other: &Self) {
        for (&id, &place) in &other.places {
            let entry = other.entry(place);
            let further = other.further.get(&id).into_iter().flatten();
            let more = other.reachable.get(&id).into_iter().chain(further).copied();
            for kept in [entry.best].into_iter().chain(more).filter(|kept| kept.origin != Origin::Mention) {
                self.describe(&other.described(id, kept));
            }
            let place = self.mentioned(id);
            self.entry_mut(place).deeds |= entry.deeds;
            for ticket in
                entry.ticket.into_iter().chain(other.tickets.get(&id).into_iter().flatten().copied())
            {
                self.note_ticket(id, ticket);
            }
            if entry.is_prolific {
                self.tickets.remove(&id);
                self.entry_mut(place).is_prolific = true;
            }
        }
    }

    fn described(&self, id: i64, kept: Kept) -> Description {
        let Kept { stamp, text, origin, role, active, language } = kept;
        Description { id, origin, stamp, role, active, language, text: self.texts.get(text).into() }
    }

    /// Distinct people.
    pub(super) fn count(&self) -> u64 {
        self.places.len() as u64
    }

    /// People who have a user record.
    pub(super) fn recorded(&self) -> u64 {
        self.entries.iter().flatten().filter(|entry| entry.best.origin == Origin::Record).count() as u64
    }

    /// What is known of a person.
    pub(super) fn profile(&self, id: i64) -> Profile<'_> {
        Profile { id, people: self, entry: self.places.get(&id).map(|place| self.entry(*place)) }
    }

    fn keep(&mut self, description: &Description) -> Kept {
        Kept { text: self.texts.add(&description.text), ..Kept::of(description) }
    }

    fn insert(&mut self, id: i64, entry: Entry) -> u32 {
        if self.entries.last().is_none_or(|block| block.len() == BLOCK) {
            self.entries.push(Vec::with_capacity(BLOCK));
        }
        let before = (self.entries.len() - 1) * BLOCK;
        let place = self.entries.last_mut().map_or(0, |block| {
            block.push(entry);
            before + block.len() - 1
        });
        let place = u32::try_from(place).expect("four thousand million people do not fit into memory");
        self.places.insert(id, place);
        place
    }

    fn entry(&self, place: u32) -> &Entry {
        &self.entries[place as usize / BLOCK][place as usize % BLOCK]
    }

    fn entry_mut(&mut self, place: u32) -> &mut Entry {
        &mut self.entries[place as usize / BLOCK][place as usize % BLOCK]
    }

    fn rank(&self, kept: Kept) -> Rank<'_> {
        rank(&kept, self.texts.get(kept.text))
    }
}

impl Kept {
    /// A description without its text.
    fn of(description: &Description) -> Self {
        let Description { origin, stamp, role, active, language, .. } = *description;
        Self { stamp, text: TextAt::default(), origin, role, active, language }
    }
}

/// One person of the table, or an id that is not in it.
#[derive(Clone, Copy)]
pub(super) struct Profile<'p> {
    id: i64,
    people: &'p People,
    entry: Option<&'p Entry>,
}

impl<'p> Profile<'p> {
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
            if did(Deed::Assigned) || did(Deed::CalledAgent) {
                Role::Agent
            } else if did(Deed::Requested) {
                Role::Customer
            } else if did(Deed::WrotePrivate) && !did(Deed::WrotePublic)
                || self.entry.is_some_and(|entry| entry.is_prolific)
            {
                Role::Agent
            } else {
                Role::Customer
            }
        })
    }

    /// The language that the person reads, by the profile.
    pub(super) fn language(&self) -> Option<Language> {
        self.entry?.best.language
    }

    /// The email address as written, valid or not.
    pub(super) fn email(&self) -> Option<&'p str> {
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

    fn part(&self, index: usize) -> Option<&'p str> {
        let entry = self.entry?;
        let people = self.people;
        let spare = || {
            let reachable = if entry.is_reachable { people.reachable.get(&self.id) } else { None };
            reachable.and_then(|kept| part(people.texts.get(kept.text), index))
        };
        part(people.texts.get(entry.best.text), index).or_else(spare)
    }
}

#[cfg(test)]
#[path = "people_tests.rs"]
mod tests;

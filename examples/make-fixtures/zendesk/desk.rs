//! The invented help desk while it is being invented: people, ids, chance, finished tickets.

use std::collections::BTreeMap;

use fastrand::Rng;
use jiff::{Timestamp, ToSpan};

use super::users::ORGANIZATIONS;
use crate::shop::cast::{TEAM, names};
use crate::shop::stories::{Facts, PRODUCTS};
use crate::shop::wire::{Attachment, Ticket};
use crate::truth::{Conversation, Message};

/// A person, customer or team.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) lang: &'static str,
    pub(super) organization: Option<u64>,
    /// False for people who were deleted for good.
    pub(super) in_export: bool,
}

/// What becomes of a ticket.
pub(super) enum Fate {
    /// It is imported with these messages.
    Imported(Vec<Message>),
    /// It is left out, for this reason.
    LeftOut(&'static str),
}

/// A ticket as the newest export has it, and what is to become of it.
pub(super) struct Planned {
    pub(super) wire: Ticket,
    pub(super) fate: Fate,
    pub(super) files: u64,
    pub(super) inline_images: u64,
}

impl Planned {
    /// The conversation that is expected, if one is.
    pub(super) fn expected(&self) -> Option<Conversation> {
        let Fate::Imported(messages) = &self.fate else { return None };
        let key = ticket_key(self.wire.id);
        Some(Conversation { key, status: self.wire.status, messages: messages.clone() })
    }
}

/// `zendesk:ticket:N`.
pub(super) fn ticket_key(id: u64) -> String {
    format!("zendesk:ticket:{id}")
}

/// The help desk.
pub(super) struct Desk {
    pub(super) rng: Rng,
    pub(super) customers: Vec<Person>,
    pub(super) tickets: Vec<Planned>,
    pub(super) cases: BTreeMap<&'static str, String>,
    next_ticket: u64,
    promised: Option<u64>,
    next_id: u64,
    reserved: Vec<u64>,
}

/// Agents who answer every day, as indices into the team.
pub(super) const DAILY: std::ops::Range<usize> = 0..6;
/// The light agent, who can only write notes.
pub(super) const WAREHOUSE: usize = 6;
/// A colleague who left and is marked inactive.
pub(super) const INACTIVE: usize = 7;
/// Two colleagues who were deleted for good.
pub(super) const GONE: [usize; 2] = [8, 9];

impl Desk {
    /// An empty desk whose chance is fixed by `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            customers: Vec::new(),
            tickets: Vec::new(),
            cases: BTreeMap::new(),
            next_ticket: 1_000,
            promised: None,
            next_id: 36_150_000_000_000,
            reserved: Vec::new(),
        }
    }

    /// The next ticket number. Numbers have gaps: deleted tickets leave some.
    pub(super) fn ticket_id(&mut self) -> u64 {
        self.next_ticket += 1 + u64::from(self.rng.u8(0..8) == 0);
        if let Some(promised) = self.promised.take() {
            self.next_ticket = promised;
        }
        self.next_ticket
    }

    /// Makes `id` the next ticket number, which another ticket has named already.
    pub(super) fn skip_to(&mut self, id: u64) {
        self.promised = Some(id);
    }

    /// An id for anything but tickets: 14 digits, rising, yet every eighth lies before its predecessor.
    pub(super) fn id(&mut self) -> u64 {
        if let Some(id) = self.reserved.pop() {
            return id;
        }
        self.next_id += self.rng.u64(40..4_000) * 2;
        let back = if self.rng.u8(0..8) == 0 { self.rng.u64(1..20) * 2 + 1 } else { 0 };
        self.next_id - back
    }

    /// Makes the next `count` ids fall instead of rise.
    pub(super) fn reserve_falling_ids(&mut self, count: usize) {
        let mut ids: Vec<u64> = (0..count).map(|_| self.id()).collect();
        ids.sort_unstable();
        self.reserved = ids;
    }

    /// A moment in the shop's history, 2019 to 2026-01, in waking hours.
    pub(super) fn moment(&mut self) -> Timestamp {
        let day = self.rng.i64(0..2_570);
        let second = self.rng.i64(6 * 3_600..21 * 3_600);
        self.on("2019-01-07T00:00:00Z") + (day * 24).hours() + second.seconds()
    }

    /// A fixed moment.
    #[expect(clippy::unused_self, reason = "reads as `desk.on(day)` beside `desk.moment()`")]
    pub(super) fn on(&self, text: &str) -> Timestamp {
        text.parse().expect("times in the generator are written correctly")
    }

    /// A member of the team.
    #[expect(clippy::unused_self, reason = "the team belongs to the desk")]
    pub(super) fn member(&self, index: usize) -> Person {
        let member = &TEAM[index];
        Person {
            id: member.id,
            name: member.name.to_owned(),
            email: Some(format!("{}@acme-outdoor.example", member.mailbox)),
            phone: None,
            lang: "en",
            organization: None,
            in_export: member.in_export,
        }
    }

    /// Someone of the team who answers today.
    pub(super) fn anyone(&mut self) -> Person {
        let index = self.rng.usize(DAILY);
        self.member(index)
    }

    /// A new customer who writes in `lang`.
    pub(super) fn customer(&mut self, lang: &'static str) -> Person {
        let names = names(lang);
        let first = self.rng.usize(0..names.first.len());
        let family = names.family[self.rng.usize(0..names.family.len())];
        let host = ["example.com", "example.org", "example.net"][self.rng.usize(0..3)];
        let name = match lang {
            "ja" => format!("{family} {}", names.first[first]),
            _ => format!("{} {family}", names.first[first]),
        };
        let email = format!("{}.{}@{host}", names.ascii[first], self.customers.len() + 1);
        self.add(name, Some(email), None, lang)
    }

    /// A customer without an email address: a caller, or someone of a social network.
    pub(super) fn stranger(&mut self, name: &str, phone: Option<&str>) -> Person {
        self.add(name.to_owned(), None, phone.map(str::to_owned), "en")
    }

    fn add(
        &mut self,
        name: String,
        email: Option<String>,
        phone: Option<String>,
        lang: &'static str,
    ) -> Person {
        let id = self.id();
        let host = self.rng.usize(0..6 * ORGANIZATIONS.len());
        let organization = email.as_ref().and_then(|_| ORGANIZATIONS.get(host)).map(|(id, ..)| *id);
        let person = Person { id, name, email, phone, lang, organization, in_export: true };
        self.customers.push(person.clone());
        person
    }

    /// Deletes a customer for good: the users export does not have them.
    pub(super) fn forget(&mut self, id: u64) {
        self.customers
            .iter_mut()
            .filter(|person| person.id == id)
            .for_each(|person| person.in_export = false);
    }

    /// A customer met before who writes in `lang`, or a new one.
    pub(super) fn someone(&mut self, lang: &'static str) -> Person {
        let known: Vec<usize> = (0..self.customers.len())
            .filter(|&i| self.customers[i].lang == lang && self.customers[i].email.is_some())
            .filter(|&i| self.customers[i].in_export)
            .collect();
        if known.len() > 3 && self.rng.u8(0..3) == 0 {
            self.customers[known[self.rng.usize(0..known.len())]].clone()
        } else {
            self.customer(lang)
        }
    }

    /// A file of about the size that such files have.
    pub(super) fn file(&mut self, name: &str, content_type: &str) -> Attachment {
        let size = self.rng.u64(18_000..2_400_000);
        let id = self.id();
        let token = self.token();
        Attachment::new(id, &token, name, content_type, size)
    }

    /// A token as the addresses of files have.
    pub(super) fn token(&mut self) -> String {
        (0..25).map(|_| self.rng.alphanumeric()).collect()
    }

    /// What fills the blanks of a story between these two.
    pub(super) fn facts(&mut self, customer: &Person, agent: &Person) -> Facts {
        let amount = format!("{}.{:02}", self.rng.u32(12..480), self.rng.u32(0..100));
        Facts {
            name: customer.name.split(' ').next().unwrap_or(&customer.name).to_owned(),
            agent: agent.name.split(' ').next().unwrap_or(&agent.name).to_owned(),
            order: format!("AO-{}", self.rng.u32(20_000..99_999)),
            product: PRODUCTS[self.rng.usize(0..PRODUCTS.len())].to_owned(),
            tracking: format!("EX{:09}NO", self.rng.u32(0..1_000_000_000)),
            amount: if customer.lang == "en" {
                format!("${amount}")
            } else {
                format!("{amount} €").replace('.', ",")
            },
        }
    }

    /// Remembers that the ticket `id` shows the odd case `name`.
    pub(super) fn case(&mut self, name: &'static str, id: u64) {
        let before = self.cases.insert(name, ticket_key(id));
        assert!(before.is_none(), "case {name} is there twice");
    }
}

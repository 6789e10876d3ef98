//! How many calls an import will take, before it runs.

use std::collections::HashSet;
use std::hash::RandomState;

use crate::model::conversation::{Channel, Side};

use super::identity::Identity;
use super::rules::{Rules, TicketStatus};
use super::ticket::{MappedTicket, Sender};

/// Calls by what they do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallKinds {
    /// `POST /api/tickets`.
    pub tickets: u64,
    /// `POST /api/tickets/{id}/messages`, for what does not fit into the ticket's own call.
    pub messages: u64,
    /// `PUT /api/tickets/{id}`: status and closing time put right after appended messages.
    pub updates: u64,
    /// `POST /api/customers`, for people who cannot ride along in their first ticket, and `PUT /api/customers/{id}/data`.
    pub customers: u64,
    /// Look-ups that come before creating such a person, and tickets read back with their events: one of each kind and
    /// one in 500.
    pub lookups: u64,
    /// `POST /api/tags`.
    pub tags: u64,
    /// `POST /api/satisfaction-surveys`.
    pub surveys: u64,
    /// Distinct customers, riders among them. No calls.
    pub people: u64,
    /// One call per message, person, tag and rating: what a simple import script would need.
    pub naive: u64,
}

impl CallKinds {
    /// All planned calls.
    pub fn planned(&self) -> u64 {
        self.tickets + self.messages + self.updates + self.customers + self.lookups + self.tags + self.surveys
    }
}

/// Tickets of which one of each kind goes ahead and is read back, at most.
pub const READ_BACK_FIRST: usize = 8;
/// Later, one ticket in so many is read back.
pub const READ_BACK_EVERY: u64 = 500;

/// A hash stands for an address, so that a set of them stays small with millions of people. Of five million the chance
/// that any two have the same is below one in a million, and then the plan is wrong by one call.
type Digest = u64;

/// Counts the calls of tickets as they come. What the account already holds is not known here, so people and tags
/// are counted as if all were new.
#[derive(Debug, Default)]
pub struct CallPlanner {
    kinds: CallKinds,
    riders: HashSet<Digest>,
    made_apart: HashSet<Digest>,
    tags: HashSet<String>,
    /// Reads of tickets that are in Gorgias and get something, and of their events.
    reads: u64,
    shapes: HashSet<(Channel, TicketStatus, bool)>,
    /// Whether facts go to the `data` of customers.
    brings_data: bool,
    hasher: RandomState,
}

impl CallPlanner {
    /// A planner of what these rules make.
    pub fn new(rules: &Rules) -> Self {
        Self { brings_data: rules.brings_customer_data(), ..Self::default() }
    }

    /// Takes one more ticket into account. `nested_max` messages ride in the call that creates it.
    pub fn add(&mut self, ticket: &MappedTicket, nested_max: usize) {
        let messages = ticket.messages.len();
        let by_agent = ticket.messages.iter().any(|message| message.side == Side::Agent);
        self.shapes.insert((ticket.channel, ticket.status, by_agent));
        let appended = messages.saturating_sub(nested_max) as u64;
        self.kinds.tickets += 1;
        self.kinds.messages += appended;
        self.kinds.updates += u64::from(appended > 0 && ticket.status == TicketStatus::Closed);
        let rated = u64::from(ticket.rating.is_some());
        self.kinds.surveys += rated;
        self.kinds.naive += messages as u64 + rated;
        for tag in &ticket.tags {
            if !self.tags.contains(tag) {
                self.tags.insert(tag.clone());
            }
        }
        let main = self.digest(&ticket.customer);
        match ticket.customer {
            Identity::Email(_) => drop(self.riders.insert(main)),
            _ => drop(self.made_apart.insert(main)),
        }
        for message in &ticket.messages {
            if let Sender::Customer { identity, .. } = &message.sender
                && *identity != ticket.customer
            {
                let author = self.digest(identity);
                if author != main && !self.riders.contains(&author) {
                    self.made_apart.insert(author);
                }
            }
        }
    }

    /// Takes a ticket into account that is in Gorgias and gets so many further messages, its status with them.
    pub fn add_known(&mut self, messages: u64) {
        self.reads += 2;
        self.kinds.messages += messages;
        self.kinds.updates += 1;
        self.kinds.naive += messages + 1;
    }

    /// Two calls for each ticket that is read back: itself and its events.
    fn read_back(&self) -> u64 {
        let first = self.shapes.len().min(READ_BACK_FIRST) as u64;
        2 * (first + self.kinds.tickets / READ_BACK_EVERY)
    }

    fn digest(&self, identity: &Identity) -> Digest {
        identity.digest(&self.hasher)
    }

    /// The calls so far.
    pub fn kinds(&self) -> CallKinds {
        let customers = self.made_apart.len() as u64;
        let everyone = self.riders.union(&self.made_apart).count() as u64;
        // What is there is read before it is written.
        let data = if self.brings_data { everyone } else { 0 };
        let tags = self.tags.len() as u64;
        CallKinds {
            people: everyone,
            customers: customers + data,
            lookups: customers + data + self.read_back() + self.reads,
            tags,
            naive: self.kinds.naive + everyone + data + tags,
            ..self.kinds
        }
    }
}

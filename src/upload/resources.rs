//! What tickets refer to and what must exist before they are sent: customers and tags.
//!
//! A customer with an email address rides along in the first ticket that names them, and other tickets of the same
//! person wait for that answer. Everybody else, and every tag, is made by a call of its own first. This is a pure
//! state machine; the dispatcher does what it says.

use std::collections::HashMap;

use crate::mapping::{Identity, MappedTicket, Sender};

/// A keyed hash that stands for an address; the ledger makes them.
pub type AddressDigest = crate::ledger::AddressHash;

/// Something that a ticket needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// A customer.
    Customer(AddressDigest),
    /// A tag, by name.
    Tag(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Known(u64),
    UnderWay,
}

/// A customer who is to be created by a call of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewCustomer {
    /// Digest of the identity.
    pub digest: AddressDigest,
    /// The identity.
    pub identity: Identity,
    /// Name, if known.
    pub name: Option<String>,
}

/// What to do with a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Readiness {
    /// Send it. If `rides` is set, its customer is created by it; tell [`Resources::made`] or [`Resources::failed`].
    Ready {
        /// The customer who rides along.
        rides: Option<AddressDigest>,
    },
    /// Wait for this one, which is under way.
    Wait(Need),
    /// Create this customer first, then ask again.
    CreateCustomer(NewCustomer),
    /// Create this tag first, then ask again.
    CreateTag(String),
}

/// What is known of the account's customers and tags.
#[derive(Debug, Default)]
pub struct Resources {
    states: HashMap<Need, State>,
}

impl Resources {
    /// Notes something that exists.
    pub(super) fn made(&mut self, need: Need, gorgias_id: u64) {
        self.states.insert(need, State::Known(gorgias_id));
    }

    /// Notes that a creation failed for good or that a rider's ticket was refused; the next ticket tries again.
    pub(super) fn failed(&mut self, need: &Need) {
        if self.states.get(need) == Some(&State::UnderWay) {
            self.states.remove(need);
        }
    }

    /// Whether the account has this tag.
    pub fn has_tag(&self, name: &str) -> bool {
        matches!(self.states.get(&Need::Tag(name.to_owned())), Some(State::Known(_)))
    }

    /// The Gorgias id of a customer.
    pub fn customer(&self, digest: AddressDigest) -> Option<u64> {
        match self.states.get(&Need::Customer(digest)) {
            Some(State::Known(id)) => Some(*id),
            _ => None,
        }
    }

    /// The known ids of everybody whom `ticket` names.
    pub(super) fn customers_of(
        &self,
        ticket: &MappedTicket,
        digest: &dyn Fn(&Identity) -> AddressDigest,
    ) -> Vec<(AddressDigest, u64)> {
        let senders = ticket.messages.iter().filter_map(|message| match &message.sender {
            Sender::Customer { identity, .. } => Some(identity),
            Sender::Agent { .. } => None,
        });
        let mut known: Vec<(AddressDigest, u64)> = Vec::new();
        let others = senders.filter(|identity| **identity != ticket.customer);
        for identity in std::iter::once(&ticket.customer).chain(others) {
            let digest = digest(identity);
            if known.iter().all(|(other, _)| *other != digest)
                && let Some(id) = self.customer(digest)
            {
                known.push((digest, id));
            }
        }
        known
    }

    /// Decides what `ticket` has to wait for and notes what is now under way. `existing_ticket` says that its
    /// messages go to a ticket that exists, so that nobody can ride along.
    pub(super) fn readiness(
        &mut self,
        ticket: &MappedTicket,
        existing_ticket: bool,
        digest: &dyn Fn(&Identity) -> AddressDigest,
    ) -> Readiness {
        for tag in &ticket.tags {
            let need = Need::Tag(tag.clone());
            match self.states.get(&need) {
                Some(State::Known(_)) => {}
                Some(State::UnderWay) => return Readiness::Wait(need),
                None => {
                    self.states.insert(need, State::UnderWay);
                    return Readiness::CreateTag(tag.clone());
                }
            }
        }
        let main = digest(&ticket.customer);
        for message in &ticket.messages {
            // Hashing costs more than comparing, and most senders are the ticket's customer.
            if let Sender::Customer { identity, name } = &message.sender
                && *identity != ticket.customer
            {
                let author = digest(identity);
                if author != main
                    && let Some(readiness) = self.customer_apart(author, identity, name.as_ref())
                {
                    return readiness;
                }
            }
        }
        if existing_ticket || !matches!(ticket.customer, Identity::Email(_)) {
            let apart = self.customer_apart(main, &ticket.customer, ticket.customer_name.as_ref());
            return apart.unwrap_or(Readiness::Ready { rides: None });
        }
        let need = Need::Customer(main);
        match self.states.get(&need) {
            Some(State::Known(_)) => Readiness::Ready { rides: None },
            Some(State::UnderWay) => Readiness::Wait(need),
            None => {
                self.states.insert(need, State::UnderWay);
                Readiness::Ready { rides: Some(main) }
            }
        }
    }

    /// What there is to do before a customer made apart exists; nothing if they do.
    fn customer_apart(
        &mut self,
        digest: AddressDigest,
        identity: &Identity,
        name: Option<&String>,
    ) -> Option<Readiness> {
        let need = Need::Customer(digest);
        match self.states.get(&need) {
            Some(State::Known(_)) => None,
            Some(State::UnderWay) => Some(Readiness::Wait(need)),
            None => {
                self.states.insert(need, State::UnderWay);
                let new = NewCustomer { digest, identity: identity.clone(), name: name.cloned() };
                Some(Readiness::CreateCustomer(new))
            }
        }
    }
}

#[cfg(test)]
#[path = "resources_tests.rs"]
mod tests;

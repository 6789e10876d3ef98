//! Customers and tags that are made by a call of their own: looked up, then created, each once.

use tokio::time::Instant;

use crate::gorgias::{CallFailure, CustomerAddress, wire};
use crate::mapping::Identity;

use super::Shared;
use super::answer::{Answered, classify};
use super::job::{Failures, Fault, Stop};
use super::resources::{Need, NewCustomer};
use super::retry::{LOST_MAX, is_last_lookup};

/// What is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Customer(NewCustomer),
    Tag(String),
}

/// A customer or tag on the way to existing.
#[derive(Clone, Debug)]
pub(super) struct Making {
    what: What,
    /// Look-ups made since a creation's outcome became unknown.
    pub(super) lookups: usize,
    /// What went wrong with its look-ups in this run.
    pub(super) failures: Failures,
    /// Answers to its creation that were lost in this run.
    pub(super) lost: u32,
    /// When that was; an earlier run's unknown outcome counts from this run's start.
    pub(super) dead_since: Option<Instant>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// It exists under this Gorgias id.
    There(u64),
    /// It could not be looked up, and what was unknown is as unknown as before; try again.
    Unread(Fault),
    /// It certainly does not exist by what we sent; try again from the start.
    Again(Fault),
    /// A creation left just now and its outcome is not known.
    Unknown(Fault),
    /// It was looked up, is not there, and the window is not over.
    NotYet,
    /// It certainly does not exist by what we sent, and too many answers were lost: it is left to the next run.
    Left,
    /// Gorgias refused it in these words.
    Refused(String),
    /// Everything has to stop.
    Stop(Stop),
}

impl Making {
    /// A customer; `was_sending` says that an earlier run may have created them.
    pub(super) fn customer(new: NewCustomer, was_sending: bool) -> Self {
        Self::new(What::Customer(new), was_sending)
    }

    /// A tag; likewise.
    pub(super) fn tag(name: String, was_sending: bool) -> Self {
        Self::new(What::Tag(name), was_sending)
    }

    fn new(what: What, was_sending: bool) -> Self {
        Self {
            what,
            lookups: 0,
            failures: Failures::default(),
            lost: 0,
            dead_since: was_sending.then(Instant::now),
        }
    }

    /// What tickets wait for.
    pub(super) fn need(&self) -> Need {
        match &self.what {
            What::Customer(new) => Need::Customer(new.digest),
            What::Tag(name) => Need::Tag(name.clone()),
        }
    }
}

/// Looks it up and creates it, if it certainly is not there.
pub(super) async fn make(shared: &Shared, making: &Making) -> Made {
    let unknown = making.dead_since.is_some();
    // The account's tags were listed at the start; people without an email address were not.
    let look_first = unknown || matches!(making.what, What::Customer(_));
    if look_first {
        match find(shared, &making.what).await {
            Ok(Some(id)) => return there(shared, making, id, false),
            Ok(None) if unknown && !is_last_lookup(making.lookups) => return Made::NotYet,
            Ok(None) => {}
            Err(failure) => return unanswered(&failure),
        }
    }
    if unknown {
        shared.need_not_there(&making.need());
        if making.lost >= LOST_MAX {
            return Made::Left;
        }
    }
    shared.need_gone(&making.need());
    if let Err(words) = shared.intend_need(&making.need()).await {
        return Made::Stop(Stop::Ledger { words });
    }
    match create(shared, &making.what).await {
        Ok(id) => there(shared, making, id, true),
        Err(failure) => match classify(&failure) {
            Answered::Conflict(words) => {
                // It is somebody else's, or ours from a creation that counted as lost.
                shared.need_not_there(&making.need());
                match find(shared, &making.what).await {
                    Ok(Some(id)) => there(shared, making, id, false),
                    Ok(None) => {
                        shared.need_refused(&making.need());
                        Made::Refused(words)
                    }
                    Err(failure) => match unanswered(&failure) {
                        Made::Unread(fault) => Made::Again(fault),
                        other => other,
                    },
                }
            }
            Answered::Lost(fault) => Made::Unknown(fault),
            Answered::NotSent(fault) => {
                shared.need_not_there(&making.need());
                Made::Again(fault)
            }
            Answered::Refused(words) | Answered::TooLarge(words) | Answered::NotFound(words) => {
                shared.need_refused(&making.need());
                Made::Refused(words)
            }
            Answered::Stop(stop) => {
                // Whoever is not let in has changed nothing.
                shared.need_not_there(&making.need());
                Made::Stop(stop)
            }
        },
    }
}

fn there(shared: &Shared, making: &Making, id: u64, created: bool) -> Made {
    shared.need_made(&making.need(), id, created);
    Made::There(id)
}

/// A read that failed changes nothing: it is made again later.
fn unanswered(failure: &CallFailure) -> Made {
    match classify(failure) {
        Answered::Stop(stop) => Made::Stop(stop),
        Answered::Lost(fault) | Answered::NotSent(fault) => Made::Unread(fault),
        Answered::Refused(words)
        | Answered::TooLarge(words)
        | Answered::NotFound(words)
        | Answered::Conflict(words) => Made::Refused(words),
    }
}

async fn find(shared: &Shared, what: &What) -> Result<Option<u64>, CallFailure> {
    match what {
        What::Tag(name) => {
            let tags = shared.client.tags().await?;
            Ok(tags.iter().find(|tag| tag.name.as_deref() == Some(name)).map(|tag| tag.id))
        }
        What::Customer(new) => {
            let found = match &new.identity {
                Identity::Email(email) => {
                    shared.client.find_customer(CustomerAddress::Email(email.as_str())).await?
                }
                Identity::Phone(number) => {
                    shared.client.find_customer(CustomerAddress::Phone(number)).await?
                }
                Identity::Bare(key) => {
                    shared.client.find_customer(CustomerAddress::ExternalId(key.as_str())).await?
                }
            };
            // The oldest, so that every run finds the same one.
            Ok(found.iter().map(|customer| customer.id).min())
        }
    }
}

async fn create(shared: &Shared, what: &What) -> Result<u64, CallFailure> {
    match what {
        What::Tag(name) => {
            let tag = wire::CreateTag { name: name.clone(), ..wire::CreateTag::default() };
            Ok(shared.client.create_tag(&tag).await?.id)
        }
        What::Customer(new) => {
            let channel = |kind: &str, address: &str| wire::ChannelAddress {
                kind: kind.to_owned(),
                address: address.to_owned(),
                preferred: Some(true),
            };
            let (channels, external_id) = match &new.identity {
                Identity::Email(email) => (vec![channel("email", email.as_str())], None),
                Identity::Phone(number) => (vec![channel("phone", number)], None),
                Identity::Bare(key) => (Vec::new(), Some(key.to_string())),
            };
            let customer =
                wire::CreateCustomer { channels, external_id, name: new.name.clone(), ..Default::default() };
            Ok(shared.client.create_customer(&customer).await?.id)
        }
    }
}

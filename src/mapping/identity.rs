//! Who a customer is to Gorgias: an address, or nothing but an id.

use std::hash::{BuildHasher, RandomState};

use crate::model::key::PersonKey;
use crate::model::person::{Email, Person};

use super::phone::e164;

/// How a customer is found or created. An email address comes before a phone number, both before the bare id;
/// a name is never an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// By email address.
    Email(Email),
    /// By phone number in E.164.
    Phone(String),
    /// Nothing but the source's id.
    Bare(PersonKey),
}

/// Longest address that is put into lower case without memory of its own.
const LOWER_BYTES: usize = 96;

impl Identity {
    /// The identity of `person`; a number that cannot be read counts as no number.
    pub fn of(person: &Person, default_country: &str) -> Self {
        if let Some(email) = &person.email {
            return Self::Email(email.clone());
        }
        match person.phone.as_deref().and_then(|phone| e164(phone, default_country)) {
            Some(number) => Self::Phone(number),
            None => Self::Bare(person.key.clone()),
        }
    }

    /// A hash of [`Self::canonical`]; of the usual address without making that text.
    pub(super) fn digest(&self, hasher: &RandomState) -> u64 {
        let mut lower = [0; LOWER_BYTES];
        if let Self::Email(email) = self
            && email.as_str().is_ascii()
            && let Some(lower) = lower.get_mut(..email.as_str().len())
        {
            lower.copy_from_slice(email.as_str().as_bytes());
            lower.make_ascii_lowercase();
            return hasher.hash_one(&*lower);
        }
        hasher.hash_one(self.canonical().as_bytes())
    }

    /// Canonical text to hash: the same for every spelling of one address.
    pub fn canonical(&self) -> String {
        match self {
            Self::Email(email) => format!("email:{}", email.identity()),
            Self::Phone(number) => format!("phone:{number}"),
            Self::Bare(key) => format!("id:{key}"),
        }
    }
}

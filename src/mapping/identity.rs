//! Who a customer is to Gorgias: an address, or nothing but an id.

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

    /// Canonical text to hash: the same for every spelling of one address.
    pub fn canonical(&self) -> String {
        match self {
            Self::Email(email) => format!("email:{}", email.identity()),
            Self::Phone(number) => format!("phone:{number}"),
            Self::Bare(key) => format!("id:{key}"),
        }
    }
}

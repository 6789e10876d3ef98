//! People as the export knows them. Identity is the id within the source, never the name.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::key::PersonKey;

/// An email address that passed a syntax check. Compared without regard to case; the case written is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(Arc<str>);

impl Email {
    /// Longest address that Gorgias accepts, in characters (its schema: `email` max 320).
    pub const MAX: usize = 320;

    /// The address in `text`, or nothing if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let options = email_address::Options::default().without_display_text().without_domain_literal();
        let valid =
            text.len() <= Self::MAX && email_address::EmailAddress::parse_with_options(text, options).is_ok();
        valid.then(|| Self(text.into()))
    }

    /// The address as written in the export.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as written, shared.
    pub fn shared(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// The address as identities compare it: lower case.
    pub fn identity(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (&*self.0, &*other.0);
        // Nearly all addresses are ASCII, and comparing those costs no copy.
        if one.is_ascii() && other.is_ascii() {
            one.eq_ignore_ascii_case(other)
        } else {
            one.to_lowercase() == other.to_lowercase()
        }
    }
}

impl Eq for Email {}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person is to the help desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Works in the help desk, now or formerly.
    Agent,
    /// Writes to the help desk.
    Customer,
    /// The help desk software itself: notices, bots.
    System,
}

/// A person of the export: an author, a requester, an assignee, a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Identity within the source.
    pub key: PersonKey,
    /// Display name, as written.
    pub name: Option<String>,
    /// Verified syntax; absent for callers and social users.
    pub email: Option<Email>,
    /// Phone number as the export writes it; normalised by the mapping.
    pub phone: Option<String>,
    /// Known or inferred role.
    pub role: Role,
    /// False for people who were deleted or are missing from the export.
    pub active: bool,
}

impl Person {
    /// A person of whom only the key and the role are known.
    pub fn unknown(key: PersonKey, role: Role) -> Self {
        Self { key, name: None, email: None, phone: None, role, active: false }
    }

    /// What to call the person in a text: name, else email, else phone, else the key.
    pub fn display_name(&self) -> &str {
        self.name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
            .or_else(|| self.email.as_ref().map(Email::as_str))
            .or(self.phone.as_deref())
            .unwrap_or_else(|| self.key.as_str())
    }
}

/// An address in a message's route (an email address or a phone number) with the name beside it. Copies share the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Display name.
    pub name: Option<Arc<str>>,
    /// Email address or phone number, as written.
    pub address: Arc<str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails_are_checked_and_compared_without_case() {
        assert_eq!(Email::parse(" Kim@Example.com "), Email::parse("kim@example.COM"));
        for bad in ["", "kim", "kim@", "@example.com", "Kim <kim@example.com>", "a b@example.com"] {
            assert!(Email::parse(bad).is_none(), "{bad}");
        }
    }
}

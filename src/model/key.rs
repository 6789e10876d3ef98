//! Keys: the identities of records, the same for ever, and what is sent to Gorgias as `external_id`.
//!
//! A key is `source:kind:id`, for example `zendesk:ticket:35436` or `aircall:call:2700000001:comment:735`.
//! Keys of conversations, messages and people are different types, so one cannot be used as another.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest name of a source, in characters.
pub const SOURCE_NAME_MAX: usize = 32;

/// The name of a source in `migration.toml`; it prefixes every key of that source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceName(Arc<str>);

/// Why a text is not a key or a source name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// The source name is empty, too long or has a character outside `a-z`, `0-9`, `-`.
    #[error("`{0}` is not a source name: use 1 to 32 of a-z, 0-9 and -")]
    SourceName(String),
    /// The text does not have the form `source:kind:id`.
    #[error("`{0}` is not a key: expected source:kind:id, such as zendesk:ticket:48213")]
    Shape(String),
}

impl SourceName {
    /// Checks `name` and makes a source name of it.
    pub fn new(name: &str) -> Result<Self, KeyError> {
        let fits = (1..=SOURCE_NAME_MAX).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(name.into())) } else { Err(KeyError::SourceName(name.to_owned())) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SourceName {
    type Error = KeyError;
    fn try_from(name: String) -> Result<Self, KeyError> {
        Self::new(&name)
    }
}

impl From<SourceName> for String {
    fn from(name: SourceName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks that `text` is `source:kind:id` with nothing empty.
fn check_shape(text: &str) -> Result<(), KeyError> {
    let mut parts = text.splitn(3, ':');
    let source = parts.next().unwrap_or_default();
    let kind = parts.next().unwrap_or_default();
    let id = parts.next().unwrap_or_default();
    if SourceName::new(source).is_err() || kind.is_empty() || id.is_empty() {
        return Err(KeyError::Shape(text.to_owned()));
    }
    Ok(())
}

/// Keys up to so many bytes are put together without memory of their own; nearly all are.
const SHORT: usize = 128;

/// The text of a key, allocated once: every message has one.
fn shared(source: &str, kind: &str, id: &dyn fmt::Display) -> Arc<str> {
    let mut short = Short { bytes: [0; SHORT], length: 0 };
    let parts = [source, ":", kind, ":"];
    let written = parts.into_iter().try_for_each(|part| fmt::Write::write_str(&mut short, part));
    let written = written.and_then(|()| fmt::Write::write_fmt(&mut short, format_args!("{id}"))).is_ok();
    match std::str::from_utf8(&short.bytes[..short.length]) {
        Ok(text) if written => text.into(),
        _ => format!("{source}:{kind}:{id}").into(),
    }
}

/// A text that fits into it, or none.
struct Short {
    bytes: [u8; SHORT],
    length: usize,
}

impl fmt::Write for Short {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let end = self.length + part.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(part.as_bytes());
        self.length = end;
        Ok(())
    }
}

macro_rules! typed_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The key `source:kind:id`. `kind` is the source's word for the record (`ticket`, `comment`, `call`, `user`).
            pub fn new(source: &SourceName, kind: &str, id: impl fmt::Display) -> Self {
                Self(shared(source.as_str(), kind, &id))
            }

            /// Reads a key that was printed before.
            pub fn parse(text: &str) -> Result<Self, KeyError> {
                check_shape(text)?;
                Ok(Self(text.into()))
            }

            /// The whole key as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The name of the source that the key belongs to.
            pub fn source(&self) -> &str {
                self.0.split(':').next().unwrap_or_default()
            }

            /// What follows `source:kind:`.
            pub fn id(&self) -> &str {
                self.0.splitn(3, ':').nth(2).unwrap_or_default()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = KeyError;
            fn try_from(text: String) -> Result<Self, KeyError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.as_str().to_owned()
            }
        }
    };
}

typed_key! {
    /// The identity of a conversation: `zendesk:ticket:35436`, `aircall:call:2700000001`.
    ConversationKey
}
typed_key! {
    /// The identity of a message: `zendesk:comment:9001`, `aircall:call:2700000001:comment:735`.
    MessageKey
}
typed_key! {
    /// The identity of a person within its source: `zendesk:user:9001`, `aircall:tel:+33639980001`.
    PersonKey
}

impl MessageKey {
    /// The synthetic key of a ticket's description, used only where the ticket has no comment in any file.
    pub fn description(ticket: &ConversationKey) -> Self {
        Self(format!("{ticket}:description").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_names_are_checked() {
        assert!(SourceName::new("zendesk-2").is_ok());
        for bad in ["", "Zendesk", "a b", "a:b", &"x".repeat(33)] {
            assert_eq!(SourceName::new(bad), Err(KeyError::SourceName(bad.to_owned())));
        }
    }

    #[test]
    fn keys_print_and_parse() {
        let source = SourceName::new("zendesk").unwrap();
        let key = ConversationKey::new(&source, "ticket", 35_436);
        assert_eq!(key.to_string(), "zendesk:ticket:35436");
        let long = "é".repeat(200);
        assert_eq!(PersonKey::new(&source, "user", &long).as_str(), format!("zendesk:user:{long}"));
        assert_eq!(ConversationKey::parse("zendesk:ticket:35436").unwrap(), key);
        assert_eq!((key.source(), key.id()), ("zendesk", "35436"));
        assert_eq!(MessageKey::description(&key).as_str(), "zendesk:ticket:35436:description");
        for bad in ["zendesk", "zendesk:ticket", "zendesk:ticket:", ":ticket:1", "Z:ticket:1"] {
            assert!(ConversationKey::parse(bad).is_err(), "{bad}");
        }
    }
}

//! What reading a ticket back can show: the classes of tickets, and single differences.
//!
//! No text of messages, no names and no addresses are in here: where such a thing differs, lengths are told.

use serde::{Deserialize, Serialize};

/// The class of a ticket that was read back; each is in exactly one. The order is that of gravity: a ticket is in the
/// gravest class that any of its parts is in. The numbers are what the ledger stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchClass {
    /// Everything that was compared is as it was sent.
    Identical = 0,
    /// The same once spaces, markup and times below a second are set aside.
    Normalised = 1,
    /// Everything is there as it was sent, and something beside it that nobody imported.
    Extra = 2,
    /// Something is not as it was sent.
    Differs = 3,
    /// The ticket or a message of it is not there.
    Missing = 4,
}

impl MatchClass {
    /// Every class, by number.
    pub const ALL: [Self; 5] = [Self::Identical, Self::Normalised, Self::Extra, Self::Differs, Self::Missing];

    /// The number in the ledger.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The class with this number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.number() == number)
    }

    /// Its name in tables and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::Normalised => "normalised",
            Self::Extra => "extra",
            Self::Differs => "differs",
            Self::Missing => "missing",
        }
    }

    /// Whether somebody has to look at it.
    pub fn is_difference(self) -> bool {
        self > Self::Normalised
    }
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// Whether the ticket is there, once.
    Ticket,
    /// Whether a message is there, once.
    Message,
    /// The order of messages.
    Order,
    /// Customer's or company's side.
    Side,
    /// Public or internal note.
    Visibility,
    /// Channel of a ticket or message.
    Channel,
    /// When a message was sent.
    SentTime,
    /// Plain text.
    Text,
    /// Text with markup.
    Html,
    /// Files.
    Attachments,
    /// Who wrote a message.
    Author,
    /// From whom to whom.
    Addresses,
    /// An email's Message-ID.
    MessageId,
    /// Subject.
    Subject,
    /// Open or closed.
    Status,
    /// Priority.
    Priority,
    /// Tags.
    Tags,
    /// Custom fields.
    Fields,
    /// Whose ticket it is.
    Customer,
    /// Who is in charge.
    Assignee,
    /// When the ticket was created.
    CreatedTime,
    /// When it was closed.
    ClosedTime,
    /// The key under which it can be found.
    ExternalId,
    /// What its customer thought of it.
    Rating,
}

impl Aspect {
    /// Its name in tables and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::Order => "order",
            Self::Side => "side",
            Self::Visibility => "visibility",
            Self::Channel => "channel",
            Self::SentTime => "sent-time",
            Self::Text => "text",
            Self::Html => "html",
            Self::Attachments => "attachments",
            Self::Author => "author",
            Self::Addresses => "addresses",
            Self::MessageId => "message-id",
            Self::Subject => "subject",
            Self::Status => "status",
            Self::Priority => "priority",
            Self::Tags => "tags",
            Self::Fields => "fields",
            Self::Customer => "customer",
            Self::Assignee => "assignee",
            Self::CreatedTime => "created-time",
            Self::ClosedTime => "closed-time",
            Self::ExternalId => "external-id",
            Self::Rating => "rating",
        }
    }
}

/// One difference between what was sent and what is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What it is about.
    pub what: Aspect,
    /// How grave it is.
    pub class: MatchClass,
    /// Key of the message, where it is about one that was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What was sent, in words without personal data.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl Difference {
    /// A difference of this class; about the ticket until [`Self::of`] names a message.
    pub fn new(
        what: Aspect,
        class: MatchClass,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self { what, class, message: None, expected: expected.into(), found: found.into() }
    }

    /// The same, about a message.
    #[must_use]
    pub fn of(mut self, message: &str) -> Self {
        self.message = Some(message.to_owned());
        self
    }
}

/// The class of a ticket with these differences.
pub fn class_of(differences: &[Difference]) -> MatchClass {
    differences.iter().map(|difference| difference.class).max().unwrap_or(MatchClass::Identical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_difference_decides_the_class() {
        let some = |class| Difference::new(Aspect::Text, class, "", "");
        assert_eq!(class_of(&[]), MatchClass::Identical);
        let mut all = vec![some(MatchClass::Normalised)];
        for class in [MatchClass::Extra, MatchClass::Differs, MatchClass::Missing] {
            all.insert(0, some(class));
            assert_eq!(class_of(&all), class);
        }
        assert!(MatchClass::Extra.is_difference() && !MatchClass::Normalised.is_difference());
    }

    #[test]
    fn names_are_those_of_the_documents() {
        for class in MatchClass::ALL {
            assert_eq!(serde_json::to_value(class).unwrap(), class.as_str());
            assert_eq!(MatchClass::from_number(class.number()), Some(class));
        }
        for aspect in [Aspect::SentTime, Aspect::MessageId, Aspect::ExternalId, Aspect::ClosedTime] {
            assert_eq!(serde_json::to_value(aspect).unwrap(), aspect.as_str());
        }
    }
}

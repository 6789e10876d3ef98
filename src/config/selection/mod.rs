//! Which records a command is about: `--source`, `--since`, `--until`, `--status`, `--ids`, `--ids-from`, `--limit`,
//! `--order` as one predicate.

mod ids;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use ids::IdsError;

use crate::model::conversation::{Conversation, Status};
use crate::model::key::SourceName;
use crate::model::time::parse_rfc3339;
use crate::source::SourceSpec;
use crate::text;

/// The states of conversations by the names that flags and config use.
pub const STATUSES: &[(&str, Status)] = &[
    ("new", Status::New),
    ("open", Status::Open),
    ("pending", Status::Pending),
    ("hold", Status::Hold),
    ("solved", Status::Solved),
    ("closed", Status::Closed),
    ("call", Status::Call),
];

/// Which records come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Latest activity first: if time runs out, the records that agents still need are there.
    #[default]
    Newest,
    /// Earliest activity first.
    Oldest,
}

/// What was asked for, as typed.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Names of sources; none means all.
    pub sources: Vec<String>,
    /// Last activity at this instant or later.
    pub since: Option<Timestamp>,
    /// Last activity before this instant.
    pub until: Option<Timestamp>,
    /// States; none means all.
    pub statuses: Vec<Status>,
    /// Keys of tickets, calls or messages; none, and no file of them, means all.
    pub keys: Vec<String>,
    /// File of keys: `rejects.csv`, `rejects.ndjson` or a plain list.
    pub keys_from: Option<PathBuf>,
    /// Most records.
    pub limit: Option<u64>,
    /// Which come first.
    pub order: Order,
}

/// Which records a command is about. [`Self::matches`] decides for one record; `limit` and `order` are for whoever
/// counts and sorts them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    sources: BTreeSet<SourceName>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    statuses: BTreeSet<Status>,
    keys: Option<HashSet<Box<str>>>,
    /// Most records, counted after everything else.
    pub limit: Option<u64>,
    /// Which come first.
    pub order: Order,
}

/// Why a selection makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// `--source` names none of the config.
    #[error("the config has no source `{name}`; {hint}")]
    UnknownSource {
        /// As typed.
        name: String,
        /// The nearest one, or all.
        hint: String,
    },
    /// A key begins with a source that the config does not have.
    #[error("key `{key}` belongs to no source of the config; {hint}")]
    ForeignKey {
        /// As typed.
        key: String,
        /// The nearest source, or all.
        hint: String,
    },
    /// The end lies before the start.
    #[error("nothing can match: --until {until} is not after --since {since}")]
    EmptySpan {
        /// `--since`.
        since: Timestamp,
        /// `--until`.
        until: Timestamp,
    },
    /// `--ids-from` cannot be used.
    #[error(transparent)]
    Ids(#[from] IdsError),
}

impl Selection {
    /// Checks a request against the sources of the config and reads the file of keys.
    pub fn resolve(request: Request, known: &[SourceSpec]) -> Result<Self, SelectionError> {
        if let (Some(since), Some(until)) = (request.since, request.until)
            && until <= since
        {
            return Err(SelectionError::EmptySpan { since, until });
        }
        let find = |name: &str| known.iter().find(|source| source.name.as_str() == name);
        let hint = |name: &str| {
            let names: Vec<&str> = known.iter().map(|source| source.name.as_str()).collect();
            match text::nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it has {}", names.join(", ")),
            }
        };
        let mut sources = BTreeSet::new();
        for name in request.sources {
            let Some(source) = find(&name) else {
                return Err(SelectionError::UnknownSource { hint: hint(&name), name });
            };
            sources.insert(source.name.clone());
        }
        let restricted = !request.keys.is_empty() || request.keys_from.is_some();
        let mut keys: HashSet<Box<str>> = request.keys.into_iter().map(Into::into).collect();
        if let Some(file) = &request.keys_from {
            keys.extend(ids::read(file)?);
        }
        for key in &keys {
            let source = key.split(':').next().unwrap_or_default();
            if find(source).is_none() {
                return Err(SelectionError::ForeignKey { hint: hint(source), key: key.to_string() });
            }
        }
        Ok(Self {
            sources,
            since: request.since,
            until: request.until,
            statuses: request.statuses.into_iter().collect(),
            keys: restricted.then_some(keys),
            limit: request.limit,
            order: request.order,
        })
    }

    /// The sources that are meant; empty for all.
    pub fn sources(&self) -> impl Iterator<Item = &SourceName> {
        self.sources.iter()
    }

    /// The first instant of last activity that is meant, and the first that is not any more.
    pub fn span(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        (self.since, self.until)
    }

    /// The statuses that are meant; empty for all.
    pub fn statuses(&self) -> impl Iterator<Item = Status> {
        self.statuses.iter().copied()
    }

    /// The keys that are meant, of conversations and of messages; nothing where keys do not matter.
    pub fn keys(&self) -> Option<impl Iterator<Item = &str>> {
        self.keys.as_ref().map(|keys| keys.iter().map(AsRef::as_ref))
    }

    /// Whether a source has to be read at all.
    pub fn includes_source(&self, name: &SourceName) -> bool {
        (self.sources.is_empty() || self.sources.contains(name))
            && self
                .keys
                .as_ref()
                .is_none_or(|keys| keys.iter().any(|key| key.split(':').next() == Some(name.as_str())))
    }

    /// Whether a conversation is meant. Its own key or the key of one of its messages may have been named.
    pub fn matches(&self, conversation: &Conversation) -> bool {
        let source = conversation.key.source();
        (self.sources.is_empty() || self.sources.iter().any(|name| name.as_str() == source))
            && (self.statuses.is_empty() || self.statuses.contains(&conversation.status))
            && self.includes_keys_of(conversation)
            && self.includes_time(conversation.last_activity())
    }

    /// Whether something whose last activity was at `at` is meant.
    pub fn includes_time(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
    }

    /// Whether a record of which only the key is known (a reject, a row of the ledger) is meant by key and source.
    pub fn includes_key(&self, key: &str) -> bool {
        let source = key.split(':').next().unwrap_or_default();
        (self.sources.is_empty() || self.sources.iter().any(|name| name.as_str() == source))
            && self.keys.as_ref().is_none_or(|keys| keys.contains(key))
    }

    /// True where nothing is left out, so that counts of the whole export hold.
    pub fn is_everything(&self) -> bool {
        *self == Self { order: self.order, ..Self::default() }
    }

    fn includes_keys_of(&self, conversation: &Conversation) -> bool {
        self.keys.as_ref().is_none_or(|keys| {
            keys.contains(conversation.key.as_str())
                || conversation.messages.iter().any(|message| keys.contains(message.key.as_str()))
        })
    }
}

/// Reads a date (midnight UTC) or an RFC 3339 time, for `--since` and `--until`.
pub fn parse_instant(text: &str) -> Result<Timestamp, String> {
    let is_date = text.len() == 10 && text.as_bytes().get(4) == Some(&b'-');
    let date = is_date.then(|| text.parse::<Date>().ok()).flatten();
    let midnight = date.and_then(|date| date.to_zoned(TimeZone::UTC).ok()).map(|zoned| zoned.timestamp());
    midnight.or_else(|| parse_rfc3339(text)).ok_or_else(|| {
        "expected a date such as 2024-01-31 (UTC), or a time such as 2024-01-31T08:00:00Z".to_owned()
    })
}

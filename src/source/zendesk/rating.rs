//! Satisfaction ratings in records of their own. There may be as many of them as tickets, so that little is kept of each.

use jiff::Timestamp;
use serde::Deserialize;

use super::extra;
use super::loose::{Integer, Text};
use crate::model::time::parse_rfc3339;

/// What stands between the comment, the reason and the score where they are kept; a control character, so no part of them.
const SEPARATOR: char = '\u{1f}';

/// Stands for no time, before all times.
const NO_TIME: i64 = i64::MIN;

/// A rating that a customer gave; of two the greater is the later.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rating {
    /// Microseconds since 1970 at which it was given or changed; [`NO_TIME`] if that is not told.
    at: i64,
    score: Score,
    /// The comment, the reason, and a score that is neither good nor bad; empty if there is none of them.
    said: Box<str>,
}

/// The scores that exports know. Nothing but these takes no memory of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Score {
    Bad,
    Good,
    Other,
}

/// A satisfaction rating as exports hold it (reference 3.4).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RatingRecord<'a> {
    pub(super) ticket_id: Integer,
    #[serde(borrow)]
    pub(super) score: Text<'a>,
    #[serde(borrow)]
    comment: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
    #[serde(borrow)]
    updated_at: Text<'a>,
    #[serde(borrow)]
    created_at: Text<'a>,
}

impl Rating {
    /// A rating, unless the customer only was asked for one.
    pub(super) fn new(score: &str, comment: Option<&str>, reason: Option<&str>, at: &str) -> Option<Self> {
        let score = score.trim();
        if matches!(score, "" | "offered" | "unoffered") {
            return None;
        }
        let kept = match score {
            "bad" => Score::Bad,
            "good" => Score::Good,
            _ => Score::Other,
        };
        let other = if kept == Score::Other { score } else { "" };
        let mut said = String::new();
        let parts = [comment.unwrap_or_default(), reason.unwrap_or_default(), other];
        if parts.iter().any(|part| !part.is_empty()) {
            for part in parts {
                said.extend(part.chars().filter(|c| *c != SEPARATOR));
                said.push(SEPARATOR);
            }
        }
        let at = extra::time(Some(at)).as_deref().and_then(parse_rfc3339).map(Timestamp::as_microsecond);
        Some(Self { at: at.unwrap_or(NO_TIME), score: kept, said: said.into() })
    }

    /// The rating of a record.
    pub(super) fn of(record: &RatingRecord<'_>) -> Option<Self> {
        let at = record.updated_at.filled().or(record.created_at.filled()).unwrap_or_default();
        let reason = record.reason.filled().filter(|reason| *reason != "No reason provided");
        Self::new(record.score.get()?, record.comment.filled(), reason, at)
    }

    /// `good` or `bad`, or what else the export says.
    pub(super) fn score(&self) -> &str {
        match self.score {
            Score::Bad => "bad",
            Score::Good => "good",
            Score::Other => self.part(2),
        }
    }

    /// What the customer added.
    pub(super) fn comment(&self) -> &str {
        self.part(0)
    }

    /// The reason that the customer chose.
    pub(super) fn reason(&self) -> &str {
        self.part(1)
    }

    /// When it was given or changed, as RFC 3339.
    pub(super) fn at(&self) -> Option<String> {
        Timestamp::from_microsecond(self.at).ok().map(|at| at.to_string())
    }

    fn part(&self, index: usize) -> &str {
        self.said.split(SEPARATOR).nth(index).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_no_ratings() {
        let rating = |json: &str| Rating::of(&serde_json::from_str(json).unwrap());
        assert_eq!(rating(r#"{"ticket_id":1,"score":"offered"}"#), None);
        let given = r#"{"score":"good","updated_at":"2024-01-01T00:00:00Z","reason":"No reason provided"}"#;
        let given = rating(given).unwrap();
        let at = given.at();
        assert_eq!(
            (given.score(), given.reason(), at.as_deref()),
            ("good", "", Some("2024-01-01T00:00:00Z"))
        );
    }

    #[test]
    fn what_was_said_comes_back_and_little_is_kept_of_it() {
        let at = "2024-01-01T00:00:00.5+02:00";
        let given = Rating::new(" fine ", Some("slow\u{1f}ly"), Some("price"), at).unwrap();
        assert_eq!((given.score(), given.comment(), given.reason()), ("fine", "slowly", "price"));
        assert_eq!(given.at().as_deref(), Some("2023-12-31T22:00:00.5Z"));
        let bare = Rating::new("bad", None, None, "soon").unwrap();
        assert_eq!((bare.score(), bare.comment(), bare.at(), bare.said.len()), ("bad", "", None, 0));
        assert!(size_of::<Rating>() <= 32, "there is one for every ticket that was answered");
    }
}

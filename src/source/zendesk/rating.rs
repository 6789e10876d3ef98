//! Satisfaction ratings in records of their own.

use serde::Deserialize;

use super::loose::{Integer, Text};

/// A rating as it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rating {
    /// When it was given or changed, as text that sorts by time.
    pub(super) at: Box<str>,
    /// `good` or `bad`.
    pub(super) score: Box<str>,
    /// What the customer added.
    pub(super) comment: Box<str>,
    /// The reason that the customer chose.
    pub(super) reason: Box<str>,
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
        let is_given = !matches!(score.trim(), "" | "offered" | "unoffered");
        is_given.then(|| Self {
            at: at.into(),
            score: score.trim().into(),
            comment: comment.unwrap_or_default().into(),
            reason: reason.unwrap_or_default().into(),
        })
    }

    /// The rating of a record.
    pub(super) fn of(record: &RatingRecord<'_>) -> Option<Self> {
        let at = record.updated_at.filled().or(record.created_at.filled()).unwrap_or_default();
        let reason = record.reason.filled().filter(|reason| *reason != "No reason provided");
        Self::new(record.score.get()?, record.comment.filled(), reason, at)
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
        assert_eq!((&*given.score, &*given.reason, &*given.at), ("good", "", "2024-01-01T00:00:00Z"));
    }
}

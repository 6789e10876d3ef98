//! The customer's rating: a good or bad of the old help desk to the five steps of a satisfaction survey.

use jiff::Timestamp;

use super::rules::{Ratings, Rules};
use crate::model::conversation::Conversation;
use crate::model::fact;
use crate::model::finding::{Code, Finding};
use crate::model::time::parse_rfc3339;

/// Longest remark that a survey takes, in characters (Gorgias's schema, 2026-06). The whole stays in the meta data.
const REMARK_MAX: usize = 1000;

/// Words of ratings and their steps, 1 to 5. Zendesk knows two, and two more with a remark in its statistics (reference
/// of satisfaction ratings).
const STEPS: &[(&str, u8)] = &[("good", 5), ("good_with_comment", 5), ("bad", 1), ("bad_with_comment", 1)];

/// What a customer thought of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// 1 to 5.
    pub score: u8,
    /// What the customer added, else the reason that the customer chose; cut to what Gorgias takes.
    pub remark: Option<String>,
    /// When the customer rated, where the export says so.
    pub at: Option<Timestamp>,
}

/// Whether the rating of `conversation` becomes a survey. Registering asks before anything is mapped.
pub fn is_rated(conversation: &Conversation, rules: &Rules) -> bool {
    rules.ratings == Ratings::Survey && score(conversation).is_some()
}

/// The rating that becomes a survey; what does not is said.
pub(super) fn rating(
    conversation: &Conversation,
    rules: &Rules,
    findings: &mut Vec<Finding>,
) -> Option<Rating> {
    let word = text(conversation, fact::RATING).filter(|word| !is_question(word))?;
    let mut say = |code, detail: &str| {
        findings.push(Finding::new(code, &conversation.key, &conversation.place).with_detail(detail));
    };
    let Some(score) = score(conversation).filter(|_| rules.ratings == Ratings::Survey) else {
        say(Code::RatingInMeta, if rules.ratings == Ratings::Survey { word } else { "" });
        return None;
    };
    let at = text(conversation, fact::RATING_AT).and_then(parse_rfc3339);
    if at.is_none() {
        say(Code::RatingUndated, "");
    }
    let remark = text(conversation, fact::RATING_COMMENT).or_else(|| text(conversation, fact::RATING_REASON));
    let remark = remark.map(|remark| remark.chars().take(REMARK_MAX).collect());
    Some(Rating { score, remark, at })
}

/// A customer who was only asked has not rated.
fn is_question(word: &str) -> bool {
    matches!(word, "offered" | "unoffered")
}

fn score(conversation: &Conversation) -> Option<u8> {
    let word = text(conversation, fact::RATING)?;
    STEPS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, score)| *score)
}

fn text<'c>(conversation: &'c Conversation, name: &str) -> Option<&'c str> {
    conversation.meta.get(name)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

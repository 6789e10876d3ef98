//! Comments without ids and the comments that they are copies of. They have in common who wrote, and when.
//!
//! Two comments of one author in one second are common, so what is a copy is one of one file at most, and what is not
//! surely a copy stays.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::body::{self, redactions};
use super::comment::Comment;
use super::loose::Integer;
use super::redaction;
use super::unite::Placed;
use crate::model::finding::Place;
use crate::model::time::parse_rfc3339;

/// Comments of one author in one second that a copy is compared with; a file made to be slow could hold millions.
const COMPARED_MAX: usize = 1000;

/// A comment as it is compared.
struct Told<'s> {
    index: usize,
    author: Option<i64>,
    at: Timestamp,
    words: String,
    /// The letters of the words, which markup leaves as they are; the words where they have none.
    letters: String,
    marks: usize,
    place: &'s Place,
    /// A comment has one copy in each.
    record: (&'s str, Option<u64>),
}

/// What makes a copy, beside who wrote, and when.
#[derive(Clone, Copy, PartialEq)]
enum Alike {
    /// The same text.
    Same,
    /// One is the other after a redaction.
    Redacted,
    /// Nothing, for a comment that has no copy yet: forms of export differ in how they write a text.
    Left,
    /// Nothing.
    Any,
}

/// The comments without ids that are copies of comments with ids, and of which.
pub(super) fn of_named(comments: &[Placed<'_>]) -> BTreeMap<usize, usize> {
    let nameless = told(comments, |comment| comment.id == Integer::Absent);
    if nameless.is_empty() {
        return BTreeMap::new();
    }
    let named = told(comments, |comment| comment.id.known().is_some());
    pairs(&nameless, &named, &[Alike::Same, Alike::Redacted, Alike::Left], |copy, of, alike| match alike {
        Alike::Same => copy.words == of.words,
        Alike::Redacted => copy.is_redaction_of(of, false),
        Alike::Left | Alike::Any => true,
    })
}

/// The comments without ids that are copies of earlier ones without ids, out of other records.
pub(super) fn of_nameless(comments: &[Placed<'_>]) -> BTreeMap<usize, usize> {
    let places = || comments.iter().filter(|one| one.comment.id == Integer::Absent).map(|one| &one.place);
    if places().all(|place| Some(place) == places().next()) {
        return BTreeMap::new();
    }
    let nameless = told(comments, |comment| comment.id == Integer::Absent);
    pairs(&nameless, &nameless, &[Alike::Same, Alike::Redacted], |copy, of, alike| {
        let is_elsewhere = copy.place.file != of.place.file;
        let is_another = of.index < copy.index && of.place != copy.place;
        is_another
            && match alike {
                Alike::Same if is_elsewhere => !copy.letters.is_empty() && copy.letters == of.letters,
                Alike::Same => !copy.words.is_empty() && copy.words == of.words && copy.at == of.at,
                _ => copy.is_redaction_of(of, !is_elsewhere),
            }
    })
}

/// Comments of older copies of a ticket, and the comments that took their places.
pub(super) fn of_newer(older: &[Placed<'_>], comments: &[Placed<'_>]) -> BTreeMap<usize, usize> {
    let mut older = told(older, |_| true);
    for one in &mut older {
        one.record.1 = one.place.byte;
    }
    let newer = told(comments, |_| true);
    pairs(&older, &newer, &[Alike::Same, Alike::Redacted, Alike::Any], |copy, of, alike| match alike {
        Alike::Same => copy.words == of.words,
        Alike::Redacted => copy.is_redaction_of(of, false),
        Alike::Left | Alike::Any => true,
    })
}

impl Told<'_> {
    fn is_redaction_of(&self, other: &Self, strictly: bool) -> bool {
        self.marks != other.marks && redaction::is_either(&self.words, &other.words, strictly)
    }

    /// Who, and when: forms of export differ in their decimals.
    fn moment(&self) -> (Option<i64>, i64) {
        (self.author, self.at.as_second())
    }
}

fn told<'s>(comments: &'s [Placed<'_>], is_asked: impl Fn(&Comment<'_>) -> bool) -> Vec<Told<'s>> {
    let asked = comments.iter().enumerate().filter(|(_, one)| is_asked(&one.comment));
    let told = asked.filter_map(|(index, Placed { comment, place, .. })| {
        let words = words(comment);
        let letters = Some(redaction::letters(&words)).filter(|letters| !letters.is_empty());
        Some(Told {
            index,
            author: comment.author_id.known(),
            at: comment.created_at.get().and_then(parse_rfc3339)?,
            marks: redactions(&words),
            letters: letters.unwrap_or_else(|| words.clone()),
            words,
            place,
            record: (&place.file, None),
        })
    });
    told.collect()
}

/// Pairs `copies` with what they are copies of, the surest first.
fn pairs(
    copies: &[Told<'_>],
    of: &[Told<'_>],
    passes: &[Alike],
    is_copy: impl Fn(&Told<'_>, &Told<'_>, Alike) -> bool,
) -> BTreeMap<usize, usize> {
    let mut moments: HashMap<(Option<i64>, i64), Vec<&Told<'_>>> = HashMap::new();
    for one in of {
        moments.entry(one.moment()).or_default().push(one);
    }
    let mut found = BTreeMap::new();
    let mut has_copy = HashSet::new();
    let mut has_copy_in = HashSet::new();
    for alike in passes {
        for copy in copies {
            if found.contains_key(&copy.index) {
                continue;
            }
            let near = moments.get(&copy.moment()).into_iter().flatten().take(COMPARED_MAX);
            let mut open = near.filter(|of| {
                let is_taken = has_copy_in.contains(&(of.index, copy.record));
                !is_taken && (*alike != Alike::Left || !has_copy.contains(&of.index))
            });
            if let Some(of) = open.find(|of| is_copy(copy, of, *alike)) {
                found.insert(copy.index, of.index);
                has_copy.insert(of.index);
                has_copy_in.insert((of.index, copy.record));
            }
        }
    }
    found
}

/// The text without what forms of export change: spaces and line ends.
fn words(comment: &Comment<'_>) -> String {
    let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match comment.body.filled().or(comment.plain_body.filled()) {
        Some(text) => joined(text),
        None => {
            body::choose(comment).body.as_ref().and_then(|body| body.text()).map(joined).unwrap_or_default()
        }
    }
}

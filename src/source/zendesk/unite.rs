//! Every comment once, though several files and several forms of export hold it.
//!
//! The first copy counts, but what Zendesk never takes back counts from any: a comment that was made private or redacted
//! once stays so, and an older copy must not show it again.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use super::body;
use super::comment::Comment;
use super::copies;
use super::ids::IdHashing;
use super::late_text::LateText;
use super::loose::Flag;
use super::redaction;
use crate::model::finding::Place;

/// A comment and the place of the record that it was found in.
#[derive(Debug, Default)]
pub(super) struct Placed<'a> {
    pub(super) comment: Box<Comment<'a>>,
    pub(super) place: Place,
    /// It is private in one copy and public in another.
    pub(super) is_contradicted: bool,
}

/// Those that are the same become one: by id, or where a dump has no ids by author, time and text.
///
/// A comment without an id (XML; a destroyed id is another matter) gives way to one that has an id, if somebody wrote at the
/// same moment in both: each to one, first those whose texts are equal, then any, because forms of export differ in how they
/// write a text. Among those without ids the texts have to be equal but for what was redacted.
pub(super) fn united<'a>(comments: impl IntoIterator<Item = Placed<'a>>) -> Vec<Placed<'a>> {
    let comments = comments.into_iter();
    let expected = comments.size_hint().0;
    let mut ids: HashMap<i64, usize, IdHashing> =
        HashMap::with_capacity_and_hasher(expected, IdHashing::default());
    let mut facts: HashMap<Vec<Option<String>>, usize> = HashMap::new();
    let mut once: Vec<Placed<'a>> = Vec::with_capacity(expected);
    for placed in comments {
        let new = once.len();
        let index = match placed.comment.id.known() {
            Some(id) => match ids.entry(id) {
                Entry::Vacant(entry) => *entry.insert(new),
                Entry::Occupied(entry) => *entry.get(),
            },
            None => *facts.entry(facts_of(&placed.comment)).or_insert(new),
        };
        if index == new {
            once.push(placed);
        } else {
            once[index].meet(placed);
        }
    }
    if ids.len() < once.len() {
        if !ids.is_empty() {
            let copies = copies::of_named(&once);
            give_way(&mut once, &copies);
        }
        let copies = copies::of_nameless(&once);
        give_way(&mut once, &copies);
    }
    once
}

/// Takes from comments of older copies of a ticket, which have no ids, what can only have come later.
pub(super) fn recall<'a>(comments: &mut [Placed<'a>], mut older: Vec<Placed<'a>>) {
    for (copy, of) in copies::of_newer(&older, comments) {
        comments[of].meet(std::mem::take(&mut older[copy]));
    }
}

/// Copies go, and leave what they know.
fn give_way(once: &mut Vec<Placed<'_>>, copies: &BTreeMap<usize, usize>) {
    if copies.is_empty() {
        return;
    }
    for (copy, of) in copies {
        // What it is a copy of may be one itself, of an earlier one.
        let mut of = *of;
        while let Some(earlier) = copies.get(&of) {
            of = *earlier;
        }
        let copy = std::mem::take(&mut once[*copy]);
        once[of].meet(copy);
    }
    let mut index = 0;
    once.retain(|_| {
        index += 1;
        !copies.contains_key(&(index - 1))
    });
}

/// What a comment without an id is known by.
fn facts_of(comment: &Comment<'_>) -> Vec<Option<String>> {
    [comment.created_at.get(), comment.body.get(), comment.html_body.get()]
        .map(|fact| fact.map(str::to_owned))
        .into_iter()
        .chain([comment.author_id.known().map(|id| id.to_string())])
        .collect()
}

impl<'a> Placed<'a> {
    /// A comment that stands at `place`.
    pub(super) fn new(comment: Box<Comment<'a>>, place: Place) -> Self {
        Self { comment, place, is_contradicted: false }
    }

    /// Takes from a further copy of the comment what this one lacks, and what can only have come later.
    fn meet(&mut self, copy: Self) {
        self.is_contradicted |= copy.is_contradicted;
        let (kept, copy) = (&mut self.comment, *copy.comment);
        self.is_contradicted |=
            matches!((kept.public, copy.public), (Flag::Is(one), Flag::Is(other)) if one != other);
        kept.public = Flag::least([kept.public, copy.public]);
        let says_more = marks(&copy) > marks(kept) || (is_blank(kept) && !is_blank(&copy));
        if redacted_files(&copy) > redacted_files(kept) || kept.attachments.0.is_empty() {
            kept.attachments = copy.attachments;
        }
        if says_more {
            (kept.body, kept.html_body, kept.plain_body) = (copy.body, copy.html_body, copy.plain_body);
        }
    }
}

/// Marks of redaction in the form of the text that has the most of them.
fn marks(comment: &Comment<'_>) -> usize {
    let forms = [&comment.body, &comment.html_body, &comment.plain_body];
    forms.into_iter().filter_map(LateText::get).map(body::redactions).max().unwrap_or_default()
}

/// Files that were redacted.
fn redacted_files(comment: &Comment<'_>) -> usize {
    comment.attachments.objects().filter(|file| file.file_name.get() == Some(redaction::FILE)).count()
}

fn is_blank(comment: &Comment<'_>) -> bool {
    comment.plain_body.filled().or(comment.body.filled()).is_none() && body::choose(comment).body.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(comments: &[&str]) -> Vec<usize> {
        let placed = |(index, json): (usize, &&'static str)| {
            let place = Place { line: Some(index as u64), ..Place::default() };
            Placed::new(serde_json::from_str::<Box<Comment<'static>>>(json).unwrap(), place)
        };
        let leaked: Vec<&'static str> =
            comments.iter().map(|json| &*Box::leak((*json).to_owned().into_boxed_str())).collect();
        let united = united(leaked.iter().enumerate().map(placed));
        united.iter().filter_map(|one| usize::try_from(one.place.line?).ok()).collect()
    }

    const A: &str = r#"{"id":1,"author_id":9,"body":"a  b","created_at":"2024-01-01T00:00:00Z"}"#;
    const B: &str = r#"{"id":2,"author_id":9,"body":"c","created_at":"2024-01-01T00:00:00Z"}"#;
    const A_BARE: &str = r#"{"author_id":9,"body":"a b\n","created_at":"2024-01-01T00:00:00.000+00:00"}"#;
    const B_BARE: &str = r#"{"author_id":9,"body":"c, otherwise","created_at":"2024-01-01T00:00:00Z"}"#;
    const LATER_BARE: &str = r#"{"author_id":9,"body":"c","created_at":"2024-01-01T00:00:01Z"}"#;
    const OTHER_BARE: &str = r#"{"author_id":8,"body":"c","created_at":"2024-01-01T00:00:00Z"}"#;

    #[test]
    fn comments_without_ids_give_way_one_to_one() {
        assert_eq!(kept(&[A_BARE, A, A_BARE]), [1]);
        assert_eq!(kept(&[B_BARE, A_BARE, B, A]), [2, 3]);
        assert_eq!(kept(&[B_BARE, A_BARE, A]), [0, 2], "the one of another text stays");
        assert_eq!(kept(&[A, LATER_BARE, OTHER_BARE]), [0, 1, 2]);
        assert_eq!(kept(&[A_BARE, B_BARE, A_BARE]), [0, 1]);
        assert_eq!(kept(&[A, A, B]), [0, 2]);
    }
}

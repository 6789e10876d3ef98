//! Every comment once, though several files and several forms of export hold it.
//!
//! The first copy counts, but what Zendesk never takes back counts from any: a comment that was made private or redacted
//! once stays so, and an older copy must not show it again.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::body;
use super::comment::Comment;
use super::ids::IdHashing;
use super::late_text::LateText;
use super::loose::{Flag, Integer};
use crate::model::finding::Place;
use crate::model::time::parse_rfc3339;

/// A comment and the place of the record that it was found in.
pub(super) type Placed<'a> = (Box<Comment<'a>>, Place);

/// Who wrote, and when: what a comment without an id has in common with its copy that has one.
type Moment = (Option<i64>, Timestamp);

/// Those that are the same become one: by id, or where a dump has no ids by author, time and text. `hidden` gets the places
/// of comments that are private in one copy and public in another.
///
/// A comment without an id (XML; a destroyed id is another matter) gives way to one that has an id, if somebody wrote at the
/// same moment in both: each to one, first those whose texts are equal, then any, because forms of export differ in how they
/// write a text.
pub(super) fn united<'a>(
    comments: impl IntoIterator<Item = Placed<'a>>,
    hidden: &mut Vec<Place>,
) -> Vec<Placed<'a>> {
    let comments = comments.into_iter();
    let expected = comments.size_hint().0;
    let mut ids: HashMap<i64, usize, IdHashing> =
        HashMap::with_capacity_and_hasher(expected, IdHashing::default());
    let mut facts = HashSet::new();
    let mut once: Vec<Placed<'a>> = Vec::with_capacity(expected);
    for (comment, place) in comments {
        let is_new = match comment.id.known().map(|id| ids.entry(id)) {
            Some(Entry::Vacant(entry)) => {
                entry.insert(once.len());
                true
            }
            Some(Entry::Occupied(entry)) => {
                meet(&mut once[*entry.get()], *comment, hidden);
                continue;
            }
            None => facts.insert(facts_of(&comment)),
        };
        if is_new {
            once.push((comment, place));
        }
    }
    let with_id = ids.len();
    if with_id > 0 && with_id < once.len() {
        let copies = copies(&once);
        for (copy, of) in &copies {
            let copy = std::mem::take(&mut once[*copy].0);
            meet(&mut once[*of], *copy, hidden);
        }
        let mut index = 0;
        once.retain(|_| {
            index += 1;
            !copies.contains_key(&(index - 1))
        });
    }
    once
}

/// What a comment without an id is known by.
fn facts_of(comment: &Comment<'_>) -> Vec<Option<String>> {
    [comment.created_at.get(), comment.body.get(), comment.html_body.get()]
        .map(|fact| fact.map(str::to_owned))
        .into_iter()
        .chain([comment.author_id.known().map(|id| id.to_string())])
        .collect()
}

/// Takes from a further copy of a comment what the one that is kept lacks, and what can only have come later.
fn meet<'a>((kept, place): &mut Placed<'a>, copy: Comment<'a>, hidden: &mut Vec<Place>) {
    match (kept.public, copy.public) {
        (Flag::Is(true), Flag::Is(false)) => {
            kept.public = copy.public;
            hidden.push(place.clone());
        }
        (Flag::Is(false), Flag::Is(true)) => hidden.push(place.clone()),
        (Flag::Absent | Flag::Bad, Flag::Is(false)) | (Flag::Absent, Flag::Is(true)) => {
            kept.public = copy.public;
        }
        _ => {}
    }
    let says_more = marks(&copy) > marks(kept) || (is_blank(kept) && !is_blank(&copy));
    if redacted_files(&copy) > redacted_files(kept) || kept.attachments.0.is_empty() {
        kept.attachments = copy.attachments;
    }
    if says_more {
        (kept.body, kept.html_body, kept.plain_body) = (copy.body, copy.html_body, copy.plain_body);
    }
}

/// Marks of redaction in the form of the text that has the most of them.
fn marks(comment: &Comment<'_>) -> usize {
    let forms = [&comment.body, &comment.html_body, &comment.plain_body];
    forms.into_iter().filter_map(LateText::get).map(body::redactions).max().unwrap_or_default()
}

/// Files that were redacted: Zendesk puts an empty file of this name in their place (reference 3.3).
fn redacted_files(comment: &Comment<'_>) -> usize {
    comment.attachments.objects().filter(|file| file.file_name.get() == Some("redacted.txt")).count()
}

fn is_blank(comment: &Comment<'_>) -> bool {
    comment.plain_body.filled().or(comment.body.filled()).is_none() && body::choose(comment).body.is_none()
}

/// The comments without ids that are copies of comments with ids, and of which.
fn copies(comments: &[Placed<'_>]) -> HashMap<usize, usize> {
    let mut known: HashMap<Moment, Vec<(String, usize)>> = HashMap::new();
    for (index, (comment, _)) in
        comments.iter().enumerate().filter(|(_, (comment, _))| comment.id.known().is_some())
    {
        if let Some(moment) = moment(comment) {
            known.entry(moment).or_default().push((words(comment), index));
        }
    }
    let mut copies = HashMap::new();
    for by_text in [true, false] {
        for (index, (comment, _)) in comments.iter().enumerate() {
            let is_open = comment.id == Integer::Absent && !copies.contains_key(&index);
            let Some(texts) = moment(comment).filter(|_| is_open).and_then(|moment| known.get_mut(&moment))
            else {
                continue;
            };
            let words = words(comment);
            let taken = texts
                .iter()
                .position(|(text, _)| *text == words)
                .or((!by_text && !texts.is_empty()).then_some(0));
            if let Some(taken) = taken {
                copies.insert(index, texts.swap_remove(taken).1);
            }
        }
    }
    copies
}

fn moment(comment: &Comment<'_>) -> Option<Moment> {
    let at = comment.created_at.get().and_then(parse_rfc3339)?;
    // Forms differ in their decimals.
    Some((comment.author_id.known(), Timestamp::from_second(at.as_second()).ok()?))
}

/// The text without what forms of export change: spaces and line ends.
fn words(comment: &Comment<'_>) -> String {
    let text = comment.body.filled().or(comment.plain_body.filled()).unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(comments: &[&str]) -> Vec<usize> {
        let placed = |(index, json): (usize, &&'static str)| {
            let place = Place { line: Some(index as u64), ..Place::default() };
            (serde_json::from_str::<Box<Comment<'static>>>(json).unwrap(), place)
        };
        let leaked: Vec<&'static str> =
            comments.iter().map(|json| &*Box::leak((*json).to_owned().into_boxed_str())).collect();
        let united = united(leaked.iter().enumerate().map(placed), &mut Vec::new());
        united.iter().filter_map(|(_, place)| usize::try_from(place.line?).ok()).collect()
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

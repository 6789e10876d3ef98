//! Every comment once, though several files and several forms of export hold it.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::comment::Comment;
use super::ids::IdHashing;
use super::loose::Integer;
use crate::model::finding::Place;
use crate::model::time::parse_rfc3339;

/// A comment and the place of the record that it was found in.
pub(super) type Placed<'a> = (Box<Comment<'a>>, Place);

/// Who wrote, and when: what a comment without an id has in common with its copy that has one.
type Moment = (Option<i64>, Timestamp);

/// The first of those that are the same: by id, or where a dump has no ids by author, time and text.
///
/// A comment without an id (XML; a destroyed id is another matter) gives way to one that has an id, if somebody wrote at the same moment in both: each
/// to one, first those whose texts are equal, then any, because forms of export differ in how they write a text.
pub(super) fn united<'a>(comments: impl IntoIterator<Item = Placed<'a>>) -> Vec<Placed<'a>> {
    let comments = comments.into_iter();
    let mut ids: HashSet<i64, IdHashing> =
        HashSet::with_capacity_and_hasher(comments.size_hint().0, IdHashing::default());
    let mut facts = HashSet::new();
    let mut is_new = |comment: &Comment<'_>| match comment.id.known() {
        Some(id) => ids.insert(id),
        None => facts.insert(
            [comment.created_at.get(), comment.body.get(), comment.html_body.get()]
                .map(|fact| fact.map(str::to_owned))
                .into_iter()
                .chain([comment.author_id.known().map(|id| id.to_string())])
                .collect::<Vec<_>>(),
        ),
    };
    let mut comments: Vec<Placed<'a>> = comments.filter(|(comment, _)| is_new(comment)).collect();
    let with_id = comments.iter().filter(|(comment, _)| comment.id.known().is_some()).count();
    if with_id > 0 && with_id < comments.len() {
        let copies = copies(&comments);
        let mut index = 0;
        comments.retain(|_| {
            index += 1;
            !copies.contains(&(index - 1))
        });
    }
    comments
}

/// The comments without ids that are copies of comments with ids.
fn copies(comments: &[Placed<'_>]) -> HashSet<usize> {
    let mut known: HashMap<Moment, Vec<String>> = HashMap::new();
    for (comment, _) in comments.iter().filter(|(comment, _)| comment.id.known().is_some()) {
        if let Some(moment) = moment(comment) {
            known.entry(moment).or_default().push(words(comment));
        }
    }
    let mut copies = HashSet::new();
    for by_text in [true, false] {
        for (index, (comment, _)) in comments.iter().enumerate() {
            let is_open = comment.id == Integer::Absent && !copies.contains(&index);
            let Some(texts) = moment(comment).filter(|_| is_open).and_then(|moment| known.get_mut(&moment))
            else {
                continue;
            };
            let words = words(comment);
            let taken =
                texts.iter().position(|text| *text == words).or((!by_text && !texts.is_empty()).then_some(0));
            if let Some(taken) = taken {
                texts.swap_remove(taken);
                copies.insert(index);
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
        let united = united(leaked.iter().enumerate().map(placed));
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

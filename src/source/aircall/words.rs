//! What people said of a call: its tags and comments. A worse copy of a call gives way, but not what it alone has of these.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::call::{Call, Comment};
use super::text;

/// Longest text that is compared word by word, in words; longer ones are compared as a whole. Aircall's comments are
/// some lines, and five of them share a cell.
const WORDS_MAX: usize = 5_000;

/// Tags and texts of comments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Words {
    pub(super) tags: Vec<String>,
    pub(super) comments: Vec<String>,
}

impl Words {
    /// Those of a call.
    pub(super) fn of(call: &Call) -> Self {
        let comments = call.comments.iter().map(|comment| comment.text.clone()).collect();
        Self { tags: call.tags.clone(), comments }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.comments.is_empty()
    }

    /// Those that `known` does not have. A cell of a CSV holds several comments without saying where one ends, so a text
    /// is known where other texts make it up.
    pub(super) fn beyond(self, known: &Self) -> Self {
        // A tag with a comma in its name is two in a CSV.
        let names: Vec<String> = known.tags.iter().flat_map(|tag| text::tags(tag)).collect();
        let has_tag = |tag: &str| {
            let mut all = names.iter().chain(&known.tags);
            all.any(|name| name.to_lowercase() == tag.to_lowercase())
        };
        let tags = self.tags.into_iter().filter(|tag| !has_tag(tag)).collect();
        let comments = self.comments.into_iter().filter(|text| !is_made_of(text, &known.comments)).collect();
        Self { tags, comments }
    }

    /// Adds them to a call that lacks them. Comments without ids are one note.
    pub(super) fn add_to(self, call: &mut Call) {
        let lacking = self.beyond(&Self::of(call));
        call.tags.extend(lacking.tags);
        for text in lacking.comments {
            if let Some(note) = call.comments.iter_mut().find(|comment| comment.id.is_none()) {
                note.text = format!("{}\n\n{text}", note.text);
            } else {
                call.comments.push(Comment { id: None, text, author: None, at: None });
            }
        }
    }
}

/// Whether every word of `text` stands in one of `known`, of which each is there as a whole. Case, spaces and marks say
/// nothing.
fn is_made_of(text: &str, known: &[String]) -> bool {
    let words = words_of(text);
    if words.is_empty() || words.len() > WORDS_MAX {
        return known.iter().any(|known| known.split_whitespace().eq(text.split_whitespace()));
    }
    // Comments without ids stand in one note with a blank line between them.
    let notes = known.iter().filter(|text| text.contains("\n\n"));
    let known = known.iter().map(String::as_str).chain(notes.flat_map(|note| note.split("\n\n")));
    let mut known: Vec<Vec<String>> = known.map(words_of).collect();
    known.retain(|known| !known.is_empty());
    known.sort_by_key(|known| Reverse(known.len()));
    let mut covered = vec![false; words.len()];
    for known in known {
        let found = words.windows(known.len()).enumerate().find(|(at, window)| {
            *window == known.as_slice() && !covered[*at..*at + known.len()].contains(&true)
        });
        if let Some((at, _)) = found {
            covered[at..at + known.len()].fill(true);
        }
    }
    covered.iter().all(|covered| *covered)
}

fn words_of(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_where_others_make_up_all_of_it() {
        let known = ["Call back".to_owned(), "ok".to_owned(), "\u{1f44d}".to_owned()];
        for (text, is_known) in [
            ("call\nback", true),
            ("OK; call back.", true),
            ("call back ok ok", false),
            ("ok, call them back", false),
            ("call", false),
            ("\u{1f44d}", true),
            ("\u{1f44e}", false),
        ] {
            assert_eq!(is_made_of(text, &known), is_known, "{text}");
        }
        assert!(is_made_of(&"a ".repeat(WORDS_MAX + 1), &["a ".repeat(WORDS_MAX + 1)]));
        assert!(!is_made_of(&"a ".repeat(WORDS_MAX + 1), &["a".to_owned()]));
    }

    #[test]
    fn tags_are_compared_without_case_and_with_their_commas() {
        let words = |tags: &[&str]| Words {
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            comments: Vec::new(),
        };
        let lacking = words(&["vip", "A", "B", "New"]).beyond(&words(&["VIP", "A, B"]));
        assert_eq!(lacking, words(&["New"]));
    }
}

//! Which text is another one after it was redacted: what was redacted in one copy must not come back from another.

use std::collections::HashSet;

use super::body::{self, REDACTED, redactions};
use super::comment::Comment;
use super::late_text::LateText;
use super::loose::{Flag, Text};

/// The empty file that Zendesk puts in the place of a redacted one (reference 3.3).
pub(super) const FILE: &str = "redacted.txt";

/// What stands for a text of which it is not known what was redacted in it.
const WHOLE: &str = "▇▇▇▇";

/// What audits say was redacted, by ids (reference 3.5).
#[derive(Debug, Default)]
pub(super) struct Redacted {
    /// Comments.
    pub(super) texts: HashSet<i64>,
    /// Attachments.
    pub(super) files: HashSet<i64>,
}

impl Redacted {
    /// Takes what another audit says.
    pub(super) fn extend(&mut self, other: Self) {
        self.texts.extend(other.texts);
        self.files.extend(other.files);
    }

    /// Takes out of `comment` what was redacted and is still there: a copy of before shows it. Of a text without a mark
    /// of redaction nobody can tell which part it was, so all of it goes. True if there was anything.
    pub(super) fn apply(&self, comment: &mut Comment<'_>) -> bool {
        let mut is_found = false;
        for file in comment.attachments.0.iter_mut().filter_map(|file| file.0.as_mut()) {
            let is_named = file.id.known().is_some_and(|id| self.files.contains(&id));
            if is_named && file.file_name.get() != Some(FILE) {
                file.file_name = Text(Some(FILE.into()));
                // The address stays, by which the text's picture of it is known; it is not loaded.
                file.deleted = Flag::Is(true);
                is_found = true;
            }
        }
        if comment.id.known().is_some_and(|id| self.texts.contains(&id)) && shows_text(comment) {
            comment.body = LateText::known(Text(Some(WHOLE.into())));
            (comment.html_body, comment.plain_body) = (LateText::default(), LateText::default());
            is_found = true;
        }
        is_found
    }

    /// What stands in the place of the first text of a ticket, whose comment has the id `first`, if it was redacted and
    /// is still there.
    pub(super) fn opening(&self, first: Option<i64>, text: &str) -> Option<&'static str> {
        let is_named = first.map_or(!self.texts.is_empty(), |id| self.texts.contains(&id));
        (is_named && redactions(text) == 0).then_some(WHOLE)
    }
}

/// True if a form of the text says something without a mark of redaction.
fn shows_text(comment: &Comment<'_>) -> bool {
    let forms = [&comment.body, &comment.html_body, &comment.plain_body];
    forms.into_iter().filter_map(LateText::filled).any(|form| !body::is_redacted(form))
}

/// True if one of the texts is the other after more of it was redacted; see [`is_of`].
pub(super) fn is_either(one: &str, other: &str, strictly: bool) -> bool {
    is_of(one, other, strictly) || is_of(other, one, strictly)
}

/// True if `redacted` is `text` after more of it was redacted: what is left stands in `text`, in its order.
///
/// Letters and digits alone are compared, because forms of export differ in the rest. `strictly` asks for the length
/// too, as far as that can be known: each mark stands for a character (reference 3.4). Without it a text of which
/// nothing is left may be any.
pub(super) fn is_of(redacted: &str, text: &str, strictly: bool) -> bool {
    if redactions(redacted) <= redactions(text) {
        return false;
    }
    let (left, whole) = (letters(redacted), letters(text));
    let is_as_long = || (whole.chars().count()..=text.chars().count()).contains(&left.chars().count());
    if strictly && !is_as_long() {
        return false;
    }
    let mut pieces = left.split(REDACTED);
    let (first, last) = (pieces.next().unwrap_or_default(), pieces.next_back().unwrap_or_default());
    let Some(mut rest) = whole.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else {
        return false;
    };
    pieces.filter(|piece| !piece.is_empty()).all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = &rest[at + piece.len()..];
            true
        }
        None => false,
    })
}

/// The text without what forms of export change, spaces and markup: its letters, digits and marks of redaction.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|one| one.is_alphanumeric() || *one == REDACTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_stands_in_the_text_in_its_order() {
        for (redacted, text, loosely, strictly) in [
            ("card ▇▇▇▇", "card 4111", true, true),
            ("card ▇▇▇▇, please", "**Card** 4111, please", false, false),
            ("card ▇▇▇▇, please", "card\n*4111*, please", true, true),
            ("card ▇▇▇▇ of ▇▇▇", "card 4111 of Kim", true, true),
            ("card ▇▇▇▇ of ▇▇▇", "card ▇▇▇▇ of Kim", true, true),
            ("card ▇▇▇▇ of Kim", "card 4111 of Kim and more", false, false),
            ("card ▇▇ of ▇▇▇", "card 4111 of Kimberley", true, false),
            ("▇▇▇", "yes", true, true),
            ("▇▇▇▇", "yes", true, false),
            ("▇▇ ▇▇", "a b c", true, true),
            ("yes", "yes", false, false),
            ("yes", "▇▇▇", false, false),
            ("▇▇▇", "▇▇▇", false, false),
            ("我的卡号 ▇▇▇▇", "我的卡号 4111", true, true),
        ] {
            let found = [false, true].map(|strictly| is_of(redacted, text, strictly));
            assert_eq!(found, [loosely, strictly], "{redacted} {text}");
        }
        assert!(is_either("card 4111", "card ▇▇▇▇", true) && !is_either("card 4111", "card 4112", false));
    }
}

//! Which text is another one after it was redacted: what was redacted in one copy must not come back from another.

use super::body::{REDACTED, redactions};

/// The empty file that Zendesk puts in the place of a redacted one (reference 3.3).
pub(super) const FILE: &str = "redacted.txt";

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

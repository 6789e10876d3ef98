//! Takes addresses out of foreign words before they are stored.

use crate::model::mask::masked;

/// Characters kept of a note; Gorgias's error bodies can be long.
const NOTE_CHARS_MAX: usize = 500;

/// `words` without email addresses and phone numbers, at most [`NOTE_CHARS_MAX`] characters.
pub(super) fn scrub(words: &str) -> String {
    // Cut afterwards: half a number could not be told from an id.
    masked(words).chars().take(NOTE_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_out_and_ids_stay() {
        assert_eq!(
            scrub("Customer <kim@example.com> or\n+33639980001, 06 39 98 00 01 is taken by 12345678."),
            "Customer [address] or [number], [number] is taken by 12345678."
        );
        assert_eq!(scrub(&"é ".repeat(9_000)).chars().count(), 500);
        let cut = scrub(&format!("{}+1 555 123 4567", "x ".repeat(247)));
        assert!(cut.ends_with("x [numbe"), "{cut}");
    }
}

//! Takes addresses out of foreign words before they are stored.

/// Characters kept of a note; Gorgias's error bodies can be long.
const NOTE_CHARS_MAX: usize = 500;

/// Digits from which a number is taken for a phone number. Gorgias ids inside sentences stay readable up to there.
const PHONE_DIGITS_MIN: usize = 7;

/// `words` without email addresses and phone numbers, at most [`NOTE_CHARS_MAX`] characters.
pub(super) fn scrub(words: &str) -> String {
    let cut: String = words.chars().take(NOTE_CHARS_MAX).collect();
    let mut clean = String::with_capacity(cut.len());
    for (index, word) in cut.split_whitespace().enumerate() {
        if index > 0 {
            clean.push(' ');
        }
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        if word.contains('@') || (word.contains('+') && digits >= PHONE_DIGITS_MIN) {
            clean.push_str("[address]");
        } else {
            clean.push_str(word);
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_out() {
        assert_eq!(
            scrub("Customer <kim@example.com> or\n+33639980001 is taken by 12345678."),
            "Customer [address] or [address] is taken by 12345678."
        );
        assert_eq!(scrub(&"é ".repeat(9_000)).chars().count(), 499);
    }
}

//! Phone numbers as text: what both products' readers and the mapping have to agree on. A digit is never invented.

use std::ops::RangeInclusive;

/// Fewest and most digits of a number with its country that is written without a plus (E.164 allows 15).
pub const INTERNATIONAL_DIGITS: RangeInclusive<usize> = 8..=15;

/// Whether `text` is bare digits that can be a number with its country. Exports of calls write all numbers so; in
/// other places it may be a national number as well.
pub fn may_be_international(text: &str) -> bool {
    INTERNATIONAL_DIGITS.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !text.starts_with('0')
}

/// `6.12555E+10` and `6,12555E+10`: digits were lost, and what is left must not be expanded.
pub fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let exponent = exponent.trim_start_matches(['+', '-']);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa = mantissa.trim_start_matches(['+', '-']);
    digits(exponent) && mantissa.split(['.', ',']).all(digits) && mantissa.split(['.', ',']).count() <= 2
}

/// `61255500123.0` as `61255500123`: a whole number that a spreadsheet or a data frame shows with decimals.
pub fn without_decimals(text: &str) -> &str {
    match text.split_once(['.', ',']) {
        Some((whole, decimals))
            if (1..=2).contains(&decimals.len())
                && decimals.bytes().all(|b| b == b'0')
                && whole.len() >= 3
                && whole.bytes().all(|b| b.is_ascii_digit()) =>
        {
            whole
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_digits_may_have_their_country() {
        for (text, expected) in [
            ("33639980001", true),
            ("12345678", true),
            ("1234567", false),
            ("1234567890123456", false),
            ("0639980001", false),
            ("+33639980001", false),
            ("33 639980001", false),
        ] {
            assert_eq!(may_be_international(text), expected, "{text}");
        }
    }

    #[test]
    fn exponents_are_seen_and_decimals_cut() {
        for text in ["6.12555E+10", "6,12555e10", "6E10", "-6.1E-3"] {
            assert!(is_scientific(text), "{text}");
        }
        for text in ["E10", "6.1E", "6.1.2E10", "61255500123", "client:jane", ""] {
            assert!(!is_scientific(text), "{text}");
        }
        assert_eq!(without_decimals("61255500123.0"), "61255500123");
        assert_eq!(without_decimals("06.39.98.00.01"), "06.39.98.00.01");
    }
}

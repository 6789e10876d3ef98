//! Phone numbers to E.164. The one place that knows the phone number library.

use rlibphonenumber::enums::Region;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

/// Fewest digits of a number that is an identity. Shorter ones are service numbers, the same for everybody.
const DIGITS_MIN: usize = 7;

/// The number in E.164 (`+33639980001`), or nothing if `text` is not one. `country` (ISO 3166, two letters) is
/// assumed where the number is written without a country code.
pub fn e164(text: &str, country: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("00").map_or_else(|| text.to_owned(), |rest| format!("+{rest}"));
    let region = country.to_ascii_uppercase().parse::<Region>().ok();
    let number = PHONE_NUMBER_UTIL.parse(&text, region).ok()?;
    let formatted = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164).into_owned();
    // Zeros beyond those of the country's own prefix are read away the next time: that would be two identities.
    let again = PHONE_NUMBER_UTIL.parse(&formatted, None).ok()?;
    if PHONE_NUMBER_UTIL.format(&again, PhoneNumberFormat::E164) != formatted {
        return None;
    }
    let digits = formatted.bytes().filter(u8::is_ascii_digit).count();
    let plain = formatted.starts_with('+') && formatted[1..].bytes().all(|b| b.is_ascii_digit());
    (plain && (DIGITS_MIN..=15).contains(&digits)).then_some(formatted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_exports_write_them() {
        for (text, country, expected) in [
            ("+33 6 39 98 00 01", "US", Some("+33639980001")),
            ("0033 6 39 98 00 01", "US", Some("+33639980001")),
            ("06 39 98 00 01", "FR", Some("+33639980001")),
            ("+1 (234) 555-0167", "FR", Some("+12345550167")),
            ("1-202-555-0174", "US", Some("+12025550174")),
            ("+61 491 570 006", "US", Some("+61491570006")),
            ("anonymous", "US", None),
            ("", "US", None),
            ("112", "US", None),
            ("+39 06 1234 5678", "US", Some("+390612345678")),
            ("\u{1e}0000000000000", "FR", None),
            ("6.12555E+10", "US", None),
        ] {
            assert_eq!(e164(text, country).as_deref(), expected, "{text} {country}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_number_or_not(text in ".{0,40}") {
            if let Some(number) = e164(&text, "US") {
                proptest::prop_assert!(number.starts_with('+') && number.len() <= 16);
            }
        }
    }
}

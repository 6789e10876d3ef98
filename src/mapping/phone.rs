//! Phone numbers to E.164. The one place that knows the phone number library.
//!
//! A country is put in front of a number only where it is a number of that country: else two strangers share an address,
//! or one person has two.

use rlibphonenumber::enums::Region;
use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat};

use crate::model::phone::{is_scientific, may_be_international, without_decimals};

/// Fewest digits of a number that is an identity. Shorter ones are service numbers, the same for everybody.
const DIGITS_MIN: usize = 7;

/// The country code of North America, where neither area code nor exchange begins with 0 or 1.
const NORTH_AMERICA: i32 = 1;

/// The number in E.164 (`+33639980001`), or nothing if `text` is not one. `country` (ISO 3166, two letters) is
/// assumed where the number is written without a country code and is one of that country. Bare digits that are none
/// there may have their country already, as exports of calls write them.
pub fn e164(text: &str, country: &str) -> Option<String> {
    let text = without_decimals(text.trim());
    if is_scientific(text) {
        return None;
    }
    let text = text.strip_prefix("00").map_or_else(|| text.to_owned(), |rest| format!("+{rest}"));
    let region = country.to_ascii_uppercase().parse::<Region>().ok();
    let written = PHONE_NUMBER_UTIL.parse(&text, region).ok();
    if text.contains(['+', '\u{ff0b}']) {
        return written.filter(is_possible).as_ref().and_then(formatted);
    }
    let abroad = may_be_international(&text).then(|| PHONE_NUMBER_UTIL.parse(format!("+{text}"), None).ok());
    let mut readings: Vec<PhoneNumber> = [written, abroad.flatten()].into_iter().flatten().collect();
    // What begins with the country's own code is rather that than one of its longest numbers.
    if let [written, abroad] = &readings[..]
        && written.country_code == abroad.country_code
        && abroad.is_valid()
    {
        readings.reverse();
    }
    // The library does not know every range that is in use, so a number may also just look like one.
    let valid = readings.iter().find(|number| number.is_valid());
    formatted(valid.or_else(|| readings.iter().find(|number| is_plausible(number)))?)
}

/// Whether a number is neither too short nor too long for its country.
fn is_possible(number: &PhoneNumber) -> bool {
    matches!(number.is_possible_with_reason(), Ok(NumberLengthType::IsPossible))
}

/// Whether a number has the length of those of its country and begins like one.
fn is_plausible(number: &PhoneNumber) -> bool {
    let national = number.get_national_significant_number();
    let from_two = |at: usize| national.as_bytes().get(at).is_some_and(|digit| (b'2'..=b'9').contains(digit));
    let begins = match number.country_code {
        NORTH_AMERICA => from_two(0) && from_two(3),
        _ => !national.starts_with('0'),
    };
    begins && is_possible(number)
}

fn formatted(number: &PhoneNumber) -> Option<String> {
    let formatted = PHONE_NUMBER_UTIL.format(number, PhoneNumberFormat::E164).into_owned();
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

    #[test]
    fn no_country_is_put_in_front_of_what_is_no_number_there() {
        for (text, country, expected) in [
            // Bare digits that are a number with their country already, as Aircall writes them.
            ("33639980001", "US", Some("+33639980001")),
            ("4915112345678", "US", Some("+4915112345678")),
            ("4915112345678", "DE", Some("+4915112345678")),
            ("61255500123", "US", Some("+61255500123")),
            ("447700900999", "US", Some("+447700900999")),
            ("12025550174", "FR", Some("+12025550174")),
            // Bare digits that are a number of the country.
            ("12025550174", "US", Some("+12025550174")),
            ("2025550174", "US", Some("+12025550174")),
            ("(202) 555-0174", "US", Some("+12025550174")),
            ("639980001", "FR", Some("+33639980001")),
            // It is a number in both countries, and the country of the config comes first.
            ("33639980001", "DE", Some("+4933639980001")),
            ("0639980001", "FR", Some("+33639980001")),
            ("020 7946 0123", "GB", Some("+442079460123")),
            // No number of the country.
            ("0639980001", "US", None),
            ("06 39 98 00 01", "US", None),
            ("1183456", "US", None),
            ("5550174", "US", None),
            ("3631", "US", None),
            ("020 7946 0123", "US", None),
            ("12345678", "US", None),
            ("123456789012345", "US", None),
            // Written with a country, and too short or too long for it.
            ("+12345678", "US", None),
            ("+1202555017412", "US", None),
            ("+33 6 39 98 00", "FR", None),
            // What a spreadsheet or a script left.
            ("3.36399E+10", "US", None),
            ("3.36399E10", "US", None),
            ("33639980001.0", "US", Some("+33639980001")),
        ] {
            assert_eq!(e164(text, country).as_deref(), expected, "{text} {country}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_number_is_the_same_again(text in "(\\+|00|0)?[1-9][0-9]{6,13}") {
            for country in ["US", "FR", "DE", "AR"] {
                if let Some(number) = e164(&text, country) {
                    proptest::prop_assert_eq!(e164(&number, country), Some(number));
                }
            }
        }

        #[test]
        fn any_text_is_a_number_or_not(text in ".{0,40}") {
            if let Some(number) = e164(&text, "US") {
                proptest::prop_assert!(number.starts_with('+') && number.len() <= 16);
            }
        }
    }
}

//! Words and figures of the pages.

use maud::{Markup, html};

use crate::sandbox::clock::Moment;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::customers;
use crate::sandbox::store::messages::Person;
use crate::sandbox::wire::People;

/// Digits in groups of three, separated by a comma.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 ticket`, `50,214 tickets`.
pub(super) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(number)) }
}

/// Bytes in decimal units.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// A remark as a sentence begins: with a capital.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

/// A text whose long names may be broken after what parts them, instead of anywhere: paths and addresses.
pub(super) fn breakable(text: &str) -> Markup {
    html! { @for part in text.split_inclusive(['/', '!', '_', '@']) { (part) wbr; } }
}

/// The beginning of a text that is longer than so many letters.
pub(super) fn shortened(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What to call a person: name, else address, else the number of a caller.
pub(super) fn called(people: &People, person: Person) -> Result<String, ApiError> {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let found = people.get(person)?;
    if let Some(name) = found.and_then(|one| filled(&one.name).or_else(|| filled(&one.email))) {
        return Ok(name);
    }
    let address = match person {
        Person::Customer(id) => {
            customers::channels(people.db, id)?.into_iter().next().map(|channel| channel.address)
        }
        Person::User(_) => None,
    };
    Ok(address.unwrap_or_else(|| "(no name)".to_owned()))
}

/// One or two letters to stand for a name.
pub(super) fn initials(name: &str) -> String {
    if name.starts_with(['+', '(']) {
        return "#".to_owned();
    }
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    let letters: String = first.into_iter().chain(last).flat_map(char::to_uppercase).collect();
    if letters.is_empty() { "?".to_owned() } else { letters }
}

/// A channel as people call it.
pub(super) fn channel(slug: &str) -> String {
    match slug {
        "api" => "API".to_owned(),
        "sms" => "SMS".to_owned(),
        "contact_form" => "Contact form".to_owned(),
        "internal-note" => "Internal note".to_owned(),
        "whatsapp" => "WhatsApp".to_owned(),
        "facebook-messenger" => "Messenger".to_owned(),
        "help-center" => "Help center".to_owned(),
        "instagram-direct-message" => "Instagram message".to_owned(),
        "twitter-direct-message" => "Twitter message".to_owned(),
        other => {
            let mut letters = other.chars();
            let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
            format!("{first}{}", letters.as_str().replace(['-', '_'], " "))
        }
    }
}

/// A status as people call it.
pub(super) fn status(word: &str) -> &'static str {
    match word {
        "open" => "Open",
        "closed" => "Closed",
        "trash" => "In the trash",
        _ => "Unknown",
    }
}

/// Days that are written as such: this year's dates would be wrong next year, so every date has its year.
pub(super) fn day(at: Moment) -> String {
    at.formatted("%-d %b %Y")
}

/// Date and minute.
pub(super) fn minute(at: Moment) -> String {
    at.formatted("%-d %b %Y, %H:%M")
}

const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];

/// A part of an address, with everything escaped that could mean something.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            out.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_names_for_people() {
        assert_eq!(
            (grouped(7), grouped(1_000), grouped(1_234_567)),
            ("7".into(), "1,000".into(), "1,234,567".into())
        );
        assert_eq!((count(1, "ticket"), count(0, "ticket")), ("1 ticket".into(), "0 tickets".into()));
        assert_eq!(
            (size(999), size(1_001), size(2_560_000)),
            ("999 B".into(), "2 KB".into(), "2.5 MB".into())
        );
        assert_eq!(
            (initials("Ana María de Alvarez"), initials("\u{1f600} x"), initials("")),
            ("AA".into(), "X".into(), "?".into())
        );
        assert_eq!(
            (channel("contact_form"), channel("tiktok-shop")),
            ("Contact form".into(), "Tiktok shop".into())
        );
        assert_eq!(escaped("a b&c=ü/"), "a%20b%26c%3D%C3%BC%2F");
    }
}

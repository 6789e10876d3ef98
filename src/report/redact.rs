//! The last wall before log and machine output: masks what looks like an address, a phone number or a credential.
//!
//! Everything upstream is meant not to put such things into findings and events; this makes it so even where a
//! server's words or a key of a person carry one. Quotes and backslashes are never touched, so JSON stays JSON.

use std::borrow::Cow;

/// Shortest run of digits after a `+` that is taken for a phone number: the shortest international numbers have
/// seven, and time offsets such as `+0530` have four.
const PHONE_DIGITS_MIN: usize = 7;

/// `text` with addresses, international phone numbers and credentials masked. Borrowed where there are none.
pub fn redact(text: &str) -> Cow<'_, str> {
    masked(text, Form::Plain)
}

/// The same for a text that is JSON; it stays JSON, and no escape sequence is torn.
pub fn redact_json(json: &str) -> Cow<'_, str> {
    masked(json, Form::Json)
}

/// How backslashes are to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Json,
}

fn masked(text: &str, form: Form) -> Cow<'_, str> {
    let suspicious = text.bytes().any(|b| matches!(b, b'@' | b'+' | b'%'))
        || CREDENTIALS.iter().any(|word| text.contains(word));
    if !suspicious {
        return Cow::Borrowed(text);
    }
    let masked = CREDENTIALS.iter().fold(text.to_owned(), |text, word| mask_after(&text, word));
    Cow::Owned(mask_phones(&mask_addresses(&masked, form)))
}

/// A key with addresses masked. Telephone numbers stay: the ticket of a number and day is named by them, and a key that
/// was changed could not be looked up or given to `--ids-from`.
pub fn redact_key(key: &str) -> Cow<'_, str> {
    if find_at_sign(key).is_some() {
        Cow::Owned(mask_addresses(key, Form::Plain))
    } else {
        Cow::Borrowed(key)
    }
}

/// Words that stand before a credential in HTTP headers.
const CREDENTIALS: [&str; 2] = ["Basic ", "Bearer "];

fn mask_after(text: &str, word: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = rest.split_at(at + word.len());
        let end = after.find(|c: char| !is_token(c)).unwrap_or(after.len());
        out.push_str(before);
        // A short word after it is prose ("Basic settings"), not a credential.
        out.push_str(if end >= 12 { "[credential]" } else { &after[..end] });
        rest = &after[end..];
    }
    out + rest
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_' | '.' | '~')
}

fn mask_addresses(text: &str, form: Form) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, sign)) = find_at_sign(rest) {
        let before = &rest[..at];
        let local =
            before.char_indices().rev().take_while(|(_, c)| is_local(*c)).last().map_or(at, |(i, _)| i);
        let escape = if form == Form::Json { escape_length(before, local) } else { 0 };
        let start = (local + escape).min(at);
        let after = &rest[at + sign..];
        let host = after.find(|c: char| !is_host(c)).unwrap_or(after.len());
        if start < at && host > 0 {
            out.push_str(&rest[..start]);
            out.push_str("[address]");
            rest = &after[host..];
        } else {
            // What follows may be the local part of an address behind it.
            out.push_str(&rest[..at + sign]);
            rest = after;
        }
    }
    out + rest
}

/// The next `@`, also as URLs write it, with its length in bytes.
fn find_at_sign(text: &str) -> Option<(usize, usize)> {
    let plain = text.find('@').map(|at| (at, 1));
    let encoded = text.find("%40").map(|at| (at, 3));
    plain.into_iter().chain(encoded).min()
}

/// Bytes from `start` on that belong to a JSON escape (`\n`, `\u001b`) and not to the address behind it.
fn escape_length(text: &str, start: usize) -> usize {
    let backslashes = text[..start].bytes().rev().take_while(|b| *b == b'\\').count();
    if backslashes.is_multiple_of(2) {
        return 0;
    }
    let escape = if text[start..].starts_with('u') { "u001b".len() } else { 1 };
    text[start..].char_indices().nth(escape).map_or(text.len() - start, |(at, _)| at)
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '!' | '%' | '\'' | '+' | '-' | '.' | '_' | '~')
}

fn is_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-')
}

fn mask_phones(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('+') {
        let after = &rest[at + 1..];
        let end = after
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')')))
            .unwrap_or(after.len());
        let digits = after[..end].bytes().filter(u8::is_ascii_digit).count();
        out.push_str(&rest[..at]);
        if digits >= PHONE_DIGITS_MIN {
            out.push_str("[phone]");
            // A space after the number belongs to the next word.
            out.push_str(&" ".repeat(after[..end].len() - after[..end].trim_end().len()));
        } else {
            out.push_str(&rest[at..=at + end]);
        }
        rest = &after[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_phones_and_credentials_are_masked() {
        for (text, masked) in [
            ("sent to kim.o'hara+x@example.co.uk today", "sent to [address] today"),
            ("aircall:tel:+33639980001", "aircall:tel:[phone]"),
            ("call +1 (415) 555-0100 now", "call [phone] now"),
            ("Authorization: Basic b3BzQGV4YW1wbGU6c2VjcmV0", "Authorization: Basic [credential]"),
            (r#"{"key":"a@b.c","n":1}"#, r#"{"key":"[address]","n":1}"#),
            ("/customers?email=kim%40example.com&limit=1", "/customers?email=[address]&limit=1"),
            ("müller@bücher.example", "[address]"),
        ] {
            assert_eq!(redact(text), masked);
        }
    }

    #[test]
    fn keys_keep_their_numbers() {
        assert_eq!(redact_key("aircall:tel:+33639980001:2025-01-04"), "aircall:tel:+33639980001:2025-01-04");
        assert_eq!(redact_key("zendesk:person:kim@example.com"), "zendesk:person:[address]");
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "zendesk:ticket:35436",
            "2024-03-05T10:11:12+05:30",
            "C++ and a @ b",
            "Basic settings",
            "1+1",
            "",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_address_survives_and_json_stays_json(
            before in "[ -~é\\n\\x1b]{0,12}", local in "[a-z.+]{1,8}", host in "[a-z]{1,8}\\.[a-z]{2,3}", after in "[ -~é]{0,12}",
        ) {
            let text = format!("{before}{local}@{host} {after}");
            let masked = redact(&text);
            let address = format!("{local}@{host}");
            proptest::prop_assert!(!masked.contains(&address), "{}", masked);
            let json = serde_json::to_string(&text).unwrap();
            let read: String = serde_json::from_str(&redact_json(&json)).unwrap();
            proptest::prop_assert!(!read.contains(&address), "{}", read);
        }
    }
}

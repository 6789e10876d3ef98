//! The language that Gorgias fills in seconds after a ticket was made. A rough guess by common words; only that it
//! appears later matters.

use super::store::messages::MessageDoc;

/// Texts longer than this are not read further.
const CHARS_READ: usize = 2000;
/// Fewer common words than this decide nothing.
const HITS_MIN: usize = 2;

const WORDS: &[(&str, &[&str])] = &[
    ("en", &["the", "and", "you", "is", "my", "to", "hello", "please", "thanks", "order", "have", "for"]),
    ("fr", &["le", "la", "les", "vous", "bonjour", "merci", "est", "pour", "je", "une", "commande"]),
    ("de", &["der", "die", "das", "und", "ich", "hallo", "danke", "nicht", "ist", "bitte", "eine"]),
    ("es", &["el", "los", "hola", "gracias", "por", "una", "pedido", "es", "para", "mi"]),
    ("it", &["il", "che", "ciao", "grazie", "per", "sono", "ordine", "non", "una"]),
    ("nl", &["de", "het", "een", "ik", "niet", "bedankt", "hallo", "bestelling", "mijn"]),
];

/// The language of the first messages, if their words say.
pub(crate) fn guess<'a>(messages: impl Iterator<Item = &'a MessageDoc>) -> Option<&'static str> {
    let text: String = messages
        .filter_map(|message| message.body_text.as_deref())
        .flat_map(|text| text.chars().chain([' ']))
        .take(CHARS_READ)
        .collect();
    of(&text)
}

fn of(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let tokens: Vec<&str> =
        text.split(|c: char| !c.is_alphabetic()).filter(|token| !token.is_empty()).collect();
    let hits = |words: &[&str]| tokens.iter().filter(|token| words.contains(token)).count();
    WORDS
        .iter()
        .map(|(code, words)| (*code, hits(words)))
        .max_by_key(|(_, hits)| *hits)
        .filter(|(_, hits)| *hits >= HITS_MIN)
        .map(|(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn common_words_decide() {
        assert_eq!(of("Hello, where is my order? Thanks"), Some("en"));
        assert_eq!(of("Bonjour, je voudrais annuler la commande. Merci"), Some("fr"));
        assert_eq!(of("12345 !!"), None);
    }
}

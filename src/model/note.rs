//! What agents of the old help desk wrote down about a person, apart from every conversation.

use std::fmt;

use super::finding::{Code, Finding};
use super::key::PersonKey;

/// Longest note, in characters. Gorgias states no limit for a customer's `data`; this is what fits beside a ticket.
pub const NOTE_CHARS_MAX: usize = 4_000;

/// What was written down about a person. These are an agent's own words about somebody, so that nothing shows them but the
/// customer's record in Gorgias.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonNote {
    /// Whom it is about.
    pub person: PersonKey,
    /// When it was last changed, in microseconds since 1970, or whatever else tells which of two is the newer.
    pub stamp: i64,
    /// The note.
    pub notes: Option<String>,
    /// What Zendesk calls details: mostly an address.
    pub details: Option<String>,
    /// Something was longer than [`NOTE_CHARS_MAX`] and was cut.
    is_cut: bool,
}

impl PersonNote {
    /// The note, as plain text of lines: no control characters, no more than a note takes. It may be empty, where a newer record of
    /// the person has none any more.
    pub fn new(person: PersonKey, stamp: i64, notes: Option<&str>, details: Option<&str>) -> Self {
        let [(notes, one), (details, other)] = [notes, details].map(plain);
        Self { person, stamp, notes, details, is_cut: one || other }
    }

    /// What is to be said where something was cut.
    pub fn finding(&self) -> Option<Finding> {
        let key = Some(self.person.as_str().to_owned());
        self.is_cut.then(|| Finding { key, ..Finding::general(Code::NoteCut) })
    }
}

impl fmt::Debug for PersonNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonNote(..)")
    }
}

/// The text, and whether it was cut.
fn plain(text: Option<&str>) -> (Option<String>, bool) {
    let Some(text) = text else { return (None, false) };
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let text = text.trim();
    match text.char_indices().nth(NOTE_CHARS_MAX) {
        None => ((!text.is_empty()).then(|| text.to_owned()), false),
        Some((cut, _)) => (Some(format!("{}…", text[..cut].trim_end())), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::key::SourceName;

    fn note(notes: &str, details: &str) -> PersonNote {
        let person = PersonKey::new(&SourceName::new("zendesk").unwrap(), "user", 7);
        PersonNote::new(person, 0, Some(notes), Some(details))
    }

    #[test]
    fn notes_are_plain_text_of_bounded_length() {
        let told = note(" VIP\r\n<b>\u{0}pays\u{1b} late</b>\r", "\n\t ");
        assert_eq!(told.notes.as_deref(), Some("VIP\n<b>pays late</b>"));
        assert_eq!((told.details.as_deref(), told.finding()), (None, None));
        let long = note("", &"é".repeat(NOTE_CHARS_MAX + 1));
        assert_eq!(long.details.as_ref().unwrap().chars().count(), NOTE_CHARS_MAX + 1);
        assert!(long.details.as_ref().unwrap().ends_with("é…"));
        assert_eq!(long.finding().unwrap().key.as_deref(), Some("zendesk:user:7"));
        let whole = note(&"é".repeat(NOTE_CHARS_MAX), "");
        assert!(whole.finding().is_none());
        assert!(!format!("{told:?}").contains("VIP"));
    }
}

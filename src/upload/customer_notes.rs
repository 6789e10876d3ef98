//! What was noted down about a customer, who may have several ids of the old systems with a note each.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::model::key::PersonKey;
use crate::model::note::{NOTE_CHARS_MAX, PersonNote};
use crate::staging::{Staging, StagingError};

/// The texts of a customer.
#[derive(Default)]
pub(super) struct Notes {
    notes: Vec<String>,
    details: Vec<String>,
}

impl std::fmt::Debug for Notes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notes(..)")
    }
}

impl Notes {
    /// What the export has about these ids, the newest first, each text once.
    pub(super) fn of(staging: &Staging, people: &BTreeSet<PersonKey>) -> Result<Self, StagingError> {
        let found: Result<Vec<Option<PersonNote>>, _> = people.iter().map(|key| staging.note(key)).collect();
        let mut found: Vec<PersonNote> = found?.into_iter().flatten().collect();
        found.sort_by_key(|note| std::cmp::Reverse(note.stamp));
        let mut notes = Self::default();
        for note in found {
            for (texts, text) in [(&mut notes.notes, note.notes), (&mut notes.details, note.details)] {
                texts.extend(text.filter(|text| !texts.contains(text)));
            }
        }
        Ok(notes)
    }

    /// The texts as they stand in `data`, by their names. They are plain text: nothing in them is markup to Gorgias.
    pub(super) fn told(self) -> impl Iterator<Item = (String, Value)> {
        let named = [("notes", self.notes), ("details", self.details)].into_iter();
        named.filter(|(_, texts)| !texts.is_empty()).map(|(name, texts)| {
            let text = texts.join("\n\n");
            let cut = text.char_indices().nth(NOTE_CHARS_MAX + 1).map_or(text.len(), |(at, _)| at);
            (name.to_owned(), text[..cut].into())
        })
    }
}

//! Who and what stands behind numbers and ids: contacts, users and lines out of files of their own. They name the
//! people and lines of calls and are no records to import.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::{OptionalExtension, params};

use super::api::{self, Object};
use super::call::Line;
use super::number::Number;
use super::roster::Roster;
use crate::source::SourceError;
use crate::source::scratch::Scratch;

/// Most lines kept in memory. Aircall's largest customers have some thousands.
const KEPT_MAX: usize = 100_000;

/// What an object in a file of its own describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Contact,
    User,
    Line,
    /// Named in calls already.
    Team,
}

/// Names of lists, wrappers and events, and what they hold.
const NAMES: &[(&str, Entry)] = &[
    ("contacts", Entry::Contact),
    ("contact", Entry::Contact),
    ("users", Entry::User),
    ("user", Entry::User),
    ("numbers", Entry::Line),
    ("number", Entry::Line),
    ("teams", Entry::Team),
    ("team", Entry::Team),
];

/// What a list, a wrapper or an event (`contact.updated`) of this name holds.
pub(super) fn entry_named(name: &str) -> Option<Entry> {
    let name = name.split('.').next().unwrap_or_default();
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, entry)| *entry)
}

/// What an object is by its shape.
pub(super) fn entry_of(object: &Object<'_>) -> Option<Entry> {
    let has = |field: &str| object.has(field);
    if has("phone_numbers") && (has("first_name") || has("last_name") || has("emails") || has("is_shared")) {
        Some(Entry::Contact)
    } else if has("email")
        && has("name")
        && (has("availability_status") || has("available") || has("extension"))
    {
        Some(Entry::User)
    } else if has("digits") && has("name") && (has("country") || has("is_ivr") || has("open")) {
        Some(Entry::Line)
    } else if has("users") && has("name") && has("id") {
        Some(Entry::Team)
    } else {
        None
    }
}

/// The directory.
pub(super) struct Directory {
    scratch: Scratch,
    contacts: bool,
    /// Whether what was noted down about contacts is wanted.
    notes: bool,
    /// The users.
    pub(super) roster: Roster,
    /// Names of lines by their numbers.
    lines: HashMap<String, Option<String>>,
}

impl Directory {
    /// Nobody yet. Contacts go to a file in `temp_dir`, there may be millions.
    pub(super) fn new(temp_dir: &Path, notes: bool) -> Result<Self, SourceError> {
        let tables = "CREATE TABLE contact (number TEXT PRIMARY KEY, rank INTEGER, name TEXT, email TEXT)
                      WITHOUT ROWID;
                      CREATE TABLE note (number TEXT PRIMARY KEY, rank INTEGER, text TEXT) WITHOUT ROWID;";
        Ok(Self {
            scratch: Scratch::new(temp_dir, "contacts", tables)?,
            contacts: false,
            notes,
            roster: Roster::default(),
            lines: HashMap::new(),
        })
    }

    /// Takes note of an object. `rank` tells which of two is the newer.
    pub(super) fn add(&mut self, entry: Entry, object: &Object<'_>, rank: i64) -> Result<(), SourceError> {
        match entry {
            Entry::Contact => self.contact(object, rank)?,
            Entry::User => {
                if let Some(user) = api::agent(object) {
                    self.roster.meet(&user, true, rank);
                }
            }
            Entry::Line => self.line(&api::line(Some(object))),
            Entry::Team => {}
        }
        Ok(())
    }

    fn contact(&mut self, object: &Object<'_>, rank: i64) -> Result<(), SourceError> {
        let (name, email) = (api::contact_name(object), api::contact_email(object));
        for entry in &object.list("phone_numbers") {
            let value = Object::of(entry).and_then(|entry| entry.text("value"));
            let number = value.or_else(|| entry.as_str().map(str::to_owned));
            let Some(Number::Known(number)) = number.as_deref().map(Number::read) else { continue };
            self.contacts = true;
            self.note(&number, object, rank)?;
            let insert = "INSERT INTO contact VALUES (?1, ?2, ?3, ?4) ON CONFLICT (number) DO UPDATE
                          SET rank = ?2, name = coalesce(?3, name), email = coalesce(?4, email) WHERE rank <= ?2";
            self.scratch.connection.prepare_cached(insert)?.execute(params![number, rank, name, email])?;
        }
        Ok(())
    }

    /// Takes note of what was written down about the contact who has a number.
    fn note(&self, number: &str, contact: &Object<'_>, rank: i64) -> Result<(), SourceError> {
        if !self.notes {
            return Ok(());
        }
        let insert = "INSERT INTO note VALUES (?1, ?2, ?3) ON CONFLICT (number) DO UPDATE
                      SET rank = ?2, text = ?3 WHERE (rank, text) < (?2, ?3)";
        let text = contact.lines("information").unwrap_or_default();
        self.scratch.connection.prepare_cached(insert)?.execute(params![number, rank, text])?;
        Ok(())
    }

    /// The same of the contact in a call or a message with that number.
    pub(super) fn note_in(&self, number: &Number, object: &Object<'_>, rank: i64) -> Result<(), SourceError> {
        match (number.known(), object.object("contact")) {
            (Some(number), Some(contact)) if contact.has("information") => self.note(number, &contact, rank),
            _ => Ok(()),
        }
    }

    /// Hands out what was written down about contacts: number, rank, text.
    pub(super) fn each_note(
        &self,
        take: &mut dyn FnMut(&str, i64, &str) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, SourceError> {
        let mut select =
            self.scratch.connection.prepare("SELECT number, rank, text FROM note WHERE text <> ''")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (number, text): (String, String) = (row.get(0)?, row.get(2)?);
            if take(&number, row.get(1)?, &text).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Takes note of a line.
    pub(super) fn line(&mut self, line: &Line) {
        let Some(number) = &line.number else { return };
        if self.lines.len() < KEPT_MAX || self.lines.contains_key(number) {
            let name = self.lines.entry(number.clone()).or_default();
            *name = line.name.clone().or_else(|| name.take());
        }
    }

    /// Whether a number is one of the company's.
    pub(super) fn has_line(&self, number: &str) -> bool {
        self.lines.contains_key(number)
    }

    /// Gives a line the name that the files have for it.
    pub(super) fn name_line(&self, line: &mut Line) {
        if line.name.is_none() {
            line.name = line.number.as_ref().and_then(|number| self.lines.get(number).cloned().flatten());
        }
    }

    /// Fills in name and address of the contact with this number.
    pub(super) fn name_customer(
        &self,
        number: &Number,
        name: &mut Option<String>,
        email: &mut Option<String>,
    ) -> Result<(), SourceError> {
        let Some(number) = number.known().filter(|_| self.contacts) else { return Ok(()) };
        let select = "SELECT name, email FROM contact WHERE number = ?1";
        let mut statement = self.scratch.connection.prepare_cached(select)?;
        let found: Option<(Option<String>, Option<String>)> =
            statement.query_row([number], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((of_name, of_email)) = found {
            *name = name.take().or(of_name);
            *email = email.take().or(of_email);
        }
        Ok(())
    }
}

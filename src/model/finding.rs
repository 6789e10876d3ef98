//! Findings: every problem has a code, a place and a remedy, and is told, never swallowed.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use super::codes::Code;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The record cannot be imported.
    Block,
    /// It is imported, and something about it is not as it was.
    Warn,
    /// Worth knowing.
    Info,
}

/// Where in the export something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// File as named on the command line; entries of archives as `tickets.zip!export_1.json`.
    pub file: Arc<str>,
    /// Line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u64>,
    /// Offset in bytes from the start of the (unpacked) file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub byte: Option<u64>,
    /// Field of the record.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<Arc<str>>,
}

impl Place {
    /// A place in `file` at `line` (from 1) and `byte`.
    pub fn new(file: &Arc<str>, line: u64, byte: u64) -> Self {
        Self { file: Arc::clone(file), line: Some(line), byte: Some(byte), field: None }
    }

    /// A whole file.
    pub fn file(file: &Arc<str>) -> Self {
        Self { file: Arc::clone(file), line: None, byte: None, field: None }
    }

    /// The same place, naming a field of the record.
    #[must_use]
    pub fn at_field(&self, field: &str) -> Self {
        Self { field: Some(field.into()), ..self.clone() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        } else if let Some(byte) = self.byte {
            write!(f, ", byte {byte}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", field {field}")?;
        }
        Ok(())
    }
}

/// One problem with one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of problem.
    pub code: Code,
    /// Key of the record (ticket, message or person), where it has one. Machine output shows it, so it must not
    /// hold an address.
    pub key: Option<String>,
    /// Where the record stands.
    pub place: Option<Place>,
    /// What is special about this case; no addresses, no bodies. May be empty.
    pub detail: String,
}

impl Finding {
    /// A finding about the record `key`.
    pub fn new(code: Code, key: impl fmt::Display, place: &Place) -> Self {
        Self { code, key: Some(key.to_string()), place: Some(place.clone()), detail: String::new() }
    }

    /// A finding about a place in a file that has no record of its own (an unreadable line).
    pub fn at(code: Code, place: &Place) -> Self {
        Self { code, key: None, place: Some(place.clone()), detail: String::new() }
    }

    /// A finding about the whole input.
    pub fn general(code: Code) -> Self {
        Self { code, key: None, place: None, detail: String::new() }
    }

    /// The same finding with what is special about this case.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

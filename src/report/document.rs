//! The validation document: the one value that terminal, HTML, CSV and JSON are made of.
//!
//! Its JSON is a promise to scripts: fields are added, never renamed or removed. It can be read back, so that the
//! report of an old run can be written again in another form.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::calls::Calls;
use super::compared::Compared;
use super::needs::Needs;
use super::overview::Overview;
use super::schedule::{Budget, Schedule};
use crate::model::finding::{Code, Finding, Severity};
use crate::model::key::SourceName;
use crate::source::SourceKind;

/// Version of the JSON.
pub(super) const VERSION: u8 = 1;

/// What `validate` found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValidationDocument {
    /// Version of the JSON.
    pub v: u8,
    /// Always `validation`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sources in the order in which they were read.
    pub sources: Vec<SourceReport>,
    /// Sums over the sources.
    pub totals: Totals,
    /// Findings by code: block, warn, info, and the most frequent first.
    pub findings: Vec<FindingGroup>,
    /// The plan of calls.
    pub calls: Calls,
    /// Files to bring to Gorgias, where they are to be uploaded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub files: Option<FilesToMove>,
    /// What is needed beside tickets and messages, and what each of it costs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub needs: Option<Needs>,
    /// Seconds that the planned calls take at the account's pace.
    pub eta_seconds: u64,
    /// How the export compares with the ledger, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ledger: Option<Compared>,
    /// The export as a whole.
    #[serde(default)]
    pub overview: Overview,
    /// The plan by the clock, where it was asked for and ends within a year.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub schedule: Option<Schedule>,
}

impl ValidationDocument {
    /// The same with the plan by the clock, if it begins at `starts`.
    #[must_use]
    pub fn with_schedule(mut self, starts: Timestamp, budget: &Budget<'_>) -> Self {
        self.schedule = Schedule::of(self.calls.planned, self.calls.naive, starts, budget);
        if let Some(schedule) = self.schedule.as_ref().filter(|_| budget.reserve_times.is_some()) {
            self.eta_seconds = schedule.seconds();
        }
        self
    }

    /// True if some findings are not among the examples.
    pub fn is_cut(&self) -> bool {
        self.findings.iter().any(|group| group.examples.len() as u64 != group.count)
    }
}

/// Files to bring to Gorgias, each place once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesToMove {
    /// On the web.
    pub to_fetch: u64,
    /// In the export.
    pub in_export: u64,
    /// Their bytes, as far as the export says.
    pub bytes: u64,
    /// Those of unknown size.
    pub unknown_size: u64,
    /// On hosts that may not be asked: they stay links.
    pub links: u64,
    /// Seconds that their uploads add.
    pub upload_seconds: u64,
}

/// One source. `tickets` and `messages` count what would be uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceReport {
    /// Name in the config.
    pub name: SourceName,
    /// Product.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<SourceKind>,
    /// Files read.
    pub files: u64,
    /// Their bytes on disk.
    pub bytes: u64,
    /// Tickets.
    pub tickets: u64,
    /// Messages in those tickets.
    pub messages: u64,
    /// Messages by side.
    pub sides: Sides,
    /// Messages by channel, under the names that Gorgias uses.
    pub channels: BTreeMap<String, u64>,
    /// Files that messages refer to.
    pub attachments: u64,
    /// Images shown in bodies.
    #[serde(default)]
    pub inline_images: u64,
    /// Recordings of calls.
    #[serde(default)]
    pub recordings: u64,
    /// Distinct people.
    pub people: u64,
    /// Records skipped on purpose.
    pub left_out: u64,
    /// Lines or rows that could not be parsed.
    pub unreadable: u64,
    /// Records that cannot be imported.
    #[serde(default)]
    pub rejected: u64,
    /// Messages of importable tickets that cannot be imported.
    #[serde(default)]
    pub rejected_messages: u64,
    /// Records outside of the selection on the command line.
    #[serde(default)]
    pub not_selected: u64,
    /// The earliest sent time of a message.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first: Option<Timestamp>,
    /// The latest sent time of a message.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last: Option<Timestamp>,
}

impl SourceReport {
    /// A source of which nothing has been read.
    pub fn empty(name: &SourceName) -> Self {
        Self {
            name: name.clone(),
            kind: None,
            files: 0,
            bytes: 0,
            tickets: 0,
            messages: 0,
            sides: Sides::default(),
            channels: BTreeMap::new(),
            attachments: 0,
            inline_images: 0,
            recordings: 0,
            people: 0,
            left_out: 0,
            unreadable: 0,
            rejected: 0,
            rejected_messages: 0,
            not_selected: 0,
            first: None,
            last: None,
        }
    }
}

/// Messages by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides {
    /// From customers.
    pub customer: u64,
    /// From the company.
    pub agent: u64,
    /// Seen by agents only.
    pub note: u64,
}

impl Sides {
    /// All messages.
    pub fn total(&self) -> u64 {
        self.customer + self.agent + self.note
    }
}

/// Sums over the sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Tickets that would be uploaded.
    pub tickets: u64,
    /// Messages that would be uploaded.
    pub messages: u64,
    /// Records that cannot be imported.
    #[serde(default)]
    pub rejected: u64,
    /// Messages of importable tickets that cannot be imported.
    #[serde(default)]
    pub rejected_messages: u64,
    /// Records skipped on purpose.
    #[serde(default)]
    pub left_out: u64,
    /// Lines or rows that could not be parsed.
    #[serde(default)]
    pub unreadable: u64,
    /// Records outside of the selection on the command line.
    #[serde(default)]
    pub not_selected: u64,
}

impl Totals {
    /// The sums over `sources`.
    pub fn of<'a>(sources: impl IntoIterator<Item = &'a SourceReport>) -> Self {
        let mut totals = Self::default();
        for source in sources {
            totals.tickets += source.tickets;
            totals.messages += source.messages;
            totals.rejected += source.rejected;
            totals.rejected_messages += source.rejected_messages;
            totals.left_out += source.left_out;
            totals.unreadable += source.unreadable;
            totals.not_selected += source.not_selected;
        }
        totals
    }
}

/// All findings of one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingGroup {
    /// The code.
    pub code: Code,
    /// How bad.
    pub severity: Severity,
    /// Records concerned.
    pub count: u64,
    /// What happened.
    pub summary: String,
    /// What to do about it.
    pub remedy: String,
    /// A few of the places.
    pub examples: Vec<Example>,
}

/// One place of a finding. Holds no addresses and no bodies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Key of the record, where it has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// File as named on the command line; entries of archives as `tickets.zip!export_1.json`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u64>,
    /// Offset in bytes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub byte: Option<u64>,
    /// Field of the record.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// What is special about this case.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
}

impl From<&Finding> for Example {
    fn from(finding: &Finding) -> Self {
        let place = finding.place.as_ref();
        Self {
            key: finding.key.as_deref().map(|key| super::redact_key(key).into_owned()),
            file: place.map(|place| place.file.to_string()),
            line: place.and_then(|place| place.line),
            byte: place.and_then(|place| place.byte),
            field: place.and_then(|place| place.field.as_deref()).map(str::to_owned),
            detail: Some(finding.detail.as_str())
                .filter(|detail| !detail.is_empty())
                .map(|detail| super::redact(detail).into_owned()),
        }
    }
}

impl Example {
    /// The place in words: `tickets.zip!export_1.json, line 4`.
    pub fn place(&self) -> Option<String> {
        let mut parts = vec![self.file.clone()?];
        match (self.line, self.byte) {
            (Some(line), _) => parts.push(format!("line {line}")),
            (None, Some(byte)) => parts.push(format!("byte {byte}")),
            (None, None) => {}
        }
        parts.extend(self.field.as_ref().map(|field| format!("field {field}")));
        Some(parts.join(", "))
    }
}

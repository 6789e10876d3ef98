//! What was taken back: the document for programs, and the receipt, a line a ticket, written as it happens.

use std::fs::File;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::file::create_private;
use super::redact::redact_key;
use crate::model::cell::guarded;

/// Columns of `receipt.csv`.
const COLUMNS: [&str; 5] = ["key", "gorgias_id", "outcome", "reasons", "at"];

/// Tickets by what became of them; each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UndoCounts {
    /// To be moved to the trash, or to be deleted; with those for which that was done.
    pub planned: u64,
    /// Moved to the trash.
    pub trashed: u64,
    /// Deleted from the trash.
    pub purged: u64,
    /// Left where they are, each with a reason.
    pub spared: u64,
    /// Deleted or moved to the trash by somebody else before.
    pub gone: u64,
    /// Sent, and nobody knows what came of it; the same command finds out.
    pub unknown: u64,
    /// Not tried, because the command stopped before.
    pub pending: u64,
}

/// A ticket that was left where it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SparedTicket {
    /// Its key.
    pub key: String,
    /// Its Gorgias id.
    pub gorgias_id: Option<u64>,
    /// Why: `message`, `status`, `tag`, `assignee`, `subject`, `identity`, `was-there`, `restored`, `not-ours`,
    /// `unreadable`.
    pub reasons: Vec<&'static str>,
}

/// Customers or tags that the import created, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PartCounts {
    /// To be deleted if nothing uses them, with those for which that was done.
    pub planned: u64,
    /// Deleted for good.
    pub deleted: u64,
    /// Left, each with a reason.
    pub spared: u64,
    /// Deleted by somebody else before.
    pub gone: u64,
    /// Sent, and nobody knows what came of it; the same command finds out.
    pub unknown: u64,
    /// Not tried, because the command stopped before.
    pub pending: u64,
}

/// A customer or tag that was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptPart {
    /// `customer` or `tag`.
    pub kind: &'static str,
    /// Its Gorgias id.
    pub gorgias_id: Option<u64>,
    /// A tag's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why: `tickets`, `wrote`, `may-have-written`, `addresses`, `linked`, `edited`, `carried`, `named`, `refused`,
    /// `not-made`, `not-told`.
    pub reasons: Vec<&'static str>,
}

/// What the import created beside tickets and is in Gorgias after this command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stays {
    /// Customers.
    pub customers: u64,
    /// Tags.
    pub tags: u64,
}

/// The price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UndoCalls {
    /// What doing it takes, about.
    pub planned: u64,
    /// What this command made.
    pub made: u64,
}

/// What `undo --json` prints.
#[derive(Clone, Debug, Serialize)]
pub struct UndoDocument {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    /// The account.
    pub account: String,
    /// `trash` or `purge`.
    pub step: &'static str,
    /// False for a preview.
    pub executed: bool,
    /// Number of the run; none for a preview.
    pub run: Option<u64>,
    /// What the process ends with.
    pub exit_code: u8,
    /// Tickets.
    pub tickets: UndoCounts,
    /// Those that were left where they are.
    pub spared: Vec<SparedTicket>,
    /// Customers that the import created; looked at by a purge alone.
    pub customers: PartCounts,
    /// Tags that it created; likewise.
    pub tags: PartCounts,
    /// Those of both that were left.
    pub kept: Vec<KeptPart>,
    /// What stays.
    pub stays: Stays,
    /// Calls.
    pub calls: UndoCalls,
    /// How long the planned calls take.
    pub eta_seconds: u64,
}

impl UndoDocument {
    /// A document of `step` with nothing in it.
    pub fn new(account: &str, step: &'static str, executed: bool) -> Self {
        Self {
            v: super::document::VERSION,
            kind: "undo",
            account: account.to_owned(),
            step,
            executed,
            run: None,
            exit_code: 0,
            tickets: UndoCounts::default(),
            spared: Vec::new(),
            customers: PartCounts::default(),
            tags: PartCounts::default(),
            kept: Vec::new(),
            stays: Stays::default(),
            calls: UndoCalls::default(),
            eta_seconds: 0,
        }
    }

    /// How many were not tried or have an unknown outcome.
    pub fn open(&self) -> u64 {
        let parts = [self.customers, self.tags].map(|parts| parts.unknown + parts.pending);
        self.tickets.unknown + self.tickets.pending + parts.iter().sum::<u64>()
    }

    /// Adds a customer or tag that was left. A customer has no name here.
    pub fn keep(&mut self, name: Option<&str>, gorgias_id: Option<u64>, reasons: Vec<&'static str>) {
        let (kind, counts) = match name {
            None => ("customer", &mut self.customers),
            Some(_) => ("tag", &mut self.tags),
        };
        counts.spared += 1;
        let name = name.map(|name| redact_key(name).into_owned());
        self.kept.push(KeptPart { kind, gorgias_id, name, reasons });
    }

    /// Adds a ticket that was left where it is.
    pub fn spare(&mut self, key: &str, gorgias_id: Option<u64>, reasons: Vec<&'static str>) {
        self.tickets.spared += 1;
        self.spared.push(SparedTicket { key: redact_key(key).into_owned(), gorgias_id, reasons });
    }
}

/// `receipt.csv` of a run: written and flushed batch by batch, so that a process that dies leaves what it did.
pub struct UndoReceipt {
    writer: csv::Writer<File>,
}

impl UndoReceipt {
    /// Begins the file, mode 0600: keys can be telephone numbers.
    pub fn create(folder: &Path) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(create_private(&folder.join("receipt.csv"))?);
        writer.write_record(COLUMNS)?;
        Ok(Self { writer })
    }

    /// One ticket.
    pub fn row(
        &mut self,
        key: &str,
        gorgias_id: Option<u64>,
        outcome: &str,
        reasons: &str,
        at: jiff::Timestamp,
    ) -> io::Result<()> {
        let id = gorgias_id.map(|id| id.to_string()).unwrap_or_default();
        let key = redact_key(key);
        self.writer.write_record([&guarded(&key), id.as_str(), outcome, reasons, &at.to_string()])?;
        Ok(())
    }

    /// Puts what was written on disk.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

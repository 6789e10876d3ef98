//! The first pass: what has to be known of all files before the first call can be told. The order of day and month of
//! each file, the company's own lines, and which rows are copies of the same call.

use std::collections::HashSet;
use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::call::{Call, CallId};
use super::clock::DateEvidence;
use super::copies::{Copies, Rank, Surplus};
use super::gathered::Gathered;
use super::history::{self, Line, Other, Outcome};
use super::json::JsonReader;
use super::log;
use super::roster::SharedNames;
use super::row::Row;
use crate::source::{DateOrder, SourceError, SourceSpec};

/// The place of all JSON among the files: what the API and webhooks tell is better than any row of a CSV, because it
/// has the authors and times of comments, and the direction before a transfer.
const JSON_FILE: u32 = u32::MAX;

/// Most own lines remembered. Aircall's largest customers have some thousands.
const LINES_MAX: usize = 100_000;

/// What the first pass found.
pub(super) struct Survey {
    /// Order of day and month, by the file's place among all.
    orders: Vec<DateEvidence>,
    /// The company's numbers.
    lines: HashSet<String>,
    copies: Surplus,
    /// Some calls have ids and some have none, so that a call may stand there both ways.
    pub(super) mixed: bool,
    /// What JSON files hold.
    pub(super) gathered: Option<Gathered>,
}

impl Survey {
    /// Order of day and month in a file.
    pub(super) fn order(&self, file: u32, configured: Option<DateOrder>) -> Option<DateOrder> {
        self.evidence(file).order(configured)
    }

    /// Whether a file's dates prove both orders.
    pub(super) fn has_both_orders(&self, file: u32) -> bool {
        self.evidence(file).is_contradictory()
    }

    fn evidence(&self, file: u32) -> DateEvidence {
        let evidence = usize::try_from(file).ok().and_then(|file| self.orders.get(file)).copied();
        evidence.unwrap_or_default()
    }

    /// Whether a number is one of the company's own lines.
    pub(super) fn is_own_line(&self, number: &str) -> bool {
        self.lines.contains(number)
            || self.gathered.as_ref().is_some_and(|gathered| gathered.directory.has_line(number))
    }

    /// Names that several users have.
    pub(super) fn shared_names(&self) -> SharedNames {
        self.gathered.as_ref().map(|gathered| gathered.directory.roster.shared().clone()).unwrap_or_default()
    }

    /// What this row is among the copies of its call.
    pub(super) fn rank(&self, file: u32, row: u64) -> Rank {
        self.copies.rank(file, row)
    }

    /// Whether what a row says may be needed for a better copy of its call.
    pub(super) fn holds_rows(&self) -> bool {
        self.gathered.is_some() || self.copies.has_differing()
    }
}

/// Surveys stream after stream.
pub(super) struct Surveyor<'a> {
    spec: &'a SourceSpec,
    temp_dir: &'a Path,
    orders: Vec<DateEvidence>,
    lines: HashSet<String>,
    copies: Copies,
    json: Option<JsonReader>,
    json_calls: u64,
    with_id: bool,
    without_id: bool,
}

impl<'a> Surveyor<'a> {
    /// Nothing seen yet.
    pub(super) fn new(spec: &'a SourceSpec, temp_dir: &'a Path) -> Self {
        Self {
            spec,
            temp_dir,
            orders: Vec::new(),
            lines: HashSet::new(),
            copies: Copies::new(temp_dir),
            json: None,
            json_calls: 0,
            with_id: false,
            without_id: false,
        }
    }

    /// Goes over one file.
    pub(super) fn see(&mut self, name: &Arc<str>, reader: &mut dyn BufRead) -> Result<(), SourceError> {
        let file = u32::try_from(self.orders.len()).unwrap_or(JSON_FILE - 1);
        let mut evidence = DateEvidence::default();
        let head = log::head(reader).map_err(|error| SourceError::Io { file: name.to_string(), error })?;
        let is_log = log::is_log(&head);
        let reader: &mut dyn BufRead = &mut head.chain(reader);
        if is_log {
            self.orders.push(evidence);
            return self.see_json(name, reader, is_log);
        }
        let outcome = history::rows(reader, &self.spec.columns, &mut |line| {
            if let Line::Row { row, number, .. } = line {
                row.see_dates(&mut evidence);
                self.see_row(row);
                let id = row.id();
                let has_id = matches!(id, Some(CallId::Internal(_)));
                self.with_id |= has_id;
                self.without_id |= !has_id;
                if let Some(id) = id {
                    self.copies.add(id.digest(), row.score(), (file, number), row.words_print())?;
                }
            }
            Ok(ControlFlow::Continue(()))
        });
        self.orders.push(evidence);
        match outcome.map_err(|error| SourceError::Io { file: name.to_string(), error })? {
            Outcome::Other(Other::Json) => self.see_json(name, reader, is_log),
            Outcome::Calls(_) | Outcome::Other(_) => Ok(()),
        }
    }

    fn see_json(
        &mut self,
        name: &Arc<str>,
        reader: &mut dyn BufRead,
        is_log: bool,
    ) -> Result<(), SourceError> {
        let mut json = if let Some(json) = self.json.take() {
            json
        } else {
            let timezone = self.spec.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
            let gathered = Gathered::new(self.temp_dir, self.spec.person_notes)?;
            JsonReader::new(&self.spec.name, timezone, gathered)
        };
        let mut take = |call: &Call| {
            // One that is still running is left out, so it must not stand in for a row that is whole.
            if call.ended.is_some() {
                self.json_calls += 1;
                let place = (JSON_FILE, self.json_calls);
                let added = self.copies.add(call.id.digest(), u16::MAX, place, [0; 4]);
                added.map_err(|error| self.temporary(error))?;
            }
            Ok(())
        };
        if is_log {
            json.read_log(name, reader, &mut take)?;
        } else {
            json.read(name, reader, &mut take)?;
        }
        self.json = Some(json);
        Ok(())
    }

    fn temporary(&self, error: io::Error) -> SourceError {
        SourceError::Scratch { folder: self.temp_dir.display().to_string(), error }
    }

    fn see_row(&mut self, row: Row<'_>) {
        let Some(direction) = row.direction() else { return };
        if let Some(number) = row.line(direction).1.known() {
            self.see_line(number);
        }
    }

    fn see_line(&mut self, number: &str) {
        if self.lines.len() < LINES_MAX && !self.lines.contains(number) {
            self.lines.insert(number.to_owned());
        }
    }

    /// Ends the first pass.
    pub(super) fn settle(self) -> Result<Survey, SourceError> {
        let mixed = self.without_id && (self.with_id || self.json_calls > 0);
        let Self { temp_dir, orders, lines, copies, json, .. } = self;
        let temporary = |error| SourceError::Scratch { folder: temp_dir.display().to_string(), error };
        let copies = copies.settle(orders.len()).map_err(temporary)?;
        let gathered = json.map(JsonReader::finish).transpose()?;
        Ok(Survey { orders, lines, copies, mixed, gathered })
    }
}

//! The first pass: what has to be known of all files before the first call can be told. The order of day and month of
//! each file, the company's own lines, and which rows are copies of the same call.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::path::Path;

use super::clock::DateEvidence;
use super::copies::{Copies, Surplus};
use super::history;
use super::row::Row;
use crate::source::DateOrder;

/// Most own lines remembered. Aircall's largest customers have some thousands.
const LINES_MAX: usize = 100_000;

/// What the first pass found.
pub(super) struct Survey {
    /// Order of day and month, by the file's place among all.
    orders: Vec<DateEvidence>,
    /// The company's numbers.
    lines: HashSet<String>,
    copies: Surplus,
}

impl Survey {
    /// Order of day and month in a file.
    pub(super) fn order(&self, file: u32, configured: Option<DateOrder>) -> Option<DateOrder> {
        let evidence = usize::try_from(file).ok().and_then(|file| self.orders.get(file)).copied();
        evidence.unwrap_or_default().order(configured)
    }

    /// Whether a number is one of the company's own lines.
    pub(super) fn is_own_line(&self, number: &str) -> bool {
        self.lines.contains(number)
    }

    /// Whether a better copy of this row's call stands elsewhere.
    pub(super) fn is_surplus(&self, file: u32, row: u64) -> bool {
        self.copies.has(file, row)
    }
}

/// Surveys stream after stream.
pub(super) struct Surveyor {
    orders: Vec<DateEvidence>,
    lines: HashSet<String>,
    copies: Copies,
}

impl Surveyor {
    /// Nothing seen yet.
    pub(super) fn new(temp_dir: &Path) -> Self {
        Self { orders: Vec::new(), lines: HashSet::new(), copies: Copies::new(temp_dir) }
    }

    /// Goes over one file.
    pub(super) fn see(&mut self, reader: &mut dyn BufRead, own: &BTreeMap<String, String>) -> io::Result<()> {
        let file = u32::try_from(self.orders.len()).unwrap_or(u32::MAX);
        let mut evidence = DateEvidence::default();
        let outcome = history::rows(reader, own, &mut |line| {
            if let history::Line::Row { row, number, .. } = line {
                row.see_dates(&mut evidence);
                self.see_line(row);
                if let Some(id) = row.id() {
                    self.copies.add(id.digest(), row.score(), file, number)?;
                }
            }
            Ok(ControlFlow::Continue(()))
        });
        self.orders.push(evidence);
        outcome.map(|_| ())
    }

    fn see_line(&mut self, row: Row<'_>) {
        let Some(direction) = row.direction() else { return };
        if let Some(number) = row.line(direction).1.known()
            && self.lines.len() < LINES_MAX
            && !self.lines.contains(number)
        {
            self.lines.insert(number.to_owned());
        }
    }

    /// Ends the first pass.
    pub(super) fn settle(self) -> io::Result<Survey> {
        let copies = self.copies.settle(self.orders.len())?;
        Ok(Survey { orders: self.orders, lines: self.lines, copies })
    }
}

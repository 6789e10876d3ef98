//! `differences.csv`: a line for each difference, and one for each ticket that is not there.

use std::io::{self, Write};

use super::{AbsentTicket, DifferentTicket};
use crate::model::cell::guarded;

/// The columns, in order.
const COLUMNS: [&str; 8] = ["class", "key", "gorgias_id", "link", "what", "message", "expected", "found"];

/// Writes `differences.csv`.
pub struct DifferencesCsv<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> DifferencesCsv<W> {
    /// Writes the header, so that a file without differences says what it is.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self { writer })
    }

    /// Writes a line for each of the ticket's differences.
    pub fn ticket(&mut self, ticket: &DifferentTicket) -> io::Result<()> {
        for difference in &ticket.details {
            self.writer.write_record([
                difference.class.as_str(),
                &guarded(&ticket.key),
                &ticket.gorgias_id.to_string(),
                &guarded(&ticket.link),
                difference.what.as_str(),
                &guarded(difference.message.as_deref().unwrap_or_default()),
                &guarded(&difference.expected),
                &guarded(&difference.found),
            ])?;
        }
        Ok(())
    }

    /// Writes a line for a ticket that is not there.
    pub fn absent(&mut self, ticket: &AbsentTicket, found: &str) -> io::Result<()> {
        let key = guarded(&ticket.key);
        self.writer
            .write_record([ticket.state, &key, "", "", "ticket", "", "there", &guarded(found)])
            .map_err(io::Error::from)
    }

    /// Writes a line for something of a ticket that is known not to be there.
    pub fn lacking(&mut self, key: &str, gorgias_id: u64, what: &str, found: &str) -> io::Result<()> {
        let id = gorgias_id.to_string();
        self.writer
            .write_record(["lacking", &guarded(key), &id, "", what, "", "there", &guarded(found)])
            .map_err(io::Error::from)
    }

    /// Writes what is left.
    pub fn finish(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

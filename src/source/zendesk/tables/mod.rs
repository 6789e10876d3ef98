//! CSV tables: a warehouse's (reference 2.5), the tickets and team members CSV of the admin center, and exports of views
//! (reference 1.3). Rows become the objects of the API; what is told by a table of another kind is told row by row.
//!
//! Tables are known by their headers, never by the names of files. Invariants: every row ends as exactly one object or
//! finding; an id that a spreadsheet destroyed is refused; times of the tickets CSV, which has no time zone, are used
//! only where the config names one. Knows nothing of what objects are used for.

mod layout;
mod row;
mod shapes;

use std::io::{self, BufRead};
use std::ops::ControlFlow;
use std::sync::Arc;

use csv::StringRecord;

use self::layout::Layout;
use self::row::Reader;
use super::pipeline::Told;
use super::translate::{Rules, Take, Translated};
use crate::model::finding::{Code, Finding, Place};
use crate::source::input::csv::{CsvStream, RECORD_BYTES_MAX};
use crate::source::input::encoding::{decode, without_bom};

/// Longest row, in bytes: three bodies of 64 KiB characters (reference 3.2) with all their quotes doubled, and lists of
/// files.
const ROW_BYTES_MAX: usize = 4 << 20;

/// Longest cell of a header, in characters; titles of custom fields are the longest.
const TITLE_MAX: usize = 256;

/// True if a stream that begins with `probe` is a table of a known kind.
pub(super) fn is_known(probe: &[u8]) -> bool {
    is_text(probe)
        && CsvStream::open_below_titles(without_bom(probe), RECORD_BYTES_MAX, &is_header)
            .is_ok_and(|stream| stream.is_some_and(|stream| is_header(stream.header())))
}

/// True if a row is the header of a table of a known kind.
fn is_header(row: &StringRecord) -> bool {
    Layout::of(&cells(row)).is_known()
}

fn cells(row: &StringRecord) -> Vec<String> {
    row.iter().map(str::to_owned).collect()
}

/// True if the first line of `probe` is text: names in any language, but no bytes that no text has.
fn is_text(probe: &[u8]) -> bool {
    let probe = without_bom(probe);
    let line_end = memchr::memchr2(b'\n', b'\r', probe).unwrap_or(probe.len());
    !probe[..line_end].contains(&0) && !decode(&probe[..line_end]).text.trim().is_empty()
}

/// True if a stream that begins with `probe` looks like a table of some kind: its first line is a row of names.
pub(super) fn looks_like_table(probe: &[u8]) -> bool {
    let Some(header) = header(probe) else { return false };
    // What joins its columns with a pipe is one cell to the CSV reader.
    let cells: Vec<&str> = if header.len() == 1 {
        header[0].split('|').collect()
    } else {
        header.iter().map(String::as_str).collect()
    };
    let is_name = |cell: &&str| {
        let cell = cell.trim();
        !cell.is_empty() && cell.chars().count() <= TITLE_MAX && !cell.contains(char::is_control)
    };
    cells.len() > 1 && cells.iter().filter(|cell| is_name(cell)).count() * 2 > cells.len()
}

fn header(probe: &[u8]) -> Option<Vec<String>> {
    let stream = CsvStream::open(without_bom(probe)).ok()??;
    is_text(probe).then(|| cells(stream.header()))
}

/// Translates the stream `name`.
pub(super) fn translate(
    name: &Arc<str>,
    reader: &mut dyn BufRead,
    rules: &Rules,
    take: &mut Take<'_>,
) -> io::Result<ControlFlow<()>> {
    // A table of another kind is told from its first line on.
    let opened = if is_known(reader.fill_buf()?) {
        CsvStream::open_below_titles(reader, ROW_BYTES_MAX, &is_header)?
    } else {
        CsvStream::open_with(reader, ROW_BYTES_MAX)?
    };
    let Some(mut stream) = opened else { return Ok(ControlFlow::Continue(())) };
    if stream.titles() > 0 {
        let finding = Finding::at(Code::TitlesPassed, &Place::file(name));
        let finding = finding.with_detail(format!("lines above the header: {}", stream.titles()));
        if take(Translated::Told(finding, Told::Remark)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    let layout = Layout::of(&cells(stream.header()));
    let mut reader = Reader::new(name, &layout, rules);
    while let Some(row) = stream.next_row()? {
        if reader.row(&row, take).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

#[cfg(test)]
mod tests;

//! A Call History file as rows with their places: what both passes go over.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::ops::ControlFlow;

use super::layout::Columns;
use super::row::Row;
use crate::source::input::csv::{CsvStream, RECORD_BYTES_MAX};

/// What stands in a file beside its header.
pub(super) enum Line<'a> {
    /// So many lines above the header, told first.
    Titles(u64),
    /// A row that fits the header.
    Row {
        /// The row.
        row: Row<'a>,
        /// Its number among the rows, from 0.
        number: u64,
        /// Line from 1.
        line: u64,
        /// Byte from 0.
        byte: u64,
        /// It was read as Windows-1252.
        assumed_encoding: bool,
    },
    /// A row that does not fit its header, and why.
    Misfit {
        /// Line from 1.
        line: u64,
        /// Byte from 0.
        byte: u64,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// What a file turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Call History; all of it was read, or as much as was wanted.
    Calls(ControlFlow<()>),
    /// Something else, and why.
    Other(Other),
}

/// Files that hold no Call History.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Other {
    /// Nothing but blank lines.
    Blank,
    /// JSON.
    Json,
    /// Not text.
    Binary,
    /// A CSV of another kind; why it is not taken for calls.
    UnknownLayout(String),
}

/// Takes the lines of a file, until it breaks.
pub(super) type TakeLine<'t> = dyn FnMut(Line<'_>) -> io::Result<ControlFlow<()>> + 't;

/// Reads a file and hands its lines to `take`. `own` are the config's column names.
pub(super) fn rows(
    reader: &mut dyn BufRead,
    own: &BTreeMap<String, String>,
    take: &mut TakeLine<'_>,
) -> io::Result<Outcome> {
    let head = reader.fill_buf()?;
    if is_json(head) {
        return Ok(Outcome::Other(Other::Json));
    }
    // A table may hold a stray NUL, so this counts only where no header is found.
    let has_nul = head.contains(&0);
    let or_binary = |other| Ok(Outcome::Other(if has_nul { Other::Binary } else { other }));
    let fits = |header: &csv::StringRecord| Columns::of(header, own).is_ok();
    let Some(mut stream) = CsvStream::open_below_titles(reader, RECORD_BYTES_MAX, &fits)? else {
        return or_binary(Other::Blank);
    };
    let columns = match Columns::of(stream.header(), own) {
        Ok(columns) => columns,
        Err(not) => return or_binary(Other::UnknownLayout(not.missing)),
    };
    if stream.titles() > 0 && take(Line::Titles(stream.titles()))?.is_break() {
        return Ok(Outcome::Calls(ControlFlow::Break(())));
    }
    let mut number = 0;
    while let Some(read) = stream.next_row()? {
        let (line, byte) = (read.line, read.byte);
        let cells = read.cells;
        // What a spreadsheet leaves of rows that were emptied.
        if read.fault.is_none() && cells.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let row = Row::new(cells, &columns);
        let shifted = cells.len() > columns.width && !row.is_header() && !row.is_in_place();
        let shifted =
            || shifted.then_some("it has more cells than the header, and some stand in the wrong column");
        // Whatever it stands for: a number or an id without it would be another one.
        let damaged = || cells.as_slice().contains('\0').then_some("it holds a NUL byte");
        let flow = if let Some(why) = read.misfit(columns.width).or_else(damaged).or_else(shifted) {
            take(Line::Misfit { line, byte, why })?
        } else {
            if row.is_header() {
                continue;
            }
            number += 1;
            take(Line::Row { row, number: number - 1, line, byte, assumed_encoding: read.assumed_encoding })?
        };
        if flow.is_break() {
            return Ok(Outcome::Calls(flow));
        }
    }
    Ok(Outcome::Calls(ControlFlow::Continue(())))
}

/// Told from the first bytes, without reading on.
fn is_json(head: &[u8]) -> bool {
    let first = crate::source::input::encoding::without_bom(head).trim_ascii_start().first();
    matches!(first, Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "datetime (utc),direction,from,to,call id (internal)";

    fn lines_of(text: &str) -> (Outcome, Vec<String>) {
        let mut seen = Vec::new();
        let outcome = rows(&mut text.as_bytes(), &BTreeMap::new(), &mut |line| {
            seen.push(match line {
                Line::Titles(count) => format!("{count} above"),
                Line::Row { number, line, byte, .. } => format!("row {number} at {line}, {byte}"),
                Line::Misfit { line, why, .. } => format!("{line}: {why}"),
            });
            Ok(ControlFlow::Continue(()))
        });
        (outcome.unwrap(), seen)
    }

    #[test]
    fn rows_that_do_not_fit_are_told_apart() {
        let text =
            format!("{HEADER}\na,inbound,1,2,3\na,b\n,,,,\n{HEADER}\na,b,c,d,e,f\na,\"b\nx,outbound,1,2,3\n");
        let (outcome, lines) = lines_of(&text);
        assert_eq!(outcome, Outcome::Calls(ControlFlow::Continue(())));
        let last = format!("row 1 at 8, {}", text.find("x,outbound").unwrap());
        let expected = [
            "row 0 at 2, 52",
            "3: it has fewer cells than the header",
            "6: it has more cells than the header",
            "7: it opens a quote that nothing closes",
            &last,
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_header_may_have_titles_above_it() {
        let titles = "Calls of the spring,,,,\n\"Report, by Kim\"\n\n2024-05-01;12:00\n";
        let text = format!("{titles}{HEADER}\na,inbound,1,2,3\n");
        let (outcome, lines) = lines_of(&text);
        assert_eq!(outcome, Outcome::Calls(ControlFlow::Continue(())));
        assert_eq!(lines, ["3 above".to_owned(), format!("row 0 at 6, {}", text.find("a,inbound").unwrap())]);
        let far = format!("{}{HEADER}\na,inbound,1,2,3\n", "line\n".repeat(21));
        assert!(matches!(lines_of(&far).0, Outcome::Other(Other::UnknownLayout(_))));
    }

    #[test]
    fn a_nul_costs_its_row_and_not_the_file() {
        let text = format!("{HEADER}\na,inbound,1,2,3\nb,inb\0ound,1,2,4\nc,outbound,1,2,5\n");
        for text in [text.clone(), text.replace("direction", "dir\0ection")] {
            let (outcome, lines) = lines_of(&text);
            assert_eq!(outcome, Outcome::Calls(ControlFlow::Continue(())), "{text:?}");
            let last = format!("row 1 at 4, {}", text.find("c,outbound").unwrap());
            let first = format!("row 0 at 2, {}", text.find("a,inbound").unwrap());
            assert_eq!(lines, [first.as_str(), "3: it holds a NUL byte", &last]);
        }
    }

    #[test]
    fn other_files_are_told_apart() {
        assert_eq!(lines_of("\u{feff} [{}]").0, Outcome::Other(Other::Json));
        assert_eq!(lines_of("ID3\0\0").0, Outcome::Other(Other::Binary));
        assert_eq!(lines_of("\n\n").0, Outcome::Other(Other::Blank));
        assert!(matches!(lines_of("user,calls\nx,1\n").0, Outcome::Other(Other::UnknownLayout(_))));
    }
}

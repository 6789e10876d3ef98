//! One record of an export by its place, as fields and values, so that some of them can be hidden; [`super::excerpt()`] gives
//! one as text.

use std::io::{self, BufRead, Read};
use std::ops::ControlFlow;

use serde_json::Value;

use super::input::csv::CsvStream;
use super::input::repair::repair;
use super::input::{self, InputFile, Opened, Pass};
use super::{ReadContext, SourceError, SourceSpec};
use crate::model::finding::Place;

/// The longest record that is shown. Tickets with thousands of comments are longer, and nobody reads those here.
const SHOWN_BYTES_MAX: u64 = 16 << 20;
/// The longest row that is read; rows of data connectors hold whole conversations.
const ROW_BYTES_MAX: usize = 16 << 20;
/// What of a record that is neither JSON nor a row is shown.
const TEXT_BYTES_MAX: u64 = 64 << 10;

/// A record as it stands in its file.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordAt {
    /// An object of JSON, or the row of a table as an object of its cells by column.
    Record(Value),
    /// Anything else, from its first byte on.
    Text(String),
}

/// Reads the record at `place`. `None` where the file is no longer there or nothing can be read at the place.
pub fn record_at(
    specs: &[SourceSpec],
    place: &Place,
    context: &ReadContext<'_>,
) -> Result<Option<RecordAt>, SourceError> {
    for spec in specs {
        for file in input::entries(spec)? {
            if holds(&file, &place.file) {
                return in_file(&file, place, context);
            }
        }
    }
    Ok(None)
}

/// Whether a stream of this name comes out of the file.
fn holds(file: &InputFile, stream: &str) -> bool {
    stream.strip_prefix(&*file.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
}

fn in_file(
    file: &InputFile,
    place: &Place,
    context: &ReadContext<'_>,
) -> Result<Option<RecordAt>, SourceError> {
    let mut found = None;
    let seen = file.for_each_stream(context, Pass::Probe, &mut |opened| {
        let Opened::Stream { name, reader } = opened else { return Ok(ControlFlow::Continue(())) };
        if **name != *place.file {
            return Ok(ControlFlow::Continue(()));
        }
        found = at(reader, place).ok().flatten();
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found.filter(|_| seen.is_break()))
}

fn at(reader: &mut dyn BufRead, place: &Place) -> io::Result<Option<RecordAt>> {
    let mut head = Vec::new();
    reader.take(TEXT_BYTES_MAX).read_to_end(&mut head)?;
    let is_table = !starts_json(&head) && !head.trim_ascii_start().starts_with(b"<");
    let mut whole = head.as_slice().chain(reader);
    if is_table {
        return row(whole, place);
    }
    match (place.byte, place.line) {
        (Some(byte), _) => drop(io::copy(&mut (&mut whole).take(byte), &mut io::sink())?),
        (None, Some(line)) => {
            for _ in 1..line {
                skip_line(&mut whole)?;
            }
        }
        (None, None) => {}
    }
    let mut bytes = Vec::new();
    whole.take(SHOWN_BYTES_MAX).read_to_end(&mut bytes)?;
    if let Some(Ok(value)) = serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>().next() {
        return Ok(Some(RecordAt::Record(value)));
    }
    // Characters may be damaged in an otherwise sound record.
    if let Some(repaired) = repair(&bytes)
        && let Some(Ok(value)) =
            serde_json::Deserializer::from_slice(&repaired.bytes).into_iter::<Value>().next()
    {
        return Ok(Some(RecordAt::Record(value)));
    }
    bytes.truncate(usize::try_from(TEXT_BYTES_MAX).unwrap_or(usize::MAX));
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok((!text.trim().is_empty()).then_some(RecordAt::Text(text)))
}

fn starts_json(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    matches!(head.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        let (used, ended) = match memchr::memchr(b'\n', buffer) {
            Some(end) => (end + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        reader.consume(used);
        if ended {
            return Ok(());
        }
    }
}

/// The row of a table that begins at the place, by the names of its columns.
fn row(reader: impl BufRead, place: &Place) -> io::Result<Option<RecordAt>> {
    let Some(mut table) = CsvStream::open_with(reader, ROW_BYTES_MAX)? else { return Ok(None) };
    let names: Vec<String> = table.header().iter().map(str::to_owned).collect();
    while let Some(row) = table.next_row()? {
        if Some(row.line) == place.line || (place.line.is_none() && Some(row.byte) == place.byte) {
            let cells = names.iter().cloned().zip(row.cells.iter().map(|cell| Value::from(cell.to_owned())));
            return Ok(Some(RecordAt::Record(Value::Object(cells.collect()))));
        }
    }
    Ok(None)
}

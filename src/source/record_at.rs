//! One record of an export by its place, for people who want to compare: as fields and values where it has them, so that
//! some can be hidden.

use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;

use csv::StringRecord;
use serde::Serialize;
use serde_json::Value;

use super::input::csv::CsvStream;
use super::input::repair::repair;
use super::input::{self, InputFile, Opened, Pass};
use super::{ReadContext, SourceError, SourceKind, SourceSpec, aircall};
use crate::model::finding::Place;

/// The longest record that is shown. Tickets with thousands of comments are longer, and nobody reads those here.
const SHOWN_BYTES_MAX: usize = 16 << 20;
/// Bytes read at first: most records are shorter. Each further time it is four times as many.
const FIRST_BYTES: usize = 64 << 10;
/// The longest row that is read; rows of data connectors hold whole conversations.
const ROW_BYTES_MAX: usize = 16 << 20;
/// Bytes at the beginning of a file by which its form is told.
const HEAD_BYTES: u64 = 64 << 10;
/// What of a record is shown as text.
const TEXT_BYTES_MAX: usize = 256 << 10;

/// A record as it stands in its file.
#[derive(Clone, Debug, PartialEq)]
pub enum RecordAt {
    /// An object of JSON.
    Object(Value),
    /// The row of a table: columns and cells.
    Row(Vec<(String, String)>),
    /// Anything else: an element of XML, or a line that is damaged.
    Text(String),
}

impl RecordAt {
    /// The record as text: JSON set out in lines, a line each for the filled cells of a row. Says as well whether only its
    /// beginning is there.
    pub fn text(&self) -> (String, bool) {
        let mut text = match self {
            Self::Object(value) => return set_out(value, TEXT_BYTES_MAX),
            Self::Row(cells) => {
                let filled = cells.iter().filter(|(_, cell)| !cell.is_empty());
                filled.map(|(name, cell)| format!("{name}: {cell}")).collect::<Vec<_>>().join("\n")
            }
            Self::Text(text) => text.clone(),
        };
        let is_cut = text.len() > TEXT_BYTES_MAX;
        text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
        (text, is_cut)
    }
}

/// A value as JSON in lines, as far as `bytes_max` go, and whether that is only its beginning. What is beyond is not even
/// written.
pub fn set_out(value: &impl Serialize, bytes_max: usize) -> (String, bool) {
    let mut beginning = Beginning { bytes: Vec::new(), room: bytes_max };
    let is_cut = serde_json::to_writer_pretty(&mut beginning, value).is_err();
    let mut bytes = beginning.bytes;
    if let Err(error) = std::str::from_utf8(&bytes) {
        bytes.truncate(error.valid_up_to());
    }
    (String::from_utf8(bytes).unwrap_or_default(), is_cut)
}

/// Takes so many bytes and refuses the rest.
struct Beginning {
    bytes: Vec<u8>,
    room: usize,
}

impl io::Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.room);
        self.bytes.extend_from_slice(&bytes[..taken]);
        self.room -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
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
                let found = in_file(&file, spec.kind, place, context)?;
                return Ok(found.map(|record| match record {
                    RecordAt::Object(value) if spec.kind == SourceKind::Aircall => {
                        RecordAt::Object(aircall::set_out(value))
                    }
                    other => other,
                }));
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
    kind: SourceKind,
    place: &Place,
    context: &ReadContext<'_>,
) -> Result<Option<RecordAt>, SourceError> {
    // Most exports lie there as they are: then a record in the middle of gigabytes is as near as the first.
    if file.name == place.file
        && let Some(byte) = place.byte
        && let Some((head, rest)) = file.plain_from(byte)?
        && !is_table(&head)
    {
        return record(rest).map_err(|error| SourceError::Io { file: file.name.to_string(), error });
    }
    let mut found = None;
    let seen = file.for_each_stream(context, Pass::Probe, &mut |opened| {
        let Opened::Stream { name, reader } = opened else { return Ok(ControlFlow::Continue(())) };
        if **name != *place.file {
            return Ok(ControlFlow::Continue(()));
        }
        found = at(reader, kind, place).ok().flatten();
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found.filter(|_| seen.is_break()))
}

fn at(reader: &mut dyn BufRead, kind: SourceKind, place: &Place) -> io::Result<Option<RecordAt>> {
    let mut head = Vec::new();
    reader.take(HEAD_BYTES).read_to_end(&mut head)?;
    let whole = head.as_slice().chain(reader);
    if kind == SourceKind::Aircall && aircall::is_log(&head) {
        return beginning_at(BufReader::new(aircall::LogLines::new(whole)), place);
    }
    if is_table(&head) {
        // Titles fill a cell or two, a header most of its cells.
        let is_header = |cells: &StringRecord| {
            cells.len() > 2 && cells.iter().filter(|cell| !cell.trim().is_empty()).count() * 2 > cells.len()
        };
        let below = CsvStream::open_below_titles(head.as_slice(), ROW_BYTES_MAX, &is_header)?;
        let table = if below.is_some_and(|table| is_header(table.header())) {
            CsvStream::open_below_titles(whole, ROW_BYTES_MAX, &is_header)?
        } else {
            CsvStream::open_with(whole, ROW_BYTES_MAX)?
        };
        return table.map_or(Ok(None), |table| row(table, place));
    }
    beginning_at(whole, place)
}

/// The record at the place of a stream, by its byte or else by its line.
fn beginning_at(mut whole: impl BufRead, place: &Place) -> io::Result<Option<RecordAt>> {
    match (place.byte, place.line) {
        (Some(byte), _) => drop(io::copy(&mut (&mut whole).take(byte), &mut io::sink())?),
        (None, Some(line)) => {
            for _ in 1..line {
                skip_line(&mut whole)?;
            }
        }
        (None, None) => {}
    }
    record(whole)
}

/// Whether a file that begins so is a table: neither JSON nor markup.
fn is_table(head: &[u8]) -> bool {
    !starts_json(head) && !head.trim_ascii_start().starts_with(b"<")
}

/// The record that begins where the reader stands.
fn record(mut from: impl Read) -> io::Result<Option<RecordAt>> {
    let (mut bytes, mut wanted) = (Vec::new(), FIRST_BYTES);
    loop {
        let missing = wanted - bytes.len();
        let is_all = from.by_ref().take(missing as u64).read_to_end(&mut bytes)? < missing;
        let is_last = is_all || wanted == SHOWN_BYTES_MAX;
        if let Some(found) = in_bytes(&bytes, is_last) {
            return Ok(Some(found));
        }
        if is_last {
            return Ok(None);
        }
        wanted = (wanted * 4).min(SHOWN_BYTES_MAX);
    }
}

/// The record at the beginning of what was read so far, if it can be told; `is_last` where no more will be read.
fn in_bytes(bytes: &[u8], is_last: bool) -> Option<RecordAt> {
    let first = |bytes: &[u8]| serde_json::Deserializer::from_slice(bytes).into_iter::<Value>().next();
    match first(bytes) {
        Some(Ok(value)) => return Some(RecordAt::Object(value)),
        Some(Err(error)) if error.is_eof() && !is_last => return None,
        _ => {}
    }
    // Characters may be damaged in an otherwise sound record.
    if let Some(repaired) = repair(bytes)
        && let Some(Ok(value)) = first(&repaired.bytes)
    {
        return Some(RecordAt::Object(value));
    }
    let bytes = bytes.trim_ascii_start();
    let is_markup = bytes.starts_with(b"<");
    let end = if is_markup { end_of_element(bytes) } else { memchr::memchr(b'\n', bytes) };
    if !is_last && (end.is_none() || !is_markup) {
        return None;
    }
    let text = String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).trim_end().to_owned();
    (!text.is_empty()).then_some(RecordAt::Text(text))
}

/// Elements of the same name do not lie in one another in these exports.
fn end_of_element(bytes: &[u8]) -> Option<usize> {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':');
    let name: Vec<u8> = bytes[1..].iter().take_while(is_name).copied().collect();
    let end = [b"</", name.as_slice(), b">"].concat();
    memchr::memmem::find(bytes, &end).map(|at| at + end.len())
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
fn row(mut table: CsvStream<impl BufRead>, place: &Place) -> io::Result<Option<RecordAt>> {
    let names: Vec<String> = table.header().iter().map(str::to_owned).collect();
    while let Some(row) = table.next_row()? {
        if Some(row.line) == place.line || (place.line.is_none() && Some(row.byte) == place.byte) {
            let cells = row.cells.iter().map(str::to_owned);
            return Ok(Some(RecordAt::Row(names.iter().cloned().zip(cells).collect())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64};

    use super::*;
    use crate::model::key::SourceName;
    use crate::source::{Grouping, SourceKind, UnpackLimits};

    fn look(file: &str, text: &[u8], line: u64, byte: u64) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        std::fs::write(&path, text).unwrap();
        let spec = SourceSpec {
            name: SourceName::new("zendesk").unwrap(),
            kind: SourceKind::Zendesk,
            paths: vec![path.clone()],
            timezone: None,
            date_order: None,
            grouping: Grouping::Call,
            columns: std::collections::BTreeMap::new(),
            include_internal: true,
            limits: UnpackLimits::default(),
            person_notes: false,
        };
        let name = input::entries(&spec).unwrap()[0].name.clone();
        let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let context = ReadContext {
            now: crate::model::time::now(),
            bytes_done: &bytes_done,
            stop: &stop,
            temp_dir: folder.path(),
            may_start_over: false,
            joining: None,
            needs_text: None,
        };
        let place = Place::new(&name, line, byte);
        record_at(&[spec], &place, &context).unwrap().map(|record| record.text().0)
    }

    #[test]
    fn a_line_of_json_is_set_out() {
        let text = b"{\"id\":1}\n{\"id\":2,\"subject\":\"Hi\"}\n{\"id\":3}\n";
        assert_eq!(look("t.json", text, 2, 9).unwrap(), "{\n  \"id\": 2,\n  \"subject\": \"Hi\"\n}");
        assert_eq!(look("t.json", text, 9, 900), None, "the file has become shorter");
        assert_eq!(look("t.json", b"{\"id\":1}\n{\"id\":\nx", 2, 9).unwrap(), "{\"id\":");
    }

    #[test]
    fn a_row_names_its_columns() {
        let text = b"call id;from;comments\n1;+33;\n2;+34;\"two\nlines\"\n";
        assert_eq!(look("c.csv", text, 3, 29).unwrap(), "call id: 2\nfrom: +34\ncomments: two\nlines");
    }

    #[test]
    fn titles_are_no_names_of_columns() {
        let text = b"Calls,,\nBy Kim\ncall id;from;comments\n1;+33;x\n";
        assert_eq!(look("c.csv", text, 4, 38).unwrap(), "call id: 1\nfrom: +33\ncomments: x");
    }

    #[test]
    fn long_records_are_read_to_their_end() {
        let long = "x".repeat(FIRST_BYTES * 5);
        let text = format!("{{\"id\":1}}\n{{\"id\":2,\"body\":\"\\ud83d{long}\"}}\n{{\"id\":3}}\n");
        let found = look("t.json", text.as_bytes(), 2, 9).unwrap();
        assert!(found.contains('\u{fffd}') && found.len() == TEXT_BYTES_MAX, "repaired, and cut to be shown");
        let text = format!("<tickets><ticket><id>1</id>{long}</ticket><ticket><id>2</id></ticket></tickets>");
        let found = look("t.xml", text.as_bytes(), 1, 9).unwrap();
        assert!(found.ends_with("x</ticket>") || found.len() == TEXT_BYTES_MAX);
    }

    #[test]
    fn a_packed_file_is_read_from_its_beginning() {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"{\"id\":1}\n{\"id\":2}\n").unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(look("t.json.gz", &packed, 2, 9).unwrap(), "{\n  \"id\": 2\n}");
    }

    #[test]
    fn an_element_ends_with_its_end() {
        let text = b"<tickets><ticket><id>1</id></ticket><ticket><id>2</id></ticket></tickets>";
        assert_eq!(look("t.xml", text, 1, 36).unwrap(), "<ticket><id>2</id></ticket>");
    }
}

//! One record again, as it stands in the export, for people who want to compare.

use std::io::{BufRead, Read};
use std::ops::ControlFlow;

use super::input::{self, Opened, Pass};
use super::{ReadContext, SourceError, SourceSpec};
use crate::model::finding::Place;

/// Bytes of a record that are read: most of the longest tickets fit whole, and are set out.
const BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Bytes of a record that are shown.
const TEXT_MAX: usize = 256 * 1024;
/// Bytes of a table's first line.
const HEADER_MAX: u64 = 64 * 1024;
/// A record that lies further into its stream is not looked for: everything before it has to be unpacked.
const OFFSET_MAX: u64 = 4_000_000_000;

/// A record as it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// JSON set out in lines; a row with the names of its columns, a line each; anything else as it is.
    pub text: String,
    /// Whether only the beginning is here.
    pub is_cut: bool,
}

/// The record at a place, if it is still there and can be found.
pub fn excerpt(
    spec: &SourceSpec,
    place: &Place,
    context: &ReadContext<'_>,
) -> Result<Option<Excerpt>, SourceError> {
    let Some(offset) = place.byte.filter(|byte| *byte <= OFFSET_MAX) else { return Ok(None) };
    let holds = |name: &str| {
        place.file.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
    };
    let mut found = None;
    for file in input::entries(spec)?.into_iter().filter(|file| holds(&file.name)) {
        let flow = file.for_each_stream(context, Pass::Probe, &mut |opened| match opened {
            Opened::Stream { name, reader } if *name == place.file => {
                found = cut_out(reader, offset);
                Ok(ControlFlow::Break(()))
            }
            _ => Ok(ControlFlow::Continue(())),
        })?;
        if flow.is_break() {
            break;
        }
    }
    Ok(found)
}

/// Streams never fail while they are read; one that ends early has no record there.
fn cut_out(mut reader: &mut dyn BufRead, offset: u64) -> Option<Excerpt> {
    let mut header = Vec::new();
    // The names of columns, should it be a table: they are in the first line.
    (&mut reader).take(offset.min(HEADER_MAX)).read_until(b'\n', &mut header).ok()?;
    let rest = offset - header.len() as u64;
    std::io::copy(&mut (&mut reader).take(rest), &mut std::io::sink()).ok()?;
    let mut bytes = Vec::new();
    reader.take(BYTES_MAX).read_to_end(&mut bytes).ok()?;
    record(&header, &bytes).map(Excerpt::shown)
}

impl Excerpt {
    fn shown(mut self) -> Self {
        self.is_cut |= self.text.len() > TEXT_MAX;
        self.text.truncate(self.text.floor_char_boundary(TEXT_MAX));
        self
    }
}

fn record(header: &[u8], bytes: &[u8]) -> Option<Excerpt> {
    let first = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let bytes = &bytes[first..];
    match bytes[0] {
        b'{' | b'[' => Some(json(bytes)),
        b'<' => Some(element(bytes)),
        _ => row(header, bytes).or_else(|| Some(line(bytes))),
    }
}

fn json(bytes: &[u8]) -> Excerpt {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>();
    match values.next() {
        Some(Ok(value)) => {
            let text = serde_json::to_string_pretty(&value).unwrap_or_default();
            Excerpt { text, is_cut: false }
        }
        // Longer than what was read, or damaged: as it stands.
        _ => line(bytes),
    }
}

fn line(bytes: &[u8]) -> Excerpt {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let text = String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).trim_end().to_owned();
    Excerpt { text, is_cut: end.is_none() && bytes.len() as u64 == BYTES_MAX }
}

/// From the beginning of an element to its end; elements of the same name do not lie in one another in these exports.
fn element(bytes: &[u8]) -> Excerpt {
    let name: Vec<u8> = bytes[1..]
        .iter()
        .copied()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':'))
        .collect();
    let end = [b"</", name.as_slice(), b">"].concat();
    let found = memchr::memmem::find(bytes, &end).map(|at| at + end.len());
    let text = String::from_utf8_lossy(&bytes[..found.unwrap_or(bytes.len())]).into_owned();
    Excerpt { text, is_cut: found.is_none() && bytes.len() as u64 == BYTES_MAX }
}

/// A row of a table, if the first line of the file fits it.
fn row(header: &[u8], bytes: &[u8]) -> Option<Excerpt> {
    let read = |bytes: &[u8], separator: u8| -> Option<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(bytes);
        let mut row = csv::ByteRecord::new();
        reader.read_byte_record(&mut row).ok().filter(|read| *read)?;
        Some(row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect())
    };
    let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
    [b',', b';', b'\t', b'|'].into_iter().find_map(|separator| {
        let (names, cells) = (read(header, separator)?, read(bytes, separator)?);
        let lines: Vec<String> = names
            .iter()
            .zip(&cells)
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| format!("{name}: {cell}"))
            .collect();
        (names.len() > 1 && names.len() == cells.len())
            .then(|| Excerpt { text: lines.join("\n"), is_cut: false })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64};

    use super::*;
    use crate::model::key::SourceName;
    use crate::source::{Grouping, SourceKind, UnpackLimits};

    fn look(file: &str, text: &[u8], byte: u64) -> Option<Excerpt> {
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
        };
        excerpt(&spec, &Place::new(&name, 1, byte), &context).unwrap()
    }

    #[test]
    fn a_line_of_json_is_set_out() {
        let text = b"{\"id\":1}\n{\"id\":2,\"subject\":\"Hi\"}\n{\"id\":3}\n";
        assert_eq!(look("t.json", text, 9).unwrap().text, "{\n  \"id\": 2,\n  \"subject\": \"Hi\"\n}");
        assert_eq!(look("t.json", text, 900), None, "the file has become shorter");
        assert_eq!(look("t.json", b"{\"id\":1}\n{\"id\":\nx", 9).unwrap().text, "{\"id\":");
    }

    #[test]
    fn a_row_names_its_columns() {
        let text = b"call id;from;comments\n1;+33;\n2;+34;\"two\nlines\"\n";
        assert_eq!(look("c.csv", text, 29).unwrap().text, "call id: 2\nfrom: +34\ncomments: two\nlines");
    }

    #[test]
    fn an_element_ends_with_its_end() {
        let text = b"<tickets><ticket><id>1</id></ticket><ticket><id>2</id></ticket></tickets>";
        assert_eq!(look("t.xml", text, 36).unwrap().text, "<ticket><id>2</id></ticket>");
    }
}

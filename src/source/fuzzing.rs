//! The layers of reading one by one, for fuzzing.

use std::io::BufReader;
use std::ops::ControlFlow;

pub(crate) use super::aircall::fuzzing::{clock, number};
pub(crate) use super::zendesk::fuzzing::html;

use super::input::csv::{CsvStream, RECORD_BYTES_MAX, RowFault};
use super::input::encoding::decode;
use super::input::records::{self, Piece};
use super::input::repair::repair;

/// Lists that are taken apart.
const LISTS: &[&str] = &["tickets", "users"];

/// Bytes in whatever encoding; damaged JSON.
pub(crate) fn encodings(bytes: &[u8]) {
    let decoded = decode(bytes);
    assert_eq!(decoded.assumed, std::str::from_utf8(super::input::encoding::without_bom(bytes)).is_err());
    if let Some(repaired) = repair(bytes) {
        assert!(std::str::from_utf8(&repaired.bytes).is_ok(), "repaired and still not UTF-8");
        assert!(repaired.count > 0, "repaired and nothing counted");
        assert_eq!(repair(&repaired.bytes), None, "repaired and still in need of repair");
    }
    // What parses as it is must not need more than the replacement of NUL.
    if let Ok(text) = serde_json::from_slice::<String>(bytes)
        && let Some(repaired) = repair(bytes)
    {
        let after: String = serde_json::from_slice(&repaired.bytes).expect("whole stays whole");
        assert_eq!(text.replace('\0', "\u{fffd}"), after);
    }
}

/// JSON in any shape, cut the same whatever the size of the reads.
pub(crate) fn json_records(bytes: &[u8]) {
    let whole = pieces(bytes, 1 << 16);
    let small = 1 + bytes.first().copied().map_or(0, usize::from) % 16;
    assert_eq!(pieces(bytes, small), whole, "the size of the reads makes a difference");
    for (_, line, byte) in &whole {
        assert!(*line >= 1 && *byte <= bytes.len() as u64, "a place outside of the stream");
    }
}

fn pieces(bytes: &[u8], buffer: usize) -> Vec<(Option<Vec<u8>>, u64, u64)> {
    let mut pieces = Vec::new();
    let mut reader = BufReader::with_capacity(buffer, bytes);
    let flow = records::split(&mut reader, LISTS, &mut |piece| {
        let (record, at) = match piece {
            Piece::Record { bytes, at, .. } => (Some(bytes.to_vec()), at),
            Piece::TooLong(at) | Piece::Unclosed(at) | Piece::Cut(at) => (None, at),
        };
        pieces.push((record, at.line, at.byte));
        ControlFlow::Continue(())
    });
    assert!(flow.is_ok_and(|flow| flow.is_continue()), "bytes in memory can be read");
    pieces
}

/// CSV of any kind, cut the same whatever the size of the reads; places only grow.
pub(crate) fn csv_rows(bytes: &[u8]) {
    let small = 1 + bytes.first().copied().map_or(0, usize::from) % 16;
    // Inputs are far shorter than the true limit.
    for record_max in [RECORD_BYTES_MAX, 16 << (bytes.len() % 8)] {
        let whole = rows(bytes, 1 << 16, record_max);
        assert_eq!(rows(bytes, small, record_max), whole, "the size of the reads makes a difference");
        assert!(
            whole.windows(2).all(|pair| pair[0].1 < pair[1].1 && pair[0].2 < pair[1].2),
            "places go back"
        );
    }
}

type Row = (Vec<String>, u64, u64, Option<RowFault>);

fn rows(bytes: &[u8], buffer: usize, record_max: usize) -> Vec<Row> {
    let input = BufReader::with_capacity(buffer, bytes);
    let Some(mut stream) = CsvStream::open_with(input, record_max).expect("bytes in memory can be read")
    else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    while let Some(row) = stream.next_row().expect("bytes in memory can be read") {
        let cells: Vec<String> = row.cells.iter().map(str::to_owned).collect();
        let length: usize = cells.iter().map(String::len).sum();
        // Windows-1252 becomes up to three bytes a character.
        assert!(length <= 3 * (record_max + 1), "a row that is longer than a row may be");
        rows.push((cells, row.line, row.byte, row.fault));
    }
    rows
}

//! Documents as JSON: one line for programs, indented in files.

use std::io::{self, Write};

use serde::Serialize;

/// Writes `document` as one line of JSON.
pub fn write_line(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(document)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()
}

/// `document` as it is kept in `report.json`.
pub(super) fn file_bytes(document: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(document)?;
    text.push(b'\n');
    Ok(text)
}

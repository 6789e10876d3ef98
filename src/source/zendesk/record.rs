//! One record of a file on its way to its kind: repaired where its characters are damaged.

use crate::source::input::repair;

/// What reading a record gave, and how many characters had to be replaced for it.
pub(super) struct Read<T> {
    /// The result of the parser.
    pub(super) result: Result<T, serde_json::Error>,
    /// Characters replaced; 0 for nearly every record.
    pub(super) repaired: usize,
}

/// Parses `record` with `parse`. If it fails, or if the record holds NULs, it is repaired first; a second failure is
/// final. `parse` starts afresh every time.
pub(super) fn read<T>(
    record: &[u8],
    parse: &mut dyn FnMut(&[u8]) -> Result<T, serde_json::Error>,
) -> Read<T> {
    let mut result = None;
    if !repair::has_nul(record) {
        match parse(record) {
            Ok(value) => return Read { result: Ok(value), repaired: 0 },
            Err(error) => result = Some(error),
        }
    }
    match (repair::repair(record), result) {
        (Some(repaired), _) => Read { result: parse(&repaired.bytes), repaired: repaired.count },
        (None, Some(error)) => Read { result: Err(error), repaired: 0 },
        // An escaped backslash before `u0000` looks like a NUL and is none.
        (None, None) => Read { result: parse(record), repaired: 0 },
    }
}

/// What is wrong with a record, without a word of what it says.
pub(super) fn fault(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let what = match error.classify() {
        Category::Eof => "it ends too early",
        Category::Data => "it has not the form of a record",
        Category::Syntax | Category::Io => "it is not valid JSON",
    };
    // Lines inside a record count from its start; most records have one.
    match (error.line(), error.column()) {
        (0, _) => what.to_owned(),
        (1, column) => format!("{what}, at byte {column} of the record"),
        (line, column) => format!("{what}, at byte {column} of line {line} of the record"),
    }
}

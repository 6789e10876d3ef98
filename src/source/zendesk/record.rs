//! One record of a file on its way to its kind: repaired where its characters are damaged.

pub(super) use crate::source::input::repair::read;

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

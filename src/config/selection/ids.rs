//! Keys from a file: what a run rejected can be fed to the next one as it is.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::model::key::ConversationKey;

/// Largest file of keys that is read, in bytes: room for some millions of them.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Columns and fields that hold keys, the best first: a row may name its record and the ticket that it belongs to.
const KEY_FIELDS: &[&str] = &["key", "ticket"];

/// Why a file of keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdsError {
    /// The operating system refused, or the file is not UTF-8.
    #[error("cannot read `{}`", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// It is too large.
    #[error("`{}` is too large for a list of keys", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
    },
    /// Nothing in it names a record.
    #[error("`{}` holds no key such as zendesk:ticket:48213", file.display())]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// A line holds something else than a key.
    #[error("`{}`, line {line}: expected a key such as zendesk:ticket:48213", file.display())]
    NoKey {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
    },
}

/// The keys of a file of any of the three kinds, told apart by the first line: an object begins NDJSON, a header with
/// a column `key` begins CSV, a key begins a plain list (lines that begin with # are passed over). Rows about lines
/// that could not be read have no key and are passed over too.
pub(super) fn read(file: &Path) -> Result<Vec<Box<str>>, IdsError> {
    let failed = |error| IdsError::Read { file: file.to_owned(), error };
    if fs::metadata(file).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(IdsError::TooLarge { file: file.to_owned() });
    }
    let text = fs::read_to_string(file).map_err(failed)?;
    let text = text.trim_start_matches('\u{feff}');
    match parse(text) {
        Ok(keys) if keys.is_empty() => Err(IdsError::Empty { file: file.to_owned() }),
        Ok(keys) => Ok(keys),
        Err(BadLine(line)) => Err(IdsError::NoKey { file: file.to_owned(), line }),
    }
}

/// The number of a line, from 1, that holds something else than a key.
#[derive(Debug, PartialEq, Eq)]
struct BadLine(u64);

type Keys = Result<Vec<Box<str>>, BadLine>;

fn parse(text: &str) -> Keys {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if first.starts_with('{') {
        return ndjson(text);
    }
    match delimiter(first) {
        Some(delimiter) => csv(text, delimiter),
        None => plain(text),
    }
}

/// The delimiter of a CSV header, if `line` is one that has a column of keys. Spreadsheets exchange it for another.
fn delimiter(line: &str) -> Option<u8> {
    let has_keys = |delimiter: &u8| {
        let mut cells = line.split(char::from(*delimiter)).map(|cell| cell.trim_matches('"'));
        cells.any(|cell| KEY_FIELDS.contains(&cell))
    };
    [b',', b';', b'\t'].into_iter().find(has_keys)
}

/// The lines that are not blank, with their numbers from 1.
fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty())
}

fn checked(key: &str, line: u64) -> Result<Box<str>, BadLine> {
    ConversationKey::parse(key).map(|key| key.as_str().into()).map_err(|_| BadLine(line))
}

fn plain(text: &str) -> Keys {
    lines(text)
        .filter(|(_, line)| !line.starts_with('#'))
        .map(|(number, line)| checked(line, number))
        .collect()
}

fn ndjson(text: &str) -> Keys {
    #[derive(Deserialize)]
    struct Reject {
        key: Option<String>,
        ticket: Option<String>,
    }
    let mut keys = Vec::new();
    for (number, line) in lines(text) {
        let reject: Reject = serde_json::from_str(line).map_err(|_| BadLine(number))?;
        if let Some(key) = reject.key.or(reject.ticket) {
            keys.push(checked(&key, number)?);
        }
    }
    Ok(keys)
}

fn csv(text: &str, delimiter: u8) -> Keys {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| BadLine(1))?;
    let columns: Vec<usize> =
        KEY_FIELDS.iter().filter_map(|name| header.iter().position(|cell| cell == *name)).collect();
    let mut keys = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| BadLine(error.position().map_or(1, csv::Position::line)))?;
        let line = row.position().map_or(1, csv::Position::line);
        let key =
            columns.iter().filter_map(|column| row.get(*column)).map(str::trim).find(|key| !key.is_empty());
        if let Some(key) = key {
            keys.push(checked(key, line)?);
        }
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        parse(text).unwrap().into_iter().map(String::from).collect()
    }

    #[test]
    fn a_plain_list_may_have_remarks() {
        let text = "# those that failed\nzendesk:ticket:1\n\n  aircall:call:2  \r\n";
        assert_eq!(keys(text), ["zendesk:ticket:1", "aircall:call:2"]);
        assert_eq!(parse("zendesk:ticket:1\n48213\n"), Err(BadLine(2)));
    }

    #[test]
    fn rejects_are_accepted_as_they_are_written() {
        let csv = "code,key,detail\nGI-U001,zendesk:ticket:1,\"two\nlines\"\nGI-I001,,unreadable\nGI-U001,zendesk:ticket:2,\n";
        assert_eq!(keys(csv), ["zendesk:ticket:1", "zendesk:ticket:2"]);
        assert_eq!(keys("\"code\";\"key\"\nGI-U001;zendesk:ticket:1\n"), ["zendesk:ticket:1"]);
        let ndjson =
            "{\"key\":\"zendesk:ticket:1\",\"code\":\"GI-U001\"}\n{\"code\":\"GI-I001\",\"key\":null}\n";
        assert_eq!(keys(ndjson), ["zendesk:ticket:1"]);
    }

    #[test]
    fn the_bad_line_is_named() {
        assert_eq!(parse("key\nzendesk:ticket:1\nnonsense\n"), Err(BadLine(3)));
        assert_eq!(parse("{\"key\":\"zendesk:ticket:1\"}\n{\"key\":"), Err(BadLine(2)));
    }

    #[test]
    fn a_file_without_keys_is_not_everything() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rejects.csv");
        fs::write(&file, "\u{feff}key,code\n").unwrap();
        assert!(matches!(read(&file), Err(IdsError::Empty { .. })));
        assert!(matches!(read(folder.path().join("none").as_path()), Err(IdsError::Read { .. })));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_panic(text in "(key,|\\{|\"|\n|;|[ -~]|\\PC){0,80}") {
            drop(parse(&text));
        }
    }
}

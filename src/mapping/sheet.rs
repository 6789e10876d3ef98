//! A table as people edit it in a spreadsheet: rows of named cells, with every problem by line.
//!
//! Spreadsheets save with commas, semicolons or tabs, with or without a byte order mark, and fill rows up with empty
//! cells; all that is read. Columns may stand in any order. Every problem is gathered, so that a table is corrected in
//! one go.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::model::cell::unguarded;

/// Largest table that is read, in bytes: a hundred times what the tags of a large account come to.
const BYTES_MAX: u64 = 64 << 20;

/// Problems that are listed; whoever has more corrects these first.
const PROBLEMS_MAX: usize = 20;

/// Why a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The operating system refused.
    #[error("cannot read `{}`", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// It is not text, or too large.
    #[error("`{}` {problem}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
    /// Lines are wrong.
    #[error("{}", list(file, problems))]
    Lines {
        /// The file.
        file: PathBuf,
        /// Line, from 1, and what is wrong with it and would be right.
        problems: Vec<(u64, String)>,
    },
}

fn list(file: &Path, problems: &[(u64, String)]) -> String {
    let mut lines: Vec<String> = problems
        .iter()
        .take(PROBLEMS_MAX)
        .map(|(line, problem)| format!("`{}`, line {line}: {problem}", file.display()))
        .collect();
    if problems.len() > PROBLEMS_MAX {
        lines.push(format!("and {} more", problems.len() - PROBLEMS_MAX));
    }
    lines.join("\n")
}

/// One row.
pub(super) struct Row<'s> {
    /// Its line, from 1.
    pub(super) line: u64,
    header: &'s [&'static str],
    cells: Vec<&'s str>,
}

impl<'s> Row<'s> {
    /// The cell of a column; empty where the row or the table does not have it.
    pub(super) fn cell(&self, column: &str) -> &'s str {
        let at = self.header.iter().position(|name| *name == column);
        at.and_then(|at| self.cells.get(at)).copied().unwrap_or_default()
    }
}

/// What a row means, or what is wrong with it.
pub(super) type Meaning<T> = Result<T, String>;

/// Reads `file`, whose columns are among `columns`; the first of these, which names the row, must be there and be
/// different in every row. `take` gets the rows one by one and says what is wrong with one.
pub(super) fn read(
    file: &Path,
    columns: &[&'static str],
    take: &mut dyn FnMut(&Row<'_>) -> Meaning<()>,
) -> Result<(), TableError> {
    let failed = |error| TableError::Read { file: file.to_owned(), error };
    let unreadable =
        |problem: &str| TableError::Unreadable { file: file.to_owned(), problem: problem.to_owned() };
    let mut bytes = Vec::new();
    File::open(file).map_err(failed)?.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(unreadable("is larger than 64 MB, too large to be a table of decisions"));
    }
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Err(unreadable("is not UTF-8; save it as \"CSV UTF-8\" in the spreadsheet"));
    };
    let problems = parse(text, columns, take);
    if problems.is_empty() {
        return Ok(());
    }
    Err(TableError::Lines { file: file.to_owned(), problems })
}

/// Goes through the rows of `text` and gives what is wrong, by line.
fn parse(
    text: &str,
    columns: &[&'static str],
    take: &mut dyn FnMut(&Row<'_>) -> Meaning<()>,
) -> Vec<(u64, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Excel writes such a line to remember the separator.
    let (text, skipped) = match text.split_once('\n') {
        Some((first, rest)) if first.to_ascii_lowercase().starts_with("sep=") => (rest, 1),
        _ => (text, 0),
    };
    let first = text.lines().next().unwrap_or_default();
    let separator = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|byte| (first.bytes().filter(|other| other == byte).count(), *byte == b','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut problems = Vec::new();
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut header: Option<Vec<&'static str>> = None;
    let mut lines = Lines { text: text.as_bytes(), byte: 0, line: 1 + skipped };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push((lines.at(error.position()), "cannot be read as CSV".to_owned()));
                break;
            }
        };
        let line = lines.at(record.position());
        let cells: Vec<&str> = record.iter().map(unguarded).collect();
        let Some(header) = &header else {
            match named(&cells, columns) {
                Ok(named) => header = Some(named),
                Err(problem) => return vec![(line, problem)],
            }
            continue;
        };
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        if cells.iter().skip(header.len()).any(|cell| !cell.is_empty()) {
            problems.push((line, format!("has more cells than the {} columns", header.len())));
            continue;
        }
        let row = Row { line, header, cells };
        let name = row.cell(columns[0]);
        if name.is_empty() {
            problems.push((line, format!("{} is empty", columns[0])));
        } else if let Some(first) = seen.get(name) {
            // The name itself may be a telephone number or an address, which errors do not show.
            problems.push((line, format!("the same {} as in line {first}; keep one of the two", columns[0])));
        } else if let Err(problem) = take(&row) {
            problems.push((line, problem));
        }
        seen.entry(name.to_owned()).or_insert(line);
    }
    if header.is_none() {
        problems.push((1, format!("the table is empty; it needs a first line with {}", columns.join(","))));
    }
    problems
}

/// Lines by position. The CSV reader's own count is one behind where lines end in CR LF.
struct Lines<'t> {
    text: &'t [u8],
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record at `position`; positions come in order.
    fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let start = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.byte);
        let start = start.clamp(self.byte, self.text.len());
        // A record's position may be before the end of the last line and before blank lines.
        let rest = self.text[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let next = start + rest;
        self.line += memchr::memchr_iter(b'\n', &self.text[self.byte..next]).count() as u64;
        self.byte = next;
        self.line
    }
}

/// The columns as the first line has them.
fn named(cells: &[&str], columns: &[&'static str]) -> Result<Vec<&'static str>, String> {
    let mut header = Vec::with_capacity(cells.len());
    // Empty columns at the end are a spreadsheet's.
    let used = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    for cell in &cells[..used] {
        let Some(column) = columns.iter().find(|column| column.eq_ignore_ascii_case(cell)) else {
            return Err(format!(
                "`{cell}` is not a column of this table; its columns are {}",
                columns.join(",")
            ));
        };
        if header.contains(column) {
            return Err(format!("the column {column} is there twice; remove one"));
        }
        header.push(*column);
    }
    if !header.contains(&columns[0]) {
        return Err(format!("the column {} is missing; the columns are {}", columns[0], columns.join(",")));
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Line, key and note of the good rows; line and words of the problems.
    type Rows = (Vec<(u64, String, String)>, Vec<(u64, String)>);

    fn rows(text: &str) -> Rows {
        let mut rows = Vec::new();
        let problems = parse(text, &["key", "count", "note"], &mut |row| {
            if row.cell("note") == "bad" {
                return Err("note cannot be `bad`".into());
            }
            rows.push((row.line, row.cell("key").to_owned(), row.cell("note").to_owned()));
            Ok(())
        });
        (rows, problems)
    }

    #[test]
    fn what_spreadsheets_save_is_read() {
        let expected = vec![(2, "a".to_owned(), "x".to_owned()), (3, "=b".to_owned(), String::new())];
        for text in [
            "key,count,note\na,1,x\n'=b,2,\n",
            "\u{feff}Key;Count;Note\r\na;1;x\r\n=b;2\r\n;;\r\n",
            "key\tnote\na\tx\n=b\t\n",
            "note,key,,\nx, a ,,\n,=b,,\n",
        ] {
            assert_eq!(rows(text), (expected.clone(), Vec::new()), "{text:?}");
        }
        assert_eq!(rows("sep=;\r\nkey;note\r\na;x\r\n").0, [(3, "a".to_owned(), "x".to_owned())]);
        let lines = |text: &str| rows(text).0.into_iter().map(|(line, ..)| line).collect::<Vec<_>>();
        assert_eq!(lines("\r\nkey,note\r\n\r\na,\"x\r\ny\"\r\nb,\r\n\r\n\r\nc,"), [4, 6, 9]);
    }

    #[test]
    fn every_problem_has_its_line() {
        let (good, problems) = rows("key,note\na,x\na,y\n,z\nb,bad\nc,1,2\n\"d,\n");
        assert_eq!(good.len(), 2);
        let lines: Vec<u64> = problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4, 5, 6]);
        assert!(problems[0].1.contains("the same key as in line 2"), "{problems:?}");
        for (text, words) in [
            ("key,colour\n", "`colour` is not a column of this table; its columns are key,count,note"),
            ("note\n", "the column key is missing"),
            ("key,key\n", "is there twice"),
            ("", "the table is empty"),
        ] {
            let (_, problems) = rows(text);
            assert!(problems.len() == 1 && problems[0].1.contains(words), "{text:?}: {problems:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(key,count,note\n)?[a-z=,;\"'\t\r\n\\PC]{0,60}") {
            rows(&text);
        }

        #[test]
        fn names_come_back_as_they_were(name in "[^\\s\\p{C}][\\PC]{0,12}[^\\s\\p{C}]") {
            let mut out = csv::Writer::from_writer(Vec::new());
            out.write_record(["key", "note"]).unwrap();
            out.write_record([&*crate::model::cell::guarded(&name), "n"]).unwrap();
            let text = String::from_utf8(out.into_inner().unwrap()).unwrap();
            prop_assert_eq!(rows(&text).0, vec![(2, name.trim().to_owned(), "n".to_owned())]);
        }
    }
}

//! `[mapping] tickets`: a CSV of source keys and the existing Gorgias tickets that their messages go to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::model::key::ConversationKey;

/// The columns, in the order they are documented in.
const COLUMNS: [&str; 2] = ["key", "gorgias_ticket_id"];

/// Why a tickets CSV cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TicketsCsvError {
    /// The file cannot be read as CSV.
    #[error("cannot read `{}`", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        #[source]
        error: csv::Error,
    },
    /// The header is not `key,gorgias_ticket_id`.
    #[error("`{}` needs the columns key,gorgias_ticket_id in its first line; it has {found}", file.display())]
    Header {
        /// The file.
        file: PathBuf,
        /// The columns it has.
        found: String,
    },
    /// A row is wrong.
    #[error("`{}`, line {line}: {problem}", file.display())]
    Row {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
}

/// Reads the file. Every key may stand in it once.
pub fn read_tickets_csv(file: &Path) -> Result<HashMap<ConversationKey, u64>, TicketsCsvError> {
    let read = |error| TicketsCsvError::Read { file: file.to_owned(), error };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(file).map_err(read)?;
    let header: Vec<String> = reader.headers().map_err(read)?.iter().map(str::to_lowercase).collect();
    if header != COLUMNS {
        return Err(TicketsCsvError::Header { file: file.to_owned(), found: header.join(",") });
    }
    let mut tickets = HashMap::new();
    for row in reader.records() {
        let row = row.map_err(read)?;
        let line = row.position().map_or(0, csv::Position::line);
        let problem = |problem: String| TicketsCsvError::Row { file: file.to_owned(), line, problem };
        let key = ConversationKey::parse(&row[0]).map_err(|error| problem(error.to_string()))?;
        let id: u64 = row[1]
            .parse()
            .ok()
            .filter(|id| *id > 0)
            .ok_or_else(|| problem(format!("`{}` is not the id of a Gorgias ticket", &row[1])))?;
        if tickets.insert(key, id).is_some() {
            return Err(problem(format!("`{}` stands in the file twice", &row[0])));
        }
    }
    Ok(tickets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<HashMap<ConversationKey, u64>, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tickets.csv");
        std::fs::write(&file, content).unwrap();
        read_tickets_csv(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_are_checked_with_their_line() {
        let good = read("key,gorgias_ticket_id\nzendesk:ticket:1,77\n").unwrap();
        assert_eq!(good[&ConversationKey::parse("zendesk:ticket:1").unwrap()], 77);
        for (content, expected) in [
            ("id,ticket\n", "needs the columns"),
            ("key,gorgias_ticket_id\nzendesk:ticket:1,0\n", "line 2: `0` is not the id"),
            ("key,gorgias_ticket_id\nticket 1,5\n", "line 2: `ticket 1` is not a key"),
            ("key,gorgias_ticket_id\na:t:1,5\na:t:1,6\n", "line 3: `a:t:1` stands in the file twice"),
        ] {
            let error = read(content).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}

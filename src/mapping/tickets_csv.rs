//! `[mapping] tickets`: a CSV of source keys and the existing Gorgias tickets that their messages go to.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::sheet::{self, TableError};
use crate::model::key::ConversationKey;

/// The columns, in the order they are documented in.
const COLUMNS: [&str; 2] = ["key", "gorgias_ticket_id"];

/// The existing Gorgias tickets that messages of the export go to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TicketTable {
    file: PathBuf,
    /// The line and the Gorgias ticket.
    tickets: HashMap<ConversationKey, (u64, u64)>,
}

impl TicketTable {
    /// The Gorgias ticket for the messages of `key`.
    pub fn id(&self, key: &ConversationKey) -> Option<u64> {
        self.tickets.get(key).map(|(_, id)| *id)
    }

    /// The Gorgias tickets that must exist, with the line that wants each and its key, in the order of the lines.
    pub fn tickets_wanted(&self) -> Vec<(u64, &ConversationKey, u64)> {
        let mut wanted: Vec<_> = self.tickets.iter().map(|(key, (line, id))| (*line, key, *id)).collect();
        wanted.sort_by_key(|(line, ..)| *line);
        wanted
    }

    /// The keys, with their lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&str, u64)> {
        self.tickets.iter().map(|(key, (line, _))| (key.as_str(), *line))
    }

    /// The file that it was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// Reads the file. Every key may stand in it once; `sources` are the names of the config's sources.
pub fn read_tickets_csv(file: &Path, sources: &[&str]) -> Result<TicketTable, TableError> {
    let mut table = TicketTable { file: file.to_owned(), tickets: HashMap::new() };
    sheet::read(file, &COLUMNS, &mut |row| {
        let key = ConversationKey::parse(row.cell("key")).map_err(|error| error.to_string())?;
        if !sources.contains(&key.source()) {
            return Err(format!(
                "`{}` is not a source of migration.toml; its sources are {}",
                key.source(),
                sources.join(", ")
            ));
        }
        let written = row.cell("gorgias_ticket_id");
        let id = written.parse().ok().filter(|id: &u64| *id > 0);
        let id = id.ok_or_else(|| {
            format!(
                "`{written}` is not the id of a Gorgias ticket; write the number at the end of its address"
            )
        })?;
        table.tickets.insert(key, (row.line, id));
        Ok(())
    })?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<TicketTable, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tickets.csv");
        std::fs::write(&file, content).unwrap();
        read_tickets_csv(&file, &["zendesk", "a"]).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_are_checked_with_their_line() {
        let good = read("key,gorgias_ticket_id\nzendesk:ticket:1,77\n").unwrap();
        let key = ConversationKey::parse("zendesk:ticket:1").unwrap();
        assert_eq!((good.id(&key), good.tickets_wanted()), (Some(77), vec![(2, &key, 77)]));
        for (content, expected) in [
            ("id,ticket\n", "its columns are key,gorgias_ticket_id"),
            ("key,gorgias_ticket_id\nzendesk:ticket:1,0\n", "line 2: `0` is not the id"),
            ("key,gorgias_ticket_id\nticket 1,5\n", "line 2: `ticket 1` is not a key"),
            ("key,gorgias_ticket_id\nzen:ticket:1,5\n", "line 2: `zen` is not a source of migration.toml"),
            ("key;gorgias_ticket_id\r\na:t:1;5\r\na:t:1;6\r\n", "line 3: the same key as in line 2"),
        ] {
            let error = read(content).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}

//! `[mapping] tickets`: a CSV of source keys and the existing Gorgias tickets that their messages go to.

use std::collections::HashMap;
use std::path::Path;

use super::sheet::{self, TableError};
use crate::model::key::ConversationKey;

/// The columns, in the order they are documented in.
const COLUMNS: [&str; 2] = ["key", "gorgias_ticket_id"];

/// Reads the file. Every key may stand in it once.
pub fn read_tickets_csv(file: &Path) -> Result<HashMap<ConversationKey, u64>, TableError> {
    let mut tickets = HashMap::new();
    sheet::read(file, &COLUMNS, &mut |row| {
        let key = ConversationKey::parse(row.cell("key")).map_err(|error| error.to_string())?;
        let written = row.cell("gorgias_ticket_id");
        let id = written.parse().ok().filter(|id: &u64| *id > 0);
        let id = id.ok_or_else(|| format!("`{written}` is not the id of a Gorgias ticket"))?;
        tickets.insert(key, id);
        Ok(())
    })?;
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
            ("id,ticket\n", "its columns are key,gorgias_ticket_id"),
            ("key,gorgias_ticket_id\nzendesk:ticket:1,0\n", "line 2: `0` is not the id"),
            ("key,gorgias_ticket_id\nticket 1,5\n", "line 2: `ticket 1` is not a key"),
            ("key;gorgias_ticket_id\r\na:t:1;5\r\na:t:1;6\r\n", "line 3: the same key as in line 2"),
        ] {
            let error = read(content).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}

//! Records by whatever key they go or went by.

use rusqlite::{OptionalExtension, params};

use super::column::stored_id;
use super::query::{LedgerView, TICKET_COLUMNS, ticket_row};
use super::{LedgerError, TicketId, TicketRow};
use crate::model::key::MessageKey;

impl LedgerView {
    /// Further keys of a ticket: the one under which it lies in Gorgias where a later export gave it its real one, and
    /// those that exports without ids give it.
    pub fn aliases(&self, ticket: TicketId) -> Result<Vec<String>, LedgerError> {
        self.read(|connection| {
            let mut select =
                connection.prepare_cached("SELECT key FROM alias WHERE ticket = ?1 ORDER BY key")?;
            let rows = select.query_map([ticket.0], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The ticket that goes or went by this key.
    pub fn ticket_named(&self, key: &str) -> Result<Option<TicketRow>, LedgerError> {
        self.read(|connection| {
            let by_key = format!("SELECT {TICKET_COLUMNS} FROM ticket WHERE key = ?1");
            let found = connection.prepare_cached(&by_key)?.query_row([key], ticket_row).optional()?;
            if found.is_some() {
                return Ok(found);
            }
            let by_alias = format!(
                "SELECT {TICKET_COLUMNS} FROM ticket WHERE id = (SELECT ticket FROM alias WHERE key = ?1)"
            );
            Ok(connection.prepare_cached(&by_alias)?.query_row([key], ticket_row).optional()?)
        })
    }

    /// The ticket that has a message with this key. There is no index over messages, so the whole table is read.
    pub fn ticket_of_message(&self, key: &MessageKey) -> Result<Option<TicketRow>, LedgerError> {
        let (source, text) = (key.source(), key.as_str());
        let kind = &text[source.len() + 1..text.len() - key.id().len() - 1];
        // A message of another source than its ticket's stands under a kind that says so.
        let kinds = [(kind.to_owned(), format!("{source}:")), (format!(":{source}:{kind}"), String::new())];
        self.read(|connection| {
            let sql = format!(
                "SELECT {TICKET_COLUMNS} FROM ticket WHERE substr(key, 1, length(?3)) = ?3 AND id IN (
                     SELECT ticket FROM message
                     WHERE id = ?2 AND kind = (SELECT number FROM kind WHERE name = ?1)) LIMIT 1"
            );
            for (kind, ticket_prefix) in kinds {
                let values = params![kind, stored_id(key), ticket_prefix];
                let found = connection.prepare_cached(&sql)?.query_row(values, ticket_row).optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        })
    }

    /// Keys of tickets whose last part is `id`.
    pub fn keys_with_id(&self, id: &str) -> Result<Vec<String>, LedgerError> {
        self.read(|connection| {
            let sql =
                "SELECT key FROM ticket WHERE substr(key, -length(?1) - 1) = ':' || ?1 ORDER BY key LIMIT 10";
            let mut select = connection.prepare_cached(sql)?;
            let rows = select.query_map([id], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Keys of tickets and of their further names that are spelled most like `key` at the beginning, at most `most`.
    pub fn keys_near(&self, key: &str, most: u32) -> Result<Vec<String>, LedgerError> {
        self.read(|connection| {
            let sql = "SELECT key FROM (SELECT key FROM ticket UNION ALL SELECT key FROM alias)
                       WHERE substr(key, 1, length(?1)) = ?1 ORDER BY abs(length(key) - ?3), key LIMIT ?2";
            let mut select = connection.prepare_cached(sql)?;
            let length = i64::try_from(key.len()).unwrap_or(i64::MAX);
            // The longest beginning that some key has: the digits of a number are lost from the end.
            for end in (1..=key.len()).rev().filter(|end| key.is_char_boundary(*end)) {
                let rows = select.query_map(params![&key[..end], most, length], |row| row.get(0))?;
                let found: Vec<String> = rows.collect::<Result<_, _>>()?;
                if !found.is_empty() {
                    return Ok(found);
                }
            }
            Ok(Vec::new())
        })
    }
}

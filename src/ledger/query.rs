//! The reading side, a function per question.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row};

use super::column;
use super::{Holder, LedgerError, MessageRow, PlanHash, SourceRow, TicketId, TicketRow, database, lock};
use crate::model::key::ConversationKey;

/// The columns of [`ticket_row`].
pub(super) const TICKET_COLUMNS: &str = "id, key, state, status, last_ms, fingerprint, (SELECT plan FROM intent WHERE intent.ticket = ticket.id), gorgias_id, messages, mapped_to, code, note, updated_ms";

/// The ledger as others see it: what is committed. Another process may have it open for writing.
#[derive(Clone, Debug)]
pub struct LedgerView {
    connection: Arc<Mutex<Connection>>,
    state_dir: PathBuf,
}

impl LedgerView {
    /// Opens the ledger of `state_dir` for reading, without its lock.
    pub fn open(state_dir: &Path) -> Result<Self, LedgerError> {
        let connection = database::open_reader(&state_dir.join(database::NAME))?;
        Ok(Self { connection: Arc::new(Mutex::new(connection)), state_dir: state_dir.to_owned() })
    }

    /// The live process that has the ledger open for writing, if there is one.
    pub fn holder(&self) -> Result<Option<Holder>, LedgerError> {
        lock::holder(&self.state_dir)
    }

    pub(super) fn read<T>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        question(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The account to which the ledger is bound: its name, and its id where that was seen.
    pub fn account(&self) -> Result<Option<(String, Option<String>)>, LedgerError> {
        self.read(|connection| {
            let account = connection
                .query_row("SELECT name, gorgias_id FROM account", [], |row| Ok((row.get(0)?, row.get(1)?)));
            Ok(account.optional()?)
        })
    }

    /// The sources to which the ledger is bound.
    pub fn sources(&self) -> Result<Vec<SourceRow>, LedgerError> {
        self.read(|connection| {
            let mut select = connection
                .prepare_cached("SELECT name, kind, origins, grouping FROM source ORDER BY name")?;
            let rows = select.query_map([], |row| {
                let origins: String = row.get(2)?;
                let origins = serde_json::from_str(&origins).unwrap_or_default();
                Ok(SourceRow { name: row.get(0)?, kind: row.get(1)?, origins, grouping: row.get(3)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// A fact that was remembered.
    pub fn fact(&self, name: &str) -> Result<Option<String>, LedgerError> {
        self.meta(&format!("fact:{name}"))
    }

    /// The export whose conversations were registered last, if that was completed.
    pub fn registered_export(&self) -> Result<Option<String>, LedgerError> {
        self.meta("registered_export")
    }

    fn meta(&self, name: &str) -> Result<Option<String>, LedgerError> {
        self.read(|connection| {
            let value =
                connection.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0));
            Ok(value.optional()?)
        })
    }

    /// The ticket of this conversation.
    pub fn ticket(&self, key: &ConversationKey) -> Result<Option<TicketRow>, LedgerError> {
        self.read(|connection| {
            let sql = format!("SELECT {TICKET_COLUMNS} FROM ticket WHERE key = ?1");
            Ok(connection.prepare_cached(&sql)?.query_row([key.as_str()], ticket_row).optional()?)
        })
    }

    /// The ticket of this row.
    pub fn ticket_by_id(&self, id: TicketId) -> Result<Option<TicketRow>, LedgerError> {
        self.read(|connection| {
            let sql = format!("SELECT {TICKET_COLUMNS} FROM ticket WHERE id = ?1");
            Ok(connection.prepare_cached(&sql)?.query_row([id.0], ticket_row).optional()?)
        })
    }

    /// The messages of a ticket, in order.
    pub fn messages(&self, ticket: TicketId) -> Result<Vec<MessageRow>, LedgerError> {
        self.read(|connection| {
            let key = connection
                .prepare_cached("SELECT key FROM ticket WHERE id = ?1")?
                .query_row([ticket.0], |row| column::conversation_key(row, 0))
                .optional()?;
            match key {
                Some(key) => messages(connection, ticket, &key),
                None => Ok(Vec::new()),
            }
        })
    }

    /// The messages of a ticket whose row is at hand, in order.
    pub fn messages_of(&self, ticket: &TicketRow) -> Result<Vec<MessageRow>, LedgerError> {
        self.read(|connection| messages(connection, ticket.id, &ticket.key))
    }

    /// The appended messages whose outcome is not known: ticket and number.
    pub fn unknown_messages(&self) -> Result<Vec<(TicketId, u32)>, LedgerError> {
        self.read(|connection| {
            let mut select = connection
                .prepare_cached("SELECT ticket, n FROM message WHERE state = 1 ORDER BY ticket, n")?;
            let rows = select.query_map([], |row| Ok((TicketId(row.get(0)?), row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// The messages of the ticket with this row and key, in order.
pub(super) fn messages(
    connection: &Connection,
    ticket: TicketId,
    key: &ConversationKey,
) -> Result<Vec<MessageRow>, LedgerError> {
    let mut select = connection.prepare_cached(
        "SELECT n, kind.name, id, state, synthetic, fingerprint, gorgias_id, code
         FROM message JOIN kind ON kind.number = kind WHERE ticket = ?1 ORDER BY n",
    )?;
    let rows = select.query_map([ticket.0], |row| {
        Ok(MessageRow {
            n: row.get(0)?,
            key: column::message_key(row, 1, key)?,
            state: row.get(3)?,
            synthetic: row.get(4)?,
            fingerprint: column::message_print(row, 5)?,
            gorgias_id: row.get(6)?,
            code: row.get(7)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A row of [`TICKET_COLUMNS`].
pub(super) fn ticket_row(row: &Row<'_>) -> rusqlite::Result<TicketRow> {
    Ok(TicketRow {
        id: TicketId(row.get(0)?),
        key: column::conversation_key(row, 1)?,
        state: row.get(2)?,
        status: column::status(row, 3)?,
        last_activity_ms: row.get(4)?,
        fingerprint: column::fingerprint(row, 5)?,
        plan: row.get::<_, Option<[u8; 16]>>(6)?.map(PlanHash),
        gorgias_id: row.get(7)?,
        messages: row.get::<_, u32>(8)?.into(),
        mapped_to: row.get(9)?,
        code: row.get(10)?,
        note: row.get(11)?,
        updated_ms: row.get(12)?,
    })
}

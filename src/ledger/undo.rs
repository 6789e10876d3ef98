//! What this tool took back.

use std::collections::{HashMap, HashSet};

use rusqlite::{OptionalExtension, params, params_from_iter};

use super::exposure;
use super::outcome::{put, standing, step};
use super::query::LedgerView;
use super::state::TicketEvent;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, Selection, TicketId, column};
use crate::model::key::{ConversationKey, MessageKey};

/// A Gorgias ticket that was taken back and may still lie in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// The Gorgias ticket.
    pub gorgias_id: i64,
    /// The row whose ticket it was.
    pub ticket: TicketId,
    /// The conversation.
    pub key: ConversationKey,
    /// Messages that it held when it was taken back, where that was seen.
    pub messages: Option<u64>,
    /// Its customer in Gorgias, where that was seen.
    pub customer: Option<u64>,
}

/// What became of a Gorgias ticket that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenBackRow {
    /// The Gorgias ticket.
    pub gorgias_id: i64,
    /// When it was moved to the trash, in milliseconds since 1970.
    pub at_ms: i64,
    /// Whether it was deleted from the trash as well.
    pub purged: bool,
}

/// When requests of a run that could change a ticket were on their way, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteSpan {
    /// When it left.
    pub from_ms: i64,
    /// When its answer was there.
    pub to_ms: i64,
}

impl Ledger {
    /// Makes the intents to move these tickets to the trash durable, in one commit: ticket and Gorgias id. From then on
    /// what is found in the trash under that id was put there by this tool.
    pub fn intend_trash(&self, tickets: &[(TicketId, i64)]) -> Ack<()> {
        let tickets = tickets.to_vec();
        self.inner.writer.submit(Urgency::Now, move |work| {
            let mut insert = work.connection.prepare_cached(
                "INSERT OR REPLACE INTO trashing (ticket, gorgias_id, at_ms) VALUES (?1, ?2, ?3)",
            )?;
            for (ticket, gorgias_id) in tickets {
                insert.execute(params![ticket.0, gorgias_id, work.now_ms])?;
            }
            Ok(())
        })
    }

    /// The ticket is not in the trash after all: nothing was sent, or it was taken out again.
    pub fn trash_called_off(&self, ticket: TicketId) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection.prepare_cached("DELETE FROM trashing WHERE ticket = ?1")?.execute([ticket.0])?;
            Ok(())
        })
    }

    /// The ticket was put in Gorgias's trash by this tool, with so many `messages` and this `customer`, as far as that
    /// was seen. Its Gorgias id moves to the list of those taken back, and its messages are as if they had never been sent.
    pub fn ticket_undone(&self, ticket: TicketId, messages: Option<u64>, customer: Option<u64>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let before = standing(work.connection, ticket)?;
            let after = step(work, ticket, TicketEvent::Undone, None)?;
            put(work, ticket, after)?;
            if let Some(gorgias_id) = before.gorgias_id {
                work.connection.execute(
                    "INSERT OR IGNORE INTO undone (gorgias_id, ticket, at_ms, purged, messages, customer)
                     VALUES (?1, ?2, ?3, 0, ?4, ?5)",
                    params![gorgias_id, ticket.0, work.now_ms, stored(messages), stored(customer)],
                )?;
            }
            work.connection.execute(
                "UPDATE message SET state = 0, gorgias_id = NULL, code = NULL, sender = NULL WHERE ticket = ?1",
                [ticket.0],
            )?;
            work.connection.execute("UPDATE ticket SET assignee = NULL, team = NULL WHERE id = ?1", [ticket.0])?;
            exposure::settle(work, ticket, None)?;
            // What belonged to the ticket went with it.
            for table in ["survey", "link", "gap", "trashing", "verified", "unlike"] {
                work.connection.execute(&format!("DELETE FROM {table} WHERE ticket = ?1"), [ticket.0])?;
            }
            Ok(())
        })
    }

    /// Takes over what another ledger of the same account took back. Conversations that are not in here are left out.
    pub fn remember_undone(&self, taken_back: Vec<TakenBack>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Now, move |work| {
            let mut insert = work.connection.prepare_cached(
                "INSERT OR IGNORE INTO undone (gorgias_id, ticket, at_ms, purged, messages, customer)
                 SELECT ?1, id, ?3, 0, ?4, ?5 FROM ticket WHERE key = ?2",
            )?;
            for one in taken_back {
                let (messages, customer) = (stored(one.messages), stored(one.customer));
                insert.execute(params![one.gorgias_id, one.key.as_str(), work.now_ms, messages, customer])?;
            }
            Ok(())
        })
    }

    /// A ticket taken back was deleted from the trash as well. `customer` is whose it was, where that was seen.
    pub fn undone_purged(&self, gorgias_id: i64, customer: Option<u64>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection.execute(
                "UPDATE undone SET purged = 1, customer = coalesce(?2, customer) WHERE gorgias_id = ?1",
                params![gorgias_id, stored(customer)],
            )?;
            Ok(())
        })
    }
}

/// A count or an id as the ledger stores it.
fn stored(number: Option<u64>) -> Option<i64> {
    number.and_then(|number| i64::try_from(number).ok())
}

impl LedgerView {
    /// Whether this tool took this Gorgias ticket back; found again, it does not count as being there.
    pub fn is_undone(&self, gorgias_id: i64) -> Result<bool, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached("SELECT 1 FROM undone WHERE gorgias_id = ?1")?;
            Ok(select.exists([gorgias_id])?)
        })
    }

    /// The selection's Gorgias tickets that were taken back and still lie in the trash.
    pub fn undone_in_trash(&self, selection: &Selection) -> Result<Vec<TakenBack>, LedgerError> {
        self.read(|connection| {
            let condition = selection.condition(connection)?;
            let sql = format!(
                "SELECT undone.gorgias_id, undone.ticket, t.key, undone.messages, undone.customer
                 FROM undone JOIN (SELECT id, key FROM ticket WHERE {}) AS t ON t.id = undone.ticket
                 WHERE purged = 0 ORDER BY 1",
                condition.sql
            );
            let mut select = connection.prepare(&sql)?;
            let rows = select.query_map(params_from_iter(&condition.values), |row| {
                let count = |at| row.get::<_, Option<i64>>(at).map(|count| count.map(i64::cast_unsigned));
                Ok(TakenBack {
                    gorgias_id: row.get(0)?,
                    ticket: TicketId(row.get(1)?),
                    key: column::conversation_key(row, 2)?,
                    messages: count(3)?,
                    customer: count(4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Tickets whose move to the trash was intended and whose outcome was not noted, and when it was intended, in
    /// milliseconds since 1970.
    pub fn trashing(&self) -> Result<HashMap<TicketId, i64>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached("SELECT ticket, at_ms FROM trashing")?;
            let rows = select.query_map([], |row| Ok((TicketId(row.get(0)?), row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// When requests that could change these tickets were on their way. Reads the whole journal, so ask for many at once.
    pub fn writes(&self, tickets: &[TicketId]) -> Result<HashMap<TicketId, Vec<WriteSpan>>, LedgerError> {
        let wanted: HashSet<TicketId> = tickets.iter().copied().collect();
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT ticket, at_ms, at_ms + ms FROM request JOIN request_kind ON number = kind
                 WHERE name <> 'look-up' AND ticket IS NOT NULL",
            )?;
            let mut rows = select.query([])?;
            let mut writes: HashMap<TicketId, Vec<WriteSpan>> = HashMap::new();
            while let Some(row) = rows.next()? {
                let ticket = TicketId(row.get(0)?);
                if wanted.contains(&ticket) {
                    let span = WriteSpan { from_ms: row.get(1)?, to_ms: row.get(2)? };
                    writes.entry(ticket).or_default().push(span);
                }
            }
            Ok(writes)
        })
    }

    /// Gorgias ids of the selection's tickets that this tool created, those in unknown state not among them.
    pub fn created_ids(&self, selection: &Selection) -> Result<Vec<i64>, LedgerError> {
        self.read(|connection| {
            let condition = selection.condition(connection)?;
            let sql = format!(
                "SELECT gorgias_id FROM ticket WHERE gorgias_id IS NOT NULL AND mapped_to IS NULL AND {}",
                condition.sql
            );
            let mut select = connection.prepare(&sql)?;
            let rows = select.query_map(params_from_iter(&condition.values), |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// When the first request left that made a ticket, in milliseconds since 1970.
    pub fn first_write(&self) -> Result<Option<i64>, LedgerError> {
        self.read(|connection| {
            let sql =
                "SELECT min(at_ms) FROM request JOIN request_kind ON number = kind WHERE name <> 'look-up'";
            Ok(connection.query_row(sql, [], |row| row.get(0))?)
        })
    }

    /// Which Gorgias tickets a conversation had that were taken back, oldest first.
    pub fn taken_back(&self, ticket: TicketId) -> Result<Vec<TakenBackRow>, LedgerError> {
        self.read(|connection| {
            let sql =
                "SELECT gorgias_id, at_ms, purged FROM undone WHERE ticket = ?1 ORDER BY at_ms, gorgias_id";
            let mut select = connection.prepare_cached(sql)?;
            let rows = select.query_map([ticket.0], |row| {
                Ok(TakenBackRow { gorgias_id: row.get(0)?, at_ms: row.get(1)?, purged: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The conversation that holds this message. Reads all messages of its kind.
    pub fn conversation_of(&self, message: &MessageKey) -> Result<Option<ConversationKey>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare(
                "SELECT t.key, k.name FROM message m JOIN kind k ON k.number = m.kind JOIN ticket t ON t.id = m.ticket
                 WHERE m.id = ?1",
            )?;
            let mut rows = select.query(params![column::stored_id(message)])?;
            while let Some(row) = rows.next()? {
                let key = column::conversation_key(row, 0)?;
                if column::kind_name(&key, message) == row.get::<_, String>(1)? {
                    return Ok(Some(key));
                }
            }
            // Some messages of calls share their key with the conversation.
            let mut select = connection.prepare_cached("SELECT key FROM ticket WHERE key = ?1")?;
            Ok(select.query_row([message.as_str()], |row| column::conversation_key(row, 0)).optional()?)
        })
    }
}

//! What this tool took back.

use rusqlite::params;

use super::outcome::{put, standing, step};
use super::query::LedgerView;
use super::state::TicketEvent;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};

impl Ledger {
    /// The ticket was put in Gorgias's trash by this tool. Its Gorgias id moves to the list of those taken back, and
    /// its messages are as if they had never been sent.
    pub fn ticket_undone(&self, ticket: TicketId) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let before = standing(work.connection, ticket)?;
            let after = step(work, ticket, TicketEvent::Undone, None)?;
            put(work, ticket, after)?;
            if let Some(gorgias_id) = before.gorgias_id {
                work.connection.execute(
                    "INSERT OR IGNORE INTO undone (gorgias_id, ticket, at_ms, purged) VALUES (?1, ?2, ?3, 0)",
                    params![gorgias_id, ticket.0, work.now_ms],
                )?;
            }
            work.connection.execute(
                "UPDATE message SET state = 0, gorgias_id = NULL, code = NULL WHERE ticket = ?1",
                [ticket.0],
            )?;
            // What belonged to the ticket went with it.
            for table in ["survey", "given", "link"] {
                work.connection.execute(&format!("DELETE FROM {table} WHERE ticket = ?1"), [ticket.0])?;
            }
            Ok(())
        })
    }

    /// A ticket taken back was deleted from the trash as well.
    pub fn undone_purged(&self, gorgias_id: i64) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection.execute("UPDATE undone SET purged = 1 WHERE gorgias_id = ?1", [gorgias_id])?;
            Ok(())
        })
    }
}

impl LedgerView {
    /// Whether this tool took this Gorgias ticket back; found again, it does not count as being there.
    pub fn is_undone(&self, gorgias_id: i64) -> Result<bool, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached("SELECT 1 FROM undone WHERE gorgias_id = ?1")?;
            Ok(select.exists([gorgias_id])?)
        })
    }

    /// The Gorgias tickets that were taken back and still lie in the trash.
    pub fn undone_in_trash(&self) -> Result<Vec<(i64, TicketId)>, LedgerError> {
        self.read(|connection| {
            let mut select = connection
                .prepare_cached("SELECT gorgias_id, ticket FROM undone WHERE purged = 0 ORDER BY 1")?;
            let rows = select.query_map([], |row| Ok((row.get(0)?, TicketId(row.get(1)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

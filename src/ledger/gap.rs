//! Files that were missing when their messages were sent, until they come. A reason and a keyed hash of the place, nothing
//! else.

use rusqlite::params;

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, PlaceHash, TicketId};

/// A file that is missing in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The message's number in its ticket.
    pub n: u32,
    /// Where the file is, or was.
    pub place: PlaceHash,
    /// Why it was missing, as whoever tried wrote it and as the message says.
    pub reason: String,
}

/// A message in Gorgias that lacks files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GapAt {
    /// Its ticket.
    pub ticket: TicketId,
    /// That ticket in Gorgias.
    pub gorgias_id: u64,
    /// The message's number.
    pub n: u32,
    /// The message in Gorgias.
    pub message: u64,
}

impl Ledger {
    /// Notes which files of these messages are missing, in place of what was noted of them before. Noted before the
    /// messages leave, so that none is forgotten. Of messages that are in Gorgias already nothing changes: they say what they
    /// said when they left.
    pub fn gaps_noted(&self, ticket: TicketId, messages: Vec<u32>, gaps: Vec<Gap>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut remove = work.connection.prepare_cached(
                "DELETE FROM gap WHERE ticket = ?1 AND n = ?2
                 AND NOT EXISTS (SELECT 1 FROM message m WHERE m.ticket = ?1 AND m.n = ?2 AND m.state = 2)",
            )?;
            for n in messages {
                remove.execute(params![ticket.0, n])?;
            }
            let mut insert = work.connection.prepare_cached(
                "INSERT OR REPLACE INTO gap (ticket, n, place, reason) SELECT ?1, ?2, ?3, ?4
                 WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.ticket = ?1 AND m.n = ?2 AND m.state = 2)",
            )?;
            for gap in gaps {
                insert.execute(params![ticket.0, gap.n, gap.place.0, gap.reason])?;
            }
            Ok(())
        })
    }

    /// These files came, and their message has them.
    pub fn gaps_filled(&self, ticket: TicketId, n: u32, places: Vec<PlaceHash>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut remove = work
                .connection
                .prepare_cached("DELETE FROM gap WHERE ticket = ?1 AND n = ?2 AND place = ?3")?;
            for place in places {
                remove.execute(params![ticket.0, n, place.0])?;
            }
            Ok(())
        })
    }
}

impl LedgerView {
    /// The files that are missing in the messages of a ticket.
    pub fn gaps(&self, ticket: TicketId) -> Result<Vec<Gap>, LedgerError> {
        self.read(|connection| {
            let mut select = connection
                .prepare_cached("SELECT n, place, reason FROM gap WHERE ticket = ?1 ORDER BY n, place")?;
            let rows = select.query_map([ticket.0], |row| {
                Ok(Gap { n: row.get(0)?, place: PlaceHash(row.get(1)?), reason: row.get(2)? })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The messages in Gorgias that lack files, by ticket and number.
    pub fn messages_with_gaps(&self) -> Result<Vec<GapAt>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT DISTINCT g.ticket, t.gorgias_id, g.n, m.gorgias_id
                 FROM gap g JOIN ticket t ON t.id = g.ticket JOIN message m ON m.ticket = g.ticket AND m.n = g.n
                 WHERE t.state IN (2, 3) AND m.state = 2 AND t.gorgias_id IS NOT NULL AND m.gorgias_id IS NOT NULL
                 ORDER BY g.ticket, g.n",
            )?;
            let rows = select.query_map([], |row| {
                let id = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
                Ok(GapAt {
                    ticket: TicketId(row.get(0)?),
                    gorgias_id: id(1)?,
                    n: row.get(2)?,
                    message: id(3)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Files that are missing in messages that are in Gorgias.
    pub fn open_gaps(&self) -> Result<u64, LedgerError> {
        self.read(|connection| {
            let count: i64 = connection.query_row(
                "SELECT count(*) FROM gap g JOIN ticket t ON t.id = g.ticket
                        JOIN message m ON m.ticket = g.ticket AND m.n = g.n
                 WHERE t.state IN (2, 3) AND m.state = 2",
                [],
                |row| row.get(0),
            )?;
            Ok(count.cast_unsigned())
        })
    }
}

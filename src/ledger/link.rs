//! Links in messages to old tickets that were not in Gorgias when the message was sent.

use rusqlite::params;

use super::column;
use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};
use crate::model::key::ConversationKey;

/// A link that waits to be settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLink {
    /// The ticket of the message.
    pub ticket: TicketId,
    /// That ticket in Gorgias.
    pub gorgias_id: u64,
    /// Its source.
    pub source: String,
    /// The message's number.
    pub n: u32,
    /// The message in Gorgias.
    pub message: u64,
    /// The old ticket to which it leads.
    pub target: ConversationKey,
    /// The new ticket, once it is in Gorgias.
    pub leads_to: Option<u64>,
}

impl Ledger {
    /// Notes links that a message is sent with although their tickets are not in Gorgias. Noted before the message
    /// leaves, so that none is forgotten.
    pub fn links_open(&self, ticket: TicketId, links: Vec<(u32, ConversationKey)>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut insert = work.connection.prepare_cached(
                "INSERT OR IGNORE INTO link (ticket, n, target, settled) VALUES (?1, ?2, ?3, 0)",
            )?;
            for (n, target) in links {
                insert.execute(params![ticket.0, n, target.as_str()])?;
            }
            Ok(())
        })
    }

    /// The links of a message to these old tickets lead to the new ones now, or are not there any more.
    pub fn links_settled(&self, ticket: TicketId, n: u32, targets: Vec<ConversationKey>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut update = work
                .connection
                .prepare_cached("UPDATE link SET settled = 1 WHERE ticket = ?1 AND n = ?2 AND target = ?3")?;
            for target in targets {
                update.execute(params![ticket.0, n, target.as_str()])?;
            }
            Ok(())
        })
    }
}

impl LedgerView {
    /// The links in the messages of a ticket that are not settled: the message's number and the old ticket.
    pub fn unsettled_links(&self, ticket: TicketId) -> Result<Vec<(u32, ConversationKey)>, LedgerError> {
        self.read(|connection| {
            let mut select =
                connection.prepare_cached("SELECT n, target FROM link WHERE ticket = ?1 AND settled = 0")?;
            let rows =
                select.query_map([ticket.0], |row| Ok((row.get(0)?, column::conversation_key(row, 1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The links that are not settled, of messages that are in Gorgias, by ticket and message.
    pub fn open_links(&self) -> Result<Vec<OpenLink>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT l.ticket, t.gorgias_id, l.n, m.gorgias_id, l.target, o.gorgias_id, t.key
                 FROM link l JOIN ticket t ON t.id = l.ticket JOIN message m ON m.ticket = l.ticket AND m.n = l.n
                      LEFT JOIN alias a ON a.key = l.target
                      LEFT JOIN ticket o ON (o.key = l.target OR o.id = a.ticket) AND o.state IN (2, 3)
                 WHERE l.settled = 0 AND t.state IN (2, 3) AND m.state = 2
                       AND t.gorgias_id IS NOT NULL AND m.gorgias_id IS NOT NULL
                 ORDER BY l.ticket, l.n, l.target",
            )?;
            let rows = select.query_map([], |row| {
                let id = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
                Ok(OpenLink {
                    source: column::conversation_key(row, 6)?.source().to_owned(),
                    ticket: TicketId(row.get(0)?),
                    gorgias_id: id(1)?,
                    n: row.get(2)?,
                    message: id(3)?,
                    target: column::conversation_key(row, 4)?,
                    leads_to: row.get::<_, Option<i64>>(5)?.map(i64::cast_unsigned),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

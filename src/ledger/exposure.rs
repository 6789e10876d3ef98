//! Messages that are public in Gorgias and private in an export. They are told and count as not imported until they are
//! public no longer: gone, taken back, or found to be notes. From then on they are known as the export has them.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::writer::Work;
use super::{LedgerError, MessagePrint, TicketId, column, query};
use crate::model::verification::{Aspect, Difference};

/// Message `n` of a ticket is public in Gorgias and private in the export, which has it with this `print`.
pub(super) fn note(
    work: &Work<'_>,
    ticket: TicketId,
    n: u32,
    print: MessagePrint,
) -> Result<(), LedgerError> {
    work.connection
        .prepare_cached("INSERT OR REPLACE INTO exposed (ticket, n, print) VALUES (?1, ?2, ?3)")?
        .execute(params![ticket.0, n, print.0])?;
    Ok(())
}

/// An export has the ticket again: what earlier ones said of its messages holds no longer.
pub(super) fn forget(work: &Work<'_>, ticket: TicketId) -> Result<(), LedgerError> {
    for sql in ["DELETE FROM unlike WHERE ticket = ?1", "DELETE FROM exposed WHERE ticket = ?1"] {
        work.connection.prepare_cached(sql)?.execute([ticket.0])?;
    }
    Ok(())
}

/// Message `n` of the ticket, or each of its messages, is not public in Gorgias: what will be there, or is to be, is what
/// the export has.
pub(super) fn settle(work: &Work<'_>, ticket: TicketId, n: Option<u32>) -> Result<(), LedgerError> {
    work.connection
        .prepare_cached(
            "UPDATE message SET fingerprint = exposed.print FROM exposed
             WHERE message.ticket = ?1 AND exposed.ticket = ?1 AND exposed.n = message.n
               AND (?2 IS NULL OR message.n = ?2)",
        )?
        .execute(params![ticket.0, n])?;
    work.connection
        .prepare_cached("DELETE FROM exposed WHERE ticket = ?1 AND (?2 IS NULL OR n = ?2)")?
        .execute(params![ticket.0, n])?;
    Ok(())
}

/// The ticket was read back: whatever of it was not found to be public is public no longer.
pub(super) fn read_back(
    work: &Work<'_>,
    ticket: TicketId,
    differences: &[Difference],
) -> Result<(), LedgerError> {
    let exposed: HashSet<u32> = work
        .connection
        .prepare_cached("SELECT n FROM exposed WHERE ticket = ?1")?
        .query_map([ticket.0], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if exposed.is_empty() {
        return Ok(());
    }
    let key = work
        .connection
        .prepare_cached("SELECT key FROM ticket WHERE id = ?1")?
        .query_row([ticket.0], |row| column::conversation_key(row, 0))
        .optional()?;
    let Some(key) = key else { return Ok(()) };
    let public: HashSet<&str> = differences
        .iter()
        .filter(|difference| difference.what == Aspect::Visibility)
        .filter_map(|difference| difference.message.as_deref())
        .collect();
    for row in query::messages(work.connection, ticket, &key)? {
        if exposed.contains(&row.n) && !public.contains(row.key.as_str()) {
            settle(work, ticket, Some(row.n))?;
        }
    }
    Ok(())
}

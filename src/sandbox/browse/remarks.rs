//! Remarks that somebody else gave, hung on the tickets that they are about.

use rusqlite::{Connection, params};

use crate::sandbox::beside::{Remark, RemarkKind, Tone};
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::messages::Message;
use crate::sandbox::store::tickets::Ticket;

/// Remarks of one ticket that are shown.
const SHOWN_MAX: i64 = 200;

/// A remark as it hangs on a ticket.
#[derive(Clone, Debug)]
pub(crate) struct Hung {
    pub(crate) code: String,
    pub(crate) tone: Tone,
    pub(crate) text: String,
    pub(crate) advice: String,
    /// The ticket or the message that it is about.
    pub(crate) external_id: String,
    pub(crate) detail: String,
    /// How many of this code hang on the ticket, shown or not.
    pub(crate) of_code: u64,
}

fn number(tone: Tone) -> i64 {
    match tone {
        Tone::Bad => 0,
        Tone::Warn => 1,
        Tone::Info => 2,
    }
}

/// The tone of a number in the tables.
pub(super) fn tone(number: i64) -> Tone {
    match number {
        0 => Tone::Bad,
        1 => Tone::Warn,
        _ => Tone::Info,
    }
}

/// Puts these in place of all that were given before. Tickets get them as they are indexed, so that starts again.
pub(super) fn replace(
    db: &mut Connection,
    kinds: &[RemarkKind],
    remarks: impl Iterator<Item = Remark>,
) -> Result<(), ApiError> {
    let tx = db.transaction()?;
    tx.execute_batch("DELETE FROM remark_kind; DELETE FROM remark_given; UPDATE position SET seq = 0;")?;
    for kind in kinds {
        tx.prepare_cached(
            "INSERT OR REPLACE INTO remark_kind (code, tone, text, advice) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![kind.code, number(kind.tone), kind.text, kind.advice])?;
    }
    for remark in remarks {
        tx.prepare_cached("INSERT INTO remark_given (external_id, code, detail) VALUES (?1, ?2, ?3)")?
            .execute(params![remark.external_id, remark.code, remark.detail])?;
    }
    tx.commit()?;
    Ok(())
}

/// Hangs what was given for a ticket and its messages on it, and says how much of it is more than worth knowing.
pub(super) fn hang(db: &Connection, ticket: &Ticket, messages: &[Message]) -> Result<usize, ApiError> {
    let any: bool =
        db.prepare_cached("SELECT EXISTS (SELECT 1 FROM remark_given)")?.query_row([], |row| row.get(0))?;
    if !any {
        return Ok(0);
    }
    let ids = messages.iter().filter_map(|message| message.doc.external_id.as_deref());
    for id in ticket.external_id.as_deref().into_iter().chain(ids) {
        db.prepare_cached(
            "INSERT INTO remark (ticket, code, external_id, detail)
             SELECT ?1, code, external_id, detail FROM remark_given WHERE external_id = ?2",
        )?
        .execute(params![ticket.id, id])?;
    }
    let sql = "SELECT count(*) FROM remark JOIN remark_kind USING (code) WHERE ticket = ?1 AND tone < 2";
    let serious: i64 = db.prepare_cached(sql)?.query_row([ticket.id], |row| row.get(0))?;
    Ok(usize::try_from(serious).unwrap_or(0))
}

/// The remarks on a ticket, the most serious first; one that was made twice counts once.
pub(crate) fn of_ticket(db: &Connection, ticket_id: i64) -> Result<Vec<Hung>, ApiError> {
    let sql = "SELECT code, tone, text, advice, external_id, detail, count(*) OVER (PARTITION BY code)
               FROM remark JOIN remark_kind USING (code)
               WHERE ticket = ?1 GROUP BY code, external_id, detail ORDER BY tone, code, remark.rowid LIMIT ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([ticket_id, SHOWN_MAX], |row| {
        Ok(Hung {
            code: row.get(0)?,
            tone: tone(row.get(1)?),
            text: row.get(2)?,
            advice: row.get(3)?,
            external_id: row.get(4)?,
            detail: row.get(5)?,
            of_code: row.get::<_, i64>(6)?.unsigned_abs(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

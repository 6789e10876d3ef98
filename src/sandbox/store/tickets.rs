//! Tickets at rest: a document, and beside it the columns that lists filter and sort by.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sandbox::clock::Moment;
use crate::sandbox::reply::ApiError;

/// Everything of a ticket that is not a column.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TicketDoc {
    pub(crate) status: String,
    pub(crate) priority: String,
    pub(crate) channel: String,
    pub(crate) via: String,
    pub(crate) from_agent: bool,
    pub(crate) spam: bool,
    pub(crate) imported: bool,
    pub(crate) assignee_user: Option<i64>,
    pub(crate) assignee_team: Option<i64>,
    pub(crate) language: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) meta: Option<Value>,
    pub(crate) custom_fields: BTreeMap<i64, Value>,
    pub(crate) is_unread: bool,
    pub(crate) excerpt: Option<String>,
    pub(crate) not_delivered: bool,
    pub(crate) processed: Moment,
    pub(crate) opened: Option<Moment>,
    pub(crate) last_received: Option<Moment>,
    pub(crate) last_message: Option<Moment>,
    pub(crate) closed: Option<Moment>,
    pub(crate) snooze: Option<Moment>,
}

/// A ticket.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    pub(crate) id: i64,
    pub(crate) customer_id: i64,
    pub(crate) external_id: Option<String>,
    pub(crate) created: Moment,
    pub(crate) updated: Moment,
    pub(crate) trashed: Option<Moment>,
    pub(crate) messages: i64,
    pub(crate) doc: TicketDoc,
}

/// A ticket by id.
pub(crate) fn get(db: &Connection, id: i64) -> Result<Option<Ticket>, ApiError> {
    let sql = "SELECT customer_id, external_id, created, updated, trashed, messages, doc FROM tickets WHERE id = ?1";
    let row = db.prepare_cached(sql)?.query_row([id], |row| {
        let doc: String = row.get(6)?;
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get::<_, Option<i64>>(4)?,
            row.get(5)?,
            doc,
        ))
    });
    let Some((customer_id, external_id, created, updated, trashed, messages, doc)) = row.optional()? else {
        return Ok(None);
    };
    Ok(Some(Ticket {
        id,
        customer_id,
        external_id,
        created: Moment::from_micros(created),
        updated: Moment::from_micros(updated),
        trashed: trashed.map(Moment::from_micros),
        messages,
        doc: serde_json::from_str(&doc)?,
    }))
}

/// A ticket by id, or 404.
pub(crate) fn require(db: &Connection, id: i64) -> Result<Ticket, ApiError> {
    get(db, id)?.ok_or_else(ApiError::not_found)
}

/// Adds a ticket; its id is given by the store.
pub(crate) fn insert(db: &Connection, ticket: &mut Ticket) -> Result<(), ApiError> {
    let sql = "INSERT INTO tickets (customer_id, external_id, created, updated, trashed, messages, doc)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db.prepare_cached(sql)?.execute(params![
        ticket.customer_id,
        ticket.external_id,
        ticket.created.micros(),
        ticket.updated.micros(),
        ticket.trashed.map(Moment::micros),
        ticket.messages,
        serde_json::to_string(&ticket.doc)?,
    ])?;
    ticket.id = db.last_insert_rowid();
    Ok(())
}

/// Writes a changed ticket back.
pub(crate) fn update(db: &Connection, ticket: &Ticket) -> Result<(), ApiError> {
    let sql = "UPDATE tickets SET customer_id = ?2, external_id = ?3, updated = ?4, trashed = ?5, messages = ?6, doc = ?7
               WHERE id = ?1";
    db.prepare_cached(sql)?.execute(params![
        ticket.id,
        ticket.customer_id,
        ticket.external_id,
        ticket.updated.micros(),
        ticket.trashed.map(Moment::micros),
        ticket.messages,
        serde_json::to_string(&ticket.doc)?,
    ])?;
    Ok(())
}

/// Removes a ticket with its messages, for ever.
pub(crate) fn delete(db: &Connection, id: i64) -> Result<(), ApiError> {
    db.prepare_cached("DELETE FROM tickets WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// How many tickets there are, trashed ones included.
pub(crate) fn count(db: &Connection) -> Result<u64, ApiError> {
    let rows: i64 = db.query_row("SELECT count(*) FROM tickets", [], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}

/// How many external ids more than one ticket has.
pub(crate) fn twice(db: &Connection) -> Result<u64, ApiError> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM tickets WHERE external_id IS NOT NULL GROUP BY external_id HAVING count(*) > 1)";
    let rows: i64 = db.query_row(sql, [], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}

/// Ids of all tickets in order.
pub(crate) fn all_ids(db: &Connection) -> Result<Vec<i64>, ApiError> {
    let mut statement = db.prepare("SELECT id FROM tickets ORDER BY id")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

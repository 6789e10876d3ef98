//! Satisfaction surveys: one per ticket.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sandbox::clock::Moment;
use crate::sandbox::reply::ApiError;

/// A survey's content.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SurveyDoc {
    pub(crate) customer_id: i64,
    pub(crate) score: Option<i64>,
    pub(crate) body_text: Option<String>,
    pub(crate) scored: Option<Moment>,
    pub(crate) sent: Option<Moment>,
    pub(crate) should_send: Option<Moment>,
    pub(crate) meta: Option<Value>,
}

/// A survey.
#[derive(Clone, Debug)]
pub(crate) struct Survey {
    pub(crate) id: i64,
    pub(crate) ticket_id: i64,
    pub(crate) created: Moment,
    pub(crate) doc: SurveyDoc,
}

fn find(db: &Connection, condition: &str, id: i64) -> Result<Option<Survey>, ApiError> {
    let sql = format!("SELECT id, ticket_id, created, doc FROM surveys WHERE {condition} = ?1");
    let found = db.prepare_cached(&sql)?.query_row([id], |row| {
        Ok((row.get(0)?, row.get(1)?, Moment::from_micros(row.get(2)?), row.get::<_, String>(3)?))
    });
    let Some((id, ticket_id, created, doc)) = found.optional()? else { return Ok(None) };
    Ok(Some(Survey { id, ticket_id, created, doc: serde_json::from_str(&doc)? }))
}

/// A survey by id.
pub(crate) fn get(db: &Connection, id: i64) -> Result<Option<Survey>, ApiError> {
    find(db, "id", id)
}

/// The survey of a ticket.
pub(crate) fn of_ticket(db: &Connection, ticket_id: i64) -> Result<Option<Survey>, ApiError> {
    find(db, "ticket_id", ticket_id)
}

/// Adds a survey. 409 where the ticket has one.
pub(crate) fn insert(
    db: &Connection,
    ticket_id: i64,
    created: Moment,
    doc: &SurveyDoc,
) -> Result<i64, ApiError> {
    if of_ticket(db, ticket_id)?.is_some() {
        return Err(ApiError::conflict());
    }
    let sql = "INSERT INTO surveys (ticket_id, created, doc) VALUES (?1, ?2, ?3)";
    db.execute(sql, params![ticket_id, created.micros(), serde_json::to_string(doc)?])?;
    Ok(db.last_insert_rowid())
}

/// Writes a changed survey back.
pub(crate) fn update(db: &Connection, survey: &Survey) -> Result<(), ApiError> {
    let doc = serde_json::to_string(&survey.doc)?;
    db.execute("UPDATE surveys SET doc = ?2 WHERE id = ?1", params![survey.id, doc])?;
    Ok(())
}

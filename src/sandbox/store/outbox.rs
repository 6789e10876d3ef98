//! The proof that nobody was written to: everything that the real Gorgias would have sent out is a row in here.

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::Work;
use crate::sandbox::clock::{self, Moment};
use crate::sandbox::reply::ApiError;

/// What would have gone out, and why.
#[derive(Debug)]
pub(crate) struct Departure<'a> {
    /// `message`, `survey`, `mention`, `rule-reply` or `action`.
    pub(crate) kind: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) ticket_id: Option<i64>,
    pub(crate) message_id: Option<i64>,
    pub(crate) channel: Option<&'a str>,
    pub(crate) recipients: Vec<String>,
}

/// Records something that would have gone out.
pub(crate) fn record(work: &Work, departure: &Departure) -> Result<(), ApiError> {
    let sql = "INSERT INTO would_send (at, kind, reason, ticket_id, message_id, channel, recipients)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    work.db.execute(
        sql,
        params![
            clock::now().micros(),
            departure.kind,
            departure.reason,
            departure.ticket_id,
            departure.message_id,
            departure.channel,
            json!(departure.recipients).to_string(),
        ],
    )?;
    Ok(())
}

/// Records that an HTTP integration would have been called.
pub(crate) fn record_call(
    work: &Work,
    integration_id: i64,
    trigger: &str,
    ticket_id: i64,
) -> Result<(), ApiError> {
    let sql = "INSERT INTO http_calls (at, integration_id, trigger_name, ticket_id) VALUES (?1, ?2, ?3, ?4)";
    work.db.execute(sql, params![clock::now().micros(), integration_id, trigger, ticket_id])?;
    Ok(())
}

/// Everything that would have gone out, oldest first.
pub(crate) fn all(db: &Connection) -> Result<Vec<Value>, ApiError> {
    let sql =
        "SELECT id, at, kind, reason, ticket_id, message_id, channel, recipients FROM would_send ORDER BY id";
    let mut statement = db.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        let recipients: String = row.get(7)?;
        Ok(json!({
            "id": row.get::<_, i64>(0)?,
            "at": Moment::from_micros(row.get(1)?),
            "kind": row.get::<_, String>(2)?,
            "reason": row.get::<_, String>(3)?,
            "ticket_id": row.get::<_, Option<i64>>(4)?,
            "message_id": row.get::<_, Option<i64>>(5)?,
            "channel": row.get::<_, Option<String>>(6)?,
            "recipients": serde_json::from_str::<Value>(&recipients).unwrap_or(Value::Null),
        }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Something that would have gone out, as the pages show it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Microseconds since 1970.
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) reason: String,
    pub(crate) ticket_id: Option<i64>,
    pub(crate) recipients: Vec<String>,
}

/// The first of what would have gone out.
pub(crate) fn first(db: &Connection, limit: u32) -> Result<Vec<Sent>, ApiError> {
    let sql = "SELECT at, kind, reason, ticket_id, recipients FROM would_send ORDER BY id LIMIT ?1";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([limit], |row| {
        let recipients: String = row.get(4)?;
        Ok(Sent {
            at: row.get(0)?,
            kind: row.get(1)?,
            reason: row.get(2)?,
            ticket_id: row.get(3)?,
            recipients: serde_json::from_str(&recipients).unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

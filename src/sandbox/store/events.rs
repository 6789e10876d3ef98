//! What happened in the account, as `/api/events` tells it.

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

use super::Work;
use crate::sandbox::clock::{self, Moment};
use crate::sandbox::reply::ApiError;

/// An event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: i64,
    pub(crate) context: String,
    pub(crate) created: Moment,
    pub(crate) data: Option<Value>,
    pub(crate) object_id: i64,
    pub(crate) object_type: String,
    pub(crate) kind: String,
    pub(crate) user_id: Option<i64>,
}

/// Notes that something happened, in the caller's name.
pub(crate) fn note(
    work: &Work,
    kind: &str,
    object_type: &str,
    object_id: i64,
    data: Option<&Value>,
) -> Result<(), ApiError> {
    let sql = "INSERT INTO events (context, created, object_type, object_id, type, user_id, data)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    work.db.prepare_cached(sql)?.execute(params![
        work.context,
        clock::now().micros(),
        object_type,
        object_id,
        kind,
        work.caller.user_id,
        data.map(Value::to_string),
    ])?;
    Ok(())
}

/// An event by id.
pub(crate) fn get(db: &Connection, id: i64) -> Result<Option<Event>, ApiError> {
    let sql =
        "SELECT context, created, data, object_id, object_type, type, user_id FROM events WHERE id = ?1";
    let found = db.prepare_cached(sql)?.query_row([id], |row| {
        let data: Option<String> = row.get(2)?;
        Ok(Event {
            id,
            context: row.get(0)?,
            created: Moment::from_micros(row.get(1)?),
            data: data.and_then(|text| serde_json::from_str(&text).ok()),
            object_id: row.get(3)?,
            object_type: row.get(4)?,
            kind: row.get(5)?,
            user_id: row.get(6)?,
        })
    });
    Ok(found.optional()?)
}

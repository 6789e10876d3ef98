//! The journal: every request that left.

use std::borrow::Cow;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};

/// Characters kept of a request id; those of Gorgias are shorter.
const REQUEST_ID_CHARS_MAX: usize = 64;

/// A request that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// The run.
    pub run: u64,
    /// The ticket for whose sake it was made.
    pub ticket: Option<TicketId>,
    /// What it was for: `ticket`, `message`, `look-up`, `customer`, `tag`, `upload`, …
    pub kind: Cow<'static, str>,
    /// When it left, in milliseconds since 1970.
    pub at_ms: i64,
    /// The HTTP status; absent where no answer came.
    pub status: Option<u16>,
    /// The answer's request id.
    pub request_id: Option<String>,
    /// How long it took, in milliseconds.
    pub ms: u32,
    /// Which attempt it was, from 1.
    pub attempt: u32,
}

impl Ledger {
    /// Notes a request.
    pub fn journal(&self, request: RequestRow) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let request_id = request.request_id.as_deref().map(stored_request_id);
            let kind = kind(work.connection, &request.kind)?;
            work.connection
                .prepare_cached(
                    "INSERT INTO request (run, ticket, kind, at_ms, status, request_id, ms, attempt)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    i64::try_from(request.run).unwrap_or(i64::MAX),
                    request.ticket.map(|ticket| ticket.0),
                    kind,
                    request.at_ms,
                    request.status,
                    request_id,
                    request.ms,
                    request.attempt,
                ])?;
            Ok(())
        })
    }
}

impl LedgerView {
    /// The requests made for a ticket, oldest first.
    pub fn requests(&self, ticket: TicketId) -> Result<Vec<RequestRow>, LedgerError> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT run, ticket, name, at_ms, status,
                        iif(typeof(request_id) = 'blob', lower(hex(request_id)), request_id), ms, attempt
                 FROM request JOIN request_kind ON number = kind WHERE ticket = ?1 ORDER BY id",
            )?;
            let rows = select.query_map([ticket.0], request_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// The number of what a request is for.
fn kind(connection: &Connection, name: &str) -> Result<i64, LedgerError> {
    let mut select = connection.prepare_cached("SELECT number FROM request_kind WHERE name = ?1")?;
    if let Some(number) = select.query_row([name], |row| row.get(0)).optional()? {
        return Ok(number);
    }
    connection.execute("INSERT INTO request_kind (name) VALUES (?1)", [name])?;
    Ok(connection.last_insert_rowid())
}

/// Gorgias's request ids are 32 hexadecimal digits, lower case (seen); they take 16 bytes. Others stay text.
fn stored_request_id(id: &str) -> Value {
    let digits = id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match u128::from_str_radix(id, 16) {
        Ok(number) if digits && id.len() == 32 => Value::Blob(number.to_be_bytes().to_vec()),
        _ => Value::Text(id.chars().take(REQUEST_ID_CHARS_MAX).collect()),
    }
}

fn request_row(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    Ok(RequestRow {
        run: u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
        ticket: row.get::<_, Option<i64>>(1)?.map(TicketId),
        kind: row.get::<_, String>(2)?.into(),
        at_ms: row.get(3)?,
        status: row.get(4)?,
        request_id: row.get(5)?,
        ms: row.get(6)?,
        attempt: row.get(7)?,
    })
}

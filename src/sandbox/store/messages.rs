//! Messages at rest.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::sandbox::check::message::{Attachment, Source};
use crate::sandbox::clock::Moment;
use crate::sandbox::reply::ApiError;

/// Who stands at an end of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Person {
    /// An agent or the bot.
    User(i64),
    /// A customer.
    Customer(i64),
}

/// Everything of a message but its ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct MessageDoc {
    pub(crate) message_id: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) public: bool,
    pub(crate) channel: String,
    pub(crate) via: String,
    pub(crate) source: Option<Source>,
    pub(crate) sender: Person,
    pub(crate) receiver: Option<Person>,
    pub(crate) integration_id: Option<i64>,
    pub(crate) from_agent: bool,
    pub(crate) subject: Option<String>,
    pub(crate) body_text: Option<String>,
    pub(crate) body_html: Option<String>,
    pub(crate) stripped: [Option<String>; 3],
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) headers: Option<Value>,
    pub(crate) imported: bool,
    pub(crate) meta: Option<Value>,
    pub(crate) created: Moment,
    pub(crate) processed: Moment,
    pub(crate) deleted: Option<Moment>,
    pub(crate) sent: Option<Moment>,
    pub(crate) failed: Option<Moment>,
    pub(crate) opened: Option<Moment>,
    pub(crate) last_sending_error: Option<Value>,
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: i64,
    pub(crate) ticket_id: i64,
    pub(crate) doc: MessageDoc,
}

impl MessageDoc {
    /// Public, from the company's side.
    pub(crate) fn is_outgoing(&self) -> bool {
        self.public && self.from_agent
    }

    /// Public, from the customer's side.
    pub(crate) fn is_incoming(&self) -> bool {
        self.public && !self.from_agent
    }
}

/// How the messages of a ticket are ordered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// As the ticket embeds them.
    Created,
    /// As the deprecated list gives them.
    Sent,
}

fn raw(row: &Row) -> rusqlite::Result<(i64, i64, String)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn read((id, ticket_id, doc): (i64, i64, String)) -> Result<Message, ApiError> {
    Ok(Message { id, ticket_id, doc: serde_json::from_str(&doc)? })
}

/// A message by id.
pub(crate) fn get(db: &Connection, id: i64) -> Result<Option<Message>, ApiError> {
    let sql = "SELECT id, ticket_id, doc FROM messages WHERE id = ?1";
    db.prepare_cached(sql)?.query_row([id], raw).optional()?.map(read).transpose()
}

/// A message of a ticket, or 404.
pub(crate) fn require(db: &Connection, ticket_id: i64, id: i64) -> Result<Message, ApiError> {
    get(db, id)?.filter(|message| message.ticket_id == ticket_id).ok_or_else(ApiError::not_found)
}

/// All messages of a ticket.
pub(crate) fn of_ticket(db: &Connection, ticket_id: i64, order: Order) -> Result<Vec<Message>, ApiError> {
    let sql = match order {
        Order::Created => "SELECT id, ticket_id, doc FROM messages WHERE ticket_id = ?1 ORDER BY created, id",
        Order::Sent => {
            "SELECT id, ticket_id, doc FROM messages WHERE ticket_id = ?1 ORDER BY coalesce(sent, created), id"
        }
    };
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([ticket_id], raw)?;
    rows.map(|row| read(row?)).collect()
}

/// Some messages of a ticket, as it embeds them, without so many before them.
pub(crate) fn part_of_ticket(
    db: &Connection,
    ticket_id: i64,
    before: u64,
    most: u64,
) -> Result<Vec<Message>, ApiError> {
    let sql = "SELECT id, ticket_id, doc FROM messages WHERE ticket_id = ?1 ORDER BY created, id LIMIT ?2 OFFSET ?3";
    let mut statement = db.prepare_cached(sql)?;
    let limits = [most, before].map(|number| i64::try_from(number).unwrap_or(i64::MAX));
    let rows = statement.query_map([ticket_id, limits[0], limits[1]], raw)?;
    rows.map(|row| read(row?)).collect()
}

/// Adds a message to a ticket and gives its id.
pub(crate) fn insert(db: &Connection, ticket_id: i64, doc: &MessageDoc) -> Result<i64, ApiError> {
    let sql = "INSERT INTO messages (ticket_id, created, sent, doc) VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?.execute(params![
        ticket_id,
        doc.created.micros(),
        doc.sent.map(Moment::micros),
        serde_json::to_string(doc)?
    ])?;
    Ok(db.last_insert_rowid())
}

/// Writes a changed message back.
pub(crate) fn update(db: &Connection, message: &Message) -> Result<(), ApiError> {
    let sql = "UPDATE messages SET sent = ?2, doc = ?3 WHERE id = ?1";
    let doc = serde_json::to_string(&message.doc)?;
    db.prepare_cached(sql)?.execute(params![message.id, message.doc.sent.map(Moment::micros), doc])?;
    Ok(())
}

/// Removes a message.
pub(crate) fn delete(db: &Connection, id: i64) -> Result<(), ApiError> {
    db.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([id])?;
    Ok(())
}

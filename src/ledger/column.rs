//! How values stand in columns.

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use super::state::{PartState, TicketState};
use crate::model::conversation::Status;
use crate::model::fingerprint::Fingerprint;
use crate::model::key::{ConversationKey, KeyError, MessageKey};

/// The source's status as the ledger stores it; the names are in the table `source_status`.
pub(super) fn status_number(status: Status) -> i64 {
    match status {
        Status::New => 0,
        Status::Open => 1,
        Status::Pending => 2,
        Status::Hold => 3,
        Status::Solved => 4,
        Status::Closed => 5,
        Status::Call => 6,
    }
}

/// The status with this number.
pub(super) fn status_from_number(number: i64) -> Option<Status> {
    use Status as S;
    let all = [S::New, S::Open, S::Pending, S::Hold, S::Solved, S::Closed, S::Call];
    all.into_iter().find(|status| status_number(*status) == number)
}

/// The key of a message as its row stores it: without the source, which is that of the ticket. A key of another
/// source stands whole, after a colon, which no short form begins with.
pub(super) fn short_key<'a>(ticket: &ConversationKey, message: &'a MessageKey) -> std::borrow::Cow<'a, str> {
    if ticket.source() == message.source() {
        message.as_str()[message.source().len() + 1..].into()
    } else {
        format!(":{}", message.as_str()).into()
    }
}

/// The key that [`short_key`] shortened.
pub(super) fn whole_key(ticket: &ConversationKey, short: &str) -> Result<MessageKey, KeyError> {
    match short.strip_prefix(':') {
        Some(whole) => MessageKey::parse(whole),
        None => MessageKey::parse(&format!("{}:{short}", ticket.source())),
    }
}

impl ToSql for TicketState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.number().into())
    }
}

impl FromSql for TicketState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        Self::from_number(number).ok_or(FromSqlError::OutOfRange(number))
    }
}

impl ToSql for PartState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.number().into())
    }
}

impl FromSql for PartState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        Self::from_number(number).ok_or(FromSqlError::OutOfRange(number))
    }
}

/// The conversation key in a column.
pub(super) fn conversation_key(row: &Row<'_>, column: usize) -> rusqlite::Result<ConversationKey> {
    let text: String = row.get(column)?;
    ConversationKey::parse(&text).map_err(|error| foreign(column, error))
}

/// The key of a message of `ticket` in a column.
pub(super) fn message_key(
    row: &Row<'_>,
    column: usize,
    ticket: &ConversationKey,
) -> rusqlite::Result<MessageKey> {
    let text: String = row.get(column)?;
    whole_key(ticket, &text).map_err(|error| foreign(column, error))
}

/// The fingerprint in a column that may be null.
pub(super) fn fingerprint(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Fingerprint>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Fingerprint))
}

/// The status in a column that may be null.
pub(super) fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Status>> {
    Ok(row.get::<_, Option<i64>>(column)?.and_then(status_from_number))
}

fn foreign(column: usize, error: KeyError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_keys_lose_their_source_and_get_it_back() {
        let ticket = ConversationKey::parse("call:ticket:7").unwrap();
        for (key, short) in [
            ("call:comment:9001", "comment:9001"),
            ("call:call:27:comment:735", "call:27:comment:735"),
            ("zendesk:comment:9001", ":zendesk:comment:9001"),
        ] {
            let key = MessageKey::parse(key).unwrap();
            assert_eq!(short_key(&ticket, &key), short);
            assert_eq!(whole_key(&ticket, short).unwrap(), key);
        }
    }
}

//! How values stand in columns.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef};

use super::row::MessagePrint;
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

/// The kind of a message's key as the table `kind` names it: with its source where that is not the ticket's.
pub(super) fn kind_name<'a>(ticket: &ConversationKey, message: &'a MessageKey) -> Cow<'a, str> {
    let source_and_kind = &message.as_str()[..message.as_str().len() - message.id().len() - 1];
    if ticket.source() == message.source() {
        source_and_kind[message.source().len() + 1..].into()
    } else {
        format!(":{source_and_kind}").into()
    }
}

/// The last part of a message's key as its row stores it: a number where it is written as one, which saves half the
/// space of the ids that help desks give.
pub(super) fn stored_id(message: &MessageKey) -> Value {
    let text = message.id();
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => Value::Integer(number),
        _ => Value::Text(text.to_owned()),
    }
}

/// The key that [`kind_name`] and [`stored_id`] took apart.
fn whole_key(ticket: &ConversationKey, kind: &str, id: &ValueRef<'_>) -> Result<MessageKey, FromSqlError> {
    let id = match id {
        ValueRef::Integer(number) => number.to_string(),
        other => other.as_str()?.to_owned(),
    };
    let text = match kind.strip_prefix(':') {
        Some(source_and_kind) => format!("{source_and_kind}:{id}"),
        None => format!("{}:{kind}:{id}", ticket.source()),
    };
    MessageKey::parse(&text).map_err(|error| FromSqlError::Other(Box::new(error)))
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

/// The key of a message of `ticket`: its kind's name in one column, its id in the next.
pub(super) fn message_key(
    row: &Row<'_>,
    column: usize,
    ticket: &ConversationKey,
) -> rusqlite::Result<MessageKey> {
    let kind: String = row.get(column)?;
    Ok(whole_key(ticket, &kind, &row.get_ref(column + 1)?)?)
}

/// The fingerprint in a column that may be null.
pub(super) fn fingerprint(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Fingerprint>> {
    Ok(row.get::<_, Option<[u8; 16]>>(column)?.map(Fingerprint))
}

/// The fingerprint of a message; rows of earlier versions have more of it.
pub(super) fn message_print(row: &Row<'_>, column: usize) -> rusqlite::Result<MessagePrint> {
    let bytes = row.get_ref(column)?.as_blob()?;
    let half = bytes.first_chunk().ok_or(FromSqlError::InvalidBlobSize {
        expected_size: size_of::<MessagePrint>(),
        blob_size: bytes.len(),
    })?;
    Ok(MessagePrint(*half))
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
    fn message_keys_are_taken_apart_and_put_together() {
        let ticket = ConversationKey::parse("call:ticket:7").unwrap();
        let text = |text: &str| Value::Text(text.to_owned());
        for (key, kind, id) in [
            ("call:comment:9001", "comment", Value::Integer(9_001)),
            ("call:comment:0090", "comment", text("0090")),
            ("call:comment:+90", "comment", text("+90")),
            ("call:comment:99999999999999999999", "comment", text("99999999999999999999")),
            ("call:call:27:comment:735", "call", text("27:comment:735")),
            ("zendesk:comment:9001", ":zendesk:comment", Value::Integer(9_001)),
        ] {
            let key = MessageKey::parse(key).unwrap();
            assert_eq!((kind_name(&ticket, &key).as_ref(), stored_id(&key)), (kind, id.clone()));
            assert_eq!(whole_key(&ticket, kind, &ValueRef::from(&id)).unwrap(), key);
        }
    }
}

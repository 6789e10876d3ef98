//! From other forms (XML, tables) to the JSON objects of the API, so that one set of readers and rules serves all forms.
//!
//! Here is what the forms share: what a cell or an element can mean, and how it becomes a value at its place in the
//! object. Invariants: nothing is guessed, what cannot be read is a fault that the caller tells; nothing here reads
//! streams or knows what an object is used for.

mod time;
mod value;
mod via_type;

use serde_json::{Map, Value};

pub(super) use value::{Codes, Fault, Rules, What, custom, value};
pub(super) use via_type::via;

use super::pipeline::Told;
use crate::model::finding::Finding;
use crate::source::input::records::Position;

/// What a translated object is, in the place of the name of the list that a record of a page came in. No page has such
/// names, and `recognise` takes them at their word.
pub(super) const TICKET: &str = "=ticket";
/// A comment that names its ticket.
pub(super) const COMMENT: &str = "=comment";
/// A user.
pub(super) const USER: &str = "=user";
/// An organization.
pub(super) const ORGANIZATION: &str = "=organization";
/// A group.
pub(super) const GROUP: &str = "=group";
/// A ticket field.
pub(super) const FIELD: &str = "=field";
/// The account itself.
pub(super) const ACCOUNT: &str = "=account";
/// Of which ticket a chat is.
pub(super) const CHAT: &str = "=chat";
/// What happened in a chat.
pub(super) const CHAT_EVENT: &str = "=chat-event";
/// What a customer thought of a ticket.
pub(super) const RATING: &str = "=rating";
/// What a table knows of a ticket that has its record elsewhere.
pub(super) const TICKET_ROW: &str = "=ticket-row";

/// What a translated stream falls into.
#[derive(Debug)]
pub(super) enum Translated {
    /// An object.
    Object {
        /// Its JSON.
        json: Vec<u8>,
        /// Where the original begins.
        at: Position,
        /// What it is: one of the names above.
        is: &'static str,
    },
    /// Something that is said instead of an object, or about the stream.
    Told(Finding, Told),
}

/// Takes what a stream falls into; breaks to end the reading.
pub(super) type Take<'t> = dyn FnMut(Translated) -> std::ops::ControlFlow<()> + 't;

/// One fact: under which names a form has it, and where it belongs in the object.
#[derive(Debug)]
pub(super) struct Field {
    /// Names in the form, the best first.
    pub(super) names: &'static [&'static str],
    /// Keys from the top of the object, with `/` between them.
    pub(super) path: &'static str,
    /// What it means.
    pub(super) what: What,
}

/// A row of a table of fields.
pub(super) const fn field(names: &'static [&'static str], path: &'static str, what: What) -> Field {
    Field { names, path, what }
}

/// Puts `value` at `path`. Nothing is put where there is nothing; what is already there stays.
pub(super) fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    if value.is_null() {
        return;
    }
    match path.split_once('/') {
        None => {
            object.entry(path).or_insert(value);
        }
        Some((key, rest)) => {
            let inner = object.entry(key).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// The object as JSON.
pub(super) fn json(object: &Map<String, Value>) -> Vec<u8> {
    serde_json::to_vec(object).expect("a map with text keys is always JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_find_their_place() {
        let mut object = Map::new();
        put(&mut object, "via/source/from/name", "Kim".into());
        put(&mut object, "via/channel", "email".into());
        put(&mut object, "via/channel", "second".into());
        put(&mut object, "id", 7.into());
        put(&mut object, "id/deeper", 8.into());
        put(&mut object, "none", Value::Null);
        assert_eq!(json(&object), br#"{"id":7,"via":{"channel":"email","source":{"from":{"name":"Kim"}}}}"#);
    }
}

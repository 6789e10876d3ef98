//! Records that came to a ticket by nothing but a number in their path, which may be that of a page, a part or a year.
//! They stay only if they begin as the ticket does.

use jiff::Timestamp;
use serde::Deserialize;

use super::join::Row;
use super::loose::{Integer, Loose, Text};
use super::recognise::Kind;
use crate::model::time::parse_rfc3339;

/// How far the first comment may lie from the making of its ticket, in seconds. They are usually equal; calls and
/// programs that make tickets take a moment.
const BEGINNING: i64 = 60;

/// What tickets, comments and audits have of when and by whom.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Head<'a> {
    #[serde(borrow)]
    created_at: Text<'a>,
    author_id: Integer,
    requester_id: Integer,
    requester: Loose<Requester>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Requester {
    id: Integer,
}

impl Head<'_> {
    fn at(&self) -> Option<Timestamp> {
        self.created_at.get().and_then(parse_rfc3339)
    }

    fn requester(&self) -> Option<i64> {
        self.requester_id.known().or_else(|| self.requester.get()?.id.known())
    }
}

/// The records of a ticket, and those that its number alone brought here and that are not its.
pub(super) fn part(rows: Vec<Row>) -> (Vec<Row>, Vec<Row>) {
    if rows.iter().all(|row| !row.by_number) || fits(&rows) {
        return (rows, Vec::new());
    }
    rows.into_iter().partition(|row| !row.by_number)
}

/// True if the first of the comments was made when the ticket was, or by whom the ticket is about.
fn fits(rows: &[Row]) -> bool {
    let said: Vec<Head<'_>> =
        heads(rows, |row| row.by_number && matches!(row.kind, Kind::Comment | Kind::Audit));
    // What else there is names its ticket by itself, or is of no use for telling.
    let Some(first) = said.iter().min_by_key(|head| (head.at().is_none(), head.at())) else { return true };
    heads(rows, |row| matches!(row.kind, Kind::Ticket | Kind::TicketRow)).iter().any(|ticket| {
        let begins = first.at().zip(ticket.at());
        let together =
            begins.is_some_and(|(said, made)| said.duration_since(made).as_secs().abs() <= BEGINNING);
        together || ticket.requester().is_some_and(|id| first.author_id.known() == Some(id))
    })
}

fn heads(rows: &[Row], wanted: impl Fn(&Row) -> bool) -> Vec<Head<'_>> {
    let wanted = rows.iter().filter(|row| wanted(row));
    wanted.filter_map(|row| serde_json::from_slice(&row.bytes).ok()).collect()
}

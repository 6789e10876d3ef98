//! Tickets in order, page by page, while others change them.

use rusqlite::types::Value;

use super::query::{LedgerView, TICKET_COLUMNS, ticket_row};
use super::selection::Condition;
use super::{LedgerError, Selection, TicketRow};

/// Tickets read at once. One page lasts minutes on a real account and a blink on an unlimited one.
const PAGE_TICKETS: usize = 256;

/// Which tickets of a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Pending and appending ones, in the selection's order: the work.
    Open,
    /// Those whose create was intended and whose outcome is not known, in the selection's order.
    Unknown,
    /// Those that have a ticket in Gorgias, in the order of registration.
    InGorgias,
    /// All of them, in the order of registration.
    All,
}

impl Which {
    /// The table and the condition. The index of open tickets holds only `state < 3`, is used only where the query
    /// repeats that to the letter, and is demanded here, so that SQLite refuses the query rather than scan the table.
    fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Open => ("ticket INDEXED BY ticket_open", "state < 3 AND state <> 1"),
            Self::Unknown => ("ticket INDEXED BY ticket_open", "state < 3 AND state = 1"),
            Self::InGorgias => ("ticket", "gorgias_id IS NOT NULL"),
            Self::All => ("ticket", "1"),
        }
    }

    fn by_activity(self) -> bool {
        matches!(self, Self::Open | Self::Unknown)
    }
}

/// Tickets of a selection, one after the other. Reads pages, so that it sees what becomes of the tickets ahead; a
/// ticket behind it that becomes open again is not seen any more.
///
/// With a limit, which tickets are selected is decided when this is made.
#[derive(Debug)]
pub struct Tickets {
    view: LedgerView,
    which: Which,
    newest_first: bool,
    condition: Condition,
    /// Last activity and row of the ticket given out last.
    after: Option<(i64, i64)>,
    page: std::vec::IntoIter<TicketRow>,
    ended: bool,
}

impl LedgerView {
    /// The tickets of a selection that `which` names.
    pub fn tickets(&self, selection: &Selection, which: Which) -> Result<Tickets, LedgerError> {
        let condition = self.read(|connection| selection.condition(connection))?;
        Ok(Tickets {
            view: self.clone(),
            which,
            newest_first: selection.newest_first,
            condition,
            after: None,
            page: Vec::new().into_iter(),
            ended: false,
        })
    }
}

impl Tickets {
    fn query(&self) -> (String, Vec<Value>) {
        let mut condition = self.condition.clone();
        let (table, which) = self.which.source();
        let descending = self.which.by_activity() && self.newest_first;
        let order = if descending { "DESC" } else { "ASC" };
        let compare = if descending { "<" } else { ">" };
        let (place, order) = if self.which.by_activity() {
            ("(last_ms, id)", format!("last_ms {order}, id {order}"))
        } else {
            ("id", "id".to_owned())
        };
        if let Some((last_ms, id)) = self.after {
            let after = if self.which.by_activity() {
                format!("({}, {})", condition.value(last_ms), condition.value(id))
            } else {
                condition.value(id)
            };
            condition.and(&format!("{place} {compare} {after}"));
        }
        let sql = format!(
            "SELECT {TICKET_COLUMNS} FROM {table} WHERE {which} AND {} ORDER BY {order} LIMIT {PAGE_TICKETS}",
            condition.sql
        );
        (sql, condition.values)
    }

    fn read_page(&mut self) -> Result<(), LedgerError> {
        let (sql, values) = self.query();
        let page: Vec<TicketRow> = self.view.read(|connection| {
            let mut select = connection.prepare_cached(&sql)?;
            let rows = select.query_map(rusqlite::params_from_iter(&values), ticket_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        self.ended = page.len() < PAGE_TICKETS;
        if let Some(last) = page.last() {
            self.after = Some((last.last_activity_ms, last.id.0));
        }
        self.page = page.into_iter();
        Ok(())
    }

    /// How SQLite would read the next page.
    #[cfg(test)]
    pub(super) fn explain(&self) -> String {
        let (sql, values) = self.query();
        let plan = self.view.read(|connection| {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
            let rows =
                explain.query_map(rusqlite::params_from_iter(&values), |row| row.get::<_, String>(3))?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        });
        plan.unwrap().join("; ")
    }
}

impl Iterator for Tickets {
    type Item = Result<TicketRow, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(ticket) = self.page.next() {
                return Some(Ok(ticket));
            }
            if self.ended {
                return None;
            }
            if let Err(error) = self.read_page() {
                self.ended = true;
                return Some(Err(error));
            }
        }
    }
}

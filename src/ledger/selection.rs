//! Which tickets a command is about, and how many of them stand where.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::query::LedgerView;
use super::{LedgerError, TicketState, column};
use crate::model::conversation::Status;
use crate::model::finding::Code;
use crate::model::key::{ConversationKey, SourceName};

/// Which tickets a command is about. The default is all of them, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Only these sources; empty for all.
    pub sources: Vec<SourceName>,
    /// Only tickets whose last activity is at or after this, in milliseconds since 1970.
    pub since_ms: Option<i64>,
    /// Only tickets whose last activity is before this, in milliseconds since 1970.
    pub until_ms: Option<i64>,
    /// Only tickets with one of these statuses; empty for all.
    pub statuses: Vec<Status>,
    /// Only these conversations.
    pub keys: Option<Vec<ConversationKey>>,
    /// Only the first so many, in order, whatever became of them: a pilot that is run again is the same pilot.
    pub limit: Option<u64>,
    /// Newest last activity first, else oldest first.
    pub newest_first: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            since_ms: None,
            until_ms: None,
            statuses: Vec::new(),
            keys: None,
            limit: None,
            newest_first: true,
        }
    }
}

/// A condition with its values, numbered from 1 in the order in which they were added.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Condition {
    /// Adds a condition that must hold as well.
    pub(super) fn and(&mut self, sql: &str) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
    }

    /// Adds a value and gives its placeholder.
    pub(super) fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }
}

impl Selection {
    /// The selection as a condition on `ticket`, its limit included.
    pub(super) fn condition(&self, connection: &Connection) -> Result<Condition, LedgerError> {
        let mut condition = self.filter();
        let Some(limit) = self.limit else { return Ok(condition) };
        if limit == 0 {
            condition.and("id < 0");
            return Ok(condition);
        }
        if let Some((last_ms, id)) = self.last_of(limit, &condition, connection)? {
            let (last_ms, id) = (condition.value(last_ms), condition.value(id));
            let compare = if self.newest_first { ">=" } else { "<=" };
            condition.and(&format!("(last_ms, id) {compare} ({last_ms}, {id})"));
        }
        Ok(condition)
    }

    /// Everything but the limit.
    fn filter(&self) -> Condition {
        let mut condition = Condition { sql: "1".to_owned(), values: Vec::new() };
        if !self.sources.is_empty() {
            // A range over the key takes the place of a column for the source: `;` follows `:` in ASCII.
            let mut ranges = Vec::new();
            for source in &self.sources {
                let (from, to) =
                    (condition.value(format!("{source}:")), condition.value(format!("{source};")));
                ranges.push(format!("(key >= {from} AND key < {to})"));
            }
            condition.and(&format!("({})", ranges.join(" OR ")));
        }
        if let Some(since_ms) = self.since_ms {
            let value = condition.value(since_ms);
            condition.and(&format!("last_ms >= {value}"));
        }
        if let Some(until_ms) = self.until_ms {
            let value = condition.value(until_ms);
            condition.and(&format!("last_ms < {value}"));
        }
        if !self.statuses.is_empty() {
            let numbers: Vec<String> =
                self.statuses.iter().map(|status| column::status_number(*status).to_string()).collect();
            condition.and(&format!("status IN ({})", numbers.join(", ")));
        }
        if let Some(keys) = &self.keys {
            let keys: Vec<&str> = keys.iter().map(ConversationKey::as_str).collect();
            let list = serde_json::to_string(&keys).expect("a list of strings is plain data");
            let value = condition.value(list);
            condition.and(&format!("key IN (SELECT value FROM json_each({value}))"));
        }
        condition
    }

    /// Place of the last ticket within the limit, if there are more than that.
    fn last_of(
        &self,
        limit: u64,
        filter: &Condition,
        connection: &Connection,
    ) -> Result<Option<(i64, i64)>, LedgerError> {
        let order = if self.newest_first { "DESC" } else { "ASC" };
        let offset = i64::try_from(limit - 1).unwrap_or(i64::MAX);
        let sql = format!(
            "SELECT last_ms, id FROM ticket WHERE {} ORDER BY last_ms {order}, id {order} LIMIT 1 OFFSET {offset}",
            filter.sql
        );
        let mut select = connection.prepare(&sql)?;
        let mut rows = select.query(rusqlite::params_from_iter(&filter.values))?;
        Ok(match rows.next()? {
            Some(row) => Some((row.get(0)?, row.get(1)?)),
            None => None,
        })
    }
}

/// How many tickets of a selection stand where, and how many messages the export has of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateCounts {
    counts: [(u64, u64); TicketState::ALL.len()],
    left_out: (u64, u64),
    refused: u64,
    unlike: (u64, u64),
}

impl StateCounts {
    /// Tickets in this state.
    pub fn tickets(&self, state: TicketState) -> u64 {
        self.counts[state as usize].0
    }

    /// Messages of the tickets in this state.
    pub fn messages(&self, state: TicketState) -> u64 {
        self.counts[state as usize].1
    }

    /// Of the rejected tickets, those that were left out on purpose because they are in Gorgias by other means; and
    /// their messages.
    pub fn left_out(&self) -> (u64, u64) {
        self.left_out
    }

    /// Messages that Gorgias refused, of tickets that are done without them.
    pub fn refused_messages(&self) -> u64 {
        self.refused
    }

    /// Messages of the export that are not in Gorgias as the export has them and cannot be brought, of tickets that are
    /// there; and how many of the messages that are there may be these.
    pub fn unlike_messages(&self) -> (u64, u64) {
        self.unlike
    }

    /// Messages of finished tickets that are there as the export has them.
    pub fn messages_there(&self) -> u64 {
        self.messages(TicketState::Done).saturating_sub(self.refused + self.unlike.1)
    }

    /// Messages that are not imported, of tickets that are not left out on purpose.
    pub fn messages_rejected(&self) -> u64 {
        self.messages(TicketState::Rejected).saturating_sub(self.left_out.1) + self.refused + self.unlike.0
    }

    /// All tickets.
    pub fn all_tickets(&self) -> u64 {
        self.counts.iter().map(|count| count.0).sum()
    }

    /// Tickets for which something is to be done or to be found out.
    pub fn open_tickets(&self) -> u64 {
        TicketState::ALL.into_iter().filter(|state| !state.is_final()).map(|state| self.tickets(state)).sum()
    }
}

impl LedgerView {
    /// Counts the tickets of a selection by state.
    pub fn counts(&self, selection: &Selection) -> Result<StateCounts, LedgerError> {
        self.read(|connection| {
            let condition = selection.condition(connection)?;
            let sql = format!(
                "SELECT state, count(*), sum(messages), coalesce(code = '{}', 0) AS out FROM ticket WHERE {}
                 GROUP BY state, out",
                Code::ThereByOtherMeans.as_str(),
                condition.sql
            );
            let mut select = connection.prepare(&sql)?;
            let mut rows = select.query(rusqlite::params_from_iter(&condition.values))?;
            let mut counts = StateCounts::default();
            while let Some(row) = rows.next()? {
                let state: TicketState = row.get(0)?;
                let number = |column| row.get::<_, i64>(column).map(|n| u64::try_from(n).unwrap_or_default());
                let (tickets, messages) = (number(1)?, number(2)?);
                let count = &mut counts.counts[state as usize];
                *count = (count.0 + tickets, count.1 + messages);
                if state == TicketState::Rejected && row.get(3)? {
                    counts.left_out = (tickets, messages);
                }
            }
            counts.refused = refused(connection, &condition)?;
            counts.unlike = unlike(connection, &condition)?;
            Ok(counts)
        })
    }
}

/// The messages that Gorgias refused, of the tickets in one of these states that meet a condition.
pub(super) fn of_refused(states: &[TicketState], condition: &Condition) -> String {
    let states: Vec<String> = states.iter().map(|state| state.number().to_string()).collect();
    format!(
        "message WHERE state = 3 AND code = '{}'
         AND EXISTS (SELECT 1 FROM ticket WHERE id = message.ticket AND state IN ({}) AND {})",
        Code::MessageRefused.as_str(),
        states.join(", "),
        condition.sql
    )
}

fn refused(connection: &Connection, condition: &Condition) -> Result<u64, LedgerError> {
    let sql = format!("SELECT count(*) FROM {}", of_refused(&[TicketState::Done], condition));
    let mut select = connection.prepare(&sql)?;
    let count: i64 = select.query_row(rusqlite::params_from_iter(&condition.values), |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

fn unlike(connection: &Connection, condition: &Condition) -> Result<(u64, u64), LedgerError> {
    let there = format!(
        "EXISTS (SELECT 1 FROM ticket WHERE id = u.ticket AND state IN ({}, {}, {}) AND {})",
        TicketState::Sending.number(),
        TicketState::Appending.number(),
        TicketState::Done.number(),
        condition.sql
    );
    let sql = format!(
        "SELECT coalesce(sum(given), 0), coalesce(sum(known), 0) FROM
         (SELECT ticket, given, known FROM unlike UNION ALL SELECT ticket, 1, 1 FROM exposed) AS u WHERE {there}"
    );
    let mut select = connection.prepare(&sql)?;
    let values = rusqlite::params_from_iter(&condition.values);
    let counts: (i64, i64) = select.query_row(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((counts.0.unsigned_abs(), counts.1.unsigned_abs()))
}

//! Which Gorgias users were given to tickets and messages. Ids of users and nothing else.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};

/// Whom a ticket and its messages were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The user in charge.
    pub assignee: Option<u64>,
    /// The team in charge.
    pub team: Option<u64>,
    /// Senders of notes and agents' messages, by the message's number.
    pub senders: BTreeMap<u32, u64>,
}

impl Ledger {
    /// Notes who was put in charge of a ticket, whatever was noted before.
    pub fn assignee_given(&self, ticket: TicketId, assignee: Option<u64>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            change(work.connection, ticket, |given| given.assignee = assignee)
        })
    }

    /// Notes which team was put in charge of a ticket, whatever was noted before.
    pub fn team_given(&self, ticket: TicketId, team: Option<u64>) -> Ack<()> {
        self.inner
            .writer
            .submit(Urgency::Gather, move |work| change(work.connection, ticket, |given| given.team = team))
    }

    /// Notes the senders of messages; those of other messages stay.
    pub fn senders_given(&self, ticket: TicketId, senders: Vec<(u32, u64)>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            change(work.connection, ticket, |given| given.senders.extend(senders))
        })
    }
}

impl LedgerView {
    /// Whom a ticket and its messages were given; nothing where nothing was noted.
    pub fn given(&self, ticket: TicketId) -> Result<Option<Given>, LedgerError> {
        self.read(|connection| read(connection, ticket))
    }

    /// Whether anything was ever noted.
    pub fn is_anything_given(&self) -> Result<bool, LedgerError> {
        self.read(|connection| Ok(connection.prepare_cached("SELECT 1 FROM given LIMIT 1")?.exists([])?))
    }
}

fn read(connection: &Connection, ticket: TicketId) -> Result<Option<Given>, LedgerError> {
    let mut select =
        connection.prepare_cached("SELECT assignee, team, senders FROM given WHERE ticket = ?1")?;
    Ok(select.query_row([ticket.0], given).optional()?)
}

fn given(row: &Row<'_>) -> rusqlite::Result<Given> {
    let senders: String = row.get(2)?;
    // Only we write it; what somebody else made of it says nothing.
    let senders = serde_json::from_str(&senders).unwrap_or_default();
    let id = |at| row.get::<_, Option<i64>>(at).map(|id| id.map(i64::cast_unsigned));
    Ok(Given { assignee: id(0)?, team: id(1)?, senders })
}

fn change(
    connection: &Connection,
    ticket: TicketId,
    change: impl FnOnce(&mut Given),
) -> Result<(), LedgerError> {
    let before = read(connection, ticket)?.unwrap_or_default();
    let mut given = before.clone();
    change(&mut given);
    if given == before {
        return Ok(());
    }
    let senders = serde_json::to_string(&given.senders).expect("a map of numbers is plain data");
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO given (ticket, assignee, team, senders) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            ticket.0,
            given.assignee.map(u64::cast_signed),
            given.team.map(u64::cast_signed),
            senders
        ])?;
    Ok(())
}

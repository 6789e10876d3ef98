//! Which Gorgias users were given to tickets and messages. Ids of users and nothing else.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};

/// Stands for nobody: Gorgias's ids begin at 1.
const NOBODY: i64 = 0;

/// Whom a ticket and its messages were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Who was put in charge; nothing where that was never noted, whoever it was.
    pub in_charge: Option<InCharge>,
    /// Senders of notes and agents' messages, by the message's number.
    pub senders: BTreeMap<u32, u64>,
}

/// Who is in charge of a ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InCharge {
    /// The user, if anybody.
    pub user: Option<u64>,
    /// The team, if any.
    pub team: Option<u64>,
}

impl Ledger {
    /// Notes who was put in charge of a ticket, whatever was noted before.
    pub fn in_charge_given(&self, ticket: TicketId, InCharge { user, team }: InCharge) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached("UPDATE ticket SET assignee = ?2, team = ?3 WHERE id = ?1")?
                .execute(params![
                    ticket.0,
                    user.map_or(NOBODY, u64::cast_signed),
                    team.map(u64::cast_signed)
                ])?;
            Ok(())
        })
    }

    /// Notes which user was put in charge of a ticket, whatever was noted before.
    pub fn assignee_given(&self, ticket: TicketId, assignee: Option<u64>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached("UPDATE ticket SET assignee = ?2 WHERE id = ?1")?
                .execute(params![ticket.0, assignee.map_or(NOBODY, u64::cast_signed)])?;
            Ok(())
        })
    }

    /// Notes which team was put in charge of a ticket, whatever was noted before.
    pub fn team_given(&self, ticket: TicketId, team: Option<u64>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached("UPDATE ticket SET team = ?2 WHERE id = ?1 AND team IS NOT ?2")?
                .execute(params![ticket.0, team.map(u64::cast_signed)])?;
            Ok(())
        })
    }

    /// Notes the senders of messages; those of other messages stay.
    pub fn senders_given(&self, ticket: TicketId, senders: Vec<(u32, u64)>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut update = work
                .connection
                .prepare_cached("UPDATE message SET sender = ?3 WHERE ticket = ?1 AND n = ?2")?;
            for (n, sender) in senders {
                update.execute(params![ticket.0, n, sender.cast_signed()])?;
            }
            Ok(())
        })
    }
}

impl LedgerView {
    /// Whom a ticket and its messages were given; nothing where nothing was noted.
    pub fn given(&self, ticket: TicketId) -> Result<Option<Given>, LedgerError> {
        self.read(|connection| read(connection, ticket))
    }

    /// Whether anybody was ever put in charge of a ticket, or left out of it.
    pub fn is_anything_given(&self) -> Result<bool, LedgerError> {
        self.read(|connection| {
            let sql = "SELECT 1 FROM ticket WHERE assignee IS NOT NULL LIMIT 1";
            Ok(connection.prepare_cached(sql)?.exists([])?)
        })
    }
}

fn read(connection: &Connection, ticket: TicketId) -> Result<Option<Given>, LedgerError> {
    let (assignee, team) = connection
        .prepare_cached("SELECT assignee, team FROM ticket WHERE id = ?1")?
        .query_row([ticket.0], |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?)))
        .optional()?
        .unwrap_or_default();
    let mut select = connection
        .prepare_cached("SELECT n, sender FROM message WHERE ticket = ?1 AND sender IS NOT NULL")?;
    let senders =
        select.query_map([ticket.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?;
    let senders: BTreeMap<u32, u64> = senders.collect::<Result<_, _>>()?;
    if assignee.is_none() && senders.is_empty() {
        return Ok(None);
    }
    let in_charge = assignee.map(|user| InCharge {
        user: (user != NOBODY).then_some(user.cast_unsigned()),
        team: team.map(i64::cast_unsigned),
    });
    Ok(Some(Given { in_charge, senders }))
}

//! Customers (by hash of their address) and tags: parts that exist once in an account and are never made twice.

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use super::query::LedgerView;
use super::state::{PartEvent, part_step};
use super::writer::{Urgency, Work};
use super::{Ack, AddressHash, Ledger, LedgerError, PartRow, PartState};

/// Which of the two tables, and which row.
#[derive(Clone, Debug)]
enum Part {
    Customer(AddressHash),
    Tag(String),
}

impl ToSql for Part {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Customer(address) => Ok(ToSqlOutput::from(address.0.as_slice())),
            Self::Tag(name) => Ok(ToSqlOutput::from(name.as_str())),
        }
    }
}

impl Part {
    fn select(&self) -> &'static str {
        match self {
            Self::Customer(_) => "SELECT state, gorgias_id, created_by_us FROM customer WHERE address = ?1",
            Self::Tag(_) => "SELECT state, gorgias_id, created_by_us FROM tag WHERE name = ?1",
        }
    }

    fn replace(&self) -> &'static str {
        match self {
            Self::Customer(_) => "INSERT OR REPLACE INTO customer VALUES (?1, ?2, ?3, ?4)",
            Self::Tag(_) => "INSERT OR REPLACE INTO tag VALUES (?1, ?2, ?3, ?4)",
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Customer(_) => "customer".to_owned(),
            Self::Tag(name) => format!("tag `{name}`"),
        }
    }

    fn row(&self, connection: &Connection) -> Result<Option<PartRow>, LedgerError> {
        let row = connection.prepare_cached(self.select())?.query_row([self], |row| {
            Ok(PartRow { state: row.get(0)?, gorgias_id: row.get(1)?, created_by_us: row.get(2)? })
        });
        Ok(row.optional()?)
    }

    fn step(&self, work: &Work<'_>, event: PartEvent, gorgias_id: Option<i64>) -> Result<(), LedgerError> {
        let before = self.row(work.connection)?;
        let from = before.map_or(PartState::Pending, |row| row.state);
        let created = event == PartEvent::Created;
        let (from, event) = match (from, event) {
            // It came with a ticket although it was known, or refused when it came alone: it is there.
            (PartState::Done | PartState::Rejected, PartEvent::Created) => (from, PartEvent::Known),
            other => other,
        };
        let state = part_step(from, event).ok_or_else(|| LedgerError::IllegalPartStep {
            part: self.describe(),
            state: from,
            event,
        })?;
        // Another id is another record: somebody deleted the one that was known, or merged it into this one.
        let known = before.filter(|row| gorgias_id.is_none() || row.gorgias_id == gorgias_id);
        let created_by_us = match known {
            Some(row) => row.created_by_us || event == PartEvent::Created,
            None => created,
        };
        let gorgias_id = gorgias_id.or(before.and_then(|row| row.gorgias_id));
        let after = PartRow { state, gorgias_id, created_by_us };
        if before != Some(after) {
            work.connection.prepare_cached(self.replace())?.execute(params![
                self,
                state,
                gorgias_id,
                created_by_us
            ])?;
        }
        Ok(())
    }
}

impl Ledger {
    /// A request that creates this customer alone is about to be sent.
    pub fn intend_customer(&self, address: AddressHash) -> Ack<()> {
        self.part(Part::Customer(address), PartEvent::Intend, None)
    }

    /// Gorgias created this customer for us, alone or with a ticket.
    pub fn customer_created(&self, address: AddressHash, gorgias_id: i64) -> Ack<()> {
        self.part(Part::Customer(address), PartEvent::Created, Some(gorgias_id))
    }

    /// These customers are in Gorgias: they were listed, or found by look-up.
    pub fn customers_known(&self, customers: Vec<(AddressHash, i64)>) -> Ack<()> {
        self.known(customers.into_iter().map(|(address, id)| (Part::Customer(address), id)).collect())
    }

    /// Settled: the customer that was intended was certainly not created.
    pub fn customer_not_there(&self, address: AddressHash) -> Ack<()> {
        self.part(Part::Customer(address), PartEvent::NotThere, None)
    }

    /// Gorgias refused this customer.
    pub fn customer_refused(&self, address: AddressHash) -> Ack<()> {
        self.part(Part::Customer(address), PartEvent::Refused, None)
    }

    /// The customer was looked up and is not in Gorgias any more, if it ever was: somebody deleted it there.
    pub fn customer_gone(&self, address: AddressHash) -> Ack<()> {
        self.gone(Part::Customer(address))
    }

    /// A request that creates this tag is about to be sent.
    pub fn intend_tag(&self, name: &str) -> Ack<()> {
        self.part(Part::Tag(name.to_owned()), PartEvent::Intend, None)
    }

    /// Gorgias created this tag for us.
    pub fn tag_created(&self, name: &str, gorgias_id: i64) -> Ack<()> {
        self.part(Part::Tag(name.to_owned()), PartEvent::Created, Some(gorgias_id))
    }

    /// These tags are in Gorgias: they were listed, or found by look-up.
    pub fn tags_known(&self, tags: Vec<(String, i64)>) -> Ack<()> {
        self.known(tags.into_iter().map(|(name, id)| (Part::Tag(name), id)).collect())
    }

    /// Settled: the tag that was intended was certainly not created.
    pub fn tag_not_there(&self, name: &str) -> Ack<()> {
        self.part(Part::Tag(name.to_owned()), PartEvent::NotThere, None)
    }

    /// Gorgias refused this tag.
    pub fn tag_refused(&self, name: &str) -> Ack<()> {
        self.part(Part::Tag(name.to_owned()), PartEvent::Refused, None)
    }

    /// The tag was looked up and is not in Gorgias any more, if it ever was: somebody deleted it there.
    pub fn tag_gone(&self, name: &str) -> Ack<()> {
        self.gone(Part::Tag(name.to_owned()))
    }

    fn gone(&self, part: Part) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            if part.row(work.connection)?.is_some_and(|row| row.state == PartState::Done) {
                let nothing = (PartState::Pending, None::<i64>, false);
                work.connection
                    .prepare_cached(part.replace())?
                    .execute(params![part, nothing.0, nothing.1, nothing.2])?;
            }
            Ok(())
        })
    }

    fn part(&self, part: Part, event: PartEvent, gorgias_id: Option<i64>) -> Ack<()> {
        let urgency = if event == PartEvent::Intend { Urgency::Now } else { Urgency::Gather };
        self.inner.writer.submit(urgency, move |work| part.step(work, event, gorgias_id))
    }

    fn known(&self, parts: Vec<(Part, i64)>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            parts.iter().try_for_each(|(part, id)| part.step(work, PartEvent::Known, Some(*id)))
        })
    }
}

impl LedgerView {
    /// What is known of the customer with this address.
    pub fn customer(&self, address: AddressHash) -> Result<Option<PartRow>, LedgerError> {
        self.read(|connection| Part::Customer(address).row(connection))
    }

    /// What is known of the tag with this name.
    pub fn tag(&self, name: &str) -> Result<Option<PartRow>, LedgerError> {
        self.read(|connection| Part::Tag(name.to_owned()).row(connection))
    }

    /// The tags whose creation was intended and whose outcome is not known.
    pub fn unknown_tags(&self) -> Result<Vec<String>, LedgerError> {
        self.read(|connection| {
            let mut select =
                connection.prepare_cached("SELECT name FROM tag WHERE state = 1 ORDER BY name")?;
            let names = select.query_map([], |row| row.get(0))?;
            Ok(names.collect::<Result<_, _>>()?)
        })
    }
}

//! Customers whom this tool created and whose `data` was looked at afterwards: brought once, and never over what is there.

use std::collections::BTreeMap;

use rusqlite::params;

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, AddressHash, Ledger, LedgerError};

impl Ledger {
    /// The facts of the export were written to the `data` of a customer, or there was something already.
    pub fn customer_data_seen(&self, gorgias_id: u64, brought: bool) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            work.connection
                .prepare_cached("INSERT OR REPLACE INTO customer_data (gorgias_id, brought) VALUES (?1, ?2)")?
                .execute(params![gorgias_id.cast_signed(), brought])?;
            Ok(())
        })
    }

    /// The export with this fingerprint tells nothing of these customers.
    pub fn customer_data_silent(&self, customers: Vec<u64>, export: &str) -> Ack<()> {
        let export = export.to_owned();
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut note = work.connection.prepare_cached(
                "INSERT OR REPLACE INTO customer_data (gorgias_id, brought, silent) VALUES (?1, 0, ?2)",
            )?;
            for gorgias_id in customers {
                note.execute(params![gorgias_id.cast_signed(), export])?;
            }
            Ok(())
        })
    }
}

impl LedgerView {
    /// Customers whom this tool created and whose `data` was not looked at yet, but those of whom the export with this
    /// fingerprint tells nothing: those after `after` and at most `most` of them, by Gorgias id, each with every address
    /// under which the ledger knows them.
    pub fn customers_without_data(
        &self,
        export: &str,
        after: u64,
        most: usize,
    ) -> Result<BTreeMap<u64, Vec<AddressHash>>, LedgerError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT gorgias_id, address FROM customer WHERE state = 2 AND gorgias_id IN (
                     SELECT DISTINCT gorgias_id FROM customer
                     WHERE gorgias_id > ?1 AND state = 2 AND created_by_us = 1
                           AND gorgias_id NOT IN (SELECT gorgias_id FROM customer_data
                                                  WHERE silent IS NULL OR silent = ?3)
                     ORDER BY gorgias_id LIMIT ?2)",
            )?;
            let mut rows = select.query(params![after.cast_signed(), most, export])?;
            let mut customers: BTreeMap<u64, Vec<AddressHash>> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let id = row.get::<_, i64>(0)?.cast_unsigned();
                customers.entry(id).or_default().push(AddressHash(row.get(1)?));
            }
            Ok(customers)
        })
    }
}

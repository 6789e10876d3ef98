//! Customers whom this tool created and whose `data` was looked at afterwards: brought once, and never over what is there.

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
}

impl LedgerView {
    /// Customers whom this tool created and whose `data` was not looked at yet, by address, those after `after` and at most
    /// `most` of them, with their Gorgias ids.
    pub fn customers_without_data(
        &self,
        after: Option<AddressHash>,
        most: usize,
    ) -> Result<Vec<(AddressHash, u64)>, LedgerError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let after = after.map_or_else(Vec::new, |after| after.0.to_vec());
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "SELECT address, gorgias_id FROM customer
                 WHERE address > ?1 AND state = 2 AND created_by_us = 1 AND gorgias_id IS NOT NULL
                       AND gorgias_id NOT IN (SELECT gorgias_id FROM customer_data)
                 ORDER BY address LIMIT ?2",
            )?;
            let rows = select.query_map(params![after, most], |row| {
                Ok((AddressHash(row.get(0)?), row.get::<_, i64>(1)?.cast_unsigned()))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

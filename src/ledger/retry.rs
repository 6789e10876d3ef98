//! Trying again what was rejected or taken back.

use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::outcome::{put, step};
use super::selection::of_refused;
use super::state::TicketEvent;
use super::writer::{Urgency, Work};
use super::{Ack, Ledger, LedgerError, Selection, TicketId, TicketState};
use crate::model::finding::Code;

impl Ledger {
    /// Opens the selection's tickets that Gorgias rejected, and those that went without a message which it refused, so that
    /// they are sent again, and gives the number of the former. Records that were rejected before the upload stay: they come
    /// back by being registered once they are right.
    pub fn retry_rejected(&self, selection: &Selection) -> Ack<u64> {
        self.retry(selection, TicketState::Rejected)
    }

    /// Opens the selection's tickets that were taken back, so that they are created again, and gives their number.
    pub fn retry_undone(&self, selection: &Selection) -> Ack<u64> {
        self.retry(selection, TicketState::Undone)
    }

    fn retry(&self, selection: &Selection, state: TicketState) -> Ack<u64> {
        let selection = selection.clone();
        self.inner.writer.submit(Urgency::Now, move |work| {
            if state == TicketState::Rejected {
                retry_messages(work, &selection)?;
            }
            retry(work, &selection, state)
        })
    }
}

fn retry(work: &Work<'_>, selection: &Selection, state: TicketState) -> Result<u64, LedgerError> {
    let mut condition = selection.condition(work.connection)?;
    let placeholder = condition.value(Value::Integer(state.number()));
    let sql = format!(
        "SELECT id FROM ticket WHERE state = {placeholder} AND fingerprint IS NOT NULL AND {}",
        condition.sql
    );
    let mut select = work.connection.prepare(&sql)?;
    let ids = select.query_map(params_from_iter(&condition.values), |row| row.get(0).map(TicketId))?;
    let ids: Vec<TicketId> = ids.collect::<Result<_, _>>()?;
    for ticket in &ids {
        let after = step(work, *ticket, TicketEvent::Retry, None)?;
        put(work, *ticket, after)?;
        work.connection
            .prepare_cached("UPDATE ticket SET code = NULL, note = NULL WHERE id = ?1")?
            .execute([ticket.0])?;
        work.connection
            .prepare_cached("UPDATE message SET state = 0, code = NULL WHERE ticket = ?1 AND state = 3")?
            .execute([ticket.0])?;
    }
    Ok(ids.len() as u64)
}

fn retry_messages(work: &Work<'_>, selection: &Selection) -> Result<(), LedgerError> {
    let condition = selection.condition(work.connection)?;
    let states = [TicketState::Pending, TicketState::Appending, TicketState::Done];
    let sql = format!("SELECT DISTINCT ticket FROM {}", of_refused(&states, &condition));
    let mut select = work.connection.prepare(&sql)?;
    let ids = select.query_map(params_from_iter(&condition.values), |row| row.get(0).map(TicketId))?;
    let ids: Vec<TicketId> = ids.collect::<Result<_, _>>()?;
    for ticket in ids {
        let after = step(work, ticket, TicketEvent::NewMessages, None)?;
        put(work, ticket, after)?;
        work.connection
            .prepare_cached(
                "UPDATE message SET state = 0, code = NULL WHERE ticket = ?1 AND state = 3 AND code = ?2",
            )?
            .execute(params![ticket.0, Code::MessageRefused.as_str()])?;
    }
    Ok(())
}

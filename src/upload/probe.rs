//! The probe of a new ledger: are tickets of this plan in the account already?
//!
//! A ledger that knows nothing may be a lost one. Creating what is there would be a duplicate of everything, so some
//! keys are looked up before the first write.

use std::time::Duration;

use crate::gorgias::{CallFailure, Client, patiently};
use crate::ledger::{LedgerError, LedgerView, Selection, Which};
use crate::model::key::ConversationKey;

/// Keys from the beginning of the plan: what a run that died early had sent.
const FIRST: usize = 3;
/// Keys spread over the rest.
const SPREAD: usize = 5;

/// Why the probe could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A look-up failed.
    #[error("cannot look up whether the tickets are in Gorgias already")]
    Call(#[from] CallFailure),
}

/// Looks up some keys of the plan, each for as long as `patience` lasts. The first one that the account holds, if any.
pub async fn probe(
    client: &Client,
    view: &LedgerView,
    selection: &Selection,
    patience: Duration,
) -> Result<Option<ConversationKey>, ProbeError> {
    for key in keys(view, selection)? {
        let found =
            patiently(patience, async || client.find_tickets_by_external_id(key.as_str()).await).await?;
        for ticket in found.iter().filter(|ticket| ticket.external_id.as_deref() == Some(key.as_str())) {
            // What this ledger took back is not there.
            if !view.is_undone(ticket.id.cast_signed())? {
                return Ok(Some(key));
            }
        }
    }
    Ok(None)
}

/// The first keys in the plan's order and a spread of the rest.
pub(super) fn keys(view: &LedgerView, selection: &Selection) -> Result<Vec<ConversationKey>, LedgerError> {
    let total = view.counts(selection)?.open_tickets();
    let step = (usize::try_from(total).unwrap_or(usize::MAX) / (SPREAD + 1)).max(1);
    let mut keys = Vec::new();
    for (at, row) in view.tickets(selection, Which::Open)?.enumerate() {
        let row = row?;
        if at < FIRST || (at % step == 0 && keys.len() < FIRST + SPREAD) {
            keys.push(row.key);
        }
        if keys.len() >= FIRST + SPREAD {
            break;
        }
    }
    Ok(keys)
}

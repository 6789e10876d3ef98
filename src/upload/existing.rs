//! History that is in the account already by other means: Gorgias's own import of the old help desk, another tool.
//!
//! What such an import made has other keys than ours, so only its place in time gives it away: a ticket of the same
//! customer that began within two minutes of the planned one.

use std::time::Duration;

use jiff::SignedDuration;

use crate::gorgias::{CallFailure, Client, CustomerAddress, patiently, wire};
use crate::ledger::{Ledger, LedgerError, Selection};
use crate::mapping::{AgentDirectory, Identity, MappedTicket, Rules, map};
use crate::model::key::ConversationKey;
use crate::staging::{Staging, StagingError};

use super::probe;
use super::resources::Resources;
use super::shared::digest;

/// How far apart the same conversation may have begun by two imports' reckoning.
const SAME_WITHIN: SignedDuration = SignedDuration::from_mins(2);

/// What a sample of the plan showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    /// Tickets of the plan that were looked at: those whose customer the account has.
    pub looked_at: u64,
    /// Those of them that seem to be there already.
    pub there: u64,
    /// One of them, and the ticket that is there.
    pub example: Option<(ConversationKey, u64)>,
}

/// Why the sample could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum ExistingError {
    /// A list could not be read.
    #[error("cannot look for history that is in the account already")]
    Call(#[from] CallFailure),
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The staged conversations cannot be read.
    #[error(transparent)]
    Staging(#[from] StagingError),
}

/// Looks at a sample of what is still to be sent; one call for each ticket whose customer the account has, and one before it
/// where a customer is known by telephone number alone.
pub async fn existing(
    client: &Client,
    ledger: &Ledger,
    staging: &Staging,
    selection: &Selection,
    rules: &Rules,
    resources: &Resources,
    patience: Duration,
) -> Result<Existing, ExistingError> {
    let mut sample = Existing::default();
    for key in probe::keys(ledger.view(), selection)? {
        let Some(conversation) = staging.get(&key)? else { continue };
        let Ok(mapped) = map(&conversation, rules, &AgentDirectory::offline()) else { continue };
        let whose = &mapped.ticket.customer;
        let customer = match (resources.customer(digest(ledger, whose)), whose) {
            (Some(id), _) => Some(id),
            // The list of customers that a run reads shows email addresses only.
            (None, Identity::Phone(number)) => {
                let by_number = CustomerAddress::Phone(number);
                let found = patiently(patience, async || client.find_customer(by_number).await).await?;
                found.iter().map(|customer| customer.id).min()
            }
            (None, Identity::Email(_) | Identity::Bare(_)) => None,
        };
        let Some(customer) = customer else { continue };
        let tickets = patiently(patience, async || client.tickets_of_customer(customer).await).await?;
        sample.looked_at += 1;
        if let Some(there) = same(&mapped.ticket, &tickets, ledger)? {
            sample.there += 1;
            sample.example.get_or_insert((key, there));
        }
    }
    Ok(sample)
}

/// The ticket among `tickets` that seems to be the same conversation and is none of this ledger's.
pub(super) fn same(
    planned: &MappedTicket,
    tickets: &[wire::TicketListItem],
    ledger: &Ledger,
) -> Result<Option<u64>, LedgerError> {
    for ticket in tickets.iter().filter(|ticket| ticket.trashed_datetime.is_none()) {
        let near = ticket
            .created_datetime
            .is_some_and(|created| created.duration_since(planned.created).abs() <= SAME_WITHIN);
        let key = ticket.external_id.as_deref().and_then(|key| ConversationKey::parse(key).ok());
        let ours = match key {
            Some(key) => ledger.view().ticket(&key)?.is_some(),
            None => false,
        };
        if near && !ours {
            return Ok(Some(ticket.id));
        }
    }
    Ok(None)
}

//! Reading one ticket back with its events: two calls.

use std::sync::Arc;

use jiff::Timestamp;

use crate::gorgias::{CallFailure, EventFilter};
use crate::mapping::MappedTicket;
use crate::upload::Shared;
use crate::upload::job::Job;

use super::compare::{Expected, Oddity, compare, gone};

/// What is to be read back, and what it should be.
#[derive(Clone, Debug)]
pub(in crate::upload) struct ReadBack {
    /// The ticket as it was sent.
    pub(in crate::upload) job: Job,
    /// Its Gorgias id.
    pub(in crate::upload) gorgias_id: u64,
    /// Whether this tool created it, so that all of it is known.
    pub(in crate::upload) ours: bool,
    /// Of a ticket that others write to as well, only what happened since then counts.
    pub(in crate::upload) since: Option<Timestamp>,
}

impl ReadBack {
    /// The ticket as it was sent.
    pub(in crate::upload) fn ticket(&self) -> &Arc<MappedTicket> {
        &self.job.ticket
    }
}

/// Reads the ticket and its events. What is not as it was sent, in words; nothing if all is.
pub(in crate::upload) async fn read_back(
    shared: &Shared,
    read: &ReadBack,
) -> Result<Vec<Oddity>, CallFailure> {
    let ticket = match shared.client.get_ticket(read.gorgias_id).await {
        Ok(ticket) => ticket,
        Err(CallFailure::NotFound) => return Ok(vec![gone()]),
        Err(failure) => return Err(failure),
    };
    let filter = EventFilter {
        object: Some(("Ticket", read.gorgias_id)),
        from: read.since,
        oldest_first: true,
        ..EventFilter::default()
    };
    let events = match shared.client.events(&filter).all().await {
        Ok(events) => events,
        // A login that may not read events can still import; the ticket itself was read. What it does not show is not known.
        Err(
            failure @ (CallFailure::NotFound | CallFailure::Forbidden { .. } | CallFailure::Refused { .. }),
        ) => {
            shared.events_unread(read.ticket().key.as_str(), &failure);
            Vec::new()
        }
        Err(failure) => return Err(failure),
    };
    let expected = Expected { job: &read.job, ours: read.ours, accept: &shared.options.watch.accept };
    Ok(compare(&expected, &ticket, &events))
}

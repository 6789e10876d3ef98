//! What happened to tickets since they were imported: the account's events, read in one go where that is cheaper than
//! ticket by ticket.

use std::collections::HashMap;

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::{SignedDuration, Timestamp};

use super::{Undo, UndoError, failed};
use crate::gorgias::{CallFailure, EventFilter, patiently, wire};
use crate::upload::REBUILT;
use crate::upload::touched::{Seen, WATCHED};

/// Events in one page.
const PAGE: usize = 100;
/// Events that became visible late are read with the next page: so much is read twice.
const OVERLAP: SignedDuration = SignedDuration::from_secs(30);
/// The first write may have been noted by a clock that was a little wrong.
pub(super) const BEFORE: SignedDuration = SignedDuration::from_mins(5);

const WHAT: &str = "read the account's events";

/// The events of tickets.
pub(super) enum History {
    /// Of all tickets of the ledger, by Gorgias id, up to `read_to`.
    Account { by_ticket: HashMap<u64, Vec<Seen>>, read_to: Timestamp },
    /// Asked for ticket by ticket.
    Single,
}

impl History {
    /// Looks at the newest events to see which way is cheaper for so many tickets.
    pub(super) async fn begin(undo: &Undo, tickets: u64) -> Result<Self, UndoError> {
        // A ledger that was made anew does not know when its tickets were created; what people did before it was made
        // anew counts as well.
        if undo.ledger.view().fact(REBUILT)?.is_some() {
            return Ok(Self::Single);
        }
        let Some(first) = undo.ledger.view().first_write()? else { return Ok(Self::Single) };
        let from = Timestamp::from_millisecond(first).unwrap_or_default() + undo.ahead() - BEFORE;
        let filter = EventFilter { types: &WATCHED, from: Some(from), ..EventFilter::default() };
        let newest = patiently(undo.patience, async || undo.client.events(&filter).next_page().await).await;
        let newest = match newest {
            Ok(page) => page.unwrap_or_default(),
            // An account that does not know one of the kinds.
            Err(CallFailure::Refused { .. }) => return Ok(Self::Single),
            Err(CallFailure::Forbidden { .. } | CallFailure::NotFound) => return Err(UndoError::NoEvents),
            Err(failure) => return Err(failed(WHAT)(failure)),
        };
        if pages(&newest, from) > tickets.max(1) {
            return Ok(Self::Single);
        }
        Ok(Self::Account { by_ticket: HashMap::new(), read_to: from + OVERLAP })
    }

    /// The events of these tickets as they are by now.
    pub(super) async fn of(
        &mut self,
        undo: &Undo,
        ids: &[u64],
    ) -> Result<HashMap<u64, Vec<Seen>>, UndoError> {
        match self {
            Self::Account { by_ticket, read_to } => {
                read_on(undo, by_ticket, read_to).await?;
                Ok(ids.iter().filter_map(|id| Some((*id, by_ticket.get(id)?.clone()))).collect())
            }
            Self::Single => {
                let each = ids.iter().map(|id| async move { Ok((*id, single(undo, *id).await?)) });
                stream::iter(each).buffer_unordered(undo.concurrency).try_collect().await
            }
        }
    }
}

/// Pages of events there are since `from`, going by how densely the newest ones lie.
fn pages(newest: &[wire::Event], from: Timestamp) -> u64 {
    let times: Vec<Timestamp> = newest.iter().filter_map(|event| event.created_datetime).collect();
    let (Some(last), Some(first)) = (times.first(), times.last()) else { return 1 };
    if newest.len() < PAGE {
        return 1;
    }
    let seconds = |span: SignedDuration| u64::try_from(span.as_secs()).unwrap_or_default();
    let one = seconds(last.duration_since(*first)).max(1);
    seconds(last.duration_since(from)) / one + 1
}

/// Reads what happened since the last time.
async fn read_on(
    undo: &Undo,
    by_ticket: &mut HashMap<u64, Vec<Seen>>,
    read_to: &mut Timestamp,
) -> Result<(), UndoError> {
    let filter = EventFilter {
        types: &WATCHED,
        from: Some(*read_to - OVERLAP),
        oldest_first: true,
        ..EventFilter::default()
    };
    let mut list = undo.client.events(&filter);
    while let Some(page) = patiently(undo.patience, async || list.next_page().await).await.map_err(refused)? {
        for event in &page {
            let (Some(id), Some(at)) = (event.object_id, event.created_datetime) else { continue };
            *read_to = at.max(*read_to);
            if event.object_type.as_deref() != Some("Ticket") || !undo.own.contains(id) {
                continue;
            }
            if let Some(seen) = Seen::of(event) {
                let events = by_ticket.entry(id).or_default();
                if !events.contains(&seen) {
                    events.push(seen);
                }
            }
        }
    }
    Ok(())
}

async fn single(undo: &Undo, id: u64) -> Result<Vec<Seen>, UndoError> {
    let filter = EventFilter { object: Some(("Ticket", id)), oldest_first: true, ..EventFilter::default() };
    let events = patiently(undo.patience, async || undo.client.events(&filter).all().await).await;
    Ok(events.map_err(refused)?.iter().filter_map(Seen::of).collect())
}

fn refused(failure: CallFailure) -> UndoError {
    match failure {
        CallFailure::Forbidden { .. } | CallFailure::NotFound => UndoError::NoEvents,
        failure => failed(WHAT)(failure),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_density_of_the_newest_events_tells_how_many_there_are() {
        let event = |second: i64| -> wire::Event {
            let at = Timestamp::from_second(second).unwrap().to_string();
            serde_json::from_value(json!({"id": 1, "created_datetime": at})).unwrap()
        };
        let from = Timestamp::from_second(0).unwrap();
        let few: Vec<_> = (0..99).rev().map(|at| event(10_000 + at)).collect();
        assert_eq!(pages(&few, from), 1);
        let dense: Vec<_> = (0..100).rev().map(|at| event(99_901 + at)).collect();
        assert_eq!(pages(&dense, from), 1_011);
        let sparse: Vec<_> = (0..100).rev().map(|at| event(100 + at * 1_000)).collect();
        assert_eq!(pages(&sparse, from), 2);
        assert_eq!(pages(&[], from), 1);
    }
}

//! Deleting from the trash what was moved there: for good, and only what lies there as it was left.

use std::collections::HashSet;

use futures::stream::{self, StreamExt as _};

use super::look::{customer, list};
use super::{Fate, Line, Mode, Reason, Tell, Undo, UndoError, What, failed, tell_noted};
use crate::gorgias::{CallFailure, NotSentKind, back_off, patiently, wire};
use crate::ledger::{Selection, TakenBack};
use crate::upload::TICKET;
use crate::upload::touched::{Known, Touch};

/// Tickets that are deleted after one look at them: few, because one that is taken out of the trash after the look is gone.
pub const AT_ONCE: usize = 10;
/// Tickets that a preview looks at together: as many as one list takes.
const LOOKED_AT_ONCE: usize = 100;
/// Times that a deletion is tried where answers are lost; deleting what is deleted already does no harm.
const ATTEMPTS: u32 = 8;

/// What lies in the trash and how it looks.
struct Found<'a> {
    one: &'a TakenBack,
    customer: Option<u64>,
}

pub(super) async fn purge(
    undo: &Undo,
    selection: &Selection,
    mode: Mode,
    tell: Tell<'_>,
) -> Result<(), UndoError> {
    let all = undo.ledger.view().undone_in_trash(selection)?;
    undo.own.add(all.iter().map(|one| one.gorgias_id.cast_unsigned()));
    let at_once = if mode == Mode::Execute { AT_ONCE } else { LOOKED_AT_ONCE };
    for batch in all.chunks(at_once) {
        if undo.drain.is_cancelled() {
            tell(&batch.iter().map(|one| line(one, Fate::Pending)).collect::<Vec<_>>());
            continue;
        }
        let listed = list(undo, &ids(batch)).await?;
        let mut lines = Vec::with_capacity(batch.len());
        let mut doomed = Vec::new();
        for one in batch {
            let item = listed.get(&one.gorgias_id.cast_unsigned());
            match judge(undo, one, item).await? {
                Fate::Planned if mode == Mode::Execute => {
                    doomed.push(Found { one, customer: item.and_then(customer) });
                }
                Fate::Gone => {
                    if mode == Mode::Execute {
                        drop(undo.ledger.undone_purged(one.gorgias_id, None));
                    }
                    lines.push(line(one, Fate::Gone));
                }
                fate => lines.push(line(one, fate)),
            }
        }
        let stopped = delete(undo, &doomed, &mut lines).await;
        let noted = tell_noted(undo, lines, tell).await;
        stopped.and(noted)?;
    }
    Ok(())
}

fn ids(batch: &[TakenBack]) -> Vec<u64> {
    batch.iter().map(|one| one.gorgias_id.cast_unsigned()).collect()
}

/// What is to become of a ticket; where the list does not tell how many messages it has, or nobody knows how many it had,
/// the ticket itself is read.
async fn judge(undo: &Undo, one: &TakenBack, item: Option<&wire::TicketListItem>) -> Result<Fate, UndoError> {
    let Some(fate) = by_list(one, item) else { return by_itself(undo, one).await };
    Ok(fate)
}

/// Only what lies in the trash with as many messages as it had when it was moved there. Nothing where the list leaves a
/// doubt.
fn by_list(one: &TakenBack, item: Option<&wire::TicketListItem>) -> Option<Fate> {
    let Some(item) = item else { return Some(Fate::Gone) };
    if item.trashed_datetime.is_none() {
        return Some(Fate::Spared(vec![Reason::Restored]));
    }
    match (one.messages, item.messages_count) {
        (Some(then), Some(now)) if then == now => Some(Fate::Planned),
        (Some(_), Some(_)) => Some(Fate::Spared(vec![Reason::Touched(Touch::Message)])),
        _ => None,
    }
}

/// Only what holds messages of the ledger and no others.
async fn by_itself(undo: &Undo, one: &TakenBack) -> Result<Fate, UndoError> {
    let known = Known::of(&undo.ledger.view().messages(one.ticket)?);
    let id = one.gorgias_id.cast_unsigned();
    Ok(match patiently(undo.patience, async || undo.client.get_ticket(id).await).await {
        Ok(ticket) if ticket.trashed_datetime.is_none() => Fate::Spared(vec![Reason::Restored]),
        // Without a list of its messages nobody knows that there is none of the people's.
        Ok(ticket) if ticket.messages.is_empty() => Fate::Spared(vec![Reason::Unreadable]),
        Ok(ticket) if known.strangers(&ticket.messages) > 0 => {
            Fate::Spared(vec![Reason::Touched(Touch::Message)])
        }
        Ok(_) => Fate::Planned,
        Err(CallFailure::NotFound) => Fate::Gone,
        Err(CallFailure::Refused { .. } | CallFailure::Lost { .. }) => Fate::Spared(vec![Reason::Unreadable]),
        Err(failure) => return Err(failed("read a ticket")(failure)),
    })
}

/// Deletes, and reads the list again to prove it.
async fn delete(undo: &Undo, doomed: &[Found<'_>], lines: &mut Vec<Line>) -> Result<(), UndoError> {
    if doomed.is_empty() {
        return Ok(());
    }
    let deletions = doomed.iter().map(|found| TICKET.scope(found.one.ticket, delete_one(undo, found.one)));
    let results: Vec<_> = stream::iter(deletions).buffered(undo.concurrency.max(1)).collect().await;
    let doomed_ids: Vec<u64> = doomed.iter().map(|found| found.one.gorgias_id.cast_unsigned()).collect();
    let left = patiently(undo.patience, async || undo.client.list_tickets(&doomed_ids).await).await;
    let left = left.map_err(failed("list tickets"));
    let left = left.map(|items| items.into_iter().map(|item| item.id).collect::<HashSet<u64>>());
    let mut stopped = Ok(());
    for (Found { one, customer }, result) in doomed.iter().zip(results) {
        let still_there = left.as_ref().map(|left| left.contains(&one.gorgias_id.cast_unsigned()));
        let fate = match (result, still_there) {
            (Ok(true), Ok(false)) => {
                drop(undo.ledger.undone_purged(one.gorgias_id, *customer));
                Fate::Purged
            }
            (Ok(false), _) => Fate::Pending,
            (Ok(true), Ok(true)) => Fate::Unknown("the list still has it".to_owned()),
            (Ok(true), Err(_)) => Fate::Unknown("it could not be read back".to_owned()),
            (Err(error), _) => {
                if stopped.is_ok() {
                    stopped = Err(error);
                }
                Fate::Pending
            }
        };
        lines.push(line(one, fate));
    }
    left?;
    stopped
}

/// False where nothing was sent, because the command is to stop.
async fn delete_one(undo: &Undo, one: &TakenBack) -> Result<bool, UndoError> {
    let mut faults = 0;
    loop {
        if undo.drain.is_cancelled() && faults == 0 {
            return Ok(false);
        }
        let failure = match undo.client.delete_ticket(one.gorgias_id.cast_unsigned()).await {
            Ok(()) | Err(CallFailure::NotFound) => return Ok(true),
            Err(failure) => failure,
        };
        faults += 1;
        match failure {
            CallFailure::NotSent { kind: NotSentKind::Stopped, .. } => return Ok(false),
            CallFailure::NotSent { kind: NotSentKind::Connect, .. }
            | CallFailure::Throttled { .. }
            | CallFailure::Lost { .. }
                if faults < ATTEMPTS => {}
            failure => return Err(failed("delete a ticket")(failure)),
        }
        tokio::time::sleep(back_off(faults, fastrand::f64())).await;
    }
}

fn line(one: &TakenBack, fate: Fate) -> Line {
    Line { what: What::Ticket(one.key.clone()), gorgias_id: Some(one.gorgias_id.cast_unsigned()), fate }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ledger::TicketId;
    use crate::model::key::ConversationKey;

    #[test]
    fn only_what_lies_in_the_trash_as_it_was_left_is_deleted() {
        let key = ConversationKey::parse("zendesk:ticket:1").unwrap();
        let one = |messages| TakenBack {
            gorgias_id: 7,
            ticket: TicketId(1),
            key: key.clone(),
            messages,
            customer: None,
        };
        let item = |trashed: serde_json::Value, messages: Option<u64>| -> wire::TicketListItem {
            let item = json!({"id": 7, "trashed_datetime": trashed, "messages_count": messages});
            serde_json::from_value(item).unwrap()
        };
        let at = || json!("2026-01-01T00:00:00Z");
        let two = one(Some(2));
        let wrote = Some(Fate::Spared(vec![Reason::Touched(Touch::Message)]));
        assert_eq!(by_list(&two, Some(&item(at(), Some(2)))), Some(Fate::Planned));
        assert_eq!(by_list(&two, Some(&item(at(), Some(3)))), wrote);
        let restored = Some(Fate::Spared(vec![Reason::Restored]));
        assert_eq!(by_list(&two, Some(&item(json!(null), Some(2)))), restored);
        assert_eq!(by_list(&two, None), Some(Fate::Gone));
        // Whatever the list leaves open is asked of the ticket.
        assert_eq!(by_list(&two, Some(&item(at(), None))), None);
        assert_eq!(by_list(&one(None), Some(&item(at(), Some(2)))), None);
    }
}

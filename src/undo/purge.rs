//! Deleting from the trash what was moved there: for good, and only what lies there as it was left.

use std::collections::HashSet;

use futures::stream::{self, StreamExt as _};

use super::look::list;
use super::{Fate, Line, Mode, Reason, Tell, Undo, UndoError, failed};
use crate::gorgias::{CallFailure, NotSentKind, back_off, patiently, wire};
use crate::ledger::{Selection, TakenBack};
use crate::upload::TICKET;
use crate::upload::touched::Touch;

/// Tickets that are deleted after one look at them: few, because one that is taken out of the trash after the look is gone.
const AT_ONCE: usize = 10;
/// Times that a deletion is tried where answers are lost; deleting what is deleted already does no harm.
const ATTEMPTS: u32 = 8;

pub(super) async fn purge(
    undo: &Undo,
    selection: &Selection,
    mode: Mode,
    tell: Tell<'_>,
) -> Result<(), UndoError> {
    let all = undo.ledger.view().undone_in_trash(selection)?;
    undo.own.add(all.iter().map(|one| one.gorgias_id.cast_unsigned()));
    for batch in all.chunks(AT_ONCE) {
        if undo.drain.is_cancelled() {
            tell(&batch.iter().map(|one| line(one, Fate::Pending)).collect::<Vec<_>>());
            continue;
        }
        let listed = list(undo, &ids(batch)).await?;
        let mut lines = Vec::with_capacity(batch.len());
        let mut doomed = Vec::new();
        for one in batch {
            match judge(one, listed.get(&one.gorgias_id.cast_unsigned())) {
                Fate::Planned if mode == Mode::Execute => doomed.push(one),
                Fate::Gone => {
                    if mode == Mode::Execute {
                        drop(undo.ledger.undone_purged(one.gorgias_id));
                    }
                    lines.push(line(one, Fate::Gone));
                }
                fate => lines.push(line(one, fate)),
            }
        }
        let stopped = delete(undo, &doomed, &mut lines).await;
        undo.ledger.flush().await?;
        tell(&lines);
        stopped?;
    }
    Ok(())
}

fn ids(batch: &[TakenBack]) -> Vec<u64> {
    batch.iter().map(|one| one.gorgias_id.cast_unsigned()).collect()
}

/// Only what lies in the trash with as many messages as it had when it was moved there.
fn judge(one: &TakenBack, item: Option<&wire::TicketListItem>) -> Fate {
    match item {
        None => Fate::Gone,
        Some(item) if item.trashed_datetime.is_none() => Fate::Spared(vec![Reason::Restored]),
        Some(item) if one.messages.is_some() && item.messages_count != one.messages => {
            Fate::Spared(vec![Reason::Touched(Touch::Message)])
        }
        Some(_) => Fate::Planned,
    }
}

/// Deletes, and reads the list again to prove it.
async fn delete(undo: &Undo, doomed: &[&TakenBack], lines: &mut Vec<Line>) -> Result<(), UndoError> {
    if doomed.is_empty() {
        return Ok(());
    }
    let deletions = doomed.iter().map(|one| TICKET.scope(one.ticket, delete_one(undo, one)));
    let results: Vec<_> = stream::iter(deletions).buffered(undo.concurrency.max(1)).collect().await;
    let doomed_ids: Vec<u64> = doomed.iter().map(|one| one.gorgias_id.cast_unsigned()).collect();
    let left = patiently(undo.patience, async || undo.client.list_tickets(&doomed_ids).await).await;
    let left = left.map_err(failed("list tickets"));
    let left = left.map(|items| items.into_iter().map(|item| item.id).collect::<HashSet<u64>>());
    let mut stopped = Ok(());
    for (one, result) in doomed.iter().zip(results) {
        let still_there = left.as_ref().map(|left| left.contains(&one.gorgias_id.cast_unsigned()));
        let fate = match (result, still_there) {
            (Ok(true), Ok(false)) => {
                drop(undo.ledger.undone_purged(one.gorgias_id));
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
    Line { key: one.key.clone(), gorgias_id: Some(one.gorgias_id.cast_unsigned()), fate }
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
        let one = TakenBack { gorgias_id: 7, ticket: TicketId(1), key, messages: Some(2) };
        let item = |trashed: serde_json::Value, messages: u64| -> wire::TicketListItem {
            let item = json!({"id": 7, "trashed_datetime": trashed, "messages_count": messages});
            serde_json::from_value(item).unwrap()
        };
        let at = json!("2026-01-01T00:00:00Z");
        assert_eq!(judge(&one, Some(&item(at.clone(), 2))), Fate::Planned);
        assert_eq!(judge(&one, Some(&item(at, 3))), Fate::Spared(vec![Reason::Touched(Touch::Message)]));
        assert_eq!(judge(&one, Some(&item(json!(null), 2))), Fate::Spared(vec![Reason::Restored]));
        assert_eq!(judge(&one, None), Fate::Gone);
    }
}

//! Moving tickets to the trash: an intent, one call a ticket, and the account's list to prove it.

use std::collections::HashMap;

use futures::stream::{self, StreamExt as _};

use super::look::{Look, Ready, customer, list, note_gone};
use super::{Fate, Line, Reason, Tell, Undo, UndoError, failed, line, tell_noted};
use crate::gorgias::{CallFailure, NotSentKind, back_off, patiently, wire};
use crate::model::time::now;
use crate::upload::TICKET;
use crate::upload::touched::Touch;

/// Times that a move is tried where answers are lost.
const ATTEMPTS: u32 = 8;

/// What came of one move.
enum Moved {
    /// Gorgias says so.
    Taken(Ready),
    /// People worked at it while it was moved; it is out of the trash again.
    TakenOut(Ready, Vec<Reason>),
    /// It is not there any more.
    Gone(Ready),
    /// Nobody knows.
    Unknown(Ready, String),
    /// Nothing was sent.
    NotStarted(Ready),
    /// Nothing further may be sent.
    Stop(Ready, UndoError),
}

/// Moves what can be moved of a batch and tells what became of all of it.
pub(super) async fn trash(undo: &Undo, looks: Vec<Look>, tell: Tell<'_>) -> Result<(), UndoError> {
    let mut lines = Vec::with_capacity(looks.len());
    let mut ready = Vec::new();
    for look in looks {
        match look {
            Look::Ready(one) => ready.push(one),
            Look::MovedByUs(row, messages, customer) => {
                drop(undo.ledger.ticket_undone(row.id, messages, customer));
                lines.push(line(&row, Fate::Trashed));
            }
            Look::MovedWrongly(row, id, reasons) => {
                let fate = match take_out(undo, id).await {
                    Ok(()) => {
                        drop(undo.ledger.trash_called_off(row.id));
                        Fate::Spared(reasons)
                    }
                    // The intent stays, and with it this look the next time.
                    Err(failure) => Fate::Unknown(format!(
                        "people worked at it, it lies in the trash and could not be taken out: {failure}"
                    )),
                };
                lines.push(line(&row, fate));
            }
            Look::Unread(row, words) => lines.push(line(&row, Fate::Unknown(words))),
            Look::Spared(row, reasons) => lines.push(line(&row, Fate::Spared(reasons))),
            Look::Gone(row) => {
                note_gone(undo, &row);
                lines.push(line(&row, Fate::Gone));
            }
        }
    }
    let intents: Vec<_> = ready.iter().map(|one| (one.row.id, one.gorgias_id.cast_signed())).collect();
    if let Err(error) = undo.ledger.intend_trash(&intents).await {
        lines.extend(ready.iter().map(|one| line(&one.row, Fate::Pending)));
        // The same failure, which the lines show as well.
        drop(tell_noted(undo, lines, tell).await);
        return Err(error.into());
    }
    let moves = ready.into_iter().map(|one| async move {
        let row = one.row.id;
        TICKET.scope(row, move_one(undo, one)).await
    });
    let results: Vec<Moved> = stream::iter(moves).buffer_unordered(undo.concurrency.max(1)).collect().await;
    let stopped = settle_batch(undo, results, &mut lines).await;
    let noted = tell_noted(undo, lines, tell).await;
    stopped.and(noted)
}

/// Notes what came of the moves. The first reason to stop is given back after everything else is noted.
async fn settle_batch(undo: &Undo, moved: Vec<Moved>, lines: &mut Vec<Line>) -> Result<(), UndoError> {
    let mut stopped = Ok(());
    let mut taken = Vec::new();
    let mut not_moved = Vec::new();
    for one in moved {
        match one {
            Moved::Taken(ready) => taken.push(ready),
            Moved::TakenOut(ready, reasons) => not_moved.push((ready, Fate::Spared(reasons))),
            Moved::NotStarted(ready) => not_moved.push((ready, Fate::Pending)),
            Moved::Gone(ready) => {
                note_gone(undo, &ready.row);
                not_moved.push((ready, Fate::Gone));
            }
            // The intent stays: whatever is found in the trash under this id is ours.
            Moved::Unknown(ready, words) => lines.push(line(&ready.row, Fate::Unknown(words))),
            Moved::Stop(ready, error) => {
                lines.push(line(&ready.row, Fate::Pending));
                if stopped.is_ok() {
                    stopped = Err(error);
                }
            }
        }
    }
    for (ready, fate) in not_moved {
        drop(undo.ledger.trash_called_off(ready.row.id));
        lines.push(line(&ready.row, fate));
    }
    note_taken(undo, &taken, lines).await?;
    stopped
}

/// Notes which of the tickets that were moved are where they should be.
async fn note_taken(undo: &Undo, taken: &[Ready], lines: &mut Vec<Line>) -> Result<(), UndoError> {
    let proven = prove(undo, taken).await;
    let mut live = 0;
    for ready in taken {
        let proof = match &proven {
            // Deleted for good is more than moved.
            Ok(proven) => proven.get(&ready.gorgias_id).copied().unwrap_or(Proof::InTrash(None)),
            Err(_) => Proof::None,
        };
        let fate = match proof {
            Proof::InTrash(messages) => {
                drop(undo.ledger.ticket_undone(ready.row.id, messages, customer(&ready.seen)));
                Fate::Trashed
            }
            Proof::Live => {
                live += 1;
                drop(undo.ledger.trash_called_off(ready.row.id));
                Fate::Spared(vec![Reason::Restored])
            }
            Proof::None => Fate::Unknown("it could not be read back".to_owned()),
        };
        lines.push(line(&ready.row, fate));
    }
    if live > 0 && live == taken.len() {
        let words = "it takes the request and does nothing".to_owned();
        return Err(UndoError::NoTrash { words });
    }
    proven.map(|_| ())
}

/// Where the account's list says that a ticket is.
#[derive(Clone, Copy)]
enum Proof {
    InTrash(Option<u64>),
    Live,
    None,
}

/// Reads back where the tickets are: a list, and one by one those that the list, which may be late, still has outside.
async fn prove(undo: &Undo, taken: &[Ready]) -> Result<HashMap<u64, Proof>, UndoError> {
    let ids: Vec<u64> = taken.iter().map(|ready| ready.gorgias_id).collect();
    let mut proven = HashMap::with_capacity(ids.len());
    for (id, item) in list(undo, &ids).await? {
        let proof = match item.trashed_datetime {
            Some(_) => Proof::InTrash(item.messages_count),
            None => match patiently(undo.patience, async || undo.client.get_ticket(id).await).await {
                Ok(ticket) if ticket.trashed_datetime.is_none() => Proof::Live,
                Ok(_) | Err(CallFailure::NotFound) => Proof::InTrash(item.messages_count),
                Err(failure) => return Err(failed("read a ticket")(failure)),
            },
        };
        proven.insert(id, proof);
    }
    Ok(proven)
}

async fn move_one(undo: &Undo, ready: Ready) -> Moved {
    if undo.drain.is_cancelled() {
        return Moved::NotStarted(ready);
    }
    let at = undo.client.server_now().unwrap_or_else(now);
    let update =
        wire::UpdateTicket { trashed_datetime: Some(wire::Change::To(at)), ..wire::UpdateTicket::default() };
    let mut faults = 0;
    loop {
        let failure = match undo.client.update_ticket(ready.gorgias_id, &update).await {
            Ok(ticket) => return taken(undo, ready, &ticket).await,
            Err(failure) => failure,
        };
        faults += 1;
        match failure {
            CallFailure::NotFound => return Moved::Gone(ready),
            CallFailure::Lost { .. } => {
                let read = patiently(undo.patience, async || undo.client.get_ticket(ready.gorgias_id).await);
                match read.await {
                    Ok(ticket) if ticket.trashed_datetime.is_some() => {
                        return taken(undo, ready, &ticket).await;
                    }
                    Ok(_) if faults < ATTEMPTS => {}
                    Ok(_) => return Moved::Unknown(ready, failure.to_string()),
                    Err(CallFailure::NotFound) => return Moved::Gone(ready),
                    Err(failure) => return Moved::Unknown(ready, failure.to_string()),
                }
            }
            CallFailure::NotSent { kind: NotSentKind::Connect, .. } | CallFailure::Throttled { .. }
                if faults < ATTEMPTS => {}
            CallFailure::NotSent { kind: NotSentKind::Stopped, .. } => return Moved::NotStarted(ready),
            CallFailure::Refused { .. } | CallFailure::Conflict { .. } | CallFailure::TooLarge => {
                return Moved::Stop(ready, UndoError::NoTrash { words: failure.to_string() });
            }
            failure => return Moved::Stop(ready, failed("move a ticket to the trash")(failure)),
        }
        tokio::time::sleep(back_off(faults, fastrand::f64())).await;
    }
}

/// Gorgias says that it is in the trash. What the answer shows beyond what was looked at came in between.
async fn taken(undo: &Undo, ready: Ready, ticket: &wire::Ticket) -> Moved {
    let reasons = meanwhile(&ready, ticket);
    if reasons.is_empty() {
        return Moved::Taken(ready);
    }
    match take_out(undo, ready.gorgias_id).await {
        Ok(()) => Moved::TakenOut(ready, reasons),
        Err(CallFailure::NotFound) => Moved::Gone(ready),
        Err(failure) => Moved::Stop(ready, failed("take a ticket out of the trash again")(failure)),
    }
}

/// Takes a ticket out of the trash again.
async fn take_out(undo: &Undo, gorgias_id: u64) -> Result<(), CallFailure> {
    let update =
        wire::UpdateTicket { trashed_datetime: Some(wire::Change::Clear), ..wire::UpdateTicket::default() };
    patiently(undo.patience, async || undo.client.update_ticket(gorgias_id, &update).await).await.map(drop)
}

/// What changed between the look and the move.
fn meanwhile(ready: &Ready, ticket: &wire::Ticket) -> Vec<Reason> {
    let seen = &ready.seen;
    let user = |person: &Option<wire::Person>| person.as_ref().map(|person| person.id);
    let mut touches = Vec::new();
    if ready.known.strangers(&ticket.messages) > 0 {
        touches.push(Touch::Message);
    }
    if ticket.status.is_some() && seen.status != ticket.status {
        touches.push(Touch::Status);
    }
    if user(&seen.assignee_user) != user(&ticket.assignee_user) {
        touches.push(Touch::Assignee);
    }
    if seen.subject != ticket.subject {
        touches.push(Touch::Subject);
    }
    touches.into_iter().map(Reason::Touched).collect()
}

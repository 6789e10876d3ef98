//! Tickets whose creation has an unknown outcome: looked up, and taken back like the others if they are there and ours.

use std::collections::HashMap;

use tokio::time::Instant;

use super::history::History;
use super::look::look;
use super::{Fate, Line, Mode, Reason, Tell, Undo, UndoError, failed, line, trash};
use crate::gorgias::{CallFailure, patiently, wire};
use crate::ledger::{Selection, TicketRow, Which};
use crate::upload::touched::Known;

/// What a look-up by key showed.
enum Found {
    Nothing,
    /// It is there and ours.
    Ours(Box<wire::Ticket>),
    /// Something is there that is not ours, or it is there twice.
    NotOurs,
    /// Only in the trash, and not by this tool.
    InTrash,
}

/// Looks the selection's unknown tickets up. One that is not there may still be created for as long as the window lasts;
/// the process that sent it has ended, because the ledger is ours.
pub(super) async fn settle(
    undo: &Undo,
    selection: &Selection,
    mode: Mode,
    tell: Tell<'_>,
) -> Result<(), UndoError> {
    let until = Instant::now() + undo.settle;
    let unknown: Vec<TicketRow> =
        undo.ledger.view().tickets(selection, Which::Unknown)?.collect::<Result<_, _>>()?;
    if mode == Mode::Preview {
        let words = "its creation is not settled";
        let lines: Vec<Line> = unknown.iter().map(|row| line(row, Fate::Unknown(words.to_owned()))).collect();
        tell(&lines);
        return Ok(());
    }
    let mut absent = Vec::new();
    for row in unknown {
        if !one(undo, &row, tell).await? {
            absent.push(row);
        }
    }
    if absent.is_empty() {
        return Ok(());
    }
    tokio::select! {
        () = undo.drain.cancelled() => {}
        () = tokio::time::sleep_until(until) => {}
    }
    for row in absent {
        if undo.drain.is_cancelled() {
            tell(&[line(&row, Fate::Pending)]);
        } else if !one(undo, &row, tell).await? {
            // It was never created: there is nothing to take back and nothing to tell.
            undo.ledger.ticket_not_there(row.id).await?;
        }
    }
    Ok(())
}

/// Looks one up. False where it is not there.
async fn one(undo: &Undo, row: &TicketRow, tell: Tell<'_>) -> Result<bool, UndoError> {
    let known = Known::of(&undo.ledger.view().messages(row.id)?);
    match find(undo, row, &known).await? {
        Found::Nothing => return Ok(false),
        Found::NotOurs => tell(&[line(row, Fate::Spared(vec![Reason::NotOurs]))]),
        Found::InTrash => tell(&[line(row, Fate::Gone)]),
        Found::Ours(ticket) => {
            let rows = undo.ledger.view().messages(row.id)?;
            let held: Vec<(u32, i64)> = rows
                .iter()
                .filter_map(|row| {
                    let key = row.key.as_str();
                    let held =
                        ticket.messages.iter().find(|held| held.external_id.as_deref() == Some(key))?;
                    Some((row.n, held.id.cast_signed()))
                })
                .collect();
            undo.ledger.ticket_adopted(row.id, ticket.id.cast_signed(), &held, false).await?;
            undo.own.add([ticket.id]);
            if let Some(row) = undo.ledger.view().ticket_by_id(row.id)? {
                // Its events may have been read before anybody knew that it is ours.
                let looks = look(undo, &mut History::Single, vec![row], &HashMap::new()).await?;
                trash::trash(undo, looks, tell).await?;
            }
        }
    }
    Ok(true)
}

async fn find(undo: &Undo, row: &TicketRow, known: &Known) -> Result<Found, UndoError> {
    let key = row.key.as_str();
    let found = patiently(undo.patience, async || undo.client.find_tickets_by_external_id(key).await).await;
    let mut live = Vec::new();
    let mut in_trash = false;
    for item in found.map_err(failed("look a ticket up"))? {
        if item.external_id.as_deref() != Some(key) || undo.ledger.view().is_undone(item.id.cast_signed())? {
            continue;
        }
        match item.trashed_datetime {
            Some(_) => in_trash = true,
            None => live.push(item.id),
        }
    }
    live.sort_unstable();
    live.dedup();
    match live[..] {
        [] if in_trash => Ok(Found::InTrash),
        [] => Ok(Found::Nothing),
        [id] => match patiently(undo.patience, async || undo.client.get_ticket(id).await).await {
            Ok(ticket) if !ticket.messages.is_empty() && known.strangers(&ticket.messages) == 0 => {
                Ok(Found::Ours(Box::new(ticket)))
            }
            Ok(_) => Ok(Found::NotOurs),
            Err(CallFailure::NotFound) => Ok(Found::Nothing),
            Err(failure) => Err(failed("read a ticket")(failure)),
        },
        _ => Ok(Found::NotOurs),
    }
}

//! Looking at a batch of tickets before they are moved: one list of a hundred, the events, and a ticket by itself only
//! where the list leaves a doubt.

use std::collections::HashMap;

use super::history::History;
use super::{Fate, Line, Reason, Undo, UndoError, failed, line};
use crate::gorgias::{CallFailure, Unread, patiently, wire};
use crate::ledger::{PartState, TicketId, TicketRow, TicketState, WriteSpan};
use crate::upload::touched::{Known, Seen, Touch, by_events, without_our_move};

/// What a look at a ticket showed.
#[expect(clippy::large_enum_variant, reason = "most are ready, and a batch is a hundred of them")]
pub(super) enum Look {
    /// Nobody has worked at it.
    Ready(Ready),
    /// An earlier attempt has moved it already; with so many messages, of this customer.
    MovedByUs(TicketRow, Option<u64>, Option<u64>),
    /// An earlier attempt has moved it, and people had worked at it: it has to come out of the trash.
    MovedWrongly(TicketRow, u64, Vec<Reason>),
    /// It stays.
    Spared(TicketRow, Vec<Reason>),
    /// It lies in the trash, moved by an earlier attempt, and cannot be read.
    Unread(TicketRow, String),
    /// Somebody deleted it or moved it to the trash.
    Gone(TicketRow),
}

/// A ticket that can be moved, as it was seen last.
pub(super) struct Ready {
    pub(super) row: TicketRow,
    pub(super) gorgias_id: u64,
    pub(super) seen: wire::TicketListItem,
    pub(super) known: Known,
}

impl Look {
    /// What would become of it.
    pub(super) fn foreseen(self) -> Line {
        match self {
            Self::Ready(ready) => line(&ready.row, Fate::Planned),
            Self::MovedByUs(row, ..) => line(&row, Fate::Planned),
            Self::MovedWrongly(row, _, reasons) | Self::Spared(row, reasons) => {
                line(&row, Fate::Spared(reasons))
            }
            Self::Unread(row, words) => line(&row, Fate::Unknown(words)),
            Self::Gone(row) => line(&row, Fate::Gone),
        }
    }
}

/// Looks at a batch. `intended` are tickets whose move an earlier attempt began, and when.
pub(super) async fn look(
    undo: &Undo,
    history: &mut History,
    batch: Vec<TicketRow>,
    intended: &HashMap<TicketId, i64>,
) -> Result<Vec<Look>, UndoError> {
    let ids: Vec<u64> = batch.iter().filter(|row| is_created(row)).filter_map(id).collect();
    let mut listed = list(undo, &ids).await?;
    // After the list, so that what happened between the two is seen as an event.
    let events = history.of(undo, &ids).await?;
    let rows: Vec<TicketId> = batch.iter().map(|row| row.id).collect();
    let writes = undo.ledger.view().writes(&rows)?;
    let mut looks = Vec::with_capacity(batch.len());
    for row in batch {
        let Some(gorgias_id) = id(&row).filter(|_| is_created(&row)) else {
            looks.push(Look::Spared(row, vec![Reason::WasThere]));
            continue;
        };
        let look = match listed.remove(&gorgias_id) {
            None => Look::Gone(row),
            Some(item) if item.trashed_datetime.is_some() && !intended.contains_key(&row.id) => {
                Look::Gone(row)
            }
            Some(item) => {
                let events = events.get(&gorgias_id).map_or(&[][..], Vec::as_slice);
                let events = match intended.get(&row.id) {
                    Some(at_ms) => without_our_move(events, &undo.hands, *at_ms, undo.ahead()),
                    None => events.to_vec(),
                };
                let writes = writes.get(&row.id).map_or(&[][..], Vec::as_slice);
                if item.trashed_datetime.is_some() {
                    moved(undo, row, &item, &events, writes).await?
                } else {
                    live(undo, row, item, &events, writes).await?
                }
            }
        };
        looks.push(look);
    }
    Ok(looks)
}

/// Those of these tickets that are there, in the trash or not. A list may show a new ticket late, so one that it does not
/// show is asked for by itself.
pub(super) async fn list(undo: &Undo, ids: &[u64]) -> Result<HashMap<u64, wire::TicketListItem>, UndoError> {
    let listed = patiently(undo.patience, async || undo.client.list_tickets(ids).await).await;
    let listed = listed.map_err(failed("list tickets"))?;
    let mut there: HashMap<u64, wire::TicketListItem> =
        listed.into_iter().map(|item| (item.id, item)).collect();
    for id in ids {
        if !there.contains_key(id) {
            match patiently(undo.patience, async || undo.client.get_ticket(*id).await).await {
                Ok(ticket) => drop(there.insert(*id, ticket.into())),
                Err(CallFailure::NotFound) => {}
                Err(failure) => return Err(failed("read a ticket")(failure)),
            }
        }
    }
    Ok(there)
}

/// Whose a ticket is.
pub(super) fn customer(item: &wire::TicketListItem) -> Option<u64> {
    item.customer.as_ref().map(|customer| customer.id)
}

fn id(row: &TicketRow) -> Option<u64> {
    row.gorgias_id.map(i64::cast_unsigned)
}

/// Whether this tool created it; one that the tickets mapping names was there before.
fn is_created(row: &TicketRow) -> bool {
    row.mapped_to.is_none()
}

/// A ticket as it is read by itself.
async fn read(undo: &Undo, id: u64) -> Result<wire::Ticket, Unread> {
    let client = &undo.client;
    let witness = async || client.account().await;
    undo.unread.read(undo.patience, witness, async || client.get_ticket(id).await).await
}

/// A ticket that an earlier attempt moved and did not live to look at again.
async fn moved(
    undo: &Undo,
    row: TicketRow,
    item: &wire::TicketListItem,
    events: &[Seen],
    writes: &[WriteSpan],
) -> Result<Look, UndoError> {
    let mut touches = by_events(events, &undo.hands, writes, undo.ahead());
    let known = Known::of(&undo.ledger.view().messages(row.id)?);
    match read(undo, item.id).await {
        Ok(ticket) if known.strangers(&ticket.messages) > 0 => {
            touches.insert(Touch::Message);
        }
        Ok(_) => {}
        Err(Unread::Call(CallFailure::NotFound)) => return Ok(Look::Gone(row)),
        // One ticket that Gorgias fails at must not keep the others from being taken back.
        Err(Unread::Record(failure)) => return Ok(Look::Unread(row, failure.to_string())),
        Err(Unread::Call(failure)) => return Err(failed("read a ticket")(failure)),
    }
    if touches.is_empty() {
        return Ok(Look::MovedByUs(row, item.messages_count, customer(item)));
    }
    Ok(Look::MovedWrongly(row, item.id, touches.into_iter().map(Reason::Touched).collect()))
}

/// A ticket that is there.
async fn live(
    undo: &Undo,
    row: TicketRow,
    item: wire::TicketListItem,
    events: &[Seen],
    writes: &[WriteSpan],
) -> Result<Look, UndoError> {
    let mut touches = by_events(events, &undo.hands, writes, undo.ahead());
    let messages = undo.ledger.view().messages(row.id)?;
    let known = Known::of(&messages);
    let there = messages.iter().filter(|message| message.state == PartState::Done).count() as u64;
    if item.messages_count == Some(there) {
        undo.unread.readable();
    } else {
        // What the list counts is not documented; the ticket itself tells.
        match read(undo, item.id).await {
            Ok(ticket) if known.strangers(&ticket.messages) > 0 => {
                touches.insert(Touch::Message);
            }
            Ok(_) => {}
            Err(Unread::Call(CallFailure::NotFound)) => return Ok(Look::Gone(row)),
            Err(Unread::Record(_)) => return Ok(Look::Spared(row, vec![Reason::Unreadable])),
            Err(Unread::Call(failure)) => return Err(failed("read a ticket")(failure)),
        }
    }
    if touches.is_empty() {
        return Ok(Look::Ready(Ready { gorgias_id: item.id, row, seen: item, known }));
    }
    Ok(Look::Spared(row, touches.into_iter().map(Reason::Touched).collect()))
}

/// Notes that a ticket is not in Gorgias any more, where the ledger did not know.
pub(super) fn note_gone(undo: &Undo, row: &TicketRow) {
    if matches!(row.state, TicketState::Done | TicketState::Appending) {
        drop(undo.ledger.ticket_gone(row.id));
    }
}

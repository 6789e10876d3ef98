//! A ticket as it is in Gorgias, with all its messages: what is merely not shown must never be taken for not there.

use std::collections::HashSet;

use crate::gorgias::{CallFailure, wire};

use super::Shared;

/// Longest thread that was seen to come whole with its ticket (recorded 2026-08). Gorgias says that all messages are embedded
/// and gives no number to tell by.
const SEEN_WHOLE: usize = 23;

/// Reads a ticket. Where it shows a long thread and none of it has one of these `keys`, the list of its messages has the last
/// word.
pub(super) async fn ticket(
    shared: &Shared,
    id: u64,
    keys: &HashSet<&str>,
) -> Result<wire::Ticket, CallFailure> {
    let mut ticket = shared.client.get_ticket(id).await?;
    let shown: HashSet<&str> =
        ticket.messages.iter().filter_map(|message| message.external_id.as_deref()).collect();
    if ticket.messages.len() >= SEEN_WHOLE && !keys.is_subset(&shown) {
        let listed = shared.client.messages_of(id).all().await?;
        if listed.len() > ticket.messages.len() {
            ticket.messages = listed;
        }
    }
    Ok(ticket)
}

//! Messages without ids in one export and with ids in another: which are the same. Pairs are found by traces; what is
//! not certain is left for a conflict.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};

use super::address::AddressHasher;
use super::column::stored_id;
use super::register::kind;
use super::registrar::{RegisteredMessage, Registration};
use super::row::MessageRow;
use super::writer::Work;
use super::{LedgerError, TicketId, TicketRow};
use crate::model::key::ConversationKey;
use crate::model::trace::Trace;

/// A trace as the ledger stores it.
pub(super) type StoredTrace = [u8; 8];

/// The keyed hash of a trace.
pub(super) fn stored(hasher: &AddressHasher, trace: &Trace) -> StoredTrace {
    let mut bytes = [0; 24];
    bytes[..16].copy_from_slice(&trace.what);
    bytes[16..].copy_from_slice(&trace.second.to_le_bytes());
    hasher.short("trace", &bytes)
}

/// A message as known and as given: number in the ledger, place in the list.
type Pair = (u32, usize);

/// Joins messages of a ticket that stand against each other. Known messages whose keys were made by rule take the keys
/// that the export gives them; given ones whose keys were made by rule are known under their real keys. What comes
/// back is the list of given messages under the keys that the ledger has now. `former` is the key that the ticket had
/// before this registration.
pub(super) fn join(
    work: &Work<'_>,
    hasher: &AddressHasher,
    ticket: TicketId,
    former: &ConversationKey,
    rows: &[MessageRow],
    registration: &Registration,
) -> Result<Vec<RegisteredMessage>, LedgerError> {
    let traces = traces(work.connection, ticket)?;
    let mut given = registration.messages.clone();
    for (n, place) in pairs(hasher, &traces, former, rows, registration) {
        let Some(row) = rows.iter().find(|row| row.n == n) else { continue };
        if row.synthetic {
            take_key(work, ticket, n, &registration.key, &given[place])?;
        } else {
            let (key, fingerprint) = (row.key.clone(), row.fingerprint);
            given[place] = RegisteredMessage { key, fingerprint, synthetic: false, ..given[place].clone() };
        }
    }
    Ok(given)
}

/// The list of given messages under the keys that [`join`] would leave in the ledger, with nothing written.
pub(super) fn foresee(
    connection: &Connection,
    hasher: &AddressHasher,
    row: &TicketRow,
    rows: &[MessageRow],
    registration: &Registration,
) -> Result<Vec<RegisteredMessage>, LedgerError> {
    let traces = traces(connection, row.id)?;
    let mut given = registration.messages.clone();
    for (n, place) in pairs(hasher, &traces, &row.key, rows, registration) {
        let Some(known) = rows.iter().find(|known| known.n == n) else { continue };
        let (key, fingerprint, synthetic) = (known.key.clone(), known.fingerprint, known.synthetic);
        given[place] = RegisteredMessage { key, fingerprint, synthetic, ..given[place].clone() };
    }
    Ok(given)
}

/// The pairs of which there can be no doubt: each of the two fits nothing else.
fn pairs(
    hasher: &AddressHasher,
    traces: &HashMap<u32, StoredTrace>,
    former: &ConversationKey,
    rows: &[MessageRow],
    registration: &Registration,
) -> Vec<Pair> {
    let given_keys: HashSet<_> = registration.messages.iter().map(|message| &message.key).collect();
    let known_keys: HashSet<_> = rows.iter().map(|row| &row.key).collect();
    let missing: Vec<&MessageRow> = rows.iter().filter(|row| !given_keys.contains(&row.key)).collect();
    let mut fits: Vec<Pair> = Vec::new();
    for (place, message) in registration.messages.iter().enumerate() {
        if known_keys.contains(&message.key) {
            continue;
        }
        let wanted = near(hasher, &message.trace);
        let is_itself = message.key.as_str() == registration.key.as_str();
        for row in missing.iter().filter(|row| row.synthetic || message.synthetic) {
            let was_itself = row.key.as_str() == former.as_str();
            let by_trace = traces.get(&row.n).is_some_and(|trace| wanted.contains(trace));
            if (is_itself && was_itself) || (by_trace && is_itself == was_itself) {
                fits.push((row.n, place));
            }
        }
    }
    let certain =
        |pair: &&Pair| fits.iter().filter(|other| other.0 == pair.0 || other.1 == pair.1).count() == 1;
    fits.iter().filter(certain).copied().collect()
}

/// What the trace may look like in another export.
fn near(hasher: &AddressHasher, trace: &Trace) -> Vec<StoredTrace> {
    let slack = if trace.second == 0 { 0 } else { Trace::SLACK };
    let shifted = |by| stored(hasher, &Trace { second: trace.second + by, ..*trace });
    (-slack..=slack).map(shifted).collect()
}

fn traces(connection: &Connection, ticket: TicketId) -> Result<HashMap<u32, StoredTrace>, LedgerError> {
    let sql = "SELECT n, trace FROM message WHERE ticket = ?1 AND trace IS NOT NULL";
    let mut select = connection.prepare_cached(sql)?;
    let rows = select.query_map([ticket.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives a known message the key and the content that the export has for it. Nothing is sent.
fn take_key(
    work: &Work<'_>,
    ticket: TicketId,
    n: u32,
    key: &ConversationKey,
    given: &RegisteredMessage,
) -> Result<(), LedgerError> {
    let (kind, id) = (kind(work, key, &given.key)?, stored_id(&given.key));
    work.connection
        .prepare_cached(
            "UPDATE message SET kind = ?3, id = ?4, fingerprint = ?5, synthetic = ?6 WHERE ticket = ?1 AND n = ?2",
        )?
        .execute(params![ticket.0, n, kind, id, given.fingerprint.0, given.synthetic])?;
    Ok(())
}

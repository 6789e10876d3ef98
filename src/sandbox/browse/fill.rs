//! From the store's changes to the index.

use rusqlite::{Connection, params};

use super::{odd, remarks};
use crate::sandbox::account::Account;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::customers;
use crate::sandbox::store::messages::{self, Message, Order, Person};
use crate::sandbox::store::tickets::{self, Ticket};
use crate::sandbox::wire::People;

/// Bytes of text that are indexed of one ticket.
const TEXT_MAX: usize = 256 * 1024;

/// The last change that is in the index.
pub(super) fn position(db: &Connection) -> Result<i64, ApiError> {
    Ok(db.prepare_cached("SELECT seq FROM position")?.query_row([], |row| row.get(0))?)
}

/// How many changes are not in the index.
pub(super) fn behind(db: &Connection) -> Result<u64, ApiError> {
    let sql = "SELECT coalesce(max(seq), 0) - (SELECT seq FROM position) FROM store.changes";
    let behind: i64 = db.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(u64::try_from(behind).unwrap_or(0))
}

/// Takes so many changes in, or all that there are, and says how many.
pub(super) fn some(db: &mut Connection, account: &Account, most: u32) -> Result<u64, ApiError> {
    let tx = db.transaction()?;
    let from = position(&tx)?;
    let changed: Vec<(i64, i64)> = tx
        .prepare_cached("SELECT seq, ticket_id FROM store.changes WHERE seq > ?1 ORDER BY seq LIMIT ?2")?
        .query_map([from, i64::from(most)], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let Some((last, _)) = changed.last().copied() else { return Ok(0) };
    let mut ids: Vec<i64> = changed.iter().map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = People::new(&tx, account);
    for id in ids {
        forget(&tx, id)?;
        if let Some(ticket) = tickets::get(&tx, id)? {
            take(&people, &ticket)?;
        }
    }
    tx.prepare_cached("UPDATE position SET seq = ?1")?.execute([last])?;
    drop(people);
    tx.commit()?;
    Ok(u64::try_from(last - from).unwrap_or(0))
}

fn forget(db: &Connection, id: i64) -> Result<(), ApiError> {
    // A ticket that has no entry has nothing else either, and most are new.
    if db.prepare_cached("DELETE FROM entry WHERE id = ?1")?.execute([id])? > 0 {
        for sql in ["DELETE FROM remark WHERE ticket = ?1", "DELETE FROM words WHERE rowid = ?1"] {
            db.prepare_cached(sql)?.execute([id])?;
        }
    }
    Ok(())
}

fn take(people: &People, ticket: &Ticket) -> Result<(), ApiError> {
    let db = people.db;
    let messages = messages::of_ticket(db, ticket.id, Order::Created)?;
    let remarks = remarks::hang(db, ticket, &messages)?;
    let oddness = odd::judge(ticket, &messages, remarks);
    let status = if ticket.trashed.is_some() { "trash" } else { ticket.doc.status.as_str() };
    let sql = "INSERT INTO entry (id, at, channel, status, agent, customer, odd, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.prepare_cached(sql)?.execute(params![
        ticket.id,
        ticket.doc.last_message.unwrap_or(ticket.created).micros(),
        ticket.doc.channel,
        status,
        ticket.doc.assignee_user,
        ticket.customer_id,
        oddness.score,
        oddness.why,
    ])?;
    let text = text(people, ticket, &messages)?;
    db.prepare_cached("INSERT INTO words (rowid, text) VALUES (?1, ?2)")?
        .execute(params![ticket.id, text])?;
    Ok(())
}

/// Everything of a ticket that a search may hit.
fn text(people: &People, ticket: &Ticket, messages: &[Message]) -> Result<String, ApiError> {
    let mut text = format!("{} ", ticket.id);
    let mut add = |part: Option<&str>| {
        let part = part.unwrap_or_default();
        let room = TEXT_MAX.saturating_sub(text.len()).min(part.len());
        text.push_str(&part[..part.floor_char_boundary(room)]);
        text.push('\n');
    };
    add(ticket.external_id.as_deref());
    add(ticket.doc.subject.as_deref());
    let customer = people.get(Person::Customer(ticket.customer_id))?;
    add(customer.as_ref().and_then(|customer| customer.name.as_deref()));
    for channel in customers::channels(people.db, ticket.customer_id)? {
        add(Some(&channel.address));
    }
    for message in messages {
        add(message.doc.external_id.as_deref());
        match (&message.doc.body_text, &message.doc.body_html) {
            (Some(body), _) => add(Some(body)),
            (None, html) => add(html.as_deref()),
        }
        for file in &message.doc.attachments {
            add(Some(&file.name));
        }
    }
    Ok(text)
}

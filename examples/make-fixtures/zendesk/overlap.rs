//! Tickets that are in both exports, in two states. The newer state wins; comments are joined by id.

use std::collections::BTreeMap;

use serde_json::json;

use super::desk::{Desk, Fate, Planned};
use super::talk::seconds;
use crate::shop::markup;
use crate::shop::wire::{Ticket, time};

/// Everyday tickets that grew between the two exports.
const GROWN: usize = 8;

/// The two states of one ticket.
pub(super) struct Copies {
    pub(super) newer: Ticket,
    pub(super) older: Ticket,
}

/// Picks the tickets that are in both exports and makes their older states, by ticket number.
pub(super) fn choose(desk: &mut Desk) -> BTreeMap<u64, Copies> {
    let mut copies = BTreeMap::new();
    let everyday: Vec<u64> =
        desk.tickets.iter().filter(|t| comments(t) >= 4).map(|t| t.wire.id).take(120).collect();
    for index in 0..GROWN {
        let id = everyday[index * 13];
        copies.insert(id, with(desk, id, grown));
    }
    let names = ["copy-grown-1", "copy-grown-2", "copy-grown-3"];
    for (name, id) in names.into_iter().zip(copies.keys().copied().collect::<Vec<_>>()) {
        desk.case(name, id);
    }
    let special: [(&'static str, Make); 3] =
        [("copy-oversize", oversize), ("copy-system-change", system_change), ("copy-identical", identical)];
    for (index, (name, make)) in special.into_iter().enumerate() {
        let id = everyday[index * 7 + 4];
        assert!(!copies.contains_key(&id), "ticket {id} is in both exports already");
        desk.case(name, id);
        copies.insert(id, with(desk, id, make));
    }
    let edited = number(desk, "redacted");
    copies.insert(edited, with(desk, edited, before_redaction));
    let deleted = number(desk, "deleted");
    copies.insert(deleted, with(desk, deleted, before_deletion));
    copies
}

type Make = fn(&Planned) -> Copies;

fn with(desk: &Desk, id: u64, make: Make) -> Copies {
    make(desk.tickets.iter().find(|t| t.wire.id == id).expect("the number is of a ticket of this desk"))
}

fn number(desk: &Desk, case: &str) -> u64 {
    desk.cases[case].rsplit(':').next().and_then(|id| id.parse().ok()).expect("keys end with the number")
}

fn comments(planned: &Planned) -> usize {
    match planned.fate {
        Fate::Imported(_) => planned.wire.comments.as_ref().map_or(0, Vec::len),
        Fate::LeftOut(_) => 0,
    }
}

/// The older state had but the first two comments.
fn grown(planned: &Planned) -> Copies {
    let newer = planned.wire.clone();
    let mut older = newer.clone();
    if let Some(comments) = &mut older.comments {
        comments.truncate(2);
        older.updated_at = comments.iter().map(|c| c.created_at.clone()).max().unwrap_or(older.updated_at);
    }
    older.generated_timestamp = seconds(&older.updated_at) + 2;
    older.status = "open";
    older.satisfaction_rating = json!({"score": "unoffered"});
    Copies { newer, older }
}

/// The newer state is too large for the export, which leaves its comments out; the older one still has them.
fn oversize(planned: &Planned) -> Copies {
    let older = planned.wire.clone();
    let mut newer = older.clone();
    newer.comments = None;
    later(&mut newer, 3_600);
    Copies { newer, older }
}

/// The system closed the ticket: only `generated_timestamp` moved.
fn system_change(planned: &Planned) -> Copies {
    let newer = planned.wire.clone();
    let mut older = newer.clone();
    older.status = "solved";
    let mut newer = newer;
    newer.generated_timestamp += 4 * 86_400;
    Copies { newer, older }
}

/// Both exports have the very same state.
fn identical(planned: &Planned) -> Copies {
    Copies { newer: planned.wire.clone(), older: planned.wire.clone() }
}

/// The older state still has the words that were redacted.
fn before_redaction(planned: &Planned) -> Copies {
    let mut older = planned.wire.clone();
    let mut newer = older.clone();
    for comment in older.comments.iter_mut().flatten() {
        comment.body = comment.body.replace(&"▇".repeat(16), "4000 0000 0000 0002");
        comment.html_body = markup::wrapped(&markup::paragraphs(&comment.body));
        comment.plain_body = Some(markup::plain(&comment.body));
    }
    older.description = older.comments.as_ref().and_then(|c| c.first()).map(|c| format!("{}\n", c.body));
    later(&mut newer, 600);
    Copies { newer, older }
}

/// The older state is from before the deletion.
fn before_deletion(planned: &Planned) -> Copies {
    let mut older = planned.wire.clone();
    let mut newer = older.clone();
    older.status = "open";
    later(&mut newer, 86_400);
    Copies { newer, older }
}

fn later(ticket: &mut Ticket, by: i64) {
    let updated = seconds(&ticket.updated_at) + by;
    let at = jiff::Timestamp::from_second(updated).expect("a time of this century");
    ticket.updated_at = time(at);
    ticket.generated_timestamp = updated + 2;
}

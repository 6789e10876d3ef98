//! Records of one ticket to one conversation: a pure function, so that it can run on any thread and gives the same
//! whatever the order of the files.

use super::accounts;
use super::completeness;
use super::description;
use super::enrich::Aside;
use super::facts;
use super::gather::Gathered;
use super::join::Row;
use super::loose::Integer;
use super::message::{Built, Context, Notes, Scene, Source};
use super::nameless::Nameless;
use super::quick;
use super::recognise::Kind;
use super::ticket::Ticket;
use super::unite::Placed;
use crate::model::conversation::Message;
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::ConversationKey;
use crate::source::Record;

/// A ticket that is whole in one record.
pub(super) fn single(
    context: &Context<'_>,
    mut ticket: Box<Ticket<'_>>,
    place: &Place,
    repaired: usize,
) -> Record {
    let mut gathered = Gathered::default();
    gathered.inside(&mut ticket, context, place);
    gathered.settle();
    conversation(context, &ticket, &gathered, place, repaired)
}

/// A ticket from all its records. Older copies are left out, one record each; records that cannot be parsed were
/// parsed once before and do not occur.
pub(super) fn joined(context: &Context<'_>, rows: &[Row]) -> Vec<Record> {
    let mut copies: Vec<(Box<Ticket<'_>>, &Row)> = rows
        .iter()
        .filter(|row| row.kind == Kind::Ticket)
        .filter_map(|row| Some((quick::read::<Box<Ticket<'_>>>(&row.bytes).ok()?, row)))
        .collect();
    // The newest first; of two of one time the text decides, so that the order of the files does not.
    copies.sort_by(|(a, a_row), (b, b_row)| {
        b.stamp()
            .cmp(&a.stamp())
            .then_with(|| b_row.bytes.cmp(&a_row.bytes))
            .then_with(|| (&a_row.place.file, a_row.place.byte).cmp(&(&b_row.place.file, b_row.place.byte)))
    });
    if let Some(finding) = accounts::of_two(context.source, &copies) {
        return vec![Record::Rejected(finding)];
    }
    let mut gathered = Gathered::default();
    for (ticket, row) in &mut copies {
        gathered.inside(ticket, context, &row.place);
    }
    gathered.beside(rows, context);
    gathered.settle();
    let repaired = rows.iter().map(|row| row.repaired).sum();
    let aside = Aside::of(rows);
    let Some(((newest, row), older)) = copies.split_first_mut() else {
        let record = aside.and_then(Aside::into_record);
        let record =
            record.map(|(ticket, place)| conversation(context, &ticket, &gathered, &place, repaired));
        return record.into_iter().collect();
    };
    for (ticket, _) in older.iter_mut() {
        description::redact(newest, ticket);
    }
    if let Some(aside) = aside {
        aside.complete(newest);
    }
    let mut records = vec![conversation(context, newest, &gathered, &row.place, repaired)];
    for (ticket, row) in older {
        let key = ConversationKey::new(context.source, "ticket", ticket.id.known().unwrap_or_default());
        records.push(Record::Remark(Finding::new(Code::OlderCopy, key, &row.place)));
    }
    records
}

fn conversation(
    context: &Context<'_>,
    ticket: &Ticket<'_>,
    gathered: &Gathered<'_>,
    place: &Place,
    repaired: usize,
) -> Record {
    let Integer::Known(id) = ticket.id else {
        return Record::LeftOut(Finding::at(Code::BadId, &place.at_field("id")));
    };
    let key = ConversationKey::new(context.source, "ticket", id);
    if ticket.is_deleted() {
        return Record::LeftOut(Finding::new(Code::DeletedTicket, &key, place));
    }
    if ticket.requester_id == Integer::Bad {
        return Record::LeftOut(Finding::new(Code::BadId, &key, &place.at_field("requester_id")));
    }
    let scene = Scene::new(context, ticket, key);
    let mut notes = remarks(&scene, gathered, place, repaired);
    let comments = gathered.comments_of(&scene, &mut notes);
    let merges = facts::Merges::of(ticket, comments.iter().map(|one| &*one.comment));
    let Told { mut messages, mut rejected } = told(&scene, gathered, &comments, &mut notes);
    let has_no_comments = comments.is_empty() && gathered.has_no_chat();
    if has_no_comments || (messages.is_empty() && rejected.is_empty()) {
        match description::message(&scene, gathered, place, &mut notes) {
            Some(Ok(message)) => messages.insert(0, message),
            Some(Err(finding)) => rejected.push(*finding),
            None if messages.is_empty() && rejected.is_empty() => {
                return Record::LeftOut(Finding::new(Code::EmptyTicket, &scene.key, place));
            }
            None => {}
        }
    }
    if was_deleted_since(context, ticket, id, &messages) {
        return Record::LeftOut(
            Finding::new(Code::DeletedTicket, &scene.key, place)
                .with_detail("after this copy of it was made"),
        );
    }
    if messages.is_empty() {
        let first = rejected.swap_remove(0);
        let detail = format!("none of its {} messages can be imported", rejected.len() + 1);
        let at = first.place.as_ref().unwrap_or(place);
        return Record::Rejected(Finding::new(first.code, &scene.key, at).with_detail(detail));
    }
    completeness::remark(&scene, &comments, gathered, place, &mut notes);
    // Stable: several comments in one second are common, and ids are not in the order of time.
    messages.sort_by_key(|message: &Message| message.sent_at);
    Record::Conversation {
        conversation: Box::new(facts::conversation(&scene, messages, place, notes.calls, &merges)),
        findings: notes.findings,
        rejected_messages: rejected,
    }
}

/// True if the list of deleted tickets has a deletion that is later than all that this copy knows of: the shop wants the
/// ticket gone. A copy that is newer was restored. Without a time on both sides this cannot be told, and the ticket
/// stays, with the finding that it is in that list (reference 3.4).
fn was_deleted_since(context: &Context<'_>, ticket: &Ticket<'_>, id: i64, messages: &[Message]) -> bool {
    context.index.deleted_at(id).is_some_and(|deleted| {
        ticket.is_older_than(deleted) && messages.iter().all(|message| message.sent_at.timestamp() < deleted)
    })
}

/// What there is to say of the ticket before any of its messages.
fn remarks(scene: &Scene<'_, '_>, gathered: &Gathered<'_>, place: &Place, repaired: usize) -> Notes {
    let mut notes = Notes::default();
    if repaired > 0 {
        let finding = Finding::new(Code::RepairedText, &scene.key, place);
        notes.findings.push(finding.with_detail(format!("{repaired} replaced")));
    }
    let id = scene.ticket.id.known();
    let notices =
        [(Kind::OversizeNotice, Code::OversizeNotice), (Kind::DeletedNotice, Code::DeletedButThere)];
    for (kind, code) in notices {
        if id.is_some_and(|id| scene.context.index.has_notice(kind, id)) {
            notes.findings.push(Finding::new(code, &scene.key, place));
        }
    }
    for place in gathered.contradicted() {
        notes.findings.push(Finding::new(Code::PrivacyContradicted, &scene.key, place));
    }
    notes
}

/// The messages of a ticket, and what cannot be one.
struct Told {
    messages: Vec<Message>,
    rejected: Vec<Finding>,
}

fn told(scene: &Scene<'_, '_>, gathered: &Gathered<'_>, comments: &[&Placed<'_>], notes: &mut Notes) -> Told {
    let mut told = Told { messages: Vec::with_capacity(comments.len()), rejected: Vec::new() };
    let mut take = |built: Built, notes: &mut Notes| match built {
        Built::Message(message) => told.messages.push(*message),
        Built::Rejected(finding) => told.rejected.push(finding),
        Built::LeftOut(finding) => notes.findings.push(finding),
    };
    let mut nameless = Nameless::default();
    for (position, Placed { comment, place, .. }) in comments.iter().enumerate() {
        let name = nameless.name(comment);
        let built = scene.message(&Source { comment, position, name, place }, notes);
        take(built, notes);
    }
    for extra in &gathered.extras {
        let built = scene.extra(extra, notes);
        take(built, notes);
    }
    told
}

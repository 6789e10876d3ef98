//! Records of one ticket to one conversation: a pure function, so that it can run on any thread and gives the same
//! whatever the order of the files.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::audit::{Audit, trust};
use super::comment::Comment;
use super::facts;
use super::join::Row;
use super::loose::{Integer, LateText, Text};
use super::message::{Built, Context, Notes, Scene, Source};
use super::recognise::Kind;
use super::ticket::Ticket;
use crate::model::body::Body;
use crate::model::conversation::{Message, Route, Side};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::{ConversationKey, MessageKey};
use crate::model::time::parse_rfc3339;
use crate::source::Record;

/// A comment and the place of the record that it was found in.
type Placed<'a> = (Comment<'a>, Place);

/// A ticket that is whole in one record.
pub(super) fn single(
    context: &Context<'_>,
    mut ticket: Ticket<'_>,
    place: &Place,
    repaired: usize,
) -> Record {
    let comments = std::mem::take(&mut ticket.comments).0.into_iter().filter_map(|comment| comment.0);
    let comments = united(comments.map(|comment| (comment, place.clone())));
    conversation(context, &ticket, &comments, place, repaired)
}

/// A ticket from all its records. Older copies are left out, one record each; records that cannot be parsed were
/// parsed once before and do not occur.
pub(super) fn joined(context: &Context<'_>, rows: &[Row]) -> Vec<Record> {
    let mut copies: Vec<(Ticket<'_>, &Row)> = rows
        .iter()
        .filter(|row| row.kind == Kind::Ticket)
        .filter_map(|row| Some((serde_json::from_slice::<Ticket<'_>>(&row.bytes).ok()?, row)))
        .collect();
    // The newest first; of two of one time the text decides, so that the order of the files does not.
    copies.sort_by(|(a, a_row), (b, b_row)| {
        b.stamp()
            .cmp(&a.stamp())
            .then_with(|| b_row.bytes.cmp(&a_row.bytes))
            .then_with(|| (&a_row.place.file, a_row.place.byte).cmp(&(&b_row.place.file, b_row.place.byte)))
    });
    let mut comments: Vec<Placed<'_>> = Vec::new();
    for (ticket, row) in &mut copies {
        let own = std::mem::take(&mut ticket.comments).0.into_iter().filter_map(|comment| comment.0);
        comments.extend(own.map(|comment| (comment, row.place.clone())));
    }
    comments.extend(apart(rows));
    let Some(((newest, row), older)) = copies.split_first() else { return Vec::new() };
    let repaired = rows.iter().map(|row| row.repaired).sum();
    let mut records = vec![conversation(context, newest, &united(comments), &row.place, repaired)];
    for (ticket, row) in older {
        let key = ConversationKey::new(context.source, "ticket", ticket.id.known().unwrap_or_default());
        records.push(Record::Remark(Finding::new(Code::OlderCopy, key, &row.place)));
    }
    records
}

/// The comments that lie outside the ticket's record, the most trusted copy of each, in the order of their times.
fn apart(rows: &[Row]) -> Vec<Placed<'_>> {
    // By content, so that where two copies contradict each other the order of the files decides nothing.
    let mut rows: Vec<&Row> = rows.iter().filter(|row| row.kind != Kind::Ticket).collect();
    rows.sort_by(|a, b| a.bytes.cmp(&b.bytes));
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut privacy: Vec<(Option<Timestamp>, i64, bool)> = Vec::new();
    for same in rows.chunk_by(|a, b| a.bytes == b.bytes) {
        let rank = found.len();
        for row in same {
            let mut take =
                |comment| found.push(Found { trust: trust(row.kind), rank, comment, place: &row.place });
            if row.kind == Kind::Comment {
                serde_json::from_slice::<Comment<'_>>(&row.bytes).into_iter().for_each(&mut take);
            } else if let Ok(audit) = serde_json::from_slice::<Audit<'_>>(&row.bytes) {
                let at = audit.created_at.get().and_then(parse_rfc3339);
                let told = audit.told();
                privacy.extend(told.privacy.into_iter().map(|(comment, public)| (at, comment, public)));
                told.comments.into_iter().for_each(&mut take);
            }
        }
    }
    // An audit shows a comment as it was made; a later change of privacy is another event, and the last one counts.
    // Comments themselves show the outcome.
    privacy.sort_by_key(|(at, ..)| *at);
    let privacy: HashMap<i64, bool> =
        privacy.into_iter().map(|(_, comment, public)| (comment, public)).collect();
    for Found { trust: trust_of, comment, .. } in &mut found {
        if let Some(public) = comment.id.known().and_then(|id| privacy.get(&id))
            && *trust_of < trust(Kind::Comment)
        {
            comment.public.0 = Some(*public);
        }
    }
    in_order(found)
}

/// A comment of a record that lies apart.
struct Found<'a> {
    trust: u8,
    /// The place of its record among all by content; equal records have the same.
    rank: usize,
    comment: Comment<'a>,
    place: &'a Place,
}

impl Found<'_> {
    fn at(&self) -> (Option<Timestamp>, Option<i64>) {
        (self.comment.created_at.get().and_then(parse_rfc3339), self.comment.id.known())
    }
}

/// Every comment once, in the order of time. Of several in one second a file shows the order and their ids do not
/// (reference 3.2); files follow each other as their first comments do, because their names mean nothing.
fn in_order(mut found: Vec<Found<'_>>) -> Vec<Placed<'_>> {
    let mut starts: HashMap<Arc<str>, (Option<Timestamp>, Option<i64>)> = HashMap::new();
    for one in &found {
        let start = starts.entry(Arc::clone(&one.place.file)).or_insert_with(|| one.at());
        *start = one.at().min(*start);
    }
    found.sort_by_key(|one| (Reverse(one.trust), one.rank, starts[&one.place.file], one.place.byte));
    let mut once = united(found.into_iter().map(|one| (one.comment, one.place.clone())));
    once.sort_by_cached_key(|(comment, place)| {
        let at = comment.created_at.get().and_then(parse_rfc3339);
        (at, starts[&place.file], place.byte)
    });
    once
}

/// Every comment once, the first of those that are the same: by id, or where a dump has no ids by author, time and text.
fn united<'a>(comments: impl IntoIterator<Item = Placed<'a>>) -> Vec<Placed<'a>> {
    let mut ids = HashSet::new();
    let mut facts = HashSet::new();
    let mut is_new = |comment: &Comment<'_>| match comment.id.known() {
        Some(id) => ids.insert(id),
        None => facts.insert(
            [comment.created_at.get(), comment.body.get(), comment.html_body.get()]
                .map(|fact| fact.map(str::to_owned))
                .into_iter()
                .chain([comment.author_id.known().map(|id| id.to_string())])
                .collect::<Vec<_>>(),
        ),
    };
    comments.into_iter().filter(|(comment, _)| is_new(comment)).collect()
}

fn conversation(
    context: &Context<'_>,
    ticket: &Ticket<'_>,
    comments: &[Placed<'_>],
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
    let mut notes = Notes::default();
    if repaired > 0 {
        let finding = Finding::new(Code::RepairedText, &scene.key, place);
        notes.findings.push(finding.with_detail(format!("{repaired} replaced")));
    }
    if context.index.is_oversize(id) {
        notes.findings.push(Finding::new(Code::OversizeNotice, &scene.key, place));
    }
    let merges = facts::Merges::of(ticket, comments.iter().map(|(comment, _)| comment));
    let mut messages = Vec::with_capacity(comments.len());
    let mut rejected = Vec::new();
    for (position, (comment, place)) in comments.iter().enumerate() {
        match scene.message(&Source { comment, position, place }, &mut notes) {
            Built::Message(message) => messages.push(*message),
            Built::Rejected(finding) => rejected.push(finding),
            Built::LeftOut(finding) => notes.findings.push(finding),
        }
    }
    if messages.is_empty() && rejected.is_empty() {
        match described(&scene, comments.is_empty(), place, &mut notes) {
            Some(Ok(message)) => messages.push(message),
            Some(Err(finding)) => rejected.push(*finding),
            None => return Record::LeftOut(Finding::new(Code::EmptyTicket, &scene.key, place)),
        }
    }
    if messages.is_empty() {
        let first = rejected.swap_remove(0);
        let detail = format!("none of its {} messages can be imported", rejected.len() + 1);
        let at = first.place.as_ref().unwrap_or(place);
        return Record::Rejected(Finding::new(first.code, &scene.key, at).with_detail(detail));
    }
    // Stable: several comments in one second are common, and ids are not in the order of time.
    messages.sort_by_key(|message: &Message| message.sent_at);
    Record::Conversation {
        conversation: Box::new(facts::conversation(&scene, messages, place, notes.calls, &merges)),
        findings: notes.findings,
        rejected_messages: rejected,
    }
}

/// The description as a message, where no file has a comment of the ticket.
fn described(
    scene: &Scene<'_, '_>,
    no_comments: bool,
    place: &Place,
    notes: &mut Notes,
) -> Option<Result<Message, Box<Finding>>> {
    let ticket = scene.ticket;
    let written = ticket.description.filled().filter(|_| no_comments)?;
    let key = MessageKey::description(&scene.key);
    let sent_at = match scene.sent_at(ticket.created_at.get(), &key, place) {
        Ok(sent_at) => sent_at,
        Err(finding) => return Some(Err(finding)),
    };
    // The description of a voicemail holds the two characters `\n` where it means a line end (reference 3.1).
    let comment = Comment {
        author_id: ticket.submitter_id.known().or(scene.requester).map_or(Integer::Absent, Integer::Known),
        body: LateText::known(Text(Some(written.replace("\\n", "\n").into()))),
        created_at: ticket.created_at.clone(),
        ..Comment::default()
    };
    let source = Source { comment: &comment, position: 0, place };
    let Built::Message(message) = scene.message(&source, notes) else { return None };
    notes.findings.push(Finding::new(Code::NoComments, &scene.key, place));
    let route = if message.side == Side::Customer { message.route } else { Route::default() };
    let body = Body::from_text(written.replace("\\n", "\n"))?;
    Some(Ok(Message { key, synthetic_key: true, sent_at, route, body, ..*message }))
}

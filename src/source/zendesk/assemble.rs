//! Records of one ticket to one conversation: a pure function, so that it can run on any thread and gives the same
//! whatever the order of the files.

use super::accounts;
use super::comment::Comment;
use super::completeness;
use super::enrich::Aside;
use super::facts;
use super::gather::Gathered;
use super::join::Row;
use super::late_text::LateText;
use super::loose::{Flag, Integer, Text};
use super::message::{Built, Context, Notes, Scene, Source};
use super::nameless::Nameless;
use super::quick;
use super::recognise::Kind;
use super::rules::{self, By, Medium};
use super::ticket::Ticket;
use crate::model::body::Body;
use crate::model::conversation::{Channel, Message, Route, Side};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::{ConversationKey, MessageKey};
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
    let mut notes = Notes::default();
    if repaired > 0 {
        let finding = Finding::new(Code::RepairedText, &scene.key, place);
        notes.findings.push(finding.with_detail(format!("{repaired} replaced")));
    }
    if context.index.is_oversize(id) {
        notes.findings.push(Finding::new(Code::OversizeNotice, &scene.key, place));
    }
    for place in &gathered.hidden {
        notes.findings.push(Finding::new(Code::PrivacyContradicted, &scene.key, place));
    }
    let comments = gathered.comments_of(&scene, &mut notes);
    let merges = facts::Merges::of(ticket, comments.iter().map(|(comment, _)| &**comment));
    let mut messages = Vec::with_capacity(comments.len());
    let mut rejected = Vec::new();
    let mut take = |built: Built, notes: &mut Notes| match built {
        Built::Message(message) => messages.push(*message),
        Built::Rejected(finding) => rejected.push(finding),
        Built::LeftOut(finding) => notes.findings.push(finding),
    };
    let mut nameless = Nameless::default();
    for (position, (comment, place)) in comments.iter().enumerate() {
        let name = nameless.name(comment);
        let built = scene.message(&Source { comment, position, name, place }, &mut notes);
        take(built, &mut notes);
    }
    let no_comments = comments.is_empty() && gathered.has_no_chat();
    for extra in &gathered.extras {
        let built = scene.extra(extra, &mut notes);
        take(built, &mut notes);
    }
    if no_comments || (messages.is_empty() && rejected.is_empty()) {
        match described(&scene, place, &mut notes) {
            Some(Ok(message)) => messages.insert(0, message),
            Some(Err(finding)) => rejected.push(*finding),
            None if messages.is_empty() && rejected.is_empty() => {
                return Record::LeftOut(Finding::new(Code::EmptyTicket, &scene.key, place));
            }
            None => {}
        }
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

/// The description as a message, where no file has a comment of the ticket that says something.
fn described(
    scene: &Scene<'_, '_>,
    place: &Place,
    notes: &mut Notes,
) -> Option<Result<Message, Box<Finding>>> {
    let ticket = scene.ticket;
    let written = ticket.description.filled()?;
    let key = MessageKey::description(&scene.key);
    let sent_at = match scene.sent_at(ticket.created_at.get(), &key, place) {
        Ok(sent_at) => sent_at,
        Err(finding) => return Some(Err(finding)),
    };
    let text = if is_voicemail(ticket) { written.replace("\\n", "\n") } else { written.to_owned() };
    let said = |public: Flag| {
        let comment = Comment {
            author_id: ticket
                .submitter_id
                .known()
                .or(scene.requester)
                .map_or(Integer::Absent, Integer::Known),
            body: LateText::known(Text(Some(text.as_str().into()))),
            public,
            created_at: ticket.created_at.clone(),
            ..Comment::default()
        };
        let mut notes = Notes::default();
        let source = Source { comment: &comment, position: 0, name: None, place };
        match scene.message(&source, &mut notes) {
            Built::Message(message) => Some((message, notes)),
            Built::Rejected(_) | Built::LeftOut(_) => None,
        }
    };
    // A description does not say whether it is public, but the ticket says whether anything in it is. What a customer
    // wrote the customer knows.
    let (mut message, mut own) = said(Flag::Is(true))?;
    if message.side == Side::Agent && matches!(ticket.is_public, Flag::Is(false) | Flag::Bad) {
        (message, own) = said(ticket.is_public)?;
    }
    notes.findings.append(&mut own.findings);
    notes.findings.push(Finding::new(Code::NoComments, &scene.key, place));
    let route = if message.side == Side::Customer { message.route } else { Route::default() };
    let body = Body::from_text(text)?;
    Some(Ok(Message { key, synthetic_key: true, sent_at, route, body, ..*message }))
}

/// The description of a voicemail holds the two characters `\n` where it means a line end (reference 3.1). That of any
/// other ticket means what it says: `C:\new`.
fn is_voicemail(ticket: &Ticket<'_>) -> bool {
    let via = ticket.via.get();
    via.and_then(|via| rules::medium(via, By::Customer)) == Some(Medium::Is(Channel::Phone))
}

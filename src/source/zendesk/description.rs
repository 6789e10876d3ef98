//! The description of a ticket as a message, where no file has a comment of the ticket that says something. It is the
//! text of the ticket's first comment (reference 3.1), and has neither its author nor who may read it.

use super::comment::Comment;
use super::gather::Gathered;
use super::late_text::LateText;
use super::loose::{Flag, Integer, Text};
use super::message::{Built, Notes, Scene, Source};
use super::redaction;
use super::rules::{self, By, Medium};
use super::ticket::Ticket;
use crate::model::body::Body;
use crate::model::conversation::{Channel, Message, Route, Side};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::MessageKey;
use crate::model::person::Role;

/// The message, or what keeps it from being one; nothing where the ticket has no description.
///
/// Where the first comment is there without its text, the message has that comment's author, time and privacy. It is
/// public only if nothing says otherwise: neither the comment, nor a change of its privacy, nor the ticket.
pub(super) fn message(
    scene: &Scene<'_, '_>,
    gathered: &Gathered<'_>,
    place: &Place,
    notes: &mut Notes,
) -> Option<Result<Message, Box<Finding>>> {
    let ticket = scene.ticket;
    let written = ticket.description.filled()?;
    let first = gathered.first();
    let key = MessageKey::description(&scene.key);
    let created_at = first.map_or(&ticket.created_at, |first| &first.created_at);
    let sent_at = match scene.sent_at(created_at.get(), &key, place) {
        Ok(sent_at) => sent_at,
        Err(finding) => return Some(Err(finding)),
    };
    let redacted = gathered.opening_redacted(written);
    let written = redacted.unwrap_or(written);
    let text = if is_voicemail(ticket) { written.replace("\\n", "\n") } else { written.to_owned() };
    let author = first.and_then(|first| first.author_id.known()).or(ticket.submitter_id.known());
    let said = |public: Flag| {
        let comment = Comment {
            author_id: author.or(scene.requester).map_or(Integer::Absent, Integer::Known),
            body: LateText::known(Text(Some(text.as_str().into()))),
            public,
            created_at: created_at.clone(),
            metadata: first.map(|first| first.metadata.clone()).unwrap_or_default(),
            ..Comment::default()
        };
        let mut notes = Notes::default();
        let source = Source { comment: &comment, position: 0, name: None, place };
        match scene.message(&source, &mut notes) {
            Built::Message(message) => Some((message, notes)),
            Built::Rejected(_) | Built::LeftOut(_) => None,
        }
    };
    let (mut message, mut own) = said(gathered.opening())?;
    // What a customer wrote the customer knows. Who did is not known where nothing names an author.
    let is_customers =
        message.side == Side::Customer && message.author.role == Role::Customer && author.is_some();
    let of_ticket = gathered.is_public(ticket);
    if message.side != Side::Note && !is_customers && matches!(of_ticket, Flag::Is(false) | Flag::Bad) {
        (message, own) = said(of_ticket)?;
    }
    notes.findings.append(&mut own.findings);
    notes.findings.push(Finding::new(Code::NoComments, &scene.key, place));
    if redacted.is_some() {
        notes.findings.push(Finding::new(Code::RedactedLater, &scene.key, place));
    }
    let route = if message.side == Side::Customer { message.route } else { Route::default() };
    let body = Body::from_text(text)?;
    Some(Ok(Message { key, synthetic_key: true, sent_at, route, body, ..*message }))
}

/// Takes the description of another copy of the ticket, if it is the same after a redaction.
pub(super) fn redact<'a>(ticket: &mut Ticket<'a>, copy: &mut Ticket<'a>) {
    if let (Some(text), Some(others)) = (ticket.description.filled(), copy.description.filled())
        && redaction::is_of(others, text, false)
    {
        ticket.description = std::mem::take(&mut copy.description);
    }
}

/// The description of a voicemail holds the two characters `\n` where it means a line end (reference 3.1). That of any
/// other ticket means what it says: `C:\new`.
fn is_voicemail(ticket: &Ticket<'_>) -> bool {
    let via = ticket.via.get();
    via.and_then(|via| rules::medium(via, By::Customer)) == Some(Medium::Is(Channel::Phone))
}

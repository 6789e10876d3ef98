//! One comment to one message: who, which side, which medium, what, when.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::attached::Attached;
use super::body;
use super::comment::{Comment, Via};
use super::index::Index;
use super::loose::Integer;
use super::people::{Profile, SYSTEM_ID};
use super::route;
use super::rules::{self, By, Direction, Medium, Privacy, SideFacts};
use super::ticket::Ticket;
use super::voice;
use crate::model::body::Body;
use crate::model::conversation::{Attachment, Channel, Message, Route, Side};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::{ConversationKey, MessageKey, PersonKey, SourceName};
use crate::model::person::{Email, Person, Role};
use crate::model::time::{SentAt, is_doubtful, parse_rfc3339};
use crate::source::{NeedsText, ReadContext};

/// The metadata flag of a private comment by an end user (reference 3.2).
const FLAG_END_USER_PRIVATE: i64 = 17;

/// What stays the same for all tickets.
pub(super) struct Context<'c> {
    /// Name of the source, which prefixes the keys.
    pub(super) source: &'c SourceName,
    /// The instant that "the past" is measured against.
    pub(super) now: Timestamp,
    /// What is known of the whole export, or so far.
    pub(super) index: &'c Index,
    /// Which texts must be read, where not all of them are wanted.
    needs_text: Option<NeedsText>,
    /// Not everything has been read: what can still change must not be told.
    pub(super) early: bool,
    /// Somebody was asked for of whom more may become known.
    asked_too_early: Cell<bool>,
}

impl<'c> Context<'c> {
    /// A context in which everything is known.
    pub(super) fn new(source: &'c SourceName, now: Timestamp, index: &'c Index) -> Self {
        Self { source, now, index, needs_text: None, early: false, asked_too_early: Cell::new(false) }
    }

    /// The same for a reading.
    pub(super) fn of(source: &'c SourceName, reading: &ReadContext<'_>, index: &'c Index) -> Self {
        Self { needs_text: reading.needs_text, ..Self::new(source, reading.now, index) }
    }

    /// The same while not everything has been read.
    pub(super) fn early(self) -> Self {
        Self { early: true, ..self }
    }

    /// What is known of a person.
    pub(super) fn profile(&self, id: i64) -> Profile<'c> {
        if self.early && !self.index.people.is_settled(id) {
            self.asked_too_early.set(true);
        }
        self.index.people.profile(id)
    }

    /// True if since the last time somebody was asked for of whom more may become known.
    pub(super) fn take_asked_too_early(&self) -> bool {
        self.asked_too_early.take()
    }
}

/// The ticket around a comment.
pub(super) struct Scene<'c, 't> {
    pub(super) context: &'c Context<'c>,
    pub(super) ticket: &'t Ticket<'t>,
    pub(super) key: ConversationKey,
    pub(super) requester: Option<i64>,
    /// Those who were asked for. They are few.
    people: RefCell<Vec<(i64, Arc<Person>)>>,
}

/// What became of a comment.
pub(super) enum Built {
    /// A message.
    Message(Box<Message>),
    /// It cannot be imported.
    Rejected(Finding),
    /// It says nothing.
    LeftOut(Finding),
}

/// A comment with its place in the ticket.
pub(super) struct Source<'s, 'a> {
    pub(super) comment: &'s Comment<'a>,
    /// Its number among the ticket's comments, from 0.
    pub(super) position: usize,
    /// What names it where it has no id.
    pub(super) name: Option<String>,
    pub(super) place: &'s Place,
}

/// Whether a comment is a call, and which way.
#[derive(Clone, Copy)]
struct Call {
    is_voice: bool,
    direction: Option<Direction>,
}

/// What is said beside the messages.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) findings: Vec<Finding>,
    /// Facts of calls, for the meta data.
    pub(super) calls: Vec<Value>,
}

impl<'c, 't> Scene<'c, 't> {
    pub(super) fn new(context: &'c Context<'c>, ticket: &'t Ticket<'t>, key: ConversationKey) -> Self {
        let embedded = ticket.requester.get().and_then(|user| user.id.known());
        let requester = ticket.requester_id.known().or(embedded).or(ticket.submitter_id.known());
        Self { context, ticket, key, requester: requester.filter(|id| *id >= 0), people: RefCell::default() }
    }

    /// A person of the ticket, the same value every time.
    pub(super) fn person(&self, id: i64) -> Arc<Person> {
        let known = self.people.borrow().iter().find(|(known, _)| *known == id).map(|(_, it)| Arc::clone(it));
        known.unwrap_or_else(|| {
            let person = Arc::new(self.context.profile(id).person(self.context.source));
            self.people.borrow_mut().push((id, Arc::clone(&person)));
            person
        })
    }

    /// Whom the ticket is about.
    pub(super) fn customer(&self) -> Arc<Person> {
        self.requester.map_or_else(
            || {
                let key = PersonKey::new(self.context.source, "requester-of", self.key.id());
                Arc::new(Person::unknown(key, Role::Customer))
            },
            |id| self.person(id),
        )
    }

    /// The medium that the ticket came by, which agents answer by.
    ///
    /// From the agent interface Zendesk mails answers to forms, and to API tickets, if the requester has an address
    /// (reference 4.3). So are answers in tickets that began with a rule or among agents: what customers see is no note.
    pub(super) fn channel(&self) -> Channel {
        let came_by = self.ticket.via.get().and_then(|via| rules::medium(via, By::Customer));
        let has_email = self.requester.is_some_and(|id| self.person(id).email.is_some());
        let by_api = self.ticket.via.get().is_some_and(rules::is_api);
        match came_by {
            Some(Medium::Is(Channel::ContactForm) | Medium::Internal | Medium::Notice) | None
                if has_email =>
            {
                Channel::Email
            }
            Some(Medium::Is(Channel::Api)) if has_email && by_api => Channel::Email,
            Some(Medium::Is(channel)) => channel,
            Some(Medium::AsConversation | Medium::Internal | Medium::Notice) | None => Channel::Api,
        }
    }

    /// The message of a comment.
    pub(super) fn message(&self, source: &Source<'_, '_>, notes: &mut Notes) -> Built {
        let comment = source.comment;
        let (Some(key), true) = (self.message_key(source), comment.author_id != Integer::Bad) else {
            return Built::Rejected(Finding::new(Code::BadMessageId, &self.key, source.place));
        };
        let sent_at = match self.sent_at(comment.created_at.get(), &key, source.place) {
            Ok(sent_at) => sent_at,
            Err(finding) => return Built::Rejected(*finding),
        };
        let via = comment.via.get().or(self.ticket.via.get());
        let is_voice = voice::is_voice(comment);
        let direction = if is_voice { voice::direction(comment, via) } else { None };
        let call = Call { is_voice, direction };
        let author = self.author(source, direction);
        let facts = self.side_facts(comment, author, call, via);
        let verdict = rules::side(&facts);

        let attachments = attachments(comment, is_voice, &self.context.index.attached);
        let Some(body) = body(comment, call, attachments.len(), self.context.needs_text, &mut |code| {
            notes.findings.push(Finding::new(code, &key, source.place));
        }) else {
            return Built::LeftOut(Finding::new(Code::BlankMessageLeftOut, &key, source.place));
        };
        let (side, channel) = self.medium(source, verdict.side, &facts, &mut |code, detail| {
            notes.findings.push(Finding::new(code, &key, source.place).with_detail(detail));
        });
        self.remark_author(author, verdict.guessed, side, source.place, notes);
        if verdict.for_safety {
            let place = source.place.at_field("public");
            notes.findings.push(Finding::new(Code::PrivacyUnknown, &key, &place));
        }
        if is_doubtful(sent_at.timestamp()) {
            notes.findings.push(Finding::new(Code::OldSentTime, &key, source.place));
        }
        if is_voice {
            notes.calls.push(voice::meta(comment, direction, key.as_str()));
        }
        let message_id =
            comment.metadata.get().and_then(|metadata| metadata.system.get()?.message_id.filled());
        Built::Message(Box::new(Message {
            synthetic_key: comment.id == Integer::Absent,
            author: author.map_or_else(|| self.unknown_author(side), |id| self.person(id)),
            side,
            channel,
            body,
            sent_at,
            route: self.route(source, side, channel, via),
            attachments,
            message_id: message_id.map(str::to_owned),
            key,
        }))
    }

    fn message_key(&self, source: &Source<'_, '_>) -> Option<MessageKey> {
        match source.comment.id {
            Integer::Known(id) => Some(MessageKey::new(self.context.source, "comment", id)),
            // No id in this dump: made of the ticket, and of the place in it where nothing else is known.
            Integer::Absent => {
                let name = source.name.clone().unwrap_or_else(|| source.position.to_string());
                let id = format!("{}:comment:{name}", self.key.id());
                Some(MessageKey::new(self.context.source, "ticket", id))
            }
            Integer::Bad => None,
        }
    }

    /// When something was sent, or the finding that says why that is not known.
    pub(super) fn sent_at(
        &self,
        text: Option<&str>,
        key: &MessageKey,
        place: &Place,
    ) -> Result<SentAt, Box<Finding>> {
        let finding = |code| Box::new(Finding::new(code, key, &place.at_field("created_at")));
        let at = text.and_then(parse_rfc3339).ok_or_else(|| finding(Code::NoSentTime))?;
        SentAt::new(at, self.context.now).map_err(|_| finding(Code::SentInFuture))
    }

    /// Whose message it is. A call's author may be either end or Zendesk itself; what counts is who called.
    fn author(&self, source: &Source<'_, '_>, direction: Option<Direction>) -> Option<i64> {
        let stated = match source.comment.author_id.known() {
            Some(id) if id < 0 => Some(SYSTEM_ID),
            None if source.position == 0 => self.requester,
            id => id,
        };
        let role = stated.map(|id| self.context.profile(id).role());
        match direction {
            Some(Direction::Inbound | Direction::Voicemail) if role != Some(Role::Customer) => {
                self.requester.or(stated)
            }
            Some(Direction::Outbound) if role != Some(Role::Agent) => {
                let answered = source.comment.data.get().and_then(|data| data.answered_by_id.known());
                answered.or(self.ticket.assignee_id.known()).or(stated)
            }
            _ => stated,
        }
    }

    fn side_facts(
        &self,
        comment: &Comment<'_>,
        author: Option<i64>,
        call: Call,
        via: Option<&Via<'_>>,
    ) -> SideFacts {
        let profile = author.map(|id| self.context.profile(id));
        let flags = comment.metadata.get().map_or(&[][..], |metadata| &metadata.flags.0);
        let requesters = self.requester.map(|id| self.person(id));
        let requesters_address = requesters.as_ref().and_then(|person| person.email.as_ref());
        let from = via.and_then(Via::from).and_then(|party| party.address.filled());
        let is_from =
            |email: &Email| from.is_some_and(|from| from.trim().eq_ignore_ascii_case(email.as_str()));
        let is_mail =
            || via.and_then(|via| rules::medium(via, By::Customer)) == Some(Medium::Is(Channel::Email));
        SideFacts {
            is_voice: call.is_voice,
            direction: call.direction,
            is_system: author == Some(SYSTEM_ID),
            privacy: Privacy::of(comment.public),
            by_end_user_privately: flags.contains(&Integer::Known(FLAG_END_USER_PRIVATE)),
            stated_role: profile.and_then(|profile| profile.stated_role()),
            role: profile.map_or(Role::Customer, |profile| profile.role()),
            is_requester: author.is_some() && author == self.requester,
            is_assignee: author.is_some() && author == self.ticket.assignee_id.known(),
            is_from_requesters_address: requesters_address.is_some_and(is_from) && is_mail(),
        }
    }

    /// The medium, and the side that goes with it: what is seen by agents only is a note, and a note is nothing else.
    fn medium(
        &self,
        source: &Source<'_, '_>,
        side: Side,
        facts: &SideFacts,
        say: &mut dyn FnMut(Code, String),
    ) -> (Side, Channel) {
        if side == Side::Note {
            return (Side::Note, Channel::InternalNote);
        }
        if facts.is_voice {
            return (side, Channel::Phone);
        }
        let own = source.comment.via.get();
        let via = own.or(self.ticket.via.get());
        let by = if side == Side::Agent { By::Agent } else { By::Customer };
        // How a ticket came says nothing of the answers in it, and what a customer wrote for all to see is no notice of
        // the help desk.
        let came_so = own.is_some() || source.position == 0;
        let may_be_internal = facts.privacy != Privacy::Public || (came_so && facts.role != Role::Customer);
        match via.and_then(|via| rules::medium(via, by)) {
            Some(medium @ (Medium::Internal | Medium::Notice)) => {
                if may_be_internal || (medium == Medium::Notice && own.is_some()) {
                    say(Code::SystemComment, String::new());
                    return (Side::Note, Channel::InternalNote);
                }
                (side, self.channel())
            }
            Some(Medium::Is(channel)) => (side, channel),
            Some(Medium::AsConversation) => (side, self.channel()),
            None => {
                if let Some(channel) = via.and_then(|via| via.channel.filled()) {
                    say(
                        Code::UnknownChannel,
                        channel.chars().filter(char::is_ascii_graphic).take(40).collect(),
                    );
                }
                (side, Channel::Api)
            }
        }
    }

    /// Says what is not known of an author: who it is, and whose side that is.
    fn remark_author(
        &self,
        author: Option<i64>,
        guessed: bool,
        side: Side,
        place: &Place,
        notes: &mut Notes,
    ) {
        if author == Some(SYSTEM_ID) {
            if side == Side::Note {
                notes.findings.push(Finding::new(Code::SystemComment, &self.key, place));
            }
            return;
        }
        let missing = author.is_none_or(|id| !self.context.profile(id).is_recorded());
        for code in [(guessed, Code::SideGuessed), (missing, Code::PersonMissing)]
            .into_iter()
            .filter_map(|(holds, code)| holds.then_some(code))
        {
            let whom = author.map_or_else(
                || "an author without an id".to_owned(),
                |id| PersonKey::new(self.context.source, "user", id).to_string(),
            );
            // Once for each author of the ticket.
            if !notes.findings.iter().any(|finding| finding.code == code && finding.detail == whom) {
                notes.findings.push(Finding::new(code, &self.key, place).with_detail(whom));
            }
        }
    }

    fn unknown_author(&self, side: Side) -> Arc<Person> {
        let role = if side == Side::Customer { Role::Customer } else { Role::Agent };
        Arc::new(Person::unknown(PersonKey::new(self.context.source, "author-in", self.key.id()), role))
    }

    fn route(&self, source: &Source<'_, '_>, side: Side, channel: Channel, via: Option<&Via<'_>>) -> Route {
        match channel {
            Channel::Phone => voice::route(source.comment, via),
            Channel::Email => {
                // The ticket's own way is that of its first message only, so it says nothing of an answer. Ticket
                // events have a mere word for the way, which holds no addresses.
                let own = source.comment.via.get();
                let is_word = own.is_some_and(|via| via.source.get().is_none());
                let tickets = self.ticket.via.get().filter(|_| source.position == 0 && is_word);
                let is_mail =
                    |via: &&Via<'_>| rules::medium(via, By::Customer) == Some(Medium::Is(Channel::Email));
                let own = tickets.filter(is_mail).or(own);
                route::of_mail(own, self.ticket.recipient.filled(), side, self.context)
            }
            _ => Route::default(),
        }
    }
}

fn attachments(comment: &Comment<'_>, is_voice: bool, attached: &Attached) -> Vec<Attachment> {
    let mut attachments = route::files(comment, attached);
    if is_voice {
        attachments.extend(voice::recording(comment, attached));
    }
    attachments
}

/// What the message says: of a call its facts, else what was written, else that there are only files.
fn body(
    comment: &Comment<'_>,
    call: Call,
    files: usize,
    needs_text: Option<NeedsText>,
    say: &mut dyn FnMut(Code),
) -> Option<Body> {
    let spoken = if call.is_voice { voice::text(comment, call.direction) } else { None };
    // The text of a call may name its recording, which is not named twice.
    if let Some(needs_text) = needs_text
        && !call.is_voice
        && body::is_ordinary(comment, needs_text)
    {
        return Some(Body::unread());
    }
    let chosen = body::choose(comment);
    if chosen.maybe_cut {
        say(Code::BodyMaybeCut);
    }
    if chosen.redacted {
        say(Code::SharedTicketText);
    }
    let body = spoken.and_then(Body::from_text).or(chosen.body);
    if body.is_some() || files == 0 {
        return body;
    }
    say(Code::BlankBody);
    only_files(files)
}

/// What stands in the place of the text of a message that has nothing but files.
pub(super) fn only_files(files: usize) -> Option<Body> {
    Body::from_text(match files {
        0 => String::new(),
        1 => "(no text, 1 file)".to_owned(),
        files => format!("(no text, {files} files)"),
    })
}

//! Everything that was said in a ticket, from wherever it lies, each thing once.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::audit::{Audit, Told, trust};
use super::body;
use super::chat::ChatProduct;
use super::comment::{Comment, Via};
use super::extra::{self, Extra, Whence};
use super::join::Row;
use super::log::{LogEvent, Logged};
use super::loose::{Flag, Integer};
use super::message::{Context, Notes, Scene};
use super::quick;
use super::recognise::Kind;
use super::redaction::Redacted;
use super::rules::{self, By, Medium};
use super::side::{SideEvent, SideRecord};
use super::ticket::Ticket;
use super::transcript;
use super::unite::{self, Placed, united};
use crate::model::conversation::Channel;
use crate::model::finding::{Code, Finding, Place};
use crate::model::time::parse_rfc3339;

/// A comment out of another record.
struct Found<'a> {
    /// How far it is to be trusted.
    trust: u8,
    /// The place of its record among all by content; equal records have the same.
    record: usize,
    comment: Box<Comment<'a>>,
    place: Place,
}

/// What was said in a ticket.
#[derive(Default)]
pub(super) struct Gathered<'a> {
    comments: Vec<Placed<'a>>,
    /// Some of them have no id.
    has_nameless: bool,
    /// Comments without ids of older copies of the ticket.
    superseded: Vec<Placed<'a>>,
    /// Whether any comment is public, as the most careful copy of the ticket says it.
    is_public: Flag,
    /// Comments out of other records.
    found: Vec<Found<'a>>,
    /// How many different records have been taken.
    records: usize,
    /// Later changes of a comment's privacy, with their times.
    privacy: Vec<(Option<Timestamp>, i64, Flag)>,
    /// What audits say was redacted.
    redacted: Redacted,
    /// The places of comments that were redacted after their copies were made.
    pub(super) redacted_later: Vec<Place>,
    /// What is no comment.
    pub(super) extras: Vec<Extra>,
    /// Previews of side conversations, by the hash of the conversation's id where it has one.
    previews: Vec<Extra>,
    /// Side conversations whose messages are there.
    told_sides: HashSet<String>,
    wordless: Vec<Option<i64>>,
    /// Comments that are named without their text, and are nowhere else.
    pub(super) missing: usize,
    /// What is no comment, and private in one copy and public in another.
    hidden: Vec<Place>,
    /// Entries among the ticket's comments that are none, in the copy that has most of them.
    pub(super) no_comments: usize,
}

impl<'a> Gathered<'a> {
    /// Takes what a copy of the ticket itself holds.
    pub(super) fn inside(&mut self, ticket: &mut Ticket<'a>, context: &Context<'_>, place: &Place) {
        let own = std::mem::take(&mut ticket.comments).0;
        self.no_comments = self.no_comments.max(own.iter().filter(|entry| entry.0.is_none()).count());
        let own = own.into_iter().filter_map(|comment| comment.0);
        // Copies come newest first. Without ids an older text of a comment cannot be told from another comment, and
        // what was redacted since must not come back.
        let is_superseded = self.has_nameless;
        for mut comment in own {
            comment.date();
            let is_nameless = comment.id == Integer::Absent;
            self.has_nameless |= is_nameless;
            let placed = Placed::new(comment, place.clone());
            if is_superseded && is_nameless {
                self.superseded.push(placed);
            } else {
                self.comments.push(placed);
            }
        }
        self.is_public = Flag::least([self.is_public, ticket.is_public]);
        self.records += 1;
        for audit in std::mem::take(&mut ticket.audits).0.into_iter().filter_map(|audit| audit.0) {
            self.audit(audit, Kind::Audit, context, place);
        }
        for record in std::mem::take(&mut ticket.side_conversations).objects() {
            self.side(record, context, place);
        }
    }

    /// Takes what lies outside the ticket's record.
    pub(super) fn beside(&mut self, rows: &'a [Row], context: &Context<'_>) {
        // By content, so that where two copies contradict each other the order of the files decides nothing.
        let mut rows: Vec<&'a Row> =
            rows.iter().filter(|row| !matches!(row.kind, Kind::Ticket | Kind::TicketRow)).collect();
        rows.sort_by(|a, b| a.bytes.cmp(&b.bytes));
        let mut last: Option<&[u8]> = None;
        for row in rows {
            self.records += usize::from(last != Some(&row.bytes));
            last = Some(&row.bytes);
            // What cannot be parsed was parsed once before, and does not occur.
            if row.kind == Kind::Comment
                && let Ok(comment) = quick::read(&row.bytes)
            {
                self.find(row.kind, comment, &row.place);
            } else {
                self.other(row, context).unwrap_or_default();
            }
        }
    }

    fn other(&mut self, row: &'a Row, context: &Context<'_>) -> Result<(), serde_json::Error> {
        let (bytes, place, attached) = (&row.bytes, &row.place, &context.index.attached);
        match row.kind {
            Kind::Audit | Kind::TicketEvent => {
                self.audit(serde_json::from_slice::<Audit<'_>>(bytes)?, row.kind, context, place);
            }
            Kind::LogEvent => match serde_json::from_slice::<LogEvent<'_>>(bytes)?.told(attached, place) {
                Some(Logged::Comment(comment)) => {
                    self.find(row.kind, comment, place);
                }
                Some(Logged::Message(message)) => self.extras.push(*message),
                None => {}
            },
            Kind::SideConversation => self.side(&serde_json::from_slice(bytes)?, context, place),
            Kind::SideEvent => {
                let event: SideEvent<'_> = serde_json::from_slice(bytes)?;
                self.told_sides.extend(event.conversation().map(str::to_owned));
                self.extras.extend(event.message(attached, place));
            }
            Kind::Chat => {
                self.extras.extend(serde_json::from_slice::<ChatProduct<'_>>(bytes)?.messages(place));
            }
            _ => {}
        }
        Ok(())
    }

    fn audit(&mut self, mut audit: Audit<'a>, kind: Kind, context: &Context<'_>, place: &Place) {
        audit.date();
        let at = audit.created_at.get().and_then(parse_rfc3339);
        let Told { comments, privacy, redacted, chats, wordless } = audit.told();
        self.privacy.extend(privacy.into_iter().map(|(comment, public)| (at, comment, public)));
        self.redacted.extend(redacted);
        for comment in comments {
            self.find(kind, Box::new(comment), place);
        }
        for chat in chats {
            self.extras.extend(chat.messages(&context.index.attached, place));
        }
        self.wordless.extend(wordless);
    }

    fn find(&mut self, kind: Kind, mut comment: Box<Comment<'a>>, place: &Place) {
        comment.date();
        self.found.push(Found { trust: trust(kind), record: self.records, comment, place: place.clone() });
    }

    fn side(&mut self, record: &SideRecord<'_>, context: &Context<'_>, place: &Place) {
        if record.has_messages() {
            self.told_sides.extend(record.id().map(str::to_owned));
            self.extras.extend(record.messages(&context.index.attached, place));
        } else {
            self.previews.push(record.preview(place));
        }
    }

    /// Everything once: the most trusted copies first, then in the order of their times.
    pub(super) fn settle(&mut self) {
        // An audit shows a comment as it was made; a later change of privacy is another event, and the last one
        // counts; of several in one second one that hides. Comments themselves show the outcome, as far as it was known
        // when they were exported.
        self.privacy.sort_by_key(|(at, _, public)| (*at, *public != Flag::Is(true)));
        let privacy: HashMap<i64, Flag> =
            self.privacy.iter().map(|(_, comment, public)| (*comment, *public)).collect();
        for Found { trust: trust_of, comment, .. } in &mut self.found {
            if let Some(public) = comment.id.known().and_then(|id| privacy.get(&id))
                && *trust_of < trust(Kind::Comment)
            {
                comment.public = *public;
            }
        }
        let found = in_order(std::mem::take(&mut self.found));
        self.comments = united(std::mem::take(&mut self.comments).into_iter().chain(found));
        if !self.superseded.is_empty() {
            unite::recall(&mut self.comments, std::mem::take(&mut self.superseded));
        }
        if !privacy.is_empty() {
            self.hide(&privacy);
        }
        for Placed { comment, place, .. } in &mut self.comments {
            if self.redacted.apply(comment) {
                self.redacted_later.push(place.clone());
            }
        }
        let told: HashSet<String> =
            self.told_sides.iter().map(|id| extra::id(Some(id.as_str()), &[]).0).collect();
        self.extras.extend(self.previews.drain(..).filter(|preview| !told.contains(&preview.id)));
        self.extras = extra::united(std::mem::take(&mut self.extras), &mut self.hidden);
        if !self.wordless.is_empty() {
            let known: HashSet<i64> = self.comments.iter().filter_map(|one| one.comment.id.known()).collect();
            let wordless: HashSet<Option<i64>> = self.wordless.drain(..).collect();
            self.missing = wordless.iter().filter(|id| id.is_none_or(|id| !known.contains(&id))).count();
        }
    }

    /// Hides what a change made private. A comment may be of an older file than the change, or say nothing of this.
    /// Zendesk makes public comments private, and never the contrary.
    fn hide(&mut self, privacy: &HashMap<i64, Flag>) {
        for Placed { comment, is_contradicted, .. } in &mut self.comments {
            let change = comment.id.known().and_then(|id| privacy.get(&id)).filter(|change| !change.is_set());
            if let Some(change) = change {
                *is_contradicted |= (comment.public, *change) == (Flag::Is(true), Flag::Is(false));
                comment.public = Flag::least([comment.public, *change]);
            }
        }
    }

    /// The places of what is private in one copy and public in another.
    pub(super) fn contradicted(&self) -> impl Iterator<Item = &Place> {
        let comments = self.comments.iter().filter(|one| one.is_contradicted).map(|one| &one.place);
        comments.chain(&self.hidden)
    }

    /// The comment that the ticket began with, as far as the export shows it.
    pub(super) fn first(&self) -> Option<&Comment<'a>> {
        let at = |one: &&Placed<'_>| one.comment.created_at.get().and_then(parse_rfc3339);
        self.comments.iter().min_by_key(at).map(|one| &*one.comment)
    }

    /// Whether the text that the ticket began with is public, as far as anything says so of it: its comment, else any
    /// change of privacy, because that can only be of a comment which is not there.
    pub(super) fn opening(&self) -> Flag {
        self.first().map_or_else(
            || Flag::least(self.privacy.iter().map(|(_, _, public)| *public).chain([Flag::Is(true)])),
            |first| first.public,
        )
    }

    /// What stands in the place of the ticket's first text, if that was redacted as far as anything says so of it: its
    /// comment, else any redaction, because that can only be of a comment which is not there.
    pub(super) fn opening_redacted(&self, text: &str) -> Option<&'static str> {
        let first = self.first().and_then(|first| first.id.known());
        self.redacted.opening(first, text)
    }

    /// Whether any comment of `ticket` is public, as the most careful copy of it says.
    pub(super) fn is_public(&self, ticket: &Ticket<'_>) -> Flag {
        Flag::least([self.is_public, ticket.is_public])
    }

    /// True if there is no message of a chat.
    pub(super) fn has_no_chat(&self) -> bool {
        self.extras.iter().all(|extra| extra.from == Whence::Side)
    }

    /// The comments that are messages: without those that only repeat the chat.
    pub(super) fn comments_of(&self, scene: &Scene<'_, '_>, notes: &mut Notes) -> Vec<&Placed<'a>> {
        if self.has_no_chat() {
            return self.comments.iter().collect();
        }
        let by_chat = |via: &Via<'_>| matches!(rules::medium(via, By::Customer), Some(Medium::Is(channel)) if is_chat(channel));
        let is_chat_ticket = scene.ticket.via.get().is_some_and(by_chat);
        let first = self.first();
        let repeats = |comment: &Comment<'_>| {
            let in_chat = comment.via.get().map_or(is_chat_ticket, by_chat) || is_chat_ticket;
            let chosen = in_chat.then(|| body::choose(comment).body).flatten();
            chosen.as_ref().and_then(crate::model::body::Body::text).is_some_and(|text| {
                // Anybody may begin a note as the first one of a chat begins.
                let is_first = first.is_some_and(|first| std::ptr::eq(first, comment));
                let is_of_zendesk = is_first || comment.author_id.known().is_some_and(|id| id < 0);
                let is_note = comment.public == Flag::Is(false) && is_of_zendesk;
                (is_note && transcript::is_stub(text)) || transcript::repeats(text, &self.extras)
            })
        };
        let (repeated, kept): (Vec<_>, Vec<_>) = self.comments.iter().partition(|one| repeats(&one.comment));
        for one in repeated {
            notes.findings.push(Finding::new(Code::TranscriptLeftOut, &scene.key, &one.place));
        }
        kept
    }
}

/// Every comment once, in the order of time. Of several in one second a file shows the order and their ids do not
/// (reference 3.2); files follow each other as their first comments do, because their names mean nothing.
fn in_order(mut found: Vec<Found<'_>>) -> Vec<Placed<'_>> {
    let moment = |comment: &Comment<'_>| comment.created_at.get().and_then(parse_rfc3339);
    let mut starts: HashMap<Arc<str>, (Option<Timestamp>, Option<i64>)> = HashMap::new();
    for one in &found {
        let at = (moment(&one.comment), one.comment.id.known());
        let start = starts.entry(Arc::clone(&one.place.file)).or_insert(at);
        *start = at.min(*start);
    }
    found.sort_by_key(|one| (Reverse(one.trust), one.record, starts[&one.place.file], one.place.byte));
    let mut once = united(found.into_iter().map(|one| Placed::new(one.comment, one.place)));
    once.sort_by_cached_key(|one| (moment(&one.comment), starts[&one.place.file], one.place.byte));
    once
}

/// Media in which a chat leaves a transcript.
fn is_chat(channel: Channel) -> bool {
    !matches!(channel, Channel::Email | Channel::ContactForm | Channel::Phone | Channel::HelpCenter)
}

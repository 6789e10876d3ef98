//! Messages that are no comments: of chats, of conversation logs, of side conversations.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::value::RawValue;

use super::body::redactions;
use super::comment::Via;
use super::loose::{Loose, Text};
use super::message::{Built, Notes, Scene};
use super::people::SYSTEM_ID;
use super::redaction;
use super::rules::{self, By, Medium, Privacy};
use crate::model::body::{Body, Html};
use crate::model::conversation::{Attachment, Channel, Message, Route, Side};
use crate::model::finding::{Code, Finding, Place};
use crate::model::key::{MessageKey, PersonKey};
use crate::model::person::{Email, Person, Role};
use crate::model::time::{parse_rfc3339, parse_unix};

/// Longest id of a message that goes into its key as it is.
const ID_MAX: usize = 64;

/// Messages of one second that one of another source is compared with where something was redacted; a file made to be
/// slow could hold millions.
const COMPARED_MAX: usize = 1000;

/// Where such a message comes from, the better the earlier: where two tell the same message, the first one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Whence {
    /// A ticket's conversation log.
    Log,
    /// The history of a chat in an audit.
    History,
    /// A record of the Chat product.
    Chat,
    /// A side conversation.
    Side,
}

/// Who wrote it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Author {
    /// The user with this id.
    User(i64),
    /// The customer of the ticket.
    Requester,
    /// Zendesk itself.
    System,
    /// Somebody without a user: a bot, a chat agent, a vendor.
    Named {
        /// An id or a name that tells this one from others.
        by: String,
        name: Option<String>,
        email: Option<String>,
    },
}

impl Author {
    /// What of the author goes into the key of a message without an id. Keys are for ever, so this text is too, and does
    /// not change with the names in this file.
    pub(super) fn fact(&self) -> String {
        match self {
            Self::User(id) => format!("User({id})"),
            Self::Requester => "Requester".to_owned(),
            Self::System => "System".to_owned(),
            Self::Named { by, name, email } => {
                format!("Named {{ by: {by:?}, name: {name:?}, email: {email:?} }}")
            }
        }
    }
}

/// A message that is no comment.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    pub(super) from: Whence,
    /// The last part of its key.
    pub(super) id: String,
    /// The id was made from what the message says.
    pub(super) synthetic: bool,
    pub(super) author: Author,
    /// The author's side, whoever may read it.
    pub(super) side: Side,
    /// Who may read it.
    pub(super) privacy: Privacy,
    pub(super) body: Option<Body>,
    /// What it says beside what was put into a form, where it has one; see [`united`].
    pub(super) beside_form: Option<String>,
    /// When it was sent, as RFC 3339.
    pub(super) at: Option<String>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) place: Place,
    /// It stands for messages that are not in the export.
    pub(super) is_preview: bool,
}

impl Extra {
    /// What the message says.
    pub(super) fn text(&self) -> &str {
        self.body.as_ref().and_then(Body::text).unwrap_or_default().trim()
    }

    /// What the message says by itself: not every source tells what was put into its form.
    fn own_text(&self) -> &str {
        self.beside_form.as_deref().map_or_else(|| self.text(), str::trim)
    }

    /// Whether this is `other`, which has the same words of its own in the same second: of what was put into a form
    /// neither says anything that the other contradicts.
    fn may_be(&self, other: &Self) -> bool {
        self.text() == other.text() || self.beside_form.is_none() || other.beside_form.is_none()
    }

    fn second(&self) -> Option<i64> {
        self.at.as_deref().and_then(parse_rfc3339).map(Timestamp::as_second)
    }

    /// When it was sent, and its own words.
    fn moment(&self) -> (Option<i64>, String) {
        (self.second(), self.own_text().to_owned())
    }

    /// Marks of redaction in the form of the text that has the most of them.
    fn marks(&self) -> usize {
        let forms = [
            self.body.as_ref().and_then(Body::text),
            self.body.as_ref().and_then(Body::html).map(Html::as_str),
        ];
        forms.into_iter().flatten().map(redactions).max().unwrap_or_default()
    }

    /// Whether one of two messages of one second is the other after a redaction: of another source, or of another copy
    /// of the same.
    fn is_redaction_of(&self, other: &Self) -> bool {
        (self.from != other.from || self.place.file != other.place.file)
            && (redaction::is_either(self.text(), other.text(), true)
                || redaction::is_either(self.own_text(), other.own_text(), true))
    }

    /// Takes from another copy what can only have come later, and a text that says more. True if one copy is public and
    /// the other private.
    fn meet(&mut self, copy: Self) -> bool {
        let (own, others) = (self.privacy, copy.privacy);
        self.privacy = own.least(others);
        let says = |one: &Self| (one.marks(), one.text().len());
        let redacted =
            |one: &Self| one.attachments.iter().filter(|file| file.name == redaction::FILE).count();
        let says_more = says(&copy) > says(self);
        if redacted(&copy) > redacted(self) || self.attachments.is_empty() {
            self.attachments = copy.attachments;
        }
        if says_more {
            (self.body, self.beside_form) = (copy.body, copy.beside_form);
        }
        matches!((own, others), (Privacy::Public, Privacy::Private) | (Privacy::Private, Privacy::Public))
    }
}

/// Every message once and in the order of their times: those with one id, and those that two sources tell with the same
/// words in the same second. Where only one of them tells what was put into the message's form, that is kept. `hidden`
/// gets the places of those that are private in one copy and public in another.
pub(super) fn united(extras: Vec<Extra>, hidden: &mut Vec<Place>) -> Vec<Extra> {
    let extras = by_id(extras, hidden);
    let has_redacted = extras.iter().any(|extra| extra.marks() > 0);
    let mut said: HashMap<(Option<i64>, String), Vec<usize>> = HashMap::new();
    // All of one second, where that matters.
    let mut seconds: HashMap<Option<i64>, Vec<usize>> = HashMap::new();
    let mut kept: Vec<Extra> = Vec::new();
    let mut extras = extras.into_iter().peekable();
    while let Some(from) = extras.peek().map(|extra| extra.from) {
        let before = kept.len();
        while let Some(extra) = extras.next_if(|extra| extra.from == from) {
            // Two files without words in one second are two messages.
            let is_told = from != Whence::Side && !extra.own_text().is_empty();
            let same = said.get(&extra.moment()).filter(|_| is_told);
            let same = same.and_then(|same| same.iter().copied().find(|at| extra.may_be(&kept[*at])));
            let near = seconds.get(&extra.second()).filter(|_| is_told).into_iter().flatten();
            let same = same
                .or_else(|| near.take(COMPARED_MAX).copied().find(|at| extra.is_redaction_of(&kept[*at])));
            match same {
                Some(at) if kept[at].marks() != extra.marks() => {
                    kept[at].meet(extra);
                }
                Some(at) => {
                    kept[at].privacy = kept[at].privacy.least(extra.privacy);
                    if kept[at].beside_form.is_none() && extra.beside_form.is_some() {
                        (kept[at].body, kept[at].beside_form) = (extra.body, extra.beside_form);
                    }
                }
                None => {
                    if has_redacted && from != Whence::Side {
                        seconds.entry(extra.second()).or_default().push(kept.len());
                    }
                    kept.push(extra);
                }
            }
        }
        for (at, new) in kept.iter().enumerate().skip(before).filter(|_| from != Whence::Side) {
            said.entry(new.moment()).or_default().push(at);
        }
    }
    kept.sort_by_key(Extra::second);
    kept
}

/// Copies with one id as one.
fn by_id(mut extras: Vec<Extra>, hidden: &mut Vec<Place>) -> Vec<Extra> {
    extras.sort_by(|a, b| (a.from, &a.at, &a.id, b.text()).cmp(&(b.from, &b.at, &b.id, a.text())));
    let mut ids: HashMap<(Whence, String), usize> = HashMap::new();
    let mut once: Vec<Extra> = Vec::with_capacity(extras.len());
    let mut contradicted = BTreeSet::new();
    for extra in extras {
        match ids.entry((extra.from, extra.id.clone())) {
            Entry::Vacant(entry) => {
                entry.insert(once.len());
                once.push(extra);
            }
            Entry::Occupied(entry) => {
                if once[*entry.get()].meet(extra) {
                    contradicted.insert(*entry.get());
                }
            }
        }
    }
    hidden.extend(contradicted.into_iter().map(|at| once[at].place.clone()));
    once
}

/// The last part of a key from the message's own id, else from what makes the message; true if it was made.
pub(super) fn id(own: Option<&str>, facts: &[&str]) -> (String, bool) {
    let is_plain = |id: &str| {
        id.len() <= ID_MAX && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match own.map(str::trim).filter(|own| !own.is_empty()) {
        Some(own) if is_plain(own) => (own.to_owned(), false),
        Some(own) => (hash(&[own]), false),
        None => (hash(facts), true),
    }
}

fn hash(facts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for fact in facts {
        hasher.update(&(fact.len() as u64).to_le_bytes()).update(fact.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(16).collect()
}

/// A time as RFC 3339 or as seconds or milliseconds since 1970, as RFC 3339. What is neither stays as it is written, and
/// is refused where it is read.
pub(super) fn time(written: Option<&str>) -> Option<String> {
    let written = written?.trim();
    Some(parse_unix(written).map_or_else(|| written.to_owned(), |at| at.to_string()))
}

/// Puts a time of [`time`]'s kinds in the place of one that is missing.
pub(super) fn date(created_at: &mut Text<'_>, timestamp: &Text<'_>) {
    if created_at.filled().is_none()
        && let Some(at) = time(timestamp.filled())
    {
        *created_at = Text(Some(at.into()));
    }
}

/// Text that may stand in an object of its own: `"text":"x"` and `"text":{"text":"x"}`.
#[derive(Clone, Debug, Default)]
pub(super) struct Said<'a>(Option<Cow<'a, str>>);

impl Said<'_> {
    /// The text, if it is not blank.
    pub(super) fn filled(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.trim().is_empty())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Said<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Inner<'a> {
            #[serde(borrow)]
            text: Text<'a>,
        }
        let raw = <&'de RawValue>::deserialize(deserializer)?.get();
        let inner: Option<Loose<Inner<'de>>> = serde_json::from_str(raw).ok();
        let whole: Option<Text<'de>> = serde_json::from_str(raw).ok();
        Ok(Self(inner.and_then(|inner| inner.0?.text.0).or(whole.and_then(|whole| whole.0))))
    }
}

impl Scene<'_, '_> {
    /// The message of something that is no comment.
    pub(super) fn extra(&self, extra: &Extra, notes: &mut Notes) -> Built {
        let kind = if extra.from == Whence::Side { "side-conversation" } else { "chat" };
        let id = format!("{}:{kind}:{}", self.key.id(), extra.id);
        let key = MessageKey::new(self.context.source, "ticket", id);
        let sent_at = match self.sent_at(extra.at.as_deref(), &key, &extra.place) {
            Ok(sent_at) => sent_at,
            Err(finding) => return Built::Rejected(*finding),
        };
        let files = extra.attachments.len();
        let Some(body) = extra.body.clone().or_else(|| super::message::only_files(files)) else {
            return Built::LeftOut(Finding::new(Code::BlankMessageLeftOut, &key, &extra.place));
        };
        if extra.is_preview {
            notes.findings.push(Finding::new(Code::SidePreviewOnly, &key, &extra.place));
        }
        if extra.body.is_none() {
            notes.findings.push(Finding::new(Code::BlankBody, &key, &extra.place));
        }
        let author = self.extra_author(extra);
        // An agent whose actor is not marked as one is known by the users export.
        let is_requester = self.requester.is_some_and(|id| self.person(id).key == author.key);
        let side = match extra.side {
            Side::Customer if author.role == Role::Agent && !is_requester => Side::Agent,
            side => side,
        };
        let is_unreadable = extra.privacy == Privacy::Unreadable;
        if is_unreadable && extra.author != Author::System {
            let place = extra.place.at_field("public");
            notes.findings.push(Finding::new(Code::PrivacyUnknown, &key, &place));
        }
        let is_hidden = is_unreadable || extra.privacy == Privacy::Private;
        let side = if is_hidden { Side::Note } else { side };
        Built::Message(Box::new(Message {
            key,
            synthetic_key: extra.synthetic,
            author,
            side,
            channel: if side == Side::Note { Channel::InternalNote } else { self.chat_channel() },
            body,
            sent_at,
            route: Route::default(),
            attachments: extra.attachments.clone(),
            message_id: None,
        }))
    }

    fn extra_author(&self, extra: &Extra) -> Arc<Person> {
        let role = if extra.side == Side::Customer { Role::Customer } else { Role::Agent };
        match &extra.author {
            Author::User(id) => {
                let person = self.person(*id);
                let is_stated = self.context.profile(*id).stated_role().is_some();
                if is_stated || person.role == role || extra.from == Whence::Side {
                    person
                } else {
                    Arc::new(Person { role, ..(*person).clone() })
                }
            }
            Author::Requester => self.customer(),
            Author::System => self.person(SYSTEM_ID),
            Author::Named { by, name, email } => {
                let key = PersonKey::new(self.context.source, "chat-author", hash(&[by]));
                Arc::new(Person {
                    name: name.clone(),
                    email: email.as_deref().and_then(Email::parse),
                    ..Person::unknown(key, role)
                })
            }
        }
    }

    /// The medium of the chat of this ticket: messaging apps have their own.
    fn chat_channel(&self) -> Channel {
        const APPS: &[Channel] = &[
            Channel::Whatsapp,
            Channel::Sms,
            Channel::FacebookMessenger,
            Channel::InstagramDirectMessage,
            Channel::TwitterDirectMessage,
        ];
        let medium = |via: &Via<'_>| rules::medium(via, By::Customer);
        match self.ticket.via.get().and_then(medium) {
            Some(Medium::Is(channel)) if APPS.contains(&channel) => channel,
            _ => Channel::Chat,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extra(from: Whence, id: &str, at: &str, text: &str) -> Extra {
        Extra {
            from,
            id: id.to_owned(),
            synthetic: false,
            author: Author::Requester,
            side: Side::Customer,
            privacy: Privacy::Unstated,
            body: Body::from_text(text.to_owned()),
            beside_form: None,
            at: Some(at.to_owned()),
            attachments: Vec::new(),
            place: Place::default(),
            is_preview: false,
        }
    }

    #[test]
    fn a_message_told_twice_is_one() {
        let (one, two) = ("2024-01-01T00:00:01Z", "2024-01-01T00:00:02Z");
        let all = vec![
            extra(Whence::History, "b", two, "b"),
            extra(Whence::History, "a", one, "a"),
            extra(Whence::History, "a", one, "a"),
            // The same words again in the same second, by one source, are two messages.
            extra(Whence::History, "a2", one, "a"),
            extra(Whence::Log, "x", "2024-01-01T00:00:02.000Z", "b "),
            extra(Whence::Side, "s", one, "a"),
        ];
        let ids: Vec<String> = united(all, &mut Vec::new()).into_iter().map(|extra| extra.id).collect();
        assert_eq!(ids, ["a", "a2", "s", "x"]);
    }

    #[test]
    fn ids_of_their_own_are_kept_and_others_made() {
        assert_eq!(id(Some("01H-x_y.z"), &["a"]), ("01H-x_y.z".to_owned(), false));
        let (made, synthetic) = id(None, &["a", "b"]);
        assert!(made.len() == 16 && synthetic);
        assert_ne!(made, id(None, &["ab", ""]).0);
        let (odd, synthetic) = id(Some("kim@example.com"), &["a"]);
        assert!(!odd.contains('@') && !synthetic);
    }

    #[test]
    fn times_in_every_writing() {
        for (written, expected) in [
            ("2024-03-05T10:11:12Z", "2024-03-05T10:11:12Z"),
            ("1709633472", "2024-03-05T10:11:12Z"),
            ("1709633472123", "2024-03-05T10:11:12.123Z"),
            ("1709633472.5", "2024-03-05T10:11:12.5Z"),
            ("soon", "soon"),
        ] {
            assert_eq!(time(Some(written)).as_deref(), Some(expected));
        }
        // What an exponent has rounded is no time, and is refused where it is read.
        for rounded in ["1e300", "1.74886E9"] {
            assert_eq!(time(Some(rounded)).as_deref(), Some(rounded));
        }
    }

    #[test]
    fn text_in_an_object_is_text() {
        for (json, text) in [
            (r#""a\n""#, Some("a\n")),
            (r#"{"text":"b"}"#, Some("b")),
            ("null", None),
            ("{}", None),
            ("[1]", None),
        ] {
            assert_eq!(serde_json::from_str::<Said<'_>>(json).unwrap().filled(), text, "{json}");
        }
    }

    #[test]
    fn numbers_that_are_no_seconds_are_no_times() {
        assert_eq!(time(Some("1709633472")).as_deref(), Some("2024-03-05T10:11:12Z"));
        assert_eq!(time(Some("1709633472000")).as_deref(), Some("2024-03-05T10:11:12Z"));
        assert_eq!(time(Some("20240305")).as_deref(), Some("20240305"));
    }
}

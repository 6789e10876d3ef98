//! Comments out of audits and ticket events (reference 2.2, 2.3), where they stand among changes of state.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::chat::{History, Item};
use super::comment::{Comment, Metadata, Via, ViaField};
use super::extra;
use super::late_text::LateText;
use super::loose::{Flag, Integer, Loose, Many, Text};
use super::rating::Rating;
use super::recognise::Kind;
use super::redaction::Redacted;
use super::voice::VoiceData;

/// Types of events that are messages. Notifications and templates are not, nor is anything that is not named here.
const MESSAGE_TYPES: &[&str] =
    &["Comment", "VoiceComment", "TpeVoiceComment", "FacebookComment", "LogMeInTranscript"];

/// What was sent to a social network. Mostly it repeats a comment of the same audit, and only else it is a message.
const OUTGOING_TYPES: &[&str] = &["Tweet", "FacebookEvent"];

/// Events that hold the history of a chat (reference 3.5).
const CHAT_TYPES: &[&str] = &["ChatStartedEvent", "ChatEndedEvent"];

/// Events that say that a comment's text was redacted. The documentation has two names for it (reference 3.5).
const TEXT_REDACTIONS: &[&str] = &["CommentRedactionEvent", "CommentRedactedEvent"];

/// Events that say that a file was redacted.
const FILE_REDACTIONS: &[&str] = &["AttachmentRedactionEvent", "AttachmentRedactedEvent"];

/// An audit, or a row of ticket events: the same, with other names for the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Audit<'a> {
    pub(super) ticket_id: Integer,
    author_id: Integer,
    updater_id: Integer,
    #[serde(borrow)]
    pub(super) created_at: Text<'a>,
    #[serde(borrow)]
    timestamp: Text<'a>,
    #[serde(borrow)]
    via: ViaField<'a>,
    #[serde(borrow)]
    metadata: Loose<Metadata<'a>>,
    #[serde(borrow)]
    events: Many<Loose<Event<'a>>>,
    #[serde(borrow)]
    child_events: Many<Loose<Event<'a>>>,
}

super::quick::long_object!(Audit);

/// An event: the keys of a comment, and those by which a comment's privacy was changed later.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event<'a> {
    id: Integer,
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    /// The name of the same key in ticket events.
    #[serde(borrow, rename = "event_type")]
    child_kind: Text<'a>,
    author_id: Integer,
    #[serde(borrow)]
    body: Text<'a>,
    #[serde(borrow)]
    html_body: Text<'a>,
    #[serde(borrow)]
    plain_body: Text<'a>,
    public: Flag,
    /// The name of the same in ticket events, where some of them have no other.
    comment_public: Flag,
    #[serde(borrow)]
    attachments: Many<Loose<super::comment::AttachmentRecord<'a>>>,
    #[serde(borrow)]
    via: ViaField<'a>,
    #[serde(borrow)]
    created_at: Text<'a>,
    #[serde(borrow)]
    metadata: Loose<Metadata<'a>>,
    #[serde(borrow)]
    data: Loose<VoiceData<'a>>,
    #[serde(borrow)]
    formatted_from: Text<'a>,
    #[serde(borrow)]
    formatted_to: Text<'a>,
    comment_id: Integer,
    comment_present: Flag,
    attachment_id: Integer,
    #[serde(borrow)]
    score: Text<'a>,
    /// The new value of a change, the facts of a chat.
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    history: Many<Loose<Item<'a>>>,
}

/// What an audit has to say about messages.
#[derive(Debug, Default)]
pub(super) struct Told<'a> {
    /// Comments, with time, author and way of the audit where they have none of their own.
    pub(super) comments: Vec<Comment<'a>>,
    /// Comments whose privacy was changed: their id, and whether they are public now. A change to something that cannot
    /// be read is one too.
    pub(super) privacy: Vec<(i64, Flag)>,
    /// What was redacted in comments and files.
    pub(super) redacted: Redacted,
    /// Chats that it tells of.
    pub(super) chats: Vec<History<'a>>,
    /// Comments that it names without what they say.
    pub(super) wordless: Vec<Option<i64>>,
}

/// True if any event of the record tells of a message; tells without taking it apart.
pub(super) fn has_messages(audit: &Audit<'_>) -> bool {
    let mut events = audit.events.objects().chain(audit.child_events.objects());
    events.any(|event| {
        let kind = event.kind().unwrap_or_default();
        event.is_message()
            || event.is_outgoing()
            || event.is_wordless()
            || CHAT_TYPES.contains(&kind)
            || kind == "CommentPrivacyChange"
            || TEXT_REDACTIONS.contains(&kind)
            || FILE_REDACTIONS.contains(&kind)
    })
}

impl<'a> Audit<'a> {
    /// Puts the timestamp in the place of a time that is missing, as it is in some ticket events.
    pub(super) fn date(&mut self) {
        extra::date(&mut self.created_at, &self.timestamp);
    }

    /// The authors of the messages in it, with whether each is public and the way it came.
    pub(super) fn authors(&self) -> impl Iterator<Item = (i64, bool, Option<&Via<'a>>)> {
        let author = self.author_id.known().or(self.updater_id.known());
        let events =
            self.events.objects().chain(self.child_events.objects()).filter(|event| event.is_message());
        events.filter_map(move |event| {
            let via = event.via.get().or(self.via.get());
            Some((event.author_id.known().or(author)?, event.publicity() != Flag::Is(false), via))
        })
    }

    /// What customers thought, from the events that say so.
    pub(super) fn ratings(&self) -> impl Iterator<Item = Rating> {
        let at = self.created_at.get().unwrap_or_default();
        let events = self.events.objects().chain(self.child_events.objects());
        events
            .filter(|event| event.kind() == Some("SatisfactionRating"))
            .filter_map(move |event| Rating::new(event.score.get()?, event.body.filled(), None, at))
    }

    /// Takes the messages out.
    pub(super) fn told(self) -> Told<'a> {
        let mut told = Told::default();
        let has_comment = self.events.objects().chain(self.child_events.objects()).any(Event::is_message);
        let author = if self.author_id == Integer::Absent { self.updater_id } else { self.author_id };
        for event in self.events.0.into_iter().chain(self.child_events.0).filter_map(|event| event.0) {
            let kind = event.kind().unwrap_or_default();
            if TEXT_REDACTIONS.contains(&kind) {
                told.redacted.texts.extend(event.comment_id.known());
            } else if FILE_REDACTIONS.contains(&kind) {
                told.redacted.files.extend(event.attachment_id.known());
            } else if CHAT_TYPES.contains(&kind) {
                told.chats.push(event.into_history(&self.created_at));
            } else if event.is_wordless() {
                told.wordless.push(event.id.known());
            } else if event.is_message() || (event.is_outgoing() && !has_comment) {
                told.comments.push(event.into_comment(author, &self.created_at, &self.via, &self.metadata));
            } else if event.kind() == Some("CommentPrivacyChange")
                && let Some(comment) = event.comment_id.known()
            {
                let public = if event.public == Flag::Absent { Flag::Bad } else { event.public };
                told.privacy.push((comment, public));
            }
        }
        told
    }
}

impl<'a> Event<'a> {
    fn kind(&self) -> Option<&str> {
        self.kind.filled().or(self.child_kind.filled())
    }

    /// True for a message whose text is here.
    fn is_message(&self) -> bool {
        self.is_comment() && self.has_content()
    }

    /// True for a comment that is only named. Ticket events without `include=comment_events` leave out what it says.
    fn is_wordless(&self) -> bool {
        self.is_comment() && self.comment_present.is_set() && !self.has_content()
    }

    fn is_outgoing(&self) -> bool {
        self.kind().is_some_and(|kind| OUTGOING_TYPES.contains(&kind)) && self.has_content()
    }

    fn is_comment(&self) -> bool {
        let is_change = self.value.is_some_and(|value| !matches!(value.get(), "null" | "{}"));
        self.kind().is_some_and(|kind| MESSAGE_TYPES.contains(&kind)) && !is_change
    }

    fn has_content(&self) -> bool {
        let has_text =
            [&self.body, &self.html_body, &self.plain_body].iter().any(|body| body.get().is_some());
        has_text || self.data.get().is_some() || !self.attachments.0.is_empty()
    }

    /// Whether it is public. What went to a social network is, by what it is.
    fn publicity(&self) -> Flag {
        match Flag::least([self.public, self.comment_public]) {
            Flag::Absent if self.is_outgoing() => Flag::Is(true),
            stated => stated,
        }
    }

    fn into_history(self, audits: &Text<'a>) -> History<'a> {
        let at = if self.created_at.filled().is_some() { self.created_at } else { audits.clone() };
        History::new(self.value.map(RawValue::get), self.history, self.attachments, at)
    }

    fn into_comment(
        self,
        author: Integer,
        created_at: &Text<'a>,
        via: &ViaField<'a>,
        metadata: &Loose<Metadata<'a>>,
    ) -> Comment<'a> {
        let public = self.publicity();
        Comment {
            id: self.id,
            r#type: if self.kind.filled().is_some() { self.kind } else { self.child_kind },
            author_id: if self.author_id == Integer::Absent { author } else { self.author_id },
            body: LateText::known(self.body),
            html_body: LateText::known(self.html_body),
            plain_body: LateText::known(self.plain_body),
            public,
            attachments: self.attachments,
            // A display string has no addresses; the audit's way may.
            via: if self.via.get().is_some() { self.via } else { via.clone() },
            created_at: if self.created_at.filled().is_some() { self.created_at } else { created_at.clone() },
            metadata: if self.metadata.get().is_some() { self.metadata } else { metadata.clone() },
            data: self.data,
            timestamp: Text::default(),
            formatted_from: self.formatted_from,
            formatted_to: self.formatted_to,
        }
    }
}

/// How far a copy of a comment is to be trusted: the comment itself, then audits, then events.
pub(super) fn trust(kind: Kind) -> u8 {
    match kind {
        Kind::Comment => 2,
        Kind::Audit => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_get_what_their_audit_knows() {
        let json = r#"{"id":5,"ticket_id":1,"author_id":-1,"created_at":"2024-01-02T03:04:05Z","via":{"channel":"email"},
            "metadata":{"flags":[11]},"events":[{"id":6,"type":"Comment","author_id":9,"body":"x","public":true},
            {"id":7,"type":"Comment","body":"y"},{"id":8,"type":"Change","value":"open","field_name":"status"},
            {"id":9,"type":"Notification","body":"{{ticket.id}}","subject":"s"},
            {"id":10,"type":"CommentPrivacyChange","comment_id":6,"public":false}]}"#;
        let audit: Audit<'_> = serde_json::from_str(json).unwrap();
        assert!(has_messages(&audit));
        let authors: Vec<_> = audit
            .authors()
            .map(|(author, public, via)| (author, public, via.and_then(|via| via.channel.get())))
            .collect();
        assert_eq!(authors, [(9, true, Some("email")), (-1, true, Some("email"))]);
        let told = audit.told();
        let ids: Vec<_> =
            told.comments.iter().map(|comment| (comment.id.known(), comment.author_id.known())).collect();
        assert_eq!(ids, [(Some(6), Some(9)), (Some(7), Some(-1))]);
        let first = &told.comments[0];
        assert_eq!(first.created_at.get(), Some("2024-01-02T03:04:05Z"));
        assert_eq!(first.via.get().unwrap().channel.get(), Some("email"));
        assert_eq!(told.privacy, [(6, Flag::Is(false))]);
    }

    #[test]
    fn events_without_text_are_no_messages() {
        let json = r#"{"ticket_id":1,"updater_id":3,"via":"Mail","child_events":[
            {"id":6,"event_type":"Comment","comment_present":true,"comment_public":true}]}"#;
        let audit: Audit<'_> = serde_json::from_str(json).unwrap();
        assert!(has_messages(&audit), "somebody has to tell that the text is missing");
        let told = audit.told();
        assert!(told.comments.is_empty());
        assert_eq!(told.wordless, [Some(6)]);
    }

    #[test]
    fn what_went_to_a_social_network_is_not_told_twice() {
        let tweet = r#"{"id":7,"type":"Tweet","body":"Hi","author_id":3}"#;
        let comment = r#"{"id":6,"type":"Comment","body":"Hi","public":true}"#;
        for (events, ids) in [(tweet.to_owned(), vec![7]), (format!("{tweet},{comment}"), vec![6])] {
            let json = format!(r#"{{"ticket_id":1,"events":[{events}]}}"#);
            let audit: Audit<'_> = serde_json::from_str(&json).unwrap();
            let told: Vec<i64> = audit.told().comments.iter().filter_map(|one| one.id.known()).collect();
            assert_eq!(told, ids);
        }
    }
}

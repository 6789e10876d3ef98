//! Events of a ticket's conversation log (reference 3.4): comments under their own ids, and messages of messaging.

use serde::Deserialize;

use super::attached::Attached;
use super::comment::{AttachmentRecord, Comment};
use super::extra::{self, Author, Extra, Said, Whence};
use super::late_text::LateText;
use super::loose::{Flag, Integer, Loose, Many, Text};
use super::route;
use crate::model::body::{Body, Html};
use crate::model::conversation::{Attachment, FileKind, Side};
use crate::model::finding::Place;

/// What the reference of a comment's event begins with; its id follows.
const COMMENT_REFERENCE: &str = "zen:ticket_event:";

/// An event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LogEvent<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    reference: Text<'a>,
    pub(super) ticket_id: Integer,
    #[serde(borrow)]
    created_at: Text<'a>,
    public: Flag,
    #[serde(borrow)]
    attachments: Many<Loose<AttachmentRecord<'a>>>,
    #[serde(borrow)]
    author: Loose<LogAuthor<'a>>,
    #[serde(borrow)]
    content: Loose<Content<'a>>,
    metadata: Loose<Metadata>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LogAuthor<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    display_name: Text<'a>,
    #[serde(rename = "zen:support:user_id")]
    user: Integer,
    #[serde(borrow, rename = "zen:sunco:user_id")]
    messaging_user: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content<'a> {
    #[serde(borrow)]
    text: Said<'a>,
    #[serde(borrow)]
    body: Text<'a>,
    #[serde(borrow)]
    html_body: Text<'a>,
    #[serde(borrow, rename = "mediaUrl")]
    media_url: Text<'a>,
    #[serde(borrow, rename = "altText")]
    alt_text: Text<'a>,
    public: Flag,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    public: Flag,
    is_public: Flag,
}

/// What an event says.
pub(super) enum Logged<'a> {
    Comment(Box<Comment<'a>>),
    Message(Box<Extra>),
}

impl<'a> LogEvent<'a> {
    /// True for an event that is a message; changes of state are none.
    pub(super) fn is_message(&self) -> bool {
        self.is_comment() || self.r#type.get().is_some_and(|kind| kind.ends_with("ConversationMessage"))
    }

    fn is_comment(&self) -> bool {
        self.r#type.get().is_some_and(|kind| {
            matches!(kind.rsplit(':').next(), Some("Comment" | "VoiceComment" | "TpeVoiceComment"))
        })
    }

    /// The message of the event, if it is one.
    pub(super) fn told(self, attached: &Attached, place: &Place) -> Option<Logged<'a>> {
        if !self.is_message() {
            return None;
        }
        if self.is_comment() {
            return Some(Logged::Comment(Box::new(self.into_comment())));
        }
        Some(Logged::Message(Box::new(self.message(attached, place))))
    }

    fn into_comment(self) -> Comment<'a> {
        let metadata = self.metadata.get();
        let stated = metadata.and_then(|metadata| metadata.public.0.or(metadata.is_public.0));
        let content = self.content.0.unwrap_or_default();
        let reference = self.reference.get().unwrap_or_default();
        let id = reference.strip_prefix(COMMENT_REFERENCE).map_or(Integer::Absent, Integer::parse);
        let text = content.text.filled().map(|text| text.to_owned().into());
        let user = self.author.get().map(|author| author.user);
        Comment {
            id,
            author_id: user.unwrap_or_default(),
            body: LateText::known(if content.body.filled().is_some() { content.body } else { Text(text) }),
            html_body: LateText::known(content.html_body),
            public: Flag(self.public.0.or(content.public.0).or(stated)),
            attachments: self.attachments,
            created_at: self.created_at,
            ..Comment::default()
        }
    }

    fn message(&self, attached: &Attached, place: &Place) -> Extra {
        let (author, side) = self.author();
        let mut attachments = route::listed(&self.attachments, attached);
        let content = self.content.get();
        let media = content.and_then(|content| route::web_url(content.media_url.filled()));
        if let Some(url) = media.filter(|url| attachments.iter().all(|file| file.url != *url)) {
            let name = route::name_in_path(&url);
            attachments.push(Attachment {
                name: route::file_name(&name, "chat"),
                content_type: None,
                size: None,
                kind: FileKind::Attachment,
                local: None,
                url,
            });
        }
        let text = content.and_then(|content| {
            content.text.filled().or(content.body.filled()).or(content.alt_text.filled()).map(str::to_owned)
        });
        let html = content.and_then(|content| content.html_body.filled()).map(str::to_owned);
        let body = match (text, html) {
            (text, Some(html)) => Body::new(text, Some(Html::from_export(html))),
            (Some(text), None) => Body::from_text(text),
            (None, None) => None,
        };
        let said = body.as_ref().and_then(Body::text).unwrap_or_default();
        let at = extra::time(self.created_at.filled());
        let facts = [at.as_deref().unwrap_or_default(), said];
        let (id, synthetic) = extra::id(self.id.filled(), &facts);
        let place = place.clone();
        Extra {
            from: Whence::Log,
            id,
            synthetic,
            author,
            side,
            body,
            at,
            attachments,
            place,
            is_preview: false,
        }
    }

    fn author(&self) -> (Author, Side) {
        let Some(author) = self.author.get() else { return (Author::System, Side::Note) };
        let kind = author.r#type.get().unwrap_or_default().to_ascii_lowercase();
        let side = if matches!(kind.as_str(), "user" | "end_user" | "end-user" | "customer") {
            Side::Customer
        } else {
            Side::Agent
        };
        let author = match (author.user.known().filter(|id| *id >= 0), side) {
            (Some(id), _) => Author::User(id),
            (None, Side::Customer) => Author::Requester,
            (None, _) => {
                let name = author.display_name.filled().map(str::to_owned);
                let by = author.messaging_user.filled().or(name.as_deref()).unwrap_or(&kind).to_owned();
                Author::Named { by, name: name.or_else(|| Some(kind.clone())), email: None }
            }
        };
        (author, side)
    }
}

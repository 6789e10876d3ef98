//! Events of a ticket's conversation log (reference 3.4): comments under their own ids, and messages of messaging.

use std::borrow::Cow;

use serde::Deserialize;

use super::answers::{self, Field, Form};
use super::attached::Attached;
use super::comment::{AttachmentRecord, Comment, Metadata, SystemData, ViaField};
use super::extra::{self, Author, Extra, Said, Whence};
use super::html;
use super::late_text::LateText;
use super::loose::{Flag, Integer, Loose, Many, Text};
use super::route;
use super::rules::Privacy;
use super::voice::VoiceData;
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
    is_public: Flag,
    #[serde(borrow)]
    via: ViaField<'a>,
    #[serde(borrow)]
    attachments: Many<Loose<AttachmentRecord<'a>>>,
    #[serde(borrow)]
    author: Loose<LogAuthor<'a>>,
    #[serde(borrow)]
    content: Loose<Content<'a>>,
    #[serde(borrow)]
    metadata: Loose<LogMetadata<'a>>,
    #[serde(borrow)]
    data: Loose<VoiceData<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LogAuthor<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    display_name: Text<'a>,
    #[serde(borrow, rename = "displayName")]
    display_name_of_sunco: Text<'a>,
    #[serde(rename = "zen:support:user_id")]
    user: Integer,
    #[serde(borrow, rename = "zen:sunco:user_id")]
    messaging_user: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Content<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
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
    #[serde(borrow)]
    form: Loose<Form<'a>>,
    #[serde(borrow)]
    fields: Many<Loose<Field<'a>>>,
    public: Flag,
    is_public: Flag,
    #[serde(borrow)]
    data: Loose<VoiceData<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LogMetadata<'a> {
    public: Flag,
    is_public: Flag,
    #[serde(borrow)]
    system: Loose<SystemData<'a>>,
    flags: Many<Integer>,
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

    /// Whether everybody may read it. The documentation says it in `metadata`; wherever it is said, the most careful
    /// counts.
    fn public(&self) -> Flag {
        let (content, metadata) = (self.content.get(), self.metadata.get());
        let of_content = content.map_or([Flag::Absent; 2], |content| [content.public, content.is_public]);
        let of_metadata =
            metadata.map_or([Flag::Absent; 2], |metadata| [metadata.public, metadata.is_public]);
        Flag::least([self.public, self.is_public].into_iter().chain(of_content).chain(of_metadata))
    }

    /// The author whom the event itself calls an agent.
    pub(super) fn agent(&self) -> Option<i64> {
        let author = self.author.get()?;
        let is_agent = author.r#type.get().is_some_and(|kind| kind.eq_ignore_ascii_case("agent"));
        author.user.known().filter(|id| *id >= 0 && is_agent)
    }

    fn into_comment(self) -> Comment<'a> {
        let public = self.public();
        let content = self.content.0.unwrap_or_default();
        let reference = self.reference.get().unwrap_or_default();
        let id = reference.strip_prefix(COMMENT_REFERENCE).map_or(Integer::Absent, Integer::parse);
        let kind = self.r#type.get().and_then(|kind| kind.rsplit(':').next()).map(str::to_owned);
        let user = self.author.get().map(|author| author.user);
        let (text, html) = (content.said().0, content.html().map(|html| Cow::Owned(html.to_owned())));
        let metadata = self.metadata.0.map(|LogMetadata { system, flags, .. }| Metadata { system, flags });
        Comment {
            id,
            r#type: Text(kind.map(Cow::Owned)),
            author_id: user.unwrap_or_default(),
            body: LateText::known(Text(text.map(Cow::Owned))),
            html_body: LateText::known(Text(html)),
            public,
            attachments: self.attachments,
            via: self.via,
            created_at: self.created_at,
            metadata: Loose(metadata),
            data: if self.data.get().is_some() { self.data } else { content.data },
            ..Comment::default()
        }
    }

    fn message(&self, attached: &Attached, place: &Place) -> Extra {
        let (author, side) = self.author();
        let mut attachments = route::listed(&self.attachments, attached);
        let content = self.content.get();
        let media = content.and_then(|content| content.media_url.filled());
        let media = media.map(|written| route::web_url(Some(written)).unwrap_or_default());
        if let Some(url) = media.filter(|url| attachments.iter().all(|file| file.url != *url)) {
            let name = route::name_in_path(&url);
            attachments.push(Attachment {
                name: route::file_name(&name, "chat"),
                content_type: None,
                size: None,
                kind: if url.is_empty() { FileKind::Absent } else { FileKind::Attachment },
                local: None,
                url,
            });
        }
        let (text, beside_form) = content.map(Content::said).unwrap_or_default();
        let html = content.and_then(Content::html).map(|html| html::unwrap(html).to_owned());
        let body = match (text, html) {
            (text, Some(html)) => {
                let text = text.unwrap_or_else(|| html::to_text(&html));
                Body::new(Some(text), Some(Html::from_export(html)))
            }
            (Some(text), None) => Body::from_text(text),
            (None, None) => None,
        };
        let said = body.as_ref().and_then(Body::text).unwrap_or_default();
        let at = extra::time(self.created_at.filled());
        // As in chats: what was put into a form is no part of a key.
        let facts = [at.as_deref().unwrap_or_default(), beside_form.as_deref().unwrap_or(said)];
        let (id, synthetic) = extra::id(self.id.filled(), &facts);
        let place = place.clone();
        Extra {
            from: Whence::Log,
            id,
            synthetic,
            author,
            side,
            // Messaging is public; what says otherwise of itself is not.
            privacy: Privacy::of(self.public()),
            body,
            beside_form,
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
                let name = author.display_name.filled().or(author.display_name_of_sunco.filled());
                let name = name.map(str::to_owned);
                let by = author.messaging_user.filled().or(name.as_deref()).unwrap_or(&kind).to_owned();
                Author::Named { by, name: name.or_else(|| Some(kind.clone())), email: None }
            }
        };
        (author, side)
    }
}

impl Content<'_> {
    /// True if `body` is HTML, which it is unless it says otherwise (documentation of the log's events).
    fn is_html(&self) -> bool {
        let body = self.body.filled().map(str::trim).unwrap_or_default();
        match self.r#type.filled() {
            Some(kind) if kind.eq_ignore_ascii_case("html") => !body.is_empty(),
            _ => body.starts_with('<') && body.ends_with('>'),
        }
    }

    fn html(&self) -> Option<&str> {
        self.html_body.filled().or_else(|| self.body.filled().filter(|_| self.is_html()))
    }

    /// What it says, and what of that stands beside a form.
    fn said(&self) -> (Option<String>, Option<String>) {
        let body = self.body.filled().filter(|_| !self.is_html());
        let text = self.text.filled().or(body).or(self.alt_text.filled());
        let fields = self.form.get().into_iter().flat_map(|form| form.fields.objects());
        let said = answers::said(text, fields.chain(self.fields.objects()));
        let beside_form = answers::beside_form(text, said.as_deref());
        (said, beside_form)
    }
}

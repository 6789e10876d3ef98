//! Side conversations (reference 3.4): agents with colleagues and vendors, so every message is an internal note.

use serde::Deserialize;

use super::apart::Owner;
use super::attached::Attached;
use super::comment::AttachmentRecord;
use super::extra::{self, Author, Extra, Whence};
use super::html;
use super::loose::{Integer, Loose, Many, Text};
use super::route;
use super::rules::Privacy;
use crate::model::body::{Body, Html};
use crate::model::conversation::Side;
use crate::model::finding::Place;

/// A side conversation: bare, or in the answer of the API with its events beside it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SideRecord<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    ticket_id: Integer,
    #[serde(borrow)]
    subject: Text<'a>,
    #[serde(borrow)]
    preview_text: Text<'a>,
    #[serde(borrow)]
    created_at: Text<'a>,
    #[serde(borrow)]
    participants: Many<Loose<Actor<'a>>>,
    #[serde(borrow)]
    events: Many<Loose<SideEvent<'a>>>,
    #[serde(borrow)]
    side_conversation: Loose<Inner<'a>>,
}

super::quick::long_object!(SideRecord);

/// The side conversation inside its wrapper.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Inner<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    ticket_id: Integer,
    #[serde(borrow)]
    subject: Text<'a>,
    #[serde(borrow)]
    preview_text: Text<'a>,
    #[serde(borrow)]
    created_at: Text<'a>,
    #[serde(borrow)]
    participants: Many<Loose<Actor<'a>>>,
}

/// One message of a side conversation, or a change of its state, which is no message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SideEvent<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    side_conversation_id: Text<'a>,
    #[serde(borrow)]
    actor: Loose<Actor<'a>>,
    #[serde(borrow)]
    created_at: Text<'a>,
    #[serde(borrow)]
    message: Loose<SideMessage<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SideMessage<'a> {
    #[serde(borrow)]
    subject: Text<'a>,
    #[serde(borrow)]
    preview_text: Text<'a>,
    #[serde(borrow)]
    body: Text<'a>,
    #[serde(borrow)]
    html_body: Text<'a>,
    #[serde(borrow)]
    from: Loose<Actor<'a>>,
    #[serde(borrow)]
    to: Many<Loose<Actor<'a>>>,
    #[serde(borrow)]
    attachments: Many<Loose<AttachmentRecord<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Actor<'a> {
    user_id: Integer,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    email: Text<'a>,
}

impl Actor<'_> {
    fn shown(&self) -> Option<&str> {
        self.name.filled().or(self.email.filled())
    }

    fn author(&self) -> Author {
        match self.user_id.known().filter(|id| *id > 0) {
            Some(id) => Author::User(id),
            None => Author::Named {
                by: self.email.filled().or(self.name.filled()).unwrap_or_default().to_lowercase(),
                name: self.shown().map(str::to_owned),
                email: self.email.filled().map(str::to_owned),
            },
        }
    }
}

impl SideRecord<'_> {
    /// Its id.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.filled().or_else(|| self.side_conversation.get()?.id.filled())
    }

    /// The ticket that it is beside.
    pub(super) fn ticket(&self) -> Option<i64> {
        self.ticket_id.known().or_else(|| self.side_conversation.get()?.ticket_id.known())
    }

    /// True if it comes with what was said.
    pub(super) fn has_messages(&self) -> bool {
        self.events.objects().any(SideEvent::is_message)
    }

    /// Its messages, if the dump has its events.
    pub(super) fn messages(&self, attached: &Attached, place: &Place) -> Vec<Extra> {
        self.events.objects().filter_map(|event| event.message(attached, place)).collect()
    }

    /// The one message that stands for those that are not in the dump: the beginning of the last one.
    pub(super) fn preview(&self, place: &Place) -> Extra {
        let inner = self.side_conversation.get();
        let pick = |own: &'_ Text<'_>, inner: Option<&'_ Text<'_>>| {
            own.filled().or(inner.and_then(Text::filled)).map(str::to_owned)
        };
        let participants = self
            .participants
            .objects()
            .chain(inner.into_iter().flat_map(|inner| inner.participants.objects()));
        let names: Vec<&str> = participants.filter_map(Actor::shown).collect();
        let preview = pick(&self.preview_text, inner.map(|inner| &inner.preview_text));
        let subject = pick(&self.subject, inner.map(|inner| &inner.subject));
        let (id, synthetic) = extra::id(self.id(), &[]);
        Extra {
            from: Whence::Side,
            id,
            synthetic,
            author: Author::System,
            side: Side::Note,
            privacy: Privacy::Unstated,
            beside_form: None,
            body: Body::from_text(html::decode(
                preview.as_deref().unwrap_or("(its messages are not in the export)"),
            ))
            .map(|body| body.with_first_line(&head(subject.as_deref(), None, &names))),
            at: extra::time(pick(&self.created_at, inner.map(|inner| &inner.created_at)).as_deref()),
            attachments: Vec::new(),
            place: place.clone(),
            is_preview: true,
        }
    }
}

impl SideEvent<'_> {
    /// The side conversation that it belongs to.
    pub(super) fn owner(&self) -> Option<Owner> {
        self.conversation().map(Owner::side)
    }

    /// The id of the side conversation that it belongs to.
    pub(super) fn conversation(&self) -> Option<&str> {
        self.side_conversation_id.filled()
    }

    /// True for a message; changes of state are none.
    pub(super) fn is_message(&self) -> bool {
        self.message.get().is_some_and(|message| {
            let forms = [&message.body, &message.html_body, &message.preview_text];
            forms.iter().any(|form| form.filled().is_some()) || !message.attachments.0.is_empty()
        })
    }

    /// The note that it becomes; nothing for a change of state.
    pub(super) fn message(&self, attached: &Attached, place: &Place) -> Option<Extra> {
        let message = self.message.get().filter(|_| self.is_message())?;
        let actor = message.from.get().filter(|from| from.shown().is_some()).or(self.actor.get());
        let to: Vec<&str> = message.to.objects().filter_map(Actor::shown).collect();
        let head = head(message.subject.filled(), actor.and_then(Actor::shown), &to);
        let html = message.html_body.filled().map(|html| Html::from_export(html::unwrap(html).to_owned()));
        let text = message.body.filled().or(message.preview_text.filled()).map(html::decode);
        let body = match (text, html) {
            (Some(text), None) => Body::from_text(text),
            (None, Some(html)) => Body::new(Some(html::to_text(html.as_str())), Some(html)),
            (text, html) => Body::new(text, html),
        };
        let at = extra::time(self.created_at.filled());
        let facts =
            [self.side_conversation_id.get().unwrap_or_default(), at.as_deref().unwrap_or_default(), &head];
        let (id, synthetic) = extra::id(self.id.filled(), &facts);
        Some(Extra {
            from: Whence::Side,
            id,
            synthetic,
            author: actor.map_or(Author::System, Actor::author),
            side: Side::Note,
            privacy: Privacy::Unstated,
            body: body.map(|body| body.with_first_line(&head)),
            beside_form: None,
            at,
            attachments: route::listed(&message.attachments, attached),
            place: place.clone(),
            is_preview: false,
        })
    }
}

/// `Side conversation "Refund", Alex to Pat`.
fn head(subject: Option<&str>, from: Option<&str>, to: &[&str]) -> String {
    let mut head = "Side conversation".to_owned();
    if let Some(subject) = subject {
        head = format!("{head} \"{}\"", html::decode(subject.trim()));
    }
    match (from, to.is_empty()) {
        (Some(from), false) => format!("{head}, {from} to {}", to.join(", ")),
        (Some(from), true) => format!("{head}, {from}"),
        (None, false) => format!("{head}, with {}", to.join(", ")),
        (None, true) => head,
    }
}

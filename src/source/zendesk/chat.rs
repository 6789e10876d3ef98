//! Chats: the history that audits hold (reference 3.5), and records of the Chat product.

use std::collections::HashMap;

use serde::Deserialize;

use super::answers::{self, Field, Form};
use super::apart::{Owner, Stand};
use super::attached::Attached;
use super::comment::AttachmentRecord;
use super::extra::{self, Author, Extra, Said, Whence};
use super::loose::{Integer, Loose, Many, Text};
use super::route;
use super::rules::Privacy;
use crate::model::body::Body;
use crate::model::conversation::{Attachment, FileKind, Side};
use crate::model::finding::Place;

/// Types of items that say something; joining, leaving and the like are not messages.
const MESSAGES: &[&str] = &["ChatMessage", "chat.msg"];
const FILES: &[&str] = &["ChatFileAttachment", "chat.attachment", "chat.file"];

/// One thing that happened in a chat, under the names of audits and of the Chat product.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Item<'a> {
    chat_index: Integer,
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    actor_id: Text<'a>,
    #[serde(borrow)]
    actor_name: Text<'a>,
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    message_id: Text<'a>,
    #[serde(borrow)]
    timestamp: Text<'a>,
    #[serde(borrow)]
    created_at: Text<'a>,
    #[serde(borrow)]
    original_message: Text<'a>,
    #[serde(borrow)]
    filename: Text<'a>,
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    mime_type: Text<'a>,
    size: Integer,
    #[serde(borrow)]
    msg: Text<'a>,
    #[serde(borrow)]
    msg_id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    sender_type: Text<'a>,
    #[serde(borrow)]
    sender_id: Text<'a>,
    #[serde(borrow)]
    nick: Text<'a>,
    #[serde(borrow)]
    attachment: Loose<File<'a>>,
}

/// A file in an item of the Chat product.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct File<'a> {
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    mime_type: Text<'a>,
    size: Integer,
}

/// The message as the messaging service had it, written as JSON in a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Original<'a> {
    #[serde(borrow)]
    author: Loose<OriginalAuthor<'a>>,
    #[serde(borrow)]
    content: Loose<OriginalContent<'a>>,
    #[serde(borrow)]
    received: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OriginalAuthor<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    display_name: Text<'a>,
    /// The name of the same key in the messaging service.
    #[serde(borrow, rename = "displayName")]
    display_name_of_sunco: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OriginalContent<'a> {
    #[serde(borrow)]
    text: Said<'a>,
    #[serde(borrow)]
    form: Loose<Form<'a>>,
    #[serde(borrow, rename = "formResponse")]
    response: Loose<Form<'a>>,
    #[serde(borrow)]
    fields: Many<Loose<Field<'a>>>,
}

/// The keys of a chat event's `value` (reference 3.5).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EventValue<'a> {
    #[serde(borrow)]
    chat_id: Text<'a>,
    #[serde(borrow)]
    conversation_id: Text<'a>,
    #[serde(borrow)]
    history: Many<Loose<Item<'a>>>,
}

/// A chat in an audit.
#[derive(Debug)]
pub(super) struct History<'a> {
    chat_id: String,
    items: Vec<Item<'a>>,
    attachments: Many<Loose<AttachmentRecord<'a>>>,
    created_at: Text<'a>,
}

impl<'a> History<'a> {
    /// The chat of an event; the documentation puts its history inside `value` in one place and beside it in another.
    pub(super) fn new(
        value: Option<&'a str>,
        beside: Many<Loose<Item<'a>>>,
        attachments: Many<Loose<AttachmentRecord<'a>>>,
        created_at: Text<'a>,
    ) -> Self {
        let value: Option<Loose<EventValue<'a>>> = value.and_then(|value| serde_json::from_str(value).ok());
        let value = value.and_then(|value| value.0).unwrap_or_default();
        let chat_id =
            value.chat_id.filled().or(value.conversation_id.filled()).unwrap_or_default().to_owned();
        let items = value.history.0.into_iter().chain(beside.0).filter_map(|item| item.0).collect();
        Self { chat_id, items, attachments, created_at }
    }

    /// Its messages.
    pub(super) fn messages(&self, attached: &Attached, place: &Place) -> Vec<Extra> {
        let mut extras = messages(&self.items, &self.chat_id, Whence::History, place);
        // Files that no item shows: it is not known who sent them, so they go into a note.
        let known: Vec<&Attachment> = extras.iter().flat_map(|extra| &extra.attachments).collect();
        let files = route::listed(&self.attachments, attached);
        let loose: Vec<Attachment> = files
            .into_iter()
            .filter(|file| !known.iter().any(|known| known.url == file.url || known.name == file.name))
            .collect();
        if !loose.is_empty() {
            let urls: Vec<&str> = loose.iter().map(|file| file.url.as_str()).collect();
            let (id, synthetic) = extra::id(None, &urls);
            extras.push(Extra {
                from: Whence::History,
                id,
                synthetic,
                author: Author::System,
                side: Side::Note,
                privacy: Privacy::Unstated,
                body: Body::from_text("Files of the chat".to_owned()),
                beside_form: None,
                at: extra::time(self.created_at.filled()),
                attachments: loose,
                place: place.clone(),
                is_preview: false,
            });
        }
        extras
    }
}

/// A row of a warehouse's tables of chats: one says of which ticket a chat is, the other what happened in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChatRow<'a> {
    #[serde(borrow)]
    chat_id: Text<'a>,
    pub(super) ticket_id: Integer,
}

impl ChatRow<'_> {
    /// Where it stands: in its chat, whatever the path of its file.
    pub(super) fn stand(&self) -> Stand {
        Stand { owner: self.chat_id.filled().map(Owner::chat), path: None }
    }
}

/// A chat of the Chat product: no ticket, but it names the ticket that was made of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChatProduct<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    pub(super) zendesk_ticket_id: Integer,
    #[serde(borrow)]
    message: Text<'a>,
    #[serde(borrow)]
    timestamp: Text<'a>,
    #[serde(borrow)]
    history: Many<Loose<Item<'a>>>,
}

impl ChatProduct<'_> {
    /// Its messages; of one that was left while nobody was there, its only one.
    pub(super) fn messages(&self, place: &Place) -> Vec<Extra> {
        let id = self.id.get().unwrap_or_default();
        let items: Vec<Item<'_>> = self.history.0.iter().filter_map(|item| item.0.clone()).collect();
        if items.is_empty() && self.message.filled().is_some() {
            let item = Item {
                r#type: Text(Some("chat.msg".into())),
                msg: self.message.clone(),
                timestamp: self.timestamp.clone(),
                sender_type: Text(Some("Visitor".into())),
                ..Item::default()
            };
            return messages(&[item], id, Whence::Chat, place);
        }
        messages(&items, id, Whence::Chat, place)
    }
}

fn messages(items: &[Item<'_>], chat_id: &str, from: Whence, place: &Place) -> Vec<Extra> {
    let mut times_said: HashMap<Vec<String>, usize> = HashMap::new();
    let mut extras = Vec::new();
    for item in items.iter().filter(|item| item.is_said()) {
        let original: Original<'_> =
            item.original_message.get().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        let (text, beside_form) = item.text(&original);
        let body = text.and_then(Body::from_text);
        let attachments: Vec<Attachment> = item.file().into_iter().collect();
        let (author, side) = item.author(&original);
        let at = item.timestamp.filled().or(item.created_at.filled()).or(original.received.filled());
        let at = extra::time(at);
        // Without an id and a number the same words in one second are told apart by their order. Not every export tells
        // what was put into a form, so that is no part of a key.
        let words = beside_form.as_deref().or(body.as_ref().and_then(Body::text));
        let facts = [
            chat_id.to_owned(),
            item.chat_index.known().map(|index| index.to_string()).unwrap_or_default(),
            at.clone().unwrap_or_default(),
            author.fact(),
            words.unwrap_or_default().to_owned(),
            attachments.first().map(|file| file.url.clone()).unwrap_or_default(),
        ];
        let said = times_said.entry(facts.to_vec()).or_default();
        *said += 1;
        let number = said.to_string();
        let facts: Vec<&str> = facts.iter().map(String::as_str).chain([number.as_str()]).collect();
        let (id, _) = extra::id(item.message_id.filled().or(item.msg_id.filled()), &facts);
        let place = place.clone();
        extras.push(Extra {
            from,
            id,
            // The conversation log has other ids for the same messages.
            synthetic: true,
            author,
            side,
            privacy: Privacy::Unstated,
            body,
            beside_form,
            at,
            attachments,
            place,
            is_preview: false,
        });
    }
    extras
}

impl Item<'_> {
    fn is_said(&self) -> bool {
        self.r#type.get().is_some_and(|kind| MESSAGES.contains(&kind) || FILES.contains(&kind))
    }

    /// What it says, which is the text and what was put into a form; and the text alone where there is more than that.
    fn text(&self, original: &Original<'_>) -> (Option<String>, Option<String>) {
        let content = original.content.get();
        let inner = || content.and_then(|content| content.text.filled());
        let text = self.message.filled().or(self.msg.filled()).or_else(inner);
        let fields = content.into_iter().flat_map(|content| {
            let forms = [&content.form, &content.response].into_iter().filter_map(|form| form.get());
            forms.flat_map(|form| form.fields.objects()).chain(content.fields.objects())
        });
        let said = answers::said(text, fields);
        let beside_form = answers::beside_form(text, said.as_deref());
        (said, beside_form)
    }

    fn file(&self) -> Option<Attachment> {
        let inner = self.attachment.get();
        let pick = |own: &Text<'_>, inner: Option<&Text<'_>>| {
            own.filled().or(inner.and_then(Text::filled)).map(str::to_owned)
        };
        let written = pick(&self.url, inner.map(|file| &file.url));
        let is_file = written.is_some() || self.r#type.get().is_some_and(|kind| FILES.contains(&kind));
        let url = route::web_url(written.as_deref()).or_else(|| is_file.then(String::new))?;
        let size = self.size.known().or(inner.and_then(|file| file.size.known()));
        Some(Attachment {
            name: route::file_name(
                &pick(&self.filename, inner.map(|file| &file.name)).unwrap_or_default(),
                "chat",
            ),
            content_type: pick(&self.mime_type, inner.map(|file| &file.mime_type)),
            size: size.and_then(|size| u64::try_from(size).ok()),
            kind: if url.is_empty() { FileKind::Absent } else { FileKind::Attachment },
            local: None,
            url,
        })
    }

    /// Who said it and on whose side. Actors are the user id of the visitor, `agent:` and the user id of an agent,
    /// `__system` and `__trigger`; without one, what the messaging service or the Chat product says (reference 3.5).
    fn author(&self, original: &Original<'_>) -> (Author, Side) {
        let of_original = original.author.get();
        let name = self.actor_name.filled().or(self.name.filled()).or_else(|| {
            let author = of_original?;
            author.display_name.filled().or(author.display_name_of_sunco.filled())
        });
        let named = |by: &str| {
            let name = name.map(str::to_owned);
            let by = format!("{by}:{}", name.as_deref().unwrap_or_default());
            (Author::Named { by, name, email: None }, Side::Agent)
        };
        let actor = self.actor_id.filled().map(str::trim).unwrap_or_default();
        if let Some(agent) = actor.strip_prefix("agent:") {
            return agent.parse().map_or_else(|_| named("agent"), |id| (Author::User(id), Side::Agent));
        }
        match actor {
            "__system" => return (Author::System, Side::Note),
            "__trigger" => return named("trigger"),
            // Whatever else Zendesk calls so is no person.
            actor if actor.starts_with("__") => return named(actor),
            _ => {}
        }
        if let Ok(id) = actor.parse::<i64>() {
            return (Author::User(id), Side::Customer);
        }
        // The nick is `visitor`, `agent:` and the agent's id, or `agent:trigger`.
        let nick = self.nick.filled().map(|nick| nick.trim().split_once(':').unwrap_or((nick.trim(), "")));
        let (nick, nick_id) = nick.unzip();
        let kind = of_original.and_then(|author| author.r#type.filled()).or(self.sender_type.filled());
        match kind.or(nick).map(str::to_ascii_lowercase).as_deref() {
            Some("user" | "visitor" | "customer") => (Author::Requester, Side::Customer),
            Some("agent") if nick_id == Some("trigger") => named("trigger"),
            Some("agent") => {
                named(&format!("agent:{}", self.sender_id.filled().or(nick_id).unwrap_or_default()))
            }
            Some(_) => named("bot"),
            // Any other actor is the visitor under an id of the chat's own; none at all is a bot.
            None if actor.is_empty() => named("bot"),
            None => (Author::Requester, Side::Customer),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The messages of a chat with this history.
    pub(in crate::source::zendesk) fn history(json: &str) -> Vec<Extra> {
        let items: Many<Loose<Item<'_>>> = serde_json::from_str(json).unwrap();
        let history = History::new(Some(r#"{"chat_id":"c1"}"#), items, Many::default(), Text(None));
        history.messages(&Attached::default(), &Place::default())
    }

    #[test]
    fn actors_and_their_sides() {
        for (item, author, side) in [
            (r#""actor_id":"9001""#, Author::User(9001), Side::Customer),
            (r#""actor_id":9001"#, Author::User(9001), Side::Customer),
            (r#""actor_id":"agent:7001""#, Author::User(7001), Side::Agent),
            (r#""actor_id":"__system""#, Author::System, Side::Note),
            (r#""actor_id":"1041.13ojz""#, Author::Requester, Side::Customer),
            (r#""sender_type":"Visitor","name":"Kim""#, Author::Requester, Side::Customer),
            (r#""nick":"visitor","name":"Kim""#, Author::Requester, Side::Customer),
            (r#""nick":"Visitor:8.x1","name":"Kim""#, Author::Requester, Side::Customer),
            (r#""original_message":"{\"author\":{\"type\":\"user\"}}""#, Author::Requester, Side::Customer),
        ] {
            let found = history(&format!(r#"[{{"type":"ChatMessage","message":"x","timestamp":1,{item}}}]"#));
            assert_eq!((&found[0].author, found[0].side), (&author, side), "{item}");
        }
        for item in [
            r#""actor_id":"agent:","actor_name":"Alex""#,
            r#""actor_id":"__trigger","actor_name":"Alex""#,
            r#""actor_id":"","actor_name":"Alex""#,
            r#""sender_type":"Agent","sender_id":"5","name":"Alex""#,
            r#""nick":"agent:5","name":"Alex""#,
            r#""nick":"agent:trigger","name":"Alex""#,
            r#""original_message":"{\"author\":{\"type\":\"business\",\"displayName\":\"Alex\"}}""#,
        ] {
            let found = history(&format!(r#"[{{"type":"chat.msg","msg":"x","timestamp":1,{item}}}]"#));
            assert!(
                matches!(&found[0].author, Author::Named { name: Some(name), .. } if name == "Alex"),
                "{item}"
            );
            assert_eq!(found[0].side, Side::Agent, "{item}");
        }
        // However an item names its agent, it is the same one.
        let by = |item: &str| {
            let found =
                history(&format!(r#"[{{"type":"chat.msg","msg":"x","timestamp":1,"name":"Alex",{item}}}]"#));
            found[0].author.clone()
        };
        assert_eq!(by(r#""nick":"agent:5""#), by(r#""sender_type":"Agent","sender_id":"5""#));
        assert_eq!(by(r#""nick":"agent:trigger""#), by(r#""actor_id":"__trigger""#));
        assert_ne!(by(r#""nick":"agent:5""#), by(r#""nick":"agent:6""#));
    }

    #[test]
    fn messages_and_files_with_keys_of_their_own() {
        let found = history(
            r#"[{"type":"ChatJoin","actor_id":"9001"},
            {"type":"ChatMessage","actor_id":"9001","message_id":"m1","timestamp":1709633472000,
             "original_message":"{\"content\":{\"text\":{\"text\":\"from within\"}}}"},
            {"type":"ChatMessage","actor_id":"9001","message":"ok","timestamp":1709633473000},
            {"type":"ChatMessage","actor_id":"9001","message":"ok","timestamp":1709633473000},
            {"type":"ChatFileAttachment","actor_id":"9001","filename":"a/b.png","url":"https://x/b.png","size":3,"mime_type":"image/png","timestamp":1},
            {"type":"ChatFileAttachment","actor_id":"9001","filename":"c.png","url":"javascript:1","timestamp":2}]"#,
        );
        assert_eq!((found.len(), found[0].id.as_str(), found[0].text()), (5, "m1", "from within"));
        assert_eq!(found[4].attachments[0].kind, FileKind::Absent);
        assert_eq!(found[0].at.as_deref(), Some("2024-03-05T10:11:12Z"));
        assert!(found[1].id != found[2].id && found[1].synthetic);
        assert_eq!(
            (found[3].attachments[0].name.as_str(), found[3].attachments[0].size),
            ("a_b.png", Some(3))
        );
    }
}

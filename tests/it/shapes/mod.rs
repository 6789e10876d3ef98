//! Every shape of an export gives the same history.
//!
//! One history is told once, in neutral form (`story`), and delivered in every shape that exports are known to have
//! (`account`, `dumps`). What is read from each must be the same, to the byte, but for what the format does not say
//! (`lacks`, a table with the reasons). Writers follow the description of the formats, not what the reader likes.

mod account;
mod apart;
pub(crate) mod calls;
mod dumps;
pub(crate) mod folder;
pub(crate) mod history;
mod lacks;
mod mixed;
pub(crate) mod reading;
pub(crate) mod story;
mod tables;
pub(crate) mod wire;
mod xml;

use std::collections::BTreeMap;

use gorgias_import::source::SourceKind;
use serde_json::Value;

use folder::Folder;
use history::History;
use lacks::Lack;
use reading::{Reading, differences, spec};

/// A shape of an export.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Writes a history in this shape.
    pub(crate) write: fn(&History, &Folder),
    /// What the format does not say, or says in other words.
    lacks: &'static [Lack],
}

const fn shape(name: &'static str, write: fn(&History, &Folder), lacks: &'static [Lack]) -> Shape {
    Shape { name, write, lacks }
}

/// All shapes, by what they are made of: the account's JSON, what the API gives, that with comments that name no ticket, several at once,
/// XML, tables.
pub(crate) const SHAPES: &[&[Shape]] =
    &[account::SHAPES, dumps::SHAPES, apart::SHAPES, mixed::SHAPES, xml::SHAPES, tables::SHAPES];

/// The shape with this name.
pub(crate) fn named(name: &str) -> &'static Shape {
    SHAPES.iter().copied().flatten().find(|shape| shape.name == name).unwrap()
}

/// Reads the history in a shape.
fn reading(shape: &Shape) -> Reading {
    let folder = Folder::new();
    (shape.write)(&story::history(), &folder);
    Reading::of(&spec(SourceKind::Zendesk, folder.path()))
}

/// What is left of conversations without what a format lacks.
fn without(conversations: &BTreeMap<String, Value>, lacks: &[&Lack]) -> Value {
    let mut value = serde_json::to_value(conversations).unwrap();
    for conversation in value.as_object_mut().unwrap().values_mut() {
        for lack in lacks {
            if !conversation.is_null() {
                (lack.remove)(conversation);
            }
        }
    }
    // What a format cannot tell at all.
    value.as_object_mut().unwrap().retain(|_, conversation| !conversation.is_null());
    value
}

/// What is wrong with a shape, in words.
fn complaints(shape: &Shape, reading: &Reading, whole: &Reading) -> Vec<String> {
    let mut found: Vec<String> = reading.trouble.clone();
    let lacks: Vec<&Lack> = shape.lacks.iter().collect();
    let told = without(&whole.conversations, &lacks);
    for (code, key) in &reading.left_out {
        let key = key.as_deref().unwrap_or_default();
        let is_deleted = (code.as_str(), key) == ("GI-Z001", "zendesk:ticket:25");
        let is_lacking = whole.conversations.contains_key(key) && told.get(key).is_none();
        if !is_deleted && !is_lacking {
            found.push(format!("left out: {code} {key}"));
        }
    }
    let (left, right) = (told, without(&reading.conversations, &lacks));
    differences("", &left, &right, &mut found);
    // A row that nothing needs would hide a mistake.
    for at in 0..lacks.len() {
        let mut others = lacks.clone();
        let lack = others.remove(at);
        if without(&whole.conversations, &others) == without(&reading.conversations, &others) {
            found.push(format!("the format does not lack {}", lack.what));
        }
    }
    if found.len() > 40 {
        let more = found.len() - 40;
        found.truncate(40);
        found.push(format!("and {more} more"));
    }
    found.into_iter().map(|complaint| format!("{}: {complaint}", shape.name)).collect()
}

#[test]
fn every_shape_gives_the_same_history() {
    let whole = reading(named("bare lines"));
    let complaints: Vec<String> = SHAPES
        .iter()
        .copied()
        .flatten()
        .flat_map(|shape| complaints(shape, &reading(shape), &whole))
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_history_is_what_was_told() {
    let whole = reading(named("bare lines"));
    let history = story::history();
    let told: Vec<_> = history.tickets.iter().filter(|ticket| !ticket.is_deleted()).collect();
    assert_eq!(whole.conversations.len(), told.len());
    for ticket in told {
        let conversation = &whole.conversations[&format!("zendesk:ticket:{}", ticket.number)];
        assert_eq!(conversation["subject"].as_str(), ticket.subject, "{}", ticket.number);
        assert_eq!(conversation["customer"]["key"], format!("zendesk:user:{}", ticket.requester));
        let messages = conversation["messages"].as_array().unwrap();
        assert_eq!(messages.len(), ticket.comments.len(), "{}", ticket.number);
        for (message, comment) in messages.iter().zip(&ticket.comments) {
            let key = format!("zendesk:comment:{}", comment.id);
            assert_eq!(message["key"], key);
            assert_eq!(message["sent_at"], history::iso(comment.at), "{key}");
            assert_eq!(message["message_id"].as_str(), comment.message_id.as_deref(), "{key}");
            let files = message["attachments"].as_array().unwrap();
            let fetched = files.iter().filter(|file| file["kind"] == "attachment").count();
            assert_eq!(fetched, comment.files.len(), "{key}");
            let is_note = !comment.public && comment.call.is_none() && !comment.flags.contains(&17);
            assert_eq!(message["side"] == "note", is_note, "{key}: {}", message["side"]);
        }
    }
}

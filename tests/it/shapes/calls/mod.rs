//! Every layout of Aircall's gives the same calls: one history, told once (`story`), in every layout and shape of files
//! (`csv`, `json`). What is read from each is the same but for what the layout does not say (`lacks`).

mod csv;
pub(crate) mod json;
mod lacks;
pub(crate) mod story;

use std::collections::BTreeMap;

use gorgias_import::source::{SourceKind, SourceSpec};
use serde_json::Value;

use super::folder::Folder;
use super::reading::{Reading, differences, spec};
use lacks::Lack;
use story::Call;

/// A layout, or a shape of files.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// Writes calls in it.
    pub(crate) write: fn(&[Call], &Folder),
    /// What the config has to say about it.
    prepare: fn(&mut SourceSpec),
    /// Whether it has Aircall's ids.
    has_ids: bool,
    /// What it does not say, or the API does not.
    lacks: &'static [Lack],
}

const fn shape(name: &'static str, write: fn(&[Call], &Folder), lacks: &'static [Lack]) -> Shape {
    Shape { name, write, prepare: |_| {}, has_ids: true, lacks }
}

const SHAPES: &[&[Shape]] = &[json::SHAPES, csv::SHAPES];

fn all() -> impl Iterator<Item = &'static Shape> {
    SHAPES.iter().copied().flatten()
}

/// The shape with this name.
pub(crate) fn named(name: &str) -> &'static Shape {
    all().find(|shape| shape.name == name).unwrap()
}

fn reading(shape: &Shape, calls: &[Call], change: fn(&mut SourceSpec)) -> Reading {
    let folder = Folder::new();
    (shape.write)(calls, &folder);
    let mut spec = spec(SourceKind::Aircall, folder.path());
    spec.include_internal = true;
    (shape.prepare)(&mut spec);
    change(&mut spec);
    Reading::of(&spec)
}

/// Conversations without what a layout lacks; by direction, start and customer where it has no ids.
fn without(conversations: &BTreeMap<String, Value>, lacks: &[&Lack], has_ids: bool) -> Value {
    let mut left = serde_json::Map::new();
    for (key, conversation) in conversations {
        let mut conversation = conversation.clone();
        let name = if has_ids { key.clone() } else { lacks::name_of(&conversation) };
        for lack in lacks {
            (lack.remove)(&mut conversation);
        }
        assert!(left.insert(name, conversation).is_none(), "two calls by one name: {key}");
    }
    Value::Object(left)
}

fn complaints(shape: &Shape, reading: &Reading, whole: &Reading) -> Vec<String> {
    let mut found = reading.trouble.clone();
    found.extend(reading.left_out.iter().map(|left_out| format!("left out: {left_out:?}")));
    let lacks: Vec<&Lack> = shape.lacks.iter().collect();
    let sides = |lacks: &[&Lack]| {
        let of = |reading: &Reading| without(&reading.conversations, lacks, shape.has_ids);
        (of(whole), of(reading))
    };
    let (left, right) = sides(&lacks);
    differences("", &left, &right, &mut found);
    // A row that nothing needs would hide a mistake.
    for at in 0..lacks.len() {
        let mut others = lacks.clone();
        let lack = others.remove(at);
        let (left, right) = sides(&others);
        if left == right {
            found.push(format!("the layout does not lack {}", lack.what));
        }
    }
    let more = found.len().saturating_sub(30);
    found.truncate(30);
    found.extend((more > 0).then(|| format!("and {more} more")));
    found.into_iter().map(|complaint| format!("{}: {complaint}", shape.name)).collect()
}

#[test]
fn every_layout_gives_the_same_calls() {
    let calls = story::calls();
    let whole = reading(named("API pages"), &calls, |_| {});
    let complaints: Vec<String> =
        all().flat_map(|shape| complaints(shape, &reading(shape, &calls, |_| {}), &whole)).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_calls_are_what_was_told() {
    let calls = story::calls();
    let whole = reading(named("API pages"), &calls, |_| {});
    assert_eq!(whole.conversations.len(), calls.len());
    for call in &calls {
        let conversation = &whole.conversations[&format!("aircall:call:{}", call.id)];
        let messages = conversation["messages"].as_array().unwrap();
        assert_eq!(
            messages.len(),
            1 + call.comments.len() + usize::from(call.summary.is_some()),
            "{}",
            call.id
        );
        let first = &messages[0];
        assert_eq!(first["key"], conversation["key"]);
        assert_eq!(first["side"], if call.inbound { "customer" } else { "agent" }, "{}", call.id);
        let sent: jiff::Timestamp = first["sent_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(sent.as_second(), call.start, "{}", call.id);
        let text = first["body"]["text"].as_str().unwrap();
        assert!(text.starts_with(call.outcome), "{}: {text}", call.id);
        assert!(!text.contains("X-Amz"), "a dead link: {text}");
        let digits: Option<String> =
            call.customer.map(|shown| shown.chars().filter(|c| *c == '+' || c.is_ascii_digit()).collect());
        assert_eq!(conversation["customer"]["phone"].as_str(), digits.as_deref(), "{}", call.id);
        if call.customer.is_none() {
            assert_eq!(conversation["customer"]["key"], "aircall:caller:anonymous");
        }
        let address = call.agent.map(|agent| agent.email);
        assert_eq!(conversation["assignee"]["email"].as_str(), address, "{}", call.id);
        for tag in call.tags.iter().chain(&["aircall"]) {
            assert!(conversation["tags"].as_array().unwrap().contains(&Value::from(*tag)), "{tag}");
        }
        for comment in &call.comments {
            let key = format!("aircall:call:{}:comment:{}", call.id, comment.id);
            let note = messages.iter().find(|message| message["key"] == key.as_str()).unwrap();
            let posted: jiff::Timestamp = note["sent_at"].as_str().unwrap().parse().unwrap();
            assert_eq!((posted.as_second(), &note["side"]), (comment.at, &"note".into()));
            assert_eq!(note["body"]["text"], comment.text);
        }
    }
}

#[test]
fn calls_between_own_lines_can_be_left_out_of_every_layout() {
    let calls = story::calls();
    for shape in all() {
        let read = reading(shape, &calls, |spec| spec.include_internal = false);
        assert_eq!(read.conversations.len(), calls.len() - 2, "{}", shape.name);
        let codes: Vec<&str> = read.left_out.iter().map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, ["GI-A005", "GI-A005"], "{}", shape.name);
    }
}

//! The same history in several shapes, moved by the real program: what lies in the account afterwards is the same.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::account::Account;
use super::validation;
use super::workspace::{RUN, Workspace};
use crate::shapes::folder::Folder;
use crate::shapes::history::{Ticket, iso};
use crate::shapes::{SHAPES, Shape, named, story};

/// Moves the history in a shape; gives the account and the summary.
fn brought(shape: &Shape) -> (Account, Value) {
    let folder = Folder::new();
    (shape.write)(&story::history(), &folder);
    let account = Account::new();
    let workspace = Workspace::new(&account.base_url(), &source(&folder), "");
    let summary = workspace.run(RUN).expect(0).summary();
    (account, summary)
}

fn source(folder: &Folder) -> String {
    format!("[[source]]\nkind = \"zendesk\"\npaths = [\"{}\"]\n", folder.path().display())
}

/// The same; gives the tickets of the account.
fn moved(shape: &Shape) -> (BTreeMap<String, Value>, Value) {
    let (account, summary) = brought(shape);
    account.end_state();
    (account.tickets(), summary)
}

fn told() -> Vec<Ticket> {
    story::history().tickets.into_iter().filter(|ticket| !ticket.is_deleted()).collect()
}

/// What people see of a message.
fn seen(message: &Value) -> Value {
    json!({
        "id": message["external_id"], "sent": message["sent_datetime"], "agent": message["from_agent"],
        "public": message["public"], "channel": message["channel"], "text": message["body_text"], "html": message["body_html"],
        "files": message["attachments"].as_array().map(Vec::len),
    })
}

/// Checks the tickets of an account against the story itself.
fn as_told(tickets: &BTreeMap<String, Value>, summary: &Value) {
    let told = told();
    assert_eq!(tickets.len(), told.len());
    let mut messages = 0;
    for ticket in &told {
        let held = &tickets[&format!("zendesk:ticket:{}", ticket.number)];
        assert_eq!(held["subject"].as_str().unwrap_or_default(), ticket.subject.unwrap_or_default());
        let there = held["messages"].as_array().unwrap();
        assert_eq!(there.len(), ticket.comments.len(), "{}", ticket.number);
        messages += there.len();
        for (message, comment) in there.iter().zip(&ticket.comments) {
            let key = format!("zendesk:comment:{}", comment.id);
            assert_eq!(message["external_id"], key);
            let sent: jiff::Timestamp = message["sent_datetime"].as_str().unwrap().parse().unwrap();
            assert_eq!(sent.to_string(), iso(comment.at), "{key}");
            let text = message["body_text"].as_str().unwrap_or_default();
            let first = comment.text.lines().next().unwrap_or_default();
            assert!(text.contains(first), "{key}: {text}");
        }
    }
    assert_eq!(summary["messages"]["created"].as_u64().unwrap(), messages as u64);
    assert_eq!(summary["could_have_sent"], 0);
}

/// Checks that shapes, moved, leave the same in the account as the account's own export.
fn same(names: &[&str]) {
    let (whole, summary) = moved(named("bare lines"));
    as_told(&whole, &summary);
    for name in names {
        let (tickets, told) = moved(named(name));
        assert_eq!(tickets.keys().collect::<Vec<_>>(), whole.keys().collect::<Vec<_>>(), "{name}");
        assert_eq!(told["messages"]["created"], summary["messages"]["created"], "{name}");
        for (key, ticket) in &tickets {
            let seen_of =
                |ticket: &Value| ticket["messages"].as_array().unwrap().iter().map(seen).collect::<Vec<_>>();
            assert_eq!(seen_of(ticket), seen_of(&whole[key]), "{name}, {key}");
            for field in ["subject", "status", "created_datetime", "channel"] {
                assert_eq!(ticket[field], whole[key][field], "{name}, {key}");
            }
        }
    }
}

/// Nothing that is in the account tells in which of these the history came.
#[test]
fn five_deliveries_leave_the_same_account() {
    let (account, summary) = brought(named("bare lines"));
    as_told(&account.tickets(), &summary);
    let whole = account.end_state();
    for name in ["wrapped lines", "overlapping zips", "offset pages with side-loads", "ticket events"] {
        let (account, told) = brought(named(name));
        assert_eq!(
            (&told["tickets"], &told["messages"]),
            (&summary["tickets"], &summary["messages"]),
            "{name}"
        );
        assert_eq!(account.end_state(), whole, "{name}");
    }
}

#[test]
fn pages_and_events_arrive_as_the_export_does() {
    same(&["incremental pages by cursor", "audit pages"]);
}

/// The program itself counts the same in every shape, and rejects nothing.
#[test]
fn every_shape_counts_the_same() {
    let validated = |shape: &Shape| {
        let folder = Folder::new();
        (shape.write)(&story::history(), &folder);
        let workspace = Workspace::new("http://127.0.0.1:9", &source(&folder), "");
        validation::source(&workspace.validate(""), "zendesk").clone()
    };
    let (json, xml_and_tables) = SHAPES.split_at(4);
    let whole = validated(named("bare lines"));
    for shape in json.iter().copied().flatten() {
        let told = validated(shape);
        for field in ["tickets", "messages", "sides", "channels", "first", "last", "rejected", "unreadable"] {
            assert_eq!(told[field], whole[field], "{}, {field}", shape.name);
        }
    }
    // What they do not tell stands in their lists of lacks.
    for shape in xml_and_tables.iter().copied().flatten() {
        let told = validated(shape);
        assert_eq!((&told["rejected"], &told["unreadable"]), (&json!(0), &json!(0)), "{}", shape.name);
    }
}

/// What XML and tables can tell: ids of tickets, and of each message when, whose and what, in one line.
fn in_words(tickets: &BTreeMap<String, Value>) -> Vec<Vec<Value>> {
    let talks = tickets.iter().filter(|(key, _)| {
        !["zendesk:ticket:5", "zendesk:ticket:6", "zendesk:ticket:19", "zendesk:ticket:27"]
            .contains(&key.as_str())
    });
    let said = |message: &Value| {
        let text = message["body_text"].as_str().unwrap_or_default();
        let words: Vec<&str> = text.split_whitespace().collect();
        json!([message["sent_datetime"], message["from_agent"], message["public"], words.join(" ")])
    };
    talks.map(|(_, ticket)| ticket["messages"].as_array().unwrap().iter().map(said).collect()).collect()
}

#[test]
fn xml_and_tables_arrive_as_the_export_does() {
    let (whole, _) = moved(named("bare lines"));
    for name in ["the XML export", "a warehouse's tables"] {
        let (tickets, summary) = moved(named(name));
        assert_eq!(summary["could_have_sent"], 0);
        assert_eq!(in_words(&tickets), in_words(&whole), "{name}");
    }
}

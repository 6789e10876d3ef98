//! One history of calls, as a report, as pages of the API and as a log of webhooks, moved by the real program.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::account::{Account, tags};
use super::validation::source;
use super::workspace::{RUN, Workspace};
use crate::shapes::calls::story::{self, Call};
use crate::shapes::calls::{Shape, named};
use crate::shapes::folder::Folder;

const AIRCALL: &str = "[[source]]\nkind = \"aircall\"\npaths = [\"calls\"]\n";

/// A place with the story in a shape. What was there is replaced.
fn deliver(workspace: &Workspace, shape: &Shape) {
    let folder = Folder::new();
    (shape.write)(&story::calls(), &folder);
    let place = workspace.path("calls");
    drop(fs::remove_dir_all(&place));
    super::workspace::copy(folder.path(), &place);
}

fn workspace(account: &Account, shape: &Shape, more: &str) -> Workspace {
    let workspace = Workspace::new(&account.base_url(), &format!("{AIRCALL}{more}\n"), "");
    deliver(&workspace, shape);
    workspace
}

/// A place with the story as a report, where nobody has an address, and further settings.
pub(super) fn workspace_of(account: &Account, rest: &str) -> Workspace {
    let workspace = Workspace::new(&account.base_url(), AIRCALL, rest);
    deliver(&workspace, named("the current layout"));
    workspace
}

/// Checks a ticket against the call that it is. `notes` are the messages beside the call.
fn as_told(ticket: &Value, call: &Call) {
    let messages = ticket["messages"].as_array().unwrap();
    let first = &messages[0];
    let key = format!("aircall:call:{}", call.id);
    let seen = (&first["external_id"], &first["channel"], &first["from_agent"], &first["public"]);
    assert_eq!(seen, (&json!(key), &json!("phone"), &json!(!call.inbound), &json!(true)));
    let sent: jiff::Timestamp = first["sent_datetime"].as_str().unwrap().parse().unwrap();
    assert_eq!(sent.as_second(), call.start, "{key}");
    let text = first["body_text"].as_str().unwrap();
    // Where the agent is no user of the account, the first line says who spoke.
    assert!(text.lines().any(|line| line.starts_with(call.outcome)), "{key}: {text}");
    if let Some(asset) = call.asset() {
        assert!(text.contains(&asset), "{key}: {text}");
    }
    let closed: jiff::Timestamp = ticket["closed_datetime"].as_str().unwrap().parse().unwrap();
    assert_eq!(ticket["status"], "closed", "{key}");
    // What was said after the call comes before the ticket is closed.
    let is_right = if call.comments.is_empty() {
        closed.as_second() == call.end()
    } else {
        closed.as_second() >= call.end()
    };
    assert!(is_right, "{key}: {closed}");
    let names = tags(ticket);
    for tag in call.tags.iter().chain(&["aircall"]) {
        assert!(names.iter().any(|name| name == tag), "{key}: {tag} is not among {names:?}");
    }
    for note in &messages[1..] {
        assert_eq!((&note["public"], &note["channel"]), (&json!(false), &json!("internal-note")), "{key}");
    }
    let said: String = messages[1..].iter().filter_map(|note| note["body_text"].as_str()).collect();
    for comment in &call.comments {
        assert!(said.contains(comment.text), "{key}: {said}");
    }
}

/// Counts of what `validate` says, and the whole story in the account.
fn arrives(name: &str, notes: usize) {
    let account = Account::new();
    let workspace = workspace(&account, named(name), "");
    let calls = story::calls();
    let document = workspace.validate("");
    let told = source(&document, "aircall");
    assert_eq!(
        (&told["tickets"], &told["messages"], &told["left_out"], &told["rejected"], &told["unreadable"]),
        (&json!(calls.len()), &json!(calls.len() + notes), &json!(0), &json!(0), &json!(0)),
        "{name}"
    );
    assert_eq!(told["sides"]["note"], notes, "{name}");
    let summary = workspace.migrate();
    assert_eq!(
        (&summary["tickets"]["created"], &summary["could_have_sent"]),
        (&json!(calls.len()), &json!(0))
    );
    account.nothing_was_sent();
    let tickets = account.tickets();
    assert_eq!(tickets.len(), calls.len());
    let mut hidden = Vec::new();
    for call in &calls {
        let ticket = &tickets[&format!("aircall:call:{}", call.id)];
        as_told(ticket, call);
        if call.customer.is_none() {
            hidden.push(ticket["customer"]["id"].clone());
        }
    }
    assert!(hidden.len() == 2 && hidden[0] == hidden[1], "one stand-in for all who hide: {hidden:?}");
}

#[test]
fn a_report_arrives_as_told() {
    // Comments of a call are one cell.
    arrives("the current layout", 3);
}

#[test]
fn pages_arrive_as_told() {
    arrives("API pages", 5);
}

#[test]
fn a_webhook_log_arrives_as_told() {
    arrives("a webhook log", 5);
}

/// How often each message is in the account.
fn messages(account: &Account) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for ticket in account.tickets().values() {
        for message in ticket["messages"].as_array().unwrap() {
            *found.entry(message["external_id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    found
}

#[test]
fn pages_after_a_report_add_what_the_report_lacks_and_repeat_nothing() {
    let account = Account::new();
    let workspace = workspace(&account, named("the current layout"), "");
    workspace.migrate();
    let before = messages(&account);
    deliver(&workspace, named("API pages"));
    // What the report has in one cell, and so Gorgias in one note, are two comments here: that is left to a person.
    let summary = workspace.run(RUN).expect(3).summary();
    assert_eq!(
        (&summary["tickets"]["created"], &summary["messages"]["created"], &summary["messages"]["rejected"]),
        (&json!(0), &json!(1), &json!(2)),
        "{summary}"
    );
    let after = messages(&account);
    let added: Vec<&String> = after.keys().filter(|key| !before.contains_key(*key)).collect();
    assert_eq!(
        added,
        ["aircall:call:5000000001:summary"],
        "two comments in one cell are not joined, and not repeated"
    );
    assert!(after.values().all(|times| *times == 1));
    deliver(&workspace, named("a webhook log"));
    assert_eq!(workspace.run(RUN).expect(3).summary()["messages"]["created"], 0);
    assert_eq!(messages(&account), after);
}

#[test]
fn days_of_a_contact_are_the_same_from_a_report_and_from_pages() {
    let mut days: Vec<BTreeMap<String, Vec<Value>>> = Vec::new();
    for name in ["the current layout", "API pages", "a webhook log"] {
        let account = Account::new();
        workspace(&account, named(name), "grouping = \"contact-day\"").migrate();
        account.nothing_was_sent();
        let tickets = account.tickets().into_iter().map(|(key, ticket)| {
            let calls =
                ticket["messages"].as_array().unwrap().iter().filter(|message| message["public"] == true);
            (key, calls.map(|call| json!([call["external_id"], call["sent_datetime"]])).collect())
        });
        days.push(tickets.collect());
    }
    assert_eq!(days[0], days[1]);
    assert_eq!(days[1], days[2]);
    let (of_days, alone): (Vec<&String>, Vec<&String>) =
        days[0].keys().partition(|key| key.starts_with("aircall:contact-day:"));
    assert_eq!(alone.len(), 2, "callers who hide stay alone: {alone:?}");
    assert_eq!(days[0].values().map(Vec::len).sum::<usize>(), story::calls().len());
    assert!(of_days.len() < 10, "{of_days:?}");
}

//! The fixtures, moved whole: every message once, with its date, side and channel; and a second run does nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::Account;
use super::workspace::{RUN, Workspace, expected};

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap_or_else(|| panic!("no time: {value}")).parse().unwrap()
}

/// Every conversation of the fixtures' truth, by key.
fn conversations(expected: &Value) -> BTreeMap<&str, &Value> {
    let sources = expected["sources"].as_object().unwrap().values();
    let all = sources.flat_map(|source| source["conversations"].as_array().unwrap());
    all.map(|conversation| (conversation["key"].as_str().unwrap(), conversation)).collect()
}

/// Compares one message; gives its key where it was filed under another channel than the source's.
fn same_message(held: &Value, truth: &Value) -> Option<String> {
    let key = truth["key"].as_str().unwrap();
    assert_eq!(held["external_id"], truth["key"]);
    assert_eq!(time(&held["sent_datetime"]), time(&truth["sent_at"]), "{key}");
    assert_eq!(held["from_agent"], truth["from_agent"], "{key}");
    assert_eq!(held["public"], truth["public"], "{key}");
    assert_eq!(held["channel"] == "internal-note", truth["side"] == "note", "{key}");
    (held["channel"] != truth["channel"]).then(|| {
        assert_eq!((&held["channel"], &truth["channel"]), (&json!("api"), &json!("email")), "{key}");
        key.to_owned()
    })
}

#[test]
fn every_message_of_the_fixtures_is_there_once_with_its_date_side_and_channel() {
    let account = Account::new();
    let workspace = Workspace::with_fixtures(&account.base_url());
    let expected = expected();
    let truth = conversations(&expected);
    let plan = workspace.validate("");
    let summary = workspace.migrate();

    // Nothing was made up, nothing is missing, nothing would have been sent.
    account.nothing_was_sent();
    let held = account.tickets();
    let keys: BTreeSet<&str> = held.keys().map(String::as_str).collect();
    assert_eq!(keys, truth.keys().copied().collect());
    let mut refiled = BTreeSet::new();
    for (key, ticket) in &held {
        let messages = ticket["messages"].as_array().unwrap();
        let wanted = truth[key.as_str()]["messages"].as_array().unwrap();
        assert_eq!(messages.len(), wanted.len(), "{key}");
        refiled.extend(messages.iter().zip(wanted).filter_map(|(held, truth)| same_message(held, truth)));
        let open =
            matches!(truth[key.as_str()]["status"].as_str(), Some("new" | "open" | "pending" | "hold"));
        assert_eq!(ticket["status"], if open { "open" } else { "closed" }, "{key}");
        assert_eq!(ticket["closed_datetime"].is_null(), open, "{key}");
    }
    // Only an email whose people have no address may be filed elsewhere, and the plan says so.
    let findings = plan["findings"].as_array().unwrap();
    let told = findings
        .iter()
        .find(|finding| finding["code"] == "GI-G012")
        .map_or(0, |it| it["count"].as_u64().unwrap());
    assert_eq!(refiled.len() as u64, told, "{refiled:?}");

    accounts_for_every_call(&account, &plan, &summary);
    assert_eq!(summary["tickets"]["created"].as_u64().unwrap(), truth.len() as u64);
    assert_eq!(summary["messages"]["created"], plan["totals"]["messages"]);
    assert_eq!(summary["could_have_sent"], 0);

    running_again_does_nothing(&account, &workspace);
}

/// One call creates a ticket, and the number of calls of each kind is the plan's.
fn accounts_for_every_call(account: &Account, plan: &Value, summary: &Value) {
    let requests = account.sandbox().requests();
    let calls = |method: &str, fits: &dyn Fn(&str) -> bool| {
        let all = requests.iter().filter(|one| one.method == method && fits(one.path.trim_end_matches('/')));
        all.count() as u64
    };
    let kinds = &plan["calls"]["by_kind"];
    let tickets = calls("POST", &|path| path == "/api/tickets");
    assert_eq!(tickets, kinds["ticket"].as_u64().unwrap());
    assert_eq!(tickets, plan["totals"]["tickets"].as_u64().unwrap(), "a ticket costs one call");
    assert_eq!(calls("POST", &|path| path.ends_with("/messages")), kinds["message"].as_u64().unwrap());
    assert_eq!(calls("PUT", &|_| true), kinds["update"].as_u64().unwrap());
    assert_eq!(calls("POST", &|path| path == "/api/customers"), kinds["customer"].as_u64().unwrap());
    assert_eq!(calls("POST", &|path| path == "/api/tags"), kinds["tag"].as_u64().unwrap());
    assert_eq!(requests.iter().filter(|one| one.method == "DELETE").count(), 0);
    // What is left are reads: the look-ups planned, and the few of the beginning.
    let reads = calls("GET", &|_| true) - kinds["lookup"].as_u64().unwrap();
    assert!(reads <= 25, "{reads} reads beyond the plan");
    assert_eq!(summary["calls"].as_u64().unwrap(), requests.len() as u64);
    assert_eq!((&summary["throttled"], &summary["uploads"]), (&json!(0), &json!(0)));
}

fn running_again_does_nothing(account: &Account, workspace: &Workspace) {
    let (before, writes, requests) =
        (account.end_state(), account.writes().len(), account.sandbox().requests().len());
    let again = workspace.migrate();
    assert_eq!(again["tickets"]["already"].as_u64().unwrap(), before.len() as u64);
    assert_eq!(again["tickets"]["created"], 0);
    assert_eq!(again["messages"]["created"], 0);
    assert_eq!(account.writes().len(), writes, "a run with nothing to do wrote something");
    assert!(account.sandbox().requests().len() - requests <= 25);
    assert_eq!(account.end_state(), before);
}

#[test]
fn stdout_is_ndjson_that_ends_in_a_summary_which_adds_up() {
    let account = Account::new();
    let workspace = Workspace::with_fixtures(&account.base_url());
    let ended = workspace.run(RUN).expect(0);
    let lines = ended.lines();
    assert!(lines.iter().all(|line| line["v"] == 1 && line["type"].is_string()));
    assert_eq!(lines.iter().filter(|line| line["type"] == "summary").count(), 1);
    let summary = ended.summary();
    assert_eq!((&summary["exit_code"], &summary["command"]), (&json!(0), &json!("run")));
    let tickets = summary["tickets"].as_object().unwrap();
    let sum: u64 = tickets.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(sum, account.sandbox().stats().unwrap().tickets, "{tickets:?}");
    assert_eq!(summary["messages"]["created"], account.sandbox().stats().unwrap().messages);
    assert!(!ended.stdout.contains('@'), "machine output names nobody");
}

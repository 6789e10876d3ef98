//! `explain` shows everything known about one record, and no more of people than was asked for.

use std::fs;

use serde_json::{Value, json};

use super::account::Account;
use super::export::{Export, comment_id};
use super::workspace::{RUN, Workspace, migrated};

const SCHEMA: &str = include_str!("../../../src/commands/schema/explanation.json");

#[track_caller]
fn explain(workspace: &Workspace, line: &str) -> Value {
    let ended = workspace.run(&format!("explain --json {line}")).expect(0);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    crate::machine_output::fits::fits(&schema, &schema, &document).unwrap();
    document
}

#[test]
fn a_ticket_is_explained_from_its_line_to_its_link() {
    let (account, workspace) = migrated(&Export::of(6, |_| 4));
    workspace.run("verify --json").expect(0);
    let it = explain(&workspace, "zendesk:ticket:3");
    assert_eq!(it["place"]["file"], "zendesk/tickets.ndjson");
    assert_eq!(it["place"]["line"], 3);
    assert_eq!((&it["record"]["id"], &it["record"]["status"]), (&json!(3), &json!("pending")));
    assert_eq!(it["record"]["subject"], "[10 characters]");
    let id = account.tickets()["zendesk:ticket:3"]["id"].clone();
    assert_eq!((&it["ledger"]["state"], &it["ledger"]["gorgias_id"]), (&json!("done"), &id));
    assert_eq!(it["ledger"]["link"], format!("{}/app/ticket/{id}", account.base_url()));
    assert_eq!((&it["mapped"]["status"], &it["mapped"]["customer"]), (&json!("open"), &Value::Null));
    let messages = it["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 4);
    assert_eq!((&messages[3]["side"], &messages[3]["state"]), (&json!("note"), &json!("done")));
    assert!(messages[3]["gorgias_id"].is_u64() && messages[3]["text"].is_null());
    let requests = it["requests"].as_array().unwrap();
    let created = requests.iter().find(|request| request["kind"] == "ticket").unwrap();
    assert_eq!((&created["status"], &created["run"]), (&json!(201), &json!(1)));
    assert_eq!(created["request_id"].as_str().unwrap().len(), 32);
    assert_eq!(it["verification"]["class"], "identical");
    // By a message of it, and by its number alone.
    let message = format!("zendesk:comment:{}", comment_id(3, 1));
    let by_message = explain(&workspace, &message);
    assert_eq!((&by_message["key"], &by_message["message"]), (&json!("zendesk:ticket:3"), &json!(message)));
    assert_eq!(explain(&workspace, "3")["key"], "zendesk:ticket:3");
    let text = workspace.run("explain zendesk:ticket:3").expect(0).stdout;
    for words in ["zendesk/tickets.ndjson, line 3", "done since", "4 messages", "read back", "identical"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn texts_names_and_addresses_are_shown_only_when_asked_for() {
    let (_account, workspace) = migrated(&Export::of(3, |_| 2));
    for form in ["", "--json"] {
        let ended = workspace.run(&format!("explain zendesk:ticket:2 {form}")).expect(0);
        for word in ["@", "Message 0", "Question", "example.com", "Customer 2"] {
            assert!(!ended.stdout.contains(word) && !ended.stderr.contains(word), "{word}: {}", ended.stdout);
        }
        let ended = workspace.run(&format!("explain zendesk:ticket:2 --show-body {form}")).expect(0);
        for word in ["customer2@example.com", "Message 0 of ticket 2.", "Question 2"] {
            assert!(ended.stdout.contains(word), "{word}: {}", ended.stdout);
        }
    }
}

#[test]
fn rows_of_tables_are_shown_by_their_columns() {
    let account = Account::new();
    let workspace = Workspace::with_fixtures(&account.base_url());
    workspace.run(RUN);
    let tickets = account.tickets();
    let key = tickets.keys().find(|key| key.starts_with("aircall:call:")).unwrap();
    let it = explain(&workspace, key);
    assert!(it["record"].is_object(), "{it}");
    assert!(it["place"]["line"].as_u64().is_some());
    // Every ticket of both sources can be explained.
    for key in tickets.keys() {
        let it = explain(&workspace, key);
        assert_eq!(it["ledger"]["state"], "done");
        assert!(it["record"].is_object(), "{it}");
    }
}

#[test]
fn what_was_refused_says_why() {
    let account = Account::new();
    let mut export = Export::of(3, |_| 1);
    export.tickets[1]["comments"][0]["author_id"] = json!(77);
    export.tickets[1]["requester_id"] = json!(77);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.run(RUN);
    let it = explain(&workspace, "zendesk:ticket:2");
    let findings = it["findings"].as_array().unwrap();
    assert!(!findings.is_empty(), "{it}");
    assert!(
        findings.iter().all(|finding| finding["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()))
    );
}

#[test]
fn an_unknown_key_names_the_nearest() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(12, |_| 1));
    let nothing = workspace.run("explain zendesk:ticket:1 --json").expect(2);
    assert_eq!(nothing.error()["next"], "gorgias-import run --dry-run");
    workspace.run("run --dry-run --json").expect(0);
    assert_eq!(explain(&workspace, "zendesk:ticket:1")["ledger"]["state"], "pending");
    for (asked, near) in [
        ("zendesk:ticket:122", "zendesk:ticket:12"),
        ("zendesk:tickt:7", "zendesk:ticket:"),
        ("shop:ticket:7", "zendesk:ticket:7"),
    ] {
        let error = workspace.run(&format!("explain {asked} --json")).expect(2).error();
        assert!(error["next"].as_str().unwrap().contains(near), "{error}");
    }
    // The ledger alone is enough for what it knows.
    fs::remove_file(workspace.path(".gorgias-import/staging.sqlite")).unwrap();
    let it = explain(&workspace, "zendesk:ticket:1");
    assert!(it["mapped"].is_null() && !it["notes"].as_array().unwrap().is_empty());
}

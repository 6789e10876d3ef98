//! What an agent sees of a moved ticket: customer, agent, tags, status and dates, each as it was.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gorgias_import::sandbox::SeedCustomer;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::{Account, Play, tags};
use super::export::{Export, address, comment_id, status, written};
use super::workspace::Workspace;

/// Ben of the default account.
const BEN: i64 = 519_543_302;

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn every_fact_of_a_ticket_is_as_it_was() {
    let account = Account::new();
    let export = Export::mixed(28);
    Workspace::with_export(&account.base_url(), &export).migrate();
    let tickets = account.tickets();
    assert_eq!(tickets.len(), 28);
    for source in &export.tickets {
        let number = source["id"].as_u64().unwrap();
        let ticket = &tickets[&format!("zendesk:ticket:{number}")];
        let is_open = matches!(status(number), "open" | "pending");
        assert_eq!(ticket["status"], if is_open { "open" } else { "closed" }, "{number}");
        assert_eq!(ticket["closed_datetime"].is_null(), is_open, "{number}");
        assert_eq!(ticket["subject"], format!("Question {number}"));
        assert_eq!(ticket["customer"]["email"].as_str(), address(number).as_deref());
        assert_eq!(ticket["customer"]["name"], format!("Customer {}", number % 7));
        assert_eq!(ticket["assignee_user_id"], BEN);
        assert_eq!(time(&ticket["created_datetime"]).to_string(), written(number, 0));
        let tags = tags(ticket);
        for tag in ["moved".to_owned(), format!("tag-{}", number % 4)] {
            assert!(tags.contains(&tag), "{number}: {tags:?}");
        }
        for (at, message) in (0..).zip(ticket["messages"].as_array().unwrap()) {
            assert_eq!(message["external_id"], format!("zendesk:comment:{}", comment_id(number, at)));
            assert_eq!(time(&message["sent_datetime"]).to_string(), written(number, at));
            assert_eq!(time(&message["created_datetime"]).to_string(), written(number, at));
            assert_eq!(message["from_agent"], at % 2 == 1);
            assert_eq!(message["public"], at % 4 != 3);
            let sender = if at % 2 == 1 { json!(BEN) } else { ticket["customer"]["id"].clone() };
            assert_eq!(message["sender"]["id"], sender, "{number}, message {at}");
        }
    }
    // Six customers with an address and one without, each once; no customer is made of an agent.
    assert_eq!(account.sandbox().stats().unwrap().customers, 7);
    let users = account.sandbox().requests().into_iter().filter(|call| call.path == "/api/users").count();
    assert_eq!(users, 1, "who is who is read once");
}

#[test]
fn priority_and_times_are_those_of_the_export() {
    let account = Account::new();
    let mut export = Export::of(4, |number| if number == 4 { 1 } else { 3 });
    for (ticket, priority) in export.tickets.iter_mut().zip(["urgent", "high", "normal", "low"]) {
        ticket["priority"] = json!(priority);
    }
    Workspace::with_export(&account.base_url(), &export).migrate();
    let tickets = account.tickets();
    for (number, priority) in [(1, "critical"), (2, "high"), (3, "normal"), (4, "low")] {
        let ticket = &tickets[&format!("zendesk:ticket:{number}")];
        assert_eq!(ticket["priority"], priority);
        if number < 4 {
            assert_eq!(time(&ticket["opened_datetime"]).to_string(), written(number, 1), "the first answer");
        } else {
            assert!(ticket["opened_datetime"].is_null(), "nobody knows");
        }
        let last = written(number, if number == 4 { 0 } else { 2 });
        assert_eq!(time(&ticket["last_message_datetime"]).to_string(), last);
        if matches!(status(number), "closed" | "solved") {
            assert_eq!(time(&ticket["closed_datetime"]).to_string(), last);
        }
    }
}

#[test]
fn customers_who_are_there_keep_their_record() {
    let mut play = Play::default();
    play.seed.customers.push(SeedCustomer {
        email: Some("Customer1@Example.com".into()),
        name: Some("Known to everybody".into()),
        external_id: Some("shop-77".into()),
        ..SeedCustomer::default()
    });
    let account = Account::playing(play);
    Workspace::with_export(&account.base_url(), &Export::of(14, |_| 2)).migrate();
    let tickets = account.tickets();
    for key in ["zendesk:ticket:1", "zendesk:ticket:8"] {
        let customer = &tickets[key]["customer"];
        assert_eq!(customer["name"], "Known to everybody");
        assert_eq!(customer["external_id"], "shop-77");
    }
    assert_eq!(account.sandbox().stats().unwrap().customers, 7);
}

#[test]
fn an_agent_whom_gorgias_does_not_know_stays_visible() {
    let mut play = Play::default();
    play.seed.users.retain(|user| user.id != BEN);
    let account = Account::playing(play);
    Workspace::with_export(&account.base_url(), &Export::of(1, |_| 2)).migrate();
    let tickets = account.tickets();
    let answer = &tickets["zendesk:ticket:1"]["messages"][1];
    assert_eq!(answer["from_agent"], true);
    assert!(answer["body_html"].as_str().unwrap().contains("Ben Brook"), "{answer}");
}

#[test]
fn neither_the_ledger_nor_the_logs_hold_addresses_bodies_or_the_key() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::mixed(20));
    let mut command = workspace.command("run --yes --json -vv");
    command.env("GORGIAS_API_KEY", "sandbox");
    let ended = workspace.launch(command).wait().expect(0);
    let state = workspace.path(".gorgias-import");
    let mut texts = vec![("stdout".to_owned(), ended.stdout), ("stderr".to_owned(), ended.stderr)];
    for name in [
        "ledger.sqlite",
        "ledger.sqlite-wal",
        "runs/0001/log.ndjson",
        "runs/0001/rejects.csv",
        "runs/0001/report.json",
    ] {
        if let Ok(bytes) = fs::read(state.join(name)) {
            texts.push((name.to_owned(), String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    assert!(texts.len() >= 5);
    for (name, text) in texts {
        for secret in
            ["@example.com", "@acme.example", "of ticket", "Customer 1", "b3BzQGV4YW1wbGUuY29tOnNhbmRib3g="]
        {
            assert!(!text.contains(secret), "{name} holds {secret:?}");
        }
    }
    for name in ["ledger.sqlite", "staging.sqlite"] {
        let mode = fs::metadata(state.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

//! What an agent sees of a moved ticket: customer, agent, tags, status and dates, each as it was.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gorgias_import::sandbox::SeedCustomer;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::account::{Account, Play, tags};
use super::export::{Export, address, comment_id, status, written};
use super::wiretap::Wiretap;
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

/// Gorgias counts `updated_datetime` on from what is done to a ticket afterwards, so what it was made with is looked at.
#[test]
fn every_time_that_gorgias_takes_is_sent() {
    let account = Account::new();
    let mut export = Export::of(2, |_| 3);
    let (updated, solved) = ("2024-03-01T08:00:00Z", "2024-02-01T09:30:00Z");
    for ticket in &mut export.tickets {
        ticket["status"] = json!("closed");
        ticket["updated_at"] = json!(updated);
    }
    export.tickets[0]["metric_set"] = json!({"ticket_id": 1, "solved_at": solved, "replies": 1});
    let wire = Wiretap::to(&account.base_url());
    let workspace = Workspace::with_export(&wire.base_url(), &export);
    workspace.migrate();
    let sent = wire.heard("POST /api/tickets");
    let tickets: BTreeMap<&str, &Value> =
        sent.iter().map(|ticket| (ticket["external_id"].as_str().unwrap(), ticket)).collect();
    let (solved_one, other) = (tickets["zendesk:ticket:1"], tickets["zendesk:ticket:2"]);
    assert_eq!(time(&solved_one["closed_datetime"]).to_string(), solved, "when it was solved");
    assert_eq!(time(&other["closed_datetime"]).to_string(), written(2, 2), "else the last message");
    for ticket in [solved_one, other] {
        let number = ticket["meta"]["zendesk_ticket_id"].as_u64().unwrap();
        for (name, expected) in [
            ("created_datetime", written(number, 0)),
            ("opened_datetime", written(number, 1)),
            ("last_message_datetime", written(number, 2)),
            ("last_received_message_datetime", written(number, 2)),
            ("updated_datetime", updated.to_owned()),
        ] {
            assert_eq!(time(&ticket[name]).to_string(), expected, "{name} of {number}");
        }
    }
    // And they are what the account shows, but for the one that it counts on.
    for (key, ticket) in account.tickets() {
        for name in ["created_datetime", "opened_datetime", "closed_datetime", "last_message_datetime"] {
            assert_eq!(time(&ticket[name]), time(&tickets[&*key][name]), "{name} of {key}");
        }
        assert_ne!(
            time(&ticket["updated_datetime"]).to_string(),
            updated,
            "the stand-in does as Gorgias does"
        );
    }
    workspace.verified();
}

#[test]
fn a_language_is_detected_by_gorgias_or_the_one_of_the_export() {
    for (setting, expected) in [("detect", "en"), ("source", "fr")] {
        let account = Account::new();
        let mut export = Export::of(2, |_| 1);
        export.tickets[1]["requester_id"] = json!(9_900);
        let words = "Hello, where is my order? I have not received it and the shop does not answer.";
        for ticket in &mut export.tickets {
            for name in ["body", "plain_body"] {
                ticket["comments"][0][name] = json!(words);
            }
            ticket["comments"][0]["html_body"] = json!(format!("<p>{words}</p>"));
        }
        let rest = format!("[mapping]\nmailbox = \"support@acme.example\"\nlanguage = \"{setting}\"\n");
        let workspace = Workspace::with_export_and(&account.base_url(), &export, &rest);
        let users = fs::read_to_string(workspace.path("zendesk/users.ndjson")).unwrap();
        workspace
            .write("zendesk/users.ndjson", &users.replace("\"locale\":\"en-US\"", "\"locale\":\"fr-CA\""));
        workspace.migrate();
        let tickets = account.tickets();
        let (known, unknown) = (&tickets["zendesk:ticket:1"], &tickets["zendesk:ticket:2"]);
        assert_eq!(
            (&known["language"], &known["meta"]["language"]),
            (&json!(expected), &json!("fr")),
            "{setting}"
        );
        assert_eq!(
            (&unknown["language"], &unknown["meta"]["language"]),
            (&json!("en"), &Value::Null),
            "{setting}"
        );
        workspace.verified();
    }
}

//! One bad record costs itself: it is listed, the rest goes through, and the list can be handed in again.

use std::fs;
use std::time::Duration;

use gorgias_import::sandbox::AccountSeed;
use serde_json::json;

use super::account::{Account, Play};
use super::export::Export;
use super::workspace::{RUN, Workspace};

fn list(workspace: &Workspace, run: u64, name: &str) -> String {
    fs::read_to_string(workspace.path(&format!(".gorgias-import/runs/{run:04}/{name}"))).unwrap()
}

#[test]
fn a_record_that_gorgias_refuses_is_listed_and_can_be_handed_in_again() {
    let mut account = Account::playing(Play { json_bytes_max: 20_000, ..Play::default() });
    let mut export = Export::of(12, |_| 1);
    let long = "All work and no play. ".repeat(2_000);
    for field in ["body", "html_body", "plain_body"] {
        export.tickets[4]["comments"][0][field] = json!(long);
    }
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let summary = workspace.run(RUN).expect(3).summary();
    assert_eq!((&summary["tickets"]["created"], &summary["tickets"]["rejected"]), (&json!(11), &json!(1)));
    assert_eq!(account.tickets().len(), 11);
    let rejects = list(&workspace, 1, "rejects.csv");
    assert_eq!(rejects.lines().count(), 2, "{rejects}");
    assert!(rejects.contains("GI-U001") && rejects.contains("zendesk:ticket:5"), "{rejects}");
    assert!(!rejects.contains("All work"), "{rejects}");

    // Without being asked for it is not tried again.
    let again = workspace.run(RUN).expect(3).summary();
    assert_eq!((&again["tickets"]["already"], &again["tickets"]["rejected"]), (&json!(11), &json!(1)));

    account.play.json_bytes_max = 10_000_000;
    account.restart(Duration::ZERO);
    workspace.write("rejects.csv", &rejects);
    let retried = workspace.run(&format!("{RUN} --ids-from rejects.csv")).expect(0).summary();
    assert_eq!(retried["tickets"]["created"], 1, "{retried}");
    assert_eq!(account.end_state().len(), 12);
    assert_eq!(workspace.migrate()["tickets"]["already"], 12);
}

#[test]
fn a_record_without_a_key_counts_as_rejected_wherever_it_is_counted() {
    let account = Account::new();
    let sources = "[[source]]\nkind = \"aircall\"\npaths = [\"calls\"]\n";
    let workspace = Workspace::new(&account.base_url(), sources, "");
    let call = |id: serde_json::Value| {
        json!({"id": id, "direction": "inbound", "started_at": 1_748_854_800, "answered_at": 1_748_854_810,
            "ended_at": 1_748_854_900, "raw_digits": "+61 491 570 006", "user": {"id": 3, "name": "Ana"},
            "number": {"name": "Sales", "digits": "+61 3 5550 4772"}, "tags": [], "comments": []})
    };
    // As a spreadsheet writes a long number.
    let calls = [call(json!("7.25E+12")), call(json!(2))];
    workspace.write("calls/calls.json", &json!({ "calls": calls }).to_string());
    let said = workspace.run("validate --json").expect(6);
    let said: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(said["totals"]["rejected"], 1, "{said}");
    let rehearsed = workspace.run("rehearse --no-browse --json").expect(3).summary();
    for _ in 0..2 {
        let summary = workspace.run(RUN).expect(3).summary();
        assert_eq!(summary["tickets"]["rejected"], rehearsed["tickets"]["rejected"], "{summary}");
        assert_eq!(summary["tickets"]["rejected"], 1, "{summary}");
    }
}

#[test]
fn a_message_without_a_date_is_rejected_and_told_and_its_neighbours_are_moved() {
    let account = Account::new();
    let mut export = Export::of(6, |_| 2);
    export.tickets[2]["comments"][1]["created_at"] = json!("the other day");
    export.tickets[3]["comments"][1]["created_at"] = json!("2099-01-01T00:00:00Z");
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let ended = workspace.run("validate --json").expect(6);
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(document["totals"]["rejected_messages"], 2);
    let summary = workspace.run(RUN).expect(3).summary();
    assert_eq!(summary["messages"]["rejected"], 2);
    let state = account.end_state();
    let messages: usize =
        state.values().map(|ticket| ticket["messages"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!((state.len(), messages), (6, 10));
    let rejects = list(&workspace, 1, "rejects.csv");
    for key in ["zendesk:comment:30001", "zendesk:comment:40001"] {
        assert!(rejects.contains(key), "{rejects}");
    }
}

#[test]
fn too_many_refusals_stop_at_the_limit_that_was_set() {
    let account = Account::playing(Play { json_bytes_max: 2_000, ..Play::default() });
    let mut export = Export::of(60, |_| 1);
    for (at, ticket) in export.tickets.iter_mut().enumerate() {
        if at % 2 == 0 {
            ticket["comments"][0]["html_body"] = json!(format!("<p>{}</p>", "long ".repeat(2_000)));
        }
    }
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let summary = workspace.run(&format!("{RUN} --max-errors 5")).expect(3).summary();
    let rejected = summary["tickets"]["rejected"].as_u64().unwrap();
    // What was in flight when the limit was reached still counts.
    assert!((5..=5 + 9).contains(&rejected), "{summary}");
    assert!(summary["tickets"]["pending"].as_u64().unwrap() > 0, "{summary}");
}

#[test]
fn what_the_mapping_rejects_counts_to_the_limit_as_well() {
    // Ben, who answered everything, is no user of this account.
    let mut seed = AccountSeed::default();
    seed.users.retain(|user| !user.email.starts_with("ben@"));
    let account = Account::playing(Play { seed, ..Play::default() });
    let reject = "[mapping]\nmailbox = \"support@acme.example\"\nunknown_agent = \"reject\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(60, |_| 2), reject);
    let ended = workspace.run(&format!("{RUN} --max-errors 5")).expect(3);
    let summary = ended.summary();
    assert_eq!(summary["tickets"]["rejected"], 6, "{summary}");
    assert_eq!(summary["tickets"]["pending"], 54, "{summary}");
    assert_eq!(account.sandbox().stats().unwrap().tickets, 0);
    assert!(list(&workspace, 1, "rejects.csv").contains("GI-G007"));
}

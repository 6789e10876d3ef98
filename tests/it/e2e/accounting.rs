//! Every record of an export has an end, and each end is told: by its key in a list, and in counts that add up from the
//! lines of the file to the account.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::account::{Account, Play};
use super::export::{self, Export};
use super::workspace::{RUN, Workspace};

fn sum(counts: &Value, names: &[&str]) -> u64 {
    // Where nothing was left out, that is not said.
    names.iter().map(|name| counts[*name].as_u64().unwrap_or_default()).sum()
}

/// What a list of the run names.
fn listed(workspace: &Workspace, run: u32, name: &str) -> String {
    fs::read_to_string(workspace.path(&format!(".gorgias-import/runs/{run:04}/{name}"))).unwrap()
}

/// Twenty tickets of which one was deleted, one has no date, one is more than Gorgias takes, one loses a message; and a
/// line that cannot be read.
fn dirty() -> Export {
    let mut export = Export::of(20, |number| 1 + number % 4);
    export.tickets[1]["status"] = json!("deleted");
    export.tickets[3]["comments"][0]["created_at"] = json!("the other day");
    for field in ["body", "html_body", "plain_body"] {
        export.tickets[4]["comments"][0][field] = json!("word ".repeat(8_000));
    }
    export.tickets[6]["comments"][1]["created_at"] = json!("2099-01-01T00:00:00Z");
    export
}

#[test]
fn every_record_ends_somewhere_and_is_told_there() {
    let account = Account::playing(Play { json_bytes_max: 20_000, ..Play::default() });
    let export = dirty();
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let whole = export::lines(&export.tickets);
    workspace.write("zendesk/tickets.ndjson", &format!("{whole}{}\n", &whole[..90]));

    // What the file holds is counted, whatever comes of it.
    let plan = workspace.run("validate --json").expect(6);
    let plan: Value = serde_json::from_str(&plan.stdout).unwrap();
    let source = &plan["sources"][0];
    assert_eq!(sum(source, &["tickets", "left_out", "unreadable", "rejected"]), 21, "{source}");
    assert_eq!((&source["left_out"], &source["unreadable"]), (&json!(1), &json!(1)), "{source}");
    let comments = export.messages();
    let lost = |at: usize| export.tickets[at]["comments"].as_array().unwrap().len() as u64;

    // What was to be imported is there, or was rejected.
    let summary = workspace.run(RUN).expect(3).summary();
    let tickets = &summary["tickets"];
    let ends =
        sum(tickets, &["created", "appended", "already", "rejected", "left_out", "unknown", "pending"]);
    assert_eq!(ends, sum(&plan["totals"], &["tickets", "rejected"]), "{summary} {}", plan["totals"]);
    assert_eq!(sum(tickets, &["unknown", "pending"]), 0, "{summary}");
    let there = account.tickets();
    assert_eq!(tickets["created"].as_u64(), Some(there.len() as u64));
    let held: BTreeSet<String> = (there.values())
        .flat_map(|ticket| ticket["messages"].as_array().unwrap())
        .map(|message| message["external_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(summary["messages"]["created"].as_u64(), Some(held.len() as u64), "{summary}");

    // Each ticket and each message is in the account, or a list names it or the ticket that it went with.
    let told = listed(&workspace, 1, "findings.csv") + &listed(&workspace, 1, "rejects.csv");
    let names = |key: &str| told.split(['"', ',', ' ', '\n']).any(|word| word == key);
    let mut missing = 0;
    for ticket in &export.tickets {
        let key = format!("zendesk:ticket:{}", ticket["id"]);
        assert!(there.contains_key(&key) || names(&key), "{key} went without a word:\n{told}");
        for comment in ticket["comments"].as_array().unwrap() {
            let message = format!("zendesk:comment:{}", comment["id"]);
            if !held.contains(&message) {
                missing += 1;
                assert!(
                    names(&message) || !there.contains_key(&key),
                    "{message} went without a word:\n{told}"
                );
            }
        }
    }
    assert_eq!(held.len() as u64 + missing, comments);
    assert_eq!(missing, lost(1) + lost(3) + lost(4) + 1, "{told}");
    assert!(told.contains("GI-I001"), "the line that cannot be read: {told}");

    // Once more: the same ends, none of them twice.
    let again = workspace.run(RUN).expect(3).summary();
    assert_eq!(again["tickets"]["already"], tickets["created"], "{again}");
    assert_eq!(again["tickets"]["rejected"], tickets["rejected"], "{again}");
    assert_eq!(account.tickets().len(), there.len());
}

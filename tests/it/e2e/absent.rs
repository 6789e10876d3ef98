//! A run died with an answer under way, and the next export does not have the ticket: what became of it is found out
//! all the same, by the keys in the ledger.

use std::sync::Arc;

use gorgias_import::sandbox::Phase;
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::Export;
use super::process::Trap;
use super::workspace::{RUN, Workspace};

const SETTINGS: &str =
    "[upload]\nsettle_seconds = 1\nrequest_timeout_seconds = 2\nconcurrency = 1\nmessages_per_ticket = 2\n";

/// Runs `export` until the `nth` write comes to `phase`, and gives the keys whose outcome is unknown now.
fn killed(export: &Export, phase: Phase, nth: i64) -> (Account, Workspace) {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let observer = Some(observer(move |seen| watching.observe(seen)));
    let account = Account::playing(Play { observer, ..Play::default() });
    let workspace = Workspace::with_export_and(&account.base_url(), export, SETTINGS);
    trap.set(phase, nth);
    let started = workspace.start(RUN);
    trap.aim(&started);
    assert_eq!(started.wait().code, None, "it was to be killed");
    trap.disarm();
    (account, workspace)
}

/// The export without its tickets of these numbers.
fn without(mut export: Export, numbers: &[u64]) -> Export {
    export.tickets.retain(|ticket| !numbers.contains(&ticket["id"].as_u64().unwrap()));
    export
}

fn findings(workspace: &Workspace, run: u32) -> String {
    std::fs::read_to_string(workspace.path(&format!(".gorgias-import/runs/{run:04}/findings.csv"))).unwrap()
}

fn total(tickets: &Value) -> u64 {
    tickets.as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
}

/// Tickets 1 to 8; all but 1 are gone from the second export.
fn second_run(phase: Phase) -> (Account, Workspace, Value) {
    let export = || Export::of(8, |_| 2);
    // Enough writes for tags, customers and some tickets; how many came in is counted afterwards.
    let (account, workspace) = killed(&export(), phase, 12);
    assert!(workspace.status()["tickets"]["unknown"].as_u64().unwrap() >= 1, "{}", workspace.status());
    without(export(), &[2, 3, 4, 5, 6, 7, 8]).write(&workspace.path("zendesk"));
    let summary = workspace.migrate();
    (account, workspace, summary)
}

#[test]
fn a_ticket_that_arrived_is_adopted_without_its_record() {
    let (account, workspace, summary) = second_run(Phase::Committed);
    let there = account.sandbox().stats().unwrap().tickets;
    let tickets = &summary["tickets"];
    assert_eq!((&tickets["unknown"], &tickets["pending"]), (&json!(0), &json!(0)), "{summary}");
    assert_eq!(total(tickets), there, "every ticket in the account is counted: {summary}");
    assert!(tickets["already"].as_u64().unwrap() > 0, "{summary}");
    assert!(findings(&workspace, 2).contains("GI-U012"), "{}", findings(&workspace, 2));

    // With the whole export again, the rest follows, and nothing twice.
    Export::of(8, |_| 2).write(&workspace.path("zendesk"));
    let rest = workspace.migrate();
    assert_eq!(rest["tickets"]["created"].as_u64(), Some(8 - there), "{rest}");
    assert_eq!(account.end_state().len(), 8);
}

#[test]
fn a_ticket_that_never_arrived_is_not_created_and_not_unknown_any_more() {
    let (account, workspace, summary) = second_run(Phase::Received);
    assert_eq!(summary["tickets"]["unknown"], 0, "{summary}");
    let there = account.sandbox().stats().unwrap().tickets;
    assert_eq!(total(&summary["tickets"]), there, "{summary}");
    assert_eq!(workspace.status()["tickets"]["unknown"], 0);
    Export::of(8, |_| 2).write(&workspace.path("zendesk"));
    workspace.migrate();
    assert_eq!(account.end_state().len(), 8);
}

#[test]
fn a_ticket_that_is_half_there_says_so_until_an_export_has_its_rest() {
    // One ticket of eight messages, two of which come with it.
    let export = || Export::of(1, |_| 8);
    let mut left = None;
    for nth in 5..10 {
        let (account, workspace) = killed(&export(), Phase::Committed, nth);
        let there = account.tickets();
        let held = there.values().next().map(|ticket| ticket["messages"].as_array().unwrap().len());
        if held.is_some_and(|held| held > 2 && held < 8) {
            left = Some((account, workspace, held.unwrap()));
            break;
        }
    }
    let (account, workspace, held) = left.expect("a kill in the middle of the appending");
    let mut other = export();
    other.tickets = vec![super::export::ticket("acme", 2, 1)];
    other.write(&workspace.path("zendesk"));
    let summary = workspace.run(RUN).expect(3).summary();
    assert_eq!(
        (&summary["tickets"]["already"], &summary["tickets"]["created"], &summary["tickets"]["unknown"]),
        (&json!(1), &json!(1), &json!(0)),
        "{summary}"
    );
    assert_eq!(summary["messages"]["rejected"].as_u64(), Some(8 - held as u64), "{summary}");
    assert!(findings(&workspace, 2).contains("GI-U013"));
    export().write(&workspace.path("zendesk"));
    workspace.migrate();
    let state = account.end_state();
    assert_eq!(state["zendesk:ticket:1"]["messages"].as_array().unwrap().len(), 8);
}

/// A run that was killed when its last ticket had arrived, and what somebody wrote into that ticket since. Then the record
/// is gone from the export.
fn written_into(external_id: Option<&str>) -> (Account, Workspace) {
    let (account, workspace) = killed(&Export::of(8, |_| 2), Phase::Committed, 12);
    let there = account.sandbox().tickets().unwrap();
    let last = there.iter().map(|ticket| ticket["id"].as_u64().unwrap()).max().unwrap();
    let reply = json!({"channel": "email", "from_agent": false, "via": "email", "body_text": "Thank you!",
        "external_id": external_id, "sender": {"email": "customer1@example.com"},
        "source": {"type": "email", "from": {"address": "customer1@example.com"},
            "to": [{"address": "support@acme.example"}]}});
    account.write(reqwest::Method::POST, &format!("/api/tickets/{last}/messages"), &reply);
    Export::of(1, |_| 2).write(&workspace.path("zendesk"));
    (account, workspace)
}

#[test]
fn a_ticket_that_a_customer_answered_meanwhile_is_ours_all_the_same() {
    let (_account, workspace) = written_into(Some("<CAF=7@mail.example>"));
    let summary = workspace.migrate();
    assert_eq!((&summary["tickets"]["unknown"], &summary["tickets"]["pending"]), (&json!(0), &json!(0)));
    assert!(findings(&workspace, 2).contains("GI-U012"), "{}", findings(&workspace, 2));
}

#[test]
fn a_ticket_with_a_message_of_another_import_is_not_adopted_without_its_record() {
    let (account, workspace) = written_into(Some("zendesk:comment:987654"));
    let written = account.writes().len();
    let refused = workspace.run(RUN).expect(7);
    assert!(refused.error()["message"].as_str().unwrap().contains("did not make"), "{}", refused.stderr);
    assert_eq!(account.writes().len(), written, "nothing is written while it is not clear whose it is");
    assert!(workspace.status()["tickets"]["unknown"].as_u64() >= Some(1), "{}", workspace.status());
}

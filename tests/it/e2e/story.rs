//! The whole story of a migration as its users live it, each step through the program: exit codes and JSON.

use std::collections::BTreeSet;
use std::sync::Arc;

use gorgias_import::sandbox::{AccountSeed, Phase};
use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::{Export, comment, ticket, written};
use super::process::Trap;
use super::workspace::{RUN, Workspace};

const TICKETS: u64 = 60;
const NEW: u64 = 5;

/// What each command promises that its document looks like.
const SCHEMAS: [(&str, &str); 4] = [
    ("validate", include_str!("../../../src/commands/schema/validation.json")),
    ("verify", include_str!("../../../src/commands/schema/verification.json")),
    ("undo", include_str!("../../../src/commands/schema/undo.json")),
    ("report", include_str!("../../../src/commands/schema/certificate.json")),
];

/// The one document that a command prints.
#[track_caller]
fn document(workspace: &Workspace, line: &str, code: i32) -> Value {
    let ended = workspace.run(&format!("{line} --json")).expect(code);
    let document: Value = serde_json::from_str(ended.stdout.trim()).unwrap();
    let (_, schema) = SCHEMAS.iter().find(|(command, _)| line.starts_with(command)).unwrap();
    let schema: Value = serde_json::from_str(schema).unwrap();
    crate::machine_output::fits::fits(&schema, &schema, &document).unwrap();
    document
}

/// What the certificate says in one word.
#[track_caller]
fn certified(workspace: &Workspace) -> Value {
    document(workspace, "report", 0)["verdict"].clone()
}

fn keys(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect()
}

fn named(numbers: &[u64]) -> BTreeSet<String> {
    numbers.iter().map(|number| format!("zendesk:ticket:{number}")).collect()
}

/// New tickets, new messages in three, another status in two.
fn later(export: &mut Export) {
    for number in TICKETS + 1..=TICKETS + NEW {
        export.tickets.push(ticket("acme", number, 2));
    }
    for at in [9, 10, 11] {
        let ticket = &mut export.tickets[at];
        let number = ticket["id"].as_u64().unwrap();
        ticket["comments"].as_array_mut().unwrap().push(comment(number, 2));
        ticket["updated_at"] = json!(written(number, 2));
    }
    for at in [19, 20] {
        let was_open = export.tickets[at]["status"] == "open" || export.tickets[at]["status"] == "pending";
        export.tickets[at]["status"] = json!(if was_open { "solved" } else { "open" });
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in one piece")]
fn a_migration_from_the_first_look_to_the_way_back_and_again() {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let mut with_ana = AccountSeed::default();
    with_ana.api_keys.insert("ana@acme.example".into(), "ana".into());
    let watcher = observer(move |seen| watching.observe(seen));
    let account = Account::playing(Play { seed: with_ana, observer: Some(watcher), ..Play::default() });
    trap.disarm();
    let mut export = Export::of(TICKETS, |_| 2);
    let workspace = Workspace::with_export(&account.base_url(), &export);

    // A look, a rehearsal, a pilot.
    let seen = document(&workspace, "validate", 0);
    assert_eq!((&seen["totals"]["tickets"], seen.get("ledger")), (&json!(TICKETS), None));
    let rehearsed = workspace.run("rehearse --json").expect(0).summary();
    assert_eq!(rehearsed["tickets"]["created"], TICKETS);
    assert_eq!(account.sandbox().requests().len(), 0, "a rehearsal stays on this machine");
    let pilot = workspace.run(&format!("{RUN} --limit 20")).expect(0).summary();
    assert_eq!(pilot["tickets"]["created"], 20);
    let seen = document(&workspace, "validate", 0);
    assert_eq!((&seen["ledger"]["create"], &seen["ledger"]["unchanged"]), (&json!(40), &json!(20)));

    assert_eq!(document(&workspace, "verify --limit 20", 0)["tickets"]["identical"], 20);
    assert_eq!(document(&workspace, "verify", 9)["not_checked"]["pending"], 40, "a pilot is not all");
    assert_eq!(certified(&workspace), "unfinished", "what is not sent yet is neither kept nor broken");

    // The rest, killed in the middle and gone on with.
    trap.set(Phase::Committed, 15);
    let started = workspace.start(RUN);
    trap.aim(&started);
    assert_eq!(started.wait().code, None, "it was to be killed");
    trap.disarm();
    assert_eq!(workspace.status()["state"], "interrupted");
    let resumed = workspace.run(RUN).expect(0).summary();
    assert_eq!(resumed["tickets"]["pending"], 0);
    assert_eq!(account.end_state().len() as u64, TICKETS);
    assert_eq!(workspace.status()["state"], "done");

    // The old help desk goes on; a later export.
    later(&mut export);
    export.write(&workspace.path("zendesk"));
    let seen = document(&workspace, "validate", 0);
    let wanted = json!({"create": NEW, "append": 3, "update": 2, "unchanged": TICKETS - 5, "conflict": 0});
    assert_eq!(seen["ledger"], wanted);
    let delta = workspace.run(RUN).expect(0).summary();
    let tickets = &delta["tickets"];
    assert_eq!(
        (&tickets["created"], &tickets["appended"], &tickets["updated"]),
        (&json!(NEW), &json!(3), &json!(2))
    );

    // All of it is there; then somebody spoils two tickets, and that is found.
    let all = TICKETS + NEW;
    let verified = document(&workspace, "verify", 0);
    assert_eq!(verified["tickets"]["identical"], all, "{verified}");
    assert_eq!(certified(&workspace), "kept");
    let held = account.tickets();
    let id = |number: u64| held[&format!("zendesk:ticket:{number}")]["id"].clone();
    let first_message = held["zendesk:ticket:7"]["messages"][0]["id"].clone();
    account.write(Method::DELETE, &format!("/api/tickets/{}/messages/{first_message}", id(7)), &Value::Null);
    account.write(Method::DELETE, &format!("/api/tickets/{}", id(8)), &Value::Null);
    let spoilt = document(&workspace, "verify", 9);
    assert_eq!(keys(&spoilt["differences"]), named(&[7, 8]));
    assert_eq!(certified(&workspace), "broken");

    // Work goes on in Gorgias; what was worked on is not taken back.
    account.write(Method::POST, "/api/tags", &json!({"name": "vip"}));
    let ana = |method: Method, path: String, body: Value| {
        account.write_as("ana@acme.example", "ana", method, &path, &body);
    };
    let note = json!({"channel": "internal-note", "from_agent": true, "via": "helpdesk", "body_text": "Mine.",
        "public": false, "sender": {"id": 519_543_301}, "source": {"type": "internal-note"}});
    ana(Method::POST, format!("/api/tickets/{}/messages", id(3)), note);
    let other = if held["zendesk:ticket:4"]["status"] == "open" { "closed" } else { "open" };
    ana(Method::PUT, format!("/api/tickets/{}", id(4)), json!({"status": other}));
    ana(Method::POST, format!("/api/tickets/{}/tags", id(5)), json!({"names": ["vip"]}));
    let touched = named(&[3, 4, 5]);
    let preview = document(&workspace, "undo", 0);
    assert_eq!((&preview["tickets"]["planned"], &preview["tickets"]["gone"]), (&json!(all - 4), &json!(1)));
    assert_eq!(keys(&preview["spared"]), touched);
    workspace.run("undo --json --execute --confirm acme").expect(2);
    let confirm = format!("--execute --confirm {}", account.sandbox().address());
    let undone = document(&workspace, &format!("undo {confirm}"), 3);
    assert_eq!((&undone["tickets"]["trashed"], &undone["tickets"]["unknown"]), (&json!(all - 4), &json!(0)));
    assert_eq!(keys(&undone["spared"]), touched);

    // Again, anew; what was worked on and what was deleted stays as people left it.
    let seen = document(&workspace, "validate", 0);
    assert_eq!((&seen["ledger"]["create"], &seen["ledger"]["unchanged"]), (&json!(all - 4), &json!(4)));
    let again = workspace.run(RUN).expect(0).summary();
    assert_eq!((&again["tickets"]["created"], &again["tickets"]["already"]), (&json!(all - 4), &json!(4)));
    let purged = document(&workspace, &format!("undo --purge {confirm}"), 0);
    assert_eq!(purged["tickets"]["purged"], all - 4);
    assert_eq!(account.tickets().len() as u64, all - 1);
    let last = document(&workspace, "verify", 9);
    let of_people: BTreeSet<String> = touched.union(&named(&[8])).cloned().collect();
    assert!(keys(&last["differences"]).is_subset(&of_people), "{last}");
    assert_eq!(workspace.migrate()["messages"]["created"], 0);
    account.nothing_was_sent();
}

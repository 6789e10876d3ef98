//! Taking back: to the trash and out of it, with the people's work spared, through kills, and anew afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use gorgias_import::sandbox::{AccountSeed, Fault, FaultPlan, Phase, SeedRule};
use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::{Export, ticket};
use super::process::{Ended, Trap};
use super::workspace::{RUN, Workspace};

/// Longer than the stand-in's faults hide new tickets from lists.
const LATE: Duration = Duration::from_secs(2);

/// An account in which Ana works beside the import.
pub(super) fn playing(change: impl FnOnce(&mut Play)) -> Account {
    let mut seed = AccountSeed::default();
    seed.api_keys.insert("ana@acme.example".into(), "ana".into());
    seed.api_keys.insert("support@acme.example".into(), "bot".into());
    let mut play = Play { seed, ..Play::default() };
    change(&mut play);
    Account::playing(play)
}

pub(super) fn name(account: &Account) -> String {
    account.sandbox().address().to_string()
}

pub(super) fn undo(workspace: &Workspace, flags: &str) -> Ended {
    workspace.run(&format!("undo --json {flags}"))
}

pub(super) fn execute(workspace: &Workspace, account: &Account, flags: &str) -> Ended {
    undo(workspace, &format!("--execute --confirm {} {flags}", name(account)))
}

#[track_caller]
pub(super) fn document(ended: &Ended) -> Value {
    let value: Value = serde_json::from_str(ended.stdout.trim()).unwrap_or_else(|_| panic!("{ended:?}"));
    assert_eq!(value["type"], "undo");
    assert_eq!(value["exit_code"].as_i64(), ended.code.map(i64::from));
    value
}

pub(super) fn in_trash(account: &Account) -> usize {
    let tickets = account.sandbox().tickets().unwrap();
    tickets.iter().filter(|ticket| !ticket["trashed_datetime"].is_null()).count()
}

pub(super) fn id_of(account: &Account, number: u64) -> u64 {
    account.tickets()[&format!("zendesk:ticket:{number}")]["id"].as_u64().unwrap()
}

/// Nobody but the owner reads the files in the folders of this one; those of `undo` are among them.
fn is_private(runs: &Path) {
    let mut names = Vec::new();
    for folder in fs::read_dir(runs).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{name}");
            names.push(name);
        }
    }
    for name in ["receipt.csv", "receipt.json"] {
        assert!(names.iter().any(|one| one == name), "{names:?}");
    }
}

#[test]
fn a_preview_changes_nothing_and_what_was_created_goes_to_the_trash_and_out_of_it() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::mixed(30));
    workspace.migrate();
    let writes = account.writes().len();
    // Nothing of the export is needed.
    fs::remove_dir_all(workspace.path("zendesk")).unwrap();

    let seen = document(&undo(&workspace, "").expect(0));
    assert_eq!(seen["tickets"]["planned"], 30);
    assert_eq!((&seen["executed"], &seen["tickets"]["trashed"]), (&json!(false), &json!(0)));
    assert_eq!(account.writes().len(), writes);
    assert!(seen["calls"]["planned"].as_u64().unwrap() < 40, "{seen}");
    assert!(seen["calls"]["made"].as_u64().unwrap() < 15, "{seen}");

    let done = document(&execute(&workspace, &account, "").expect(0));
    assert_eq!(done["tickets"]["trashed"], 30);
    assert_eq!((done["tickets"]["spared"].clone(), done["spared"].clone()), (json!(0), json!([])));
    assert!(done["stays"]["customers"].as_u64().unwrap() > 0, "{done}");
    assert_eq!(in_trash(&account), 30);
    let run = done["run"].as_u64().unwrap();
    let receipt =
        fs::read_to_string(workspace.path(&format!(".gorgias-import/runs/{run:04}/receipt.csv"))).unwrap();
    assert_eq!(receipt.lines().filter(|line| line.contains(",trashed,")).count(), 30);
    assert!(!receipt.contains('@'));
    is_private(&workspace.path(".gorgias-import/runs"));
    assert_eq!(workspace.status()["tickets"]["created"], 0);

    let again = document(&execute(&workspace, &account, "").expect(0));
    assert_eq!(again["tickets"]["planned"], 0);
    let foreseen = document(&undo(&workspace, "--purge").expect(0));
    assert_eq!(foreseen["tickets"]["planned"], 30);
    assert_eq!(in_trash(&account), 30);
    let purged = document(&execute(&workspace, &account, "--purge").expect(0));
    assert_eq!((&purged["tickets"]["purged"], &purged["step"]), (&json!(30), &json!("purge")));
    assert_eq!(account.sandbox().tickets().unwrap().len(), 0);
    assert_eq!(document(&execute(&workspace, &account, "--purge").expect(0))["tickets"]["planned"], 0);
    account.nothing_was_sent();
}

#[test]
fn what_people_worked_on_is_spared_and_what_the_server_did_is_not() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(12, |_| 2));
    workspace.migrate();
    let id = |number| id_of(&account, number);
    let ana = |method: Method, path: String, body: Value| {
        account.write_as("ana@acme.example", "ana", method, &path, &body);
    };
    account.write(Method::POST, "/api/tags", &json!({"name": "vip"}));
    let reply = json!({"channel": "email", "from_agent": false, "via": "email", "body_text": "Thank you!",
        "sender": {"email": "customer1@example.com"},
        "source": {"type": "email", "from": {"address": "customer1@example.com"},
            "to": [{"address": "support@acme.example"}]}});
    account.write(Method::POST, &format!("/api/tickets/{}/messages", id(1)), &reply);
    ana(Method::PUT, format!("/api/tickets/{}", id(2)), json!({"status": "closed"}));
    ana(Method::POST, format!("/api/tickets/{}/tags", id(3)), json!({"names": ["vip"]}));
    ana(Method::PUT, format!("/api/tickets/{}", id(4)), json!({"assignee_user": {"id": 519_543_301}}));
    ana(Method::PUT, format!("/api/tickets/{}", id(5)), json!({"subject": "Else"}));
    // The server and the bot: a language, a tag, a status.
    let bot = |path: String, method: Method, body: Value| {
        account.write_as("support@acme.example", "bot", method, &path, &body);
    };
    bot(format!("/api/tickets/{}/tags", id(6)), Method::POST, json!({"names": ["vip"]}));
    bot(format!("/api/tickets/{}", id(7)), Method::PUT, json!({"language": "fr"}));
    bot(format!("/api/tickets/{}", id(10)), Method::PUT, json!({"status": "closed"}));
    // Gone by other hands.
    ana(Method::PUT, format!("/api/tickets/{}", id(8)), json!({"trashed_datetime": "2026-01-01T00:00:00Z"}));
    account.write(Method::DELETE, &format!("/api/tickets/{}", id(9)), &Value::Null);

    let expected = json!([
        {"key": "zendesk:ticket:1", "gorgias_id": id(1), "reasons": ["message"]},
        {"key": "zendesk:ticket:2", "gorgias_id": id(2), "reasons": ["status"]},
        {"key": "zendesk:ticket:3", "gorgias_id": id(3), "reasons": ["tag"]},
        {"key": "zendesk:ticket:4", "gorgias_id": id(4), "reasons": ["assignee"]},
        {"key": "zendesk:ticket:5", "gorgias_id": id(5), "reasons": ["subject"]},
    ]);
    let sorted = |document: &Value| {
        let mut spared = document["spared"].as_array().unwrap().clone();
        spared.sort_by_key(|one| one["key"].as_str().unwrap().to_owned());
        Value::Array(spared)
    };
    let seen = document(&undo(&workspace, "").expect(0));
    assert_eq!(sorted(&seen), expected);
    assert_eq!((&seen["tickets"]["planned"], &seen["tickets"]["gone"]), (&json!(5), &json!(2)));
    let done = document(&execute(&workspace, &account, "").expect(3));
    assert_eq!(sorted(&done), expected);
    assert_eq!((&done["tickets"]["trashed"], &done["tickets"]["gone"]), (&json!(5), &json!(2)));
    // Ana's own, and the five.
    assert_eq!(in_trash(&account), 6);

    // What came into the trash by other hands is never deleted.
    assert_eq!(document(&execute(&workspace, &account, "--purge").expect(0))["tickets"]["purged"], 5);
    assert_eq!(account.tickets().len(), 6);
}

#[test]
fn after_an_undo_the_same_plan_runs_anew() {
    let account = playing(|_| {});
    let export = Export::mixed(40);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.run(&format!("{RUN} --limit 20")).expect(0);
    let pilot = account.end_state();
    assert_eq!(document(&execute(&workspace, &account, "--limit 20").expect(0))["tickets"]["trashed"], 20);
    let summary = workspace.migrate();
    assert_eq!((&summary["tickets"]["created"], &summary["tickets"]["already"]), (&json!(40), &json!(0)));
    assert_eq!(account.sandbox().tickets().unwrap().len(), 60, "the first twenty lie in the trash");
    execute(&workspace, &account, "--purge").expect(0);
    let after = account.end_state();
    assert_eq!(after.len(), 40);
    for (key, ticket) in &pilot {
        assert_eq!(&after[key], ticket);
    }
    assert_eq!(document(&undo(&workspace, "").expect(0))["tickets"]["planned"], 40);
}

#[test]
fn a_lost_create_after_an_undo_is_not_taken_for_the_one_in_the_trash() {
    let mut account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(10, |_| 2));
    workspace.migrate();
    execute(&workspace, &account, "").expect(0);
    // Every answer may be lost, before or after the write.
    account.play.faults = FaultPlan::preset("nasty", 5).unwrap();
    account.sandbox().set_faults(account.play.faults.clone());
    workspace.run(RUN);
    account.sandbox().set_faults(FaultPlan::none());
    workspace.migrate();
    let live: Vec<_> = account.sandbox().tickets().unwrap();
    let live = live.iter().filter(|ticket| ticket["trashed_datetime"].is_null()).count();
    assert_eq!((live, in_trash(&account)), (10, 10));
    // A ledger made anew knows it as well, once the account's list shows what a fault had it show late.
    std::thread::sleep(LATE);
    workspace.run("rebuild --yes --json").expect(0);
    let summary = workspace.migrate();
    assert_eq!(summary["tickets"]["already"], 10, "{summary}");
    assert_eq!(document(&execute(&workspace, &account, "--purge").expect(0))["tickets"]["purged"], 10);
}

#[test]
fn a_killed_undo_is_resumed_and_takes_nothing_for_somebody_elses() {
    for (phase, nth) in
        [(Phase::Received, 3), (Phase::Committed, 1), (Phase::Committed, 17), (Phase::Answered, 25)]
    {
        let trap = Arc::new(Trap::new());
        let watching = Arc::clone(&trap);
        let account = playing(|play| play.observer = Some(observer(move |seen| watching.observe(seen))));
        trap.disarm();
        let workspace = Workspace::with_export(&account.base_url(), &Export::of(40, |_| 1));
        workspace.migrate();
        for purge in ["", "--purge"] {
            trap.set(phase, nth);
            let line = format!("undo --json --execute --confirm {} {purge}", name(&account));
            let started = workspace.start(&line);
            trap.aim(&started);
            assert_eq!(started.wait().code, None, "it was to be killed");
            trap.disarm();
            let done = document(&execute(&workspace, &account, purge).expect(0));
            assert_eq!(done["tickets"]["unknown"], 0, "{done}");
            assert_eq!(done["tickets"]["spared"], 0, "{done}");
            if purge.is_empty() {
                assert_eq!(
                    (in_trash(&account), &done["tickets"]["gone"]),
                    (40, &json!(0)),
                    "{phase:?} {done}"
                );
            }
        }
        assert_eq!(account.sandbox().tickets().unwrap().len(), 0);
    }
}

#[test]
fn a_ticket_moved_by_an_undo_that_died_comes_out_again_where_people_worked_at_it() {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let account = playing(|play| play.observer = Some(observer(move |seen| watching.observe(seen))));
    trap.disarm();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(6, |_| 1));
    workspace.migrate();
    trap.set(Phase::Committed, 1);
    let started = workspace.start(&format!("undo --json --execute --confirm {}", name(&account)));
    trap.aim(&started);
    assert_eq!(started.wait().code, None, "it was to be killed");
    trap.disarm();
    let tickets = account.sandbox().tickets().unwrap();
    let moved: Vec<u64> = tickets
        .iter()
        .filter(|ticket| !ticket["trashed_datetime"].is_null())
        .map(|ticket| ticket["id"].as_u64().unwrap())
        .collect();
    assert!(!moved.is_empty());
    let note = json!({"channel": "internal-note", "from_agent": true, "via": "helpdesk", "body_text": "Mine.",
        "public": false, "sender": {"id": 519_543_301}, "source": {"type": "internal-note"}});
    account.write_as(
        "ana@acme.example",
        "ana",
        Method::POST,
        &format!("/api/tickets/{}/messages", moved[0]),
        &note,
    );
    let done = document(&execute(&workspace, &account, "").expect(3));
    assert_eq!(done["spared"][0]["gorgias_id"], moved[0], "{done}");
    assert_eq!((&done["tickets"]["spared"], in_trash(&account)), (&json!(1), 5), "{done}");
    execute(&workspace, &account, "--purge").expect(0);
    assert_eq!(account.sandbox().tickets().unwrap().len(), 1, "what Ana wrote in is still there");
}

#[test]
fn lost_answers_are_settled_by_reading() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(60, |_| 1));
    workspace.migrate();
    account.sandbox().set_faults(FaultPlan::preset("nasty", 11).unwrap());
    let mut trashed = 0;
    for _ in 0..5 {
        let ended = execute(&workspace, &account, "");
        let done = document(&ended);
        trashed += done["tickets"]["trashed"].as_u64().unwrap();
        assert_eq!(done["tickets"]["spared"], 0, "{done}");
        if ended.code == Some(0) {
            break;
        }
    }
    account.sandbox().set_faults(FaultPlan::none());
    execute(&workspace, &account, "").expect(0);
    assert_eq!(in_trash(&account), 60);
    assert!(trashed > 0);
}

#[test]
fn tickets_of_an_unknown_creation_are_found_and_taken_back_as_well() {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let account = playing(|play| play.observer = Some(observer(move |seen| watching.observe(seen))));
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(40, |_| 2));
    trap.set(Phase::Committed, 20);
    let started = workspace.start(RUN);
    trap.aim(&started);
    assert_eq!(started.wait().code, None);
    trap.disarm();
    let made = account.sandbox().tickets().unwrap().len();
    assert!(made > 0);
    let done = document(&execute(&workspace, &account, "").expect(0));
    assert_eq!(in_trash(&account), made, "{done}");
    assert_eq!(done["tickets"]["trashed"], made);
    let summary = workspace.migrate();
    assert_eq!(summary["tickets"]["created"], 40);
}

#[test]
fn it_refuses_what_could_go_wrong() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(5, |_| 1));
    let absent = undo(&workspace, "").expect(2);
    assert!(absent.error()["next"].as_str().unwrap().contains("--state-dir"));
    workspace.migrate();
    let writes = account.writes().len();
    let wrong = undo(&workspace, "--execute --confirm acme").expect(2);
    assert!(wrong.error()["next"].as_str().unwrap().contains(&name(&account)));
    undo(&workspace, "--execute").expect(2);
    undo(&workspace, "--confirm acme").expect(2);

    // A rule would react to tickets that are moved.
    let rule = SeedRule {
        id: 12,
        name: "Greet".into(),
        event_types: "ticket-updated".into(),
        active: true,
        replies: true,
    };
    let mut seed = account.play.seed.clone();
    seed.rules = vec![rule];
    account.sandbox().set_account(seed).unwrap();
    let refused = execute(&workspace, &account, "").expect(7);
    assert!(refused.error()["next"].as_str().unwrap().contains("rule:12@"), "{}", refused.stderr);
    undo(&workspace, "").expect(0);
    assert_eq!(account.writes().len(), writes);

    // Another account under the same ledger.
    let other = playing(|_| {});
    workspace.configure(&other.base_url(), super::workspace::ZENDESK, "");
    undo(&workspace, "").expect(2);
    assert_eq!(other.writes().len(), 0);
}

#[test]
fn records_are_selected_by_the_ledger_alone_and_foreign_tickets_stay() {
    let account = playing(|_| {});
    let mut export = Export::of(10, |_| 2);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    // Ticket 11 goes into a ticket that was there before.
    let there = id_of(&account, 1);
    workspace.write("tickets.csv", &format!("key,gorgias_ticket_id\nzendesk:ticket:11,{there}\n"));
    export.tickets.push(ticket("acme", 11, 1));
    export.write(&workspace.path("zendesk"));
    let rest = "[mapping]\nmailbox = \"support@acme.example\"\ntickets = \"tickets.csv\"\n";
    workspace.configure(&account.base_url(), super::workspace::ZENDESK, rest);
    workspace.migrate();

    let few = document(&undo(&workspace, "--ids zendesk:ticket:2 zendesk:comment:30001").expect(0));
    assert_eq!(few["tickets"]["planned"], 2, "{few}");
    assert_eq!(document(&undo(&workspace, "--status open --limit 1").expect(0))["tickets"]["planned"], 1);
    let done = document(&execute(&workspace, &account, "").expect(3));
    let reasons: Vec<_> =
        done["spared"].as_array().unwrap().iter().map(|one| one["reasons"][0].clone()).collect();
    // The first holds the message of the eleventh now, which is in the ledger under another ticket.
    assert!(reasons.contains(&json!("was-there")), "{done}");
    assert_eq!(done["tickets"]["trashed"], 9, "{done}");
}

#[test]
fn a_rehearsal_is_taken_back_like_the_real_thing() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(15, |_| 2));
    workspace.run("rehearse --json").expect(0);
    let state = "--state-dir .gorgias-import/rehearsal";
    assert_eq!(document(&undo(&workspace, state).expect(0))["tickets"]["planned"], 15);
    let line = format!("{state} --execute --confirm rehearsal");
    assert_eq!(document(&undo(&workspace, &line).expect(0))["tickets"]["trashed"], 15);
    let line = format!("{line} --purge");
    assert_eq!(document(&undo(&workspace, &line).expect(0))["tickets"]["purged"], 15);
    assert_eq!(account.sandbox().requests().len(), 0);
}

#[test]
fn what_people_do_in_the_very_moment_takes_the_ticket_out_of_the_trash_again() {
    let moment = Arc::new(OnceLock::<(String, u64)>::new());
    let (watching, done) = (Arc::clone(&moment), AtomicBool::new(false));
    let account = playing(|play| {
        play.observer = Some(observer(move |seen| {
            let Some((base_url, id)) = watching.get() else { return };
            let is_move = seen.method == "PUT" && seen.path == format!("/api/tickets/{id}");
            if is_move && seen.phase == Phase::Received && !done.swap(true, Ordering::SeqCst) {
                // Before the ticket is moved, Ana closes it. This waits for her.
                let url = format!("{base_url}/api/tickets/{id}");
                std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    let client = reqwest::Client::builder().build().unwrap();
                    let request = client.put(url).basic_auth("ana@acme.example", Some("ana"));
                    let request = request.json(&json!({"subject": "Mine"}));
                    runtime.block_on(async { request.send().await.unwrap().error_for_status().unwrap() });
                })
                .join()
                .unwrap();
            }
        }));
    });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(10, |_| 1));
    workspace.migrate();
    moment.set((account.base_url(), id_of(&account, 4))).unwrap();
    let done = document(&execute(&workspace, &account, "").expect(3));
    assert_eq!(done["spared"][0]["key"], "zendesk:ticket:4");
    assert_eq!(done["spared"][0]["reasons"], json!(["subject"]));
    assert_eq!(in_trash(&account), 9);
    assert!(account.tickets()["zendesk:ticket:4"]["trashed_datetime"].is_null());
    assert_eq!(document(&execute(&workspace, &account, "").expect(3))["tickets"]["spared"], 1);
}

#[test]
fn tickets_that_the_list_does_not_show_yet_are_taken_back_as_well() {
    let hiding = FaultPlan {
        rates: [(Fault::LateInList, 1.0)].into(),
        in_a_row_max: u32::MAX,
        hidden_ms: 60_000,
        ..FaultPlan::none()
    };
    let account = playing(|play| play.faults = hiding);
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(10, |_| 1));
    workspace.migrate();
    let done = document(&execute(&workspace, &account, "").expect(0));
    assert_eq!((&done["tickets"]["trashed"], &done["tickets"]["gone"]), (&json!(10), &json!(0)));
    assert_eq!(document(&execute(&workspace, &account, "--purge").expect(0))["tickets"]["purged"], 10);
}

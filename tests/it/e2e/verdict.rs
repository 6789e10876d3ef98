//! `verify` calls nothing a success that is not: what is planned and not there, what was stopped, what could not be had.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gorgias_import::sandbox::Phase;
use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::{Export, comment, written};
use super::process::Trap;
use super::verify::{counts, verify};
use super::workspace::{RUN, Workspace, migrated};

/// The lines of the list of differences, by class.
fn listed(workspace: &Workspace, run: u64, class: &str) -> Vec<String> {
    let path = workspace.path(&format!(".gorgias-import/runs/{run:04}/differences.csv"));
    let list = fs::read_to_string(path).unwrap();
    let lines = list.lines().filter(|line| line.starts_with(&format!("{class},")));
    lines.map(str::to_owned).collect()
}

fn verdict(document: &Value) -> &str {
    document["verdict"].as_str().unwrap()
}

#[test]
fn what_is_not_sent_yet_is_no_success() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(12, |_| 1));
    workspace.run(&format!("{RUN} --limit 5")).expect(0);
    let document = verify(&workspace, "", 9);
    assert_eq!((counts(&document)[1], &document["not_checked"]["pending"]), (5, &json!(7)));
    assert!(verdict(&document).starts_with("Not all of the selection is in Gorgias: 7 not sent yet."));
    assert_eq!(document["absent"].as_array().unwrap().len(), 7);
    assert_eq!(listed(&workspace, 1, "pending").len(), 7);
    // The pilot itself is whole.
    let pilot = verify(&workspace, "--limit 5", 0);
    assert_eq!((counts(&pilot)[1], &pilot["whole"]), (5, &json!(false)));
    let text = workspace.run("verify").expect(9);
    assert!(text.stderr.contains("gorgias-import run"), "{}", text.stderr);
    workspace.migrate();
    assert_eq!(verify(&workspace, "", 0)["whole"], true);
}

#[test]
fn what_was_rejected_is_told_with_a_code_of_its_own() {
    let account = Account::playing(Play { json_bytes_max: 20_000, ..Play::default() });
    let mut export = Export::of(12, |_| 1);
    let long = "All work and no play. ".repeat(2_000);
    for field in ["body", "html_body", "plain_body"] {
        export.tickets[4]["comments"][0][field] = json!(long);
    }
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.run(RUN).expect(3);
    let document = verify(&workspace, "", 3);
    assert_eq!((counts(&document)[1], &document["not_checked"]["rejected"]), (11, &json!(1)));
    assert!(verdict(&document).starts_with("Not all of the selection is in Gorgias: 1 rejected."));
    assert!(listed(&workspace, 1, "rejected")[0].contains("zendesk:ticket:5"));
    // Something worse wins.
    let id = account.tickets()["zendesk:ticket:3"]["id"].clone();
    account.write(Method::DELETE, &format!("/api/tickets/{id}"), &Value::Null);
    assert_eq!(counts(&verify(&workspace, "", 9))[4], 1);
}

#[test]
fn what_people_deleted_is_missed_when_the_ledger_knows_it_too() {
    let mut export = Export::of(6, |_| 1);
    let (account, workspace) = migrated(&export);
    let id = account.tickets()["zendesk:ticket:2"]["id"].clone();
    account.write(Method::DELETE, &format!("/api/tickets/{id}"), &Value::Null);
    export.tickets[1]["comments"].as_array_mut().unwrap().push(comment(2, 1));
    export.tickets[1]["updated_at"] = json!(written(2, 1));
    export.write(&workspace.path("zendesk"));
    workspace.run(RUN).expect(3);
    let document = verify(&workspace, "", 9);
    assert_eq!((counts(&document)[1], &document["not_checked"]["gone"]), (5, &json!(1)));
    assert_eq!(document["absent"], json!([{"key": "zendesk:ticket:2", "state": "gone"}]));
}

#[test]
fn unknown_outcomes_and_messages_that_wait_are_no_success() {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let watcher = observer(move |seen| watching.observe(seen));
    let account = Account::playing(Play { observer: Some(watcher), ..Play::default() });
    trap.disarm();
    let rest = "[upload]\nsettle_seconds = 3\nrequest_timeout_seconds = 2\nmessages_per_ticket = 1\nconcurrency = 1\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(1, |_| 6), rest);
    // Two tags and the ticket, then a message that nobody hears of.
    trap.set(Phase::Committed, 5);
    let started = workspace.start(RUN);
    trap.aim(&started);
    assert_eq!(started.wait().code, None, "it was to be killed");
    trap.disarm();
    let document = verify(&workspace, "", 9);
    let lacking = &document["lacking"];
    assert_eq!(lacking["tickets"], 1, "{document}");
    let open = lacking["waiting"].as_u64().unwrap() + lacking["unknown"].as_u64().unwrap();
    assert!(open >= 4, "{lacking}");
    assert!(verdict(&document).starts_with("1 ticket lacks messages: "), "{document}");
    assert!(!listed(&workspace, 1, "lacking").is_empty());
    workspace.migrate();
    workspace.verified();
}

#[test]
fn a_ticket_with_an_unknown_outcome_is_no_success() {
    let trap = Arc::new(Trap::new());
    let watching = Arc::clone(&trap);
    let watcher = observer(move |seen| {
        if seen.path == "/api/tickets" {
            watching.observe(seen);
        }
    });
    let account = Account::playing(Play { observer: Some(watcher), ..Play::default() });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(20, |_| 1));
    trap.set(Phase::Committed, 10);
    let started = workspace.start(RUN);
    trap.aim(&started);
    assert_eq!(started.wait().code, None, "it was to be killed");
    trap.disarm();
    let document = verify(&workspace, "", 9);
    let unknown = document["not_checked"]["unknown"].as_u64().unwrap();
    assert!(unknown > 0 && verdict(&document).contains("with an unknown outcome"), "{document}");
    assert_eq!(listed(&workspace, 1, "unknown").len() as u64, unknown);
    workspace.migrate();
    workspace.verified();
}

#[test]
fn one_that_was_stopped_is_marked_and_takes_the_place_of_none() {
    let (slow, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (is_slow, was_seen) = (Arc::clone(&slow), Arc::clone(&seen));
    let watcher = observer(move |it| {
        if it.path == "/api/messages" && it.phase == Phase::Received && is_slow.load(Ordering::SeqCst) {
            was_seen.store(true, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(1_500));
        }
    });
    let account = Account::playing(Play { observer: Some(watcher), ..Play::default() });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(40, |_| 1));
    workspace.migrate();
    verify(&workspace, "", 0);
    let file = |name: &str| workspace.path(&format!(".gorgias-import/runs/0001/{name}"));
    let before = fs::read_to_string(file("verification.json")).unwrap();
    let stopped = |signal: &str, code: i32| {
        slow.store(true, Ordering::SeqCst);
        seen.store(false, Ordering::SeqCst);
        let started = workspace.start("verify --json");
        let begun = Instant::now();
        while !seen.load(Ordering::SeqCst) {
            assert!(begun.elapsed() < Duration::from_secs(20), "it never read messages");
            std::thread::sleep(Duration::from_millis(5));
        }
        started.signal(signal);
        let ended = started.wait().expect(code);
        slow.store(false, Ordering::SeqCst);
        assert!(ended.stdout.is_empty(), "no document of half the truth: {}", ended.stdout);
        assert!(ended.error()["message"].as_str().unwrap().contains("verification-partial.json"));
    };
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        stopped(signal, code);
        assert_eq!(fs::read_to_string(file("verification.json")).unwrap(), before);
        let partial: Value =
            serde_json::from_str(&fs::read_to_string(file("verification-partial.json")).unwrap()).unwrap();
        assert_eq!(
            (&partial["state"], &partial["not_checked"]["not_reached"]),
            (&json!("partial"), &json!(40))
        );
        assert!(verdict(&partial).starts_with("It was stopped after 0 of 40 tickets"), "{partial}");
        assert!(file("differences.csv").exists() && file("differences-partial.csv").exists());
    }
    let certificate: Value = serde_json::from_str(&workspace.run("report --json").expect(0).stdout).unwrap();
    assert_eq!(certificate["verification"]["state"], "complete");
    assert_eq!(certificate["stopped_verification"]["state"], "partial");
    let text = workspace.run("report").expect(0).stdout;
    assert!(text.contains("A later verify did not come to its end"), "{text}");
    // The next one that comes to its end is the one that counts.
    verify(&workspace, "", 0);
    assert!(!file("verification-partial.json").exists());
    let text = workspace.run("report").expect(0).stdout;
    assert!(!text.contains("did not come to its end"), "{text}");
}

#[test]
fn a_certificate_claims_no_more_than_was_read_back() {
    let mut export = Export::of(30, |_| 1);
    let (_account, workspace) = migrated(&export);
    let pledge = || {
        let certificate: Value =
            serde_json::from_str(&workspace.run("report --json").expect(0).stdout).unwrap();
        let promises = certificate["promises"].as_array().unwrap().clone();
        let is_it = |it: &&Value| it["promise"].as_str().unwrap().contains("as they were");
        let pledge = promises.iter().find(is_it).unwrap().clone();
        (
            pledge["holds"].clone(),
            pledge["measured"].as_str().unwrap().to_owned(),
            certificate["verdict"].clone(),
        )
    };
    verify(&workspace, "--ids zendesk:ticket:7", 0);
    assert_eq!(pledge().0, Value::Null, "one ticket is not all of them");
    verify(&workspace, "--sample 10", 0);
    let (holds, measured, verdict) = pledge();
    assert_eq!((holds, verdict), (Value::Null, json!("not-proven")));
    assert!(measured.contains("With 95 % confidence"), "{measured}");
    verify(&workspace, "", 0);
    let (holds, _, verdict) = pledge();
    assert_eq!((holds, verdict), (json!(true), json!("kept")));
    // What came later was not read back.
    export.tickets[0]["comments"].as_array_mut().unwrap().push(comment(1, 1));
    export.tickets[0]["updated_at"] = json!(written(1, 1));
    export.write(&workspace.path("zendesk"));
    workspace.migrate();
    let (holds, measured, _) = pledge();
    assert_eq!(holds, Value::Null);
    assert!(measured.contains("has changed since"), "{measured}");
}

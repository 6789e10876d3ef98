//! Ctrl-C and its like: the first signal ends cleanly, the second at once, and running again goes on in either case.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gorgias_import::sandbox::{BucketLimit, Fault, FaultPlan, Phase, Scripted};
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::Export;
use super::process::Started;
use super::workspace::{RUN, Workspace};

/// Waits until something has happened in the account.
fn wait_for(what: &str, happened: impl Fn() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it never came to {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A migration that is slow enough to be caught in the middle, and its half.
fn half_way() -> (Account, Workspace, Started) {
    let limit = BucketLimit::new(40, Duration::from_secs(2));
    let account = Account::playing(Play { limit, ..Play::default() });
    let rate = "[rate]\nlimit = \"40/2s\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::mixed(100), rate);
    let started = workspace.start(RUN);
    wait_for("30 tickets", || account.sandbox().stats().unwrap().tickets >= 30);
    (account, workspace, started)
}

fn stops_cleanly(signal: &str, code: i32) {
    let (account, workspace, started) = half_way();
    started.signal(signal);
    let ended = started.wait().expect(code);
    let summary = ended.summary();
    assert_eq!(summary["exit_code"], code);
    assert_eq!(summary["tickets"]["unknown"], 0, "what was in flight is finished: {summary}");
    let made = summary["tickets"]["created"].as_u64().unwrap();
    assert!((30..100).contains(&made), "{summary}");
    assert_eq!(account.sandbox().stats().unwrap().tickets, made, "the ledger knows of every ticket");
    let status = workspace.status();
    assert_eq!((&status["state"], &status["tickets"]["unknown"]), (&json!("interrupted"), &json!(0)));

    let rest = workspace.migrate();
    assert_eq!(rest["tickets"]["already"].as_u64(), Some(made));
    assert_eq!(rest["tickets"]["created"].as_u64(), Some(100 - made));
    assert_eq!(account.end_state().len(), 100);
}

#[test]
fn ctrl_c_finishes_what_is_in_flight_and_the_next_run_goes_on() {
    stops_cleanly("INT", 130);
}

#[test]
fn sigterm_does_the_same_with_its_own_code() {
    stops_cleanly("TERM", 143);
}

#[test]
fn a_second_ctrl_c_stops_at_once_and_loses_nothing() {
    // The fifth ticket is written, but its answer does not come.
    let on = Some("POST /api/tickets".to_owned());
    let script = vec![Scripted { nth: 5, on, fault: Fault::HangAfter }];
    let faults = FaultPlan { script, hang_ms: 30_000, ..FaultPlan::none() };
    let account = Account::playing(Play { faults, ..Play::default() });
    let patient = "[upload]\nsettle_seconds = 3\nrequest_timeout_seconds = 40\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(30, |_| 2), patient);
    let started = workspace.start(RUN);
    wait_for("the answer that does not come", || {
        account.sandbox().stats().unwrap().faults.contains_key(&Fault::HangAfter)
    });
    // Whatever does not depend on it is done by then.
    std::thread::sleep(Duration::from_millis(800));
    started.signal("INT");
    std::thread::sleep(Duration::from_millis(300));
    let signalled = Instant::now();
    started.signal("INT");
    let summary = started.wait().expect(130).summary();
    assert!(signalled.elapsed() < Duration::from_secs(5), "{:?}", signalled.elapsed());
    assert_eq!(summary["tickets"]["unknown"], 1, "{summary}");
    assert_eq!(workspace.status()["tickets"]["unknown"], 1);

    account.sandbox().set_faults(FaultPlan::none());
    let rest = workspace.migrate();
    assert_eq!(rest["tickets"]["unknown"], 0);
    let state = account.end_state();
    assert_eq!(state.len(), 30);
    assert!(state.values().all(|ticket| ticket["messages"].as_array().map(Vec::len) == Some(2)));
}

#[test]
fn an_account_that_goes_away_and_comes_back_is_waited_for() {
    let committed = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&committed);
    let watch = Some(observer(move |seen| {
        if seen.phase == Phase::Committed {
            count.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let limit = BucketLimit::new(400, Duration::from_secs(4));
    let export = Export::mixed(150);
    let mut account = Account::playing(Play { limit, observer: watch, ..Play::default() });
    let rest = "[rate]\nlimit = \"400/4s\"\n[upload]\nsettle_seconds = 3\nrequest_timeout_seconds = 2\nmessages_per_ticket = 3\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &export, rest);
    let started = workspace.start(RUN);
    for writes in [20, 80, 160] {
        wait_for("enough writes", || committed.load(Ordering::SeqCst) >= writes);
        account.restart(Duration::from_millis(400));
    }
    let summary = started.wait().expect(0).summary();
    assert_eq!(summary["tickets"]["created"], 150);
    let state = account.end_state();
    assert_eq!(state.len(), 150);
    let messages: usize =
        state.values().map(|ticket| ticket["messages"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(messages as u64, export.messages());
    assert_eq!(state.values().filter(|ticket| ticket["status"] == Value::Null).count(), 0);
}

#[test]
fn an_account_that_stays_away_ends_the_run_after_the_patience_and_the_next_goes_on() {
    let limit = BucketLimit::new(40, Duration::from_secs(1));
    let account = Account::playing(Play { limit, ..Play::default() });
    let rest = "[rate]\nlimit = \"40/1s\"\n[upload]\nsettle_seconds = 2\nrequest_timeout_seconds = 1\npatience_seconds = 1\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(120, |_| 1), rest);
    let started = workspace.start(RUN);
    wait_for("enough tickets", || account.sandbox().stats().unwrap().tickets >= 40);
    let out =
        FaultPlan { rates: [(Fault::ServerError, 1.0)].into(), in_a_row_max: u32::MAX, ..FaultPlan::none() };
    account.sandbox().set_faults(out);
    let ended = started.wait();
    let summary = ended.summary();
    // What was under way is not known; then the code says that, and the words say the rest.
    let unknown = summary["tickets"]["unknown"].as_u64().unwrap();
    assert_eq!(ended.code, Some(if unknown > 0 { 10 } else { 5 }), "{}", ended.stderr);
    assert!(ended.stderr.contains("status 500"), "{}", ended.stderr);
    assert_eq!(ended.error()["code"], ended.code.unwrap(), "one code for the process and for its last line");
    assert_eq!(summary["tickets"]["rejected"], 0, "{summary}");

    let ended = workspace.run(RUN).expect(5);
    assert!(ended.error()["next"].as_str().is_some(), "{}", ended.stderr);
    account.sandbox().set_faults(FaultPlan::none());
    workspace.migrate();
    assert_eq!(account.end_state().len(), 120);
}

#[test]
fn a_longest_duration_ends_a_run_with_8_and_the_next_goes_on() {
    let limit = BucketLimit::new(40, Duration::from_secs(4));
    let account = Account::playing(Play { limit, ..Play::default() });
    let rate = "[rate]\nlimit = \"40/4s\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(120, |_| 1), rate);
    let ended = workspace.run(&format!("{RUN} --max-duration 2s"));
    let summary = ended.summary();
    assert!(summary["tickets"]["pending"].as_u64().unwrap() > 0, "{summary}");
    assert_eq!((ended.code, &summary["tickets"]["unknown"]), (Some(8), &json!(0)));
    workspace.migrate();
    assert_eq!(account.end_state().len(), 120);
    account.nothing_was_sent();
}

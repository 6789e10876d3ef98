//! `status` from another terminal, while a run is at work and after it.

use std::time::{Duration, Instant};

use gorgias_import::sandbox::BucketLimit;
use serde_json::json;

use super::account::{Account, Play};
use super::export::Export;
use super::workspace::{RUN, Workspace};

#[test]
fn status_follows_a_run_from_another_process() {
    let limit = BucketLimit::new(40, Duration::from_secs(2));
    let account = Account::playing(Play { limit, ..Play::default() });
    let export = Export::of(120, |_| 1);
    let workspace = Workspace::with_export_and(&account.base_url(), &export, "[rate]\nlimit = \"40/2s\"\n");
    assert_eq!(workspace.status()["state"], "idle");
    let started = workspace.start(RUN);
    let begun = Instant::now();
    let during = loop {
        assert!(begun.elapsed() < Duration::from_secs(20), "status never showed the run at work");
        let status = workspace.status();
        if status["state"] == "running" && status["tickets"]["created"].as_u64().unwrap() > 0 {
            break status;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    assert!(during["tickets"]["pending"].as_u64().unwrap() > 0, "{during}");
    let summary = started.wait().expect(0).summary();
    let after = workspace.status();
    assert_eq!((&after["state"], &after["type"], &after["v"]), (&json!("done"), &json!("status"), &json!(1)));
    assert_eq!((&after["tickets"], &after["messages"]), (&summary["tickets"], &summary["messages"]));
}

/// A time of day that has gone by is tomorrow's.
#[test]
fn a_time_to_stop_that_has_gone_by_is_tomorrows() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(5, |_| 1));
    // The program has no time zone in its environment, so its clock shows UTC.
    let gone_by = jiff::Timestamp::now().checked_sub(jiff::SignedDuration::from_mins(2)).unwrap();
    let flag = gone_by.strftime("%H:%M").to_string();
    let summary = workspace.run(&format!("{RUN} --stop-at {flag}")).expect(0).summary();
    assert_eq!(summary["tickets"]["created"], 5, "{summary}");
}

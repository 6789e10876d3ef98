//! A report that cannot be written hides nothing of what became of the run.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use gorgias_import::sandbox::{Fault, FaultPlan, Scripted};

use super::account::{Account, Play, observer};
use super::export::Export;
use super::process::Ended;
use super::workspace::{RUN, Workspace};

/// A run of six tickets the place of whose report is taken while it writes.
fn run_without_a_report(script: Vec<Scripted>) -> Ended {
    let place: Arc<OnceLock<PathBuf>> = Arc::default();
    let report = Arc::clone(&place);
    let watch = observer(move |_| {
        // Before the run has its folder this fails, and is tried again.
        drop(report.get().map(std::fs::create_dir));
    });
    let faults = FaultPlan { script, ..FaultPlan::none() };
    let account = Account::playing(Play { observer: Some(watch), faults, ..Play::default() });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(6, |_| 1));
    place.set(workspace.path(".gorgias-import/runs/0001/report.json")).unwrap();
    workspace.run(RUN)
}

#[test]
fn a_run_that_was_stopped_still_says_why_and_how_it_ended() {
    let quota = Scripted { nth: 3, on: Some("POST /api/tickets".into()), fault: Fault::Quota };
    let ended = run_without_a_report(vec![quota]).expect(4);
    assert_eq!(ended.summary()["exit_code"], 4);
    let message = ended.error()["message"].to_string();
    assert!(message.contains("quota"), "{message}");
    assert!(ended.stderr.contains("report.json"), "{}", ended.stderr);
}

#[test]
fn a_run_that_was_whole_names_the_report_that_is_missing() {
    let ended = run_without_a_report(Vec::new()).expect(5);
    let summary = ended.summary();
    assert_eq!((&summary["exit_code"], &summary["tickets"]["created"]), (&5.into(), &6.into()));
    assert!(ended.error()["message"].to_string().contains("report.json"), "{}", ended.stderr);
}

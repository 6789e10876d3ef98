//! The question before a run, on a terminal.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::account::Account;
use super::export::Export;
use super::workspace::Workspace;

/// Runs the program on a terminal of its own, types `early` long before its question and `answer` after thinking about it.
fn typed(workspace: &Workspace, early: &str, thinking: Duration, answer: &str) -> Option<i32> {
    let program = env!("CARGO_BIN_EXE_gorgias-import");
    let mut command = Command::new("script");
    command
        .args(["-qec", &format!("sleep 1; exec '{program}' run"), "/dev/null"])
        .current_dir(workspace.path("."))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GORGIAS_API_KEY", "sandbox")
        .stdin(Stdio::piped());
    let mut started = workspace.launch(command);
    let mut keyboard = started.child.stdin.take().unwrap();
    keyboard.write_all(early.as_bytes()).unwrap();
    let begun = Instant::now();
    while !std::fs::read_to_string(&started.stdout).unwrap_or_default().contains("[y/N]") {
        assert!(begun.elapsed() < Duration::from_mins(1), "it never asked");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(thinking);
    drop(keyboard.write_all(answer.as_bytes()));
    let ended = started.wait();
    drop(keyboard);
    ended.code
}

#[test]
fn what_was_typed_before_the_question_does_not_answer_it() {
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: there is no `script` to make a terminal with");
        return;
    }
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(3, |_| 1));
    assert_eq!(typed(&workspace, "y\ny\n", Duration::from_millis(500), "n\n"), Some(2));
    assert!(account.writes().is_empty(), "an early y started the import");
    // Longer than the program takes to be started, which is the slack below.
    let (thinking, begun) = (Duration::from_secs(2), Instant::now());
    assert_eq!(typed(&workspace, "n\n", thinking, "y\n"), Some(0));
    let all = begun.elapsed();
    assert_eq!(account.end_state().len(), 3);
    let report = std::fs::read(workspace.path(".gorgias-import/runs/0001/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let told = Duration::from_secs_f64(report["summary"]["elapsed_seconds"].as_f64().unwrap());
    assert!(told <= all.saturating_sub(thinking), "{told:?} of {all:?} has the thinking in it");
}

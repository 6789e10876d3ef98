//! The question before a run, on a terminal.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::account::Account;
use super::export::Export;
use super::workspace::Workspace;

/// Runs the program on a terminal of its own, types `early` long before its question and `answer` after it.
fn typed(workspace: &Workspace, early: &str, answer: &str) -> Option<i32> {
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
    std::thread::sleep(Duration::from_millis(500));
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
    assert_eq!(typed(&workspace, "y\ny\n", "n\n"), Some(2));
    assert!(account.writes().is_empty(), "an early y started the import");
    assert_eq!(typed(&workspace, "n\n", "y\n"), Some(0));
    assert_eq!(account.end_state().len(), 3);
}

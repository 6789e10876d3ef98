//! A disk that is full: a run stops in plain words, loses nothing, and goes on once there is room.
//!
//! The state folder is put on a file system of its own, which takes Linux and the right to have one; where that is not to
//! be had, the test says that it was skipped.

use std::process::{Command, Stdio};

use super::account::Account;
use super::export::Export;
use super::workspace::{RUN, Workspace, migrated};

/// A state folder with so much room, the program in it, and then what it left, and nothing else, copied to where it would
/// have been: with a log of an earlier time SQLite would undo what was written since.
const ON_A_SMALL_DISK: &str = "
    rm -rf kept; mkdir -p .gorgias-import kept small && mount -t tmpfs -o size=\"$1\" tmpfs small || exit 99
    cp -a .gorgias-import/. small/ && mount --bind small .gorgias-import || exit 99
    shift; \"$@\"; code=$?
    cp -a .gorgias-import/. kept/ && umount .gorgias-import || exit 98
    rm -rf .gorgias-import && mkdir .gorgias-import && cp -a kept/. .gorgias-import/ || exit 98
    exit $code";

/// A shell that may mount, for itself alone. Nothing where this system gives none.
fn mounter() -> Option<Command> {
    let apart = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount"]);
        command
    };
    let tried = apart().args(["mount", "-t", "tmpfs", "tmpfs", "/tmp"]).stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success()).then(apart)
}

/// The command `line` with a state folder of so much room.
fn cramped(workspace: &Workspace, room: &str, line: &str) -> Option<Command> {
    let plain = workspace.command(line);
    let mut command = mounter()?;
    command.args(["sh", "-c", ON_A_SMALL_DISK, "sh", room]).arg(plain.get_program()).args(plain.get_args());
    command.current_dir(plain.get_current_dir().unwrap()).stdin(Stdio::null());
    command.env("GORGIAS_API_KEY", "sandbox");
    Some(command)
}

#[test]
fn a_run_on_a_full_disk_stops_in_plain_words_and_goes_on_with_room() {
    let account = Account::new();
    let export = Export::mixed(400);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    let mut stopped = 0;
    // From no room at all to enough: each time it stops at another place.
    for room in ["64k", "256k", "512k", "700k", "900k", "1100k", "1400k", "1800k", "2300k"] {
        let Some(command) = cramped(&workspace, room, RUN) else {
            eprintln!("skipped: this system gives no file systems to tests");
            return;
        };
        let ended = workspace.launch(command).wait();
        assert!(!matches!(ended.code, Some(98 | 99)), "{}", ended.stderr);
        if ended.code == Some(0) {
            break;
        }
        stopped += 1;
        // Where the ledger could not note what came of a ticket any more, that is the graver code.
        let summary = ended.lines().pop().filter(|line| line["type"] == "summary");
        let unknown = summary.is_some_and(|summary| summary["tickets"]["unknown"] != 0);
        assert_eq!(ended.code, Some(if unknown { 10 } else { 5 }), "{room}: {}", ended.stderr);
        let message = ended.error().to_string();
        assert!(message.contains("space"), "{room}: {message}");
    }
    assert!(stopped > 3, "{stopped}");
    let summary = workspace.migrate();
    assert_eq!(summary["tickets"]["pending"], 0, "{summary}");
    let state = account.end_state();
    let held: usize = state.values().map(|ticket| ticket["messages"].as_array().unwrap().len()).sum();
    assert_eq!((state.len() as u64, held as u64), (400, export.messages()));
}

/// Sixty tickets of two messages; each but the last links to the one that is sent after it.
fn linked() -> Export {
    let mut export = Export::of(60, |_| 2);
    for (at, ticket) in export.tickets.iter_mut().enumerate() {
        let text = format!("See https://acme.zendesk.com/agent/tickets/{at}");
        let comment = &mut ticket["comments"][0];
        comment["html_body"] = format!("<p>{text}</p>").into();
        comment["plain_body"] = text.as_str().into();
        comment["body"] = text.into();
    }
    export
}

/// Runs `line` again and again, each time with a little more room beside what lies there, until it succeeds. How often it
/// failed and told all the same how far it had come; nothing where this system gives no file systems to tests.
fn told_on_full_disks(account: &Account, workspace: &Workspace, line: &str) -> Option<usize> {
    let folder = workspace.path(".gorgias-import");
    let mut told = 0;
    for more in [0, 16, 32, 64, 128, 256, 4096] {
        let room = format!("{}k", kilobytes(&folder) + more);
        let writes = account.writes().len();
        let ended = workspace.launch(cramped(workspace, &room, line)?).wait();
        assert!(!matches!(ended.code, Some(98 | 99)), "{}", ended.stderr);
        if ended.code == Some(0) {
            return Some(told);
        }
        assert!(matches!(ended.code, Some(5 | 10)), "{more}: {:?} {}", ended.code, ended.stderr);
        let message = ended.error().to_string();
        assert!(message.contains("space") || message.contains("disk"), "{more}: {message}");
        let has_told = !ended.stdout.trim().is_empty();
        if has_told && line.starts_with("undo") {
            let tickets = &serde_json::from_str::<serde_json::Value>(&ended.stdout).unwrap()["tickets"];
            let names = ["planned", "gone", "spared"];
            let told: u64 = names.iter().filter_map(|name| tickets[*name].as_u64()).sum();
            assert!(told > 0, "{more}: {tickets}");
        }
        assert!(
            has_told || account.writes().len() == writes,
            "{more}: silent about what it did: {}",
            ended.stderr
        );
        told += usize::from(has_told);
    }
    panic!("it never succeeds");
}

/// Room that a folder takes, in whole blocks.
fn kilobytes(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let of = |entry: std::fs::DirEntry| {
        let kind = entry.metadata().unwrap();
        if kind.is_dir() { kilobytes(&entry.path()) } else { kind.len().div_ceil(4096) * 4 }
    };
    entries.map(of).sum()
}

#[test]
fn a_disk_that_is_full_at_the_end_hides_no_verdict_and_makes_none_a_success() {
    let (account, workspace) = migrated(&linked());
    let host = account.base_url().replace("http://", "");
    for line in [
        format!("fix-links --json --execute --confirm {host}"),
        "verify --json".to_owned(),
        format!("undo --json --execute --confirm {host}"),
        format!("undo --purge --json --execute --confirm {host}"),
    ] {
        let Some(told) = told_on_full_disks(&account, &workspace, &line) else {
            eprintln!("skipped: this system gives no file systems to tests");
            return;
        };
        assert!(told > 0, "{line}: the disk was never full at its end");
    }
    let left = account.tickets();
    let left: Vec<_> = left.iter().map(|(key, ticket)| (key, &ticket["trashed_datetime"])).collect();
    assert!(left.is_empty(), "all of it is taken back: {left:?}");
}

//! Reading back a large account: calls, time and memory. Minutes, so only `make verify-big` runs it.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::account::Account;
use super::generated::{generate, generator};
use super::process::Started;
use super::workspace::{RUN, Workspace, ZENDESK};

/// Tickets unless `VERIFY_TICKETS` says otherwise.
const TICKETS: u64 = 100_000;
/// Longer than any machine takes.
const LONGEST: Duration = Duration::from_hours(2);

/// The most memory that a process ever held, in bytes, and how long it took.
fn watched(mut started: Started) -> (u64, Duration, String) {
    let begun = Instant::now();
    let mut peak = 0;
    loop {
        if let Ok(status) = fs::read_to_string(format!("/proc/{}/status", started.id()))
            && let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:"))
        {
            let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            peak = peak.max(kib * 1024);
        }
        if let Some(status) = started.child.try_wait().unwrap() {
            let stderr = fs::read_to_string(&started.stderr).unwrap();
            assert_eq!(status.code(), Some(0), "{stderr}");
            return (peak, begun.elapsed(), fs::read_to_string(&started.stdout).unwrap());
        }
        assert!(begun.elapsed() < LONGEST, "it did not end");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
#[ignore = "minutes; make verify-big"]
fn a_large_account_is_read_back_by_lists() {
    let tickets = std::env::var("VERIFY_TICKETS").map_or(TICKETS, |text| text.parse().unwrap());
    let account = Account::new();
    let workspace = Workspace::new(&account.base_url(), ZENDESK, "");
    let made = generate(&generator(), &workspace, tickets, "--shape ndjson");
    let (peak, took, _) = watched(workspace.start(RUN));
    println!("{made}");
    println!("run: {:.1} s, {} MB", took.as_secs_f64(), peak / 1_000_000);
    let (peak, took, stdout) = watched(workspace.start("verify --json"));
    let document: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document["tickets"]["checked"], tickets, "{}", document["verdict"]);
    assert_eq!(document["looked_for_strangers"], true);
    let calls = document["calls"].as_u64().unwrap();
    println!(
        "verify: {:.1} s, {} MB, {calls} calls for {tickets} tickets; {}",
        took.as_secs_f64(),
        peak / 1_000_000,
        document["verdict"]
    );
    // Lists bring a hundred at once, so that tenths of a call a ticket are enough where tickets have ten messages.
    assert!(calls * 10 <= tickets * 11 && calls * 5 <= tickets, "{calls} calls");
    assert!(peak < 600_000_000, "{peak} bytes");
}

//! The account's budget is used up and never overdrawn.

use std::time::Duration;

use gorgias_import::sandbox::{BucketLimit, Fault, FaultPlan};
use jiff::Timestamp;

use super::account::{Account, Play};
use super::export::Export;
use super::workspace::{RUN, Workspace};

/// The share of the budget that requests used once the first burst was over, which takes `burst` seconds.
fn share_used(account: &Account, per_second: f64, burst: f64) -> f64 {
    let times: Vec<Timestamp> =
        account.sandbox().requests().iter().map(|request| request.at.parse().unwrap()).collect();
    let full = times.iter().position(|time| time.duration_since(times[0]).as_secs_f64() >= burst);
    let steady = &times[full.unwrap()..];
    let seconds = steady.last().unwrap().duration_since(steady[0]).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let made = (steady.len() - 1) as f64;
    assert!(seconds > 2.0, "too short to be measured: {seconds} s");
    made / seconds / per_second
}

fn uses_the_budget(calls: u32, seconds: u64, tickets: u64, burst: f64) {
    let limit = BucketLimit::new(calls, Duration::from_secs(seconds));
    let account = Account::playing(Play { limit, ..Play::default() });
    let export = Export::of(tickets, |_| 1);
    let rate = format!("[rate]\nlimit = \"{calls}/{seconds}s\"\n");
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &rate);
    let summary = workspace.migrate();
    assert_eq!(summary["tickets"]["created"].as_u64(), Some(tickets));
    assert_eq!(summary["throttled"], 0);
    assert_eq!(account.sandbox().stats().unwrap().throttled, 0);
    #[expect(clippy::cast_precision_loss, reason = "a small number of seconds")]
    let per_second = f64::from(calls) / seconds as f64;
    let share = share_used(&account, per_second, burst);
    assert!(share >= 0.98, "only {:.1} % of the budget was used", share * 100.0);
}

#[test]
fn a_small_bucket_is_used_up_without_a_429() {
    uses_the_budget(40, 2, 160, 1.0);
}

#[test]
fn a_fast_account_is_used_up_without_a_429() {
    // As fast as 4,000 in 20 s, with a bucket that fills sooner.
    uses_the_budget(200, 1, 1_400, 2.5);
}

/// A timetable of a single share is that share all week.
#[test]
fn a_timetable_leaves_its_share_to_others() {
    let limit = BucketLimit::new(40, Duration::from_secs(2));
    let account = Account::playing(Play { limit, ..Play::default() });
    let rate = "[rate]\nlimit = \"40/2s\"\nreserve = \"mon-sun 00:00 50%\"\ntimezone = \"Europe/Paris\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(80, |_| 1), rate);
    workspace.migrate();
    let share = share_used(&account, 20.0, 1.5);
    assert!((0.40..=0.55).contains(&share), "{:.1} %", share * 100.0);
}

#[test]
fn a_pause_file_pauses_and_status_says_so() {
    let limit = BucketLimit::new(40, Duration::from_secs(4));
    let account = Account::playing(Play { limit, ..Play::default() });
    let workspace = Workspace::with_export_and(
        &account.base_url(),
        &Export::of(100, |_| 1),
        "[rate]\nlimit = \"40/4s\"\n",
    );
    let started = workspace.start("run --yes --json --pause-file hold");
    let tickets = || account.sandbox().stats().unwrap().tickets;
    let wait_until = |what: &dyn Fn() -> bool| {
        let begun = std::time::Instant::now();
        while !what() {
            assert!(begun.elapsed() < Duration::from_secs(30), "it never came to that");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    wait_until(&|| tickets() >= 30);
    workspace.write("hold", "");
    wait_until(&|| workspace.status()["state"] == "paused");
    let before = account.sandbox().requests().len();
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(account.sandbox().requests().len(), before, "nothing leaves while it is there");
    std::fs::remove_file(workspace.path("hold")).unwrap();
    let ended = started.wait().expect(0);
    assert_eq!(ended.summary()["tickets"]["created"], 100);
    assert!(ended.lines().iter().any(|line| line["reason"] == "paused"), "{}", ended.stdout);
}

/// With as many requests under way as the config begins with, four tenths of this budget would be used.
#[test]
fn slow_answers_cost_no_throughput() {
    let limit = BucketLimit::new(40, Duration::from_secs(1));
    let account = Account::playing(Play { limit, ..Play::default() });
    let rate = "[rate]\nlimit = \"40/1s\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(220, |_| 1), rate);
    let started = workspace.start(RUN);
    while account.sandbox().stats().unwrap().tickets < 10 {
        std::thread::sleep(Duration::from_millis(5));
    }
    account.sandbox().set_faults(FaultPlan {
        rates: [(Fault::Slow, 1.0)].into(),
        in_a_row_max: u32::MAX,
        slow_ms: 500,
        ..FaultPlan::none()
    });
    let summary = started.wait().expect(0).summary();
    assert_eq!((&summary["tickets"]["created"], &summary["throttled"]), (&220.into(), &0.into()));
    let share = share_used(&account, 40.0, 2.5);
    assert!(share >= 0.85, "only {:.1} % of the budget was used", share * 100.0);
}

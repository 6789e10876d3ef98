//! The account's budget is used up and never overdrawn.

use std::time::Duration;

use gorgias_import::sandbox::BucketLimit;
use jiff::Timestamp;

use super::account::{Account, Play};
use super::export::Export;
use super::workspace::Workspace;

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

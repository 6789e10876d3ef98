//! Pilots, selections, dry runs: what was asked for, and nothing else.

use std::collections::BTreeSet;

use serde_json::json;

use super::account::Account;
use super::export::{Export, written};
use super::workspace::{RUN, Workspace, ZENDESK};

fn keys(account: &Account) -> BTreeSet<String> {
    account.tickets().into_keys().collect()
}

fn named(numbers: impl IntoIterator<Item = u64>) -> BTreeSet<String> {
    numbers.into_iter().map(|number| format!("zendesk:ticket:{number}")).collect()
}

#[test]
fn a_dry_run_reads_and_writes_nothing() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::mixed(20));
    let summary = workspace.run("run --yes --dry-run --json").expect(0).summary();
    assert_eq!((&summary["dry_run"], &summary["writes"]), (&json!(true), &json!(0)));
    assert_eq!(summary["tickets"]["pending"], 20);
    assert!(account.writes().is_empty(), "{:?}", account.writes());
    assert!(!account.sandbox().requests().is_empty());
    // It leaves nothing behind that hinders the real run.
    assert_eq!(workspace.migrate()["tickets"]["created"], 20);
}

#[test]
fn a_pilot_takes_the_newest_and_the_full_run_the_rest() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::mixed(20));
    let pilot = workspace.run(&format!("{RUN} --limit 5")).expect(0).summary();
    assert_eq!(pilot["tickets"]["created"], 5);
    assert_eq!(keys(&account), named(16..=20));
    let rest = workspace.migrate();
    assert_eq!((&rest["tickets"]["created"], &rest["tickets"]["already"]), (&json!(15), &json!(5)));
    assert_eq!(keys(&account), named(1..=20));
}

#[test]
fn flags_select_by_key_time_status_and_order() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(20, |_| 1));
    workspace.run(&format!("{RUN} --ids zendesk:ticket:3 zendesk:ticket:4")).expect(0);
    assert_eq!(keys(&account), named([3, 4]));
    workspace.run(&format!("{RUN} --since {} --until {}", written(7, 0), written(9, 0))).expect(0);
    assert_eq!(keys(&account), named([3, 4, 7, 8]));
    workspace.run(&format!("{RUN} --limit 2 --order oldest")).expect(0);
    let oldest = keys(&account);
    assert!(oldest.is_superset(&named([1, 2])), "{oldest:?}");
    // Every fourth ticket is solved, from the first.
    workspace.run(&format!("{RUN} --status solved")).expect(0);
    assert_eq!(keys(&account), named([1, 2, 3, 4, 5, 7, 8, 9, 13, 17]));
    assert_eq!(workspace.validate("--status solved")["totals"]["tickets"], 5);
}

#[test]
fn a_source_is_selected_by_its_name() {
    let account = Account::new();
    let workspace = Workspace::with_fixtures(&account.base_url());
    let summary = workspace.run(&format!("{RUN} --source aircall --limit 7")).expect(0).summary();
    assert_eq!(summary["tickets"]["created"], 7);
    assert!(keys(&account).iter().all(|key| key.starts_with("aircall:call:")));
    assert_eq!(workspace.validate("--source aircall")["sources"].as_array().unwrap().len(), 1);
}

#[test]
fn a_record_without_a_key_counts_only_where_its_source_is_meant_and_no_key_is_named() {
    let account = Account::new();
    let other = "[[source]]\nkind = \"aircall\"\nname = \"calls\"\npaths = [\"calls\"]\n";
    let workspace = Workspace::new(&account.base_url(), &format!("{ZENDESK}\n{other}"), "");
    Export::of(3, |_| 1).write(&workspace.path("zendesk"));
    // As a spreadsheet writes a long number.
    let call = json!({"id": "7.25E+12", "direction": "inbound", "started_at": 1_748_854_800,
        "ended_at": 1_748_854_900, "raw_digits": "+61 491 570 006",
        "number": {"name": "Sales", "digits": "+61 3 5550 4772"}, "tags": [], "comments": []});
    workspace.write("calls/calls.json", &json!({ "calls": [call] }).to_string());
    for flags in ["--source zendesk --limit 2", "--ids zendesk:ticket:1"] {
        let summary = workspace.run(&format!("{RUN} {flags}")).expect(0).summary();
        assert_eq!(summary["tickets"]["rejected"], 0, "{flags}: {summary}");
    }
    let summary = workspace.run(&format!("{RUN} --source calls")).expect(3).summary();
    assert_eq!(summary["tickets"]["rejected"], 1, "{summary}");
}

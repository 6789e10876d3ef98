//! Logs of text messages that overlap: what begins or ends within a thread makes no message a second time.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::account::Account;
use super::workspace::{RUN, Workspace};

const AIRCALL: &str = "[[source]]\nkind = \"aircall\"\npaths = [\"log\"]\n";

/// 2025-06-02T09:00:00Z, in seconds.
const FROM: u64 = 1_748_854_800;
const DAY: u64 = 86_400;

/// Hours after the start at which each message was written. Between 30 and 31 lie more than seven days.
const WRITTEN: [u64; 9] = [0, 1, 2, 25, 30, 230, 231, 232, 300];

/// The event of message `number`.
fn event(number: usize) -> Value {
    let at = FROM + WRITTEN[number] * 3_600;
    let (direction, name) =
        if number.is_multiple_of(3) { ("inbound", "message.received") } else { ("outbound", "message.sent") };
    json!({"resource": "message", "event": name, "timestamp": at, "token": "t", "data": {
        "id": format!("m{number}"), "direction": direction, "channel": null, "external_number": "+44 7700 900999",
        "body": format!("Message {number}."), "status": "delivered", "created_at": at * 1_000,
        "number": {"id": 4, "name": "Shop", "digits": "+44 20 7946 0123"},
    }})
}

fn log(numbers: impl IntoIterator<Item = usize>) -> String {
    numbers.into_iter().map(|number| format!("{}\n", event(number))).collect()
}

/// Ticket and number of times of every message in the account, by its key.
fn messages(account: &Account) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, ticket) in account.tickets() {
        for message in ticket["messages"].as_array().unwrap() {
            found.entry(message["external_id"].as_str().unwrap().to_owned()).or_default().push(key.clone());
        }
    }
    found
}

/// Moves one log after the other under one ledger. Every message that was ever told is then there once.
fn moved(logs: &[Vec<usize>]) -> (Workspace, Account, Value) {
    let account = Account::new();
    let workspace = Workspace::new(&account.base_url(), AIRCALL, "");
    let mut told: Vec<usize> = Vec::new();
    let mut summary = Value::Null;
    for numbers in logs {
        workspace.write("log/webhooks.ndjson", &log(numbers.iter().copied()));
        summary = workspace.run(RUN).expect(0).summary();
        assert_eq!(summary["could_have_sent"], 0);
        told.extend(numbers);
        told.sort_unstable();
        told.dedup();
        let there = messages(&account);
        let keys: Vec<String> = told.iter().map(|number| format!("aircall:message:m{number}")).collect();
        assert_eq!(there.keys().collect::<Vec<_>>(), keys.iter().collect::<Vec<_>>(), "{logs:?}");
        assert!(there.values().all(|tickets| tickets.len() == 1), "{logs:?}: {there:?}");
    }
    (workspace, account, summary)
}

#[test]
fn a_later_log_that_begins_within_a_thread_repeats_nothing() {
    let (_, account, summary) = moved(&[(0..9).collect(), (2..9).collect()]);
    assert_eq!((&summary["messages"]["created"], &summary["tickets"]["created"]), (&json!(0), &json!(0)));
    assert_eq!(account.tickets().keys().collect::<Vec<_>>(), ["aircall:thread:m0", "aircall:thread:m5"]);
}

#[test]
fn what_a_later_log_has_beyond_the_first_is_appended_to_its_thread() {
    let (workspace, account, summary) = moved(&[(0..4).collect(), (2..9).collect(), (0..9).collect()]);
    assert_eq!(summary["messages"]["created"], 0);
    assert_eq!(account.tickets().keys().collect::<Vec<_>>(), ["aircall:thread:m0", "aircall:thread:m5"]);
    let first = &account.tickets()["aircall:thread:m0"];
    assert_eq!(first["messages"].as_array().unwrap().len(), 5);
    assert_eq!(workspace.run(RUN).expect(0).summary()["messages"]["created"], 0);
}

#[test]
fn an_earlier_log_completes_a_thread_that_began_within_it() {
    let (_, account, _) = moved(&[(3..5).collect(), (0..5).collect()]);
    assert_eq!(account.tickets().keys().collect::<Vec<_>>(), ["aircall:thread:m3"]);
}

#[test]
fn logs_that_cut_threads_in_any_way_repeat_nothing_and_lose_nothing() {
    // With a hole, one thread falls into two; the next log closes it again.
    let logs: [&[&[usize]]; 5] = [
        &[&[0, 1], &[4], &[0, 1, 2, 3, 4]],
        &[&[0, 1, 2, 3, 4, 5], &[0, 5], &[1, 2, 3, 4, 5, 6, 7]],
        &[&[4, 5], &[0, 1, 5], &[0, 1, 2, 3, 4, 5, 6, 7, 8]],
        &[&[0, 8], &[0, 5, 8], &[0, 4, 5, 8], &[0, 1, 4, 5, 6, 8]],
        &[&[5, 6, 7, 8], &[3, 8], &[2, 6], &[0, 1, 2, 3, 4, 5, 6, 7, 8]],
    ];
    for logs in logs {
        moved(&logs.iter().map(|log| log.to_vec()).collect::<Vec<_>>());
    }
    const { assert!((WRITTEN[5] - WRITTEN[4]) * 3_600 > 7 * DAY) }
}

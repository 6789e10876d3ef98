//! Exports without ids, and the same records with ids in a later run under the same ledger.

use serde_json::{Value, json};

use super::account::Account;
use super::export::{Export, comment, ticket, written};
use super::workspace::{RUN, Workspace};

const AIRCALL: &str = "[[source]]\nkind = \"aircall\"\npaths = [\"calls\"]\n";

const OLD: &str = "line,date (TZ offset incl.),time (TZ offset incl.),number timezone,datetime (UTC),country_code,\
    direction,from,to,answered,missed_call_reason,user,duration (total),duration (in call),via,voicemail,comments,tags";

/// Second 0 of the calls: 2025-06-02 09:00:00.
const NINE: u64 = 1_748_854_800;

/// A row of the oldest layout: minute and second of the start, seconds, comment.
fn row(minute: u64, second: u64, lasted: u64, comment: &str) -> String {
    let time = format!("09:{minute:02}:{second:02}");
    format!(
        "Sales,2025-06-02,{time},Etc/UTC,2025-06-02 {time},AU,inbound,61491570006,61355504772,Yes,,Ana,{lasted},10,,,{comment},"
    )
}

/// The same call as the API has it.
fn call(id: u64, minute: u64, second: u64, lasted: u64, comments: &[&str]) -> Value {
    let started = NINE + minute * 60 + second;
    let comments = comments.iter().zip(1..).map(|(text, number): (_, u64)| {
        json!({"id": id * 10 + number, "content": text, "posted_at": started + 3_600 + number, "posted_by": null})
    });
    json!({"id": id, "direction": "inbound", "started_at": started, "answered_at": started + lasted - 10,
        "ended_at": started + lasted, "raw_digits": "+61 491 570 006", "user": {"id": 3, "name": "Ana"},
        "number": {"name": "Sales", "digits": "+61 3 5550 4772"}, "tags": [],
        "comments": comments.collect::<Vec<_>>()})
}

fn old(rows: &[String]) -> String {
    format!("{OLD}\n{}\n", rows.join("\n"))
}

fn findings(workspace: &Workspace, summary: &Value) -> String {
    let path = format!(".gorgias-import/runs/{:04}/findings.csv", summary["run"].as_u64().unwrap());
    std::fs::read_to_string(workspace.path(&path)).unwrap()
}

#[test]
fn calls_get_their_ids_later_and_are_not_created_again() {
    let account = Account::new();
    let workspace = Workspace::new(&account.base_url(), AIRCALL, "");
    let rows = [row(0, 1, 95, ""), row(5, 30, 20, "call back"), row(9, 0, 40, "")];
    workspace.write("calls/calls.csv", &old(&rows));
    assert_eq!(workspace.migrate()["tickets"]["created"], 3);
    let before = account.end_state();

    // The API rounds a start, and has an hour later a second comment.
    let calls =
        [call(31, 0, 2, 95, &[]), call(32, 5, 30, 20, &["call back", "done"]), call(33, 9, 0, 41, &[])];
    std::fs::remove_file(workspace.path("calls/calls.csv")).unwrap();
    workspace.write("calls/calls.json", &json!({"calls": calls}).to_string());
    let summary = workspace.migrate();
    assert_eq!(
        (&summary["tickets"]["created"], &summary["tickets"]["appended"]),
        (&json!(0), &json!(1)),
        "{summary}"
    );
    assert_eq!(summary["messages"]["created"], 1, "{summary}");
    let after = account.end_state();
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    let messages: usize = after.values().map(|ticket| ticket["messages"].as_array().unwrap().len()).sum();
    assert_eq!(messages, 5, "three calls, two comments");
    let told = findings(&workspace, &summary);
    assert!(!told.contains("GI-U007") && !told.contains("GI-U008"), "{told}");

    // And once more as they were first, and both side by side.
    workspace.write("calls/calls.csv", &old(&rows));
    assert_eq!(workspace.migrate()["messages"]["created"], 0);
    std::fs::remove_file(workspace.path("calls/calls.json")).unwrap();
    assert_eq!(workspace.migrate()["messages"]["created"], 0);
    workspace.run("verify --json").expect(0);
    assert_eq!(account.end_state(), after);
}

#[test]
fn a_lost_ledger_is_not_made_anew_from_an_export_that_knows_the_calls_by_other_keys() {
    let account = Account::new();
    let workspace = Workspace::new(&account.base_url(), AIRCALL, "");
    let rows = [row(0, 1, 95, ""), row(5, 30, 20, "")];
    workspace.write("calls/calls.csv", &old(&rows));
    workspace.migrate();
    let before = account.end_state();
    std::fs::remove_file(workspace.path("calls/calls.csv")).unwrap();
    let calls = [call(31, 0, 1, 95, &[]), call(32, 5, 30, 20, &[])];
    workspace.write("calls/calls.json", &json!({"calls": calls}).to_string());
    assert_eq!(workspace.migrate()["tickets"]["created"], 0);
    workspace.run("verify --json").expect(0);

    workspace.lose_the_ledger();
    let refused = workspace.run("rebuild --yes --json").expect(7);
    assert!(refused.stderr.contains("2 of the account's tickets"), "{}", refused.stderr);

    // As the refusal says: first with the report that was uploaded, then with the calls that have ids.
    let aside = std::fs::read(workspace.path("calls/calls.json")).unwrap();
    std::fs::remove_file(workspace.path("calls/calls.json")).unwrap();
    workspace.write("calls/calls.csv", &old(&rows));
    workspace.run("rebuild --yes --json").expect(0);
    std::fs::remove_file(workspace.path("calls/calls.csv")).unwrap();
    std::fs::write(workspace.path("calls/calls.json"), aside).unwrap();
    assert_eq!(workspace.migrate()["tickets"]["created"], 0);
    assert_eq!(account.end_state(), before);
}

#[test]
fn a_call_that_may_be_one_of_two_is_left_out_with_a_finding() {
    let account = Account::new();
    let workspace = Workspace::new(&account.base_url(), AIRCALL, "");
    workspace.write("calls/calls.csv", &old(&[row(0, 1, 95, ""), row(0, 2, 95, "")]));
    assert_eq!(workspace.migrate()["tickets"]["created"], 2);
    let before = account.end_state();
    std::fs::remove_file(workspace.path("calls/calls.csv")).unwrap();
    workspace.write("calls/calls.json", &json!({"calls": [call(31, 0, 1, 95, &[])]}).to_string());
    for _ in 0..2 {
        let summary = workspace.run(RUN).expect(3).summary();
        assert_eq!(
            (&summary["tickets"]["created"], &summary["tickets"]["rejected"]),
            (&json!(0), &json!(1)),
            "{summary}"
        );
        assert_eq!(account.end_state(), before);
    }
}

#[test]
fn a_description_is_joined_to_its_comment_or_nothing_is_appended() {
    let account = Account::new();
    let full = |number| ticket("acme", number, 3);
    let bare = |number| {
        let mut ticket = full(number);
        ticket["comments"] = json!([]);
        ticket["updated_at"] = json!(written(number, 0));
        ticket
    };
    let mut export = Export::of(2, |_| 3);
    export.tickets = vec![bare(1), bare(2)];
    let workspace = Workspace::with_export(&account.base_url(), &export);
    assert_eq!(workspace.migrate()["messages"]["created"], 2);
    let before = account.end_state();

    // Of the second, the first comment's text is not the description.
    let mut changed = full(2);
    changed["comments"][0] = comment(3, 0);
    changed["comments"][0]["id"] = json!(20_000);
    export.tickets = vec![full(1), changed];
    export.write(&workspace.path("zendesk"));
    let said = workspace.run("validate --json").expect(6).stdout;
    assert!(said.contains("GI-U007"), "said before anything is sent: {said}");
    let ended = workspace.run(RUN).expect(3);
    assert!(ended.stdout.contains("1 that cannot be told apart"), "{}", ended.stdout);
    let summary = ended.summary();
    // Of six messages two are new, one was there, and three may be the one that is there.
    let counts = |summary: &Value| {
        ["created", "already", "rejected"].map(|which| summary["messages"][which].as_u64().unwrap())
    };
    assert_eq!(counts(&summary), [2, 1, 3], "{summary}");
    let again = workspace.run(RUN).expect(3).summary();
    assert_eq!(counts(&again), [0, 3, 3], "said until it is settled: {again}");
    assert_eq!(
        (&summary["tickets"]["created"], &summary["messages"]["created"]),
        (&json!(0), &json!(2)),
        "{summary}"
    );
    let after = account.end_state();
    assert_eq!(after["zendesk:ticket:1"]["messages"].as_array().unwrap().len(), 3);
    assert_eq!(after["zendesk:ticket:2"], before["zendesk:ticket:2"], "nothing was appended");
    assert!(findings(&workspace, &summary).contains("GI-U007"));
}

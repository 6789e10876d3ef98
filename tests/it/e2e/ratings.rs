//! Ratings arrive as answered surveys: each once, whatever happens on the way, and nobody is asked again.

use gorgias_import::sandbox::Phase;
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::{Export, written};
use super::process::Trap;
use super::verify::verify;
use super::workspace::{RUN, Workspace, migrated};

/// Tickets whose customers were asked: good with a remark, bad, offered only, never.
fn export(tickets: u64) -> Export {
    let mut export = Export::of(tickets, |_| 2);
    for (at, ticket) in export.tickets.iter_mut().enumerate() {
        ticket["satisfaction_rating"] = match (at + 1) % 4 {
            0 => json!({"score": "good", "id": at, "comment": "Thank you"}),
            1 => json!({"score": "bad", "id": at, "reason": "The issue took too long"}),
            2 => json!({"score": "offered"}),
            _ => Value::Null,
        };
    }
    export
}

fn surveys(account: &Account) -> Vec<Value> {
    account.tickets().values().map(|ticket| ticket["satisfaction_survey"].clone()).collect()
}

fn posted(account: &Account) -> usize {
    account.writes().iter().filter(|call| call.path == "/api/satisfaction-surveys").count()
}

#[test]
fn a_rating_that_was_not_sent_before_the_ledger_was_lost_is_sent_after_the_rebuild() {
    let account = Account::new();
    let workspace = Workspace::with_export_and(&account.base_url(), &export(8), "");
    let config = std::fs::read_to_string(workspace.path("migration.toml")).unwrap();
    workspace.write("migration.toml", &config.replace("[mapping]\n", "[mapping]\nratings = \"meta\"\n"));
    workspace.migrate();
    assert_eq!(posted(&account), 0);
    workspace.write("migration.toml", &config);
    workspace.lose_the_ledger();
    let told = workspace.run("rebuild --yes --json").expect(0).lines().pop().unwrap();
    assert_eq!((&told["tickets"]["whole"], &told["tickets"]["partly"]), (&json!(4), &json!(4)), "{told}");
    let summary = workspace.migrate();
    assert_eq!((&summary["tickets"]["created"], posted(&account)), (&json!(0), 4), "{summary}");
    workspace.migrate();
    assert_eq!(posted(&account), 4);
}

#[test]
fn ratings_are_answered_surveys_and_nobody_is_asked() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &export(8));
    let plan = workspace.validate("");
    assert_eq!(plan["calls"]["by_kind"]["survey"], 4);
    let undated = plan["findings"].as_array().unwrap().iter().find(|one| one["code"] == "GI-G017").unwrap();
    assert_eq!(undated["count"], 4);
    let summary = workspace.migrate();
    assert_eq!(summary["tickets"]["created"], 8);
    account.nothing_was_sent();
    assert_eq!(posted(&account), 4);
    let tickets = account.tickets();
    let survey = |number: u64| tickets[&format!("zendesk:ticket:{number}")]["satisfaction_survey"].clone();
    let (good, bad) = (survey(4), survey(1));
    assert_eq!((&good["score"], &good["body_text"]), (&json!(5), &json!("Thank you")));
    assert_eq!((&bad["score"], &bad["body_text"]), (&json!(1), &json!("The issue took too long")));
    let time = |value: &Value| value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(time(&good["sent_datetime"]).to_string(), written(4, 1));
    assert_eq!(good["customer_id"], tickets["zendesk:ticket:4"]["customer"]["id"]);
    assert!(good["should_send_datetime"].is_null());
    assert!(survey(2).is_null() && survey(3).is_null());
    let again = workspace.migrate();
    assert_eq!((&again["tickets"]["already"], posted(&account)), (&json!(8), 4));
}

#[test]
fn ratings_are_read_back_by_lists_and_by_themselves() {
    let (account, workspace) = migrated(&export(40));
    let document = verify(&workspace, "", 0);
    assert_eq!((&document["ratings"], &document["tickets"]["identical"]), (&json!(20), &json!(40)));
    // A page of tickets, one of messages, one of ratings, and what the account is like.
    assert!(document["calls"].as_u64().unwrap() <= 9, "{document}");
    assert_eq!(verify(&workspace, "--ids zendesk:ticket:4", 0)["ratings"], 1);
    let survey = account.tickets()["zendesk:ticket:4"]["satisfaction_survey"]["id"].clone();
    let other = json!({"score": 1, "sent_datetime": written(4, 1), "should_send_datetime": null});
    account.write(reqwest::Method::PUT, &format!("/api/satisfaction-surveys/{survey}"), &other);
    let gone = account.tickets()["zendesk:ticket:8"]["satisfaction_survey"]["id"].as_i64().unwrap();
    assert_eq!(account.store().execute("DELETE FROM surveys WHERE id = ?1", [gone]).unwrap(), 1);
    let document = verify(&workspace, "", 9);
    assert_eq!(document["tickets"]["differs"], 2, "{document}");
    for different in document["differences"].as_array().unwrap() {
        let detail = &different["details"][0];
        let found = if different["key"] == "zendesk:ticket:4" { "1 of 5" } else { "no rating" };
        assert_eq!(
            (&detail["what"], &detail["expected"], &detail["found"]),
            (&json!("rating"), &json!("5 of 5"), &json!(found))
        );
        let alone = verify(&workspace, &format!("--ids {}", different["key"].as_str().unwrap()), 9);
        assert_eq!(alone["differences"][0], *different);
    }
}

#[test]
fn a_rating_is_sent_once_however_the_run_dies() {
    for phase in [Phase::Received, Phase::Committed] {
        let trap = std::sync::Arc::new(Trap::new());
        let watching = std::sync::Arc::clone(&trap);
        let observer = observer(move |seen| {
            if seen.path.starts_with("/api/satisfaction-surveys") {
                watching.observe(seen);
            }
        });
        let account = Account::playing(Play { observer: Some(observer), ..Play::default() });
        let workspace = Workspace::with_export(&account.base_url(), &export(4));
        trap.set(phase, 2);
        let started = workspace.start(RUN);
        trap.aim(&started);
        let ended = started.wait();
        trap.disarm();
        assert_eq!(ended.code, None, "{phase:?}: it was killed");
        let summary = workspace.migrate();
        assert_eq!(summary["tickets"]["unknown"], 0);
        assert_eq!(surveys(&account).iter().filter(|survey| !survey.is_null()).count(), 2, "{phase:?}");
        account.end_state();
    }
}

#[test]
fn a_rating_that_comes_later_is_added_and_one_that_is_there_stays() {
    let account = Account::new();
    let mut later = export(4);
    later.tickets.drain(1..3);
    let ratings: Vec<Value> =
        later.tickets.iter_mut().map(|ticket| ticket["satisfaction_rating"].take()).collect();
    let workspace = Workspace::with_export(&account.base_url(), &later);
    workspace.migrate();
    let ticket = account.tickets()["zendesk:ticket:4"].clone();
    let known = json!({"ticket_id": ticket["id"], "customer_id": ticket["customer"]["id"], "score": 3,
        "sent_datetime": "2024-02-01T00:00:00Z"});
    account.write(reqwest::Method::POST, "/api/satisfaction-surveys", &known);
    for (ticket, rating) in later.tickets.iter_mut().zip(ratings) {
        ticket["satisfaction_rating"] = rating;
    }
    later.write(&workspace.path("zendesk"));
    assert_eq!(workspace.migrate()["tickets"]["appended"], 2);
    let scores: Vec<Value> = surveys(&account).iter().map(|survey| survey["score"].clone()).collect();
    assert_eq!(scores, [json!(1), json!(3)]);
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0002/findings.csv")).unwrap();
    assert!(findings.contains("GI-U014"), "{findings}");
    assert_eq!(workspace.migrate()["tickets"]["already"], 2);
    workspace.verified();
}

#[test]
fn ratings_stay_meta_data_where_the_config_says_so() {
    let account = Account::new();
    let rest = "[mapping]\nmailbox = \"support@acme.example\"\nratings = \"meta\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &export(4), rest);
    assert_eq!(workspace.validate("")["calls"]["by_kind"]["survey"], 0);
    workspace.migrate();
    assert_eq!(posted(&account), 0);
    assert_eq!(account.tickets()["zendesk:ticket:1"]["meta"]["satisfaction"], "bad");
}

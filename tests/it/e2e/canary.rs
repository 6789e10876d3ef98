//! What no endpoint shows and what is switched on meanwhile: the first tickets are read back, automations again.

use std::time::Duration;

use gorgias_import::sandbox::{AccountSeed, BucketLimit, Fault, FaultPlan, Scripted, SeedHidden, SeedRule};
use serde_json::Value;

use super::account::{Account, Play};
use super::export::Export;
use super::process::Ended;
use super::workspace::{RUN, Workspace, ZENDESK};

fn playing(hidden: SeedHidden) -> Account {
    Account::playing(Play { seed: AccountSeed { hidden, ..AccountSeed::default() }, ..Play::default() })
}

/// The requests by which tickets came into the account.
fn creates(account: &Account) -> usize {
    account.writes().iter().filter(|request| request.path == "/api/tickets").count()
}

#[test]
fn what_reacts_to_the_first_tickets_stops_runs_with_words_until_it_is_acknowledged() {
    let reactions = [
        (
            SeedHidden { answers: true, ..SeedHidden::default() },
            "a message that nobody imported",
            "canary:stranger",
        ),
        (SeedHidden { runs_rule: Some(77), ..SeedHidden::default() }, "rule 77 ran", "canary:rule"),
        (
            SeedHidden { surveys: true, ..SeedHidden::default() },
            "a satisfaction survey was sent",
            "canary:survey",
        ),
        (SeedHidden { delays_sent_by: 3600, ..SeedHidden::default() }, "Gorgias says", "canary:date"),
    ];
    for (hidden, words, id) in reactions {
        let account = playing(hidden);
        let workspace = Workspace::with_export(&account.base_url(), &Export::mixed(120));
        let ended = workspace.run(RUN).expect(7);
        let error = ended.error();
        let (told, next) = (error["message"].as_str().unwrap(), error["next"].as_str().unwrap());
        assert!(told.contains(words) && told.contains("zendesk:ticket:"), "{told}");
        assert!(next.contains(id), "{next}");
        let ahead = creates(&account);
        assert!(ahead <= 8, "{ahead} tickets went ahead");
        assert_eq!(ended.summary()["exit_code"], 7);

        // Off, but what it did is still there: read again, and refused again before anything is sent.
        account.sandbox().set_account(AccountSeed::default()).unwrap();
        let again = workspace.run(RUN).expect(7);
        assert!(again.error()["next"].as_str().unwrap().contains(id), "{}", again.stderr);
        assert_eq!(creates(&account), ahead);
        let rest = acknowledging(&account, &workspace, &again);
        assert_eq!(rest["tickets"]["created"].as_u64(), Some(120 - ahead as u64));
        assert_eq!(creates(&account), 120);
    }
}

/// Runs, acknowledging what each refusal prints, until a run goes through.
fn acknowledging(account: &Account, workspace: &Workspace, refused: &Ended) -> Value {
    let mut accept = Vec::new();
    let mut next = refused.error()["next"].as_str().unwrap().to_owned();
    loop {
        let listed = next.split_once("accept = [").unwrap().1.split_once(']').unwrap().0;
        accept.extend(listed.split(", ").map(|id| id.trim_matches('"').to_owned()));
        assert!(accept.len() <= 8, "{accept:?}");
        workspace.configure(&account.base_url(), ZENDESK, &format!("[safety]\naccept = {accept:?}\n"));
        let ended = workspace.run(RUN);
        if ended.code != Some(7) {
            return ended.expect(0).summary();
        }
        ended.error()["next"].as_str().unwrap().clone_into(&mut next);
    }
}

#[test]
fn what_the_canary_found_can_be_acknowledged() {
    let account = playing(SeedHidden { runs_rule: Some(77), ..SeedHidden::default() });
    let accept = "[safety]\naccept = [\"canary:rule\"]\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(20, |_| 2), accept);
    assert_eq!(workspace.migrate()["tickets"]["created"], 20);
}

#[test]
fn the_canary_waits_passes_once_and_says_so() {
    let account = Account::new();
    let slow = "[safety]\ncanary_seconds = 3\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(40, |_| 2), slow);
    let ended = workspace.run(RUN).expect(0);
    let waits: Vec<_> = ended.lines().into_iter().filter(|line| line["reason"] == "canary").collect();
    assert_eq!((waits.len(), &waits[0]["seconds"]), (1, &serde_json::json!(3)));
    let passed = ended
        .lines()
        .iter()
        .filter(|line| line["type"] == "notice")
        .filter(|line| line["message"].as_str().unwrap_or_default().starts_with("canary passed"))
        .count();
    assert_eq!(passed, 1, "{}", ended.stdout);
    let events = |account: &Account| {
        account.sandbox().requests().iter().filter(|request| request.path == "/api/events").count()
    };
    let read = events(&account);
    assert!((1..=8).contains(&read), "{read}");
    Export::of(60, |_| 2).write(&workspace.path("zendesk"));
    assert_eq!(workspace.migrate()["tickets"]["created"], 20);
    assert_eq!(events(&account), read);
    account.nothing_was_sent();
}

#[test]
fn an_account_whose_events_cannot_be_read_is_told_of_and_not_certified() {
    let unread = |nth| Scripted { nth, on: Some("GET /api/events".into()), fault: Fault::Quota };
    let faults = FaultPlan { script: (1..=8).map(unread).collect(), ..FaultPlan::none() };
    let account = Account::playing(Play { faults, ..Play::default() });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(12, |_| 2));
    let ended = workspace.run(RUN).expect(0);
    assert!(!ended.stdout.contains("nothing in the account reacted"), "{}", ended.stdout);
    assert!(ended.stdout.contains("events cannot be read"), "{}", ended.stdout);
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0001/findings.csv")).unwrap();
    assert_eq!(findings.matches("GI-U023").count(), 1, "{findings}");
    let certificate: Value = serde_json::from_str(&workspace.run("report --json").expect(0).stdout).unwrap();
    let acts = certificate["promises"].as_array().unwrap().iter();
    let acts: Vec<_> = acts.filter(|it| it["promise"].as_str().unwrap().starts_with("what acts")).collect();
    assert!(acts.len() == 1 && acts[0]["holds"].is_null(), "{acts:?}");
    assert_ne!(certificate["verdict"], "kept");
}

#[test]
fn a_rule_that_is_switched_on_during_a_run_stops_it() {
    let limit = BucketLimit::new(40, Duration::from_secs(4));
    let account = Account::playing(Play { limit, ..Play::default() });
    let rest = "[rate]\nlimit = \"40/4s\"\n[safety]\nrecheck_seconds = 1\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(150, |_| 2), rest);
    let started = workspace.start(RUN);
    while account.sandbox().stats().unwrap().tickets < 40 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let rule = SeedRule {
        id: 12,
        name: "Greet".into(),
        event_types: "ticket-created".into(),
        active: true,
        replies: true,
    };
    account.sandbox().set_account(AccountSeed { rules: vec![rule], ..AccountSeed::default() }).unwrap();
    let ended = started.wait().expect(7);
    let told = ended.error()["message"].as_str().unwrap().to_owned();
    assert!(told.contains("rule:12@") && told.contains("Greet") && told.contains("during the run"), "{told}");
    let made = ended.summary()["tickets"]["created"].as_u64().unwrap();
    assert!(made < 150, "{made}");
    assert_eq!(account.sandbox().stats().unwrap().tickets, made, "the ledger knows of every ticket");

    account.sandbox().set_account(AccountSeed::default()).unwrap();
    assert_eq!(workspace.migrate()["tickets"]["created"].as_u64(), Some(150 - made));
}

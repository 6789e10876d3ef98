//! Whatever writes for long reads the account's automations again, and what appears stops it.

use std::time::{Duration, Instant};

use gorgias_import::sandbox::{AccountSeed, BucketLimit, SeedRule};
use serde_json::{Value, json};

use super::account::{Account, Play};
use super::export::Export;
use super::process::{Ended, Started};
use super::undo::{document, in_trash, name};
use super::workspace::{RUN, Workspace};

const REST: &str = "[rate]\nlimit = \"40/2s\"\n[safety]\nrecheck_seconds = 1\n";

/// An account that takes twenty calls a second.
fn slow() -> Account {
    let limit = BucketLimit::new(40, Duration::from_secs(2));
    Account::playing(Play { limit, ..Play::default() })
}

/// Switches a rule on once so many updates were made, and gives how the command ended and how many there are then.
fn a_rule_appears(account: &Account, started: Started, after: usize) -> (Ended, usize) {
    let updates = || account.writes().iter().filter(|call| call.method == "PUT").count();
    let before = updates();
    let begun = Instant::now();
    while updates() < before + after {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never came to {after} updates");
        std::thread::sleep(Duration::from_millis(10));
    }
    let rule = SeedRule {
        id: 12,
        name: "Greet".into(),
        event_types: "ticket-updated".into(),
        active: true,
        replies: false,
    };
    account.sandbox().set_account(AccountSeed { rules: vec![rule], ..AccountSeed::default() }).unwrap();
    let ended = started.wait().expect(7);
    let error = ended.error();
    let told = format!("{} {}", error["message"].as_str().unwrap(), error["next"].as_str().unwrap());
    assert!(told.contains("rule:12@") && told.contains("Greet") && told.contains("accept"), "{told}");
    account.sandbox().set_account(AccountSeed::default()).unwrap();
    (ended, updates() - before)
}

#[test]
fn a_rule_that_is_switched_on_stops_an_undo() {
    let account = slow();
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(110, |_| 1), REST);
    workspace.migrate();
    let line = format!("undo --json --execute --confirm {}", name(&account));
    let (ended, _) = a_rule_appears(&account, workspace.start(&line), 5);
    let done = document(&ended);
    let trashed = done["tickets"]["trashed"].as_u64().unwrap();
    assert!(trashed < 110, "{done}");
    assert_eq!(trashed, in_trash(&account) as u64, "what was under way is finished and noted");
    assert_eq!(
        (&done["tickets"]["unknown"], done["tickets"]["pending"].as_u64()),
        (&json!(0), Some(110 - trashed))
    );
    assert_eq!(document(&workspace.run(&line).expect(0))["tickets"]["gone"], 0);
    assert_eq!(in_trash(&account), 110);
}

#[test]
fn a_rule_that_is_switched_on_stops_the_second_pass_over_links() {
    let account = slow();
    let mut export = Export::of(80, |_| 1);
    for (at, ticket) in export.tickets.iter_mut().enumerate() {
        let text = format!("See https://acme.zendesk.com/agent/tickets/{}.", at + 2);
        let comment = &mut ticket["comments"][0];
        (comment["body"], comment["plain_body"]) = (json!(text), json!(text));
        comment["html_body"] = json!(format!("<p>{text}</p>"));
    }
    let workspace = Workspace::with_export_and(&account.base_url(), &export, REST);
    workspace.run(&format!("{RUN} --order oldest")).expect(0);
    let line = format!("fix-links --json --execute --confirm {}", name(&account));
    let (_, made) = a_rule_appears(&account, workspace.start(&line), 5);
    assert!(made < 79, "{made}");
    let told: Value = serde_json::from_str(&workspace.run("fix-links --json").expect(0).stdout).unwrap();
    let left = told["links"]["ready"].as_u64().unwrap();
    assert!((1..79).contains(&left), "{told}");
    workspace.run(&line).expect(0);
    let told: Value = serde_json::from_str(&workspace.run("fix-links --json").expect(0).stdout).unwrap();
    assert_eq!(told["links"]["ready"], 0);
    account.nothing_was_sent();
}

#[test]
fn a_rule_that_is_switched_on_stops_the_pass_that_gives_tickets_to_others() {
    let account = slow();
    let rest = format!("[mapping]\nmailbox = \"support@acme.example\"\npeople = \"people.csv\"\n{REST}");
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(60, |_| 2), &rest);
    workspace.write("people.csv", "key,decision\nzendesk:user:501,stand-in\n");
    workspace.migrate();
    workspace.write("people.csv", "key,decision,gorgias_email\nzendesk:user:501,user,ana@acme.example\n");
    let (_, made) = a_rule_appears(&account, workspace.start(RUN), 5);
    assert!(made < 120, "{made}");
    workspace.migrate();
    let given = account.tickets().values().all(|ticket| ticket["assignee_user_id"] == 519_543_301);
    assert!(given, "the next run gives the rest");
    account.nothing_was_sent();
}

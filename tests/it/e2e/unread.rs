//! A ticket that Gorgias fails to show each time keeps nobody from checking or taking back the others.

use gorgias_import::sandbox::{Fault, FaultPlan, Scripted};
use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, Play};
use super::export::Export;
use super::undo::{document, execute, id_of, in_trash};
use super::workspace::Workspace;

/// One ticket, as it is read by itself.
const ONE: &str = "GET /api/tickets/{id}";

/// An account that fails at the first read of a ticket, once.
pub(super) fn one_unread_ticket() -> FaultPlan {
    let unread = Scripted { nth: 1, on: Some(ONE.into()), fault: Fault::ServerError };
    FaultPlan { script: vec![unread], ..FaultPlan::none() }
}

/// Reads of single tickets.
fn reads(account: &Account) -> u64 {
    let requests = account.sandbox().requests();
    let single = |path: &str| path.strip_prefix("/api/tickets/").is_some_and(|id| id.parse::<u64>().is_ok());
    requests.iter().filter(|request| request.method == "GET" && single(&request.path)).count() as u64
}

/// Four tickets in an account that fails at the first read of a ticket after the import.
fn migrated() -> (Account, Workspace) {
    let made = |faults| {
        let account = Account::playing(Play { faults, ..Play::default() });
        let rest = "[upload]\nsettle_seconds = 2\npatience_seconds = 0\n";
        let export = Export::of(4, |_| 2);
        let workspace = Workspace::with_export_and(&account.base_url(), &export, rest);
        workspace.migrate();
        (account, workspace)
    };
    let usual = reads(&made(FaultPlan::none()).0);
    let unread = Scripted { nth: usual + 1, on: Some(ONE.into()), fault: Fault::ServerError };
    made(FaultPlan { script: vec![unread], ..FaultPlan::none() })
}

#[test]
fn a_ticket_that_cannot_be_read_back_is_told_and_the_others_are_checked() {
    let (_account, workspace) = migrated();
    let told: Value =
        serde_json::from_str(&workspace.run("verify --json --sample 2").expect(9).stdout).unwrap();
    assert_eq!(
        (&told["tickets"]["checked"], &told["not_checked"]["not_reached"]),
        (&json!(1), &json!(1)),
        "{told}"
    );
    // What was read back in part proves nothing, and takes no proof's place.
    assert_eq!(told["state"], "partial", "{told}");
    let verdict = told["verdict"].as_str().unwrap();
    assert!(verdict.starts_with("1 of 2 tickets could not be read"), "{verdict}");
    let whole: Value = serde_json::from_str(&workspace.run("verify --json").expect(0).stdout).unwrap();
    assert_eq!((&whole["state"], &whole["tickets"]["checked"]), (&json!("complete"), &json!(4)), "{whole}");
}

#[test]
fn a_ticket_that_cannot_be_looked_at_is_spared_and_the_others_are_taken_back() {
    let (account, workspace) = migrated();
    let id = id_of(&account, 1);
    let note = json!({"channel": "internal-note", "from_agent": true, "via": "api", "body_text": "Mine.",
        "sender": {"id": 519_543_301}});
    account.write(Method::POST, &format!("/api/tickets/{id}/messages"), &note);
    let told = document(&execute(&workspace, &account, "").expect(3));
    assert_eq!((&told["tickets"]["trashed"], &told["tickets"]["spared"]), (&json!(3), &json!(1)), "{told}");
    assert_eq!(told["spared"][0]["reasons"], json!(["unreadable"]), "{told}");
    assert_eq!(in_trash(&account), 3);
}

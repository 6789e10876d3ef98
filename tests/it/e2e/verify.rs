//! `verify` says of every ticket what it is: as it was sent, or not, and then what.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use super::account::Account;
use super::export::{Export, comment_id};
use super::workspace::{RUN, Workspace, migrated};

const SCHEMA: &str = include_str!("../../../src/commands/schema/verification.json");

/// `verify --json` with further flags and the exit code that must come of it.
#[track_caller]
pub(super) fn verify(workspace: &Workspace, flags: &str, code: i32) -> Value {
    let ended = workspace.run(&format!("verify --json {flags}")).expect(code);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    let tickets = &document["tickets"];
    let classes = ["identical", "normalised", "differs", "missing", "extra"];
    let sum: u64 = classes.iter().map(|class| tickets[class].as_u64().unwrap()).sum();
    assert_eq!(tickets["checked"], sum, "each ticket in exactly one class: {tickets}");
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    crate::machine_output::fits::fits(&schema, &schema, &document).unwrap();
    document
}

pub(super) fn counts(document: &Value) -> [u64; 6] {
    ["checked", "identical", "normalised", "differs", "missing", "extra"]
        .map(|class| document["tickets"][class].as_u64().unwrap())
}

/// A migrated account of six tickets with four messages each, the fourth of which is a note.
fn six_tickets() -> (Account, Workspace) {
    migrated(&Export::of(6, |_| 4))
}

/// Gorgias ids of ticket 3 and of its messages.
fn third(account: &Account) -> (u64, Vec<u64>) {
    let ticket = &account.tickets()["zendesk:ticket:3"];
    let messages = ticket["messages"].as_array().unwrap();
    (ticket["id"].as_u64().unwrap(), messages.iter().map(|message| message["id"].as_u64().unwrap()).collect())
}

/// What is wrong with ticket 3, by lists and by itself, which must be the same.
#[track_caller]
fn caught(workspace: &Workspace, class: &str) -> Vec<Value> {
    let by_lists = verify(workspace, "", 9);
    let mut should =
        json!({"checked": 6, "identical": 5, "normalised": 0, "differs": 0, "missing": 0, "extra": 0});
    should[class] = json!(1);
    assert_eq!(by_lists["tickets"], should, "{}", by_lists["differences"]);
    assert_eq!(by_lists["differences"][0]["key"], "zendesk:ticket:3");
    assert_eq!(by_lists["differences"][0]["class"], class);
    let alone = verify(workspace, "--ids zendesk:ticket:3", 9);
    assert_eq!(alone["differences"], by_lists["differences"]);
    let csv = fs::read_to_string(workspace.path(".gorgias-import/runs/0001/differences.csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + by_lists["differences"][0]["details"].as_array().unwrap().len());
    assert!(by_lists["verdict"].as_str().unwrap().starts_with("1 of 6 tickets checked is not as sent"));
    by_lists["differences"][0]["details"].as_array().unwrap().clone()
}

fn aspects(details: &[Value]) -> Vec<&str> {
    details.iter().map(|detail| detail["what"].as_str().unwrap()).collect()
}

#[test]
fn what_was_migrated_is_as_it_was_sent() {
    let export = Export::mixed(40);
    let (account, workspace) = migrated(&export);
    let before = account.writes().len();
    let document = verify(&workspace, "", 0);
    assert_eq!(counts(&document), [40, 40, 0, 0, 0, 0], "{document}");
    assert!(document["differences"].as_array().unwrap().is_empty());
    assert_eq!(document["looked_for_strangers"], true);
    // Users, teams, fields, integrations and the key's owner, and a page of tickets and of messages.
    assert!(document["calls"].as_u64().unwrap() <= 8, "{document}");
    assert_eq!(account.writes().len(), before, "nothing was written");
    let text = workspace.run("verify").expect(0).stdout;
    assert!(
        text.ends_with(
            "All 40 tickets checked are in Gorgias as sent: identical in everything that was compared.\n"
        ),
        "{text}"
    );
}

#[test]
fn every_kind_of_conversation_can_be_compared() {
    let account = Account::new();
    let workspace = Workspace::with_fixtures(&account.base_url());
    workspace.run(RUN);
    let document = verify(&workspace, "", 0);
    assert!(counts(&document)[0] > 10, "{document}");
    assert_eq!(counts(&document)[0], counts(&document)[1], "{document}");
}

#[test]
fn a_dropped_message_is_missing() {
    let (account, workspace) = six_tickets();
    let (ticket, messages) = third(&account);
    account.write(Method::DELETE, &format!("/api/tickets/{ticket}/messages/{}", messages[1]), &json!({}));
    let details = caught(&workspace, "missing");
    assert_eq!(aspects(&details), ["message"]);
    assert_eq!(details[0]["message"], format!("zendesk:comment:{}", comment_id(3, 1)));
}

#[test]
fn a_changed_date_differs() {
    let (account, workspace) = six_tickets();
    let (ticket, messages) = third(&account);
    let body =
        json!({"channel": "contact_form", "from_agent": false, "sent_datetime": "2020-02-02T00:00:00Z"});
    account.write(Method::PUT, &format!("/api/tickets/{ticket}/messages/{}", messages[2]), &body);
    let details = caught(&workspace, "differs");
    assert!(aspects(&details).contains(&"sent-time") && aspects(&details).contains(&"order"), "{details:?}");
    let time = details.iter().find(|detail| detail["what"] == "sent-time").unwrap();
    assert_eq!(time["found"], "2020-02-02T00:00:00Z");
}

#[test]
fn a_note_made_public_differs() {
    let (account, workspace) = six_tickets();
    let (_, messages) = third(&account);
    let flip = "UPDATE messages SET doc = json_set(doc, '$.public', json('true')) WHERE id = ?1";
    assert_eq!(account.store().execute(flip, [messages[3].cast_signed()]).unwrap(), 1);
    let details = caught(&workspace, "differs");
    assert_eq!(aspects(&details), ["visibility"]);
    assert_eq!((&details[0]["expected"], &details[0]["found"]), (&json!("internal note"), &json!("public")));
}

#[test]
fn a_changed_body_differs_and_is_not_quoted() {
    let (account, workspace) = six_tickets();
    let (ticket, messages) = third(&account);
    let body = json!({"channel": "contact_form", "from_agent": false, "sent_datetime": super::export::written(3, 0),
        "body_text": "Message 0 of ticket 4."});
    account.write(Method::PUT, &format!("/api/tickets/{ticket}/messages/{}", messages[0]), &body);
    let details = caught(&workspace, "differs");
    assert_eq!(aspects(&details), ["text"]);
    assert_eq!(details[0]["found"], "22 characters, the first 20 the same");
    let ended = workspace.run("verify --json").expect(9);
    assert!(!ended.stdout.contains("of ticket"), "no texts: {}", ended.stdout);
}

#[test]
fn markup_that_nobody_sees_is_normalised() {
    let (account, workspace) = six_tickets();
    let (ticket, messages) = third(&account);
    let body = json!({"channel": "contact_form", "from_agent": false, "sent_datetime": super::export::written(3, 0),
        "body_html": "<div class=\"gorgias\"><p>Message 0 of ticket&#32;3.</p><br></div>"});
    account.write(Method::PUT, &format!("/api/tickets/{ticket}/messages/{}", messages[0]), &body);
    let document = verify(&workspace, "", 0);
    assert_eq!(counts(&document), [6, 5, 1, 0, 0, 0]);
    assert_eq!(document["normalised_by"], json!({"html": 1}));
}

#[test]
fn an_added_message_is_extra() {
    let (account, workspace) = six_tickets();
    let (ticket, _) = third(&account);
    let body = json!({"channel": "internal-note", "from_agent": true, "public": false, "body_text": "Called back.",
        "sent_datetime": "2024-06-01T00:00:00Z", "source": {"type": "internal-note"}});
    account.write(Method::POST, &format!("/api/tickets/{ticket}/messages"), &body);
    let details = caught(&workspace, "extra");
    assert_eq!(aspects(&details), ["message"]);
    assert!(
        details[0].get("message").is_none()
            && details[0]["found"].as_str().unwrap().contains("nobody imported")
    );
}

#[test]
fn a_deleted_ticket_and_one_in_the_trash_are_missing() {
    let (account, workspace) = six_tickets();
    let (ticket, _) = third(&account);
    let trash = json!({"trashed_datetime": "2024-06-01T00:00:00Z"});
    account.write(Method::PUT, &format!("/api/tickets/{ticket}"), &trash);
    let details = caught(&workspace, "missing");
    assert_eq!(details[0]["found"], "in the trash");
    account.write(Method::DELETE, &format!("/api/tickets/{ticket}"), &json!({}));
    let details = caught(&workspace, "missing");
    assert_eq!((aspects(&details), &details[0]["found"]), (vec!["ticket"], &json!("not there")));
}

#[test]
fn facts_of_the_ticket_are_compared() {
    let (account, workspace) = six_tickets();
    let (ticket, _) = third(&account);
    let change = json!({"subject": "Another", "status": "open", "priority": "low", "assignee_user": null,
        "tags": [{"name": "moved"}]});
    account.write(Method::PUT, &format!("/api/tickets/{ticket}"), &change);
    let details = caught(&workspace, "differs");
    for what in ["subject", "priority", "assignee", "tags"] {
        assert!(aspects(&details).contains(&what), "{what}: {details:?}");
    }
    assert!(!details.iter().any(|detail| detail["found"].as_str().unwrap().contains("Another")));
}

#[test]
fn a_second_ticket_under_a_key_and_one_that_nobody_knows_are_extra() {
    let (account, workspace) = six_tickets();
    let ticket = |key: &str| {
        json!({"external_id": key, "channel": "api", "via": "api", "customer": {"email": "customer1@example.com"},
            "messages": [{"channel": "api", "via": "api", "from_agent": false, "body_text": "x",
                "sender": {"email": "customer1@example.com"}, "sent_datetime": "2024-01-01T00:00:00Z"}]})
    };
    account.write(Method::POST, "/api/tickets", &ticket("zendesk:ticket:3"));
    account.write(Method::POST, "/api/tickets", &ticket("zendesk:ticket:77"));
    account.write(Method::POST, "/api/tickets", &ticket("shop:order:77"));
    let document = verify(&workspace, "", 9);
    assert_eq!(counts(&document), [7, 5, 0, 0, 0, 2], "{document}");
    let keys: Vec<&str> =
        document["differences"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect();
    assert!(keys.contains(&"zendesk:ticket:3") && keys.contains(&"zendesk:ticket:77"), "{keys:?}");
}

#[test]
fn a_sample_says_what_it_proves_and_comes_again_with_its_seed() {
    let (account, workspace) = migrated(&Export::of(60, |_| 1));
    let document = verify(&workspace, "--sample 12 --confidence 99% --seed 5", 0);
    assert_eq!(counts(&document)[0], 12);
    assert_eq!(document["not_checked"]["not_sampled"], 48);
    let sample = &document["sample"];
    assert_eq!(
        (&sample["population"], &sample["size"], &sample["seed"]),
        (&json!(60), &json!(12), &json!(5))
    );
    // Of 60 tickets 18 could differ and a sample of 12 miss them all with a chance above 1 %: 42!48!/(30!60!) = 0.0079.
    assert_eq!(sample["at_most"], 17, "{sample}");
    assert!(
        document["verdict"]
            .as_str()
            .unwrap()
            .contains("With 99 % confidence at most 28.33 % of the 60 tickets differ (17 of them)."),
        "{document}"
    );
    let asked = |from: usize| -> Vec<String> {
        account.sandbox().requests()[from..].iter().map(|request| request.path.clone()).collect()
    };
    let before = account.sandbox().requests().len();
    verify(&workspace, "--sample 6 --seed 9", 0);
    let first = asked(before);
    let before = account.sandbox().requests().len();
    verify(&workspace, "--sample 6 --seed 9", 0);
    let (mut first, mut second) = (first, asked(before));
    first.sort();
    second.sort();
    assert_eq!(first, second);
    // As many as prove that at most 1 % differ: of 60 tickets none may.
    let all = verify(&workspace, "--confidence 99%", 0);
    assert_eq!(all["sample"]["size"], 60);
    assert!(all["verdict"].as_str().unwrap().ends_with("this is certain."));
}

#[test]
fn what_the_export_lost_or_changed_is_checked_for_presence() {
    let mut export = Export::of(4, |_| 2);
    let (account, workspace) = migrated(&export);
    export.tickets.remove(0);
    export.tickets[0]["comments"][1]["html_body"] = json!("<p>Corrected.</p>");
    export.write(&workspace.path("zendesk"));
    let ended = workspace.run("verify --json").expect(0);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(counts(&document), [4, 4, 0, 0, 0, 0]);
    assert_eq!(document["presence_only"], 2);
    assert!(ended.stderr.contains("the exports are not those"), "{}", ended.stderr);
    // A message of the ticket that the export lost is still missed.
    let lost = &account.tickets()["zendesk:ticket:1"];
    let path = format!("/api/tickets/{}/messages/{}", lost["id"], lost["messages"][0]["id"]);
    account.write(Method::DELETE, &path, &json!({}));
    assert_eq!(counts(&verify(&workspace, "", 9)), [4, 3, 0, 0, 1, 0]);
}

#[test]
fn staging_is_built_anew_and_suffices_where_the_exports_are_gone() {
    let (_account, workspace) = six_tickets();
    fs::remove_file(workspace.path(".gorgias-import/staging.sqlite")).unwrap();
    assert_eq!(counts(&verify(&workspace, "", 0)), [6, 6, 0, 0, 0, 0]);
    fs::remove_dir_all(workspace.path("zendesk")).unwrap();
    assert_eq!(counts(&verify(&workspace, "", 0)), [6, 6, 0, 0, 0, 0]);
}

#[test]
fn selections_choose_and_the_rest_is_told_apart() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(12, |_| 1));
    workspace.run("run --yes --json --limit 5").expect(0);
    let document = verify(&workspace, "", 9);
    assert_eq!(counts(&document)[0], 5);
    assert_eq!(document["not_checked"]["pending"], 7);
    assert_eq!(counts(&verify(&workspace, "--limit 2", 0))[0], 2);
    assert_eq!(counts(&verify(&workspace, "--ids zendesk:ticket:12 zendesk:ticket:1", 9))[0], 1);
    let none = verify(&workspace, "--ids zendesk:ticket:1", 9);
    assert!(none["verdict"].as_str().unwrap().starts_with("Nothing was checked"));
}

#[test]
fn a_service_on_a_bad_day_is_asked_again() {
    let (account, workspace) = migrated(&Export::of(30, |_| 2));
    account.sandbox().set_faults(gorgias_import::sandbox::FaultPlan::preset("light", 3).unwrap());
    assert_eq!(counts(&verify(&workspace, "--sample 25", 0))[0], 25);
    assert_eq!(counts(&verify(&workspace, "", 0)), [30, 30, 0, 0, 0, 0]);
}

#[test]
fn thousands_of_tickets_take_a_call_for_many() {
    let (account, workspace) = migrated(&Export::of(1_500, |number| 1 + number % 4));
    let document = verify(&workspace, "", 0);
    assert_eq!(counts(&document)[0], 1_500);
    let calls = document["calls"].as_u64().unwrap();
    // 15 pages of tickets and 38 of messages.
    assert!(calls <= 60, "{calls} calls");
    // At worst everything is read by itself: then the lists were a waste, and a small one.
    let spoil = "UPDATE messages SET doc = json_set(doc, '$.body_text', 'Else.')";
    account.store().execute(spoil, []).unwrap();
    let document = verify(&workspace, "", 9);
    assert_eq!(counts(&document), [1_500, 0, 0, 1_500, 0, 0]);
    let calls = document["calls"].as_u64().unwrap();
    assert!(calls * 10 <= 1_500 * 11, "{calls} calls");
}

//! What taking back must never do, and how it is limited, interrupted and begun again.

use std::time::Duration;

use gorgias_import::sandbox::{BucketLimit, Fault, FaultPlan, Scripted};
use reqwest::Method;
use serde_json::{Value, json};

use super::account::Account;
use super::export::{Export, ticket};
use super::undo::{document, execute, id_of, in_trash, name, playing, undo};
use super::workspace::{RUN, Workspace, ZENDESK};

const TWO: &str = "[[source]]\nkind = \"zendesk\"\nname = \"us\"\npaths = [\"us\"]\n\n\
                   [[source]]\nkind = \"zendesk\"\nname = \"eu\"\npaths = [\"eu\"]\n";

fn ana(account: &Account, method: Method, path: &str, body: &Value) {
    account.write_as("ana@acme.example", "ana", method, path, body);
}

fn note() -> Value {
    json!({"channel": "internal-note", "from_agent": true, "via": "helpdesk", "body_text": "Mine.",
        "public": false, "sender": {"id": 519_543_301}, "source": {"type": "internal-note"}})
}

/// A text without its line ends.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn spared(document: &Value) -> Vec<(String, Value)> {
    let spared = document["spared"].as_array().unwrap().iter();
    let mut spared: Vec<_> =
        spared.map(|one| (one["key"].as_str().unwrap().to_owned(), one["reasons"].clone())).collect();
    spared.sort_by(|a, b| a.0.cmp(&b.0));
    spared
}

#[test]
fn what_people_did_before_the_ledger_was_made_anew_counts_as_well() {
    let account = playing(|_| {});
    let mut export = Export::of(12, |_| 2);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    ana(&account, Method::PUT, &format!("/api/tickets/{}", id_of(&account, 3)), &json!({"status": "closed"}));
    ana(&account, Method::PUT, &format!("/api/tickets/{}", id_of(&account, 4)), &json!({"subject": "Else"}));
    // All of that was an hour ago.
    let hour = "UPDATE events SET created = created - 3600000000";
    assert!(account.store().execute(hour, []).unwrap() > 0);
    workspace.lose_the_ledger();
    workspace.run("rebuild --yes --json").expect(0);
    // The new ledger's own first write is later than all of that.
    export.tickets.push(ticket("acme", 13, 2));
    export.write(&workspace.path("zendesk"));
    workspace.migrate();
    let done = document(&execute(&workspace, &account, "").expect(3));
    let expected = [
        ("zendesk:ticket:3".to_owned(), json!(["status"])),
        ("zendesk:ticket:4".to_owned(), json!(["subject"])),
    ];
    assert_eq!(spared(&done), expected);
    assert_eq!((&done["tickets"]["trashed"], in_trash(&account)), (&json!(11), 11), "{done}");
}

#[test]
fn a_ticket_whose_messages_nobody_can_compare_is_not_deleted_for_good() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(6, |_| 2));
    workspace.migrate();
    execute(&workspace, &account, "").expect(0);
    // How many messages they had was not seen when they were moved.
    let ledger = rusqlite::Connection::open(workspace.path(".gorgias-import/ledger.sqlite")).unwrap();
    ledger.execute("UPDATE undone SET messages = NULL", []).unwrap();
    drop(ledger);
    // Somebody wrote in one that lies in the trash, and one shows no messages at all.
    ana(&account, Method::POST, &format!("/api/tickets/{}/messages", id_of(&account, 2)), &note());
    let hidden = id_of(&account, 5);
    account.store().execute("DELETE FROM messages WHERE ticket_id = ?1", [hidden.cast_signed()]).unwrap();
    let expected = [
        ("zendesk:ticket:2".to_owned(), json!(["message"])),
        ("zendesk:ticket:5".to_owned(), json!(["unreadable"])),
    ];
    assert_eq!(spared(&document(&undo(&workspace, "--purge").expect(0))), expected);
    let done = document(&execute(&workspace, &account, "--purge").expect(3));
    assert_eq!(spared(&done), expected);
    assert_eq!(done["tickets"]["purged"], 4);
    assert_eq!(account.tickets().len(), 2);
}

#[test]
fn a_ticket_of_others_that_only_got_messages_is_never_moved() {
    let account = playing(|_| {});
    let theirs = json!({"customer": {"email": "customer1@example.com"}, "channel": "email", "via": "email",
        "external_id": "theirs", "messages": [{"channel": "email", "from_agent": false, "via": "email",
            "body_text": "Before.", "sender": {"email": "customer1@example.com"}, "source": {"type": "email",
                "from": {"address": "customer1@example.com"}, "to": [{"address": "support@acme.example"}]}}]});
    ana(&account, Method::POST, "/api/tickets", &theirs);
    let id = account.tickets()["theirs"]["id"].as_u64().unwrap();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(4, |_| 2));
    workspace.write("tickets.csv", &format!("key,gorgias_ticket_id\nzendesk:ticket:1,{id}\n"));
    let rest = "[mapping]\nmailbox = \"support@acme.example\"\ntickets = \"tickets.csv\"\n";
    workspace.configure(&account.base_url(), ZENDESK, rest);
    workspace.migrate();
    let before = account.tickets()["theirs"].clone();
    assert_eq!(before["messages"].as_array().unwrap().len(), 3);
    for flags in ["", "--ids zendesk:ticket:1"] {
        let done = document(&execute(&workspace, &account, flags).expect(3));
        assert_eq!(spared(&done), [("zendesk:ticket:1".to_owned(), json!(["was-there"]))]);
        document(&execute(&workspace, &account, "--purge").expect(0));
    }
    assert_eq!(account.tickets()["theirs"], before, "nothing of it was changed");
    let path = format!("/api/tickets/{id}");
    let touched = account.writes().into_iter().filter(|call| call.path == path).count();
    assert_eq!(touched, 0, "no request to move or delete it ever left");
    assert_eq!(account.tickets().len(), 1);
    // Running the plan again brings back what was taken back, and nothing twice.
    let again = workspace.migrate();
    assert_eq!(
        (&again["tickets"]["created"], &again["tickets"]["already"]),
        (&json!(3), &json!(1)),
        "{again}"
    );
    assert_eq!(account.tickets()["theirs"]["messages"].as_array().unwrap().len(), 3);
}

#[test]
fn tickets_that_were_merged_or_deleted_in_gorgias_are_left_as_they_are() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(8, |_| 2));
    workspace.migrate();
    let (source, target, deleted) = (id_of(&account, 1), id_of(&account, 2), id_of(&account, 3));
    // A merge moves the messages and deletes the source; the target remembers it.
    let store = account.store();
    let moved = "UPDATE messages SET ticket_id = ?2 WHERE ticket_id = ?1";
    store.execute(moved, [source.cast_signed(), target.cast_signed()]).unwrap();
    let merged = "INSERT INTO events (context, created, object_type, object_id, type, user_id)
                  SELECT 'merge', max(created) + 1, 'Ticket', ?1, 'ticket-merged', 519543301 FROM events";
    store.execute(merged, [target.cast_signed()]).unwrap();
    drop(store);
    account.write(Method::DELETE, &format!("/api/tickets/{source}"), &Value::Null);
    account.write(Method::DELETE, &format!("/api/tickets/{deleted}"), &Value::Null);
    let done = document(&execute(&workspace, &account, "").expect(3));
    assert_eq!((&done["tickets"]["trashed"], &done["tickets"]["gone"]), (&json!(5), &json!(2)), "{done}");
    assert_eq!(done["spared"][0]["key"], "zendesk:ticket:2");
    assert!(done["spared"][0]["reasons"].as_array().unwrap().contains(&json!("identity")), "{done}");
    document(&execute(&workspace, &account, "--purge").expect(0));
    assert_eq!(account.tickets().len(), 1);
    // What others deleted is not made again by the next run; what this took back is.
    let again = workspace.migrate();
    assert_eq!(
        (&again["tickets"]["created"], &again["tickets"]["already"]),
        (&json!(5), &json!(3)),
        "{again}"
    );
}

#[test]
fn signals_end_it_cleanly_or_at_once_and_the_same_command_goes_on() {
    let limit = BucketLimit::new(40, Duration::from_secs(2));
    let account = playing(|play| play.limit = limit);
    let rate = "[rate]\nlimit = \"40/2s\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &Export::of(120, |_| 1), rate);
    workspace.migrate();
    let line = format!("undo --json --execute --confirm {}", name(&account));
    let wait = |least: usize| {
        let begun = std::time::Instant::now();
        while in_trash(&account) < least {
            assert!(begun.elapsed() < Duration::from_secs(30));
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let started = workspace.start(&line);
    wait(10);
    started.signal("TERM");
    let ended = started.wait();
    let done = document(&ended);
    assert_eq!(ended.code, Some(143), "{done}");
    let trashed = done["tickets"]["trashed"].as_u64().unwrap();
    assert_eq!(
        (done["tickets"]["unknown"].clone(), in_trash(&account) as u64),
        (json!(0), trashed),
        "{done}"
    );
    assert!(trashed < 120 && done["tickets"]["pending"].as_u64().unwrap() + trashed == 120, "{done}");

    // The next one hangs; the second signal does not wait for it.
    let on = Some("PUT /api/tickets/{id}".to_owned());
    let script = vec![Scripted { nth: 15, on, fault: Fault::HangAfter }];
    let faults = FaultPlan { script, hang_ms: 20_000, ..FaultPlan::none() };
    account.sandbox().set_faults(faults);
    let started = workspace.start(&line);
    wait(usize::try_from(trashed).unwrap() + 14);
    started.signal("TERM");
    std::thread::sleep(Duration::from_millis(200));
    let second = std::time::Instant::now();
    started.signal("TERM");
    let ended = started.wait();
    assert_eq!(ended.code, Some(143), "{}", ended.stderr);
    assert!(second.elapsed() < Duration::from_secs(5));
    account.sandbox().set_faults(FaultPlan::none());
    let rest = document(&execute(&workspace, &account, "").expect(0));
    assert_eq!((&rest["tickets"]["spared"], &rest["tickets"]["gone"]), (&json!(0), &json!(0)), "{rest}");
    assert_eq!(in_trash(&account), 120);
}

#[test]
fn a_source_is_taken_back_without_the_other() {
    let account = playing(|_| {});
    let workspace = Workspace::new(&account.base_url(), TWO, "");
    let (us, mut eu) = (Export::of(5, |_| 1), Export::of(5, |_| 1));
    us.write(&workspace.path("us"));
    eu.subdomain = "acme-eu";
    eu.tickets = (1..=5).map(|number| ticket("acme-eu", number, 1)).collect();
    eu.write(&workspace.path("eu"));
    workspace.migrate();
    assert_eq!(document(&undo(&workspace, "--source eu --limit 2").expect(0))["tickets"]["planned"], 2);
    assert_eq!(document(&execute(&workspace, &account, "--source eu").expect(0))["tickets"]["trashed"], 5);
    let trashed: Vec<String> = account
        .tickets()
        .into_iter()
        .filter(|(_, ticket)| !ticket["trashed_datetime"].is_null())
        .map(|(key, _)| key)
        .collect();
    assert!(trashed.iter().all(|key| key.starts_with("eu:")), "{trashed:?}");
    assert_eq!(document(&undo(&workspace, "--purge --source us").expect(0))["tickets"]["planned"], 0);
    assert_eq!(
        document(&execute(&workspace, &account, "--purge --source eu").expect(0))["tickets"]["purged"],
        5
    );
    assert_eq!(account.tickets().len(), 5);
}

#[test]
fn the_price_is_said_before_anything_is_asked_and_every_record_tells_what_became_of_it() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(5, |_| 1));
    workspace.migrate();
    let confirm = format!("--execute --confirm {}", name(&account));
    let seen = on_one_line(&workspace.run("undo").expect(0).stderr);
    assert!(seen.starts_with("looking at 5 tickets: about 4 calls"), "{seen}");
    assert!(seen.contains("5 tickets would be moved to the trash: about 9 calls"), "{seen}");
    assert!(seen.contains("7 customers") || seen.contains("5 customers"), "{seen}");
    let id = id_of(&account, 2);
    let explained = |words: &[&str]| {
        let text = on_one_line(&workspace.run("explain zendesk:ticket:2").expect(0).stdout);
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        let json: Value =
            serde_json::from_str(&workspace.run("explain --json zendesk:ticket:2").expect(0).stdout).unwrap();
        json["ledger"].clone()
    };
    workspace.run(&format!("undo {confirm}")).expect(0);
    let link = format!("{}/app/ticket/{id}", account.base_url());
    let told = explained(&["taken back since", "in the trash", &link, "the next run creates it anew"]);
    assert_eq!((&told["state"], &told["gorgias_id"]), (&json!("undone"), &Value::Null));
    assert_eq!(told["taken_back"][0]["gorgias_id"].as_u64(), Some(id));
    assert_eq!(told["taken_back"][0]["purged"], false);
    let preview = on_one_line(&workspace.run("undo --purge").expect(0).stderr);
    assert!(preview.starts_with("looking at 5 tickets: about 1 call"), "{preview}");
    for words in ["5 tickets would be deleted for good", "up to 5 customers and 5 tags"] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    let purged = on_one_line(&workspace.run(&format!("undo --purge {confirm}")).expect(0).stderr);
    assert!(
        purged.starts_with("deleting for good up to 5 tickets, 5 customers and 5 tags: about"),
        "{purged}"
    );
    assert!(purged.contains("5 customers and 5 tags deleted for good"), "{purged}");
    let told = explained(&["taken back since", &format!("Gorgias ticket {id}"), "deleted for good"]);
    assert_eq!(
        (&told["taken_back"][0]["purged"], &told["taken_back"][0]["link"]),
        (&json!(true), &Value::Null)
    );
    workspace.run(RUN).expect(0);
    let told = explained(&["done since", "deleted for good"]);
    assert_eq!(told["state"], "done");
}

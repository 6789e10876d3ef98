//! Customers and tags that an import created are taken back with its tickets, and only where nothing else uses them.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gorgias_import::sandbox::{BucketLimit, FaultPlan, Phase, SeedCustomer};
use reqwest::Method;
use serde_json::{Value, json};

use super::account::{Account, observer};
use super::export::Export;
use super::process::Trap;
use super::undo::{document, execute, id_of, name, playing, undo};
use super::workspace::{RUN, Workspace};

const ANA: (&str, &str) = ("ana@acme.example", "ana");

/// A list of the account, by name.
fn list(account: &Account, path: &str) -> BTreeMap<String, Value> {
    let get = async {
        let client = reqwest::Client::builder().build().unwrap();
        let request = client.get(format!("{}{path}", account.base_url()));
        let answer = request.basic_auth("ops@example.com", Some("sandbox")).send().await.unwrap();
        answer.error_for_status().unwrap().text().await.unwrap()
    };
    let answer: Value = serde_json::from_str(&account.block_on(get)).unwrap();
    let items = answer["data"].as_array().unwrap().iter();
    items.map(|item| (item["name"].as_str().unwrap_or_default().to_owned(), item.clone())).collect()
}

fn customers(account: &Account) -> BTreeMap<String, Value> {
    list(account, "/api/customers?limit=100")
}

fn tags(account: &Account) -> BTreeMap<String, Value> {
    list(account, "/api/tags?limit=100")
}

fn ana(account: &Account, method: Method, path: &str, body: &Value) {
    account.write_as(ANA.0, ANA.1, method, path, body);
}

/// The reasons why customers and tags were left, by name.
fn kept(document: &Value, named: &BTreeMap<u64, String>) -> BTreeMap<String, Value> {
    let kept = document["kept"].as_array().unwrap().iter();
    kept.map(|one| (named[&one["gorgias_id"].as_u64().unwrap()].clone(), one["reasons"].clone())).collect()
}

#[test]
fn customers_and_tags_that_nothing_uses_go_with_the_tickets_and_come_again_with_the_next_run() {
    let account = playing(|play| {
        play.seed.tags = vec!["tag-1".into()];
        play.seed.customers = vec![SeedCustomer {
            email: Some("customer1@example.com".into()),
            name: Some("Was There".into()),
            ..SeedCustomer::default()
        }];
    });
    let workspace = Workspace::with_export(&account.base_url(), &Export::mixed(30));
    workspace.migrate();
    let imported = account.end_state();
    assert_eq!((customers(&account).len(), tags(&account).len()), (7, 5));
    for round in 1..=2 {
        let trashed = document(&execute(&workspace, &account, "").expect(0));
        assert_eq!(trashed["stays"], json!({"customers": 6, "tags": 4}), "round {round}");
        assert_eq!(trashed["customers"]["planned"], 0);
        let writes = account.writes().len();
        let seen = document(&undo(&workspace, "--purge").expect(0));
        assert_eq!((&seen["customers"]["planned"], &seen["tags"]["planned"]), (&json!(6), &json!(4)));
        // 30 tickets, 3 calls a customer, 2 a tag, and a few more.
        assert!((56..=75).contains(&seen["calls"]["planned"].as_u64().unwrap()), "{seen}");
        assert_eq!(account.writes().len(), writes);
        assert_eq!((customers(&account).len(), tags(&account).len()), (7, 5));

        let done = document(&execute(&workspace, &account, "--purge").expect(0));
        assert_eq!(
            (&done["customers"]["deleted"], &done["tags"]["deleted"]),
            (&json!(6), &json!(4)),
            "{done}"
        );
        assert!(done["calls"]["made"].as_u64() <= seen["calls"]["planned"].as_u64().map(|calls| calls + 10));
        assert_eq!((&done["kept"], &done["stays"]), (&json!([]), &json!({"customers": 0, "tags": 0})));
        assert_eq!(customers(&account).into_keys().collect::<Vec<_>>(), ["Was There"]);
        assert_eq!(tags(&account).into_keys().collect::<Vec<_>>(), ["tag-1"]);
        let run = done["run"].as_u64().unwrap();
        let receipt = workspace.path(&format!(".gorgias-import/runs/{run:04}/receipt.csv"));
        let receipt = fs::read_to_string(receipt).unwrap();
        let lines = |start: &str| receipt.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((lines("customer,"), lines("tag "), lines("zendesk:ticket:")), (6, 4, 30), "{receipt}");
        assert!(!receipt.contains('@'));

        let again = document(&execute(&workspace, &account, "--purge").expect(0));
        assert_eq!((&again["customers"]["planned"], &again["tags"]["planned"]), (&json!(0), &json!(0)));
        assert_eq!(workspace.migrate()["tickets"]["created"], 30);
        assert_eq!(account.end_state(), imported, "as after the first run");
        assert_eq!((customers(&account).len(), tags(&account).len()), (7, 5));
    }
}

#[test]
fn customers_and_tags_that_people_use_or_changed_stay() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(14, |_| 1));
    workspace.migrate();
    let mut named = BTreeMap::new();
    for (name, item) in customers(&account).into_iter().chain(tags(&account)) {
        named.insert(item["id"].as_u64().unwrap(), name);
    }
    let id = |name: &str| named.iter().find(|(_, known)| *known == name).map(|(id, _)| *id).unwrap();
    let message = |email: &str| {
        json!({"channel": "email", "from_agent": false, "via": "email", "body_text": "Hello",
            "sender": {"email": email}, "source": {"type": "email", "from": {"address": email},
                "to": [{"address": "support@acme.example"}]}})
    };
    // A new ticket of customer 1, with a tag of the import; customer 2 answers in the one of a stranger.
    let new = json!({"customer": {"email": "customer1@example.com"}, "channel": "email", "via": "email",
        "tags": [{"name": "tag-0"}], "messages": [message("customer1@example.com")]});
    ana(&account, Method::POST, "/api/tickets", &new);
    let other = json!({"customer": {"email": "stranger@example.com"}, "channel": "email", "via": "email",
        "messages": [message("stranger@example.com"), message("customer2@example.com")]});
    ana(&account, Method::POST, "/api/tickets", &other);
    // Customer 4 gets another name, customer 5 a telephone.
    ana(&account, Method::PUT, &format!("/api/customers/{}", id("Customer 4")), &json!({"name": "Dr. Four"}));
    let channels = json!({"channels": [{"type": "email", "address": "customer5@example.com"},
        {"type": "phone", "address": "+14155550123"}]});
    account.write(Method::PUT, &format!("/api/customers/{}", id("Customer 5")), &channels);
    // Tag 1 is renamed, tag 2 used by a rule, tag 3 named by a saved view.
    ana(&account, Method::PUT, &format!("/api/tags/{}", id("tag-1")), &json!({"name": "first"}));
    let mut seed = account.play.seed.clone();
    seed.tags_in_use = vec!["tag-2".into()];
    seed.views = vec![json!({"id": 1, "filters": "containsAny(ticket.tags.name, ['tag-3'])"})];
    account.sandbox().set_account(seed).unwrap();

    execute(&workspace, &account, "").expect(0);
    let done = document(&execute(&workspace, &account, "--purge").expect(0));
    let reasons = kept(&done, &named);
    let expected = json!({
        "Customer 1": ["wrote"], "Customer 2": ["wrote"], "Customer 4": ["edited"],
        "Customer 5": ["addresses"], "tag-0": ["carried"], "tag-1": ["edited"], "tag-2": ["refused"],
        "tag-3": ["named"],
    });
    for (name, why) in expected.as_object().unwrap() {
        let found = &reasons[name];
        for reason in why.as_array().unwrap() {
            assert!(found.as_array().unwrap().contains(reason), "{name}: {found}");
        }
    }
    assert_eq!(reasons.len(), 8, "{reasons:?}");
    assert_eq!((&done["customers"]["deleted"], &done["tags"]["deleted"]), (&json!(3), &json!(1)), "{done}");
    let left: Vec<String> = customers(&account).into_keys().collect();
    for name in ["Customer 1", "Customer 2", "Dr. Four", "Customer 5"] {
        assert!(left.iter().any(|known| known == name), "{left:?}");
    }
    assert_eq!(done["stays"], json!({"customers": 4, "tags": 4}));

    // What stays is told to people as well, and why.
    let text = workspace.run(&format!("undo --purge --execute --confirm {}", name(&account))).expect(0);
    for words in [
        "stays: customer (Gorgias customer",
        "wrote or was written to",
        "stays: tag tag-3",
        "a saved view names it",
    ] {
        let told = text.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn whoever_wrote_in_a_spared_ticket_stays() {
    let account = playing(|_| {});
    let mut export = Export::of(12, |_| 2);
    // Customer 5 answered in ticket 1, which is customer 1's.
    export.tickets[0]["comments"][1]["author_id"] = json!(9_005);
    let workspace = Workspace::with_export(&account.base_url(), &export);
    workspace.migrate();
    let named: BTreeMap<u64, String> =
        customers(&account).into_iter().map(|(name, item)| (item["id"].as_u64().unwrap(), name)).collect();
    ana(&account, Method::PUT, &format!("/api/tickets/{}", id_of(&account, 1)), &json!({"status": "open"}));
    ana(&account, Method::PUT, &format!("/api/tickets/{}", id_of(&account, 1)), &json!({"status": "closed"}));
    execute(&workspace, &account, "").expect(3);
    let done = document(&execute(&workspace, &account, "--purge").expect(0));
    let mut named = named;
    named.extend(tags(&account).into_iter().map(|(name, item)| (item["id"].as_u64().unwrap(), name)));
    let reasons = kept(&done, &named);
    assert_eq!(reasons["Customer 5"], json!(["wrote"]), "{done}");
    assert_eq!(reasons["Customer 1"], json!(["tickets"]), "{done}");
    assert_eq!(done["customers"]["deleted"], 5, "{done}");
    let ticket = account.tickets()["zendesk:ticket:1"].clone();
    assert_eq!(ticket["messages"][1]["sender"]["email"], "customer5@example.com");
}

#[test]
fn nobody_goes_while_a_ticket_stays_of_which_no_version_noted_who_wrote() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(8, |_| 1));
    workspace.migrate();
    // As a ledger is that was begun before authors were noted.
    let ledger = rusqlite::Connection::open(workspace.path(".gorgias-import/ledger.sqlite")).unwrap();
    let from_before =
        "INSERT INTO meta SELECT 'fact:authors-not-noted-to', CAST(max(id) AS TEXT) FROM ticket";
    ledger.execute(from_before, []).unwrap();
    // Both tickets of customer 1.
    let some = "--ids zendesk:ticket:1 zendesk:ticket:8";
    execute(&workspace, &account, some).expect(0);
    let spared = json!([["may-have-written"]]);
    for purge in [
        undo(&workspace, &format!("--purge {some}")),
        execute(&workspace, &account, &format!("--purge {some}")),
    ] {
        let done = document(&purge.expect(0));
        let kept = done["kept"].as_array().unwrap().iter().filter(|one| one["kind"] == "customer");
        assert_eq!(json!(kept.map(|one| &one["reasons"]).collect::<Vec<_>>()), spared, "{done}");
    }
    assert_eq!(customers(&account).len(), 7);
    // Where nothing is left in which anybody could have written, they go.
    execute(&workspace, &account, "").expect(0);
    assert_eq!(document(&undo(&workspace, "--purge").expect(0))["customers"]["planned"], 7);
    assert_eq!(document(&execute(&workspace, &account, "--purge").expect(0))["customers"]["deleted"], 7);
}

#[test]
fn whoever_writes_in_somebody_elses_ticket_during_the_deletions_stays() {
    let limit = BucketLimit::new(40, Duration::from_secs(2));
    let account = playing(|play| play.limit = limit);
    let mut export = Export::of(32, |_| 1);
    let mut people = String::new();
    for (ticket, id) in export.tickets.iter_mut().zip(30_000_u64..) {
        for field in ["requester_id", "submitter_id"] {
            ticket[field] = json!(id);
        }
        ticket["comments"][0]["author_id"] = json!(id);
        let user = json!({"id": id, "url": format!("https://acme.zendesk.com/api/v2/users/{id}.json"),
            "name": format!("Person {id}"), "email": format!("p{id}@example.com"), "role": "end-user",
            "active": true});
        people.extend([user.to_string(), "\n".to_owned()]);
    }
    let rate = "[rate]\nlimit = \"40/2s\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &export, rate);
    workspace.write("zendesk/more-users.ndjson", &people);
    workspace.migrate();
    execute(&workspace, &account, "").expect(0);
    let before = customers(&account);
    let (last, item) = before.iter().max_by_key(|(_, item)| item["id"].as_u64()).unwrap();
    let address = item["email"].as_str().unwrap();
    let started = workspace.start(&format!("undo --json --execute --confirm {} --purge", name(&account)));
    let begun = Instant::now();
    while !account.writes().iter().any(|call| call.method == "DELETE" && call.path.contains("/customers")) {
        assert!(begun.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(10));
    }
    let message = |email: &str| {
        json!({"channel": "email", "from_agent": false, "via": "email", "body_text": "Hello",
            "sender": {"email": email}, "source": {"type": "email", "from": {"address": email},
                "to": [{"address": "support@acme.example"}]}})
    };
    let other = json!({"customer": {"email": "stranger@example.com"}, "channel": "email", "via": "email",
        "messages": [message("stranger@example.com"), message(address)]});
    ana(&account, Method::POST, "/api/tickets", &other);
    let done = document(&started.wait().expect(0));
    assert_eq!(
        (&done["customers"]["deleted"], &done["customers"]["spared"]),
        (&json!(31), &json!(1)),
        "{done}"
    );
    assert!(customers(&account).contains_key(last), "{last} is the author of a message that is there");
}

#[test]
fn a_selection_takes_back_only_whom_its_tickets_named() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(14, |_| 1));
    workspace.migrate();
    execute(&workspace, &account, "--ids zendesk:ticket:1 zendesk:ticket:8 zendesk:ticket:2").expect(0);
    let seen = document(&undo(&workspace, "--purge").expect(0));
    assert_eq!(seen["customers"]["planned"], 2, "{seen}");
    let done = document(&execute(&workspace, &account, "--purge").expect(0));
    // Both tickets of customer 1 are gone; customer 2 has another.
    assert_eq!(
        (&done["customers"]["deleted"], &done["customers"]["spared"]),
        (&json!(1), &json!(1)),
        "{done}"
    );
    assert_eq!(done["tags"]["deleted"], 0, "every tag is carried by tickets that stay: {done}");
    assert_eq!(customers(&account).len(), 6);
}

#[test]
fn a_purge_that_is_killed_among_customers_and_tags_is_resumed() {
    for (phase, nth) in [(Phase::Received, 43), (Phase::Committed, 44), (Phase::Answered, 50)] {
        let trap = Arc::new(Trap::new());
        let watching = Arc::clone(&trap);
        let account = playing(|play| play.observer = Some(observer(move |seen| watching.observe(seen))));
        trap.disarm();
        let workspace = Workspace::with_export(&account.base_url(), &Export::of(40, |_| 1));
        workspace.migrate();
        execute(&workspace, &account, "").expect(0);
        trap.set(phase, nth);
        let started = workspace.start(&format!("undo --json --execute --confirm {} --purge", name(&account)));
        trap.aim(&started);
        assert_eq!(started.wait().code, None, "it was to be killed");
        trap.disarm();
        assert_eq!(account.sandbox().tickets().unwrap().len(), 0);
        let done = document(&execute(&workspace, &account, "--purge").expect(0));
        assert_eq!((&done["customers"]["spared"], &done["tags"]["spared"]), (&json!(0), &json!(0)), "{done}");
        assert_eq!((customers(&account).len(), tags(&account).len()), (0, 0), "{phase:?} {done}");
        assert_eq!(workspace.migrate()["tickets"]["created"], 40);
        assert_eq!((customers(&account).len(), tags(&account).len()), (7, 5));
    }
}

#[test]
fn lost_answers_to_deletions_are_settled_by_looking() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(40, |_| 1));
    workspace.migrate();
    execute(&workspace, &account, "").expect(0);
    account.sandbox().set_faults(FaultPlan::preset("nasty", 7).unwrap());
    for _ in 0..6 {
        let ended = execute(&workspace, &account, "--purge");
        let done = document(&ended);
        assert_eq!((&done["customers"]["spared"], &done["tags"]["spared"]), (&json!(0), &json!(0)), "{done}");
        if ended.code == Some(0) {
            break;
        }
    }
    account.sandbox().set_faults(FaultPlan::none());
    execute(&workspace, &account, "--purge").expect(0);
    assert_eq!((customers(&account).len(), tags(&account).len()), (0, 0));
}

#[test]
fn a_customer_or_tag_that_was_there_is_never_taken_back_even_under_the_same_name() {
    let account = playing(|_| {});
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(7, |_| 1));
    workspace.migrate();
    execute(&workspace, &account, "").expect(0);
    execute(&workspace, &account, "--purge").expect(0);
    assert_eq!((customers(&account).len(), tags(&account).len()), (0, 0));
    // Somebody makes them anew by hand, and the same plan runs again.
    let channel = json!([{"type": "email", "address": "customer1@example.com"}]);
    ana(&account, Method::POST, "/api/customers", &json!({"channels": channel, "name": "By Hand"}));
    ana(&account, Method::POST, "/api/tags", &json!({"name": "moved"}));
    workspace.run(RUN).expect(0);
    execute(&workspace, &account, "").expect(0);
    let done = document(&execute(&workspace, &account, "--purge").expect(0));
    assert_eq!((&done["customers"]["deleted"], &done["tags"]["deleted"]), (&json!(6), &json!(4)), "{done}");
    assert_eq!(customers(&account).into_keys().collect::<Vec<_>>(), ["By Hand"]);
    assert_eq!(tags(&account).into_keys().collect::<Vec<_>>(), ["moved"]);
}

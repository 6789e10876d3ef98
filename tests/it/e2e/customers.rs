//! Customers: what goes to their `data`, and when two of them are one.

use std::sync::Arc;

use gorgias_import::sandbox::{Fault, FaultPlan, Phase, Scripted, SeedCustomer};
use serde_json::{Value, json};

use super::account::{Account, Play, observer};
use super::export::Export;
use super::process::Trap;
use super::workspace::{RUN, Workspace};

fn mapping(keys: &str) -> String {
    format!("[mapping]\nmailbox = \"support@acme.example\"\n{keys}")
}

fn brought(account: &Account) -> Vec<String> {
    let writes = account.writes().into_iter();
    writes.filter(|call| call.path.ends_with("/data")).map(|call| call.path).collect()
}

/// The `data` of the customer of a ticket.
fn data(account: &Account, ticket: &str) -> Value {
    account.tickets()[ticket]["customer"]["data"].clone()
}

#[test]
fn facts_go_to_the_data_of_customers_who_are_created_and_only_where_asked_for() {
    let mut play = Play::default();
    play.seed.customers.push(SeedCustomer {
        email: Some("customer1@example.com".into()),
        name: Some("Known to everybody".into()),
        ..SeedCustomer::default()
    });
    let account = Account::playing(play);
    // Customer 1 was there, customer 3 has no address.
    let mut export = Export::of(3, |_| 1);
    for ticket in &mut export.tickets {
        ticket["organization_id"] = json!(55);
        ticket["organization"] = json!({"id": 55, "name": "Brass & Sons"});
    }
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &mapping(""));
    let plain = workspace.validate("")["calls"]["by_kind"].clone();
    workspace.migrate();
    assert!(brought(&account).is_empty(), "nothing by default");
    assert!(data(&account, "zendesk:ticket:2").is_null());

    let full = mapping("customer_data = \"full\"\n");
    workspace.configure(&account.base_url(), super::workspace::ZENDESK, &full);
    std::fs::create_dir(workspace.path("empty")).unwrap();
    let asked = workspace.run("validate --json --state-dir empty").expect(0).stdout;
    let asked: Value = serde_json::from_str(&asked).unwrap();
    let of = |plan: &Value, kind: &str| plan[kind].as_u64().unwrap();
    for kind in ["customer", "lookup"] {
        let more = of(&asked["calls"]["by_kind"], kind) - of(&plain, kind);
        assert_eq!(more, 3, "{kind}: as if all were new");
    }
    workspace.migrate();
    assert_eq!(brought(&account).len(), 2);
    let told = json!({"imported": {"ids": ["zendesk:user:9002"], "organization": "Brass & Sons"}});
    assert_eq!(data(&account, "zendesk:ticket:2"), told);
    assert_eq!(data(&account, "zendesk:ticket:3")["imported"]["ids"], json!(["zendesk:user:9003"]));
    assert!(data(&account, "zendesk:ticket:1").is_null(), "whoever was there is left alone");
    workspace.migrate();
    assert_eq!(brought(&account).len(), 2, "once");
    account.nothing_was_sent();
}

#[test]
fn ids_alone_tell_no_organization_and_what_others_wrote_stays() {
    let account = Account::new();
    let mut export = Export::of(2, |_| 1);
    for ticket in &mut export.tickets {
        ticket["organization"] = json!({"id": 55, "name": "Brass & Sons"});
        ticket["organization_id"] = json!(55);
    }
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &mapping(""));
    workspace.migrate();
    // Another program was faster with one of them.
    let id = account.tickets()["zendesk:ticket:1"]["customer"]["id"].clone();
    let theirs = json!({"data": {"loyalty": 7}});
    account.write(reqwest::Method::PUT, &format!("/api/customers/{id}/data"), &theirs);
    let before = brought(&account).len();
    workspace.configure(
        &account.base_url(),
        super::workspace::ZENDESK,
        &mapping("customer_data = \"ids\"\n"),
    );
    workspace.migrate();
    assert_eq!(brought(&account).len() - before, 1);
    assert_eq!(data(&account, "zendesk:ticket:1"), theirs["data"]);
    assert_eq!(data(&account, "zendesk:ticket:2"), json!({"imported": {"ids": ["zendesk:user:9002"]}}));
}

/// Whoever calls is found by number, whoever has no address by the id of an earlier import; each is made once.
#[test]
fn people_without_an_email_address_are_looked_up_and_made_once() {
    let mut play = Play::default();
    play.seed.customers.push(SeedCustomer { phones: vec!["+12025550186".into()], ..SeedCustomer::default() });
    let account = Account::playing(play);
    let call = |id: u64, number: &str| {
        json!({"id": id, "direct_link": "https://api.aircall.io/v1/calls/27", "direction": "inbound",
            "status": "done", "started_at": 1_700_000_000 + id, "answered_at": 1_700_000_010 + id,
            "ended_at": 1_700_000_100 + id, "duration": 100, "raw_digits": number, "archived": true,
            "comments": [], "tags": []})
    };
    let source = "[[source]]\nkind = \"aircall\"\npaths = [\"calls\"]\n";
    let workspace = Workspace::new(&account.base_url(), source, "");
    let calls = [
        call(1, "+1 202-555-0186"),
        call(2, "+1 202-555-0199"),
        call(3, "+12025550199"),
        call(4, "anonymous"),
    ];
    workspace.write("calls/calls.json", &json!(calls).to_string());
    workspace.migrate();
    let tickets = account.tickets();
    let customer = |id: u64| tickets[&format!("aircall:call:{id}")]["customer"].clone();
    assert_eq!(customer(2)["id"], customer(3)["id"]);
    let channel = customer(2)["channels"][0].clone();
    assert_eq!((&channel["type"], &channel["address"]), (&json!("phone"), &json!("+12025550199")));
    assert_eq!(account.sandbox().stats().unwrap().customers, 3, "one was there, one called twice, one hid");
    let made = account.writes().into_iter().filter(|call| call.path == "/api/customers").count();
    assert_eq!(made, 2);
    account.nothing_was_sent();
}

/// Tickets 3, 10 and 17 are of customer 3, who has no address; nobody else is made by a call of their own.
const NAMELESS: &str = "zendesk:user:9003";

/// How many customers have the key of the one without an address, and the calls about them in their order.
fn nameless(account: &Account) -> (i64, Vec<String>) {
    let count = "SELECT count(*) FROM customers WHERE external_id = ?1";
    let count = account.store().query_row(count, [NAMELESS], |row| row.get(0)).unwrap();
    let calls = account.sandbox().requests().into_iter();
    let about = calls.filter(|call| {
        call.path == "/api/customers" && (call.method == "POST" || call.query.contains("external_id="))
    });
    (count, about.map(|call| call.method).collect())
}

/// Their tickets are all theirs.
fn is_whose(account: &Account) {
    let tickets = account.tickets();
    assert_eq!(tickets.len(), 17);
    for number in [3, 10, 17] {
        assert_eq!(tickets[&format!("zendesk:ticket:{number}")]["customer"]["external_id"], NAMELESS);
    }
}

/// Nobody is found by an address who has none; they are by their key, which is looked for before anything is created.
#[test]
fn whoever_has_no_address_is_looked_up_by_key_and_created_once_though_the_answer_is_lost() {
    for fault in [None, Some(Fault::ResetAfter), Some(Fault::Unreadable), Some(Fault::LateWrite)] {
        let script = fault.map(|fault| Scripted { nth: 1, on: Some("POST /api/customers".into()), fault });
        let faults = FaultPlan { script: script.into_iter().collect(), ..FaultPlan::none() };
        let account = Account::playing(Play { faults, ..Play::default() });
        let workspace = Workspace::with_export(&account.base_url(), &Export::of(17, |_| 1));
        assert_eq!(workspace.migrate()["tickets"]["created"], 17);
        let (count, calls) = nameless(&account);
        assert_eq!((count, calls[0].as_str()), (1, "GET"), "{fault:?}: {calls:?}");
        assert_eq!(calls.iter().filter(|call| *call == "POST").count(), 1, "{fault:?}: {calls:?}");
        is_whose(&account);
        workspace.migrate();
        assert_eq!(nameless(&account), (count, calls), "nobody is asked for again");
    }
}

#[test]
fn whoever_has_no_address_is_created_once_however_the_run_dies() {
    for phase in [Phase::Received, Phase::Committed, Phase::Answered] {
        let trap = Arc::new(Trap::new());
        let watching = Arc::clone(&trap);
        let observer = observer(move |seen| {
            if seen.path == "/api/customers" {
                watching.observe(seen);
            }
        });
        let account = Account::playing(Play { observer: Some(observer), ..Play::default() });
        let workspace = Workspace::with_export(&account.base_url(), &Export::of(17, |_| 1));
        trap.set(phase, 1);
        let started = workspace.start(RUN);
        trap.aim(&started);
        assert_eq!(started.wait().code, None, "{phase:?}: it was killed");
        trap.disarm();
        workspace.migrate();
        let (count, calls) = nameless(&account);
        assert_eq!(count, 1, "{phase:?}: {calls:?}");
        is_whose(&account);
    }
}

#[test]
fn whoever_has_no_address_and_is_there_from_before_is_found_by_their_key() {
    let mut play = Play::default();
    play.seed.customers.push(SeedCustomer { external_id: Some(NAMELESS.into()), ..SeedCustomer::default() });
    let account = Account::playing(play);
    Workspace::with_export(&account.base_url(), &Export::of(17, |_| 1)).migrate();
    assert_eq!(nameless(&account), (1, vec!["GET".to_owned()]));
    is_whose(&account);
}

const BOTH: &str = "[[source]]\nkind = \"zendesk\"\npaths = [\"zendesk\"]\n\n[[source]]\nkind = \"aircall\"\npaths = [\"calls\"]\n";

/// A number in a profile is nothing that anybody verified: who calls from it is another customer, and is listed; the table of
/// people says that they are one.
#[test]
fn a_number_in_a_profile_joins_nobody_until_the_table_says_so() {
    let account = Account::new();
    let workspace = Workspace::new(&account.base_url(), BOTH, &mapping(""));
    Export::of(1, |_| 1).write(&workspace.path("zendesk"));
    let users = std::fs::read_to_string(workspace.path("zendesk/users.ndjson")).unwrap();
    let with_phone = |line: &str| {
        let mut user: Value = serde_json::from_str(line).unwrap();
        if user["id"] == 9_001 {
            user["phone"] = json!("+1 (202) 555-0186");
        }
        format!("{user}\n")
    };
    workspace.write("zendesk/users.ndjson", &users.lines().map(with_phone).collect::<String>());
    let call = json!({"id": 27, "direct_link": "https://api.aircall.io/v1/calls/27", "direction": "inbound",
        "status": "done", "started_at": 1_700_000_000, "answered_at": 1_700_000_010, "ended_at": 1_700_000_100,
        "duration": 100, "raw_digits": "+1 202-555-0186", "archived": true, "comments": [], "tags": []});
    workspace.write("calls/calls.json", &json!([call]).to_string());
    let plan = workspace.validate("");
    let told = plan["findings"].as_array().unwrap().iter().find(|one| one["code"] == "GI-G021").unwrap();
    assert_eq!(told["count"], 1, "{plan}");
    assert!(!told.to_string().contains("555"), "{told}");
    workspace.migrate();
    let customer = |key: &str| account.tickets()[key]["customer"].clone();
    let (writer, caller) = (customer("zendesk:ticket:1"), customer("aircall:call:27"));
    assert_ne!(writer["id"], caller["id"]);
    assert_eq!(caller["channels"][0]["address"], "+12025550186");

    let account = Account::new();
    workspace.lose_the_ledger();
    workspace.configure(&account.base_url(), BOTH, &mapping("people = \"people.csv\"\n"));
    let table = "key,decision,gorgias_email\naircall:tel:+12025550186,customer,customer1@example.com\n";
    workspace.write("people.csv", table);
    let plan = workspace.validate("");
    assert!(plan["findings"].as_array().unwrap().iter().all(|one| one["code"] != "GI-G021"), "{plan}");
    workspace.migrate();
    let customer = |key: &str| account.tickets()[key]["customer"]["id"].clone();
    assert_eq!(customer("zendesk:ticket:1"), customer("aircall:call:27"));
    account.nothing_was_sent();
}

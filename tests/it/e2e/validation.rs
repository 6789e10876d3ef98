//! `validate` counts what is in the exports, as the fixtures' own truth says.

use serde_json::{Value, json};

use super::account::Account;
use super::export::Export;
use super::workspace::{Workspace, expected};

/// Nobody listens there: `validate` needs no network.
const NOWHERE: &str = "http://127.0.0.1:9";

pub(super) fn source<'a>(document: &'a Value, name: &str) -> &'a Value {
    let sources = document["sources"].as_array().unwrap();
    sources.iter().find(|source| source["name"] == name).unwrap()
}

#[test]
fn the_fixtures_are_counted_as_expected() {
    let document = Workspace::with_fixtures(NOWHERE).validate("");
    let expected = expected();
    for name in ["zendesk", "aircall"] {
        let (told, truth) = (source(&document, name), &expected["sources"][name]);
        for field in [
            "tickets",
            "messages",
            "sides",
            "channels",
            "attachments",
            "left_out",
            "unreadable",
            "first",
            "last",
        ] {
            assert_eq!(told[field], truth[field], "{field} of {name}");
        }
        assert_eq!(told["rejected"], 0);
    }
    let sum = |field: &str| {
        let of = |name: &str| expected["sources"][name][field].as_u64().unwrap();
        of("zendesk") + of("aircall")
    };
    assert_eq!(document["totals"]["tickets"], sum("tickets"));
    assert_eq!(document["totals"]["messages"], sum("messages"));
}

/// What is needed beside tickets, with what each costs, is counted off the export alone, and by a dry run with what the account
/// has.
#[test]
fn what_an_import_needs_is_told_with_its_calls_and_their_time() {
    let account = Account::new();
    let mut export = Export::of(7, |_| 2);
    let field = |id: u64, value: &str| json!({"id": id, "value": value});
    for (at, ticket) in export.tickets.iter_mut().enumerate() {
        ticket["custom_fields"] = if at < 3 { json!([field(1, "x"), field(2, "y")]) } else { json!([]) };
        ticket["comments"][1]["attachments"] = json!([{"id": 40 + at, "file_name": "a.pdf", "size": 1_000,
            "content_url": format!("https://acme.zendesk.com/attachments/token/{at}/?name=a.pdf"),
            "content_type": "application/pdf"}]);
    }
    // Somebody of whom Gorgias knows nothing.
    export.tickets[0]["comments"][1]["author_id"] = json!(502);
    let rest = "[attachments]\nmode = \"upload\"\n[rate]\nlimit = \"2/1s\"\n";
    let workspace = Workspace::with_export_and(&account.base_url(), &export, rest);
    let users = std::fs::read_to_string(workspace.path("zendesk/users.ndjson")).unwrap();
    let former = json!({"id": 502, "url": "https://acme.zendesk.com/api/v2/users/502.json", "name": "Former One",
        "email": "former@acme.example", "role": "agent", "active": false});
    workspace.write("zendesk/users.ndjson", &format!("{users}{former}\n"));
    account.write(reqwest::Method::POST, "/api/tags", &json!({"name": "moved"}));

    let need = |count: u64, records: u64, calls: u64| json!({"count": count, "records": records, "calls": calls, "seconds": calls.div_ceil(2)});
    let plan = workspace.validate("--report plan.html");
    let offline = &plan["needs"];
    assert_eq!(offline["account_read"], false);
    // Customer 3 has no address: looked up, then created; the others ride along in their first tickets.
    let expected = [
        ("people", need(2, 7, 0)),
        ("customers", need(7, 0, 2)),
        ("tags", need(5, 0, 5)),
        ("fields", need(2, 3, 0)),
        ("files", need(7, 0, 7)),
        ("ratings", need(0, 0, 0)),
    ];
    for (name, need) in expected {
        assert_eq!(offline[name], need, "{name}: {offline}");
    }
    assert_eq!((&offline["file_bytes"], &offline["files_of_unknown_size"]), (&json!(7_000), &json!(0)));
    let words = "2 agents to find among the Gorgias users, with 7 messages (no call), 7 new customers (2 calls, 1 s), 5 new tags \
                 (5 calls, 3 s), 2 custom fields to find among the Gorgias fields, on 3 tickets (no call), 7 files of 7.00 kB \
                 (7 calls, 4 s)";
    let text = workspace.run("validate").expect(0).stdout;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(words), "{text}");
    let page = std::fs::read_to_string(workspace.path("plan.html")).unwrap();
    assert!(page.contains(words), "the report says the same");

    let dry = workspace.run("run --yes --json --dry-run").expect(0).lines().pop().unwrap();
    let online = &dry["needs"];
    assert_eq!(online["account_read"], true, "{dry}");
    assert_eq!(online["people"], need(1, 1, 0), "{online}");
    assert_eq!(online["tags"], need(4, 0, 4), "{online}");
    for name in ["customers", "fields", "files"] {
        assert_eq!(online[name], offline[name], "{name}");
    }
    let told = workspace.run("run --yes --dry-run").expect(0).stderr;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("1 agent without a Gorgias user, with 1 message (no call)"), "{told}");
}

#[test]
fn what_is_left_out_and_copied_has_a_finding_for_each() {
    let document = Workspace::with_fixtures(NOWHERE).validate("");
    let expected = expected();
    let count = |code: &str| {
        let findings = document["findings"].as_array().unwrap();
        findings
            .iter()
            .find(|finding| finding["code"] == code)
            .map_or(0, |finding| finding["count"].as_u64().unwrap())
    };
    let zendesk = &expected["sources"]["zendesk"];
    let deleted = &zendesk["left_out_by_reason"];
    assert_eq!(
        count("GI-Z001"),
        deleted["deleted"].as_u64().unwrap() + deleted["scrubbed"].as_u64().unwrap()
    );
    assert_eq!(count("GI-Z003"), deleted["empty"].as_u64().unwrap());
    assert_eq!(count("GI-Z005"), zendesk["older_copies"].as_u64().unwrap());
    assert_eq!(count("GI-A006"), expected["sources"]["aircall"]["older_copies"].as_u64().unwrap());
    assert_eq!(count("GI-I001"), zendesk["unreadable"].as_u64().unwrap());
}

#[test]
fn a_damaged_line_costs_its_own_record_and_no_other() {
    let workspace = Workspace::new(NOWHERE, super::workspace::ZENDESK, "");
    let export = Export::of(3, |_| 2);
    export.write(&workspace.path("zendesk"));
    let mut text = super::export::lines(&export.tickets[..1]);
    text.push_str("{\"id\": 77, \"url\": \"https://acme.zendesk.com/api/v2/tick\n");
    text.push_str(&super::export::lines(&export.tickets[1..]));
    workspace.write("zendesk/tickets.ndjson", &text);
    let document = workspace.validate("");
    let told = source(&document, "zendesk");
    assert_eq!((&told["tickets"], &told["messages"], &told["unreadable"]), (&json!(3), &json!(6), &json!(1)));
    let findings = document["findings"].as_array().unwrap();
    let unreadable = findings.iter().find(|finding| finding["code"] == "GI-I001").unwrap();
    assert_eq!(unreadable["examples"][0]["line"], 2, "{unreadable}");
}

#[test]
fn a_missing_export_is_named() {
    let workspace = Workspace::new(NOWHERE, super::workspace::ZENDESK, "");
    for line in ["validate --json", "run --yes --json", "rehearse --json"] {
        let ended = workspace.run(line).expect(2);
        let error = ended.error();
        assert!(error["message"].as_str().unwrap().contains("zendesk"), "{error}");
        assert!(ended.stdout.is_empty(), "{line}: {}", ended.stdout);
    }
}

/// The page holds some of the findings and leads to all of them; what the fixtures are known to hold is in the overview.
#[test]
fn the_page_leads_to_the_whole_list_and_the_overview_adds_up() {
    let workspace = Workspace::with_fixtures(NOWHERE);
    let document = workspace.validate("--report report.html");
    let page = std::fs::read_to_string(workspace.path("report.html")).unwrap();
    assert!(page.contains("href=\"./report-findings.csv\""), "a cut list has a link");
    let list = std::fs::read_to_string(workspace.path("report-findings.csv")).unwrap();
    assert!(list.lines().count() > 100, "{}", list.lines().count());
    let overview = &document["overview"];
    let sum = |field: &str| -> u64 {
        let months = overview["months"].as_array().unwrap();
        months.iter().map(|month| month[field].as_u64().unwrap()).sum()
    };
    assert_eq!(sum("tickets"), document["totals"]["tickets"]);
    assert_eq!(sum("customer") + sum("agent") + sum("note"), document["totals"]["messages"]);
    assert_eq!(overview["longest"][0]["messages"], 620, "{overview}");
    assert!(document["schedule"]["ends"].as_str() > document["schedule"]["starts"].as_str());
    // Names of agents are for people, on the page; the document has keys.
    assert!(page.contains("Ingrid Solheim") && !document.to_string().contains("Ingrid Solheim"));
    // Asked for anyway, the list is the one that was asked for.
    workspace.validate("--report other.html --report all.csv");
    assert!(std::fs::read_to_string(workspace.path("other.html")).unwrap().contains("href=\"./all.csv\""));
    assert!(!workspace.path("other-findings.csv").exists());
}

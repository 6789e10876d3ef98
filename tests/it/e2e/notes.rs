//! What agents of the old help desk noted down about customers: it goes to the customer's record where it is wanted, and
//! nowhere else.

use std::path::Path;

use serde_json::{Value, json};

use super::account::Account;
use super::export::{Export, lines};
use super::workspace::{RUN, Workspace};

const BOTH: &str = "[[source]]\nkind = \"zendesk\"\npaths = [\"zendesk\"]\n\n[[source]]\nkind = \"aircall\"\npaths = [\"calls\"]\n";

/// Words of the notes; nobody else may say them.
const SECRETS: [&str; 4] = ["quarrelsome", "Rose Lane", "gout", "hard of hearing"];

fn mapping(keys: &str) -> String {
    format!("[mapping]\nmailbox = \"support@acme.example\"\n{keys}")
}

/// Two tickets by mail and two calls of one number. Of customer 2 there are two records, of customer 3 very long notes; the
/// contact is in a file of its own, and a call has an older copy of it.
fn workspace(account: &Account) -> Workspace {
    let workspace = Workspace::new(&account.base_url(), BOTH, &mapping(""));
    let export = Export::of(3, |_| 2);
    export.write(&workspace.path("zendesk"));
    let users = std::fs::read_to_string(workspace.path("zendesk/users.ndjson")).unwrap();
    let mut users: Vec<Value> = users.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut older = Value::Null;
    for user in &mut users {
        match user["id"].as_u64().unwrap() {
            501 => user["notes"] = json!("an agent's gout"),
            9_001 => user["details"] = json!(" 4 Rose Lane\r\nLeeds\u{7}"),
            9_002 => {
                user["notes"] = json!("VIP, <b>quarrelsome</b> & \"slow\"");
                older = user.clone();
                older["updated_at"] = json!("2019-01-01T00:00:00Z");
                older["notes"] = json!("was in the gout ward");
            }
            9_003 => user["notes"] = json!("quarrelsome ".repeat(1_000)),
            _ => {}
        }
    }
    users.push(older);
    workspace.write("zendesk/users.ndjson", &lines(&users));
    let contact = |information: &str, updated: u64| {
        json!({"id": 9, "first_name": "Jo", "last_name": "Roe", "information": information, "is_shared": true,
            "updated_at": updated, "emails": [], "phone_numbers": [{"id": 1, "label": "Work", "value": "+44 7700 900999"}]})
    };
    let call = |id: u64| {
        json!({"id": id, "direct_link": "https://api.aircall.io/v1/calls/27", "direction": "inbound", "status": "done",
            "started_at": 1_700_000_000 + id, "answered_at": 1_700_000_010 + id, "ended_at": 1_700_000_100 + id,
            "duration": 100, "raw_digits": "+44 7700 900999", "archived": true, "comments": [], "tags": []})
    };
    let event = |name: &str, timestamp: u64, data: &Value| json!({"resource": "x", "event": name, "timestamp": timestamp, "token": "t", "data": data});
    let mut first = call(27);
    first["contact"] = contact("gout", 1);
    let log = [
        event("call.ended", 1_700_000_200, &first),
        event("call.ended", 1_700_000_300, &call(28)),
        event("contact.updated", 1_700_000_400, &contact("Speak up:\nhard of hearing", 2)),
    ];
    workspace.write("calls/log.ndjson", &lines(&log));
    workspace
}

/// What the customer of a ticket has in `data`.
fn data(account: &Account, ticket: &str) -> Value {
    account.tickets()[ticket]["customer"]["data"].clone()
}

/// Everything below a folder but what is kept of the export itself and the program's own copy of it.
fn texts(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["zendesk", "calls"].contains(&name.as_str()) {
            texts(&path, found);
        } else if path.is_file() && name != "staging.sqlite" {
            found.push((name, std::fs::read(&path).unwrap()));
        }
    }
}

/// The files that hold a word of a note.
fn leaks(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    texts(folder, &mut found);
    assert!(found.len() > 5, "{}", found.len());
    let holds =
        |bytes: &[u8]| SECRETS.iter().any(|secret| memchr::memmem::find(bytes, secret.as_bytes()).is_some());
    found.into_iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name).collect()
}

#[test]
fn notes_go_to_customers_who_are_created_only_where_they_are_wanted() {
    let account = Account::new();
    let workspace = workspace(&account);
    // Without them not even the staging file has them.
    workspace.migrate();
    assert!(data(&account, "zendesk:ticket:2").is_null());
    let staged = std::fs::read(workspace.path(".gorgias-import/staging.sqlite")).unwrap();
    assert!(SECRETS.iter().all(|secret| memchr::memmem::find(&staged, secret.as_bytes()).is_none()));

    workspace.configure(&account.base_url(), BOTH, &mapping("customer_notes = true\n"));
    workspace.validate("--report report.html --report report.json --report findings.csv");
    std::fs::create_dir(workspace.path("fresh")).unwrap();
    let plan = workspace.run("validate --json --state-dir fresh").expect(0).stdout;
    let plan: Value = serde_json::from_str(&plan).unwrap();
    assert_eq!(plan["calls"]["by_kind"]["customer"], 2 + 4, "two are made apart, four get notes");
    std::fs::create_dir(workspace.path("rehearsed")).unwrap();
    workspace.run("rehearse --json --state-dir rehearsed").expect(0);
    std::fs::remove_dir_all(workspace.path("rehearsed")).unwrap();
    let mut command = workspace.command(&format!("{RUN} -vv"));
    command.env("GORGIAS_API_KEY", "sandbox");
    workspace.launch(command).wait().expect(0);
    let told = |notes: Value| json!({ "imported": notes });
    assert_eq!(data(&account, "zendesk:ticket:1"), told(json!({"details": "4 Rose Lane\nLeeds"})));
    assert_eq!(
        data(&account, "zendesk:ticket:2"),
        told(json!({"notes": "VIP, <b>quarrelsome</b> & \"slow\""})),
        "the newer record counts, as plain text"
    );
    let heard = told(json!({"notes": "Speak up:\nhard of hearing"}));
    assert_eq!(
        (data(&account, "aircall:call:27"), data(&account, "aircall:call:28")),
        (heard.clone(), heard)
    );
    let long = data(&account, "zendesk:ticket:3")["imported"]["notes"].as_str().unwrap().to_owned();
    assert!(long.chars().count() <= 4_001 && long.ends_with('…'), "{}", long.len());
    let findings = std::fs::read_to_string(workspace.path(".gorgias-import/runs/0002/findings.csv")).unwrap();
    assert!(findings.contains("GI-G022") && findings.contains("zendesk:user:9003"), "{findings}");
    // Once, and into nothing else.
    let brought = || account.writes().iter().filter(|call| call.path.ends_with("/data")).count();
    assert_eq!(brought(), 4);
    workspace.migrate();
    assert_eq!(brought(), 4);
    for line in ["explain zendesk:ticket:2", "report", "verify --json", "status --json"] {
        workspace.run(line).expect(0);
    }
    assert_eq!(leaks(&workspace.path(".")), Vec::<String>::new());
    account.nothing_was_sent();
}

#[test]
fn several_ids_of_a_customer_bring_what_was_noted_about_each() {
    let account = Account::new();
    let mut export = Export::of(2, |_| 1);
    for name in ["requester_id", "submitter_id"] {
        export.tickets[1][name] = json!(9_900);
    }
    export.tickets[1]["comments"][0]["author_id"] = json!(9_900);
    let rest = mapping("customer_data = \"ids\"\ncustomer_notes = true\n");
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &rest);
    let users = std::fs::read_to_string(workspace.path("zendesk/users.ndjson")).unwrap();
    let users = users.replace("\"name\":\"Customer 1\"", "\"name\":\"Customer 1\",\"notes\":\"first\"");
    let twin = json!({"id": 9_900, "url": "https://acme.zendesk.com/api/v2/users/9900.json", "name": "C. One",
        "email": "Customer1@Example.com", "role": "end-user", "active": true, "notes": "second",
        "updated_at": "2024-01-01T00:00:00Z"});
    workspace.write("zendesk/users.ndjson", &format!("{users}{twin}\n"));
    workspace.migrate();
    let expected = json!({"ids": ["zendesk:user:9001", "zendesk:user:9900"], "notes": "second\n\nfirst"});
    assert_eq!(data(&account, "zendesk:ticket:1")["imported"], expected);
}

//! Records that are no tickets: each kind among three tickets, with the counts that `validate --json` must give.

use serde_json::{Value, json};

use super::export::{Export, lines};
use super::validation::source;
use super::workspace::{Workspace, ZENDESK};

/// A kind of record, the file that holds it, and what it costs.
struct Case {
    name: &'static str,
    records: fn() -> String,
    /// What `left_out` must be.
    left_out: u64,
    /// Findings by code, whatever the three tickets have themselves.
    codes: &'static [(&'static str, u64)],
}

fn page(list: &str, records: &[Value]) -> String {
    json!({list: records, "next_page": null, "previous_page": null, "count": records.len()}).to_string()
}

fn api(path: &str) -> String {
    format!("https://acme.zendesk.com/api/v2/{path}.json")
}

fn suspended() -> String {
    let one = |id: u64, cause: &str| {
        json!({"id": id, "url": api(&format!("suspended_tickets/{id}")), "author": {"id": null, "name": "Spam", "email": "spam@example.com"},
            "subject": "Win", "content": "Win now", "cause": cause, "cause_id": 0, "message_id": "<x@example.com>", "ticket_id": null,
            "recipient": "support@acme.example", "created_at": "2024-03-05T10:11:12Z", "updated_at": "2024-03-05T10:11:12Z", "brand_id": 77,
            "via": {"channel": "email", "source": {"from": {"address": "spam@example.com"}, "to": {}, "rel": null}}, "attachments": [], "error_messages": null})
    };
    page("suspended_tickets", &[one(1, "Detected as spam"), one(2, "Automated response mail")])
}

fn deleted() -> String {
    let one = |id: u64| {
        json!({"id": id, "subject": "Gone", "description": "x", "actor": {"id": 501, "name": "Ben Brook"},
            "deleted_at": "2024-03-05T10:11:12Z", "previous_state": "open"})
    };
    page("deleted_tickets", &[one(71), one(72)])
}

/// Deleted and scrubbed tickets in the account's own export.
fn deleted_lines() -> String {
    let mut gone = super::export::ticket("acme", 73, 1);
    gone["status"] = json!("deleted");
    let mut scrubbed = super::export::ticket("acme", 74, 0);
    (scrubbed["subject"], scrubbed["description"]) = (json!("SCRUBBED"), json!("X"));
    lines(&[gone, scrubbed])
}

/// A notice about a ticket that is nowhere else, and one about a ticket whose comments are missing.
fn oversize() -> String {
    let mut bare = super::export::ticket("acme", 4, 1);
    bare.as_object_mut().unwrap().remove("comments");
    lines(&[
        json!({"ticket": {"id": 75, "error": "Ticket is too large to be exported"}}),
        json!({"id": 4, "error": "Ticket is too large to be exported"}),
        bare,
    ])
}

fn lists() -> String {
    let rating = json!({"id": 5, "url": api("satisfaction_ratings/5"), "ticket_id": 1, "score": "offered", "comment": null,
        "assignee_id": 501, "group_id": 301, "requester_id": 9001, "created_at": "2024-03-05T10:11:12Z", "updated_at": "2024-03-05T10:11:12Z"});
    let metric = json!({"id": 6, "url": api("ticket_metrics/6"), "ticket_id": 1, "reopens": 0, "replies": 1,
        "created_at": "2024-03-05T10:11:12Z", "updated_at": "2024-03-05T10:11:12Z"});
    [
        page("organizations", &[json!({"id": 401, "url": api("organizations/401"), "name": "Nordlicht", "domain_names": []}),
            json!({"id": 402, "url": api("organizations/402"), "name": "Gone", "deleted_at": "2024-03-05T10:11:12Z"})]),
        page("groups", &[json!({"id": 301, "url": api("groups/301"), "name": "Support"})]),
        page("users", &[json!({"id": 9101, "url": api("users/9101"), "name": "Nobody's customer", "role": "end-user", "email": null})]),
        page("ticket_fields", &[json!({"id": 360, "url": api("ticket_fields/360"), "type": "text", "title": "Order"})]),
        page("brands", &[json!({"id": 77, "url": api("brands/77"), "name": "Acme", "subdomain": "acme"})]),
        page("satisfaction_ratings", &[rating]),
        page("ticket_metrics", &[metric]),
    ]
    .join("\n")
}

const CASES: &[Case] = &[
    Case {
        name: "suspended tickets",
        records: suspended,
        left_out: 2,
        codes: &[("GI-Z001", 0), ("GI-I007", 0)],
    },
    Case { name: "deleted tickets", records: deleted, left_out: 2, codes: &[("GI-Z001", 2), ("GI-I007", 0)] },
    Case {
        name: "deleted and scrubbed lines",
        records: deleted_lines,
        left_out: 2,
        codes: &[("GI-Z001", 2)],
    },
    Case {
        name: "oversize notices",
        records: oversize,
        left_out: 1,
        codes: &[("GI-I007", 0), ("GI-Z002", 1)],
    },
    Case {
        name: "lists of the account",
        records: lists,
        left_out: 0,
        codes: &[("GI-I007", 0), ("GI-I001", 0)],
    },
];

fn count(document: &Value, code: &str) -> u64 {
    let findings = document["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|finding| finding["code"] == code)
        .map_or(0, |finding| finding["count"].as_u64().unwrap())
}

#[test]
fn records_that_are_no_tickets_cost_nothing() {
    for case in CASES {
        let workspace = Workspace::new("http://127.0.0.1:9", ZENDESK, "");
        Export::of(3, |_| 4).write(&workspace.path("zendesk"));
        workspace.write("zendesk/other.json", &(case.records)());
        let document = workspace.validate("");
        let told = source(&document, "zendesk");
        // An oversize ticket comes with its description.
        let more = u64::from(case.name.starts_with("oversize"));
        let name = case.name;
        assert_eq!((&told["tickets"], &told["messages"]), (&json!(3 + more), &json!(12 + more)), "{name}");
        assert_eq!(told["sides"], json!({"customer": 6 + more, "agent": 3, "note": 3}), "{name}");
        assert_eq!((&told["unreadable"], &told["rejected"]), (&json!(0), &json!(0)), "{name}");
        assert_eq!(told["left_out"], case.left_out, "{name}");
        let channels = told["channels"].as_object().unwrap();
        assert_eq!(channels["internal-note"], 3, "{name}: {channels:?}");
        for (code, wanted) in case.codes {
            assert_eq!(count(&document, code), *wanted, "{name}: {code}");
        }
    }
}

//! Logs of text messages that overlap: what begins or ends within a thread makes no message a second time.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::account::Account;
use super::talks::moved as told_and_moved;
use super::workspace::{RUN, Workspace};

const AIRCALL: &str = "[[source]]\nkind = \"aircall\"\npaths = [\"log\"]\n";

/// 2025-06-02T09:00:00Z, in seconds.
const FROM: u64 = 1_748_854_800;
const DAY: u64 = 86_400;

/// Hours after the start at which each message was written. Between 30 and 31 lie more than seven days.
const WRITTEN: [u64; 9] = [0, 1, 2, 25, 30, 230, 231, 232, 300];

/// The event of message `number`.
fn event(number: usize) -> Value {
    let at = FROM + WRITTEN[number] * 3_600;
    let (direction, name) =
        if number.is_multiple_of(3) { ("inbound", "message.received") } else { ("outbound", "message.sent") };
    json!({"resource": "message", "event": name, "timestamp": at, "token": "t", "data": {
        "id": format!("m{number}"), "direction": direction, "channel": null, "external_number": "+44 7700 900999",
        "body": format!("Message {number}."), "status": "delivered", "created_at": at * 1_000,
        "number": {"id": 4, "name": "Shop", "digits": "+44 20 7946 0123"},
    }})
}

fn log(numbers: impl IntoIterator<Item = usize>) -> String {
    numbers.into_iter().flat_map(|number| [event(number).to_string(), "\n".to_owned()]).collect()
}

/// Ticket and number of times of every message in the account, by its key.
fn messages(account: &Account) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, ticket) in account.tickets() {
        for message in ticket["messages"].as_array().unwrap() {
            found.entry(message["external_id"].as_str().unwrap().to_owned()).or_default().push(key.clone());
        }
    }
    found
}

/// Moves one log after the other under one ledger. Every message that was ever told is then there once.
fn moved(logs: &[Vec<usize>]) -> (Workspace, Account, Value) {
    let account = Account::new();
    let workspace = Workspace::new(&account.base_url(), AIRCALL, "");
    let mut told: Vec<usize> = Vec::new();
    let mut summary = Value::Null;
    for numbers in logs {
        workspace.write("log/webhooks.ndjson", &log(numbers.iter().copied()));
        summary = workspace.run(RUN).expect(0).summary();
        assert_eq!(summary["could_have_sent"], 0);
        told.extend(numbers);
        told.sort_unstable();
        told.dedup();
        let there = messages(&account);
        let keys: Vec<String> = told.iter().map(|number| format!("aircall:message:m{number}")).collect();
        assert_eq!(there.keys().collect::<Vec<_>>(), keys.iter().collect::<Vec<_>>(), "{logs:?}");
        assert!(there.values().all(|tickets| tickets.len() == 1), "{logs:?}: {there:?}");
    }
    (workspace, account, summary)
}

#[test]
fn a_later_log_that_begins_within_a_thread_repeats_nothing() {
    let (_, account, summary) = moved(&[(0..9).collect(), (2..9).collect()]);
    assert_eq!((&summary["messages"]["created"], &summary["tickets"]["created"]), (&json!(0), &json!(0)));
    assert_eq!(account.tickets().keys().collect::<Vec<_>>(), ["aircall:thread:m0", "aircall:thread:m5"]);
}

#[test]
fn what_a_later_log_has_beyond_the_first_is_appended_to_its_thread() {
    let (workspace, account, summary) = moved(&[(0..4).collect(), (2..9).collect(), (0..9).collect()]);
    assert_eq!(summary["messages"]["created"], 0);
    assert_eq!(account.tickets().keys().collect::<Vec<_>>(), ["aircall:thread:m0", "aircall:thread:m5"]);
    let first = &account.tickets()["aircall:thread:m0"];
    assert_eq!(first["messages"].as_array().unwrap().len(), 5);
    assert_eq!(workspace.run(RUN).expect(0).summary()["messages"]["created"], 0);
    workspace.verified();
}

#[test]
fn an_earlier_log_completes_a_thread_that_began_within_it() {
    let (_, account, _) = moved(&[(3..5).collect(), (0..5).collect()]);
    assert_eq!(account.tickets().keys().collect::<Vec<_>>(), ["aircall:thread:m3"]);
}

#[test]
fn logs_that_cut_threads_in_any_way_repeat_nothing_and_lose_nothing() {
    // With a hole, one thread falls into two; the next log closes it again.
    let logs: [&[&[usize]]; 5] = [
        &[&[0, 1], &[4], &[0, 1, 2, 3, 4]],
        &[&[0, 1, 2, 3, 4, 5], &[0, 5], &[1, 2, 3, 4, 5, 6, 7]],
        &[&[4, 5], &[0, 1, 5], &[0, 1, 2, 3, 4, 5, 6, 7, 8]],
        &[&[0, 8], &[0, 5, 8], &[0, 4, 5, 8], &[0, 1, 4, 5, 6, 8]],
        &[&[5, 6, 7, 8], &[3, 8], &[2, 6], &[0, 1, 2, 3, 4, 5, 6, 7, 8]],
    ];
    for logs in logs {
        moved(&logs.iter().map(|log| log.to_vec()).collect::<Vec<_>>());
    }
    const { assert!((WRITTEN[5] - WRITTEN[4]) * 3_600 > 7 * DAY) }
}

/// Messages of every medium, the AI's words about a call, and the people and lines of the account.
#[test]
fn every_medium_arrives_with_its_words_and_people() {
    let said = |id: &str, minute: u64, data: Value| {
        let mut whole = json!({"id": id, "direction": "inbound", "channel": null, "external_number": "+44 7700 900999",
            "body": format!("Text {id}."), "media_details": [], "created_at": (FROM + minute * 60) * 1_000,
            "number": {"id": 4, "digits": "+44 20 7946 0123"}});
        whole.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        json!({"resource": "message", "event": "message.received", "timestamp": FROM, "token": "t", "data": whole})
    };
    let file = json!({"file_name": "a.jpg", "file_type": "image/jpeg", "presigned_url": "https://s3.example/a.jpg?X-Amz-Signature=1"});
    let group = json!({"group_message_id": "g1", "group_conversation_id": "c9", "participants": ["+447700900999", "+447700900998"],
        "direction": "outbound", "body": "To all.", "media_url": [], "created_at": (FROM + 300) * 1_000, "number": {"id": 4, "digits": "+44 20 7946 0123"}});
    let call = json!({"id": 5_000_000_001_u64, "direction": "inbound", "status": "done", "started_at": FROM, "answered_at": FROM + 10, "ended_at": FROM + 70,
        "raw_digits": "+44 7700 900999", "user": {"id": 3}, "number": {"id": 4, "digits": "+44 20 7946 0123"}, "tags": [], "comments": []});
    let events = [
        said("m1", 0, json!({})),
        said("m2", 1, json!({"body": "", "media_details": [file]})),
        said("w1", 2, json!({"channel": "whatsapp"})),
        said("h1", 3, json!({"external_number": "anonymous"})),
        said("m3", 4, json!({"direction": "outbound", "user": {"id": 3}})),
        json!({"event": "group_message.sent", "timestamp": FROM, "data": group}),
        json!({"event": "summary.created", "timestamp": FROM, "data": {"id": 1, "call_id": 5_000_000_001_u64, "content": "Wants a sofa."}}),
        json!({"event": "topics.created", "timestamp": FROM, "data": {"call_id": 5_000_000_001_u64, "content": ["sofa", "price"]}}),
    ];
    let transcription = json!({"transcription": {"id": 1, "call_id": "5000000001", "type": "call", "content": {"language": "en", "utterances": [
        {"start_time": 0, "text": "Hello.", "participant_type": "external", "phone_number": "+447700900999"},
        {"start_time": 1, "text": "Shop, Ana.", "participant_type": "internal", "user_id": 3}]}}});
    let contacts = json!({"meta": {"total": 1}, "contacts": [{"id": 9, "first_name": "Jo", "last_name": "Roe",
        "emails": [{"value": "jo@example.com"}], "phone_numbers": [{"value": "+44 7700 900999"}], "is_shared": true}]});
    let users = json!({"meta": {"total": 1}, "users": [{"id": 3, "name": "Ana Perez", "email": "ana@acme.example", "available": true}]});
    let numbers = json!({"meta": {"total": 1}, "numbers": [{"id": 4, "name": "Shop", "digits": "+44 20 7946 0123", "country": "GB", "messages": {}}]});
    let log: String = events.iter().flat_map(|event| [event.to_string(), "\n".to_owned()]).collect();
    let files = [
        ("log.ndjson", log),
        ("call.json", json!({"call": call}).to_string()),
        ("transcription.json", transcription.to_string()),
        ("contacts.json", contacts.to_string()),
        ("users.json", users.to_string()),
        ("numbers.json", numbers.to_string()),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text));
    insta::assert_snapshot!("media", told_and_moved("aircall", &files));
}

/// Workbooks are refused with what to do, and cost nothing else.
#[test]
fn workbooks_are_named_with_the_remedy() {
    let workspace = Workspace::new("http://127.0.0.1:9", AIRCALL, "");
    workspace.write("log/webhooks.ndjson", &log(0..3));
    let new =
        crate::shapes::folder::zip([("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>")]);
    std::fs::write(workspace.path("log/calls.xlsx"), new).unwrap();
    let old = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 504]].concat();
    std::fs::write(workspace.path("log/calls.xls"), old).unwrap();
    let document = workspace.validate("");
    let findings = document["findings"].as_array().unwrap();
    let refused = findings.iter().find(|finding| finding["code"] == "GI-I006").unwrap();
    assert_eq!(refused["count"], 2, "{refused}");
    for example in refused["examples"].as_array().unwrap() {
        assert!(example["detail"].as_str().unwrap().contains("save it as CSV UTF-8"), "{example}");
    }
    assert_eq!(document["totals"]["messages"], 3);
}

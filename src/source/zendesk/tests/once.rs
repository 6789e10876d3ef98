//! Exports that can be read once, and everything that makes reading start over.

use proptest::prelude::*;

use super::*;

const USERS: &str = r#"{"id":1,"name":"Kim","email":"kim@example.com","role":"end-user","updated_at":"2024-01-01T00:00:00Z"}
{"id":2,"name":"Lee","email":"lee@acme.example","role":"agent"}"#;

fn ticket(id: u32, more: &str) -> String {
    format!(
        r#"{{"id":{id},"requester_id":1,"assignee_id":2,"subject":"s","created_at":"2024-01-01T00:00:00Z","comments":[{{"id":{id}0,"author_id":1,"body":"b","public":true,"created_at":"2024-01-01T00:00:00Z"}}]{more}}}"#
    )
}

/// Writes files and reads them; whether they could be read once.
fn is_once(files: &[(&str, &str)]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let spec = spec(folder.path());
    read_as(&spec);
    is_read_once(&spec)
}

#[test]
fn tickets_beside_users_are_read_once_whatever_the_names() {
    let tickets = format!("{}\n{}", ticket(1, ""), ticket(2, ""));
    for (users, name) in [("users.json", "tickets.json"), ("z.json", "a.json")] {
        assert!(is_once(&[(users, USERS), (name, &tickets)]), "{users}");
    }
    assert!(!is_once(&[("tickets.json", &tickets)]), "nobody says who is who");
    assert!(!is_once(&[("all.json", &format!("{tickets}\n{USERS}"))]), "and here the order does not help");
}

#[test]
fn tickets_that_are_not_settled_wait_and_are_the_same_in_the_end() {
    let unknown = ticket(3, r#","submitter":{"id":9,"name":"Pat"}"#)
        .replace("\"requester_id\":1", "\"requester_id\":9");
    let named = ticket(4, r#","group_id":5,"group":{"id":5,"name":"Front"}"#);
    let audits = ticket(
        6,
        r#","audits":[{"id":1,"author_id":8,"created_at":"2024-01-01T00:00:00Z","events":[{"id":2,"type":"Comment","author_id":8,"body":"x","public":false}]}]"#,
    );
    let damaged = ticket(7, "").replace("\"body\":\"b\"", "\"body\":\"\\u0000b\"");
    let cc = ticket(8, r#","via":{"channel":"email","source":{"from":{},"to":{"email_ccs":[77]}}}"#);
    let tickets = [ticket(1, ""), unknown, named, audits, damaged, cc, ticket(2, "")].join("\n");
    // A group that nobody knew is news for tickets that were told before.
    assert!(!is_once(&[("users.json", USERS), ("tickets.json", &tickets)]));
    let groups = r#"{"id":5,"name":"Front","url":"https://a.zendesk.com/api/v2/groups/5.json"}"#;
    assert!(is_once(&[("users.json", USERS), ("groups.json", groups), ("tickets.json", &tickets)]));
}

#[test]
fn what_contradicts_starts_over() {
    let group = r#"{"id":5,"name":"Front","url":"https://a.zendesk.com/api/v2/groups/5.json"}"#;
    for later in [
        ticket(1, r#","generated_timestamp":9"#).as_str(),
        r#"{"id":7,"ticket_id":1,"type":"Comment","author_id":1,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"}"#,
        r#"{"id":7,"ticket_id":1,"author_id":1,"created_at":"2024-01-01T00:00:00Z","events":[{"id":8,"type":"Comment","author_id":1,"body":"y"}]}"#,
        r#"{"id":1,"name":"Kim New","email":"kim@example.com","role":"agent","updated_at":"2025-01-01T00:00:00Z"}"#,
        r#"{"id":7,"ticket_id":1,"score":"good","comment":"fine"}"#,
        r#"{"id":7,"ticket_id":1,"replies":7,"reopens":0}"#,
        r#"{"ticket_id":1,"error":"too large"}"#,
        group,
    ] {
        // Behind so many tickets that no beginning shows it.
        let mut lines: Vec<String> = (1..60).map(|id| ticket(id, "")).collect();
        lines.push(later.to_owned());
        assert!(!is_once(&[("users.json", USERS), ("tickets.json", &lines.join("\n"))]), "{later}");
    }
    let late = format!("{}\n{group}", ticket(1, ""));
    assert!(!is_once(&[("users.json", USERS), ("tickets.json", &late)]));
}

#[test]
fn notices_of_tickets_that_were_too_large_are_read_first() {
    let notices = r#"{"ticket_id":1,"error":"too large"}
{"ticket_id":99,"error":"too large"}"#;
    let tickets = format!("{}\n{}", ticket(1, ""), ticket(2, ""));
    assert!(is_once(&[("users.json", USERS), ("tickets.json", &tickets), ("z.json", notices)]));
}

#[test]
fn an_older_record_of_somebody_changes_nothing() {
    let older = r#"{"id":1,"name":"Kim Old","email":"old@example.com","role":"agent","updated_at":"2020-01-01T00:00:00Z"}"#;
    let tickets = format!("{}\n{older}\n{}", ticket(1, ""), ticket(2, ""));
    assert!(is_once(&[("users.json", USERS), ("tickets.json", &tickets)]));
}

/// One line about a few tickets and people.
fn line() -> impl Strategy<Value = String> {
    let person = 1_u32..5;
    (0_u32..12, 1_u32..9, person.clone(), person, 0_u32..3).prop_map(|(shape, id, one, two, stamp)| match shape {
        0 => format!(r#"{{"id":{one},"name":"N{stamp}","role":"agent","email":"n{stamp}@example.com","updated_at":"202{stamp}-01-01T00:00:00Z"}}"#),
        1 => format!(r#"{{"id":{one},"name":"N{stamp}","role":"end-user","phone":"+1202555010{stamp}"}}"#),
        2 => format!(r#"{{"id":{one},"name":"Without","role":"end-user"}}"#),
        3 => format!(r#"{{"id":{stamp},"ticket_id":{id},"score":"good"}}"#),
        4 => format!(r#"{{"id":{one},"name":"G{stamp}","url":"https://a{stamp}.zendesk.com/api/v2/groups/{one}.json"}}"#),
        5 => format!(r#"{{"ticket_id":{id},"error":"too large"}}"#),
        6 => "{\"id\":".to_owned(),
        7 => ticket(id, &format!(r#","group_id":{one},"group":{{"id":{two},"name":"G{stamp}"}},"assignee":{{"id":{two},"name":"E","email":"e@example.com"}}"#)),
        8 => ticket(id, &format!(r#","followup_ids":[{one}],"via":{{"channel":"email","source":{{"from":{{"address":"x{one}@example.com","name":"X"}},"to":{{"email_ccs":[{two}]}}}}}}"#)),
        _ => ticket(id * 100 + stamp, "").replace("\"requester_id\":1", &format!("\"requester_id\":{one}")).replace("\"author_id\":1", &format!("\"author_id\":{two}")),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn once_and_twice_give_the_same(
        files in prop::collection::vec(prop::collection::vec(line(), 1..9), 1..4), users in any::<bool>(),
    ) {
        let mut files: Vec<(String, String)> =
            files.iter().enumerate().map(|(at, lines)| (format!("{at}.json"), lines.join("\n"))).collect();
        if users {
            files.push(("users.json".to_owned(), USERS.to_owned()));
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        is_once(&files);
    }
}

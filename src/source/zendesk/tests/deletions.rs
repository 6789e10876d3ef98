//! Tickets that the shop deleted, and what of them an export has all the same.

use super::*;

#[test]
fn a_notice_of_deletion_does_not_say_that_an_imported_ticket_was_left_out() {
    let ticket = r#"{"id":3,"requester_id":9001,"subject":"s","status":"open","description":"x","created_at":"2024-01-01T00:00:00Z"}"#;
    let comment = r#"{"id":31,"ticket_id":3,"author_id":9001,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"}"#;
    let notices = r#"{"deleted_tickets":[{"id":3,"subject":"s","deleted_at":"2024-02-01T00:00:00Z","previous_state":"open"},
        {"id":4,"subject":"t","deleted_at":"2024-02-01T00:00:00Z","previous_state":"open"}],"next_page":null,"count":2}"#;
    // Read once and read twice, before the ticket and after it.
    for files in [
        vec![("users.json", USERS), ("deleted.json", notices), ("t.json", ticket)],
        vec![("a.json", ticket), ("deleted.json", notices)],
        vec![
            ("deleted.json", notices),
            ("t.json", ticket),
            ("comments.json", comment),
            ("users.json", USERS),
        ],
    ] {
        let export = read_files(&files);
        assert_eq!(export.conversations.len(), 1);
        let told = export.findings.iter().filter(|finding| finding.code == Code::DeletedButThere);
        let told: Vec<_> = told.map(|finding| finding.key.as_deref()).collect();
        assert_eq!(told, [Some("zendesk:ticket:3")]);
        assert_eq!(Export::codes(&export.left_out), [Code::DeletedTicket]);
        assert_eq!(export.left_out[0].key.as_deref(), Some("zendesk:ticket:4"));
    }
}

#[test]
fn a_ticket_that_was_deleted_after_its_copy_is_left_out() {
    let notices = r#"{"deleted_tickets":[{"id":3,"subject":"s","deleted_at":"2024-01-05T00:00:00Z","previous_state":"open"},
        {"id":3,"subject":"s","deleted_at":"2024-02-01T00:00:00Z","previous_state":"open"}]}"#;
    for (times, answer, is_gone) in [
        (r#""updated_at":"2024-01-31T23:59:59Z""#, "2024-01-02", true),
        (r#""updated_at":"2024-02-01T00:00:00Z""#, "2024-01-02", false),
        (r#""updated_at":"2024-01-03T00:00:00Z""#, "2024-02-02", false),
        (r#""updated_at":"2024-01-03T00:00:00Z","generated_timestamp":1706800000"#, "2024-01-02", false),
        (r#""updated_at":"2024-03-03T00:00:00Z","generated_timestamp":1704800000"#, "2024-01-02", true),
        (r#""updated_at":"soon""#, "2024-01-02", false),
    ] {
        let ticket = format!(
            r#"{{"id":3,"requester_id":9001,"subject":"s","status":"open","created_at":"2024-01-01T00:00:00Z",{times},"comments":[{{"id":31,"author_id":9001,"body":"x","public":true,"created_at":"{answer}T00:00:00Z"}}]}}"#
        );
        for files in [
            [("users.json", USERS), ("deleted.json", notices), ("t.json", ticket.as_str())],
            [("a.json", ticket.as_str()), ("deleted.json", notices), ("users.json", USERS)],
        ] {
            let export = read_files(&files);
            let told = (
                export.conversations.len(),
                Export::codes(&export.left_out),
                export.has(Code::DeletedButThere),
            );
            let expected = if is_gone { (0, vec![Code::DeletedTicket], false) } else { (1, vec![], true) };
            assert_eq!(told, expected, "{times} {answer}");
        }
    }
}

#[test]
fn a_deletion_wins_over_an_older_copy() {
    let export = read_lines(&[
        r#"{"id":3,"requester_id":9001,"subject":"s","status":"open","description":"x","created_at":"2024-01-01T00:00:00Z","generated_timestamp":5}"#,
        r#"{"id":3,"requester_id":9001,"subject":"SCRUBBED","status":"deleted","description":"X","generated_timestamp":6}"#,
    ]);
    assert_eq!(export.conversations.len(), 0);
    assert_eq!(Export::codes(&export.left_out), [Code::DeletedTicket]);
    assert_eq!(Export::codes(&export.remarks), [Code::OlderCopy]);
}

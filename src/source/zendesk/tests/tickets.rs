//! What becomes of tickets of every kind.

use serde_json::json;

use super::*;
use crate::model::conversation::{Channel, FieldValue, Priority, Side, Status};

fn owned(
    parts: &[(&str, &str, &'static str, &str, &str)],
) -> Vec<(String, String, &'static str, String, String)> {
    parts.iter().map(|p| (p.0.to_owned(), p.1.to_owned(), p.2, p.3.to_owned(), p.4.to_owned())).collect()
}

const MAIL: &str = r#"{"ticket":{"url":"https://acme.zendesk.com/api/v2/tickets/501.json","id":501,"via":{"channel":"email",
"source":{"from":{"address":"kim@example.com","name":"Kim"},"to":{"address":"support@acme.example","name":"Acme"},"rel":null}},
"created_at":"2024-03-05T10:11:12Z","updated_at":"2024-03-06T08:00:00Z","subject":"Where is my order?","description":"Hi, ...",
"status":"solved","priority":"normal","recipient":"support@acme.example","requester_id":9001,"submitter_id":9001,"assignee_id":7001,
"tags":["shipping","vip","shipping"],"custom_fields":[{"id":360001,"value":null},{"id":360002,"value":"blue"},{"id":360003,"value":["a","b"]}],
"requester":{"id":9001,"name":"Kim","email":"kim@example.com"},"group":{"id":5,"name":"Support"},"group_id":5,
"metric_set":{"solved_at":"2024-03-06T07:59:00Z"},"comments":[
{"id":88003,"type":"Comment","author_id":7001,"body":"He called twice","public":false,"created_at":"2024-03-05T12:00:00Z","via":{"channel":"web"}},
{"id":88001,"type":"Comment","author_id":9001,"body":"Hi, ...","html_body":"<div class=\"zd-comment\" dir=\"auto\">Hi, ...</div>",
 "plain_body":"Hi, ...","public":true,"attachments":[],"created_at":"2024-03-05T10:11:12Z","via":{"channel":"email","source":{"from":{"address":"kim@example.com"}}},
 "metadata":{"system":{"message_id":"<1@example.com>","ip_address":"203.0.113.9"}}},
{"id":88002,"type":"Comment","author_id":7001,"body":"On its way","public":true,"created_at":"2024-03-05T11:00:00Z","via":{"channel":"web"}}]}}"#;

#[test]
fn a_mail_ticket() {
    let line = MAIL.replace('\n', "");
    let export = read_files(&[("tickets.json", line.as_str()), ("users.json", USERS)]);
    let ticket = export.ticket(501);
    assert_eq!(
        shorts(ticket),
        owned(&[
            ("88001", "Customer", "email", "9001", "Hi, ..."),
            ("88002", "Agent", "email", "7001", "On its way"),
            ("88003", "Note", "internal-note", "7001", "He called twice"),
        ])
    );
    assert_eq!(
        (ticket.channel, ticket.status, ticket.priority),
        (Channel::Email, Status::Solved, Some(Priority::Normal))
    );
    assert_eq!(ticket.tags, ["shipping", "vip"]);
    let fields: Vec<(&str, &FieldValue)> = ticket.fields.iter().map(|f| (f.id.as_str(), &f.value)).collect();
    assert_eq!(
        fields,
        [
            ("360002", &FieldValue::Text("blue".into())),
            ("360003", &FieldValue::Choices(vec!["a".into(), "b".into()]))
        ]
    );
    assert_eq!(ticket.assignee.as_ref().unwrap().name.as_deref(), Some("Alex"));
    assert_eq!((&ticket.meta["group"], &ticket.meta["zendesk_ticket_id"]), (&json!("Support"), &json!(501)));
    assert_eq!(ticket.times.closed.unwrap().to_string(), "2024-03-06T07:59:00Z");
    let first = &ticket.messages[0];
    assert_eq!(first.message_id.as_deref(), Some("<1@example.com>"));
    assert_eq!(&*first.route.to[0].address, "support@acme.example");
    assert_eq!(first.body.html().unwrap().as_str(), "Hi, ...");
    assert_eq!(&*ticket.messages[1].route.from.as_ref().unwrap().address, "support@acme.example");
    assert_eq!(export.findings, []);
    assert!(
        !serde_json::to_string(&export.conversations).unwrap().contains("203.0.113.9"),
        "no addresses of machines"
    );
    assert_eq!(export.facts.origins.iter().collect::<Vec<_>>(), ["acme"]);
}

#[test]
fn the_newest_copy_wins_and_comments_are_united() {
    let copy = |stamp: u32, status: &str, comments: &str| {
        format!(
            r#"{{"id":1,"requester_id":9001,"subject":"s","status":"{status}","generated_timestamp":{stamp},"comments":[{comments}]}}"#
        )
    };
    let comment = |id: u32, text: &str| {
        format!(
            r#"{{"id":{id},"author_id":9001,"body":"{text}","public":true,"created_at":"2024-03-05T10:00:0{id}Z"}}"#
        )
    };
    let old = copy(100, "open", &[comment(1, "secret"), comment(2, "two")].join(","));
    let new = copy(200, "solved", &[comment(1, "edited"), comment(3, "three")].join(","));
    for files in [[("a.json", &old), ("b.json", &new)], [("a.json", &new), ("b.json", &old)]] {
        let export = read_files(&files);
        let ticket = export.ticket(1);
        let texts: Vec<&str> = ticket.messages.iter().filter_map(|m| m.body.text()).collect();
        assert_eq!((texts, ticket.status), (vec!["edited", "two", "three"], Status::Solved));
        assert_eq!(Export::codes(&export.remarks), [Code::OlderCopy]);
        assert!(export.left_out.is_empty(), "the record itself is imported");
    }
}

#[test]
fn comments_from_their_own_files() {
    let ticket = r#"{"tickets":[{"id":77,"requester_id":9001,"subject":"s","via":{"channel":"email"},"status":"open","description":"first","created_at":"2024-01-01T00:00:00Z"}]}"#;
    let comments = r#"{"comments":[{"id":2,"type":"Comment","author_id":7001,"body":"answer","public":true,"created_at":"2024-01-02T00:00:00Z","via":{"channel":"web"}},
        {"id":1,"type":"Comment","author_id":9001,"body":"first","public":true,"created_at":"2024-01-01T00:00:00Z","via":{"channel":"email"}}],"next_page":null,"count":2}"#;
    let audits = r#"[{"id":9,"ticket_id":77,"author_id":7001,"created_at":"2024-01-02T00:00:00Z","via":{"channel":"web"},"events":[{"id":2,"type":"Comment","body":"answer as made","public":true}]}]"#;
    let export = read_files(&[
        ("tickets.json", ticket),
        ("tickets/77/comments.json", comments),
        ("audits/77.json", audits),
        ("users.json", USERS),
    ]);
    assert_eq!(
        shorts(export.ticket(77)),
        owned(&[("1", "Customer", "email", "9001", "first"), ("2", "Agent", "email", "7001", "answer")])
    );
    assert_eq!((export.findings, export.left_out), (vec![], vec![]));
}

#[test]
fn every_comment_without_a_ticket_is_told_with_its_place() {
    let comment = |id: u32, ticket: u32| {
        format!(
            r#"{{"id":{id},"ticket_id":{ticket},"author_id":9001,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"}}"#
        )
    };
    let comments = [comment(1, 77), comment(2, 99), comment(3, 99), comment(4, 98)].join("\n");
    let export = read_files(&[
        (
            "t.json",
            r#"{"id":77,"requester_id":9001,"subject":"s","status":"open","created_at":"2024-01-01T00:00:00Z"}"#,
        ),
        ("c.json", &comments),
    ]);
    assert_eq!(export.ticket(77).messages.len(), 1);
    let told: Vec<(Code, Option<&str>, Option<u64>)> = export
        .left_out
        .iter()
        .map(|one| (one.code, one.key.as_deref(), one.place.as_ref().and_then(|place| place.line)))
        .collect();
    let orphan = |ticket, line| (Code::OrphanComments, Some(ticket), Some(line));
    let [one, other] = ["zendesk:ticket:99", "zendesk:ticket:98"];
    assert_eq!(told, [orphan(one, 2), orphan(one, 3), orphan(other, 4)]);
}

#[test]
fn an_entry_that_is_no_comment_costs_itself_and_is_told() {
    let comments = r#"[{"id":1,"author_id":9001,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"},"lost",7,null]"#;
    let ticket = |id: u32, rest: &str| {
        format!(
            r#"{{"id":{id},"requester_id":9001,"subject":"s","status":"open","created_at":"2024-01-01T00:00:00Z",{rest}}}"#
        )
    };
    let whole = ticket(1, r#""comments":[],"description":"x""#);
    let broken = ticket(2, &format!(r#""comments":{comments}"#));
    let numbered = ticket(
        3,
        &format!(r#""comments":{{"comments":{comments},"count":4}},"updated_at":"2024-01-02T00:00:00Z""#),
    );
    // Read once, read twice, and joined of two copies.
    for files in [
        vec![("users.json", USERS.to_owned()), ("t.json", [whole.clone(), broken.clone()].join("\n"))],
        vec![("t.json", [whole, numbered, ticket(3, r#""comments":["lost"]"#)].join("\n"))],
    ] {
        let export = read_files(&files);
        let told = export.findings.iter().filter(|finding| finding.code == Code::NoSuchComment);
        let told: Vec<_> =
            told.map(|one| (one.detail.as_str(), one.place.as_ref().and_then(|place| place.line))).collect();
        assert_eq!(told, [("3 of them", Some(2))]);
    }
}

#[test]
fn a_description_is_used_where_there_is_no_comment() {
    let line = r#"{"id":3,"requester_id":9001,"submitter_id":7001,"subject":"s","via":{"channel":"web"},"status":"open","description":"Please call","created_at":"2024-01-01T00:00:00Z","comments":[]}"#;
    let export = read_files(&[("t.json", line), ("users.json", USERS)]);
    assert_eq!(
        shorts(export.ticket(3)),
        owned(&[("3:description", "Agent", "email", "7001", "Please call")])
    );
    assert_eq!(export.ticket(3).messages[0].key.as_str(), "zendesk:ticket:3:description");
    assert_eq!(Export::codes(&export.findings), [Code::NoComments]);
}

#[test]
fn what_is_left_out_is_told() {
    let export = read_lines(&[
        r#"{"id":1,"requester_id":1,"subject":"x","status":"deleted"}"#,
        r#"{"id":2,"requester_id":1,"subject":"SCRUBBED","description":"X","status":"closed"}"#,
        r#"{"id":3,"requester_id":1,"subject":"x","status":"open"}"#,
        r#"{"id":4,"cause":"spam","content":"x"}"#,
        r#"{"id":5,"deleted_at":"2024-01-01T00:00:00Z","previous_state":"open"}"#,
        r#"{"ticket_id":6,"error":"too large"}"#,
        r#"{"id":"7.25E+12","requester_id":1,"subject":"x","status":"open"}"#,
        r#"{"id":8,"what":"is this"}"#,
        r#"{"id":9,"author_id":1,"body":"lost","public":true}"#,
    ]);
    assert_eq!(
        Export::codes(&export.left_out),
        [
            Code::DeletedTicket,
            Code::DeletedTicket,
            Code::EmptyTicket,
            Code::SuspendedTicket,
            Code::DeletedTicket,
            Code::OversizeNotice,
            Code::BadId,
            Code::UnknownRecord,
            Code::OrphanComments,
        ]
    );
    assert_eq!(export.left_out[5].key.as_deref(), Some("zendesk:ticket:6"));
    assert_eq!((export.conversations.len(), export.unreadable.len()), (0, 0));
}

#[test]
fn messages_that_cannot_be_imported_do_not_take_the_others_along() {
    let line = |id: u32, times: [&str; 2]| {
        let comments: Vec<String> = times
            .iter()
            .enumerate()
            .map(|(n, time)| {
                format!(r#"{{"id":{id}{n},"author_id":9001,"body":"x","public":true,"created_at":{time}}}"#)
            })
            .collect();
        format!(r#"{{"id":{id},"requester_id":9001,"subject":"s","comments":[{}]}}"#, comments.join(","))
    };
    let export = read_lines(&[
        &line(1, ["\"2024-01-01T00:00:00Z\"", "\"2999-01-01T00:00:00Z\""]),
        &line(2, ["null", "\"yesterday\""]),
    ]);
    assert_eq!(export.ticket(1).messages.len(), 1);
    assert_eq!(Export::codes(&export.rejected_messages), [Code::SentInFuture]);
    assert_eq!(Export::codes(&export.rejected), [Code::NoSentTime]);
    assert_eq!(export.rejected[0].key.as_deref(), Some("zendesk:ticket:2"));
}

#[test]
fn sides_and_notices_in_tickets() {
    let comment = |id: u32, author: i64, public: bool, more: &str| {
        format!(
            r#"{{"id":{id},"author_id":{author},"body":"{id}","public":{public},"created_at":"2024-01-01T00:00:{id}Z"{more}}}"#
        )
    };
    let comments = [
        comment(10, 9001, true, r#","via":{"channel":"web","source":{"rel":"web_widget"}}"#),
        comment(11, -1, true, r#","via":{"channel":"rule"}"#),
        comment(12, 9001, false, r#","metadata":{"flags":[17]}"#),
        comment(13, 9001, false, ""),
        comment(
            14,
            4242,
            true,
            r#","via":{"channel":"email","source":{"from":{"address":"cc@example.com","name":"Cee"}}}"#,
        ),
        comment(
            15,
            7001,
            true,
            r#","via":{"channel":"web","source":{"rel":"merge","from":{"ticket_ids":[8,7]}}}"#,
        ),
        comment(16, 7001, true, r#","via":{"channel":"carrier pigeon"}"#),
        comment(17, 5555, true, ""),
    ];
    let line = format!(
        r#"{{"id":1,"requester_id":9001,"assignee_id":5555,"subject":"s","via":{{"channel":"web"}},"comments":[{}]}}"#,
        comments.join(",")
    );
    let export = read_files(&[("t.json", line.as_str()), ("users.json", USERS)]);
    let sides: Vec<(&str, Side, Channel)> =
        export.ticket(1).messages.iter().map(|m| (m.key.id(), m.side, m.channel)).collect();
    assert_eq!(
        sides,
        [
            ("10", Side::Customer, Channel::ContactForm),
            ("11", Side::Note, Channel::InternalNote),
            ("12", Side::Customer, Channel::ContactForm),
            ("13", Side::Note, Channel::InternalNote),
            ("14", Side::Customer, Channel::Email),
            ("15", Side::Note, Channel::InternalNote),
            ("16", Side::Agent, Channel::Api),
            ("17", Side::Agent, Channel::Email),
        ]
    );
    let cc = &export.ticket(1).messages[4].author;
    assert_eq!(
        (cc.name.as_deref(), cc.email.as_ref().map(crate::model::person::Email::as_str)),
        (Some("Cee"), Some("cc@example.com"))
    );
    assert_eq!(export.ticket(1).meta["merged_from"], json!([7, 8]));
    let mut codes = Export::codes(&export.findings);
    codes.sort_unstable();
    let mut expected = vec![
        Code::SideGuessed,
        Code::SideGuessed,
        Code::PersonMissing,
        Code::PersonMissing,
        Code::SystemComment,
        Code::SystemComment,
        Code::UnknownChannel,
    ];
    expected.sort_unstable();
    assert_eq!(codes, expected);
}

#[test]
fn an_agent_who_asks_is_the_customer_of_that_ticket() {
    let line = r#"{"id":1,"requester_id":7001,"subject":"s","via":{"channel":"web"},"comments":[{"id":1,"author_id":7001,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"}]}"#;
    let export = read_files(&[("t.json", line), ("users.json", USERS)]);
    assert_eq!(export.ticket(1).messages[0].side, Side::Customer);
}

#[test]
fn blank_messages_and_files() {
    let file = r#"[{"id":5,"file_name":"a/b.pdf","content_url":"https://acme.zendesk.com/attachments/token/x/?name=b.pdf","size":3},{"id":6,"content_url":"https://x","deleted":true}]"#;
    let line = format!(r#"{{"id":1,"requester_id":9001,"subject":"s","comments":[
        {{"id":1,"author_id":9001,"body":"","public":true,"created_at":"2024-01-01T00:00:00Z","attachments":{file}}},
        {{"id":2,"author_id":9001,"body":" ","html_body":"<p> </p>","public":true,"created_at":"2024-01-01T00:00:01Z"}}]}}"#).replace('\n', "");
    let export = read_files(&[("t.json", line.as_str()), ("users.json", USERS)]);
    let ticket = export.ticket(1);
    assert_eq!(ticket.messages.len(), 1);
    assert_eq!(
        (ticket.messages[0].body.text(), ticket.messages[0].attachments[0].name.as_str()),
        (Some("(no text, 2 files)"), "a_b.pdf")
    );
    assert_eq!(Export::codes(&export.findings), [Code::BlankBody, Code::BlankMessageLeftOut]);
}

#[test]
fn relations_between_tickets() {
    let export = read_lines(&[
        r#"{"id":2,"requester_id":9001,"subject":"s","via":{"channel":"web","source":{"rel":"follow_up","from":{"ticket_id":1,"subject":"s"}}},"comments":[{"id":1,"author_id":9001,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"}]}"#,
        r#"{"id":3,"requester_id":9001,"subject":"s","tags":"closed_by_merge vip","followup_ids":[9],"comments":[{"id":2,"author_id":9001,"body":"This request was closed and merged into request #44 \"x\".","public":false,"created_at":"2024-01-01T00:00:00Z"}]}"#,
    ]);
    assert_eq!(export.ticket(2).meta["follow_up_of"], json!(1));
    assert_eq!(
        (&export.ticket(3).meta["merged_into"], &export.ticket(3).meta["follow_ups"]),
        (&json!(44), &json!([9]))
    );
}

#[test]
fn names_of_groups_organizations_and_fields_come_from_their_files() {
    let export = read_files(&[
        (
            "t.json",
            r#"{"id":2,"requester_id":9001,"group_id":5,"organization_id":6,"subject":"s","custom_fields":[{"id":360001,"value":true}],"comments":[{"id":1,"author_id":9001,"body":"x","public":true,"created_at":"2024-01-01T00:00:00Z"}]}"#,
        ),
        (
            "g.json",
            r#"{"groups":[{"id":5,"url":"https://acme.zendesk.com/api/v2/groups/5.json","name":"Billing"}],"count":1}"#,
        ),
        ("o.json", r#"{"organization":{"id":6,"name":"Example Inc.","domain_names":[]}}"#),
        ("f.json", r#"{"ticket_fields":[{"id":360001,"title":"Urgent?","type":"checkbox"}],"count":1}"#),
    ]);
    let ticket = export.ticket(2);
    assert_eq!(
        (&ticket.meta["group"], &ticket.meta["organization"]),
        (&json!("Billing"), &json!("Example Inc."))
    );
    assert_eq!(
        (ticket.fields[0].title.as_deref(), &ticket.fields[0].value),
        (Some("Urgent?"), &FieldValue::Flag(true))
    );
    assert_eq!((export.left_out, export.unreadable), (vec![], vec![]));
}

#[test]
fn a_ticket_that_was_too_large_is_told() {
    let line = r#"{"id":3,"requester_id":9001,"subject":"s","status":"open","description":"x","created_at":"2024-01-01T00:00:00Z"}"#;
    let export = read_files(&[("export_1.json", line), ("export_2.json", r#"{"id":3,"error":"too large"}"#)]);
    assert_eq!((export.conversations.len(), export.left_out.len()), (1, 0));
    assert!(export.has(Code::OversizeNotice) && export.has(Code::NoComments));
}

/// Lines of tickets that fill many batches.
fn many(tickets: u32) -> String {
    let body = "lorem ipsum ".repeat(100);
    let line = |id: u32| {
        format!(
            r#"{{"id":{id},"requester_id":9001,"subject":"s","comments":[{{"id":{id},"author_id":9001,"body":"{body}","public":true,"created_at":"2024-01-01T00:00:00Z"}}]}}"#
        )
    };
    (1..=tickets).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn many_batches_keep_their_order() {
    let export = read_files(&[("t.json", many(3_000))]);
    let ids: Vec<u32> = export.conversations.iter().map(|one| one.key.id().parse().unwrap()).collect();
    assert_eq!(ids, (1..=3_000).collect::<Vec<u32>>());
}

#[test]
fn reading_ends_when_the_taker_has_enough_or_the_user_stops() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("t.json"), many(20_000)).unwrap();
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let temp = tempfile::tempdir().unwrap();
    let context = ReadContext {
        now,
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: temp.path(),
        may_start_over: false,
        joining: None,
        needs_text: None,
    };
    let mut taken = 0;
    let ended = crate::source::zendesk::read(&spec(folder.path()), &context, &mut |_| {
        taken += 1;
        if taken < 10 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert!(ended.is_ok() && taken == 10);
    let stopped = crate::source::zendesk::read(&spec(folder.path()), &context, &mut |_| {
        stop.store(true, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert!(matches!(stopped, Err(SourceError::Interrupted)));
}

#[test]
fn copies_of_a_comment_that_contradict_each_other_read_the_same_in_any_order() {
    let ticket = r#"{"id":1,"requester_id":9001,"subject":"s","comments":[]}"#;
    let audit = |author: u32| {
        format!(
            r#"{{"id":100,"ticket_id":1,"created_at":"2024-01-01T00:00:00Z","events":[{{"id":6,"author_id":{author},"type":"Comment","body":"x","public":false}}]}}"#
        )
    };
    let (one, other) = (audit(1), audit(2));
    let read = |first: &str, second: &str| shorts(read_lines(&[first, ticket, second]).ticket(1));
    assert_eq!(read(&one, &other), read(&other, &one));
}

#[test]
fn comments_without_ids_are_not_doubled_by_overlapping_exports() {
    let copy = |stamp: u32, more: &str| {
        format!(
            r#"{{"id":1,"requester_id":9001,"subject":"s","generated_timestamp":{stamp},"comments":[{{"author_id":9001,"body":"a","public":true,"created_at":"2024-01-01T00:00:00Z"}}{more}]}}"#
        )
    };
    let second = r#",{"author_id":9001,"body":"b","public":true,"created_at":"2024-01-01T00:00:00Z"}"#;
    let export = read_lines(&[&copy(1, ""), &copy(2, second)]);
    let keys: Vec<&str> = export.ticket(1).messages.iter().map(|message| message.key.id()).collect();
    assert_eq!(keys, ["1:comment:1704067200:9001", "1:comment:1704067200:9001:2"]);
}

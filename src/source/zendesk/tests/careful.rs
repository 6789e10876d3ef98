//! What is missing or cannot be read takes the careful meaning: who may read a message, whose address it is, when it was.

use super::*;
use crate::model::conversation::Side;

const TICKET: &str = r#"{"id":1,"requester_id":9001,"submitter_id":9001,"assignee_id":7001,"subject":"s","via":{"channel":"email"},"status":"open","description":"Hi","created_at":"2024-03-05T10:11:12Z"}"#;

/// A comment without `public`, a minute later for each id.
fn comment(id: u32, author: i64, more: &str) -> String {
    format!(
        r#"{{"id":{id},"ticket_id":1,"type":"Comment","author_id":{author},"body":"text {id}","created_at":"2024-03-05T10:{id}:00Z"{more}}}"#
    )
}

fn sides(export: &Export, ticket: i64) -> Vec<(String, Side)> {
    let messages = &export.ticket(ticket).messages;
    messages.iter().map(|message| (message.key.id().to_owned(), message.side)).collect()
}

fn owned(sides: &[(&str, Side)]) -> Vec<(String, Side)> {
    sides.iter().map(|(id, side)| ((*id).to_owned(), *side)).collect()
}

/// The messages that are notes because nothing readable says that they are public.
fn for_safety(export: &Export) -> Vec<String> {
    let unknown = export.findings.iter().filter(|finding| finding.code.as_str() == "GI-Z027");
    unknown.filter_map(|finding| finding.key.clone()).collect()
}

#[test]
fn a_comment_that_does_not_say_readably_that_it_is_public_is_a_note() {
    use Side::{Agent, Customer, Note};
    for (public, side, told) in [
        ("true", Agent, false),
        ("1.0", Agent, false),
        ("\"1.0\"", Agent, false),
        ("\"y\"", Agent, false),
        ("false", Note, false),
        ("0.0", Note, false),
        ("\"0.0\"", Note, false),
        ("\"N\"", Note, false),
        ("\"No\"", Note, false),
        ("\"private\"", Note, false),
        ("null", Note, true),
        ("\"\"", Note, true),
        ("2", Note, true),
        ("\"perhaps\"", Note, true),
        ("{}", Note, true),
    ] {
        let comments = [comment(11, 9001, ""), comment(12, 7001, &format!(r#","public":{public}"#))];
        let apart = format!("[{}]", comments.join(","));
        let inside = TICKET.replace("\"status\"", &format!("\"comments\":{apart},\"status\""));
        for files in [vec![("t.json", TICKET), ("c.json", &apart)], vec![("t.json", &inside)]] {
            let export = read_files(&[files, vec![("u.json", USERS)]].concat());
            assert_eq!(sides(&export, 1), owned(&[("11", Customer), ("12", side)]), "{public}");
            let expected: &[&str] = if told { &["zendesk:comment:12"] } else { &[] };
            assert_eq!(for_safety(&export), expected, "{public}");
        }
    }
}

#[test]
fn without_a_word_on_privacy_agents_write_notes_and_customers_messages() {
    use Side::{Customer, Note};
    let comments = [comment(11, 9001, ""), comment(12, 7001, ""), comment(13, 5005, ""), comment(14, -1, "")];
    let comments = format!("[{}]", comments.join(","));
    let export = read_files(&[("t.json", TICKET), ("c.json", &comments), ("u.json", USERS)]);
    assert_eq!(sides(&export, 1), owned(&[("11", Customer), ("12", Note), ("13", Note), ("14", Note)]));
    assert_eq!(for_safety(&export), ["zendesk:comment:12", "zendesk:comment:13"]);
    // An assignee whom no file names.
    let export = read_files(&[("t.json", TICKET), ("c.json", &comments)]);
    assert_eq!(sides(&export, 1)[1], ("12".to_owned(), Note));
}

#[test]
fn columns_of_tables_and_elements_of_xml_say_it_as_they_can() {
    use Side::{Agent, Note};
    let xml = |public: &str| {
        format!(
            "<tickets type=\"array\"><ticket><nice-id>1</nice-id><requester-id>9001</requester-id><subject>s</subject>\
            <created-at type=\"datetime\">2024-03-05T10:11:12Z</created-at><comments type=\"array\"><comment><id>12</id>\
            <author-id>7001</author-id><value>x</value>{public}<created-at type=\"datetime\">2024-03-05T10:11:12Z</created-at>\
            </comment></comments></ticket></tickets>"
        )
    };
    let table = |public: &str| {
        format!("id,ticket_id,user_id,body,created,public\n12,1,7001,x,2024-03-05 10:12:12,{public}\n")
    };
    for (public, side, told) in [
        ("TRUE", Agent, false),
        ("1.0", Agent, false),
        ("0.0", Note, false),
        ("N", Note, false),
        ("perhaps", Note, true),
        ("", Note, true),
    ] {
        let element = format!("<is-public type=\"boolean\">{public}</is-public>");
        for (name, text) in [("c.csv", table(public)), ("t.xml", xml(&element))] {
            let json = if name == "c.csv" { TICKET } else { "" };
            let export = read_files(&[("t.json", json), (name, &text), ("u.json", USERS)]);
            assert_eq!(sides(&export, 1), owned(&[("12", side)]), "{name} {public}");
            assert_eq!(for_safety(&export).len(), usize::from(told), "{name} {public}");
        }
    }
    let export = read_files(&[("t.xml", xml("").as_str()), ("u.json", USERS)]);
    assert_eq!((sides(&export, 1), for_safety(&export).len()), (owned(&[("12", Note)]), 1));
}

#[test]
fn a_change_of_privacy_that_cannot_be_read_hides() {
    let audits = r#"[{"id":1,"ticket_id":1,"author_id":7001,"created_at":"2024-03-05T10:11:12Z","events":[{"id":12,"type":"Comment","body":"x","public":true}]},
        {"id":2,"ticket_id":1,"author_id":7001,"created_at":"2024-03-06T10:11:12Z","events":[{"id":13,"type":"CommentPrivacyChange","comment_id":12,"public":"hidden"}]}]"#;
    let export = read_files(&[("t.json", TICKET), ("a.json", audits), ("u.json", USERS)]);
    assert_eq!((sides(&export, 1), for_safety(&export).len()), (owned(&[("12", Side::Note)]), 1));
}

#[test]
fn of_two_changes_of_privacy_in_one_second_the_one_that_hides_counts() {
    let change = |id: u32, public: bool| {
        format!(
            r#"{{"id":{id},"ticket_id":1,"author_id":7001,"created_at":"2024-03-06T10:11:12Z","events":[{{"id":{id}0,"type":"CommentPrivacyChange","comment_id":12,"public":{public}}}]}}"#
        )
    };
    let made = r#"{"id":1,"ticket_id":1,"author_id":7001,"created_at":"2024-03-05T10:11:12Z","events":[{"id":12,"type":"Comment","body":"x","public":true}]}"#;
    for (first, second) in [(true, false), (false, true)] {
        let audits = format!("[{made},{},{}]", change(2, first), change(3, second));
        let export = read_files(&[("t.json", TICKET), ("a.json", &audits), ("u.json", USERS)]);
        assert_eq!(sides(&export, 1), owned(&[("12", Side::Note)]));
    }
}

#[test]
fn an_actor_of_a_chat_that_is_no_person_does_not_speak_for_the_customer() {
    let audit = r#"{"id":5,"ticket_id":1,"created_at":"2024-03-05T10:11:12Z","author_id":-1,"events":[{"id":6,"type":"ChatStartedEvent","value":{"chat_id":"c1"},"history":[{"type":"ChatMessage","actor_id":"__bot","message":"a","timestamp":"2024-03-05T10:11:12Z"}]}]}"#;
    let export = read_files(&[("t.json", TICKET), ("a.json", audit), ("u.json", USERS)]);
    assert_eq!(export.ticket(1).messages[0].side, Side::Agent);
}

#[test]
fn what_went_to_a_social_network_was_public() {
    let audit = r#"{"id":1,"ticket_id":1,"author_id":7001,"created_at":"2024-03-05T10:11:12Z","events":[{"id":12,"type":"Tweet","body":"x","recipients":[1]}]}"#;
    let export = read_files(&[("t.json", TICKET), ("a.json", audit), ("u.json", USERS)]);
    assert_eq!((sides(&export, 1), for_safety(&export).len()), (owned(&[("12", Side::Agent)]), 0));
}

#[test]
fn the_description_of_a_ticket_without_a_public_comment_is_a_note() {
    use Side::{Agent, Customer, Note};
    for (submitter, is_public, side, told) in [
        (7001, "", Agent, false),
        (7001, r#","is_public":true"#, Agent, false),
        (7001, r#","is_public":false"#, Note, false),
        (7001, r#","is_public":0.0"#, Note, false),
        (7001, r#","is_public":"perhaps""#, Note, true),
        (9001, r#","is_public":false"#, Customer, false),
    ] {
        let ticket =
            TICKET.replace("\"submitter_id\":9001", &format!("\"submitter_id\":{submitter}{is_public}"));
        let export = read_files(&[("t.json", ticket.as_str()), ("u.json", USERS)]);
        assert_eq!(sides(&export, 1), owned(&[("1:description", side)]), "{submitter} {is_public}");
        assert_eq!(for_safety(&export).len(), usize::from(told), "{submitter} {is_public}");
        assert_eq!(export.findings.iter().filter(|finding| finding.code == Code::NoComments).count(), 1);
    }
    let table = "id,requester_id,submitter_id,subject,status,created_at,description,is_public\n1,9001,7001,s,open,2024-03-05 10:11:12,Hi,FALSE\n";
    let export = read_files(&[("t.csv", table), ("u.json", USERS)]);
    assert_eq!(sides(&export, 1), owned(&[("1:description", Note)]));
}

#[test]
fn backslashes_in_a_description_are_its_own() {
    let path = r"See C:\new\notes.txt";
    let written = serde_json::to_string(path).unwrap();
    let ticket = TICKET.replace("\"Hi\"", &written);
    let export = read_files(&[("t.json", ticket.as_str())]);
    assert_eq!(export.ticket(1).messages[0].body.text(), Some(path));
    // That of a voicemail holds the two characters where a line ends.
    let voicemail = TICKET
        .replace("\"Hi\"", r#""Voicemail from: Kim\\nTime: noon""#)
        .replace(r#"{"channel":"email"}"#, r#"{"channel":"voice","source":{"rel":"voicemail"}}"#);
    let export = read_files(&[("t.json", voicemail.as_str())]);
    assert_eq!(export.ticket(1).messages[0].body.text(), Some("Voicemail from: Kim\nTime: noon"));
}

/// A ticket by mail from `from`, whose requester is 9005 and whose first comment is by `author`.
fn mailed(id: u32, author: i64, from: &str) -> String {
    format!(
        r#"{{"id":{id},"requester_id":9005,"submitter_id":{author},"subject":"s","status":"open","description":"x","created_at":"2024-03-05T10:11:12Z",
        "via":{{"channel":"email","source":{{"from":{{"address":"{from}","name":"Sender"}},"to":{{"address":"support@acme.example"}}}}}},
        "comments":[{{"id":{id}2,"author_id":7001,"body":"y","public":true,"created_at":"2024-03-05T10:12:12Z"}},
        {{"id":{id}1,"author_id":{author},"body":"x","public":true,"created_at":"2024-03-05T10:11:12Z"}}]}}"#
    )
    .replace('\n', "")
}

fn email_of_requester(export: &Export, ticket: i64) -> Option<String> {
    export.ticket(ticket).customer.email.as_ref().map(|email| email.as_str().to_owned())
}

#[test]
fn the_address_of_a_mail_is_its_authors_and_nobody_elses() {
    const BOB: &str = r#"{"id":9005,"name":"Bob","role":"end-user","email":null}"#;
    let no_comments = |line: &str| format!("{}}}", line.split(",        \"comments\"").next().unwrap());
    for (name, author, from, expected) in [
        ("his own", 9005, "bob@example.com", Some("bob@example.com")),
        ("of somebody without a record", 9777, "stranger@example.com", None),
        ("of another customer", 9001, "kim@example.com", None),
        ("of an agent on his behalf", 9005, "Alex@acme.example", None),
        ("of another customer on his behalf", 9005, "kim@example.com", None),
    ] {
        let line = mailed(3, author, from);
        let bare = no_comments(&line);
        for ticket in [&line, &bare] {
            let export = read_files(&[("t.json", ticket.as_str()), ("u.json", USERS), ("b.json", BOB)]);
            assert_eq!(email_of_requester(&export, 3).as_deref(), expected, "{name}: {ticket}");
            let export = read_files(&[("t.json", ticket.as_str()), ("u.json", USERS)]);
            assert_eq!(email_of_requester(&export, 3).as_deref(), expected, "without a record, {name}");
            let named = export.ticket(3).customer.name.is_some();
            assert_eq!(named, expected.is_some(), "a name goes with its address");
        }
    }
    // Users that only tickets show hold their addresses too.
    let embedded = mailed(4, 7001, "x@example.com")
        .replace("\"subject\"", r#""requester":{"id":9006,"name":"Di","email":"di@example.com"},"subject""#)
        .replace("9005", "9006");
    let lines = format!("{}\n{embedded}", mailed(3, 9005, "di@example.com"));
    let export = read_files(&[("t.json", lines.as_str())]);
    assert_eq!(email_of_requester(&export, 3), None);
    assert_eq!(email_of_requester(&export, 4).as_deref(), Some("di@example.com"));
}

#[test]
fn seconds_of_a_timestamp_stand_in_for_a_missing_time() {
    let events = r#"{"ticket_events":[{"id":2,"ticket_id":1,"timestamp":1709633972,"updater_id":7001,"via":"Web form","event_type":"Audit",
        "child_events":[{"id":21,"event_type":"Comment","type":"Comment","author_id":7001,"body":"b","public":true,"via":"Web form"}]}],"end_of_stream":true,"count":1}"#;
    let row = r#"{"stream":"ticket_comments","data":{"id":11,"type":"Comment","ticket_id":1,"timestamp":1709633472,"event_type":"Comment","author_id":9001,"body":"a","public":true,"via":"Mail"},"emitted_at":1}"#;
    let table = "id,ticket_id,user_id,body,created_at,timestamp,public\n31,1,7001,c,,1709633999,TRUE\n";
    let export = read_files(&[
        ("t.json", TICKET),
        ("e.json", events),
        ("r.json", row),
        ("c.csv", table),
        ("u.json", USERS),
    ]);
    assert_eq!(
        told(export.ticket(1)),
        [
            "2024-03-05T10:11:12Z Customer email 9001 11: a",
            "2024-03-05T10:19:32Z Agent email 7001 21: b",
            "2024-03-05T10:19:59Z Agent email 7001 31: c",
        ]
    );
    assert_eq!((export.rejected, export.rejected_messages), (vec![], vec![]));
}

#[test]
fn comments_of_a_conversation_log_keep_their_privacy_their_kind_and_their_markup() {
    let event = |id: u32, kind: &str, author: &str, content: &str, more: &str| {
        format!(
            r#"{{"id":"01H{id}","type":"{kind}","reference":"zen:ticket_event:{id}","created_at":"2024-03-05T10:{id}:00Z","attachments":[],"author":{author},"content":{content}{more}}}"#
        )
    };
    let agent = r#"{"type":"agent","zen:support:user_id":7001}"#;
    let user = r#"{"type":"user","zen:support:user_id":9001}"#;
    let stranger = r#"{"type":"agent","zen:support:user_id":7099}"#;
    let html = r#"{"type":"html","body":"<div class=\"zd-comment\" dir=\"auto\">Dear <b>Kim</b></div>"}"#;
    let (open, hidden) = (r#","metadata":{"public":true}"#, r#","metadata":{"public":false}"#);
    let message = "Messaging::ConversationMessage";
    let events = [
        event(11, "Comment", user, r#"{"type":"text","text":"t1"}"#, r#","metadata":{}"#),
        event(12, "Comment", agent, r#"{"type":"text","text":"t2"}"#, r#","metadata":{"system":{}}"#),
        event(13, "Comment", agent, r#"{"body":"t3","is_public":false}"#, open),
        event(14, "Comment", agent, html, open),
        event(15, "VoiceComment", user, r#"{"body":"Voicemail from +1 202"}"#, hidden),
        event(16, "Comment", stranger, r#"{"text":"t6"}"#, ""),
        event(17, message, agent, r#"{"type":"text","text":"t7"}"#, hidden),
        event(18, message, user, r#"{"type":"formResponse","fields":[{"label":"Order","text":"A-1"}]}"#, ""),
        event(19, message, agent, r#"{"type":"html","body":"<p>t9</p>"}"#, open),
    ];
    let log = format!(r#"{{"events":[{}],"meta":{{"has_more":false}}}}"#, events.join(","));
    let export = read_files(&[
        ("t.json", TICKET),
        ("tickets/1/conversation_log.json", log.as_str()),
        ("u.json", USERS),
    ]);
    let found: Vec<(String, Side, String)> = export
        .ticket(1)
        .messages
        .iter()
        .map(|one| (one.key.id().to_owned(), one.side, one.body.text().unwrap_or_default().to_owned()))
        .collect();
    let expected = [
        ("11", Side::Customer, "t1"),
        ("12", Side::Note, "t2"),
        ("13", Side::Note, "t3"),
        ("14", Side::Agent, "Dear Kim"),
        ("15", Side::Customer, "Voicemail from +1 202"),
        ("16", Side::Note, "t6"),
        ("1:chat:01H17", Side::Note, "t7"),
        ("1:chat:01H18", Side::Customer, "Order: A-1"),
        ("1:chat:01H19", Side::Agent, "t9"),
    ];
    assert_eq!(found, expected.map(|(id, side, text)| (id.to_owned(), side, text.to_owned())));
    assert_eq!(for_safety(&export), ["zendesk:comment:12", "zendesk:comment:16"]);
    assert_eq!(export.ticket(1).messages[3].body.html().unwrap().as_str(), "Dear <b>Kim</b>");
    assert_eq!(export.ticket(1).messages[4].channel.as_str(), "phone");
}

#[test]
fn answers_in_a_form_of_a_chat_are_said() {
    let ticket = TICKET.replace(r#"{"channel":"email"}"#, r#"{"channel":"native_messaging"}"#);
    let item = |id: u32, original: &str| {
        let original = serde_json::to_string(original).unwrap();
        format!(
            r#"{{"type":"ChatMessage","actor_id":"","message":"","message_id":"m{id}","timestamp":170963347{id}000,"original_message":{original}}}"#
        )
    };
    let bot = r#"{"author":{"type":"business","display_name":"Zed Bot"},"content":{"text":{"text":"Who are you?"}}}"#;
    let form = r#"{"author":{"type":"user","displayName":"Kim"},"content":{"form":{"fields":[{"name":"email","label":"Email","text":"kim@example.com"},{"name":"order","label":"Order no","text":"A-1"}]}}}"#;
    let audit = format!(
        r#"{{"id":5,"ticket_id":1,"created_at":"2024-03-05T10:11:12Z","author_id":-1,"events":[{{"id":6,"type":"ChatStartedEvent","value":{{"chat_id":"c1","history":[{},{}]}}}}]}}"#,
        item(2, bot),
        item(3, form)
    );
    let export = read_files(&[("t.json", ticket.as_str()), ("a.json", &audit), ("u.json", USERS)]);
    let messages = &export.ticket(1).messages;
    assert_eq!(messages[0].author.name.as_deref(), Some("Zed Bot"));
    assert_eq!(messages[1].body.text(), Some("Email: kim@example.com\nOrder no: A-1"));
    assert_eq!(messages[1].side, Side::Customer);
}

#[test]
fn keys_of_chat_messages_without_ids_are_for_ever() {
    let items = r#"[{"type":"chat.msg","sender_type":"Visitor","msg":"a","timestamp":"2024-03-05T10:11:12Z"},
        {"type":"ChatMessage","actor_id":"9001","message":"a","timestamp":"2024-03-05T10:11:12Z"},
        {"type":"ChatMessage","actor_id":"__system","message":"a","timestamp":"2024-03-05T10:11:12Z"},
        {"type":"ChatMessage","actor_id":"agent:","actor_name":"Zo\"é","message":"a","timestamp":"2024-03-05T10:11:12Z"},
        {"type":"ChatMessage","actor_id":"__trigger","message":"a","timestamp":"2024-03-05T10:11:12Z"}]"#;
    let audit = format!(
        r#"{{"id":5,"ticket_id":1,"created_at":"2024-03-05T10:11:12Z","author_id":-1,"events":[{{"id":6,"type":"ChatStartedEvent","value":{{"chat_id":"c1"}},"history":{items}}}]}}"#
    );
    let export =
        read_files(&[("t.json", TICKET), ("a.json", audit.replace('\n', "").as_str()), ("u.json", USERS)]);
    let mut keys: Vec<&str> = export.ticket(1).messages.iter().map(|one| one.key.id()).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "1:chat:08277c58fdec42a7",
            "1:chat:0c7aa840dc168a41",
            "1:chat:3937a7d6547afe6a",
            "1:chat:6b2ad5a116c89544",
            "1:chat:ea1d2b3adf9d307a",
        ]
    );
}

//! Whole files of every kind but Call History alone, and the same records in several of them.

use super::*;
use crate::model::conversation::{Channel, Status};

fn event(name: &str, at: u64, data: &str) -> String {
    format!(r#"{{"resource":"message","event":"{name}","timestamp":{at},"token":"x","data":{data}}}"#)
}

/// A text message of a line and a customer.
fn text(id: &str, direction: &str, at: &str, body: &str) -> String {
    format!(
        r#"{{"id":"{id}","direction":"{direction}","channel":null,"external_number":"+44 7700 900999","body":"{body}",
            "media_details":[],"created_at":"{at}","number":{{"id":1,"name":"Shop","digits":"+44 20 7946 0123"}},
            "contact":{{"id":5,"first_name":"Jo","last_name":"Roe","emails":[{{"value":"jo@example.com"}}],
            "phone_numbers":[{{"value":"+44 7700 900999"}}]}}}}"#
    )
    .replace('\n', "")
}

fn log(events: &[String]) -> Vec<u8> {
    events.join("\n").into_bytes()
}

#[test]
fn messages_of_a_line_and_a_number_become_threads() {
    let sent = text("m2", "outbound", "2025-06-02T10:00:00Z", "yes");
    let events = [
        event("message.sent", 1_748_858_400, &sent),
        event("message.received", 1_748_855_700, &text("m1", "inbound", "2025-06-02T09:00:00Z", "open?")),
        event("message.status_updated", 1_748_858_500, &sent.replace("\"yes\"", "null")),
        event("message.received", 1_748_855_700, &text("m1", "inbound", "2025-06-02T09:00:00Z", "open?")),
        event("message.received", 1_749_900_000, &text("m3", "inbound", "2025-06-09T10:00:01Z", "again")),
    ];
    let (told, facts) = tell_files(&[&log(&events)], |_| {});
    assert_eq!(told.keys(), ["aircall:thread:m1", "aircall:thread:m3"]);
    assert!(told.left_out.is_empty() && told.rejected.is_empty() && told.remarks.is_empty());
    let thread = &told.conversations[0].0;
    assert_eq!(thread.subject.as_deref(), Some("SMS Conversation with Jo Roe"));
    assert_eq!((thread.channel, thread.status), (Channel::Sms, Status::Closed));
    assert_eq!(thread.customer.key.as_str(), "aircall:tel:+447700900999");
    assert_eq!(thread.customer.email.as_ref().unwrap().as_str(), "jo@example.com");
    let told_of: Vec<_> = thread
        .messages
        .iter()
        .map(|m| (m.key.as_str(), m.side, m.channel, m.body.text().unwrap(), m.synthetic_key))
        .collect();
    let expected = [
        ("aircall:message:m1", Side::Customer, Channel::Sms, "open?", false),
        ("aircall:message:m2", Side::Agent, Channel::Sms, "yes", false),
    ];
    assert_eq!(told_of, expected);
    assert_eq!(thread.messages[1].sent_at.timestamp().to_string(), "2025-06-02T10:00:00Z");
    assert_eq!(&*thread.messages[0].route.from.as_ref().unwrap().address, "+447700900999");
    assert_eq!(&*thread.messages[0].route.to[0].address, "+442079460123");
    assert_eq!(facts.people, 1);

    let mut turned = events.to_vec();
    turned.reverse();
    let (again, _) = tell_files(&[&log(&turned)], |_| {});
    let keys: Vec<_> = again.conversations[0].0.messages.iter().map(|m| m.key.to_string()).collect();
    assert_eq!(
        (again.keys(), keys),
        (told.keys(), vec!["aircall:message:m1".into(), "aircall:message:m2".into()])
    );
}

#[test]
fn events_are_found_where_receivers_of_webhooks_keep_them() {
    let one = event("message.received", 1, &text("m1", "inbound", "2025-06-02T09:00:00Z", "open?"));
    let two = event("message.sent", 2, &text("m2", "outbound", "2025-06-02T10:00:00Z", "yes"));
    let as_text = serde_json::Value::from(two.as_str()).to_string();
    let kept = format!(
        r#"[{{"headers":{{"event":"x"}},"body":{one}}},{{"method":"POST","payload":{as_text}}},{{"body":"hello"}}]"#
    );
    let (told, _) = tell_files(&[kept.as_bytes()], |_| {});
    assert_eq!(told.keys(), ["aircall:thread:m1"]);
    assert_eq!(told.conversations[0].0.messages.len(), 2);
    assert_eq!(told.left_out.len(), 1, "a body that is no event");
}

#[test]
fn events_are_found_in_logs_and_where_carriers_of_logs_keep_them() {
    let one = event("message.received", 1, &text("m1", "inbound", "2025-06-02T09:00:00Z", "open?"));
    let two = event("message.sent", 2, &text("m2", "outbound", "2025-06-02T10:00:00Z", "yes"));
    let three = event("message.sent", 3, &text("m3", "outbound", "2025-06-02T10:05:00Z", "{really}"));
    let as_text = |text: &str| serde_json::Value::from(text).to_string();
    let log = format!(
        "2025-06-02T08:00:00Z INFO listening on {{port}}\n2025-06-02T09:00:00Z INFO webhook {one}\n\n\
         [2025-06-02 10:00:00] webhook.INFO: {two} []\n2025-06-02T10:05:00Z INFO webhook {three}\n\
         2025-06-02T10:05:00Z WARN webhook {}\nINFO request {{\"path\":\"/\"}}\n",
        &one[..40]
    );
    let carried = [
        format!(r#"{{"@timestamp":"x","message":{}}}"#, as_text(&one)),
        format!(r#"{{"stream":"stdout","log":{}}}"#, as_text(&format!("INFO webhook {two}\n"))),
        format!(r#"{{"jsonPayload":{{"message":{}}}}}"#, as_text(&three)),
        r#"{"message":"started {"}"#.to_owned(),
    ];
    for (file, left_out) in [(log.as_bytes(), 1), (carried.join("\n").as_bytes(), 1)] {
        let (told, _) = tell_files(&[file], |_| {});
        assert_eq!(told.keys(), ["aircall:thread:m1"]);
        let texts: Vec<_> =
            told.conversations[0].0.messages.iter().map(|m| m.body.text().unwrap().to_owned()).collect();
        assert_eq!(texts, ["open?", "yes", "{really}"]);
        assert_eq!(codes(&told.left_out), vec![Code::NotACall; left_out]);
    }
    let (told, _) = tell_files(&[log.as_bytes()], |_| {});
    let remarks: Vec<_> = told.remarks.iter().map(|f| (f.code, f.detail.as_str())).collect();
    assert_eq!(remarks, [(Code::LogLinesPassed, "lines: 1")]);
    let [cut] = told.unreadable.as_slice() else { panic!("{:?}", told.unreadable) };
    let place = cut.place.as_ref().unwrap();
    let at = log.find("WARN webhook {").unwrap() + "WARN webhook ".len();
    assert_eq!((place.line, place.byte), (Some(6), Some(at as u64)));
    assert_eq!(told.conversations[0].0.place.line, Some(2));
}

#[test]
fn other_kinds_of_messages_keep_to_themselves() {
    let plain = text("m1", "inbound", "2025-06-02T09:00:00Z", "hi");
    let whatsapp = text("w1", "inbound", "2025-06-02T09:01:00Z", "hi")
        .replace("\"channel\":null", "\"channel\":\"whatsapp\"");
    let picture = text("p1", "inbound", "2025-06-02T09:02:00Z", "").replace(
        "\"media_details\":[]",
        r#""media_details":[{"file_name":"a.jpg","file_type":"image/jpeg","presigned_url":"https://s3.example/a.jpg?X=1"}],
           "media_url":["https://s3.example/a.jpg?X=2","https://s3.example/b.jpg"]"#,
    );
    let picture = picture.replace('\n', "");
    let group = r#"{"group_message_id":"g1","group_conversation_id":"c9","participants":["+447700900999","+447700900998"],
        "direction":"outbound","body":"all","media_url":[],"created_at":1748855700000,"number":{"digits":"+442079460123"}}"#;
    let hidden = text("h1", "inbound", "2025-06-02T09:00:00Z", "who").replace("+44 7700 900999", "anonymous");
    let nested = format!("{{\"message\":{}}}", text("n1", "inbound", "2025-06-02T09:03:00Z", "nested"));
    let proxy = format!(
        r#"{{"event_name":"message.received","timestamp":1748855700000,"data":{}}}"#,
        text("x1", "inbound", "2025-06-02T09:04:00Z", "proxy")
    );
    let events = [
        event("message.received", 1, &plain),
        event("message.received", 2, &whatsapp),
        event("message.received", 3, &picture),
        event("group_message.sent", 4, &group.replace('\n', "")),
        event("message.received", 5, &hidden),
        event("message.received", 6, &nested),
        proxy,
        event("message.received", 7, &text("bad", "inbound", "soon", "x")),
    ];
    let (told, _) = tell_files(&[&log(&events)], |_| {});
    let kinds: Vec<_> =
        told.conversations.iter().map(|(c, _)| (c.key.as_str(), c.channel, c.messages.len())).collect();
    let expected = [
        ("aircall:thread:h1", Channel::Sms, 1),
        ("aircall:group:c9", Channel::Sms, 1),
        ("aircall:thread:m1", Channel::Sms, 4),
        ("aircall:thread:w1", Channel::Whatsapp, 1),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(told.conversations[0].0.customer.key.as_str(), "aircall:caller:anonymous");
    let group = &told.conversations[1].0.messages[0];
    assert_eq!((group.side, group.route.to.len()), (Side::Agent, 2));
    let picture = &told.conversations[2].0.messages[1];
    let files: Vec<_> = picture.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((files, picture.body.text()), (vec!["a.jpg", "b.jpg"], Some("(no text; a.jpg, b.jpg)")));
    assert_eq!(codes(&told.rejected), [Code::NoSentTime]);
    assert_eq!(told.rejected[0].key.as_deref(), Some("aircall:message:bad"));
}

#[test]
fn a_group_that_never_ends_is_several_tickets_with_keys_of_their_own() {
    let said = |n: u64| {
        let data = format!(
            r#"{{"group_message_id":"g{n}","group_conversation_id":"c9","participants":["+447700900999"],"direction":"inbound","body":"{n}","created_at":{}}}"#,
            1_748_855_700_000 + n * 1_000
        );
        event("group_message.received", n, &data)
    };
    let (told, _) = tell_files(&[&log(&(0..2_001).map(said).collect::<Vec<_>>())], |_| {});
    assert_eq!(told.keys(), ["aircall:group:c9", "aircall:thread:g2000"]);
    let counts: Vec<usize> = told.conversations.iter().map(|(c, _)| c.messages.len()).collect();
    assert_eq!(counts, [2_000, 1]);
}

#[test]
fn ai_texts_become_one_note_of_their_call_wherever_they_lie() {
    let csv = file(&[row(7, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "")]);
    let transcription =
        br#"{"transcription":{"id":1,"call_id":"7","type":"call","content":{"language":"en","utterances":[
        {"start_time":0,"text":"Hello","participant_type":"external","phone_number":"+61491570006"},
        {"start_time":1,"text":"Sales, Ana","participant_type":"internal","user_id":3},
        {"start_time":2,"text":"One moment","participant_type":"ai_voice_agent"}]}}}"#;
    let events = [
        r#"{"resource":"conversation","event":"summary.created","timestamp":5,"data":{"id":1,"call_id":7,"content":"Old"}}"#,
        r#"{"resource":"conversation","event":"summary.created","timestamp":9,"data":{"id":1,"call_id":7,"content":"Wants a sofa"}}"#,
        r#"{"event":"topics.created","timestamp":9,"data":{"call_id":7,"content":["sofa","price"]}}"#,
        r#"{"event":"sentiment.created","timestamp":9,"data":{"call_id":7,"participants":[{"value":"POSITIVE","phone_number":"+61491570006"}]}}"#,
        r#"{"event":"action_item.created","timestamp":9,"data":{"id":1,"call_id":7,"content":"Call back","ai_generated":true}}"#,
        r#"{"event":"action_item.created","timestamp":8,"data":{"id":2,"call_id":7,"content":"Send price","ai_generated":true}}"#,
        r#"{"event":"summary.created","timestamp":9,"data":{"id":1,"call_id":99,"content":"Of no call"}}"#,
    ]
    .join("\n");
    let users = br#"{"meta":{"total":1},"users":[{"id":3,"name":"Ana Perez","email":"ana@example.com","available":true}]}"#;
    let files: [&[u8]; 4] = [&csv, transcription, events.as_bytes(), users];
    let expected = "Aircall AI\nSummary: Wants a sofa\nTopics: sofa, price\nSentiment: Customer positive\n\
        Action items:\n- Send price\n- Call back\nTranscription:\nCustomer: Hello\nAna Perez: Sales, Ana\n\
        AI voice agent: One moment";
    for order in [[0, 1, 2, 3], [3, 2, 1, 0]] {
        let (told, _) = tell_files(&order.map(|index: usize| files[index]), |_| {});
        let call = &told.conversations[0].0;
        let note = &call.messages[1];
        assert_eq!((note.key.as_str(), note.side), ("aircall:call:7:summary", Side::Note));
        assert_eq!(note.body.text(), Some(expected));
        let spoken = (call.language.as_deref(), &call.meta["language"]);
        assert_eq!(spoken, (Some("en"), &serde_json::json!("en")), "the transcription says so");
        assert_eq!(note.sent_at.timestamp().to_string(), "2025-06-02T09:16:00Z", "the end of the call");
        assert_eq!((told.keys(), call.messages.len()), (vec!["aircall:call:7"], 2));
        assert_eq!(codes(&told.left_out), [Code::OrphanAiText]);
        assert_eq!(told.left_out[0].key.as_deref(), Some("aircall:call:99"));
    }
}

#[test]
fn contacts_users_and_numbers_name_people_and_lines() {
    let csv = file(&[row(7, "2025-06-02 09:15:00", "inbound", "+61 491 570 006", "")]);
    let csv = String::from_utf8(csv).unwrap().replace("Sales (", "(").replace("\nSales,", "\n,");
    let contacts =
        br#"{"meta":{"count":1},"contacts":[{"id":1,"first_name":"Jane","last_name":"Roe","is_shared":true,
        "emails":[{"value":"jane@example.com"}],"phone_numbers":[{"value":"+61 491 570 006"}]}]}"#;
    let users = br#"[{"id":3,"name":"Ana","email":"ana@example.com","extension":"101"}]"#;
    let numbers =
        br#"{"numbers":[{"id":4,"name":"Sales","digits":"+61 3 5550 4772","country":"AU","messages":{}}]}"#;
    let teams = br#"{"teams":[{"id":9,"name":"Sales","users":[{"id":3,"name":"Ana"}]}]}"#;
    let (told, _) = tell_files(&[csv.as_bytes(), contacts, users, numbers, teams], |_| {});
    assert!(told.left_out.is_empty() && told.remarks.is_empty(), "{:?} {:?}", told.left_out, told.remarks);
    let call = &told.conversations[0].0;
    assert_eq!(call.subject.as_deref(), Some("Inbound call: Jane Roe"));
    assert_eq!(call.customer.email.as_ref().unwrap().as_str(), "jane@example.com");
    assert_eq!(call.assignee.as_ref().unwrap().email.as_ref().unwrap().as_str(), "ana@example.com");
    assert_eq!(call.messages[0].route.to[0].name.as_deref(), Some("Sales"));
}

#[test]
fn users_with_nothing_but_an_id_are_named_by_the_users_file() {
    let call = API_CALL.replace("\"answered_at\":null", "\"answered_at\":1748855710,\"user\":{\"id\":3}");
    let users = br#"{"users":[{"id":3,"name":"Ana","email":"ana@example.com"}]}"#;
    let (told, _) = tell_files(&[call.as_bytes(), users], |_| {});
    assert_eq!(told.conversations[0].0.assignee.as_ref().unwrap().name.as_deref(), Some("Ana"));
    let (told, _) = tell_files(&[call.as_bytes()], |_| {});
    assert!(told.conversations[0].0.assignee.is_none());
}

#[test]
fn a_call_of_csv_and_api_is_what_the_api_says_in_either_order() {
    let csv = file(&[row(7, "2025-06-02 09:15:00", "outbound", "+61 491 570 006", "call back")]);
    let (alone, _) = tell_files(&[API_CALL.as_bytes()], |_| {});
    let whole = |told: &Told| {
        let mut conversation = told.conversations[0].0.clone();
        conversation.place = crate::model::finding::Place::default();
        conversation
    };
    for files in [[&csv[..], API_CALL.as_bytes()], [API_CALL.as_bytes(), &csv[..]]] {
        let (told, _) = tell_files(&files, |_| {});
        assert_eq!(told.keys(), ["aircall:call:7"]);
        assert_eq!(whole(&told), whole(&alone));
        assert_eq!(codes(&told.remarks), [Code::DuplicateCall]);
    }
}

const V1: &str = "line,date (TZ offset incl.),time (TZ offset incl.),number timezone,datetime (UTC),country_code,\
    direction,from,to,answered,missed_call_reason,user,duration (total),duration (in call),via,voicemail,tags";

fn old_row(time: &str, seconds: u32) -> String {
    format!(
        "Sales,2025-06-02,{time},Etc/UTC,2025-06-02 {time},AU,inbound,61491570006,61355504772,No,,,{seconds},,,,"
    )
}

#[test]
fn a_call_with_and_without_an_id_in_one_source_is_told_once() {
    let old = format!("{V1}\n{}\n{}\n", old_row("09:15:00", 95), old_row("11:00:00", 30));
    for files in [[old.as_bytes(), API_CALL.as_bytes()], [API_CALL.as_bytes(), old.as_bytes()]] {
        let (told, _) = tell_files(&files, |_| {});
        let keys = told.keys();
        assert_eq!((keys.len(), keys[0]), (2, "aircall:call:7"));
        assert!(keys[1].starts_with("aircall:call:facts-"), "the other one is a call of its own");
        assert_eq!(codes(&told.remarks), [Code::DuplicateCall]);
        assert!(told.rejected.is_empty());
    }
    // As long, to a second, as another call of the same number: nobody can tell which it is.
    let second = API_CALL.replace("\"id\":7", "\"id\":8").replace("1748855795", "1748855796");
    let api = format!("[{API_CALL},{second}]");
    let (told, _) = tell_files(&[old.as_bytes(), api.as_bytes()], |_| {});
    assert_eq!((told.conversations.len(), codes(&told.rejected)), (3, vec![Code::CallsNotTold]));
}

#[test]
fn hidden_callers_are_one_customer_and_never_one_ticket() {
    let at = |id| row(id, "2025-06-02 09:15:00", "inbound", "anonymous", "");
    for grouping in [Grouping::Call, Grouping::ContactDay] {
        let (told, _) = tell_files(&[&file(&[at(1), at(2)])], |spec| spec.grouping = grouping);
        assert_eq!(told.keys(), ["aircall:call:1", "aircall:call:2"]);
        let customers: BTreeSet<_> =
            told.conversations.iter().map(|(c, _)| c.customer.key.to_string()).collect();
        assert_eq!(customers, BTreeSet::from(["aircall:caller:anonymous".to_owned()]));
    }
}

#[test]
fn both_halves_of_an_own_call_are_imported_or_left_out() {
    let half = |id, customer: &str, line: &str| {
        row(id, "2025-06-02 09:15:00", "inbound", customer, "").replace("+61 3 5550 4772", line)
    };
    let rows = [
        half(1, "+61 3 5550 0001", "+61 3 5550 0002"),
        half(2, "+61 3 5550 0002", "+61 3 5550 0001"),
        half(3, "+61 491 570 006", "+61 3 5550 0001"),
    ];
    let (told, _) = tell_files(&[&file(&rows)], |_| {});
    assert_eq!(told.keys(), ["aircall:call:1", "aircall:call:2", "aircall:call:3"]);
    let said: Vec<_> = told.conversations.iter().map(|(_, findings)| codes(findings)).collect();
    assert_eq!(said, [vec![Code::InternalCall], vec![Code::InternalCall], vec![]]);
    let (told, _) = tell_files(&[&file(&rows)], |spec| spec.include_internal = false);
    assert_eq!((told.keys(), codes(&told.left_out)), (vec!["aircall:call:3"], vec![Code::InternalCall; 2]));
}

#[test]
fn transfers_are_told_and_join_nothing() {
    let first = API_CALL.replace(
        "\"tags\":[]",
        r#""tags":[],"transferred_by":{"id":1,"name":"Ana"},"transferred_to":{"id":2,"name":"Bo"}"#,
    );
    let second = first.replace("\"id\":7", "\"id\":8").replace("5550 4772", "5550 4773");
    let (told, _) = tell_files(&[format!("[{first},{second}]").as_bytes()], |_| {});
    assert_eq!(told.keys(), ["aircall:call:7", "aircall:call:8"]);
    for (conversation, _) in &told.conversations {
        assert!(conversation.messages[0].body.text().unwrap().contains("\nTransferred by Ana to Bo\n"));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_an_event_holds_it_ends_as_something(
        name in "(message|group_message|summary|transcription|topics|contact|tag)\\.[a-z]{0,8}",
        fields in proptest::collection::vec(("(id|direction|body|created_at|external_number|media_url|media_details|call_id|content|participants|number|contact|phone_numbers)",
            "(null|7|\"\"|\"inbound\"|\"\\+447700900999\"|\"2025-06-02T09:00:00Z\"|\\[\\]|\\[7,null,\"x\"\\]|\\{\\}|\\{\"utterances\":\\[1,\\{\\}\\]\\}|\"\\[\\{\\}\\]\")"), 0..8),
    ) {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let line = event(&name, 1, &format!("{{{}}}", fields.join(",")));
        let (told, _) = tell_files(&[line.as_bytes()], |_| {});
        let records = told.conversations.len() + told.rejected.len() + told.left_out.len();
        proptest::prop_assert!(records <= 1 && told.unreadable.is_empty());
    }
}

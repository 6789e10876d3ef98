//! Chats, messaging and side conversations: whole conversations.

use serde_json::json;

use super::*;
use crate::model::conversation::Side;

/// A ticket made of a chat, with the two comments that Zendesk writes into it.
const CHAT_TICKET: &str = r#"{"id":77,"requester_id":9001,"subject":"Conversation with Kim","via":{"channel":"chat"},"status":"closed","description":"Conversation with Kim","created_at":"2024-01-01T10:00:00Z","comments":[
    {"id":1,"type":"Comment","author_id":7001,"body":"Conversation with Kim","public":false,"created_at":"2024-01-01T10:00:00Z","via":{"channel":"chat"}},
    {"id":2,"type":"Comment","author_id":7001,"body":"Chat transcript\n*** Kim joined the chat ***\n(10:00:05) Kim: Hello\n(10:00:09) *** Alex joined the chat ***\n(10:00:10) Alex: Hi Kim\n(10:00:20) Kim: Uploaded: https://acme.zendesk.com/a.png","public":true,"created_at":"2024-01-01T10:05:00Z","via":{"channel":"chat_transcript"}},
    {"id":3,"type":"Comment","author_id":7001,"body":"Sent the invoice by hand","public":false,"created_at":"2024-01-01T11:00:00Z","via":{"channel":"web"}}]}"#;

const HISTORY: &str = r#"[{"chat_index":0,"type":"ChatJoin","actor_id":"9001","actor_name":"Kim","timestamp":1704103200000},
    {"chat_index":1,"type":"ChatMessage","actor_id":"9001","actor_name":"Kim","message":"Hello","message_id":"m1","timestamp":1704103205000},
    {"chat_index":2,"type":"ChatMessage","actor_id":"__trigger","actor_name":"Helper","message":"Somebody will come","timestamp":1704103206000},
    {"chat_index":3,"type":"ChatMessage","actor_id":"agent:7001","actor_name":"Alex","message":"Hi Kim","message_id":"m2","timestamp":1704103210000},
    {"chat_index":4,"type":"ChatFileAttachment","actor_id":"9001","filename":"a.png","url":"https://acme.zendesk.com/a.png","mime_type":"image/png","size":9,"timestamp":1704103220000}]"#;

fn lines(text: &str) -> String {
    text.replace('\n', "")
}

/// The audits of the chat; `inside` puts the history where the documentation's prose has it.
fn audits(inside: bool) -> String {
    let (value, beside) = if inside {
        (format!(r#"{{"visitor_id":"1041.13","chat_id":"c1","history":{HISTORY}}}"#), String::new())
    } else {
        (r#"{"visitor_id":"1041.13","chat_id":"c1"}"#.to_owned(), format!(r#","history":{HISTORY}"#))
    };
    lines(&format!(
        r#"{{"audits":[{{"id":900,"ticket_id":77,"author_id":7001,"created_at":"2024-01-01T10:00:00Z","via":{{"channel":"chat"}},"events":[
        {{"id":1,"type":"Comment","body":"Conversation with Kim","public":false}},{{"id":901,"type":"ChatStartedEvent","value":{value}{beside}}}]}},
        {{"id":902,"ticket_id":77,"author_id":-1,"created_at":"2024-01-01T10:05:00Z","events":[{{"id":903,"type":"ChatEndedEvent","value":{value}{beside},
        "attachments":[{{"id":5,"file_name":"a.png","content_url":"https://acme.zendesk.com/attachments/5"}},{{"id":6,"file_name":"log.txt","content_url":"https://acme.zendesk.com/attachments/6"}}]}}]}}],"next_page":null}}"#
    ))
}

#[test]
fn a_chat_is_told_by_its_history_and_not_again_by_its_transcript() {
    for (inside, by_events) in [(true, false), (false, false), (true, true)] {
        let audits = if by_events {
            audits(inside)
                .replace("\"events\"", "\"child_events\"")
                .replace("\"audits\"", "\"ticket_events\"")
        } else {
            audits(inside)
        };
        let export =
            read_files(&[("t.json", lines(CHAT_TICKET)), ("a.json", audits), ("u.json", USERS.to_owned())]);
        let ticket = export.ticket(77);
        let mut told = told(ticket);
        let trigger = told.remove(1);
        let file = told.remove(2);
        let loose = told.remove(2);
        assert_eq!(
            told,
            [
                "2024-01-01T10:00:05Z Customer chat 9001 77:chat:m1: Hello",
                "2024-01-01T10:00:10Z Agent chat 7001 77:chat:m2: Hi Kim",
                "2024-01-01T11:00:00Z Note internal-note 7001 3: Sent the invoice by hand",
            ]
        );
        assert!(
            trigger.starts_with("2024-01-01T10:00:06Z Agent chat ")
                && trigger.ends_with(": Somebody will come")
        );
        assert!(file.starts_with("2024-01-01T10:00:20Z Customer chat 9001 ") && file.ends_with(" [a.png]"));
        assert!(
            loose.starts_with("2024-01-01T10:05:00Z Note ") && loose.ends_with("Files of the chat [log.txt]")
        );
        assert_eq!(ticket.messages[1].author.name.as_deref(), Some("Helper"));
        assert_eq!((ticket.messages[0].synthetic_key, ticket.messages[1].synthetic_key), (true, true));
        let left: Vec<&Finding> =
            export.findings.iter().filter(|finding| finding.code == Code::TranscriptLeftOut).collect();
        assert_eq!(left.len(), 2);
        assert!(!export.has(Code::NoComments));
    }
}

#[test]
fn a_transcript_without_a_history_stays() {
    let export = read_files(&[("t.json", lines(CHAT_TICKET)), ("u.json", USERS.to_owned())]);
    let keys: Vec<&str> = export.ticket(77).messages.iter().map(|message| message.key.id()).collect();
    assert_eq!(keys, ["1", "2", "3"]);
}

#[test]
fn messaging_by_the_conversation_log() {
    let ticket = r#"{"id":77,"requester_id":9001,"subject":"s","via":{"channel":"whatsapp"},"status":"open","created_at":"2024-01-01T10:00:00Z","description":"Conversation with Kim"}"#;
    let log = lines(
        r#"{"events":[
        {"id":"01HA","type":"Messaging::ConversationMessage","reference":"zen:sunco:message:1","created_at":"2024-01-01T10:00:05.000Z","author":{"type":"user","zen:support:user_id":"9001"},"content":{"type":"text","text":"Hello"},"attachments":[]},
        {"id":"01HB","type":"Messaging::ConversationMessage","reference":"zen:sunco:message:2","created_at":"2024-01-01T10:00:06Z","author":{"type":"bot","display_name":"Helper"},"content":{"text":{"text":"Wait"}}},
        {"id":"01HC","type":"Messaging::ConversationMessage","reference":"zen:sunco:message:3","created_at":"2024-01-01T10:00:10Z","author":{"type":"agent","zen:support:user_id":7001},"content":{"mediaUrl":"https://x.example/f/a.pdf?s=1"}},
        {"id":"01HD","type":"Ticket::StatusChange","reference":"zen:ticket_event:4","created_at":"2024-01-01T10:01:00Z","author":{"type":"agent"},"content":{}},
        {"id":"01HE","type":"Comment","reference":"zen:ticket_event:3","created_at":"2024-01-01T11:00:00Z","author":{"type":"agent","zen:support:user_id":7001},"content":{"body":"By hand"},"metadata":{"public":false}}],
        "meta":{"has_more":false},"links":{"next":"https://acme.zendesk.com/api/v2/tickets/77/conversation_log?page[after]=x"}}"#,
    );
    // The same two messages, told by audits too.
    let audit = lines(&format!(
        r#"{{"id":900,"ticket_id":77,"author_id":-1,"created_at":"2024-01-01T10:00:00Z","events":[{{"id":901,"type":"ChatStartedEvent","value":{{"chat_id":"c","channel":"native_messaging"}},"history":{}}}]}}"#,
        HISTORY.replace("Hi Kim", "Other words").replace("Somebody will come", "Wait")
    ));
    let users = USERS.to_owned();
    let alone =
        read_files(&[("t.json", ticket.to_owned()), ("l.json", log.clone()), ("u.json", users.clone())]);
    let mut lines = told(alone.ticket(77));
    let bot = lines.remove(1);
    assert_eq!(
        lines,
        [
            "2024-01-01T10:00:05Z Customer whatsapp 9001 77:chat:01HA: Hello",
            "2024-01-01T10:00:10Z Agent whatsapp 7001 77:chat:01HC: (no text, 1 file) [a.pdf]",
            "2024-01-01T11:00:00Z Note internal-note 7001 3: By hand",
        ]
    );
    assert!(bot.contains(" Agent whatsapp chat-author:") || bot.ends_with("77:chat:01HB: Wait"), "{bot}");
    let both =
        read_files(&[("t.json", ticket.to_owned()), ("l.json", log), ("a.json", audit), ("u.json", users)]);
    let texts: Vec<&str> = both.ticket(77).messages.iter().filter_map(|one| one.body.text()).collect();
    assert_eq!(texts, ["Hello", "Wait", "(no text, 1 file)", "Other words", "(no text, 1 file)", "By hand"]);
}

#[test]
fn chats_of_the_chat_product_go_to_their_ticket_or_are_refused() {
    let chat = |id: u32, ticket: &str| {
        format!(
            r#"{{"id":"2401.{id}","type":"chat","visitor":{{"name":"Kim"}},"session":{{}},"zendesk_ticket_id":{ticket},"history":[
            {{"type":"chat.memberjoin","name":"Kim","timestamp":"2024-01-01T10:00:00Z"}},
            {{"type":"chat.msg","name":"Kim","sender_type":"Visitor","msg":"Hello","msg_id":"x{id}","timestamp":"2024-01-01T10:00:05Z"}},
            {{"type":"chat.msg","name":"Alex","sender_type":"Agent","sender_id":"5","msg":"Hi Kim","timestamp":"2024-01-01T10:00:10Z"}}]}}"#
        )
    };
    let page =
        lines(&format!(r#"{{"chats":[{},{}],"count":2,"next_url":null}}"#, chat(1, "77"), chat(2, "null")));
    let export =
        read_files(&[("t.json", lines(CHAT_TICKET)), ("c.json", page), ("u.json", USERS.to_owned())]);
    let mut texts: Vec<(&str, Side)> =
        export.ticket(77).messages.iter().map(|one| (one.body.text().unwrap(), one.side)).collect();
    // The transcript names a file that this history does not have, so it stays.
    let transcript = texts.remove(2);
    assert!(transcript.0.ends_with("Uploaded: https://acme.zendesk.com/a.png"), "{}", transcript.0);
    assert_eq!(
        texts,
        [("Hello", Side::Customer), ("Hi Kim", Side::Agent), ("Sent the invoice by hand", Side::Note)]
    );
    assert_eq!(Export::codes(&export.left_out), [Code::ChatLeftOut]);
}

const SIDE: &str = r#"{"id":"7d4f-1","ticket_id":77,"subject":"Refund","state":"open","preview_text":"Can you &amp; will you","participants":[{"user_id":7001,"name":"Alex","email":"alex@acme.example"},{"user_id":null,"name":"Vendor","email":"v@vendor.example"}],"created_at":"2024-01-01T09:00:00.453+00:00"}"#;
const SIDE_EVENTS: &str = r#"[{"id":"e1","side_conversation_id":"7d4f-1","actor":{"user_id":7001,"name":"Alex"},"type":"create","created_at":"2024-01-01T10:30:00.453+00:00","message":{"subject":"Refund","body":"Can you?","html_body":"<p>Can you?</p>","from":{"user_id":7001,"name":"Alex"},"to":[{"name":"Vendor","email":"v@vendor.example"}]}},
    {"id":"e2","side_conversation_id":"7d4f-1","actor":{"name":"Vendor","email":"v@vendor.example"},"type":"reply","created_at":"2024-01-01T10:40:00Z","message":{"body":"Yes","attachments":[{"id":8,"file_name":"b.pdf","content_url":"https://x/8"}]}},
    {"id":"e3","side_conversation_id":"7d4f-1","actor":{"user_id":7001},"type":"update","created_at":"2024-01-01T10:50:00Z","message":null,"updates":{"state":"closed"}}]"#;

#[test]
fn side_conversations_become_notes_at_their_own_times() {
    let ticket = r#"{"id":77,"requester_id":9001,"subject":"s","via":{"channel":"email"},"status":"open","created_at":"2024-01-01T10:00:00Z","description":"first"}"#;
    let users = USERS.to_owned();
    let embedded = SIDE.replace("\"subject\"", &format!("\"events\":{SIDE_EVENTS},\"subject\""));
    let wrapped = format!(r#"{{"side_conversation":{SIDE},"events":{SIDE_EVENTS}}}"#);
    let apart = format!(r#"{{"events":{SIDE_EVENTS},"next_page":null}}"#);
    let list = format!(r#"{{"side_conversations":[{SIDE}],"count":1,"next_page":null}}"#);
    let in_ticket = ticket.replace("\"status\"", &format!("\"side_conversations\":[{embedded}],\"status\""));
    for files in [
        vec![("t.json", ticket.to_owned()), ("s.json", embedded.clone())],
        vec![("t.json", ticket.to_owned()), ("s.json", wrapped)],
        vec![("t.json", ticket.to_owned()), ("a.json", apart), ("s.json", list.clone())],
        vec![("t.json", in_ticket)],
    ] {
        let mut files: Vec<(&str, String)> =
            files.into_iter().map(|(name, text)| (name, lines(&text))).collect();
        files.push(("u.json", users.clone()));
        let export = read_files(&files);
        let ticket = export.ticket(77);
        let vendor = ticket.messages[2].author.key.id().to_owned();
        assert_eq!(
            told(ticket),
            [
                "2024-01-01T10:00:00Z Customer email 9001 77:description: first".to_owned(),
                "2024-01-01T10:30:00.453Z Note internal-note 7001 77:side-conversation:e1: Side conversation \"Refund\", Alex to Vendor||Can you?".to_owned(),
                format!("2024-01-01T10:40:00Z Note internal-note {vendor} 77:side-conversation:e2: Side conversation, Vendor||Yes [b.pdf]"),
            ]
        );
        assert_eq!(ticket.messages[2].author.name.as_deref(), Some("Vendor"));
        assert!(!export.has(Code::SidePreviewOnly));
        assert_eq!(export.left_out, []);
    }
    let export = read_files(&[("t.json", ticket.to_owned()), ("s.json", list), ("u.json", users)]);
    assert_eq!(
        told(export.ticket(77)),
        [
            "2024-01-01T09:00:00.453Z Note internal-note -1 77:side-conversation:7d4f-1: Side conversation \"Refund\", with Alex, Vendor||Can you & will you",
            "2024-01-01T10:00:00Z Customer email 9001 77:description: first",
        ]
    );
    // Each is counted, which goes by the record that a finding names.
    let previews = export.findings.iter().filter(|finding| finding.code == Code::SidePreviewOnly);
    let previews: Vec<Option<&str>> = previews.map(|finding| finding.key.as_deref()).collect();
    assert_eq!(previews, [Some("zendesk:ticket:77:side-conversation:7d4f-1")]);
    assert_eq!(export.ticket(77).meta["zendesk_ticket_id"], json!(77));
}

#[test]
fn a_note_that_begins_as_a_chats_first_comment_does_is_a_note() {
    let note = r#"{"id":4,"type":"Comment","author_id":7001,"body":"Conversation with the bank: fraud confirmed","public":false,"created_at":"2024-01-01T12:00:00Z","via":{"channel":"web"}}"#;
    let ticket = lines(CHAT_TICKET);
    let ticket = format!("{},{note}]}}", ticket.strip_suffix("]}").unwrap());
    let export = read_files(&[("t.json", ticket), ("a.json", audits(true)), ("u.json", USERS.to_owned())]);
    let texts: Vec<&str> = export.ticket(77).messages.iter().filter_map(|one| one.body.text()).collect();
    assert!(texts.contains(&"Conversation with the bank: fraud confirmed"), "{texts:?}");
    assert!(!texts.contains(&"Conversation with Kim"), "{texts:?}");
}

#[test]
fn a_transcript_does_not_bring_back_what_was_redacted_in_the_chat() {
    let audits = audits(true).replace("\"message\":\"Hello\"", "\"message\":\"▇▇▇▇▇\"");
    let export =
        read_files(&[("t.json", lines(CHAT_TICKET)), ("a.json", audits), ("u.json", USERS.to_owned())]);
    let texts: Vec<&str> = export.ticket(77).messages.iter().filter_map(|one| one.body.text()).collect();
    assert!(texts.contains(&"▇▇▇▇▇") && !texts.iter().any(|text| text.contains("Hello")), "{texts:?}");
}

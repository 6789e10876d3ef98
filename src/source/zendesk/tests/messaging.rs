//! Messages of conversation logs and of chats: who wrote what is hidden, and forms that only one of two sources tells.

use super::*;
use crate::model::conversation::Side;
use crate::model::person::Role;

const TICKET: &str = r#"{"id":1,"requester_id":9001,"submitter_id":9001,"subject":"s","via":{"channel":"native_messaging"},"status":"open","description":"Conversation with Kim","created_at":"2024-03-05T10:00:00Z"}"#;

/// An event of the conversation log.
fn event(id: u32, author: &str, content: &str, more: &str) -> String {
    format!(
        r#"{{"id":"01H{id}","type":"Messaging::ConversationMessage","reference":"zen:sunco:message:{id}","created_at":"2024-03-05T10:{id}:00Z","attachments":[],"author":{author},"content":{content}{more}}}"#
    )
}

fn log(events: &[String]) -> String {
    format!(r#"{{"events":[{}],"meta":{{"has_more":false}}}}"#, events.join(","))
}

#[test]
fn who_wrote_a_hidden_message_of_a_log_does_not_change_with_its_being_hidden() {
    const USER: &str = r#"{"type":"user","zen:support:user_id":9001}"#;
    const UNKNOWN: &str = r#"{"type":"end_user","zen:support:user_id":9050}"#;
    const NOBODY: &str = r#"{"type":"user"}"#;
    const AGENT: &str = r#"{"type":"agent","zen:support:user_id":7001}"#;
    let said = r#"{"type":"text","text":"x"}"#;
    let (hidden, odd) = (r#","metadata":{"public":false}"#, r#","metadata":{"public":"perhaps"}"#);
    let events = [
        event(11, USER, said, hidden),
        event(12, UNKNOWN, said, odd),
        event(13, NOBODY, said, odd),
        event(14, AGENT, said, odd),
        event(15, UNKNOWN, said, r#","metadata":{"public":true}"#),
        event(16, r#"{"type":"bot","display_name":"Helper"}"#, said, hidden),
    ];
    let log = log(&events);
    let export = read_files(&[
        ("t.json", TICKET),
        ("tickets/1/conversation_log.json", log.as_str()),
        ("u.json", USERS),
    ]);
    let found: Vec<(Side, Role, &str)> = export
        .ticket(1)
        .messages
        .iter()
        .map(|message| (message.side, message.author.role, message.author.key.id()))
        .collect();
    let expected = [
        (Side::Note, Role::Customer, "9001"),
        (Side::Note, Role::Customer, "9050"),
        (Side::Note, Role::Customer, "9001"),
        (Side::Note, Role::Agent, "7001"),
        (Side::Customer, Role::Customer, "9050"),
    ];
    assert_eq!(found[..5], expected);
    assert_eq!((found[5].0, found[5].1), (Side::Note, Role::Agent));
    let channels: Vec<&str> = export.ticket(1).messages.iter().map(|one| one.channel.as_str()).collect();
    let note = "internal-note";
    assert_eq!(channels, [note, note, note, note, "chat", note]);
    let unknown = export.findings.iter().filter(|finding| finding.code == Code::PrivacyUnknown);
    let unknown: Vec<&str> = unknown.filter_map(|finding| finding.key.as_deref()).collect();
    assert_eq!(
        unknown,
        ["zendesk:ticket:1:chat:01H12", "zendesk:ticket:1:chat:01H13", "zendesk:ticket:1:chat:01H14"]
    );
}

/// An audit with one item of a chat that has no id; `original` is the message as the messaging service had it.
fn audit(id: u32, original: &str) -> String {
    let original = if original.is_empty() {
        String::new()
    } else {
        format!(r#","original_message":{}"#, serde_json::to_string(original).unwrap())
    };
    format!(
        r#"{{"id":{id},"ticket_id":1,"created_at":"2024-03-05T10:00:00Z","author_id":-1,"events":[{{"id":{id}1,"type":"ChatStartedEvent","value":{{"chat_id":"c1","history":[{{"type":"ChatMessage","actor_id":"9001","message":"Who I am","timestamp":"2024-03-05T10:11:00Z"{original}}}]}}}}]}}"#
    )
}

const FORM: &str = r#"{"author":{"type":"user"},"content":{"form":{"fields":[{"name":"order","label":"Order","text":"A-1"}]}}}"#;
const OTHER_FORM: &str = r#"{"author":{"type":"user"},"content":{"form":{"fields":[{"name":"order","label":"Order","text":"B-2"}]}}}"#;

/// Keys and texts of the chat's messages.
fn chat(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let export = read_files(&[files, &[("t.json", TICKET), ("u.json", USERS)]].concat());
    let messages = export.ticket(1).messages.iter();
    messages.map(|one| (one.key.id().to_owned(), one.body.text().unwrap_or_default().to_owned())).collect()
}

#[test]
fn the_key_of_an_item_without_an_id_does_not_depend_on_its_form() {
    let (bare, filled) = (audit(5, ""), audit(6, FORM));
    let alone = chat(&[("a.json", &bare)]);
    assert_eq!(alone.len(), 1);
    let with_form = chat(&[("a.json", &filled)]);
    assert_eq!(with_form[0].1, "Who I am\nOrder: A-1");
    assert_eq!(with_form[0].0, alone[0].0, "the key that it had before forms were read");
    for files in [[("a.json", &*bare), ("b.json", &*filled)], [("a.json", &*filled), ("b.json", &*bare)]] {
        assert_eq!(chat(&files), with_form);
    }
}

#[test]
fn a_form_that_only_the_history_tells_is_said_once_and_not_lost() {
    let user = r#"{"type":"user","zen:support:user_id":9001}"#;
    let text = log(&[event(11, user, r#"{"type":"text","text":"Who I am"}"#, "")]);
    let both = r#"{"type":"text","text":"Who I am","fields":[{"label":"Order","text":"A-1"}]}"#;
    let with_form = log(&[event(11, user, both, "")]);
    let expected = [("1:chat:01H11".to_owned(), "Who I am\nOrder: A-1".to_owned())];
    for (log, history) in [(&text, audit(5, FORM)), (&with_form, audit(5, "")), (&with_form, audit(5, FORM))]
    {
        assert_eq!(chat(&[("tickets/1/conversation_log.json", log), ("a.json", &history)]), expected);
    }
    // Answers that differ are two messages: nobody can tell which of them is right.
    assert_eq!(
        chat(&[("tickets/1/conversation_log.json", &with_form), ("a.json", &audit(5, OTHER_FORM))]).len(),
        2
    );
}

#[test]
fn events_of_a_log_without_a_reference_are_known_by_their_id_or_their_time() {
    const USER: &str = r#"{"type":"user","zen:support:user_id":9001}"#;
    let said = |text: &str| format!(r#"{{"type":"text","text":"{text}"}}"#);
    let bare = |id: u32, text: &str| {
        event(id, USER, &said(text), "").replace(&format!(r#""reference":"zen:sunco:message:{id}","#), "")
    };
    let comment = bare(13, "comment").replace("Messaging::ConversationMessage", "Comment");
    let events = [bare(11, "one"), bare(12, "two").replace(r#""id":"01H12","#, ""), comment];
    let log = log(&events);
    let files = [("t.json", TICKET), ("tickets/1/conversation_log.json", &log), ("u.json", USERS)];
    let export = read_files(&files);
    let texts: Vec<&str> =
        export.ticket(1).messages.iter().filter_map(|message| message.body.text()).collect();
    assert_eq!(texts, ["one", "two", "comment"]);
    let keys: Vec<&str> = export.ticket(1).messages.iter().map(|message| message.key.id()).collect();
    assert_eq!(keys[0], "1:chat:01H11");
    assert!(keys[1].starts_with("1:chat:") && keys[2].starts_with("1:comment:"), "{keys:?}");
    assert!(export.left_out.is_empty());
}

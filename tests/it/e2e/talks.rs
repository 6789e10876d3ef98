//! Kinds of talk that exports tell apart from tickets: chats, messaging, side conversations, calls, ratings. One small
//! account of each is counted by `validate`, moved to the stand-in, and what lies there is compared as a whole.

use serde_json::{Value, json};
use std::fmt::Write as _;

use super::account::{Account, tags};
use super::export::lines;
use super::validation::source;
use super::workspace::Workspace;

const BEN: u64 = 501;
const KIM: u64 = 9_001;

fn users() -> Value {
    let user = |id: u64, name: &str, email: &str, role: &str| {
        json!({"id": id, "url": format!("https://acme.zendesk.com/api/v2/users/{id}.json"), "name": name, "email": email,
            "role": role, "active": true})
    };
    json!({"users": [user(BEN, "Ben Brook", "ben@acme.example", "agent"), user(KIM, "Kim", "kim@example.com", "end-user")],
        "count": 2, "next_page": null})
}

/// 2024-01-01, ten o'clock and this many seconds.
fn at(seconds: i64) -> String {
    jiff::Timestamp::from_second(1_704_103_200 + seconds).unwrap().to_string()
}

fn comment(id: u64, author: u64, seconds: i64, public: bool, text: &str) -> Value {
    json!({"id": id, "type": "Comment", "author_id": author, "body": text, "plain_body": text,
        "html_body": format!("<p>{text}</p>"), "public": public, "created_at": at(seconds), "attachments": [],
        "via": {"channel": "web", "source": {"from": {}, "to": {}, "rel": null}}})
}

/// A ticket of Kim's with these comments.
fn ticket(id: u64, channel: &str, comments: &[Value]) -> Value {
    json!({"id": id, "url": format!("https://acme.zendesk.com/api/v2/tickets/{id}.json"), "subject": format!("Ticket {id}"),
        "requester_id": KIM, "submitter_id": KIM, "assignee_id": BEN, "status": "closed", "description": "Hello",
        "created_at": at(0), "updated_at": at(9_000), "via": {"channel": channel}, "tags": [], "comments": comments})
}

/// The history of a chat, as the chat events have it.
fn chat_history() -> Value {
    let ms = |seconds: i64| (1_704_103_200 + seconds) * 1_000;
    json!([
        {"chat_index": 0, "type": "ChatJoin", "actor_id": KIM.to_string(), "actor_name": "Kim", "timestamp": ms(0)},
        {"chat_index": 1, "type": "ChatMessage", "actor_id": KIM.to_string(), "actor_name": "Kim", "message": "Hello", "message_id": "m1", "timestamp": ms(5)},
        {"chat_index": 2, "type": "ChatMessage", "actor_id": "__trigger", "actor_name": "Helper", "message": "Somebody will come", "timestamp": ms(6)},
        {"chat_index": 3, "type": "ChatMessage", "actor_id": format!("agent:{BEN}"), "actor_name": "Ben", "message": "Hi Kim", "message_id": "m2", "timestamp": ms(10)},
        {"chat_index": 4, "type": "ChatFileAttachment", "actor_id": KIM.to_string(), "filename": "a.png", "url": "https://acme.zendesk.com/a.png", "mime_type": "image/png", "size": 9, "timestamp": ms(20)},
    ])
}

/// A ticket that a chat made, with its transcript as one comment.
fn chat_ticket() -> Value {
    let mut transcript = comment(2, BEN, 300, true, "(10:00:05) Kim: Hello\n(10:00:10) Ben: Hi Kim");
    transcript["via"]["channel"] = json!("chat_transcript");
    let mut opening = comment(1, BEN, 0, false, "Conversation with Kim");
    opening["via"]["channel"] = json!("chat");
    ticket(77, "chat", &[opening, transcript, comment(3, BEN, 3_600, false, "Sent the invoice by hand.")])
}

fn chat_audits() -> Value {
    let value = json!({"visitor_id": "1041.13", "chat_id": "c1", "history": chat_history()});
    json!({"audits": [{"id": 900, "ticket_id": 77, "author_id": BEN, "created_at": at(0), "via": {"channel": "chat"},
        "events": [{"id": 901, "type": "ChatStartedEvent", "value": value}]}], "next_page": null})
}

fn chat_product() -> Value {
    let chat = |id: u64, ticket: Value| {
        json!({"id": format!("2401.{id}"), "type": "chat", "visitor": {"name": "Kim"}, "session": {}, "zendesk_ticket_id": ticket,
            "history": [{"type": "chat.memberjoin", "name": "Kim", "timestamp": at(0)},
                {"type": "chat.msg", "name": "Kim", "sender_type": "Visitor", "msg": "Hello", "msg_id": format!("x{id}"), "timestamp": at(5)},
                {"type": "chat.msg", "name": "Ben", "sender_type": "Agent", "sender_id": "5", "msg": "Hi Kim", "timestamp": at(10)}]})
    };
    json!({"chats": [chat(1, json!(77)), chat(2, Value::Null)], "count": 2, "next_url": null})
}

fn conversation_log() -> Value {
    let message = |id: &str, seconds: i64, author: Value, content: Value| {
        json!({"id": id, "type": "Messaging::ConversationMessage", "reference": format!("zen:sunco:message:{id}"),
            "created_at": at(seconds), "author": author, "content": content, "attachments": []})
    };
    json!({"events": [
        message("01HA", 5, json!({"type": "user", "zen:support:user_id": KIM.to_string()}), json!({"type": "text", "text": "Hello"})),
        message("01HB", 6, json!({"type": "bot", "display_name": "Helper"}), json!({"text": {"text": "Wait."}})),
        message("01HC", 10, json!({"type": "agent", "zen:support:user_id": BEN}), json!({"mediaUrl": "https://x.example/f/a.pdf?s=1"})),
        {"id": "01HD", "type": "Ticket::StatusChange", "reference": "zen:ticket_event:4", "created_at": at(60), "author": {"type": "agent"}, "content": {}},
        {"id": "01HE", "type": "Comment", "reference": "zen:ticket_event:3", "created_at": at(3_600),
            "author": {"type": "agent", "zen:support:user_id": BEN}, "content": {"body": "By hand."}, "metadata": {"public": false}},
    ], "meta": {"has_more": false}, "links": {"next": "https://acme.zendesk.com/api/v2/tickets/77/conversation_log?page[after]=x"}})
}

fn side_conversation() -> Value {
    json!({"side_conversation": {"id": "7d4f-1", "ticket_id": 77, "subject": "Refund", "state": "open", "preview_text": "Can you?",
        "participants": [{"user_id": BEN, "name": "Ben Brook", "email": "ben@acme.example"}, {"user_id": null, "name": "Vendor", "email": "v@vendor.example"}],
        "created_at": at(1_800)},
    "events": [
        {"id": "e1", "side_conversation_id": "7d4f-1", "actor": {"user_id": BEN, "name": "Ben Brook"}, "type": "create", "created_at": at(1_800),
            "message": {"subject": "Refund", "body": "Can you?", "html_body": "<p>Can you?</p>", "from": {"user_id": BEN, "name": "Ben Brook"}, "to": [{"name": "Vendor", "email": "v@vendor.example"}]}},
        {"id": "e2", "side_conversation_id": "7d4f-1", "actor": {"name": "Vendor", "email": "v@vendor.example"}, "type": "reply", "created_at": at(2_400),
            "message": {"body": "Yes.", "attachments": [{"id": 8, "file_name": "b.pdf", "content_url": "https://acme.zendesk.com/attachments/8"}]}},
        {"id": "e3", "side_conversation_id": "7d4f-1", "actor": {"user_id": BEN}, "type": "update", "created_at": at(3_000), "message": null, "updates": {"state": "closed"}},
    ]})
}

fn ratings() -> Value {
    let rating = |id: u64, ticket: u64, score: &str, comment: Value| {
        json!({"id": id, "url": format!("https://acme.zendesk.com/api/v2/satisfaction_ratings/{id}.json"), "ticket_id": ticket,
            "score": score, "comment": comment, "created_at": at(5_000), "updated_at": at(5_000)})
    };
    json!({"satisfaction_ratings": [rating(1, 77, "bad", json!("Slow.")), rating(2, 78, "offered", Value::Null)], "count": 2, "next_page": null})
}

fn calls() -> Value {
    let mut voice = comment(1, KIM, 0, true, "Inbound call from +1 (202) 555-0147");
    voice["type"] = json!("VoiceComment");
    voice["via"]["channel"] = json!("voice");
    voice["data"] = json!({"from": "+12025550147", "to": "+14155550100", "recording_url": "https://acme.zendesk.com/api/v2/channels/voice/calls/CA1/twilio/recording",
        "recorded": true, "call_id": 800_001, "call_duration": 61, "answered_by_id": BEN, "answered_by_name": "Ben Brook",
        "transcription_text": "I want my money back.", "started_at": at(0), "location": "Ohio, United States", "public": true, "via_id": 34, "line_type": "phone"});
    let mut third = comment(2, BEN, 600, true, "Outbound call, 2 min");
    third["type"] = json!("TpeVoiceComment");
    third["data"] = json!({"app_id": 9_100, "app_name": "Example Phone", "author_id": BEN, "call_id": 800_002, "direction": "outbound",
        "external_id": "ext-1", "title": "Outbound call, 2 min", "via_id": 46, "recording_url": ""});
    ticket(77, "voice", &[voice, third])
}

/// A ticket that was merged into another, the other, and one that follows it up.
fn relatives() -> Vec<Value> {
    let mut merged = ticket(
        78,
        "email",
        &[
            comment(10, KIM, 0, true, "The same question."),
            comment(
                11,
                BEN,
                500,
                false,
                "This request was closed and merged into request #77 \"Ticket 77\".",
            ),
        ],
    );
    merged["tags"] = json!(["closed_by_merge"]);
    let mut notice =
        comment(13, BEN, 500, false, "Request #78 \"Ticket 78\" was closed and merged into this request.");
    notice["via"] =
        json!({"channel": "web", "source": {"from": {"ticket_ids": [78]}, "to": {}, "rel": "merge"}});
    let into = ticket(
        77,
        "email",
        &[
            comment(12, KIM, 10, true, "The same question again."),
            notice,
            comment(14, BEN, 600, true, "One answer."),
        ],
    );
    let mut next = ticket(79, "web", &[comment(15, KIM, 9_000, true, "It came broken.")]);
    next["via"] = json!({"channel": "web", "source": {"from": {"ticket_id": 77, "subject": "Ticket 77"}, "to": {}, "rel": "follow_up"}});
    vec![merged, into, next]
}

/// Redacted words and a redacted file; and a ticket that was too large for the export.
fn redacted_and_large() -> Vec<Value> {
    let mut words = comment(1, KIM, 0, true, "My card is ▇▇▇▇ ▇▇▇▇.");
    words["attachments"] = json!([{"id": 5, "file_name": "redacted.txt", "content_url": "https://acme.zendesk.com/attachments/5", "content_type": "text/plain", "size": 1}]);
    let mut large = ticket(78, "email", &[]);
    large.as_object_mut().unwrap().remove("comments");
    vec![
        ticket(77, "email", &[words, comment(2, BEN, 60, true, "We hid that.")]),
        large,
        json!({"id": 78, "error": "Ticket is too large to be exported"}),
    ]
}

fn plain() -> Value {
    ticket(77, "email", &[comment(1, KIM, 0, true, "Hello"), comment(2, BEN, 60, true, "Hi Kim.")])
}

/// A ticket as people see it.
fn shown(ticket: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut text = format!(
        "{} [{}] {} {} by {} {:?}\n",
        word(&ticket["external_id"]),
        word(&ticket["subject"]),
        word(&ticket["channel"]),
        word(&ticket["status"]),
        word(&ticket["customer"]["email"]),
        tags(ticket)
    );
    for message in ticket["messages"].as_array().unwrap() {
        let side = match (&message["from_agent"], &message["public"]) {
            (Value::Bool(false), Value::Bool(true)) => "customer",
            (_, Value::Bool(true)) => "agent",
            _ => "note",
        };
        let sent = word(&message["sent_datetime"]);
        writeln!(
            text,
            "  {} {side} {} {}",
            &sent[..19.min(sent.len())],
            word(&message["channel"]),
            word(&message["external_id"])
        )
        .unwrap();
        for line in word(&message["body_text"]).lines().filter(|line| !line.trim().is_empty()) {
            writeln!(text, "    {line}").unwrap();
        }
        for file in message["attachments"].as_array().into_iter().flatten() {
            writeln!(text, "    + {}", word(&file["name"])).unwrap();
        }
    }
    for fact in
        ["satisfaction", "satisfaction_comment", "merged_into", "merged_from", "follow_up_of", "follow_ups"]
    {
        let found = ticket["meta"]
            .pointer(&format!("/{fact}"))
            .or(ticket["meta"].pointer(&format!("/zendesk/{fact}")));
        if let Some(value) = found {
            writeln!(text, "  {fact}: {value}").unwrap();
        }
    }
    text
}

/// Counts and findings of an export, and what lies in the account after it was moved.
fn told_and_moved(tickets: &[Value], more: &[(&str, Value)]) -> String {
    let mut files =
        vec![("tickets.ndjson".to_owned(), lines(tickets)), ("users.json".to_owned(), users().to_string())];
    files.extend(more.iter().map(|(name, value)| (format!("{name}.json"), value.to_string())));
    moved("zendesk", &files)
}

/// The same of files of a product.
pub(super) fn moved(kind: &str, files: &[(String, String)]) -> String {
    let account = Account::new();
    let source_of = format!("[[source]]\nkind = \"{kind}\"\npaths = [\"export\"]\n");
    let workspace = Workspace::new(&account.base_url(), &source_of, "");
    for (name, text) in files {
        workspace.write(&format!("export/{name}"), text);
    }
    let document = workspace.validate("");
    let told = source(&document, kind);
    let mut text = format!(
        "{} tickets, {} messages {}, {} left out, {} unreadable, {} rejected\n",
        told["tickets"],
        told["messages"],
        told["sides"],
        told["left_out"],
        told["unreadable"],
        told["rejected"]
    );
    for finding in document["findings"].as_array().unwrap() {
        let words = |name: &str| finding[name].as_str().unwrap().to_owned();
        writeln!(text, "{} {} {}", words("code"), finding["count"], words("summary")).unwrap();
    }
    let summary = workspace.migrate();
    assert_eq!(
        (&summary["messages"]["created"], &summary["could_have_sent"]),
        (&told["messages"], &json!(0))
    );
    account.end_state();
    account.tickets().values().for_each(|ticket| write!(text, "\n{}", shown(ticket)).unwrap());
    // The same once more adds nothing.
    assert_eq!(workspace.migrate()["messages"]["created"], 0);
    workspace.verified();
    text
}

#[test]
fn a_chat_is_told_by_its_events_and_not_by_its_transcript() {
    insta::assert_snapshot!("chat", told_and_moved(&[chat_ticket()], &[("audits", chat_audits())]));
}

#[test]
fn chats_of_the_chat_product() {
    insta::assert_snapshot!("chat_product", told_and_moved(&[chat_ticket()], &[("chats", chat_product())]));
}

#[test]
fn messaging_by_the_conversation_log() {
    let bare = ticket(77, "whatsapp", &[]);
    insta::assert_snapshot!("messaging", told_and_moved(&[bare], &[("log", conversation_log())]));
}

#[test]
fn side_conversations_are_notes() {
    insta::assert_snapshot!(
        "side_conversation",
        told_and_moved(&[plain()], &[("side", side_conversation())])
    );
}

#[test]
fn ratings_stay_with_their_tickets() {
    let tickets = [plain(), ticket(78, "email", &[comment(3, KIM, 0, true, "Another.")])];
    insta::assert_snapshot!("ratings", told_and_moved(&tickets, &[("ratings", ratings())]));
}

#[test]
fn calls_of_zendesk_and_of_others() {
    insta::assert_snapshot!("calls", told_and_moved(&[calls()], &[]));
}

#[test]
fn merges_and_follow_ups() {
    insta::assert_snapshot!("relatives", told_and_moved(&relatives(), &[]));
}

#[test]
fn redactions_and_tickets_too_large() {
    insta::assert_snapshot!("redacted_and_large", told_and_moved(&redacted_and_large(), &[]));
}

#[test]
fn answers_are_public_in_tickets_that_came_by_a_way_of_agents_alone() {
    const WAYS: [&str; 16] = [
        "side_conversation",
        "rule",
        "system",
        "linked_problem",
        "8",
        "9",
        "10",
        "11",
        "12",
        "13",
        "19",
        "53",
        "54",
        "58",
        "62",
        "69",
    ];
    let account = Account::new();
    let sources = "[[source]]\nkind = \"zendesk\"\npaths = [\"export\"]\n";
    let workspace = Workspace::new(&account.base_url(), sources, "");
    let tickets: Vec<Value> = (1..)
        .zip(WAYS)
        .map(|(id, way)| {
            let mut asked = comment(id * 10, KIM, 0, true, "Where is it?");
            asked.as_object_mut().unwrap().remove("via");
            let mut later = comment(id * 10 + 2, BEN, 120, true, "It has left.");
            later.as_object_mut().unwrap().remove("via");
            ticket(id, way, &[asked, comment(id * 10 + 1, BEN, 60, true, "On its way."), later])
        })
        .collect();
    workspace.write("export/tickets.ndjson", &lines(&tickets));
    workspace.write("export/users.json", &users().to_string());
    workspace.migrate();
    let made = account.tickets();
    assert_eq!(made.len(), WAYS.len());
    for ticket in made.values() {
        for message in ticket["messages"].as_array().unwrap() {
            assert_eq!(
                (&message["public"], &message["channel"]),
                (&json!(true), &json!("email")),
                "{message}"
            );
            assert!(!message["body_text"].as_str().unwrap().contains("Private comment"), "{message}");
        }
    }
    account.nothing_was_sent();
}

#[test]
fn a_comment_id_in_two_tickets_is_a_message_in_each() {
    let account = Account::new();
    let sources = "[[source]]\nkind = \"zendesk\"\npaths = [\"export\"]\n";
    let workspace = Workspace::new(&account.base_url(), sources, "");
    let tickets = [
        ticket(
            1,
            "email",
            &[comment(10, KIM, 0, true, "First."), comment(99, BEN, 60, true, "To the first.")],
        ),
        ticket(
            2,
            "email",
            &[comment(20, KIM, 0, true, "Second."), comment(99, BEN, 60, true, "To the second.")],
        ),
    ];
    workspace.write("export/tickets.ndjson", &lines(&tickets));
    workspace.write("export/users.json", &users().to_string());
    workspace.migrate();
    let writes = account.writes().len();
    workspace.migrate();
    assert_eq!(account.writes().len(), writes, "a second run brings nothing");
    workspace.verified();
    let made = account.tickets();
    for (key, texts) in [
        ("zendesk:ticket:1", ["First.", "To the first."]),
        ("zendesk:ticket:2", ["Second.", "To the second."]),
    ] {
        let messages = made[key]["messages"].as_array().unwrap();
        let found: Vec<&str> =
            messages.iter().map(|message| message["body_text"].as_str().unwrap()).collect();
        assert_eq!(found, texts, "{key}");
    }
    account.nothing_was_sent();
}

use super::super::call::{Agent, tests::call};
use super::super::number::Number;
use super::*;
use crate::model::conversation::FileKind;
use crate::model::person::Role;

fn tickets() -> Tickets {
    Tickets::new(&SourceName::new("aircall").unwrap(), "2026-01-01T00:00:00Z".parse().unwrap())
}

fn address(number: &str, name: Option<&str>) -> Address {
    Address { name: name.map(Arc::from), address: number.into() }
}

#[test]
fn an_inbound_call_is_the_customers_message() {
    let (conversation, rejected) = tickets().of_call(&call()).unwrap();
    assert!(rejected.is_empty());
    assert_eq!(conversation.key.as_str(), "aircall:call:2700000001");
    assert_eq!(conversation.subject.as_deref(), Some("Inbound call: +33639980001"));
    assert_eq!((conversation.channel, conversation.status), (Channel::Phone, Status::Call));
    assert_eq!(conversation.tags, ["Refund", "aircall", "call-inbound", "call-answered"]);
    assert_eq!(conversation.assignee.unwrap().name.as_deref(), Some("Ana Perez"));
    assert_eq!(conversation.times.closed.unwrap().to_string(), "2025-06-02T09:16:35Z");
    assert_eq!(conversation.meta["aircall"]["sid"], "CA0123456789abcdef0123456789abcdef");
    assert_eq!(conversation.meta["aircall"]["answered_at"], "2025-06-02T09:15:15Z");
    let message = &conversation.messages[0];
    assert_eq!((message.side, message.author.key.as_str()), (Side::Customer, "aircall:tel:+33639980001"));
    assert_eq!(message.sent_at.timestamp().to_string(), "2025-06-02T09:15:00Z");
    assert_eq!(message.route.from, Some(address("+33639980001", None)));
    assert_eq!(message.route.to, [address("+33199000001", Some("Support FR"))]);
    let [recording] = &message.attachments[..] else { panic!("{:?}", message.attachments) };
    assert_eq!((recording.name.as_str(), recording.kind), ("aircall-2700000001.mp3", FileKind::Recording));
    assert_eq!(recording.url, "https://assets.aircall.io/calls/2700000001/recording");
    assert!(!message.synthetic_key);
    assert!(message.body.html().unwrap().as_str().contains("<br>Customer: +33639980001<br>"));
}

#[test]
fn an_outbound_call_is_the_agents_message() {
    let mut call = call();
    call.direction = Direction::Outbound;
    let (conversation, _) = tickets().of_call(&call).unwrap();
    let message = &conversation.messages[0];
    assert_eq!((message.side, message.author.key.as_str()), (Side::Agent, "aircall:agent:ana perez"));
    assert_eq!(message.route.from, Some(address("+33199000001", Some("Support FR"))));
    assert_eq!(conversation.customer.phone.as_deref(), Some("+33639980001"));

    call.agent = None;
    let (conversation, _) = tickets().of_call(&call).unwrap();
    let author = &conversation.messages[0].author;
    assert_eq!(
        (author.key.as_str(), author.role, author.name.as_deref()),
        ("aircall:agent:unknown", Role::Agent, None)
    );
    assert!(conversation.assignee.is_none());
}

#[test]
fn a_hidden_caller_has_no_address() {
    let mut call = call();
    call.customer = Number::Hidden;
    let (conversation, _) = tickets().of_call(&call).unwrap();
    assert_eq!(conversation.subject.as_deref(), Some("Inbound call: Anonymous caller"));
    assert_eq!((conversation.customer.phone.as_ref(), &conversation.messages[0].route.from), (None, &None));
    call.customer = Number::Destroyed;
    let (conversation, _) = tickets().of_call(&call).unwrap();
    assert_eq!(conversation.subject.as_deref(), Some("Inbound call: Unknown number"));
}

#[test]
fn comments_are_notes_at_the_end_of_the_call() {
    let mut call = call();
    call.comments.push(Comment { id: None, text: "call <back>".into(), author: None, at: None });
    let author = Some(Agent { name: "Bo".into(), email: Some("bo@example.com".into()), id: None });
    let at = Some("2025-07-01T00:00:00Z".parse().unwrap());
    call.comments.push(Comment { id: Some("735".into()), text: "late".into(), author, at });
    let (conversation, _) = tickets().of_call(&call).unwrap();
    let (note, late) = (&conversation.messages[1], &conversation.messages[2]);
    assert_eq!((note.key.as_str(), note.synthetic_key), ("aircall:call:2700000001:comments", true));
    assert_eq!((note.side, note.channel), (Side::Note, Channel::InternalNote));
    assert_eq!(note.sent_at.timestamp().to_string(), "2025-06-02T09:16:35Z");
    assert_eq!(note.author.key.as_str(), "aircall:agent:unknown");
    assert_eq!(note.body.html().unwrap().as_str(), "call &lt;back&gt;");
    assert_eq!((late.key.as_str(), late.synthetic_key), ("aircall:call:2700000001:comment:735", false));
    assert_eq!(late.author.email.as_ref().unwrap().as_str(), "bo@example.com");
}

#[test]
fn what_lies_in_the_future_is_refused() {
    let mut call = call();
    call.started = "2026-01-01T00:00:00Z".parse().unwrap();
    let finding = tickets().of_call(&call).unwrap_err();
    assert_eq!((finding.code, finding.key.as_deref()), (Code::SentInFuture, Some("aircall:call:2700000001")));

    call.started = "2025-12-31T23:59:00Z".parse().unwrap();
    call.ended = Some("2026-01-01T00:00:30Z".parse().unwrap());
    call.comments.push(Comment { id: None, text: "x".into(), author: None, at: None });
    let (conversation, rejected) = tickets().of_call(&call).unwrap();
    assert_eq!((conversation.messages.len(), conversation.times.closed), (1, None));
    assert_eq!(rejected[0].key.as_deref(), Some("aircall:call:2700000001:comments"));
}

#[test]
fn calls_of_a_day_are_one_conversation_without_the_number_in_its_key() {
    let first = call();
    let mut second = call();
    second.id = super::super::call::CallId::Internal(2_700_000_002);
    second.direction = Direction::Outbound;
    second.started = "2025-06-02T10:00:00Z".parse().unwrap();
    second.ended = None;
    let mut future = call();
    future.started = "2027-06-02T10:00:00Z".parse().unwrap();
    let (conversation, blocked) = tickets().of_day(&[first, second, future]);
    let (conversation, _) = conversation.unwrap();
    assert_eq!(blocked.len(), 1);
    let key = conversation.key.as_str();
    assert!(
        key.starts_with("aircall:contact-day:") && key.ends_with(":2025-06-02") && !key.contains("639"),
        "{key}"
    );
    assert_eq!(conversation.subject.as_deref(), Some("Calls with +33639980001 on 2025-06-02"));
    let keys: Vec<&str> = conversation.messages.iter().map(|message| message.key.as_str()).collect();
    assert_eq!(keys, ["aircall:call:2700000001", "aircall:call:2700000002"]);
    assert_eq!(conversation.tags, ["Refund", "aircall", "call-inbound", "call-answered", "call-outbound"]);
    assert_eq!(conversation.meta["aircall"]["calls"].as_array().unwrap().len(), 2);
    assert_eq!(conversation.times.created.to_string(), "2025-06-02T09:15:00Z");
}

use std::sync::Arc;

use super::*;
use crate::model::conversation::{Field, FieldValue, Status};
use crate::model::key::{PersonKey, SourceName};
use crate::model::person::{Email, Person, Role};
use crate::model::sample;

fn source() -> SourceName {
    SourceName::new("zendesk").unwrap()
}

fn person(id: u64, role: Role, name: &str, email: Option<&str>) -> Arc<Person> {
    let key = PersonKey::new(&source(), "user", id);
    Arc::new(Person {
        name: Some(name.to_owned()),
        email: email.and_then(Email::parse),
        ..Person::unknown(key, role)
    })
}

fn message(id: u64, author: &Arc<Person>, side: Side, channel: Channel) -> Message {
    let at: Timestamp = "2024-03-05T10:11:12Z".parse().unwrap();
    Message { side, channel, ..sample::message(&source(), id, author, at) }
}

fn conversation(customer: &Arc<Person>, messages: Vec<Message>) -> Conversation {
    Conversation {
        subject: Some("Where is it?".into()),
        status: Status::Solved,
        tags: vec!["a".into(), "A".into(), "a".into()],
        ..sample::conversation(&source(), 1, customer, "2024-03-05T10:11:12Z".parse().unwrap(), messages)
    }
}

fn directory() -> AgentDirectory {
    let mut users = AgentDirectory::new(Some(9), Some("support@acme.example".into()));
    users.add_user(1, Some("ana@acme.example"), Some("Ana"));
    users
}

fn codes(mapped: &Mapped) -> Vec<Code> {
    mapped.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn an_email_has_both_sides_and_a_closed_ticket_its_time() {
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    let ana = person(6, Role::Agent, "Ana", Some("ana@acme.example"));
    let talk =
        vec![message(1, &kim, Side::Customer, Channel::Email), message(2, &ana, Side::Agent, Channel::Email)];
    let mapped = map(&conversation(&kim, talk), &Rules::default(), &directory()).unwrap();
    assert_eq!(codes(&mapped), []);
    let ticket = mapped.ticket;
    assert_eq!(
        (ticket.status, ticket.closed),
        (TicketStatus::Closed, Some("2024-03-05T10:11:12Z".parse().unwrap()))
    );
    assert_eq!(ticket.tags, ["a", "A"]);
    let [incoming, outgoing] = &ticket.messages[..] else { panic!("two messages") };
    assert_eq!(&*incoming.from.as_ref().unwrap().address, "kim@example.com");
    assert_eq!(&*incoming.to[0].address, "support@acme.example");
    assert_eq!(&*outgoing.from.as_ref().unwrap().address, "support@acme.example");
    assert_eq!(&*outgoing.to[0].address, "kim@example.com");
    assert_eq!(outgoing.sender, Sender::Agent { user: Some(1) });
}

#[test]
fn the_mailbox_that_the_customer_wrote_to_is_the_company() {
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    let ana = person(6, Role::Agent, "Ana", Some("ana@acme.example"));
    let mut first = message(1, &kim, Side::Customer, Channel::Email);
    first.route.to = vec![Address { name: None, address: "help@acme.example".into() }];
    let talk = vec![first, message(2, &ana, Side::Agent, Channel::Email)];
    let ticket = map(&conversation(&kim, talk), &Rules::default(), &directory()).unwrap().ticket;
    assert_eq!(&*ticket.messages[1].from.as_ref().unwrap().address, "help@acme.example");
}

#[test]
fn a_former_agent_stays_visible_behind_the_stand_in() {
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    let former = person(7, Role::Agent, "Old <Ben>", Some("ben@acme.example"));
    let talk = vec![message(1, &former, Side::Agent, Channel::Email)];
    let mapped = map(&conversation(&kim, talk.clone()), &Rules::default(), &directory()).unwrap();
    assert_eq!(codes(&mapped), [Code::AgentUnmatched]);
    let sent = &mapped.ticket.messages[0];
    assert_eq!(sent.sender, Sender::Agent { user: Some(9) });
    assert!(sent.body.text().unwrap().starts_with("Old <Ben> wrote:\n\nHello"));
    assert!(sent.body.html().unwrap().as_str().contains("Old &lt;Ben&gt; wrote:"));
    let strict = Rules { unknown_agent: crate::mapping::UnknownAgent::Reject, ..Rules::default() };
    assert_eq!(map(&conversation(&kim, talk), &strict, &directory()).unwrap_err().code, Code::AgentRejected);
}

#[test]
fn a_private_comment_by_a_customer_becomes_a_note_that_names_them() {
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    let talk = vec![message(1, &kim, Side::Note, Channel::InternalNote)];
    let mapped = map(&conversation(&kim, talk), &Rules::default(), &directory()).unwrap();
    assert_eq!(codes(&mapped), [Code::NoteByCustomer]);
    assert!(mapped.ticket.messages[0].body.text().unwrap().starts_with("Private comment by Kim:"));
    assert_eq!(mapped.ticket.messages[0].sender, Sender::Agent { user: Some(9) });
}

#[test]
fn a_message_is_public_by_its_side_whatever_channel_it_claims() {
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    for (side, channel, expected) in [
        (Side::Customer, Channel::InternalNote, Channel::Api),
        (Side::Agent, Channel::InternalNote, Channel::Api),
        (Side::Note, Channel::Email, Channel::InternalNote),
    ] {
        let talk = vec![message(1, &kim, side, channel)];
        let mapped = map(&conversation(&kim, talk), &Rules::default(), &directory()).unwrap();
        assert_eq!(mapped.ticket.messages[0].channel, expected, "{side:?}");
    }
}

#[test]
fn an_email_without_an_address_is_filed_as_api() {
    let nobody = person(5, Role::Customer, "Nobody", None);
    let talk = vec![message(1, &nobody, Side::Customer, Channel::Email)];
    let mapped = map(&conversation(&nobody, talk), &Rules::default(), &directory()).unwrap();
    assert_eq!(codes(&mapped), [Code::CustomerWithoutAddress, Code::EmailWithoutAddress]);
    assert_eq!((mapped.ticket.channel, mapped.ticket.messages[0].channel), (Channel::Api, Channel::Api));
}

#[test]
fn custom_fields_stay_with_the_ticket_and_are_told() {
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    let mut fielded = conversation(&kim, vec![message(1, &kim, Side::Customer, Channel::Email)]);
    let field =
        |id: &str, title: Option<&str>, value| Field { id: id.into(), title: title.map(Into::into), value };
    fielded.fields = vec![
        field("1", Some("Size"), FieldValue::Text("XL".into())),
        field("2", None, FieldValue::Choices(vec!["a".into(), "b".into()])),
    ];
    let mapped = map(&fielded, &Rules::default(), &directory()).unwrap();
    assert_eq!(codes(&mapped), [Code::FieldsInMeta]);
    assert_eq!(mapped.ticket.meta["custom_fields"], serde_json::json!({"Size": "XL", "2": ["a", "b"]}));
}

#[test]
fn limits_of_gorgias_are_findings() {
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    let mut long = conversation(&kim, vec![message(1, &kim, Side::Customer, Channel::Email)]);
    long.subject = Some("é".repeat(1_200));
    long.tags = vec!["x".repeat(257), "ok".into()];
    let mapped = map(&long, &Rules::default(), &directory()).unwrap();
    assert_eq!(codes(&mapped), [Code::SubjectTooLong, Code::TagTooLong]);
    assert_eq!(mapped.ticket.subject.unwrap().chars().count(), 998);
    assert_eq!(mapped.ticket.tags, ["ok"]);
    assert_eq!(mapped.ticket.meta["full_subject"].as_str().unwrap().chars().count(), 1_200);
    long.key = ConversationKey::new(&source(), "ticket", "9".repeat(250));
    assert_eq!(map(&long, &Rules::default(), &directory()).unwrap_err().code, Code::ExternalIdTooLong);
}

/// The rules with a people table.
fn with_people(content: &str) -> Rules {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.csv");
    std::fs::write(&file, content).unwrap();
    let people = crate::mapping::read_people_csv(&file, &["zendesk"]).unwrap();
    Rules { people: Arc::new(people), ..Rules::default() }
}

#[test]
fn the_people_table_comes_before_the_directory() {
    let kim = person(5, Role::Customer, "Kim", None);
    let former = person(7, Role::Agent, "Ben", Some("ben@acme.example"));
    let talk = vec![
        message(1, &former, Side::Agent, Channel::Chat),
        message(2, &kim, Side::Note, Channel::InternalNote),
    ];
    let mut talk = conversation(&kim, talk);
    talk.assignee = Some(Arc::clone(&former));
    let mapped = |table: &str| map(&talk, &with_people(table), &directory()).unwrap();

    let as_user = mapped(
        "key,decision,gorgias_email\nzendesk:user:7,user,ana@acme.example\nzendesk:user:5,customer,shop@example.com\n",
    );
    assert_eq!(codes(&as_user), [Code::NoteByCustomer]);
    assert_eq!(
        (&as_user.ticket.messages[0].sender, as_user.ticket.assignee),
        (&Sender::Agent { user: Some(1) }, Some(1))
    );
    assert!(!as_user.ticket.messages[0].body.text().unwrap().contains("wrote:"));
    assert_eq!(as_user.ticket.customer, Identity::Email(Email::parse("shop@example.com").unwrap()));
    // A stand-in must not be renamed to whomever it stands in for.
    assert_eq!((as_user.ticket.customer_name, as_user.ticket.renames_customer), (None, false));

    let stood_in = mapped("key,decision\nzendesk:user:7,stand-in\n");
    assert_eq!(codes(&stood_in), [Code::CustomerWithoutAddress, Code::NoteByCustomer]);
    assert_eq!(
        (stood_in.ticket.messages[0].sender.clone(), stood_in.ticket.assignee),
        (Sender::Agent { user: Some(9) }, None)
    );
    assert!(stood_in.ticket.messages[0].body.text().unwrap().starts_with("Ben wrote:"));

    let tried = mapped("key,decision,gorgias_email\nzendesk:user:7,auto,nobody@acme.example\n");
    assert_eq!(codes(&tried)[1], Code::AgentUnmatched);
}

#[test]
fn whoever_is_skipped_takes_their_messages_or_tickets_along() {
    use crate::mapping::{Kept, leave_out};
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    let bot = person(7, Role::Agent, "Bot", None);
    let talk =
        vec![message(1, &kim, Side::Customer, Channel::Chat), message(2, &bot, Side::Agent, Channel::Chat)];
    let left = |table: &str| {
        let mut conversation = conversation(&kim, talk.clone());
        conversation.assignee = Some(Arc::clone(&bot));
        let kept = leave_out(&mut conversation, &with_people(table).people);
        (kept, conversation)
    };
    let (kept, conversation) = left("key,decision\nzendesk:user:7,skip\n");
    let Kept::Conversation(findings) = kept else { panic!("{kept:?}") };
    assert_eq!(findings[0].key.as_deref(), Some("zendesk:comment:2"));
    assert_eq!((conversation.messages.len(), conversation.assignee), (1, None));
    assert!(matches!(left("key,decision\nzendesk:user:5,skip\n").0, Kept::Nothing(_)));
    assert_eq!(left("key,decision\nzendesk:user:6,skip\n").0, Kept::Conversation(Vec::new()));
}

#[test]
fn a_number_that_is_none_stays_in_the_meta_data() {
    let plain = person(5, Role::Customer, "Kim", None);
    for (phone, kept) in [("3.36399E10", true), ("0639980001", true), ("33639980001", false)] {
        let kim = Arc::new(Person { phone: Some(phone.into()), ..(*plain).clone() });
        let talk = vec![message(1, &kim, Side::Customer, Channel::Api)];
        let mapped = map(&conversation(&kim, talk), &Rules::default(), &directory()).unwrap();
        assert_eq!(codes(&mapped).contains(&Code::BadPhone), kept, "{phone}");
        let meta = mapped.ticket.meta.get("customer_phone").and_then(|value| value.as_str());
        assert_eq!(meta, kept.then_some(phone));
    }
}

#[test]
fn a_file_that_nobody_can_have_is_named_in_its_message() {
    let kim = person(5, Role::Customer, "Kim", Some("kim@example.com"));
    let file = |name: &str, kind| Attachment {
        url: if kind == FileKind::Attachment { "https://z.example/a".into() } else { String::new() },
        name: name.into(),
        content_type: None,
        size: Some(3),
        kind,
        local: None,
    };
    let files = [
        file("a.pdf", FileKind::Attachment),
        file("<b>\n.pdf", FileKind::Deleted),
        file("c.pdf", FileKind::Absent),
    ];
    let message =
        Message { attachments: files.into(), ..message(1, &kim, Side::Customer, Channel::ContactForm) };
    let conversation = conversation(&kim, vec![message]);
    let mapped =
        |attachments| map(&conversation, &Rules { attachments, ..Rules::default() }, &directory()).unwrap();
    for mode in [AttachmentMode::Upload, AttachmentMode::Link] {
        let mapped = mapped(mode);
        assert_eq!(codes(&mapped), [Code::FileDeleted, Code::FileWithoutAddress]);
        let message = &mapped.ticket.messages[0];
        assert!(message.body.text().unwrap().ends_with(
            "\n\n[file not available: <b> .pdf: it was deleted in the old help desk]\n\n\
             [file not available: c.pdf: it is not in the export]"
        ));
        assert!(
            message
                .body
                .html()
                .unwrap()
                .as_str()
                .contains("<p>[file not available: &lt;b&gt; .pdf: it was deleted in the old help desk]</p>")
        );
        assert_eq!(message.attachments.len(), 1);
    }
    let silent = mapped(AttachmentMode::Skip);
    assert_eq!(codes(&silent), []);
    assert_eq!(silent.ticket.messages[0].body, conversation.messages[0].body);
}

use std::sync::Arc;

use insta::assert_snapshot;

use super::*;
use crate::model::conversation::Attachment;
use crate::report::examples::{conversation, name, plan, spec};
use crate::report::{Layout, Pace, Validation};

fn field(id: &str, value: FieldValue) -> Field {
    Field { id: id.into(), title: Some(format!("Field {id}")), value }
}

fn agent(key: &str, email: Option<&str>) -> Arc<Person> {
    let key = PersonKey::new(&name("zendesk"), "user", key);
    let email = email.and_then(crate::model::person::Email::parse);
    Arc::new(Person { email, name: Some("Ana".into()), ..Person::unknown(key, Role::Agent) })
}

/// Three tickets: one with everything, one bare, one whose comments are missing.
fn stock() -> (InventoryDocument, Listed) {
    let source = spec(&name("zendesk"), SourceKind::Zendesk);
    let mut inventory = Inventory::default();
    let mut validation = Validation::new();
    for id in 1..=3 {
        let mut one = conversation(
            &source.name,
            id,
            &[(Side::Customer, Channel::Email), (Side::Agent, Channel::Email)],
        );
        let mut findings = Vec::new();
        if id == 1 {
            one.tags = vec!["vip".into(), "late".into()];
            one.fields = vec![
                field("1", FieldValue::Text("XL".into())),
                field("2", FieldValue::Choices(vec!["a".into(), "b".into()])),
            ];
            one.assignee = Some(agent("7", Some("ana@acme.example")));
            one.messages[1].author = agent("7", Some("ana@acme.example"));
            let file = |size| Attachment {
                url: "https://acme.example/f".into(),
                name: "f".into(),
                content_type: None,
                size,
                kind: crate::model::conversation::FileKind::Attachment,
                local: None,
            };
            one.messages[0].attachments = vec![file(Some(2_000_000)), file(None)];
        }
        if id == 2 {
            one.tags = vec!["vip".into()];
            one.fields = vec![field("1", FieldValue::Number(4.0))];
            one.meta.insert("calls".into(), serde_json::json!([{}, {}]));
        }
        if id == 3 {
            findings.push(Finding::new(Code::NoComments, &one.key, &one.place));
        }
        let record = Record::Conversation { conversation: one, findings, rejected_messages: Vec::new() };
        inventory.observe(&source, &record);
        validation.observe(&source.name, &record);
    }
    let facts = SourceFacts { files: 1, bytes: 812, people: 4, ..SourceFacts::default() };
    validation.source_finished(&source, &facts);
    inventory.source_finished(&source, &facts);
    let document = validation.document(&plan(), Pace::default());
    inventory.finish(&document)
}

#[test]
fn what_is_there_and_what_is_missing_is_told() {
    let (document, _) = stock();
    assert_snapshot!(inventory_text(&document, Layout { width: 80, color: false }), @"
    zendesk   3 tickets, 6 messages, 2021-01-04 to 2021-01-04, 1 file (812 B)
    sides     customer 3, agent 3, note 0
    channels  email 6
    calls     2
    people    3 customers, 1 agent; 3 of the customers without email address and
              phone number
    tags      2 distinct
    fields    2 custom, with values
    files     attachments 2, inline images 0, recordings 0; 2.00 MB and 1 of unknown
              size
    missing   comments for 1 ticket are not in these files
              no users file: 3 people are known by id only
    findings  1 warning; gorgias-import validate lists them
    ");
}

#[test]
fn the_tables_list_the_weightiest_first() {
    let (document, listed) = stock();
    assert_eq!(listed.tags, [("vip".to_owned(), 2), ("late".to_owned(), 1)]);
    let fields: Vec<_> = listed.fields.iter().map(|it| (it.key.as_str(), it.kind, it.tickets)).collect();
    assert_eq!(
        fields,
        [("zendesk:field:1", FieldKind::Mixed, 2), ("zendesk:field:2", FieldKind::Choices, 1)]
    );
    let people: Vec<_> = listed.people.iter().map(|it| (it.key.as_str(), it.messages, it.tickets)).collect();
    assert_eq!(
        people,
        [
            ("zendesk:user:7", 1, 1),
            ("zendesk:user:2", 2, 1),
            ("zendesk:user:3", 2, 1),
            ("zendesk:user:1", 1, 1)
        ]
    );
    assert_eq!((document.customers, document.agents, document.known_by_id_only), (3, 1, 3));
}

#[test]
fn the_document_for_programs_names_nobody() {
    let text = serde_json::to_string(&stock().0).unwrap();
    assert!(!text.contains('@') && !text.contains("Ana"), "{text}");
}

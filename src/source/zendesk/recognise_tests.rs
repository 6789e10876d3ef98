use super::*;

fn kinds(record: &str) -> Vec<Kind> {
    listed(record, None)
}

fn listed(record: &str, list: Option<&str>) -> Vec<Kind> {
    let mut kinds = Vec::new();
    each_object(record.as_bytes(), list, &mut |found| {
        assert!(serde_json::from_slice::<serde_json::Value>(found.object).unwrap().is_object());
        kinds.push(found.kind);
        Ok(())
    })
    .unwrap();
    kinds
}

#[test]
fn records_are_known_by_their_keys() {
    for (record, kind) in [
        (r#"{"url":"https://a.zendesk.com/api/v2/tickets/1.json","id":1}"#, Kind::Ticket),
        (r#"{"id":1,"url":"https://a.zendesk.com/api/v2/users/1.json"}"#, Kind::User),
        (r#"{"id":1,"requester_id":2,"subject":null}"#, Kind::Ticket),
        (r#"{"id":1,"requester_id":2,"via":{},"status":"open"}"#, Kind::Ticket),
        (r#"{"ticket":{"id":1,"requester_id":2,"subject":"x"}}"#, Kind::Ticket),
        (r#"{"ticket":{"url":"https://a.zendesk.com/api/v2/tickets/1.json","id":1}}"#, Kind::Ticket),
        (
            r#"{"stream":"tickets","data":{"id":1,"requester_id":2,"subject":"x"},"emitted_at":1}"#,
            Kind::Ticket,
        ),
        (r#"{"type":"RECORD","stream":"users","record":{"id":1}}"#, Kind::User),
        (r#"{"type":"RECORD","record":{"stream":"groups","data":{"id":1,"name":"x"}}}"#, Kind::Group),
        (r#"{"type":"SCHEMA","stream":"users","schema":{}}"#, Kind::Aside),
        (r#"{"id":1,"type":"Comment","author_id":1,"body":"x"}"#, Kind::Comment),
        (r#"{"id":1,"author_id":1,"body":"x","public":true}"#, Kind::Comment),
        (r#"{"id":1,"ticket_id":2,"events":[]}"#, Kind::Audit),
        (r#"{"id":1,"ticket_id":2,"child_events":[]}"#, Kind::TicketEvent),
        (r#"{"id":1,"name":"Kim","role":"agent"}"#, Kind::User),
        (r#"{"id":1,"name":"Acme","domain_names":[]}"#, Kind::Organization),
        (r#"{"id":1,"cause":"spam","content":"x"}"#, Kind::Suspended),
        (r#"{"id":1,"deleted_at":"x","previous_state":"open"}"#, Kind::DeletedNotice),
        (r#"{"ticket_id":1,"error":"too large"}"#, Kind::OversizeNotice),
        (r#"{"ticket":{"id":1,"error":"too large"}}"#, Kind::OversizeNotice),
        (r#"{"tickets":[],"count":0,"next_page":null}"#, Kind::Page),
        (r#"{"id":"7d4f","ticket_id":1,"participants":[]}"#, Kind::SideConversation),
        (
            r#"{"side_conversation":{"id":"7d4f","ticket_id":1,"participants":[]},"events":[]}"#,
            Kind::SideConversation,
        ),
        (r#"{"id":1,"side_conversation_id":"7d4f","type":"create","message":{}}"#, Kind::SideEvent),
        (
            r#"{"id":"01H","type":"Comment","reference":"zen:ticket_event:1","author":{},"content":{}}"#,
            Kind::LogEvent,
        ),
        (r#"{"id":1,"ticket_id":2,"score":"good"}"#, Kind::Rating),
        (r#"{"id":1,"ticket_id":2,"replies":1,"reopens":0}"#, Kind::Metrics),
        (r#"{"id":"2.x","visitor":{},"history":[{"type":"chat.msg"}]}"#, Kind::Chat),
        (r#"{"id":3,"author_id":1,"created_at":"x","events":[]}"#, Kind::Audit),
        (
            r#"{"id":"7d","url":"https://a.zendesk.com/api/v2/tickets/8/side_conversations/7d","ticket_id":8,"participants":[]}"#,
            Kind::SideConversation,
        ),
        (r#"{"foo":1}"#, Kind::Unknown),
    ] {
        assert_eq!(kinds(record), [kind], "{record}");
    }
    assert_eq!(listed(r#"{"id":1,"name":"Kim"}"#, Some("users")), [Kind::User]);
    let ticket = r#"{"id":1,"requester_id":2,"subject":"x"}"#;
    for wrapped in [
        format!(r#"{{"data":[{ticket},{ticket}]}}"#),
        format!(r#"{{"501":{ticket},"502":{{"ticket":{ticket}}}}}"#),
        format!(
            r#"{{"_airbyte_ab_id":"a","_airbyte_emitted_at":1,"_airbyte_data":{{"data":[{ticket},{ticket}]}}}}"#
        ),
    ] {
        let found = kinds(&wrapped);
        assert_eq!(found.iter().filter(|kind| **kind == Kind::Ticket).count(), 2, "{wrapped}");
        assert!(!found.contains(&Kind::Unknown), "{wrapped}");
    }
    let both = r#"{"ticket":{"id":1,"requester_id":2,"subject":"x"},"audit":{"ticket_id":1,"events":[]}}"#;
    assert_eq!(kinds(both), [Kind::Ticket, Kind::Audit]);
}

#[test]
fn the_address_of_something_inside_does_not_count() {
    let user =
        r#"{"id":1,"photo":{"url":"https://a.zendesk.com/api/v2/tickets/1.json"},"name":"K","role":"agent"}"#;
    assert_eq!(kinds(user), [Kind::User]);
}

#[test]
fn signatures_show_plain_keys_only() {
    assert_eq!(signature(br#"{"b":1,"a":2,"kim@example.com":3}"#), "keys: a, b");
    assert_eq!(signature(b"[]"), "not an object");
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_something_or_an_error(bytes in proptest::collection::vec(0_u8..=255, 0..200)) {
        let read = each_object(&bytes, None, &mut |_| Ok(()));
        let braced = bytes.contains(&b'{');
        proptest::prop_assert!(read.is_err() || braced);
        signature(&bytes);
    }
}

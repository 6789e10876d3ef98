use super::*;

fn medium_of(channel: &str, rel: Option<&str>, by: By) -> Option<Medium> {
    let rel = rel.map_or("null".to_owned(), |rel| format!("\"{rel}\""));
    let json = format!(r#"{{"channel":"{channel}","source":{{"rel":{rel}}}}}"#);
    medium(&serde_json::from_str(&json).unwrap(), by)
}

#[test]
fn channels_by_name_number_and_display_string() {
    let is = |channel| Some(Medium::Is(channel));
    for (channel, rel, by, expected) in [
        ("email", None, By::Customer, is(Channel::Email)),
        ("Mail", None, By::Agent, is(Channel::Email)),
        ("Rule", None, By::Agent, Some(Medium::Internal)),
        ("Closed Ticket", None, By::Customer, is(Channel::ContactForm)),
        ("Help center", None, By::Customer, is(Channel::HelpCenter)),
        ("Web Service", None, By::Customer, is(Channel::Api)),
        ("Voicemail", None, By::Customer, is(Channel::Phone)),
        ("Chat", None, By::Customer, is(Channel::Chat)),
        ("Facebook message", None, By::Customer, is(Channel::FacebookMessenger)),
        ("4", None, By::Customer, is(Channel::Email)),
        ("web", None, By::Customer, is(Channel::ContactForm)),
        ("Web form", None, By::Customer, is(Channel::ContactForm)),
        ("web", None, By::Agent, Some(Medium::AsConversation)),
        ("web", Some("merge"), By::Agent, Some(Medium::Notice)),
        ("web", Some("follow_up"), By::Customer, is(Channel::ContactForm)),
        ("voice", Some("voicemail"), By::Customer, is(Channel::Phone)),
        ("Phone call (inbound)", None, By::Customer, is(Channel::Phone)),
        ("twitter", Some("direct_message"), By::Customer, is(Channel::TwitterDirectMessage)),
        ("twitter", Some("mention"), By::Customer, is(Channel::Twitter)),
        ("facebook", Some("message"), By::Customer, is(Channel::FacebookMessenger)),
        ("facebook", None, By::Customer, is(Channel::Facebook)),
        ("Facebook post", None, By::Customer, is(Channel::Facebook)),
        ("side_conversation", None, By::Agent, Some(Medium::Internal)),
        ("system", None, By::Agent, Some(Medium::Internal)),
        ("whatsapp", None, By::Customer, is(Channel::Whatsapp)),
        ("sample_ticket", None, By::Customer, is(Channel::Api)),
        ("carrier_pigeon", None, By::Customer, None),
    ] {
        assert_eq!(medium_of(channel, rel, by), expected, "{channel} {rel:?} {by:?}");
    }
}

#[test]
fn no_way_gives_public_messages_the_channel_of_notes() {
    assert!(CHANNELS.iter().all(|row| row.gives != Medium::Is(Channel::InternalNote)));
}

#[test]
fn no_number_and_no_name_stands_in_two_rows() {
    for by in [By::Customer, By::Agent] {
        let rows =
            || CHANNELS.iter().filter(|row| row.rel.is_empty() && row.by.is_none_or(|wanted| wanted == by));
        let mut ids: Vec<i64> =
            rows().flat_map(|row| row.ids).filter(|id| !WEB_IDS.contains(id)).copied().collect();
        let mut names: Vec<&str> =
            rows().flat_map(|row| row.names).filter(|name| !WEB.contains(name)).copied().collect();
        let (all_ids, all_names) = (ids.len(), names.len());
        ids.sort_unstable();
        ids.dedup();
        names.sort_unstable();
        names.dedup();
        assert_eq!((ids.len(), names.len()), (all_ids, all_names));
        assert!(names.iter().all(|name| normalised(name) == **name));
    }
}

const CUSTOMER: SideFacts = SideFacts {
    is_voice: false,
    direction: None,
    is_system: false,
    privacy: Privacy::Public,
    by_end_user_privately: false,
    stated_role: Some(Role::Customer),
    role: Role::Customer,
    is_requester: false,
    is_assignee: false,
    is_from_requesters_address: false,
};
const AGENT: SideFacts = SideFacts { stated_role: Some(Role::Agent), role: Role::Agent, ..CUSTOMER };
const UNKNOWN: SideFacts = SideFacts { stated_role: None, ..CUSTOMER };

#[test]
fn sides() {
    let voicemail = Some(Direction::Voicemail);
    for (facts, side, guessed) in [
        (CUSTOMER, Side::Customer, false),
        (AGENT, Side::Agent, false),
        (SideFacts { privacy: Privacy::Private, ..AGENT }, Side::Note, false),
        (SideFacts { privacy: Privacy::Private, ..CUSTOMER }, Side::Note, false),
        (
            SideFacts { privacy: Privacy::Private, by_end_user_privately: true, ..CUSTOMER },
            Side::Customer,
            false,
        ),
        (
            SideFacts { privacy: Privacy::Private, is_voice: true, direction: voicemail, ..UNKNOWN },
            Side::Customer,
            false,
        ),
        (SideFacts { is_voice: true, direction: Some(Direction::Outbound), ..CUSTOMER }, Side::Agent, false),
        (SideFacts { privacy: Privacy::Private, is_voice: true, ..AGENT }, Side::Agent, false),
        (SideFacts { is_system: true, ..UNKNOWN }, Side::Note, false),
        (SideFacts { is_requester: true, ..AGENT }, Side::Customer, false),
        (SideFacts { is_requester: true, privacy: Privacy::Private, ..AGENT }, Side::Note, false),
        (SideFacts { is_requester: true, ..UNKNOWN }, Side::Customer, true),
        (SideFacts { is_assignee: true, ..UNKNOWN }, Side::Agent, true),
        (SideFacts { is_from_requesters_address: true, role: Role::Agent, ..UNKNOWN }, Side::Customer, true),
        (SideFacts { role: Role::Agent, ..UNKNOWN }, Side::Agent, true),
        (UNKNOWN, Side::Customer, true),
    ] {
        assert_eq!(super::side(&facts), Verdict { side, guessed, for_safety: false }, "{facts:?}");
    }
}

#[test]
fn what_does_not_say_readably_that_it_is_public_is_a_note() {
    let voicemail = Some(Direction::Voicemail);
    let (unstated, unreadable) = (Privacy::Unstated, Privacy::Unreadable);
    for (facts, side, for_safety) in [
        (SideFacts { privacy: unstated, ..AGENT }, Side::Note, true),
        (SideFacts { privacy: unstated, is_requester: true, ..AGENT }, Side::Note, true),
        (SideFacts { privacy: unstated, is_assignee: true, ..UNKNOWN }, Side::Note, true),
        (SideFacts { privacy: unstated, ..CUSTOMER }, Side::Customer, false),
        (SideFacts { privacy: unstated, is_requester: true, ..UNKNOWN }, Side::Customer, false),
        (SideFacts { privacy: unstated, ..UNKNOWN }, Side::Note, true),
        (SideFacts { privacy: unstated, is_system: true, ..UNKNOWN }, Side::Note, false),
        (SideFacts { privacy: unstated, is_voice: true, ..AGENT }, Side::Agent, false),
        (SideFacts { privacy: unreadable, ..AGENT }, Side::Note, true),
        (SideFacts { privacy: unreadable, ..CUSTOMER }, Side::Note, true),
        (
            SideFacts { privacy: unreadable, is_voice: true, direction: voicemail, ..UNKNOWN },
            Side::Customer,
            false,
        ),
    ] {
        let verdict = super::side(&facts);
        assert_eq!((verdict.side, verdict.for_safety), (side, for_safety), "{facts:?}");
    }
}

#[test]
fn directions() {
    assert_eq!(direction(Some(33), None), Some(Direction::Voicemail));
    assert_eq!(direction(Some(46), None), Some(Direction::Outbound));
    assert_eq!(direction(None, Some("Inbound")), Some(Direction::Inbound));
    assert_eq!(direction(Some(4), Some("")), None);
}

use proptest::prelude::*;

use super::*;

fn user(json: &str, origin: Origin) -> Description {
    let user: User<'_> = serde_json::from_str(json).unwrap();
    Description::of_user(&user, origin, 5).unwrap()
}

fn person(people: &People, id: i64) -> Person {
    people.profile(id).person(&SourceName::new("zendesk").unwrap())
}

#[test]
fn the_best_description_wins_in_any_order() {
    let descriptions = [
        user(
            r#"{"id":1,"name":"Kim New","email":"kim@example.com","role":"agent","updated_at":"2024-01-02T00:00:00Z"}"#,
            Origin::Record,
        ),
        user(
            r#"{"id":1,"name":"Kim Old","role":"end-user","updated_at":"2023-01-02T00:00:00Z"}"#,
            Origin::Record,
        ),
        user(r#"{"id":1,"name":"Kim Embedded","phone":"+1"}"#, Origin::Embedded),
        Description::new(1, Origin::Route, Some("K"), Some("k@example.com"), None),
    ];
    for first in 0..descriptions.len() {
        let mut people = People::default();
        people.note(1, Deed::Requested);
        for offset in 0..descriptions.len() {
            people.describe(&descriptions[(first + offset) % descriptions.len()]);
        }
        let kim = person(&people, 1);
        assert_eq!((kim.name.as_deref(), kim.role, kim.active), (Some("Kim New"), Role::Agent, true));
    }
}

#[test]
fn light_agents_numbers_and_roles_of_the_accounts_own_are_known_and_others_are_not() {
    let (agent, customer) = (Some(Role::Agent), Some(Role::Customer));
    for (written, expected) in [
        (r#""role":"light_agent""#, agent),
        (r#""role":"Light-Agent""#, agent),
        (r#""role":"4""#, agent),
        (r#""role":4"#, agent),
        (r#""role":0"#, customer),
        (r#""role":"end_user","role_type":null"#, customer),
        (r#""role":"Custom: Team lead""#, agent),
        (r#""role":"Team lead","role_type":0"#, agent),
        (r#""role":null,"role_type":1"#, agent),
        (r#""role":"Team lead""#, None),
        (r#""role":"customer success""#, None),
        (r#""role":null"#, None),
        (r#""role":7"#, None),
    ] {
        let described = user(&format!(r#"{{"id":1,"name":"A",{written}}}"#), Origin::Record);
        assert_eq!(described.role, expected, "{written}");
    }
}

#[test]
fn roles_follow_deeds_where_nothing_is_stated() {
    let mut people = People::default();
    people.note(1, Deed::Assigned);
    people.note(1, Deed::Requested);
    people.note(2, Deed::Requested);
    people.note(2, Deed::WrotePrivate);
    people.note(3, Deed::WrotePrivate);
    people.note(4, Deed::WrotePublic);
    (0..100).for_each(|ticket| people.note_ticket(5, ticket));
    // Many messages, but in few tickets.
    (0..300).for_each(|at| people.note_ticket(6, at % 99));
    let roles: Vec<Role> = (1..=7).map(|id| people.profile(id).role()).collect();
    let (agent, customer) = (Role::Agent, Role::Customer);
    assert_eq!(roles, [agent, customer, agent, customer, agent, customer, customer]);
    assert_eq!(people.profile(SYSTEM_ID).role(), Role::System);
    assert!(!person(&people, 7).active && person(&people, 7).email.is_none());
}

#[test]
fn a_record_without_an_address_borrows_one() {
    let descriptions = [
        user(r#"{"id":1,"name":"Caller +1 (202)","role":"end-user"}"#, Origin::Record),
        Description::new(1, Origin::Route, None, None, Some("+12025550100")),
        Description::new(1, Origin::Route, None, None, Some("+12025550101")),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
        let mut people = People::default();
        for index in order {
            people.describe(&descriptions[index]);
        }
        let caller = person(&people, 1);
        assert_eq!(
            (caller.name.as_deref(), caller.phone.as_deref()),
            (Some("Caller +1 (202)"), Some("+12025550101"))
        );
    }
}

proptest! {
    #[test]
    fn addresses_are_seen(name in "[a-z]{0,2}", email in "[a-z]{0,2}", phone in "[0-9]{0,2}") {
        let text = Description::new(7, Origin::Record, Some(&name), Some(&email), Some(&phone)).text;
        let has = part(&text, EMAIL).is_some() || part(&text, PHONE).is_some();
        prop_assert_eq!(has_address(&text), has);
    }

    #[test]
    fn names_come_back_without_control_characters(name in "\\PC{0,20}", email in "[a-z]{1,8}@example\\.com") {
        let mut people = People::default();
        people.describe(&Description::new(7, Origin::Record, Some(&name), Some(&email), None));
        let person = person(&people, 7);
        prop_assert_eq!(person.name.unwrap_or_default(), name.trim());
        prop_assert_eq!(person.email.map(|found| found.to_string()), Some(email));
    }
}

use std::collections::BTreeMap;

use super::*;
use crate::model::person::Role;
use crate::model::sample;
use crate::source::{Grouping, SourceKind};

fn source(name: &str, kind: SourceKind) -> SourceSpec {
    SourceSpec {
        name: SourceName::new(name).unwrap(),
        kind,
        paths: vec!["export".into()],
        timezone: None,
        date_order: None,
        grouping: Grouping::Call,
        columns: BTreeMap::new(),
        include_internal: true,
        limits: crate::source::UnpackLimits::default(),
        person_notes: false,
    }
}

fn sources() -> Vec<SourceSpec> {
    vec![source("zendesk", SourceKind::Zendesk), source("calls", SourceKind::Aircall)]
}

fn at(text: &str) -> Timestamp {
    parse_instant(text).unwrap()
}

/// A ticket with one comment, both of that day.
fn ticket(source: &str, id: u64, day: &str) -> Conversation {
    let name = SourceName::new(source).unwrap();
    let person = sample::person(&name, 1, Role::Customer);
    let message = sample::message(&name, id + 1000, &person, at(day));
    Conversation { status: Status::Open, ..sample::conversation(&name, id, &person, at(day), vec![message]) }
}

fn select(request: Request) -> Selection {
    Selection::resolve(request, &sources()).unwrap()
}

#[test]
fn nothing_asked_for_is_everything() {
    let all = select(Request { order: Order::Oldest, ..Request::default() });
    assert!(all.is_everything());
    assert!(all.matches(&ticket("zendesk", 1, "2024-01-01")));
    assert!(!select(Request { limit: Some(1), ..Request::default() }).is_everything());
}

#[test]
fn the_first_day_is_in_and_the_last_is_not() {
    let since = Some(at("2024-01-01"));
    let until = Some(at("2024-02-01"));
    let january = select(Request { since, until, ..Request::default() });
    for (day, inside) in
        [("2023-12-31", false), ("2024-01-01", true), ("2024-01-31", true), ("2024-02-01", false)]
    {
        assert_eq!(january.matches(&ticket("zendesk", 1, day)), inside, "{day}");
    }
    let error = Selection::resolve(Request { since: until, until: since, ..Request::default() }, &sources());
    assert!(matches!(error, Err(SelectionError::EmptySpan { .. })));
}

#[test]
fn sources_and_states_narrow() {
    let calls = select(Request { sources: vec!["calls".into()], ..Request::default() });
    assert!(!calls.matches(&ticket("zendesk", 1, "2024-01-01")));
    assert!(calls.includes_source(&SourceName::new("calls").unwrap()));
    assert!(!calls.includes_source(&SourceName::new("zendesk").unwrap()));
    let closed = select(Request { statuses: vec![Status::Closed], ..Request::default() });
    assert!(!closed.matches(&ticket("zendesk", 1, "2024-01-01")));
}

#[test]
fn a_ticket_is_named_by_its_key_or_by_that_of_a_message() {
    for key in ["zendesk:ticket:7", "zendesk:comment:1007"] {
        let one = select(Request { keys: vec![key.into()], ..Request::default() });
        assert!(one.matches(&ticket("zendesk", 7, "2024-01-01")), "{key}");
        assert!(!one.matches(&ticket("zendesk", 8, "2024-01-01")), "{key}");
        assert!(one.includes_key(key) && !one.includes_key("zendesk:ticket:8"));
        assert!(!one.includes_source(&SourceName::new("calls").unwrap()));
    }
}

#[test]
fn names_that_the_config_does_not_have_are_told() {
    let resolve = |request| Selection::resolve(request, &sources()).unwrap_err().to_string();
    let wrong = resolve(Request { sources: vec!["zendsk".into()], ..Request::default() });
    assert_eq!(wrong, "the config has no source `zendsk`; did you mean `zendesk`?");
    let foreign = resolve(Request { keys: vec!["front:ticket:1".into()], ..Request::default() });
    assert_eq!(foreign, "key `front:ticket:1` belongs to no source of the config; it has zendesk, calls");
}

#[test]
fn dates_are_midnight_utc_and_loose_times_are_refused() {
    assert_eq!(at("2024-01-31"), at("2024-01-31T00:00:00Z"));
    assert_eq!(at("2024-01-31T02:00:00+02:00"), at("2024-01-31"));
    for bad in ["2024-1-31", "2024-02-30", "31/01/2024", "yesterday", "2024-01-31T08", "", "２０２４-０１"]
    {
        assert!(parse_instant(bad).is_err(), "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_an_instant_or_not_without_panic(text in "\\PC{0,24}") {
        drop(parse_instant(&text));
    }
}

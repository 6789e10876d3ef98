use proptest::prelude::*;

use crate::ledger::state::{PartEvent, PartState, Standing, TicketEvent, TicketState, part_step};

/// One row a state, one column an event, in the order of `ALL`; `.` is refused, `r` needs an id in Gorgias.
const TABLE: [(&str, [&str; 12]); 7] = [
    //           Intend  CrAll CrPart  AdAll AdPart  NotTh  Refus  NewMe AllApp  Gone   Undone Retry
    ("pending", ["send", ".", ".", "done", "app", ".", "rej", "pend", ".", "gone", ".", "."]),
    ("sending", [".", "done", "app", "done", "app", "pend", "rej", "send", ".", "gone", ".", "."]),
    ("appending", [".", ".", ".", "done", "app", ".", "rej", "app", "done", "gone", "undone", "."]),
    ("done", [".", ".", ".", ".", ".", ".", ".", "app", ".", "gone", "undone", "."]),
    ("rejected", [".", ".", ".", ".", ".", ".", "rej", ".", ".", ".", "undone", "app"]),
    ("gone", [".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "undone", "."]),
    ("undone", [".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "pend"]),
];

#[test]
fn every_pair_of_state_and_event_is_as_the_table_says() {
    for (state, (name, row)) in TicketState::ALL.into_iter().zip(TABLE) {
        assert_eq!(state.as_str(), name);
        for (event, expected) in TicketEvent::ALL.into_iter().zip(row) {
            let standing = Standing { state, gorgias_id: (state != TicketState::Undone).then_some(7) };
            let result = standing.step(event, Some(7));
            let name = result.map_or(".", |standing| standing.state.as_str());
            assert_eq!(expected == ".", name == ".", "{state} {event:?}");
            assert!(name.starts_with(expected), "{state} {event:?}: {name}");
        }
    }
    let rejected = Standing { state: TicketState::Rejected, gorgias_id: None };
    assert_eq!(rejected.step(TicketEvent::Retry, None), Ok(Standing::NEW));
    assert!(rejected.step(TicketEvent::Undone, None).is_err(), "there is nothing to take back");
}

#[test]
fn a_second_id_for_one_ticket_is_refused() {
    let appending = Standing { state: TicketState::Appending, gorgias_id: Some(7) };
    assert!(appending.step(TicketEvent::AdoptedAll, Some(7)).is_ok());
    assert!(appending.step(TicketEvent::AdoptedAll, Some(8)).is_err());
    assert!(Standing::NEW.step(TicketEvent::AdoptedAll, None).is_err());
}

#[test]
fn numbers_and_states_are_one_to_one() {
    for state in TicketState::ALL {
        assert_eq!(TicketState::from_number(state.number()), Some(state));
    }
    for state in PartState::ALL {
        assert_eq!(PartState::from_number(state.number()), Some(state));
    }
    assert_eq!(TicketState::from_number(7), None);
    assert_eq!(PartState::from_number(-1), None);
}

#[test]
fn every_pair_for_parts() {
    let table = [
        // Intend, Created, Known, NotThere, Refused
        (PartState::Pending, ["sending", "done", "done", ".", "rejected"]),
        (PartState::Sending, [".", "done", "done", "pending", "rejected"]),
        (PartState::Done, [".", ".", "done", ".", "."]),
        (PartState::Rejected, ["sending", ".", "done", ".", "rejected"]),
    ];
    for (state, row) in table {
        for (event, expected) in PartEvent::ALL.into_iter().zip(row) {
            assert_eq!(
                part_step(state, event).map_or(".", PartState::as_str),
                expected,
                "{state:?} {event:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn no_way_leads_to_done_without_an_id(
        events in proptest::collection::vec(
            (proptest::sample::select(&TicketEvent::ALL[..]), proptest::option::of(1_i64..4)), 0..40),
    ) {
        let mut standing = Standing::NEW;
        let mut intended = false;
        for (event, id) in events {
            let Ok(after) = standing.step(event, id) else { continue };
            intended = match event {
                TicketEvent::Intend => true,
                TicketEvent::NotThere => false,
                _ => intended,
            };
            let created = matches!(event, TicketEvent::CreatedAll | TicketEvent::CreatedPartly);
            prop_assert!(!created || intended, "a creation without an intent");
            standing = after;
            let needs_id = matches!(standing.state, TicketState::Done | TicketState::Appending);
            prop_assert!(!needs_id || standing.gorgias_id.is_some(), "{:?}", standing);
            let has_none = matches!(standing.state, TicketState::Pending | TicketState::Sending | TicketState::Undone);
            prop_assert!(!has_none || standing.gorgias_id.is_none(), "{:?}", standing);
        }
    }
}

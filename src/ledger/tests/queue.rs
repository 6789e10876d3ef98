use super::*;
use crate::model::finding::Code;
use crate::model::key::SourceName;

fn ids(ledger: &Ledger, selection: &Selection, which: Which) -> Vec<u32> {
    let tickets = ledger.view().tickets(selection, which).unwrap();
    tickets.map(|row| row.unwrap().key.id().parse().unwrap()).collect()
}

fn all() -> Selection {
    Selection::default()
}

#[test]
fn open_tickets_come_in_order_and_in_pages() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    // Three tickets share each instant, so that a page ends between equals.
    ledger.register((1..=700).map(|number| registration(number, i64::from(number / 3) * 1_000, 1))).unwrap();
    let oldest = ids(&ledger, &Selection { newest_first: false, ..all() }, Which::Open);
    assert_eq!(oldest, (1..=700).collect::<Vec<_>>());
    let newest = ids(&ledger, &all(), Which::Open);
    assert_eq!(newest, (1..=700).rev().collect::<Vec<_>>());
}

#[test]
fn the_queue_sees_what_becomes_of_tickets_ahead() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 600);
    let mut queue = ledger.view().tickets(&all(), Which::Open).unwrap();
    let mut seen = Vec::new();
    while let Some(row) = queue.next().transpose().unwrap() {
        seen.push(row.id);
        if seen.len() == 10 {
            finish(&ledger, 1);
        }
    }
    assert_eq!(seen.len(), 599, "ticket 1 was on a later page");
}

#[test]
fn unknown_tickets_are_apart_and_final_ones_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 6);
    finish(&ledger, 2);
    let intend = |number| ledger.intend_tickets(&[(ticket(&ledger, number).id, PLAN)]).wait().unwrap();
    intend(4);
    intend(5);
    ledger.ticket_created(ticket(&ledger, 5).id, 105, &[(0, 1)], false).wait().unwrap();
    ledger.ticket_refused(ticket(&ledger, 6).id, Code::TwoInGorgias, None).wait().unwrap();
    assert_eq!(ids(&ledger, &all(), Which::Open), [5, 3, 1]);
    assert_eq!(ids(&ledger, &all(), Which::Unknown), [4]);
    assert_eq!(ids(&ledger, &all(), Which::InGorgias), [2, 5]);
    assert_eq!(ids(&ledger, &all(), Which::All), [1, 2, 3, 4, 5, 6]);
    let counts = ledger.view().counts(&all()).unwrap();
    let each = TicketState::ALL.map(|state| counts.tickets(state));
    assert_eq!(each, [2, 1, 1, 1, 1, 0, 0]);
    assert_eq!(
        (counts.all_tickets(), counts.open_tickets(), counts.messages(TicketState::Pending)),
        (6, 4, 4)
    );
}

#[test]
fn a_selection_selects() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 5);
    let mut call = registration(9, 2_500, 1);
    call.key = ConversationKey::parse("aircall:call:9").unwrap();
    call.messages.clear();
    call.status = Status::Call;
    ledger.register([call.clone()]).unwrap();
    let source = |name| vec![SourceName::new(name).unwrap()];
    let open = |selection| ids(&ledger, &selection, Which::Open);
    assert_eq!(open(Selection { sources: source("aircall"), ..all() }), [9]);
    assert_eq!(open(Selection { sources: source("zendesk"), ..all() }), [5, 4, 3, 2, 1]);
    assert_eq!(open(Selection { sources: source("zen"), ..all() }), [0_u32; 0]);
    let between = Selection { since_ms: Some(2_000), until_ms: Some(4_000), ..all() };
    assert_eq!(open(between.clone()), [3, 9, 2], "from the first instant on, without the last");
    assert_eq!(open(Selection { statuses: vec![Status::Call, Status::New], ..all() }), [9]);
    let keys = Some(vec![key(4), call.key, key(77)]);
    assert_eq!(open(Selection { keys: keys.clone(), ..all() }), [4, 9]);
    assert_eq!(open(Selection { keys, ..between.clone() }), [9]);
    assert_eq!(open(Selection { limit: Some(2), ..between }), [3, 9]);
    assert_eq!(open(Selection { limit: Some(0), ..all() }), [0_u32; 0]);
}

#[test]
fn a_pilot_run_again_is_the_same_pilot() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 9);
    let pilot = Selection { limit: Some(3), ..all() };
    assert_eq!(ids(&ledger, &pilot, Which::Open), [9, 8, 7]);
    finish(&ledger, 8);
    assert_eq!(ids(&ledger, &pilot, Which::Open), [9, 7]);
    let counts = ledger.view().counts(&pilot).unwrap();
    assert_eq!((counts.all_tickets(), counts.tickets(TicketState::Done)), (3, 1));
    let oldest = Selection { newest_first: false, ..pilot.clone() };
    assert_eq!(ids(&ledger, &oldest, Which::Open), [1, 2, 3]);
    assert_eq!(ids(&ledger, &Selection { limit: Some(50), ..all() }, Which::Open).len(), 8);
    assert_eq!(ids(&ledger, &pilot, Which::All), [7, 8, 9]);
}

#[test]
fn the_index_of_open_tickets_is_used_for_every_page() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 300);
    let narrow = Selection {
        sources: vec![SourceName::new("zendesk").unwrap()],
        since_ms: Some(0),
        until_ms: Some(i64::MAX),
        statuses: vec![Status::Closed],
        keys: Some((1..=300).map(key).collect()),
        limit: Some(290),
        newest_first: true,
    };
    for selection in [all(), Selection { newest_first: false, ..all() }, narrow] {
        for which in [Which::Open, Which::Unknown] {
            let mut tickets = ledger.view().tickets(&selection, which).unwrap();
            let first = tickets.explain();
            assert!(first.contains("USING INDEX ticket_open"), "{first}");
            tickets.next();
            let next = tickets.explain();
            assert!(next.contains("USING INDEX ticket_open"), "{next}");
            assert!(!next.contains("TEMP B-TREE"), "{next}");
            assert!(which == Which::Unknown || next.contains("SEARCH ticket"), "{next}");
        }
    }
}

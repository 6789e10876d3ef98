//! What this tool made beside tickets, and who may be deleted as far as the ledger knows.

use super::*;

fn made(ledger: &Ledger, selection: &Selection) -> Vec<u64> {
    let made = ledger.view().made_customers(selection).unwrap();
    made.into_iter().map(|customer| customer.gorgias_id).collect()
}

/// Ticket `number` created, taken back to the trash as the ticket of this customer.
fn taken_back(ledger: &Ledger, number: u32, customer: u64) -> TicketId {
    let id = ticket(ledger, number).id;
    let gorgias_id = 100 + i64::from(number);
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    ledger.ticket_created(id, gorgias_id, &[(0, 1), (1, 2)], true).wait().unwrap();
    ledger.ticket_undone(id, Some(2), Some(customer)).wait().unwrap();
    id
}

#[test]
fn customers_of_tickets_that_were_taken_back_are_known_and_all_of_them_once_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 3);
    for customer in 1..=4 {
        let address = ledger.hasher().phone(&format!("+1{customer}"));
        ledger.customer_created(address, customer).wait().unwrap();
    }
    let known = ledger.hasher().phone("+15");
    ledger.customers_known(vec![(known, 5), (ledger.hasher().phone("+16"), 1)]).wait().unwrap();
    let all = Selection::default();
    ledger.tag_created("vip", 8).wait().unwrap();
    let tags = |selection: &Selection| ledger.view().made_tags(selection).unwrap().len();
    assert_eq!((made(&ledger, &all), tags(&all)), (Vec::new(), 0), "nothing was taken back");
    let first = taken_back(&ledger, 1, 1);
    let other = ticket(&ledger, 2).id;
    ledger.intend_tickets(&[(other, PLAN)]).wait().unwrap();
    ledger.authors(first, vec![2]).wait().unwrap();
    assert_eq!(made(&ledger, &all), [1, 2], "its customer, and who wrote in it");
    assert_eq!(ledger.view().made_customers(&all).unwrap()[0].addresses.len(), 2);
    let second = Selection { keys: Some(vec![key(2)]), ..Selection::default() };
    assert_eq!((made(&ledger, &second), tags(&second), tags(&all)), (Vec::new(), 0, 1));
    assert!(ledger.view().authors_there().unwrap().contains(&2), "it lies in the trash");
    ledger.undone_purged(101, None).wait().unwrap();
    assert!(ledger.view().authors_there().unwrap().is_empty());
    ledger.ticket_not_there(other).wait().unwrap();
    assert_eq!(
        made(&ledger, &all),
        [1, 2, 3, 4],
        "no ticket of this ledger is left; customer 5 was there before"
    );
    assert_eq!(ledger.view().made_by_us().unwrap(), (4, 1));

    for address in &ledger.view().made_customers(&all).unwrap()[0].addresses {
        ledger.customer_gone(*address).wait().unwrap();
    }
    assert_eq!(made(&ledger, &all), [2, 3, 4]);
    let again = ledger.hasher().phone("+11");
    ledger.customer_created(again, 9).wait().unwrap();
    assert_eq!(made(&ledger, &all), [2, 3, 4, 9], "made anew by a later run");
    ledger.retry_undone(&all).wait().unwrap();
    ledger.intend_tickets(&[(first, PLAN)]).wait().unwrap();
    assert_eq!((made(&ledger, &all), tags(&all)), (Vec::new(), 0), "its ticket is made anew as well");
}

#[test]
fn another_record_under_the_same_address_is_not_ours() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let address = ledger.hasher().phone("+1");
    let ours = || ledger.view().customer(address).unwrap().unwrap().created_by_us;
    ledger.customer_created(address, 9).wait().unwrap();
    ledger.customers_known(vec![(address, 9)]).wait().unwrap();
    assert!(ours());
    ledger.customers_known(vec![(address, 10)]).wait().unwrap();
    assert!(!ours(), "somebody deleted ours and made another, or merged ours into theirs");
    ledger.customer_created(address, 11).wait().unwrap();
    assert!(ours(), "it came with a ticket of ours under an id that nobody knew");
    ledger.tag_created("vip", 1).wait().unwrap();
    ledger.tags_known(vec![("vip".to_owned(), 2)]).wait().unwrap();
    assert!(!ledger.view().tag("vip").unwrap().unwrap().created_by_us);
}

#[test]
fn nobody_knows_who_wrote_in_tickets_of_an_earlier_version_until_they_are_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 3);
    let unknown = |besides: Option<&Selection>| ledger.view().authors_are_unknown(besides).unwrap();
    let (first, second) = (taken_back(&ledger, 1, 1), taken_back(&ledger, 2, 2));
    assert!(!unknown(None), "every author was noted");
    ledger.set_fact("authors-not-noted-to", &first.0.to_string()).wait().unwrap();
    let only = |number| Selection { keys: Some(vec![key(number)]), ..Selection::default() };
    assert!(unknown(None) && unknown(Some(&only(2))), "the first lies in the trash");
    assert!(!unknown(Some(&only(1))), "and is about to be deleted");
    ledger.undone_purged(101, None).wait().unwrap();
    assert!(!unknown(None), "the second is of this version: {second:?}");
}

#[test]
fn customers_come_with_all_their_addresses_and_not_again_for_an_export_that_tells_nothing_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let address = |number: &str| ledger.hasher().phone(number);
    for (number, customer) in [("+1", 7), ("+2", 8), ("+3", 9)] {
        ledger.customer_created(address(number), customer).wait().unwrap();
    }
    // One more address that was found in Gorgias, and somebody who was there.
    ledger.customers_known(vec![(address("+4"), 7), (address("+5"), 6)]).wait().unwrap();
    let open = |export: &str, after| {
        let open = ledger.view().customers_without_data(export, after, 2).unwrap();
        open.into_iter().map(|(id, addresses)| (id, addresses.len())).collect::<Vec<_>>()
    };
    assert_eq!((open("one", 0), open("one", 8)), (vec![(7, 2), (8, 1)], vec![(9, 1)]));
    ledger.customer_data_seen(7, true).wait().unwrap();
    ledger.customer_data_silent(vec![8], "one").wait().unwrap();
    assert_eq!((open("one", 0), open("two", 0)), (vec![(9, 1)], vec![(8, 1), (9, 1)]));
    ledger.customer_data_seen(8, false).wait().unwrap();
    assert_eq!(open("two", 0), [(9, 1)]);
}

#[test]
fn a_ticket_given_to_nobody_is_not_one_of_which_nothing_was_noted() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = ticket(&ledger, 1).id;
    let given = || ledger.view().given(id).unwrap();
    assert_eq!(given(), None);
    ledger.senders_given(id, vec![(0, 5)]).wait().unwrap();
    assert_eq!(given(), Some(Given { in_charge: None, senders: [(0, 5)].into() }));
    ledger.in_charge_given(id, InCharge { user: None, team: Some(3) }).wait().unwrap();
    assert_eq!(given().unwrap().in_charge, Some(InCharge { user: None, team: Some(3) }));
    ledger.in_charge_given(id, InCharge::default()).wait().unwrap();
    assert_eq!(given().unwrap().in_charge, Some(InCharge::default()), "nobody");
    ledger.assignee_given(id, Some(4)).wait().unwrap();
    assert_eq!(given().unwrap().in_charge, Some(InCharge { user: Some(4), team: None }));
}

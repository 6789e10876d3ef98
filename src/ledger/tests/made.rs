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

use super::*;
use crate::model::verification::{Aspect, Difference, MatchClass};

/// Ticket 1 with a first message of another content: an odd one is a note's.
fn saying(content: u8) -> Registration {
    let mut registration = registration(1, 9_000, 2);
    registration.messages[0] = message(10, content);
    registration.fingerprint = Fingerprint([content; 16]);
    registration
}

/// Messages that count as not imported.
fn exposed(ledger: &Ledger) -> u64 {
    ledger.view().counts(&Selection::default()).unwrap().unlike_messages().0
}

#[test]
fn what_a_lost_creation_may_have_made_public_is_told_until_it_is_known_not_to_be_there() {
    for is_there in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open(folder.path());
        ledger.register([saying(2)]).unwrap();
        let id = ticket(&ledger, 1).id;
        ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
        assert_eq!(ledger.register([saying(3)]).unwrap().exposed_count, 1);
        assert_eq!(exposed(&ledger), 1);
        if is_there {
            ledger.ticket_adopted(id, 101, &[(0, 1), (1, 2)], true).wait().unwrap();
        } else {
            ledger.ticket_not_there(id).wait().unwrap();
            ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
            ledger.ticket_created(id, 101, &[(0, 1), (1, 2)], true).wait().unwrap();
        }
        assert_eq!(exposed(&ledger), u64::from(is_there));
        assert_eq!(ledger.register([saying(3)]).unwrap().exposed_count, u64::from(is_there));
    }
}

#[test]
fn what_cannot_be_joined_hides_nothing_that_is_public() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut first = saying(2);
    first.messages[1].synthetic = true;
    ledger.register([first]).unwrap();
    finish(&ledger, 1);
    let mut later = saying(3);
    later.messages[1] = message(9_999, 5);
    let report = ledger.register([later]).unwrap();
    assert_eq!((report.unjoined_count, report.exposed_count), (1, 1));
    assert_eq!(exposed(&ledger), 2);
}

#[test]
fn it_is_told_until_it_is_read_back_as_public_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.register([saying(2)]).unwrap();
    let id = finish(&ledger, 1);
    ledger.register([saying(3)]).unwrap();
    let public = |key: &str| {
        Difference::new(Aspect::Visibility, MatchClass::Differs, "internal note", "public").of(key)
    };
    ledger.ticket_verified(id, MatchClass::Differs, &[public("zendesk:comment:10")]).wait().unwrap();
    ledger.register([registration(2, 9_000, 1)]).unwrap();
    assert_eq!(exposed(&ledger), 1, "an export without the ticket says nothing of it");
    let gone = Difference::new(Aspect::Message, MatchClass::Missing, "there", "not there");
    ledger.ticket_verified(id, MatchClass::Missing, &[gone.of("zendesk:comment:10")]).wait().unwrap();
    assert_eq!(exposed(&ledger), 0);
    assert_eq!(ledger.register([saying(3)]).unwrap().exposed_count, 0);

    ledger.register([saying(4)]).unwrap();
    ledger.register([saying(2)]).unwrap();
    assert_eq!(exposed(&ledger), 0, "it is public in the source as well");
}

//! Threads of text messages, which logs cut anywhere.

use super::*;

fn thread_key(id: u32) -> ConversationKey {
    ConversationKey::parse(&format!("aircall:thread:m{id}")).unwrap()
}

/// A thread of these messages, in a log that begins with the first.
fn thread(ids: &[u32]) -> Registration {
    let text = |id: &u32| RegisteredMessage {
        key: MessageKey::parse(&format!("aircall:message:m{id}")).unwrap(),
        ..message(*id, 1)
    };
    Registration {
        key: thread_key(ids[0]),
        // Of the whole conversation, so that each log has its own.
        fingerprint: Fingerprint([u8::try_from(ids.len() + 10 * ids[0] as usize).unwrap(); 16]),
        rated: false,
        also: ids.iter().map(|id| thread_key(*id)).collect(),
        messages: ids.iter().map(text).collect(),
        ..registration(1, 1_000, 0)
    }
}

fn sent(ledger: &Ledger, ids: &[u32]) -> TicketId {
    ledger.register([thread(ids)]).unwrap();
    let id = ledger.view().ticket(&thread_key(ids[0])).unwrap().unwrap().id;
    let arrived: Vec<(u32, i64)> = (0..).zip(1..).take(ids.len()).collect();
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    ledger.ticket_created(id, 100 + id.0, &arrived, true).wait().unwrap();
    id
}

fn keys(ledger: &Ledger, id: TicketId) -> Vec<String> {
    let rows = ledger.view().messages(id).unwrap();
    rows.into_iter().map(|row| row.key.id().to_owned()).collect()
}

#[test]
fn a_thread_is_known_by_each_of_its_messages() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let id = sent(&ledger, &[1, 2, 3]);
    let report = ledger.register([thread(&[2, 3, 4])]).unwrap();
    assert_eq!((report.new, report.appended, report.joined, report.elsewhere_count), (0, 1, 1, 0));
    assert_eq!(keys(&ledger, id), ["m1", "m2", "m3", "m4"]);
    let row = ledger.view().ticket(&thread_key(2)).unwrap().unwrap();
    assert_eq!((row.id, row.state), (id, TicketState::Appending));
}

#[test]
fn messages_of_another_ticket_are_left_out_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let (first, second) = (sent(&ledger, &[1, 2]), sent(&ledger, &[5, 6]));
    let report = ledger.register([thread(&[1, 2, 3, 5, 6])]).unwrap();
    assert_eq!((report.appended, report.elsewhere_count, report.elsewhere.len()), (1, 2, 2));
    assert_eq!((keys(&ledger, first).len(), keys(&ledger, second).len()), (3, 2));
}

#[test]
fn what_is_being_sent_keeps_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.register([thread(&[1, 2])]).unwrap();
    let id = ledger.view().ticket(&thread_key(1)).unwrap().unwrap().id;
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    assert_eq!(ledger.register([thread(&[2, 3])]).unwrap().unchanged, 1);
    let row = ledger.view().ticket(&thread_key(1)).unwrap().unwrap();
    assert_eq!((row.id, row.state, keys(&ledger, id).len()), (id, TicketState::Sending, 2));
}

#[test]
fn what_was_not_sent_is_replaced_by_what_this_log_has() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.register([thread(&[1, 2, 3])]).unwrap();
    assert_eq!(ledger.register([thread(&[3, 4])]).unwrap().replaced, 1);
    let row = ledger.view().ticket(&thread_key(3)).unwrap().unwrap();
    assert_eq!(keys(&ledger, row.id), ["m3", "m4"]);
    // The message that only the first log had is nowhere, so it is new when that log comes again.
    let report = ledger.register([thread(&[1, 2, 3])]).unwrap();
    assert_eq!((report.new, report.elsewhere_count), (0, 0));
    let row = ledger.view().ticket(&thread_key(1)).unwrap().unwrap();
    assert_eq!(keys(&ledger, row.id), ["m1", "m2", "m3"]);
}

#[test]
fn two_threads_that_were_one_are_two_tickets_and_share_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let id = sent(&ledger, &[1, 2, 3, 4]);
    let report = ledger.register([thread(&[1, 2]), thread(&[4, 5])]).unwrap();
    assert_eq!((report.new, report.elsewhere_count), (1, 1));
    let other = ledger.view().ticket(&thread_key(4)).unwrap().unwrap();
    assert_ne!(other.id, id);
    assert_eq!((keys(&ledger, id).len(), keys(&ledger, other.id)), (4, vec!["m5".to_owned()]));
}

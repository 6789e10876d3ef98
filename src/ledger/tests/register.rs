use super::*;
use crate::model::finding::Code;

#[test]
fn new_conversations_become_pending_rows() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut given = registration(7, 5_000, 2);
    given.mapped_to = Some(44);
    given.messages[1].synthetic = true;
    let report = ledger.register([given.clone()]).unwrap();
    assert_eq!((report.new, report.total()), (1, 1));
    let row = ticket(&ledger, 7);
    assert_eq!(
        (row.state, row.status, row.last_activity_ms),
        (TicketState::Pending, Some(Status::Closed), 5_000)
    );
    assert_eq!((row.fingerprint, row.mapped_to, row.messages), (Some(given.stored()), Some(44), 2));
    let messages = ledger.view().messages(row.id).unwrap();
    for (n, (row, given)) in (0..).zip(messages.iter().zip(&given.messages)) {
        assert_eq!((row.n, &row.key, row.synthetic), (n, &given.key, given.synthetic));
        assert_eq!((row.fingerprint, row.state), (given.fingerprint, PartState::Pending));
    }
    assert_eq!(ledger.register([given]).unwrap().unchanged, 1);
}

#[test]
fn what_was_not_sent_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = ticket(&ledger, 1).id;
    let mut later = registration(1, 9_000, 1);
    later.fingerprint = Fingerprint([3; 16]);
    assert_eq!(ledger.register([later]).unwrap().replaced, 1);
    let row = ticket(&ledger, 1);
    assert_eq!((row.id, row.last_activity_ms, row.messages), (id, 9_000, 1));
    assert_eq!(ledger.view().messages(id).unwrap().len(), 1);
}

#[test]
fn a_delta_appends_to_what_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = finish(&ledger, 1);
    let delta = with_one_more(registration(1, 9_000, 2));
    assert_eq!(ledger.register([delta.clone()]).unwrap().appended, 1);
    let row = ticket(&ledger, 1);
    assert_eq!((row.state, row.gorgias_id, row.messages), (TicketState::Appending, Some(101), 3));
    let messages = ledger.view().messages(id).unwrap();
    assert_eq!((messages[2].n, messages[2].state), (2, PartState::Pending));
    assert_eq!((messages[1].state, messages[1].gorgias_id), (PartState::Done, Some(2)));
    assert_eq!(ledger.register([delta]).unwrap().unchanged, 1, "the second time it is known");
}

#[test]
fn a_delta_without_the_old_messages_takes_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = finish(&ledger, 1);
    let mut delta = with_one_more(registration(1, 9_000, 0));
    delta.messages.push(delta.messages[0].clone());
    assert_eq!(ledger.register([delta]).unwrap().appended, 1);
    assert_eq!(ledger.view().messages(id).unwrap().len(), 3, "two old ones, and the new one once");
    assert_eq!(ticket(&ledger, 1).messages, 3);
}

#[test]
fn changed_text_is_told_every_time_and_never_sent() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = finish(&ledger, 1);
    let mut later = registration(1, 9_000, 2);
    later.fingerprint = Fingerprint([3; 16]);
    later.messages[1].fingerprint = MessagePrint([3; 8]);
    for _ in 0..2 {
        let report = ledger.register([later.clone()]).unwrap();
        let changed = ChangedMessage { conversation: key(1), message: later.messages[1].key.clone() };
        assert_eq!((report.unchanged, report.changed_count, report.changed), (1, 1, vec![changed]));
    }
    assert_eq!(ticket(&ledger, 1).state, TicketState::Done);
    assert_eq!(
        ledger.view().messages(id).unwrap()[1].fingerprint,
        MessagePrint([1; 8]),
        "as it was uploaded"
    );
}

#[test]
fn an_unknown_outcome_stays_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = ticket(&ledger, 1).id;
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    ledger.register([with_one_more(registration(1, 9_000, 2))]).unwrap();
    let mut registrar = ledger.registrar();
    registrar.add_rejected(&key(1), Code::BadClock, None).unwrap();
    assert_eq!(registrar.finish(None).unwrap().unchanged, 1);
    let row = ticket(&ledger, 1);
    assert_eq!((row.state, row.plan, row.messages), (TicketState::Sending, Some(PLAN), 3));
    // The create carried two of the three.
    ledger.ticket_adopted(id, 101, &[(0, 1), (1, 2)], false).wait().unwrap();
    assert_eq!(ticket(&ledger, 1).state, TicketState::Appending);
    assert_eq!(ledger.view().messages(id).unwrap()[2].state, PartState::Pending);
}

#[test]
fn rejected_records_come_back_when_they_are_right() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let reject = || {
        let mut registrar = ledger.registrar();
        registrar.add_rejected(&key(1), Code::SentInFuture, Some(4_000)).unwrap();
        registrar.finish(None).unwrap()
    };
    assert_eq!(reject().rejected, 1);
    let row = ticket(&ledger, 1);
    assert_eq!(
        (row.state, row.code.as_deref(), row.last_activity_ms),
        (TicketState::Rejected, Some("GI-M001"), 4_000)
    );
    assert_eq!(ledger.retry_rejected(&Selection::default()).wait().unwrap(), 0, "it is still wrong");
    assert_eq!(ledger.register([registration(1, 4_000, 2)]).unwrap().reopened, 1);
    assert_eq!((ticket(&ledger, 1).state, ticket(&ledger, 1).code), (TicketState::Pending, None));
    assert_eq!(ledger.view().messages(row.id).unwrap().len(), 2);

    assert_eq!(reject().rejected, 1, "wrong again before it was sent");
    assert_eq!(ledger.register([registration(1, 4_000, 2)]).unwrap().reopened, 1, "right again, as it was");
    finish(&ledger, 1);
    assert_eq!(reject().unchanged, 1, "what is in Gorgias stays");
    assert_eq!(ticket(&ledger, 1).state, TicketState::Done);
}

#[test]
fn what_gorgias_refused_stays_until_it_changes_or_is_retried() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 2);
    for number in [1, 2] {
        let id = ticket(&ledger, number).id;
        ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
        ledger.ticket_refused(id, Code::RefusedByGorgias, Some("no")).wait().unwrap();
    }
    assert_eq!(ledger.register([registration(1, 1_000, 2)]).unwrap().unchanged, 1);
    assert_eq!(ledger.register([with_one_more(registration(1, 1_000, 2))]).unwrap().reopened, 1);
    assert_eq!(ledger.retry_rejected(&Selection::default()).wait().unwrap(), 1);
    let row = ticket(&ledger, 2);
    assert_eq!((row.state, row.code, row.note), (TicketState::Pending, None, None));
}

#[test]
fn a_completed_registration_can_be_skipped() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut registrar = ledger.registrar();
    // More than one transaction, and one more than fits.
    for number in 1..=4_001 {
        registrar.add(registration(number, 0, 1)).unwrap();
    }
    let report = registrar.finish(Some("export-1")).unwrap();
    assert_eq!((report.new, report.total()), (4_001, 4_001));
    assert_eq!(ledger.view().registered_export().unwrap().as_deref(), Some("export-1"));
    let mut again = ledger.registrar();
    again.add(registration(1, 0, 1)).unwrap();
    drop(again);
    ledger.flush().wait().unwrap();
    assert_eq!(ledger.view().registered_export().unwrap(), None, "one that was broken off cannot");
}

#[test]
fn another_face_opens_a_ticket_and_missing_messages_are_told_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 3);
    for number in 1..=3 {
        finish(&ledger, number);
    }
    let mut solved = registration(1, 9_000, 2);
    (solved.face, solved.fingerprint) = (Face([1; 4]), Fingerprint([2; 16]));
    let mut shorter = registration(2, 9_000, 1);
    shorter.fingerprint = Fingerprint([2; 16]);
    let seen = |given: &Registration| ledger.view().foresee(given).unwrap();
    let told = |given: &Registration| (seen(given).doing, seen(given).conflict);
    assert_eq!(told(&solved), (Doing::Update, false));
    assert_eq!(told(&shorter), (Doing::Nothing, true));
    assert_eq!(told(&registration(3, 9_000, 2)), (Doing::Nothing, false));
    assert_eq!(seen(&with_one_more(registration(3, 9_000, 2))).doing, Doing::Append(1));
    assert_eq!(seen(&registration(4, 9_000, 2)).doing, Doing::Create);

    let report = ledger.register([solved.clone(), shorter.clone()]).unwrap();
    assert_eq!((report.updated, report.unchanged, report.missing_count), (1, 1, 1));
    assert_eq!(report.missing[0].message.as_str(), "zendesk:comment:21");
    assert_eq!(ticket(&ledger, 1).state, TicketState::Appending);
    assert_eq!(ticket(&ledger, 2).state, TicketState::Done);
    ledger.ticket_finished(ticket(&ledger, 1).id).wait().unwrap();
    let report = ledger.register([solved, shorter]).unwrap();
    assert_eq!((report.updated, report.unchanged, report.missing_count), (0, 2, 1));
}

#[test]
fn a_ticket_that_was_there_before_keeps_its_face() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut given = registration(1, 1_000, 1);
    given.mapped_to = Some(44);
    ledger.register([given.clone()]).unwrap();
    let id = ticket(&ledger, 1).id;
    ledger.ticket_adopted(id, 44, &[(0, 1)], true).wait().unwrap();
    (given.face, given.fingerprint) = (Face([1; 4]), Fingerprint([2; 16]));
    assert_eq!(ledger.register([given]).unwrap().unchanged, 1);
    assert_eq!(ticket(&ledger, 1).state, TicketState::Done);
}

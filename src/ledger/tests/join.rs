//! Records without ids in one export and with ids in the next.

use super::*;
use crate::model::finding::Code;
use crate::model::trace::CallTrace;

/// Ticket 1 is done, with these messages.
fn done_with(folder: &Path, messages: Vec<RegisteredMessage>) -> (Ledger, TicketId) {
    let ledger = open(folder);
    let mut given = registration(1, 1_000, 0);
    given.messages = messages;
    ledger.register([given]).unwrap();
    let id = ticket(&ledger, 1).id;
    let arrived: Vec<(u32, i64)> = (0..).zip(1..).take(ledger.view().messages(id).unwrap().len()).collect();
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    ledger.ticket_created(id, 101, &arrived, true).wait().unwrap();
    (ledger, id)
}

fn described(trace: Trace) -> RegisteredMessage {
    let key = MessageKey::description(&key(1));
    RegisteredMessage { key, fingerprint: MessagePrint([4; 8]), synthetic: true, trace }
}

fn later(messages: Vec<RegisteredMessage>) -> Registration {
    Registration { fingerprint: Fingerprint([5; 16]), messages, ..registration(1, 1_000, 0) }
}

fn keys(ledger: &Ledger, id: TicketId) -> Vec<String> {
    ledger.view().messages(id).unwrap().into_iter().map(|row| row.key.to_string()).collect()
}

#[test]
fn a_description_takes_the_id_of_the_comment_that_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, id) = done_with(folder.path(), vec![described(trace(10))]);
    let mut first = message(10, 1);
    first.trace.second += 1;
    let export = later(vec![first, message(11, 1)]);
    let report = ledger.register([export.clone()]).unwrap();
    assert_eq!((report.appended, report.joined, report.unjoined_count), (1, 1, 0));
    assert_eq!(keys(&ledger, id), ["zendesk:comment:10", "zendesk:comment:11"]);
    let rows = ledger.view().messages(id).unwrap();
    assert_eq!((rows[0].gorgias_id, rows[0].synthetic, rows[0].state), (Some(1), false, PartState::Done));
    assert_eq!(rows[1].state, PartState::Pending);
    assert_eq!(ledger.register([export]).unwrap().unchanged, 1, "joined once and for all");
}

#[test]
fn an_export_without_ids_finds_what_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, id) = done_with(folder.path(), vec![message(10, 1), message(11, 1)]);
    let report = ledger.register([later(vec![described(trace(10))])]).unwrap();
    assert_eq!((report.unchanged, report.joined, report.changed_count), (1, 1, 0));
    assert_eq!(keys(&ledger, id), ["zendesk:comment:10", "zendesk:comment:11"]);
    assert_eq!(ticket(&ledger, 1).state, TicketState::Done);
}

#[test]
fn what_is_not_certain_is_never_appended() {
    let twice = Trace { what: [9; 16], second: 5_000 };
    let other = |id| RegisteredMessage { trace: twice, ..message(id, 1) };
    // Another text, and two of the same text.
    for messages in [vec![message(11, 1)], vec![other(12), other(13)]] {
        let folder = tempfile::tempdir().unwrap();
        let messages_given = messages.len() as u64;
        let known = if messages.len() == 1 { trace(10) } else { twice };
        let (ledger, id) = done_with(folder.path(), vec![described(known)]);
        let report = ledger.register([later(messages)]).unwrap();
        let given = messages_given;
        let (conversation, code) = (key(1), Code::KeysNotJoined);
        let unjoined = UnjoinedTicket { ticket: id, conversation, messages: given, code };
        assert_eq!((report.joined, report.total()), (0, 1));
        assert_eq!(report.unjoined, [unjoined]);
        assert_eq!(keys(&ledger, id), ["zendesk:ticket:1:description"]);
        assert_eq!(ticket(&ledger, 1).state, TicketState::Done);
    }
}

/// A ticket that is one call.
fn call(id: &str, started: i64, seconds: u32) -> Registration {
    let by_rule = id.starts_with("facts-");
    let key = format!("aircall:call:{id}");
    let trace = CallTrace {
        started,
        outbound: false,
        seconds: Some(seconds),
        number: Some([3; 8]),
        line: Some([4; 8]),
    };
    let message = RegisteredMessage {
        key: MessageKey::parse(&key).unwrap(),
        fingerprint: MessagePrint([u8::from(by_rule); 8]),
        synthetic: by_rule,
        trace: Trace { what: [1; 16], second: started },
    };
    Registration {
        key: ConversationKey::parse(&key).unwrap(),
        fingerprint: Fingerprint([u8::from(by_rule); 16]),
        call: Some((trace, by_rule)),
        messages: vec![message],
        ..registration(1, started * 1_000, 0)
    }
}

fn uploaded(ledger: &Ledger, given: &Registration) -> TicketId {
    ledger.register([given.clone()]).unwrap();
    let id = ledger.view().ticket(&given.key).unwrap().unwrap().id;
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    ledger.ticket_created(id, 100 + id.0, &[(0, 1)], true).wait().unwrap();
    id
}

#[test]
fn a_call_is_known_again_when_its_id_arrives_and_when_it_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let (without, with) = (call("facts-0f", 1_000_001, 95), call("27", 1_000_002, 96));
    let id = uploaded(&ledger, &without);
    for (given, joined) in [(&with, 1), (&with, 0), (&without, 0), (&with, 0)] {
        let report = ledger.register([given.clone()]).unwrap();
        assert_eq!((report.new, report.joined, report.unchanged, report.total()), (0, joined, 1, 1));
        let row = ledger.view().ticket(&with.key).unwrap().unwrap();
        assert_eq!((row.id, row.state, row.gorgias_id), (id, TicketState::Done, Some(100 + id.0)));
        assert_eq!(keys(&ledger, id), ["aircall:call:27"]);
    }
    // The other way round: the ids were there first.
    let (with, without) = (call("28", 2_000_001, 95), call("facts-1f", 2_000_001, 95));
    uploaded(&ledger, &with);
    let report = ledger.register([without.clone()]).unwrap();
    assert_eq!((report.new, report.joined, report.unchanged), (0, 1, 1));
    assert_eq!(ledger.register([without]).unwrap().joined, 0, "known by then");
}

#[test]
fn a_call_that_was_never_sent_goes_by_the_key_of_the_newest_export() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.register([call("facts-0f", 1_000_001, 95)]).unwrap();
    for key in ["27", "facts-0f", "27"] {
        let report = ledger.register([call(key, 1_000_001, 95)]).unwrap();
        assert_eq!(report.new, 0);
        let row = ledger.view().ticket(&call(key, 0, 0).key).unwrap().unwrap();
        assert_eq!((row.id, row.state), (TicketId(1), TicketState::Pending));
    }
}

#[test]
fn calls_that_cannot_be_told_apart_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    uploaded(&ledger, &call("facts-0f", 1_000_001, 95));
    uploaded(&ledger, &call("facts-1f", 1_000_002, 95));
    let unclear = call("27", 1_000_001, 95);
    for _ in 0..2 {
        let report = ledger.register([unclear.clone()]).unwrap();
        assert_eq!((report.new, report.unjoined_count, report.total()), (0, 1, 1));
        assert_eq!(report.unjoined[0].code, Code::CallNotJoined);
        let row = ledger.view().ticket(&unclear.key).unwrap().unwrap();
        assert_eq!((row.state, row.code.as_deref()), (TicketState::Rejected, Some("GI-U008")));
    }
    // One of them is a second id for a call that has one already.
    uploaded(&ledger, &call("facts-2f", 3_000_001, 95));
    assert_eq!(ledger.register([call("30", 3_000_001, 95)]).unwrap().joined, 1);
    assert_eq!(ledger.register([call("31", 3_000_001, 95)]).unwrap().unjoined_count, 1);
    // Another number, another time.
    let mut elsewhere = call("32", 3_000_001, 95);
    elsewhere.call.as_mut().unwrap().0.number = Some([8; 8]);
    assert_eq!(ledger.register([elsewhere, call("33", 3_000_500, 95)]).unwrap().new, 2);
}

#[test]
fn what_is_being_sent_keeps_the_key_it_was_sent_with() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let without = call("facts-0f", 1_000_001, 95);
    ledger.register([without.clone()]).unwrap();
    ledger.intend_tickets(&[(TicketId(1), PLAN)]).wait().unwrap();
    let with = call("27", 1_000_001, 95);
    assert_eq!(ledger.register([with.clone()]).unwrap().unjoined_count, 1);
    ledger.ticket_created(TicketId(1), 101, &[(0, 1)], true).wait().unwrap();
    let report = ledger.register([with.clone()]).unwrap();
    assert_eq!((report.joined, report.unjoined_count), (1, 0), "clear by now");
    assert_eq!(ledger.view().ticket(&with.key).unwrap().unwrap().id, TicketId(1));
}

#[test]
fn nothing_in_the_file_can_be_had_from_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.register([call("27", 1_000_001, 95)]).unwrap();
    let number: Vec<u8> = ledger
        .view()
        .read(|connection| Ok(connection.query_row("SELECT number FROM call", [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(number.len(), 8);
    assert_ne!(number, [3; 8], "keyed with this ledger's salt");
}

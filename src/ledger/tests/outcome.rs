use proptest::prelude::*;

use super::*;
use crate::ledger::state::{Standing, TicketEvent};
use crate::model::finding::Code;

#[test]
fn an_intent_names_the_plan_and_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 3);
    let ids = [1, 2, 3].map(|number| ticket(&ledger, number).id);
    let twice = ledger.intend_tickets(&[(ids[0], PLAN), (ids[0], PLAN)]).wait();
    assert!(matches!(twice, Err(LedgerError::IllegalStep { .. })));
    assert_eq!(ticket(&ledger, 1).state, TicketState::Pending, "a refusal changes nothing");
    ledger.intend_tickets(&[(ids[0], PLAN), (ids[1], PlanHash([8; 16]))]).wait().unwrap();
    assert_eq!((ticket(&ledger, 1).state, ticket(&ledger, 1).plan), (TicketState::Sending, Some(PLAN)));
    assert_eq!(ticket(&ledger, 2).plan, Some(PlanHash([8; 16])));
    let again = ledger.intend_tickets(&[(ids[2], PLAN), (ids[1], PLAN)]).wait().unwrap_err();
    assert!(matches!(again, LedgerError::IllegalStep { ticket, .. } if ticket == ids[1]), "{again}");
    assert_eq!(ticket(&ledger, 3).state, TicketState::Pending, "all or none");
    ledger.ticket_not_there(ids[0]).wait().unwrap();
    ledger.intend_tickets(&[(ids[0], PLAN)]).wait().unwrap();
    assert!(ledger.intend_tickets(&[(TicketId(99), PLAN)]).wait().is_err());
}

#[test]
fn a_created_ticket_is_done_with_its_messages() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = ticket(&ledger, 1).id;
    assert!(ledger.ticket_created(id, 5, &[], true).wait().is_err(), "nothing was intended");
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    assert!(ledger.ticket_created(id, 5, &[(7, 1)], true).wait().is_err(), "there is no message 7");
    assert_eq!(ticket(&ledger, 1).state, TicketState::Sending);
    ledger.ticket_created(id, 5, &[(1, 52)], true).wait().unwrap();
    assert_eq!((ticket(&ledger, 1).state, ticket(&ledger, 1).gorgias_id), (TicketState::Done, Some(5)));
    let messages = ledger.view().messages(id).unwrap();
    assert!(messages.iter().all(|row| row.state == PartState::Done));
    assert_eq!((messages[0].gorgias_id, messages[1].gorgias_id), (None, Some(52)));
}

#[test]
fn messages_are_appended_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.register([registration(1, 0, 4)]).unwrap();
    let id = ticket(&ledger, 1).id;
    assert!(ledger.intend_message(id, 1).wait().is_err(), "its ticket is not in Gorgias yet");
    ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
    ledger.ticket_created(id, 5, &[(0, 51)], false).wait().unwrap();
    assert_eq!(ticket(&ledger, 1).state, TicketState::Appending);

    ledger.intend_message(id, 1).wait().unwrap();
    assert!(ledger.intend_message(id, 1).wait().is_err(), "its outcome is unknown");
    assert_eq!(ledger.view().unknown_messages().unwrap(), [(id, 1)]);
    ledger.message_not_there(id, 1).wait().unwrap();
    ledger.intend_message(id, 1).wait().unwrap();
    ledger.message_created(id, 1, 52).wait().unwrap();
    assert!(ledger.message_created(id, 1, 53).wait().is_err(), "created twice");
    let error = ledger.ticket_finished(id).wait().unwrap_err();
    assert!(matches!(error, LedgerError::MessagesOpen { open: 2, .. }), "{error}");
    ledger.message_adopted(id, 2, 54).wait().unwrap();
    ledger.message_refused(id, 3, Code::RefusedByGorgias).wait().unwrap();
    ledger.ticket_finished(id).wait().unwrap();
    assert_eq!(ticket(&ledger, 1).state, TicketState::Done);
    let messages = ledger.view().messages(id).unwrap();
    let seen: Vec<_> = messages.iter().map(|row| (row.state, row.gorgias_id, row.code.as_deref())).collect();
    let done = |gorgias_id| (PartState::Done, Some(gorgias_id), None);
    assert_eq!(seen, [done(51), done(52), done(54), (PartState::Rejected, None, Some("GI-U001"))]);
}

#[test]
fn what_is_gone_is_not_created_again() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = finish(&ledger, 1);
    ledger.ticket_gone(id).wait().unwrap();
    assert_eq!(ledger.register([with_one_more(registration(1, 0, 2))]).unwrap().unchanged, 1);
    assert!(ledger.intend_tickets(&[(id, PLAN)]).wait().is_err());
    assert_eq!(ticket(&ledger, 1).state, TicketState::Gone);
}

#[test]
fn what_was_taken_back_can_be_sent_again_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = finish(&ledger, 1);
    ledger.ticket_undone(id, Some(2), Some(7)).wait().unwrap();
    let row = ticket(&ledger, 1);
    assert_eq!((row.state, row.gorgias_id), (TicketState::Undone, None));
    assert!(ledger.view().is_undone(101).unwrap() && !ledger.view().is_undone(102).unwrap());
    let in_trash = ledger.view().undone_in_trash(&Selection::default()).unwrap();
    assert_eq!((in_trash.len(), in_trash[0].gorgias_id, in_trash[0].ticket), (1, 101, id));
    assert_eq!(in_trash[0].messages, Some(2));
    ledger.undone_purged(101, None).wait().unwrap();
    assert_eq!(ledger.view().undone_in_trash(&Selection::default()).unwrap(), []);
    assert!(ledger.view().is_undone(101).unwrap());
    assert!(ledger.intend_tickets(&[(id, PLAN)]).wait().is_err(), "not by itself");
    assert_eq!(ledger.retry_undone(&Selection::default()).wait().unwrap(), 1);
    finish(&ledger, 1);
    assert!(ledger.view().messages(id).unwrap().iter().all(|row| row.state == PartState::Done));
}

#[test]
fn customers_and_tags_are_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let address = ledger.hasher().phone("+33639980001");
    assert_eq!(ledger.view().customer(address).unwrap(), None);
    ledger.intend_customer(address).wait().unwrap();
    assert!(ledger.intend_customer(address).wait().is_err(), "its outcome is unknown");
    ledger.customer_not_there(address).wait().unwrap();
    ledger.intend_customer(address).wait().unwrap();
    ledger.customer_created(address, 9).wait().unwrap();
    let done = PartRow { state: PartState::Done, gorgias_id: Some(9), created_by_us: true };
    assert_eq!(ledger.view().customer(address).unwrap(), Some(done));
    assert!(ledger.intend_customer(address).wait().is_err());
    let other = ledger.hasher().phone("+33639980002");
    ledger.intend_customer(other).wait().unwrap();
    ledger.customer_gone(other).wait().unwrap();
    assert!(ledger.intend_customer(other).wait().is_err(), "what is unknown is not gone");
    ledger.customer_created(other, 11).wait().unwrap();
    ledger.customer_gone(other).wait().unwrap();
    ledger.intend_customer(other).wait().expect("somebody deleted it, so it is made anew");
    ledger.customers_known(vec![(address, 9), (ledger.hasher().phone("+1"), 10)]).wait().unwrap();
    assert_eq!(ledger.view().customer(address).unwrap(), Some(done), "still created by us");
    assert!(!ledger.view().customer(ledger.hasher().phone("+1")).unwrap().unwrap().created_by_us);

    ledger.intend_tag("vip").wait().unwrap();
    assert_eq!(ledger.view().unknown_tags().unwrap(), ["vip"]);
    ledger.tags_known(vec![("vip".to_owned(), 3)]).wait().unwrap();
    let row = ledger.view().tag("vip").unwrap().unwrap();
    assert_eq!((row.state, row.gorgias_id, row.created_by_us), (PartState::Done, Some(3), false));
    ledger.intend_tag("bad").wait().unwrap();
    ledger.tag_refused("bad").wait().unwrap();
    assert_eq!(ledger.view().tag("bad").unwrap().unwrap().state, PartState::Rejected);
}

#[tokio::test]
async fn an_error_nobody_heard_is_told_by_the_next_flush() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = ticket(&ledger, 1).id;
    drop(ledger.ticket_finished(id));
    assert!(ledger.flush().await.is_err());
    ledger.flush().await.unwrap();
    ledger.intend_tickets(&[(id, PLAN)]).await.unwrap();
    drop(ledger.ticket_not_there(id));
    ledger.flush().await.unwrap();
    assert_eq!(ticket(&ledger, 1).state, TicketState::Pending);
}

#[test]
fn requests_are_journalled() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = ticket(&ledger, 1).id;
    let request = |attempt, status| RequestRow {
        run: 1,
        ticket: Some(id),
        kind: "ticket".into(),
        at_ms: 1_700_000_000_000,
        status,
        request_id: status.map(|_| "r-1".to_owned()),
        ms: 170,
        attempt,
    };
    drop(ledger.journal(request(1, None)));
    drop(ledger.journal(RequestRow { ticket: None, ..request(1, Some(200)) }));
    let hex = "00e1f0a2b3c4d5e6f708192a3b4c5d6e".to_owned();
    let third = RequestRow { request_id: Some(hex.clone()), ..request(3, Some(201)) };
    drop(ledger.journal(request(2, Some(201))));
    drop(ledger.journal(third.clone()));
    ledger.flush().wait().unwrap();
    assert_eq!(ledger.view().requests(id).unwrap(), [request(1, None), request(2, Some(201)), third]);
    let shown = ledger.view().read(|connection| {
        let sql = "SELECT request_id FROM requests WHERE ticket = 'zendesk:ticket:1' AND attempt = 3";
        Ok(connection.query_row(sql, [], |row| row.get::<_, String>(0))?)
    });
    assert_eq!(shown.unwrap(), hex);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Any list of calls leaves the ledger where the table says, also after it was closed and opened.
    #[test]
    fn the_ledger_does_what_the_table_says(
        events in proptest::collection::vec(proptest::sample::select(&TicketEvent::ALL[..]), 1..25),
        reopen_at in 0_usize..25,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = filled(folder.path(), 1);
        let id = ticket(&ledger, 1).id;
        let mut model = Standing::NEW;
        for (index, event) in events.into_iter().enumerate() {
            if index == reopen_at {
                drop(ledger);
                ledger = open(folder.path());
            }
            let result = apply(&ledger, id, event);
            if let Some(result) = result {
                let expected = model.step(event, Some(101));
                prop_assert_eq!(result, expected.is_ok(), "{:?} in {:?}", event, model);
                model = expected.unwrap_or(model);
            }
            let row = ticket(&ledger, 1);
            prop_assert_eq!(Standing { state: row.state, gorgias_id: row.gorgias_id }, model);
            let open = ledger.view().messages(id).unwrap().iter().any(|row| row.state == PartState::Pending);
            prop_assert!(model.state != TicketState::Done || !open, "done with an open message");
        }
    }
}

/// Whether the ledger took the event; nothing where it has no call of its own, or more conditions than the table.
fn apply(ledger: &Ledger, id: TicketId, event: TicketEvent) -> Option<bool> {
    let result = match event {
        TicketEvent::Intend => ledger.intend_tickets(&[(id, PLAN)]),
        TicketEvent::CreatedAll => ledger.ticket_created(id, 101, &[], true),
        TicketEvent::CreatedPartly => ledger.ticket_created(id, 101, &[], false),
        TicketEvent::AdoptedAll => ledger.ticket_adopted(id, 101, &[(0, 1), (1, 2)], true),
        TicketEvent::AdoptedPartly => ledger.ticket_adopted(id, 101, &[(0, 1)], false),
        TicketEvent::NotThere => ledger.ticket_not_there(id),
        TicketEvent::Refused => ledger.ticket_refused(id, Code::RefusedByGorgias, None),
        TicketEvent::GoneFromGorgias => ledger.ticket_gone(id),
        TicketEvent::Undone => ledger.ticket_undone(id, None, None),
        TicketEvent::Retry | TicketEvent::NewMessages | TicketEvent::AllAppended => return None,
    };
    Some(result.wait().is_ok())
}

#[test]
fn the_views_show_words_and_whole_keys() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut given = registration(1, 1_000, 1);
    given.messages.push(RegisteredMessage {
        key: MessageKey::description(&key(1)),
        synthetic: true,
        ..message(0, 1)
    });
    given
        .messages
        .push(RegisteredMessage { key: MessageKey::parse("aircall:call:5").unwrap(), ..message(0, 1) });
    ledger.register([given.clone()]).unwrap();
    let (states, keys) = ledger
        .view()
        .read(|connection| {
            let sql = "SELECT state || ' ' || status || ' ' || last_activity FROM tickets";
            let states: String = connection.query_row(sql, [], |row| row.get(0))?;
            let mut select = connection.prepare("SELECT key FROM messages ORDER BY n")?;
            let keys: Result<Vec<String>, _> = select.query_map([], |row| row.get(0))?.collect();
            Ok((states, keys?))
        })
        .unwrap();
    assert_eq!(states, "pending closed 1970-01-01 00:00:01");
    assert_eq!(keys, given.messages.iter().map(|message| message.key.to_string()).collect::<Vec<_>>());
}

//! Cases with a name: each was a fault once, or would be a bad one.

use std::sync::Arc;
use std::time::Duration;

use super::fake::Fault;
use super::world::{Cut, World, conversation, person};
use crate::ledger::{PartState, TicketState};
use crate::model::conversation::{Conversation, Status};
use crate::model::finding::Code;
use crate::model::person::Person;
use crate::upload::{Ended, Stop};

fn kim() -> Arc<Person> {
    person(1, true, false)
}

/// Ticket `number` of `customer` with `messages` messages by the customer.
fn ticket(number: u64, customer: &Arc<Person>, messages: usize, tags: &[&str]) -> Conversation {
    conversation(number, customer, &vec![Some(customer); messages], tags, Status::Closed)
}

fn script(world: &World, faults: &[(&'static str, &'static str, Fault)]) {
    world.server.state().script.extend(faults.iter().copied());
}

fn state(world: &World, number: u64) -> TicketState {
    let ledger = world.ledger();
    let key = crate::model::key::ConversationKey::parse(&format!("zendesk:ticket:{number}")).unwrap();
    ledger.view().ticket(&key).unwrap().unwrap().state
}

async fn finished(world: &mut World) -> super::world::Ran {
    let ran = world.run(None).await.unwrap();
    assert_eq!(ran.ended, Ended::Finished);
    ran
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_commits_late_is_found_and_not_sent_again() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 2, &[])]);
    script(&world, &[("POST", "/api/tickets", Fault::Late(45))]);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.messages.created), (1, 2));
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_commits_late_is_found_although_its_record_has_left_the_export() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 2, &[])]);
    script(&world, &[("POST", "/api/tickets", Fault::Late(40))]);
    assert!(world.run(Some(Cut::Kill(Duration::from_millis(600)))).await.is_none());
    assert_eq!(state(&world, 1), TicketState::Sending);
    let left = std::mem::replace(&mut world.conversations, vec![ticket(3, &kim(), 1, &[])]);
    finished(&mut world).await;
    assert_eq!(state(&world, 1), TicketState::Done, "it is looked for to the end of the window");
    world.conversations.extend(left);
    finished(&mut world).await;
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_message_lost_a_second_time_has_a_window_of_its_own() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 5, &[])]);
    script(
        &world,
        &[
            ("POST", "/api/tickets/", Fault::ResetBefore),
            ("POST", "/api/tickets/", Fault::Late(30)),
            ("POST", "/api/tickets/", Fault::Late(50)),
        ],
    );
    finished(&mut world).await;
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_customer_and_a_tag_lost_a_second_time_have_windows_of_their_own() {
    let mut world = World::new(1, vec![ticket(1, &person(2, false, true), 1, &["vip"])]);
    for path in ["/api/customers", "/api/tags"] {
        script(&world, &[("POST", path, Fault::ResetBefore), ("POST", path, Fault::Late(30))]);
    }
    finished(&mut world).await;
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_creation_that_was_not_sent_after_its_window_is_no_illegal_step() {
    let mut world = World::new(1, vec![ticket(1, &person(2, false, true), 1, &[])]);
    let path = "/api/customers";
    script(&world, &[("POST", path, Fault::ResetBefore), ("POST", path, Fault::NotSent)]);
    finished(&mut world).await;
    world.check();
}

#[tokio::test(start_paused = true)]
async fn tags_and_customers_that_were_deleted_since_are_made_again() {
    let caller = person(2, false, true);
    let mut world = World::new(1, vec![ticket(1, &kim(), 1, &["vip"]), ticket(2, &caller, 1, &[])]);
    finished(&mut world).await;
    world.server.state().tags.clear();
    world.server.state().customers.clear();
    world.conversations.push(ticket(3, &kim(), 1, &["vip"]));
    world.conversations.push(ticket(4, &caller, 1, &[]));
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.created, 2);
    world.check();
}

#[tokio::test(start_paused = true)]
async fn two_live_tickets_are_told_and_settled_once_one_is_deleted() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 1, &[])]);
    script(&world, &[("POST", "/api/tickets", Fault::ResetAfter)]);
    let second =
        world.server.state().plant("zendesk:ticket:1", "2024-01-01T00:00:00Z", &["zendesk:comment:100"]);
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.unknown, 1);
    assert!(ran.findings.iter().any(|finding| finding.code == Code::TwoInGorgias));
    assert_eq!(state(&world, 1), TicketState::Sending, "called rejected, a retry would make a third");
    world.server.state().tickets.remove(&second);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.already, ran.figures.tickets.unknown), (1, 0));
    world.check();
}

#[tokio::test(start_paused = true)]
async fn what_lies_in_the_trash_is_not_created_again() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 1, &[])]);
    script(&world, &[("POST", "/api/tickets", Fault::ResetAfter)]);
    assert!(world.run(Some(Cut::Kill(Duration::from_millis(600)))).await.is_none());
    for ticket in world.server.state().tickets.values_mut() {
        ticket.trashed = true;
    }
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.rejected, 1);
    assert_eq!(state(&world, 1), TicketState::Gone);
    world.ledger().retry_rejected(&crate::ledger::Selection::default()).wait().unwrap();
    finished(&mut world).await;
    assert_eq!(world.server.state().tickets.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_ours_stops_the_run_and_is_left_alone() {
    for (created, message) in
        [("2024-01-01T02:46:40Z", "zendesk:comment:777"), ("2023-05-05T00:00:00Z", "zendesk:comment:100")]
    {
        let mut world = World::new(1, vec![ticket(1, &kim(), 2, &[])]);
        script(&world, &[("POST", "/api/tickets", Fault::ResetBefore)]);
        world.server.state().plant("zendesk:ticket:1", created, &[message]);
        let ran = world.run(None).await.unwrap();
        assert!(matches!(ran.ended, Ended::Stopped(Stop::NotOurs { .. })), "{:?}", ran.ended);
        assert_eq!((ran.figures.tickets.unknown, state(&world, 1)), (1, TicketState::Sending));
        assert_eq!(world.server.state().tickets.values().next().unwrap().messages.len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_left_the_export_is_no_stranger() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 3, &[])]);
    script(&world, &[("POST", "/api/tickets", Fault::ResetAfter)]);
    assert!(world.run(Some(Cut::Kill(Duration::from_millis(600)))).await.is_none());
    let removed = world.conversations[0].messages.remove(1);
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.already, 1);
    assert_eq!(state(&world, 1), TicketState::Done);
    world.conversations[0].messages.insert(1, removed);
    world.check();
}

#[tokio::test(start_paused = true)]
async fn imported_is_sent_until_the_account_refuses_it_and_that_is_remembered() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 4, &[])]);
    finished(&mut world).await;
    assert!(world.server.state().tickets.values().all(|ticket| ticket.imported));

    let mut world = World::new(1, vec![ticket(1, &kim(), 5, &[])]);
    world.server.state().refuses_imported = true;
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.rejected, 0);
    let posts = |world: &World| world.server.state().log.iter().filter(|line| line.contains("POST")).count();
    assert_eq!(posts(&world), 5, "a refused ticket, the ticket, a refused message, two messages");
    world.conversations.push(ticket(2, &kim(), 4, &[]));
    finished(&mut world).await;
    assert_eq!(posts(&world), 7, "it is not tried again");
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_closed_ticket_that_was_there_before_stays_closed_whatever_is_lost() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 2, &[])]);
    let there = world.server.state().plant("theirs", "2020-01-01T00:00:00Z", &["theirs:1"]);
    world.server.state().tickets.get_mut(&there).unwrap().status = "closed".into();
    world.mapped.insert("zendesk:ticket:1".into(), there);
    script(&world, &[("POST", "/api/tickets/", Fault::ResetAfter)]);
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.appended, 1);
    let state = world.server.state();
    let ticket = &state.tickets[&there];
    assert_eq!((ticket.status.as_str(), ticket.messages.len()), ("closed", 3), "{:#?}", state.log);
}

/// A ticket of somebody else's that was closed, and a first run that reopened it and was stopped after one message.
async fn reopened_by_half() -> (World, u64) {
    let mut world = World::new(1, vec![ticket(1, &kim(), 3, &[])]);
    let there = world.server.state().plant("theirs", "2020-01-01T00:00:00Z", &["theirs:1"]);
    {
        let mut state = world.server.state();
        let ticket = state.tickets.get_mut(&there).unwrap();
        ticket.status = "closed".into();
        ticket.closed = "2020-01-02T00:00:00Z".into();
    }
    world.mapped.insert("zendesk:ticket:1".into(), there);
    // The answer to the first message is lost, and the run is ended while that is looked up.
    script(&world, &[("POST", "/api/tickets/", Fault::ResetAfter)]);
    assert!(world.run(Some(Cut::Drain(Duration::from_millis(900)))).await.is_some());
    assert_eq!(world.server.state().tickets[&there].status, "open");
    (world, there)
}

#[tokio::test(start_paused = true)]
async fn a_closed_ticket_that_was_there_before_is_closed_again_by_the_next_run() {
    let (mut world, there) = reopened_by_half().await;
    finished(&mut world).await;
    {
        let state = world.server.state();
        let ticket = &state.tickets[&there];
        assert_eq!((ticket.status.as_str(), ticket.messages.len()), ("closed", 4), "{:#?}", state.log);
        assert_eq!(ticket.closed, "2020-01-02T00:00:00Z");
    }
    // From now on its status is its owners' affair.
    world.server.state().tickets.get_mut(&there).unwrap().status = "open".into();
    world.conversations = vec![ticket(1, &kim(), 4, &[])];
    finished(&mut world).await;
    assert_eq!(world.server.state().tickets[&there].status, "open");
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_somebody_answered_between_two_runs_stays_open() {
    let (mut world, there) = reopened_by_half().await;
    let answer = ("theirs:2".to_owned(), u64::MAX >> 1);
    world.server.state().tickets.get_mut(&there).unwrap().messages.push((answer.1, answer.0));
    finished(&mut world).await;
    assert_eq!(world.server.state().tickets[&there].status, "open");
}

#[tokio::test(start_paused = true)]
async fn one_customer_refused_is_one_refusal_however_many_tickets_wait() {
    let caller = person(2, false, true);
    let tickets = (1..=30).map(|number| ticket(number, &caller, 1, &[])).chain([ticket(31, &kim(), 1, &[])]);
    let mut world = World::new(1, tickets.collect());
    world.server.state().poison.insert("+15550100002".into());
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.rejected, ran.figures.tickets.created), (30, 1));
}

#[tokio::test(start_paused = true)]
async fn a_refused_message_is_refused_in_the_ledger_too() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 4, &[])]);
    world.server.state().poison.insert("zendesk:comment:103".into());
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.messages.rejected), (1, 1));
    let ledger = world.ledger();
    let row = ledger.view().ticket(&world.conversations[0].key).unwrap().unwrap();
    let states: Vec<_> = ledger.view().messages(row.id).unwrap().iter().map(|row| row.state).collect();
    assert_eq!(states, [PartState::Done, PartState::Done, PartState::Done, PartState::Rejected]);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_its_long_ticket_does_not_show_is_not_sent_again() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 30, &[])]);
    world.options.nested_max = 24;
    world.server.state().shown_max = 25;
    // The answers to the first appended message of each run are lost.

    script(&world, &[("POST", "/api/tickets/", Fault::ResetAfter)]);
    finished(&mut world).await;
    script(&world, &[("POST", "/api/tickets/", Fault::ResetAfter)]);
    world.conversations = vec![ticket(1, &kim(), 32, &[])];
    finished(&mut world).await;
    world.check();
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_let_in_has_left_nothing_unknown() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 1, &[])]);
    script(&world, &[("POST", "/api/tickets", Fault::Unauthorized)]);
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Unauthorized { .. })), "{:?}", ran.ended);
    assert_eq!((ran.figures.tickets.pending, state(&world, 1)), (1, TicketState::Pending));
    finished(&mut world).await;
    world.check();
}

#[tokio::test(start_paused = true)]
async fn one_giant_ticket_does_not_make_the_others_dear() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 3, &[]), ticket(2, &kim(), 3, &[])]);
    world.options.concurrency = 1;
    script(&world, &[("POST", "/api/tickets", Fault::TooLarge), ("POST", "/api/tickets", Fault::TooLarge)]);
    finished(&mut world).await;
    let posts = world.server.state().log.iter().filter(|line| line.contains("/messages")).count();
    assert_eq!(posts, 2, "{:#?}", world.server.state().log);
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_drained_run_is_clean_and_goes_on() {
    let tickets = (1..=40).map(|number| ticket(number, &kim(), 5, &[])).collect();
    let mut world = World::new(1, tickets);
    let ran = world.run(Some(Cut::Drain(Duration::from_secs(2)))).await.unwrap();
    assert_eq!(ran.ended, Ended::Interrupted);
    assert_eq!(ran.figures.tickets.unknown, 0);
    assert!(ran.figures.tickets.created > 0 && ran.figures.tickets.pending > 0, "{:?}", ran.figures);
    finished(&mut world).await;
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_refused_by_name_is_taken_out_and_the_rest_goes() {
    let mut world = World::new(1, vec![ticket(1, &kim(), 3, &[]), ticket(2, &kim(), 3, &[])]);
    {
        let mut state = world.server.state();
        state.names_poison = true;
        // One message of the first ticket, all of the second.
        state.poison.extend([101, 200, 201, 202].map(|number| format!("zendesk:comment:{number}")));
    }
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.tickets.rejected), (1, 1));
    assert_eq!((ran.figures.messages.created, ran.figures.messages.rejected), (2, 4));
    let told = ran.findings.iter().filter(|finding| finding.code == Code::MessageRefused).count();
    assert_eq!(told, 3, "one of the first, and two of the second before none was left");
    let held: Vec<String> = world
        .server
        .state()
        .tickets
        .values()
        .flat_map(|ticket| ticket.messages.clone())
        .map(|(_, key)| key)
        .collect();
    assert_eq!(held, ["zendesk:comment:100", "zendesk:comment:102"]);
    let again = finished(&mut world).await;
    assert_eq!((again.figures.tickets.created, again.figures.tickets.already), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_has_gone_counts_towards_the_errors_that_are_allowed() {
    let tickets =
        |messages: usize| (1..=5).map(move |number| ticket(number, &kim(), messages, &[])).collect();
    let mut world = World::new(1, tickets(2));
    world.options.concurrency = 1;
    finished(&mut world).await;
    world.server.state().tickets.clear();
    world.conversations = tickets(3);
    world.options.max_errors = Some(crate::upload::MaxErrors::Count(1));
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Breaker { limit: true, .. })), "{:?}", ran.ended);
    assert_eq!(ran.figures.tickets.rejected, 2);
}

#[tokio::test(start_paused = true)]
async fn messages_refused_for_one_cause_in_ticket_after_ticket_stop_the_run_once() {
    let tickets = (1..=40).map(|number| ticket(number, &kim(), 3, &[])).collect();
    let mut world = World::new(1, tickets);
    world.options.concurrency = 1;
    {
        let mut state = world.server.state();
        state.names_poison = true;
        // Each at another place of its ticket.
        state.poison.extend((1..=40).map(|number| format!("zendesk:comment:{}", number * 100 + number % 3)));
    }
    let ran = world.run(None).await.unwrap();
    let Ended::Stopped(Stop::Breaker { words, limit: false }) = &ran.ended else { panic!("{:?}", ran.ended) };
    assert!(words.contains("20 records in a row") && words.contains("Not a user."), "{words}");
    assert_eq!((ran.figures.tickets.created, ran.figures.messages.rejected), (20, 20));
    assert_eq!(ran.figures.tickets.pending, 20, "the rest can be resumed");
}

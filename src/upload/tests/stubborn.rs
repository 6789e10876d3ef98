//! What stays wrong with one record, however often it is tried: it costs that record, for this run, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use super::fake::Fault;
use super::world::{Ran, World, conversation, person};
use crate::ledger::{Selection, TicketState};
use crate::model::conversation::{Conversation, Status};
use crate::model::finding::Code;
use crate::model::person::Person;
use crate::upload::{Ended, Stop};

pub(super) fn kim() -> Arc<Person> {
    person(1, true, false)
}

pub(super) fn ticket(number: u64, messages: usize, tags: &[&str]) -> Conversation {
    let kim = kim();
    conversation(number, &kim, &vec![Some(&kim); messages], tags, Status::Closed)
}

pub(super) async fn finished(world: &mut World) -> Ran {
    let ran = world.run(None).await.unwrap();
    assert_eq!(ran.ended, Ended::Finished, "{:#?}", world.server.state().log);
    ran
}

pub(super) fn told(ran: &Ran, code: Code) -> usize {
    ran.findings.iter().filter(|finding| finding.code == code).count()
}

/// How often this key was posted.
fn posts(world: &World, key: &str) -> usize {
    let is_post = |line: &&String| line.contains("POST") && line.ends_with(&format!(" {key}"));
    world.server.state().log.iter().filter(is_post).count()
}

pub(super) fn ail(world: &World, key: &str, fault: Fault) {
    world.server.state().ailing.insert(key.to_owned(), fault);
}

/// Runs with `key` ailing, then without: both end, the second with everything there once.
async fn left_and_brought(mut world: World, key: &str, fault: Fault, left: u64) {
    ail(&world, key, fault);
    let ran = finished(&mut world).await;
    let tickets = &ran.figures.tickets;
    assert_eq!((tickets.pending, tickets.unknown, tickets.rejected), (left, 0, 0), "{tickets:?}");
    assert_eq!(told(&ran, Code::FailedAgainAndAgain) as u64, left);
    let sent = posts(&world, key);
    assert!((2..20).contains(&sent), "{sent}");
    world.server.state().ailing.clear();
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.pending, 0);
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_ticket_at_which_gorgias_always_fails_is_left_to_the_next_run() {
    for fault in [Fault::Before500, Fault::ResetBefore] {
        let world = World::new(1, (1..=40).map(|number| ticket(number, 2, &[])).collect());
        left_and_brought(world, "zendesk:ticket:2", fault, 1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_at_which_gorgias_always_fails_is_left_to_the_next_run() {
    let world = World::new(1, (1..=5).map(|number| ticket(number, 6, &[])).collect());
    left_and_brought(world, "zendesk:comment:204", Fault::Before500, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_tag_at_which_gorgias_always_fails_leaves_those_that_need_it() {
    let tickets = (1..=6).map(|number| ticket(number, 2, if number < 3 { &["vip"] } else { &[] }));
    left_and_brought(World::new(1, tickets.collect()), "vip", Fault::Before500, 2).await;
}

#[tokio::test(start_paused = true)]
async fn an_account_that_answers_and_takes_no_writes_is_out() {
    let mut world = World::new(1, (1..=300).map(|number| ticket(number, 1, &[])).collect());
    for number in 1..=300 {
        ail(&world, &format!("zendesk:ticket:{number}"), Fault::Before500);
    }
    world.options.patience = Duration::from_mins(10);
    let began = tokio::time::Instant::now();
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Unreachable { .. })), "{:?}", ran.ended);
    assert!(began.elapsed() < Duration::from_mins(30), "{:?}", began.elapsed());
    assert_eq!(told(&ran, Code::RefusedByGorgias), 0, "nothing of that is the records' fault");
    world.server.state().ailing.clear();
    finished(&mut world).await;
    world.check();
}

fn poison(world: &World, key: &str) {
    world.server.state().poison.insert(key.to_owned());
}

fn held(world: &World) -> Vec<String> {
    let state = world.server.state();
    let messages = state.tickets.values().flat_map(|ticket| ticket.messages.clone());
    messages.map(|(_, key)| key.trim_start_matches("zendesk:comment:").to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn an_appended_message_that_is_refused_costs_itself_alone_and_is_sent_again_on_demand() {
    let mut world = World::new(1, vec![ticket(1, 6, &[])]);
    poison(&world, "zendesk:comment:103");
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.tickets.rejected), (1, 0));
    assert_eq!((ran.figures.messages.created, ran.figures.messages.rejected), (5, 1));
    assert_eq!(told(&ran, Code::MessageRefused), 1);
    assert_eq!(held(&world), ["100", "101", "102", "104", "105"]);
    assert_eq!(world.server.state().tickets.values().next().unwrap().status, "closed");

    // A later export brings what is new, and not once more what was refused.
    world.conversations = vec![ticket(1, 8, &[])];
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.appended, ran.figures.tickets.rejected), (1, 0));
    assert_eq!(held(&world), ["100", "101", "102", "104", "105", "106", "107"]);
    assert_eq!(posts(&world, "zendesk:comment:103"), 1);

    let ledger = world.ledger();
    assert_eq!(ledger.view().counts(&Selection::default()).unwrap().refused_messages(), 1);
    world.server.state().poison.clear();
    ledger.retry_rejected(&Selection::default()).wait().unwrap();
    drop(ledger);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.messages.created, ran.figures.messages.rejected), (1, 0));
    assert_eq!(held(&world).len(), 8);
    assert_eq!(world.ledger().view().counts(&Selection::default()).unwrap().refused_messages(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_message_taken_out_of_a_bundle_stays_out_when_the_rest_is_interrupted() {
    let mut world = World::new(1, vec![ticket(1, 6, &[])]);
    world.server.state().names_poison = true;
    poison(&world, "zendesk:comment:101");
    world.server.state().script.push_back(("POST", "/api/tickets/", Fault::Unauthorized));
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Unauthorized { .. })), "{:?}", ran.ended);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.rejected, ran.figures.messages.rejected), (0, 1), "{:?}", ran.findings);
    assert_eq!(held(&world), ["100", "102", "103", "104", "105"]);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_of_somebody_elses_that_its_customer_opened_stays_open() {
    let mut world = World::new(1, vec![ticket(1, 2, &[])]);
    let there = world.server.state().plant("theirs", "2020-01-01T00:00:00Z", &["theirs:1"]);
    world.server.state().tickets.get_mut(&there).unwrap().status = "closed".into();
    world.mapped.insert("zendesk:ticket:1".into(), there);
    ail(&world, "zendesk:comment:100", Fault::Before500);
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.pending, 1);
    world.server.state().tickets.get_mut(&there).unwrap().status = "open".into();
    world.server.state().ailing.clear();
    finished(&mut world).await;
    let state = world.server.state();
    assert_eq!((state.tickets[&there].status.as_str(), state.tickets[&there].messages.len()), ("open", 3));
}

#[tokio::test(start_paused = true)]
async fn a_status_that_gorgias_refuses_is_told() {
    let mut world = World::new(1, vec![ticket(1, 2, &[])]);
    finished(&mut world).await;
    world.server.state().refuses_status = true;
    world.conversations = vec![ticket(1, 4, &[])];
    let ran = finished(&mut world).await;
    assert_eq!(told(&ran, Code::StatusRefused), 1, "{:?}", ran.findings);
    let ledger = world.ledger();
    let row = ledger.view().ticket(&world.conversations[0].key).unwrap().unwrap();
    assert_eq!(row.state, TicketState::Done, "its messages are there");
}

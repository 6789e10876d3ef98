//! Tickets that were there before the import and were closed: what we opened is closed again, what people opened is not.

use serde_json::json;

use super::fake::Fault;
use super::stubborn::{ail, finished, ticket};
use super::world::World;
use crate::model::time::now;
use crate::upload::{Ended, Stop};

/// Somebody who works in the account.
const ANA: u64 = 700_002;

/// A closed ticket of somebody else's, into which ticket 1 goes with so many messages.
fn world(messages: usize) -> (World, u64) {
    let mut world = World::new(1, vec![ticket(1, messages, &[])]);
    let there = world.server.state().plant("theirs", "2020-01-01T00:00:00Z", &["theirs:1"]);
    world.mapped.insert("zendesk:ticket:1".into(), there);
    world.server.state().tickets.get_mut(&there).unwrap().status = "closed".into();
    happened(&world, there, "ticket-closed", "2020-01-02T00:00:00Z");
    (world, there)
}

fn happened(world: &World, ticket: u64, kind: &str, at: &str) {
    let event = json!({"id": 1, "type": kind, "object_type": "Ticket", "object_id": ticket, "user_id": ANA,
        "created_datetime": at});
    world.server.state().events.push(event);
}

/// Ana opens the ticket, now.
fn opened_by_ana(world: &World, ticket: u64) {
    world.server.state().tickets.get_mut(&ticket).unwrap().status = "open".into();
    happened(world, ticket, "ticket-reopened", &now().to_string());
}

/// A run that is stopped after it appended a message and before it closed the ticket again.
async fn stopped_before_closing(world: &mut World) {
    world.server.state().script.push_back(("PUT", "/api/tickets/", Fault::Unauthorized));
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Unauthorized { .. })), "{:?}", ran.ended);
}

fn status(world: &World, ticket: u64) -> String {
    world.server.state().tickets[&ticket].status.clone()
}

/// The status after a run that is stopped before it closes the ticket again, what happens `meanwhile`, and a run that comes
/// to its end.
async fn after_a_stop(meanwhile: impl FnOnce(&World, u64)) -> String {
    let (mut world, there) = world(1);
    stopped_before_closing(&mut world).await;
    assert_eq!(status(&world, there), "open");
    meanwhile(&world, there);
    finished(&mut world).await;
    status(&world, there)
}

#[tokio::test(start_paused = true)]
async fn what_a_stopped_run_opened_is_closed_again() {
    assert_eq!(after_a_stop(|_, _| ()).await, "closed");
}

#[tokio::test(start_paused = true)]
async fn what_people_opened_after_a_stopped_run_stays_open() {
    assert_eq!(after_a_stop(opened_by_ana).await, "open");
}

#[tokio::test(start_paused = true)]
async fn what_people_opened_between_two_runs_stays_open_when_the_second_brings_more() {
    let (mut world, there) = world(2);
    // The second message is left to the next run, and the ticket is closed again meanwhile.
    ail(&world, "zendesk:comment:101", Fault::Before500);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.pending, status(&world, there).as_str()), (1, "closed"));
    world.server.state().ailing.clear();
    opened_by_ana(&world, there);
    world.conversations = vec![ticket(1, 3, &[])];
    finished(&mut world).await;
    assert_eq!(status(&world, there), "open");
    assert_eq!(world.server.state().tickets[&there].messages.len(), 4);

    // The same after a run that came to its end.
    world.server.state().tickets.get_mut(&there).unwrap().status = "closed".into();
    world.conversations = vec![ticket(1, 4, &[])];
    finished(&mut world).await;
    assert_eq!(status(&world, there), "closed");
    opened_by_ana(&world, there);
    world.conversations = vec![ticket(1, 5, &[])];
    finished(&mut world).await;
    assert_eq!(status(&world, there), "open");
}

#[tokio::test(start_paused = true)]
async fn a_talk_that_was_over_when_more_was_appended_opens_nothing() {
    let (mut world, there) = world(1);
    finished(&mut world).await;
    // The customer writes after what we brought, Ana answers and closes.
    {
        let mut state = world.server.state();
        let ticket = state.tickets.get_mut(&there).unwrap();
        assert_eq!(ticket.status, "closed");
        ticket.messages.push((1_000, "<mail@example>".into()));
    }
    world.conversations = vec![ticket(1, 2, &[])];
    // What comes later has higher ids.
    world.server.state().skip_ids(2_000);
    stopped_before_closing(&mut world).await;
    assert_eq!(status(&world, there), "open");
    finished(&mut world).await;
    assert_eq!(status(&world, there), "closed", "it was closed before we came, and nobody wrote since");
}

#[tokio::test(start_paused = true)]
async fn who_writes_after_we_opened_it_keeps_it_open() {
    let writes = |world: &World, there| {
        world.server.state().tickets.get_mut(&there).unwrap().messages.push((1_000, "<mail@example>".into()));
    };
    assert_eq!(after_a_stop(writes).await, "open");
}

#[tokio::test(start_paused = true)]
async fn where_events_cannot_be_read_nothing_is_closed_and_that_is_told() {
    let (mut world, there) = world(1);
    stopped_before_closing(&mut world).await;
    ail(&world, "GET /api/events", Fault::Forbidden);
    let ran = finished(&mut world).await;
    assert_eq!(status(&world, there), "open");
    let code = crate::model::finding::Code::TouchedInGorgias;
    assert!(ran.findings.iter().any(|finding| finding.code == code), "{:?}", ran.findings);
}

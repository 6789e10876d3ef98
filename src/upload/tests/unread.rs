//! Records that cannot be read, or of which a change that may be made again always fails: each is left to the next run, and
//! an account that answers nobody is out.

use std::time::Duration;

use tokio::time::Instant;

use super::fake::{Fault, Reaction};
use super::guarding::{created_in, watched};
use super::stubborn::{ail, finished, kim, ticket, told};
use super::world::{Cut, World, conversation, person};
use crate::model::conversation::Status;
use crate::model::finding::Code;
use crate::upload::{Ended, Stop};

/// Requests of the server's log that end like this.
fn asked(world: &World, what: &str) -> usize {
    world.server.state().log.iter().filter(|line| line.contains(what)).count()
}

/// So many tickets of two messages that are in Gorgias, and an export with a third one of each.
async fn with_more_to_come(tickets: u64) -> World {
    let mut world = World::new(1, (1..=tickets).map(|number| ticket(number, 2, &[])).collect());
    finished(&mut world).await;
    world.conversations = (1..=tickets).map(|number| ticket(number, 3, &[])).collect();
    world.options.patience = Duration::from_mins(15);
    world
}

/// So many tickets of two messages, one of which goes ahead.
fn with_a_canary(tickets: u64) -> World {
    let mut world = watched((1..=tickets).map(|number| ticket(number, 2, &[])).collect());
    world.options.patience = Duration::from_mins(15);
    world
}

/// Runs where nothing ails any more: everything is there once.
async fn brought_when_well(world: &mut World) {
    world.server.state().ailing.clear();
    finished(world).await;
    world.check();
}

/// The path of the ticket with this number.
pub(super) fn path(world: &World, number: u64) -> String {
    let state = world.server.state();
    let key = format!("zendesk:ticket:{number}");
    let (id, _) = state.tickets.iter().find(|(_, ticket)| ticket.external_id == key).unwrap();
    format!("/api/tickets/{id}")
}

#[tokio::test(start_paused = true)]
async fn the_only_record_that_cannot_be_read_is_left_to_the_next_run() {
    for patience in [Duration::from_mins(1), Duration::from_mins(15)] {
        let mut world = with_more_to_come(1).await;
        let read = format!("GET {}", path(&world, 1));
        world.options.patience = patience;
        world.options.watch.automations = Some("quiet".into());
        world.options.watch.reread_every = Duration::from_mins(5);
        ail(&world, &read, Fault::ResetBefore);
        let ran = finished(&mut world).await;
        let tickets = &ran.figures.tickets;
        assert_eq!(
            (tickets.pending, tickets.unknown, tickets.rejected),
            (1, 0, 0),
            "{patience:?} {tickets:?}"
        );
        assert_eq!(told(&ran, Code::FailedAgainAndAgain), 1);
        brought_when_well(&mut world).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_cannot_be_read_holds_up_nobody() {
    let mut world = with_more_to_come(30).await;
    let read = format!("GET {}", path(&world, 2));
    ail(&world, &read, Fault::Before500);
    let begun = Instant::now();
    let ran = finished(&mut world).await;
    assert!(begun.elapsed() < Duration::from_mins(10), "{:?}", begun.elapsed());
    assert!((5..20).contains(&asked(&world, &format!("{read} "))), "{}", asked(&world, &read));
    let tickets = &ran.figures.tickets;
    assert_eq!((tickets.appended, tickets.pending, tickets.unknown), (29, 1, 0), "{tickets:?}");
    assert_eq!(told(&ran, Code::FailedAgainAndAgain), 1);
    brought_when_well(&mut world).await;
}

#[tokio::test(start_paused = true)]
async fn an_account_at_which_all_reads_fail_is_out_after_the_users_patience() {
    for what in ["GET", "GET /api/tickets/"] {
        let mut world = with_more_to_come(40).await;
        if what == "GET" {
            ail(&world, what, Fault::Before500);
        } else {
            // Only what is about tickets.
            for number in 1..=40 {
                let read = format!("GET {}", path(&world, number));
                ail(&world, &read, Fault::ResetBefore);
            }
        }
        let begun = Instant::now();
        let ran = world.run(None).await.unwrap();
        assert!(matches!(ran.ended, Ended::Stopped(Stop::Unreachable { .. })), "{what}: {:?}", ran.ended);
        let took = begun.elapsed();
        assert!((Duration::from_mins(15)..Duration::from_mins(25)).contains(&took), "{what}: {took:?}");
        let left = told(&ran, Code::FailedAgainAndAgain);
        // An account that is away costs no record.
        assert!(if what == "GET" { left == 0 } else { left < 20 }, "{what}: {left}");
        brought_when_well(&mut world).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_that_cannot_be_looked_up_stays_unknown_and_ends_no_run() {
    let mut world = World::new(1, (1..=5).map(|number| ticket(number, 2, &[])).collect());
    world.options.patience = Duration::from_mins(15);
    world.server.state().script.push_back(("POST", "/api/tickets", Fault::ResetAfter));
    for number in 1..=5 {
        ail(&world, &format!("GET /api/tickets?zendesk:ticket:{number}"), Fault::Before500);
    }
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.tickets.unknown), (4, 1));
    assert_eq!(told(&ran, Code::FailedAgainAndAgain), 1);

    // Nor where the next export does not have it.
    let all = std::mem::take(&mut world.conversations);
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.unknown, 1);
    assert_eq!(told(&ran, Code::FailedAgainAndAgain), 1);

    world.conversations = all;
    world.server.state().ailing.clear();
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.tickets.unknown), (0, 0));
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_customer_who_cannot_be_looked_up_costs_their_tickets_alone() {
    let (kim, lee) = (kim(), person(2, false, true));
    let of = |number| conversation(number, &kim, &[Some(&kim)], &[], Status::Open);
    let theirs = |number| conversation(number, &lee, &[Some(&lee)], &[], Status::Open);
    let mut world = World::new(1, (1..=20).map(|n| if n < 4 { theirs(n) } else { of(n) }).collect());
    world.options.patience = Duration::from_mins(15);
    ail(&world, "GET /api/customers", Fault::Before500);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.tickets.pending), (17, 3), "{:?}", ran.findings);
    assert!((5..20).contains(&asked(&world, "GET /api/customers")));
    brought_when_well(&mut world).await;
}

#[tokio::test(start_paused = true)]
async fn a_ticket_whose_status_cannot_be_put_is_left_to_the_next_run() {
    let mut world = with_more_to_come(3).await;
    let put = format!("PUT {}", path(&world, 2));
    world.options.patience = Duration::from_mins(15);
    ail(&world, &put, Fault::ResetBefore);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.appended, ran.figures.tickets.pending), (2, 1));
    assert_eq!(told(&ran, Code::FailedAgainAndAgain), 1);
    brought_when_well(&mut world).await;
}

#[tokio::test(start_paused = true)]
async fn where_a_ticket_that_went_ahead_cannot_be_read_back_another_goes_in_its_place() {
    let mut world = with_a_canary(20);
    world.server.state().script.extend(vec![("GET", "/api/tickets/", Fault::Before500); 12]);
    let ran = finished(&mut world).await;
    assert_eq!(ran.figures.tickets.created, 20);
    assert_eq!(told(&ran, Code::NotReadBack), 1, "{:?}", ran.findings);
    let log = world.server.state().log.clone();
    let read = log.iter().position(|line| line.contains("GET /api/events")).unwrap();
    assert_eq!(created_in(&log[..read]), 2, "nobody else before one of them was read: {log:#?}");
    world.check();
}

#[tokio::test(start_paused = true)]
async fn where_no_ticket_can_be_read_back_the_run_ends_before_many_are_there() {
    let mut world = with_a_canary(60);
    world.server.state().script.extend(vec![("GET", "/api/tickets/", Fault::Before500); 5_000]);
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Unreachable { .. })), "{:?}", ran.ended);
    assert!(world.server.state().tickets.len() < 12, "{}", world.server.state().tickets.len());
    world.server.state().script.clear();
    finished(&mut world).await;
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_was_found_odd_and_cannot_be_read_lets_nothing_go() {
    let mut world = with_a_canary(30);
    world.server.state().reaction = Some(Reaction::Rule);
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Canary { .. })), "{:?}", ran.ended);
    world.server.state().reaction = None;
    let odd = *world.server.state().tickets.keys().next().unwrap();
    ail(&world, &format!("GET /api/tickets/{odd}"), Fault::Before500);
    let before = world.server.state().tickets.len();
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Unreachable { .. })), "{:?}", ran.ended);
    assert_eq!(world.server.state().tickets.len(), before);
}

#[tokio::test(start_paused = true)]
async fn who_asks_to_stop_need_not_wait_for_a_record_that_cannot_be_read() {
    let mut world = with_more_to_come(3).await;
    let read = format!("GET {}", path(&world, 2));
    ail(&world, &read, Fault::Before500);
    let begun = Instant::now();
    let ran = world.run(Some(Cut::Drain(Duration::from_secs(40)))).await.unwrap();
    assert_eq!(ran.ended, Ended::Interrupted);
    assert!(begun.elapsed() < Duration::from_secs(43), "{:?}", begun.elapsed());
    brought_when_well(&mut world).await;
}

#[tokio::test(start_paused = true)]
async fn a_success_that_shows_another_record_is_looked_up() {
    let mut world = World::new(1, vec![ticket(1, 2, &[]), ticket(2, 5, &[])]);
    let another = |path| ("POST", path, Fault::Another);
    world.server.state().script.extend([another("/api/tickets"), another("/api/tickets/")]);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.tickets.unknown), (2, 0));
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_ticket_whose_customers_history_cannot_be_read_leaves_no_intent_behind() {
    let kim = kim();
    let mut world = World::new(1, vec![ticket(1, 2, &[])]);
    finished(&mut world).await;
    world.conversations.push(conversation(2, &kim, &[Some(&kim)], &[], Status::Open));
    world.options.skip_existing = true;
    let customer = *world.server.state().customers.keys().next().unwrap();
    ail(&world, &format!("GET /api/tickets?{customer}"), Fault::Before500);
    for cut in [None, Some(Cut::Drain(Duration::from_secs(9)))] {
        let ran = world.run(cut).await.unwrap();
        assert_eq!((ran.figures.tickets.pending, ran.figures.tickets.unknown), (1, 0), "{cut:?}");
        let row = world.ledger().view().ticket(&world.conversations[1].key).unwrap().unwrap();
        assert_eq!(row.state, crate::ledger::TicketState::Pending, "{cut:?}");
    }
    brought_when_well(&mut world).await;
}

//! What counts against the user's patience: the time in which the account does not answer, and not the time in which nobody
//! asks it anything.

use std::time::Duration;

use tokio::sync::mpsc;

use super::fake::Fault;
use super::stubborn::{finished, ticket};
use super::world::World;
use crate::upload::amend;

#[tokio::test(start_paused = true)]
async fn a_long_window_is_not_the_accounts_absence() {
    let mut world = World::new(1, vec![ticket(1, 2, &[])]);
    world.options.settle = Duration::from_hours(1);
    world.options.patience = Duration::from_mins(1);
    let lost = ("POST", "/api/tickets", Fault::ResetAfter);
    // Four look-ups in an hour, of which the first three are not answered.
    let unread = ("GET", "/api/tickets", Fault::Before500);
    world.server.state().script.extend([lost, unread, unread, unread]);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.tickets.unknown), (1, 0));
    world.check();
}

#[tokio::test(start_paused = true)]
async fn records_that_lose_answers_in_long_windows_do_not_make_an_account_out() {
    let mut world = World::new(1, vec![ticket(1, 2, &[])]);
    world.options.settle = Duration::from_mins(15);
    world.options.patience = Duration::from_mins(1);
    world.server.state().script.extend(vec![("POST", "/api/tickets", Fault::ResetBefore); 5]);
    let ran = finished(&mut world).await;
    assert_eq!((ran.figures.tickets.created, ran.figures.tickets.unknown), (1, 0));
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_not_the_accounts_absence_even_after_a_fault() {
    let mut world = World::new(1, (1..=8).map(|number| ticket(number, 2, &[])).collect());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pause");
    world.options.schedule.pause_file = Some(file.clone());
    world.options.patience = Duration::from_mins(2);
    let away = ("POST", "/api/tickets", Fault::NotSent);
    world.server.state().script.extend(vec![away; 7]);
    let hands = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(6)).await;
        std::fs::write(&file, "").unwrap();
        tokio::time::sleep(Duration::from_mins(40)).await;
        std::fs::remove_file(&file).unwrap();
    });
    let ran = finished(&mut world).await;
    hands.await.unwrap();
    assert_eq!(ran.figures.tickets.created, 8);
    world.check();
}

#[tokio::test(start_paused = true)]
async fn nor_is_it_in_the_passes_after_the_upload() {
    let world = World::new(1, Vec::new());
    let ticket =
        world.server.state().plant("zendesk:ticket:1", "2024-01-01T00:00:00Z", &["zendesk:comment:1"]);
    let mut world = world;
    world.options.patience = Duration::from_mins(1);
    world.server.state().script.extend(vec![("GET", "/api/tickets/", Fault::Before500); 4]);
    let ledger = world.prepare();
    let (events, _heard) = mpsc::unbounded_channel();
    let shared = world.shared(&ledger, 1, &events, std::sync::Arc::default());
    let hands = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        shared.pause(true);
        tokio::time::sleep(Duration::from_mins(40)).await;
        shared.pause(false);
    };
    let (read, ()) = tokio::join!(amend::read(&shared, ticket), hands);
    assert!(read.is_ok(), "{read:?}");
}

//! What the user's clock and hands decide holds for the passes after an upload as well.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::fake::Fault;
use super::world::World;
use crate::ledger::{Ledger, NewRun};
use crate::model::event::{Event, Wait};
use crate::model::time::now;
use crate::upload::pass::{self, Driven, Outcome};
use crate::upload::schedule::Watcher;
use crate::upload::{Control, Ended, Stop, amend};

/// What a pass came to.
struct Passed {
    ended: Ended,
    changed: u64,
    took: Duration,
    events: Vec<Event>,
}

/// A file that pauses a run as long as it is there.
struct PauseFile(tempfile::TempDir);

impl PauseFile {
    fn there(world: &mut World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        world.options.schedule.pause_file = Some(folder.path().join("pause"));
        std::fs::write(folder.path().join("pause"), "").unwrap();
        Self(folder)
    }

    fn remove(&self) {
        std::fs::remove_file(self.0.path().join("pause")).unwrap();
    }
}

fn world() -> (World, Ledger) {
    let world = World::new(1, Vec::new());
    world.server.state().plant("zendesk:ticket:1", "2024-01-01T00:00:00Z", &["zendesk:comment:100"]);
    let ledger = world.prepare();
    let new = NewRun {
        command: "run".into(),
        export_fingerprint: None,
        config_hash: None,
        started: now(),
        after: 0,
    };
    ledger.start_run(new).wait().unwrap();
    (world, ledger)
}

fn reads(world: &World) -> usize {
    world.server.state().log.iter().filter(|line| line.contains("GET /api/tickets/")).count()
}

/// A pass of so many pieces, four at once, each of which reads a ticket.
async fn pass(world: &World, ledger: &Ledger, pieces: usize, control: &Control) -> Passed {
    let (events, mut heard) = mpsc::unbounded_channel();
    let shared = world.shared(ledger, 1, &events, Arc::default());
    let begun = Instant::now();
    let watcher = Watcher::start(&shared, &events);
    let ticket = *world.server.state().tickets.keys().next().unwrap();
    let of_all = &shared;
    let read = async || match amend::read(of_all, ticket).await {
        Ok(_) => Outcome::Done(1),
        Err(failure) => pass::not_amended(of_all, "zendesk:ticket:1", failure),
    };
    let work = (0..pieces).map(|_| (None, read()));
    let hang = Duration::from_hours(1);
    let pass = tokio::time::timeout(hang, pass::drive(&shared, control, 4, work));
    let Driven { ended, changed, .. } = pass.await.expect("the pass never ends");
    watcher.end().await;
    let events = std::iter::from_fn(|| heard.try_recv().ok()).collect();
    Passed { ended, changed, took: begun.elapsed(), events }
}

/// A pass of pieces that end at once, `x` for one at which the account fails. How it ended, what was changed, and what is
/// left.
async fn passed(outcomes: &str) -> (Ended, u64, u64) {
    let (world, ledger) = world();
    let (events, _heard) = mpsc::unbounded_channel();
    let shared = world.shared(&ledger, 1, &events, Arc::default());
    let piece = |outcome| async move {
        if outcome == 'x' { Outcome::Faulted("HTTP 500".to_owned()) } else { Outcome::Done(1) }
    };
    let work = outcomes.chars().map(|outcome| (None, piece(outcome)));
    let Driven { ended, changed, left } = pass::drive(&shared, &Control::default(), 1, work).await;
    (ended, changed, left)
}

#[tokio::test(start_paused = true)]
async fn one_piece_at_which_the_account_fails_does_not_end_a_pass() {
    assert_eq!(passed("..x..xx..").await, (Ended::Finished, 6, 3));
    let (ended, changed, _) = passed("..xxx..").await;
    assert!(matches!(ended, Ended::Stopped(Stop::Unreachable { .. })), "{ended:?}");
    assert_eq!(changed, 2);
}

#[tokio::test(start_paused = true)]
async fn a_pause_file_holds_a_pass_until_it_is_gone() {
    let (mut world, ledger) = world();
    let file = PauseFile::there(&mut world);
    let remove = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        assert_eq!(reads(&world), 0, "nothing leaves while it is there");
        file.remove();
    };
    let control = Control::default();
    let (passed, ()) = tokio::join!(pass(&world, &ledger, 6, &control), remove);
    assert_eq!((passed.ended, passed.changed), (Ended::Finished, 6));
    assert!((90..100).contains(&passed.took.as_secs()), "{:?}", passed.took);
    let told = |event: &&Event| matches!(event, Event::Waiting { wait: Wait::Paused { .. }, .. });
    assert_eq!(passed.events.iter().filter(told).count(), 9, "at once, and every ten seconds");
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_a_paused_pass_need_not_ask_twice() {
    let (mut world, ledger) = world();
    let _file = PauseFile::there(&mut world);
    let control = Control::default();
    let stop = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        control.drain.cancel();
    };
    let (passed, ()) = tokio::join!(pass(&world, &ledger, 6, &control), stop);
    assert_eq!((passed.ended, passed.changed, reads(&world)), (Ended::Interrupted, 0, 0));
    assert!(passed.took < Duration::from_secs(7), "{:?}", passed.took);
}

#[tokio::test(start_paused = true)]
async fn a_pass_ends_with_the_longest_duration_paused_or_not() {
    let (mut world, ledger) = world();
    world.options.max_duration = Some(Duration::from_secs(30));
    // Twenty a second after the first burst: more than a minute's work.
    let passed = pass(&world, &ledger, 2_000, &Control::default()).await;
    assert!(matches!(passed.ended, Ended::LimitReached(_)), "{:?}", passed.ended);
    assert!(passed.changed > 200 && passed.changed < 1_200, "{}", passed.changed);
    assert!((30..32).contains(&passed.took.as_secs()), "{:?}", passed.took);

    let before = reads(&world);
    let _file = PauseFile::there(&mut world);
    let passed = pass(&world, &ledger, 6, &Control::default()).await;
    assert!(matches!(passed.ended, Ended::LimitReached(_)), "{:?}", passed.ended);
    assert_eq!(reads(&world), before);
}

#[tokio::test(start_paused = true)]
async fn a_pass_does_not_begin_after_the_time_to_stop() {
    let (mut world, ledger) = world();
    world.options.schedule.stop_at = Some(now());
    let passed = pass(&world, &ledger, 6, &Control::default()).await;
    assert!(matches!(passed.ended, Ended::LimitReached(_)), "{:?}", passed.ended);
    assert_eq!((passed.changed, reads(&world)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_waits_for_the_account_to_come_back_is_stopped_at_once() {
    let (world, ledger) = world();
    world.server.state().script.extend(vec![("GET", "/api/tickets/", Fault::Before500); 100]);
    let control = Control::default();
    let stop = async {
        tokio::time::sleep(Duration::from_secs(20)).await;
        control.drain.cancel();
    };
    let (passed, ()) = tokio::join!(pass(&world, &ledger, 1, &control), stop);
    assert_eq!(passed.ended, Ended::Interrupted);
    assert!(passed.took < Duration::from_secs(22), "{:?}", passed.took);
}

//! The canary and the automations that are read again.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::fake::{Fault, Reaction};
use super::world::{Cut, World, conversation, person};
use crate::mapping::{AgentDirectory, Rules};
use crate::model::conversation::{Conversation, Side, Status};
use crate::model::finding::Code;
use crate::model::person::Person;
use crate::upload::canary::{Canary, EVENTS_UNREAD};
use crate::upload::feed::{self, Fed};
use crate::upload::{Ended, Stop, Watch};

const WAIT: Duration = Duration::from_secs(10);

fn kim() -> Arc<Person> {
    person(1, true, false)
}

/// Forty tickets of two kinds.
fn export() -> Vec<Conversation> {
    let kim = kim();
    (1..=40)
        .map(|number| {
            let status = if number % 2 == 0 { Status::Closed } else { Status::Open };
            conversation(number, &kim, &[Some(&kim), None], &[], status)
        })
        .collect()
}

/// An account that is watched, and whose automations are off.
pub(super) fn watched(conversations: Vec<Conversation>) -> World {
    let mut world = World::new(1, conversations);
    world.options.watch = Watch {
        automations: Some("quiet".into()),
        accept: Vec::new(),
        canary_wait: WAIT,
        reread_every: Duration::from_mins(10),
    };
    world
}

fn tickets(world: &World) -> usize {
    world.server.state().tickets.len()
}

/// Tickets and messages that were created, by these lines of the server's log.
pub(super) fn created_in(log: &[String]) -> usize {
    log.iter().filter(|line| line.contains("POST /api/tickets")).count()
}

/// Lines of the server's log that say so.
fn requests(world: &World, what: &str) -> usize {
    world.server.state().log.iter().filter(|line| line.contains(what)).count()
}

#[tokio::test(start_paused = true)]
async fn one_of_each_kind_goes_ahead_and_the_others_follow_once_they_are_read() {
    let mut world = watched(export());
    let begun = tokio::time::Instant::now();
    let ran = world.run(None).await.unwrap();
    assert_eq!((ran.ended, ran.figures.tickets.created), (Ended::Finished, 40));
    assert!(begun.elapsed() >= WAIT);
    assert_eq!(requests(&world, "GET /api/events"), 2, "an open and a closed one");
    let log = world.server.state().log.clone();
    let read = log.iter().rposition(|line| line.contains("GET /api/events")).unwrap();
    assert_eq!(created_in(&log[..read]), 2, "{log:#?}");
    world.check();

    world
        .conversations
        .extend((41..=60).map(|number| conversation(number, &kim(), &[None], &[], Status::Open)));
    world.run(None).await.unwrap();
    assert_eq!(requests(&world, "GET /api/events"), 2, "once per ledger and state of the automations");
    world.options.watch.automations = Some("louder".into());
    world.conversations.push(conversation(61, &kim(), &[None], &[], Status::Open));
    world.run(None).await.unwrap();
    assert_eq!(requests(&world, "GET /api/events"), 3);
}

#[tokio::test(start_paused = true)]
async fn whatever_reacts_stops_every_run_until_it_is_acknowledged() {
    let reactions = [
        (Reaction::Answers, "canary:stranger"),
        (Reaction::Rule, "canary:rule"),
        (Reaction::Moves, "canary:date"),
    ];
    for (reaction, id) in reactions {
        let mut world = watched(export());
        world.server.state().reaction = Some(reaction);
        let ran = world.run(None).await.unwrap();
        let Ended::Stopped(Stop::Canary { accept, words, .. }) = ran.ended else { panic!("{:?}", ran.ended) };
        assert_eq!(accept, [id], "{words:?}");
        assert_eq!((tickets(&world), ran.figures.tickets.unknown), (2, 0));
        world.server.state().reaction = None;
        // What reacted is off, and what it did is still there.
        let ran = world.run(None).await.unwrap();
        let Ended::Stopped(Stop::Canary { accept, words, .. }) = ran.ended else { panic!("{:?}", ran.ended) };
        assert_eq!(accept, [id], "{words:?}");
        assert_eq!(tickets(&world), 2, "nothing is sent before the odd ones are as expected");
        world.options.watch.accept = vec![id.to_owned()];
        let ran = world.run(None).await.unwrap();
        assert_eq!((ran.ended, ran.figures.tickets.created), (Ended::Finished, 38));
        let read = requests(&world, "GET /api/events");
        world.options.watch.accept.clear();
        assert_eq!(world.run(None).await.unwrap().ended, Ended::Finished, "it is acknowledged once");
        assert_eq!(requests(&world, "GET /api/events"), read);
    }
}

#[tokio::test(start_paused = true)]
async fn a_canary_that_was_put_right_is_read_again_and_others_of_its_kind_go_ahead() {
    let mut world = watched(export());
    world.server.state().reaction = Some(Reaction::Rule);
    assert!(matches!(world.run(None).await.unwrap().ended, Ended::Stopped(Stop::Canary { .. })));
    world.server.state().reaction = None;
    world.server.state().events.clear();
    let before = world.server.state().log.len();
    let ran = world.run(None).await.unwrap();
    assert_eq!((ran.ended, ran.figures.tickets.created), (Ended::Finished, 38));
    let log = world.server.state().log[before..].to_vec();
    let at = |what: &str| log.iter().position(|line| line.contains(what)).unwrap();
    assert!(at("GET /api/events") < at("POST /api/tickets"), "{log:#?}");
    let last_read = log.iter().rposition(|line| line.contains("GET /api/events")).unwrap();
    assert_eq!(created_in(&log[..last_read]), 2, "{log:#?}");
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_run_with_nothing_left_to_send_does_not_forget_an_odd_canary() {
    let mut world = watched(export().into_iter().take(2).collect());
    world.server.state().reaction = Some(Reaction::Rule);
    for _ in 0..2 {
        let ran = world.run(None).await.unwrap();
        assert!(matches!(ran.ended, Ended::Stopped(Stop::Canary { .. })), "{:?}", ran.ended);
        assert_eq!((tickets(&world), ran.figures.tickets.pending), (2, 0));
    }
    // Nor does one whose export does not have it, so that it cannot be compared.
    world.conversations = vec![conversation(50, &kim(), &[None], &[], Status::Open)];
    let ran = world.run(None).await.unwrap();
    let Ended::Stopped(Stop::Canary { accept, .. }) = ran.ended else { panic!("{:?}", ran.ended) };
    assert_eq!(accept, ["canary:rule"]);
    world.options.watch.accept = accept;
    assert_eq!(world.run(None).await.unwrap().ended, Ended::Finished);
}

#[tokio::test(start_paused = true)]
async fn what_the_user_acknowledged_does_not_stop_the_run() {
    for accept in ["rule:12@abcdef01", "canary:rule"] {
        let mut world = watched(export());
        world.server.state().reaction = Some(Reaction::Rule);
        world.options.watch.accept = vec![accept.to_owned()];
        assert_eq!(world.run(None).await.unwrap().ended, Ended::Finished);
        world.check();
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_died_before_the_verdict_leaves_it_to_the_next() {
    let mut world = watched(export());
    world.server.state().reaction = Some(Reaction::Rule);
    assert!(world.run(Some(Cut::Kill(Duration::from_secs(5)))).await.is_none());
    assert_eq!((tickets(&world), requests(&world, "GET /api/events")), (2, 0));
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::Stopped(Stop::Canary { .. })), "{:?}", ran.ended);
    let log = world.server.state().log.join("\n");
    assert_eq!(tickets(&world), 2, "the two are read before anything else is written\n{log}");
}

#[tokio::test(start_paused = true)]
async fn a_rejected_canary_is_replaced_by_another_of_its_kind() {
    let mut world = watched(export());
    for number in [40, 38, 39] {
        world.server.state().poison.insert(format!("zendesk:ticket:{number}"));
    }
    let ran = world.run(None).await.unwrap();
    assert_eq!((ran.figures.tickets.rejected, ran.figures.tickets.created), (3, 37));
    assert_eq!(requests(&world, "GET /api/events"), 2);
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_read_that_fails_is_made_again() {
    let mut world = watched(export());
    world
        .server
        .state()
        .script
        .extend([("GET", "/api/events", Fault::Before500), ("GET", "/api/tickets/", Fault::ResetBefore)]);
    let ran = world.run(None).await.unwrap();
    assert_eq!((ran.ended, ran.figures.tickets.created), (Ended::Finished, 40));
    world.check();
}

#[tokio::test(start_paused = true)]
async fn where_events_cannot_be_read_nobody_says_that_nothing_reacted() {
    let mut world = watched(export());
    world.server.state().script.extend(vec![("GET", "/api/events", Fault::Forbidden); 2]);
    let ran = world.run(None).await.unwrap();
    assert_eq!((ran.ended, ran.figures.tickets.created), (Ended::Finished, 40));
    let passed: Vec<&String> = ran.notices.iter().filter(|line| line.starts_with("canary passed")).collect();
    assert!(passed.len() == 1 && passed[0].contains("events cannot be read"), "{passed:?}");
    assert!(!passed[0].contains("nothing in the account reacted"), "{passed:?}");
    let told = ran.findings.iter().filter(|finding| finding.code == Code::EventsUnread);
    assert_eq!(told.count(), 1, "two tickets, one cause");
    assert!(world.ledger().view().fact(EVENTS_UNREAD).unwrap().is_some());

    let mut world = watched(export());
    let ran = world.run(None).await.unwrap();
    assert!(ran.notices.iter().any(|line| line.ends_with("nothing in the account reacted")));
    assert!(world.ledger().view().fact(EVENTS_UNREAD).unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_switched_on_while_a_run_goes_on_stops_it_within_ten_minutes() {
    let kim = kim();
    let many = (1..=60).map(|number| conversation(number, &kim, &[Some(&kim)], &[], Status::Open));
    let mut world = watched(many.collect());
    world.options.concurrency = 1;
    // Each ticket takes half a minute to be settled.
    world.options.settle = Duration::from_secs(30);
    world.server.state().script.extend(vec![("POST", "/api/tickets", Fault::ResetBefore); 60]);
    world.server.state().rules = vec![json!({"id": 12, "name": "Greet", "deactivated_datetime": null})];
    world.options.watch.reread_every = Duration::from_secs(20);
    let begun = tokio::time::Instant::now();
    let ran = world.run(None).await.unwrap();
    let Ended::Stopped(Stop::Automations { open }) = &ran.ended else { panic!("{:?}", ran.ended) };
    assert!(open[0].id.starts_with("rule:12@"));
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    world.server.state().rules.clear();
    world.server.state().script.clear();
    assert_eq!(world.run(None).await.unwrap().ended, Ended::Finished);
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_comes_after_the_verdict_is_read_back_once() {
    let kim = kim();
    let first = export();
    let answered = |number| {
        let mut answered = conversation(number, &kim, &[Some(&kim), None], &[], Status::Open);
        answered.messages[1].side = Side::Agent;
        answered
    };
    let mut world = watched(first.clone());
    world.run(None).await.unwrap();
    let events = |world: &World| requests(world, "GET /api/events");
    let before = events(&world);
    world.conversations = first.iter().cloned().chain([answered(41), answered(42)]).collect();
    assert_eq!(world.run(None).await.unwrap().figures.tickets.created, 2);
    let late = events(&world);
    world.conversations.push(answered(43));
    assert_eq!(world.run(None).await.unwrap().figures.tickets.created, 1);
    assert_eq!((before, late - before, events(&world) - late), (2, 1, 0));
}

#[test]
fn one_ticket_in_five_hundred_is_read_back_later() {
    let world = watched(export());
    let ledger = world.prepare();
    let mut feed = feed::start(world.plan(&ledger, Rules::default(), AgentDirectory::offline()), Vec::new());
    let Some(Fed::Job(job)) = feed.blocking_recv() else { panic!("a job") };
    let read = |canary: &mut Canary| (0..1_400).filter(|_| canary.wants(&job, true)).count();
    let closed = r#"[{"channel": "api", "status": "closed", "by_agent": false, "new": true}]"#;
    ledger.set_fact("canary-passed:quiet", closed).wait().unwrap();
    assert_eq!(read(&mut Canary::new(&world.options.watch, ledger.view())), 2);
    assert_eq!(read(&mut Canary::new(&Watch::default(), ledger.view())), 0);
}

#[tokio::test(start_paused = true)]
async fn a_pause_file_stops_writing_until_it_is_gone() {
    let mut world = World::new(1, export());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pause");
    std::fs::write(&file, "").unwrap();
    world.options.schedule.pause_file = Some(file.clone());
    let fake = Arc::clone(&world.server);
    let begun = tokio::time::Instant::now();
    let remove = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        assert_eq!(fake.state().tickets.len(), 0, "nothing is written while it is there");
        std::fs::remove_file(&file).unwrap();
    };
    let (ran, ()) = tokio::join!(world.run(None), remove);
    assert_eq!(ran.unwrap().ended, Ended::Finished);
    assert!(begun.elapsed() > Duration::from_secs(90));
    world.check();
}

#[tokio::test(start_paused = true)]
async fn a_run_stops_at_its_time() {
    let mut world = World::new(1, export());
    world.options.schedule.stop_at = Some(crate::model::time::now());
    let ran = world.run(None).await.unwrap();
    assert!(matches!(ran.ended, Ended::LimitReached(_)), "{:?}", ran.ended);
    assert_eq!((tickets(&world), ran.figures.tickets.pending), (0, 40));
    world.options.schedule.stop_at = None;
    assert_eq!(world.run(None).await.unwrap().ended, Ended::Finished);
}

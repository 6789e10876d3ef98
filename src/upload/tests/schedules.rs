//! Hundreds of runs with faults, kills and resumes drawn from seeds. Whatever happens, everything arrives once.

use std::time::Duration;

use super::world::{Cut, World, conversation, person};
use crate::model::conversation::{Conversation, Status};
use crate::upload::{Ended, Watch};

/// Runs after which a schedule must have ended.
const RUNS_MAX: usize = 12;

fn export(rng: &mut fastrand::Rng) -> Vec<Conversation> {
    let people: Vec<_> = (0..4).map(|id| person(id, id < 2, id == 2)).collect();
    let count = rng.u64(2..10);
    let tags = ["vip", "refund"];
    (0..count)
        .map(|number| {
            let customer = &people[rng.usize(..people.len())];
            let authors: Vec<_> = (0..rng.usize(1..7))
                .map(|_| match rng.u8(..4) {
                    0 => None,
                    1 => Some(&people[rng.usize(..people.len())]),
                    _ => Some(customer),
                })
                .collect();
            let status = if rng.bool() { Status::Closed } else { Status::Open };
            conversation(number + 1, customer, &authors, &tags[..rng.usize(..=tags.len())], status)
        })
        .collect()
}

fn cut(rng: &mut fastrand::Rng) -> Option<Cut> {
    let after = Duration::from_millis(rng.u64(..20_000));
    match rng.u8(..6) {
        0 | 1 => Some(Cut::Kill(after)),
        2 => Some(Cut::Abort(after)),
        3 => Some(Cut::Drain(after)),
        _ => None,
    }
}

async fn until_finished(world: &mut World, rng: &mut fastrand::Rng) {
    for run in 0..RUNS_MAX {
        if run + 4 >= RUNS_MAX {
            world.server.state().faults_per_mille = 20;
        }
        let cut = if run + 2 < RUNS_MAX { cut(rng) } else { None };
        let Some(ran) = world.run(cut).await else { continue };
        let tickets = ran.figures.tickets;
        if ran.ended == Ended::Finished && tickets.pending + tickets.unknown == 0 {
            return;
        }
    }
    panic!("it never finished");
}

async fn schedule(seed: u64) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut world = World::new(seed, export(&mut rng));
    world.options.concurrency = rng.usize(1..7);
    world.options.nested_max = rng.usize(1..7);
    if rng.bool() {
        world.options.watch = Watch {
            automations: Some("quiet".into()),
            accept: Vec::new(),
            canary_wait: Duration::from_secs(rng.u64(0..12)),
            reread_every: Duration::from_secs(rng.u64(1..60)),
        };
    }
    {
        let mut state = world.server.state();
        state.faults_per_mille = [0, 50, 150, 400][rng.usize(..4)];
        state.list_lag = rng.u64(..20);
        state.late_max = rng.u64(1..30);
        state.refuses_imported = rng.bool();
        if rng.u8(..4) == 0 {
            state.nested_max = rng.usize(1..4);
        }
        if rng.u8(..4) == 0 {
            state.poison.insert("zendesk:ticket:2".into());
        }
        if rng.u8(..4) == 0 {
            state.poison.insert("zendesk:comment:103".into());
        }
    }
    until_finished(&mut world, &mut rng).await;
    world.check();
    if rng.bool() {
        // A later export has further messages.
        let late = person(1, true, false);
        for number in 1..=world.conversations.len() as u64 {
            let known = &mut world.conversations[usize::try_from(number - 1).unwrap()];
            let poisoned = world.server.state().poison.iter().any(|key| {
                key == known.key.as_str() || known.messages.iter().any(|message| key == message.key.as_str())
            });
            if rng.bool() && !poisoned {
                let count = known.messages.len();
                let authors = vec![Some(&late); count + 2];
                let longer = conversation(number, &known.customer, &authors, &[], Status::Closed);
                known.messages.extend(longer.messages.into_iter().skip(count));
            }
        }
        until_finished(&mut world, &mut rng).await;
        world.check();
    }
}

fn schedules(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        crate::ledger::simulated::turn_on();
        let run = std::panic::AssertUnwindSafe(|| runtime.block_on(schedule(seed)));
        if let Err(panic) = std::panic::catch_unwind(run) {
            eprintln!("seed {seed}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn everything_arrives_once_whatever_happens_1() {
    schedules(0..100);
}

#[test]
fn everything_arrives_once_whatever_happens_2() {
    schedules(100..200);
}

#[test]
fn everything_arrives_once_whatever_happens_3() {
    schedules(200..300);
}

#[test]
fn everything_arrives_once_whatever_happens_4() {
    schedules(300..400);
}

//! The storm: thousands of short migrations against the real stand-in, in simulated time, each with a schedule of
//! faults, restarts, full disks, signals and kills drawn from its seed. A seed plays the same schedule again.
//!
//! `STORM_SCHEDULES` says how many and `STORM_SEED` where they begin; without them a few hundred are played.

mod export;
mod invariants;
mod stand_in;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use super::world::{Cut, World};
use crate::gorgias::Limit;
use crate::sandbox::{AccountSeed, BucketLimit, FaultPlan};
use crate::upload::{Ended, Stop, Watch};
use stand_in::{Play, StandIn};

/// Schedules of a usual test run.
const USUAL: u64 = 300;
/// Runs after which a schedule must have ended.
const RUNS_MAX: usize = 14;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn play(rng: &mut fastrand::Rng, seed: u64) -> Play {
    let faults = match rng.u8(..5) {
        0 => FaultPlan::none(),
        1 | 2 => FaultPlan::light(seed),
        _ => FaultPlan::nasty(seed),
    };
    let account = AccountSeed {
        accepts_imported: rng.bool(),
        reopens_on_reply: rng.bool(),
        tags: if rng.bool() { vec!["vip".into()] } else { Vec::new() },
        ..AccountSeed::default()
    };
    Play {
        seed: account,
        limit: if rng.u8(..4) == 0 { BucketLimit::API_KEY } else { BucketLimit::UNLIMITED },
        faults: FaultPlan { hidden_ms: rng.u64(..20_000), late_ms: rng.u64(..30_000), ..faults },
        json_bytes_max: if rng.u8(..5) == 0 { rng.usize(6_000..20_000) } else { 10 * 1024 * 1024 },
        way_max: Duration::from_millis([2, 40, 400, 4_000][rng.usize(..4)]),
        dice: rng.u64(..),
    }
}

fn cut(rng: &mut fastrand::Rng) -> Option<Cut> {
    let longest = [300, 3_000, 30_000][rng.usize(..3)];
    let after = Duration::from_millis(rng.u64(..longest));
    match rng.u8(..8) {
        0..=2 => Some(Cut::Kill(after)),
        3 => Some(Cut::Abort(after)),
        4 => Some(Cut::Drain(after)),
        5 => Some(Cut::FullDisk(rng.u32(..4))),
        _ => None,
    }
}

/// Runs until nothing is left to do.
async fn until_finished(world: &mut World<StandIn>, rng: &mut fastrand::Rng) {
    for run in 0..RUNS_MAX {
        let last = run + 3 >= RUNS_MAX;
        if last {
            world.server.calm().await;
        }
        let cut = if last { None } else { cut(rng) };
        let restart = (!last && rng.u8(..4) == 0).then(|| {
            let after = Duration::from_millis(rng.u64(..10_000));
            let away = Duration::from_millis(rng.u64(10..60_000));
            tokio::spawn(Arc::clone(&world.server).restart(after, away))
        });
        let ran = world.run(cut).await;
        if let Some(restart) = restart {
            restart.await.unwrap();
        }
        let Some(ran) = ran else { continue };
        let counts = ran.figures.tickets;
        assert_eq!(counts.rejected, 0, "{:?}", ran.findings);
        match ran.ended {
            Ended::Finished if counts.pending + counts.unknown == 0 => return,
            Ended::Finished | Ended::Interrupted => {}
            Ended::Stopped(Stop::Ledger { .. }) if matches!(cut, Some(Cut::FullDisk(_))) => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("it never finished");
}

/// Plays one schedule. How many requests it took, and how many of them the bucket refused.
async fn schedule(seed: u64) -> (u64, u64) {
    let mut rng = fastrand::Rng::with_seed(seed);
    let play = play(&mut rng, seed);
    let dump = rng.bool().then(export::dump);
    let history = export::history(&mut rng, dump.as_ref().map(TempDir::path));
    let mut world = World::with(StandIn::new(play), history);
    world.dump = dump;
    world.limit = Limit::Auto;
    world.options.concurrency = rng.usize(1..9);
    world.options.concurrency_max = world.options.concurrency;
    world.options.nested_max = if rng.bool() { 500 } else { rng.usize(1..6) };
    if rng.bool() {
        world.options.watch = Watch {
            automations: Some("quiet".into()),
            accept: Vec::new(),
            canary_wait: Duration::from_secs(rng.u64(0..12)),
            reread_every: Duration::from_secs(rng.u64(1..60)),
        };
    }
    let told = Arc::clone(&world.server);
    let played = async {
        until_finished(&mut world, &mut rng).await;
        invariants::hold(&world, false).await;
        if rng.bool() {
            let dump = world.dump.as_ref().map(TempDir::path);
            export::grow(&mut rng, &mut world.conversations, dump);
            until_finished(&mut world, &mut rng).await;
            invariants::hold(&world, true).await;
        }
        world.server.traffic()
    };
    let played = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(played)).await;
    played.unwrap_or_else(|panic| {
        eprintln!("{}", told.story());
        std::panic::resume_unwind(panic)
    })
}

/// Plays the schedules of `seeds`, one after the other, until there are none left.
fn play_all(seeds: &AtomicU64, end: u64) -> (u64, u64) {
    crate::ledger::simulated::turn_on();
    let mut sum = (0, 0);
    loop {
        let seed = seeds.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return sum;
        }
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let played = std::panic::catch_unwind(|| runtime.block_on(schedule(seed)));
        match played {
            Ok((requests, throttled)) => {
                sum.0 += requests;
                sum.1 += throttled;
            }
            Err(panic) => {
                eprintln!("play it again with STORM_SEED={seed} STORM_SCHEDULES=1");
                std::panic::resume_unwind(panic);
            }
        }
    }
}

#[test]
fn everything_arrives_once_in_any_storm() {
    let first = number("STORM_SEED").unwrap_or(1);
    let count = number("STORM_SCHEDULES").unwrap_or(USUAL);
    let seeds = AtomicU64::new(first);
    let began = std::time::Instant::now();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let (requests, throttled) = std::thread::scope(|scope| {
        let players: Vec<_> = (0..threads).map(|_| scope.spawn(|| play_all(&seeds, first + count))).collect();
        players.into_iter().fold((0, 0), |sum, player| {
            let played = player.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (sum.0 + played.0, sum.1 + played.1)
        })
    });
    println!(
        "{count} schedules from seed {first}: {requests} requests, {throttled} refused by the bucket, {:.0?}",
        began.elapsed()
    );
    assert!(requests > count, "a schedule that asks for nothing proves nothing");
}

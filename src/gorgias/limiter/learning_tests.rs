//! What the limiter learns of an account that differs from the usual, and how near its twin stays: against a simulated
//! bucket in paused time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::{Limit, Limiter, Reserve};

/// A leaky bucket.
struct Bucket {
    limit: f64,
    per_second: f64,
    level: f64,
    at: Instant,
    ours: u32,
    others: u32,
    throttled: u32,
}

impl Bucket {
    fn new(limit: u32, window_s: f64) -> Arc<Mutex<Self>> {
        let (limit, per_second) = (f64::from(limit), f64::from(limit) / window_s);
        let at = Instant::now();
        Arc::new(Mutex::new(Self { limit, per_second, level: 0.0, at, ours: 0, others: 0, throttled: 0 }))
    }

    /// Whether a request is let in, and what the header says: the level, rounded up.
    fn arrive(&mut self) -> (bool, u32) {
        let now = Instant::now();
        self.level = (self.level - (now - self.at).as_secs_f64() * self.per_second).max(0.0);
        self.at = now;
        let admitted = self.level + 1.0 <= self.limit + 1e-9;
        self.level += f64::from(u8::from(admitted));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level is small")]
        let used = (self.level - 1e-9).ceil() as u32;
        (admitted, used)
    }
}

/// One direction's latency, from and to, in milliseconds; our workers; calls of another program in a second.
#[derive(Clone, Copy)]
struct Traffic {
    latency_ms: (u64, u64),
    workers: u32,
    others: f64,
}

const QUICK: Traffic = Traffic { latency_ms: (10, 25), workers: 4, others: 0.0 };
const USUAL: Traffic = Traffic { latency_ms: (20, 200), workers: 8, others: 0.0 };

/// Keeps the bucket busy. `check` sees the header and the twin's level after each answer.
fn traffic(
    bucket: &Arc<Mutex<Bucket>>,
    limiter: &Limiter,
    traffic: Traffic,
    check: fn(u32, f64),
) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for worker in 0..traffic.workers {
        let mut rng = fastrand::Rng::with_seed(u64::from(worker) + 1);
        let (bucket, limiter) = (Arc::clone(bucket), limiter.clone());
        tasks.spawn(async move {
            let mut latency = move || {
                let (from, to) = traffic.latency_ms;
                sleep(Duration::from_millis(rng.u64(from..=to)))
            };
            loop {
                let token = limiter.acquire(&|_, _| {}).await.unwrap();
                latency().await;
                let (admitted, used, limit) = {
                    let mut bucket = bucket.lock().unwrap();
                    let (admitted, used) = bucket.arrive();
                    if admitted {
                        bucket.ours += 1;
                    } else {
                        bucket.throttled += 1;
                    }
                    (admitted, used, bucket.limit)
                };
                latency().await;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small limit")]
                token.answered(Some((used, limit as u32)));
                check(used, limiter.level().used);
                if !admitted {
                    limiter.throttled(Some(Duration::from_secs(1)));
                }
            }
        });
    }
    if traffic.others > 0.0 {
        let (mut rng, bucket) = (fastrand::Rng::with_seed(99), Arc::clone(bucket));
        tasks.spawn(async move {
            loop {
                sleep(Duration::from_secs_f64(-(1.0 - rng.f64()).ln() / traffic.others)).await;
                let mut bucket = bucket.lock().unwrap();
                let (admitted, _) = bucket.arrive();
                bucket.others += u32::from(admitted);
            }
        });
    }
    tasks
}

/// What came of some minutes after the first: the share of what the account allowed us, and all 429s.
async fn measured(limit: u32, window_s: f64, with: Traffic) -> (f64, u32) {
    let bucket = Bucket::new(limit, window_s);
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let mut tasks = traffic(&bucket, &limiter, with, |_, _| {});
    let counts = || {
        let bucket = bucket.lock().unwrap();
        (bucket.ours, bucket.others, bucket.throttled)
    };
    sleep(Duration::from_mins(1)).await;
    let before = counts();
    let minutes = Duration::from_mins(30);
    sleep(minutes).await;
    let after = counts();
    tasks.shutdown().await;
    let allowed = f64::from(limit) / window_s * minutes.as_secs_f64() - f64::from(after.1 - before.1);
    (f64::from(after.0 - before.0) / allowed, after.2)
}

#[tokio::test(start_paused = true)]
async fn a_window_of_ten_seconds_is_learnt_and_used() {
    for (limit, with) in [(40, QUICK), (40, USUAL), (80, QUICK), (80, USUAL)] {
        let (share, throttled) = measured(limit, 10.0, with).await;
        println!("{limit}/10, {:?} ms: {share:.3}, {throttled} times 429", with.latency_ms);
        assert!(share >= 0.95 && throttled == 0, "{limit}: {share} {throttled}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_window_of_twenty_seconds_is_never_taken_for_ten() {
    for limit in [40, 80] {
        for latency_ms in [(1, 1), (10, 25), (20, 200), (25, 2500)] {
            for workers in [1, 4, 32] {
                let (share, throttled) =
                    measured(limit, 20.0, Traffic { latency_ms, workers, others: 0.0 }).await;
                assert_eq!(throttled, 0, "{limit} {latency_ms:?} {workers}");
                assert!(share <= 1.02, "{share}");
            }
        }
        let (_, throttled) = measured(limit, 20.0, Traffic { others: 0.5, ..USUAL }).await;
        assert!(throttled <= 1, "{throttled}");
    }
}

#[tokio::test(start_paused = true)]
async fn with_another_program_ten_seconds_are_used_as_well() {
    let (share, throttled) = measured(40, 10.0, Traffic { others: 0.5, ..QUICK }).await;
    assert!(share >= 0.95 && throttled <= 1, "{share} {throttled}");
}

#[tokio::test(start_paused = true)]
async fn a_429_takes_back_what_was_learnt() {
    let bucket = Bucket::new(40, 10.0);
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let mut tasks = traffic(&bucket, &limiter, QUICK, |_, _| {});
    sleep(Duration::from_mins(1)).await;
    tasks.shutdown().await;
    assert!((limiter.level().per_second - 4.0).abs() < 0.01, "{limiter:?}");
    limiter.throttled(Some(Duration::from_secs(1)));
    assert!((limiter.level().per_second - 2.0).abs() < 0.01, "{limiter:?}");
}

/// A bucket that is emptied at once every 20 s falls faster than either window explains.
#[tokio::test(start_paused = true)]
async fn a_header_that_jumps_is_not_believed() {
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let begun = Instant::now();
    let (mut window, mut used) = (0, 0);
    while begun.elapsed() < Duration::from_mins(10) {
        let token = limiter.acquire(&|_, _| {}).await.unwrap();
        sleep(Duration::from_millis(20)).await;
        let now = begun.elapsed().as_secs() / 20;
        used = if now == window { used + 1 } else { 1 };
        window = now;
        token.answered(Some((used, 40)));
    }
    assert!((limiter.level().per_second - 2.0).abs() < 0.01, "{limiter:?}");
}

#[tokio::test(start_paused = true)]
async fn the_twin_stays_within_one_request_of_the_header() {
    for (limit, others) in [(40, 0.0), (40, 0.5), (40, 1.0), (80, 2.0)] {
        let bucket = Bucket::new(limit, 20.0);
        let limiter = Limiter::new(Limit::Auto, Reserve::default());
        let with = Traffic { latency_ms: (1, 3), workers: 1, others };
        let mut tasks = traffic(&bucket, &limiter, with, |header, twin| {
            assert!((twin - f64::from(header)).abs() <= 1.02, "header {header}, twin {twin}");
        });
        tokio::select! {
            Some(ended) = tasks.join_next() => ended.unwrap(),
            () = sleep(Duration::from_mins(30)) => {}
        }
        let bucket = bucket.lock().unwrap();
        assert!(bucket.ours > 1000 && bucket.throttled <= 1, "{} {}", bucket.ours, bucket.throttled);
    }
}

//! The limiter against a simulated server, hours in milliseconds.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::simulation::{Scenario, run};
use super::{Limit, Limiter, Reserve, WaitReason};

fn scenario(name: &'static str) -> Scenario {
    Scenario {
        name,
        limit: 40,
        window_s: 20,
        told: Limit::Auto,
        reserve: Reserve::default(),
        latency_ms: (20, 200),
        others: 0.0,
        workers: 8,
        header: true,
        seed: 7,
    }
}

fn quiet(_: WaitReason, _: Duration) {}

/// Latency of one direction; there and back is twice as much.
fn alone() -> Vec<Scenario> {
    let fixed = "40/20s".parse().unwrap();
    vec![
        scenario("as the real service"),
        Scenario { latency_ms: (25, 25), workers: 2, ..scenario("50 ms there and back") },
        Scenario { latency_ms: (2500, 2500), workers: 32, ..scenario("5 s there and back") },
        Scenario { latency_ms: (25, 2500), workers: 32, ..scenario("50 ms to 5 s, at random") },
        Scenario { latency_ms: (25, 2500), workers: 200, ..scenario("the same, far too many workers") },
        Scenario { limit: 80, ..scenario("OAuth, learned") },
        Scenario { limit: 80, latency_ms: (25, 2500), workers: 64, ..scenario("OAuth, 50 ms to 5 s") },
        Scenario { limit: 4000, latency_ms: (25, 25), workers: 64, ..scenario("4000, 50 ms") },
        Scenario {
            limit: 4000,
            latency_ms: (20, 200),
            workers: 128,
            ..scenario("4000, as the real service")
        },
        Scenario { limit: 4000, latency_ms: (2500, 2500), workers: 1600, ..scenario("4000, 5 s") },
        Scenario { limit: 4000, latency_ms: (25, 2500), workers: 1600, ..scenario("4000, 50 ms to 5 s") },
        Scenario { told: fixed, ..scenario("fixed") },
        Scenario { header: false, ..scenario("no header") },
        Scenario {
            header: false,
            latency_ms: (25, 2500),
            workers: 32,
            ..scenario("no header, 50 ms to 5 s")
        },
    ]
}

#[tokio::test(start_paused = true)]
async fn alone_it_uses_the_budget_and_is_never_throttled() {
    for scenario in alone() {
        let outcome = run(&scenario, Duration::from_secs(200)).await;
        println!("{:35} {outcome:?}", scenario.name);
        assert_eq!(outcome.throttled, 0, "{}", scenario.name);
        // A full bucket at the start of the measurement may drain into it, which is not a share of this time.
        assert!((0.98..=1.12).contains(&outcome.share), "{} {outcome:?}", scenario.name);
    }
}

#[tokio::test(start_paused = true)]
async fn with_another_program_it_takes_what_is_left() {
    let others = |limit, others, latency_ms, workers, name| Scenario {
        limit,
        latency_ms,
        others,
        workers,
        ..scenario(name)
    };
    for scenario in [
        others(40, 0.5, (25, 25), 4, "0.5/s, 50 ms"),
        others(40, 0.5, (20, 200), 8, "0.5/s, as the real service"),
        others(40, 0.5, (2500, 2500), 32, "0.5/s, 5 s"),
        others(40, 0.5, (25, 2500), 32, "0.5/s, 50 ms to 5 s"),
        others(40, 1.0, (20, 200), 8, "1/s, half of the account"),
        others(80, 0.5, (20, 200), 8, "OAuth, 0.5/s"),
        others(80, 2.0, (20, 200), 8, "OAuth, 2/s"),
        others(4000, 50.0, (20, 200), 128, "4000, 50/s"),
    ] {
        let hours = if scenario.limit < 4000 { 4 } else { 0 };
        let outcome = run(&scenario, Duration::from_secs(200 + 3600 * hours)).await;
        println!("{:35} {outcome:?}", scenario.name);
        assert!(u64::from(outcome.throttled) <= hours, "{} {outcome:?}", scenario.name);
        assert!(outcome.share >= 0.98, "{} {outcome:?}", scenario.name);
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_header_another_program_costs_429s_and_it_recovers() {
    let blind = Scenario { header: false, others: 0.5, ..scenario("blind") };
    let seeing = Scenario { header: true, ..blind.clone() };
    let blind = run(&blind, Duration::from_secs(1000)).await;
    let seeing = run(&seeing, Duration::from_secs(1000)).await;
    assert!(blind.throttled > 0 && seeing.throttled == 0, "{blind:?} {seeing:?}");
    assert!(blind.share > 0.5, "{blind:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reserve_is_left_to_others() {
    let half = Scenario { reserve: Reserve::new(0.5), limit: 80, ..scenario("half") };
    let outcome = run(&half, Duration::from_mins(10)).await;
    assert!((1.96..=2.04).contains(&outcome.per_second), "{outcome:?}");
    let slow =
        Scenario { told: "10/20s".parse().unwrap(), others: 1.0, ..scenario("fixed below the account") };
    let outcome = run(&slow, Duration::from_mins(10)).await;
    assert!((0.49..=0.51).contains(&outcome.per_second) && outcome.throttled == 0, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn it_waits_out_a_retry_after() {
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let start = Instant::now();
    limiter.acquire(&quiet).await.unwrap().answered(None);
    limiter.throttled(Some(Duration::from_secs(30)));
    let reasons = Mutex::new(Vec::new());
    drop(limiter.acquire(&|reason, wait| reasons.lock().unwrap().push((reason, wait))).await);
    assert_eq!(start.elapsed().as_secs(), 30);
    assert_eq!(*reasons.lock().unwrap(), [(WaitReason::Throttled, Duration::from_secs(30))]);
}

#[tokio::test(start_paused = true)]
async fn waits_without_retry_after_double_until_an_answer_comes() {
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    for expected in [1, 2, 4, 8, 16, 32, 32] {
        let start = Instant::now();
        limiter.throttled(None);
        limiter.acquire(&quiet).await.unwrap().answered(None);
        // The bucket counts as full after a 429, so the first waits may be a little longer than asked for.
        assert!((expected..=expected + 2).contains(&start.elapsed().as_secs()), "{expected}");
    }
    limiter.acquire(&quiet).await.unwrap().answered(Some((1, 40)));
    let start = Instant::now();
    limiter.throttled(None);
    drop(limiter.acquire(&quiet).await);
    assert!(start.elapsed().as_secs() <= 3);
}

#[tokio::test(start_paused = true)]
async fn an_absurd_header_cannot_stop_it() {
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    limiter.acquire(&quiet).await.unwrap().answered(Some((u32::MAX, 40)));
    let start = Instant::now();
    drop(limiter.acquire(&quiet).await);
    assert!(start.elapsed() <= Duration::from_secs(8));
    limiter.throttled(Some(Duration::MAX));
    drop(limiter.acquire(&quiet).await);
    assert!(start.elapsed() <= super::RETRY_AFTER_MAX + Duration::from_secs(16));
}

#[tokio::test(start_paused = true)]
async fn tokens_are_given_first_come_first_served() {
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    for _ in 0..36 {
        limiter.acquire(&quiet).await.unwrap().answered(None);
    }
    let order = std::sync::Arc::new(Mutex::new(Vec::new()));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..10 {
        let (limiter, order) = (limiter.clone(), std::sync::Arc::clone(&order));
        tasks.spawn(async move {
            drop(limiter.acquire(&quiet).await);
            order.lock().unwrap().push(number);
        });
        tokio::task::yield_now().await;
    }
    tasks.join_all().await;
    assert_eq!(*order.lock().unwrap(), (0..10).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_place_given_up_costs_nothing() {
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    for _ in 0..36 {
        limiter.acquire(&quiet).await.unwrap().answered(None);
    }
    let start = Instant::now();
    let given_up = tokio::time::timeout(Duration::from_millis(100), limiter.acquire(&quiet)).await;
    assert!(given_up.is_err());
    drop(limiter.acquire(&quiet).await);
    assert_eq!(start.elapsed().as_millis(), 500);
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_counts_until_it_is_answered() {
    let limiter = Limiter::new(Limit::Auto, Reserve::default());
    let mut under_way = Vec::new();
    for _ in 0..36 {
        under_way.push(limiter.acquire(&quiet).await.unwrap());
    }
    let more = tokio::time::timeout(Duration::from_mins(5), limiter.acquire(&quiet)).await;
    assert!(more.is_err(), "36 unanswered requests may all arrive at once");
    drop(under_way.pop());
    let start = Instant::now();
    drop(limiter.acquire(&quiet).await);
    assert!(start.elapsed() <= Duration::from_millis(501));
    assert_eq!(limiter.level().in_flight, 35);
}

#[tokio::test(start_paused = true)]
async fn the_level_is_shown_and_what_was_not_asked_for_is_counted() {
    let limiter = Limiter::new(Limit::Auto, Reserve::new(0.25));
    limiter.acquire(&quiet).await.unwrap().answered(Some((11, 80)));
    let level = limiter.level();
    assert_eq!((level.limit, level.in_flight), (80, 0));
    assert!((level.used - 11.0).abs() < 0.01 && (level.per_second - 3.0).abs() < 0.01, "{level:?}");
    // 11 requests drain in 2.75 s; in the other 7.25 s, 29 more could have.
    tokio::time::sleep(Duration::from_secs(10)).await;
    drop(limiter.acquire(&quiet).await);
    assert!((limiter.level().forgone - 29.0).abs() < 0.1, "{:?}", limiter.level());
}

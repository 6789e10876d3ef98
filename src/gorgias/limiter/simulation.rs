//! A leaky-bucket server in paused time, with other programs on the account, and workers that keep it busy.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::{Limit, Limiter, Reserve};

/// One row of the table of scenarios.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// What the server's bucket holds.
    pub(super) limit: u32,
    /// In how many seconds it drains.
    pub(super) window_s: u32,
    /// What the limiter is told.
    pub(super) told: Limit,
    pub(super) reserve: Reserve,
    /// Latency of one direction, from and to, in milliseconds.
    pub(super) latency_ms: (u64, u64),
    /// Calls of another program in a second, at random times.
    pub(super) others: f64,
    pub(super) workers: u32,
    /// Whether answers carry the header.
    pub(super) header: bool,
    pub(super) seed: u64,
}

/// What came out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outcome {
    /// 429s in the whole run.
    pub(super) throttled: u32,
    /// Accepted calls of ours, divided by what the account allowed us while it was measured.
    pub(super) share: f64,
    /// Accepted calls of ours in a second.
    pub(super) per_second: f64,
}

struct Server {
    limit: f64,
    per_second: f64,
    level: f64,
    at: Instant,
    ours: u32,
    others: u32,
}

impl Server {
    /// One request arrives: whether it is let in, and what the header says.
    fn arrive(&mut self) -> (bool, u32) {
        let now = Instant::now();
        self.level = (self.level - (now - self.at).as_secs_f64() * self.per_second).max(0.0);
        self.at = now;
        let admitted = self.level + 1.0 <= self.limit + 1e-9;
        if admitted {
            self.level += 1.0;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a level is small")]
        let used = (self.level - 1e-9).ceil() as u32;
        (admitted, used)
    }
}

/// Time until the first burst and the limit's learning are over.
const WARM_UP: Duration = Duration::from_mins(1);

/// Runs a scenario for `measured` after the warm-up.
pub(super) async fn run(scenario: &Scenario, measured: Duration) -> Outcome {
    let per_second = f64::from(scenario.limit) / f64::from(scenario.window_s);
    let limit = f64::from(scenario.limit);
    let server = Server { limit, per_second, level: 0.0, at: Instant::now(), ours: 0, others: 0 };
    let server = Arc::new(Mutex::new(server));
    let limiter = Limiter::new(scenario.told, scenario.reserve);
    let throttled = Arc::new(AtomicU32::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for worker in 0..scenario.workers {
        let rng = fastrand::Rng::with_seed(scenario.seed * 1000 + u64::from(worker));
        let (server, limiter, throttled) = (Arc::clone(&server), limiter.clone(), Arc::clone(&throttled));
        tasks.spawn(work(scenario.clone(), rng, server, limiter, throttled));
    }
    if scenario.others > 0.0 {
        tasks.spawn(disturb(scenario.others, fastrand::Rng::with_seed(scenario.seed), Arc::clone(&server)));
    }
    let start = Instant::now();
    let count = |server: &Mutex<Server>| {
        let server = server.lock().unwrap();
        (server.ours, server.others)
    };
    sleep_until(start + WARM_UP).await;
    let before = count(&server);
    sleep_until(start + WARM_UP + measured).await;
    let after = count(&server);
    tasks.shutdown().await;
    let ours = f64::from(after.0 - before.0);
    let possible = per_second * measured.as_secs_f64() - f64::from(after.1 - before.1);
    Outcome {
        throttled: throttled.load(Ordering::Relaxed),
        share: ours / possible,
        per_second: ours / measured.as_secs_f64(),
    }
}

async fn work(
    scenario: Scenario,
    mut rng: fastrand::Rng,
    server: Arc<Mutex<Server>>,
    limiter: Limiter,
    throttled: Arc<AtomicU32>,
) {
    let (from, to) = scenario.latency_ms;
    loop {
        let token = limiter.acquire(&|_, _| {}).await.unwrap();
        sleep(Duration::from_millis(rng.u64(from..=to))).await;
        let (admitted, used) = {
            let mut server = server.lock().unwrap();
            let (admitted, used) = server.arrive();
            server.ours += u32::from(admitted);
            (admitted, used)
        };
        sleep(Duration::from_millis(rng.u64(from..=to))).await;
        token.answered(scenario.header.then_some((used, scenario.limit)));
        if !admitted {
            throttled.fetch_add(1, Ordering::Relaxed);
            limiter.throttled(Some(Duration::from_secs(1)));
        }
    }
}

/// Another program on the same account, which does not know of us.
async fn disturb(per_second: f64, mut rng: fastrand::Rng, server: Arc<Mutex<Server>>) {
    loop {
        sleep(Duration::from_secs_f64(-(1.0 - rng.f64()).ln() / per_second)).await;
        let mut server = server.lock().unwrap();
        let (admitted, _) = server.arrive();
        server.others += u32::from(admitted);
    }
}

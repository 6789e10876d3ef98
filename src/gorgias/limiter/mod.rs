//! The limiter: a twin of the account's leaky bucket, so that exactly what the account allows is sent and no 429 comes
//! back.
//!
//! Gorgias lets an account's bucket hold 40 (API key) or 80 (OAuth) requests and drains it in 20 s (its page on
//! limitations), for some accounts in 10 s (see [`window`]); each answer says `used/limit`. The twin is a GCRA (governor) over one number, the time at which the
//! bucket will be empty.
//!
//! Invariants:
//!
//! - Every attempt takes a token, look-ups and retries too; tokens are given first come, first served.
//! - **The twin is never emptier than the server's bucket can be.** A request counts from the moment it is let go, and
//!   as long as it is under way it cannot drain, because it may arrive at any later moment. Slow or reordered requests
//!   that arrive together therefore cannot overflow the bucket. This costs no throughput: the bucket drains as long
//!   as anything else is in it, and what is under way fills it only after about 18 s of latency.
//! - News from the server only ever raise the twin: a header describes the past, so it can prove the bucket fuller
//!   than we think, never emptier. An answer without the header is no news.
//! - A tenth of the bucket stays free, for what other programs send while our answers are under way. With a limit of
//!   40 the burst is 36. Where others were seen, what they are likely to have sent since the last news is left free too.
//!
//! What this module must not know: HTTP, concurrency (the callers' business), what the requests are for.

mod bucket;
#[cfg(test)]
mod learning_tests;
mod others;
mod pace;
#[cfg(test)]
mod pace_table;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;
mod window;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use bucket::Bucket;
use others::Others;
pub use pace::{BadLimit, Limit, Reserve};
use window::Learner;

/// A `Retry-After` is obeyed up to this; more is a fault of the header, and the caller's patience ends before.
const RETRY_AFTER_MAX: Duration = Duration::from_mins(15);

/// Waits after a 429 without `Retry-After` double from one second up to this.
const BLIND_WAIT_MAX: Duration = Duration::from_secs(32);

/// Why the next request has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitReason {
    /// The account's bucket is as full as it may be.
    Budget,
    /// The share that is ours is used; the rest is left to others.
    Reserve,
    /// The server said 429.
    Throttled,
}

/// How full the account's bucket is, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Requests in it.
    pub used: f64,
    /// Requests that it holds.
    pub limit: u32,
    /// Requests that may leave in a second in the long run, our share of them.
    pub per_second: f64,
    /// Requests under way.
    pub in_flight: u32,
    /// Requests that the budget would have allowed since the first one and that nobody asked for in time.
    pub forgone: f64,
}

/// The limiter of one account. Clones share it.
#[derive(Clone)]
pub struct Limiter {
    shared: Arc<Shared>,
}

struct Shared {
    epoch: Instant,
    state: Mutex<State>,
    queue: tokio::sync::Mutex<()>,
    changed: Notify,
    closed: AtomicBool,
    paused: AtomicBool,
}

struct State {
    limit: Limit,
    reserve: Reserve,
    /// The limit that the last header said.
    learned: Option<u32>,
    /// What the headers tell of the window.
    learner: Learner,
    /// Twin of the account's bucket.
    account: Bucket,
    /// What of it is ours, if not all is.
    share: Option<Bucket>,
    others: Others,
    in_flight: u32,
    not_before_ns: u64,
    blind_429s: u32,
    forgone: f64,
    begun: bool,
}

/// The right to send one request. Give the answer's news to [`Token::answered`]; dropping it counts the request as
/// having arrived.
#[must_use]
pub struct Token {
    shared: Arc<Shared>,
    let_go_ns: u64,
}

impl Limiter {
    /// A limiter that starts with an empty bucket.
    pub fn new(limit: Limit, reserve: Reserve) -> Self {
        let state = State {
            limit,
            reserve,
            learned: None,
            account: Bucket::new(limit.account_pace(None, window::SLOW)),
            share: limit.share_pace(None, window::SLOW, reserve).map(Bucket::new),
            learner: Learner::default(),
            others: Others::default(),
            in_flight: 0,
            not_before_ns: 0,
            blind_429s: 0,
            forgone: 0.0,
            begun: false,
        };
        let shared = Shared {
            epoch: Instant::now(),
            state: Mutex::new(state),
            queue: tokio::sync::Mutex::new(()),
            changed: Notify::new(),
            closed: AtomicBool::new(false),
            paused: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Waits for the right to send one request. `on_wait` hears once for each reason why and how long the first in
    /// the queue waits. Dropping the future gives the place up. Nothing once the limiter is closed.
    pub async fn acquire(&self, on_wait: &(dyn Fn(WaitReason, Duration) + Sync)) -> Option<Token> {
        let _turn = self.shared.queue.lock().await;
        let mut told = None;
        loop {
            if self.shared.closed.load(Ordering::Acquire) {
                return None;
            }
            if self.shared.paused.load(Ordering::Acquire) {
                self.shared.changed.notified().await;
                continue;
            }
            let (until_ns, reason) = match self.shared.try_take() {
                Ok(let_go_ns) => return Some(Token { shared: Arc::clone(&self.shared), let_go_ns }),
                Err(refused) => refused,
            };
            let until = self.shared.epoch + Duration::from_nanos(until_ns);
            if told != Some(reason) {
                told = Some(reason);
                on_wait(reason, until.saturating_duration_since(Instant::now()));
            }
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = self.shared.changed.notified() => {}
            }
        }
    }

    /// Lets nothing out as long as it is paused; whoever waits keeps the place.
    pub fn pause(&self, paused: bool) {
        self.shared.paused.store(paused, Ordering::Release);
        self.shared.changed.notify_one();
    }

    /// Lets nothing more out: whoever waits, and whoever comes later, is sent away at once.
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        self.shared.changed.notify_one();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    /// A 429 came. Nothing is sent for `retry_after`, or for a wait that doubles with each 429 that has none, and the
    /// bucket counts as full.
    pub fn throttled(&self, retry_after: Option<Duration>) {
        let now = self.shared.now_ns();
        let mut state = self.shared.lock();
        let wait = if let Some(wait) = retry_after {
            wait.min(RETRY_AFTER_MAX)
        } else {
            state.blind_429s += 1;
            Duration::from_secs(1 << (state.blind_429s - 1).min(5)).min(BLIND_WAIT_MAX)
        };
        state.not_before_ns = state.not_before_ns.max(now.saturating_add(nanos(wait)));
        if state.learner.throttled() {
            state.retune(now);
        }
        let full = f64::from(state.account.pace().limit) + f64::from(state.in_flight);
        state.account.raise(now, full);
        drop(state);
        self.shared.changed.notify_one();
    }

    /// Leaves another share to others from now on (a timetable's next row).
    pub fn set_reserve(&self, reserve: Reserve) {
        let now = self.shared.now_ns();
        let mut state = self.shared.lock();
        state.reserve = reserve;
        state.retune(now);
        drop(state);
        self.shared.changed.notify_one();
    }

    /// Where the bucket stands.
    pub fn level(&self) -> Level {
        let now = self.shared.now_ns();
        let state = self.shared.lock();
        let pace = state.account.pace();
        let slowest = state.share.as_ref().map_or(pace, Bucket::pace);
        Level {
            used: state.account.level(now).max(f64::from(state.in_flight)),
            limit: pace.limit,
            per_second: slowest.per_second().min(pace.per_second()),
            in_flight: state.in_flight,
            forgone: state.forgone,
        }
    }
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Limiter").field(&self.level()).finish()
    }
}

impl Token {
    /// The answer came, with the bucket's `(used, limit)` if it said so.
    pub fn answered(self, news: Option<(u32, u32)>) {
        if let Some((used, limit)) = news {
            self.shared.observe(self.let_go_ns, used, limit);
        }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        let now = self.shared.now_ns();
        let mut state = self.shared.lock();
        state.hold_in_flight(now);
        state.in_flight = state.in_flight.saturating_sub(1);
        drop(state);
        self.shared.changed.notify_one();
    }
}

impl Shared {
    fn now_ns(&self) -> u64 {
        nanos(Instant::now().saturating_duration_since(self.epoch))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one request go, or says until when it has to wait and why. Gives the moment.
    fn try_take(&self) -> Result<u64, (u64, WaitReason)> {
        let now = self.now_ns();
        self.lock().try_take(now).map(|()| now)
    }

    fn observe(&self, let_go_ns: u64, used: u32, limit: u32) {
        let now = self.now_ns();
        let mut state = self.lock();
        state.blind_429s = 0;
        let window_learned = state.learner.answered(let_go_ns, now, used, limit);
        if window_learned || (limit > 0 && state.learned != Some(limit)) {
            state.learned = Some(limit);
            state.retune(now);
        }
        // The observed request is in `used` itself; all the others under way may or may not be.
        let others = state.in_flight.saturating_sub(1);
        let level = f64::from(used.min(limit)) + f64::from(others);
        let surplus = level - state.account.level(now);
        state.others.heard(now, let_go_ns, surplus);
        state.account.raise(now, level);
    }
}

impl State {
    fn try_take(&mut self, now: u64) -> Result<(), (u64, WaitReason)> {
        if now < self.not_before_ns {
            return Err((self.not_before_ns, WaitReason::Throttled));
        }
        let idle = self.account.idle_units(now);
        self.hold_in_flight(now);
        let before = self.account.mark();
        let expected = self.others.expected(now, self.account.pace().burst);
        self.account.take_beside(now, expected).map_err(|until| (until, WaitReason::Budget))?;
        if let Some(share) = &mut self.share
            && let Err(until) = share.take(now)
        {
            self.account.restore(before);
            return Err((until, WaitReason::Reserve));
        }
        if self.begun {
            self.forgone += idle;
        }
        self.begun = true;
        self.in_flight += 1;
        Ok(())
    }

    /// What is under way has not drained: it may not even have arrived.
    fn hold_in_flight(&mut self, now: u64) {
        self.account.raise(now, f64::from(self.in_flight));
    }

    fn retune(&mut self, now: u64) {
        let window = self.learner.window();
        self.account.retune(now, self.limit.account_pace(self.learned, window));
        match (self.limit.share_pace(self.learned, window, self.reserve), &mut self.share) {
            (Some(pace), Some(share)) => share.retune(now, pace),
            (pace, share) => *share = pace.map(Bucket::new),
        }
    }
}

/// 584 years fit.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

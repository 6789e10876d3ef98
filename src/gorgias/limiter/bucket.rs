//! One bucket: governor's GCRA over a number that can be raised from outside.
//!
//! governor has no way to correct a limiter, but its state store and clock are traits. The state is the time at which
//! the bucket will be empty ("theoretical arrival time"), in nanoseconds since the limiter's epoch; level = what is
//! left of it, divided by the time in which one request drains.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{NotKeyed, StateStore};
use governor::{Quota, RateLimiter};

use super::pace::Pace;

/// The one number, shared with governor. All access is under the limiter's lock; the atomic is what the trait needs.
#[derive(Clone, Default)]
struct EmptyAt(Arc<AtomicU64>);

impl StateStore for EmptyAt {
    type Key = NotKeyed;

    fn measure_and_replace<T, F, E>(&self, _key: &NotKeyed, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut seen = self.0.load(Ordering::Acquire);
        loop {
            let (outcome, next) = decide(Some(seen.into()))?;
            match self.0.compare_exchange_weak(seen, next.into(), Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Ok(outcome),
                Err(other) => seen = other,
            }
        }
    }
}

/// A clock that shows the moment it was last set to. Each decision reads tokio's clock once (which tests can pause),
/// corrects the state and asks governor at that same moment. It shows zero while a limiter is built, so that all of
/// them count from the same epoch.
#[derive(Clone, Default)]
struct Moment(Arc<AtomicU64>);

impl Clock for Moment {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.load(Ordering::Acquire).into()
    }
}

type Gcra = RateLimiter<NotKeyed, EmptyAt, Moment, NoOpMiddleware<Nanos>>;

/// A leaky bucket with a pace that can change.
pub(super) struct Bucket {
    pace: Pace,
    empty_at: EmptyAt,
    moment: Moment,
    gcra: Gcra,
}

/// A state to go back to.
#[derive(Clone, Copy)]
pub(super) struct Mark(u64);

impl Bucket {
    /// An empty bucket.
    pub(super) fn new(pace: Pace) -> Self {
        let (empty_at, moment) = (EmptyAt::default(), Moment::default());
        let gcra = RateLimiter::new(quota(pace), empty_at.clone(), moment.clone());
        Self { pace, empty_at, moment, gcra }
    }

    /// Its pace.
    pub(super) fn pace(&self) -> Pace {
        self.pace
    }

    /// Puts one request in, or says when that will be possible.
    pub(super) fn take(&mut self, now: u64) -> Result<(), u64> {
        self.moment.0.store(now, Ordering::Release);
        self.gcra.check().map_err(|not_until| not_until.earliest_possible().as_u64())
    }

    /// The same as if it held `more` requests, which are forgotten afterwards.
    pub(super) fn take_beside(&mut self, now: u64, more: f64) -> Result<(), u64> {
        let before = self.mark();
        let more_ns = self.in_ns(more);
        self.empty_at.0.store(before.0.max(now).saturating_add(more_ns), Ordering::Release);
        let taken = self.take(now);
        match taken {
            Ok(()) => self.empty_at.0.fetch_sub(more_ns, Ordering::AcqRel),
            Err(_) => self.empty_at.0.swap(before.0, Ordering::AcqRel),
        };
        taken
    }

    /// Makes it hold at least `level` requests. Raised only: news describe the past.
    pub(super) fn raise(&mut self, now: u64, level: f64) {
        let empty_at = now.saturating_add(self.in_ns(level));
        self.empty_at.0.fetch_max(empty_at, Ordering::AcqRel);
    }

    /// How many requests it holds.
    #[expect(clippy::cast_precision_loss, reason = "a level is at most a few thousand")]
    pub(super) fn level(&self, now: u64) -> f64 {
        self.empty_at.0.load(Ordering::Acquire).saturating_sub(now) as f64 / self.pace.unit_ns as f64
    }

    /// How many requests it could have drained since it became empty.
    #[expect(clippy::cast_precision_loss, reason = "a count for people")]
    pub(super) fn idle_units(&self, now: u64) -> f64 {
        now.saturating_sub(self.empty_at.0.load(Ordering::Acquire)) as f64 / self.pace.unit_ns as f64
    }

    /// Where it stands.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.empty_at.0.load(Ordering::Acquire))
    }

    /// Takes back what happened since `mark`.
    pub(super) fn restore(&mut self, mark: Mark) {
        self.empty_at.0.store(mark.0, Ordering::Release);
    }

    /// Changes the pace and keeps the number of requests in it.
    pub(super) fn retune(&mut self, now: u64, pace: Pace) {
        if pace == self.pace {
            return;
        }
        let level = self.level(now);
        self.pace = pace;
        self.empty_at.0.store(now.saturating_add(self.in_ns(level)), Ordering::Release);
        self.moment.0.store(0, Ordering::Release);
        self.gcra = RateLimiter::new(quota(pace), self.empty_at.clone(), self.moment.clone());
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "levels are small and positive; the cast saturates"
    )]
    fn in_ns(&self, level: f64) -> u64 {
        (level * self.pace.unit_ns as f64) as u64
    }
}

fn quota(pace: Pace) -> Quota {
    let burst = NonZeroU32::new(pace.burst).unwrap_or(NonZeroU32::MIN);
    let unit = Duration::from_nanos(pace.unit_ns.max(1));
    Quota::with_period(unit).expect("a unit takes at least a nanosecond").allow_burst(burst)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gorgias::limiter::Limit;
    use crate::gorgias::limiter::window::SLOW;

    const SECOND: u64 = 1_000_000_000;

    fn bucket() -> Bucket {
        Bucket::new(Limit::Auto.account_pace(None, SLOW))
    }

    #[test]
    fn it_lets_36_go_at_once_and_then_two_a_second() {
        let mut bucket = bucket();
        for _ in 0..36 {
            assert_eq!(bucket.take(SECOND), Ok(()));
        }
        assert_eq!(bucket.take(SECOND), Err(SECOND + SECOND / 2));
        assert_eq!(bucket.take(SECOND + SECOND / 2), Ok(()));
        assert!(bucket.take(SECOND + SECOND / 2).is_err());
    }

    #[test]
    fn news_raise_and_never_lower() {
        let mut bucket = bucket();
        bucket.raise(SECOND, 30.0);
        bucket.raise(SECOND, 5.0);
        assert!((bucket.level(SECOND) - 30.0).abs() < 1e-6);
        assert!((bucket.level(6 * SECOND) - 20.0).abs() < 1e-6);
        bucket.raise(SECOND, 40.0);
        assert_eq!(bucket.take(SECOND), Err(SECOND + 5 * SECOND / 2));
    }

    #[test]
    fn a_new_pace_keeps_the_level() {
        let mut bucket = bucket();
        bucket.raise(5 * SECOND, 30.0);
        bucket.retune(5 * SECOND, Limit::Auto.account_pace(Some(80), SLOW));
        assert!((bucket.level(5 * SECOND) - 30.0).abs() < 1e-6);
        for _ in 0..42 {
            assert_eq!(bucket.take(5 * SECOND), Ok(()));
        }
        assert_eq!(bucket.take(5 * SECOND), Err(5 * SECOND + SECOND / 4));
    }

    #[test]
    fn what_was_taken_back_is_free_again() {
        let mut bucket = bucket();
        let mark = bucket.mark();
        bucket.take(SECOND).unwrap();
        bucket.restore(mark);
        assert!(bucket.level(SECOND) < 1e-9 && (bucket.idle_units(SECOND) - 2.0).abs() < 1e-9);
    }

    proptest::proptest! {
        /// Refused until exactly the moment it names, granted at that moment.
        #[test]
        fn it_keeps_its_word(limit in 1_u32..5000, level in 0.0_f64..6000.0, now in 0_u64..1_000_000_000_000) {
            let mut bucket = Bucket::new(Limit::Auto.account_pace(Some(limit), SLOW));
            bucket.raise(now, level);
            if let Err(until) = bucket.take(now) {
                proptest::prop_assert!(until > now);
                proptest::prop_assert!(bucket.take(until - 1).is_err());
                proptest::prop_assert!(bucket.take(until).is_ok());
            }
        }
    }
}

//! When will it be done? Nothing is said that cannot be defended.
//!
//! Two estimates: the budget's (calls left at the account's rate, told by whoever plans them) and the observed one (what
//! was done so far against the time it took). The observed one exists only after a hundredth of this run's work; of
//! reading, which goes evenly, after a second.

use jiff::Timestamp;

/// The share of the work, in percent, before which nothing observed is said.
const OBSERVED_FROM_PERCENT: u64 = 1;

/// How long work that goes evenly is observed before something is said of it, in milliseconds.
const EVEN_FROM: u64 = 900;

/// Estimates further apart than this many percent are both shown.
const AGREE_WITHIN_PERCENT: u64 = 20;

/// What comes on top of the budget's plan in practice, in percent; the later end of its window.
const ON_TOP_PERCENT: u64 = 10;

/// How far what was observed may be off either way, in percent.
const OFF_PERCENT: u64 = 5;

/// Watches work being done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimator {
    goes_evenly: bool,
    start: Option<Start>,
    latest: Option<Latest>,
}

#[derive(Clone, Copy, Debug)]
struct Start {
    at: Timestamp,
    done: u64,
}

#[derive(Clone, Copy, Debug)]
struct Latest {
    at: Timestamp,
    done: u64,
    total: u64,
    budget_seconds: Option<u64>,
}

/// What can be said about the time left, in seconds from the last observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimate {
    /// Nothing yet.
    None,
    /// From the calls left and the account's rate.
    Budget(u64),
    /// From what was done so far; the budget's estimate, if any, agrees.
    Observed(u64),
    /// The two differ: earliest and latest.
    Window(u64, u64),
}

impl Estimate {
    /// The time by which it should be done: the later end of a window.
    pub fn latest_seconds(self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Budget(seconds) | Self::Observed(seconds) | Self::Window(_, seconds) => Some(seconds),
        }
    }
}

impl Estimate {
    /// The earliest and the latest time by which it should be done, in seconds: nobody knows the second.
    pub fn window(self) -> Option<(u64, u64)> {
        let part = |seconds: u64, percent: u64| seconds.saturating_mul(percent) / 100;
        Some(match self {
            Self::None => return None,
            Self::Budget(seconds) => (seconds, seconds.saturating_add(part(seconds, ON_TOP_PERCENT))),
            Self::Observed(seconds) => {
                let off = part(seconds, OFF_PERCENT);
                (seconds - off, seconds.saturating_add(off))
            }
            Self::Window(early, late) => (early, late),
        })
    }
}

impl Estimator {
    /// Watches work that goes evenly, as bytes are read: a second of it tells the rest.
    pub fn of_even_work() -> Self {
        Self { goes_evenly: true, ..Self::default() }
    }

    /// Work done a second since the beginning; nothing before there is a second of it.
    pub fn per_second(&self) -> Option<f64> {
        let (start, latest) = (self.start?, self.latest?);
        let done = latest.done.checked_sub(start.done)?;
        let seconds = latest.at.duration_since(start.at).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
        let rate = done as f64 / seconds;
        (seconds >= 1.0).then_some(rate)
    }

    /// Takes the state of the work at `at`; the first one is where the work of this run begins.
    pub fn observe(&mut self, at: Timestamp, done: u64, total: u64, budget_seconds: Option<u64>) {
        self.start.get_or_insert(Start { at, done });
        self.latest = Some(Latest { at, done, total, budget_seconds });
    }

    /// What can be said now.
    pub fn estimate(&self) -> Estimate {
        let Some(latest) = self.latest else { return Estimate::None };
        match (latest.budget_seconds, self.observed()) {
            (None, None) => Estimate::None,
            (Some(budget), None) => Estimate::Budget(budget),
            (None, Some(observed)) => Estimate::Observed(observed),
            (Some(budget), Some(observed)) if agree(budget, observed) => Estimate::Observed(observed),
            (Some(budget), Some(observed)) => Estimate::Window(budget.min(observed), budget.max(observed)),
        }
    }

    fn observed(&self) -> Option<u64> {
        let (start, latest) = (self.start?, self.latest?);
        let done = latest.done.checked_sub(start.done)?;
        let whole = latest.total.checked_sub(start.done)?;
        let elapsed = u64::try_from(latest.at.duration_since(start.at).as_millis()).ok()?;
        // Widened, because bytes times milliseconds of a long reading do not fit into 64 bits.
        let (done, whole) = (u128::from(done), u128::from(whole));
        let is_enough = done * 100 >= whole * u128::from(OBSERVED_FROM_PERCENT)
            || (self.goes_evenly && elapsed >= EVEN_FROM);
        if done == 0 || elapsed == 0 || !is_enough {
            return None;
        }
        let left = whole.saturating_sub(done);
        u64::try_from((left * u128::from(elapsed)).div_ceil(done * 1000)).ok()
    }
}

fn agree(budget: u64, observed: u64) -> bool {
    let (less, more) = (budget.min(observed), budget.max(observed));
    u128::from(more - less) * 100 <= u128::from(more) * u128::from(AGREE_WITHIN_PERCENT)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use proptest::prelude::*;

    use super::*;

    fn after(seconds: i64, done: u64, total: u64, budget: Option<u64>) -> Estimate {
        let start: Timestamp = "2026-03-01T17:00:00Z".parse().unwrap();
        let mut estimator = Estimator::default();
        estimator.observe(start, 1000, total, budget);
        estimator.observe(start + seconds.seconds(), done, total, budget);
        estimator.estimate()
    }

    #[test]
    fn of_even_work_a_second_is_enough() {
        let start: Timestamp = "2026-03-01T17:00:00Z".parse().unwrap();
        let mut estimator = Estimator::of_even_work();
        estimator.observe(start, 0, 1_000_000, None);
        estimator.observe(start + 500.milliseconds(), 500, 1_000_000, None);
        assert_eq!(estimator.estimate(), Estimate::None);
        estimator.observe(start + 1.seconds(), 1_000, 1_000_000, None);
        assert_eq!(estimator.estimate(), Estimate::Observed(999));
    }

    #[test]
    fn nothing_observed_is_said_before_one_percent() {
        assert_eq!(Estimator::default().estimate(), Estimate::None);
        assert_eq!(after(10, 1089, 10_000, None), Estimate::None);
        assert_eq!(after(10, 1089, 10_000, Some(4500)), Estimate::Budget(4500));
        assert_eq!(after(10, 1090, 10_000, None), Estimate::Observed(990));
    }

    #[test]
    fn what_an_earlier_run_did_is_not_credited_to_this_one() {
        // 4,500 of the 9,000 of this run took 100 s; counting all 5,500 of 10,000 would say 82 s.
        assert_eq!(after(100, 5_500, 10_000, None), Estimate::Observed(100));
    }

    #[test]
    fn estimates_that_differ_are_both_shown() {
        assert_eq!(after(100, 5_500, 10_000, Some(121)), Estimate::Observed(100));
        assert_eq!(after(100, 5_500, 10_000, Some(126)), Estimate::Window(100, 126));
        assert_eq!(after(100, 5_500, 10_000, Some(70)), Estimate::Window(70, 100));
        assert_eq!(after(100, 5_500, 10_000, Some(70)).latest_seconds(), Some(100));
    }

    #[test]
    fn an_estimate_is_a_window() {
        assert_eq!(Estimate::Budget(1000).window(), Some((1000, 1100)));
        assert_eq!(Estimate::Observed(1000).window(), Some((950, 1050)));
        assert_eq!(Estimate::Window(7, 9).window(), Some((7, 9)));
        assert_eq!(Estimate::Budget(u64::MAX).window().map(|(early, _)| early), Some(u64::MAX));
    }

    #[test]
    fn a_clock_set_back_gives_no_estimate() {
        assert_eq!(after(-5, 5_500, 10_000, None), Estimate::None);
    }

    proptest! {
        #[test]
        fn any_observations_are_taken(
            steps in prop::collection::vec((any::<i32>(), any::<u64>(), any::<u64>(), any::<Option<u64>>()), 0..5),
        ) {
            let mut estimator = Estimator::default();
            for (second, done, total, budget) in steps {
                estimator.observe(Timestamp::from_second(second.into()).unwrap(), done, total, budget);
                if let Estimate::Window(early, late) = estimator.estimate() {
                    prop_assert!(early < late);
                }
            }
        }

        #[test]
        fn at_a_steady_rate_the_estimate_is_right(rate in 1_u64..50, total in 1_000_u64..100_000, share in 2_u64..99) {
            let start = Timestamp::UNIX_EPOCH;
            let mut estimator = Estimator::default();
            estimator.observe(start, 0, total, None);
            let seconds = total * share / 100 / rate;
            prop_assume!(seconds > 0 && seconds * rate * 100 >= total);
            let at = start + i64::try_from(seconds).unwrap().seconds();
            estimator.observe(at, seconds * rate, total, None);
            prop_assert_eq!(estimator.estimate(), Estimate::Observed((total - seconds * rate).div_ceil(rate)));
        }
    }
}

//! What other programs on the account are likely to have sent since the last news.
//!
//! Simulated with random calls of another program that takes half of the account (see the tests): without this
//! guess 12 of our requests an hour met a full bucket, because a waiting request leaves on the strength of news that
//! are seconds old. The guess is never written into the twin, so a wrong one costs nothing lasting.

/// News older than this no longer shape the guess.
const MEMORY_S: f64 = 120.0;

/// The guess takes at most this share of the burst, so that silence cannot block us for ever.
const SHARE_MAX: f64 = 0.5;

/// With one deviation, a program that takes half of an account of 40 in 10 s met us with three 429s an hour. More cost
/// no share: what is left free at one moment is used at the next, as long as the bucket does not run empty.
const DEVIATIONS: f64 = 2.0;

const NS_PER_S: f64 = 1e9;

/// The rate of others, as raises of the twin show it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Others {
    heard_at_ns: u64,
    /// When the request left whose answer brought the last news: they are at most that old.
    true_from_ns: u64,
    per_second: f64,
}

impl Others {
    /// The answer to a request that left at `left` showed the bucket to hold `surplus` more than the twin thought.
    pub(super) fn heard(&mut self, now: u64, left: u64, surplus: f64) {
        let passed_s = seconds(now.saturating_sub(self.heard_at_ns));
        self.heard_at_ns = now;
        self.true_from_ns = self.true_from_ns.max(left);
        let kept = (-passed_s / MEMORY_S).exp();
        self.per_second = self.per_second * kept + surplus.max(0.0) / MEMORY_S;
    }

    /// How many of their requests to expect beyond the last news: the mean and some deviations of random arrivals.
    pub(super) fn expected(&self, now: u64, burst: u32) -> f64 {
        let mean = self.per_second * seconds(now.saturating_sub(self.true_from_ns));
        (mean + DEVIATIONS * mean.sqrt()).min(f64::from(burst.saturating_sub(1)) * SHARE_MAX)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a guess")]
fn seconds(ns: u64) -> f64 {
    ns as f64 / NS_PER_S
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn it_learns_a_rate_and_forgets_it() {
        let mut others = Others::default();
        for second in 1..=1000 {
            others.heard(second * SECOND, second * SECOND, 0.5);
        }
        assert!((others.per_second - 0.5).abs() < 0.01, "{others:?}");
        assert!((others.expected(1002 * SECOND, 36) - 3.0).abs() < 0.03);
        for second in 1001..=2000 {
            others.heard(second * SECOND, second * SECOND, 0.0);
        }
        assert!(others.per_second < 0.001, "{others:?}");
    }

    #[test]
    fn it_never_blocks_for_ever() {
        let mut others = Others::default();
        (1..100).for_each(|second| others.heard(second * SECOND, second * SECOND, 100.0));
        assert!(others.expected(u64::MAX, 36) <= 17.5);
        assert!(others.expected(u64::MAX, 1) <= 0.0);
    }
}

//! The account's leaky bucket: so many requests at once, draining at a steady rate, empty after the window.
//! Source: Gorgias's page on limitations (40 in 20 s for an API key, twice that for OAuth). Pure: time is passed in.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// How many requests an account may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketLimit {
    /// Requests that may come at once. Zero stands for no limit at all.
    pub capacity: u32,
    /// How long a full bucket takes to drain, in milliseconds.
    pub window_ms: u64,
}

/// What the header shows as capacity where there is no limit: large enough that nobody slows down for it.
const UNLIMITED_SHOWN: u32 = 1_000_000;

impl BucketLimit {
    /// What an API key has: 40 in 20 s.
    pub const API_KEY: Self = Self { capacity: 40, window_ms: 20_000 };
    /// No limit; the header then shows a capacity of a million.
    pub const UNLIMITED: Self = Self { capacity: 0, window_ms: 0 };

    /// `capacity` requests in `window`.
    pub fn new(capacity: u32, window: Duration) -> Self {
        Self { capacity, window_ms: u64::try_from(window.as_millis()).unwrap_or(u64::MAX) }
    }

    /// The limit of an OAuth application, twice that of a key.
    #[must_use]
    pub fn doubled(self) -> Self {
        Self { capacity: self.capacity.saturating_mul(2), ..self }
    }
}

/// A bucket that fills with requests and leaks.
#[derive(Debug)]
pub(crate) struct Bucket {
    limit: BucketLimit,
    level: f64,
    at: Instant,
}

/// What the bucket said to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// `used/limit`, the value of `X-Gorgias-Account-Api-Call-Limit`.
    pub(crate) header: String,
    /// Units in the bucket after this request; nothing where there is no limit.
    pub(crate) level: u32,
    /// Whole seconds to wait, where the request is refused.
    pub(crate) retry_after: Option<u64>,
}

impl Bucket {
    pub(crate) fn new(limit: BucketLimit, at: Instant) -> Self {
        Self { limit, level: 0.0, at }
    }

    /// Its limit.
    pub(crate) fn limit(&self) -> BucketLimit {
        self.limit
    }

    /// Counts a request, or refuses it. A refused request does not fill the bucket.
    pub(crate) fn take(&mut self, now: Instant) -> Verdict {
        if self.limit.capacity == 0 {
            return Verdict { header: format!("1/{UNLIMITED_SHOWN}"), level: 0, retry_after: None };
        }
        self.leak(now);
        let capacity = f64::from(self.limit.capacity);
        let retry_after = if self.level + 1.0 > capacity + 1e-9 {
            let missing = self.level + 1.0 - capacity;
            Some(seconds_up(missing / self.leak_per_second()).max(1))
        } else {
            self.level += 1.0;
            None
        };
        Verdict { header: self.header(), level: self.units(), retry_after }
    }

    /// What the bucket says without a request being counted.
    pub(crate) fn peek(&mut self, now: Instant) -> Verdict {
        if self.limit.capacity == 0 {
            return Verdict { header: format!("0/{UNLIMITED_SHOWN}"), level: 0, retry_after: None };
        }
        self.leak(now);
        Verdict { header: self.header(), level: self.units(), retry_after: None }
    }

    fn leak(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.level = (self.level - passed * self.leak_per_second()).max(0.0);
        self.at = self.at.max(now);
    }

    fn leak_per_second(&self) -> f64 {
        let window = Duration::from_millis(self.limit.window_ms.max(1)).as_secs_f64();
        f64::from(self.limit.capacity) / window
    }

    fn header(&self) -> String {
        format!("{}/{}", self.units(), self.limit.capacity)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the capacity")]
    fn units(&self) -> u32 {
        self.level.ceil() as u32
    }
}

/// Rounds a wait up to whole seconds.
fn seconds_up(seconds: f64) -> u64 {
    Duration::try_from_secs_f64(seconds.max(0.0).ceil()).map_or(u64::MAX, |wait| wait.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forty_at_once_then_two_a_second() {
        let start = Instant::now();
        let mut bucket = Bucket::new(BucketLimit::API_KEY, start);
        for used in 1..=40 {
            let header = format!("{used}/40");
            assert_eq!(bucket.take(start), Verdict { header, level: used, retry_after: None });
        }
        assert_eq!(bucket.take(start), Verdict { header: "40/40".into(), level: 40, retry_after: Some(1) });
        let later = start + Duration::from_secs(1);
        assert_eq!(bucket.take(later).retry_after, None);
        assert_eq!(bucket.take(later).retry_after, None);
        assert_eq!(bucket.take(later).retry_after, Some(1));
        assert_eq!(bucket.peek(start + Duration::from_secs(30)).header, "0/40");
    }

    #[test]
    fn a_slow_bucket_names_the_seconds_until_one_unit_is_free() {
        let start = Instant::now();
        let mut bucket = Bucket::new(BucketLimit::new(1, Duration::from_secs(20)), start);
        assert_eq!(bucket.take(start).retry_after, None);
        assert_eq!(bucket.take(start).retry_after, Some(20));
        assert_eq!(bucket.take(start + Duration::from_millis(12_500)).retry_after, Some(8));
        assert_eq!(bucket.take(start + Duration::from_secs(20)).retry_after, None);
    }

    #[test]
    fn no_limit_never_refuses() {
        let start = Instant::now();
        let mut bucket = Bucket::new(BucketLimit::UNLIMITED, start);
        assert!((0..10_000).all(|_| bucket.take(start).retry_after.is_none()));
    }
}

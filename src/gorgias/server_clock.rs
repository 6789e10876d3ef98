//! The server's clock, learned from `Date` headers.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};

/// How far the server's clock is from ours.
///
/// A `Date` was written before the answer arrived and is cut to the second, so the clock kept here is a little behind
/// the server's: a message that is past by it is past by the server's own.
#[derive(Debug, Default)]
pub(super) struct ServerClock {
    ahead: Mutex<Option<SignedDuration>>,
}

impl ServerClock {
    /// The server wrote `date` into an answer that came at `now`.
    pub(super) fn learn(&self, date: Timestamp, now: Timestamp) {
        let mut ahead = self.ahead.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *ahead = Some(date.duration_since(now));
    }

    /// The server's time when ours is `now`; `None` before the first answer.
    pub(super) fn at(&self, now: Timestamp) -> Option<Timestamp> {
        let ahead = *self.ahead.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        now.checked_add(ahead?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_last_date() {
        let clock = ServerClock::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(clock.at(at("2025-01-01T00:00:00Z")), None);
        clock.learn(at("2025-01-01T01:00:00Z"), at("2025-01-01T00:00:00Z"));
        assert_eq!(clock.at(at("2025-01-02T00:00:00Z")), Some(at("2025-01-02T01:00:00Z")));
        clock.learn(at("2025-01-01T00:00:00Z"), at("2025-01-01T00:00:05Z"));
        assert_eq!(clock.at(at("2025-01-02T00:00:05Z")), Some(at("2025-01-02T00:00:00Z")));
    }
}

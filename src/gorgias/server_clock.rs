//! The server's clock, learned from `Date` headers.
//!
//! Invariant: as long as two answers contradict each other, the gate goes by the earlier of the two times. What the clock
//! is doubted for is settled by asking once more, never by hoping.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Dates that differ by less tell of one clock: they are cut to the second, and answers are under way for a while.
const SAME_CLOCK: SignedDuration = SignedDuration::from_mins(2);

/// How far the server's clock is from ours.
///
/// A `Date` was written before the answer arrived and is cut to the second, so the clock kept here is a little behind
/// the server's: a message that is past by it is past by the server's own.
#[derive(Debug, Default)]
pub(super) struct ServerClock {
    heard: Mutex<Heard>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    /// By how much the server is ahead of us, as is believed.
    ahead: Option<SignedDuration>,
    /// The same by the last answer, where that contradicts what is believed.
    doubt: Option<SignedDuration>,
}

impl ServerClock {
    /// The server wrote `date` into an answer that came at `now`. A clock does not jump: an answer that is far from what was
    /// believed is believed once the next one agrees with it.
    pub(super) fn learn(&self, date: Timestamp, now: Timestamp) {
        let says = date.duration_since(now);
        let agrees = |with: SignedDuration| (says.as_secs() - with.as_secs()).abs() < SAME_CLOCK.as_secs();
        let mut heard = self.heard();
        let is_believed = heard.ahead.is_none_or(agrees) || heard.doubt.is_some_and(agrees);
        *heard = if is_believed {
            Heard { ahead: Some(says), doubt: None }
        } else {
            Heard { doubt: Some(says), ..*heard }
        };
    }

    /// The server's time when ours is `now`, as is believed; `None` before the first answer.
    pub(super) fn at(&self, now: Timestamp) -> Option<Timestamp> {
        let ahead = self.heard().ahead?;
        now.checked_add(ahead).ok()
    }

    /// The same for the gate: the earliest that it can be by what was heard.
    pub(super) fn earliest(&self, now: Timestamp) -> Option<Timestamp> {
        let Heard { ahead, doubt } = *self.heard();
        // A time that does not fit the type is no time to go by.
        ahead.into_iter().chain(doubt).filter_map(|ahead| now.checked_add(ahead).ok()).min()
    }

    /// Whether the last answer contradicts those before it.
    pub(super) fn is_doubted(&self) -> bool {
        self.heard().doubt.is_some()
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn it_follows_the_dates_of_one_clock() {
        let clock = ServerClock::default();
        assert_eq!(clock.at(at("2025-01-01T00:00:00Z")), None);
        clock.learn(at("2025-01-01T01:00:00Z"), at("2025-01-01T00:00:00Z"));
        assert_eq!(clock.at(at("2025-01-02T00:00:00Z")), Some(at("2025-01-02T01:00:00Z")));
        clock.learn(at("2025-01-01T00:59:55Z"), at("2025-01-01T00:00:05Z"));
        assert_eq!(clock.at(at("2025-01-02T00:00:05Z")), Some(at("2025-01-02T00:59:55Z")));
    }

    #[test]
    fn one_wrong_date_is_doubted_and_a_second_one_is_believed() {
        let (noon, wrong) = (at("2025-01-01T12:00:00Z"), at("1970-01-01T00:00:00Z"));
        for wrong in [wrong, at("9999-12-01T00:00:00Z"), at("2025-01-01T11:57:00Z")] {
            let clock = ServerClock::default();
            clock.learn(noon, noon);
            clock.learn(wrong, noon);
            assert!(clock.is_doubted());
            assert_eq!(clock.at(noon), Some(noon));
            assert_eq!(clock.earliest(noon), Some(noon.min(wrong)), "the gate is careful meanwhile");
            clock.learn(noon, noon);
            assert_eq!((clock.earliest(noon), clock.is_doubted()), (Some(noon), false), "it was one answer");
            clock.learn(wrong, noon);
            clock.learn(wrong, noon);
            assert_eq!((clock.at(noon), clock.is_doubted()), (Some(wrong), false), "the clock was set");
        }
    }

    #[test]
    fn answers_that_all_contradict_each_other_are_never_believed() {
        let clock = ServerClock::default();
        let noon = at("2025-01-01T12:00:00Z");
        clock.learn(noon, noon);
        for year in 1970..2020 {
            clock.learn(at(&format!("{year}-01-01T00:00:00Z")), noon);
            assert_eq!((clock.at(noon), clock.is_doubted()), (Some(noon), true));
        }
    }
}

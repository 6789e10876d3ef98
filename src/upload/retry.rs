//! What to do about an answer: a pure decision, without clock or network.
//!
//! The rule that matters most: a write whose outcome is not known is never sent again before it was looked up.

use std::time::Duration;

/// What came back of a write, as far as the decision goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A 2xx that could be read.
    Made,
    /// Certainly not processed: nothing left this machine.
    NotSent,
    /// It may or may not have been processed.
    Lost,
    /// A final 4xx about this record.
    Refused,
    /// The record exists already (409).
    Conflict,
    /// Larger than Gorgias takes (413).
    TooLarge,
    /// What it refers to is not there (404).
    NotFound,
    /// Credentials were refused.
    Unauthorized,
    /// The role or the quota does not allow it.
    Forbidden,
    /// The egress gate refused it, or a limit of ours: a bug or a danger.
    Gate,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Note it as done.
    Done,
    /// Send the same again after a wait.
    WaitThenSend,
    /// Look it up, later, until its fate is known.
    Settle,
    /// Give this record up, with a finding.
    Reject,
    /// Send fewer messages in one call.
    Split,
    /// The ticket is gone.
    Gone,
    /// Stop the run.
    Stop,
}

/// The decision.
pub fn decide(outcome: Outcome) -> Action {
    match outcome {
        Outcome::Made => Action::Done,
        Outcome::NotSent => Action::WaitThenSend,
        Outcome::Lost | Outcome::Conflict => Action::Settle,
        Outcome::Refused => Action::Reject,
        Outcome::TooLarge => Action::Split,
        Outcome::NotFound => Action::Gone,
        Outcome::Unauthorized | Outcome::Forbidden | Outcome::Gate => Action::Stop,
    }
}

/// Longest pause between two attempts while the account does not answer.
const BACK_OFF_MAX: Duration = Duration::from_secs(60);
/// First pause.
const BACK_OFF_FIRST: Duration = Duration::from_millis(500);

/// The pause before attempt number `failures + 1`: doubling, with `jitter` (0 to 1) taking off up to a half, so
/// that programs that failed together do not come back together.
pub fn back_off(failures: u32, jitter: f64) -> Duration {
    let doubled = BACK_OFF_FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(BACK_OFF_MAX).mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
}

/// When an unknown outcome is looked up, as shares of `settle`: soon, because most answers were lost after the write;
/// and at the end of the window, because a request may still commit after our time-out and the list may see it late.
const LOOKUPS: [f64; 4] = [0.02, 0.2, 0.5, 1.0];

/// When look-up number `done` (from 0) is due, counted from when the connection was known to be dead. Nothing once
/// the window is over: then, and only then, it may be sent again.
pub fn lookup_due(done: usize, settle: Duration) -> Option<Duration> {
    LOOKUPS.get(done).map(|share| settle.mul_f64(*share))
}

/// Whether look-up number `done` (from 0) is the last one of the window.
pub fn is_last_lookup(done: usize) -> bool {
    done + 1 >= LOOKUPS.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTCOMES: [Outcome; 10] = [
        Outcome::Made,
        Outcome::NotSent,
        Outcome::Lost,
        Outcome::Refused,
        Outcome::Conflict,
        Outcome::TooLarge,
        Outcome::NotFound,
        Outcome::Unauthorized,
        Outcome::Forbidden,
        Outcome::Gate,
    ];

    #[test]
    fn only_what_certainly_was_not_sent_is_sent_again() {
        let again: Vec<_> = OUTCOMES.into_iter().filter(|o| decide(*o) == Action::WaitThenSend).collect();
        assert_eq!(again, [Outcome::NotSent]);
        assert_eq!(decide(Outcome::Lost), Action::Settle);
        assert_eq!(decide(Outcome::Conflict), Action::Settle);
    }

    #[test]
    fn back_off_doubles_up_to_a_minute() {
        assert_eq!(back_off(1, 0.0), Duration::from_millis(500));
        assert_eq!(back_off(3, 0.0), Duration::from_secs(2));
        assert_eq!(back_off(3, 1.0), Duration::from_secs(1));
        assert_eq!(back_off(40, 0.0), BACK_OFF_MAX);
    }

    #[test]
    fn the_last_look_up_is_at_the_end_of_the_window() {
        let settle = Duration::from_secs(60);
        let due: Vec<_> = (0..).map_while(|n| lookup_due(n, settle)).collect();
        assert!(due.is_sorted() && due.len() >= 2);
        assert_eq!(due.last(), Some(&settle));
    }
}

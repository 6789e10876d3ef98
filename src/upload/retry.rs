//! When to try again: pure rules, without clock or network.
//!
//! The rule that matters most: a write whose outcome is not known is never sent again before it was looked up to the
//! end of the window.

use std::time::Duration;

/// When an unknown outcome is looked up, as shares of `settle`: soon, because most answers were lost after the write;
/// and at the end of the window, because a request may still commit after our time-out and the list may see it late.
const LOOKUPS: [f64; 4] = [0.02, 0.2, 0.5, 1.0];

/// When look-up number `done` (from 0) is due, counted from when the connection was known to be dead. Nothing once
/// the window is over: then, and only then, it may be sent again.
pub(super) fn lookup_due(done: usize, settle: Duration) -> Option<Duration> {
    LOOKUPS.get(done).map(|share| settle.mul_f64(*share))
}

/// Answers to one write that may be lost in a row, each looked up to the end of its window. Then the write is left to the next
/// run: something is wrong with this record or with what Gorgias does with it, and the others should not wait for it.
pub(super) const LOST_MAX: u32 = 6;

/// Look-ups after which an outcome that Gorgias contradicts itself about is left unknown for this run.
pub(super) const LOOKUPS_MAX: usize = 16;

/// Whether look-up number `done` (from 0) is the last one of the window.
pub(super) fn is_last_lookup(done: usize) -> bool {
    done + 1 >= LOOKUPS.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_look_up_is_at_the_end_of_the_window() {
        let settle = Duration::from_mins(1);
        let due: Vec<_> = (0..).map_while(|n| lookup_due(n, settle)).collect();
        assert!(due.is_sorted() && due.len() >= 2);
        assert_eq!(due.last(), Some(&settle));
    }
}

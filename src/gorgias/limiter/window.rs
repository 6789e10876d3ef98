//! The window of the account's bucket, learnt from how fast the header falls.
//!
//! The header says how many requests a bucket holds, and not in which time it drains them: 20 s by Gorgias's page on
//! limitations, 10 s on some accounts. Too slow costs half of the budget; too fast would overrun the account. So the
//! rate is 20 s until several stretches of answers, each for itself, cannot be explained by it, and a 429 takes it back.
//!
//! What is known of a stretch from answer A to answer B: the bucket held what A said; at least our requests that were
//! let go after A was there and answered before B was let go came in; and it held what B said afterwards. What other
//! programs sent is not known, but it only makes the bucket fuller. So at least the difference has drained, in at most
//! the time from letting A go to B's answer: a lower bound of the rate.

use std::collections::VecDeque;
use std::time::Duration;

/// Windows that accounts have.
pub(super) const SLOW: Duration = Duration::from_secs(20);
const FAST: Duration = Duration::from_secs(10);

/// Stretches that must show the fast window before it is believed.
const STRETCHES: u32 = 3;
/// Nothing is taken for shown by fewer requests than this: the header is a whole number.
const DRAINED_MIN: f64 = 6.0;
/// Shortest and longest stretch.
const STRETCH_MIN_NS: u64 = 2_000_000_000;
const STRETCH_MAX_NS: u64 = 6_000_000_000;
/// A stretch shows the fast window if its lower bound is this many times the slow rate: well above what the slow one
/// can show, and less than the fast one's (2) by what latency hides.
const CLEAR: f64 = 1.4;
/// A bound above this is neither window's: the header is not what we think it is.
const ABSURD: f64 = 2.6;
/// Limits above this are of no account that was seen, and too many answers to remember.
const LIMIT_MAX: u32 = 1_000;

/// An answer with the header.
#[derive(Clone, Copy, Debug)]
struct Seen {
    let_go_ns: u64,
    answered_ns: u64,
    used: u32,
}

/// What the answers tell of the window.
#[derive(Debug)]
pub(super) struct Learner {
    first: Option<Seen>,
    /// The answer before this one.
    previous: Option<Seen>,
    /// The header has fallen faster than any bucket drains, so it says nothing of one.
    jumps: bool,
    /// When each request after `first` was let go and answered.
    since: VecDeque<(u64, u64)>,
    limit: u32,
    shown: u32,
    needed: u32,
    fast: bool,
}

impl Default for Learner {
    fn default() -> Self {
        Self {
            first: None,
            previous: None,
            jumps: false,
            since: VecDeque::new(),
            limit: 0,
            shown: 0,
            needed: STRETCHES,
            fast: false,
        }
    }
}

impl Learner {
    /// The window as far as it is known.
    pub(super) fn window(&self) -> Duration {
        if self.fast { FAST } else { SLOW }
    }

    /// An answer said that the bucket holds `used` of `limit`. True if that changed what is known of the window.
    pub(super) fn answered(&mut self, let_go_ns: u64, answered_ns: u64, used: u32, limit: u32) -> bool {
        if self.fast || self.jumps || limit == 0 || limit > LIMIT_MAX {
            return false;
        }
        let last = Seen { let_go_ns, answered_ns, used };
        let slow = f64::from(limit) / SLOW.as_secs_f64();
        let previous = self.previous.replace(last).filter(|_| self.limit == limit);
        if previous.is_some_and(|previous| jumped(&previous, &last, slow)) {
            self.jumps = true;
            return false;
        }
        let Some(first) = self.first.filter(|_| self.limit == limit) else {
            self.limit = limit;
            self.begin(last);
            return false;
        };
        self.since.push_back((let_go_ns, answered_ns));
        let apart = let_go_ns.saturating_sub(first.answered_ns);
        if apart < STRETCH_MIN_NS {
            return false;
        }
        let drained = self.drained(&first, &last);
        let bound = drained / seconds(answered_ns.saturating_sub(first.let_go_ns)) / slow;
        if bound > ABSURD {
            self.shown = 0;
            self.begin(last);
        } else if bound >= CLEAR && drained >= DRAINED_MIN.max(f64::from(limit) / 10.0) {
            self.shown += 1;
            self.begin(last);
        } else if apart > STRETCH_MAX_NS {
            self.begin(last);
        }
        self.fast = self.shown >= self.needed;
        self.fast
    }

    /// A 429 came: whatever was learnt may be wrong, and it takes twice as much to be believed again. True if that
    /// changed what is known of the window.
    pub(super) fn throttled(&mut self) -> bool {
        self.first = None;
        self.shown = 0;
        if self.fast {
            self.needed = self.needed.saturating_mul(2);
        }
        std::mem::take(&mut self.fast)
    }

    fn begin(&mut self, first: Seen) {
        self.first = Some(first);
        self.since.clear();
    }

    /// Requests that have drained between two answers, at the least. One less than the header says, which is rounded.
    fn drained(&self, first: &Seen, last: &Seen) -> f64 {
        let between =
            |&&(let_go, answered): &&(u64, u64)| let_go >= first.answered_ns && answered <= last.let_go_ns;
        let came = self.since.iter().filter(between).count() + 1;
        f64::from(first.used) - f64::from(last.used) + f64::from(u32::try_from(came).unwrap_or(u32::MAX))
            - 1.0
    }
}

/// Whether the header fell faster from one answer to the next than any window explains.
fn jumped(previous: &Seen, last: &Seen, slow: f64) -> bool {
    /// Answers that overtake each other make the header look as if it fell.
    const REORDERED: f64 = 8.0;
    let fell = f64::from(previous.used) - f64::from(last.used);
    let span = seconds(last.answered_ns.saturating_sub(previous.let_go_ns));
    fell > ABSURD * slow * span + REORDERED
}

#[expect(clippy::cast_precision_loss, reason = "a time of a few seconds")]
fn seconds(ns: u64) -> f64 {
    (ns.max(1)) as f64 / 1e9
}

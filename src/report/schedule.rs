//! The account's budget over time: when a plan of calls is done if it begins at a given moment.
//!
//! The share that is left to other programs may change over the week, so the end depends on the beginning.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::calls::Pace;
use crate::model::timetable::Timetable;

/// Calls that come on top of the plan in practice (settling, 429s of others), in percent: the later end of the window.
const ON_TOP_PERCENT: u64 = 10;

/// A plan that takes longer than this is not told by the clock. More than a year is no plan.
const MINUTES_MAX: u32 = 366 * 24 * 60;

/// Most spans that are kept; a timetable has at most 64 changes a week.
const SPANS_MAX: usize = 4_000;

/// What an account allows, and how much of it is left to others.
#[derive(Clone, Debug)]
pub struct Budget<'a> {
    /// The account's pace, as if nobody else were there.
    pub pace: Pace,
    /// Share left to others, in percent.
    pub reserve_percent: u8,
    /// That share by the time of the week, where it has a timetable.
    pub reserve_times: Option<&'a Timetable>,
}

/// The plan by the clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// When it would begin: the time of the report.
    pub starts: Timestamp,
    /// When it would end if nothing comes on top of the plan.
    pub ends: Timestamp,
    /// When it would end with a tenth of the calls on top.
    pub ends_latest: Timestamp,
    /// When it would end with one call for each record.
    pub ends_naive: Timestamp,
    /// Requests a second that the account allows.
    pub account_per_second: f64,
    /// How fast it goes over time.
    pub spans: Vec<Span>,
}

/// A stretch of time at one pace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// Its beginning.
    pub from: Timestamp,
    /// Requests a second.
    pub per_second: f64,
    /// Calls done when it begins.
    pub calls: u64,
}

impl Schedule {
    /// The schedule of `calls` beginning at `starts`, and of the `naive` number of calls beside it. Nothing where the
    /// end is more than a year away.
    pub fn of(calls: u64, naive: u64, starts: Timestamp, budget: &Budget<'_>) -> Option<Self> {
        let mut spans = Vec::new();
        let ends = budget.end(calls, starts, &mut |span| {
            if spans.len() < SPANS_MAX {
                spans.push(span);
            }
        })?;
        let on_top = calls.saturating_add(calls.saturating_mul(ON_TOP_PERCENT) / 100);
        let end = |calls| budget.end(calls, starts, &mut |_| ());
        let account_per_second = budget.pace.per_second;
        let (ends_latest, ends_naive) = (end(on_top)?, end(naive.max(calls))?);
        Some(Self { starts, ends, ends_latest, ends_naive, account_per_second, spans })
    }

    /// Seconds from the beginning to the end.
    pub fn seconds(&self) -> u64 {
        self.ends.duration_since(self.starts).as_secs().unsigned_abs()
    }
}

impl Budget<'_> {
    /// The share of the account's pace that is ours at a moment.
    fn share(&self, at: Timestamp) -> f64 {
        let reserve = self.reserve_times.map_or(self.reserve_percent, |times| times.at(at));
        1.0 - f64::from(reserve.min(100)) / 100.0
    }

    /// Goes through the time minute by minute, as timetables change at full minutes; tells every change of pace.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn end(&self, calls: u64, starts: Timestamp, tell: &mut dyn FnMut(Span)) -> Option<Timestamp> {
        let calls = calls as f64;
        let mut done = (self.pace.burst as f64 * self.share(starts)).min(calls);
        let mut at = starts;
        let mut told = None;
        for _ in 0..MINUTES_MAX {
            let per_second = self.pace.per_second * self.share(at);
            if told != Some(per_second) {
                tell(Span { from: at, per_second, calls: done as u64 });
                told = Some(per_second);
            }
            let next = next_minute(at)?;
            let seconds = next.duration_since(at).as_secs_f64();
            if done + per_second * seconds >= calls {
                let rest = if calls > done { (calls - done) / per_second } else { 0.0 };
                return at.checked_add(SignedDuration::from_secs(rest.ceil() as i64)).ok();
            }
            done += per_second * seconds;
            at = next;
        }
        None
    }
}

/// The next full minute after `at`.
fn next_minute(at: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second((at.as_second().div_euclid(60) + 1).checked_mul(60)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn budget(reserve_times: Option<&Timetable>) -> Budget<'_> {
        Budget { pace: Pace::default(), reserve_percent: 0, reserve_times }
    }

    #[test]
    fn without_a_timetable_it_takes_what_the_pace_says() {
        let starts = at("2026-03-02T17:10:20Z");
        for calls in [0, 1, 40, 41, 52, 784, 62_254] {
            let schedule = Schedule::of(calls, calls, starts, &budget(None)).unwrap();
            assert!(schedule.seconds().abs_diff(Pace::default().seconds(calls)) <= 1, "{calls}");
            assert_eq!(schedule.spans.len(), 1);
        }
        let schedule = Schedule::of(62_254, 100_000, starts, &budget(None)).unwrap();
        assert!(schedule.ends < schedule.ends_latest && schedule.ends_latest < schedule.ends_naive);
    }

    #[test]
    fn a_timetable_changes_the_pace_at_its_times() {
        let times = Timetable::parse("mon-fri 08:00 50%, 19:00 0%", jiff::tz::TimeZone::UTC).unwrap();
        let schedule =
            Schedule::of(14_440, 14_440, at("2026-03-02T18:00:00Z"), &budget(Some(&times))).unwrap();
        let paces: Vec<(Timestamp, f64)> =
            schedule.spans.iter().map(|span| (span.from, span.per_second)).collect();
        assert_eq!(paces, [(at("2026-03-02T18:00:00Z"), 1.0), (at("2026-03-02T19:00:00Z"), 2.0)]);
        assert_eq!(schedule.spans[1].calls, 3_620, "half a bucket at once, then one a second");
        assert_eq!(schedule.ends, at("2026-03-02T20:30:10Z"));
    }

    #[test]
    fn what_takes_years_has_no_end_by_the_clock() {
        assert_eq!(Schedule::of(u64::MAX, u64::MAX, at("2026-03-02T18:00:00Z"), &budget(None)), None);
    }
}

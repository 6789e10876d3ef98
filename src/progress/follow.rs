//! A run seen from another terminal: how much is done, how fast it goes, when it ends.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::block::{GAP, ending, filled};
use super::eta::Estimator;
use crate::model::event::TicketCounts;
use crate::report::words::{columns, count, fitting, percent};

/// Columns of the bar, and the narrowest line that is tried.
const BAR_WIDTH: usize = 20;
const WIDTH_MIN: usize = 40;

/// Watches the counts of a run at work.
#[derive(Debug, Default)]
pub struct Following {
    estimator: Estimator,
    run: Option<u64>,
}

impl Following {
    /// The line for what `run` has done at `now`, at most `width` columns wide: a bar, the share, and from the second
    /// look on the rate and the end.
    pub fn line(
        &mut self,
        run: u64,
        tickets: &TicketCounts,
        now: Timestamp,
        zone: &TimeZone,
        width: usize,
    ) -> String {
        if self.run.replace(run) != Some(run) {
            self.estimator = Estimator::default();
        }
        let (done, total) = (tickets.finished(), tickets.total());
        self.estimator.observe(now, done, total, None);
        let mut parts = vec![filled(done, total, BAR_WIDTH), percent(done, total)];
        if let Some(rate) = self.estimator.per_second() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
            let a_minute = (rate * 60.0).round() as u64;
            parts.push(format!("{}/min", count(a_minute)));
        }
        let width = width.max(WIDTH_MIN);
        let room = width.saturating_sub(columns(&parts.join(GAP)) + GAP.len());
        parts.extend(ending(self.estimator.estimate(), zone, now, room));
        fitting(&parts, GAP, width)
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    #[test]
    fn from_the_second_look_on_it_says_how_fast_and_until_when() {
        let start: Timestamp = "2026-03-01T17:00:00Z".parse().unwrap();
        let mut following = Following::default();
        let mut at = |run, created, seconds: i64, width| {
            let tickets = TicketCounts { created, pending: 10_000 - created, ..TicketCounts::default() };
            following.line(run, &tickets, start + seconds.seconds(), &TimeZone::UTC, width)
        };
        assert_eq!(at(3, 1_000, 0, 80), "██░░░░░░░░░░░░░░░░░░   10.0 %");
        assert_eq!(
            at(3, 1_200, 100, 80),
            "██░░░░░░░░░░░░░░░░░░   12.0 %   120/min   ends 18:11 to 18:18 (observed)"
        );
        assert_eq!(at(3, 1_200, 100, 64), "██░░░░░░░░░░░░░░░░░░   12.0 %   120/min   ends 18:11 to 18:18");
        assert_eq!(at(4, 1_200, 101, 80), "██░░░░░░░░░░░░░░░░░░   12.0 %", "another run");
    }
}

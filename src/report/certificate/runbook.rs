//! When to start the bulk, when to freeze the old help desk, how long the last delta takes: reckoned from what a run
//! measured.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use serde::Serialize;

use crate::text;

/// Calls that a known ticket costs in a delta, where nothing better is known: a message of the customer, one of the
/// company, and one call that puts its status right.
const CALLS_PER_CHANGED_TICKET: f64 = 3.0;
/// What is added to every estimate: other integrations share the account's rate, and services have bad hours.
const SLACK: f64 = 1.25;
/// Between the steps of a cutover.
const DAY_SECONDS: u64 = 86_400;
/// Items that one call of a list reads.
const PAGE: f64 = 100.0;

/// What a run measured.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// Requests a second.
    pub calls_per_second: f64,
    /// Whether that was measured; else it is what the config or Gorgias's documentation says.
    pub is_measured: bool,
    /// Requests a ticket.
    pub calls_per_ticket: f64,
    /// Tickets that the exports have.
    pub tickets: u64,
    /// Tickets of them that are still to be sent.
    pub open: u64,
    /// Their messages.
    pub messages: u64,
    /// Tickets a day that were active at the end of the exports.
    pub active_per_day: f64,
}

/// The times of a plan, latest ones each, for a cutover at a given time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Calendar {
    /// The export for the bulk is taken and the bulk begins.
    pub bulk: Timestamp,
    /// The delta is rehearsed.
    pub rehearsal: Timestamp,
    /// Nobody answers in the old help desk any more. Earlier by as long as its last export takes.
    pub freeze: Timestamp,
    /// Gorgias takes over.
    pub cutover: Timestamp,
}

/// The plan of a cutover.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Runbook {
    /// Requests a second.
    pub calls_per_second: f64,
    /// Whether that was measured by a run.
    pub measured: bool,
    /// Tickets an hour.
    pub tickets_per_hour: u64,
    /// How long the whole of the exports takes, slack included.
    pub bulk_seconds: u64,
    /// How long what is still open takes.
    pub open_seconds: u64,
    /// Tickets a day that were active at the end of the exports.
    pub active_per_day: u64,
    /// How long a delta takes for each day since the bulk's export.
    pub delta_seconds_per_day: u64,
    /// How long a whole verification takes.
    pub verify_seconds: u64,
    /// By when, where a time for the cutover was given.
    pub calendar: Option<Calendar>,
    /// What to do, in order.
    pub steps: Vec<String>,
}

impl Runbook {
    pub(super) fn new(measured: &Measured, cutover: Option<&Zoned>) -> Self {
        let rate = measured.calls_per_second.max(0.01);
        let per_ticket = measured.calls_per_ticket.max(1.0);
        let seconds = |calls: f64| whole(calls / rate * SLACK);
        let (tickets, messages) = (float(measured.tickets), float(measured.messages));
        let mut runbook = Self {
            calls_per_second: rate,
            measured: measured.is_measured,
            tickets_per_hour: whole(rate / per_ticket * 3_600.0),
            bulk_seconds: seconds(tickets * per_ticket),
            open_seconds: seconds(float(measured.open) * per_ticket),
            active_per_day: whole(measured.active_per_day.ceil()),
            delta_seconds_per_day: seconds(measured.active_per_day * CALLS_PER_CHANGED_TICKET),
            verify_seconds: seconds((tickets / PAGE).ceil() + (messages / PAGE).ceil() + 5.0),
            calendar: None,
            steps: Vec::new(),
        };
        runbook.calendar = cutover.map(|cutover| runbook.calendar(cutover.timestamp()));
        runbook.steps = runbook.tell(measured, cutover.map(Zoned::time_zone));
        runbook
    }

    /// Reckoned backwards: the last delta is of the days since its rehearsal, and the rehearsed one of those since the bulk
    /// began.
    fn calendar(&self, cutover: Timestamp) -> Calendar {
        let before = |at: Timestamp, seconds: u64| {
            let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
            at.checked_sub(span).unwrap_or(Timestamp::MIN)
        };
        let freeze = before(cutover, self.last_seconds());
        let rehearsal = before(freeze, DAY_SECONDS);
        // The bulk is done a day before the rehearsal, which leaves a day for what goes wrong.
        let bulk = before(rehearsal, DAY_SECONDS + self.bulk_seconds);
        Calendar { bulk, rehearsal, freeze, cutover }
    }

    /// From the last export to the switch.
    fn last_seconds(&self) -> u64 {
        self.delta_seconds_per_day + self.verify_seconds
    }

    fn tell(&self, measured: &Measured, zone: Option<&TimeZone>) -> Vec<String> {
        let by = |of: fn(&Calendar) -> Timestamp| match (&self.calendar, zone) {
            (Some(calendar), Some(zone)) => {
                format!(" By {}.", of(calendar).to_zoned(zone.clone()).strftime("%a %-d %b %Y, %H:%M %Z"))
            }
            _ => String::new(),
        };
        let length = |seconds: u64| text::duration(Duration::from_secs(seconds));
        let from = if self.measured { "as measured" } else { "as documented, until a run has measured it" };
        let week = self.delta_seconds_per_day * 7;
        let open = match self.open_seconds {
            0 => "nothing".to_owned(),
            seconds => format!("about {}", length(seconds)),
        };
        vec![
            format!(
                "Bulk. {} take about {} at {:.2} calls a second ({from}). Take an export and start at least that long before \
                 the freeze, while the old help desk stays in use. Still open: {open}.{}",
                text::count(measured.tickets, "ticket"),
                length(self.bulk_seconds),
                self.calls_per_second,
                by(|it| it.bulk),
            ),
            format!(
                "Rehearse the delta. A day or two before the freeze take a newer export, point [[source]] paths at it and run \
                 again: about {} for each day since the bulk's export ({} a day were active at its end), {} for a week.{}",
                length(self.delta_seconds_per_day),
                text::count(self.active_per_day, "ticket"),
                length(week),
                by(|it| it.rehearsal),
            ),
            format!(
                "Freeze. Nobody answers in the old help desk any more; new mail waits or goes to Gorgias already. Take the last \
                 export; how long that takes is up to the old help desk and has to be added.{}",
                by(|it| it.freeze)
            ),
            format!(
                "Last delta. Run again with the last export: about {} if the delta before it was a day ago. Nothing that is \
                 unchanged costs a call.",
                length(self.delta_seconds_per_day)
            ),
            format!("Verify. gorgias-import verify: about {}.", length(self.verify_seconds)),
            format!(
                "Switch. Send mail and telephone to Gorgias and switch its rules on again. From the last export to here: about \
                 {}.{}",
                length(self.last_seconds()),
                by(|it| it.cutover)
            ),
        ]
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets are far below 2^52")]
fn float(count: u64) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, and is never negative"
)]
fn whole(number: f64) -> u64 {
    number.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_follows_from_the_rate() {
        let measured = Measured {
            calls_per_second: 2.0,
            is_measured: true,
            calls_per_ticket: 1.0,
            tickets: 100_000,
            open: 0,
            messages: 500_000,
            active_per_day: 320.0,
        };
        let runbook = Runbook::new(&measured, None);
        assert_eq!(runbook.calendar, None);
        assert_eq!(runbook.tickets_per_hour, 7_200);
        // 100,000 calls at two a second, and a quarter more.
        assert_eq!(runbook.bulk_seconds, 62_500);
        assert_eq!(runbook.delta_seconds_per_day, 600);
        assert_eq!(runbook.verify_seconds, 3_753);
        assert!(runbook.steps[0].contains("17 h 21 min"), "{}", runbook.steps[0]);
        assert!(runbook.steps[1].contains("320 tickets a day"));
        let cutover: Zoned = "2026-12-01T08:00[Europe/Paris]".parse().unwrap();
        let runbook = Runbook::new(&measured, Some(&cutover));
        let calendar = runbook.calendar.unwrap();
        // An hour and a quarter for delta and verification, a day to the rehearsal, another, and the bulk.
        let times =
            [calendar.bulk, calendar.rehearsal, calendar.freeze, calendar.cutover].map(|at| at.to_string());
        let wanted =
            ["2026-11-28T12:25:47Z", "2026-11-30T05:47:27Z", "2026-12-01T05:47:27Z", "2026-12-01T07:00:00Z"];
        assert_eq!(times, wanted);
        assert!(runbook.steps[2].ends_with("By Tue 1 Dec 2026, 06:47 CET."), "{}", runbook.steps[2]);
    }

    #[test]
    fn nothing_measured_is_no_division_by_nothing() {
        let runbook = Runbook::new(&Measured::default(), None);
        assert_eq!((runbook.bulk_seconds, runbook.open_seconds), (0, 0));
        assert!(runbook.steps[0].contains("as documented"));
    }
}

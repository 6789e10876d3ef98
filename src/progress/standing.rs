//! Where the work stands, gathered from events; what the terminal block and the plain lines are made of.

use jiff::{SignedDuration, Timestamp};

use super::eta::{Estimate, Estimator};
use crate::model::event::{Event, Figures, Wait};
use crate::report::words;

/// Refused records that are told one by one in a run. More scroll everything else away, and the lists have them all.
pub(super) const REJECTS_TOLD_MAX: u64 = 20;

/// A share of the account's bucket, in percent, above which the work is paced by the limit.
const PACED_FROM_PERCENT: u64 = 80;

/// The state of the work after the events so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    pub(super) phase: Phase,
    pub(super) figures: Figures,
    pub(super) calls_per_second: f64,
    pub(super) bucket: Option<(u32, u32)>,
    eta: Estimator,
    wait: Option<CurrentWait>,
    draining: Option<u64>,
    ended: bool,
    rejects_told: u64,
}

/// What is being done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing has been said yet.
    #[default]
    Starting,
    /// Exports are being read.
    Reading { source: String, bytes_done: u64, bytes_total: u64 },
    /// Records that lie apart are put together.
    Joining { source: String, done: u64, total: u64 },
    /// Files are being fetched.
    Fetching { done: u64, total: u64, failed: u64, bytes: u64 },
    /// Tickets are read back and compared.
    Comparing { done: u64, total: u64, checked: u64, tickets: u64, different: u64 },
    /// A run uploads.
    Uploading { run: u64, account: String },
}

#[derive(Clone, Debug)]
struct CurrentWait {
    wait: Wait,
    until: Timestamp,
    /// Calls at the first figures after the wait began: what was in flight then may still come in.
    calls: Option<u64>,
}

/// The state in words, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// At full speed.
    Running,
    /// At the account's limit.
    Paced { used: u32, size: u32 },
    /// Not going on.
    Waiting { wait: Wait, seconds: u64 },
    /// Ending on request.
    Draining { in_flight: u64 },
    /// At its end, with nothing left to do.
    Done,
}

impl Standing {
    /// Takes an event that came at `now`.
    pub(super) fn take(&mut self, event: &Event, now: Timestamp) {
        match event {
            Event::Reading { source, bytes_done, bytes_total } => {
                if !matches!(&self.phase, Phase::Reading { source: current, .. } if current == source) {
                    self.eta = Estimator::of_even_work();
                }
                self.eta.observe(now, *bytes_done, *bytes_total, None);
                let (source, bytes_done, bytes_total) = (words::plain(source), *bytes_done, *bytes_total);
                self.phase = Phase::Reading { source, bytes_done, bytes_total };
            }
            Event::Joining { source, records_done, records_total } => {
                // Sorting comes first and says nothing about the rate of what follows.
                if *records_done == 0 || !matches!(self.phase, Phase::Joining { .. }) {
                    self.eta = Estimator::default();
                }
                self.eta.observe(now, *records_done, *records_total, None);
                let (source, done, total) = (words::plain(source), *records_done, *records_total);
                self.phase = Phase::Joining { source, done, total };
            }
            Event::Fetching { files_done, files_total, failed, bytes } => {
                if !matches!(self.phase, Phase::Fetching { .. }) {
                    self.eta = Estimator::default();
                }
                let (done, total, failed, bytes) = (*files_done, *files_total, *failed, *bytes);
                self.eta.observe(now, done, total, None);
                self.phase = Phase::Fetching { done, total, failed, bytes };
            }
            Event::Comparing { calls_done, calls_total, checked, tickets, different } => {
                if !matches!(self.phase, Phase::Comparing { .. }) {
                    self.eta = Estimator::default();
                }
                let (done, total, checked) = (*calls_done, *calls_total, *checked);
                self.eta.observe(now, done, total, None);
                let (tickets, different) = (*tickets, *different);
                self.phase = Phase::Comparing { done, total, checked, tickets, different };
            }
            Event::RunStarted { run, account, figures, resumed: _ } => {
                self.phase = Phase::Uploading { run: *run, account: words::plain(account) };
                self.figures = *figures;
                self.eta = Estimator::default();
                self.eta.observe(now, figures.tickets.finished(), figures.tickets.total(), None);
            }
            Event::Progress { run, figures, calls_per_second, eta_seconds, bucket } => {
                if !matches!(&self.phase, Phase::Uploading { run: current, .. } if current == run) {
                    self.phase = Phase::Uploading { run: *run, account: String::new() };
                }
                self.figures = *figures;
                self.calls_per_second = *calls_per_second;
                self.bucket = *bucket;
                self.eta.observe(now, figures.tickets.finished(), figures.tickets.total(), *eta_seconds);
                self.end_wait_if_calls_go_on();
            }
            Event::Waiting { wait, seconds } => {
                let seconds = i64::try_from(*seconds).unwrap_or(i64::MAX);
                let until = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
                self.wait = Some(CurrentWait { wait: wait.clone(), until, calls: None });
            }
            Event::Draining { in_flight } => self.draining = Some(*in_flight),
            Event::Rejected { .. } | Event::Notice { .. } => {}
        }
    }

    fn end_wait_if_calls_go_on(&mut self) {
        let calls = self.figures.calls;
        let goes_on = self.wait.as_mut().is_some_and(|wait| *wait.calls.get_or_insert(calls) < calls);
        if goes_on {
            self.wait = None;
        }
    }

    /// Nothing more will happen.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// The state at `now`.
    pub(super) fn state(&self, now: Timestamp) -> State {
        let tickets = &self.figures.tickets;
        if self.ended && tickets.finished() == tickets.total() {
            return State::Done;
        }
        if let Some(in_flight) = self.draining {
            return State::Draining { in_flight };
        }
        if let Some(wait) = self.wait.as_ref().filter(|wait| wait.until > now) {
            let left = wait.until.duration_since(now).as_millis_f64() / 1000.0;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "positive by the filter above"
            )]
            let seconds = left.ceil() as u64;
            return State::Waiting { wait: wait.wait.clone(), seconds };
        }
        match self.bucket {
            Some((used, size)) if u64::from(used) * 100 >= u64::from(size) * PACED_FROM_PERCENT => {
                State::Paced { used, size }
            }
            _ => State::Running,
        }
    }

    /// The time left, as far as it can be said.
    pub(super) fn estimate(&self) -> Estimate {
        self.eta.estimate()
    }

    /// Work done a second, once it can be said: bytes, records or tickets.
    pub(super) fn per_second(&self) -> Option<f64> {
        self.eta.per_second()
    }

    /// The lines that an event deserves on its own, whatever else is shown.
    pub(super) fn lines(&mut self, event: &Event) -> Vec<String> {
        match event {
            Event::Notice { message } => vec![words::plain(message)],
            Event::RunStarted { run, figures, resumed: true, .. } => resumed_line(*run, figures),
            Event::Draining { in_flight } => {
                let requests = words::plural(*in_flight, "request", "requests");
                vec![format!("stopping: {requests} in flight, no new ones; interrupt again to stop now")]
            }
            Event::Rejected { finding } => {
                self.rejects_told += 1;
                let key = finding.key.as_deref().unwrap_or("a record");
                let detail = Some(&finding.detail).filter(|detail| !detail.is_empty());
                let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
                let line = format!("rejected {key}: {} {}{detail}", finding.code, finding.code.summary());
                match self.rejects_told {
                    ..=REJECTS_TOLD_MAX => vec![words::plain(&line)],
                    number if number == REJECTS_TOLD_MAX + 1 => {
                        vec!["more records are rejected; all of them are in rejects.csv".to_owned()]
                    }
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }
}

/// Where a run begins that is not the first; nothing where nothing is left.
fn resumed_line(run: u64, figures: &Figures) -> Vec<String> {
    let tickets = &figures.tickets;
    if tickets.pending + tickets.unknown == 0 {
        return Vec::new();
    }
    let mut parts = vec![
        format!("run {run} goes on where the last one ended: done {}", words::count(tickets.already)),
        format!("to do {}", words::count(tickets.pending)),
    ];
    if tickets.rejected > 0 {
        parts.push(format!("rejected {} (not tried again)", words::count(tickets.rejected)));
    }
    if tickets.unknown > 0 {
        let requests = words::plural(tickets.unknown, "request was", "requests were");
        parts.push(format!("{requests} in flight and will be looked up before anything is sent again"));
    }
    vec![parts.join(", ")]
}

/// Why the work waits, in a word for scripts.
pub(super) fn reason_word(wait: &Wait) -> &'static str {
    match wait {
        Wait::Budget => "budget",
        Wait::Throttled => "throttled",
        Wait::Unreachable { .. } => "unreachable",
        Wait::Settling => "settling",
        Wait::Canary => "canary",
        Wait::Paused { .. } => "paused",
    }
}

/// Why the work waits, for people.
pub(super) fn reason_text(wait: &Wait) -> String {
    match wait {
        Wait::Budget => "the account's rate limit".to_owned(),
        Wait::Throttled => "429, the server asked".to_owned(),
        Wait::Unreachable { error } => format!("the account does not answer: {}", words::plain(error)),
        Wait::Settling => "looking up requests whose outcome is not known".to_owned(),
        Wait::Canary => "the first tickets are read back before the others follow".to_owned(),
        Wait::Paused { since } => {
            let since = crate::text::duration(std::time::Duration::from_secs(*since));
            format!("the pause file exists, for {since} now; remove it to go on")
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::model::finding::{Code, Finding};

    fn progress(calls: u64, bucket: (u32, u32)) -> Event {
        Event::Progress {
            run: 1,
            figures: Figures { calls, ..Figures::default() },
            calls_per_second: 2.0,
            eta_seconds: None,
            bucket: Some(bucket),
        }
    }

    #[test]
    fn the_state_has_a_reason() {
        let now: Timestamp = "2026-03-01T17:00:00Z".parse().unwrap();
        let mut standing = Standing::default();
        standing.take(&progress(1, (10, 40)), now);
        assert_eq!(standing.state(now), State::Running);
        standing.take(&progress(2, (36, 40)), now);
        assert_eq!(standing.state(now), State::Paced { used: 36, size: 40 });
        standing.take(&Event::Waiting { wait: Wait::Throttled, seconds: 7 }, now);
        assert_eq!(standing.state(now + 2.seconds()), State::Waiting { wait: Wait::Throttled, seconds: 5 });
        assert_eq!(standing.state(now + 7.seconds()), State::Paced { used: 36, size: 40 });
        standing.take(&Event::Draining { in_flight: 4 }, now);
        assert_eq!(standing.state(now), State::Draining { in_flight: 4 });
    }

    #[test]
    fn a_wait_is_over_when_calls_go_on() {
        let now: Timestamp = "2026-03-01T17:00:00Z".parse().unwrap();
        let mut standing = Standing::default();
        standing.take(&Event::Waiting { wait: Wait::Settling, seconds: 60 }, now);
        standing.take(&progress(5, (1, 40)), now);
        assert!(matches!(standing.state(now), State::Waiting { .. }), "what was in flight came in");
        standing.take(&progress(6, (1, 40)), now);
        assert_eq!(standing.state(now), State::Running);
    }

    #[test]
    fn a_run_that_goes_on_says_from_where() {
        let mut figures = Figures::default();
        (figures.tickets.already, figures.tickets.pending, figures.tickets.unknown) = (31_197, 19_010, 4);
        let told = |figures, resumed| {
            Standing::default().lines(&Event::RunStarted { run: 3, account: "acme".into(), figures, resumed })
        };
        assert_eq!(
            told(figures, true),
            [
                "run 3 goes on where the last one ended: done 31,197, to do 19,010, 4 requests were in flight and will be \
              looked up before anything is sent again"
            ]
        );
        assert!(told(figures, false).is_empty() && told(Figures::default(), true).is_empty());
    }

    #[test]
    fn rejects_are_told_up_to_a_limit() {
        let mut standing = Standing::default();
        let event =
            Event::Rejected { finding: Finding::general(Code::RefusedByGorgias).with_detail("a\u{1b}[2Jb") };
        let told: Vec<String> = (0..50).flat_map(|_| standing.lines(&event)).collect();
        assert_eq!(told.len(), 21);
        assert_eq!(told[0], "rejected a record: GI-U001 Gorgias refused the record (a·[2Jb)");
        assert!(told[20].contains("rejects.csv"));
    }
}

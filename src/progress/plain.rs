//! Progress without a terminal (pipe, cron, systemd): a plain line at once, then one a minute, and every wait by name.
//! No control characters, whatever comes from outside.

use std::io::Write;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::standing::{Phase, Standing, State, reason_text, reason_word};
use super::ticking::Screen;
use crate::model::event::{Event, Wait};
use crate::report::{redact, words};

/// How often a line is written unless the user wants it otherwise.
pub const HEARTBEAT: Duration = Duration::from_mins(1);

/// Waits up to this many seconds are not told: they are part of a normal pace.
const WAIT_TOLD_ABOVE_SECONDS: u64 = 2;

/// Writes lines.
pub(super) struct PlainScreen {
    out: Box<dyn Write + Send>,
    command: String,
    every: Option<SignedDuration>,
    standing: Standing,
    last_line: Option<Timestamp>,
    last_budget_wait: Option<Timestamp>,
}

impl PlainScreen {
    /// Lines about `command`, one every `every`; zero turns the heartbeat off.
    pub(super) fn new(out: Box<dyn Write + Send>, command: &str, every: Duration) -> Self {
        let every = SignedDuration::try_from(every).ok().filter(|every| !every.is_zero());
        let command = command.to_owned();
        Self { out, command, every, standing: Standing::default(), last_line: None, last_budget_wait: None }
    }

    fn write(&mut self, now: Timestamp, text: &str) {
        let line = format!("{} {} {text}\n", second(now), self.command);
        // A closed pipe must not end the work: what is done is in the ledger.
        let written = self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush());
        if written.is_err() {
            self.out = Box::new(std::io::sink());
        }
    }

    fn heartbeat(&mut self, now: Timestamp) {
        let Some(every) = self.every else { return };
        // A clock that was set back starts a new minute instead of silence.
        let due = self.last_line.is_none_or(|last| now < last || now.duration_since(last) >= every);
        if due && let Some(text) = heartbeat_text(&self.standing, now) {
            self.last_line = Some(now);
            self.write(now, &text);
        }
    }

    /// The rate limit is the normal state and is told at most once a heartbeat; every other wait is told.
    fn is_told(&mut self, wait: &Wait, seconds: u64, now: Timestamp) -> bool {
        if seconds <= WAIT_TOLD_ABOVE_SECONDS {
            return false;
        }
        if *wait != Wait::Budget {
            return true;
        }
        let every = self.every.unwrap_or(SignedDuration::from_secs(60));
        let told = self.last_budget_wait.is_none_or(|last| now < last || now.duration_since(last) >= every);
        if told {
            self.last_budget_wait = Some(now);
        }
        told
    }
}

impl Screen for PlainScreen {
    fn take(&mut self, event: &Event, now: Timestamp) {
        let new_run = matches!(event, Event::RunStarted { .. });
        self.standing.take(event, now);
        match event {
            Event::Waiting { wait, seconds } if self.is_told(wait, *seconds, now) => {
                let text = format!(
                    "state=waiting reason={} seconds={seconds} ({})",
                    reason_word(wait),
                    redact(&reason_text(wait))
                );
                self.write(now, &text);
            }
            _ => {
                for line in self.standing.lines(event) {
                    self.write(now, &redact(&line));
                }
            }
        }
        if new_run {
            self.last_line = None;
        }
    }

    fn tick(&mut self, now: Timestamp) {
        self.heartbeat(now);
    }

    fn finish(&mut self, _: Timestamp) {}
}

/// `run=3 tickets=31204/50214 rejected=7 calls/s=2.0 state=running eta=2026-03-02T02:10Z`, nothing before the work.
fn heartbeat_text(standing: &Standing, now: Timestamp) -> Option<String> {
    let mut fields = match &standing.phase {
        Phase::Starting => return None,
        Phase::Reading { source, bytes_done, bytes_total } => vec![
            format!("reading={source}"),
            format!("bytes={bytes_done}/{bytes_total}"),
            format!("done={}", words::percent(*bytes_done, *bytes_total).replace(' ', "")),
        ],
        Phase::Joining { source, done, total } => vec![
            format!("joining={source}"),
            format!("records={done}/{total}"),
            format!("done={}", words::percent(*done, *total).replace(' ', "")),
        ],
        Phase::Fetching { done, total, failed, bytes } => {
            vec![format!("files={done}/{total}"), format!("failed={failed}"), format!("bytes={bytes}")]
        }
        Phase::Comparing { done, total, checked, tickets, different } => vec![
            format!("checked={checked}/{tickets}"),
            format!("different={different}"),
            format!("calls={done}/{total}"),
        ],
        Phase::Uploading { run, .. } => uploading_fields(standing, *run, now),
    };
    if let Some(seconds) = standing.estimate().latest_seconds() {
        let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        fields
            .extend(now.checked_add(span).ok().map(|end| format!("eta={}", end.strftime("%Y-%m-%dT%H:%MZ"))));
    }
    Some(fields.join(" "))
}

fn uploading_fields(standing: &Standing, run: u64, now: Timestamp) -> Vec<String> {
    let tickets = &standing.figures.tickets;
    let mut fields = vec![
        format!("run={run}"),
        format!("tickets={}/{}", tickets.finished(), tickets.total()),
        format!("rejected={}", tickets.rejected),
    ];
    let files = standing.figures.files;
    if files.total > 0 {
        fields.push(format!("files={}/{}", files.done, files.total));
    }
    for (name, number) in
        [("unknown", tickets.unknown), ("could_have_sent", standing.figures.could_have_sent)]
    {
        if number > 0 {
            fields.push(format!("{name}={number}"));
        }
    }
    fields.push(format!("calls/s={:.1}", standing.calls_per_second));
    fields.push(match standing.state(now) {
        State::Running => "state=running".to_owned(),
        State::Paced { used, size } => format!("state=paced bucket={used}/{size}"),
        State::Waiting { wait, seconds } => {
            format!("state=waiting reason={} seconds={seconds}", reason_word(&wait))
        }
        State::Done => "state=done".to_owned(),
        State::Draining { in_flight } => format!("state=draining in_flight={in_flight}"),
    });
    fields
}

/// The time to the second, in UTC.
fn second(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::model::finding::{Code, Finding};
    use crate::progress::samples::{self, Shared, progress, reading, started};

    fn feed(screen: &mut PlainScreen, event: &Event, now: Timestamp) {
        screen.take(event, now);
        screen.tick(now);
    }

    #[test]
    fn a_run_in_lines() {
        let out = Shared::default();
        let mut screen = PlainScreen::new(Box::new(out.clone()), "run", HEARTBEAT);
        let start = samples::start();
        feed(&mut screen, &reading(0, 4_000), start);
        feed(&mut screen, &reading(2_000, 4_000), start + 30.seconds());
        feed(&mut screen, &started(), start + 60.seconds());
        for second in 61..=180 {
            feed(&mut screen, &progress(second - 60), start + i64::try_from(second).unwrap().seconds());
        }
        feed(&mut screen, &Event::Waiting { wait: Wait::Throttled, seconds: 7 }, start + 181.seconds());
        feed(&mut screen, &Event::Waiting { wait: Wait::Budget, seconds: 2 }, start + 182.seconds());
        let unreachable = Wait::Unreachable { error: "no route for ops@example.com\u{1b}[2J\n".into() };
        feed(&mut screen, &Event::Waiting { wait: unreachable, seconds: 30 }, start + 183.seconds());
        let finding = Finding::general(Code::RefusedByGorgias).with_detail("kim@example.com is taken");
        feed(&mut screen, &Event::Rejected { finding }, start + 184.seconds());
        screen.tick(start + 240.seconds());
        feed(&mut screen, &Event::Draining { in_flight: 4 }, start + 241.seconds());
        insta::assert_snapshot!(out.text(), @"
        2026-03-01T23:12:00Z run reading=zendesk bytes=0/4000 done=0.0%
        2026-03-01T23:13:00Z run run=3 tickets=31016/50214 rejected=7 files=9884/12040 calls/s=0.0 state=running
        2026-03-01T23:14:00Z run run=3 tickets=31136/50214 rejected=7 files=9884/12040 calls/s=2.0 state=paced bucket=36/40 eta=2026-03-02T01:52Z
        2026-03-01T23:15:00Z run run=3 tickets=31256/50214 rejected=7 files=9884/12040 calls/s=2.0 state=paced bucket=36/40 eta=2026-03-02T01:52Z
        2026-03-01T23:15:01Z run state=waiting reason=throttled seconds=7 (429, the server asked)
        2026-03-01T23:15:03Z run state=waiting reason=unreachable seconds=30 (the account does not answer: no route for [address]·[2J·)
        2026-03-01T23:15:04Z run rejected a record: GI-U001 Gorgias refused the record ([address] is taken)
        2026-03-01T23:16:00Z run run=3 tickets=31256/50214 rejected=7 files=9884/12040 calls/s=2.0 state=paced bucket=36/40 eta=2026-03-02T01:53Z
        2026-03-01T23:16:01Z run stopping: 4 requests in flight, no new ones; interrupt again to stop now
        ");
    }

    #[test]
    fn without_figures_the_heartbeat_goes_on_and_without_events_nothing_is_said() {
        let out = Shared::default();
        let mut screen = PlainScreen::new(Box::new(out.clone()), "run", HEARTBEAT);
        screen.tick(samples::start());
        assert_eq!(out.text(), "");
        feed(&mut screen, &started(), samples::start());
        (1..=600).for_each(|second: i64| screen.tick(samples::start() + second.seconds()));
        assert_eq!(out.text().lines().count(), 11);
    }

    #[test]
    fn zero_turns_the_heartbeat_off_and_waits_are_still_named() {
        let out = Shared::default();
        let mut screen = PlainScreen::new(Box::new(out.clone()), "run", Duration::ZERO);
        feed(&mut screen, &started(), samples::start());
        feed(&mut screen, &Event::Waiting { wait: Wait::Settling, seconds: 9 }, samples::start());
        assert_eq!(out.text().lines().count(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_control_character_gets_out(message in "(?s).{0,40}") {
            let out = Shared::default();
            let mut screen = PlainScreen::new(Box::new(out.clone()), "run", HEARTBEAT);
            feed(&mut screen, &Event::Notice { message: message.clone() }, samples::start());
            feed(&mut screen, &Event::Reading { source: message, bytes_done: 1, bytes_total: 2 }, samples::start());
            let text = out.text();
            proptest::prop_assert!(text.trim_end_matches('\n').chars().all(|c| c == '\n' || !c.is_control()), "{:?}", text);
            proptest::prop_assert_eq!(text.lines().count(), 2);
        }
    }
}

//! Progress: one stream of events, shown as a terminal block, plain lines, JSON lines or a log.
//!
//! Invariants: nobody but the reporter writes to the terminal while it lives; without a terminal no control character is
//! written; a reader that has gone never ends the work. Reporters know the vocabulary of the model and nothing of
//! Gorgias, the ledger or the sources. Drop the reporter before printing anything else: what it still holds comes first.

mod block;
mod eta;
mod follow;
mod json;
mod log;
mod margin;
#[cfg(test)]
mod paper;
mod plain;
#[cfg(test)]
mod samples;
mod standing;
mod terminal;
mod ticking;

use std::io::Write;
use std::time::Duration;

pub use eta::{Estimate, Estimator};
pub use follow::Following;
pub use log::{EventLog, LogError, LogGuard, init_log};
pub use plain::HEARTBEAT;

use crate::model::event::{Event, Reporter};
use json::JsonReporter;
use plain::PlainScreen;
use terminal::TerminalScreen;
use ticking::Ticking;

/// How progress is shown.
pub enum Mode {
    /// NDJSON for programs, usually on stdout.
    Json {
        /// Where the lines go.
        out: Box<dyn Write + Send>,
    },
    /// Not at all.
    Quiet,
    /// A block redrawn in place, on stderr.
    Terminal {
        /// Whether colour may be used.
        color: bool,
        /// Columns of the terminal; 80 where they are not known.
        width: u16,
    },
    /// A plain line now and then.
    Plain {
        /// Where the lines go, usually stderr.
        out: Box<dyn Write + Send>,
        /// How often, usually [`HEARTBEAT`]; zero for no heartbeat.
        every: Duration,
    },
}

/// The reporter for `mode`; `command` is the word that its lines begin with (`run`, `rehearse`, `validate`).
pub fn reporter(mode: Mode, command: &str) -> Box<dyn Reporter> {
    match mode {
        Mode::Json { out } => Box::new(JsonReporter::new(out)),
        Mode::Quiet => Box::new(Fanout::default()),
        Mode::Terminal { color, width } => {
            Box::new(Ticking::start(Box::new(TerminalScreen::new(command, width, color))))
        }
        Mode::Plain { out, every } => {
            Box::new(Ticking::start(Box::new(PlainScreen::new(out, command, every))))
        }
    }
}

/// Hands every event to several reporters, in their order. Of none, it is silence.
#[derive(Default)]
pub struct Fanout(Vec<Box<dyn Reporter>>);

impl Fanout {
    /// All of `reporters`.
    pub fn new(reporters: Vec<Box<dyn Reporter>>) -> Self {
        Self(reporters)
    }
}

impl Reporter for Fanout {
    fn on_event(&mut self, event: &Event) {
        for reporter in &mut self.0 {
            reporter.on_event(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{Shared, progress, started};
    use super::*;

    #[test]
    fn every_mode_takes_events_and_ends_when_dropped() {
        let (json, plain) = (Shared::default(), Shared::default());
        let mut all = Fanout::new(vec![
            reporter(Mode::Json { out: Box::new(json.clone()) }, "run"),
            reporter(Mode::Plain { out: Box::new(plain.clone()), every: HEARTBEAT }, "run"),
            reporter(Mode::Quiet, "run"),
        ]);
        all.on_event(&started());
        all.on_event(&progress(1));
        drop(all);
        assert_eq!(json.text().lines().count(), 2);
        let text = plain.text();
        assert!(
            text.ends_with(
                " run run=3 tickets=31016/50214 rejected=7 files=9884/12040 calls/s=0.0 state=running\n"
            ),
            "{text}"
        );
    }
}

//! What the dispatcher tells: figures, waits, and how the account answers.

use std::time::Duration;

use tokio::time::Instant;

use super::Dispatcher;
use crate::model::event::{Event, Wait};
use crate::upload::job::{Fault, Stop};
use crate::upload::pressure::Meanwhile;
use crate::upload::retry::LOST_MAX;

impl Dispatcher {
    pub(super) fn answered(&mut self) {
        self.pressure.answered();
    }

    /// A write had its effect or was refused: Gorgias deals with writes.
    pub(super) fn wrote(&mut self) {
        self.answered();
        self.lost_since = None;
    }

    /// The answer to a write was lost. Look-ups that are answered do not make up for that: an account that takes no writes
    /// for longer than the user's patience, and the windows in which they may still have had their effect, is out.
    /// One record alone does not make it out: that is left to the next run before it has lost so many.
    pub(super) fn lost(&mut self, fault: &Fault) {
        let (since, times) = self.lost_since.get_or_insert_with(|| (Instant::now(), 0));
        *times += 1;
        let options = &self.shared.options;
        let is_long = since.elapsed() >= options.patience.saturating_add(options.settle.saturating_mul(2));
        if is_long && *times > LOST_MAX && !self.stopping() {
            self.stop(Stop::Unreachable { words: fault.words.clone() });
        }
    }

    /// Notes what goes on while the account is away.
    pub(super) fn measure(&mut self) {
        if self.pressure.is_away() {
            self.pressure.goes_on(if self.shared.is_paused() {
                Meanwhile::Paused
            } else if self.shared.client.limiter().level().in_flight > 0 {
                Meanwhile::Asked
            } else {
                Meanwhile::Idle
            });
        }
    }

    pub(super) fn faulted(&mut self, fault: &Fault) {
        if self.stopping() {
            // Requests that we stopped ourselves say nothing about the account.
            return;
        }
        if let Some(wait) = self.pressure.faulted(fault) {
            let wait_event = Wait::Unreachable { error: fault.words.clone() };
            if wait > Duration::from_secs(2) {
                self.send_event(Event::Waiting { wait: wait_event, seconds: wait.as_secs() });
            }
        }
        if self.pressure.exhausted() {
            self.stop(Stop::Unreachable { words: fault.words.clone() });
        }
    }

    pub(super) fn tell(&mut self) {
        self.refresh_figures();
        let remaining = self.figures.tickets.pending + self.figures.tickets.unknown;
        let (rate, eta) = self.pressure.eta(self.figures.tickets.finished(), remaining, self.figures.calls);
        let level = self.shared.client.limiter().level();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a level between 0 and the limit"
        )]
        let bucket = Some((level.used.ceil() as u32, level.limit));
        self.send_event(Event::Progress {
            run: self.shared.options.run,
            figures: self.figures,
            calls_per_second: rate,
            eta_seconds: eta,
            bucket,
        });
        self.shared.heartbeat(&self.figures);
    }

    pub(super) fn refresh_figures(&mut self) {
        let (calls, throttled, could_have_sent) = self.shared.calls();
        self.figures.calls = calls;
        self.figures.throttled = throttled;
        self.figures.could_have_sent = could_have_sent;
        self.figures.uploads = self.shared.uploads();
        self.figures.files_missing = self.shared.files_missing();
        let left = self.figures.tickets.pending + self.figures.tickets.unknown;
        let files = &mut self.figures.files;
        // What the last run saw to in the moment in which it died is not known; with the last ticket it is done, too.
        files.done = if left == 0 { files.total } else { self.shared.files_seen_to().min(files.total) };
    }

    pub(super) fn send_event(&self, event: Event) {
        // Nobody listening is no reason to stop the upload.
        drop(self.events.send(event));
    }
}

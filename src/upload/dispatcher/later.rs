//! What waits for its time: look-ups in their windows, and records that could not be read.

use std::time::Duration;

use tokio::time::Instant;

use super::{Dispatcher, LOOKUP_PAUSE_MIN, TICK};
use crate::upload::job::Job;
use crate::upload::make::Making;
use crate::upload::retry::lookup_due;

impl Dispatcher {
    /// Puts a ticket with an unknown outcome back until its next look-up is due.
    pub(super) fn settle_later(&mut self, mut job: Job) {
        let since = *job.dead_since.get_or_insert_with(Instant::now);
        let settle = self.shared.options.settle;
        let due = match lookup_due(job.lookups, settle) {
            Some(due) => since + due,
            // The window is over and Gorgias has not said clearly what is there.
            None => Instant::now() + (settle / 10).max(LOOKUP_PAUSE_MIN),
        };
        job.lookups += 1;
        self.settling.push((due, job));
    }

    pub(super) fn remake_later(&mut self, making: Making) {
        let since = making.dead_since.unwrap_or_else(Instant::now);
        let due =
            lookup_due(making.lookups, self.shared.options.settle).unwrap_or(self.shared.options.settle);
        self.remaking.push((since + due, making));
    }

    /// Moves what is due from the waiting lists to the back of the queue.
    pub(super) fn wake_due(&mut self) {
        let now = Instant::now();
        for at in (0..self.settling.len()).rev() {
            if self.settling[at].0 <= now {
                self.others.push_back(self.settling.swap_remove(at).1);
            }
        }
        for at in (0..self.remaking.len()).rev() {
            if self.remaking[at].0 <= now {
                self.makings.push_back(self.remaking.swap_remove(at).1);
            }
        }
    }

    pub(super) fn next_wake(&self) -> Instant {
        let settling = self.settling.iter().map(|(due, _)| *due);
        let remaking = self.remaking.iter().map(|(due, _)| *due);
        let absent = self.absent.iter().map(|(due, _)| *due);
        let far = Instant::now() + TICK;
        if self.stopping() || self.shared.is_paused() {
            // What is due is not started, now or any more.
            return far;
        }
        let due = settling.chain(remaking).chain(absent).chain(self.guard_wake()).min().unwrap_or(far);
        self.pressure.held_until().map_or(due, |until| due.max(until)).min(far)
    }

    /// Puts a ticket that could not be read back for so long; one with an unknown outcome at least until its next look-up is
    /// due. Where the window is over, a look-up that failed is none.
    pub(super) fn rest_job(&mut self, mut job: Job, pause: Duration) {
        let mut due = Instant::now() + pause;
        if job.task.is_unknown() {
            let since = *job.dead_since.get_or_insert_with(Instant::now);
            if let Some(in_window) = lookup_due(job.lookups, self.shared.options.settle) {
                due = due.max(since + in_window);
                job.lookups += 1;
            }
        }
        self.settling.push((due, job));
    }
}

//! Tickets that wait for their files: beside the queues, so that nobody waits with them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Dispatcher, Done, HELD_MAX};
use crate::attachments::{Cause, Outage};
use crate::model::event::Event;
use crate::upload::files::{self, Prepared};
use crate::upload::job::{Job, Stop};

/// Tickets whose files are being had at once. Hosts and uploads have bounds of their own.
const PREPARING_MAX: usize = 256;
/// Tickets with files in memory, beside those that wait for other things.
const WAITING_MAX: usize = 1024;
/// Ticks after which a run that does nothing but wait for files says so again.
const TOLD_EVERY: u32 = 60;
/// Ticks after which it says so first.
const TOLD_FROM: u32 = 3;
/// When a ticket whose files are held is looked at again. Whether their host is asked then is for the host's breaker to say.
const HELD_FOR: Duration = Duration::from_secs(2);

/// Tickets that wait for their files.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    next: std::collections::VecDeque<Job>,
    preparing: usize,
    /// Tickets whose files' host is out, and when they are looked at again; those that came first are in front.
    held: std::collections::VecDeque<(Instant, Job)>,
    /// The host whose outage was told.
    told: Option<String>,
    /// How long the user had paused this run when the outage was noticed.
    stood: Option<Duration>,
    quiet_ticks: u32,
}

impl Waiting {
    pub(super) fn count(&self) -> usize {
        self.next.len() + self.preparing + self.held.len()
    }
}

impl Dispatcher {
    /// Whether more tickets may come from the feed. Those that wait for files have room of their own.
    pub(super) fn has_room(&self) -> bool {
        self.held() - self.waiting.count() < HELD_MAX && self.waiting.count() < WAITING_MAX
    }

    /// Keeps a ticket whose files are not had yet; gives back one that can go on.
    pub(super) fn keep_for_files(&mut self, job: Job) -> Option<Job> {
        if files::wants(&self.shared, &job) {
            self.waiting.next.push_back(job);
            None
        } else {
            Some(job)
        }
    }

    /// Begins to have the files of the tickets that wait.
    pub(super) fn prepare_next(&mut self) {
        while self.waiting.preparing < PREPARING_MAX {
            let Some(mut job) = self.waiting.next.pop_front() else { return };
            self.waiting.preparing += 1;
            let shared = Arc::clone(&self.shared);
            let task = self.tasks.spawn(async move {
                let prepared = files::prepare(&shared, &mut job).await;
                Done::Prepared(Box::new(job), prepared)
            });
            // Nothing of the ticket was sent: whatever becomes of the task, its outcome is known.
            self.at_stake.insert(task.id(), 0);
        }
    }

    pub(super) fn was_prepared(&mut self, job: Job, prepared: Prepared) {
        self.waiting.preparing -= 1;
        match prepared {
            Prepared::Ready => self.arrived(job),
            Prepared::NotSent(fault) => {
                self.faulted(&fault);
                self.waiting.next.push_back(job);
            }
            Prepared::Held => self.waiting.held.push_back((Instant::now() + HELD_FOR, job)),
            Prepared::Stop(stop) => self.stop(stop),
        }
    }

    /// Takes up again what was held, tells an outage once, and gives up when it lasts for longer than the user's patience.
    pub(super) fn watch_file_hosts(&mut self) {
        let now = Instant::now();
        while let Some((_, job)) = self.waiting.held.pop_front_if(|(until, _)| *until <= now) {
            self.waiting.next.push_back(job);
        }
        let Some(outage) = self.shared.files.as_ref().and_then(|files| files.outage()) else {
            (self.waiting.told, self.waiting.stood) = (None, None);
            return;
        };
        let stood = self.shared.stood_still();
        // While nothing is sent nobody asks the host either.
        let paused = stood.saturating_sub(*self.waiting.stood.get_or_insert(stood));
        if self.stopping() {
            return;
        }
        if outage.lasts.saturating_sub(paused) >= self.shared.options.patience {
            let waiting = self.waiting.count() as u64;
            self.stop(Stop::FileHost { outage, waiting });
        } else if self.waiting.told.as_ref() != Some(&outage.host) {
            self.send_event(Event::Notice { message: told(&outage) });
            self.waiting.told = Some(outage.host);
        }
    }

    /// Says from time to time that the run waits for files and for nothing else.
    pub(super) fn tell_waiting(&mut self) {
        let only = self.waiting.preparing > 0 && self.in_flight == 0 && !self.shared.is_paused();
        self.waiting.quiet_ticks = if only { self.waiting.quiet_ticks + 1 } else { 0 };
        if self.waiting.quiet_ticks % TOLD_EVERY == TOLD_FROM {
            let message = format!("waiting for the files of {} tickets", self.waiting.count());
            self.send_event(Event::Notice { message });
        }
    }
}

fn told(Outage { host, cause, reason, .. }: &Outage) -> String {
    let what = match cause {
        Cause::Away => "is out of reach",
        Cause::Login => "does not let us in",
    };
    format!(
        "{host}, which has the old account's files, {what} ({reason}): tickets with files of it wait, others go on"
    )
}

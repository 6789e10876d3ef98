//! What the user's clock and hands decide: the share that is left to others, when to stop, and when to pause. One watcher
//! for a whole run, whichever part of it is at work.
//!
//! Invariants: what is decided is told to the limiter, which every request has to pass, so no part of a run can be left
//! out by not asking; a limit is noted before the limiter is closed, so that whoever is sent away there finds the reason.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Shared;
use crate::gorgias::Reserve;
use crate::model::event::{Event, Wait};
use crate::model::time::now;

/// How often the clock and the pause file are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A pause is told again after this long.
const PAUSE_TOLD_EVERY: Duration = Duration::from_secs(10);

/// Watches beside a run, on a task of its own: parts of a run read the disk for seconds at a time.
#[must_use]
pub(super) struct Watcher {
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Begins to watch. What holds from the first moment, a pause file that lies there already, holds when this returns.
    pub(super) fn start(shared: &Arc<Shared>, events: &mpsc::UnboundedSender<Event>) -> Self {
        let options = &shared.options;
        let mut watching = Watching {
            shared: Arc::clone(shared),
            events: events.clone(),
            deadline: options.max_duration.and_then(|longest| Instant::now().checked_add(longest)),
            share: None,
            pause: None,
        };
        let schedule = &options.schedule;
        let anything = watching.deadline.is_some()
            || schedule.reserve.is_some()
            || schedule.stop_at.is_some()
            || schedule.pause_file.is_some();
        let task = anything.then(|| {
            watching.look();
            tokio::spawn(watching.until_halted())
        });
        Self { shared: Arc::clone(shared), task }
    }

    /// Ends the watch. Nothing is decided once this returns.
    pub(super) async fn end(mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            // It is cut off, or it has ended by itself; either way there is nothing to learn from it.
            drop(task.await);
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
        self.shared.pause(false);
    }
}

struct Watching {
    shared: Arc<Shared>,
    events: mpsc::UnboundedSender<Event>,
    /// When the longest duration is over.
    deadline: Option<Instant>,
    /// The share left to others that was told last, in percent.
    share: Option<u8>,
    pause: Option<Pause>,
}

/// The work stands still because the pause file exists.
#[derive(Clone, Copy, Debug)]
struct Pause {
    since: Instant,
    told: Instant,
}

impl Watching {
    /// Looks again and again until the run is to end, for whatever reason.
    async fn until_halted(mut self) {
        while !self.shared.is_halted() {
            let next = Instant::now() + LOOK_EVERY;
            tokio::time::sleep_until(self.deadline.map_or(next, |deadline| deadline.min(next))).await;
            self.look();
        }
    }

    fn look(&mut self) {
        if self.shared.is_halted() {
            return;
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            // A ticket of thousands of messages would go on for hours.
            return self.shared.reach_limit("the longest duration of this run is reached");
        }
        let schedule = &self.shared.options.schedule;
        if schedule.stop_at.is_some_and(|stop_at| now() >= stop_at) {
            return self.shared.reach_limit("the time at which this run was to stop is reached");
        }
        let share = schedule.reserve.as_ref().map(|timetable| timetable.at(now()));
        let pause = schedule.pause_file.as_ref().is_some_and(|file| file.exists());
        if let Some(share) = share
            && self.share.replace(share) != Some(share)
        {
            self.shared.client.limiter().set_reserve(Reserve::new(f64::from(share) / 100.0));
            let message = format!("from now on {share} % of the account's budget are left to others");
            self.tell(Event::Notice { message });
        }
        self.follow_pause(pause);
    }

    fn follow_pause(&mut self, pause: bool) {
        let now = Instant::now();
        match (&mut self.pause, pause) {
            (None, true) => {
                self.pause = Some(Pause { since: now, told: now });
                self.shared.pause(true);
                self.tell_pause(Duration::ZERO);
            }
            (Some(paused), true) if now.duration_since(paused.told) >= PAUSE_TOLD_EVERY => {
                paused.told = now;
                let since = now.duration_since(paused.since);
                self.tell_pause(since);
            }
            (Some(paused), false) => {
                let length = now.duration_since(paused.since).as_secs();
                self.pause = None;
                self.shared.pause(false);
                let message = format!("the pause file is gone; going on after {length} s");
                self.tell(Event::Notice { message });
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    fn tell_pause(&self, since: Duration) {
        let wait = Wait::Paused { since: since.as_secs() };
        // A little longer than until it is told again, so that the screen says it all the time.
        self.tell(Event::Waiting { wait, seconds: PAUSE_TOLD_EVERY.as_secs() + 2 });
    }

    fn tell(&self, event: Event) {
        // Nobody listening is no reason to stop the upload.
        drop(self.events.send(event));
    }
}

//! What the user's clock and hands decide: the share that is left to others, when to stop, and when to pause.

use std::time::Duration;

use tokio::time::Instant;

use super::Dispatcher;
use crate::gorgias::Reserve;
use crate::model::event::{Event, Wait};
use crate::model::time::now;

/// A pause is told again after this long.
const PAUSE_TOLD_EVERY: Duration = Duration::from_secs(10);

/// The work stands still because the pause file exists.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    since: Instant,
    told: Instant,
}

impl Dispatcher {
    /// Looks at the clock and at the pause file.
    pub(super) fn follow_schedule(&mut self) {
        if self.stopping() {
            return;
        }
        let schedule = &self.shared.options.schedule;
        if schedule.stop_at.is_some_and(|stop_at| now() >= stop_at) {
            self.limit_reached = Some("the time at which this run was to stop is reached".to_owned());
            self.shared.halt();
            return;
        }
        let share = schedule.reserve.as_ref().map(|timetable| timetable.at(now()));
        let pause = schedule.pause_file.as_ref().is_some_and(|file| file.exists());
        if let Some(share) = share
            && self.reserve.replace(share) != Some(share)
        {
            self.shared.client.limiter().set_reserve(Reserve::new(f64::from(share) / 100.0));
            let message = format!("from now on {share} % of the account's budget are left to others");
            self.send_event(Event::Notice { message });
        }
        self.follow_pause(pause);
    }

    fn follow_pause(&mut self, pause: bool) {
        let now = Instant::now();
        match (&mut self.paused, pause) {
            (None, true) => {
                self.shared.client.limiter().pause(true);
                self.paused = Some(Pause { since: now, told: now });
                self.tell_pause(Duration::ZERO);
            }
            (Some(paused), true) if now.duration_since(paused.told) >= PAUSE_TOLD_EVERY => {
                paused.told = now;
                let since = now.duration_since(paused.since);
                self.tell_pause(since);
            }
            (Some(paused), false) => {
                let length = now.duration_since(paused.since).as_secs();
                self.paused = None;
                self.shared.client.limiter().pause(false);
                let message = format!("the pause file is gone; going on after {length} s");
                self.send_event(Event::Notice { message });
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    fn tell_pause(&self, since: Duration) {
        let wait = Wait::Paused { since: since.as_secs() };
        // A little longer than until it is told again, so that the screen says it all the time.
        self.send_event(Event::Waiting { wait, seconds: PAUSE_TOLD_EVERY.as_secs() + 2 });
    }
}

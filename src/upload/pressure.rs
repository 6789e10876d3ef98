//! How the account answers: faults in a row, pauses, patience, and the observed pace.
//!
//! The account's absence is measured in the time in which it is asked and in the pauses that its faults cause. What we wait for
//! by our own decision, the end of a window or the user's pause, does not count.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::job::Fault;
use crate::gorgias::{RETRY_AFTER_MAX, back_off};

/// Faults in a row before anything pauses: a single lost answer among many is settled without slowing the others.
const FAULTS_BEFORE_PAUSE: u32 = 3;
/// Seconds over which the pace is observed.
const PACE_WINDOW: usize = 20;

/// Counts faults in a row and says how long to hold back.
#[derive(Debug)]
pub(super) struct Pressure {
    patience: Duration,
    faults: u32,
    away: Option<Away>,
    held_until: Option<Instant>,
    samples: VecDeque<(Instant, u64, u64)>,
}

/// How long the account has been away.
#[derive(Clone, Copy, Debug)]
struct Away {
    /// Of that, what counts.
    counted: Duration,
    /// Until when it is counted.
    until: Instant,
    /// What went on from then.
    meanwhile: Meanwhile,
}

/// What goes on while the account is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meanwhile {
    /// Requests are under way.
    Asked,
    /// Nobody asks it anything: it counts only as far as that is because it is away.
    Idle,
    /// The user holds everything.
    Paused,
}

impl Pressure {
    /// `patience` is how long the account may stay away before the run gives up.
    pub(super) fn new(patience: Duration) -> Self {
        Self { patience, faults: 0, away: None, held_until: None, samples: VecDeque::new() }
    }

    /// An answer came.
    pub(super) fn answered(&mut self) {
        self.faults = 0;
        self.away = None;
        self.held_until = None;
    }

    /// A fault happened. The pause that follows, if one does.
    pub(super) fn faulted(&mut self, fault: &Fault) -> Option<Duration> {
        let now = Instant::now();
        self.faults = self.faults.saturating_add(1);
        self.count(now);
        let away =
            self.away.get_or_insert(Away { counted: Duration::ZERO, until: now, meanwhile: Meanwhile::Idle });
        let left = self.patience.saturating_sub(away.counted);
        if self.faults < FAULTS_BEFORE_PAUSE && fault.retry_after.is_none() {
            return None;
        }
        // What was under way when the account went away fails together: that is one absence, and the wait for it must
        // not grow with the number of requests that happened to be under way.
        let held = self.held_until.is_some_and(|until| now < until);
        if held && fault.retry_after.is_none() {
            self.faults -= 1;
            return None;
        }
        let asked = fault.retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
        // Whatever is asked for, it is tried once more when patience ends, and not later.
        let wait = back_off(self.faults, fastrand::f64()).max(asked).min(left);
        let until = now + wait;
        self.held_until = Some(self.held_until.map_or(until, |held| held.max(until)));
        Some(wait)
    }

    /// Nothing new is started before this instant.
    pub(super) fn held_until(&self) -> Option<Instant> {
        self.held_until
    }

    /// Whether the account stayed away for longer than the user's patience.
    pub(super) fn exhausted(&self) -> bool {
        let mut now = self.away;
        if let Some(away) = &mut now {
            away.count(Instant::now(), self.held_until);
        }
        now.is_some_and(|away| away.counted >= self.patience)
    }

    /// Whether it counts what goes on.
    pub(super) fn is_away(&self) -> bool {
        self.away.is_some()
    }

    /// What goes on from now until this is said again.
    pub(super) fn goes_on(&mut self, meanwhile: Meanwhile) {
        self.count(Instant::now());
        if let Some(away) = &mut self.away {
            away.meanwhile = meanwhile;
        }
    }

    fn count(&mut self, now: Instant) {
        if let Some(away) = &mut self.away {
            away.count(now, self.held_until);
        }
    }

    /// Calls a second over the last seconds, and the seconds that `remaining` tickets take at the pace observed.
    #[expect(clippy::cast_precision_loss, reason = "a rate of counts")]
    pub(super) fn eta(&mut self, finished: u64, remaining: u64, calls: u64) -> (f64, Option<u64>) {
        let now = Instant::now();
        self.samples.push_back((now, finished, calls));
        if self.samples.len() > PACE_WINDOW {
            self.samples.pop_front();
        }
        let Some((first, finished_then, calls_then)) = self.samples.front() else { return (0.0, None) };
        let seconds = now.duration_since(*first).as_secs_f64();
        if seconds <= 0.0 {
            return (0.0, None);
        }
        let rate = calls.saturating_sub(*calls_then) as f64 / seconds;
        let tickets = finished.saturating_sub(*finished_then) as f64 / seconds;
        // No ETA that cannot be defended: none before one in a hundred is done.
        let defended = tickets > 0.0 && finished * 100 >= finished + remaining;
        let eta = defended.then(|| Duration::from_secs_f64((remaining as f64 / tickets).min(1e9)).as_secs());
        (rate, eta)
    }
}

impl Away {
    /// Counts up to `now`. A window in which nothing is looked up, or a pause, says nothing about the account.
    fn count(&mut self, now: Instant, held_until: Option<Instant>) {
        let counts_until = match self.meanwhile {
            Meanwhile::Asked => now,
            Meanwhile::Idle => held_until.map_or(self.until, |held| held.min(now)),
            Meanwhile::Paused => self.until,
        };
        self.counted += counts_until.saturating_duration_since(self.until);
        self.until = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault() -> Fault {
        Fault { words: "reset".into(), retry_after: None }
    }

    #[tokio::test(start_paused = true)]
    async fn faults_of_one_absence_count_once_and_those_after_the_wait_make_it_longer() {
        let mut pressure = Pressure::new(Duration::from_mins(15));
        for _ in 0..FAULTS_BEFORE_PAUSE {
            pressure.faulted(&fault());
        }
        let held = pressure.held_until();
        for _ in 0..50 {
            assert_eq!(pressure.faulted(&fault()), None);
        }
        assert_eq!(pressure.held_until(), held);
        let mut longest = Duration::ZERO;
        for _ in 0..10 {
            tokio::time::advance(Duration::from_mins(2)).await;
            longest = longest.max(pressure.faulted(&fault()).unwrap());
        }
        assert!(longest > Duration::from_secs(10), "{longest:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_account_asks_for_is_bounded_by_reason_and_by_patience() {
        let asks = |seconds| Fault { words: "429".into(), retry_after: Some(Duration::from_secs(seconds)) };
        let mut patient = Pressure::new(Duration::from_hours(24));
        assert_eq!(patient.faulted(&asks(120)), Some(Duration::from_mins(2)));
        for huge in [86_400, u64::MAX] {
            assert_eq!(patient.faulted(&asks(huge)), Some(RETRY_AFTER_MAX), "{huge}");
        }
        let mut short = Pressure::new(Duration::from_mins(1));
        assert_eq!(short.faulted(&asks(86_400)), Some(Duration::from_mins(1)));
        assert!(!short.exhausted());
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(short.faulted(&asks(86_400)), Some(Duration::ZERO));
        assert!(short.exhausted());
    }

    #[tokio::test(start_paused = true)]
    async fn single_faults_do_not_slow_the_others_down() {
        let mut pressure = Pressure::new(Duration::from_mins(1));
        assert_eq!(pressure.faulted(&fault()), None);
        pressure.answered();
        assert_eq!(pressure.faulted(&fault()), None);
        assert_eq!(pressure.faulted(&fault()), None);
        assert!(pressure.faulted(&fault()).is_some());
        assert!(!pressure.exhausted());
        for meanwhile in [Meanwhile::Paused, Meanwhile::Idle] {
            pressure.goes_on(meanwhile);
            tokio::time::advance(Duration::from_mins(10)).await;
            assert!(!pressure.exhausted(), "{meanwhile:?}");
        }
        pressure.goes_on(Meanwhile::Asked);
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(pressure.exhausted());
        pressure.answered();
        assert!(!pressure.exhausted() && pressure.held_until().is_none());
    }
}

//! Outages of a source account's own hosts. That such a host lets nobody in, or is away, is one cause for all of its
//! files: tickets are not sent without them because of it, they wait. A file that alone cannot be had stays a gap.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Reason;
use crate::ledger::PlaceHash;

/// Files in a row, each another one, that a host has to fail for one cause before that is an outage.
const IN_A_ROW: usize = 5;
/// Times that a file is tried whose host is not known to be out, before it is a gap.
const TRIES: u32 = 3;
/// Pause before a host that is out is asked again; it doubles.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest such pause.
const PAUSE_MAX: Duration = Duration::from_mins(1);

/// What is wrong with a host as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It does not answer, or with errors of its own.
    Away,
    /// It wants another login.
    Login,
}

impl Cause {
    /// The cause that a failure may have beside the file itself.
    fn of(reason: Reason) -> Option<Self> {
        match reason {
            Reason::Unreachable | Reason::Silent | Reason::Status(408 | 425 | 429 | 500..=599) => {
                Some(Self::Away)
            }
            Reason::Status(401 | 403) | Reason::WebPage => Some(Self::Login),
            _ => None,
        }
    }
}

/// A host that is out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The host.
    pub host: String,
    /// What is wrong with it.
    pub cause: Cause,
    /// How it failed last.
    pub reason: Reason,
    /// For how long.
    pub lasts: Duration,
}

/// Why a file is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It cannot be had.
    Gap(Reason),
    /// Its host is out, or may be: nobody knows yet whether it can be had.
    Held,
}

/// All own hosts that were asked.
#[derive(Debug, Default)]
pub(super) struct Outages {
    hosts: Mutex<HashMap<String, Standing>>,
}

#[derive(Debug, Default)]
struct Standing {
    /// Answers so far that were no failures of the host.
    answers: u64,
    /// Failures since the last answer.
    row: HashSet<PlaceHash>,
    cause: Option<(Cause, Reason)>,
    /// Files that failed and are to be tried again.
    failing: HashMap<PlaceHash, Failing>,
    out: Option<Out>,
}

#[derive(Debug)]
struct Failing {
    tries: u32,
    /// Answers of the host when it failed first.
    answers: u64,
}

#[derive(Debug)]
struct Out {
    since: Instant,
    next_try: Instant,
    pause: Duration,
}

impl Outages {
    /// Whether the host may be asked now. While it is out, one asks for all from time to time.
    pub(super) fn may_ask(&self, host: &str) -> bool {
        let now = Instant::now();
        let mut hosts = self.hosts();
        let Some(out) = hosts.get_mut(host).and_then(|standing| standing.out.as_mut()) else { return true };
        if now < out.next_try {
            return false;
        }
        out.pause = (out.pause * 2).min(PAUSE_MAX);
        out.next_try = now + out.pause;
        true
    }

    /// What it means for a file that asking its host ended like this.
    pub(super) fn judge<T>(
        &self,
        host: &str,
        place: PlaceHash,
        came: Result<T, Reason>,
    ) -> Result<T, Missing> {
        let mut hosts = self.hosts();
        let standing = hosts.entry(host.to_owned()).or_default();
        let reason = match came {
            Ok(found) => {
                standing.answered(place);
                return Ok(found);
            }
            Err(reason) => reason,
        };
        let Some(cause) = Cause::of(reason) else {
            standing.answered(place);
            return Err(Missing::Gap(reason));
        };
        Err(if standing.failed(place, cause, reason) { Missing::Gap(reason) } else { Missing::Held })
    }

    /// The host that is out for the longest time.
    pub(super) fn longest(&self) -> Option<Outage> {
        let hosts = self.hosts();
        let outages = hosts.iter().filter_map(|(host, standing)| {
            let ((cause, reason), out) = (standing.cause?, standing.out.as_ref()?);
            Some(Outage { host: host.clone(), cause, reason, lasts: out.since.elapsed() })
        });
        outages.max_by_key(|outage| outage.lasts)
    }

    /// A host that never gave anything, though too few files of it were asked for to call that an outage.
    pub(super) fn never_gave(&self) -> Option<Outage> {
        let hosts = self.hosts();
        let mut none = hosts.iter().filter(|(_, standing)| standing.answers == 0);
        none.find_map(|(host, standing)| {
            let (cause, reason) = standing.cause?;
            Some(Outage { host: host.clone(), cause, reason, lasts: Duration::ZERO })
        })
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Standing>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Standing {
    fn answered(&mut self, place: PlaceHash) {
        self.answers += 1;
        self.row.clear();
        (self.cause, self.out) = (None, None);
        self.failing.remove(&place);
    }

    /// Whether the file is to be called a gap.
    fn failed(&mut self, place: PlaceHash, cause: Cause, reason: Reason) -> bool {
        if self.cause.is_some_and(|(before, _)| before != cause) {
            self.row.clear();
        }
        self.cause = Some((cause, reason));
        if self.row.len() < IN_A_ROW {
            self.row.insert(place);
        }
        let now = Instant::now();
        if self.row.len() >= IN_A_ROW && self.out.is_none() {
            self.out = Some(Out { since: now, next_try: now + PAUSE, pause: PAUSE });
        }
        let answers = self.answers;
        let failing = self.failing.entry(place).or_insert(Failing { tries: 0, answers });
        failing.tries += 1;
        // Where others came in between, the host is well and the file is not.
        let alone = self.out.is_none() && (failing.tries >= TRIES || failing.answers < answers);
        if alone {
            self.failing.remove(&place);
        }
        alone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "acme.zendesk.com";

    fn place(number: u8) -> PlaceHash {
        PlaceHash([number; 16])
    }

    fn fail(outages: &Outages, number: u8, reason: Reason) -> Missing {
        outages.judge::<()>(HOST, place(number), Err(reason)).unwrap_err()
    }

    #[tokio::test(start_paused = true)]
    async fn five_files_in_a_row_are_an_outage_and_an_answer_ends_it() {
        let outages = Outages::default();
        for number in 0..5 {
            assert_eq!(outages.longest(), None);
            assert_eq!(fail(&outages, number, Reason::Status(401)), Missing::Held);
        }
        tokio::time::advance(Duration::from_millis(900)).await;
        assert!(!outages.may_ask(HOST), "not yet");
        tokio::time::advance(Duration::from_millis(100)).await;
        assert!(outages.may_ask(HOST) && !outages.may_ask(HOST), "one for all");
        assert_eq!(fail(&outages, 0, Reason::WebPage), Missing::Held, "the same cause in another form");
        let outage = outages.longest().unwrap();
        assert_eq!((outage.cause, outage.lasts), (Cause::Login, Duration::from_secs(1)));
        tokio::time::advance(Duration::from_mins(2)).await;
        assert!(outages.may_ask(HOST));
        outages.judge(HOST, place(1), Ok(())).unwrap();
        assert!(outages.longest().is_none() && outages.may_ask(HOST) && outages.may_ask(HOST));
        assert_eq!(fail(&outages, 0, Reason::Status(403)), Missing::Gap(Reason::Status(403)), "it alone");
    }

    #[tokio::test(start_paused = true)]
    async fn single_files_are_gaps_however_often_they_are_tried() {
        let outages = Outages::default();
        for number in 0..100 {
            assert_eq!(fail(&outages, number, Reason::Status(404)), Missing::Gap(Reason::Status(404)));
        }
        for number in 0..4 {
            assert_eq!(fail(&outages, number, Reason::Silent), Missing::Held);
            assert_eq!(fail(&outages, number, Reason::Silent), Missing::Held);
        }
        for number in 0..4 {
            assert_eq!(fail(&outages, number, Reason::Silent), Missing::Gap(Reason::Silent));
        }
        // Another cause is another row.
        assert_eq!(fail(&outages, 9, Reason::Status(403)), Missing::Held);
        assert_eq!(outages.longest(), None);
    }
}

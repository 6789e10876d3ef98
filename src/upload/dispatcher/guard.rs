//! What watches the account while the dispatcher works: the canary, and the automations read again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::unread::Unreadable;
use super::{Dispatcher, Done, HELD_MAX};
use crate::gorgias::CallFailure;
use crate::model::event::{Event, Wait};
use crate::model::key::ConversationKey;
use crate::upload::answer::{Answered, classify};
use crate::upload::canary::{Oddity, ReadBack, read_back};
use crate::upload::job::{How, Job, Stop};
use crate::upload::preflight::Preflight;
use crate::upload::recheck::{Verdict, read_again, verdict};

/// Waits up to this are not told.
const WAIT_TOLD_ABOVE: Duration = Duration::from_secs(2);

impl Dispatcher {
    /// A ticket is complete: it is read back if it went ahead or is one of the sample.
    pub(super) fn landed(&mut self, job: &Job, gorgias_id: u64, how: How) {
        if !self.canary.wants(job, how == How::Created) {
            return;
        }
        let wait = self.shared.options.watch.canary_wait;
        if wait > WAIT_TOLD_ABOVE && self.canary.announces() {
            self.send_event(Event::Waiting { wait: Wait::Canary, seconds: wait.as_secs() });
        }
        let ours = how == How::Created || how == How::Adopted;
        let since = (!ours).then_some(self.begun);
        self.read_later(ReadBack { job: job.clone(), gorgias_id, ours, since }, wait);
    }

    /// A ticket that an earlier run sent ahead.
    pub(super) fn left_over(&mut self, job: Job, gorgias_id: u64) {
        self.canary.left_over(&job);
        self.read_later(ReadBack { job, gorgias_id, ours: true, since: None }, Duration::ZERO);
    }

    /// A ticket that an earlier run sent and that this one cannot compare.
    pub(super) fn left_over_lost(&mut self, key: &ConversationKey, gorgias_id: u64) {
        let accept = &self.shared.options.watch.accept;
        if let Some(accept) = self.canary.not_comparable(key, accept, &self.shared.ledger) {
            let words = "an earlier run found it not to be as it was sent, and it cannot be compared with this export";
            let (ticket, words) = (key.to_string(), vec![words.to_owned()]);
            self.stop(Stop::Canary { ticket, gorgias_id, words, accept });
        }
    }

    pub(super) fn read_later(&mut self, read: ReadBack, wait: Duration) {
        self.reading.push((Instant::now() + wait, read));
    }

    /// Starts the reads that are due, and lets the others go once the canary has passed.
    pub(super) fn guard(&mut self, exhausted: bool) {
        if self.stopping() || self.shared.is_paused() {
            return;
        }
        for job in self.canary.released() {
            self.arrived(job);
        }
        let all_seen = exhausted || self.held() >= HELD_MAX;
        if let Some((jobs, read)) = self.canary.verdict(all_seen, &self.shared.ledger) {
            if read > 0 {
                let tickets =
                    if read == 1 { "1 ticket is".to_owned() } else { format!("{read} tickets are") };
                let reacted = if self.shared.is_blind() {
                    "; the account's events cannot be read, so whether anything reacted is known only as far as the \
                     tickets show it"
                } else {
                    ", and nothing in the account reacted"
                };
                let message = format!("canary passed: {tickets} in Gorgias as sent{reacted}");
                self.send_event(Event::Notice { message });
            }
            for job in jobs {
                self.arrived(job);
            }
        }
        let now = Instant::now();
        for at in (0..self.reading.len()).rev() {
            if self.reading[at].0 <= now {
                let (_, read) = self.reading.swap_remove(at);
                let shared = Arc::clone(&self.shared);
                self.spawn(0, async move {
                    let found = read_back(&shared, &read).await;
                    Done::ReadBack(Box::new(read), found)
                });
            }
        }
        if self.reread_due.is_some_and(|due| due <= now) {
            self.reread_due = None;
            let shared = Arc::clone(&self.shared);
            self.spawn(0, async move {
                let accept = &shared.options.watch.accept;
                Done::Reread(read_again(&shared.client, accept).await)
            });
        }
    }

    /// A ticket that went ahead will not be read back; another one of its kind may go instead.
    pub(super) fn canary_fell(&mut self, job: &Job) {
        if let Some(job) = self.canary.fell(job) {
            self.arrived(job);
        }
    }

    /// When something of this is due next.
    pub(super) fn guard_wake(&self) -> Option<Instant> {
        self.reading.iter().map(|(due, _)| *due).chain(self.reread_due).min()
    }

    pub(super) fn was_read_back(&mut self, read: ReadBack, found: Result<Vec<Oddity>, CallFailure>) {
        match found {
            Ok(oddities) if oddities.is_empty() => {
                self.answered();
                self.readable();
                self.canary.confirmed(&read.job, &self.shared.ledger);
            }
            Ok(oddities) => {
                self.answered();
                let words: Vec<String> = oddities.iter().map(|oddity| oddity.words.clone()).collect();
                let mut accept: Vec<String> = oddities.iter().map(|oddity| oddity.id.to_owned()).collect();
                accept.sort();
                accept.dedup();
                self.canary.failed(&read.job.ticket.key, &accept, &self.shared.ledger);
                let ticket = read.ticket().key.to_string();
                self.stop(Stop::Canary { ticket, gorgias_id: read.gorgias_id, words, accept });
            }
            Err(failure) => match classify(&failure) {
                Answered::Stop(stop) => self.stop(stop),
                Answered::Lost(fault) | Answered::NotSent(fault) => {
                    self.unreadable(Unreadable::ReadBack(Box::new(read)), &fault);
                }
                Answered::Refused(words)
                | Answered::Conflict(words)
                | Answered::TooLarge(words)
                | Answered::NotFound(words) => {
                    let ticket = read.ticket().key.to_string();
                    let words = vec![format!("it cannot be read back: {words}")];
                    self.stop(Stop::Canary {
                        ticket,
                        gorgias_id: read.gorgias_id,
                        words,
                        accept: Vec::new(),
                    });
                }
            },
        }
    }

    /// The automations were read again.
    pub(super) fn was_reread(&mut self, found: Result<Preflight, CallFailure>) {
        match verdict(found, self.shared.options.watch.reread_every) {
            Verdict::Calm(pause) => {
                // That lists are answered says nothing about what is being tried again and again.
                self.shared.automations_were_read();
                self.reread_due = Some(Instant::now() + pause);
            }
            Verdict::Faulted(fault, pause) => {
                self.faulted(&fault);
                self.reread_due = Some(Instant::now() + pause);
            }
            Verdict::Stop(stop) => self.stop(stop),
        }
    }
}

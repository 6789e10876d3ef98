//! What the client tells of its calls: counted, and written into the ledger's journal.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;

use crate::gorgias::{Attempt, CallObserver, WaitReason};
use crate::ledger::{Ledger, RequestRow, TicketId};
use crate::model::event::{Event, Wait};

/// Shortest wait that is told (design: every wait over two seconds says why and how long).
const TOLD_FROM: Duration = Duration::from_secs(2);

/// One answer's share in the average latency: one in this many.
const LATENCY_WEIGHT: u64 = 8;

tokio::task_local! {
    /// The ticket for whose sake the calls of this task are made.
    pub(crate) static TICKET: TicketId;
}

/// Where the journal goes, once the run has a number.
struct Journal {
    ledger: Ledger,
    run: u64,
}

/// Counts calls. The observer of a run's client.
pub struct Traffic {
    calls: AtomicU64,
    throttled: AtomicU64,
    gate_refused: AtomicU64,
    latency_us: AtomicU64,
    journal: OnceLock<Journal>,
    events: Mutex<Option<mpsc::UnboundedSender<Event>>>,
}

impl Traffic {
    /// Nothing counted yet; waits are told through `events`.
    pub fn new(events: mpsc::UnboundedSender<Event>) -> Self {
        Self {
            calls: AtomicU64::new(0),
            throttled: AtomicU64::new(0),
            gate_refused: AtomicU64::new(0),
            latency_us: AtomicU64::new(0),
            journal: OnceLock::new(),
            events: Mutex::new(Some(events)),
        }
    }

    /// From now on, calls are written into the journal as those of `run`.
    pub fn keep_journal(&self, ledger: Ledger, run: u64) {
        // Set once a run; a second time would be the same run.
        drop(self.journal.set(Journal { ledger, run }));
    }

    /// Tells no further waits, so that whoever listens can end.
    pub fn fall_silent(&self) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Calls, answers 429, and requests that the gate refused.
    pub fn counts(&self) -> (u64, u64, u64) {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (read(&self.calls), read(&self.throttled), read(&self.gate_refused))
    }

    /// How long an answer takes, as a moving average; zero before the first.
    pub(super) fn latency(&self) -> Duration {
        Duration::from_micros(self.latency_us.load(Ordering::Relaxed))
    }

    fn observe_latency(&self, elapsed: Duration) {
        let seen = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        let before = self.latency_us.load(Ordering::Relaxed);
        // Racing updates lose one sample of many, which an average can bear.
        let after = if before == 0 { seen } else { before - before / LATENCY_WEIGHT + seen / LATENCY_WEIGHT };
        self.latency_us.store(after, Ordering::Relaxed);
    }

    pub(super) fn gate_refused(&self) {
        self.gate_refused.fetch_add(1, Ordering::Relaxed);
    }
}

impl CallObserver for Traffic {
    fn attempt(&self, attempt: &Attempt) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.observe_latency(attempt.elapsed);
        if attempt.status == Some(429) {
            self.throttled.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(journal) = self.journal.get() {
            let kind = if attempt.method == http::Method::GET { "look-up" } else { attempt.kind.as_str() };
            drop(journal.ledger.journal(RequestRow {
                run: journal.run,
                ticket: TICKET.try_with(|ticket| *ticket).ok(),
                kind: kind.into(),
                at_ms: attempt.started.as_millisecond(),
                status: attempt.status,
                request_id: attempt.request_id.clone(),
                ms: u32::try_from(attempt.elapsed.as_millis()).unwrap_or(u32::MAX),
                attempt: 1,
            }));
        }
    }

    fn waiting(&self, reason: WaitReason, wait: Duration) {
        if wait >= TOLD_FROM {
            let wait_event = match reason {
                WaitReason::Throttled => Wait::Throttled,
                _ => Wait::Budget,
            };
            if let Some(events) = self.events.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                // Nobody listening is no reason to stop.
                drop(events.send(Event::Waiting { wait: wait_event, seconds: wait.as_secs() }));
            }
        }
    }
}

impl CallObserver for std::sync::Arc<Traffic> {
    fn attempt(&self, attempt: &Attempt) {
        self.as_ref().attempt(attempt);
    }

    fn waiting(&self, reason: WaitReason, wait: Duration) {
        self.as_ref().waiting(reason, wait);
    }
}

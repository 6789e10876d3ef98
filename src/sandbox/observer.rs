//! What a test may watch: each API request at three moments, with running counts, called before the next step is
//! taken. A test that kills its client from here kills it at an exact point.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The moment of a request's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Read whole, nothing done yet.
    Received,
    /// A write that changed the store is durable; no byte of the answer has left.
    Committed,
    /// The answer was handed to the operating system. Requests whose connection is cut never get here.
    Answered,
}

/// A moment of a request, with counts since the stand-in started.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Which moment.
    pub phase: Phase,
    /// The request's number, from 1.
    pub number: u64,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The answer's status, once there is one.
    pub status: Option<u16>,
    /// Requests received.
    pub received: u64,
    /// Writes made durable.
    pub committed: u64,
    /// Requests answered.
    pub answered: u64,
    /// Tickets created.
    pub tickets: u64,
    /// Messages created, those that came inside a ticket included.
    pub messages: u64,
}

/// A function called at each moment of each API request. It must not block for long: the request waits for it.
pub type Observer = Arc<dyn Fn(&Observation) + Send + Sync>;

/// Counts since the start, shared by all requests.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    received: AtomicU64,
    committed: AtomicU64,
    answered: AtomicU64,
    tickets: AtomicU64,
    messages: AtomicU64,
}

/// What one request made, for the counts.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Made {
    pub(crate) tickets: u64,
    pub(crate) messages: u64,
    /// The ticket created, if one was.
    pub(crate) ticket_id: Option<i64>,
}

/// A request as the observer is told of it.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) number: u64,
    pub(crate) method: String,
    pub(crate) path: String,
}

/// Calls the observer, if there is one, and keeps the counts either way.
pub(crate) struct Watch {
    observer: Option<Observer>,
    counts: Counts,
}

impl Watch {
    pub(crate) fn new(observer: Option<Observer>) -> Self {
        Self { observer, counts: Counts::default() }
    }

    /// A request has been read: gives it its number.
    pub(crate) fn received(&self, method: &str, path: &str) -> Subject {
        let number = self.counts.received.fetch_add(1, Ordering::SeqCst) + 1;
        let subject = Subject { number, method: method.to_owned(), path: path.to_owned() };
        self.tell(Phase::Received, &subject, None);
        subject
    }

    /// A write is durable.
    pub(crate) fn committed(&self, subject: &Subject, status: u16, made: Made) {
        self.counts.committed.fetch_add(1, Ordering::SeqCst);
        self.counts.tickets.fetch_add(made.tickets, Ordering::SeqCst);
        self.counts.messages.fetch_add(made.messages, Ordering::SeqCst);
        self.tell(Phase::Committed, subject, Some(status));
    }

    /// The answer has left.
    pub(crate) fn answered(&self, subject: &Subject, status: u16) {
        self.counts.answered.fetch_add(1, Ordering::SeqCst);
        self.tell(Phase::Answered, subject, Some(status));
    }

    /// Writes made durable since the start.
    pub(crate) fn committed_count(&self) -> u64 {
        self.counts.committed.load(Ordering::SeqCst)
    }

    /// Requests received since the start.
    pub(crate) fn received_count(&self) -> u64 {
        self.counts.received.load(Ordering::SeqCst)
    }

    fn tell(&self, phase: Phase, subject: &Subject, status: Option<u16>) {
        let Some(observer) = &self.observer else { return };
        observer(&Observation {
            phase,
            number: subject.number,
            method: subject.method.clone(),
            path: subject.path.clone(),
            status,
            received: self.counts.received.load(Ordering::SeqCst),
            committed: self.counts.committed.load(Ordering::SeqCst),
            answered: self.counts.answered.load(Ordering::SeqCst),
            tickets: self.counts.tickets.load(Ordering::SeqCst),
            messages: self.counts.messages.load(Ordering::SeqCst),
        });
    }
}

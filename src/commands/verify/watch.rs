//! How far reading back is, as events.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use crate::model::event::Event;
use crate::report::VerificationDocument;
use crate::upload::Traffic;
use crate::verify::Step;

/// Events a second are enough for whoever draws them.
const TOLD_EVERY: Duration = Duration::from_millis(200);

pub(super) struct Watch {
    events: UnboundedSender<Event>,
    traffic: Arc<Traffic>,
    tickets: u64,
    /// Calls before the first ticket was read.
    before: u64,
    calls_total: u64,
    told: Option<Instant>,
}

impl Watch {
    pub(super) fn new(
        events: UnboundedSender<Event>,
        traffic: Arc<Traffic>,
        tickets: u64,
        calls_total: u64,
    ) -> Self {
        let before = traffic.counts().0;
        Self { events, traffic, tickets, before, calls_total, told: None }
    }

    pub(super) fn step(&mut self, step: &Step, document: &VerificationDocument) {
        let calls_done = self.traffic.counts().0 - self.before;
        if let Step::Singly(left) | Step::Files(left) = step {
            self.calls_total = calls_done + left;
        }
        if self.told.is_some_and(|told| told.elapsed() < TOLD_EVERY) {
            return;
        }
        self.told = Some(Instant::now());
        let (checked, different) = (document.tickets.checked, document.tickets.different());
        let calls_total = self.calls_total.max(calls_done);
        // Whoever listened may have gone; the work goes on.
        drop(self.events.send(Event::Comparing {
            calls_done,
            calls_total,
            checked,
            tickets: self.tickets,
            different,
        }));
    }
}

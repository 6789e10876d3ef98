//! What the calls were spent on, and how much of the rate limit was used while there was work.

use std::time::Duration;

use gorgias_import::sandbox::LoggedRequest;
use jiff::{Timestamp, Unit};

use super::Fault;
use super::stage::Rate;

/// The figures of the request log.
pub(super) struct Spending {
    calls: usize,
    tickets: usize,
    messages: usize,
    customers: usize,
    tags: usize,
    others: usize,
    /// Requests refused because the bucket was full.
    pub(super) throttled: usize,
    share: f64,
}

impl Spending {
    /// `restarted_at`: the first request of the second run.
    pub(super) fn of(log: &[LoggedRequest], restarted_at: usize, rate: Rate) -> Result<Self, Fault> {
        let (first, second) = log.split_at(restarted_at.min(log.len()));
        let mut bucket = Bucket::new(rate);
        for run in [first, second] {
            bucket.replay(run)?;
        }
        let created = |ending: &str| {
            let made = |row: &&LoggedRequest| {
                row.method == "POST" && row.path.trim_end_matches('/').ends_with(ending)
            };
            log.iter().filter(made).count()
        };
        let (tickets, messages) = (created("/api/tickets"), created("/messages"));
        let (customers, tags) = (created("/api/customers"), created("/api/tags"));
        Ok(Self {
            calls: log.len(),
            tickets,
            messages,
            customers,
            tags,
            others: log.len() - tickets - messages - customers - tags,
            throttled: log.iter().filter(|row| row.status == Some(429)).count(),
            share: bucket.share(),
        })
    }

    pub(super) fn paragraphs(&self, tickets: u64, elapsed: Duration) -> [String; 2] {
        let calls_each = ratio(self.calls, usize::try_from(tickets).unwrap_or(usize::MAX));
        [
            format!(
                "{} calls, {calls_each:.2} a ticket: {} create a ticket with its messages, {} append what does not fit \
                 into one call, {} make customers who have no email address, {} make tags, {} read, look up and update.",
                self.calls, self.tickets, self.messages, self.customers, self.tags, self.others
            ),
            format!(
                "{:.0} s with both runs. {} calls were answered 429. While there was work, {:.1} % of the rate limit was \
                 used.",
                elapsed.as_secs_f64(),
                self.throttled,
                self.share * 100.0
            ),
        ]
    }
}

#[expect(clippy::cast_precision_loss, reason = "thousands of calls")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The account's bucket, played again from the log. Budget is lost for good while it is empty, and only then.
struct Bucket {
    rate: Rate,
    level: f64,
    at: Option<Timestamp>,
    leaked: f64,
    could_leak: f64,
}

impl Bucket {
    fn new(rate: Rate) -> Self {
        Self { rate, level: 0.0, at: None, leaked: 0.0, could_leak: 0.0 }
    }

    /// One run, from its first request to its last; the time before the first is nobody's loss.
    fn replay(&mut self, run: &[LoggedRequest]) -> Result<(), Fault> {
        for (place, row) in run.iter().enumerate() {
            let at: Timestamp = row.at.parse()?;
            let leak = match self.at {
                Some(before) => (at - before).total(Unit::Second)?.max(0.0) * self.rate.per_second(),
                None => 0.0,
            };
            let drained = leak.min(self.level);
            if place > 0 {
                self.leaked += drained;
                self.could_leak += leak;
            }
            self.level = self.level - drained + 1.0;
            self.at = Some(at);
        }
        Ok(())
    }

    fn share(&self) -> f64 {
        if self.could_leak > 0.0 { self.leaked / self.could_leak } else { 1.0 }
    }
}

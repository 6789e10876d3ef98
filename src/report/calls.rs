//! The plan of calls: what an upload costs, and how long the account's limit makes it take.

use serde::{Deserialize, Serialize};

/// The requests that an upload needs, by kind. Counted by whoever plans the upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallPlan {
    /// Tickets created, each with up to 500 messages in the same call.
    pub tickets: u64,
    /// Messages that do not fit into the call of their ticket.
    pub messages_appended: u64,
    /// Tickets whose status and closing time are put right after messages were appended.
    pub updates: u64,
    /// Customers who do not ride along in a ticket.
    pub customers: u64,
    /// Look-ups: pages of existing customers, users, tags; samples of keys before the first write.
    pub lookups: u64,
    /// Distinct tags.
    pub tags: u64,
    /// Customers' ratings.
    pub surveys: u64,
    /// Distinct files.
    pub uploads: u64,
    /// What one call per ticket, message, customer, tag and file would cost.
    pub naive: u64,
}

impl CallPlan {
    /// All requests of the plan.
    pub fn planned(&self) -> u64 {
        self.tickets
            + self.messages_appended
            + self.updates
            + self.customers
            + self.lookups
            + self.tags
            + self.surveys
            + self.uploads
    }
}

/// How fast an account takes requests: a leaky bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Requests that an empty bucket takes at once.
    pub burst: u64,
    /// Requests a second after that.
    pub per_second: f64,
}

impl Default for Pace {
    /// What Gorgias documents for API keys: 40 requests in 20 seconds.
    fn default() -> Self {
        Self { burst: 40, per_second: 2.0 }
    }
}

impl Pace {
    /// Seconds that `calls` take from an empty bucket: the burst leaves at once, the rest at the rate.
    pub fn seconds(&self, calls: u64) -> u64 {
        let paced = calls.saturating_sub(self.burst);
        if paced == 0 || self.per_second <= 0.0 {
            return 0;
        }
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive, and an estimate: whole seconds of fewer than 2^52 calls"
        )]
        let seconds = (paced as f64 / self.per_second).ceil() as u64;
        seconds
    }
}

/// The plan as the JSON shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// All requests of the plan.
    pub planned: u64,
    /// Requests of the plainest way.
    pub naive: u64,
    /// The plan by kind.
    pub by_kind: CallsByKind,
}

/// The planned requests by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallsByKind {
    /// `POST /tickets`.
    pub ticket: u64,
    /// `POST /tickets/{id}/messages`.
    pub message: u64,
    /// Status and closing times put right after appends.
    #[serde(default)]
    pub update: u64,
    /// Customers.
    pub customer: u64,
    /// Tags.
    pub tag: u64,
    /// Files.
    pub upload: u64,
    /// Reads.
    #[serde(default)]
    pub lookup: u64,
    /// Customers' ratings.
    #[serde(default)]
    pub survey: u64,
}

impl From<&CallPlan> for Calls {
    fn from(plan: &CallPlan) -> Self {
        let by_kind = CallsByKind {
            ticket: plan.tickets,
            message: plan.messages_appended,
            update: plan.updates,
            customer: plan.customers,
            tag: plan.tags,
            upload: plan.uploads,
            lookup: plan.lookups,
            survey: plan.surveys,
        };
        Self { planned: plan.planned(), naive: plan.naive, by_kind }
    }
}

impl CallsByKind {
    /// The kinds by name, in the order of the plan.
    pub fn named(&self) -> [(&'static str, u64); 8] {
        [
            ("ticket", self.ticket),
            ("message", self.message),
            ("update", self.update),
            ("customer", self.customer),
            ("tag", self.tag),
            ("upload", self.upload),
            ("lookup", self.lookup),
            ("survey", self.survey),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_burst_is_free_and_the_rest_is_paced() {
        let pace = Pace::default();
        assert_eq!([0, 40, 41, 52, 50_040].map(|calls| pace.seconds(calls)), [0, 0, 1, 6, 25_000]);
        assert_eq!(Pace { burst: 0, per_second: 0.0 }.seconds(10), 0);
    }

    #[test]
    fn the_kinds_add_up_to_the_plan() {
        let plan = CallPlan {
            tickets: 1,
            messages_appended: 2,
            updates: 4,
            customers: 8,
            lookups: 16,
            tags: 32,
            uploads: 64,
            surveys: 128,
            naive: 9,
        };
        let calls = Calls::from(&plan);
        assert_eq!((calls.planned, calls.naive), (255, 9));
        assert_eq!(calls.by_kind.named().iter().map(|(_, n)| n).sum::<u64>(), 255);
    }
}

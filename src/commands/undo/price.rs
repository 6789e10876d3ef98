//! What taking back costs in calls, said before anything is read.

use std::time::Duration;

use super::Order;
use crate::commands::{CommandError, terms};
use crate::gorgias::TakeBackStep;
use crate::ledger::Ledger;
use crate::report::UndoDocument;
use crate::text;
use crate::undo::{AT_ONCE, CALLS_PER_CUSTOMER, CALLS_PER_TAG, CUSTOMERS_TOGETHER, Mode};
use crate::upload::REBUILT;

/// Tickets that one list takes.
const BATCH: u64 = 100;
/// Calls that a batch on its way to the trash costs beside one a ticket: two lists, and the events since the last batch.
const CALLS_PER_BATCH: u64 = 4;
/// Calls that a handful costs that is deleted, beside one a ticket: a list before and one after.
const CALLS_PER_HANDFUL: u64 = 2;
/// Calls before customers and tags are looked at, at the least: events and messages since the import, tags, rules, views.
const CALLS_BEFORE_PARTS: u64 = 5;
/// Calls that a look at what people do meanwhile costs, at the least: messages and events.
const CALLS_PER_REFRESH: u64 = 2;

/// What there is to take back.
#[derive(Clone, Copy)]
pub(super) struct Price {
    step: TakeBackStep,
    mode: Mode,
    /// Tickets that are looked at.
    pub(super) tickets: u64,
    customers: u64,
    tags: u64,
    /// Each ticket's events are read by themselves, because the ledger was made anew.
    single: bool,
}

impl Price {
    pub(super) fn of(order: &Order<'_>, ledger: &Ledger) -> Result<Self, CommandError> {
        let view = ledger.view();
        let single = view.fact(REBUILT)?.is_some();
        let price = Self { step: order.step, mode: order.mode, tickets: 0, customers: 0, tags: 0, single };
        Ok(match order.step {
            TakeBackStep::Trash => {
                Self { tickets: view.created_ids(&order.selection)?.len() as u64, ..price }
            }
            TakeBackStep::Purge => Self {
                tickets: view.undone_in_trash(&order.selection)?.len() as u64,
                customers: view.made_customers(&order.selection)?.len() as u64,
                tags: view.made_tags(&order.selection)?.len() as u64,
                ..price
            },
        })
    }

    /// Calls that looking takes, about.
    fn looking(&self) -> u64 {
        let batches = self.tickets.div_ceil(BATCH);
        match self.step {
            TakeBackStep::Trash => batches * CALLS_PER_BATCH + self.events(self.tickets),
            TakeBackStep::Purge => batches,
        }
    }

    /// Calls that it takes to take so much back, about.
    fn taking(&self, tickets: u64, customers: u64, tags: u64) -> u64 {
        match self.step {
            TakeBackStep::Trash => tickets + tickets.div_ceil(BATCH) * CALLS_PER_BATCH + self.events(tickets),
            TakeBackStep::Purge => {
                let before = if customers + tags > 0 { CALLS_BEFORE_PARTS } else { 0 };
                tickets
                    + tickets.div_ceil(AT_ONCE as u64) * CALLS_PER_HANDFUL
                    + before
                    + customers * CALLS_PER_CUSTOMER
                    + customers.div_ceil(CUSTOMERS_TOGETHER as u64) * CALLS_PER_REFRESH
                    + tags * CALLS_PER_TAG
            }
        }
    }

    fn events(&self, tickets: u64) -> u64 {
        if self.single { tickets } else { 0 }
    }

    /// Calls that doing what was found takes.
    pub(super) fn planned(&self, document: &UndoDocument) -> u64 {
        self.taking(document.tickets.planned, document.customers.planned, document.tags.planned)
    }

    /// The price is said before anything is read.
    pub(super) fn say(&self, order: &Order<'_>) {
        let calls = match self.mode {
            Mode::Execute => self.taking(self.tickets, self.customers, self.tags),
            Mode::Preview => self.looking(),
        };
        let what = match (self.mode, self.step) {
            (Mode::Preview, _) => "looking at",
            (Mode::Execute, TakeBackStep::Trash) => "moving to the trash up to",
            (Mode::Execute, TakeBackStep::Purge) => "deleting for good up to",
        };
        let mut things = text::count(self.tickets, "ticket");
        if self.mode == Mode::Execute && self.customers + self.tags > 0 {
            things = format!(
                "{things}, {} and {}",
                text::count(self.customers, "customer"),
                text::count(self.tags, "tag")
            );
        }
        let seconds = terms::pace(order.config).seconds(calls).max(1);
        order.context.output.paragraph(&format!(
            "{what} {things}: about {}, {}",
            text::count(calls, "call"),
            text::duration(Duration::from_secs(seconds)),
        ));
    }
}

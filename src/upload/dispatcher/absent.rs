//! Tickets that only the ledger knows, on their way to a known outcome.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::unread::Unreadable;
use super::{Dispatcher, Done, LOOKUP_PAUSE_MIN};
use crate::model::finding::{Code, Finding};
use crate::upload::absent::{Absent, Settled, incomplete, look_up};
use crate::upload::retry::{LOOKUPS_MAX, lookup_due};

impl Dispatcher {
    /// The feed found one whose outcome is unknown.
    pub(super) fn absent(&mut self, absent: Absent) {
        // The ledger counts a ticket with an unknown message as begun; here it is unknown like any other.
        if absent.gorgias_id.is_some() {
            self.figures.tickets.unknown += 1;
            self.no_longer_pending();
        }
        self.look_up_later(absent);
    }

    fn look_up_later(&mut self, mut absent: Absent) {
        let settle = self.shared.options.settle;
        let due = match lookup_due(absent.lookups, settle) {
            Some(due) => absent.dead_since + due,
            // The window is over and Gorgias has not said clearly what is there.
            None => Instant::now() + (settle / 10).max(LOOKUP_PAUSE_MIN),
        };
        absent.lookups += 1;
        self.absent.push((due, absent));
    }

    /// Starts one look-up that is due, if there is one.
    pub(super) fn look_up_next(&mut self) -> bool {
        let now = Instant::now();
        let Some(at) = self.absent.iter().position(|(due, _)| *due <= now) else { return false };
        let (_, absent) = self.absent.swap_remove(at);
        let shared = Arc::clone(&self.shared);
        self.spawn(0, async move {
            let settled = look_up(&shared, &absent).await;
            Done::LookedUp(Box::new(absent), settled)
        });
        true
    }

    /// The same after a look-up that failed: not before this pause is over, and where the window is over, it was none.
    pub(super) fn rest_absent(&mut self, mut absent: Absent, pause: Duration) {
        let mut due = Instant::now() + pause;
        if let Some(in_window) = lookup_due(absent.lookups, self.shared.options.settle) {
            due = due.max(absent.dead_since + in_window);
            absent.lookups += 1;
        }
        self.absent.push((due, absent));
    }

    pub(super) fn looked_up(&mut self, mut absent: Absent, settled: Settled) {
        if !matches!(settled, Settled::Faulted(_) | Settled::Stop(_)) {
            absent.failures.was_read();
            self.readable();
        }
        match settled {
            Settled::There { held, missing, whole } => {
                self.answered();
                self.unknown_became_pending();
                match absent.blocked {
                    Some(finding) if !whole => self.rejected(absent.row, missing, finding, false),
                    _ => {
                        let left = (!whole).then(|| incomplete(&absent.key, missing));
                        self.half_there(held, missing, left);
                    }
                }
            }
            Settled::NotThere => {
                self.answered();
                self.unknown_became_pending();
                match absent.blocked {
                    Some(finding) => self.rejected(absent.row, absent.messages.len() as u64, finding, false),
                    None => self.not_in_export(&absent.finding(Code::NotInExport)),
                }
            }
            Settled::NotYet if absent.lookups > LOOKUPS_MAX => {
                self.answered();
                let words = "its list and its records contradict each other";
                self.shared.note(&absent.finding(Code::RefusedByGorgias).with_detail(words));
            }
            Settled::NotYet => {
                self.answered();
                self.look_up_later(absent);
            }
            Settled::Unsettled(finding) => {
                self.answered();
                self.shared.note(&finding);
            }
            Settled::Gone(finding) => {
                self.answered();
                self.unknown_became_pending();
                self.rejected(absent.row, absent.messages.len() as u64, finding, false);
            }
            Settled::Faulted(fault) => self.unreadable(Unreadable::Absent(Box::new(absent)), &fault),
            Settled::Stop(stop) => self.stop(stop),
        }
    }

    /// A ticket that is in Gorgias and of which this export has nothing more.
    pub(super) fn half_there(&mut self, held: u64, missing: u64, left: Option<Finding>) {
        self.no_longer_pending();
        self.figures.tickets.already += 1;
        self.figures.messages.already += held;
        self.figures.messages.rejected += missing;
        if let Some(finding) = left {
            self.shared.note(&finding);
        }
    }

    /// A ticket of an earlier export that is not in Gorgias and not in this export: no business of this run.
    pub(super) fn not_in_export(&mut self, finding: &Finding) {
        self.no_longer_pending();
        self.shared.note(finding);
    }

    fn unknown_became_pending(&mut self) {
        let tickets = &mut self.figures.tickets;
        tickets.unknown = tickets.unknown.saturating_sub(1);
        tickets.pending += 1;
    }
}

//! Records that cannot be read: each is tried for some minutes, with longer and longer pauses, and then left to the next run,
//! like a write whose answer is lost again and again.
//!
//! Before one is left the account itself is asked, so that an account that is away costs no record. Where record after record
//! would be left, it is no matter of the records: then the user's patience decides.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Dispatcher, Done};
use crate::gorgias::{UNREAD_MAX, UNREAD_RECORDS_MAX, back_off};
use crate::model::finding::{Code, Finding};
use crate::upload::Shared;
use crate::upload::absent::Absent;
use crate::upload::answer::{Answered, classify};
use crate::upload::canary::ReadBack;
use crate::upload::job::{Fault, Job, Stop, Task};
use crate::upload::make::Making;
use crate::upload::recheck::READ_AGAIN;

/// What cannot be read.
pub(super) enum Unreadable {
    /// A ticket, or what belongs to it.
    Job(Box<Job>),
    /// A customer or tag.
    Making(Box<Making>),
    /// A ticket that only the ledger knows.
    Absent(Box<Absent>),
    /// A ticket that is to be read back.
    ReadBack(Box<ReadBack>),
}

/// How it stands since a record was read last.
#[derive(Debug, Default)]
pub(super) struct Unread {
    /// Records that were left.
    left: u32,
    /// When the first one could not be read.
    since: Option<Instant>,
}

impl Unreadable {
    /// It failed once more; how many times in a row that was.
    fn failed(&mut self, fault: &Fault) -> u32 {
        match self {
            Self::Job(job) => job.failures.unread(fault),
            Self::Making(making) => making.failures.unread(fault),
            Self::Absent(absent) => absent.failures.unread(fault),
            Self::ReadBack(read) => read.job.failures.unread(fault),
        }
    }
}

impl Dispatcher {
    /// A record was read.
    pub(super) fn readable(&mut self) {
        self.unread = Unread::default();
    }

    /// A record could not be read.
    pub(super) fn unreadable(&mut self, mut record: Unreadable, fault: &Fault) {
        let times = record.failed(fault);
        // A ticket that was found odd holds everything until it is read: that is no record that may be left.
        let may_be_left = match &record {
            Unreadable::ReadBack(read) => !self.canary.is_odd(&read.job),
            _ => true,
        };
        let since = *self.unread.since.get_or_insert_with(Instant::now);
        let none_for_long = self.unread.left > 0 && since.elapsed() >= self.shared.options.patience;
        let is_over = times >= UNREAD_MAX || none_for_long || self.pressure.exhausted();
        if is_over && may_be_left && !self.stopping() {
            let shared = Arc::clone(&self.shared);
            let fault = fault.clone();
            // The intent of a ticket that is to be created stands.
            let at_stake = matches!(&record, Unreadable::Job(job) if job.task == Task::Create);
            self.spawn(u64::from(at_stake), async move {
                let account = witness(&shared).await;
                Done::Witnessed(record, fault, account)
            });
            return;
        }
        self.faulted(fault);
        self.rest(record, times);
    }

    /// The account was asked whether it is there.
    pub(super) fn witnessed(&mut self, record: Unreadable, fault: &Fault, account: Result<(), Fault>) {
        if let Err(away) = account {
            self.faulted(&away);
            return self.rest(record, UNREAD_MAX);
        }
        self.answered();
        if self.unread.left < UNREAD_RECORDS_MAX {
            self.unread.left += 1;
            return self.leave(record);
        }
        let is_long = self.unread.since.is_some_and(|since| since.elapsed() >= self.shared.options.patience);
        if is_long && !self.stopping() {
            self.stop(Stop::Unreachable { words: fault.words.clone() });
        }
        self.rest(record, UNREAD_MAX);
    }

    /// Tries it again after a pause.
    fn rest(&mut self, record: Unreadable, times: u32) {
        let pause = back_off(times, fastrand::f64());
        match record {
            Unreadable::Job(job) => self.rest_job(*job, pause),
            Unreadable::Making(making) => self.remaking.push((Instant::now() + pause, *making)),
            Unreadable::Absent(absent) => self.rest_absent(*absent, pause),
            Unreadable::ReadBack(read) => self.read_later(*read, pause.max(READ_AGAIN)),
        }
    }

    /// Leaves it to the next run.
    fn leave(&mut self, record: Unreadable) {
        match record {
            Unreadable::Job(job) => {
                let finding = job.left_to_next_run();
                if job.task.is_unknown() {
                    return self.unsettled(&job, &finding);
                }
                if job.task == Task::Create {
                    self.shared.ticket_not_there(job.row);
                }
                self.left(*job, &finding);
            }
            Unreadable::Making(making) => self.need_left(&making.need()),
            Unreadable::Absent(absent) => {
                let finding = absent.finding(Code::FailedAgainAndAgain);
                self.shared.note(&finding.with_detail(absent.failures.words()));
            }
            Unreadable::ReadBack(read) => {
                let Job { ticket, place, failures, .. } = &read.job;
                let finding = Finding::new(Code::NotReadBack, &ticket.key, place);
                self.shared.note(&finding.with_detail(failures.words()));
                self.canary_fell(&read.job);
            }
        }
    }
}

/// Whether the account is there: any answer says so.
async fn witness(shared: &Shared) -> Result<(), Fault> {
    match shared.client.account().await.as_ref().map_err(classify) {
        Err(Answered::NotSent(fault) | Answered::Lost(fault)) => Err(fault),
        Ok(_) | Err(_) => Ok(()),
    }
}

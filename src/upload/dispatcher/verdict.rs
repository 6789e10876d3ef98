//! What came of work, and what it means for the queues and the counts.

use tokio::time::Instant;

use super::Dispatcher;
use super::unread::Unreadable;
use crate::ledger::TicketId;
use crate::model::event::Event;
use crate::model::finding::{Code, Finding};
use crate::upload::breaker::Tripped;
use crate::upload::job::{Fault, How, Job, Stop, Task, Worked, Write};
use crate::upload::make::{Made, Making};
use crate::upload::resources::Need;
use crate::upload::retry::LOOKUPS_MAX;

impl Dispatcher {
    pub(super) fn worked(&mut self, mut job: Job, worked: Worked) {
        let silent = matches!(worked, Worked::Unread { .. } | Worked::NotSent { .. } | Worked::Stop(_));
        if job.task != Task::Create && !silent {
            job.failures.was_read();
            self.readable();
        }
        match worked {
            Worked::Complete { customer, gorgias_id, how } => {
                self.wrote();
                self.complete(job, customer, gorgias_id, how);
            }
            Worked::NotSent { fault, then } => {
                self.faulted(&fault);
                self.turn_to(&mut job, then);
                match job.task {
                    _ if job.task.is_unknown() => self.settle_later(job),
                    Task::Create => self.leased.push_front(job),
                    _ => self.others.push_back(job),
                }
            }
            Worked::Unread { fault, then } => {
                self.turn_to(&mut job, then);
                self.unreadable(Unreadable::Job(Box::new(job)), &fault);
            }
            Worked::Continue { then, customer } => {
                self.wrote();
                self.rider_landed(&job, customer);
                self.turn_to(&mut job, then);
                job.rides = None;
                self.arrived(job);
            }
            Worked::NotYet => {
                self.answered();
                if job.lookups > LOOKUPS_MAX {
                    let finding = Finding::new(Code::RefusedByGorgias, &job.ticket.key, &job.place);
                    self.unsettled(
                        &job,
                        &finding.with_detail("its list and its records contradict each other"),
                    );
                } else {
                    self.settle_later(job);
                }
            }
            Worked::Unknown { fault, then } => self.answer_lost(job, &fault, then),
            Worked::NotThere => {
                self.answered();
                self.not_there(job);
            }
            Worked::Left(finding) => {
                self.answered();
                self.left(job, &finding);
            }
            Worked::Unsettled(finding) => {
                self.answered();
                self.unsettled(&job, &finding);
            }
            Worked::Rejected(finding) | Worked::Gone(finding) => {
                self.wrote();
                let by_gorgias = finding.code == Code::RefusedByGorgias;
                self.fell(&mut job, finding, by_gorgias);
            }
            Worked::Stop(stop) => self.stop(stop),
        }
    }

    /// All of it is in Gorgias.
    fn complete(&mut self, mut job: Job, customer: Option<u64>, gorgias_id: u64, how: How) {
        // A ticket that lost messages to a refusal is no sign that all is well.
        let tripped = if let Some(words) = job.refusal.take() {
            self.breaker.refused(&words)
        } else {
            self.breaker.accepted();
            None
        };
        self.landed(&job, gorgias_id, how);
        self.count_complete(&mut job, how);
        self.rider_landed(&job, customer);
        if let Some(tripped) = tripped {
            self.tripped(tripped);
        }
    }

    /// A write left just now, and nobody knows what came of it.
    fn answer_lost(&mut self, mut job: Job, fault: &Fault, then: Task) {
        self.faulted(fault);
        self.lost(fault);
        self.turn_to(&mut job, then);
        if let Some(write) = job.task.unknown() {
            job.failures.lost(write, fault);
        }
        // This write has a window of its own, whatever was unknown before it.
        job.dead_since = Some(Instant::now());
        job.lookups = 0;
        self.settle_later(job);
    }

    /// Changes what there is to do with a ticket, and where it is counted.
    fn turn_to(&mut self, job: &mut Job, then: Task) {
        if matches!(job.task, Task::Create | Task::Settle) && matches!(then, Task::Append(_)) {
            job.created_by_this_run = !job.inherited;
        }
        job.task = then;
        let tickets = &mut self.figures.tickets;
        match (job.dead_since.is_some(), job.task.is_unknown()) {
            (false, true) => {
                job.dead_since = Some(Instant::now());
                job.lookups = 0;
                tickets.unknown += 1;
                tickets.pending = tickets.pending.saturating_sub(1);
            }
            (true, false) => {
                job.dead_since = None;
                job.lookups = 0;
                tickets.pending += 1;
                tickets.unknown = tickets.unknown.saturating_sub(1);
            }
            _ => {}
        }
    }

    /// The creation has certainly not happened.
    fn not_there(&mut self, mut job: Job) {
        self.turn_to(&mut job, Task::Create);
        job.inherited = false;
        if job.failures.give_up(Write::Ticket) {
            let finding = job.left_to_next_run();
            self.left(job, &finding);
            return;
        }
        let rode = job.rides.take().map(Need::Customer);
        if let Some(need) = &rode {
            self.resources.failed(need);
        }
        // With messages that the ledger does not know it cannot be created; it waits for the next registration.
        if job.numbers.iter().all(Option::is_some) {
            self.arrived(job);
        } else {
            self.canary_fell(&job);
        }
        // It may ride again; if it does not, the next of those who wait does.
        if let Some(need) = &rode {
            self.unpark(need);
        }
    }

    /// It is certainly not there, and the next run tries again.
    pub(super) fn left(&mut self, mut job: Job, finding: &Finding) {
        self.no_longer_unknown(&mut job);
        self.shared.note(finding);
        self.rider_fell(&job);
        self.canary_fell(&job);
    }

    /// Nobody can say what became of it. It stays unknown, here and in the ledger.
    pub(super) fn unsettled(&mut self, job: &Job, finding: &Finding) {
        self.shared.note(finding);
        self.rider_fell(job);
        self.canary_fell(job);
    }

    /// It cannot be imported.
    fn fell(&mut self, job: &mut Job, finding: Finding, by_gorgias: bool) {
        self.no_longer_unknown(job);
        let messages = job.ticket.messages.len() as u64 + job.refused;
        self.rejected(job.row, messages, finding, by_gorgias);
        self.rider_fell(job);
        self.canary_fell(job);
    }

    fn no_longer_unknown(&mut self, job: &mut Job) {
        if job.dead_since.take().is_some() {
            self.figures.tickets.unknown = self.figures.tickets.unknown.saturating_sub(1);
            self.figures.tickets.pending += 1;
        }
    }

    fn count_complete(&mut self, job: &mut Job, how: How) {
        self.no_longer_unknown(job);
        self.no_longer_pending();
        let tickets = &mut self.figures.tickets;
        match how {
            How::Created => tickets.created += 1,
            How::Appended => tickets.appended += 1,
            How::Updated => tickets.updated += 1,
            How::Adopted | How::Unchanged => tickets.already += 1,
        }
        let all = job.ticket.messages.len() as u64;
        let already = if how == How::Adopted { all } else { job.done_before.min(all) };
        self.figures.messages.created += all - already;
        self.figures.messages.already += already;
        self.figures.messages.rejected += job.refused;
    }

    /// The ticket that carried a new customer is there.
    fn rider_landed(&mut self, job: &Job, customer: Option<u64>) {
        let Some(digest) = job.rides else { return };
        let need = Need::Customer(digest);
        match customer {
            Some(id) => self.resources.made(need.clone(), id),
            // The answer did not tell: the next ticket names the address again, which finds the customer.
            None => self.resources.failed(&need),
        }
        self.unpark(&need);
    }

    fn rider_fell(&mut self, job: &Job) {
        if let Some(digest) = job.rides {
            let need = Need::Customer(digest);
            self.resources.failed(&need);
            self.unpark(&need);
        }
    }

    pub(super) fn unpark(&mut self, need: &Need) {
        for job in self.parked.remove(need).unwrap_or_default() {
            self.arrived(job);
        }
    }

    pub(super) fn made(&mut self, mut making: Making, made: Made) {
        if !matches!(made, Made::Unread(_) | Made::Stop(_)) {
            making.failures.was_read();
            self.readable();
        }
        match made {
            Made::There(id) => {
                self.wrote();
                self.resources.made(making.need(), id);
                self.unpark(&making.need());
            }
            Made::Unread(fault) => self.unreadable(Unreadable::Making(Box::new(making)), &fault),
            Made::Again(fault) => {
                self.faulted(&fault);
                making.dead_since = None;
                making.lookups = 0;
                self.makings.push_back(making);
            }
            Made::Unknown(fault) => {
                self.faulted(&fault);
                self.lost(&fault);
                making.lost += 1;
                // This creation has a window of its own, whatever was unknown before it.
                making.dead_since = Some(Instant::now());
                making.lookups = 0;
                self.remake_later(making);
            }
            Made::NotYet => {
                self.answered();
                making.lookups += 1;
                self.remake_later(making);
            }
            Made::Refused(words) => {
                self.wrote();
                self.need_refused(&making.need(), &words);
            }
            Made::Left => {
                self.answered();
                self.need_left(&making.need());
            }
            Made::Stop(stop) => self.stop(stop),
        }
    }

    /// Leaves everything that waits for it to the next run.
    pub(super) fn need_left(&mut self, need: &Need) {
        self.resources.failed(need);
        self.left_needs.insert(need.clone());
        for job in self.parked.remove(need).unwrap_or_default() {
            self.left_for(job, need);
        }
    }

    /// Leaves a ticket to the next run, for what it needs cannot be made in this one.
    pub(super) fn left_for(&mut self, job: Job, need: &Need) {
        let what = match need {
            Need::Customer(_) => "its customer could not be created".to_owned(),
            Need::Tag(name) => format!("the tag {name} could not be created"),
        };
        let finding = Finding::new(Code::FailedAgainAndAgain, &job.ticket.key, &job.place).with_detail(what);
        if job.task.is_unknown() {
            self.unsettled(&job, &finding);
        } else {
            self.left(job, &finding);
        }
    }

    /// Rejects everything that waits for it. For the breaker it is one refusal, however many wait.
    fn need_refused(&mut self, need: &Need, words: &str) {
        self.resources.failed(need);
        for (at, mut job) in self.parked.remove(need).unwrap_or_default().into_iter().enumerate() {
            let finding =
                Finding::new(Code::RefusedByGorgias, &job.ticket.key, &job.place).with_detail(words);
            self.fell(&mut job, finding, at == 0);
        }
    }

    /// Notes a rejected ticket. `by_gorgias` shows its words to the breaker.
    pub(super) fn rejected(&mut self, row: TicketId, messages: u64, finding: Finding, by_gorgias: bool) {
        self.shared.reject(row, &finding);
        if finding.code == Code::ThereByOtherMeans {
            // Left out because the user asked for it.
            self.figures.tickets.left_out += 1;
            self.no_longer_pending();
            self.shared.note(&finding);
            return;
        }
        self.figures.tickets.rejected += 1;
        self.no_longer_pending();
        self.figures.messages.rejected += messages;
        let words = finding.detail.clone();
        self.shared.note(&finding);
        self.send_event(Event::Rejected { finding });
        let tripped = if by_gorgias { self.breaker.refused(&words) } else { self.breaker.rejected() };
        if let Some(tripped) = tripped {
            self.tripped(tripped);
        }
    }

    fn tripped(&mut self, tripped: Tripped) {
        self.stop(match tripped {
            Tripped::SameRefusal { words, times } => Stop::Breaker {
                words: format!("Gorgias refused {times} records in a row in the same words: {words}"),
                limit: false,
            },
            Tripped::TooMany { rejected } => {
                Stop::Breaker { words: format!("{rejected} records were rejected"), limit: true }
            }
        });
    }
}

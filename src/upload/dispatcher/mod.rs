//! The dispatcher: one task that owns the queues and the counts, and decides what is started when.
//!
//! Work runs in tasks of its own and comes back as a value; signals, the clock and the feed come in through the same
//! loop, so everything happens in one order and nothing is shared behind a lock. A ticket's way:
//! feed -> (parked until its customer and tags exist) -> ready -> intent durable -> in flight -> done, rejected,
//! or settling until its fate is known.

mod absent;
mod files;
mod guard;
mod later;
mod telling;
mod unread;
mod verdict;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use crate::gorgias::CallFailure;
use crate::model::event::{Event, Figures};
use crate::model::time::now;

use super::absent::{Absent, Settled};
use super::breaker::Breaker;
use super::canary::{Canary, Oddity, ReadBack};
use super::feed::Fed;
use super::files::Prepared;
use super::job::{Fault, Job, Stop, Task, Worked};
use super::make::{self, Made, Making};
use super::preflight::Preflight;
use super::pressure::Pressure;
use super::resources::{Need, Readiness, Resources};
use super::send;
use super::{Control, Ended, Shared};
use unread::{Unread, Unreadable};

/// Tickets held in memory at once. Bounds memory where thousands wait for one customer.
const HELD_MAX: usize = 512;
/// Most intents in one commit: what a crash leaves to be looked up.
const WINDOW_MAX: usize = 256;
/// How often progress is told.
const TICK: Duration = Duration::from_secs(1);
/// Shortest pause between look-ups once the window is over.
const LOOKUP_PAUSE_MIN: Duration = Duration::from_millis(200);

/// What a task brings back.
enum Done {
    Leased(Vec<Job>, Result<(), String>),
    Worked(Box<Job>, Worked),
    Made(Box<Making>, Made),
    LookedUp(Box<Absent>, Settled),
    ReadBack(Box<ReadBack>, Result<Vec<Oddity>, CallFailure>),
    Reread(Result<Preflight, CallFailure>),
    Prepared(Box<Job>, Prepared),
    Witnessed(Unreadable, Fault, Result<(), Fault>),
}

/// The upload of one run.
pub(super) struct Dispatcher {
    shared: Arc<Shared>,
    control: Control,
    events: mpsc::UnboundedSender<Event>,
    resources: Resources,
    parked: HashMap<Need, Vec<Job>>,
    makings: VecDeque<Making>,
    ready: VecDeque<Job>,
    leased: VecDeque<Job>,
    leasing: bool,
    others: VecDeque<Job>,
    settling: Vec<(Instant, Job)>,
    remaking: Vec<(Instant, Making)>,
    /// Tickets that only the ledger knows, and when they are looked up.
    absent: Vec<(Instant, Absent)>,
    waiting: files::Waiting,
    /// What could not be made, for this run.
    left_needs: HashSet<Need>,
    tasks: JoinSet<Done>,
    in_flight: usize,
    /// Tickets whose outcome would be unknown if the task were cut off now.
    at_stake: HashMap<tokio::task::Id, u64>,
    figures: Figures,
    breaker: Breaker,
    canary: Canary,
    /// When the run began, by the server's clock where it told.
    begun: jiff::Timestamp,
    /// Tickets to be read back, and when.
    reading: Vec<(Instant, ReadBack)>,
    /// When the automations are read again.
    reread_due: Option<Instant>,
    pressure: Pressure,
    /// Since when the answers to all writes were lost, and how many.
    lost_since: Option<(Instant, u32)>,
    unread: Unread,
    stop: Option<Stop>,
    drained: bool,
}

impl Dispatcher {
    /// A dispatcher that starts from `figures` (what earlier runs did) and `resources` (what the account holds).
    pub(super) fn new(
        shared: Arc<Shared>,
        control: Control,
        events: mpsc::UnboundedSender<Event>,
        resources: Resources,
        figures: Figures,
    ) -> Self {
        let breaker = Breaker::new(shared.options.max_errors);
        let pressure = Pressure::new(shared.options.patience);
        let watch = &shared.options.watch;
        let canary = Canary::new(watch, shared.ledger.view());
        let reread_due = watch.automations.as_ref().map(|_| Instant::now() + watch.reread_every);
        let begun = shared.client.server_now().unwrap_or_else(now);
        Self {
            shared,
            control,
            events,
            resources,
            parked: HashMap::new(),
            makings: VecDeque::new(),
            ready: VecDeque::new(),
            leased: VecDeque::new(),
            leasing: false,
            others: VecDeque::new(),
            settling: Vec::new(),
            remaking: Vec::new(),
            absent: Vec::new(),
            waiting: files::Waiting::default(),
            left_needs: HashSet::new(),
            tasks: JoinSet::new(),
            in_flight: 0,
            at_stake: HashMap::new(),
            figures,
            begun,
            breaker,
            canary,
            reading: Vec::new(),
            reread_due,
            pressure,
            lost_since: None,
            unread: Unread::default(),
            stop: None,
            drained: false,
        }
    }

    /// Works until nothing is left, the user stops it or something stops it. Returns the final figures.
    pub(super) async fn run(mut self, mut feed: mpsc::Receiver<Fed>) -> (Ended, Figures) {
        let mut exhausted = false;
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.guard(exhausted);
            self.pump();
            self.measure();
            if self.is_stuck(exhausted) {
                self.free_parked();
                continue;
            }
            if self.tasks.is_empty() && (self.stopping() || (exhausted && self.held() == 0)) {
                break;
            }
            let room = !exhausted && !self.stopping() && self.has_room();
            let wake = self.next_wake();
            tokio::select! {
                biased;
                () = self.control.abort.cancelled() => {
                    self.cut_off().await;
                    break;
                }
                () = self.control.drain.cancelled(), if !self.drained => self.begin_drain(),
                Some(done) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => self.task_ended(done),
                next = feed.recv(), if room => match next {
                    Some(Fed::Job(job)) => self.fed(*job),
                    Some(Fed::LeftOver(job, gorgias_id)) => self.left_over(*job, gorgias_id),
                    Some(Fed::LeftOverLost(key, gorgias_id)) => self.left_over_lost(&key, gorgias_id),
                    Some(Fed::Remark(finding)) => self.shared.note(&finding),
                    Some(Fed::Absent(absent)) => self.absent(*absent),
                    Some(Fed::Incomplete { held, missing, finding }) => self.half_there(held, missing, Some(finding)),
                    Some(Fed::NotInExport(finding)) => self.not_in_export(&finding),
                    Some(Fed::Rejected(row, messages, finding)) => self.rejected(row, messages, finding, false),
                    Some(Fed::Failed(words)) => self.stop(Stop::Ledger { words }),
                    Some(Fed::End) => exhausted = true,
                    None if exhausted => {}
                    None => self.stop(Stop::Ledger { words: "the tickets could not be read to the end".to_owned() }),
                },
                () = tokio::time::sleep_until(wake) => {}
                _ = tick.tick() => {
                    self.watch_file_hosts();
                    self.tell_waiting();
                    self.tell();
                }
            }
        }
        self.finish().await
    }

    fn stopping(&self) -> bool {
        self.drained || self.stop.is_some() || self.shared.limit_reached().is_some()
    }

    /// Tickets that are in memory and not finished.
    fn held(&self) -> usize {
        let parked: usize = self.parked.values().map(Vec::len).sum();
        parked
            + self.ready.len()
            + self.leased.len()
            + self.others.len()
            + self.settling.len()
            + self.in_flight
            + self.makings.len()
            + self.remaking.len()
            + self.absent.len()
            + self.canary.held()
            + self.reading.len()
            + self.waiting.count()
            + usize::from(self.leasing)
    }

    /// Starts whatever may be started now.
    fn pump(&mut self) {
        if self.shared.is_paused() {
            // While nothing is sent, nothing can succeed.
            self.lost_since = None;
        }
        if self.stopping() || self.shared.is_paused() {
            return;
        }
        if self.pressure.held_until().is_some_and(|until| Instant::now() < until) {
            return;
        }
        self.wake_due();
        self.prepare_next();
        let slots = self.shared.slots();
        while self.in_flight < slots {
            if let Some(making) = self.makings.pop_front() {
                let shared = Arc::clone(&self.shared);
                self.spawn(0, async move {
                    let made = make::make(&shared, &making).await;
                    Done::Made(Box::new(making), made)
                });
            } else if let Some(mut job) = self.others.pop_front().or_else(|| self.leased.pop_front()) {
                let shared = Arc::clone(&self.shared);
                job.customers = self.resources.customers_of(&job.ticket, &|identity| shared.digest(identity));
                let at_stake = u64::from(job.dead_since.is_none());
                self.spawn(at_stake, async move {
                    let worked = send::work(&shared, &mut job).await;
                    Done::Worked(Box::new(job), worked)
                });
            } else if !self.look_up_next() {
                break;
            }
        }
        if !self.leasing {
            self.lease(slots);
        }
    }

    fn spawn(&mut self, at_stake: u64, work: impl Future<Output = Done> + Send + 'static) {
        self.in_flight += 1;
        let id = self.tasks.spawn(work).id();
        self.at_stake.insert(id, at_stake);
    }

    /// Makes the intents of the next tickets durable, in one commit: when no more than one round of requests is left, or
    /// earlier where that fills half a window, so that fast accounts never wait for the disk.
    fn lease(&mut self, slots: usize) {
        let window = self.shared.client.limiter().level().per_second.ceil().clamp(1.0, 256.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 1..=256")]
        let window = (window as usize).min(WINDOW_MAX);
        let count = if self.leased.len() < slots {
            window.min(self.ready.len())
        } else {
            let room = window.saturating_sub(self.leased.len()).min(self.ready.len());
            if room > window / 2 { room } else { 0 }
        };
        if count == 0 {
            return;
        }
        let jobs: Vec<Job> = self.ready.drain(..count).collect();
        let shared = Arc::clone(&self.shared);
        self.leasing = true;
        let at_stake = jobs.len() as u64;
        let lease = self.tasks.spawn(async move {
            let durable = send::intend(&shared, &jobs).await;
            Done::Leased(jobs, durable)
        });
        self.at_stake.insert(lease.id(), at_stake);
    }

    /// A ticket came from the feed.
    fn fed(&mut self, mut job: Job) {
        self.canary.recognise(&job);
        if job.task.is_unknown() {
            // Nobody knows when the earlier run died; at the latest just now.
            job.dead_since = Some(Instant::now());
            // The ledger counts a ticket with an unknown message as begun; here it is unknown like any other.
            if job.task != Task::Settle {
                self.figures.tickets.unknown += 1;
                self.no_longer_pending();
            }
        }
        self.arrived(job);
    }

    fn no_longer_pending(&mut self) {
        self.figures.tickets.pending = self.figures.tickets.pending.saturating_sub(1);
    }

    /// A ticket came from the feed, or what it waited for is there.
    fn arrived(&mut self, job: Job) {
        if job.task == Task::Settle {
            // It was planned and maybe sent: what it needs was made then.
            self.settle_later(job);
            return;
        }
        let Some(job) = self.canary.admit(job, &self.shared.ledger) else { return };
        let Some(mut job) = self.keep_for_files(job) else { return };
        let exists = matches!(job.task, Task::Append { .. });
        let shared = Arc::clone(&self.shared);
        let digest = |identity: &crate::mapping::Identity| shared.digest(identity);
        match self.resources.readiness(&job.ticket, exists, &digest) {
            Readiness::Ready { rides } => {
                job.rides = rides;
                if exists { self.others.push_back(job) } else { self.ready.push_back(job) }
            }
            Readiness::Wait(need) => self.parked.entry(need).or_default().push(job),
            Readiness::CreateCustomer(new) => {
                let need = Need::Customer(new.digest);
                if self.left_needs.contains(&need) {
                    return self.left_for(job, &need);
                }
                self.makings.push_back(Making::customer(new, self.shared.was_sending(&need)));
                self.parked.entry(need).or_default().push(job);
            }
            Readiness::CreateTag(name) => {
                let need = Need::Tag(name.clone());
                if self.left_needs.contains(&need) {
                    return self.left_for(job, &need);
                }
                self.makings.push_back(Making::tag(name, self.shared.was_sending(&need)));
                self.parked.entry(need).or_default().push(job);
            }
        }
    }

    fn task_ended(&mut self, ended: Result<(tokio::task::Id, Done), tokio::task::JoinError>) {
        let id = ended.as_ref().map_or_else(tokio::task::JoinError::id, |(id, _)| *id);
        let at_stake = self.at_stake.remove(&id).unwrap_or_default();
        match ended.map(|(_, done)| done) {
            Ok(Done::Leased(jobs, durable)) => {
                self.leasing = false;
                match durable {
                    Ok(()) => self.leased.extend(jobs),
                    // None of them was intended, so none of them may be taken back either.
                    Err(words) => self.stop(Stop::Ledger { words }),
                }
            }
            Ok(Done::Worked(job, worked)) => {
                self.in_flight -= 1;
                self.worked(*job, worked);
            }
            Ok(Done::Made(making, made)) => {
                self.in_flight -= 1;
                self.made(*making, made);
            }
            Ok(Done::LookedUp(absent, settled)) => {
                self.in_flight -= 1;
                self.looked_up(*absent, settled);
            }
            Ok(Done::ReadBack(read, found)) => {
                self.in_flight -= 1;
                self.was_read_back(*read, found);
            }
            Ok(Done::Prepared(job, prepared)) => self.was_prepared(*job, prepared),
            Ok(Done::Witnessed(record, fault, account)) => {
                self.in_flight -= 1;
                self.witnessed(record, &fault, account);
            }
            Ok(Done::Reread(found)) => {
                self.in_flight -= 1;
                self.was_reread(found);
            }
            Err(error) if error.is_cancelled() => {
                let tickets = &mut self.figures.tickets;
                tickets.unknown += at_stake;
                tickets.pending = tickets.pending.saturating_sub(at_stake);
            }
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Cuts off what is under way. What has ended already still counts.
    async fn cut_off(&mut self) {
        self.shared.halt();
        self.drained = true;
        self.tasks.abort_all();
        while let Some(ended) = self.tasks.join_next_with_id().await {
            self.task_ended(ended);
        }
    }

    /// Whether tickets wait for something that nobody is making, so that nothing would ever happen again.
    fn is_stuck(&self, exhausted: bool) -> bool {
        let parked: usize = self.parked.values().map(Vec::len).sum();
        let waits_for_feed = !exhausted && self.has_room();
        parked > 0 && self.held() == parked + self.canary.held() && !self.stopping() && !waits_for_feed
    }

    /// Starts again with what waits. It is a net under a mistake of ours; better told than a run that never ends.
    fn free_parked(&mut self) {
        let message = "tickets waited for something that nobody was making; starting again with them";
        self.send_event(Event::Notice { message: message.to_owned() });
        let needs: Vec<Need> = self.parked.keys().cloned().collect();
        for need in needs {
            self.resources.failed(&need);
            self.unpark(&need);
        }
    }

    fn begin_drain(&mut self) {
        self.drained = true;
        self.shared.halt();
        self.send_event(Event::Draining { in_flight: self.in_flight as u64 });
    }

    fn stop(&mut self, stop: Stop) {
        // What is in flight should not start anything new either.
        self.shared.halt();
        if matches!(stop, Stop::Gate { .. }) {
            self.shared.gate_refused();
        }
        self.stop.get_or_insert(stop);
    }

    /// Takes back the intents of what certainly was not sent, and waits until the ledger holds everything.
    async fn finish(mut self) -> (Ended, Figures) {
        let aborted = self.control.abort.is_cancelled();
        // Intents are popped from here before they are sent, so these certainly were not.
        let resting = self.settling.drain(..).map(|(_, job)| job).chain(self.others.drain(..));
        let resting = resting.filter(|job| job.task == Task::Create);
        for job in self.leased.drain(..).chain(resting) {
            self.shared.ticket_not_there(job.row);
        }
        let flushed = self.shared.flush().await;
        self.tell();
        let ended = match (self.stop, flushed) {
            (Some(stop), _) => Ended::Stopped(stop),
            (None, Err(words)) => Ended::Stopped(Stop::Ledger { words }),
            (None, Ok(())) if aborted || self.drained => Ended::Interrupted,
            (None, Ok(())) => self
                .shared
                .limit_reached()
                .map_or(Ended::Finished, |words| Ended::LimitReached(words.to_owned())),
        };
        (ended, self.figures)
    }
}

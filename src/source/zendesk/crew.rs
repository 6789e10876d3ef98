//! Who does what while files are read: one thread reads, one takes the results, and all parse.
//!
//! Whoever has nothing else to do takes the next batch, so that one ticket of megabytes holds up one thread and nobody
//! else. The thread that reads parses too when enough is read, and the one that takes results when the next one is not
//! there yet: as many threads as there are processors keep all of them at work, where more would wait for each other.
//!
//! Where the result of each batch will be is queued in the order of the batches, so order needs no sorting; that queue is
//! short, so that memory is a few batches, whatever the export.

use std::ops::ControlFlow;
use std::thread;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded, select_biased, unbounded};

use super::pipeline::Batch;
use super::spare::Spare;
use crate::source::spent::spent;
use crate::source::{Record, SourceError};

/// Batches that were read and whose results were not fetched. While one thread is at a ticket of three megabytes the
/// others do this many.
const BATCHES_MAX: usize = 20;

/// Results whose records wait to be brought back to the thread that made them.
const SPENT_MAX: usize = 4;

/// Fewest and most threads. One that unpacks feeds about as many as the most.
const THREADS: (usize, usize) = (2, 8);

/// A batch that is to be parsed, and where its result is waited for.
type Job<T> = (Batch, Sender<Done<T>>);

/// What was made of a batch, and the number of the thread that did it.
type Done<T> = (usize, T);

/// Everybody, before they start.
pub(super) struct Crew<'c, T> {
    /// Where batches go in.
    pub(super) queue: Queue<T>,
    /// For the thread that reads.
    pub(super) reader: Worker<'c, T>,
    /// For the thread that takes the results.
    pub(super) taker: Taker<'c, T>,
    /// For threads that do nothing but parse.
    pub(super) others: Vec<Worker<'c, T>>,
}

impl<'c, T> Crew<'c, T> {
    /// As many as there are processors.
    pub(super) fn new(spare: &'c Spare, work: &'c (dyn Fn(&Batch) -> T + Sync)) -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from).clamp(THREADS.0, THREADS.1);
        let (jobs_in, jobs) = unbounded();
        let (results_in, results) = bounded(BATCHES_MAX);
        let mut back = Vec::new();
        let mut worker = || {
            let (spent_in, spent) = bounded(SPENT_MAX);
            back.push(spent_in);
            Worker { number: back.len() - 1, jobs: jobs.clone(), spent, spare, work }
        };
        let (reader, taker) = (worker(), worker());
        let others = (THREADS.0..threads).map(|_| worker()).collect();
        let queue = Queue { jobs: jobs_in, results: results_in };
        Self { queue, reader, taker: Taker { results, back, worker: taker }, others }
    }
}

/// Where batches go in, and where their results are waited for, in the order of the batches.
pub(super) struct Queue<T> {
    jobs: Sender<Job<T>>,
    /// Its length limits both.
    results: Sender<Receiver<Done<T>>>,
}

/// What one thread parses with.
pub(super) struct Worker<'c, T> {
    number: usize,
    jobs: Receiver<Job<T>>,
    /// Records that it made and that are done with.
    spent: Receiver<Vec<Record>>,
    spare: &'c Spare,
    work: &'c (dyn Fn(&Batch) -> T + Sync),
}

impl<T> Worker<'_, T> {
    /// Parses until nothing is left and nothing more can come.
    pub(super) fn until_all_is_done(&self) {
        while let Ok(job) = self.jobs.recv() {
            self.parse(job);
        }
    }

    fn parse(&self, (batch, done): Job<T>) {
        self.spent.try_iter().for_each(drop);
        let result = (self.work)(&batch);
        batch.done_with(self.spare);
        // Nobody waits for it where reading was given up, and then it does not matter.
        drop(done.send((self.number, result)));
    }
}

/// The side of the thread that reads.
pub(super) struct Sending<'c, T> {
    pub(super) queue: Queue<T>,
    pub(super) helper: &'c Worker<'c, T>,
}

impl<T> Sending<'_, T> {
    /// Queues a batch. While the queue is full this parses; it breaks where nobody waits for results any more.
    pub(super) fn add(&self, batch: Batch) -> ControlFlow<()> {
        let (done, mut result) = bounded(1);
        loop {
            result = match self.queue.results.try_send(result) {
                Ok(()) => break,
                Err(TrySendError::Full(result)) => result,
                Err(TrySendError::Disconnected(_)) => return ControlFlow::Break(()),
            };
            let Ok(job) = self.helper.jobs.try_recv() else {
                // All that is queued is being parsed or waits to be taken.
                if self.queue.results.send(result).is_err() {
                    return ControlFlow::Break(());
                }
                break;
            };
            self.helper.parse(job);
        }
        match self.queue.jobs.send((batch, done)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

/// The side of the thread that takes the results.
pub(super) struct Taker<'c, T> {
    results: Receiver<Receiver<Done<T>>>,
    /// Where the records of each thread go back to.
    back: Vec<Sender<Vec<Record>>>,
    worker: Worker<'c, T>,
}

impl<T> Taker<'_, T> {
    /// Takes results in order until there are no more. Each thread gets the records back that it made.
    pub(super) fn take_all(
        self,
        sink: &mut dyn FnMut(T) -> Result<ControlFlow<()>, SourceError>,
    ) -> Result<ControlFlow<()>, SourceError> {
        for result in &self.results {
            // A thread that ended without a result panicked, which the scope passes on.
            let Some((number, result)) = self.wait_for(&result) else { break };
            if sink(result)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            // A thread that is behind, or has ended, does not get them.
            drop(self.back[number].try_send(spent()));
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The result, once it is there. Until then this parses.
    fn wait_for(&self, result: &Receiver<Done<T>>) -> Option<Done<T>> {
        loop {
            select_biased! {
                recv(result) -> done => return done.ok(),
                recv(self.worker.jobs) -> job => match job {
                    Ok(job) => self.worker.parse(job),
                    Err(_) => return result.recv().ok(),
                },
            }
        }
    }
}

//! The one thread that writes: takes what has arrived, commits it in one transaction, then acknowledges.
//!
//! A sync costs a quarter to a whole millisecond, so many writes share one. The thread gathers for up to five
//! milliseconds unless somebody waits; a bounded queue in front of it holds the callers back when the disk is slow.
//!
//! A write that fails rolls its whole transaction back, and from then on every write fails with the same error:
//! what was acknowledged is durable, what was not is unknown, and going on over a gap would be worse than stopping.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::ack::Ack;
use super::error::LedgerError;
use crate::model::time;

/// Writes in one transaction at most, and writes waiting at most.
const JOBS_MAX: usize = 4_096;

/// How long the thread gathers while nobody waits. Measured: five milliseconds bring an unthrottled upload to 95 % of
/// its speed without a ledger; a commit for each arrival, to 70 %.
const GATHER: Duration = Duration::from_millis(5);

/// What a write may use.
pub(super) struct Work<'a> {
    /// The open transaction.
    pub(super) connection: &'a Connection,
    /// The time of this transaction, for `updated_ms`.
    pub(super) now_ms: i64,
}

/// What goes to the thread.
pub(super) enum Message {
    /// A write.
    Job(Box<dyn Job>, Urgency),
    /// Somebody waits for one of the writes before this.
    Hurry,
    /// Commit what came before and end.
    Close,
}

/// Whether a write may wait for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// Somebody is going to wait for it: commit at once.
    Now,
    /// Gather.
    Gather,
}

/// A write with its answer.
pub(super) trait Job: Send {
    /// Writes. An error is a failure that must roll the transaction back; a refusal is kept for the answer.
    fn run(&mut self, work: &Work<'_>) -> Result<(), LedgerError>;
    /// Answers, after the commit or its failure.
    fn answer(self: Box<Self>, committed: Result<(), LedgerError>, unheard: &Unheard);
}

/// The first error that nobody was there to hear.
#[derive(Clone, Debug, Default)]
pub(super) struct Unheard(Arc<Mutex<Option<LedgerError>>>);

impl Unheard {
    fn keep(&self, error: LedgerError) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn take(&self) -> Option<LedgerError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// A closure as a job.
struct Call<T, F> {
    write: Option<F>,
    result: Option<Result<T, LedgerError>>,
    reply: oneshot::Sender<Result<T, LedgerError>>,
}

impl<T, F> Job for Call<T, F>
where
    T: Send,
    F: FnOnce(&Work<'_>) -> Result<T, LedgerError> + Send,
{
    fn run(&mut self, work: &Work<'_>) -> Result<(), LedgerError> {
        let Some(write) = self.write.take() else { return Ok(()) };
        let changes = work.connection.total_changes();
        match write(work) {
            Err(error) if error.is_failure() => return Err(error),
            // A refusal that has written something would leave half a write in everybody's transaction.
            Err(error) if work.connection.total_changes() != changes => {
                return Err(LedgerError::Sqlite(Arc::new(error)));
            }
            result => self.result = Some(result),
        }
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), LedgerError>, unheard: &Unheard) {
        let result = match committed {
            Ok(()) => self.result.unwrap_or(Err(LedgerError::WriterGone)),
            Err(error) => Err(error),
        };
        if let Err(Err(error)) = self.reply.send(result) {
            unheard.keep(error);
        }
    }
}

/// Writes nothing, and answers with what nobody heard of the writes before it.
struct Flush(oneshot::Sender<Result<(), LedgerError>>);

impl Job for Flush {
    fn run(&mut self, _: &Work<'_>) -> Result<(), LedgerError> {
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), LedgerError>, unheard: &Unheard) {
        let result = committed.and_then(|()| unheard.take().map_or(Ok(()), Err));
        if let Err(Err(error)) = self.0.send(result) {
            unheard.keep(error);
        }
    }
}

/// The thread and the way to it.
#[derive(Debug)]
pub(super) struct Writer {
    sender: SyncSender<Message>,
    thread: Option<JoinHandle<()>>,
    unheard: Unheard,
    tidy: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread, which owns the connection from here on.
    pub(super) fn start(connection: Connection) -> Result<Self, LedgerError> {
        let (sender, receiver) = sync_channel(JOBS_MAX);
        let unheard = Unheard::default();
        let tidy = Arc::new(AtomicBool::new(false));
        let (for_thread, at_the_end) = (unheard.clone(), Arc::clone(&tidy));
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || run(connection, &receiver, &for_thread, &at_the_end))?;
        Ok(Self { sender, thread: Some(thread), unheard, tidy })
    }

    /// Hands a write over. Blocks only while the queue is full.
    pub(super) fn submit<T, F>(&self, urgency: Urgency, write: F) -> Ack<T>
    where
        T: Send + 'static,
        F: FnOnce(&Work<'_>) -> Result<T, LedgerError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Box::new(Call { write: Some(write), result: None, reply }), urgency);
        let hurry = (urgency == Urgency::Gather).then(|| self.sender.clone());
        Ack::new(answer, hurry)
    }

    /// Packs the file when it is closed.
    pub(super) fn tidy_at_the_end(&self) {
        self.tidy.store(true, Ordering::Relaxed);
    }

    /// Resolves when everything handed over before is durable, with the first error that nobody heard.
    pub(super) fn flush(&self) -> Ack<()> {
        let (reply, answer) = oneshot::channel();
        self.send(Box::new(Flush(reply)), Urgency::Now);
        Ack::new(answer, None)
    }

    fn send(&self, job: Box<dyn Job>, urgency: Urgency) {
        if self.sender.send(Message::Job(job, urgency)).is_err() {
            // The job was dropped with its reply, so the answer is `WriterGone` for whoever waits.
            self.unheard.keep(LedgerError::WriterGone);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Acknowledgements that are still about hold senders too, so the end is said and not only implied.
        if self.sender.send(Message::Close).is_ok()
            && let Some(thread) = self.thread.take()
        {
            drop(thread.join());
        }
    }
}

fn run(mut connection: Connection, receiver: &Receiver<Message>, unheard: &Unheard, tidy: &AtomicBool) {
    let mut failed: Option<LedgerError> = None;
    loop {
        let (jobs, open) = gather(receiver);
        if !jobs.is_empty() {
            commit(&mut connection, jobs, &mut failed, unheard);
        }
        if !open {
            break;
        }
    }
    if failed.is_none() && tidy.load(Ordering::Relaxed) {
        // One transaction like any other: whatever happens to it, the file holds the same.
        drop(connection.execute_batch("VACUUM"));
    }
}

/// The writes of one transaction, and whether more may follow.
fn gather(receiver: &Receiver<Message>) -> (Vec<Box<dyn Job>>, bool) {
    let mut jobs: Vec<Box<dyn Job>> = Vec::new();
    let mut deadline = None;
    loop {
        let message = match deadline {
            None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => receiver.recv_timeout(Instant::saturating_duration_since(&at, Instant::now())),
        };
        match message {
            Ok(Message::Job(job, urgency)) => {
                jobs.push(job);
                if jobs.len() >= JOBS_MAX {
                    return (jobs, true);
                }
                let now = Instant::now();
                deadline = match urgency {
                    Urgency::Now => Some(now),
                    Urgency::Gather => deadline.or(Some(now + GATHER)),
                };
            }
            Ok(Message::Hurry) if jobs.is_empty() => {}
            // What has arrived already goes along; then it is time.
            Ok(Message::Hurry) => deadline = Some(Instant::now()),
            Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => return (jobs, false),
            Err(RecvTimeoutError::Timeout) => return (jobs, true),
        }
    }
}

fn commit(
    connection: &mut Connection,
    mut jobs: Vec<Box<dyn Job>>,
    failed: &mut Option<LedgerError>,
    unheard: &Unheard,
) {
    let result = match failed {
        Some(error) => Err(error.clone()),
        None => write_all(connection, &mut jobs),
    };
    if let Err(error) = &result {
        failed.get_or_insert_with(|| error.clone());
    }
    for job in jobs {
        job.answer(result.clone(), unheard);
    }
}

fn write_all(connection: &mut Connection, jobs: &mut [Box<dyn Job>]) -> Result<(), LedgerError> {
    let transaction = Transaction::new(connection, TransactionBehavior::Immediate)?;
    let work = Work { connection: &transaction, now_ms: time::now().as_millisecond() };
    for job in jobs {
        job.run(&work)?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer() -> Writer {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (x INTEGER UNIQUE)").unwrap();
        Writer::start(connection).unwrap()
    }

    fn insert(x: i64) -> impl FnOnce(&Work<'_>) -> Result<i64, LedgerError> {
        move |work| {
            work.connection.execute("INSERT INTO t VALUES (?1)", [x])?;
            Ok(work.connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0))?)
        }
    }

    fn refusal() -> LedgerError {
        LedgerError::NoSuchRow("x".to_owned())
    }

    #[test]
    fn a_refusal_concerns_only_its_caller() {
        let writer = writer();
        let refused = writer.submit(Urgency::Gather, |_| Err::<(), _>(refusal()));
        let inserted = writer.submit(Urgency::Gather, insert(1));
        assert_eq!(inserted.wait().unwrap(), 1);
        assert!(matches!(refused.wait(), Err(LedgerError::NoSuchRow(_))));
        assert_eq!(writer.submit(Urgency::Now, insert(2)).wait().unwrap(), 2);
        writer.flush().wait().unwrap();
    }

    #[test]
    fn a_refusal_nobody_waits_for_is_kept() {
        let writer = writer();
        drop(writer.submit(Urgency::Gather, |_| Err::<(), _>(refusal())));
        assert!(matches!(writer.flush().wait(), Err(LedgerError::NoSuchRow(_))));
        writer.flush().wait().expect("told once");
    }

    #[test]
    fn a_failure_takes_its_transaction_along_and_stays() {
        let writer = writer();
        writer.submit(Urgency::Now, insert(1)).wait().unwrap();
        let before = writer.submit(Urgency::Gather, insert(2));
        let twice = writer.submit(Urgency::Gather, insert(1));
        assert!(twice.wait().is_err());
        assert!(before.wait().is_err(), "it was in the same transaction");
        assert!(writer.submit(Urgency::Now, insert(3)).wait().unwrap_err().is_failure());
    }

    #[test]
    fn a_refusal_that_wrote_is_a_failure() {
        let writer = writer();
        let half = writer.submit(Urgency::Now, |work| {
            work.connection.execute("INSERT INTO t VALUES (1)", [])?;
            Err::<(), _>(refusal())
        });
        assert!(half.wait().unwrap_err().is_failure());
    }

    #[test]
    fn writes_share_a_transaction_until_somebody_waits() {
        let (sender, receiver) = sync_channel(JOBS_MAX);
        let send = |urgency| {
            let (reply, _) = oneshot::channel();
            let job = Box::new(Call { write: Some(insert(1)), result: None, reply });
            sender.send(Message::Job(job, urgency)).unwrap();
        };
        (0..500).for_each(|_| send(Urgency::Gather));
        assert_eq!(gather(&receiver).0.len(), 500);
        let begun = Instant::now();
        send(Urgency::Gather);
        send(Urgency::Now);
        send(Urgency::Gather);
        assert_eq!(gather(&receiver).0.len(), 3, "what is there goes along");
        send(Urgency::Gather);
        sender.send(Message::Hurry).unwrap();
        assert_eq!(gather(&receiver).0.len(), 1);
        assert!(begun.elapsed() < GATHER * 100, "nobody slept for long");
        sender.send(Message::Hurry).unwrap();
        sender.send(Message::Close).unwrap();
        let (jobs, open) = gather(&receiver);
        assert!(jobs.is_empty() && !open);
    }

    #[test]
    fn the_end_waits_for_nobody_who_holds_an_acknowledgement() {
        let writer = writer();
        let ack = writer.submit(Urgency::Gather, insert(1));
        drop(writer);
        assert_eq!(ack.wait().unwrap(), 1);
    }

    #[tokio::test]
    async fn an_acknowledgement_can_be_awaited() {
        let writer = writer();
        assert_eq!(writer.submit(Urgency::Gather, insert(1)).await.unwrap(), 1);
        assert_eq!(
            writer.submit(Urgency::Gather, insert(2)).wait().unwrap(),
            2,
            "and waited for in a runtime"
        );
    }
}

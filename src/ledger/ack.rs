//! The acknowledgement of a write: await it, wait for it, or let it go.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::task::{Context, Poll, Wake, Waker};

use tokio::sync::oneshot;

use super::error::LedgerError;
use super::writer::Message;

/// The answer to a write, given once its transaction is durable.
///
/// The write was handed over when the `Ack` was made. Awaiting it (or [`Ack::wait`]) makes the writer hurry; dropping
/// it lets the write go with the next ones, and whatever then goes wrong is told by the next
/// [`Ledger::flush`](super::Ledger::flush).
#[derive(Debug)]
pub struct Ack<T> {
    answer: oneshot::Receiver<Result<T, LedgerError>>,
    /// Tells the writer that somebody waits; taken by the first look.
    hurry: Option<SyncSender<Message>>,
}

impl<T> Ack<T> {
    pub(super) fn new(
        answer: oneshot::Receiver<Result<T, LedgerError>>,
        hurry: Option<SyncSender<Message>>,
    ) -> Self {
        Self { answer, hurry }
    }

    /// Blocks this thread until the write is durable. For synchronous callers; asynchronous ones await.
    pub fn wait(mut self) -> Result<T, LedgerError> {
        parked(&mut self)
    }
}

/// Blocks this thread until the future is ready.
fn parked<F: Future + Unpin>(future: &mut F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match Pin::new(&mut *future).poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

impl<T> Future for Ack<T> {
    type Output = Result<T, LedgerError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(answer) = Pin::new(&mut self.answer).poll(context) {
            return Poll::Ready(answer.unwrap_or(Err(LedgerError::WriterGone)));
        }
        if let Some(hurry) = self.hurry.take() {
            // A full queue makes the writer hurry anyway, and a writer that has ended has dropped our answer.
            drop(hurry.try_send(Message::Hurry));
        }
        #[cfg(test)]
        if simulated::is_on() {
            return Poll::Ready(parked(&mut self.answer).unwrap_or(Err(LedgerError::WriterGone)));
        }
        Poll::Pending
    }
}

/// Wakes a thread that waits in [`Ack::wait`].
struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Writes take no time of a simulated clock: while nothing else happens it would run on, hours within one slow write.
#[cfg(test)]
pub(crate) mod simulated {
    use std::cell::Cell;

    thread_local! {
        static ON: Cell<bool> = const { Cell::new(false) };
    }

    /// From now on, whoever awaits a write on this thread waits for it as if by [`super::Ack::wait`].
    pub(crate) fn turn_on() {
        ON.set(true);
    }

    pub(super) fn is_on() -> bool {
        ON.get()
    }
}

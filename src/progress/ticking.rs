//! The thread that owns what is shown: it takes events and, once a second, the time, so that a heartbeat or a countdown
//! goes on even while the work is silent. The work never waits for a slow terminal with its figures.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;

use crate::model::event::{Event, Reporter};
use crate::model::time;

/// Events waiting to be shown. Figures beyond that are dropped (newer ones follow); words wait for room.
const QUEUE_MAX: usize = 1024;

/// How often the time is told.
const TICK: Duration = Duration::from_secs(1);

/// Something that shows events, with the time given from outside.
pub(super) trait Screen: Send {
    /// Takes an event.
    fn take(&mut self, event: &Event, now: Timestamp);
    /// About a second has passed.
    fn tick(&mut self, now: Timestamp);
    /// The last call: nothing is shown after it.
    fn finish(&mut self, now: Timestamp);
}

/// Hands events to a screen on a thread of its own. Dropping it shows what is still queued and ends the thread, so that
/// whatever the caller prints afterwards comes last.
pub(super) struct Ticking {
    queue: Option<SyncSender<Event>>,
    thread: Option<JoinHandle<()>>,
}

impl Ticking {
    /// Starts the thread. Without one (the system refuses) nothing is shown, and the work goes on.
    pub(super) fn start(screen: Box<dyn Screen>) -> Self {
        let (queue, events) = sync_channel(QUEUE_MAX);
        let thread =
            std::thread::Builder::new().name("progress".to_owned()).spawn(move || show(screen, &events));
        Self { queue: Some(queue), thread: thread.ok() }
    }
}

fn show(mut screen: Box<dyn Screen>, events: &Receiver<Event>) {
    loop {
        match events.recv_timeout(TICK) {
            Ok(event) => {
                let now = time::now();
                screen.take(&event, now);
                screen.tick(now);
            }
            Err(RecvTimeoutError::Timeout) => screen.tick(time::now()),
            Err(RecvTimeoutError::Disconnected) => return screen.finish(time::now()),
        }
    }
}

impl Reporter for Ticking {
    fn on_event(&mut self, event: &Event) {
        let Some(queue) = &self.queue else { return };
        let taken = match event {
            Event::Progress { .. } | Event::Reading { .. } | Event::Joining { .. } => {
                queue.try_send(event.clone()).is_ok()
            }
            _ => queue.send(event.clone()).is_ok(),
        };
        if !taken {
            tracing::trace!("an event was not shown");
        }
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the progress display ended early");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    struct Recorder(Arc<Mutex<Vec<String>>>);

    impl Screen for Recorder {
        fn take(&mut self, event: &Event, _: Timestamp) {
            if let Event::Notice { message } = event {
                self.0.lock().unwrap().push(message.clone());
            }
        }
        fn tick(&mut self, _: Timestamp) {}
        fn finish(&mut self, _: Timestamp) {
            self.0.lock().unwrap().push("finished".to_owned());
        }
    }

    #[test]
    fn dropping_shows_everything_that_was_queued() {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut ticking = Ticking::start(Box::new(Recorder(Arc::clone(&seen))));
        for number in 0..2000 {
            ticking.on_event(&Event::Notice { message: number.to_string() });
        }
        drop(ticking);
        let seen = seen.lock().unwrap();
        assert_eq!(seen.len(), 2001);
        assert_eq!((seen[1999].as_str(), seen[2000].as_str()), ("1999", "finished"));
    }
}

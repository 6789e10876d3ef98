//! Ctrl-C and SIGTERM: the first drains, the second stops now.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::exit::ExitCode;
use crate::upload::Control;

use super::CommandError;

const NONE: u8 = 0;
const INTERRUPT: u8 = 1;
const TERMINATE: u8 = 2;

/// What the user asked for by signals.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    /// Set by the first signal; stops the reading of exports.
    pub(super) stop: Arc<AtomicBool>,
    /// Drains and aborts an upload.
    pub(super) control: Control,
    first: Arc<AtomicU8>,
}

impl Signals {
    /// Listens from now on, on a thread of its own, until the process ends.
    pub(super) fn listen() -> Result<Self, CommandError> {
        let signals = Self {
            stop: Arc::new(AtomicBool::new(false)),
            control: Control::default(),
            first: Arc::new(AtomicU8::new(NONE)),
        };
        let listener = signals.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || runtime.block_on(listener.handle()));
        Ok(signals)
    }

    async fn handle(self) {
        use tokio::signal::unix::{SignalKind, signal};
        // Without handlers the default applies: the process ends, which is safe as well.
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        loop {
            let which = tokio::select! {
                _ = interrupt.recv() => INTERRUPT,
                _ = terminate.recv() => TERMINATE,
            };
            let first = self.first.compare_exchange(NONE, which, Ordering::SeqCst, Ordering::SeqCst).is_ok();
            self.stop.store(true, Ordering::SeqCst);
            if first {
                self.control.drain.cancel();
            } else {
                self.control.abort.cancel();
            }
        }
    }

    /// The exit code of an interrupted command.
    pub(super) fn exit_code(&self) -> ExitCode {
        if self.first.load(Ordering::SeqCst) == TERMINATE {
            ExitCode::Terminated
        } else {
            ExitCode::Interrupted
        }
    }
}

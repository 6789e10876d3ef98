//! Events of an upload to whoever shows and keeps them.

use std::path::Path;
use std::thread::JoinHandle;

use tokio::sync::mpsc;

use crate::model::event::{Event, Reporter};
use crate::progress::{self, EventLog, Fanout, HEARTBEAT, LogGuard, Mode};

use super::{CommandError, Context};
use crate::exit::ExitCode;

/// A thread that hands events on until their senders are gone.
pub(super) struct Listener {
    thread: JoinHandle<()>,
    _log: Option<LogGuard>,
}

impl Listener {
    /// Waits until the last event was shown.
    pub(super) fn join(self) {
        // A reporter that panicked must not turn a finished upload into a failure.
        drop(self.thread.join());
    }
}

impl Context {
    /// Who shows progress: a block on a terminal, plain lines elsewhere, JSON lines for programs.
    pub(super) fn reporter(&self, command: &str) -> Box<dyn Reporter> {
        progress::reporter(self.mode(), command)
    }

    /// The same for a command whose machine output is one document: a program that reads it gets nothing else.
    pub(super) fn reporter_beside_document(&self, command: &str) -> Box<dyn Reporter> {
        let mode = if self.output.is_json() { Mode::Quiet } else { self.mode() };
        progress::reporter(mode, command)
    }

    fn mode(&self) -> Mode {
        let output = &self.output;
        if output.is_json() {
            Mode::Json { out: Box::new(std::io::stdout()) }
        } else if output.is_quiet() {
            Mode::Quiet
        } else if output.has_terminal() {
            let width = u16::try_from(output.width()).unwrap_or(u16::MAX);
            Mode::Terminal { color: output.has_colour(), width }
        } else {
            Mode::Plain { out: Box::new(std::io::stderr()), every: HEARTBEAT }
        }
    }

    /// Shows and logs the events of a run from now on.
    pub(super) fn listen(
        &self,
        command: &str,
        mut heard: mpsc::UnboundedReceiver<Event>,
        log: &Path,
    ) -> Result<Listener, CommandError> {
        let level = if self.output.verbosity() > 0 { tracing::Level::DEBUG } else { tracing::Level::INFO };
        let guard = progress::init_log(log, level)
            .map_err(|error| CommandError::from_error(ExitCode::Usage, &error))?;
        let mut reporters = Fanout::new(vec![self.reporter(command), Box::new(EventLog)]);
        let thread = std::thread::spawn(move || {
            while let Some(event) = heard.blocking_recv() {
                reporters.on_event(&event);
            }
        });
        Ok(Listener { thread, _log: Some(guard) })
    }

    /// Shows the events of a command whose machine output is one document from now on.
    pub(super) fn listen_beside_document(
        &self,
        command: &str,
        mut heard: mpsc::UnboundedReceiver<Event>,
    ) -> Listener {
        let mut reporter = self.reporter_beside_document(command);
        let thread = std::thread::spawn(move || {
            while let Some(event) = heard.blocking_recv() {
                reporter.on_event(&event);
            }
        });
        Listener { thread, _log: None }
    }
}

//! The log of a run: NDJSON in a file, never on the terminal.
//!
//! Only what this crate logs is kept: the HTTP stack below it would write whole URLs, and those can hold addresses. Each
//! line is masked once more before it reaches the file.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{Layer, Registry, reload};

use super::standing::reason_word;
use crate::model::event::{Event, Reporter};
use crate::report::redact_json;

/// The target of everything that is kept: this crate.
const TARGET: &str = env!("CARGO_CRATE_NAME");

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file cannot be made.
    #[error("cannot write the log `{path}`")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// Something else in this process has taken the place of the log.
    #[error("another log is set up in this process")]
    Taken,
}

/// The file that lines go to at the moment. One for the process, because tracing has one subscriber for the process.
static FILE: Mutex<Option<File>> = Mutex::new(None);

/// Set once, when the subscriber was put in place; changes its level for later logs.
static LEVEL: OnceLock<Option<reload::Handle<Targets, Registry>>> = OnceLock::new();

/// Keeps the log open. Dropping it writes the file through to the disk and closes it.
#[derive(Debug)]
#[must_use = "the log ends when the guard is dropped"]
pub struct LogGuard(());

impl Drop for LogGuard {
    fn drop(&mut self) {
        let file = FILE.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Nobody is left to hear of it, and the log decides nothing.
        if let Some(Err(error)) = file.map(|file| file.sync_all()) {
            tracing::debug!(%error, "the log was not written through");
        }
    }
}

/// Writes everything of `level` and worse to `path` (mode 0600, appended to) until the guard is dropped. One log at a
/// time: a second one takes over from the first.
pub fn init_log(path: &Path, level: Level) -> Result<LogGuard, LogError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| LogError::Open { path: path.to_owned(), error })?;
    let handle = LEVEL.get_or_init(|| install(level)).as_ref().ok_or(LogError::Taken)?;
    handle.reload(targets(level)).map_err(|_| LogError::Taken)?;
    *FILE.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    Ok(LogGuard(()))
}

fn targets(level: Level) -> Targets {
    Targets::new().with_target(TARGET, LevelFilter::from_level(level))
}

fn install(level: Level) -> Option<reload::Handle<Targets, Registry>> {
    let (filter, handle) = reload::Layer::new(targets(level));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(LogWriter)
        .with_filter(filter);
    let subscriber = tracing_subscriber::registry().with(lines);
    tracing::subscriber::set_global_default(subscriber).is_ok().then_some(handle)
}

/// Masks each line and hands it to the current file.
#[derive(Clone, Copy)]
struct LogWriter;

impl MakeWriter<'_> for LogWriter {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        *self
    }
}

impl Write for LogWriter {
    /// The formatting layer hands over a whole line at once, so an address is never split between two writes.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let masked = String::from_utf8_lossy(line);
        if let Some(file) = FILE.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            file.write_all(redact_json(&masked).as_bytes())?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts events into the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct EventLog;

impl Reporter for EventLog {
    fn on_event(&mut self, event: &Event) {
        match event {
            Event::Reading { source, bytes_done, bytes_total } => {
                tracing::trace!(source, bytes_done, bytes_total, "reading");
            }
            Event::Joining { source, records_done, records_total } => {
                tracing::trace!(source, records_done, records_total, "joining");
            }
            Event::RunStarted { run, account, figures, resumed } => {
                let (selected, pending) = (figures.tickets.total(), figures.tickets.pending);
                tracing::info!(run, account, resumed, selected, pending, "run started");
            }
            Event::Fetching { files_done, files_total, failed, bytes } => {
                tracing::debug!(files_done, files_total, failed, bytes, "fetching");
            }
            Event::Comparing { calls_done, calls_total, checked, tickets, different } => {
                tracing::debug!(calls_done, calls_total, checked, tickets, different, "comparing");
            }
            Event::Progress { run, figures, calls_per_second, eta_seconds, bucket } => {
                let tickets = figures.tickets;
                let bucket = bucket.map(|(used, size)| format!("{used}/{size}"));
                tracing::debug!(
                    run,
                    finished = tickets.finished(),
                    selected = tickets.total(),
                    rejected = tickets.rejected,
                    unknown = tickets.unknown,
                    calls = figures.calls,
                    throttled = figures.throttled,
                    calls_per_second,
                    eta_seconds,
                    bucket,
                    "progress"
                );
            }
            Event::Waiting { wait, seconds } => {
                tracing::info!(reason = reason_word(wait), ?wait, seconds, "waiting");
            }
            Event::Rejected { finding } => {
                let place = finding.place.as_ref().map(ToString::to_string);
                let code = finding.code.as_str();
                tracing::warn!(code, key = finding.key, place, detail = finding.detail, "record rejected");
            }
            Event::Notice { message } => tracing::info!(text = message, "notice"),
            Event::Draining { in_flight } => tracing::info!(in_flight, "draining"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::finding::{Code, Finding};
    use crate::progress::samples::{progress, started};

    // One test, because the process has one log.
    #[test]
    fn the_log_is_masked_json_lines_at_the_level_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("1.ndjson"), folder.path().join("2.ndjson"));
        let guard = init_log(&first, Level::DEBUG).unwrap();
        let finding = Finding::general(Code::RefusedByGorgias).with_detail("kim@example.com is \"taken\"\n");
        let mut log = EventLog;
        log.on_event(&started());
        log.on_event(&progress(1));
        log.on_event(&Event::Rejected { finding });
        tracing::info!(target: "hyper::client", "GET /api/customers?email=kim@example.com");
        drop(guard);
        tracing::info!("between two logs");
        let guard = init_log(&second, Level::INFO).unwrap();
        log.on_event(&progress(1));
        log.on_event(&Event::Draining { in_flight: 3 });
        drop(guard);

        let read = |path: &Path| -> Vec<Value> {
            let text = std::fs::read_to_string(path).unwrap();
            assert!(!text.contains("example.com"), "{text}");
            let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            // Other tests of this process may log meanwhile.
            lines.filter(|line| line["target"] == module_path!().trim_end_matches("::tests")).collect()
        };
        let lines = read(&first);
        let said: Vec<&str> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
        assert_eq!(said, ["run started", "progress", "record rejected"]);
        assert_eq!(lines[2]["detail"], "[address] is \"taken\"\n");
        assert_eq!((&lines[2]["code"], &lines[2]["level"]), (&"GI-U001".into(), &"WARN".into()));
        let lines = read(&second);
        assert_eq!(lines.len(), 1, "debug is below the level: {lines:?}");
        assert_eq!(lines[0]["in_flight"], 3);
        assert!(init_log(&folder.path().join("missing/3.ndjson"), Level::INFO).is_err());
    }
}

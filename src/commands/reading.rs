//! Reading all sources of a config: every record mapped, with progress by bytes.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::config::Config;
use crate::config::selection::Selection;
use crate::exit::ExitCode;
use crate::mapping::{AgentDirectory, Mapped, MappedTicket, Rules, map};
use crate::model::event::{Event, Reporter};
use crate::model::time::now;
use crate::source::{self, ReadContext, Record, SourceError, SourceFacts, SourceSpec};

use super::CommandError;

/// How often progress is told.
const TICK: Duration = Duration::from_millis(250);

/// Takes a record, with the ticket that it becomes where it becomes one.
pub(super) type Take<'t> = dyn FnMut(&SourceSpec, Record, Option<MappedTicket>) -> Result<(), CommandError> + 't;

/// Reads every source that `selection` needs and hands its records to `take`. What the mapping blocks comes as
/// rejected, and what it has to say is among the findings.
pub(super) fn read_all(
    config: &Config,
    selection: &Selection,
    rules: &Rules,
    reporter: &mut dyn Reporter,
    stop: &AtomicBool,
    take: &mut Take<'_>,
) -> Result<Vec<(SourceSpec, SourceFacts)>, CommandError> {
    let temp = tempfile::tempdir()?;
    let directory = AgentDirectory::offline();
    let mut facts = Vec::new();
    for spec in config.sources.iter().filter(|spec| selection.includes_source(&spec.name)) {
        let bytes_done = AtomicU64::new(0);
        let bytes_total = source::input_bytes(spec)?;
        let context = ReadContext { now: now(), bytes_done: &bytes_done, stop, temp_dir: temp.path() };
        let finished = AtomicBool::new(false);
        let read = std::thread::scope(|scope| {
            let ticker = scope.spawn(|| tell(spec, &bytes_done, bytes_total, &finished, &mut *reporter));
            let read = read_one(spec, &context, rules, &directory, take);
            finished.store(true, Ordering::Release);
            ticker.thread().unpark();
            read
        });
        facts.push((spec.clone(), read?));
    }
    Ok(facts)
}

fn read_one(
    spec: &SourceSpec,
    context: &ReadContext<'_>,
    rules: &Rules,
    directory: &AgentDirectory,
    take: &mut Take<'_>,
) -> Result<SourceFacts, CommandError> {
    let mut failed = None;
    let mut sink = |record: Record| {
        let (record, ticket) = mapped(record, rules, directory);
        match take(spec, record, ticket) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let read = source::read(spec, context, &mut sink);
    failed.map_or_else(|| Ok(read?), Err)
}

/// The record with what the mapping has to say about it.
fn mapped(record: Record, rules: &Rules, directory: &AgentDirectory) -> (Record, Option<MappedTicket>) {
    let Record::Conversation { conversation, mut findings, rejected_messages } = record else {
        return (record, None);
    };
    match map(&conversation, rules, directory) {
        Ok(Mapped { ticket, findings: more }) => {
            findings.extend(more);
            (Record::Conversation { conversation, findings, rejected_messages }, Some(ticket))
        }
        Err(finding) => {
            // The record is one ticket, whatever is the matter with its parts.
            let finding = crate::model::finding::Finding { key: Some(conversation.key.to_string()), ..finding };
            (Record::Rejected(finding), None)
        }
    }
}

fn tell(
    spec: &SourceSpec,
    bytes_done: &AtomicU64,
    bytes_total: u64,
    finished: &AtomicBool,
    reporter: &mut dyn Reporter,
) {
    loop {
        let ended = finished.load(Ordering::Acquire);
        reporter.on_event(&Event::Reading {
            source: spec.name.to_string(),
            bytes_done: bytes_done.load(Ordering::Relaxed).min(bytes_total),
            bytes_total,
        });
        if ended {
            return;
        }
        std::thread::park_timeout(TICK);
    }
}

impl From<SourceError> for CommandError {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Interrupted => Self::new(ExitCode::Interrupted, "reading was interrupted; nothing was sent")
                .with_next("run the same command again"),
            other => Self::from_error(ExitCode::Usage, &other),
        }
    }
}

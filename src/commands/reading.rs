//! Reading all sources of a config: every record mapped, with progress by bytes.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::config::Config;
use crate::config::selection::Selection;
use crate::exit::ExitCode;
use crate::mapping::{AgentDirectory, Kept, Mapped, MappedTicket, PeopleTable, Rules, Unmet, leave_out, map};
use crate::model::event::{Event, Reporter};
use crate::model::finding::Finding;
use crate::model::time::now;
use crate::source::{self, ReadContext, Record, SourceError, SourceFacts, SourceSpec};

use super::CommandError;

/// How often progress is told.
const TICK: Duration = Duration::from_millis(250);

/// Takes a record as its source gave it, and what the mapping makes of it where it is a conversation.
pub(super) type Take<'t> =
    dyn FnMut(&SourceSpec, Record, Option<Result<Mapped, Finding>>) -> Result<(), CommandError> + 't;

/// Reads every source that `selection` needs and hands its records to `take`.
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
    let mut facts: Vec<(SourceSpec, SourceFacts)> = Vec::new();
    let mut unmet = Unmet::new(rules);
    for spec in config.sources.iter().filter(|spec| selection.includes_source(&spec.name)) {
        let bytes_done = AtomicU64::new(0);
        let bytes_total = source::input_bytes(spec)?;
        let context = ReadContext { now: now(), bytes_done: &bytes_done, stop, temp_dir: temp.path() };
        let finished = AtomicBool::new(false);
        let read = std::thread::scope(|scope| {
            let ticker = scope.spawn(|| tell(spec, &bytes_done, bytes_total, &finished, &mut *reporter));
            let read = read_one(spec, &context, rules, &directory, &mut unmet, take);
            finished.store(true, Ordering::Release);
            ticker.thread().unpark();
            read
        });
        facts.push((spec.clone(), read?));
    }
    if let Some((last, _)) = facts.last() {
        let read = |name: &str| facts.iter().any(|(spec, _)| spec.name.as_str() == name);
        for finding in unmet.findings(rules, &read, facts.len() == config.sources.len()) {
            take(last, Record::Remark(finding), None)?;
        }
    }
    Ok(facts)
}

fn read_one(
    spec: &SourceSpec,
    context: &ReadContext<'_>,
    rules: &Rules,
    directory: &AgentDirectory,
    unmet: &mut Unmet,
    take: &mut Take<'_>,
) -> Result<SourceFacts, CommandError> {
    let mut failed = None;
    let mut sink = |record: Record| {
        if let Record::Conversation { conversation, .. } = &record {
            unmet.meet(conversation);
        }
        let record = wanted(record, &rules.people);
        let mapped = match &record {
            Record::Conversation { conversation, .. } => Some(map(conversation, rules, directory)),
            _ => None,
        };
        match take(spec, record, mapped) {
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

/// The record without what people did who are skipped.
fn wanted(record: Record, people: &PeopleTable) -> Record {
    let Record::Conversation { mut conversation, mut findings, rejected_messages } = record else {
        return record;
    };
    match leave_out(&mut conversation, people) {
        Kept::Nothing(finding) => Record::LeftOut(finding),
        Kept::Conversation(left_out) => {
            findings.extend(left_out);
            Record::Conversation { conversation, findings, rejected_messages }
        }
    }
}

/// The record as it will be imported: with what the mapping has to say about it, rejected where the mapping blocks it.
pub(super) fn merged(
    record: Record,
    mapped: Option<Result<Mapped, Finding>>,
) -> (Record, Option<MappedTicket>) {
    match (record, mapped) {
        (Record::Conversation { conversation, mut findings, rejected_messages }, Some(Ok(mapped))) => {
            findings.extend(mapped.findings);
            (Record::Conversation { conversation, findings, rejected_messages }, Some(mapped.ticket))
        }
        (Record::Conversation { conversation, .. }, Some(Err(finding))) => {
            // The record is one ticket, whichever of its parts is the matter.
            (Record::Rejected(Finding { key: Some(conversation.key.to_string()), ..finding }), None)
        }
        (record, _) => (record, None),
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
            SourceError::Interrupted => {
                Self::new(ExitCode::Interrupted, "reading was interrupted; nothing was sent")
                    .with_next("run the same command again")
            }
            other => Self::from_error(ExitCode::Usage, &other),
        }
    }
}

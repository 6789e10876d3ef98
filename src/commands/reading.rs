//! Reading all sources of a config: every record mapped, with progress by bytes.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::config::Config;
use crate::config::selection::Selection;
use crate::exit::ExitCode;
use crate::mapping::{
    AgentDirectory, Joins, Kept, Mapped, MappedTicket, PeopleTable, Rules, Unmet, leave_out, map,
    may_be_cleaned,
};
use crate::model::event::{Event, Reporter};
use crate::model::finding::Finding;
use crate::model::key::SourceName;
use crate::model::time::now;
use crate::source::{self, Joining, ReadContext, Record, SourceError, SourceFacts, SourceSpec};

use super::{CommandError, near};

/// How often progress is told.
const TICK: Duration = Duration::from_millis(250);

/// Takes a record as its source gave it, and what the mapping makes of it where it is a conversation.
type Take<'t> =
    dyn FnMut(&SourceSpec, Record, Option<Result<Mapped, Finding>>) -> Result<(), CommandError> + 't;

/// The same, into `S`.
pub(super) type TakeInto<'t, S> =
    dyn FnMut(&mut S, &SourceSpec, Record, Option<Result<Mapped, Finding>>) -> Result<(), CommandError> + 't;

/// The sources that were read, and what is known of them.
pub(super) type Sources = Vec<(SourceSpec, SourceFacts)>;

/// What is read, and how.
pub(super) struct Reading<'r> {
    pub(super) config: &'r Config,
    /// Sources that it does not need are not read.
    pub(super) selection: &'r Selection,
    pub(super) rules: &'r Rules,
    /// Set when the user wants to stop.
    pub(super) stop: &'r AtomicBool,
    /// Whether what takes the records needs what their messages say. Where it does not, texts of which the mapping has
    /// nothing to say are not read, which halves the time.
    pub(super) texts: bool,
}

/// Why reading ended before its time.
enum Ended {
    /// Records were told too early.
    StartOver,
    Failed(CommandError),
}

impl<E: Into<CommandError>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Bytes of each source that were shown as read, so that progress does not go back where reading starts over.
type Shown = HashMap<SourceName, u64>;

impl Reading<'_> {
    /// Reads everything into what `begin` makes. Where records were told too early that is thrown away, and everything
    /// is read again, into what `begin` makes then.
    pub(super) fn fill<S>(
        &self,
        reporter: &mut dyn Reporter,
        begin: &mut dyn FnMut() -> Result<S, CommandError>,
        take: &mut TakeInto<'_, S>,
    ) -> Result<(S, Sources), CommandError> {
        let mut shown = Shown::new();
        let mut into = begin()?;
        let mut again = false;
        loop {
            let read = self.all(reporter, &mut shown, !again, &mut |spec, record, mapped| {
                take(&mut into, spec, record, mapped)
            });
            match read {
                Ok(sources) => return Ok((into, sources)),
                Err(Ended::StartOver) if !again => {
                    again = true;
                    // What is thrown away may stand where the new one will.
                    drop(into);
                    into = begin()?;
                }
                Err(Ended::StartOver) => return Err(SourceError::StartOver.into()),
                Err(Ended::Failed(error)) => return Err(error),
            }
        }
    }

    fn all(
        &self,
        reporter: &mut dyn Reporter,
        shown: &mut Shown,
        may_start_over: bool,
        take: &mut Take<'_>,
    ) -> Result<Sources, Ended> {
        let temp = tempfile::tempdir()?;
        let directory = AgentDirectory::offline();
        let mut facts = Sources::new();
        let mut unmet = Unmet::new(self.rules);
        let mut joins = Joins::default();
        for spec in self.config.sources.iter().filter(|spec| self.selection.includes_source(&spec.name)) {
            let (bytes_done, joining) = (AtomicU64::new(0), Joining::default());
            let progress = Progress {
                spec,
                done: &bytes_done,
                joining: &joining,
                total: source::input_bytes(spec)?,
                before: shown.get(&spec.name).copied().unwrap_or_default(),
                finished: AtomicBool::new(false),
            };
            let context = ReadContext {
                now: now(),
                bytes_done: &bytes_done,
                stop: self.stop,
                temp_dir: temp.path(),
                may_start_over,
                joining: Some(&joining),
                needs_text: if self.texts { None } else { Some(may_be_cleaned) },
            };
            let read = std::thread::scope(|scope| {
                let ticker = scope.spawn(|| progress.tell(&mut *reporter));
                let mut people = (&mut unmet, &mut joins);
                let read = read_one(spec, &context, self.rules, &directory, &mut people, take);
                progress.finished.store(true, Ordering::Release);
                ticker.thread().unpark();
                read
            });
            shown.insert(spec.name.clone(), progress.shown());
            facts.push((spec.clone(), read?));
        }
        if let Some((last, _)) = facts.last() {
            let read = |name: &str| facts.iter().any(|(spec, _)| spec.name.as_str() == name);
            let whole = facts.len() == self.config.sources.len();
            for finding in joins.findings().into_iter().chain(unmet.findings(self.rules, &read, whole)) {
                take(last, Record::Remark(finding), None)?;
            }
        }
        Ok(facts)
    }
}

fn read_one(
    spec: &SourceSpec,
    context: &ReadContext<'_>,
    rules: &Rules,
    directory: &AgentDirectory,
    (unmet, joins): &mut (&mut Unmet, &mut Joins),
    take: &mut Take<'_>,
) -> Result<SourceFacts, Ended> {
    let mut failed = None;
    let mut sink = |record: Record| {
        if let Record::Conversation { conversation, .. } = &record {
            unmet.meet(conversation);
        }
        let record = joined(wanted(record, &rules.people), joins, rules);
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
    if let Some(error) = failed {
        return Err(Ended::Failed(error));
    }
    read.map_err(
        |error| if matches!(error, SourceError::StartOver) { Ended::StartOver } else { error.into() },
    )
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

/// The record with what it tells of people who have several ids.
fn joined(record: Record, joins: &mut Joins, rules: &Rules) -> Record {
    let Record::Conversation { conversation, mut findings, rejected_messages } = record else {
        return record;
    };
    findings.extend(joins.meet(&conversation, rules));
    Record::Conversation { conversation, findings, rejected_messages }
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

/// How far the reading of a source is.
struct Progress<'p> {
    spec: &'p SourceSpec,
    done: &'p AtomicU64,
    joining: &'p Joining,
    total: u64,
    /// Bytes shown as read before reading started over. What is read since then is stretched over the rest.
    before: u64,
    finished: AtomicBool,
}

impl Progress<'_> {
    fn shown(&self) -> u64 {
        let done = self.done.load(Ordering::Relaxed).min(self.total);
        let rest = u128::from(self.total.saturating_sub(self.before));
        let share = rest * u128::from(done) / u128::from(self.total.max(1));
        self.before + u64::try_from(share).unwrap_or_default()
    }

    /// What is being done at the moment.
    fn event(&self) -> Event {
        let source = self.spec.name.to_string();
        match self.joining.total.load(Ordering::Relaxed) {
            0 => Event::Reading { source, bytes_done: self.shown(), bytes_total: self.total },
            records_total => {
                let records_done = self.joining.done.load(Ordering::Relaxed);
                Event::Joining { source, records_done, records_total }
            }
        }
    }

    /// Tells it until the reading is finished.
    fn tell(&self, reporter: &mut dyn Reporter) {
        loop {
            let ended = self.finished.load(Ordering::Acquire);
            reporter.on_event(&self.event());
            if ended {
                return;
            }
            std::thread::park_timeout(TICK);
        }
    }
}

impl From<SourceError> for CommandError {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Interrupted => {
                Self::new(ExitCode::Interrupted, "reading was interrupted; nothing was sent")
                    .with_next("run the same command again")
            }
            SourceError::Missing { ref path, .. } => {
                let next = near::path(path);
                let told = Self::from_error(ExitCode::Usage, &error);
                match next {
                    Some(near) => told.with_next(near),
                    None => told,
                }
            }
            // As a full disk anywhere else: with room there, the same command goes on.
            SourceError::Scratch { .. } => Self::from_error(ExitCode::Temporary, &error),
            other => Self::from_error(ExitCode::Usage, &other),
        }
    }
}

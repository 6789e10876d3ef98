//! Exports to staging and ledger: what has to be there before anything is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::attachments::FilePlanner;
use crate::config::Config;
use crate::config::selection::Selection;
use crate::exit::ExitCode;
use crate::ledger::{Ledger, LedgerError, RegisterReport, Registration, SourceRow};
use crate::mapping::{CallPlanner, Mapped, Rules, is_rated};
use crate::model::event::{Event, Reporter};
use crate::model::finding::{Code, Finding};
use crate::model::key::{ConversationKey, SourceName};
use crate::report::{Validation, ValidationDocument};
use crate::source::{self, Record, SourceFacts, SourceSpec, done_with};
use crate::staging::{Filling, Found, Staging, StagingError};
use crate::upload::{Tells, tells_fact};

use super::reading::{Reading, merged};
use super::signals::Signals;
use super::validate::{call_plan, file_plan, files_document, plan_files};
use super::{CommandError, Context, terms};

/// What to do where no run has been made yet.
const NO_LEDGER: &str = "gorgias-import run --limit 20 makes one (a pilot); if it lies elsewhere, name its folder with --state-dir";

/// Name of the staging file in the state folder.
pub(super) const STAGING: &str = "staging.sqlite";

/// What is kept beside the staged conversations.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StagedFacts {
    sources: Vec<StagedSource>,
    /// Records that cannot be imported.
    rejected: Vec<(String, Code)>,
    /// Records that cannot be imported and have no key by which the ledger could know them, by source.
    rejected_without_key: BTreeMap<SourceName, u64>,
    /// Messages that cannot be imported while their ticket can.
    pub(super) rejected_messages: u64,
    /// What `validate` says of the whole export.
    pub(super) document: serde_json::Value,
}

#[derive(Debug, Serialize, Deserialize)]
struct StagedSource {
    name: String,
    kind: String,
    origins: BTreeSet<String>,
    grouping: String,
}

impl StagedFacts {
    /// Records of a selection that cannot be imported and have no key. Whoever names keys does not mean them.
    pub(super) fn without_key(&self, selection: &Selection) -> u64 {
        let meant = |source: &SourceName| selection.keys().is_none() && selection.includes_source(source);
        self.rejected_without_key.iter().filter(|(source, _)| meant(source)).map(|(_, count)| count).sum()
    }

    /// The accounts that the exports show, by source.
    pub(super) fn origins(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.sources.iter().map(|source| (source.name.as_str(), &source.origins))
    }
}

/// A whole export, staged and registered.
pub(super) struct Intake {
    pub(super) staging: Staging,
    pub(super) facts: StagedFacts,
    /// Fingerprint of the export's files.
    pub(super) fingerprint: String,
    /// What registering changed; nothing where the export was registered before.
    pub(super) registered: Option<RegisterReport>,
}

/// Where the staged export is.
pub(super) fn staging_path(context: &Context) -> PathBuf {
    context.state_dir().join(STAGING)
}

/// Reads the exports into staging unless they are there already, and registers them with the ledger.
pub(super) fn prepare(
    context: &Context,
    config: &Config,
    ledger: &Ledger,
    signals: &Signals,
    reporter: &mut dyn Reporter,
) -> Result<Intake, CommandError> {
    let fingerprint = fingerprint(config)?;
    let staging = staged(context, config, &fingerprint, signals, reporter)?;
    let facts: StagedFacts = staging.facts()?;
    bind(ledger, &facts)?;
    let key = registration_key(config, &fingerprint)?;
    let registered = if ledger.view().registered_export()?.as_deref() == Some(key.as_str()) {
        None
    } else {
        Some(register(config, ledger, &staging, &facts, &key)?)
    };
    Ok(Intake { staging, facts, fingerprint, registered })
}

/// The staged export, for commands that compare and register nothing. Where the exports are not there any more, what
/// is staged of them counts.
pub(super) fn reread(
    context: &Context,
    config: &Config,
    ledger: &Ledger,
    signals: &Signals,
    reporter: &mut dyn Reporter,
) -> Result<Staging, CommandError> {
    let path = staging_path(context);
    let fingerprint = match fingerprint(config) {
        Ok(fingerprint) => fingerprint,
        Err(error) => {
            let Found::Whole(staging) = Staging::open(&path)? else { return Err(error) };
            context.output.warn(&format!("{error}; going by what was staged of the exports"));
            return Ok(staging);
        }
    };
    let registered = ledger.view().registered_export()?;
    if registered.is_some_and(|key| !key.starts_with(&format!("{fingerprint}:"))) {
        context.output.warn(
            "the exports are not those that the ledger had last: what is new in them is not expected in Gorgias, and of \
             what was changed in them only the presence can be checked",
        );
    }
    staged(context, config, &fingerprint, signals, reporter)
}

fn staged(
    context: &Context,
    config: &Config,
    fingerprint: &str,
    signals: &Signals,
    reporter: &mut dyn Reporter,
) -> Result<Staging, CommandError> {
    let path = staging_path(context);
    let notice = |reporter: &mut dyn Reporter, message: &str| {
        reporter.on_event(&Event::Notice { message: message.to_owned() });
    };
    match Staging::open(&path)? {
        Found::Whole(staging) if staging.is_complete_for(fingerprint)? => return Ok(staging),
        Found::Whole(_) => {
            notice(
                reporter,
                "the exports or their settings have changed since they were read; they are read again",
            );
        }
        Found::Discarded(why) => {
            notice(reporter, &format!("the staging file is built anew: {why}"));
        }
        Found::Absent => {}
    }
    stage(config, &path, fingerprint, signals, reporter)
}

/// Fingerprint of all exports of the config, as they lie on disk.
fn fingerprint(config: &Config) -> Result<String, CommandError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    for spec in &config.sources {
        hasher.update(&source::fingerprint(spec)?);
    }
    // Whom the people table skips decides what is read; without such people nothing changes.
    for person in terms::rules(config)?.people.skipped() {
        hasher.update(person.as_str().as_bytes());
        hasher.update(b"\n");
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Registering depends on the export and on what the mapping makes of it.
fn registration_key(config: &Config, fingerprint: &str) -> Result<String, CommandError> {
    Ok(format!("{fingerprint}:{}", config.hashes()?.mapping))
}

fn stage(
    config: &Config,
    path: &std::path::Path,
    fingerprint: &str,
    signals: &Signals,
    reporter: &mut dyn Reporter,
) -> Result<Staging, CommandError> {
    let rules = terms::rules(config)?;
    let everything = Selection::default();
    let reading = Reading { config, selection: &everything, rules: &rules, stop: &signals.stop, texts: true };
    let mut begin = || Ok(Staged::into(Staging::fill(path)?, &rules));
    let read = reading.fill(reporter, &mut begin, &mut |staged, spec, record, mapping| {
        // Staged is what the source says; what the mapping says depends on the config and comes with the upload.
        let (record, mapping) = keep(&mut staged.filling, record, mapping)?;
        match &record {
            Record::Rejected(Finding { key, code, .. }) => {
                match key.as_ref().filter(|key| ConversationKey::parse(key).is_ok()) {
                    Some(key) => staged.rejected.push((key.clone(), *code)),
                    None => *staged.rejected_without_key.entry(spec.name.clone()).or_default() += 1,
                }
            }
            Record::Conversation { rejected_messages, .. } => {
                staged.rejected_messages += rejected_messages.len() as u64;
            }
            _ => {}
        }
        let (record, ticket) = merged(record, mapping);
        staged.validation.observe(&spec.name, &record);
        if let Some(ticket) = &ticket {
            staged.planner.add(ticket, rules.messages_per_ticket);
            plan_files(&mut staged.files, ticket, rules.attachments);
        }
        done_with(record);
        Ok(())
    });
    let (staged, read) = read.map_err(|error| with_signal(error, signals))?;
    let Staged { filling, mut validation, planner, files, rejected, rejected_without_key, rejected_messages } =
        staged;
    for (spec, facts) in &read {
        validation.source_finished(spec, facts);
    }
    let origins = read.iter().map(|(spec, facts)| (spec.name.as_str(), &facts.origins));
    let files = file_plan(config, &files, origins)?;
    let pace = terms::pace(config);
    let mut document: ValidationDocument = validation.finish(&call_plan(&planner, files.as_ref()), pace)?;
    document.files = files.map(|files| files_document(&files, pace));
    let document = serde_json::to_value(&document).map_err(std::io::Error::from)?;
    let sources = read.iter().map(|(spec, facts)| staged_source(spec, facts)).collect();
    let facts = StagedFacts { sources, rejected, rejected_without_key, rejected_messages, document };
    Ok(filling.finish(fingerprint, &facts)?)
}

/// An export on its way into the staging.
struct Staged {
    filling: Filling,
    validation: Validation,
    planner: CallPlanner,
    files: FilePlanner,
    rejected: Vec<(String, Code)>,
    rejected_without_key: BTreeMap<SourceName, u64>,
    rejected_messages: u64,
}

impl Staged {
    fn into(filling: Filling, rules: &Rules) -> Self {
        let (validation, planner) = (Validation::new(), CallPlanner::new(rules));
        let files = FilePlanner::default();
        Self {
            filling,
            validation,
            planner,
            files,
            rejected: Vec::new(),
            rejected_without_key: BTreeMap::new(),
            rejected_messages: 0,
        }
    }
}

/// An interrupted reading ends with the code of the signal.
fn with_signal(error: CommandError, signals: &Signals) -> CommandError {
    if error.code() == ExitCode::Interrupted { error.with_code(signals.exit_code()) } else { error }
}

/// What the mapping said of a record, if it was asked.
type Mapping = Option<Result<Mapped, Finding>>;

/// Stages a record. A conversation under a key that another one has is rejected: it would be lost without a word.
fn keep(filling: &mut Filling, record: Record, mapping: Mapping) -> Result<(Record, Mapping), CommandError> {
    let (record, mapping) = match record {
        Record::Conversation { conversation, .. } if !filling.insert(&conversation)? => {
            // Without the key: the other conversation goes by it.
            let finding = Finding::at(Code::KeyTwice, &conversation.place);
            (Record::Rejected(finding.with_detail(conversation.key.to_string())), None)
        }
        other => (other, mapping),
    };
    match &record {
        Record::Conversation { findings, rejected_messages, .. } => {
            for finding in findings.iter().chain(rejected_messages) {
                filling.finding(finding)?;
            }
        }
        Record::Rejected(finding)
        | Record::LeftOut(finding)
        | Record::Unreadable(finding)
        | Record::Remark(finding) => filling.finding(finding)?,
        Record::Noted(note) => filling.note(note)?,
    }
    Ok((record, mapping))
}

fn staged_source(spec: &SourceSpec, facts: &SourceFacts) -> StagedSource {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    StagedSource {
        name: spec.name.to_string(),
        kind: word(serde_json::json!(spec.kind)),
        origins: facts.origins.clone(),
        grouping: word(serde_json::json!(spec.grouping)),
    }
}

/// The ledger belongs to these sources from now on, or refuses them.
fn bind(ledger: &Ledger, facts: &StagedFacts) -> Result<(), CommandError> {
    for source in &facts.sources {
        let row = SourceRow {
            name: source.name.clone(),
            kind: source.kind.clone(),
            origins: source.origins.clone(),
            grouping: source.grouping.clone(),
        };
        ledger.bind_source(row).wait()?;
    }
    Ok(())
}

fn register(
    config: &Config,
    ledger: &Ledger,
    staging: &Staging,
    facts: &StagedFacts,
    key: &str,
) -> Result<RegisterReport, CommandError> {
    let rules = terms::rules(config)?;
    let mut registrar = ledger.registrar();
    let mut failed = None;
    let nothing = Tells { assignees: false, tags: false };
    let mut tells: BTreeMap<String, Tells> =
        facts.sources.iter().map(|source| (source.name.clone(), nothing)).collect();
    staging.for_each(|staged| {
        let conversation = &staged.conversation;
        let told = tells.entry(conversation.key.source().to_owned()).or_insert(nothing);
        told.assignees |= conversation.assignee.is_some();
        told.tags |= !conversation.tags.is_empty();
        let mut registration = Registration::of(&staged.conversation);
        registration.rated = is_rated(&staged.conversation, &rules);
        registration.mapped_to = rules.tickets.id(&staged.conversation.key).map(u64::cast_signed);
        match registrar.add(registration) {
            Ok(()) => std::ops::ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                std::ops::ControlFlow::Break(())
            }
        }
    })?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    for (key, code) in &facts.rejected {
        if let Ok(key) = ConversationKey::parse(key) {
            registrar.add_rejected(&key, *code, None)?;
        }
    }
    for (source, told) in tells {
        drop(ledger.set_fact(&tells_fact(&source), &told.to_string()));
    }
    Ok(registrar.finish(Some(key))?)
}

impl From<StagingError> for CommandError {
    fn from(error: StagingError) -> Self {
        Self::from_error(ExitCode::Temporary, &error)
    }
}

impl From<LedgerError> for CommandError {
    fn from(error: LedgerError) -> Self {
        let code = match &error {
            LedgerError::Held { .. } => ExitCode::Locked,
            // Going on without knowing what was sent could send it twice.
            LedgerError::Damaged(_) => ExitCode::Safety,
            error if error.is_failure() => ExitCode::Temporary,
            _ => ExitCode::Usage,
        };
        let is_absent = matches!(error, LedgerError::Absent { .. });
        let told = Self::from_error(code, &error);
        if is_absent { told.with_next(NO_LEDGER) } else { told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::body::Body;
    use crate::model::conversation::Message;
    use crate::model::key::SourceName;
    use crate::model::person::Role;
    use crate::model::sample;

    fn conversation(text: &str) -> Record {
        let source = SourceName::new("zendesk").unwrap();
        let at = jiff::Timestamp::from_second(1_704_067_200).unwrap();
        let kim = sample::person(&source, 1, Role::Customer);
        let message = Message {
            body: Body::from_text(text.to_owned()).unwrap(),
            ..sample::message(&source, 1, &kim, at)
        };
        let conversation = sample::conversation(&source, 1, &kim, at, vec![message]);
        Record::Conversation {
            conversation: Box::new(conversation),
            findings: Vec::new(),
            rejected_messages: Vec::new(),
        }
    }

    #[test]
    fn a_second_conversation_under_one_key_is_rejected_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut filling = Staging::fill(&folder.path().join("staging.sqlite")).unwrap();
        let first = keep(&mut filling, conversation("one"), None).unwrap().0;
        assert!(matches!(first, Record::Conversation { .. }));
        let second = keep(&mut filling, conversation("two"), None).unwrap().0;
        let Record::Rejected(finding) = second else { panic!("{second:?}") };
        assert_eq!(finding.code, Code::KeyTwice);
        assert_eq!((finding.key, finding.detail.as_str()), (None, "zendesk:ticket:1"));
    }
}

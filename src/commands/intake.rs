//! Exports to staging and ledger: what has to be there before anything is sent.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::config::selection::Selection;
use crate::exit::ExitCode;
use crate::ledger::{Ledger, LedgerError, RegisterReport, Registration, SourceRow};
use crate::mapping::CallPlanner;
use crate::model::event::{Event, Reporter};
use crate::model::finding::{Code, Finding};
use crate::model::key::ConversationKey;
use crate::report::{Validation, ValidationDocument};
use crate::source::{self, Record, SourceFacts, SourceSpec};
use crate::staging::{Filling, Found, Staging, StagingError};

use super::reading::{merged, read_all};
use super::signals::Signals;
use super::validate::call_plan;
use super::{CommandError, Context, terms};

/// Name of the staging file in the state folder.
const STAGING: &str = "staging.sqlite";

/// What is kept beside the staged conversations.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StagedFacts {
    sources: Vec<StagedSource>,
    /// Records that cannot be imported.
    rejected: Vec<(String, Code)>,
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

/// A whole export, staged and registered.
pub(super) struct Intake {
    pub(super) staging: Staging,
    pub(super) facts: StagedFacts,
    /// Fingerprint of the export's files.
    pub(super) fingerprint: String,
    /// What registering changed; nothing where the export was registered before.
    pub(super) registered: Option<RegisterReport>,
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
    let path = context.state_dir().join(STAGING);
    let notice = |reporter: &mut dyn Reporter, message: &str| {
        reporter.on_event(&Event::Notice { message: message.to_owned() });
    };
    let whole = match Staging::open(&path)? {
        Found::Whole(staging) if staging.is_complete_for(&fingerprint)? => Some(staging),
        Found::Whole(_) => {
            notice(
                reporter,
                "the exports or their settings have changed since they were read; they are read again",
            );
            None
        }
        Found::Discarded(why) => {
            notice(reporter, &format!("the staging file is built anew: {why}"));
            None
        }
        Found::Absent => None,
    };
    let staging = match whole {
        Some(staging) => staging,
        None => stage(config, &path, &fingerprint, signals, reporter)?,
    };
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
    let mut filling = Staging::fill(path)?;
    let mut validation = Validation::new();
    let mut planner = CallPlanner::default();
    let mut rejected = Vec::new();
    let mut rejected_messages = 0;
    let everything = Selection::default();
    let read =
        read_all(config, &everything, &rules, reporter, &signals.stop, &mut |spec, record, mapping| {
            // Staged is what the source says; what the mapping says depends on the config and comes with the upload.
            keep(&mut filling, &record)?;
            match &record {
                Record::Rejected(Finding { key: Some(key), code, .. }) => rejected.push((key.clone(), *code)),
                Record::Conversation { rejected_messages: more, .. } => {
                    rejected_messages += more.len() as u64;
                }
                _ => {}
            }
            let (record, ticket) = merged(record, mapping);
            validation.observe(&spec.name, &record);
            if let Some(ticket) = &ticket {
                planner.add(ticket, rules.messages_per_ticket);
            }
            Ok(())
        });
    let read = read.map_err(|error| with_signal(error, signals))?;
    for (spec, facts) in &read {
        validation.source_finished(spec, facts);
    }
    let document: ValidationDocument = validation.finish(&call_plan(&planner), terms::pace(config))?;
    let document = serde_json::to_value(&document).map_err(std::io::Error::from)?;
    let sources = read.iter().map(|(spec, facts)| staged_source(spec, facts)).collect();
    let facts = StagedFacts { sources, rejected, rejected_messages, document };
    Ok(filling.finish(fingerprint, &facts)?)
}

/// An interrupted reading ends with the code of the signal.
fn with_signal(error: CommandError, signals: &Signals) -> CommandError {
    if error.code() == ExitCode::Interrupted { error.with_code(signals.exit_code()) } else { error }
}

fn keep(filling: &mut Filling, record: &Record) -> Result<(), CommandError> {
    match record {
        Record::Conversation { conversation, findings, rejected_messages } => {
            filling.insert(conversation)?;
            for finding in findings.iter().chain(rejected_messages) {
                filling.finding(finding)?;
            }
        }
        Record::Rejected(finding)
        | Record::LeftOut(finding)
        | Record::Unreadable(finding)
        | Record::Remark(finding) => filling.finding(finding)?,
    }
    Ok(())
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
    let mapped = terms::mapped_tickets(config)?;
    let mut registrar = ledger.registrar();
    let mut failed = None;
    staging.for_each(|staged| {
        let mut registration = Registration::of(&staged.conversation);
        registration.mapped_to = mapped.get(&staged.conversation.key).map(|id| id.cast_signed());
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
        Self::from_error(code, &error)
    }
}

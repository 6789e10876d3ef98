//! `validate`: reads the exports and says what would be imported, what would be lost, and how long it takes. No network.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;

use crate::attachments::{FilePlan, FilePlanner};
use crate::cli::ValidateArgs;
use crate::config::Config;
use crate::config::selection::{Order, Selection};
use crate::exit::ExitCode;
use crate::ledger::{Doing, LedgerError, LedgerView, Registration};
use crate::mapping::{AgentDirectory, AttachmentMode, CallPlanner, MappedTicket, NeedsCounter, Rules};
use crate::model::conversation::Conversation;
use crate::model::event::Reporter;
use crate::model::finding::{Code, Finding};
use crate::model::key::ConversationKey;
use crate::model::time::now;
use crate::report::{
    self, CallPlan, Compared, FilesToMove, FindingLists, Layout, Need, Needs, Pace, ReportError, ReportFile,
    Validation, ValidationDocument,
};
use crate::source::{Record, done_with};

use super::reading::{Reading, merged};
use super::run::not_added;
use super::{CommandError, Context, files, terms};

pub(super) fn run(context: &Context, args: &ValidateArgs) -> Result<ExitCode, CommandError> {
    let config = context.config()?;
    let selection = context.selection(&args.selection, &config)?;
    let files = args.report.iter().map(|path| ReportFile::new(path)).collect::<Result<Vec<_>, _>>()?;
    // A CSV report lists every finding; they are kept in a folder that goes with this process.
    let kept = if args.report.is_empty() { None } else { Some(tempfile::tempdir()?) };
    let mut reporter = context.reporter_beside_document("validate");
    // Every reading that starts over has a list of its own; the last one counts.
    let lists = kept.as_ref().map(|folder| Lists::new(folder.path()));
    let chosen = match selection.limit {
        Some(limit) => Some(first_keys(&config, &selection, limit, reporter.as_mut())?),
        None => None,
    };
    let ledger = ledger(context);
    let (document, blocking) = {
        let wanted = |conversation: &Conversation| {
            selection.matches(conversation)
                && chosen.as_ref().is_none_or(|keys| keys.contains(&conversation.key))
        };
        examine(&config, &selection, lists.as_ref(), ledger.as_ref(), &wanted, reporter.as_mut())?
    };
    drop(reporter);
    if let Some(lists) = &lists {
        write(context, &document, files, &lists.findings_csv())?;
    }
    tell(context, &document)?;
    Ok(if blocking > 0 { ExitCode::InvalidData } else { ExitCode::Ok })
}

/// Writes the reports. A page shows only some of many findings, so the list of all of them is put beside it unless it
/// was asked for anyway.
fn write(
    context: &Context,
    document: &ValidationDocument,
    mut files: Vec<ReportFile>,
    findings_csv: &Path,
) -> Result<(), CommandError> {
    let listed = files.iter().find(|file| file.is_csv()).cloned();
    let list = listed.or_else(|| {
        let beside = files.iter().find_map(ReportFile::list_beside).filter(|_| document.is_cut())?;
        files.push(beside.clone());
        Some(beside)
    });
    for file in &files {
        let kept = if file.is_csv() { Some(findings_csv) } else { list.as_ref().map(ReportFile::path) };
        file.write(document, kept)?;
        context.output.say(&format!("wrote `{}`", file.path().display()));
    }
    Ok(())
}

/// What is counted while the exports are read.
#[derive(Default)]
struct Counted {
    validation: Validation,
    planner: CallPlanner,
    files: FilePlanner,
    compared: Compared,
    needs: NeedsCounter,
}

/// Reads everything, counts what is `wanted`, and gives the document and the number of records that are blocked.
fn examine(
    config: &Config,
    selection: &Selection,
    lists: Option<&Lists>,
    ledger: Option<&LedgerView>,
    wanted: &dyn Fn(&Conversation) -> bool,
    reporter: &mut dyn Reporter,
) -> Result<(ValidationDocument, u64), CommandError> {
    let rules = terms::rules(config)?;
    let never = AtomicBool::new(false);
    // What is compared with a ledger is compared by what it says.
    let texts = ledger.is_some();
    let reading = Reading { config, selection, rules: &rules, stop: &never, texts };
    let mut begin = || {
        let people = Arc::clone(&rules.people);
        let validation = Validation::new().with_decided(Box::new(move |key| people.decision(key).is_some()));
        let validation = match lists {
            Some(lists) => validation.with_sink(Box::new(lists.begin()?)),
            None => validation,
        };
        let planner = CallPlanner::new(&rules);
        Ok(Counted { validation, planner, ..Counted::default() })
    };
    let offline = AgentDirectory::offline();
    let (Counted { mut validation, planner, files, compared, needs }, facts) =
        reading.fill(reporter, &mut begin, &mut |into, spec, record, mapping| {
            let Counted { validation, planner, files, compared, needs } = into;
            let (record, ticket) = merged(record, mapping);
            match &record {
                Record::Conversation { conversation, .. } if !wanted(conversation) => {
                    validation.pass_over(&spec.name);
                }
                Record::Rejected(finding) if !is_named(selection, finding.key.as_deref()) => {
                    validation.pass_over(&spec.name);
                }
                _ => {
                    if let (Some(ticket), Record::Conversation { conversation, .. }) = (&ticket, &record) {
                        let is_mapped = rules.tickets.id(&ticket.key).is_some();
                        let nested = if is_mapped { 0 } else { rules.messages_per_ticket };
                        let doing = foresee(ledger, conversation, compared, validation)?;
                        match doing {
                            Doing::Create => planner.add(ticket, nested),
                            Doing::Append(messages) => planner.add_known(messages),
                            Doing::Update => planner.add_known(0),
                            Doing::Nothing => {}
                        }
                        if matches!(doing, Doing::Create | Doing::Append(_)) {
                            needs.meet(conversation, &rules, &offline);
                            plan_files(files, ticket, rules.attachments);
                        }
                    }
                    validation.observe(&spec.name, &record);
                }
            }
            done_with(record);
            Ok(())
        })?;
    for (spec, facts) in &facts {
        validation.source_finished(spec, facts);
    }
    let blocking = validation.blocking();
    let origins = facts.iter().map(|(spec, facts)| (spec.name.as_str(), &facts.origins));
    let files = file_plan(config, &files, origins)?;
    let mut document = validation.finish(&call_plan(&planner, files.as_ref()), terms::pace(config))?;
    document.needs = Some(needs_document(&planner, &needs, files.as_ref(), terms::pace(config)));
    document.files = files.map(|files| files_document(&files, terms::pace(config)));
    document.ledger = ledger.map(|_| compared);
    Ok((document.with_schedule(now(), &terms::budget(config)), blocking))
}

/// The ledger that the next run would go on with, if there is one. Nothing is written to it.
fn ledger(context: &Context) -> Option<LedgerView> {
    match LedgerView::open(context.state_dir()) {
        Ok(view) => Some(view),
        Err(LedgerError::Absent { .. }) => None,
        Err(error) => {
            let why = CommandError::from(error);
            let words = format!("the export is not compared with the ledger: {}", why.message());
            context.output.warn(&words);
            None
        }
    }
}

/// What a run would do with a conversation, counted.
fn foresee(
    ledger: Option<&LedgerView>,
    conversation: &Conversation,
    compared: &mut Compared,
    validation: &mut Validation,
) -> Result<Doing, CommandError> {
    let Some(ledger) = ledger else { return Ok(Doing::Create) };
    let foreseen = ledger.foresee(&Registration::of(conversation))?;
    match foreseen.doing {
        Doing::Create => compared.create += 1,
        Doing::Append(_) => compared.append += 1,
        Doing::Update => compared.update += 1,
        Doing::Nothing => compared.unchanged += 1,
    }
    compared.conflict += u64::from(foreseen.conflict);
    let (key, place) = (&conversation.key, &conversation.place);
    if foreseen.unjoined > 0 {
        let words = not_added(foreseen.unjoined);
        validation.remark(&Finding::new(Code::KeysNotJoined, key, place).with_detail(words));
    }
    for message in &foreseen.exposed {
        let finding = Finding::new(Code::PublicInGorgias, message, place);
        validation.remark(&finding.with_detail(format!("in {key}")));
    }
    Ok(foreseen.doing)
}

/// Lists of all findings, for the reports.
struct Lists {
    folder: PathBuf,
    begun: Cell<u32>,
}

impl Lists {
    fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), begun: Cell::new(0) }
    }

    /// Empty lists in a folder of their own.
    fn begin(&self) -> Result<FindingLists, CommandError> {
        self.begun.set(self.begun.get() + 1);
        std::fs::create_dir(self.current())?;
        Ok(FindingLists::create(&self.current())?)
    }

    fn current(&self) -> PathBuf {
        self.folder.join(self.begun.get().to_string())
    }

    /// The list that was begun last.
    fn findings_csv(&self) -> PathBuf {
        self.current().join("findings.csv")
    }
}

/// Whether a record of which only the key is known is meant.
fn is_named(selection: &Selection, key: Option<&str>) -> bool {
    key.is_none_or(|key| selection.includes_key(key))
}

/// The planner's calls as the report shows them.
pub(super) fn call_plan(planner: &CallPlanner, files: Option<&FilePlan>) -> CallPlan {
    let kinds = planner.kinds();
    let uploads = files.map_or(0, FilePlan::uploads);
    CallPlan {
        tickets: kinds.tickets,
        messages_appended: kinds.messages,
        updates: kinds.updates,
        customers: kinds.customers,
        lookups: kinds.lookups,
        tags: kinds.tags,
        surveys: kinds.surveys,
        uploads,
        naive: kinds.naive + uploads,
    }
}

/// Takes the files of a ticket into account, where they are to be uploaded.
pub(super) fn plan_files(planner: &mut FilePlanner, ticket: &MappedTicket, mode: AttachmentMode) {
    if mode != AttachmentMode::Upload {
        return;
    }
    for message in &ticket.messages {
        message.attachments.iter().for_each(|file| planner.add(message.key.source(), file));
    }
}

/// The plan of files, where they are to be uploaded; `origins` are the accounts that the exports show, by source.
pub(super) fn file_plan<'o>(
    config: &Config,
    planner: &FilePlanner,
    origins: impl Iterator<Item = (&'o str, &'o BTreeSet<String>)>,
) -> Result<Option<FilePlan>, CommandError> {
    if config.attachments.mode != AttachmentMode::Upload {
        return Ok(None);
    }
    let hosts = files::hosts(config, origins, &|_, _| Ok(None))?;
    Ok(Some(planner.finish(&hosts)))
}

/// What is needed beside tickets and messages, as if the account had nothing of it.
fn needs_document(
    planner: &CallPlanner,
    needs: &NeedsCounter,
    files: Option<&FilePlan>,
    pace: Pace,
) -> Needs {
    let (kinds, needed) = (planner.kinds(), needs.needed());
    let uploads = files.map_or(0, FilePlan::uploads);
    Needs {
        account_read: false,
        people: Need::new(needed.agents, needed.agent_messages, 0, pace),
        // Each is looked up before.
        customers: Need::new(kinds.people, 0, 2 * kinds.customers, pace),
        tags: Need::new(kinds.tags, 0, kinds.tags, pace),
        fields: Need::new(needed.fields, needed.field_tickets, 0, pace),
        files: Need::new(uploads, 0, uploads, pace),
        file_bytes: files.map_or(0, |files| files.bytes),
        files_of_unknown_size: files.map_or(0, |files| files.unknown_size),
        ratings: Need::new(kinds.surveys, 0, kinds.surveys, pace),
    }
}

/// The plan of files as the report shows it.
pub(super) fn files_document(plan: &FilePlan, pace: Pace) -> FilesToMove {
    FilesToMove {
        to_fetch: plan.to_fetch,
        in_export: plan.local,
        bytes: plan.bytes,
        unknown_size: plan.unknown_size,
        links: plan.links,
        upload_seconds: pace.seconds(plan.uploads() + pace.burst),
    }
}

/// The keys of the first `limit` conversations in the selection's order, found without keeping more than that many.
fn first_keys(
    config: &Config,
    selection: &Selection,
    limit: u64,
    reporter: &mut dyn Reporter,
) -> Result<HashSet<ConversationKey>, CommandError> {
    let rules: Rules = terms::rules(config)?;
    let never = AtomicBool::new(false);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let reading = Reading { config, selection, rules: &rules, stop: &never, texts: false };
    // The heap's greatest element is the one to drop next.
    let mut begin = || Ok(BinaryHeap::<(Rank, ConversationKey)>::new());
    let (first, _) = reading.fill(reporter, &mut begin, &mut |first, _, record, _| {
        if let Record::Conversation { conversation, .. } = &record
            && selection.matches(conversation)
        {
            first.push((Rank::of(conversation.last_activity(), selection.order), conversation.key.clone()));
            if first.len() > limit {
                first.pop();
            }
        }
        Ok(())
    })?;
    Ok(first.into_iter().map(|(_, key)| key).collect())
}

/// A place in the order of upload; smaller comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Newest(Reverse<Timestamp>),
    Oldest(Timestamp),
}

impl Rank {
    fn of(at: Timestamp, order: Order) -> Self {
        match order {
            Order::Newest => Self::Newest(Reverse(at)),
            Order::Oldest => Self::Oldest(at),
        }
    }
}

fn tell(context: &Context, document: &ValidationDocument) -> Result<(), CommandError> {
    if context.output.is_json() {
        context.output.document(document)?;
    } else {
        let layout = Layout { width: context.output.width(), color: false };
        context.output.print(&report::validation_text(document, layout))?;
    }
    Ok(())
}

impl From<ReportError> for CommandError {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Imbalance(imbalance) => Self::from_error(ExitCode::Internal, &imbalance)
                .with_next("this is a bug: please report it with the shape of the export"),
            other => Self::from_error(ExitCode::Usage, &other),
        }
    }
}

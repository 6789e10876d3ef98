//! `fetch`: downloads the files of the exports ahead of the upload, while the old account still has them. Writes nothing
//! to Gorgias and asks it nothing.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::attachments::{Keeper, Missing, Outage, Reason, place};
use crate::config::AttachmentMode;
use crate::exit::ExitCode;
use crate::ledger::{Ledger, PartState};
use crate::model::conversation::{Attachment, FileKind};
use crate::model::event::{Event, Reporter};
use crate::model::finding::{Code, Finding, Place, Severity};
use crate::model::time::now;
use crate::report::{Example, FindingGroup, FindingLists, FindingSink as _, ReportError};
use crate::staging::Staging;
use crate::text;

use super::run::{block_on, file_host};
use super::signals::Signals;
use super::{CommandError, Context, files, intake};

/// Folder of the lists of the last fetch, below the state folder.
const LISTS: &str = "fetch";
/// Files that are asked for ahead of need. Hosts have bounds of their own; whoever waits for one must not keep others.
const AT_ONCE: usize = 256;
/// How often progress is told.
const TOLD_EVERY: Duration = Duration::from_millis(250);
/// When a file is tried again whose host may be out.
const HELD_FOR: Duration = Duration::from_secs(1);
/// Examples of each finding that programs get.
const EXAMPLES: usize = 5;

/// What programs get.
#[derive(Debug, Serialize)]
struct Document {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    exit_code: u8,
    files: Files,
    findings: Vec<FindingGroup>,
    elapsed_seconds: f64,
}

/// Files by what became of them.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Files {
    /// All of them, each address once; those that the exports have are not among them.
    total: u64,
    /// Downloaded now.
    fetched: u64,
    /// Bytes of those.
    bytes: u64,
    /// Here or in Gorgias already.
    already: u64,
    /// Could not be had.
    failed: u64,
    /// On hosts that may not be asked.
    links: u64,
    /// Not tried.
    left: u64,
}

pub(super) fn run(context: &Context) -> Result<ExitCode, CommandError> {
    let started = Instant::now();
    let config = context.config()?;
    if config.attachments.mode != AttachmentMode::Upload {
        return Err(CommandError::new(
            ExitCode::Usage,
            "files are not uploaded, so there is nothing to fetch",
        )
        .with_next("set mode = \"upload\" in [attachments]"));
    }
    let signals = Signals::listen()?;
    let ledger = Ledger::open(context.state_dir(), now())?;
    let mut reporter = context.reporter_beside_document("fetch");
    let intake = intake::prepare(context, &config, &ledger, &signals, reporter.as_mut())?;
    let Some(keeper) = files::keeper(context, &config, &ledger, &intake)? else { return Ok(ExitCode::Ok) };
    let folder = context.state_dir().join(LISTS);
    // The lists of the last fetch, and nothing else.
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => std::fs::create_dir_all(&folder)?,
    }
    let mut fetch = Fetch {
        ledger: &ledger,
        count: Files { total: count(&intake.staging)?, ..Files::default() },
        failures: Failures { lists: FindingLists::create(&folder)?, groups: BTreeMap::new() },
        worst: ExitCode::Ok,
        outage: None,
    };
    block_on(fetch.all(keeper, intake.staging.path(), &signals, reporter.as_mut()))??;
    drop(reporter);
    ledger.flush().wait()?;
    fetch.failures.lists.finish().map_err(ReportError::Findings)?;
    let Fetch { count, failures, worst, outage, .. } = fetch;
    let stopped = outage.map(|outage| file_host(&outage, "so they are not here"));
    let code = match &stopped {
        _ if signals.control.drain.is_cancelled() => signals.exit_code(),
        Some(error) => error.code(),
        None => worst,
    };
    let groups = failures.groups.into_values().collect();
    let list = folder.join("findings.csv");
    tell(context, count, groups, code, stopped.is_some(), started.elapsed(), &list)?;
    if let Some(error) = stopped {
        context.output.error(&error);
    }
    Ok(code)
}

/// A file to fetch, for the first message that names it.
struct Wanted {
    key: String,
    source: String,
    place: Place,
    file: Attachment,
}

/// How soon a link dies: those that say when go first, then recordings, whose links die with the telephone account.
fn rank(file: &Attachment) -> u8 {
    let query = file.url.split_once('?').map_or("", |(_, query)| query).to_ascii_lowercase();
    match file.kind {
        _ if query.contains("expires=") => 0,
        FileKind::Recording => 1,
        _ => 2,
    }
}

/// Hands the files of the staged messages to `take`, each address once, those that die first before the others.
fn each(staging: &Staging, mut take: impl FnMut(Wanted) -> ControlFlow<()>) -> Result<(), CommandError> {
    let (hasher, mut seen) = (RandomState::new(), HashSet::new());
    for wave in 0..=2 {
        let mut ended = false;
        staging.for_each(|staged| {
            for message in &staged.conversation.messages {
                let web =
                    |file: &&Attachment| file.local.is_none() && !file.url.is_empty() && rank(file) == wave;
                for file in message.attachments.iter().filter(web) {
                    // An address of millions is eight bytes; two with one hash would cost one file its turn ahead.
                    if !seen.insert(hasher.hash_one(place(file))) {
                        continue;
                    }
                    let (key, source) = (message.key.to_string(), message.key.source().to_owned());
                    let place = staged.conversation.place.clone();
                    if take(Wanted { key, source, place, file: file.clone() }).is_break() {
                        ended = true;
                        return ControlFlow::Break(());
                    }
                }
            }
            ControlFlow::Continue(())
        })?;
        if ended {
            break;
        }
    }
    Ok(())
}

fn count(staging: &Staging) -> Result<u64, CommandError> {
    let mut total = 0;
    each(staging, |_| {
        total += 1;
        ControlFlow::Continue(())
    })?;
    Ok(total)
}

/// What came of one file.
enum Came {
    Fetched(u64),
    Already,
    Without(Reason),
    /// Its host is out, or may be; it is tried again.
    Held,
}

/// What could not be had: all in the lists, a few of each kind for the report.
struct Failures {
    lists: FindingLists,
    groups: BTreeMap<(Severity, Code), FindingGroup>,
}

/// A fetch under way.
struct Fetch<'f> {
    ledger: &'f Ledger,
    count: Files,
    failures: Failures,
    worst: ExitCode,
    /// The host that had none of its files, or stopped giving them.
    outage: Option<Outage>,
}

impl Fetch<'_> {
    async fn all(
        &mut self,
        keeper: Keeper,
        staging: &std::path::Path,
        signals: &Signals,
        reporter: &mut dyn Reporter,
    ) -> Result<(), CommandError> {
        let (sender, mut wanted) = mpsc::channel(AT_ONCE);
        let path = staging.to_owned();
        // Reading ahead takes the disk's time, not that of the downloads.
        let feed = std::thread::spawn(move || feed(&path, &sender));
        let keeper = std::sync::Arc::new(keeper);
        let mut at_work = JoinSet::new();
        let mut tick = tokio::time::interval(TOLD_EVERY);
        let mut more = true;
        while more || !at_work.is_empty() {
            tokio::select! {
                biased;
                () = signals.control.drain.cancelled() => break,
                Some(done) = at_work.join_next() => {
                    let (wanted, came): (Wanted, Result<Came, CommandError>) =
                        done.map_err(|error| CommandError::new(ExitCode::Internal, error.to_string()))?;
                    let came = came?;
                    match (&came, keeper.outage()) {
                        (Came::Held, Some(outage)) => {
                            self.outage = Some(outage);
                            break;
                        }
                        (Came::Held, None) => {
                            self.begin(&mut at_work, &keeper, wanted, HELD_FOR);
                        }
                        _ => self.came(&wanted, &came)?,
                    }
                }
                next = wanted.recv(), if more && at_work.len() < AT_ONCE => match next {
                    Some(next) => self.begin(&mut at_work, &keeper, next, Duration::ZERO),
                    None => more = false,
                },
                _ = tick.tick() => self.progress(reporter),
            }
        }
        at_work.shutdown().await;
        drop(wanted);
        self.outage = self.outage.take().or_else(|| keeper.never_gave());
        self.progress(reporter);
        match feed.join() {
            Ok(read) => read,
            Err(panicked) => std::panic::resume_unwind(panicked),
        }
    }

    /// Begins with a file, after a while.
    fn begin(
        &self,
        at_work: &mut JoinSet<(Wanted, Result<Came, CommandError>)>,
        keeper: &std::sync::Arc<Keeper>,
        wanted: Wanted,
        after: Duration,
    ) {
        let (keeper, ledger) = (std::sync::Arc::clone(keeper), self.ledger.clone());
        at_work.spawn(async move {
            tokio::time::sleep(after).await;
            let came = one(&keeper, &ledger, &wanted).await;
            (wanted, came)
        });
    }

    fn came(&mut self, wanted: &Wanted, came: &Came) -> Result<(), CommandError> {
        let count = &mut self.count;
        match *came {
            Came::Fetched(bytes) => {
                count.fetched += 1;
                count.bytes += bytes;
            }
            Came::Already => count.already += 1,
            Came::Held => {}
            Came::Without(reason) => {
                if reason.leaves_link() {
                    count.links += 1;
                } else {
                    count.failed += 1;
                    let code = if reason.may_pass() { ExitCode::Temporary } else { ExitCode::Partial };
                    self.worst = match self.worst {
                        ExitCode::Ok => code,
                        worst => ExitCode::strongest([worst, code]),
                    };
                }
                let finding = Finding::new(reason.code(), &wanted.key, &wanted.place);
                let finding = finding.with_detail(format!("{}: {reason}", wanted.file.name));
                self.failures.add(&finding).map_err(ReportError::Findings)?;
            }
        }
        Ok(())
    }

    fn progress(&self, reporter: &mut dyn Reporter) {
        let Files { total, fetched, bytes, already, failed, links, .. } = self.count;
        let files_done = fetched + already + failed + links;
        reporter.on_event(&Event::Fetching { files_done, files_total: total, failed, bytes });
    }
}

impl Failures {
    fn add(&mut self, finding: &Finding) -> std::io::Result<()> {
        let (code, severity) = (finding.code, finding.severity());
        let group = self.groups.entry((severity, code)).or_insert_with(|| FindingGroup {
            code,
            severity,
            count: 0,
            summary: code.summary().to_owned(),
            remedy: code.remedy().to_owned(),
            examples: Vec::new(),
        });
        group.count += 1;
        if group.examples.len() < EXAMPLES {
            group.examples.push(Example::from(finding));
        }
        self.lists.finding(finding)
    }
}

fn feed(staging: &std::path::Path, sender: &mpsc::Sender<Wanted>) -> Result<(), CommandError> {
    let crate::staging::Found::Whole(staging) = Staging::open(staging)? else {
        return Err(
            CommandError::new(ExitCode::Temporary, "the staging file has gone").with_next("run it again")
        );
    };
    each(&staging, |wanted| match sender.blocking_send(wanted) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    })
}

async fn one(keeper: &Keeper, ledger: &Ledger, wanted: &Wanted) -> Result<Came, CommandError> {
    let known = keeper.known(&wanted.file)?;
    let uploaded = match known {
        Some((content, _)) => ledger.view().upload(content)?.is_some_and(|row| row.state == PartState::Done),
        None => false,
    };
    if uploaded || keeper.is_at_hand(&wanted.file)? {
        return Ok(Came::Already);
    }
    Ok(match keeper.have(&wanted.source, &wanted.file).await? {
        Ok(had) => Came::Fetched(had.size),
        Err(Missing::Gap(reason)) => Came::Without(reason),
        Err(Missing::Held) => Came::Held,
    })
}

fn tell(
    context: &Context,
    mut files: Files,
    findings: Vec<FindingGroup>,
    code: ExitCode,
    stopped: bool,
    elapsed: Duration,
    list: &std::path::Path,
) -> Result<(), CommandError> {
    files.left = files.total - files.fetched - files.already - files.failed - files.links;
    let output = &context.output;
    if output.is_json() {
        let elapsed_seconds = elapsed.as_secs_f64();
        let document =
            Document { v: 1, kind: "fetch", exit_code: code.number(), files, findings, elapsed_seconds };
        output.document(&document)?;
        return Ok(());
    }
    let mut words = format!(
        "{} of {} are here: {} fetched now ({}), {} before.",
        text::thousands(files.fetched + files.already),
        text::count(files.total, "file"),
        text::thousands(files.fetched),
        text::size(files.bytes),
        text::thousands(files.already),
    );
    for (number, what) in [
        (files.failed, "could not be had"),
        (files.links, "stay links, because their hosts may not be asked"),
        (files.left, "were not tried"),
    ] {
        if number > 0 {
            words.extend([" ", &text::thousands(number), " ", what, "."]);
        }
    }
    output.paragraph(&words);
    for group in &findings {
        let times = text::thousands(group.count);
        output.say(&format!("{}  {times}  {}; {}", group.code, group.summary, group.remedy));
    }
    if !findings.is_empty() {
        output.say(&format!("each is listed in {}", list.display()));
    }
    if stopped {
        // Its own last line says what to do.
        return Ok(());
    }
    output.next(if files.left > 0 || code == ExitCode::Temporary {
        "gorgias-import fetch"
    } else {
        "gorgias-import run"
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_say_when_they_expire_go_first() {
        let file = |url: &str, kind| Attachment {
            url: url.into(),
            name: String::new(),
            content_type: None,
            size: None,
            kind,
            local: None,
        };
        assert_eq!(rank(&file("https://x.example/a?X-Amz-Expires=600&b=1", FileKind::Attachment)), 0);
        assert_eq!(rank(&file("https://assets.aircall.io/calls/1/recording", FileKind::Recording)), 1);
        assert_eq!(rank(&file("https://x.example/attachments/expires=1", FileKind::InlineImage)), 2);
    }
}

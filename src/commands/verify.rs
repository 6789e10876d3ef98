//! `verify`: reads back from Gorgias and compares. Reads Gorgias, writes nothing there.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::connect::{self, Access};
use super::run::{self, block_on};
use super::signals::Signals;
use super::{CommandError, Context, intake, select, terms};
use crate::cli::VerifyArgs;
use crate::config::{Account, Config};
use crate::exit::ExitCode;
use crate::gorgias::Client;
use crate::ledger::{self, Ledger, StateCounts, TicketState};
use crate::mapping::{AgentDirectory, Rules};
use crate::model::time::now;
use crate::report::{
    self, DifferencesCsv, DifferentTicket, LISTED_MAX, NotChecked, SampleProof, VerificationDocument,
    verification_text, verification_verdict,
};
use crate::staging::Staging;
use crate::text;
use crate::upload::{self, Links, Traffic, account};
use crate::verify::{self, Chosen, Known, Step, Verification, VerifyError, Way, chance};

/// How often it is told how far it is: on a terminal, and elsewhere.
const TOLD_EVERY: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(1));
/// The confidence of a sample whose size was named and its confidence not.
const CONFIDENCE: f64 = 0.95;
/// The share of differing tickets that a sample is to rule out where only a confidence was named.
const SHARE_RULED_OUT: f64 = 0.01;
/// Tickets read by themselves at once. It only hides latency: four answers of 200 ms are 20 a second.
const TOGETHER: usize = 4;

pub(super) fn run(context: &Context, args: &VerifyArgs) -> Result<ExitCode, CommandError> {
    let started = Instant::now();
    let config = context.config()?;
    let wanted = context.selection(&args.selection, &config)?;
    let account = config.account()?;
    let credentials = context.credentials(account)?;
    let login = connect::login(&credentials)?;
    let signals = Signals::listen()?;
    let ledger = run::open_ledger(context, &account.name)?;
    warn_of_other_config(context, &config, &ledger)?;
    let mut reporter = context.reporter_beside_document("verify");
    let staging = intake::reread(context, &config, &ledger, &signals, reporter.as_mut())?;
    drop(reporter);
    let selection = select::in_ledger(&wanted, ledger.view(), &staging)?;
    let (events, _heard) = mpsc::unbounded_channel();
    let traffic = Arc::new(Traffic::new(events));
    let client = connect::client(&config, account, login, &traffic, Access::ReadOnly)?;
    let sample = Sample::of(args, &ledger, &selection)?;
    let chosen = verify::choose(ledger.view(), &selection, sample.as_ref().map(|it| (it.size, it.seed)))?;
    let everything = wanted.is_everything() && sample.is_none();
    let told = Told::begin(context, account, &ledger)?;
    let work = Work { config: &config, ledger: &ledger, staging: &staging, client: &client, everything };
    let (ended, mut told) = work.run(context, &chosen, told, &signals, &credentials.describe())?;
    told.document.calls = traffic.counts().0;
    told.document.elapsed_seconds = started.elapsed().as_secs_f64();
    told.document.not_checked = not_checked(&ledger.view().counts(&selection)?, &chosen);
    told.document.sample = sample.map(|sample| sample.proof(&chosen, &told.document));
    told.finish(&ledger)?;
    ended?;
    let short = serde_json::to_string(&told.document.in_short()).map_err(std::io::Error::from)?;
    ledger.verification_ended(told.document.run, short).wait()?;
    tell(context, &told.document)
}

/// A config that has changed since the run makes other tickets, and so differences.
fn warn_of_other_config(context: &Context, config: &Config, ledger: &Ledger) -> Result<(), CommandError> {
    let Some(last) = ledger.view().last_run()? else { return Ok(()) };
    let mapping = config.hashes()?.mapping;
    if last.config_hash.is_some_and(|hash| !hash.starts_with(&format!("{mapping}:"))) {
        context.output.warn(&format!(
            "the settings that decide what is sent have changed since run {}: what they change shows as a difference",
            last.id
        ));
    }
    Ok(())
}

/// A sample that was asked for.
struct Sample {
    size: usize,
    seed: u64,
    confidence: f64,
}

impl Sample {
    fn of(
        args: &VerifyArgs,
        ledger: &Ledger,
        selection: &ledger::Selection,
    ) -> Result<Option<Self>, CommandError> {
        if args.sample.is_none() && args.confidence.is_none() {
            return Ok(None);
        }
        let confidence = args.confidence.map_or(CONFIDENCE, |confidence| confidence.0);
        let size = if let Some(size) = args.sample {
            size
        } else {
            let all = verify::choose(ledger.view(), selection, Some((0, 0)))?.population;
            chance::needed(all, confidence, SHARE_RULED_OUT)
        };
        let seed = args.seed.unwrap_or_else(|| now().as_microsecond().unsigned_abs() % 1_000_000);
        Ok(Some(Self { size: usize::try_from(size).unwrap_or(usize::MAX), seed, confidence }))
    }

    fn proof(&self, chosen: &Chosen, document: &VerificationDocument) -> SampleProof {
        let tickets = &document.tickets;
        let population = chosen.population;
        let at_most = chance::at_most(population, tickets.checked, tickets.different(), self.confidence);
        #[expect(clippy::cast_precision_loss, reason = "a share of a count of tickets")]
        let share = if population == 0 { 0.0 } else { at_most as f64 / population as f64 };
        SampleProof {
            population,
            size: tickets.checked,
            seed: self.seed,
            confidence_percent: self.confidence * 100.0,
            at_most,
            at_most_percent: share * 100.0,
        }
    }
}

fn not_checked(counts: &StateCounts, chosen: &Chosen) -> NotChecked {
    NotChecked {
        pending: counts.tickets(TicketState::Pending),
        unknown: counts.tickets(TicketState::Sending),
        rejected: counts.tickets(TicketState::Rejected),
        gone: counts.tickets(TicketState::Gone),
        undone: counts.tickets(TicketState::Undone),
        not_sampled: chosen.population - chosen.tickets.len() as u64,
    }
}

/// What reading back works with.
struct Work<'a> {
    config: &'a Config,
    ledger: &'a Ledger,
    staging: &'a Staging,
    client: &'a Client,
    everything: bool,
}

impl Work<'_> {
    /// Reads back. What was told until an error or a signal is kept as well.
    fn run(
        &self,
        context: &Context,
        chosen: &Chosen,
        mut told: Told,
        signals: &Signals,
        described: &str,
    ) -> Result<(Result<(), CommandError>, Told), CommandError> {
        let rules = terms::rules(self.config)?;
        let way = self.way(chosen)?;
        told.document.looked_for_strangers = self.everything && way == Way::Lists;
        self.announce(context, chosen, way)?;
        let mut progress = Progress::new(context, chosen.tickets.len() as u64);
        let mut take = |step: Step| {
            progress.step(&step, &told.document);
            if let Step::Checked(checked) = step {
                told.take(self.ledger, *checked);
            }
        };
        let ended = block_on(async {
            tokio::select! {
                biased;
                () = signals.control.drain.cancelled() => Err(interrupted(signals)),
                read = self.read(&rules, chosen, way, described, &mut take) => read,
            }
        })?;
        Ok((ended, told))
    }

    async fn read(
        &self,
        rules: &Rules,
        chosen: &Chosen,
        way: Way,
        described: &str,
        take: &mut dyn FnMut(Step),
    ) -> Result<(), CommandError> {
        if chosen.tickets.is_empty() {
            return Ok(());
        }
        let first = terms::first_reads(self.config);
        let directory: AgentDirectory = account::directory(self.client, rules, first)
            .await
            .map_err(|error| connect::account_failed(&error, described))?;
        let view = self.ledger.view();
        let customers = |identity: &_| {
            let row = view.customer(upload::digest(self.ledger, identity)).ok().flatten();
            row.and_then(|row| row.gorgias_id).map(i64::cast_unsigned)
        };
        let links = self.links()?;
        let new_links = |source: &str, text: &str| links.as_ref()?.turned(self.ledger, source, text);
        let verification = Verification {
            client: self.client,
            view,
            staging: self.staging,
            rules,
            directory: &directory,
            known: Known { customers: &customers, new_links: &new_links },
            patience: self.config.upload.patience,
            together: TOGETHER,
            everything: self.everything,
        };
        verify::verify(&verification, chosen, way, take).await.map_err(|error| match error {
            VerifyError::Call(failure) => {
                connect::call_failed("cannot read tickets back", &failure, described)
            }
            VerifyError::Ledger(error) => error.into(),
            VerifyError::Staging(error) => error.into(),
        })
    }

    fn links(&self) -> Result<Option<Links>, CommandError> {
        let Some(account) = &self.config.account else { return Ok(None) };
        Ok(Some(Links::new(self.ledger, &terms::pages(self.config, account))?))
    }

    /// What the ledger brought to the account: at least so much has to be read by lists.
    fn brought(&self) -> Result<(u64, u64), CommandError> {
        let counts = self.ledger.view().counts(&ledger::Selection::default())?;
        let there = [TicketState::Done, TicketState::Appending];
        let sum = |of: &dyn Fn(TicketState) -> u64| there.into_iter().map(of).sum();
        Ok((sum(&|state| counts.tickets(state)), sum(&|state| counts.messages(state))))
    }

    fn way(&self, chosen: &Chosen) -> Result<Way, CommandError> {
        let (tickets, messages) = self.brought()?;
        Ok(verify::cheaper(chosen.tickets.len() as u64, tickets, messages))
    }

    fn announce(&self, context: &Context, chosen: &Chosen, way: Way) -> Result<(), CommandError> {
        let count = chosen.tickets.len() as u64;
        if count == 0 {
            return Ok(());
        }
        let (tickets, messages) = self.brought()?;
        let calls = verify::least_calls(way, count, tickets, messages);
        let how = match way {
            Way::Single => "one by one",
            Way::Lists => "by lists of 100, those in doubt one by one",
        };
        let length = Duration::from_secs(terms::pace(self.config).seconds(calls));
        context.output.paragraph(&format!(
            "reading back {} {how}: {} or more, about {} at the account's pace; nothing is written to Gorgias",
            text::count(count, "ticket"),
            text::count(calls, "call"),
            text::duration(length),
        ));
        Ok(())
    }
}

fn interrupted(signals: &Signals) -> CommandError {
    CommandError::new(
        signals.exit_code(),
        "interrupted; what was found so far is in the ledger and in differences.csv",
    )
    .with_next("run the same command again; it begins anew")
}

/// What was found so far, and where it is kept.
struct Told {
    document: VerificationDocument,
    base_url: String,
    folder: PathBuf,
    csv: DifferencesCsv<BufWriter<File>>,
    failed: Option<std::io::Error>,
}

impl Told {
    fn begin(context: &Context, account: &Account, ledger: &Ledger) -> Result<Self, CommandError> {
        let run = ledger.view().last_run()?.map(|run| run.id);
        let folder = run_folder(context.state_dir(), run.unwrap_or_default());
        std::fs::create_dir_all(&folder)?;
        let path = folder.join("differences.csv");
        let csv = DifferencesCsv::new(BufWriter::new(File::create(&path)?))?;
        let mut document = VerificationDocument::new(&account.name, run);
        document.differences_csv = Some(path.display().to_string());
        Ok(Self { document, base_url: account.base_url.to_string(), folder, csv, failed: None })
    }

    fn take(&mut self, ledger: &Ledger, checked: verify::Checked) {
        self.document.count(checked.class, &checked.differences);
        self.document.presence_only += u64::from(!checked.by_content);
        if let Some(ticket) = checked.ticket {
            drop(ledger.ticket_verified(ticket, checked.class, &checked.differences));
        }
        if !checked.class.is_difference() {
            return;
        }
        let ticket = DifferentTicket {
            key: checked.key,
            gorgias_id: checked.gorgias_id,
            link: ticket_link(&self.base_url, checked.gorgias_id),
            class: checked.class,
            details: checked.differences,
        };
        if let Err(error) = self.csv.ticket(&ticket) {
            self.failed.get_or_insert(error);
        }
        if self.document.differences.len() < LISTED_MAX {
            self.document.differences.push(ticket);
        }
    }

    /// Completes the lists, and notes the outcome.
    fn finish(&mut self, ledger: &Ledger) -> Result<(), CommandError> {
        self.document.verdict = verification_verdict(&self.document);
        self.csv.finish()?;
        if let Some(error) = self.failed.take() {
            return Err(error.into());
        }
        let text = serde_json::to_string_pretty(&self.document).map_err(std::io::Error::from)?;
        std::fs::write(self.folder.join("verification.json"), text)?;
        ledger.flush().wait()?;
        Ok(())
    }
}

/// The folder of a run's files.
pub(super) fn run_folder(state_dir: &Path, run: u64) -> PathBuf {
    state_dir.join("runs").join(format!("{run:04}"))
}

/// Where a ticket can be looked at in Gorgias.
pub(super) fn ticket_link(base_url: &str, gorgias_id: u64) -> String {
    format!("{}/app/ticket/{gorgias_id}", base_url.trim_end_matches('/'))
}

/// Tells how far it is, now and then.
struct Progress<'a> {
    context: &'a Context,
    begun: Instant,
    told: Instant,
    every: Duration,
    total: u64,
    pages: u64,
    singly: Option<u64>,
}

impl<'a> Progress<'a> {
    fn new(context: &'a Context, total: u64) -> Self {
        let every = if context.output.has_terminal() { TOLD_EVERY.0 } else { TOLD_EVERY.1 };
        Self { context, begun: Instant::now(), told: Instant::now(), every, total, pages: 0, singly: None }
    }

    fn step(&mut self, step: &Step, document: &VerificationDocument) {
        match step {
            Step::Page => self.pages += 1,
            Step::Singly(count) => {
                self.singly = Some(*count);
                self.begun = Instant::now();
            }
            Step::Checked(_) => {}
        }
        if self.told.elapsed() < self.every {
            return;
        }
        self.told = Instant::now();
        let (checked, different) = (document.tickets.checked, document.tickets.different());
        let further = match self.singly {
            None => format!(", {} of lists read", text::count(self.pages, "page")),
            Some(singly) => {
                let left = self.total.saturating_sub(checked).min(singly);
                let eta = self.eta(singly.saturating_sub(left), left);
                eta.map_or_else(String::new, |eta| format!(", about {} left", text::duration(eta)))
            }
        };
        self.context.output.say(&format!(
            "{} of {} checked, {} with differences{further}",
            text::thousands(checked),
            text::count(self.total, "ticket"),
            text::thousands(different),
        ));
    }

    /// At the rate so far; nothing before there is one.
    fn eta(&self, done: u64, left: u64) -> Option<Duration> {
        let left = u32::try_from(left).ok()?;
        let done = u32::try_from(done).ok().filter(|done| *done > 0)?;
        Some(self.begun.elapsed() / done * left)
    }
}

fn tell(context: &Context, document: &VerificationDocument) -> Result<ExitCode, CommandError> {
    let code = if document.tickets.different() == 0 { ExitCode::Ok } else { ExitCode::Differs };
    if context.output.is_json() {
        context.output.document(document)?;
        return Ok(code);
    }
    context.output.print(&verification_text(document))?;
    if code == ExitCode::Differs
        && let Some(first) = document.differences.first()
    {
        context.output.next(&format!("gorgias-import explain {}", report::redact_key(&first.key)));
    }
    Ok(code)
}

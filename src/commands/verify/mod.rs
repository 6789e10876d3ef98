//! `verify`: reads back from Gorgias and compares. Reads Gorgias, writes nothing there.

mod sample;
mod told;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use self::sample::Sample;
use self::told::Told;
use self::watch::Watch;
use super::connect::{self, Access};
use super::run::{self, block_on};
use super::signals::Signals;
use super::{CommandError, Context, intake, select, terms};
use crate::cli::VerifyArgs;
use crate::config::Config;
use crate::exit::ExitCode;
use crate::gorgias::Client;
use crate::ledger::{self, Ledger, TicketState};
use crate::mapping::{AgentDirectory, Rules};
use crate::report::{self, Outcome, VerificationDocument, verification_text};
use crate::staging::Staging;
use crate::text;
use crate::upload::{self, Links, Traffic, account};
use crate::verify::{self, Chosen, Known, Step, Verification, VerifyError, Way};

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
    let (events, heard) = mpsc::unbounded_channel();
    let traffic = Arc::new(Traffic::new(events.clone()));
    let client = connect::client(&config, account, login, &traffic, Access::ReadOnly)?;
    let sample = Sample::of(args, &ledger, &selection)?;
    let chosen = verify::choose(ledger.view(), &selection, sample.as_ref().map(|it| (it.size, it.seed)))?;
    let everything = wanted.is_everything() && sample.is_none();
    let about = told::about(&account.name, &ledger)?;
    let folder = run_folder(context.state_dir(), about.run.unwrap_or_default());
    let told = Told::begin(about, account.base_url.as_ref(), folder)?;
    let work = Work {
        config: &config,
        ledger: &ledger,
        staging: &staging,
        client: &client,
        everything,
        contents: args.files,
    };
    work.announce(context, &chosen)?;
    let watch = Watch::new(events, Arc::clone(&traffic), chosen.tickets.len() as u64, work.least(&chosen)?);
    let listener = context.listen_beside_document("verify", heard);
    let (ended, mut told) = work.run(&chosen, told, watch, &signals, &credentials.describe())?;
    traffic.fall_silent();
    listener.join();
    told.document.calls = traffic.counts().0;
    told.document.elapsed_seconds = started.elapsed().as_secs_f64();
    told.document.whole = everything;
    // What cannot be read or written at the end must not keep the verdict from being told.
    let mut failures: Vec<CommandError> = told.rest(&ledger, &selection, &chosen).err().into_iter().collect();
    told.document.sample = sample.map(|sample| sample.proof(&chosen, &told.document));
    if ended.is_ok() && failures.is_empty() {
        told.document.complete();
    }
    failures.extend(told.finish(&ledger).err());
    let code = match &ended {
        Ok(()) => outcome(&told.document),
        Err(error) => error.code(),
    };
    if ended.is_ok() {
        failures.extend(tell(context, &told.document, failures.is_empty()));
    }
    let code = run::beside(code, &failures);
    run::tell_last(context, ended.err(), failures, code);
    Ok(code)
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

/// What reading back works with.
struct Work<'a> {
    config: &'a Config,
    ledger: &'a Ledger,
    staging: &'a Staging,
    client: &'a Client,
    everything: bool,
    contents: bool,
}

impl Work<'_> {
    /// Reads back. What was told until an error or a signal is kept as well.
    fn run(
        &self,
        chosen: &Chosen,
        mut told: Told,
        mut watch: Watch,
        signals: &Signals,
        described: &str,
    ) -> Result<(Result<(), CommandError>, Told), CommandError> {
        let rules = terms::rules(self.config)?;
        let mut take = |step: Step| {
            watch.step(&step, &told.document);
            if let Step::Checked(checked) = step {
                told.take(self.ledger, *checked);
            }
        };
        let ended = block_on(async {
            tokio::select! {
                biased;
                () = signals.control.drain.cancelled() => Err(interrupted(signals)),
                read = self.read(&rules, chosen, described, &mut take) => read,
            }
        })?;
        let ended = ended.map(|saw_all| told.document.looked_for_strangers = self.everything && saw_all);
        Ok((ended, told))
    }

    async fn read(
        &self,
        rules: &Rules,
        chosen: &Chosen,
        described: &str,
        take: &mut dyn FnMut(Step),
    ) -> Result<bool, CommandError> {
        if chosen.tickets.is_empty() {
            return Ok(false);
        }
        let way = self.way(chosen)?;
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
            contents: self.contents,
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

    /// Calls that it takes at least.
    fn least(&self, chosen: &Chosen) -> Result<u64, CommandError> {
        let (tickets, messages) = self.brought()?;
        Ok(verify::least_calls(self.way(chosen)?, chosen.tickets.len() as u64, tickets, messages))
    }

    fn announce(&self, context: &Context, chosen: &Chosen) -> Result<(), CommandError> {
        let count = chosen.tickets.len() as u64;
        if count == 0 {
            return Ok(());
        }
        let calls = self.least(chosen)?;
        let how = match self.way(chosen)? {
            Way::Single => "one by one",
            Way::Lists => "by lists of 100, those in doubt one by one",
        };
        let length = Duration::from_secs(terms::pace(self.config).seconds(calls).max(1));
        let files = if self.contents { ", and a call more for each file" } else { "" };
        context.output.paragraph(&format!(
            "reading back {} {how}: {} or more, about {} at the account's pace{files}; nothing is written to Gorgias",
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
        "interrupted; what was found so far is in verification-partial.json and differences-partial.csv, which take the \
         place of no complete verification",
    )
    .with_next("run the same command again; it begins anew")
}

/// The folder of a run's files.
pub(super) fn run_folder(state_dir: &Path, run: u64) -> PathBuf {
    state_dir.join("runs").join(format!("{run:04}"))
}

/// Where a ticket can be looked at in Gorgias.
pub(super) fn ticket_link(base_url: &str, gorgias_id: u64) -> String {
    format!("{}/app/ticket/{gorgias_id}", base_url.trim_end_matches('/'))
}

fn outcome(document: &VerificationDocument) -> ExitCode {
    match document.outcome() {
        Outcome::AsSent => ExitCode::Ok,
        Outcome::ButRejected => ExitCode::Partial,
        Outcome::Differs => ExitCode::Differs,
    }
}

/// The document, and where all is `written` what comes next. What could not be told.
fn tell(context: &Context, document: &VerificationDocument, written: bool) -> Option<CommandError> {
    if context.output.is_json() {
        return run::unwritten(context.output.document(document));
    }
    let told = run::unwritten(context.output.print_lines(&verification_text(document)));
    if let Some(next) = next(document).filter(|_| written && told.is_none()) {
        context.output.next(&next);
    }
    told
}

/// What to do where not all is as it should be.
fn next(document: &VerificationDocument) -> Option<String> {
    let explain = |key: &str| format!("gorgias-import explain {}", report::redact_key(key));
    if let Some(first) = document.differences.first() {
        return Some(explain(&first.key));
    }
    let (not, lacking) = (&document.not_checked, &document.lacking);
    if not.pending + not.unknown + lacking.waiting + lacking.unknown > 0 {
        return Some("gorgias-import run".to_owned());
    }
    document.absent.first().map(|first| explain(&first.key))
}

//! `fix-links`: links to old tickets that were not in Gorgias yet when their message was sent. A preview unless
//! `--execute`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;

use super::connect::{self, Access};
use super::run::{Wishes, beside, block_on, config_hash, refusal, stopped, tell_last, unwritten};
use super::signals::Signals;
use super::{CommandError, Context, terms};
use crate::cli::FixLinksArgs;
use crate::config::{Account, Config};
use crate::exit::ExitCode;
use crate::gorgias::Client;
use crate::ledger::{Ledger, LedgerView, NewRun, RunState};
use crate::model::event::Figures;
use crate::model::time::now;
use crate::text;
use crate::upload::{self, Ended, Fixed, LinkCounts, Shared, Traffic};

/// What programs get.
#[derive(Debug, Serialize)]
struct Document {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    links: Links,
    /// Messages whose links can be settled now.
    messages: u64,
    /// Calls that it takes, or took.
    calls: u64,
    executed: bool,
}

#[derive(Debug, Serialize)]
struct Links {
    /// Their old tickets are in Gorgias by now.
    ready: u64,
    /// Their old tickets are not.
    waiting: u64,
    /// Settled by this call.
    settled: u64,
    /// Messages that Gorgias would not change.
    refused: u64,
}

pub(super) fn run(context: &Context, args: &FixLinksArgs) -> Result<ExitCode, CommandError> {
    let config = context.config()?;
    let account = config.account()?;
    // Without a ledger nothing was sent, and none is to be made.
    let found = upload::open_links(&LedgerView::open(context.state_dir())?)?;
    if !args.execute {
        preview(context, &config, account, found)?;
        return Ok(ExitCode::Ok);
    }
    confirmed(args, &account.name)?;
    let signals = Signals::listen()?;
    let ledger = Ledger::open(context.state_dir(), now())?;
    ledger.bind_account(&account.name, None).wait()?;
    let credentials = context.credentials(account)?;
    let login = connect::login(&credentials)?;
    let (events, _heard) = mpsc::unbounded_channel();
    let traffic = Arc::new(Traffic::new(events.clone()));
    let client = connect::client(&config, account, login, &traffic, Access::Write)?;
    let automations = block_on(meet(&config, account, &client, &ledger, &credentials.describe()))??;
    let run = start_run(&ledger, &config)?;
    traffic.keep_journal(ledger.clone(), run);
    let findings = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&findings);
    let notes = Box::new(move |finding: &crate::model::finding::Finding| {
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(finding.clone());
    });
    let options = terms::options(&config, run, automations, Wishes::default());
    let shared = Shared::new(client, ledger.clone(), options, Arc::clone(&traffic), notes);
    let (ended, fixed) = block_on(upload::fix_links(shared, &signals.control, &events))?;
    for finding in findings.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let key = finding.key.as_deref().unwrap_or_default();
        context.output.warn(&format!("{key}: {} ({})", finding.code.summary(), finding.detail));
    }
    let code = exit_code(&ended, &fixed, &signals);
    let (calls, throttled, could_have_sent) = traffic.counts();
    let figures = Figures { calls, throttled, could_have_sent, ..Figures::default() };
    let is_done = ended == Ended::Finished && fixed.left == 0;
    let state = if is_done { RunState::Done } else { RunState::Interrupted };
    // What cannot be written at the end must not keep the verdict from being told.
    let finished = ledger.finish_run(run, state, code.number(), now(), &figures).wait();
    let mut failures: Vec<CommandError> = finished.err().map(CommandError::from).into_iter().collect();
    failures.extend(tell(context, found, fixed, calls, &ended));
    let code = beside(code, &failures);
    let cause = if let Ended::Stopped(stop) = &ended { Some(stopped(stop)) } else { None };
    if cause.is_none() && failures.is_empty() {
        tell_next(context, &ended, &fixed, &account.name);
    }
    tell_last(context, cause, failures, code);
    Ok(code)
}

/// The account has to be named as it is.
fn confirmed(args: &FixLinksArgs, account: &str) -> Result<(), CommandError> {
    let said = match args.confirm.as_deref() {
        Some(named) if named == account => return Ok(()),
        Some(_) => "--confirm names another account than the config; nothing was done",
        None => "--execute needs --confirm with the account's name; nothing was done",
    };
    let next = format!("to change the messages in {account}: --execute --confirm {account}");
    Err(CommandError::new(ExitCode::Usage, said).with_next(next))
}

/// The first calls: whose ledger this is, and whether anything in the account would react to a changed message. Names
/// the state of the automations.
async fn meet(
    config: &Config,
    account: &Account,
    client: &Client,
    ledger: &Ledger,
    described: &str,
) -> Result<String, CommandError> {
    let failed = |what: &'static str| {
        move |failure: crate::gorgias::CallFailure| connect::call_failed(what, &failure, described)
    };
    if let Ok(there) = client.account().await {
        let id = there.id.map(|id| id.to_string()).or(there.domain);
        ledger.bind_account(&account.name, id.as_deref()).await?;
    }
    let integrations = client.integrations().await.map_err(failed("cannot read the integrations"))?;
    let found =
        upload::preflight(client, &integrations, &config.safety.accept, terms::first_reads(config)).await;
    let found = found.map_err(failed("cannot read what is automated in the account"))?;
    if found.open.is_empty() { Ok(found.state()) } else { Err(refusal(&found.open)) }
}

fn start_run(ledger: &Ledger, config: &Config) -> Result<u64, CommandError> {
    let run = NewRun {
        command: "fix-links".to_owned(),
        export_fingerprint: None,
        config_hash: Some(config_hash(config)?),
        started: now(),
        after: 0,
    };
    Ok(ledger.start_run(run).wait()?)
}

fn exit_code(ended: &Ended, fixed: &Fixed, signals: &Signals) -> ExitCode {
    match ended {
        // It says itself that it is left to the next call.
        Ended::Finished if fixed.left > 0 => ExitCode::Temporary,
        Ended::Finished if fixed.refused > 0 => ExitCode::Partial,
        Ended::Finished => ExitCode::Ok,
        Ended::Interrupted => signals.exit_code(),
        Ended::LimitReached(_) => ExitCode::Limit,
        Ended::Stopped(stop) => stopped(stop).code(),
    }
}

fn preview(
    context: &Context,
    config: &Config,
    account: &Account,
    found: LinkCounts,
) -> Result<(), CommandError> {
    let output = &context.output;
    if output.is_json() {
        output.document(&document(found, Fixed::default(), found.calls(), false))?;
        return Ok(());
    }
    let seconds = terms::pace(config).seconds(found.calls());
    output.paragraph(&format!(
        "{} to old tickets can lead to the new ones now: {} in {}. That takes {} and {}. {} not in Gorgias; they stay as \
         they are.",
        text::count(found.ready, "link"),
        text::count(found.messages, "message"),
        text::count(found.tickets, "ticket"),
        text::count(found.calls(), "call"),
        text::duration(Duration::from_secs(seconds)),
        match found.waiting {
            1 => "The ticket of 1 link is".to_owned(),
            waiting => format!("The tickets of {waiting} links are"),
        },
    ));
    if found.ready > 0 {
        output.next(&format!("gorgias-import fix-links --execute --confirm {}", account.name));
    }
    Ok(())
}

fn document(found: LinkCounts, fixed: Fixed, calls: u64, executed: bool) -> Document {
    let links = Links {
        ready: found.ready.saturating_sub(fixed.links),
        waiting: found.waiting,
        settled: fixed.links,
        refused: fixed.refused,
    };
    let messages = if executed { fixed.messages } else { found.messages };
    Document { v: 1, kind: "fix-links", links, messages, calls, executed }
}

/// Figures and verdict; what could not be written of it.
fn tell(
    context: &Context,
    found: LinkCounts,
    fixed: Fixed,
    calls: u64,
    ended: &Ended,
) -> Option<CommandError> {
    let output = &context.output;
    let mut failure = None;
    if output.is_json() {
        failure = unwritten(output.document(&document(found, fixed, calls, true)));
    } else {
        output.paragraph(&format!(
            "{} settled in {}, with {}. {} left for later.",
            text::count(fixed.links, "link"),
            text::count(fixed.messages, "message"),
            text::count(calls, "call"),
            text::count(found.waiting + found.ready.saturating_sub(fixed.links), "link"),
        ));
    }
    if *ended == Ended::Interrupted {
        output.say("stopped as you asked; run the same command again to go on");
    }
    failure
}

fn tell_next(context: &Context, ended: &Ended, fixed: &Fixed, account: &str) {
    if !matches!(ended, Ended::Finished | Ended::LimitReached(_)) || context.output.is_json() {
        return;
    }
    if fixed.left > 0 {
        context.output.next(&format!("gorgias-import fix-links --execute --confirm {account}"));
    } else {
        context.output.next("gorgias-import verify");
    }
}

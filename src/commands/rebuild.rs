//! `rebuild`: the ledger made anew from the account. Reads Gorgias, writes nothing there.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::mpsc;

use super::connect::{self, Access};
use super::run::block_on;
use super::signals::Signals;
use super::{CommandError, Context, intake, terms};
use crate::config::Config;
use crate::exit::ExitCode;
use crate::gorgias::Client;
use crate::ledger::{Ledger, LedgerView, Replacement, Selection};
use crate::model::time::now;
use crate::text;
use crate::upload::{self, Progress, RebuildError, Rebuilt, Traffic, Windows};

/// Items of a list that one call brings.
const PAGE: u64 = 100;
/// How often it is told how far the reading is.
const TOLD_EVERY: Duration = Duration::from_secs(5);

/// What programs get.
#[derive(Debug, Serialize)]
struct Document {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    tickets: Tickets,
    calls: u64,
    /// Where the old ledger is now.
    aside: Option<String>,
}

#[derive(Debug, Serialize)]
struct Tickets {
    whole: u64,
    partly: u64,
    unclear: u64,
    absent: u64,
}

pub(super) fn run(context: &Context) -> Result<ExitCode, CommandError> {
    let config = context.config()?;
    let account = config.account()?;
    let credentials = context.credentials(account)?;
    let login = connect::login(&credentials)?;
    let signals = Signals::listen()?;
    let replacement = Replacement::begin(context.state_dir(), now())?;
    let ledger = Ledger::open(&replacement.folder(), now())?;
    ledger.bind_account(&account.name, None).wait()?;
    let mut reporter = context.reporter("rebuild");
    let intake = intake::prepare(context, &config, &ledger, &signals, reporter.as_mut())?;
    drop(reporter);
    // What the old ledger knows of its own undoing, if it can be read at all.
    if let Ok(taken_back) =
        LedgerView::open(context.state_dir()).and_then(|old| old.undone_in_trash(&Selection::default()))
    {
        ledger.remember_undone(taken_back).wait()?;
    }
    let planned = ledger.view().counts(&Selection::default())?.open_tickets();
    context.confirm(&question(&config, &account.name, planned, &intake))?;
    let (events, _heard) = mpsc::unbounded_channel();
    let traffic = Arc::new(Traffic::new(events));
    let client = connect::client(&config, account, login, &traffic, Access::ReadOnly)?;
    let described = credentials.describe();
    let reading = read(context, &config, &client, &ledger, &intake, &signals, &described);
    let rebuilt = block_on(reading)??;
    let (calls, ..) = traffic.counts();
    drop((client, intake, ledger));
    let aside = replacement.finish(now())?;
    let aside =
        aside.as_deref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    tell(context, &rebuilt, planned, calls, aside)?;
    Ok(ExitCode::Ok)
}

/// What is asked, with what it costs.
fn question(config: &Config, account: &str, planned: u64, intake: &intake::Intake) -> String {
    let messages = intake.facts.document["totals"]["messages"].as_u64().unwrap_or_default();
    let calls = planned.div_ceil(PAGE) + messages.div_ceil(PAGE) + 1;
    let seconds = terms::pace(config).seconds(calls);
    format!(
        "All tickets and messages of {account} are read, 100 a call: at least {} and about {}, more if the account holds \
         others' tickets too. Nothing is written to Gorgias; the present ledger is kept under another name. Make the \
         ledger anew?",
        text::count(calls, "call"),
        text::duration(Duration::from_secs(seconds)),
    )
}

async fn read(
    context: &Context,
    config: &Config,
    client: &Client,
    ledger: &Ledger,
    intake: &intake::Intake,
    signals: &Signals,
    described: &str,
) -> Result<Rebuilt, CommandError> {
    let windows = Windows { settle: config.upload.settle, patience: config.upload.patience };
    if let Ok(account) = client.account().await {
        let id = account.id.map(|id| id.to_string()).or(account.domain);
        let name = &config.account()?.name;
        ledger.bind_account(name, id.as_deref()).await?;
    }
    let rules = terms::rules(config)?;
    let mut told = Instant::now();
    let mut tell = |progress: Progress<'_>| {
        match progress {
        Progress::Read(so_far) => {
            if told.elapsed() >= TOLD_EVERY {
                told = Instant::now();
                context.output.say(&format!(
                    "read {} and {}",
                    text::count(so_far.tickets_read, "ticket"),
                    text::count(so_far.messages_read, "message")
                ));
            }
        }
        Progress::Waits(left) => context.output.say(&format!(
            "waiting {} (settle_seconds), then looking once more: the account's lists may show new tickets late",
            text::duration(left)
        )),
    }
    };
    tokio::select! {
        biased;
        () = signals.control.drain.cancelled() => {
            Err(CommandError::new(signals.exit_code(), "interrupted; the ledger is as it was")
                .with_next("run the same command again"))
        }
        rebuilt = upload::rebuild(client, ledger, &intake.staging, &rules, windows, &mut tell) => {
            rebuilt.map_err(|error| match error {
                RebuildError::Call(failure) => {
                    connect::call_failed("cannot read the account's tickets", &failure, described)
                }
                RebuildError::Ledger(error) => error.into(),
                RebuildError::Staging(error) => error.into(),
                RebuildError::OtherForm { .. } => CommandError::from_error(ExitCode::Safety, &error).with_next(
                    "let `paths` name just the export without ids that was uploaded first and rebuild with that; then let                      it name this export again, and `gorgias-import run` joins the two; the ledger is as it was",
                ),
            })
        }
    }
}

fn tell(
    context: &Context,
    rebuilt: &Rebuilt,
    planned: u64,
    calls: u64,
    aside: Option<String>,
) -> Result<(), CommandError> {
    let output = &context.output;
    let Rebuilt { whole, partly, unclear, .. } = *rebuilt;
    let absent = planned.saturating_sub(whole + partly + unclear);
    if output.is_json() {
        let tickets = Tickets { whole, partly, unclear, absent };
        output.document(&Document { v: 1, kind: "rebuild", tickets, calls, aside })?;
        return Ok(());
    }
    output.paragraph(&format!(
        "The ledger is made anew from {} and {}: {whole} of {} are in Gorgias whole, {partly} lack messages or have a status or rating to be looked at, {unclear} will \
         be looked up one by one, {absent} are not there.",
        text::count(rebuilt.tickets_read, "ticket"),
        text::count(rebuilt.messages_read, "message"),
        text::count(planned, "ticket"),
    ));
    if rebuilt.late > 0 {
        output.say(&format!(
            "{} found only by looking once more: the account's list showed nothing of it at first",
            match rebuilt.late {
                1 => "1 of them was".to_owned(),
                late => format!("{late} of them were"),
            }
        ));
    }
    if let Some(aside) = aside {
        output.say(&format!("the old ledger is kept as {aside}"));
    }
    output.next("gorgias-import run");
    Ok(())
}

//! `run`: uploads what the exports hold, and goes on where an earlier run ended.

mod dry_run;
mod files_ahead;
mod fitness;
mod folder;
mod needs;
mod question;
mod session;
mod stops;
mod verdict;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned, civil};
use tokio::sync::mpsc;

use crate::cli::{ErrorBudget, RunArgs};
use crate::config::Config;
use crate::exit::ExitCode;
use crate::ledger::Ledger;
use crate::model::time::now;
use crate::upload::Traffic;

use super::connect::{self, Access};
use super::signals::Signals;
use super::{CommandError, Context, files, intake};
pub(super) use folder::last as last_folder;
pub(super) use session::{Session, Target, not_added};
pub(super) use stops::{SET_THE_CLOCK, file_host, refusal, stop_error as stopped};
pub(super) use verdict::{beside, tell_last, unwritten};

/// What a run is asked to do beside its selection.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    pub(super) dry_run: bool,
    pub(super) max_duration: Option<Duration>,
    pub(super) max_errors: Option<ErrorBudget>,
    pub(super) stop_at: Option<Timestamp>,
    pub(super) pause_file: Option<PathBuf>,
}

/// The folder of the last run, if there was one.
pub(super) fn last_run_folder(state_dir: &Path) -> Option<PathBuf> {
    let run = folder::last(state_dir);
    (run > 0).then(|| folder::path(state_dir, run))
}

pub(super) fn run(context: &Context, args: &RunArgs) -> Result<ExitCode, CommandError> {
    let config = context.config()?;
    let selection = context.selection(&args.selection, &config)?;
    let account = config.account()?;
    let credentials = context.credentials(account)?;
    let login = connect::login(&credentials)?;
    let wishes = Wishes {
        dry_run: args.dry_run,
        max_duration: args.max_duration,
        max_errors: args.max_errors,
        stop_at: args.stop_at.and_then(|time| next(time, &now().to_zoned(TimeZone::system()))),
        pause_file: args.pause_file.clone(),
    };
    let signals = Signals::listen()?;
    let ledger = open_ledger(context, &account.name)?;
    let mut reporter = context.reporter("run");
    let intake = intake::prepare(context, &config, &ledger, &signals, reporter.as_mut())?;
    drop(reporter);
    let (events, heard) = mpsc::unbounded_channel();
    let traffic = Arc::new(Traffic::new(events.clone()));
    let access = if wishes.dry_run { Access::ReadOnly } else { Access::Write };
    let client = connect::client(&config, account, login, &traffic, access)?;
    let keeper = if wishes.dry_run { None } else { files::keeper(context, &config, &ledger, &intake)? };
    let target = Target { name: account.name.clone(), credential: credentials.describe(), client, traffic };
    let session = Session {
        context,
        command: "run",
        config: &config,
        selection: &selection,
        ledger,
        intake,
        target,
        keeper,
        outbox: None,
    };
    session.run(wishes, &signals, events, heard)
}

/// When the clock of this machine shows `time` next.
fn next(time: civil::Time, now: &Zoned) -> Option<Timestamp> {
    let today = now.date().to_datetime(time).to_zoned(now.time_zone().clone()).ok()?;
    let next = if today > *now {
        today
    } else {
        now.date().tomorrow().ok()?.to_datetime(time).to_zoned(now.time_zone().clone()).ok()?
    };
    Some(next.timestamp())
}

/// Opens the ledger, which then belongs to this account.
pub(super) fn open_ledger(context: &Context, account: &str) -> Result<Ledger, CommandError> {
    let ledger = Ledger::open(context.state_dir(), now())?;
    ledger.bind_account(account, None).wait()?;
    Ok(ledger)
}

/// Runs a future to its end on a runtime of its own.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(work);
    // What is left are tasks that were aborted.
    runtime.shutdown_background();
    Ok(done)
}

/// The config that decides what is sent, as one hash.
pub(super) fn config_hash(config: &Config) -> Result<String, CommandError> {
    let hashes = config.hashes()?;
    Ok(format!("{}:{}", hashes.mapping, hashes.rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_of_day_is_today_or_tomorrow() {
        let now: Zoned = "2026-03-28T22:00:00+01:00[Europe/Paris]".parse().unwrap();
        let at = |hour| next(civil::time(hour, 30, 0, 0), &now).unwrap().to_string();
        assert_eq!(at(23), "2026-03-28T22:30:00Z");
        // The clock is put forward in that night.
        assert_eq!(at(7), "2026-03-29T05:30:00Z");
    }
}

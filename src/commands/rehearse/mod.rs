//! `rehearse`: the real uploader against an embedded stand-in of Gorgias, and the pages that show what came of it.
//! Nothing leaves this machine.

mod account;
mod beside;
mod closing;

pub(super) use account::account;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::mpsc;

use crate::cli::RehearseArgs;
use crate::config::secret::CredentialSettings;
use crate::config::{Account, Config, RateSetting, parse_base_url};
use crate::exit::ExitCode;
use crate::gorgias::Credentials;
use crate::sandbox::{self, AccountSeed, BucketLimit, Sandbox, SandboxOptions};
use crate::upload::Traffic;

use super::connect::{self, Access};
use super::run::{Session, Target, Wishes, open_ledger};
use super::sandbox::{STORE, STORED_ACCOUNT, faults};
use super::signals::Signals;
use super::{CommandError, Context, files, intake, terms};

/// Folder of the last rehearsal, below the state folder.
const FOLDER: &str = "rehearsal";
/// The ledger's name for the account of a rehearsal; the stand-in's port changes every time.
pub(super) const ACCOUNT: &str = "rehearsal";
/// A thousand times the calls of an API key: time compressed, the bucket still real.
pub(super) const CALLS: u32 = 40_000;
pub(super) const SECONDS: u64 = 20;
/// Unknown outcomes are settled faster than in the real world, as everything here is.
const SETTLE: Duration = Duration::from_secs(2);
/// An answer that takes longer counts as lost.
const TIMEOUT: Duration = Duration::from_secs(2);

pub(super) fn run(context: &Context, args: &RehearseArgs) -> Result<ExitCode, CommandError> {
    let mut config = context.config()?;
    let selection = context.selection(&args.selection, &config)?;
    // The stand-in has none of the tickets of the tickets table, but a mistake in it is told here as well.
    terms::rules(&config)?;
    compress(&mut config);
    let scratch = scratch(context)?;
    let signals = Signals::listen()?;
    let ledger = open_ledger(&scratch, ACCOUNT)?;
    let mut reporter = scratch.reporter("rehearse");
    let intake = intake::prepare(&scratch, &config, &ledger, &signals, reporter.as_mut())?;
    drop(reporter);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let played = account(&intake.staging, &terms::rules(&config)?)?;
    account::keep(&scratch.state_dir().join(STORED_ACCOUNT), &played)?;
    let stand_in = Arc::new(runtime.block_on(sandbox::start(SandboxOptions {
        store: Some(scratch.state_dir().join(STORE)),
        account: played,
        limit: BucketLimit::new(CALLS, Duration::from_secs(SECONDS)),
        faults: faults(args.faults, args.seed),
        beside: Some(Arc::new(beside::Export::open(intake.staging.path(), &config)?)),
        ..SandboxOptions::default()
    }))?);
    let (events, heard) = mpsc::unbounded_channel();
    let traffic = Arc::new(Traffic::new(events.clone()));
    let seed = AccountSeed::default();
    let (email, key) = seed.api_keys.into_iter().next().unwrap_or_default();
    let address = parse_base_url(stand_in.base_url())
        .map_err(|error| CommandError::from_error(ExitCode::Internal, &error))?;
    let target_account =
        Account { name: ACCOUNT.to_owned(), base_url: address, credentials: CredentialSettings::default() };
    let login = Credentials::basic(email, SecretString::from(key));
    let client = connect::client(&config, &target_account, login, &traffic, Access::Write)?;
    let target = Target {
        name: ACCOUNT.to_owned(),
        credential: "stand-in's key".to_owned(),
        client,
        traffic: Arc::clone(&traffic),
    };
    let keeper = files::at_hand(context, &scratch, &config, &ledger, &intake)?;
    let outbox = outbox(Arc::clone(&stand_in));
    // Held to the end: another rehearsal would take the store away from under the pages.
    let held = ledger.clone();
    let session = Session {
        context: &scratch,
        command: "rehearse",
        config: &config,
        selection: &selection,
        ledger,
        intake,
        target,
        keeper,
        outbox: Some(outbox),
    };
    let code = session.run(Wishes::default(), &signals, events, heard)?;
    let closing = closing::Closing { context: &scratch, args, signals: &signals, stand_in: &stand_in };
    closing.tell(code)?;
    drop(held);
    Ok(code)
}

/// The same context with the rehearsal's own folder, emptied of the last rehearsal, and nothing to ask.
fn scratch(context: &Context) -> Result<Context, CommandError> {
    let mut scratch = context.clone();
    scratch.globals.state_dir = context.state_dir().join(FOLDER);
    scratch.globals.yes = true;
    let folder = scratch.state_dir();
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // The staged conversations are still good if the exports have not changed.
        if name.starts_with("ledger.sqlite") || name.starts_with(STORE) {
            std::fs::remove_file(&path)?;
        } else if name == "runs" {
            std::fs::remove_dir_all(&path)?;
        }
    }
    Ok(scratch)
}

/// The config with time compressed.
pub(super) fn compress(config: &mut Config) {
    config.rate.limit = RateSetting::Auto;
    config.rate.reserve_percent = 0;
    config.rate.reserve_times = None;
    config.upload.settle = config.upload.settle.min(SETTLE);
    config.upload.request_timeout = TIMEOUT;
    config.safety.canary_wait = Duration::ZERO;
    config.mapping.tickets = None;
}

/// How many messages the real Gorgias would have sent.
fn outbox(stand_in: Arc<Sandbox>) -> Box<dyn Fn() -> u64 + Send + Sync> {
    // A store that cannot be read proves nothing, so it counts as a failure of the promise.
    Box::new(move || stand_in.would_send().map_or(u64::MAX, |sent| sent.len() as u64))
}

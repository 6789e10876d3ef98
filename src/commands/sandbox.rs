//! `sandbox`: serves the stand-in of Gorgias alone, on this machine.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;

use crate::cli::{FaultLevel, SandboxArgs, SandboxRate};
use crate::exit::ExitCode;
use crate::sandbox::{self, AccountSeed, BucketLimit, FaultPlan, Sandbox, SandboxError, SandboxOptions};

use super::signals::Signals;
use super::{CommandError, Context};

/// Name of the store's file in the folder of `--store`.
pub(super) const STORE: &str = "stand-in.sqlite";
/// Name of the file beside it that describes the account, where a rehearsal made one up.
pub(super) const STORED_ACCOUNT: &str = "stand-in.sqlite.account.json";

pub(super) fn run(context: &Context, args: &SandboxArgs) -> Result<ExitCode, CommandError> {
    let store = match &args.store {
        None => None,
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            Some(folder.join(STORE))
        }
    };
    let stored = args.store.as_ref().map(|folder| folder.join(STORED_ACCOUNT)).filter(|file| file.is_file());
    let described = args.account.as_deref().or(stored.as_deref());
    let account = described.map(account).transpose()?.unwrap_or_default();
    let login = account.api_keys.iter().next().map(|(email, key)| (email.clone(), key.clone()));
    let options = SandboxOptions {
        address: SocketAddr::from(([127, 0, 0, 1], args.port)),
        store,
        account,
        limit: limit(args.limit),
        faults: faults(args.faults, args.seed),
        ..SandboxOptions::default()
    };
    let signals = Signals::listen()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let sandbox = sandbox::start(options).await?;
        tell(context, &sandbox, login.as_ref())?;
        signals.control.drain.cancelled().await;
        sandbox.stop().await;
        Ok(ExitCode::Ok)
    })
}

fn tell(context: &Context, sandbox: &Sandbox, login: Option<&(String, String)>) -> Result<(), CommandError> {
    let url = sandbox.base_url();
    let pages = sandbox.browse_link()?;
    if context.output.is_json() {
        context.output.document(&json!({ "v": 1, "type": "sandbox", "base_url": url, "pages": pages }))?;
        return Ok(());
    }
    context.output.say(&format!("a stand-in of Gorgias is at {url} (this machine only); Ctrl-C ends it"));
    if let Some((email, key)) = login {
        // These open nothing but the stand-in.
        context.output.say(&format!("log in as {email} with the key `{key}`"));
    }
    context.output.say(&format!("browse what it holds: {pages} (opens once)"));
    context
        .output
        .next(&format!("set base_url = \"{url}\" in [gorgias] of migration.toml, or open the link above"));
    Ok(())
}

fn account(file: &Path) -> Result<AccountSeed, CommandError> {
    let problem = |why: String| {
        CommandError::new(ExitCode::Usage, format!("cannot use `{}`: {why}", file.display()))
            .with_next("correct the file; the stand-in's account is described in its documentation")
    };
    let text = std::fs::read_to_string(file).map_err(|error| problem(error.to_string()))?;
    if file.extension().is_some_and(|ending| ending == "toml") {
        toml::from_str(&text).map_err(|error| problem(error.to_string()))
    } else {
        serde_json::from_str(&text).map_err(|error| problem(error.to_string()))
    }
}

fn limit(rate: SandboxRate) -> BucketLimit {
    match rate {
        SandboxRate::Unlimited => BucketLimit::UNLIMITED,
        SandboxRate::Limited(limit) => {
            BucketLimit::new(limit.calls, std::time::Duration::from_secs(limit.seconds.into()))
        }
    }
}

/// The faults of a level.
pub(super) fn faults(level: FaultLevel, seed: u64) -> FaultPlan {
    match level {
        FaultLevel::None => FaultPlan::none(),
        FaultLevel::Light => FaultPlan::light(seed),
        FaultLevel::Nasty => FaultPlan::nasty(seed),
    }
}

impl From<SandboxError> for CommandError {
    fn from(error: SandboxError) -> Self {
        Self::from_error(ExitCode::Usage, &error)
    }
}

//! The stand-in of the last rehearsal, started again on what the rehearsal left.

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use tokio::runtime::Runtime;

use super::rehearse::{ACCOUNT, CALLS, SECONDS, account};
use super::sandbox::STORE;
use super::{CommandError, intake, terms};
use crate::config::secret::CredentialSettings;
use crate::config::{Account, Config, parse_base_url};
use crate::exit::ExitCode;
use crate::gorgias::Credentials;
use crate::sandbox::{self, AccountSeed, BucketLimit, Sandbox, SandboxOptions};
use crate::staging::{Found, Staging};

/// A stand-in at work. It ends when this is dropped.
pub(super) struct StandIn {
    sandbox: Sandbox,
    _runtime: Runtime,
}

impl StandIn {
    /// The stand-in whose store is in the folder of a rehearsal.
    pub(super) fn of_rehearsal(folder: &Path, config: &Config) -> Result<Self, CommandError> {
        let seed = match Staging::open(&folder.join(intake::STAGING))? {
            Found::Whole(staging) => account(&staging, &terms::rules(config)?)?,
            Found::Absent | Found::Discarded(_) => AccountSeed::default(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let sandbox = runtime.block_on(sandbox::start(SandboxOptions {
            store: Some(folder.join(STORE)),
            account: seed,
            limit: BucketLimit::new(CALLS, Duration::from_secs(SECONDS)),
            ..SandboxOptions::default()
        }))?;
        Ok(Self { sandbox, _runtime: runtime })
    }

    /// How it is reached, under the name that the rehearsal's ledger has for it.
    pub(super) fn account(&self) -> Result<(Account, Credentials), CommandError> {
        let base_url = parse_base_url(self.sandbox.base_url())
            .map_err(|error| CommandError::from_error(ExitCode::Internal, &error))?;
        let name = ACCOUNT.to_owned();
        let account = Account { name, base_url, credentials: CredentialSettings::default() };
        let (email, key) = AccountSeed::default().api_keys.into_iter().next().unwrap_or_default();
        Ok((account, Credentials::basic(email, SecretString::from(key))))
    }
}

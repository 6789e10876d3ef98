//! From the config to a client of the account.

use std::sync::Arc;

use futures::future::BoxFuture;
use secrecy::SecretString;

use crate::config::secret::{Credentials, SecretOrigin};
use crate::config::{Account, Config};
use crate::exit::ExitCode;
use crate::gorgias::{
    self, BaseUrl, CallFailure, Client, Http, Keeping, Limiter, Own, Patience, ReadOnly, TakeBack,
    TakeBackStep, TokenSource,
};
use crate::upload::Traffic;
use crate::upload::account::AccountError;

use super::run::SET_THE_CLOCK;
use super::{CommandError, environment, terms};

/// Whether a client may change anything.
#[derive(Clone, Debug)]
pub(super) enum Access {
    /// It may, but delete nothing.
    Write,
    /// It may not: whatever is no GET is refused before the socket.
    ReadOnly,
    /// It may do this one thing to these tickets; whatever else is no GET is refused before the socket.
    TakeBack(Own, TakeBackStep),
}

/// Where an access token is read again from.
struct TokenAt(SecretOrigin);

impl TokenSource for TokenAt {
    fn read(&self) -> BoxFuture<'_, Option<SecretString>> {
        let origin = self.0.clone();
        // A command may take its time; it must not hold up the other calls.
        Box::pin(
            async move { tokio::task::spawn_blocking(move || origin.read(environment).ok()).await.ok()? },
        )
    }
}

/// The login that the config names. Reads the secret.
pub(super) fn login(credentials: &Credentials) -> Result<gorgias::Credentials, CommandError> {
    let secret = credentials.origin().read(environment)?;
    Ok(match credentials {
        Credentials::ApiKey { email, .. } => gorgias::Credentials::basic(email.clone(), secret),
        Credentials::AccessToken { token } => {
            gorgias::Credentials::bearer(secret, Some(Arc::new(TokenAt(token.clone()))))
        }
    })
}

/// A client of `account`, whose calls `traffic` hears of.
pub(super) fn client(
    config: &Config,
    account: &Account,
    login: gorgias::Credentials,
    traffic: &Arc<Traffic>,
    access: Access,
) -> Result<Client, CommandError> {
    let usage = |error: &(dyn std::error::Error + 'static)| CommandError::from_error(ExitCode::Usage, error);
    let base = BaseUrl::parse(account.base_url.as_str()).map_err(|error| usage(&error))?;
    let http = Http::new(base, terms::timeouts(config)).map_err(|error| usage(&error))?;
    let limiter = Limiter::new(terms::limit(config), terms::reserve(config));
    let builder = match access {
        Access::Write => Client::builder(Keeping::new(http), login, limiter),
        Access::ReadOnly => Client::builder(ReadOnly::new(http), login, limiter),
        Access::TakeBack(own, step) => Client::builder(TakeBack::new(http, own, step), login, limiter),
    };
    let patience = Patience::within(config.upload.patience);
    Ok(builder.observer(Arc::clone(traffic)).patience(patience).build())
}

/// A call that failed before the upload began, in words for people. `described` says which credential was used.
pub(super) fn call_failed(what: &str, failure: &CallFailure, described: &str) -> CommandError {
    match failure {
        CallFailure::Unauthorized { message } => {
            CommandError::new(ExitCode::Auth, format!("Gorgias refused the {described}: {message}"))
                .with_next("check the address and the key in Gorgias under Settings, REST API")
        }
        CallFailure::Forbidden { message, .. } => {
            CommandError::new(ExitCode::Auth, format!("{what}: {message}"))
                .with_next("use the key of an admin, or ask Gorgias about the account's quota")
        }
        CallFailure::Gate(refusal) => {
            let error = CommandError::from_error(ExitCode::Safety, refusal);
            if refusal.is_about_a_clock() { error.with_next(SET_THE_CLOCK) } else { error }
        }
        CallFailure::Refused { .. }
        | CallFailure::NotFound
        | CallFailure::Conflict { .. }
        | CallFailure::TooLarge => CommandError::new(ExitCode::Usage, format!("{what}: {failure}"))
            .with_next("check account or base_url in [gorgias]"),
        CallFailure::NotSent { .. } | CallFailure::Throttled { .. } | CallFailure::Lost { .. } => {
            CommandError::new(ExitCode::Temporary, format!("{what}: {failure}"))
                .with_next("run the same command again")
        }
    }
}

/// Likewise for reading the account.
pub(super) fn account_failed(error: &AccountError, described: &str) -> CommandError {
    match error {
        AccountError::Call { failure, .. } => call_failed(&error.to_string(), failure, described),
        AccountError::StandIn | AccountError::Number => CommandError::from_error(ExitCode::Usage, error),
        AccountError::Table { .. } => CommandError::from_error(ExitCode::Usage, error)
            .with_next("correct the table and run again; nothing was sent"),
        AccountError::Ledger(error) => CommandError::from_error(ExitCode::Temporary, error),
    }
}

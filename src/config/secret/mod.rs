//! Credentials: where they come from, and reading them when they are needed.
//!
//! Invariants: a secret is never a flag, never in `migration.toml`, never in a message; it is read from its origin each
//! time (an OAuth token may have been refreshed) and kept in a type that cannot be printed. Every error names the
//! origin, so that a person knows which of several keys was refused. Precedence: file, command, environment.

mod command;
mod file;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::process::ExitStatus;

use secrecy::{ExposeSecret as _, SecretString};

/// The environment variable with the API key.
pub const API_KEY_VARIABLE: &str = "GORGIAS_API_KEY";
/// The environment variable with the OAuth access token.
pub const ACCESS_TOKEN_VARIABLE: &str = "GORGIAS_ACCESS_TOKEN";

/// Longest secret that is believed, in bytes. API keys have 64, tokens of OAuth servers up to some thousands.
const SECRET_BYTES_MAX: usize = 16 * 1024;

/// What `[gorgias]` says about credentials.
#[derive(Clone, Debug, Default)]
pub struct CredentialSettings {
    /// The address of the API key's owner.
    pub email: Option<String>,
    /// File with the API key.
    pub api_key_file: Option<PathBuf>,
    /// Command that prints the API key.
    pub api_key_command: Option<String>,
    /// File with the OAuth access token.
    pub access_token_file: Option<PathBuf>,
    /// Command that prints the OAuth access token.
    pub access_token_command: Option<String>,
    /// Where commands run: the folder of the config file.
    pub folder: PathBuf,
}

/// Where a secret is read from. Its `Display` ends the sentence "the key from …".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretOrigin {
    /// A file.
    File(PathBuf),
    /// A command of the config, run in a folder.
    Command {
        /// The key of the config that holds it.
        key: &'static str,
        /// The command, for `sh -c`.
        command: String,
        /// Where it runs.
        folder: PathBuf,
    },
    /// An environment variable.
    Environment(&'static str),
}

impl fmt::Display for SecretOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "`{}`", path.display()),
            Self::Command { key, .. } => f.write_str(key),
            Self::Environment(name) => f.write_str(name),
        }
    }
}

/// How the tool proves who it is, and where from. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// HTTP Basic: the address of the key's owner and the key.
    ApiKey {
        /// The owner's address.
        email: String,
        /// The key.
        key: SecretOrigin,
    },
    /// A bearer token. Read it again once when it is refused: whoever refreshes it may have done so.
    AccessToken {
        /// The token.
        token: SecretOrigin,
    },
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Nothing names any.
    #[error("no API key: neither api_key_file nor api_key_command is set in [gorgias], nor GORGIAS_API_KEY")]
    Absent,
    /// A key without the address of its owner.
    #[error("an API key needs its owner's address: [gorgias] has no email")]
    NoEmail,
    /// Others than the owner may read the file.
    #[error("`{}` can be read by others than its owner (mode {mode:o})", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// The command cannot be run.
    #[error("cannot run {key}")]
    Run {
        /// The key of the config that holds it.
        key: &'static str,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// The command failed.
    #[error("{key} failed ({status})")]
    Failed {
        /// The key of the config that holds it.
        key: &'static str,
        /// How it ended.
        status: ExitStatus,
    },
    /// The command did not end.
    #[error("{key} did not end within {seconds} s")]
    Slow {
        /// The key of the config that holds it.
        key: &'static str,
        /// How long it was given.
        seconds: u64,
    },
    /// There is nothing in it.
    #[error("the secret from {0} is empty")]
    Empty(SecretOrigin),
    /// It cannot be a key or a token.
    #[error("the secret from {0} is not one line of printable characters")]
    Malformed(SecretOrigin),
}

impl SecretError {
    /// What to do about it.
    pub fn next_step(&self) -> String {
        match self {
            Self::Absent => {
                "put the key into a file, run `chmod 600` on it, and set api_key_file in [gorgias]".to_owned()
            }
            Self::NoEmail => "set email in [gorgias] to the address of the key's owner".to_owned(),
            Self::Exposed { path, .. } => format!("run `chmod 600 {}`", path.display()),
            Self::Read { .. } => "correct the path in [gorgias]".to_owned(),
            Self::Run { .. } | Self::Failed { .. } | Self::Slow { .. } => {
                "run the command by hand and correct it in [gorgias]".to_owned()
            }
            Self::Empty(_) | Self::Malformed(_) => "put the key there, alone on one line".to_owned(),
        }
    }
}

impl CredentialSettings {
    /// Decides where the credentials come from: file before command before environment. `environment` looks up a
    /// variable. Nothing is read yet.
    pub fn resolve(&self, environment: impl Fn(&str) -> Option<String>) -> Result<Credentials, SecretError> {
        let set = |name: &'static str| {
            environment(name).filter(|value| !value.is_empty()).map(|_| SecretOrigin::Environment(name))
        };
        let key = self.written(self.api_key_file.as_ref(), "api_key_command", self.api_key_command.as_ref());
        let token = self.written(
            self.access_token_file.as_ref(),
            "access_token_command",
            self.access_token_command.as_ref(),
        );
        // What the file says goes before the environment; in the environment an address speaks for the key.
        let (key, token) = match (key, token) {
            (None, None) if self.email.is_some() => (set(API_KEY_VARIABLE), set(ACCESS_TOKEN_VARIABLE)),
            (None, None) => match set(ACCESS_TOKEN_VARIABLE) {
                Some(token) => (None, Some(token)),
                None => (set(API_KEY_VARIABLE), None),
            },
            written => written,
        };
        match (key, token) {
            (Some(key), _) => {
                let email = self.email.clone().ok_or(SecretError::NoEmail)?;
                Ok(Credentials::ApiKey { email, key })
            }
            (None, Some(token)) => Ok(Credentials::AccessToken { token }),
            (None, None) => Err(SecretError::Absent),
        }
    }

    fn written(
        &self,
        file: Option<&PathBuf>,
        key: &'static str,
        command: Option<&String>,
    ) -> Option<SecretOrigin> {
        file.map(|path| SecretOrigin::File(path.clone())).or_else(|| {
            let (command, folder) = (command?.clone(), self.folder.clone());
            Some(SecretOrigin::Command { key, command, folder })
        })
    }
}

impl Credentials {
    /// Where the secret comes from.
    pub fn origin(&self) -> &SecretOrigin {
        match self {
            Self::ApiKey { key, .. } => key,
            Self::AccessToken { token } => token,
        }
    }

    /// The sentence's subject when they are refused: `key from GORGIAS_API_KEY`.
    pub fn describe(&self) -> String {
        match self {
            Self::ApiKey { key, .. } => format!("key from {key}"),
            Self::AccessToken { token } => format!("access token from {token}"),
        }
    }
}

impl SecretOrigin {
    /// Reads the secret, now. `environment` looks up a variable.
    pub fn read(&self, environment: impl Fn(&str) -> Option<String>) -> Result<SecretString, SecretError> {
        let text = match self {
            Self::File(path) => file::read(path)?,
            Self::Command { key, command, folder } => command::read(key, command, folder)?,
            Self::Environment(name) => {
                SecretString::from(environment(name).ok_or_else(|| SecretError::Empty(self.clone()))?)
            }
        };
        self.tidy(&text)
    }

    /// Takes off the line end that editors add, and refuses what would break or forge a header.
    fn tidy(&self, text: &SecretString) -> Result<SecretString, SecretError> {
        let secret = text.expose_secret().trim();
        if secret.is_empty() {
            return Err(SecretError::Empty(self.clone()));
        }
        if secret.len() > SECRET_BYTES_MAX || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SecretError::Malformed(self.clone()));
        }
        Ok(SecretString::from(secret))
    }
}

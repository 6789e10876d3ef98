//! `migration.toml`, checked; secrets; the selection of records.
//!
//! Purpose: what was written becomes what was meant, once, before anything else happens. Invariants: an unknown key is
//! an error; every problem of the file is reported at once with its line; relative paths are relative to the file's
//! folder; a [`Config`] in hand holds no secret, so that `validate` works without any ([`secret`] reads them apart).
//! It must not know the ledger, the network or the terminal.
//!
//! Layers: [`keys`] is the table of the keys, `file` the shape as written, `check` the way from there to [`Config`].

mod account;
mod check;
mod error;
mod file;
mod hash;
pub mod keys;
pub mod rate;
pub mod secret;
pub mod selection;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use account::{Account, AddressError, parse_base_url};
pub use error::{ConfigError, Problem};
pub use hash::ConfigHashes;
pub use settings::{
    AttachmentMode, Attachments, CustomerFacts, CustomerNames, Existing, Imported, Mailbox, Mapping, Rate,
    RateSetting, Ratings, Safety, SourceLogin, TicketLanguage, TicketNumber, TicketStatus, UnknownAgent,
    Upload,
};

use crate::model::key::SourceName;
use crate::source::SourceSpec;

/// Largest config file that is read, in bytes: a thousand times what anybody writes, so a wrong path is noticed.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Everything that `migration.toml` says, checked, with defaults filled in.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file that it was read from.
    pub file: PathBuf,
    /// `[gorgias]`; absent where only offline commands are meant.
    pub account: Option<Account>,
    /// `[[source]]`, in the order of the file. At least one; their names are distinct.
    pub sources: Vec<SourceSpec>,
    /// Logins of source accounts, for files that need one.
    pub logins: BTreeMap<SourceName, SourceLogin>,
    /// `[rate]`.
    pub rate: Rate,
    /// `[attachments]`.
    pub attachments: Attachments,
    /// `[mapping]`.
    pub mapping: Mapping,
    /// `[safety]`.
    pub safety: Safety,
    /// `[upload]`.
    pub upload: Upload,
}

impl Config {
    /// Reads and checks the file.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        let read_error = |error| match file.try_exists() {
            Ok(false) => ConfigError::Missing { file: file.to_owned() },
            _ => ConfigError::Read { file: file.to_owned(), error },
        };
        if std::fs::metadata(file).map_err(read_error)?.len() > FILE_BYTES_MAX {
            return Err(ConfigError::TooLarge { file: file.to_owned() });
        }
        let text = std::fs::read_to_string(file).map_err(read_error)?;
        Self::parse(file, &text)
    }

    /// Checks `text` as the content of `file`, which need not exist.
    pub fn parse(file: &Path, text: &str) -> Result<Self, ConfigError> {
        check::config(file, text)
    }

    /// `[gorgias]`, for commands that talk to an account.
    pub fn account(&self) -> Result<&Account, ConfigError> {
        self.account.as_ref().ok_or_else(|| ConfigError::NoAccount { file: self.file.clone() })
    }

    /// The hashes by which a resumed run notices that the config has changed.
    pub fn hashes(&self) -> Result<ConfigHashes, ConfigError> {
        hash::hashes(self)
    }
}

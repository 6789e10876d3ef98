//! Staging: conversations at rest between reading and uploading, compressed, in the order in which they were read.
//!
//! It is a cache. It holds nothing that the exports do not hold, so it may be deleted at any time, and a file that
//! is stale, damaged or of another version is deleted and built again, never migrated.
//!
//! Invariants:
//!
//! - The file `staging.sqlite` is either absent or whole. It is filled under another name, without a journal, and
//!   takes its name only after it was synced; a process that dies while filling leaves no half of a staging behind.
//! - It holds bodies and addresses, so it is mode 0600 from its first byte on.
//! - Memory does not grow with it: conversations go in and come out one at a time.
//!
//! It must not know Gorgias, the ledger or any export format.

mod codec;
mod fill;
mod read;
mod schema;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

pub use codec::CodecError;
pub use fill::Filling;
pub use read::StagedConversation;

use crate::model::key::ConversationKey;

/// Why staging cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StagingError {
    /// The disk is full.
    #[error(
        "the disk that holds `{path}` is full; free some space and run again, the file is built anew from the exports"
    )]
    DiskFull {
        /// The staging file.
        path: PathBuf,
    },
    /// It was there, and is not any more.
    #[error("the staging file `{path}` has gone; run again, it is built anew from the exports")]
    Gone {
        /// The staging file.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot write or read `{path}`")]
    Io {
        /// The staging file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// SQLite refused.
    #[error(
        "cannot use the staging file `{path}`; delete it and run again, it is built anew from the exports"
    )]
    Sqlite {
        /// The staging file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        error: rusqlite::Error,
    },
    /// A stored conversation or finding cannot be read back.
    #[error(
        "the staging file is damaged at `{what}`; delete it and run again, it is built anew from the exports"
    )]
    Damaged {
        /// Key of the conversation, or what else it was.
        what: String,
        /// What is wrong with it.
        #[source]
        error: CodecError,
    },
    /// A conversation is larger than anything a help desk holds.
    #[error("`{key}` is larger than {max} bytes and cannot be staged; take it out of the export", max = codec::DOCUMENT_BYTES_MAX)]
    TooLarge {
        /// The conversation.
        key: ConversationKey,
    },
}

impl StagingError {
    fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull { path: path.to_owned() },
            _ => Self::Sqlite { path: path.to_owned(), error },
        }
    }
}

/// What was at the path.
#[derive(Debug)]
pub enum Found {
    /// A whole staging of this version.
    Whole(Staging),
    /// Nothing.
    Absent,
    /// A file that was of no use; it has been deleted. The caller may want to say so.
    Discarded(&'static str),
}

/// A whole staging file, open for reading.
#[derive(Debug)]
pub struct Staging {
    connection: Connection,
    path: PathBuf,
}

impl Staging {
    /// Opens the staging file at `path`. A file that is not a whole staging of this version is deleted.
    pub fn open(path: &Path) -> Result<Found, StagingError> {
        if !path.exists() {
            return Ok(Found::Absent);
        }
        match Self::open_whole(path) {
            Ok(Ok(staging)) => Ok(Found::Whole(staging)),
            Ok(Err(reason)) => {
                schema::remove(path)?;
                Ok(Found::Discarded(reason))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the staging file that this process has found whole, or filled, before.
    pub fn again(path: &Path) -> Result<Self, StagingError> {
        match Self::open(path)? {
            Found::Whole(staging) => Ok(staging),
            Found::Absent | Found::Discarded(_) => Err(StagingError::Gone { path: path.to_owned() }),
        }
    }

    fn open_whole(path: &Path) -> Result<Result<Self, &'static str>, StagingError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(path, flags).map_err(|error| StagingError::sqlite(path, error))?;
        Ok(schema::check(&connection).map(|()| Self { connection, path: path.to_owned() }))
    }

    /// Begins a new staging that will stand at `path`. What was there is deleted at once: it is stale, and two of
    /// them could fill the disk.
    pub fn fill(path: &Path) -> Result<Filling, StagingError> {
        Filling::begin(path)
    }

    /// Deletes the staging file at `path`, and what a process that died while filling left beside it.
    pub fn remove(path: &Path) -> Result<(), StagingError> {
        schema::remove(path)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self, error: rusqlite::Error) -> StagingError {
        StagingError::sqlite(&self.path, error)
    }
}

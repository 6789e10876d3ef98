//! A temporary SQLite file for what has to be brought together before it can be told. It goes with the value.

use std::path::Path;

use rusqlite::Connection;

use crate::source::SourceError;

/// Pages of the file that stay in memory, in KiB as SQLite counts negative sizes.
const CACHE_KIB: i64 = -8_192;

/// The file.
pub(super) struct Scratch {
    /// Where its tables are.
    pub(super) connection: Connection,
    _file: tempfile::TempPath,
}

impl Scratch {
    /// A file in `temp_dir` with these tables, and a transaction begun. Nothing of it has to survive a crash.
    pub(super) fn new(temp_dir: &Path, prefix: &str, tables: &str) -> Result<Self, SourceError> {
        let io = |error| SourceError::Io { file: temp_dir.display().to_string(), error };
        let file = tempfile::Builder::new().prefix(prefix).tempfile_in(temp_dir).map_err(io)?;
        let file = file.into_temp_path();
        let connection = Connection::open(&file)?;
        connection.pragma_update(None, "journal_mode", "OFF")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "cache_size", CACHE_KIB)?;
        connection.execute_batch(tables)?;
        connection.execute_batch("BEGIN")?;
        Ok(Self { connection, _file: file })
    }
}

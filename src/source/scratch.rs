//! A temporary SQLite file for what has to be brought together on disk before it can be told.
//!
//! It may hold customers' texts, so its name is removed as soon as it is open: the system frees it with the process,
//! however that ends.

use std::path::Path;

use rusqlite::Connection;

use super::SourceError;

/// Pages of the file that stay in memory, in KiB as SQLite counts negative sizes.
const CACHE_KIB: i64 = -8_192;

/// The file.
pub(super) struct Scratch {
    /// Where its tables are.
    pub(super) connection: Connection,
}

impl Scratch {
    /// A file in `temp_dir` with these tables, and a transaction begun. Nothing of it has to survive a crash.
    pub(super) fn new(temp_dir: &Path, prefix: &str, tables: &str) -> Result<Self, SourceError> {
        let io = |error| SourceError::Scratch { folder: temp_dir.display().to_string(), error };
        let file = tempfile::Builder::new().prefix(prefix).tempfile_in(temp_dir).map_err(io)?;
        let connection = Connection::open(file.path())?;
        connection.pragma_update(None, "journal_mode", "OFF")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        // A second connection could not find the file, and SQLite need not look whether there is one.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "cache_size", CACHE_KIB)?;
        connection.execute_batch(tables)?;
        connection.execute_batch("BEGIN")?;
        file.close().map_err(io)?;
        Ok(Self { connection })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_has_no_name_and_grows_beyond_the_memory_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(folder.path(), "test", "CREATE TABLE kept (text TEXT);").unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let text = "x".repeat(1_000);
        for _ in 0..20_000 {
            scratch.connection.execute("INSERT INTO kept VALUES (?1)", [&text]).unwrap();
        }
        scratch.connection.execute_batch("CREATE INDEX by_text ON kept (text); COMMIT").unwrap();
        let count: i64 =
            scratch.connection.query_row("SELECT count(*) FROM kept", [], |row| row.get(0)).unwrap();
        assert_eq!(count, 20_000);
    }
}

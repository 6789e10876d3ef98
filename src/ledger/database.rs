//! The ledger's file: made for its owner only, set up for durability.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::error::LedgerError;
use super::schema;

/// The file's name in the state directory.
pub(super) const NAME: &str = "ledger.sqlite";

/// How long SQLite waits for another program's transaction (a `sqlite3` shell) before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// `PRAGMA synchronous` as it must read back: FULL, a sync for each commit.
const SYNCHRONOUS_FULL: i64 = 2;

/// Statements kept prepared. There are fewer than this.
const STATEMENTS_MAX: usize = 96;

/// Makes the directory and what is above it; the last one is for its owner only.
pub(super) fn create_private_dir(path: &Path) -> Result<(), LedgerError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(path)?)
}

/// Makes an empty file that only its owner can read, or takes away others' rights to the one that is there.
pub(super) fn create_private(path: &Path) -> Result<(), LedgerError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

/// Opens the file for the one writer: write-ahead log, a sync for each commit (read back), present version.
pub(super) fn open_writer(path: &Path) -> Result<Connection, LedgerError> {
    create_private(path)?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    let synchronous = connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))?;
    if synchronous != SYNCHRONOUS_FULL {
        return Err(LedgerError::NotDurable(synchronous));
    }
    schema::migrate(&connection)?;
    Ok(connection)
}

/// Opens the file for reading. It must be there, and of the present version.
pub(super) fn open_reader(path: &Path) -> Result<Connection, LedgerError> {
    if !path.is_file() {
        return Err(LedgerError::Absent { path: path.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    match schema::check(&connection) {
        // Another process is making it at this moment, or died while it did; nothing is in it yet.
        Err(LedgerError::OlderVersion { found: 0, .. }) => Err(LedgerError::Absent { path: path.to_owned() }),
        checked => checked.map(|()| connection),
    }
}

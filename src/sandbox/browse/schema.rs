//! The tables of the index, and how it is opened.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};

use crate::sandbox::SandboxError;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::make_private;

/// Raised with every change of the tables or of what is written into them.
const LAYOUT: i64 = 2;
/// How long to wait for the store, should it be locked.
const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements kept ready.
const STATEMENTS_KEPT: usize = 64;

/// Bytes of words that are gathered before they are written, so that there are few pieces to merge.
const WORDS_GATHERED: i64 = 32 << 20;

const TABLES: &str = "
-- The store that this is an index of, and the last of its changes that is in here.
CREATE TABLE position (store TEXT NOT NULL, seq INTEGER NOT NULL);

-- One row a ticket. `at`: the last message, else the creation. `status`: open, closed or trash.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, channel TEXT NOT NULL, status TEXT NOT NULL, agent INTEGER,
    customer INTEGER NOT NULL, odd INTEGER NOT NULL, why TEXT NOT NULL);
-- Covers every filter, so that the worst page reads this and nothing else.
CREATE INDEX entry_at ON entry (at, id, channel, status, agent);
CREATE INDEX entry_odd ON entry (odd, id, channel, status, agent);
CREATE INDEX entry_customer ON entry (customer, at, id);

-- Words of a ticket: subject, keys, customer, messages. Which ticket, not where in it.
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', contentless_delete = 1, detail = 'none', tokenize = 'unicode61 remove_diacritics 2');

-- Remarks as they were given, by external id, and as they hang on tickets.
CREATE TABLE remark_kind (code TEXT PRIMARY KEY, tone INTEGER NOT NULL, text TEXT NOT NULL, advice TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE remark_given (external_id TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX remark_given_to ON remark_given (external_id);
CREATE TABLE remark (ticket INTEGER NOT NULL, code TEXT NOT NULL, external_id TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX remark_ticket ON remark (ticket);
CREATE INDEX remark_code ON remark (code, ticket);
";

fn index_of(store: &Path) -> PathBuf {
    let mut name = OsString::from(store);
    name.push("-pages");
    PathBuf::from(name)
}

/// One more connection to an index that was opened before.
pub(super) fn again(store: &Path) -> Result<Connection, ApiError> {
    Ok(connect(&index_of(store), store)?)
}

/// Opens the index of a store, or makes it. The store's tables can be asked by their own names.
pub(super) fn open(store: &Path) -> Result<Connection, ApiError> {
    let path = index_of(store);
    if let Some(db) = attached(&path, store).ok().flatten() {
        return Ok(db);
    }
    // Of another version, of another store, or damaged: it is a cache.
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        if let Err(error) = std::fs::remove_file(&name)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an old index of the pages cannot be removed");
        }
    }
    make(&path, store).map_err(|error| {
        tracing::error!(%error, "the pages' index cannot be made");
        ApiError::fault()
    })
}

fn connect(path: &Path, store: &Path) -> Result<Connection, rusqlite::Error> {
    let db = Connection::open(path)?;
    db.busy_timeout(PATIENCE)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "OFF")?;
    db.execute("ATTACH ?1 AS store", [store.to_string_lossy()])?;
    Ok(db)
}

fn store_id(db: &Connection) -> Result<String, rusqlite::Error> {
    db.query_row("SELECT value FROM store.meta WHERE key = 'id'", [], |row| row.get(0))
}

/// The index, if there is one and it is this store's.
fn attached(path: &Path, store: &Path) -> Result<Option<Connection>, rusqlite::Error> {
    if !path.exists() {
        return Ok(None);
    }
    let db = connect(path, store)?;
    let layout: i64 = db.query_row("PRAGMA main.user_version", [], |row| row.get(0))?;
    if layout != LAYOUT {
        return Ok(None);
    }
    let of: Option<String> = db.query_row("SELECT store FROM position", [], |row| row.get(0)).optional()?;
    let own = of.is_some_and(|of| store_id(&db).is_ok_and(|id| id == of));
    Ok(own.then_some(db))
}

fn make(path: &Path, store: &Path) -> Result<Connection, SandboxError> {
    make_private(path)?;
    let db = connect(path, store)?;
    db.execute_batch(&format!("BEGIN; {TABLES} PRAGMA main.user_version = {LAYOUT}; COMMIT;"))?;
    db.execute("INSERT INTO words (words, rank) VALUES ('hashsize', ?1)", [WORDS_GATHERED])?;
    db.execute("INSERT INTO position (store, seq) VALUES (?1, 0)", [store_id(&db)?])?;
    Ok(db)
}

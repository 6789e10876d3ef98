//! The tables of the staging file, and whether a file is one.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::StagingError;

/// `GIst`: marks the file as a staging of this program (SQLite's `application_id`).
pub(super) const APPLICATION_ID: i32 = 0x4749_7374;

/// Raised whenever the tables or the model's serialised form change; another version is built anew.
pub(super) const VERSION: i32 = 2;

/// The tables. Rows go in by ascending number, which SQLite writes fastest.
pub(super) const TABLES: &str = "
CREATE TABLE conversation (
    seq INTEGER PRIMARY KEY,           -- order in which it was read
    key TEXT NOT NULL UNIQUE,          -- source:kind:id
    last_activity_ms INTEGER NOT NULL, -- milliseconds since 1970, UTC
    body BLOB NOT NULL                 -- the conversation: a format byte, then its compressed JSON
) STRICT;
CREATE TABLE finding (
    seq INTEGER PRIMARY KEY,
    code TEXT NOT NULL,                -- GI-…
    body TEXT NOT NULL                 -- the finding as JSON
) STRICT;
CREATE TABLE note (
    person TEXT PRIMARY KEY,           -- source:kind:id
    stamp INTEGER NOT NULL,            -- tells which of two is the newer
    notes TEXT NOT NULL,               -- what was noted down about the person; empty where nothing was
    details TEXT NOT NULL              -- the other such text
) STRICT, WITHOUT ROWID;
CREATE TABLE meta (
    name TEXT PRIMARY KEY,             -- export_fingerprint, facts
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Whether `connection` is a staging of this version, else why not.
pub(super) fn check(connection: &Connection) -> Result<(), &'static str> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    match (number("application_id"), number("user_version")) {
        (Ok(APPLICATION_ID), Ok(VERSION)) => {}
        (Ok(APPLICATION_ID), Ok(_)) => return Err("it was made by another version of this program"),
        (Ok(_), Ok(_)) => return Err("it is not a staging file"),
        _ => return Err("it is damaged"),
    }
    let complete =
        connection.query_row("SELECT count(*) FROM meta WHERE name = 'export_fingerprint'", [], |row| {
            row.get::<_, i64>(0)
        });
    if complete == Ok(1) { Ok(()) } else { Err("it is not complete") }
}

/// The name under which a staging is filled.
pub(super) fn part_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Deletes the file, its unfinished twin, and whatever SQLite may have put beside them.
pub(super) fn remove(path: &Path) -> Result<(), StagingError> {
    for base in [path.to_owned(), part_path(path)] {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let mut name = base.as_os_str().to_owned();
            name.push(suffix);
            match std::fs::remove_file(&name) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StagingError::Io { path: name.into(), error });
                }
                _ => {}
            }
        }
    }
    Ok(())
}

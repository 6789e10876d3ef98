//! Uploaded files, whole, in the store.

use rusqlite::{Connection, OptionalExtension, params};

use crate::sandbox::clock;
use crate::sandbox::reply::ApiError;

/// A file as it is served again.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) content_type: String,
    pub(crate) content: Vec<u8>,
}

/// Keeps a file under its resource name.
pub(crate) fn insert(
    db: &Connection,
    kind: &str,
    resource: &str,
    name: &str,
    content_type: &str,
    content: &[u8],
) -> Result<(), ApiError> {
    let sql = "INSERT INTO files (kind, resource, name, content_type, content, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.execute(sql, params![kind, resource, name, content_type, content, clock::now().micros()])?;
    Ok(())
}

/// A file by kind and resource name.
pub(crate) fn get(db: &Connection, kind: &str, resource: &str) -> Result<Option<File>, ApiError> {
    let sql = "SELECT content_type, content FROM files WHERE kind = ?1 AND resource = ?2";
    let found = db
        .query_row(sql, [kind, resource], |row| Ok(File { content_type: row.get(0)?, content: row.get(1)? }));
    Ok(found.optional()?)
}

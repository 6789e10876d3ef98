//! Filling a staging: large transactions without a journal into a file of another name, which is renamed at the end.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use serde::Serialize;

use super::codec::{CodecError, Encoder};
use super::{Staging, StagingError, schema};
use crate::model::conversation::Conversation;
use crate::model::finding::Finding;
use crate::model::note::PersonNote;

/// Rows in one transaction. Nothing is lost by a large one, because an unfinished file is thrown away whole; it only
/// bounds SQLite's memory.
const ROWS_PER_TRANSACTION: u32 = 20_000;

/// A staging that is being filled. Dropping it without [`Filling::finish`] leaves no staging.
pub struct Filling {
    connection: Connection,
    path: PathBuf,
    part: PathBuf,
    encoder: Encoder,
    json: Vec<u8>,
    rows: u32,
    finished: bool,
}

impl Filling {
    pub(super) fn begin(path: &Path) -> Result<Self, StagingError> {
        schema::remove(path)?;
        let part = schema::part_path(path);
        let io = |error| StagingError::Io { path: part.clone(), error };
        create_private(&part).map_err(io)?;
        let encoder = Encoder::new().map_err(io)?;
        let sqlite = |error| StagingError::sqlite(&part, error);
        let connection = Connection::open(&part).map_err(sqlite)?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
                 PRAGMA cache_size = -16384;",
            )
            .and_then(|()| connection.pragma_update(None, "application_id", schema::APPLICATION_ID))
            .and_then(|()| connection.pragma_update(None, "user_version", schema::VERSION))
            .and_then(|()| connection.execute_batch(schema::TABLES))
            .and_then(|()| connection.execute_batch("BEGIN"))
            .map_err(sqlite)?;
        let path = path.to_owned();
        Ok(Self { connection, path, part, encoder, json: Vec::new(), rows: 0, finished: false })
    }

    /// Adds a conversation. False if one with the same key was added before; the first one stays.
    pub fn insert(&mut self, conversation: &Conversation) -> Result<bool, StagingError> {
        self.json.clear();
        let damaged = |error| StagingError::Damaged { what: conversation.key.to_string(), error };
        serde_json::to_writer(&mut self.json, conversation).map_err(|error| damaged(error.into()))?;
        let body = self.encoder.encode(&self.json).map_err(|error| match error {
            CodecError::TooLong => StagingError::TooLarge { key: conversation.key.clone() },
            other => damaged(other),
        })?;
        let added = self
            .connection
            .prepare_cached(
                "INSERT INTO conversation (key, last_activity_ms, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )
            .and_then(|mut insert| {
                let last_activity_ms = conversation.last_activity().as_millisecond();
                insert.execute(params![conversation.key.as_str(), last_activity_ms, body])
            })
            .map_err(|error| self.failed(error))?;
        self.count_row()?;
        Ok(added == 1)
    }

    /// Adds a finding.
    pub fn finding(&mut self, finding: &Finding) -> Result<(), StagingError> {
        let body = serde_json::to_string(finding)
            .map_err(|error| StagingError::Damaged { what: finding.code.to_string(), error: error.into() })?;
        self.connection
            .prepare_cached("INSERT INTO finding (code, body) VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![finding.code.as_str(), body]))
            .map_err(|error| self.failed(error))?;
        self.count_row()
    }

    /// Adds what was noted down about a person. The newest of several stays, whatever the order in which they come.
    pub fn note(&mut self, note: &PersonNote) -> Result<(), StagingError> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        self.connection
            .prepare_cached(
                "INSERT INTO note (person, stamp, notes, details) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (person) DO UPDATE SET stamp = ?2, notes = ?3, details = ?4
                 WHERE (stamp, notes, details) < (?2, ?3, ?4)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    note.person.as_str(),
                    note.stamp,
                    text(&note.notes),
                    text(&note.details)
                ])
            })
            .map_err(|error| self.failed(error))?;
        self.count_row()
    }

    /// Completes the file for the export with this fingerprint and gives it its name. `facts` is whatever the caller
    /// wants to find again beside the conversations (facts about the sources).
    pub fn finish(
        mut self,
        export_fingerprint: &str,
        facts: &impl Serialize,
    ) -> Result<Staging, StagingError> {
        let facts = serde_json::to_string(facts)
            .map_err(|error| StagingError::Damaged { what: "facts".to_owned(), error: error.into() })?;
        self.connection
            .execute(
                "INSERT INTO meta (name, value) VALUES ('export_fingerprint', ?1), ('facts', ?2)",
                params![export_fingerprint, facts],
            )
            .and_then(|_| self.connection.execute_batch("COMMIT"))
            .map_err(|error| self.failed(error))?;
        let unused = Connection::open_in_memory().map_err(|error| self.failed(error))?;
        std::mem::replace(&mut self.connection, unused).close().map_err(|(_, error)| self.failed(error))?;
        // The rename must not become durable before the content is, or a power cut would leave an empty file
        // under the name of a whole one.
        std::fs::File::open(&self.part)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&self.part, &self.path))
            .map_err(|error| StagingError::Io { path: self.path.clone(), error })?;
        self.finished = true;
        Staging::open_whole(&self.path)?.map_err(|reason| StagingError::Io {
            path: self.path.clone(),
            error: std::io::Error::other(format!("it cannot be read back: {reason}")),
        })
    }

    fn count_row(&mut self) -> Result<(), StagingError> {
        self.rows += 1;
        if self.rows < ROWS_PER_TRANSACTION {
            return Ok(());
        }
        self.rows = 0;
        self.connection.execute_batch("COMMIT; BEGIN").map_err(|error| self.failed(error))
    }

    fn failed(&self, error: rusqlite::Error) -> StagingError {
        StagingError::sqlite(&self.part, error)
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        if !self.finished {
            // Nobody can be told any more, and the next filling or `clean` removes what is left.
            drop(std::fs::remove_file(&self.part));
        }
    }
}

/// Makes an empty file that only its owner can read.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

//! What rows say of calls that stand better elsewhere, on disk until all rows were read: comments and tags that only a
//! worse copy has are added to the call. Calls whose best copy is a row wait here too, where another row says otherwise.

use std::path::Path;

use rusqlite::params;

use super::call::{Call, CallId};
use super::payloads::{from_json, to_json};
use super::words::Words;
use crate::model::finding::Finding;
use crate::source::SourceError;
use crate::source::scratch::Scratch;

/// Most rows of one call that are looked at. Exports overlap a few times.
const ROWS_MAX: i64 = 50;

/// What rows say, and calls that wait for it.
pub(super) struct Held {
    scratch: Scratch,
}

impl Held {
    /// Empty tables in `temp_dir`.
    pub(super) fn new(temp_dir: &Path) -> Result<Self, SourceError> {
        let tables = "CREATE TABLE row (id TEXT, words TEXT);
                      CREATE TABLE waiting (seq INTEGER PRIMARY KEY, call TEXT, findings TEXT);";
        Ok(Self { scratch: Scratch::new(temp_dir, "held", tables)? })
    }

    /// Keeps what a row of a CSV has that gave way to the call `id`.
    pub(super) fn keep(&self, id: &CallId, words: &Words) -> Result<(), SourceError> {
        let insert = "INSERT INTO row (id, words) VALUES (?1, ?2)";
        let row = params![id.to_string(), to_json(words)?];
        self.scratch.connection.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// Keeps a call until all rows were read.
    pub(super) fn wait(&self, call: &Call, findings: &[Finding]) -> Result<(), SourceError> {
        let insert = "INSERT INTO waiting (call, findings) VALUES (?1, ?2)";
        let row = params![to_json(call)?, to_json(&findings)?];
        self.scratch.connection.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// Ends the keeping, and hands out the calls that waited with all that rows say of them. `take` returns false to end
    /// it.
    pub(super) fn settle(
        &self,
        take: &mut dyn FnMut(Call, Vec<Finding>) -> Result<bool, SourceError>,
    ) -> Result<(), SourceError> {
        self.scratch.connection.execute_batch("COMMIT; CREATE INDEX by_call ON row (id)")?;
        let mut statement =
            self.scratch.connection.prepare("SELECT call, findings FROM waiting ORDER BY seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut call: Call = from_json(row, 0)?;
            self.complete(&mut call)?;
            if !take(call, from_json(row, 1)?)? {
                break;
            }
        }
        Ok(())
    }

    /// Adds what rows have of this call and it does not, once all rows were read.
    pub(super) fn complete(&self, call: &mut Call) -> Result<(), SourceError> {
        let kept = "SELECT words FROM row WHERE id = ?1 ORDER BY rowid LIMIT ?2";
        let mut statement = self.scratch.connection.prepare_cached(kept)?;
        let mut rows = statement.query(params![call.id.to_string(), ROWS_MAX])?;
        while let Some(row) = rows.next()? {
            from_json::<Words>(row, 0)?.add_to(call);
        }
        Ok(())
    }
}

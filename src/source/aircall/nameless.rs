//! Calls without ids in a source that has calls with ids as well: the same call may stand in both. They wait on disk
//! until all calls with ids were told.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::params;

use super::call::{Call, Direction};
use super::payloads::{from_json, to_json};
use super::words::Words;
use crate::model::finding::Finding;
use crate::model::trace::{CallTrace, Likeness, Trace};
use crate::source::SourceError;
use crate::source::scratch::Scratch;

/// Calls that began about the same time and are compared.
const COMPARED_MAX: i64 = 10_000;

/// What a call without an id turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A call of its own.
    Another,
    /// One that has an id elsewhere, with its number among those.
    Told(i64),
    /// One of several, or one that differs a little.
    Unclear,
}

/// Calls without ids, and what those with ids are known by.
pub(super) struct Nameless {
    scratch: Scratch,
}

impl Nameless {
    /// Empty tables in `temp_dir`.
    pub(super) fn new(temp_dir: &Path) -> Result<Self, SourceError> {
        let tables =
            "CREATE TABLE known (started INTEGER, outbound INTEGER, seconds INTEGER, number BLOB, line BLOB, words TEXT);
                      CREATE TABLE waiting (seq INTEGER PRIMARY KEY, call TEXT, findings TEXT);";
        Ok(Self { scratch: Scratch::new(temp_dir, "nameless", tables)? })
    }

    /// Takes note of a call with an id.
    pub(super) fn know(&self, call: &Call) -> Result<(), SourceError> {
        let trace = trace(call);
        let words = Some(Words::of(call)).filter(|words| !words.is_empty());
        let words = words.map(|words| to_json(&words)).transpose()?;
        let row = params![trace.started, trace.outbound, trace.seconds, trace.number, trace.line, words];
        let insert = "INSERT INTO known VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.scratch.connection.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// Whether the call with an id that has this number lacks what was said of `call`.
    pub(super) fn lacks(&self, known: i64, call: &Call) -> Result<bool, SourceError> {
        let select = "SELECT coalesce(words, ?2) FROM known WHERE rowid = ?1";
        let mut statement = self.scratch.connection.prepare_cached(select)?;
        let none = to_json(&Words::default())?;
        let known: Words = statement.query_row(params![known, none], |row| from_json(row, 0))?;
        Ok(!Words::of(call).beyond(&known).is_empty())
    }

    /// Keeps a call without an id.
    pub(super) fn wait(&self, call: &Call, findings: &[Finding]) -> Result<(), SourceError> {
        let insert = "INSERT INTO waiting (call, findings) VALUES (?1, ?2)";
        let row = params![to_json(call)?, to_json(&findings)?];
        self.scratch.connection.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// Hands out the calls that waited, with what they turned out to be. `take` returns false to end it.
    pub(super) fn settle(
        &self,
        take: &mut dyn FnMut(Call, Vec<Finding>, Verdict) -> Result<bool, SourceError>,
    ) -> Result<(), SourceError> {
        self.scratch.connection.execute_batch("COMMIT; CREATE INDEX by_start ON known (started)")?;
        let mut statement =
            self.scratch.connection.prepare("SELECT call, findings FROM waiting ORDER BY seq")?;
        let mut rows = statement.query([])?;
        // Each call with an id is told once more at most.
        let mut taken = HashSet::new();
        while let Some(row) = rows.next()? {
            let call: Call = from_json(row, 0)?;
            let verdict = self.judge(&trace(&call), &mut taken)?;
            if !take(call, from_json(row, 1)?, verdict)? {
                break;
            }
        }
        Ok(())
    }

    fn judge(&self, call: &CallTrace, taken: &mut HashSet<i64>) -> Result<Verdict, SourceError> {
        let near =
            "SELECT started, outbound, seconds, number, line, rowid FROM known WHERE started BETWEEN ?1 AND ?2
                    LIMIT ?3";
        let mut statement = self.scratch.connection.prepare_cached(near)?;
        let span = (call.started - CallTrace::REACH, call.started + CallTrace::REACH);
        let mut rows = statement.query(params![span.0, span.1, COMPARED_MAX])?;
        let (mut same, mut maybe) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let other = CallTrace {
                started: row.get(0)?,
                outbound: row.get(1)?,
                seconds: row.get(2)?,
                number: row.get(3)?,
                line: row.get(4)?,
            };
            // Of two calls in one minute, a row that shows its seconds can be the other one.
            let is_near = (call.started - other.started).abs() <= Trace::SLACK;
            match call.compare(&other) {
                Likeness::Same if is_near || call.started % 60 == 0 => same.push(row.get(5)?),
                Likeness::Same | Likeness::Maybe => maybe += 1,
                Likeness::Different => {}
            }
        }
        Ok(match (&same[..], maybe) {
            ([], 0) => Verdict::Another,
            ([one], _) if taken.insert(*one) => Verdict::Told(*one),
            _ => Verdict::Unclear,
        })
    }
}

fn trace(call: &Call) -> CallTrace {
    let outbound = call.direction == Direction::Outbound;
    let (customer, line) = (call.customer.known(), call.line.number.as_deref());
    CallTrace::new(call.started.as_second(), outbound, call.total_seconds, customer, line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_with_an_id_is_told_once_more_at_most() {
        const AT: i64 = 1_709_629_200;
        let folder = tempfile::tempdir().unwrap();
        let nameless = Nameless::new(folder.path()).unwrap();
        let call = |after: i64, seconds: u32| {
            CallTrace::new(AT + after, false, Some(seconds), Some("+1 202 555 0101"), None)
        };
        let known = call(0, 30);
        let row = params![known.started, known.outbound, known.seconds, known.number, known.line];
        nameless
            .scratch
            .connection
            .execute("INSERT INTO known VALUES (?1, ?2, ?3, ?4, ?5, NULL)", row)
            .unwrap();
        let mut taken = HashSet::new();
        let mut judge = |call: CallTrace| nameless.judge(&call, &mut taken).unwrap();
        assert_eq!(judge(call(40, 31)), Verdict::Unclear, "within the minute, and another second");
        assert_eq!(judge(call(0, 30)), Verdict::Told(1));
        assert_eq!(judge(call(1, 30)), Verdict::Unclear, "the one with an id is told already");
        assert_eq!(judge(call(3_600, 30)), Verdict::Another);
    }
}

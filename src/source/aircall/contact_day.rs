//! Calls of one number on one day, brought together on disk.

use std::ops::ControlFlow;
use std::path::Path;

use rusqlite::params;

use super::call::Call;
use super::payloads::from_json;
use crate::model::finding::Finding;
use crate::source::SourceError;
use crate::source::scratch::Scratch;

/// Most calls of one number on one day that are brought together, which bounds memory. More is a machine calling, and
/// what is beyond stays one conversation a call.
const CALLS_MAX: usize = 2_000;

/// Calls brought together.
pub(super) enum Group {
    /// All of one number on one day, in the order of their starts.
    Day(Vec<Call>),
    /// One that is beyond the limit of its day.
    Alone(Box<Call>),
}

/// Takes the groups with what there is to say about their calls.
pub(super) type TakeGroup<'t> = dyn FnMut(Group, Vec<Finding>) -> ControlFlow<()> + 't;

/// Calls waiting for the others of their day.
pub(super) struct Days {
    scratch: Scratch,
}

impl Days {
    /// An empty table in `temp_dir`; the file goes with the value.
    pub(super) fn new(temp_dir: &Path) -> Result<Self, SourceError> {
        let tables =
            "CREATE TABLE call (day TEXT, number TEXT, started TEXT, seq INTEGER PRIMARY KEY, call TEXT,
                                         findings TEXT);";
        Ok(Self { scratch: Scratch::new(temp_dir, "contact-day", tables)? })
    }

    /// Adds a call whose customer has a number.
    pub(super) fn add(&self, call: &Call, findings: &[Finding]) -> Result<(), SourceError> {
        let json = |error: serde_json::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
        let row = params![
            call.local_date.to_string(),
            call.customer.known(),
            call.started.as_nanosecond().to_string(),
            serde_json::to_string(call).map_err(json)?,
            serde_json::to_string(findings).map_err(json)?,
        ];
        let insert = "INSERT INTO call (day, number, started, call, findings) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.scratch.connection.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// Hands the calls of one number on one day to `take`, day by day.
    pub(super) fn for_each(&self, take: &mut TakeGroup<'_>) -> Result<(), SourceError> {
        self.scratch.connection.execute_batch("COMMIT; CREATE INDEX by_day ON call (day, number)")?;
        let order = "SELECT day, number, call, findings FROM call ORDER BY day, number, length(started), started, seq";
        let mut statement = self.scratch.connection.prepare(order)?;
        let mut rows = statement.query([])?;
        let (mut of, mut calls, mut findings) = (None, Vec::new(), Vec::new());
        while let Some(row) = rows.next()? {
            let next_of = Some((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
            let call: Call = from_json(row, 2)?;
            let said: Vec<Finding> = from_json(row, 3)?;
            let flow = if next_of == of && calls.len() == CALLS_MAX {
                take(Group::Alone(Box::new(call)), said)
            } else {
                let flow = if next_of == of || calls.is_empty() {
                    ControlFlow::Continue(())
                } else {
                    take(Group::Day(std::mem::take(&mut calls)), std::mem::take(&mut findings))
                };
                calls.push(call);
                findings.extend(said);
                flow
            };
            if flow.is_break() {
                return Ok(());
            }
            of = next_of;
        }
        if !calls.is_empty() {
            // Nothing comes after it that could be broken off.
            let _last = take(Group::Day(calls), findings);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::call::tests::call;
    use super::*;

    #[test]
    fn a_day_holds_a_number_of_calls_and_the_rest_stay_alone() {
        let dir = tempfile::tempdir().unwrap();
        let days = Days::new(dir.path()).unwrap();
        for _ in 0..CALLS_MAX + 3 {
            days.add(&call(), &[]).unwrap();
        }
        let mut other = call();
        other.local_date = "2025-06-03".parse().unwrap();
        days.add(&other, &[]).unwrap();
        let mut groups = Vec::new();
        days.for_each(&mut |group, _| {
            groups.push(match group {
                Group::Day(calls) => calls.len(),
                Group::Alone(_) => 0,
            });
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(groups, [0, 0, 0, CALLS_MAX, 1]);
    }
}

//! The tables, and how a ledger of an older version becomes one of this version.

use rusqlite::Connection;

use super::error::LedgerError;

/// `GIlg`: marks the file as a ledger of this program (SQLite's `application_id`).
const APPLICATION_ID: i32 = 0x4749_6c67;

/// The steps that lead to the present version, oldest first. A step that was released is never changed, only
/// followed by another. `user_version` is the number of steps that a file has seen.
const STEPS: &[&str] =
    &[include_str!("schema_1.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")];

/// The documentation of the tables: the commented schema, and questions that people ask of it.
pub fn schema_doc() -> String {
    let mut doc = STEPS.join("\n");
    doc.push_str(
        "
-- Where do things stand?
--   SELECT state, count(*), sum(messages) FROM tickets GROUP BY state;
-- What was rejected, and why?
--   SELECT key, code, note FROM tickets WHERE state = 'rejected';
-- Which Gorgias ticket is it?
--   SELECT gorgias_id FROM ticket WHERE key = 'zendesk:ticket:48213';
-- What was sent for it?
--   SELECT * FROM requests WHERE ticket = 'zendesk:ticket:48213';
-- What did reading back show?
--   SELECT t.key, c.name, v.differences FROM verified v JOIN ticket t ON t.id = v.ticket JOIN match_class c ON c.number = v.class;
",
    );
    doc
}

/// Brings the file to the present version. A file of a newer version, or of another program, is refused.
pub(super) fn migrate(connection: &Connection) -> Result<(), LedgerError> {
    apply(connection, STEPS)
}

/// Refuses a file that is not exactly of the present version; for readers, which must not change it.
pub(super) fn check(connection: &Connection) -> Result<(), LedgerError> {
    match version(connection, STEPS.len())? {
        found if found == STEPS.len() => Ok(()),
        found => Err(LedgerError::OlderVersion { found, ours: STEPS.len() }),
    }
}

/// All steps at once: whoever reads meanwhile sees the file as it was or as it will be.
fn apply(connection: &Connection, steps: &[&str]) -> Result<(), LedgerError> {
    let found = version(connection, steps.len())?;
    if found == steps.len() {
        return Ok(());
    }
    let transaction = connection.unchecked_transaction()?;
    for step in &steps[found..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", u32::try_from(steps.len()).unwrap_or(u32::MAX))?;
    Ok(transaction.commit()?)
}

/// The number of steps that the file has seen; at most `ours`.
fn version(connection: &Connection, ours: usize) -> Result<usize, LedgerError> {
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application == 0 && version == 0 && tables == 0 {
        return Ok(0);
    }
    if application != APPLICATION_ID {
        return Err(LedgerError::NotALedger);
    }
    match usize::try_from(version) {
        Ok(found) if found <= ours => Ok(found),
        _ => Err(LedgerError::NewerVersion { found: version, ours }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_applied_once_and_in_order() {
        let connection = Connection::open_in_memory().unwrap();
        apply(&connection, &STEPS[..1]).unwrap();
        connection.execute("INSERT INTO meta (name, value) VALUES ('kept', 1)", []).unwrap();
        let later = [
            STEPS[0],
            "CREATE TABLE second (x); INSERT INTO second VALUES (1);",
            "INSERT INTO second VALUES (2);",
        ];
        apply(&connection, &later).unwrap();
        apply(&connection, &later).unwrap();
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT sum(x) FROM second"), 3);
        assert_eq!(count("SELECT count(*) FROM meta WHERE name = 'kept'"), 1);
        assert_eq!(version(&connection, 3).unwrap(), 3);
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before_it() {
        let connection = Connection::open_in_memory().unwrap();
        apply(&connection, &STEPS[..1]).unwrap();
        let broken =
            [STEPS[0], "CREATE TABLE second (x);", "CREATE TABLE third (x); CREATE TABLE third (x);"];
        assert!(apply(&connection, &broken).is_err());
        assert_eq!(version(&connection, 3).unwrap(), 1);
        assert!(connection.prepare("SELECT * FROM second").is_err());
    }

    #[test]
    fn tickets_of_which_no_authors_were_noted_are_remembered() {
        let fact = |tickets: &[&str]| {
            let connection = Connection::open_in_memory().unwrap();
            apply(&connection, &STEPS[..2]).unwrap();
            for (id, values) in (1..).zip(tickets) {
                let columns = "id, key, last_ms, messages, updated_ms, state, gorgias_id";
                let sql = format!("INSERT INTO ticket ({columns}) VALUES ({id}, 'k{id}', 0, 1, 0, {values})");
                connection.execute(&sql, []).unwrap();
            }
            migrate(&connection).unwrap();
            let sql = "SELECT value FROM meta WHERE name = 'fact:authors-not-noted-to'";
            connection.query_row(sql, [], |row| row.get::<_, String>(0)).ok()
        };
        assert_eq!(fact(&[]), None);
        assert_eq!(fact(&["0, NULL"]), None, "nothing of it is in Gorgias");
        let (done, sending, pending) = ("3, 77", "1, NULL", "0, NULL");
        assert_eq!(fact(&[done, done, pending]).as_deref(), Some("2"));
        assert_eq!(fact(&[done, sending, pending]).as_deref(), Some("2"), "it may be there");
    }

    #[test]
    fn newer_and_foreign_files_are_refused() {
        let connection = Connection::open_in_memory().unwrap();
        migrate(&connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&connection), Err(LedgerError::NewerVersion { found: 99, .. })));
        let foreign = Connection::open_in_memory().unwrap();
        foreign.execute_batch("CREATE TABLE other (x)").unwrap();
        assert!(matches!(migrate(&foreign), Err(LedgerError::NotALedger)));
    }

    #[test]
    fn the_names_of_states_in_the_tables_are_those_of_the_code() {
        use crate::ledger::state::{PartState, TicketState};
        use crate::model::verification::MatchClass;
        let connection = Connection::open_in_memory().unwrap();
        migrate(&connection).unwrap();
        let names = |table: &str| -> Vec<(i64, String)> {
            let mut select =
                connection.prepare(&format!("SELECT number, name FROM {table} ORDER BY number")).unwrap();
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.collect::<Result<_, _>>().unwrap()
        };
        let tickets: Vec<_> = TicketState::ALL.map(|s| (s.number(), s.as_str().to_owned())).into();
        let parts: Vec<_> = PartState::ALL.map(|s| (s.number(), s.as_str().to_owned())).into();
        assert_eq!(names("ticket_state"), tickets);
        assert_eq!(names("part_state"), parts);
        let classes: Vec<_> = MatchClass::ALL.map(|c| (c.number(), c.as_str().to_owned())).into();
        assert_eq!(names("match_class"), classes);
        for (number, name) in names("source_status") {
            let status = crate::ledger::column::status_from_number(number).unwrap();
            assert_eq!(serde_json::to_value(status).unwrap(), name);
        }
        assert!(crate::ledger::column::status_from_number(7).is_none());
    }

    #[test]
    fn every_table_is_documented() {
        let doc = schema_doc();
        for table in [
            "meta",
            "account",
            "source",
            "run",
            "ticket",
            "intent",
            "kind",
            "message",
            "customer",
            "tag",
            "undone",
            "request",
            "alias",
            "call",
            "verified",
            "verification",
            "trashing",
            "survey",
            "request_kind",
            "link",
        ] {
            assert!(doc.contains(&format!("CREATE TABLE {table} (")), "{table}");
        }
    }
}

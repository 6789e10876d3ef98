use rusqlite::Connection;

use super::*;

#[test]
fn what_was_acknowledged_is_there_after_a_reopen() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 3);
    finish(&ledger, 2);
    drop(ledger);
    let ledger = open(folder.path());
    assert_eq!(ticket(&ledger, 2).state, TicketState::Done);
    assert_eq!(ticket(&ledger, 2).gorgias_id, Some(102));
    assert_eq!(ticket(&ledger, 3).state, TicketState::Pending);
}

#[test]
fn a_dropped_acknowledgement_does_not_lose_the_write() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = ticket(&ledger, 1).id;
    drop(ledger.intend_tickets(&[(id, PLAN)]));
    drop(ledger);
    assert_eq!(ticket(&open(folder.path()), 1).state, TicketState::Sending);
}

#[test]
fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let since = time::now();
    let error = Ledger::open(folder.path(), since).unwrap_err();
    assert!(matches!(&error, LedgerError::Held { holder } if holder.pid == std::process::id()), "{error:?}");
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    let view = LedgerView::open(folder.path()).unwrap();
    assert_eq!(view.holder().unwrap().unwrap().pid, std::process::id());
    drop(ledger);
    assert_eq!(view.holder().unwrap(), None);
    drop(open(folder.path()));
}

#[test]
fn readers_need_no_lock_and_see_commits() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(LedgerView::open(folder.path()), Err(LedgerError::Absent { .. })));
    // What another process sees in the moment before the first tables are there.
    std::fs::write(folder.path().join("ledger.sqlite"), "").unwrap();
    assert!(matches!(LedgerView::open(folder.path()), Err(LedgerError::Absent { .. })));
    let ledger = filled(folder.path(), 2);
    let view = LedgerView::open(folder.path()).unwrap();
    assert_eq!(view.counts(&Selection::default()).unwrap().tickets(TicketState::Pending), 2);
    finish(&ledger, 1);
    assert_eq!(view.ticket(&key(1)).unwrap().unwrap().state, TicketState::Done);
    assert_eq!(view.ticket(&key(9)).unwrap(), None);
    drop(ledger);
    assert_eq!(view.messages(TicketId(1)).unwrap().len(), 2, "also after the writer has gone");
}

#[test]
fn newer_and_foreign_files_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let path = folder.path().join(database::NAME);
    let raw = Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    let newer =
        |result: Result<_, LedgerError>| matches!(result, Err(LedgerError::NewerVersion { found: 99, .. }));
    assert!(newer(Ledger::open(folder.path(), time::now()).map(drop)));
    assert!(newer(LedgerView::open(folder.path()).map(drop)));
    drop(raw);
    let text = "no database, though it has the name of one and is long enough for a header; ".repeat(20);
    std::fs::write(&path, &text).unwrap();
    assert!(matches!(Ledger::open(folder.path(), time::now()), Err(LedgerError::NotALedger)));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn a_damaged_file_is_noticed_before_a_run_begins_whatever_its_size() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path(), 2_000));
    let run = || NewRun {
        command: "run".to_owned(),
        export_fingerprint: None,
        config_hash: None,
        started: time::now(),
        after: 0,
    };
    let beside = Ledger::open_checking(folder.path(), time::now(), 0).unwrap();
    assert_eq!(beside.start_run(run()).wait().unwrap(), 1, "whole");
    drop(beside);
    let path = folder.path().join(database::NAME);
    let raw = Connection::open(&path).unwrap();
    let leaf: i64 = raw
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'message'", [], |row| row.get(0))
        .unwrap();
    drop(raw);
    let mut bytes = std::fs::read(&path).unwrap();
    let page = usize::try_from(leaf - 1).unwrap() * 4_096;
    bytes[page + 8..page + 2_000].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let error = Ledger::open(folder.path(), time::now()).unwrap_err();
    assert!(matches!(error, LedgerError::Damaged(_)), "{error:?}");
    let beside = Ledger::open_checking(folder.path(), time::now(), 0).unwrap();
    let error = beside.start_run(run()).wait().unwrap_err();
    assert!(matches!(error, LedgerError::Damaged(_)), "{error:?}");
    assert!(beside.set_fact("a", "b").wait().is_err(), "and nothing is written to it any more");
}

#[test]
fn a_check_that_nobody_waits_for_ends_with_its_ledger() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path(), 2_000));
    drop(Ledger::open_checking(folder.path(), time::now(), 0).unwrap());
    assert!(!folder.path().join("ledger.sqlite-wal").exists(), "the last connection has tidied up");
}

#[test]
fn the_file_is_durable_and_private() {
    let folder = tempfile::tempdir().unwrap();
    let state_dir = folder.path().join("a/state");
    let ledger = filled(&state_dir, 1);
    let synchronous = ledger.inner.writer.submit(writer::Urgency::Now, |work| {
        Ok(work.connection.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(synchronous.wait().unwrap(), 2);
    #[cfg(unix)]
    for name in [database::NAME, "ledger.sqlite-wal", "ledger.sqlite-shm", "lock"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(state_dir.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn clones_share_it_and_the_last_one_closes_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let clone = ledger.clone();
    drop(ledger);
    assert!(Ledger::open(folder.path(), time::now()).is_err(), "the clone still has it");
    clone.flush().wait().unwrap();
    drop(clone);
    drop(open(folder.path()));
}

#[test]
fn no_address_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let email = crate::model::person::Email::parse("kim.private@example.com").unwrap();
    let address = ledger.hasher().email(&email);
    ledger.intend_customer(address).wait().unwrap();
    let words = "kim.private@example.com is taken";
    ledger.ticket_refused(ticket(&ledger, 1).id, crate::model::finding::Code::RefusedByGorgias, Some(words));
    ledger.flush().wait().unwrap();
    assert_eq!(ticket(&ledger, 1).note.as_deref(), Some("[address] is taken"));
    drop(ledger);
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(memchr::memmem::find(&bytes, b"kim.private").is_none());
        files += 1;
    }
    assert_eq!(files, 2, "the ledger and the lock");
    let again = open(folder.path());
    assert_eq!(again.hasher().email(&email), address, "the salt is kept");
}

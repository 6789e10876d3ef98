use rusqlite::Connection;

use super::*;
use crate::model::finding::Code;

/// The log as a power cut may leave it: any prefix. Each must open, and must hold what was acknowledged before.
#[test]
fn any_prefix_of_the_log_holds_every_commit_before_the_cut() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 12);
    let database = folder.path().join(database::NAME);
    let log = folder.path().join("ledger.sqlite-wal");
    let length = || usize::try_from(std::fs::metadata(&log).unwrap().len()).unwrap();
    // Length of the log once so many tickets were acknowledged as done.
    let mut acknowledged = vec![(length(), 0)];
    for number in 1..=12 {
        finish(&ledger, number);
        acknowledged.push((length(), u64::from(number)));
    }
    let database = std::fs::read(database).unwrap();
    let log = std::fs::read(log).unwrap();
    let registered = acknowledged[0].0;
    let mut cuts: Vec<usize> = (0..log.len()).step_by(997).collect();
    cuts.extend(acknowledged.iter().flat_map(|(at, _)| [at - 1, *at, (at + 1).min(log.len()), at - 64]));
    assert!(cuts.len() > 100, "{}", cuts.len());

    for cut in cuts {
        let copy = tempfile::tempdir().unwrap();
        std::fs::write(copy.path().join(database::NAME), &database).unwrap();
        std::fs::write(copy.path().join("ledger.sqlite-wal"), &log[..cut]).unwrap();
        let ledger = open(copy.path());
        let counts = ledger.view().counts(&Selection::default()).unwrap();
        let promised = acknowledged.iter().filter(|(at, _)| *at <= cut).map(|(_, done)| *done).max();
        assert!(counts.tickets(TicketState::Done) >= promised.unwrap_or(0), "cut at {cut}: {counts:?}");
        if cut >= registered {
            assert_eq!(counts.all_tickets(), 12, "cut at {cut}");
            // What was in flight is unknown, never pending again.
            let sending = counts.tickets(TicketState::Sending);
            assert_eq!(counts.open_tickets() - sending, counts.tickets(TicketState::Pending));
        }
    }
}

impl Ledger {
    /// Plays a disk that takes only so many more pages, until the ledger is opened again.
    pub(crate) fn leave_room(&self, pages: u32) {
        let limit = self.inner.writer.submit(writer::Urgency::Now, move |work| {
            let held: i64 = work.connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
            let sql = format!("PRAGMA max_page_count = {}", held + i64::from(pages));
            Ok(work.connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?)
        });
        assert!(limit.wait().unwrap() > 0);
    }
}

#[test]
fn a_full_disk_stops_every_write_in_plain_words() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = finish(&ledger, 1);
    ledger.leave_room(1);

    let many = ledger.register((10..3_000).map(|number| registration(number, 0, 2)));
    let error = many.unwrap_err();
    assert!(matches!(error, LedgerError::DiskFull), "{error:?}");
    assert!(error.to_string().contains("free some space"), "{error}");
    assert!(matches!(ledger.ticket_gone(id).wait(), Err(LedgerError::DiskFull)), "even what would fit");
    assert!(matches!(ledger.flush().wait(), Err(LedgerError::DiskFull)));
    assert!(matches!(ledger.registrar().finish(None), Err(LedgerError::DiskFull)));
    drop(ledger);

    let ledger = open(folder.path());
    let counts = ledger.view().counts(&Selection::default()).unwrap();
    assert_eq!(
        (counts.all_tickets(), counts.tickets(TicketState::Done)),
        (1, 1),
        "rolled back, and nothing lost"
    );
    ledger.ticket_gone(id).wait().unwrap();
}

#[test]
fn a_shell_that_keeps_it_locked_is_named_and_writes_wait_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = filled(folder.path(), 1);
    let id = ticket(&ledger, 1).id;
    let shell = Connection::open(folder.path().join(database::NAME)).unwrap();
    shell.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ack = ledger.ticket_refused(id, Code::RefusedByGorgias, None);
    std::thread::sleep(std::time::Duration::from_millis(50));
    assert_eq!(ticket(&ledger, 1).state, TicketState::Pending);
    shell.execute_batch("ROLLBACK").unwrap();
    ack.wait().unwrap();
    assert_eq!(ticket(&ledger, 1).state, TicketState::Rejected);
}

//! Power cuts at every boundary of a write.
//!
//! What SQLite wrote is read off the files after each acknowledged commit: the log grows by a header of 32 bytes or by
//! frames (a header of 24 bytes, then a page), and a checkpoint writes pages into the main file while the log is
//! whole. In between, a cut leaves any first part of these writes, or any sectors of them, because a disk may reorder
//! what was not synced.

use std::path::Path;

use rusqlite::Connection;

use super::*;
use crate::ledger::writer::Urgency;

const LOG: &str = "ledger.sqlite-wal";
const INDEX: &str = "ledger.sqlite-shm";
/// Bytes that a disk writes whole or not at all.
const SECTOR: usize = 512;
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Pages in the log before a checkpoint, so that many happen within a short test.
const CHECKPOINT_PAGES: u32 = 12;
const TICKETS: u32 = 14;
/// Random choices of sectors for one step.
const SHUFFLES: u32 = 6;
/// One cut in so many is opened as the program opens its ledger for writing.
const WRITER_EVERY: u32 = 32;

/// The files and what the ledger said, at the moment a commit was acknowledged.
struct Moment {
    database: Vec<u8>,
    log: Vec<u8>,
    index: Vec<u8>,
    said: Vec<(TicketState, Option<i64>)>,
}

fn moment(folder: &Path, ledger: &Ledger) -> Moment {
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    Moment { database: read(database::NAME), log: read(LOG), index: read(INDEX), said: said(ledger.view()) }
}

fn said(view: &LedgerView) -> Vec<(TicketState, Option<i64>)> {
    let tickets = view.tickets(&Selection::default(), Which::All).unwrap().map(Result::unwrap);
    tickets.map(|ticket| (ticket.state, ticket.gorgias_id)).collect()
}

/// A migration, commit by commit.
fn moments(folder: &Path) -> Vec<Moment> {
    let ledger = filled(folder, TICKETS);
    let often = ledger.inner.writer.submit(Urgency::Now, |work| {
        Ok(work.connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?)
    });
    often.wait().unwrap();
    let mut moments = vec![moment(folder, &ledger)];
    for number in 1..=TICKETS {
        let id = ticket(&ledger, number).id;
        ledger.intend_tickets(&[(id, PLAN)]).wait().unwrap();
        moments.push(moment(folder, &ledger));
        if number % 5 == 0 {
            ledger.ticket_not_there(id).wait().unwrap();
        } else {
            ledger.ticket_created(id, i64::from(number) + 100, &[(0, 1), (1, 2)], true).wait().unwrap();
        }
        moments.push(moment(folder, &ledger));
    }
    moments
}

/// The byte ranges in which `after` differs from `before` when cut at these places.
fn changed(before: &[u8], after: &[u8], cuts: &[usize]) -> Vec<(usize, usize)> {
    let pieces = cuts.windows(2).map(|cut| (cut[0], cut[1].min(after.len())));
    pieces.filter(|&(from, to)| from < to && before.get(from..to) != Some(&after[from..to])).collect()
}

/// `before` with these ranges as `after` has them. What lies between and was never written is zero.
fn written(before: &[u8], after: &[u8], ranges: &[(usize, usize)]) -> Vec<u8> {
    let mut bytes = before.to_vec();
    for &(from, to) in ranges {
        if bytes.len() < to {
            bytes.resize(to, 0);
        }
        bytes[from..to].copy_from_slice(&after[from..to]);
    }
    bytes
}

/// Where the writes of a log of pages of this size begin and end.
fn log_cuts(page: usize, length: usize) -> Vec<usize> {
    let mut cuts = vec![0, LOG_HEADER];
    let mut at = LOG_HEADER;
    while at < length {
        cuts.extend([at + FRAME_HEADER, at + FRAME_HEADER + page]);
        at += FRAME_HEADER + page;
    }
    cuts.dedup();
    cuts
}

/// What a cut may leave of these writes: each first part of them, the last one also torn, and random sectors of all.
fn remains(writes: &[(usize, usize)], rng: &mut fastrand::Rng) -> Vec<Vec<(usize, usize)>> {
    let mut remains = vec![Vec::new()];
    for (at, &(from, to)) in writes.iter().enumerate() {
        let torn = [from + 1, usize::midpoint(from, to), to.saturating_sub(SECTOR), to - 1];
        for end in torn.into_iter().filter(|end| (from + 1..to).contains(end)) {
            remains.push([&writes[..at], &[(from, end)]].concat());
        }
        remains.push(writes[..=at].to_vec());
    }
    let sectors: Vec<(usize, usize)> = writes
        .iter()
        .flat_map(|&(from, to)| {
            (from / SECTOR..to.div_ceil(SECTOR))
                .map(move |sector| (from.max(sector * SECTOR), to.min((sector + 1) * SECTOR)))
        })
        .collect();
    for _ in 0..SHUFFLES {
        remains.push(sectors.iter().copied().filter(|_| rng.bool()).collect());
    }
    remains
}

/// Ledgers that consist of these bytes, and what they hold.
struct Reopening {
    folder: tempfile::TempDir,
    opened: u32,
}

impl Reopening {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), opened: 0 }
    }

    fn said(&mut self, database: &[u8], log: &[u8], index: Option<&[u8]>) -> Vec<(TicketState, Option<i64>)> {
        let folder = self.folder.path();
        std::fs::write(folder.join(database::NAME), database).unwrap();
        std::fs::write(folder.join(LOG), log).unwrap();
        match index {
            Some(index) => std::fs::write(folder.join(INDEX), index).unwrap(),
            None => drop(std::fs::remove_file(folder.join(INDEX))),
        }
        self.opened += 1;
        // The writer's way in syncs, which takes longer than everything else here.
        if self.opened.is_multiple_of(WRITER_EVERY) {
            return said(open(folder).view());
        }
        let view = LedgerView::open(folder).unwrap();
        let whole = |connection: &Connection| {
            Ok(connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))?)
        };
        assert_eq!(view.read(whole).unwrap(), "ok");
        said(&view)
    }
}

#[test]
fn a_cut_at_any_write_leaves_what_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let moments = moments(folder.path());
    let page = usize::from(u16::from_be_bytes([moments[0].database[16], moments[0].database[17]]));
    let mut reopening = Reopening::new();
    let mut rng = fastrand::Rng::with_seed(4);
    let (mut cuts, mut checkpoints, mut restarts) = (0, 0, 0);
    for (number, pair) in moments.windows(2).enumerate() {
        let [before, after] = pair else { unreachable!() };
        // First the log is written and synced.
        let writes = changed(&before.log, &after.log, &log_cuts(page, after.log.len()));
        assert!(!writes.is_empty(), "commit {number} left no trace in the log");
        restarts += u32::from(before.log.len() > LOG_HEADER && writes[0].0 == 0);
        for (which, remain) in remains(&writes, &mut rng).iter().enumerate() {
            let log = written(&before.log, &after.log, remain);
            // An old index may lie beside it; it must not be believed.
            let index = (which % 2 == 0).then_some(&after.index[..]);
            let said = reopening.said(&before.database, &log, index);
            assert!(said == before.said || said == after.said, "commit {number}, cut {remain:?}: {said:?}");
            cuts += 1;
        }
        assert_eq!(reopening.said(&before.database, &after.log, None), after.said, "commit {number} synced");
        // Then, now and then, its pages are brought home, while the log is whole.
        let pages: Vec<usize> = (0..=after.database.len() / page).map(|at| at * page).collect();
        let writes = changed(&before.database, &after.database, &pages);
        checkpoints += u32::from(!writes.is_empty());
        for remain in remains(&writes, &mut rng) {
            let database = written(&before.database, &after.database, &remain);
            assert_eq!(
                reopening.said(&database, &after.log, None),
                after.said,
                "checkpoint {number}, {remain:?}"
            );
            cuts += 1;
        }
    }
    println!("{cuts} cuts, {checkpoints} checkpoints, {restarts} new beginnings of the log");
    assert!(cuts > 500 && checkpoints > 3 && restarts > 3, "{cuts} {checkpoints} {restarts}");
}

#[test]
fn a_log_that_lost_an_acknowledged_frame_is_noticed_by_this_test() {
    let folder = tempfile::tempdir().unwrap();
    let moments = moments(folder.path());
    let mut reopening = Reopening::new();
    let growing = moments.windows(2).find(|pair| pair[1].log.len() > pair[0].log.len()).unwrap();
    let lying = &growing[1].log[..growing[1].log.len() - SECTOR];
    assert_ne!(reopening.said(&growing[0].database, lying, None), growing[1].said);
}

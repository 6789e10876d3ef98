//! Joining on disk: records of one ticket that lie apart, gathered in a temporary SQLite file.
//!
//! Rows are appended as they come and indexed once at the end, because a table kept in the order of its keys grows ten
//! times slower.

use std::path::Path;
use std::sync::Arc;

use rusqlite::params;

use super::recognise::Kind;
use crate::model::finding::Place;
use crate::source::SourceError;
use crate::source::scratch::Scratch;

/// A record that waits for the others of its ticket.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The ticket.
    pub(super) ticket: i64,
    /// Nothing but a number in its path says that it is of this ticket.
    pub(super) by_number: bool,
    /// What it is: a ticket, a comment, an audit or a ticket event.
    pub(super) kind: Kind,
    /// Its JSON, repaired.
    pub(super) bytes: Vec<u8>,
    /// Where it stands.
    pub(super) place: Place,
    /// Characters that were repaired in it.
    pub(super) repaired: usize,
}

/// The kinds that are joined, with their numbers in the file.
const KINDS: &[Kind] = &[
    Kind::Ticket,
    Kind::Comment,
    Kind::Audit,
    Kind::TicketEvent,
    Kind::TicketRow,
    Kind::LogEvent,
    Kind::SideConversation,
    Kind::SideEvent,
    Kind::Chat,
];

/// The temporary file.
pub(super) struct Join {
    scratch: Scratch,
    records: u64,
}

impl Join {
    /// Makes an empty file in `folder`.
    pub(super) fn new(folder: &Path) -> Result<Self, SourceError> {
        let table = "CREATE TABLE record (ticket INTEGER NOT NULL, by_number INTEGER NOT NULL, kind INTEGER NOT NULL, file TEXT NOT NULL, line INTEGER,
                                          byte INTEGER, repaired INTEGER NOT NULL, bytes BLOB NOT NULL)";
        Ok(Self { scratch: Scratch::new(folder, "join-", table)?, records: 0 })
    }

    /// Appends a record.
    pub(super) fn add(&mut self, row: &Row) -> Result<(), SourceError> {
        let kind = KINDS.iter().position(|kind| *kind == row.kind).unwrap_or_default();
        let number = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok());
        let mut insert = self
            .scratch
            .connection
            .prepare_cached("INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        insert.execute(params![
            row.ticket,
            row.by_number,
            i64::try_from(kind).unwrap_or_default(),
            &*row.place.file,
            number(row.place.line),
            number(row.place.byte),
            i64::try_from(row.repaired).unwrap_or(i64::MAX),
            row.bytes,
        ])?;
        self.records += 1;
        Ok(())
    }

    /// Records that wait.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Hands over the records ticket by ticket, by rising id. `take` ends it by returning false.
    pub(super) fn each_ticket(
        &mut self,
        take: &mut dyn FnMut(i64, Vec<Row>) -> Result<bool, SourceError>,
    ) -> Result<(), SourceError> {
        self.scratch.connection.execute_batch("CREATE INDEX by_ticket ON record (ticket); COMMIT;")?;
        let mut query = self.scratch.connection.prepare(
            "SELECT ticket, kind, file, line, byte, repaired, bytes, by_number FROM record ORDER BY ticket, rowid",
        )?;
        let mut rows = query.query([])?;
        let mut gathered: Vec<Row> = Vec::new();
        while let Some(row) = rows.next()? {
            let row = read(row)?;
            if let Some(ticket) =
                gathered.first().map(|first| first.ticket).filter(|ticket| *ticket != row.ticket)
                && !take(ticket, std::mem::take(&mut gathered))?
            {
                return Ok(());
            }
            gathered.push(row);
        }
        if let Some(ticket) = gathered.first().map(|first| first.ticket) {
            take(ticket, gathered)?;
        }
        Ok(())
    }
}

fn read(row: &rusqlite::Row<'_>) -> Result<Row, rusqlite::Error> {
    let unsigned = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    let small =
        |index: usize| row.get::<_, i64>(index).map(|value| usize::try_from(value).unwrap_or_default());
    let kind = small(1)?;
    let file: String = row.get(2)?;
    let repaired = small(5)?;
    Ok(Row {
        ticket: row.get(0)?,
        by_number: row.get(7)?,
        kind: KINDS.get(kind).copied().unwrap_or(Kind::Unknown),
        place: Place {
            file: Arc::from(file),
            line: unsigned(row.get(3)?),
            byte: unsigned(row.get(4)?),
            field: None,
        },
        repaired,
        bytes: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_by_ticket() {
        let folder = tempfile::tempdir().unwrap();
        let mut join = Join::new(folder.path()).unwrap();
        let file: Arc<str> = "a.json".into();
        for (ticket, kind, text) in
            [(9, Kind::Comment, "c9"), (2, Kind::Ticket, "t2"), (9, Kind::Ticket, "t9")]
        {
            let place = Place::new(&file, 3, 7);
            join.add(&Row { ticket, by_number: ticket == 9, kind, bytes: text.into(), place, repaired: 1 })
                .unwrap();
        }
        let mut seen = Vec::new();
        join.each_ticket(&mut |ticket, rows| {
            assert!(rows.iter().all(|row| row.place == Place::new(&file, 3, 7) && row.repaired == 1));
            assert!(rows.iter().all(|row| row.by_number == (ticket == 9)));
            let texts: Vec<(Kind, String)> =
                rows.into_iter().map(|row| (row.kind, String::from_utf8(row.bytes).unwrap())).collect();
            seen.push((ticket, texts));
            Ok(true)
        })
        .unwrap();
        assert_eq!(
            seen,
            [
                (2, vec![(Kind::Ticket, "t2".to_owned())]),
                (9, vec![(Kind::Comment, "c9".to_owned()), (Kind::Ticket, "t9".to_owned())])
            ]
        );
        drop(join);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

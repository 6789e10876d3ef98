//! Joining on disk: records of one ticket that lie apart, sorted by their ticket.

use std::path::Path;
use std::sync::Arc;

use super::recognise::Kind;
use crate::model::finding::Place;
use crate::source::SourceError;
use crate::source::runs::Runs;

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

/// The kinds that are joined, with their numbers in a packed row.
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

/// Bit of a packed row's first byte, whose lower ones are its kind: nothing but a number says whose it is.
const BY_NUMBER: u8 = 1 << 7;

/// The row's line is known.
const HAS_LINE: u8 = 1 << 6;

/// The row's byte is known.
const HAS_BYTE: u8 = 1 << 5;

/// The records that wait.
pub(super) struct Join {
    runs: Runs,
    records: u64,
    /// What is packed before a record's bytes, kept for its room.
    head: Vec<u8>,
}

impl Join {
    /// None yet. What does not fit into memory lies in `folder`.
    pub(super) fn new(folder: &Path) -> Self {
        Self { runs: Runs::new(folder), records: 0, head: Vec::new() }
    }

    /// Appends a record.
    pub(super) fn add(&mut self, row: &Row) -> Result<(), SourceError> {
        pack(row, &mut self.head);
        self.runs.add(row.ticket, &[&self.head, &row.bytes])?;
        self.records += 1;
        Ok(())
    }

    /// Records that wait.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Hands over the records ticket by ticket, by rising id. `take` ends it by returning false.
    pub(super) fn each_ticket(
        self,
        take: &mut dyn FnMut(i64, Vec<Row>) -> Result<bool, SourceError>,
    ) -> Result<(), SourceError> {
        let mut sorted = self.runs.sorted()?;
        let mut gathered: Vec<Row> = Vec::new();
        let mut file: Arc<str> = "".into();
        while let Some((ticket, packed)) = sorted.next()? {
            let row = unpack(ticket, packed, &mut file);
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

/// What stands before the bytes of a row: its kind, where it stands, what was repaired, and the length and name of its
/// file, which every row has because a table of all names could outgrow the memory.
fn pack(row: &Row, head: &mut Vec<u8>) {
    let kind = KINDS.iter().position(|kind| *kind == row.kind).unwrap_or_default();
    let bit = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
    let (line, byte) = (row.place.line, row.place.byte);
    let file = row.place.file.as_bytes();
    head.clear();
    head.push(
        u8::try_from(kind).unwrap_or_default()
            | bit(row.by_number, BY_NUMBER)
            | bit(line.is_some(), HAS_LINE)
            | bit(byte.is_some(), HAS_BYTE),
    );
    for number in [line.unwrap_or_default(), byte.unwrap_or_default(), row.repaired as u64, file.len() as u64]
    {
        head.extend_from_slice(&number.to_le_bytes());
    }
    head.extend_from_slice(file);
}

/// The row that was packed. `file` is that of the row before, which is mostly the same.
fn unpack(ticket: i64, packed: &[u8], file: &mut Arc<str>) -> Row {
    const WHY: &str = "rows come back as they were packed";
    let (&[flags], rest) = packed.split_first_chunk().expect(WHY);
    let (numbers, rest) = rest.split_first_chunk::<32>().expect(WHY);
    let mut numbers = numbers.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
    let mut number = || numbers.next().expect(WHY);
    let (line, byte) = (number(), number());
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let (repaired, length) = (size(number()), size(number()));
    let (name, bytes) = rest.split_at_checked(length).expect(WHY);
    if file.as_bytes() != name {
        *file = String::from_utf8_lossy(name).into();
    }
    let kind = usize::from(flags & !(BY_NUMBER | HAS_LINE | HAS_BYTE));
    Row {
        ticket,
        by_number: flags & BY_NUMBER != 0,
        kind: KINDS.get(kind).copied().unwrap_or(Kind::Unknown),
        place: Place {
            file: Arc::clone(file),
            line: (flags & HAS_LINE != 0).then_some(line),
            byte: (flags & HAS_BYTE != 0).then_some(byte),
            field: None,
        },
        repaired,
        bytes: bytes.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_by_ticket() {
        let folder = tempfile::tempdir().unwrap();
        let mut join = Join::new(folder.path());
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
    }
    #[test]
    fn a_place_without_line_or_byte_stays_without() {
        let mut join = Join::new(Path::new("/nowhere"));
        let places = [Place::file(&"ä.xml".into()), Place::new(&"b.json".into(), 0, u64::MAX)];
        for place in &places {
            let (kind, bytes) = (Kind::Chat, b"{}".to_vec());
            let row = Row { ticket: -4, by_number: false, kind, bytes, place: place.clone(), repaired: 0 };
            join.add(&row).unwrap();
        }
        let mut seen = Vec::new();
        join.each_ticket(&mut |_, rows| {
            seen.extend(rows.into_iter().map(|row| (row.kind, row.bytes, row.place)));
            Ok(true)
        })
        .unwrap();
        assert_eq!(seen, places.map(|place| (Kind::Chat, b"{}".to_vec(), place)));
    }
}

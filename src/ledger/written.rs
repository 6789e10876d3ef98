//! What was last written to a ticket beside its messages, so that a later export changes only what its source changed.

use rusqlite::{OptionalExtension, params};

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError, TicketId};

/// Bytes of a tag's hash. Two tags of one ticket with the same one would be taken for one tag: one ticket in millions.
const TAG_BYTES: usize = 4;

/// Status, assignee and tags as they were written last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Whether its status was closed.
    pub closed: bool,
    /// The Gorgias user in charge.
    pub assignee: Option<u64>,
    /// Hashes of the names of its tags, in ascending order.
    tags: Vec<[u8; TAG_BYTES]>,
}

impl Written {
    /// What is written, with the names of the tags.
    pub fn new<'a>(closed: bool, assignee: Option<u64>, tags: impl IntoIterator<Item = &'a str>) -> Self {
        let mut tags: Vec<_> = tags.into_iter().map(tag_hash).collect();
        tags.sort_unstable();
        tags.dedup();
        Self { closed, assignee, tags }
    }

    /// Whether the tag of this name was among them.
    pub fn has_tag(&self, name: &str) -> bool {
        self.tags.binary_search(&tag_hash(name)).is_ok()
    }

    /// Whether the tags are those of `other`.
    pub fn same_tags(&self, other: &Self) -> bool {
        self.tags == other.tags
    }
}

fn tag_hash(name: &str) -> [u8; TAG_BYTES] {
    let mut hash = [0; TAG_BYTES];
    hash.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..TAG_BYTES]);
    hash
}

impl Ledger {
    /// Remembers what is written to these tickets.
    pub fn remember_written(&self, tickets: Vec<(TicketId, Written)>) -> Ack<()> {
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let mut insert = work.connection.prepare_cached(
                "INSERT OR REPLACE INTO written (ticket, closed, assignee, tags) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for (ticket, written) in tickets {
                let assignee = written.assignee.map(u64::cast_signed);
                insert.execute(params![ticket.0, written.closed, assignee, written.tags.concat()])?;
            }
            Ok(())
        })
    }
}

impl LedgerView {
    /// What was last written to this ticket, where that is known.
    pub fn written(&self, ticket: TicketId) -> Result<Option<Written>, LedgerError> {
        self.read(|connection| {
            let mut select =
                connection.prepare_cached("SELECT closed, assignee, tags FROM written WHERE ticket = ?1")?;
            let written = select.query_row([ticket.0], |row| {
                let tags: Vec<u8> = row.get(2)?;
                let assignee: Option<i64> = row.get(1)?;
                let tags = tags.as_chunks::<TAG_BYTES>().0.to_vec();
                Ok(Written { closed: row.get(0)?, assignee: assignee.map(i64::cast_unsigned), tags })
            });
            Ok(written.optional()?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path(), crate::model::time::now()).unwrap();
        let written = Written::new(true, Some(7), ["vip", "moved", "vip"]);
        assert_eq!(ledger.view().written(TicketId(1)).unwrap(), None);
        ledger.remember_written(vec![(TicketId(1), written.clone())]).wait().unwrap();
        let read = ledger.view().written(TicketId(1)).unwrap().unwrap();
        assert_eq!(read, written);
        assert!(read.has_tag("vip") && !read.has_tag("VIP"));
        assert!(read.same_tags(&Written::new(false, None, ["moved", "vip"])));
        let without = Written::new(false, None, []);
        ledger.remember_written(vec![(TicketId(1), without.clone())]).wait().unwrap();
        assert_eq!(ledger.view().written(TicketId(1)).unwrap(), Some(without));
    }
}

//! How tickets occur in the files.

use super::id_set::IdSet;

/// How tickets occur in the files: a set for each way, because each is a bit a ticket that way.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    /// There is a record.
    pub(super) seen: IdSet,
    /// There are several copies, or more of it outside its record: it has to be joined.
    pub(super) joined: IdSet,
    /// There are messages outside its record.
    pub(super) apart: IdSet,
    /// A list of tickets names it, which serves as its record where there is no other and there are messages.
    pub(super) listed: IdSet,
    /// It was assembled and told before everything was read.
    pub(super) told: IdSet,
}

impl Tickets {
    pub(super) fn is_ticket(&self, id: i64) -> bool {
        self.seen.contains(id) || (self.listed.contains(id) && self.apart.contains(id))
    }

    /// True if anything of it occurs.
    pub(super) fn has(&self, id: i64) -> bool {
        self.seen.contains(id) || self.joined.contains(id)
    }

    /// Takes what was found after this.
    pub(super) fn absorb(&mut self, later: Self) {
        if !self.seen.is_empty() {
            for id in later.seen.iter().filter(|id| self.seen.contains(*id)) {
                self.joined.insert(id);
            }
        }
        self.seen.absorb(later.seen);
        self.joined.absorb(later.joined);
        self.apart.absorb(later.apart);
        self.listed.absorb(later.listed);
        self.told.absorb(later.told);
    }
}

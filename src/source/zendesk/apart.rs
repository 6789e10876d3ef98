//! What lies apart from its ticket: records that do not name their ticket, and facts too small to be joined on disk.
//!
//! Comments of the API do not say which ticket they are of; their page may, by its addresses, and in a stream the page
//! ends after them. So the first pass gives every page a number, the second pass numbers them the same way, and
//! between the two it is settled whose they are.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::ids::IdMap;
use super::metrics::Figures;
use super::page::{Page, Sets};
use super::path_ticket::{PathTicket, Series};
use super::rating::Rating;
use crate::model::finding::Finding;
use jiff::Timestamp;

/// What stands between a record and the ticket that the record does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// A page, by its number in the order of reading.
    Page(u64),
    /// A side conversation, by a hash of its id.
    Side(u64),
}

impl Owner {
    /// The side conversation with this id.
    pub(super) fn side(id: &str) -> Self {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&blake3::hash(id.trim().as_bytes()).as_bytes()[..8]);
        Self::Side(u64::from_le_bytes(bytes))
    }

    /// The chat with this id.
    pub(super) fn chat(id: &str) -> Self {
        Self::side(&format!("chat {}", id.trim()))
    }
}

/// Where a record stands, as far as that tells its ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Stand {
    /// The owner that may know the ticket.
    pub(super) owner: Option<Owner>,
    /// The ticket that the path names.
    pub(super) path: Option<PathTicket>,
}

/// The ticket of a record that does not name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) ticket: i64,
    /// Nothing but a number in the path says so, and it may mean something else.
    pub(super) by_number: bool,
}

impl Whose {
    /// A ticket that was named.
    pub(super) fn sure(ticket: i64) -> Self {
        Self { ticket, by_number: false }
    }
}

/// What one batch tells of this.
#[derive(Default)]
pub(super) struct Ends {
    /// Owners and their tickets.
    pub(super) owners: Vec<(Owner, i64)>,
    /// Records whose ticket is not known yet.
    pub(super) unplaced: HashSet<Stand>,
    pub(super) pages: Vec<(Page, Arc<str>)>,
    pub(super) ratings: Vec<(i64, Rating)>,
    pub(super) figures: Vec<(i64, Figures)>,
}

impl Ends {
    /// True if owners are pages alone, which matters only to records that do not name their ticket.
    pub(super) fn is_about_pages(&self) -> bool {
        self.owners.iter().all(|(owner, _)| matches!(owner, Owner::Page(_)))
    }

    /// Adds what another record of the batch told.
    pub(super) fn extend(&mut self, part: Self) {
        self.owners.extend(part.owners);
        self.unplaced.extend(part.unplaced);
        self.pages.extend(part.pages);
        self.ratings.extend(part.ratings);
        self.figures.extend(part.figures);
    }
}

/// What the whole export tells of this.
#[derive(Debug, Default)]
pub(super) struct Apart {
    owners: HashMap<Owner, i64>,
    unplaced: HashSet<Stand>,
    series: Series,
    sets: Sets,
    /// Those that customers gave, up to 130 bytes each and what they wrote.
    ratings: IdMap<Rating>,
    figures: IdMap<Figures>,
}

impl Apart {
    /// Takes what was found after this, where no record was without its ticket. Owners are of no use then.
    pub(super) fn absorb(&mut self, later: Self) {
        self.sets.absorb(later.sets);
        self.merge(Ends {
            ratings: later.ratings.into_iter().collect(),
            figures: later.figures.into_iter().collect(),
            ..Ends::default()
        });
    }

    /// Takes what a batch gave; the same in any order.
    pub(super) fn merge(&mut self, ends: Ends) {
        for (owner, ticket) in ends.owners {
            let known = self.owners.entry(owner).or_insert(ticket);
            *known = (*known).min(ticket);
        }
        self.unplaced.extend(ends.unplaced);
        for (page, file) in ends.pages {
            self.sets.add(page, &file);
        }
        for (ticket, rating) in ends.ratings {
            match self.ratings.entry(ticket) {
                Entry::Occupied(mut known) if rating > *known.get() => drop(known.insert(rating)),
                Entry::Occupied(_) => {}
                Entry::Vacant(place) => _ = place.insert(rating),
            }
        }
        for (ticket, figures) in ends.figures {
            let known = self.figures.entry(ticket).or_default();
            *known = known.or_later(figures);
        }
    }

    /// The ticket of a record: the one that it names, else that of its owner, else that of its path.
    pub(super) fn ticket(&self, named: Option<i64>, stand: Stand) -> Option<Whose> {
        let owned = || self.owned(stand);
        let sure = named.or_else(owned).map(Whose::sure);
        sure.or_else(|| {
            let path = stand.path?;
            Some(Whose { ticket: self.series.ticket(path)?, by_number: path.series.is_some() })
        })
    }

    fn owned(&self, stand: Stand) -> Option<i64> {
        self.owners.get(&stand.owner?).copied()
    }

    /// The tickets of the records that did not name theirs. To be asked once everything has been read; `is_ticket` says
    /// which tickets there are.
    pub(super) fn settled(&mut self, is_ticket: impl Fn(i64) -> bool) -> HashSet<i64> {
        let unplaced = std::mem::take(&mut self.unplaced);
        let mut series = Series::default();
        let without = unplaced.iter().filter(|stand| self.owned(**stand).is_none());
        for path in without.filter_map(|stand| stand.path) {
            series.note(path);
        }
        series.settle(is_ticket);
        self.series = series;
        let tickets =
            unplaced.iter().filter_map(|stand| self.ticket(None, *stand)).map(|whose| whose.ticket).collect();
        // What says the same as the path, or concerns nobody, need not be kept.
        let asked: HashSet<Owner> = unplaced.into_iter().filter_map(|stand| stand.owner).collect();
        self.owners.retain(|owner, _| asked.contains(owner));
        tickets
    }

    /// Findings about sets of pages that break off.
    pub(super) fn unfinished(&self) -> Vec<Finding> {
        self.sets.unfinished()
    }

    /// The rating of a ticket, from a record of its own.
    pub(super) fn rating(&self, ticket: i64) -> Option<&Rating> {
        self.ratings.get(&ticket)
    }

    /// Public answers by agents that a ticket had when it was counted, from a record of its own.
    pub(super) fn replies(&self, ticket: i64) -> Option<i64> {
        self.figures.get(&ticket)?.replies.map(i64::from)
    }

    /// When a ticket was solved, from a record of its own.
    pub(super) fn solved(&self, ticket: i64) -> Option<Timestamp> {
        let second = self.figures.get(&ticket)?.solved;
        Timestamp::from_second(i64::from(second)).ok().filter(|_| second > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_then_the_page_then_the_path() {
        let mut apart = Apart::default();
        let path = Some(PathTicket { ticket: 9, series: Some(1) });
        let stand = Stand { owner: Some(Owner::Page(3)), path };
        apart.merge(Ends { owners: vec![(Owner::Page(3), 5), (Owner::Page(4), 6)], ..Ends::default() });
        apart.merge(Ends { unplaced: HashSet::from([stand]), ..Ends::default() });
        assert_eq!(apart.settled(|_| true), HashSet::from([5]));
        let whose = |ticket, by_number| Some(Whose { ticket, by_number });
        assert_eq!(apart.ticket(Some(1), stand), whose(1, false));
        assert_eq!(apart.ticket(None, stand), whose(5, false));
        let elsewhere = Stand { owner: Some(Owner::Page(7)), path };
        assert_eq!(apart.ticket(None, elsewhere), whose(9, true));
        let sure = Stand { path: Some(PathTicket { ticket: 9, series: None }), ..elsewhere };
        assert_eq!(apart.ticket(None, sure), whose(9, false));
        assert_eq!(apart.ticket(None, Stand::default()), None);
        assert_eq!(apart.owners.len(), 1);
    }

    #[test]
    fn the_last_rating_counts() {
        let old = Rating::new("good", None, None, "2024-01-01T00:00:00Z").unwrap();
        let new = Rating::new("bad", Some("slow"), None, "2024-01-02T00:00:00Z").unwrap();
        for order in [[&old, &new], [&new, &old]] {
            let mut apart = Apart::default();
            for one in order {
                apart.merge(Ends { ratings: vec![(1, one.clone())], ..Ends::default() });
            }
            assert_eq!(apart.rating(1), Some(&new));
        }
    }
}

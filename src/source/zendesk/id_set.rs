//! Sets of ids that lie close together, as the numbers of tickets do: a bit or two for each of them.

use std::collections::hash_map::Entry;

use super::ids::IdMap;

/// Ids of one chunk differ in so many last bits only.
const CHUNK_BITS: u32 = 16;

/// Words of 64 bits that hold a bit for every id of a chunk.
const WORDS: usize = 1 << (CHUNK_BITS - 6);

/// Beyond so many ids a bit for every possible one takes less room than a list.
const LISTED_MAX: usize = 1 << (CHUNK_BITS - 4);

/// A set of ids.
#[derive(Debug, Default)]
pub(super) struct IdSet(IdMap<Chunk>);

/// The ids of a chunk, by their last bits.
#[derive(Debug)]
enum Chunk {
    /// In order.
    Listed(Vec<u16>),
    /// A bit each.
    Marked(Box<[u64; WORDS]>),
}

/// The chunk of an id, and its place there.
fn place(id: i64) -> (i64, u16) {
    let [low, high, ..] = id.to_le_bytes();
    (id >> CHUNK_BITS, u16::from_le_bytes([low, high]))
}

impl IdSet {
    /// True if there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if `id` is one of them.
    pub(super) fn contains(&self, id: i64) -> bool {
        let (chunk, low) = place(id);
        self.0.get(&chunk).is_some_and(|chunk| chunk.contains(low))
    }

    /// Adds `id`. False if it was there.
    pub(super) fn insert(&mut self, id: i64) -> bool {
        let (chunk, low) = place(id);
        match self.0.entry(chunk) {
            Entry::Occupied(mut chunk) => chunk.get_mut().insert(low),
            Entry::Vacant(chunk) => {
                chunk.insert(Chunk::Listed(vec![low]));
                true
            }
        }
    }

    /// All of them, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = i64> {
        self.0
            .iter()
            .flat_map(|(high, chunk)| chunk.lows().map(move |low| (high << CHUNK_BITS) | i64::from(low)))
    }

    /// Adds all of `other`.
    pub(super) fn absorb(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        for id in other.iter() {
            self.insert(id);
        }
    }
}

impl Chunk {
    fn contains(&self, low: u16) -> bool {
        match self {
            Self::Listed(list) => list.binary_search(&low).is_ok(),
            Self::Marked(words) => words[usize::from(low >> 6)] & bit(low) != 0,
        }
    }

    fn insert(&mut self, low: u16) -> bool {
        match self {
            Self::Listed(list) => {
                // Mostly they come in order.
                let at = if list.last().is_some_and(|last| *last < low) {
                    list.len()
                } else {
                    match list.binary_search(&low) {
                        Ok(_) => return false,
                        Err(at) => at,
                    }
                };
                list.insert(at, low);
                if list.len() > LISTED_MAX {
                    let mut words = Box::new([0; WORDS]);
                    for low in list {
                        words[usize::from(*low >> 6)] |= bit(*low);
                    }
                    *self = Self::Marked(words);
                }
                true
            }
            Self::Marked(words) => {
                let word = &mut words[usize::from(low >> 6)];
                let before = *word;
                *word |= bit(low);
                *word != before
            }
        }
    }

    fn lows(&self) -> Box<dyn Iterator<Item = u16> + '_> {
        match self {
            Self::Listed(list) => Box::new(list.iter().copied()),
            Self::Marked(_) => Box::new((0..=u16::MAX).filter(|low| self.contains(*low))),
        }
    }
}

fn bit(low: u16) -> u64 {
    1 << (low & 63)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_full_chunk_is_a_bit_for_each() {
        let mut set = IdSet::default();
        let odd = || (0..20_000).map(|number| i64::from(number) * 2 + 1);
        assert!(odd().rev().all(|id| set.insert(id)));
        assert!(!odd().any(|id| set.insert(id)));
        assert!(odd().all(|id| set.contains(id) && !set.contains(id + 1)));
        assert_eq!(set.iter().collect::<BTreeSet<_>>(), odd().collect());
        assert!(set.0.values().all(|chunk| matches!(chunk, Chunk::Marked(_))));
    }

    proptest::proptest! {
        #[test]
        fn it_is_a_set(
            ids in proptest::collection::vec(proptest::num::i64::ANY, 0..50),
            near in proptest::collection::vec(-70_000_i64..70_000, 0..300),
        ) {
            let (mut set, mut model) = (IdSet::default(), BTreeSet::new());
            for id in ids.iter().chain(&near) {
                proptest::prop_assert_eq!(set.insert(*id), model.insert(*id));
            }
            let mut other = IdSet::default();
            for id in &near {
                other.insert(id + 1);
                model.insert(id + 1);
            }
            set.absorb(other);
            proptest::prop_assert!(model.iter().all(|id| set.contains(*id)));
            proptest::prop_assert_eq!(set.iter().collect::<BTreeSet<_>>(), model);
        }
    }
}

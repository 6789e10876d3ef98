//! Tables by id that stay small with millions of them.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// A map from ids to `V`.
pub(super) type IdMap<V> = HashMap<i64, V, IdHashing>;

/// Hashes ids with one multiplication. The factor is another one in every process, so that no file can be written in
/// which all ids collide.
#[derive(Clone, Copy, Debug)]
pub(super) struct IdHashing {
    factor: u64,
}

impl Default for IdHashing {
    fn default() -> Self {
        Self { factor: RandomState::new().hash_one(0_u64) | 1 }
    }
}

impl BuildHasher for IdHashing {
    type Hasher = IdHasher;

    fn build_hasher(&self) -> IdHasher {
        IdHasher { factor: self.factor, hash: 0 }
    }
}

/// See [`IdHashing`].
#[derive(Debug)]
pub(super) struct IdHasher {
    factor: u64,
    hash: u64,
}

impl Hasher for IdHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let product = u128::from(number ^ self.hash.rotate_left(23)) * u128::from(self.factor);
        // The high half holds what all bits of the number came to.
        let folded = (product >> 64) ^ (product & u128::from(u64::MAX));
        self.hash = u64::try_from(folded).unwrap_or_default();
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}

/// How tickets occur in the files: two bits for each. Ids of tickets are counted up, so neighbours share a row.
#[derive(Debug, Default)]
pub(super) struct Marks(IdMap<Row>);

/// The marks of 64 tickets.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    seen: u64,
    joined: u64,
}

fn place(id: i64) -> (i64, u64) {
    (id >> 6, 1 << (id & 63))
}

impl Marks {
    /// A record of the ticket was met; the second time it has to be joined.
    pub(super) fn see(&mut self, id: i64) {
        let (row, bit) = place(id);
        let row = self.0.entry(row).or_default();
        row.joined |= row.seen & bit;
        row.seen |= bit;
    }

    /// Messages of the ticket were met outside its record.
    pub(super) fn join(&mut self, id: i64) {
        let (row, bit) = place(id);
        self.0.entry(row).or_default().joined |= bit;
    }

    /// Whether a record of the ticket was met.
    pub(super) fn is_seen(&self, id: i64) -> bool {
        let (row, bit) = place(id);
        self.0.get(&row).is_some_and(|row| row.seen & bit != 0)
    }

    /// Whether the ticket must be joined from several records.
    pub(super) fn is_joined(&self, id: i64) -> bool {
        let (row, bit) = place(id);
        self.0.get(&row).is_some_and(|row| row.joined & bit != 0)
    }

    /// Tickets to be joined of which no record was met, in order.
    pub(super) fn orphans(&self) -> Vec<i64> {
        let orphans = self.0.iter().flat_map(|(row, marks)| {
            let bits = marks.joined & !marks.seen;
            (0..64).filter(move |bit| bits >> bit & 1 != 0).map(move |bit| row << 6 | bit)
        });
        let mut ids: Vec<i64> = orphans.collect();
        ids.sort_unstable();
        ids
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    proptest::proptest! {
        #[test]
        fn marks_are_what_a_plain_map_says(
            steps in proptest::collection::vec((proptest::prelude::any::<bool>(), -70_i64..200), 0..200)
        ) {
            let (mut marks, mut plain) = (Marks::default(), BTreeMap::<i64, (bool, bool)>::new());
            for (is_record, id) in steps {
                let mark = plain.entry(id).or_default();
                if is_record {
                    marks.see(id);
                    *mark = (true, mark.1 || mark.0);
                } else {
                    marks.join(id);
                    mark.1 = true;
                }
            }
            for id in -70..200 {
                let expected = plain.get(&id).copied().unwrap_or_default();
                proptest::prop_assert_eq!((marks.is_seen(id), marks.is_joined(id)), expected);
            }
            let orphans: Vec<i64> = plain.iter().filter(|(_, mark)| !mark.0).map(|(id, _)| *id).collect();
            proptest::prop_assert_eq!(marks.orphans(), orphans);
        }
    }
}

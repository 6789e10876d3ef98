//! Tables of counts that stay small whatever the export.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// A table by name that takes no further names once it is full.
#[derive(Debug)]
pub(super) struct Tally<K, V> {
    rows: HashMap<K, V>,
    max: usize,
    cut: bool,
}

impl<K: Hash + Eq, V> Tally<K, V> {
    /// An empty table for at most `max` names.
    pub(super) fn new(max: usize) -> Self {
        Self { rows: HashMap::new(), max, cut: false }
    }

    /// The row of `name`, made by `row` where it is new; nothing once the table is full.
    pub(super) fn entry<Q>(&mut self, name: &Q, row: impl FnOnce() -> V) -> Option<&mut V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if !self.rows.contains_key(name) {
            if self.rows.len() == self.max {
                self.cut = true;
                return None;
            }
            self.rows.insert(name.to_owned(), row());
        }
        self.rows.get_mut(name)
    }

    /// True if names were left out.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// The rows, the weightiest first, and in the order of their names where they weigh the same.
    pub(super) fn sorted(self, weight: impl Fn(&V) -> u64) -> Vec<(K, V)>
    where
        K: Ord,
    {
        let mut rows: Vec<_> = self.rows.into_iter().collect();
        rows.sort_by(|a, b| weight(&b.1).cmp(&weight(&a.1)).then_with(|| a.0.cmp(&b.0)));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_table_counts_what_it_has_and_says_so() {
        let mut tally = Tally::<String, u64>::new(2);
        for name in ["b", "a", "a", "c", "a", "b"] {
            if let Some(count) = tally.entry(name, || 0) {
                *count += 1;
            }
        }
        assert!(tally.is_cut());
        assert_eq!(tally.sorted(|count| *count), [("a".to_owned(), 3), ("b".to_owned(), 2)]);
    }
}

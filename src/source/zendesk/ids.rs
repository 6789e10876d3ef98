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

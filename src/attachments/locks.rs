//! One at a time for each key: two tickets with one picture do not fetch or upload it twice.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// Locks by key. A key costs memory only as long as somebody works with it or waits for it.
#[derive(Debug)]
pub struct Locks<K: Eq + Hash + Copy>(Mutex<HashMap<K, Arc<tokio::sync::Mutex<()>>>>);

/// A key is locked.
#[derive(Debug)]
pub struct Locked<'l, K: Eq + Hash + Copy> {
    locks: &'l Locks<K>,
    key: K,
    guard: Option<OwnedMutexGuard<()>>,
}

impl<K: Eq + Hash + Copy> Default for Locks<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Copy> Locks<K> {
    /// Waits until nobody else works with this key.
    pub async fn lock(&self, key: K) -> Locked<'_, K> {
        let lock = Arc::clone(self.table().entry(key).or_default());
        Locked { locks: self, key, guard: Some(lock.lock_owned().await) }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<K, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Copy> Drop for Locked<'_, K> {
    fn drop(&mut self) {
        self.guard.take();
        let mut table = self.locks.table();
        // The table's own; whoever waits holds another.
        if table.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            table.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_is_locked_once_and_forgotten_after() {
        let locks = Locks::default();
        let first = locks.lock(1).await;
        let other = locks.lock(2).await;
        let second = tokio::time::timeout(std::time::Duration::from_millis(20), locks.lock(1)).await;
        assert!(second.is_err());
        drop(first);
        drop(locks.lock(1).await);
        drop(other);
        assert!(locks.table().is_empty());
    }
}

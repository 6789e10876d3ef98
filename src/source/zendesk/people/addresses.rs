//! Whose an address is that was read off a mail. Agents pass mails on for customers and colleagues answer for each other,
//! so an address is nobody's by a mail alone whom another user's own object says to have it.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::{EMAIL, Entry, Kept, Origin, People, part};

impl People {
    /// Takes what was read off mails away from people, with the name in it, where it is the address of another user. To
    /// be asked once everything has been read: users may come last.
    pub(in super::super) fn settle_addresses(&mut self) {
        let hashing = RandomState::new();
        let hash = |kept: Kept| {
            let email = part(self.texts.get(kept.text), EMAIL)?;
            Some(hashing.hash_one(email.to_lowercase()))
        };
        let all =
            || self.entries.iter().flatten().map(|entry| entry.best).chain(self.reachable.values().copied());
        let read_off: HashSet<u64> =
            all().filter(|kept| kept.origin == Origin::Route).filter_map(hash).collect();
        if read_off.is_empty() {
            return;
        }
        let stated = all().filter(|kept| kept.origin > Origin::Route).filter_map(hash);
        let taken: HashSet<u64> = stated.filter(|hash| read_off.contains(hash)).collect();
        if taken.is_empty() {
            return;
        }
        let is_anothers =
            |kept: Kept| kept.origin == Origin::Route && hash(kept).is_some_and(|hash| taken.contains(&hash));
        let mut places = Vec::new();
        for (&id, &place) in &self.places {
            let spare = self.reachable.get(&id).copied();
            let (best, spare) = (is_anothers(self.entry(place).best), spare.is_some_and(is_anothers));
            if best || spare {
                places.push((id, place, best, spare));
            }
        }
        for (id, place, best, spare) in places {
            let entry: &mut Entry = self.entry_mut(place);
            if best {
                entry.best = Kept::default();
            }
            if spare {
                entry.is_reachable = false;
                self.reachable.remove(&id);
            }
        }
    }
}

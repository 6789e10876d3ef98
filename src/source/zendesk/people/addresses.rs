//! Whose an address is that was read off a mail. Agents pass mails on for customers and colleagues answer for each other,
//! so an address is nobody's by a mail alone whom another user's own object says to have it; nor by a ticket's mail of
//! which it is not known who wrote it, where somebody else wrote from that address or would have it the same way.
//!
//! Whoever loses an address so gets the next best that was read off a mail of theirs and is nobody else's.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::{Description, EMAIL, Kept, Origin, People, part};

/// Most addresses kept of a person beside the best. Hardly anybody writes from more than two.
const FURTHER_MAX: usize = 8;

/// Addresses of which it is known whose they are, as hashes.
struct Taken {
    /// Stated by a user object.
    stated: HashSet<u64>,
    /// Of the author of a mail, or of two people by guesses: beyond guessing.
    beyond_guess: HashSet<u64>,
}

impl People {
    /// Keeps what was read off a mail of the person at `place`, if it may be needed in the place of better addresses.
    /// Somebody who has an address by a user object needs no other. To be asked before the description is taken.
    pub(super) fn set_aside(&mut self, place: u32, description: &Description) {
        let (id, has_email) = (description.id, part(&description.text, EMAIL).is_some());
        if description.origin > Origin::Route {
            if has_email && !self.further.is_empty() {
                self.further.remove(&id);
            }
            return;
        }
        let entry = self.entry(place);
        let reachable = if entry.is_reachable { self.reachable.get(&id).copied() } else { None };
        let mut known = [Some(entry.best), reachable].into_iter().flatten();
        let Some(before) = known.find(|kept| part(self.texts.get(kept.text), EMAIL).is_some()) else {
            return;
        };
        if !has_email || before.origin > Origin::Route {
            return;
        }
        // Most write from one address, which their tickets tell as well as their messages: nothing more is kept of them.
        let is_same = |kept: &Kept| self.texts.get(kept.text) == &*description.text;
        let is_known = |kept: &Kept| is_same(kept) && kept.origin >= description.origin;
        let further = self.further.get(&id);
        if is_same(&before) || further.is_some_and(|further| further.iter().any(is_known)) {
            return;
        }
        let mut all = self.further.remove(&id).unwrap_or_default();
        all.extend([before, self.keep(description)]);
        all.sort_by(|a, b| self.rank(*b).cmp(&self.rank(*a)));
        let mut further: Vec<Kept> = Vec::with_capacity(all.len());
        for kept in all {
            let text = self.texts.get(kept.text);
            if further.len() < FURTHER_MAX && further.iter().all(|known| self.texts.get(known.text) != text) {
                further.push(kept);
            }
        }
        self.further.insert(id, further);
    }

    /// Takes what was read off mails away from people, with the name in it, where it is the address of another user, and
    /// gives them the next best. To be asked once everything has been read: users may come last.
    pub(in super::super) fn settle_addresses(&mut self) {
        let hashing = RandomState::new();
        let hash = |kept: Kept| {
            let email = part(self.texts.get(kept.text), EMAIL)?;
            Some(hashing.hash_one(email.to_lowercase()))
        };
        let Some(taken) = self.taken(&hash) else { return };
        let is_anothers = |kept: Kept| match kept.origin {
            Origin::Guess => hash(kept)
                .is_some_and(|hash| taken.stated.contains(&hash) || taken.beyond_guess.contains(&hash)),
            Origin::Route => hash(kept).is_some_and(|hash| taken.stated.contains(&hash)),
            Origin::Mention | Origin::Embedded | Origin::Record => false,
        };
        let mut places = Vec::new();
        for (&id, &place) in &self.places {
            let spare = self.reachable.get(&id).copied();
            let (best, spare) = (is_anothers(self.entry(place).best), spare.is_some_and(is_anothers));
            if best || spare {
                let further = self.further.get(&id).into_iter().flatten().copied();
                places.push((id, place, best, further.into_iter().find(|kept| !is_anothers(*kept))));
            }
        }
        for (id, place, best, next) in places {
            if best {
                self.entry_mut(place).best = next.unwrap_or_default();
                continue;
            }
            self.entry_mut(place).is_reachable = next.is_some();
            match next {
                Some(next) => drop(self.reachable.insert(id, next)),
                None => drop(self.reachable.remove(&id)),
            }
        }
        self.further = super::IdMap::default();
    }

    /// The addresses that are somebody else's to whoever has them by a mail alone; nothing where there are none.
    fn taken(&self, hash: &impl Fn(Kept) -> Option<u64>) -> Option<Taken> {
        let (mut read_off, mut beyond_guess) = (HashSet::new(), HashSet::new());
        for (id, place) in &self.places {
            let mut own: Vec<u64> = Vec::new();
            for kept in self.addresses(*id, *place).filter(|kept| kept.origin <= Origin::Route) {
                let Some(hash) = hash(kept) else { continue };
                let is_again = own.contains(&hash);
                own.push(hash);
                let is_anothers = !is_again && !read_off.insert(hash);
                if kept.origin == Origin::Route || is_anothers {
                    beyond_guess.insert(hash);
                }
            }
        }
        if read_off.is_empty() {
            return None;
        }
        let all = self.places.iter().flat_map(|(id, place)| self.addresses(*id, *place));
        let stated = all.filter(|kept| kept.origin > Origin::Route).filter_map(hash);
        let stated: HashSet<u64> = stated.filter(|hash| read_off.contains(hash)).collect();
        Some(Taken { stated, beyond_guess })
    }

    /// Every description of a person that is kept.
    fn addresses(&self, id: i64, place: u32) -> impl Iterator<Item = Kept> {
        let entry = self.entry(place);
        let reachable = if entry.is_reachable { self.reachable.get(&id) } else { None };
        let further = self.further.get(&id).into_iter().flatten();
        [entry.best].into_iter().chain(reachable.copied()).chain(further.copied())
    }
}

//! Which calls are made: lists of 100 where they suffice, single tickets where not. Pure.

/// Items that one call of a list brings.
const PAGE: u64 = 100;
/// Pages of a list that may bring too little, as a share of the tickets to check: with the single reads that may still
/// follow, a verification stays below 1.1 calls a ticket.
const WASTE: [(Lists, u64, u64); 3] =
    [(Lists::Tickets, 2, 100), (Lists::Ratings, 1, 100), (Lists::Messages, 5, 100)];
/// Pages that may bring too little however few tickets there are.
const WASTE_MIN: u64 = 2;

/// The lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lists {
    /// All tickets of the account.
    Tickets,
    /// All satisfaction surveys of the account.
    Ratings,
    /// All messages of the account.
    Messages,
}

/// How tickets are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Each by a call of its own.
    Single,
    /// All of the account by lists of 100, and by themselves those about which the lists leave a doubt.
    Lists,
}

/// The cheaper way to check `chosen` tickets of an account into which the ledger brought `tickets` with `messages`. The
/// account may hold more, which lists would bring as well.
pub fn cheaper(chosen: u64, tickets: u64, messages: u64) -> Way {
    let lists = tickets.div_ceil(PAGE) + messages.div_ceil(PAGE);
    if chosen > lists { Way::Lists } else { Way::Single }
}

/// Calls that a way takes at least.
pub fn least_calls(way: Way, chosen: u64, tickets: u64, messages: u64) -> u64 {
    match way {
        Way::Single => chosen,
        Way::Lists => tickets.div_ceil(PAGE) + messages.div_ceil(PAGE),
    }
}

/// Watches a list that is read: it is left when it brings too little.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waste {
    wasted: u64,
    allowed: u64,
}

impl Waste {
    pub(super) fn new(list: Lists, chosen: u64) -> Self {
        let (_, part, whole) = WASTE.into_iter().find(|(of, ..)| *of == list).unwrap_or((list, 1, 100));
        Self { wasted: 0, allowed: (chosen * part / whole).max(WASTE_MIN) }
    }

    /// Takes a page that brought `ours` items; with fewer than `worth` it would have been cheaper to ask for them one by
    /// one. False once that happened too often.
    pub(super) fn page(&mut self, ours: u64, worth: u64) -> bool {
        self.wasted += u64::from(ours < worth.max(1));
        self.wasted <= self.allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_where_they_are_cheaper() {
        assert_eq!(cheaper(100_000, 100_000, 500_000), Way::Lists);
        assert_eq!(least_calls(Way::Lists, 100_000, 100_000, 500_000), 6_000);
        // A sample of a thousand would need six thousand pages.
        assert_eq!(cheaper(1_000, 100_000, 500_000), Way::Single);
        assert_eq!(cheaper(1, 1, 1), Way::Single);
        assert_eq!(cheaper(0, 0, 0), Way::Single);
        // Tickets of more than a hundred messages are cheaper by themselves.
        assert_eq!(cheaper(1_000, 1_000, 150_000), Way::Single);
    }

    #[test]
    fn a_list_that_brings_too_little_is_left() {
        let mut waste = Waste::new(Lists::Messages, 1_000);
        assert!((0..50).all(|_| waste.page(4, 5)));
        assert!(waste.page(5, 5), "pages that are worth their call do not count");
        assert!(!waste.page(0, 5));
        let mut small = Waste::new(Lists::Tickets, 10);
        assert!(small.page(0, 1) && small.page(0, 1) && !small.page(0, 1));
    }

    #[test]
    fn what_lists_may_waste_leaves_room_for_single_reads() {
        let parts: u64 = WASTE.iter().map(|(_, part, _)| part).sum();
        // The list of those that the walk did not reach takes one more in a hundred.
        assert!(parts < 10);
    }
}

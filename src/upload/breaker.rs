//! The breaker: one cause stops the run once, instead of rejecting every record with it.

use std::collections::BTreeSet;

/// Refusals for the same cause, one after another, that stop the run.
const IDENTICAL_IN_A_ROW: u32 = 20;

/// How many rejections are allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxErrors {
    /// That many records.
    Count(u64),
    /// That share of the records tried, from 0 to 1; judged once a hundred were tried.
    Share(f64),
}

/// Why the breaker opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tripped {
    /// Gorgias gave the same final refusal again and again.
    SameRefusal {
        /// Gorgias's words.
        words: String,
        /// How often in a row.
        times: u32,
    },
    /// More rejections than the user allows.
    TooMany {
        /// Records rejected.
        rejected: u64,
    },
}

/// Counts final refusals. Faults that are tried again never come here.
#[derive(Debug)]
pub(super) struct Breaker {
    limit: Option<MaxErrors>,
    tried: u64,
    rejected: u64,
    last_cause: String,
    in_a_row: u32,
}

/// Records that must have been tried before a share means anything.
const SHARE_FROM: u64 = 100;

impl Breaker {
    /// A closed breaker.
    pub(super) fn new(limit: Option<MaxErrors>) -> Self {
        Self { limit, tried: 0, rejected: 0, last_cause: String::new(), in_a_row: 0 }
    }

    /// A record went through.
    pub(super) fn accepted(&mut self) {
        self.tried += 1;
        self.in_a_row = 0;
    }

    /// A record was refused for good, or messages of it, in these words.
    pub(super) fn refused(&mut self, words: &str) -> Option<Tripped> {
        let cause = cause(words);
        self.in_a_row = if cause == self.last_cause { self.in_a_row + 1 } else { 1 };
        self.last_cause = cause;
        if self.in_a_row >= IDENTICAL_IN_A_ROW {
            return Some(Tripped::SameRefusal { words: words.to_owned(), times: self.in_a_row });
        }
        self.rejected()
    }

    /// A record was rejected with another one, by the same refusal.
    pub(super) fn rejected(&mut self) -> Option<Tripped> {
        self.tried += 1;
        self.rejected += 1;
        let too_many = match self.limit {
            None => false,
            Some(MaxErrors::Count(max)) => self.rejected > max,
            #[expect(clippy::cast_precision_loss, reason = "a share of a count")]
            Some(MaxErrors::Share(max)) => {
                self.tried >= SHARE_FROM && self.rejected as f64 > max * self.tried as f64
            }
        };
        too_many.then_some(Tripped::TooMany { rejected: self.rejected })
    }
}

/// What a refusal is about, whichever record it names: numbers (ids, places of messages) do not count, and a complaint
/// that is made of several messages counts once.
fn cause(words: &str) -> String {
    let mut plain = String::with_capacity(words.len());
    for letter in words.chars() {
        match letter {
            '0'..='9' if plain.ends_with('#') => {}
            '0'..='9' => plain.push('#'),
            letter => plain.push(letter),
        }
    }
    match plain.strip_suffix(')').and_then(|plain| plain.split_once(" (")) {
        Some((message, complaints)) => {
            let complaints: BTreeSet<&str> = complaints.split("; ").collect();
            complaints.into_iter().fold(message.to_owned(), |all, one| all + "; " + one)
        }
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_refusal_in_a_row_stops_and_a_success_between_does_not() {
        let mut breaker = Breaker::new(None);
        for _ in 0..19 {
            assert_eq!(breaker.refused("bad sender"), None);
        }
        breaker.accepted();
        for _ in 0..19 {
            assert_eq!(breaker.refused("bad sender"), None);
        }
        assert!(matches!(breaker.refused("bad sender"), Some(Tripped::SameRefusal { times: 20, .. })));
    }

    #[test]
    fn one_cause_is_one_cause_wherever_in_a_record_it_shows() {
        let of = |places: &[u32]| {
            let complaints: Vec<_> =
                places.iter().map(|at| format!("messages.{at}.channel: Not a channel.")).collect();
            format!("Failed to create ticket ({})", complaints.join("; "))
        };
        let mut breaker = Breaker::new(None);
        for number in 0..19 {
            let words = if number % 2 == 0 { of(&[0, 1, 12]) } else { of(&[3]) };
            assert_eq!(breaker.refused(&words), None);
        }
        assert!(matches!(breaker.refused(&of(&[1, 2])), Some(Tripped::SameRefusal { times: 20, .. })));
        assert_ne!(cause("a (messages.1.channel: x)"), cause("a (messages.1.sender: x)"));
        assert_ne!(cause("a (x; y)"), cause("a (x)"));
    }

    #[test]
    fn limits_of_the_user() {
        let mut count = Breaker::new(Some(MaxErrors::Count(1)));
        assert_eq!(count.refused("a"), None);
        assert_eq!(count.refused("b"), Some(Tripped::TooMany { rejected: 2 }));
        let mut share = Breaker::new(Some(MaxErrors::Share(0.01)));
        for _ in 0..98 {
            share.accepted();
        }
        assert_eq!(share.refused("a"), None);
        assert_eq!(share.refused("b"), Some(Tripped::TooMany { rejected: 2 }));
    }
}

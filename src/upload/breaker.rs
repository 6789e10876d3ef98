//! The breaker: one cause stops the run once, instead of rejecting every record with it.

/// Refusals in the same words, one after another, that stop the run.
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
    last_words: String,
    in_a_row: u32,
}

/// Records that must have been tried before a share means anything.
const SHARE_FROM: u64 = 100;

impl Breaker {
    /// A closed breaker.
    pub(super) fn new(limit: Option<MaxErrors>) -> Self {
        Self { limit, tried: 0, rejected: 0, last_words: String::new(), in_a_row: 0 }
    }

    /// A record went through.
    pub(super) fn accepted(&mut self) {
        self.tried += 1;
        self.in_a_row = 0;
    }

    /// A record was refused for good, in these words.
    pub(super) fn refused(&mut self, words: &str) -> Option<Tripped> {
        self.in_a_row = if words == self.last_words { self.in_a_row + 1 } else { 1 };
        words.clone_into(&mut self.last_words);
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

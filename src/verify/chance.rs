//! What a sample proves: the hypergeometric distribution, exactly.

/// The most differing tickets that a population of `population` can have if `found` of a sample of `sample` differ:
/// with more, so few would have been found with a probability of `1 - confidence` at most.
///
/// `confidence` is a share between 0 and 1, both excluded. A sample of everything proves exactly what it found.
pub fn at_most(population: u64, sample: u64, found: u64, confidence: f64) -> u64 {
    let (sample, found) = (sample.min(population), found.min(sample.min(population)));
    let doubt = 1.0 - confidence;
    // The chance of finding so few falls as more tickets differ, so the bound is found by halving.
    let (mut possible, mut ruled_out) = (found, population - (sample - found) + 1);
    while ruled_out - possible > 1 {
        let middle = possible + (ruled_out - possible) / 2;
        if chance_of_at_most(population, middle, sample, found) > doubt {
            possible = middle;
        } else {
            ruled_out = middle;
        }
    }
    possible
}

/// The smallest sample that, if nothing in it differs, proves with `confidence` that at most `share` of all differ.
pub fn needed(population: u64, confidence: f64, share: f64) -> u64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of a count of tickets"
    )]
    let allowed = (population as f64 * share).floor() as u64;
    let (mut too_few, mut enough) = (0, population);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if at_most(population, middle, 0, confidence) <= allowed {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    enough
}

/// The chance that of a sample of `sample` at most `found` differ if `differing` of `population` do.
fn chance_of_at_most(population: u64, differing: u64, sample: u64, found: u64) -> f64 {
    let least = sample.saturating_sub(population - differing);
    let all = ln_choose(population, sample);
    let exactly = |hits: u64| {
        (ln_choose(differing, hits) + ln_choose(population - differing, sample - hits) - all).exp()
    };
    (least..=found.min(differing)).map(exactly).sum()
}

/// Logarithm of the number of ways to choose `some` of `all`.
fn ln_choose(all: u64, some: u64) -> f64 {
    ln_factorial(all) - ln_factorial(some) - ln_factorial(all - some)
}

/// Below this, factors are multiplied; from here on Stirling's series is exact to the last digits of a double.
const FACTORS_MAX: u64 = 32;

#[expect(clippy::cast_precision_loss, reason = "counts of tickets are far below 2^52")]
fn ln_factorial(number: u64) -> f64 {
    if number < FACTORS_MAX {
        return (2..=number).map(|factor| (factor as f64).ln()).sum();
    }
    let x = number as f64;
    let series = 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3)) + 1.0 / (1260.0 * x.powi(5));
    x * x.ln() - x + 0.5 * (std::f64::consts::TAU * x).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by counting out: the chance of each number of hits, by multiplying fractions.
    #[expect(clippy::cast_precision_loss, reason = "numbers below a hundred")]
    fn counted(population: u64, differing: u64, sample: u64, found: u64) -> f64 {
        fn choose(all: u64, some: u64) -> f64 {
            if some > all {
                return 0.0;
            }
            (0..some).map(|i| (all - i) as f64 / (some - i) as f64).product()
        }
        let ways = |hits| choose(differing, hits) * choose(population - differing, sample - hits);
        (0..=found.min(sample)).map(ways).sum::<f64>() / choose(population, sample)
    }

    #[test]
    fn chances_are_those_counted_out() {
        for (population, differing, sample, found) in
            [(10, 3, 4, 1), (20, 0, 5, 0), (20, 20, 5, 4), (60, 7, 12, 2), (50, 49, 2, 1), (40, 13, 40, 13)]
        {
            let (is, should) = (
                chance_of_at_most(population, differing, sample, found),
                counted(population, differing, sample, found),
            );
            assert!((is - should).abs() < 1e-9, "{population} {differing} {sample} {found}: {is} {should}");
        }
    }

    #[test]
    fn the_bound_is_the_last_number_that_is_not_ruled_out() {
        for (population, sample, found, confidence) in
            [(60, 12, 0, 0.95), (60, 12, 2, 0.99), (33, 30, 1, 0.9)]
        {
            let bound = at_most(population, sample, found, confidence);
            assert!(counted(population, bound, sample, found) > 1.0 - confidence);
            assert!(counted(population, bound + 1, sample, found) <= 1.0 - confidence);
        }
    }

    #[test]
    fn a_sample_of_everything_proves_what_it_found() {
        assert_eq!(at_most(100, 100, 0, 0.99), 0);
        assert_eq!(at_most(100, 100, 7, 0.99), 7);
        assert_eq!(at_most(0, 0, 0, 0.99), 0);
        assert_eq!(at_most(100, 0, 0, 0.99), 100);
    }

    #[test]
    fn in_large_populations_the_rule_of_three_holds() {
        // Nothing in n differs: with 95 % confidence at most about 3/n of all.
        let bound = at_most(10_000_000, 300, 0, 0.95);
        assert!((95_000..=100_000).contains(&bound), "{bound}");
        // ln(0.01) / ln(0.99) = 458.2
        assert_eq!(needed(100_000_000, 0.99, 0.01), 459);
        // A small population needs fewer.
        assert!((350..459).contains(&needed(1_500, 0.99, 0.01)), "{}", needed(1_500, 0.99, 0.01));
        // One in fifty tickets cannot be half a ticket: all but none have to be looked at.
        assert_eq!(needed(50, 0.99, 0.01), 50);
        assert_eq!(needed(1, 0.99, 0.01), 1);
        assert_eq!(needed(0, 0.99, 0.01), 0);
    }

    proptest::proptest! {
        #[test]
        fn a_larger_sample_never_proves_less(population in 1_u64..5_000, sample in 0_u64..5_000) {
            let sample = sample.min(population - 1);
            let (less, more) = (at_most(population, sample, 0, 0.99), at_most(population, sample + 1, 0, 0.99));
            proptest::prop_assert!(more <= less);
        }
    }
}

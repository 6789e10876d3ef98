//! A random sample without replacement, drawn in one pass.

/// Draws a sample of a stream whose length is not known beforehand (algorithm R). The same seed draws the same.
#[derive(Debug)]
pub(super) struct Reservoir<T> {
    size: usize,
    seen: u64,
    random: fastrand::Rng,
    kept: Vec<(u64, T)>,
}

impl<T> Reservoir<T> {
    pub(super) fn new(size: usize, seed: u64) -> Self {
        Self { size, seen: 0, random: fastrand::Rng::with_seed(seed), kept: Vec::new() }
    }

    pub(super) fn offer(&mut self, item: T) {
        let place = self.seen;
        self.seen += 1;
        if self.kept.len() < self.size {
            self.kept.push((place, item));
            return;
        }
        let slot = self.random.u64(0..self.seen);
        if let Some(kept) = usize::try_from(slot).ok().and_then(|slot| self.kept.get_mut(slot)) {
            *kept = (place, item);
        }
    }

    /// How many were offered, and the sample in the order of the stream.
    pub(super) fn finish(mut self) -> (u64, Vec<T>) {
        self.kept.sort_by_key(|(place, _)| *place);
        (self.seen, self.kept.into_iter().map(|(_, item)| item).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(size: usize, seed: u64) -> Vec<u32> {
        let mut reservoir = Reservoir::new(size, seed);
        (0..1000).for_each(|number| reservoir.offer(number));
        let (number, drawn) = reservoir.finish();
        assert_eq!(number, 1000);
        drawn
    }

    #[test]
    fn a_sample_is_of_its_size_without_doubles_and_comes_again_with_its_seed() {
        let sample = drawn(50, 7);
        assert_eq!(sample.len(), 50);
        assert!(sample.is_sorted_by(|a, b| a < b));
        assert_eq!(sample, drawn(50, 7));
        assert_ne!(sample, drawn(50, 8));
        assert_eq!(drawn(5000, 1).len(), 1000);
    }

    #[test]
    fn every_place_is_drawn_about_equally_often() {
        let mut hits = [0_u32; 10];
        for seed in 0..400 {
            for number in drawn(20, seed) {
                hits[(number / 100) as usize] += 1;
            }
        }
        assert!(hits.iter().all(|hits| (680..920).contains(hits)), "{hits:?}");
    }
}

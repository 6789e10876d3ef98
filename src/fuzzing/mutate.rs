//! Changed copies of a corpus, the same for the same seed.

use fastrand::Rng;

use super::replay::BYTES_MAX;

/// What damage looks like in these formats.
const TOKENS: &[&[u8]] = &[
    b"\0",
    b"\"",
    b"\\",
    b"\n",
    b"\r",
    b",",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<",
    b">",
    b"&",
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e999",
    b"7.25E+12",
    b"9223372036854775808",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\\ud83d",
    b"\\u0000",
    b"1970-01-01T00:00:00Z",
    b"2099-01-01T00:00:00Z",
    b"\"id\":1",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
];

/// Makes changed copies.
pub(super) struct Mutator<'c> {
    random: Rng,
    corpus: &'c [Vec<u8>],
}

impl<'c> Mutator<'c> {
    pub(super) fn new(seed: u64, corpus: &'c [Vec<u8>]) -> Self {
        Self { random: Rng::with_seed(seed), corpus }
    }

    /// The next copy.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.seed().to_vec();
        for _ in 0..self.random.usize(1..6) {
            self.change(&mut bytes);
        }
        bytes.truncate(usize::try_from(BYTES_MAX).unwrap());
        bytes
    }

    fn seed(&mut self) -> &'c [u8] {
        &self.corpus[self.random.usize(..self.corpus.len())]
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let (from, to) = self.range(bytes.len());
        match self.random.u8(..7) {
            0 if from < bytes.len() => bytes[from] = self.random.u8(..),
            1 if from < bytes.len() => bytes[from] ^= 1 << self.random.u8(..8),
            2 => drop(bytes.drain(from..to)),
            3 => {
                let again = bytes[from..to].to_vec();
                drop(bytes.splice(to..to, again));
            }
            4 => bytes.truncate(from),
            5 => {
                let other = self.seed();
                let (first, last) = self.range(other.len());
                drop(bytes.splice(from..to, other[first..last].iter().copied()));
            }
            _ => {
                let token = TOKENS[self.random.usize(..TOKENS.len())];
                let replaced = if self.random.bool() { from..from } else { from..to.min(from + token.len()) };
                drop(bytes.splice(replaced, token.iter().copied()));
            }
        }
    }

    /// A range within so many bytes; mostly a short one.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let from = self.random.usize(..=length);
        let most = if self.random.bool() { 16 } else { length };
        (from, self.random.usize(from..=length.min(from + most)))
    }
}

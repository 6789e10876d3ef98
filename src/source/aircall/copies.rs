//! Which rows are copies of a call that stands somewhere else as well, and which copy is the best.
//!
//! Memory stays flat: what is known of a row is 34 bytes, sorted in runs that go to temporary files, and what comes
//! out is two bits a row at most.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// Rows sorted in memory at a time: 17 MB.
const RUN_ROWS: usize = 500_000;

/// Digest of the call (16), badness (2), file (4), row (8), each most significant byte first, so that bytes sort as
/// the copies of a call together, the best first, and among equals the first in the files; and a print of its words (4).
type Entry = [u8; ENTRY];

const ENTRY: usize = 34;

/// What a row is among the copies of its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    /// The best, or the only one.
    Best,
    /// The best, and another one has other words.
    Differing,
    /// One that gives way to a better one.
    Surplus,
}

/// Collects rows.
pub(super) struct Copies {
    temp_dir: PathBuf,
    run: Vec<Entry>,
    run_rows: usize,
    runs: Vec<File>,
}

impl Copies {
    /// Nothing yet; runs that do not fit in memory go to `temp_dir`.
    pub(super) fn new(temp_dir: &Path) -> Self {
        Self::with_runs(temp_dir, RUN_ROWS)
    }

    fn with_runs(temp_dir: &Path, run_rows: usize) -> Self {
        Self { temp_dir: temp_dir.to_owned(), run: Vec::new(), run_rows, runs: Vec::new() }
    }

    /// Takes note of a row: which call it is of, how good a copy it is, where it stands, and a print of what people said
    /// of the call there.
    pub(super) fn add(
        &mut self,
        call: [u8; 16],
        score: u16,
        (file, row): (u32, u64),
        words: [u8; 4],
    ) -> io::Result<()> {
        let mut entry = [0; ENTRY];
        entry[..16].copy_from_slice(&call);
        entry[16..18].copy_from_slice(&(u16::MAX - score).to_be_bytes());
        entry[18..22].copy_from_slice(&file.to_be_bytes());
        entry[22..30].copy_from_slice(&row.to_be_bytes());
        entry[30..].copy_from_slice(&words);
        self.run.push(entry);
        if self.run.len() < self.run_rows {
            return Ok(());
        }
        self.run.sort_unstable();
        let mut writer = BufWriter::new(tempfile::tempfile_in(&self.temp_dir)?);
        for entry in self.run.drain(..) {
            writer.write_all(&entry)?;
        }
        let mut file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        self.runs.push(file);
        Ok(())
    }

    /// Compares the copies. `files` is how many files there were.
    pub(super) fn settle(mut self, files: usize) -> io::Result<Surplus> {
        self.run.sort_unstable();
        let mut surplus = Surplus { files: vec![Vec::new(); files], differing: vec![Vec::new(); files] };
        let mut runs: Vec<Run> =
            self.runs.into_iter().map(|file| Run::OnDisk(BufReader::new(file))).collect();
        runs.push(Run::InMemory(self.run.into_iter()));
        let mut heads = BinaryHeap::new();
        for (index, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|entry| Reverse((entry, index))));
        }
        let mut best: Option<Entry> = None;
        while let Some(Reverse((entry, index))) = heads.pop() {
            match &best {
                Some(best) if best[..16] == entry[..16] => {
                    mark(&mut surplus.files, &entry);
                    if entry[30..] != [0; 4] && entry[30..] != best[30..] {
                        mark(&mut surplus.differing, best);
                    }
                }
                _ => best = Some(entry),
            }
            heads.extend(runs[index].next()?.map(|entry| Reverse((entry, index))));
        }
        Ok(surplus)
    }
}

/// A sorted run.
enum Run {
    OnDisk(BufReader<File>),
    InMemory(std::vec::IntoIter<Entry>),
}

impl Run {
    fn next(&mut self) -> io::Result<Option<Entry>> {
        match self {
            Self::InMemory(entries) => Ok(entries.next()),
            Self::OnDisk(reader) => {
                let mut entry = [0; ENTRY];
                match reader.read_exact(&mut entry) {
                    Ok(()) => Ok(Some(entry)),
                    Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(error) => Err(error),
                }
            }
        }
    }
}

/// The rows that a better copy makes superfluous, and those better copies that lack words: a bit for each row.
pub(super) struct Surplus {
    files: Vec<Vec<u64>>,
    differing: Vec<Vec<u64>>,
}

impl Surplus {
    /// What this row is among the copies of its call.
    pub(super) fn rank(&self, file: u32, row: u64) -> Rank {
        if is_marked(&self.files, file, row) {
            Rank::Surplus
        } else if is_marked(&self.differing, file, row) {
            Rank::Differing
        } else {
            Rank::Best
        }
    }

    /// Whether any row is [`Rank::Differing`].
    pub(super) fn has_differing(&self) -> bool {
        self.differing.iter().any(|bits| !bits.is_empty())
    }
}

fn mark(files: &mut [Vec<u64>], entry: &Entry) {
    let file = u32::from_be_bytes(entry[18..22].try_into().expect("four bytes"));
    let row = u64::from_be_bytes(entry[22..30].try_into().expect("eight bytes"));
    let (Ok(file), Ok(word)) = (usize::try_from(file), usize::try_from(row / 64)) else { return };
    // JSON is no row.
    let Some(bits) = files.get_mut(file) else { return };
    if bits.len() <= word {
        bits.resize(word + 1, 0);
    }
    bits[word] |= 1 << (row % 64);
}

fn is_marked(files: &[Vec<u64>], file: u32, row: u64) -> bool {
    let bits = usize::try_from(file).ok().and_then(|file| files.get(file));
    let word = usize::try_from(row / 64).ok().and_then(|word| bits?.get(word));
    word.is_some_and(|word| word >> (row % 64) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    proptest::proptest! {
        #[test]
        fn exactly_the_best_copy_of_each_call_stays(
            rows in proptest::collection::vec((0_u8..6, 0_u16..4, 0_u32..3, 0_u8..3), 0..60),
            run_rows in 1_usize..20,
        ) {
            let dir = tempfile::tempdir().unwrap();
            let mut copies = Copies::with_runs(dir.path(), run_rows);
            let mut best: HashMap<u8, (u16, Reverse<(u32, u64)>)> = HashMap::new();
            for (number, (call, score, file, words)) in rows.iter().enumerate() {
                let row = number as u64 * 7;
                copies.add([*call; 16], *score, (*file, row), [*words; 4]).unwrap();
                let this = (*score, Reverse((*file, row)));
                let known = best.entry(*call).or_insert(this);
                *known = this.max(*known);
            }
            let surplus = copies.settle(3).unwrap();
            for (number, (call, score, file, words)) in rows.iter().enumerate() {
                let row = number as u64 * 7;
                let is_best = best[call] == (*score, Reverse((*file, row)));
                let differs = rows.iter().any(|(of, .., other)| of == call && *other != 0 && other != words);
                let rank = match (is_best, differs) {
                    (false, _) => Rank::Surplus,
                    (true, true) => Rank::Differing,
                    (true, false) => Rank::Best,
                };
                proptest::prop_assert_eq!(surplus.rank(*file, row), rank);
            }
            proptest::prop_assert_eq!([surplus.rank(9, 0), surplus.rank(0, 1 << 40)], [Rank::Best; 2]);
        }
    }
}

//! Records brought together by a number, however many: sorted in memory, and on disk what does not fit.
//!
//! Records come in any order and leave by rising number, those of one number in the order in which they came. A buffer
//! is sorted when it is full and appended to a file as a run; at the end all runs are merged. So the disk is written and
//! read in long pieces. A table that is looked up by its index is not: each record would cost a seek, which is an hour for
//! an export of ten gigabytes. Memory is the buffer while records come, and a block for each run while they leave.
//!
//! The files hold customers' texts, so they have no name: the system frees them with the process, however that ends.

mod block;
mod merge;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::SourceError;
use block::{Run, RunWriter};
use merge::Merge;

/// How much is held where.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Bytes of records in the buffer before it becomes a run.
    run_bytes: usize,
    /// Bytes of records that are packed together.
    block_bytes: usize,
    /// Runs that are merged at once. Each costs a block of memory.
    runs: usize,
}

/// A run is a sixth of the memory that reading may take. With 512 of them (12 GB of records) the blocks take as much as the
/// buffer did, and beyond that every record is written twice.
const LIMITS: Limits = Limits { run_bytes: 24 << 20, block_bytes: 64 << 10, runs: 512 };

/// Bytes of records at which the buffer takes all the room that it may have: growing copies it, and needs the room twice.
const GROWN_BYTES: usize = 1 << 20;

/// The records, as long as more may come.
pub(super) struct Runs {
    folder: PathBuf,
    limits: Limits,
    buffer: Buffer,
    /// Runs of runs that were merged, in the order in which their records came.
    merged: Vec<Run>,
    /// Runs that came after those.
    later: Vec<Run>,
    /// Where `later` are.
    file: Option<Arc<File>>,
}

impl Runs {
    /// Nothing yet; files will be made in `folder`, and none if all fits into memory.
    pub(super) fn new(folder: &Path) -> Self {
        Self::with_limits(folder, LIMITS)
    }

    fn with_limits(folder: &Path, limits: Limits) -> Self {
        let buffer = Buffer::default();
        Self { folder: folder.to_owned(), limits, buffer, merged: Vec::new(), later: Vec::new(), file: None }
    }

    /// Takes a record, which is `parts` one after the other.
    pub(super) fn add(&mut self, number: i64, parts: &[&[u8]]) -> Result<(), SourceError> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if !self.buffer.slots.is_empty() && self.buffer.size() + length > self.limits.run_bytes {
            self.write_run().map_err(|error| fault(&self.folder, error))?;
        }
        if self.buffer.bytes.len() > GROWN_BYTES {
            let bytes = &mut self.buffer.bytes;
            bytes.reserve_exact(self.limits.run_bytes.saturating_sub(bytes.len()));
        }
        self.buffer.push(number, parts);
        Ok(())
    }

    /// The records in order. No more can come.
    pub(super) fn sorted(mut self) -> Result<Sorted, SourceError> {
        let on_disk = self.file.is_some() || !self.merged.is_empty();
        let from = if on_disk {
            self.write_run().map_err(|error| fault(&self.folder, error))?;
            let mut runs = self.merged;
            runs.append(&mut self.later);
            From::Disk(Merge::new(runs).map_err(|error| fault(&self.folder, error))?)
        } else {
            self.buffer.sort();
            From::Memory(self.buffer, 0)
        };
        Ok(Sorted { from, folder: self.folder })
    }

    /// The buffer becomes a run.
    fn write_run(&mut self) -> io::Result<()> {
        let file = match &self.file {
            Some(file) => Arc::clone(file),
            None => Arc::clone(self.file.insert(Arc::new(tempfile::tempfile_in(&self.folder)?))),
        };
        self.buffer.sort();
        let start = self.later.last().map_or(0, |run| run.end);
        let mut writer = RunWriter::new(file, start, self.limits.block_bytes)?;
        for slot in &self.buffer.slots {
            writer.push(slot.number, self.buffer.record(slot))?;
        }
        self.later.extend(writer.finish()?);
        self.buffer.clear();
        if self.later.len() >= self.limits.runs { self.merge_runs() } else { Ok(()) }
    }

    /// The runs become one, in a file of its own; theirs is let go of.
    fn merge_runs(&mut self) -> io::Result<()> {
        // What the buffer takes is taken by blocks meanwhile.
        self.buffer = Buffer::default();
        self.file = None;
        let file = Arc::new(tempfile::tempfile_in(&self.folder)?);
        let mut writer = RunWriter::new(file, 0, self.limits.block_bytes)?;
        let mut merge = Merge::new(std::mem::take(&mut self.later))?;
        while let Some((number, record)) = merge.next()? {
            writer.push(number, record)?;
        }
        self.merged.extend(writer.finish()?);
        Ok(())
    }
}

fn fault(folder: &Path, error: io::Error) -> SourceError {
    SourceError::Scratch { folder: folder.display().to_string(), error }
}

/// The records, one after the other.
pub(super) struct Sorted {
    from: From,
    folder: PathBuf,
}

enum From {
    /// The buffer, and how many of it are told.
    Memory(Buffer, usize),
    Disk(Merge),
}

impl Sorted {
    /// The next record with its number.
    pub(super) fn next(&mut self) -> Result<Option<(i64, &[u8])>, SourceError> {
        match &mut self.from {
            From::Memory(buffer, told) => {
                let slot = buffer.slots.get(*told);
                *told += 1;
                Ok(slot.map(|slot| (slot.number, buffer.record(slot))))
            }
            From::Disk(merge) => merge.next().map_err(|error| fault(&self.folder, error)),
        }
    }
}

/// Records in memory.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    slots: Vec<Slot>,
}

/// Where a record is in its buffer.
struct Slot {
    number: i64,
    start: usize,
    length: usize,
}

impl Buffer {
    fn size(&self) -> usize {
        self.bytes.len() + self.slots.len() * size_of::<Slot>()
    }

    fn push(&mut self, number: i64, parts: &[&[u8]]) {
        let start = self.bytes.len();
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        self.slots.push(Slot { number, start, length: self.bytes.len() - start });
    }

    fn record(&self, slot: &Slot) -> &[u8] {
        &self.bytes[slot.start..slot.start + slot.length]
    }

    fn sort(&mut self) {
        // An empty record begins where the next one does, and came first.
        self.slots.sort_unstable_by_key(|slot| (slot.number, slot.start, slot.length));
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.slots.clear();
    }
}

//! Runs merged to one order. A run is opened when its first record is due: those of an export whose files are sorted hardly
//! overlap, and then it is never more than a few that take memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;

use zstd::bulk::Decompressor;

use super::block::{Cursor, Run};

/// Bytes that all runs together read ahead; each at least [`AT_ONCE_MIN`].
const AHEAD_BYTES: usize = 8 << 20;

/// Fewest bytes that are read at once: about a packed block.
const AT_ONCE_MIN: usize = 16 << 10;

/// Most bytes that are read at once; more makes no disk faster.
const AT_ONCE_MAX: usize = 1 << 20;

/// The merged runs.
pub(super) struct Merge {
    waiting: Vec<Option<Run>>,
    open: Vec<Option<Cursor>>,
    /// The number that is due in each run. Of runs with the same number the earlier one is first.
    due: BinaryHeap<Reverse<(i64, usize)>>,
    /// The run whose record was told last.
    told: Option<usize>,
    at_once: usize,
    decompressor: Decompressor<'static>,
}

impl Merge {
    /// Before the first record of `runs`, which are in the order in which their records came.
    pub(super) fn new(runs: Vec<Run>) -> io::Result<Self> {
        let at_once = (AHEAD_BYTES / runs.len().max(1)).clamp(AT_ONCE_MIN, AT_ONCE_MAX);
        let due = runs.iter().enumerate().map(|(index, run)| Reverse((run.first, index))).collect();
        let open = runs.iter().map(|_| None).collect();
        let waiting = runs.into_iter().map(Some).collect();
        Ok(Self { waiting, open, due, told: None, at_once, decompressor: Decompressor::new()? })
    }

    /// The next record with its number.
    pub(super) fn next(&mut self) -> io::Result<Option<(i64, &[u8])>> {
        if let Some(index) = self.told.take() {
            self.advance(index)?;
        }
        let Some(Reverse((number, index))) = self.due.pop() else { return Ok(None) };
        if let Some(run) = self.waiting[index].take() {
            let mut cursor = Cursor::new(run, self.at_once);
            cursor.peek(&mut self.decompressor)?;
            self.open[index] = Some(cursor);
        }
        self.told = Some(index);
        self.open[index].as_mut().map(|cursor| cursor.take().map(|record| (number, record))).transpose()
    }

    /// What is due in a run after the record that was told. A run that has ended is let go of.
    fn advance(&mut self, index: usize) -> io::Result<()> {
        let Some(cursor) = &mut self.open[index] else { return Ok(()) };
        match cursor.peek(&mut self.decompressor)? {
            Some(number) => self.due.push(Reverse((number, index))),
            None => self.open[index] = None,
        }
        Ok(())
    }
}

//! Blocks: memory that a stream is read into, and that its lines are kept in. A line that is kept with its block need not
//! be copied, which costs as much as half of the unpacking.

use std::io::{self, Read};
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use super::{Piece, Position, TakePiece};

/// Bytes of a block: what is unpacked at a time. With less, unpacking is begun too often.
pub(crate) const BLOCK_BYTES: usize = 256 << 10;

/// Bytes of the first block of a stream for those who keep none: most streams of an export of many files are short.
const FIRST_BYTES: usize = 16 << 10;

/// Takes what a stream falls into, and lends the memory that it is read into.
pub(crate) trait TakeBlocks {
    /// Memory to read into, as much as it is long. What stands in it is written over.
    fn memory(&mut self) -> Vec<u8>;

    /// Memory of so many bytes or more in the place of `memory`, beginning with the same, if there is any at hand; else
    /// `memory` itself, which then grows.
    fn larger(&mut self, memory: Vec<u8>, _bytes: usize) -> Vec<u8> {
        memory
    }

    /// A record on a line of its own, which is `range` of `block`.
    fn line(&mut self, block: &Arc<Vec<u8>>, range: Range<usize>, at: Position) -> ControlFlow<()>;

    /// Anything else.
    fn piece(&mut self, piece: Piece<'_>) -> ControlFlow<()>;

    /// Everything in `block` was told.
    fn ended(&mut self, block: Arc<Vec<u8>>) -> ControlFlow<()>;
}

/// Blocks for those who look at every record when it comes: two are used in turn.
pub(super) struct InTurn<'t, 'p> {
    take: &'t mut TakePiece<'p>,
    spare: Vec<Vec<u8>>,
    bytes: usize,
}

impl<'t, 'p> InTurn<'t, 'p> {
    pub(super) fn new(take: &'t mut TakePiece<'p>) -> Self {
        Self { take, spare: Vec::new(), bytes: FIRST_BYTES }
    }
}

impl TakeBlocks for InTurn<'_, '_> {
    fn memory(&mut self) -> Vec<u8> {
        let bytes = std::mem::replace(&mut self.bytes, BLOCK_BYTES);
        self.spare.pop().unwrap_or_else(|| vec![0; bytes])
    }

    fn line(&mut self, block: &Arc<Vec<u8>>, range: Range<usize>, at: Position) -> ControlFlow<()> {
        (self.take)(Piece::Record { bytes: &block[range], at, list: None })
    }

    fn piece(&mut self, piece: Piece<'_>) -> ControlFlow<()> {
        (self.take)(piece)
    }

    fn ended(&mut self, block: Arc<Vec<u8>>) -> ControlFlow<()> {
        // One that grew for a long line is given back.
        self.spare.extend(Arc::into_inner(block).filter(|bytes| bytes.len() <= 4 * BLOCK_BYTES));
        ControlFlow::Continue(())
    }
}

/// A block while it is read.
pub(super) struct Block {
    /// The first `filled` of these were read.
    bytes: Vec<u8>,
    filled: usize,
    /// The stream has no more.
    pub(super) ended: bool,
}

impl Block {
    /// An empty block.
    pub(super) fn new(memory: Vec<u8>) -> Self {
        Self { bytes: memory, filled: 0, ended: false }
    }

    /// A block that begins with what was left over from the one before.
    pub(super) fn after(rest: &[u8], mut memory: Vec<u8>) -> Self {
        match memory.get_mut(..rest.len()) {
            Some(start) => start.copy_from_slice(rest),
            None => rest.clone_into(&mut memory),
        }
        Self { bytes: memory, filled: rest.len(), ended: false }
    }

    /// What was read.
    pub(super) fn read(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }

    /// The memory, of which [`Self::read`] was the beginning.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Reads something else in the place of what was read.
    pub(super) fn read_next(&mut self, reader: &mut dyn Read) -> io::Result<()> {
        self.filled = 0;
        self.fill(reader, usize::MAX)
    }

    /// Reads on until `most` bytes were read, or the memory is full, or the stream ends.
    pub(super) fn fill(&mut self, reader: &mut dyn Read, most: usize) -> io::Result<()> {
        let end = most.min(self.bytes.len());
        while self.filled < end && !self.ended {
            match reader.read(&mut self.bytes[self.filled..end]) {
                Ok(0) => self.ended = true,
                Ok(bytes) => self.filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads so many more bytes, into further memory where there is no room left, and fewer only at the end of the stream.
    pub(super) fn grow(&mut self, reader: &mut dyn Read, more: usize) -> io::Result<()> {
        let end = self.filled + more;
        if self.bytes.len() < end {
            // The vector takes twice its room each time that there is none; what is not read into is not touched.
            self.bytes.resize(end, 0);
        }
        self.fill(reader, end)
    }

    /// Reads on until a line ends behind `begin`, or the stream does. False if that is more than `most` bytes away.
    pub(super) fn reach(
        &mut self,
        reader: &mut dyn Read,
        begin: usize,
        most: usize,
        into: &mut dyn TakeBlocks,
    ) -> io::Result<bool> {
        let mut searched = begin;
        loop {
            if memchr::memchr(b'\n', &self.read()[searched..]).is_some() {
                return Ok(true);
            }
            let length = self.filled - begin;
            if length > most || self.ended {
                return Ok(length <= most);
            }
            searched = self.filled;
            // A block at a time, so that not many more lines come with a long one.
            let more = self.filled.clamp(1, BLOCK_BYTES).min(most + 1 - length);
            if self.filled == self.bytes.len() {
                let bytes = std::mem::take(&mut self.bytes);
                self.bytes = into.larger(bytes, self.filled + more);
            }
            self.grow(reader, more)?;
        }
    }

    /// Passes over the rest of a line. How many bytes that was, and where the next line begins.
    pub(super) fn pass_line(&mut self, reader: &mut dyn Read) -> io::Result<(u64, usize)> {
        let mut passed = 0;
        loop {
            self.read_next(reader)?;
            let end = memchr::memchr(b'\n', self.read());
            passed += end.unwrap_or(self.filled) as u64;
            if let Some(end) = end {
                return Ok((passed, end + 1));
            }
            if self.ended {
                return Ok((passed, self.filled));
            }
        }
    }
}

//! A run on disk: records by rising number, packed in blocks. A block is its length as it lies there and its length
//! unpacked, eight bytes each, then the packed bytes; in it each record is its number and its length, then its bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use zstd::bulk::{Compressor, Decompressor};

/// The fastest level of the ordinary scale: packing must not cost more than the disk that it saves.
const LEVEL: i32 = 1;

/// Two lengths before a block; number and length before a record.
const HEAD_BYTES: usize = 16;

/// Where a run is.
#[derive(Debug)]
pub(super) struct Run {
    file: Arc<File>,
    start: u64,
    /// The byte after its last one.
    pub(super) end: u64,
    /// The number of its first record.
    pub(super) first: i64,
}

/// Appends a run to a file.
pub(super) struct RunWriter {
    file: Arc<File>,
    start: u64,
    end: u64,
    first: Option<i64>,
    block_bytes: usize,
    plain: Vec<u8>,
    packed: Vec<u8>,
    compressor: Compressor<'static>,
}

impl RunWriter {
    /// A run in `file` from `start` on.
    pub(super) fn new(file: Arc<File>, start: u64, block_bytes: usize) -> io::Result<Self> {
        (&*file).seek(SeekFrom::Start(start))?;
        let compressor = Compressor::new(LEVEL)?;
        let (plain, packed) = (Vec::new(), Vec::new());
        Ok(Self { file, start, end: start, first: None, block_bytes, plain, packed, compressor })
    }

    /// Appends a record, whose number is not below the one before.
    pub(super) fn push(&mut self, number: i64, record: &[u8]) -> io::Result<()> {
        if !self.plain.is_empty() && self.plain.len() + record.len() > self.block_bytes {
            self.write_block()?;
        }
        self.first.get_or_insert(number);
        self.plain.extend_from_slice(&number.to_le_bytes());
        self.plain.extend_from_slice(&(record.len() as u64).to_le_bytes());
        self.plain.extend_from_slice(record);
        Ok(())
    }

    /// The run, if it has any record.
    pub(super) fn finish(mut self) -> io::Result<Option<Run>> {
        self.write_block()?;
        let (file, start, end) = (self.file, self.start, self.end);
        Ok(self.first.map(|first| Run { file, start, end, first }))
    }

    fn write_block(&mut self) -> io::Result<()> {
        if self.plain.is_empty() {
            return Ok(());
        }
        self.packed.resize(HEAD_BYTES + zstd::zstd_safe::compress_bound(self.plain.len()), 0);
        let length = self.compressor.compress_to_buffer(&self.plain, &mut self.packed[HEAD_BYTES..])?;
        self.packed[..8].copy_from_slice(&(length as u64).to_le_bytes());
        self.packed[8..HEAD_BYTES].copy_from_slice(&(self.plain.len() as u64).to_le_bytes());
        let block = &self.packed[..HEAD_BYTES + length];
        (&*self.file).write_all(block)?;
        self.end += block.len() as u64;
        self.plain.clear();
        // One that grew for a long record is not worth its room.
        self.plain.shrink_to(2 * self.block_bytes);
        self.packed.truncate(2 * self.block_bytes);
        self.packed.shrink_to(2 * self.block_bytes);
        Ok(())
    }
}

/// Reads a run from its beginning.
pub(super) struct Cursor {
    run: Run,
    /// Bytes that are read from the file at once.
    at_once: usize,
    /// What was read, and how much of it is done with.
    ahead: Vec<u8>,
    used: usize,
    /// The block, and how much of it is done with.
    plain: Vec<u8>,
    told: usize,
}

impl Cursor {
    /// Before the first record.
    pub(super) fn new(run: Run, at_once: usize) -> Self {
        Self { run, at_once, ahead: Vec::new(), used: 0, plain: Vec::new(), told: 0 }
    }

    /// The number of the record that is next, if there is one.
    pub(super) fn peek(&mut self, decompressor: &mut Decompressor<'_>) -> io::Result<Option<i64>> {
        if self.told == self.plain.len() && !self.read_block(decompressor)? {
            return Ok(None);
        }
        number(&self.plain, self.told).map(|number| Some(i64::from_le_bytes(number)))
    }

    /// The record that is next. To be asked after [`Cursor::peek`] only.
    pub(super) fn take(&mut self) -> io::Result<&[u8]> {
        let start = self.told + HEAD_BYTES;
        let end = length(number(&self.plain, self.told + 8)?)?.checked_add(start).ok_or_else(damaged)?;
        self.told = end;
        self.plain.get(start..end).ok_or_else(damaged)
    }

    fn read_block(&mut self, decompressor: &mut Decompressor<'_>) -> io::Result<bool> {
        if self.used == self.ahead.len() && self.run.start == self.run.end {
            return Ok(false);
        }
        self.ensure(HEAD_BYTES)?;
        let packed = length(number(&self.ahead, self.used)?)?;
        let plain = length(number(&self.ahead, self.used + 8)?)?;
        self.used += HEAD_BYTES;
        self.ensure(packed)?;
        self.plain.clear();
        self.plain.shrink_to(2 * plain);
        self.plain.reserve(plain);
        decompressor.decompress_to_buffer(&self.ahead[self.used..self.used + packed], &mut self.plain)?;
        self.used += packed;
        self.told = 0;
        if self.plain.len() == plain { Ok(true) } else { Err(damaged()) }
    }

    /// Makes so many bytes available after what is used.
    fn ensure(&mut self, bytes: usize) -> io::Result<()> {
        let there = self.ahead.len() - self.used;
        if there >= bytes {
            return Ok(());
        }
        self.ahead.drain(..self.used);
        self.used = 0;
        let left = usize::try_from(self.run.end - self.run.start).unwrap_or(usize::MAX);
        let more = self.at_once.max(bytes - there).min(left);
        self.ahead.resize(there + more, 0);
        let mut file = &*self.run.file;
        file.seek(SeekFrom::Start(self.run.start))?;
        file.read_exact(&mut self.ahead[there..])?;
        self.run.start += more as u64;
        if there + more >= bytes { Ok(()) } else { Err(damaged()) }
    }
}

fn number(bytes: &[u8], at: usize) -> io::Result<[u8; 8]> {
    bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok()).ok_or_else(damaged)
}

fn length(number: [u8; 8]) -> io::Result<usize> {
    usize::try_from(u64::from_le_bytes(number)).map_err(|_| damaged())
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the temporary file was changed by somebody else")
}

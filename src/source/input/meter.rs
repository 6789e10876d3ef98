//! Counting bytes: progress on the side of the disk, limits on the side of the reader.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::Pass;

/// Share of the first of two passes, in thousandths.
const FIRST_PASS_PERMILLE: u64 = 300;

/// Most bytes that one stream may unpack to. The largest accounts unpack to some 60 GB; this is time, not memory.
const UNPACKED_MAX: u64 = 512 << 30;

/// Most unpacked bytes per packed byte. Export lines that differ in little but their ids reach 300; deflate's worst is 1,032.
const RATIO_MAX: u64 = 500;

/// Unpacked bytes up to which the ratio is not looked at: small files may be all alike.
const RATIO_GRACE: u64 = 16 << 20;

/// The user asked to stop: travels through readers as an I/O error.
#[derive(Debug, thiserror::Error)]
#[error("reading was interrupted")]
pub(super) struct Stopped;

/// An archive broke a limit: travels through readers as an I/O error.
#[derive(Debug, thiserror::Error)]
#[error("it unpacks to more than 500 times its size")]
pub(super) struct OverLimit;

/// Counts the bytes of one file as it lies on disk.
pub(super) struct Meter<'a> {
    done: &'a AtomicU64,
    stop: &'a AtomicBool,
    pass: Pass,
    file_bytes: u64,
    told: Cell<u64>,
    read: Cell<u64>,
}

impl<'a> Meter<'a> {
    pub(super) fn new(done: &'a AtomicU64, stop: &'a AtomicBool, pass: Pass, file_bytes: u64) -> Self {
        Self { done, stop, pass, file_bytes, told: Cell::new(0), read: Cell::new(0) }
    }

    fn advance(&self, bytes: usize) {
        self.read.set(self.read.get() + bytes as u64);
        self.tell(self.read.get().min(self.file_bytes));
    }

    /// The file is done with: what an archive's reader did not touch counts as well.
    pub(super) fn finish(&self) {
        self.tell(self.file_bytes);
    }

    fn tell(&self, bytes: u64) {
        let first =
            u64::try_from(u128::from(bytes) * u128::from(FIRST_PASS_PERMILLE) / 1000).unwrap_or(bytes);
        let share = match self.pass {
            #[cfg(test)]
            Pass::Only => bytes,
            Pass::First => first,
            Pass::Second => bytes - first,
        };
        self.done.fetch_add(share.saturating_sub(self.told.get()), Ordering::Relaxed);
        self.told.set(share.max(self.told.get()));
    }
}

/// A file whose reads are counted, and refused once the user asked to stop.
pub(super) struct Metered<'m, R> {
    inner: R,
    meter: &'m Meter<'m>,
}

impl<'m, R> Metered<'m, R> {
    pub(super) fn new(inner: R, meter: &'m Meter<'m>) -> Self {
        Self { inner, meter }
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.meter.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other(Stopped));
        }
        let bytes = self.inner.read(buffer)?;
        self.meter.advance(bytes);
        Ok(bytes)
    }
}

impl<R: Seek> Seek for Metered<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// An unpacked stream that ends instead of failing, and that ends where a limit is broken. What ended it is kept.
pub(super) struct Guarded<'r> {
    inner: Box<dyn Read + 'r>,
    unpacked_max: u64,
    unpacked: u64,
    problem: Option<io::Error>,
}

impl<'r> Guarded<'r> {
    /// Guards `inner`, which unpacks `packed` bytes.
    pub(super) fn new(inner: Box<dyn Read + 'r>, packed: u64) -> Self {
        let unpacked_max = packed.saturating_mul(RATIO_MAX).clamp(RATIO_GRACE, UNPACKED_MAX);
        Self { inner, unpacked_max, unpacked: 0, problem: None }
    }

    /// What ended the stream before its time.
    pub(super) fn into_problem(self) -> Option<io::Error> {
        self.problem
    }
}

impl Read for Guarded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.problem.is_some() {
            return Ok(0);
        }
        match self.inner.read(buffer) {
            Ok(bytes) => {
                self.unpacked += bytes as u64;
                if self.unpacked > self.unpacked_max {
                    self.problem = Some(io::Error::other(OverLimit));
                    return Ok(0);
                }
                Ok(bytes)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.problem = Some(error);
                Ok(0)
            }
        }
    }
}

//! Counting bytes: progress on the side of the disk, limits on the side of the reader.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::Pass;
use crate::source::UnpackLimits;

/// Share of the first of two passes, in thousandths.
const FIRST_PASS_PERMILLE: u64 = 300;

/// Unpacked bytes up to which the ratio of a stream is not looked at: small files may be all alike.
const RATIO_GRACE: u64 = 16 << 20;

/// The same of a whole file, so that what one entry wastes is not taken from the others.
const RATIO_GRACE_OF_FILE: u64 = 128 << 20;

/// The user asked to stop: travels through readers as an I/O error.
#[derive(Debug, thiserror::Error)]
#[error("reading was interrupted")]
pub(super) struct Stopped;

/// An archive broke a limit: travels through readers as an I/O error.
#[derive(Debug, thiserror::Error)]
pub(super) enum OverLimit {
    /// Of the ratio.
    #[error("it unpacks to more than {0} times its size; if you trust it, raise max_ratio in its [[source]]")]
    Ratio(u64),
    /// Of the bytes.
    #[error("it unpacks to more than {0} bytes; if you trust it, raise max_unpacked in its [[source]]")]
    Bytes(u64),
}

/// What a file on disk may still unpack to, all its archives and entries together.
pub(super) struct Allowance {
    limits: UnpackLimits,
    spent: Cell<u64>,
    by_ratio: u64,
}

impl Allowance {
    /// The allowance of a file of so many bytes.
    pub(super) fn new(limits: UnpackLimits, file_bytes: u64) -> Self {
        let by_ratio = file_bytes.saturating_mul(limits.ratio).saturating_add(RATIO_GRACE_OF_FILE);
        Self { limits, spent: Cell::new(0), by_ratio }
    }

    /// True once nothing more is unpacked of this file.
    pub(super) fn is_spent(&self) -> bool {
        self.over().is_some()
    }

    fn spend(&self, bytes: usize) -> Option<OverLimit> {
        self.spent.set(self.spent.get().saturating_add(bytes as u64));
        self.over()
    }

    fn over(&self) -> Option<OverLimit> {
        let spent = self.spent.get();
        if spent > self.limits.bytes {
            return Some(OverLimit::Bytes(self.limits.bytes));
        }
        (spent > self.by_ratio).then_some(OverLimit::Ratio(self.limits.ratio))
    }
}

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
            Pass::Only => bytes,
            Pass::Probe => 0,
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
    /// For what is unpacked: the file's allowance, and what this stream's ratio allows.
    allowance: Option<(&'r Allowance, u64)>,
    unpacked: u64,
    problem: Option<io::Error>,
}

impl<'r> Guarded<'r> {
    /// Guards `inner`, which is as it lies on disk.
    pub(super) fn plain(inner: Box<dyn Read + 'r>) -> Self {
        Self { inner, allowance: None, unpacked: 0, problem: None }
    }

    /// Guards `inner`, which unpacks `packed` bytes.
    pub(super) fn unpacking(inner: Box<dyn Read + 'r>, packed: u64, allowance: &'r Allowance) -> Self {
        let by_ratio = packed.saturating_mul(allowance.limits.ratio).max(RATIO_GRACE);
        Self { inner, allowance: Some((allowance, by_ratio)), unpacked: 0, problem: None }
    }

    fn over(&self, bytes: usize) -> Option<OverLimit> {
        let (allowance, by_ratio) = self.allowance?;
        let of_stream = (self.unpacked > by_ratio).then_some(OverLimit::Ratio(allowance.limits.ratio));
        allowance.spend(bytes).or(of_stream)
    }

    /// True once something ended the stream before its time.
    pub(super) fn has_problem(&self) -> bool {
        self.problem.is_some()
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
                if let Some(over) = self.over(bytes) {
                    self.problem = Some(io::Error::other(over));
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

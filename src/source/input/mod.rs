//! Export files as a list of named streams: folders, plain files, zip and gzip, read where they lie.
//!
//! Invariants: the kind of a file is told from its first bytes, never from its name; nothing is unpacked to disk (a zip
//! inside a zip is copied as it is to an unnamed temporary file, because its directory is at its end); every archive has
//! limits on entries, ratio and unpacked bytes; nothing but regular files is opened; a stream never fails while it is
//! read: damage ends it early and is reported after it as a finding. A file that changes while it is read is an error,
//! because two passes over it would not agree. Nothing here knows what the streams hold.

mod archive;
pub(crate) mod csv;
pub(crate) mod encoding;
mod kind;
mod meter;
pub(crate) mod records;
pub(crate) mod repair;
#[cfg(test)]
mod tests;
mod through;
pub(crate) mod utf16;
pub(crate) mod walk;

use std::io::BufRead;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use super::{ReadContext, SourceError, SourceSpec, UnpackLimits};
use crate::model::finding::Finding;

/// How often a reader goes over a file, so that progress reaches exactly the bytes on disk either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// The only pass.
    Only,
    /// A look at the beginning, which does not count.
    Probe,
    /// The first of two: counts 30 % of the bytes, because it parses less.
    First,
    /// The second of two: counts the rest.
    Second,
}

/// What opening a file yields: streams, and what there is to say about the file.
pub(crate) enum Opened<'a> {
    /// A file or an entry of an archive, unpacked. Reading it never fails.
    Stream {
        /// Name for findings: the path as configured, for entries of archives `tickets.zip!export_1.json`.
        name: &'a Arc<str>,
        /// The bytes.
        reader: &'a mut dyn BufRead,
    },
    /// Something is wrong with a file, an archive or an entry. In a second pass it comes again.
    Problem(Finding),
}

/// Takes what [`InputFile::for_each_stream`] finds.
pub(crate) type Visit<'v> = dyn FnMut(Opened<'_>) -> Result<ControlFlow<()>, SourceError> + 'v;

/// A file as it lies on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InputFile {
    /// Name for findings: the path as configured, or below the folder that was configured.
    pub(crate) name: Arc<str>,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Bytes on disk.
    pub(crate) bytes: u64,
    /// When it was last changed, where the system knows.
    changed: Option<SystemTime>,
    /// How far it is unpacked.
    limits: UnpackLimits,
    /// Why it is not opened at all: it is no regular file.
    refused: Option<&'static str>,
}

impl InputFile {
    /// When it was last changed, where the system knows.
    pub(super) fn changed(&self) -> Option<SystemTime> {
        self.changed
    }

    /// Opens the file and hands every stream in it to `visit`, those of an archive in the order of their names.
    /// `visit` ends the reading by breaking. Adds to the bytes done and honours the wish to stop.
    pub(crate) fn for_each_stream(
        &self,
        context: &ReadContext<'_>,
        pass: Pass,
        visit: &mut Visit<'_>,
    ) -> Result<ControlFlow<()>, SourceError> {
        archive::open(self, context, pass, visit)
    }

    /// A file that lies there as it is read, from a byte on without what comes before, and how it begins. `None` for one
    /// that is unpacked or decoded, and for one that ends before the byte.
    pub(super) fn plain_from(&self, byte: u64) -> Result<Option<(Vec<u8>, std::fs::File)>, SourceError> {
        archive::plain_from(self, byte)
    }
}

/// The files of a source: every configured path, folders with all that is below them, in a fixed order and each file
/// once. A path that is not there is an error.
pub(crate) fn entries(spec: &SourceSpec) -> Result<Vec<InputFile>, SourceError> {
    walk::files(spec)
}

/// The bytes on disk of all files of a source.
pub(super) fn total_bytes(spec: &SourceSpec) -> Result<u64, SourceError> {
    Ok(entries(spec)?.iter().map(|file| file.bytes).sum())
}

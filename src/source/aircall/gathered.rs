//! What the first pass brings together on disk of everything that is not a row of a CSV.

use std::path::Path;

use super::directory::Directory;
use super::insights::Insights;
use super::payloads::Payloads;
use super::threads::Threads;
use crate::source::SourceError;

/// Calls, text messages, AI texts and the directory.
pub(super) struct Gathered {
    pub(super) payloads: Payloads,
    pub(super) threads: Threads,
    pub(super) insights: Insights,
    pub(super) directory: Directory,
}

impl Gathered {
    /// Nothing yet; the files lie in `temp_dir` and go with the value.
    pub(super) fn new(temp_dir: &Path, person_notes: bool) -> Result<Self, SourceError> {
        Ok(Self {
            payloads: Payloads::new(temp_dir)?,
            threads: Threads::new(temp_dir)?,
            insights: Insights::new(temp_dir)?,
            directory: Directory::new(temp_dir, person_notes)?,
        })
    }
}

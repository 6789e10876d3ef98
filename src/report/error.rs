//! Why a report could not be made or written.

use std::io;
use std::path::PathBuf;

use super::validation::Imbalance;

/// Why a report could not be made or written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The ending of the file's name is not one that is known.
    #[error("`{path}` has no known ending; use .html, .csv or .json")]
    UnknownExtension {
        /// The path as given.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot write `{path}`")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// A list of findings could not be written while reading went on.
    #[error("cannot write the list of findings")]
    Findings(#[source] io::Error),
    /// A CSV was asked for, and the run did not keep the whole list of its findings.
    #[error(
        "cannot write `{path}`: the whole list of findings was not kept; run validate again with --report"
    )]
    FindingsNotKept {
        /// The file asked for.
        path: PathBuf,
    },
    /// The counts do not add up.
    #[error(transparent)]
    Imbalance(#[from] Imbalance),
}

//! Which product an export comes from, by a look at the beginning of each file.
//!
//! Purpose: `init` proposes a config. Nothing is read whole, nothing is decided here for the import itself: the readers
//! look again, record by record. Invariant: a file of which nothing is known is reported as such, never guessed.

mod marks;
mod peek;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::SourceKind;
use super::input::walk::is_noise;

/// Most files and folders that are looked at. One file for each ticket is a known layout, and so is one for each comment.
const FILES_MAX: usize = 5_000_000;
/// Deepest nesting of folders that is followed; a loop of mounts must end somewhere.
const DEPTH_MAX: usize = 16;

/// An export that was found: the shortest list of paths that holds all files of one product and account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The product.
    pub kind: SourceKind,
    /// The account that the files name, where they do: a Zendesk subdomain.
    pub origin: Option<String>,
    /// Files and folders, as named or below what was named.
    pub paths: Vec<PathBuf>,
    /// Files; an archive counts once.
    pub files: u64,
    /// Their bytes on disk.
    pub bytes: u64,
}

/// What was found in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Detection {
    /// Exports.
    pub found: Vec<Found>,
    /// Files of no known kind.
    pub unknown: Vec<PathBuf>,
}

/// Why the looking ended.
#[derive(Debug, thiserror::Error)]
pub enum DetectError {
    /// A path is not there.
    #[error("there is no `{}`", .0.display())]
    Missing(PathBuf),
    /// The operating system refused.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// There are too many files to be an export.
    #[error("there are more than {FILES_MAX} files; name the folder of the export itself")]
    TooMany,
}

/// What one file or folder turned out to be.
struct Entry {
    path: PathBuf,
    /// The product and account of all recognised files below, if they agree; kept apart otherwise.
    parts: Vec<Part>,
    unknown: Vec<PathBuf>,
}

#[derive(Clone)]
struct Part {
    kind: SourceKind,
    origins: BTreeSet<String>,
    paths: Vec<PathBuf>,
    files: u64,
    bytes: u64,
}

impl Entry {
    fn of_no_kind(mut self) -> Self {
        self.unknown.push(self.path.clone());
        self
    }
}

/// Looks at `exports`, files and folders.
pub fn detect(exports: &[PathBuf]) -> Result<Detection, DetectError> {
    let mut budget = FILES_MAX;
    let mut detection = Detection::default();
    let mut parts = Vec::new();
    for path in exports {
        if !path.exists() {
            return Err(DetectError::Missing(path.clone()));
        }
        let entry = look(path, 0, &mut budget)?;
        parts.extend(entry.parts);
        detection.unknown.extend(entry.unknown);
    }
    for part in merge(parts) {
        detection.found.push(Found {
            kind: part.kind,
            origin: part.origins.into_iter().next(),
            paths: part.paths,
            files: part.files,
            bytes: part.bytes,
        });
    }
    Ok(detection)
}

fn look(path: &Path, depth: usize, budget: &mut usize) -> Result<Entry, DetectError> {
    let failed = |error| DetectError::Io { path: path.to_owned(), error };
    *budget = budget.checked_sub(1).ok_or(DetectError::TooMany)?;
    let mut entry = Entry { path: path.to_owned(), parts: Vec::new(), unknown: Vec::new() };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => return look_at_file(path, metadata.len()),
        // Followed, a link can lead in circles. The readers do not follow it either, except where it is named.
        Ok(metadata) if metadata.is_dir() && (depth == 0 || !path.is_symlink()) => {}
        // Opening a pipe would wait for whoever writes to it.
        Ok(_) => return Ok(entry.of_no_kind()),
        Err(_) if path.is_symlink() => return Ok(entry.of_no_kind()),
        Err(error) => return Err(failed(error)),
    }
    if depth == DEPTH_MAX {
        return Ok(entry);
    }
    let mut children: Vec<PathBuf> = fs::read_dir(path)
        .and_then(|children| children.map(|child| child.map(|child| child.path())).collect())
        .map_err(failed)?;
    children.sort();
    let mut entries = Vec::new();
    for child in children.iter().filter(|child| !is_left_behind(child)) {
        entries.push(look(child, depth + 1, budget)?);
    }
    for child in entries {
        entry.parts.extend(child.parts);
        entry.unknown.extend(child.unknown);
    }
    entry.parts = merge(entry.parts);
    // A folder of one product and account is named as a whole, so that files added later are read too.
    if let [only] = entry.parts.as_mut_slice() {
        only.paths = vec![entry.path.clone()];
    }
    Ok(entry)
}

fn look_at_file(path: &Path, bytes: u64) -> Result<Entry, DetectError> {
    let sightings =
        peek::sightings(path).map_err(|error| DetectError::Io { path: path.to_owned(), error })?;
    let mut entry = Entry { path: path.to_owned(), parts: Vec::new(), unknown: Vec::new() };
    match sightings.first() {
        Some(first) => entry.parts.push(Part {
            kind: first.kind,
            origins: sightings.iter().filter_map(|sighting| sighting.origin.clone()).collect(),
            paths: vec![path.to_owned()],
            files: 1,
            bytes,
        }),
        None => return Ok(entry.of_no_kind()),
    }
    Ok(entry)
}

/// What the readers pass over too.
fn is_left_behind(path: &Path) -> bool {
    path.file_name().is_some_and(|name| is_noise(&name.to_string_lossy()))
}

/// Puts together what belongs to one product and account. A part that names no account joins the others of its kind
/// where these are of one account.
fn merge(parts: Vec<Part>) -> Vec<Part> {
    let mut merged: Vec<Part> = Vec::new();
    // Those that name an account first, so that the others find them.
    let (named, nameless): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| !part.origins.is_empty());
    for part in named.into_iter().chain(nameless) {
        let mut same_kind = merged.iter_mut().filter(|other| other.kind == part.kind);
        let home = match part.origins.first() {
            Some(origin) => {
                same_kind.find(|other| other.origins.contains(origin) || other.origins.is_empty())
            }
            None => same_kind.next(),
        };
        match home {
            Some(home) => {
                home.origins.extend(part.origins);
                home.paths.extend(part.paths);
                home.files += part.files;
                home.bytes += part.bytes;
            }
            None => merged.push(part),
        }
    }
    for part in &mut merged {
        part.paths.sort();
    }
    merged.sort_by(|a, b| a.paths.cmp(&b.paths));
    merged
}

//! Folders to files, in a fixed order.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{SourceError, SourceSpec};
use super::InputFile;

/// Deepest folder below a configured one. Exports nest three or four deep; a loop of mounts must end somewhere.
const DEPTH_MAX: usize = 32;

/// The files of `spec`; see [`super::entries`].
pub(super) fn files(spec: &SourceSpec) -> Result<Vec<InputFile>, SourceError> {
    let mut seen = HashSet::new();
    let mut files = Vec::new();
    for path in &spec.paths {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(SourceError::Missing { path: path.clone(), source_name: spec.name.clone() });
            }
            Err(error) => return Err(refused(path, error)),
        };
        if metadata.is_dir() {
            folder(path, DEPTH_MAX, &mut files)?;
        } else {
            files.push(file(path, metadata.len()));
        }
    }
    files.retain(|file: &InputFile| {
        seen.insert(fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone()))
    });
    Ok(files)
}

/// Adds what is below `path`, sorted by name.
fn folder(path: &Path, depth: usize, files: &mut Vec<InputFile>) -> Result<(), SourceError> {
    let mut children: Vec<PathBuf> = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect())
        .map_err(|error| refused(path, error))?;
    children.sort();
    for child in children {
        if child.file_name().is_some_and(|name| is_noise(&name.to_string_lossy())) {
            continue;
        }
        // A link that leads nowhere and a file that vanished since the listing are no data.
        let Ok(metadata) = fs::metadata(&child) else { continue };
        if metadata.is_file() {
            files.push(file(&child, metadata.len()));
        } else if metadata.is_dir() && depth > 0 && !child.is_symlink() {
            folder(&child, depth - 1, files)?;
        }
    }
    Ok(())
}

/// True for what systems and browsers leave beside data: hidden files, resource forks, unfinished downloads.
pub(super) fn is_noise(name: &str) -> bool {
    name.starts_with('.')
        || name == "__MACOSX"
        || ["Thumbs.db", "desktop.ini"].contains(&name)
        || Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("crdownload"))
}

fn file(path: &Path, bytes: u64) -> InputFile {
    InputFile { name: Arc::from(path.to_string_lossy()), path: path.to_owned(), bytes }
}

fn refused(path: &Path, error: std::io::Error) -> SourceError {
    SourceError::Io { file: path.to_string_lossy().into_owned(), error }
}

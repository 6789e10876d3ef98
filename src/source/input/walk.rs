//! Folders to files, in a fixed order.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::{SourceError, SourceSpec, UnpackLimits};
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
        } else if metadata.is_file() {
            files.push(file(path, Some(&metadata)));
        } else {
            return Err(SourceError::NotAFile { path: path.clone() });
        }
    }
    for file in &mut files {
        file.limits = spec.limits;
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
        let refused = match fs::metadata(&child) {
            Ok(metadata) if metadata.is_file() => {
                files.push(file(&child, Some(&metadata)));
                continue;
            }
            Ok(metadata) if metadata.is_dir() => {
                // Followed, a link can lead in circles or all over the disk.
                if child.is_symlink() {
                    "it is a link to a folder, and those are not followed"
                } else if depth == 0 {
                    "it lies more than 32 folders deep"
                } else {
                    folder(&child, depth - 1, files)?;
                    continue;
                }
            }
            // Opening a pipe would wait for whoever writes to it.
            Ok(_) => "it is a pipe, a socket or a device",
            Err(_) if child.is_symlink() => "it is a link that leads nowhere",
            // It vanished since the folder was listed.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(SourceError::Changed { file: child.to_string_lossy().into_owned() });
            }
            Err(error) => return Err(refused(&child, error)),
        };
        files.push(InputFile { refused: Some(refused), ..file(&child, None) });
    }
    Ok(())
}

/// True for what systems and browsers leave beside data: hidden files, resource forks, unfinished downloads.
pub(crate) fn is_noise(name: &str) -> bool {
    name.starts_with('.')
        || name == "__MACOSX"
        || ["Thumbs.db", "desktop.ini"].contains(&name)
        || Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("crdownload"))
}

fn file(path: &Path, metadata: Option<&fs::Metadata>) -> InputFile {
    InputFile {
        name: Arc::from(path.to_string_lossy()),
        path: path.to_owned(),
        bytes: metadata.map_or(0, fs::Metadata::len),
        changed: metadata.and_then(|metadata| metadata.modified().ok()),
        limits: UnpackLimits::default(),
        refused: None,
    }
}

fn refused(path: &Path, error: std::io::Error) -> SourceError {
    SourceError::Io { file: path.to_string_lossy().into_owned(), error }
}

//! Files to be written, or to be compared with what is there.
//!
//! Zips are compared by what they hold, because a compressor may make other bytes of it on another processor; an
//! archive that holds the right things already is left as it is.

use std::fs;
use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Largest fixture that is read for comparison, unpacked: well above all of them together.
const UNPACKED_MAX: u64 = 64 << 20;

/// Why fixtures could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GenerateError {
    /// A value has no JSON form.
    #[error("cannot write JSON")]
    Json(#[from] serde_json::Error),
    /// A row has no CSV form.
    #[error("cannot write CSV")]
    Csv(#[from] csv::Error),
    /// An archive could not be put together.
    #[error("cannot write a zip archive")]
    Zip(#[from] zip::result::ZipError),
    /// The operating system refused.
    #[error("cannot write")]
    Io(#[from] io::Error),
}

/// A file of the fixtures.
pub(crate) struct Artefact {
    path: PathBuf,
    content: Content,
}

enum Content {
    Plain(Vec<u8>),
    Zip(Vec<(String, Vec<u8>)>),
}

impl Artefact {
    /// A file as it is. `path` is relative to the fixtures.
    pub(crate) fn plain(path: &str, bytes: Vec<u8>) -> Self {
        Self { path: path.into(), content: Content::Plain(bytes) }
    }

    /// An archive of named entries.
    pub(crate) fn zip(path: &str, entries: Vec<(String, Vec<u8>)>) -> Self {
        Self { path: path.into(), content: Content::Zip(entries) }
    }

    /// Its path relative to the fixtures.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the file under `root` holds exactly this.
    pub(crate) fn is_there(&self, root: &Path) -> bool {
        let Ok(bytes) = fs::read(root.join(&self.path)) else { return false };
        match &self.content {
            Content::Plain(expected) => *expected == bytes,
            Content::Zip(expected) => unpacked(bytes).is_ok_and(|entries| entries == *expected),
        }
    }

    /// Writes the file under `root`.
    pub(crate) fn write(&self, root: &Path) -> Result<(), GenerateError> {
        let path = root.join(&self.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        match &self.content {
            Content::Plain(bytes) => fs::write(path, bytes)?,
            Content::Zip(entries) => fs::write(path, packed(entries)?)?,
        }
        Ok(())
    }
}

fn packed(entries: &[(String, Vec<u8>)]) -> Result<Vec<u8>, GenerateError> {
    let time = DateTime::from_date_and_time(2026, 2, 1, 6, 30, 0).unwrap_or_default();
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(time)
        .unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

fn unpacked(bytes: Vec<u8>) -> Result<Vec<(String, Vec<u8>)>, GenerateError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        let mut content = Vec::new();
        entry.take(UNPACKED_MAX).read_to_end(&mut content)?;
        entries.push((name, content));
    }
    Ok(entries)
}

//! Kept files, by the hash of their content.

use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::ledger::ContentHash;

/// Begins the names of files that are not whole yet. What a killed process left goes when the next one begins.
const UNFINISHED: &str = ".part-";
/// Bytes of the beginning by which a file is judged.
const HEAD: usize = 1024;

/// The folder of kept files.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// A file on its way into the store.
#[derive(Debug)]
pub(super) struct Incoming {
    file: NamedTempFile,
    hasher: blake3::Hasher,
    size: u64,
    head: Vec<u8>,
    folder: PathBuf,
}

impl Store {
    /// The store in this folder, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Removes what a killed process left unfinished. Only whoever holds the ledger's lock may do that.
    pub fn tidy(&self) -> io::Result<()> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Where the file with this content is or would be.
    pub fn path(&self, content: ContentHash) -> PathBuf {
        let name = content.to_hex();
        // Folders of a million files are slow to list.
        self.folder.join(&name[..2]).join(name)
    }

    /// Where the file with this content is, if it is there whole.
    pub fn find(&self, content: ContentHash, size: u64) -> Option<PathBuf> {
        let path = self.path(content);
        let whole = std::fs::metadata(&path).is_ok_and(|found| found.is_file() && found.len() == size);
        whole.then_some(path)
    }

    pub(super) fn begin(&self) -> io::Result<Incoming> {
        private_folder(&self.folder)?;
        let file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        let folder = self.folder.clone();
        Ok(Incoming { file, hasher: blake3::Hasher::new(), size: 0, head: Vec::with_capacity(HEAD), folder })
    }
}

impl Incoming {
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        Ok(())
    }

    /// Bytes so far.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The first of them.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Gives it its name, once it is on the disk.
    pub(super) fn keep(self) -> io::Result<(ContentHash, u64, PathBuf)> {
        self.file.as_file().sync_data()?;
        let content = ContentHash(*self.hasher.finalize().as_bytes());
        let path = Store { folder: self.folder }.path(content);
        private_folder(path.parent().unwrap_or(Path::new("")))?;
        self.file.persist(&path).map_err(|error| error.error)?;
        Ok((content, self.size, path))
    }
}

fn private_folder(folder: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn files_are_kept_once_under_their_content_and_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("files"));
        store.tidy().unwrap();
        let keep = |parts: &[&[u8]]| {
            let mut incoming = store.begin().unwrap();
            for part in parts {
                incoming.write(part).unwrap();
            }
            incoming.keep().unwrap()
        };
        let (content, size, path) = keep(&[b"ab", b"c"]);
        assert_eq!(content.to_hex(), blake3::hash(b"abc").to_hex().to_string());
        assert_eq!((size, std::fs::read(&path).unwrap()), (3, b"abc".to_vec()));
        assert_eq!(keep(&[b"abc"]).2, path);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder.path().join("files"))), (0o600, 0o700));
        assert_eq!(store.find(content, 3), Some(path.clone()));
        // Half a file is no file.
        std::fs::write(&path, "ab").unwrap();
        assert_eq!(store.find(content, 3), None);
    }

    #[test]
    fn what_a_killed_process_left_goes() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned());
        let mut incoming = store.begin().unwrap();
        incoming.write(b"half").unwrap();
        let (_, left) = incoming.file.keep().unwrap();
        store.tidy().unwrap();
        assert!(!left.exists());
    }
}

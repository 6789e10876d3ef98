//! Files that the dump has: a path, or an entry of a zip (`tickets.zip!attachments/3/a.png`), which may lie in another.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::Reason;
use super::store::{Incoming, Store};
use crate::ledger::ContentHash;

/// Archives in archives that are opened.
const DEPTH_MAX: u32 = 4;
/// Largest archive in an archive that is unpacked to reach a file in it, in bytes.
const ARCHIVE_MAX: u64 = 4_000_000_000;
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// A file of the dump, and where its bytes can be read from now on.
pub(super) type Found = (ContentHash, u64, PathBuf);

/// Reads the file at `path`. A plain file stays where it is; an entry of an archive is copied into the store. The outer
/// error is one of this machine.
pub(super) fn read(path: &str, max_bytes: u64, store: &Store) -> io::Result<Result<Found, Reason>> {
    if Path::new(path).is_file() {
        return Ok(hash(Path::new(path), max_bytes).map(|(content, size)| (content, size, path.into())));
    }
    for (at, _) in path.match_indices('!') {
        let (archive, entry) = (&path[..at], &path[at + 1..]);
        if Path::new(archive).is_file() {
            let Ok(file) = File::open(archive) else { break };
            return in_zip(io::BufReader::new(file), entry, max_bytes, store, DEPTH_MAX);
        }
    }
    Ok(Err(Reason::NotInDump))
}

/// The hash and length of a file.
pub(super) fn hash(path: &Path, max_bytes: u64) -> Result<(ContentHash, u64), Reason> {
    let size = std::fs::metadata(path).map_err(|_| Reason::NotInDump)?.len();
    match size {
        0 => return Err(Reason::Empty),
        size if size > max_bytes => return Err(Reason::TooLarge),
        _ => {}
    }
    let file = File::open(path).map_err(|_| Reason::NotInDump)?;
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(file.take(max_bytes)).map_err(|_| Reason::NotInDump)?;
    Ok((ContentHash(*hasher.finalize().as_bytes()), hasher.count()))
}

fn in_zip<R: Read + Seek>(
    reader: R,
    entry: &str,
    max_bytes: u64,
    store: &Store,
    depth: u32,
) -> io::Result<Result<Found, Reason>> {
    let Ok(mut archive) = ZipArchive::new(reader) else { return Ok(Err(Reason::NotInDump)) };
    if let Ok(mut found) = archive.by_name(entry) {
        return copy(&mut found, max_bytes, store.begin()?);
    }
    for (at, _) in entry.match_indices('!').filter(|_| depth > 0) {
        let Ok(inner) = archive.by_name(&entry[..at]) else { continue };
        let mut file = tempfile::tempfile()?;
        if io::copy(&mut inner.take(ARCHIVE_MAX), &mut file).is_err() {
            break;
        }
        file.rewind()?;
        return in_zip(io::BufReader::new(file), &entry[at + 1..], max_bytes, store, depth - 1);
    }
    Ok(Err(Reason::NotInDump))
}

fn copy(from: &mut dyn Read, max_bytes: u64, mut into: Incoming) -> io::Result<Result<Found, Reason>> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let Ok(read) = from.read(&mut chunk) else { return Ok(Err(Reason::NotInDump)) };
        if read == 0 {
            break;
        }
        if into.size() + read as u64 > max_bytes {
            return Ok(Err(Reason::TooLarge));
        }
        into.write(&chunk[..read])?;
    }
    if into.size() == 0 {
        return Ok(Err(Reason::Empty));
    }
    into.keep().map(Ok)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::read as read_at;
    use super::*;

    fn packed(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn files_are_read_where_they_lie_and_entries_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("files"));
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        std::fs::write(at("a!b.txt"), "one").unwrap();
        let inner = packed(&[("attachments/4/x!y.txt", b"three"), ("void", b"")]);
        std::fs::write(at("e.zip"), packed(&[("attachments/3/a.txt", b"two"), ("in.zip", &inner)])).unwrap();
        let read = |name: &str, max| {
            let found = read_at(&at(name), max, &store).unwrap();
            found.map(|(content, size, path)| {
                let bytes = std::fs::read(path).unwrap();
                assert_eq!((blake3::hash(&bytes).as_bytes(), bytes.len() as u64), (&content.0, size));
                String::from_utf8(bytes).unwrap()
            })
        };
        assert_eq!(read("a!b.txt", 9), Ok("one".to_owned()));
        assert!(!folder.path().join("files").exists(), "it is read where it lies");
        assert_eq!(read("e.zip!attachments/3/a.txt", 9), Ok("two".to_owned()));
        assert_eq!(read("e.zip!in.zip!attachments/4/x!y.txt", 9), Ok("three".to_owned()));
        assert_eq!(read("e.zip!in.zip!void", 9), Err(Reason::Empty));
        assert_eq!(read("e.zip!attachments/3/a.txt", 2), Err(Reason::TooLarge));
        assert_eq!(read("a!b.txt", 2), Err(Reason::TooLarge));
        for missing in ["gone.txt", "e.zip!gone", "e.zip!in.zip!gone", "gone.zip!x", "a!b.txt!x"] {
            assert_eq!(read(missing, 9), Err(Reason::NotInDump), "{missing}");
        }
    }
}

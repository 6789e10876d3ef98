//! The beginning of a file, of what a gz unpacks to, and of the entries of a zip.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::source::input::utf16::head_as_utf8;

/// How much of each file is looked at, in bytes: more than the first record of nearly all exports.
const HEAD_BYTES: u64 = 64 * 1024;
/// How many entries of an archive are looked at; exports are split into parts of the same kind.
const ENTRIES_MAX: usize = 16;

/// The beginning of each part of the file, unpacked and in UTF-8 where it was UTF-16. Empty where there is nothing to be seen (an archive that is
/// damaged or locked).
pub(super) fn heads(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut file = File::open(path)?;
    let head = head_of(&mut file)?;
    if head.starts_with(b"PK\x03\x04") {
        return Ok(zip_heads(path).unwrap_or_default());
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        let unpacked = head_of(MultiGzDecoder::new(File::open(path)?));
        return Ok(unpacked.into_iter().collect());
    }
    Ok(vec![head])
}

fn head_of(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head_as_utf8(head))
}

fn zip_heads(path: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut archive = zip::ZipArchive::new(io::BufReader::new(File::open(path)?))?;
    let mut heads = Vec::new();
    for index in 0..archive.len() {
        // An entry that cannot be read (encrypted, another method) does not hide the others.
        let Ok(entry) = archive.by_index(index) else { continue };
        let name = entry.name().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        if !entry.is_file() || name.contains("__macosx") {
            continue;
        }
        if Path::new(&name).extension().is_some_and(|kind| kind == "gz") {
            heads.extend(head_of(MultiGzDecoder::new(entry)));
        } else {
            heads.extend(head_of(entry));
        }
        if heads.len() == ENTRIES_MAX {
            break;
        }
    }
    Ok(heads)
}

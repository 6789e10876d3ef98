//! What the beginning of a file shows, of what a gz unpacks to, and of the entries of a zip, also of one in a zip.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use zip::read::read_zipfile_from_stream;

use super::marks::{self, Sighting};
use crate::source::input::utf16::head_as_utf8;

/// How much of each file is looked at, in bytes: more than the first record of nearly all exports.
const HEAD_BYTES: u64 = 64 * 1024;

/// How many entries of an archive that show something are enough; exports are split into parts of the same kind.
const ENOUGH: usize = 16;

/// How many entries are looked at until then: where files were downloaded too, an archive may begin with pictures.
const ENTRIES_MAX: usize = 2_000;

/// How much is looked at of an archive that is read from its front, because it is packed itself or has no end, in bytes.
const FRONT_BYTES: u64 = 4 << 20;

const ZIP: &[u8] = b"PK\x03\x04";
const GZIP: &[u8] = b"\x1f\x8b";

/// What the file at `path` shows. Nothing where there is nothing to be seen (an archive that is damaged or locked).
pub(super) fn sightings(path: &Path) -> io::Result<Vec<Sighting>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut looks = Looks::default();
    if file.fill_buf()?.starts_with(ZIP) && looks.archive(path).is_none() {
        looks.front(&mut file);
    } else if !file.buffer().starts_with(ZIP) {
        looks.stream(&mut file, 0)?;
    }
    Ok(looks.sightings)
}

#[derive(Default)]
struct Looks {
    sightings: Vec<Sighting>,
    entries: usize,
}

impl Looks {
    fn is_enough(&self) -> bool {
        self.sightings.len() >= ENOUGH || self.entries >= ENTRIES_MAX
    }

    /// The entries of a zip; nothing if it has no directory.
    fn archive(&mut self, path: &Path) -> Option<()> {
        let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
        for index in 0..archive.len() {
            // An entry that cannot be read (encrypted, another method) does not hide the others.
            let Ok(entry) = archive.by_index(index) else { continue };
            let is_noise = entry.name().is_ok_and(|name| name.to_ascii_lowercase().contains("__macosx"));
            if entry.is_file() && !is_noise {
                self.entries += 1;
                // What cannot be unpacked shows nothing, and the others may.
                self.stream(&mut BufReader::new(entry), 1).unwrap_or_default();
            }
            if self.is_enough() {
                break;
            }
        }
        Some(())
    }

    /// The first entries of a zip that cannot be read from its end.
    fn front(&mut self, reader: &mut dyn Read) {
        let mut reader = reader.take(FRONT_BYTES);
        while !self.is_enough() {
            let Ok(Some(entry)) = read_zipfile_from_stream(&mut reader) else { break };
            self.entries += 1;
            self.stream(&mut BufReader::new(entry), 2).unwrap_or_default();
        }
    }

    /// A file or an entry, inside so many archives.
    fn stream(&mut self, reader: &mut dyn BufRead, depth: u32) -> io::Result<()> {
        let start = reader.fill_buf()?;
        let (is_archive, is_gzip) = (start.starts_with(ZIP), start.starts_with(GZIP));
        if is_archive && depth == 1 {
            self.front(reader);
            return Ok(());
        }
        let head = if is_gzip { head_of(MultiGzDecoder::new(reader)) } else { head_of(reader) };
        // A damaged gzip file shows nothing.
        let head = if is_gzip { head.unwrap_or_default() } else { head? };
        self.sightings.extend(marks::recognise(&head));
        Ok(())
    }
}

/// The beginning of a stream, in UTF-8 where it was UTF-16.
fn head_of(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head_as_utf8(head))
}

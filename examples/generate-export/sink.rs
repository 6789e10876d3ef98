//! Where lines go: files of limited size, plain, gzipped, or as entries of one zip. Nothing is held back but buffers.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Unpacked bytes after which a new file begins, as large accounts get several.
const FILE_BYTES: u64 = 512 << 20;
/// Write buffer; large enough that the disk sees few calls.
const BUFFER_BYTES: usize = 1 << 20;
/// Level of compression: what a server that packs terabytes would choose.
const LEVEL: u32 = 6;

/// How files are packed.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Pack {
    /// Not at all.
    Plain,
    /// One zip with all files.
    Zip,
    /// Each file gzipped.
    Gz,
}

enum Writer {
    Plain(BufWriter<File>),
    Gz(Box<GzEncoder<BufWriter<File>>>),
    Zip(Box<ZipWriter<BufWriter<File>>>),
}

/// Takes the lines of one kind of object.
pub(crate) struct Sink {
    folder: PathBuf,
    what: String,
    pack: Pack,
    writer: Writer,
    files: u32,
    bytes_in_file: u64,
    line: Vec<u8>,
}

impl Sink {
    /// A sink for `what` (tickets, comments, users) in `folder`.
    pub(crate) fn create(folder: &Path, what: &str, pack: Pack) -> io::Result<Self> {
        let writer = match pack {
            Pack::Zip => {
                let file = File::create(folder.join(format!("export_2026_02_01_bench_{what}.zip")))?;
                let mut archive = ZipWriter::new(BufWriter::with_capacity(BUFFER_BYTES, file));
                archive.start_file(entry_name(what, 1), options())?;
                Writer::Zip(Box::new(archive))
            }
            _ => open(folder, what, pack, 1)?,
        };
        let (folder, what) = (folder.to_owned(), what.to_owned());
        Ok(Self { folder, what, pack, writer, files: 1, bytes_in_file: 0, line: Vec::new() })
    }

    /// Writes one object as a line and says how many bytes that took.
    pub(crate) fn line(&mut self, object: &impl Serialize) -> io::Result<u64> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, object)?;
        self.line.push(b'\n');
        let bytes = self.line.len() as u64;
        if self.bytes_in_file > 0 && self.bytes_in_file + bytes > FILE_BYTES {
            self.next_file()?;
        }
        self.bytes_in_file += bytes;
        match &mut self.writer {
            Writer::Plain(writer) => writer.write_all(&self.line)?,
            Writer::Gz(writer) => writer.write_all(&self.line)?,
            Writer::Zip(writer) => writer.write_all(&self.line)?,
        }
        Ok(bytes)
    }

    /// Ends the last file. What is not ended may be cut.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self.writer {
            Writer::Zip(archive) => archive.finish()?.flush(),
            other => close(other),
        }
    }

    fn next_file(&mut self) -> io::Result<()> {
        self.files += 1;
        self.bytes_in_file = 0;
        if let Writer::Zip(archive) = &mut self.writer {
            archive.start_file(entry_name(&self.what, self.files), options())?;
            return Ok(());
        }
        let next = open(&self.folder, &self.what, self.pack, self.files)?;
        close(std::mem::replace(&mut self.writer, next))
    }
}

fn open(folder: &Path, what: &str, pack: Pack, number: u32) -> io::Result<Writer> {
    let ending = if pack == Pack::Gz { ".gz" } else { "" };
    let file = File::create(folder.join(entry_name(what, number) + ending))?;
    let writer = BufWriter::with_capacity(BUFFER_BYTES, file);
    Ok(match pack {
        Pack::Gz => Writer::Gz(Box::new(GzEncoder::new(writer, Compression::new(LEVEL)))),
        _ => Writer::Plain(writer),
    })
}

fn close(writer: Writer) -> io::Result<()> {
    match writer {
        Writer::Plain(mut writer) => writer.flush(),
        Writer::Gz(writer) => writer.finish()?.flush(),
        Writer::Zip(writer) => writer.finish()?.flush(),
    }
}

fn entry_name(what: &str, number: u32) -> String {
    format!("export_2026_02_01_bench_{what}_{number}.json")
}

/// Entries may pass 4 GiB once packed badly, so the 64-bit form is always used.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(i64::from(LEVEL)))
        .large_file(true)
}

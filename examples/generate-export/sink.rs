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
    form: Form,
}

/// What stands around the lines of a file.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The ending of its name.
    pub(crate) ending: &'static str,
    /// Before the first line.
    pub(crate) head: String,
    /// After the last.
    pub(crate) foot: &'static str,
}

impl Form {
    /// Lines of JSON, with nothing around them.
    fn json() -> Self {
        Self { ending: "json", head: String::new(), foot: "" }
    }
}

impl Sink {
    /// A sink for lines of JSON about `what` (tickets, comments, users) in `folder`.
    pub(crate) fn create(folder: &Path, what: &str, pack: Pack) -> io::Result<Self> {
        Self::of(folder, what, pack, Form::json())
    }

    /// A sink for files of another form.
    pub(crate) fn of(folder: &Path, what: &str, pack: Pack, form: Form) -> io::Result<Self> {
        let writer = match pack {
            Pack::Zip => {
                let file = File::create(folder.join(format!("export_2026_02_01_bench_{what}.zip")))?;
                let mut archive = ZipWriter::new(BufWriter::with_capacity(BUFFER_BYTES, file));
                archive.start_file(entry_name(what, 1, &form), options())?;
                Writer::Zip(Box::new(archive))
            }
            _ => open(folder, what, pack, 1, &form)?,
        };
        let (folder, what) = (folder.to_owned(), what.to_owned());
        let mut sink =
            Self { folder, what, pack, writer, files: 1, bytes_in_file: 0, line: Vec::new(), form };
        sink.head()?;
        Ok(sink)
    }

    /// A sink for one file with a name of its own. With [`Pack::Zip`] it is gzipped: a zip for each would be none.
    #[allow(dead_code, reason = "benchmarks have few files")]
    pub(crate) fn single(folder: &Path, name: &str, pack: Pack) -> io::Result<Self> {
        let ending = if pack == Pack::Plain { "json" } else { "json.gz" };
        let writer = BufWriter::new(File::create(folder.join(format!("{name}.{ending}")))?);
        let writer = match pack {
            Pack::Plain => Writer::Plain(writer),
            _ => Writer::Gz(Box::new(GzEncoder::new(writer, Compression::new(LEVEL)))),
        };
        let (folder, what, form) = (folder.to_owned(), name.to_owned(), Form::json());
        Ok(Self { folder, what, pack, writer, files: 1, bytes_in_file: 0, line: Vec::new(), form })
    }

    /// Writes one object as a line and says how many bytes that took.
    pub(crate) fn line(&mut self, object: &impl Serialize) -> io::Result<u64> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, object)?;
        self.line.push(b'\n');
        self.write_line()
    }

    /// Writes text that is no JSON, or has been written already, and says how many bytes that took.
    #[allow(dead_code, reason = "benchmarks have JSON only")]
    pub(crate) fn text(&mut self, text: &[u8]) -> io::Result<u64> {
        self.line.clear();
        self.line.extend_from_slice(text);
        self.write_line()
    }

    /// Ends the last file. What is not ended may be cut.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let foot = self.form.foot;
        self.write(foot.as_bytes())?;
        match self.writer {
            Writer::Zip(archive) => archive.finish()?.flush(),
            other => close(other),
        }
    }

    fn write_line(&mut self) -> io::Result<u64> {
        let bytes = self.line.len() as u64;
        if self.bytes_in_file > 0 && self.bytes_in_file + bytes > FILE_BYTES {
            self.next_file()?;
        }
        self.bytes_in_file += bytes;
        let line = std::mem::take(&mut self.line);
        self.write(&line)?;
        self.line = line;
        Ok(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.writer {
            Writer::Plain(writer) => writer.write_all(bytes),
            Writer::Gz(writer) => writer.write_all(bytes),
            Writer::Zip(writer) => writer.write_all(bytes),
        }
    }

    fn head(&mut self) -> io::Result<()> {
        let head = self.form.head.clone();
        self.write(head.as_bytes())
    }

    fn next_file(&mut self) -> io::Result<()> {
        let foot = self.form.foot;
        self.write(foot.as_bytes())?;
        self.files += 1;
        self.bytes_in_file = 0;
        if let Writer::Zip(archive) = &mut self.writer {
            archive.start_file(entry_name(&self.what, self.files, &self.form), options())?;
        } else {
            let next = open(&self.folder, &self.what, self.pack, self.files, &self.form)?;
            close(std::mem::replace(&mut self.writer, next))?;
        }
        self.head()
    }
}

fn open(folder: &Path, what: &str, pack: Pack, number: u32, form: &Form) -> io::Result<Writer> {
    let ending = if pack == Pack::Gz { ".gz" } else { "" };
    let file = File::create(folder.join(entry_name(what, number, form) + ending))?;
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

fn entry_name(what: &str, number: u32, form: &Form) -> String {
    format!("export_2026_02_01_bench_{what}_{number}.{}", form.ending)
}

/// Entries may pass 4 GiB once packed badly, so the 64-bit form is always used.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(i64::from(LEVEL)))
        .large_file(true)
}

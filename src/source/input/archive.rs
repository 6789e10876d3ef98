//! Opening one file: plain, gzip, zip, and one level of zip or gzip inside a zip.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;
use zip::read::read_zipfile_from_stream;
use zip::result::ZipError;

use super::kind::{Kind, read_head};
use super::meter::{Allowance, Guarded, Meter, Metered, OverLimit, Stopped};
use super::through::Through;
use super::utf16::Utf16;
use super::walk::is_noise;
use super::{InputFile, Opened, Pass, Visit};
use crate::model::finding::{Code, Finding, Place};
use crate::source::{ReadContext, SourceError};

/// Packed bytes read at a time.
const PACKED_BYTES: usize = 256 << 10;

/// Most entries of one archive. One file per ticket is a known layout, so a million must do.
const ENTRIES_MAX: usize = 1_000_000;

/// Longest entry name shown, in characters.
const NAME_MAX: usize = 200;

type Flow = Result<ControlFlow<()>, SourceError>;

/// Opens `file`; see [`InputFile::for_each_stream`].
pub(super) fn open(
    file: &InputFile,
    context: &ReadContext<'_>,
    pass: Pass,
    visit: &mut Visit<'_>,
) -> Result<ControlFlow<()>, SourceError> {
    if let Some(why) = file.refused {
        return visit(Opened::Problem(
            Finding::at(Code::NotAFile, &Place::file(&file.name)).with_detail(why),
        ));
    }
    let meter = Meter::new(context.bytes_done, context.stop, pass, file.bytes);
    let allowance = Allowance::new(file.limits, file.bytes);
    let mut opener = Opener { temp_dir: context.temp_dir, allowance: &allowance, visit };
    let flow = opener.file(file, &meter)?;
    if flow.is_continue() {
        meter.finish();
    }
    Ok(flow)
}

/// See [`InputFile::plain_from`].
pub(super) fn plain_from(file: &InputFile, byte: u64) -> Result<Option<(Vec<u8>, File)>, SourceError> {
    let failed = |error| io_error(&file.name, error);
    if file.refused.is_some() || byte >= file.bytes {
        return Ok(None);
    }
    let mut opened = File::open(&file.path).map_err(failed)?;
    check_unchanged(file, &opened)?;
    let head = read_head(&mut opened).map_err(failed)?;
    if Kind::of(&head) != Kind::Plain {
        return Ok(None);
    }
    opened.seek(io::SeekFrom::Start(byte)).map_err(failed)?;
    Ok(Some((head, opened)))
}

struct Opener<'v, 'f> {
    temp_dir: &'v Path,
    allowance: &'v Allowance,
    visit: &'v mut Visit<'f>,
}

impl Opener<'_, '_> {
    fn file(&mut self, file: &InputFile, meter: &Meter<'_>) -> Flow {
        let opened = File::open(&file.path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SourceError::Changed { file: file.name.to_string() },
            _ => io_error(&file.name, error),
        })?;
        check_unchanged(file, &opened)?;
        let handle = opened.try_clone().map_err(|error| io_error(&file.name, error))?;
        let flow = self.opened(file, opened, meter)?;
        // What was appended while the file was read would be in one pass and not in the other.
        check_unchanged(file, &handle)?;
        Ok(flow)
    }

    fn opened(&mut self, file: &InputFile, opened: File, meter: &Meter<'_>) -> Flow {
        let mut reader = Through::new(Metered::new(opened, meter));
        let head = read_head(&mut reader).map_err(|error| io_error(&file.name, error))?;
        if Kind::of(&head) == Kind::Zip {
            reader.rewind().map_err(|error| io_error(&file.name, error))?;
            return self.zip(&file.name, reader, true);
        }
        let whole = Guarded::plain(Box::new(io::Cursor::new(head).chain(reader)));
        self.stream(&file.name, whole, file.bytes, true)
    }

    /// A stream whose kind is not known yet. `outer` is false inside an archive that lies in an archive, where nothing
    /// further is unpacked.
    fn stream(&mut self, name: &Arc<str>, mut raw: Guarded<'_>, packed: u64, outer: bool) -> Flow {
        let head = read_head(&mut raw).map_err(|error| io_error(name, error))?;
        let flow = match Kind::of(&head) {
            // Damaged from its first byte on; that is told below.
            Kind::Empty if raw.has_problem() => Ok(ControlFlow::Continue(())),
            Kind::Empty => self.problem(Code::EmptyFile, name, ""),
            Kind::Unsupported(what) => self.problem(Code::UnsupportedFile, name, what),
            Kind::Zip | Kind::Gzip if !outer => {
                self.problem(Code::RefusedArchive, name, "it is an archive in an archive in an archive")
            }
            Kind::Zip => self.nested_zip(name, &mut io::Cursor::new(head).chain(&mut raw)),
            Kind::Gzip => {
                let members = BufReader::with_capacity(PACKED_BYTES, io::Cursor::new(head).chain(&mut raw));
                let allowance = self.allowance;
                let unpacked = Guarded::unpacking(Box::new(MultiGzDecoder::new(members)), packed, allowance);
                self.gzip(name, unpacked)
            }
            kind @ (Kind::Plain | Kind::Utf16(_)) => {
                self.text(name, kind, &mut io::Cursor::new(head).chain(&mut raw))
            }
        }?;
        if flow.is_break() { Ok(flow) } else { self.settle(name, raw.into_problem()) }
    }

    /// The unpacked bytes of a gzip stream. What is packed inside them is not unpacked again.
    fn gzip(&mut self, name: &Arc<str>, mut unpacked: Guarded<'_>) -> Flow {
        let head = read_head(&mut unpacked).map_err(|error| io_error(name, error))?;
        let flow = match Kind::of(&head) {
            Kind::Empty => ControlFlow::Continue(()),
            Kind::Unsupported(what) => self.problem(Code::UnsupportedFile, name, what)?,
            Kind::Zip | Kind::Gzip => {
                self.problem(Code::RefusedArchive, name, "it is an archive in a gzip file")?
            }
            kind @ (Kind::Plain | Kind::Utf16(_)) => {
                self.text(name, kind, &mut io::Cursor::new(head).chain(&mut unpacked))?
            }
        };
        if flow.is_break() { Ok(flow) } else { self.settle(name, unpacked.into_problem()) }
    }

    /// Text, as UTF-8 from here on.
    fn text(&mut self, name: &Arc<str>, kind: Kind, reader: &mut dyn Read) -> Flow {
        let Kind::Utf16(order) = kind else {
            return self.show(name, &mut Through::new(reader));
        };
        let mut decoded = Utf16::new(reader, order);
        let flow = self.show(name, &mut Through::new(&mut decoded))?;
        match decoded.replaced() {
            0 => Ok(flow),
            _ if flow.is_break() => Ok(flow),
            count => self.problem(Code::RepairedText, name, &format!("{count} replaced in UTF-16")),
        }
    }

    fn zip<R: Read + Seek>(&mut self, name: &Arc<str>, mut reader: R, outer: bool) -> Flow {
        let mut archive = match ZipArchive::new(&mut reader) {
            Ok(archive) => archive,
            Err(ZipError::InvalidArchive(_)) => {
                reader.rewind().map_err(|error| io_error(name, error))?;
                return self.cut_zip(name, &mut reader, outer);
            }
            Err(error) => return self.zip_problem(name, error),
        };
        if archive.len() > ENTRIES_MAX {
            return self.problem(Code::RefusedArchive, name, "it has more than a million entries");
        }
        if archive.index_for_name("[Content_Types].xml").is_some() {
            return self.problem(Code::UnsupportedFile, name, "it is an Office document");
        }
        if archive.index_for_name("mimetype").is_some() && archive.index_for_name("content.xml").is_some() {
            return self.problem(Code::UnsupportedFile, name, "it is an OpenDocument file");
        }
        for (index, entry_name) in entries_by_name(&archive) {
            let name: Arc<str> = format!("{name}!{}", for_display(&entry_name)).into();
            let flow = match archive.by_index(index) {
                Ok(entry) if entry.is_dir() => continue,
                Ok(entry) => {
                    let packed = entry.compressed_size();
                    let unpacked = Guarded::unpacking(Box::new(entry), packed, self.allowance);
                    self.stream(&name, unpacked, packed, outer)?
                }
                Err(error) => self.zip_problem(&name, error)?,
            };
            // A million entries beyond the limit need not be told one by one.
            if flow.is_break() || self.allowance.is_spent() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// A zip whose directory, which is its end, is missing: its entries one after another, as far as they go.
    fn cut_zip(&mut self, archive: &Arc<str>, reader: &mut dyn Read, outer: bool) -> Flow {
        let mut reader = reader;
        for _ in 0..ENTRIES_MAX {
            let Ok(Some(entry)) = read_zipfile_from_stream(&mut reader) else { break };
            let entry_name = entry.name().map_or_else(|_| "?".to_owned(), std::borrow::Cow::into_owned);
            if entry.is_dir() || is_noise_entry(&entry_name) {
                continue;
            }
            let name: Arc<str> = format!("{archive}!{}", for_display(&entry_name)).into();
            let packed = entry.compressed_size();
            let unpacked = Guarded::unpacking(Box::new(entry), packed, self.allowance);
            let flow = self.stream(&name, unpacked, packed, outer)?;
            if flow.is_break() || self.allowance.is_spent() {
                return Ok(flow);
            }
        }
        let detail = "the end of the archive is missing; its entries were read as far as they are whole";
        self.problem(Code::TruncatedFile, archive, detail)
    }

    /// A zip inside a zip. Its directory is at its end, so it is copied, still packed, to a file without a name.
    fn nested_zip(&mut self, name: &Arc<str>, packed: &mut dyn Read) -> Flow {
        let copy = tempfile::tempfile_in(self.temp_dir).and_then(|file| {
            let mut writer = io::BufWriter::new(file);
            io::copy(packed, &mut writer)?;
            writer.flush()?;
            let mut file = writer.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            Ok(file)
        });
        match copy {
            Ok(file) => self.zip(name, BufReader::with_capacity(PACKED_BYTES, file), false),
            Err(error) => Err(io_error(name, error)),
        }
    }

    fn show(&mut self, name: &Arc<str>, reader: &mut dyn BufRead) -> Flow {
        (self.visit)(Opened::Stream { name, reader })
    }

    fn problem(&mut self, code: Code, name: &Arc<str>, detail: &str) -> Flow {
        (self.visit)(Opened::Problem(Finding::at(code, &Place::file(name)).with_detail(detail)))
    }

    /// Says what ended a stream before its time.
    fn settle(&mut self, name: &Arc<str>, problem: Option<io::Error>) -> Flow {
        let Some(error) = problem else { return Ok(ControlFlow::Continue(())) };
        if is_caused_by::<OverLimit>(&error) {
            return self.problem(Code::RefusedArchive, name, &error.to_string());
        }
        // What the system said has its number. The rest is what the decoders say of the file.
        if error.raw_os_error().is_some() || is_caused_by::<Stopped>(&error) {
            return Err(io_error(name, error));
        }
        if error.kind() == io::ErrorKind::Unsupported {
            return self.problem(Code::UnsupportedFile, name, &format!("it cannot be unpacked: {error}"));
        }
        self.problem(Code::TruncatedFile, name, &format!("the archive is damaged: {error}"))
    }

    fn zip_problem(&mut self, name: &Arc<str>, error: ZipError) -> Flow {
        match error {
            ZipError::Io(error) => self.settle(name, Some(error)),
            ZipError::UnsupportedArchive(what) => self.problem(Code::UnsupportedFile, name, what),
            ZipError::CompressionMethodNotSupported(method) => self.problem(
                Code::UnsupportedFile,
                name,
                &format!("compression method {method} is not known"),
            ),
            other => self.problem(Code::TruncatedFile, name, &format!("the archive is damaged: {other}")),
        }
    }
}

/// The entries that may hold data, by name, so that two archives of the same files read the same.
fn entries_by_name<R: Read + Seek>(archive: &ZipArchive<R>) -> Vec<(usize, String)> {
    let mut entries: Vec<(usize, String)> = archive
        .file_names_raw()
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .enumerate()
        .filter(|(_, name)| !name.ends_with('/') && !is_noise_entry(name))
        .collect();
    entries.sort_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    entries
}

fn is_noise_entry(name: &str) -> bool {
    name.split('/').any(|part| part != ".." && is_noise(part))
}

/// Refuses a file that is not what it was when the folder was listed.
fn check_unchanged(file: &InputFile, opened: &File) -> Result<(), SourceError> {
    let metadata = opened.metadata().map_err(|error| io_error(&file.name, error))?;
    let same = metadata.len() == file.bytes && metadata.modified().ok() == file.changed;
    if same { Ok(()) } else { Err(SourceError::Changed { file: file.name.to_string() }) }
}

/// An entry's name, fit to be shown: no control or direction characters, not endless. Nothing is ever opened by it.
fn for_display(name: &str) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    name.chars().take(NAME_MAX).map(|c| if invisible(c) { '\u{fffd}' } else { c }).collect()
}

fn io_error(name: &Arc<str>, error: io::Error) -> SourceError {
    if is_caused_by::<Stopped>(&error) {
        return SourceError::Interrupted;
    }
    SourceError::Io { file: name.to_string(), error }
}

fn is_caused_by<E: std::error::Error + 'static>(error: &io::Error) -> bool {
    error.get_ref().and_then(|cause| cause.downcast_ref::<E>()).is_some()
}

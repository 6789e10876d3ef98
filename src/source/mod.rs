//! Sources: export files to conversations, in streams.
//!
//! Invariants: memory does not grow with the export but for compact tables of people and ids; every record read ends
//! as exactly one [`Record`]; nothing here knows Gorgias, the ledger or the terminal.

pub mod aircall;
pub mod detect;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
pub mod input;
mod record_at;
mod runs;
mod scratch;
mod spent;
pub mod zendesk;

pub use spent::done_with;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::conversation::Conversation;
use crate::model::finding::Finding;
use crate::model::key::SourceName;
use crate::model::note::PersonNote;

pub use record_at::{RecordAt, record_at, set_out};

/// Which product an export comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Zendesk Support.
    Zendesk,
    /// Aircall.
    Aircall,
}

/// How calls become tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grouping {
    /// One ticket per call.
    #[default]
    Call,
    /// One ticket per customer number and day.
    ContactDay,
}

/// The order of day and month in written dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// 31/12/2025.
    Dmy,
    /// 12/31/2025.
    Mdy,
}

/// One `[[source]]` of the config, checked.
#[derive(Clone, Debug)]
pub struct SourceSpec {
    /// Its name, which prefixes every key.
    pub name: SourceName,
    /// Its product.
    pub kind: SourceKind,
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Time zone (IANA name) of times that are written without one. Without it they are not used: a zone is never guessed.
    pub timezone: Option<String>,
    /// Order of day and month where a file leaves it open.
    pub date_order: Option<DateOrder>,
    /// How calls become tickets.
    pub grouping: Grouping,
    /// Own column names for CSV layouts that are not known: our name to theirs.
    pub columns: BTreeMap<String, String>,
    /// Whether calls and text messages between two lines of the company are imported.
    pub include_internal: bool,
    /// How far archives are unpacked.
    pub limits: UnpackLimits,
    /// Whether what was noted down about people is wanted ([`Record::Noted`]); else it is not even read.
    pub person_notes: bool,
}

/// How far an archive is unpacked before it is taken for a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnpackLimits {
    /// Most bytes that one file may unpack to. This protects time and never memory.
    pub bytes: u64,
    /// Most unpacked bytes per packed byte, looked at from 16 MB on.
    pub ratio: u64,
}

impl Default for UnpackLimits {
    /// The largest accounts unpack to some 60 GB. Export lines that differ in little but their ids reach a ratio of
    /// 300; deflate's worst is 1,032.
    fn default() -> Self {
        Self { bytes: 512_000_000_000, ratio: 500 }
    }
}

/// What reading needs from outside.
pub struct ReadContext<'a> {
    /// The instant that "the past" is measured against.
    pub now: Timestamp,
    /// Bytes read so far, of the files as they lie on disk. A source only adds to it.
    pub bytes_done: &'a AtomicU64,
    /// Set when the user wants to stop; a source then ends early with `SourceError::Interrupted`.
    pub stop: &'a AtomicBool,
    /// Where temporary files may be made.
    pub temp_dir: &'a std::path::Path,
    /// Whether `sink` can do without everything that it got: then a source may tell records before it has read
    /// everything, and end with [`SourceError::StartOver`] if that was too early.
    pub may_start_over: bool,
    /// Told how far joining is, where somebody watches.
    pub joining: Option<&'a Joining>,
    /// Set where the texts of messages are not wanted: a source may then leave texts unread ([`Body::unread`]), but for
    /// those of which this is true. Not to decode what nobody reads halves the time that reading takes.
    ///
    /// [`Body::unread`]: crate::model::body::Body::unread
    pub needs_text: Option<NeedsText>,
}

/// Whether a text must be read, by its HTML. It is asked about HTML as it stands in the export, which is in the escapes of
/// a JSON string but for escapes by number.
pub type NeedsText = fn(&str) -> bool;

/// How far the joining of records that lie apart is: it begins when everything has been read.
#[derive(Debug, Default)]
pub struct Joining {
    /// Records to be joined; 0 as long as it has not begun.
    pub total: AtomicU64,
    /// Records joined.
    pub done: AtomicU64,
}

/// What became of one record of the export.
#[derive(Debug)]
pub enum Record {
    /// It can be imported.
    Conversation {
        /// The conversation, with at least one message.
        conversation: Box<Conversation>,
        /// What is to be said about it (nothing that blocks it).
        findings: Vec<Finding>,
        /// Messages that cannot be imported, a blocking finding each; they are not in the conversation.
        rejected_messages: Vec<Finding>,
    },
    /// It cannot be imported; the finding blocks it.
    Rejected(Finding),
    /// It was left out on purpose.
    LeftOut(Finding),
    /// A line or row that could not be parsed.
    Unreadable(Finding),
    /// Something about a file or the whole source; counts as no record.
    Remark(Finding),
    /// What was noted down about a person; counts as no record. Only where [`SourceSpec::person_notes`] asks for it.
    Noted(PersonNote),
}

/// What is known of a source once it has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceFacts {
    /// Files read (an archive counts once).
    pub files: u64,
    /// Their bytes on disk.
    pub bytes: u64,
    /// Distinct people.
    pub people: u64,
    /// People of whom the export has a record of their own (a users file), whether they wrote anything or not.
    pub people_recorded: u64,
    /// The source accounts seen: Zendesk subdomains, Aircall companies.
    pub origins: BTreeSet<String>,
}

/// Why reading could not go on.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A path of the config is not there.
    #[error("`{path}` does not exist; correct paths of source `{source_name}` in migration.toml")]
    Missing {
        /// The path as configured.
        path: PathBuf,
        /// The source.
        source_name: SourceName,
    },
    /// A path of the config is a pipe, a device or the like, which cannot be read twice.
    #[error(
        "`{path}` is neither a file nor a folder; save what it gives as a file and name that in migration.toml"
    )]
    NotAFile {
        /// The path as configured.
        path: PathBuf,
    },
    /// A file changed or vanished while it was read.
    #[error("`{file}` changed while it was read; wait until the export is complete and run again")]
    Changed {
        /// The file as named on the command line.
        file: String,
    },
    /// The operating system refused.
    #[error("cannot read `{file}`; make it readable, or take it out of the paths of the source")]
    Io {
        /// The file as named on the command line.
        file: String,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// The operating system refused a temporary file.
    #[error(
        "cannot use a temporary file in `{folder}`; make room there, or name another folder in the variable TMPDIR"
    )]
    Scratch {
        /// Where the file was to be.
        folder: String,
        /// What the system said.
        #[source]
        error: std::io::Error,
    },
    /// The temporary join on disk failed.
    #[error("cannot use the temporary file for joining records")]
    Join(#[from] rusqlite::Error),
    /// The user asked to stop.
    #[error("reading was interrupted")]
    Interrupted,
    /// Records were told that do not hold. Everything told by this reading is void; the source must be read again with
    /// [`ReadContext::may_start_over`] unset. Never returned where that is unset.
    #[error("records were told before everything that belongs to them was read; read the source again")]
    StartOver,
}

/// The bytes of all files of a source as they lie on disk, for progress. Missing paths are an error.
pub fn input_bytes(spec: &SourceSpec) -> Result<u64, SourceError> {
    input::total_bytes(spec)
}

/// A fingerprint of a source's files as they lie on disk (names, sizes, times of change) and of the settings that
/// decide how they are read. Cheap: no file is opened.
pub fn fingerprint(spec: &SourceSpec) -> Result<[u8; 32], SourceError> {
    let mut hasher = blake3::Hasher::new();
    let settings = (&spec.name, spec.kind, &spec.timezone, spec.date_order, spec.grouping, &spec.columns);
    hasher.update(format!("{settings:?} {} {:?}", spec.include_internal, spec.limits).as_bytes());
    // Without it nothing changes.
    if spec.person_notes {
        hasher.update(b" with notes");
    }
    for file in input::entries(spec)? {
        hasher.update(format!("{} {} {:?}\n", file.name, file.bytes, file.changed()).as_bytes());
    }
    Ok(*hasher.finalize().as_bytes())
}

/// Tells a note, and that it was cut where it was.
fn tell_note(note: PersonNote, sink: &mut dyn FnMut(Record) -> ControlFlow<()>) -> ControlFlow<()> {
    let cut = note.finding();
    sink(Record::Noted(note))?;
    cut.map_or(ControlFlow::Continue(()), |finding| sink(Record::Remark(finding)))
}

/// Reads a source from start to end and hands every record to `sink`, in a fixed order. `sink` may end the reading.
pub fn read(
    spec: &SourceSpec,
    context: &ReadContext<'_>,
    sink: &mut dyn FnMut(Record) -> ControlFlow<()>,
) -> Result<SourceFacts, SourceError> {
    match spec.kind {
        SourceKind::Zendesk => zendesk::read(spec, context, sink),
        SourceKind::Aircall => aircall::read(spec, context, sink),
    }
}

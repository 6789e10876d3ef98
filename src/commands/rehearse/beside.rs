//! What the export says of a ticket, for the page that shows it: the only place where export and stand-in meet, and
//! neither knows the other.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use crate::commands::CommandError;
use crate::config::Config;
use crate::model::conversation::Conversation;
use crate::model::finding::{Code, Place, Severity};
use crate::model::key::ConversationKey;
use crate::model::time::now;
use crate::sandbox::{Beside, Fact, Panel, Remark, RemarkKind, Section, Tone};
use crate::source::{self, ReadContext, RecordAt, SourceSpec};
use crate::staging::{Found, Staging};

/// Bytes of a conversation that are shown.
const TEXT_MAX: usize = 256 * 1024;

/// How long a page waits for a record that lies deep in a packed file.
const PATIENCE: Duration = Duration::from_millis(500);
/// Records that are looked for at once; each may unpack gigabytes.
const AT_ONCE: usize = 2;
/// Records that were found late and are kept for whoever comes again.
const KEPT: usize = 16;

/// The export that is rehearsed.
pub(super) struct Export {
    staging: Mutex<Staging>,
    records: Arc<Records>,
}

/// The files of the export, and what was found in them after a page had gone without it.
struct Records {
    sources: Vec<SourceSpec>,
    busy: AtomicUsize,
    late: Mutex<VecDeque<(Place, Option<RecordAt>)>>,
}

/// What came of looking for a record.
enum Raw {
    Found(RecordAt),
    /// The file is gone, or has something else there.
    Nowhere,
    /// It is still being looked for.
    Late,
}

impl Export {
    /// The export that was staged in this file.
    pub(super) fn open(staging: &Path, config: &Config) -> Result<Self, CommandError> {
        let records =
            Records { sources: config.sources.clone(), busy: AtomicUsize::new(0), late: Mutex::default() };
        match Staging::open(staging)? {
            Found::Whole(staging) => Ok(Self { staging: Mutex::new(staging), records: Arc::new(records) }),
            Found::Absent | Found::Discarded(_) => Err(CommandError::new(
                crate::exit::ExitCode::Temporary,
                "the staging file has gone while it was used",
            )
            .with_next("run the same command again")),
        }
    }
}

impl Records {
    /// The record at a place. One that takes long is looked for on, and is there for the next who asks.
    fn find(self: &Arc<Self>, place: &Place) -> Raw {
        let known = self.late().iter().find(|(at, _)| at == place).map(|(_, found)| found.clone());
        if let Some(found) = known {
            return found.map_or(Raw::Nowhere, Raw::Found);
        }
        if self.busy.fetch_add(1, Ordering::SeqCst) >= AT_ONCE {
            self.busy.fetch_sub(1, Ordering::SeqCst);
            return Raw::Late;
        }
        let (found, heard) = mpsc::channel();
        let (records, place) = (Arc::clone(self), place.clone());
        std::thread::spawn(move || {
            let record = records.read(&place);
            records.busy.fetch_sub(1, Ordering::SeqCst);
            // Whoever asked has gone without it.
            if let Err(mpsc::SendError(record)) = found.send(record) {
                let mut late = records.late();
                if late.len() == KEPT {
                    late.pop_front();
                }
                late.push_back((place, record));
            }
        });
        match heard.recv_timeout(PATIENCE) {
            Ok(Some(record)) => Raw::Found(record),
            Ok(None) | Err(mpsc::RecvTimeoutError::Disconnected) => Raw::Nowhere,
            Err(mpsc::RecvTimeoutError::Timeout) => Raw::Late,
        }
    }

    fn late(&self) -> MutexGuard<'_, VecDeque<(Place, Option<RecordAt>)>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, place: &Place) -> Option<RecordAt> {
        let temp_dir = std::env::temp_dir();
        let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let context = ReadContext {
            now: now(),
            bytes_done: &bytes_done,
            stop: &stop,
            temp_dir: &temp_dir,
            may_start_over: false,
            joining: None,
            needs_text: None,
        };
        source::record_at(&self.sources, place, &context).ok().flatten()
    }
}

impl Beside for Export {
    fn panel(&self, external_id: &str) -> Option<Panel> {
        let key = ConversationKey::parse(external_id).ok()?;
        let conversation = {
            let staging = self.staging.lock().unwrap_or_else(PoisonError::into_inner);
            staging.get(&key).ok().flatten()?
        };
        Some(panel(&conversation, &self.records.find(&conversation.place)))
    }
}

fn panel(conversation: &Conversation, raw: &Raw) -> Panel {
    let fact = |name: &str, value: String| Fact { name: name.to_owned(), value };
    let place = &conversation.place;
    let status = serde_json::to_value(conversation.status).ok();
    let status = status.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default();
    let mut facts = vec![
        fact("File", place.file.to_string()),
        fact("Status there", status),
        fact("Messages", conversation.messages.len().to_string()),
    ];
    if let Some(line) = place.line {
        facts.insert(1, fact("Line", line.to_string()));
    }
    let mut sections = Vec::new();
    let stands = |note: &str, text: String| Section {
        title: "As it stands in the export".to_owned(),
        note: note.to_owned(),
        text,
    };
    match raw {
        Raw::Found(raw) => {
            let (text, is_cut) = raw.text();
            sections.push(stands(if is_cut { "Only its beginning: the record is long." } else { "" }, text));
        }
        Raw::Late => {
            let note =
                "It lies deep in a large file and is still being looked for; reload the page in a moment.";
            sections.push(stands(note, String::new()));
        }
        Raw::Nowhere => {}
    }
    let (read, is_cut) = source::set_out(conversation, TEXT_MAX);
    sections.push(Section {
        title: "As it was read".to_owned(),
        note: format!(
            "Everything of the export that belongs to this ticket, joined.{}",
            if is_cut { " Only its beginning: it is long." } else { "" }
        ),
        text: read,
    });
    Panel { title: "Source record".to_owned(), facts, sections }
}

/// The kinds of findings as the pages show them.
pub(super) fn kinds() -> Vec<RemarkKind> {
    let kind = |code: &Code| RemarkKind {
        code: code.as_str().to_owned(),
        tone: match code.severity() {
            Severity::Block => Tone::Bad,
            Severity::Warn => Tone::Warn,
            Severity::Info => Tone::Info,
        },
        text: code.summary().to_owned(),
        advice: code.remedy().to_owned(),
    };
    Code::ALL.iter().map(kind).collect()
}

/// The findings of a run, out of its list. Those about a file or a person are about no ticket.
pub(super) fn remarks(list: &Path) -> Result<Vec<Remark>, CommandError> {
    let mut reader = csv::Reader::from_path(list).map_err(std::io::Error::from)?;
    let headers = reader.headers().map_err(std::io::Error::from)?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (code, key, detail) = (column("code"), column("key"), column("detail"));
    let mut remarks = Vec::new();
    for row in reader.into_records() {
        let row = row.map_err(std::io::Error::from)?;
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or_default().to_owned();
        let external_id = cell(key);
        if !external_id.is_empty() {
            remarks.push(Remark { external_id, code: cell(code), detail: cell(detail) });
        }
    }
    Ok(remarks)
}

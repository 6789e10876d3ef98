//! What the export says of a ticket, for the page that shows it: the only place where export and stand-in meet, and
//! neither knows the other.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Mutex, PoisonError};

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

/// The export that is rehearsed.
pub(super) struct Export {
    staging: Mutex<Staging>,
    sources: Vec<SourceSpec>,
}

impl Export {
    /// The export that was staged in this file.
    pub(super) fn open(staging: &Path, config: &Config) -> Result<Self, CommandError> {
        match Staging::open(staging)? {
            Found::Whole(staging) => {
                Ok(Self { staging: Mutex::new(staging), sources: config.sources.clone() })
            }
            Found::Absent | Found::Discarded(_) => Err(CommandError::new(
                crate::exit::ExitCode::Temporary,
                "the staging file has gone while it was used",
            )
            .with_next("run the same command again")),
        }
    }

    fn raw(&self, place: &Place) -> Option<RecordAt> {
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
        Some(panel(&conversation, self.raw(&conversation.place).as_ref()))
    }
}

fn panel(conversation: &Conversation, raw: Option<&RecordAt>) -> Panel {
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
    if let Some(raw) = raw {
        let (text, is_cut) = raw.text();
        let note = if is_cut { "Only its beginning: the record is long." } else { "" };
        sections.push(Section {
            title: "As it stands in the export".to_owned(),
            note: note.to_owned(),
            text,
        });
    }
    let mut read = serde_json::to_string_pretty(conversation).unwrap_or_default();
    let is_cut = read.len() > TEXT_MAX;
    read.truncate(read.floor_char_boundary(TEXT_MAX));
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

//! `clean`: deletes what holds texts, names and addresses; the ledger stays, so that nothing can be imported twice.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{CommandError, Context};
use crate::exit::ExitCode;
use crate::ledger::Hold;
use crate::model::time::now;
use crate::text;

/// Files of the state folder that hold what people wrote: the staged conversations, under their name and under the one that
/// they have while they are written.
const STAGING: [&str; 4] =
    ["staging.sqlite", "staging.sqlite.part", "staging.sqlite-wal", "staging.sqlite-shm"];
/// Folders of the state folder that do, with all in them: attachments and recordings, the lists of the last fetch, rehearsals with their stand-in.
const FOLDERS: [&str; 3] = ["files", "fetch", "rehearsal"];
/// Files of a run that name records, files and people. What else is in its folder (the log, the verification, a
/// certificate) does not.
const REPORTS: [&str; 7] = [
    "report.html",
    "report.json",
    "findings.csv",
    "rejects.csv",
    "rejects.ndjson",
    "differences.csv",
    "differences-partial.csv",
];

/// What programs get.
#[derive(Debug, Serialize)]
struct Document {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    deleted: Vec<Item>,
    freed_bytes: u64,
    /// What stays in the state folder.
    kept: Vec<String>,
    /// What stays, there and elsewhere, and what it holds.
    stays: Vec<Stays>,
}

/// Something that is not deleted.
#[derive(Debug, Serialize)]
struct Stays {
    path: String,
    bytes: u64,
    /// What it is.
    what: &'static str,
    /// Whether it holds texts, names or addresses, and is the user's to delete.
    personal: bool,
}

/// Something to delete.
#[derive(Debug, Serialize)]
struct Item {
    path: String,
    bytes: u64,
    #[serde(skip)]
    at: PathBuf,
}

pub(super) fn run(context: &Context) -> Result<ExitCode, CommandError> {
    let state_dir = context.state_dir();
    if !state_dir.is_dir() {
        return tell(context, Vec::new());
    }
    // Whoever is at work reads and writes what would be deleted.
    let _hold = Hold::take(state_dir, now())?;
    let rehearsal = state_dir.join("rehearsal");
    let _rehearsal = if rehearsal.is_dir() { Some(Hold::take(&rehearsal, now())?) } else { None };
    let items = items(state_dir)?;
    if !items.is_empty() {
        context.confirm(&question(&items))?;
        for item in &items {
            delete(&item.at).map_err(|error| failed(&item.at, &error))?;
        }
    }
    tell(context, items)
}

fn question(items: &[Item]) -> String {
    let bytes = items.iter().map(|item| item.bytes).sum();
    format!(
        "Delete {} with {} that may hold texts, names and addresses? The ledger stays: it has none, and without it nobody knows \
         what is in Gorgias. The certificate of a run cannot list its findings afterwards; write it before with report.",
        text::count(items.len() as u64, "file or folder"),
        text::size(bytes),
    )
}

/// What there is to delete, in the order in which it is told.
fn items(state_dir: &Path) -> Result<Vec<Item>, CommandError> {
    let mut items = Vec::new();
    let mut add = |at: PathBuf| -> Result<(), CommandError> {
        // A link is deleted, and what it leads to is somebody else's.
        if let Ok(metadata) = at.symlink_metadata() {
            let bytes = if metadata.is_dir() { bytes_below(&at)? } else { metadata.len() };
            items.push(Item { path: at.display().to_string(), bytes, at });
        }
        Ok(())
    };
    for name in STAGING.iter().chain(&FOLDERS) {
        add(state_dir.join(name))?;
    }
    for run in folders(&state_dir.join("runs"))? {
        for name in REPORTS {
            add(run.join(name))?;
        }
    }
    Ok(items)
}

fn folders(path: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(path, &error)),
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|it| it.path())
        .collect();
    found.sort();
    Ok(found)
}

/// Bytes of all files below a folder; links are not followed.
fn bytes_below(folder: &Path) -> Result<u64, CommandError> {
    let mut bytes = 0;
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| failed(&folder, &error))?.flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => open.push(entry.path()),
                Ok(metadata) => bytes += metadata.len(),
                // It went meanwhile.
                Err(_) => {}
            }
        }
    }
    Ok(bytes)
}

fn delete(path: &Path) -> io::Result<()> {
    if path.symlink_metadata()?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn failed(path: &Path, error: &io::Error) -> CommandError {
    CommandError::new(ExitCode::Temporary, format!("cannot delete `{}`: {error}", path.display()))
        .with_next("make it writable and run the same command again")
}

/// What stays of the state folder, and what lies elsewhere.
fn stays(context: &Context) -> Result<Vec<Stays>, CommandError> {
    let mut stays = Vec::new();
    let mut add = |path: &Path, what, personal| -> Result<(), CommandError> {
        let Ok(metadata) = path.symlink_metadata() else { return Ok(()) };
        let bytes = if metadata.is_dir() { bytes_below(path)? } else { metadata.len() };
        stays.push(Stays { path: path.display().to_string(), bytes, what, personal });
        Ok(())
    };
    let mut entries: Vec<PathBuf> = match fs::read_dir(context.state_dir()) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    entries.sort();
    for path in &entries {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let what = match name.as_str() {
            "runs" => {
                "logs, verifications and receipts of runs: keys, counts and times, no texts, names or addresses"
            }
            "lock" => "keeps two from working at once",
            name if name.starts_with("ledger.sqlite") => {
                "what is in Gorgias, by keys and ids: no texts, names or addresses. A later run, verify and undo need it"
            }
            _ => "not made by this program, and not looked into",
        };
        add(path, what, false)?;
    }
    // Without a config there is nothing to name.
    let Ok(config) = context.config() else { return Ok(stays) };
    for path in config.sources.iter().flat_map(|source| &source.paths) {
        add(path, "an export: all there is of personal data, and yours to delete", true)?;
    }
    for (_, path) in config.mapping.tables() {
        add(path, "a table of the config: names and addresses, and yours to delete", true)?;
    }
    Ok(stays)
}

fn tell(context: &Context, deleted: Vec<Item>) -> Result<ExitCode, CommandError> {
    let stays = stays(context)?;
    let freed_bytes = deleted.iter().map(|item| item.bytes).sum();
    if context.output.is_json() {
        let inside = |it: &&Stays| Path::new(&it.path).parent() == Some(context.state_dir());
        let kept = stays.iter().filter(inside).map(|it| it.path.clone()).collect();
        context.output.document(&Document { v: 1, kind: "clean", deleted, freed_bytes, kept, stays })?;
        return Ok(ExitCode::Ok);
    }
    if deleted.is_empty() {
        context.output.say("there was nothing to delete");
    }
    for item in &deleted {
        context.output.say(&format!("deleted  {}  {}", item.path, text::size(item.bytes)));
    }
    for it in &stays {
        context.output.paragraph(&format!("stays {} ({}): {}", it.path, text::size(it.bytes), it.what));
    }
    context.output.paragraph(
        "Reports that were written elsewhere (--report) hold personal data as well, unless they are redacted; they are yours to \
         delete.",
    );
    context.output.next("gorgias-import status");
    Ok(ExitCode::Ok)
}

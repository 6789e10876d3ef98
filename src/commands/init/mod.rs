//! `init`: looks at the exports, tells what is in them, and writes a commented config with tables to edit beside it.

mod config_text;
mod questions;
mod tables;

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde_json::json;

use self::config_text::{kind_name, title};
use self::questions::{Answers, Key};
use self::tables::Table;
use super::reading::{Reading, merged};
use super::validate::call_plan;
use super::{CommandError, Context, near, terms};
use crate::cli::InitArgs;
use crate::config::Config;
use crate::config::selection::Selection;
use crate::exit::ExitCode;
use crate::mapping::CallPlanner;
use crate::model::event::Reporter;
use crate::report::{self, Inventory, InventoryDocument, Layout, Listed, Validation};
use crate::source::detect::{DetectError, Detection, detect};
use crate::source::done_with;
use crate::text;

/// How many paths of an export are named; the config has them all.
const PATHS_NAMED: usize = 20;

/// How many files of no known kind are named; the rest is counted.
const UNKNOWN_NAMED: usize = 5;

pub(super) fn run(context: &Context, args: &InitArgs) -> Result<ExitCode, CommandError> {
    let out = args.out.as_ref().unwrap_or(&context.globals.config);
    if !args.force {
        let tables = tables::FILES.iter().map(|file| tables::beside(out, file));
        if let Some(there) = std::iter::once(out.clone()).chain(tables).find(|path| path.exists()) {
            return Err(exists(&there));
        }
    }
    // Reading may take long; that nothing can be written there must not turn out afterwards.
    if let Some(folder) = out.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        return Err(CommandError::new(ExitCode::Usage, format!("there is no folder `{}`", folder.display()))
            .with_next("make the folder, or name another file with --out"));
    }
    let detection = detect(&args.exports)?;
    if !context.output.is_json() {
        tell(context, &detection);
    }
    if detection.found.is_empty() {
        return Err(CommandError::new(ExitCode::Usage, "no Zendesk or Aircall export was found there")
            .with_next("name the files or folders of the export"));
    }
    let answers = questions::converse(context)?;
    let config = Config::parse(out, &config_text::write(&detection, out, &[], None, &answers)?)?;
    let mut reporter = context.reporter_beside_document("init");
    let (inventory, listed) = take_stock(&config, reporter.as_mut())?;
    drop(reporter);
    let tables = Table::all(&listed).map_err(io::Error::from)?;
    let text = config_text::write(&detection, out, &inventory.sources, Some((&tables, &listed)), &answers)?;
    for table in &tables {
        save(&table.path(out), table.bytes(), args.force, Readers::Owner)?;
    }
    // Last, so that a config that is there names tables that are there.
    save(out, text.as_bytes(), args.force, Readers::Usual)?;
    if context.output.is_json() {
        context.output.document(&document(&detection, out, &inventory, &tables))?;
        return Ok(ExitCode::Ok);
    }
    let layout = Layout { width: context.output.width(), color: false };
    context.output.print(&report::inventory_text(&inventory, layout))?;
    wrote(context, out, &tables, &answers);
    Ok(ExitCode::Ok)
}

/// Reads everything, as `validate` does, and gives what is there and what the tables list.
fn take_stock(
    config: &Config,
    reporter: &mut dyn Reporter,
) -> Result<(InventoryDocument, Listed), CommandError> {
    let rules = terms::rules(config)?;
    let never = AtomicBool::new(false);
    let everything = Selection::default();
    let reading = Reading { config, selection: &everything, rules: &rules, stop: &never, texts: false };
    let mut begin = || Ok((Validation::new(), Inventory::default(), CallPlanner::new(&rules)));
    let ((mut validation, mut inventory, planner), facts) =
        reading.fill(reporter, &mut begin, &mut |into, spec, record, mapping| {
            let (validation, inventory, planner) = into;
            let (record, ticket) = merged(record, mapping);
            if let Some(ticket) = &ticket {
                planner.add(ticket, rules.messages_per_ticket);
            }
            inventory.observe(spec, &record);
            validation.observe(&spec.name, &record);
            done_with(record);
            Ok(())
        })?;
    for (spec, facts) in &facts {
        validation.source_finished(spec, facts);
        inventory.source_finished(spec, facts);
    }
    let document = validation.finish(&call_plan(&planner, None), terms::pace(config))?;
    Ok(inventory.finish(&document))
}

/// Names what was written and what to do with it.
fn wrote(context: &Context, out: &Path, tables: &[Table], answers: &Answers) {
    let output = &context.output;
    output.say("");
    for table in tables {
        let lines = text::count(table.lines as u64, "line");
        output.paragraph(&format!("wrote `{}`: {}; {lines}", table.path(out).display(), table.meaning));
    }
    output.paragraph(&format!("wrote `{}`; {}", out.display(), answers.open()));
    if let Some(Key::File(file)) = &answers.key {
        output.say(&format!("before run, put the API key into `{file}`: umask 077; cat > {file}"));
    }
    let flag = if *out == context.globals.config && out == Path::new("migration.toml") {
        String::new()
    } else {
        format!(" --config {}", out.display())
    };
    output.next(&format!("gorgias-import validate --report report.html{flag}"));
}

impl From<DetectError> for CommandError {
    fn from(error: DetectError) -> Self {
        let next = match &error {
            DetectError::Missing(path) => near::path(path),
            _ => None,
        };
        let next = next.unwrap_or_else(|| "name the files or folders of the export".to_owned());
        Self::from_error(ExitCode::Usage, &error).with_next(next)
    }
}

fn exists(path: &Path) -> CommandError {
    CommandError::new(ExitCode::Usage, format!("`{}` exists already", path.display()))
        .with_next("name a file in another folder with --out, or add --force to overwrite it")
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// Its owner alone: the tables hold names and addresses.
    Owner,
    /// As the system makes files.
    Usual,
}

/// Writes a file; without `force` only if nobody else has made it meanwhile.
fn save(path: &Path, content: &[u8], force: bool, readers: Readers) -> Result<(), CommandError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(!force).create(true).truncate(force);
    #[cfg(unix)]
    if readers == Readers::Owner {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options.open(path).and_then(|mut file| file.write_all(content)).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => CommandError::cannot_write(path, &error, "name another file with --out"),
    })
}

fn tell(context: &Context, detection: &Detection) {
    for found in &detection.found {
        let (files, bytes) = (text::count(found.files, "file"), text::size(found.bytes));
        context.output.say(&format!("found {}: {files}, {bytes}", title(found)));
        for path in found.paths.iter().take(PATHS_NAMED) {
            context.output.say(&format!("  {}", path.display()));
        }
        if let Some(more) = found.paths.len().checked_sub(PATHS_NAMED).filter(|more| *more > 0) {
            context.output.say(&format!("  and {more} more"));
        }
    }
    if detection.unknown.is_empty() {
        return;
    }
    for path in detection.unknown.iter().take(UNKNOWN_NAMED) {
        let is_read =
            detection.found.iter().flat_map(|found| &found.paths).any(|read| path.starts_with(read));
        let told =
            if is_read { "not known by its beginning, will be looked at again" } else { "of no known kind" };
        context.output.say(&format!("{told}: `{}`", path.display()));
    }
    if let Some(more) = detection.unknown.len().checked_sub(UNKNOWN_NAMED).filter(|more| *more > 0) {
        context.output.say(&format!("of no known kind: {more} more"));
    }
}

/// What was found, for programs.
fn document(
    detection: &Detection,
    out: &Path,
    inventory: &InventoryDocument,
    tables: &[Table],
) -> serde_json::Value {
    let found = detection.found.iter().map(|found| {
        json!({
            "kind": kind_name(found.kind),
            "origin": found.origin,
            "paths": found.paths,
            "files": found.files,
            "bytes": found.bytes,
        })
    });
    let tables_json: Vec<_> = tables
        .iter()
        .map(|table| json!({"key": table.key, "file": table.path(out), "lines": table.lines}))
        .collect();
    json!({
        "v": 1,
        "type": "init",
        "config": out,
        "sources": found.collect::<Vec<_>>(),
        "unknown": detection.unknown,
        "inventory": inventory,
        "tables": tables_json,
    })
}

//! `init`: looks at the exports and writes a commented config with what was found.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{CommandError, Context};
use crate::cli::InitArgs;
use crate::exit::ExitCode;
use crate::model::key::SOURCE_NAME_MAX;
use crate::source::SourceKind;
use crate::source::detect::{DetectError, Detection, Found, detect};
use crate::text;

/// How many paths of an export are named; the config has them all.
const PATHS_NAMED: usize = 20;

/// How many files of no known kind are named; the rest is counted.
const UNKNOWN_NAMED: usize = 5;

pub(super) fn run(context: &Context, args: &InitArgs) -> Result<ExitCode, CommandError> {
    let out = args.out.as_ref().unwrap_or(&context.globals.config);
    if !args.force && out.exists() {
        return Err(exists(out));
    }
    let detection = detect(&args.exports)?;
    if !context.output.is_json() {
        tell(context, &detection);
    }
    if detection.found.is_empty() {
        return Err(CommandError::new(ExitCode::Usage, "no Zendesk or Aircall export was found there")
            .with_next("name the files or folders of the export"));
    }
    let config = write_config(&detection, out)?;
    save(out, &config, args.force).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(out),
        _ => CommandError::new(ExitCode::Usage, format!("cannot write `{}`: {error}", out.display()))
            .with_next("name another file with --out"),
    })?;
    if context.output.is_json() {
        context.output.document(&document(&detection, out))?;
        return Ok(ExitCode::Ok);
    }
    context
        .output
        .say(&format!("wrote `{}`; fill in [gorgias] there before run, the rest can stay", out.display()));
    let flag = if *out == context.globals.config && out == Path::new("migration.toml") {
        String::new()
    } else {
        format!(" --config {}", out.display())
    };
    context.output.next(&format!("gorgias-import validate{flag}"));
    Ok(ExitCode::Ok)
}

impl From<DetectError> for CommandError {
    fn from(error: DetectError) -> Self {
        Self::from_error(ExitCode::Usage, &error).with_next("name the files or folders of the export")
    }
}

fn exists(out: &Path) -> CommandError {
    CommandError::new(ExitCode::Usage, format!("`{}` exists already", out.display()))
        .with_next("name another file with --out, or add --force to overwrite it")
}

/// Writes the file; without `force` only if nobody else has made it meanwhile.
fn save(out: &Path, config: &str, force: bool) -> io::Result<()> {
    if force {
        return fs::write(out, config);
    }
    OpenOptions::new().write(true).create_new(true).open(out)?.write_all(config.as_bytes())
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
        context.output.say(&format!("of no known kind: `{}`", path.display()));
    }
    if let Some(more) = detection.unknown.len().checked_sub(UNKNOWN_NAMED).filter(|more| *more > 0) {
        context.output.say(&format!("of no known kind: {more} more"));
    }
}

/// What was found, for programs.
fn document(detection: &Detection, out: &Path) -> serde_json::Value {
    let found = detection.found.iter().map(|found| {
        json!({
            "kind": kind_name(found.kind),
            "origin": found.origin,
            "paths": found.paths,
            "files": found.files,
            "bytes": found.bytes,
        })
    });
    json!({
        "v": 1,
        "type": "init",
        "config": out,
        "sources": found.collect::<Vec<_>>(),
        "unknown": detection.unknown,
    })
}

fn title(found: &Found) -> String {
    let product = match found.kind {
        SourceKind::Zendesk => "Zendesk",
        SourceKind::Aircall => "Aircall",
    };
    match &found.origin {
        Some(origin) => format!("{product} export of {origin}"),
        None => format!("{product} export"),
    }
}

fn kind_name(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Zendesk => "zendesk",
        SourceKind::Aircall => "aircall",
    }
}

fn write_config(detection: &Detection, out: &Path) -> Result<String, CommandError> {
    let mut config = String::from(
        "# Written by gorgias-import init. Every key is described in migration.example.toml and in the man page.\n\n\
         # The account that is written to. validate and rehearse do without it; run needs it.\n\
         # [gorgias]\n\
         # account = \"NAME\"               # of https://NAME.gorgias.com\n\
         # email = \"ADDRESS\"              # of the API key's owner\n\
         # api_key_file = \"gorgias.key\"   # only its owner may read it: chmod 600 gorgias.key\n",
    );
    let mut names = BTreeSet::new();
    for found in &detection.found {
        let name = free_name(found, detection, &mut names);
        let paths = found.paths.iter().map(|path| toml_path(path, out)).collect::<Result<Vec<_>, _>>()?;
        let (files, bytes) = (text::count(found.files, "file"), text::size(found.bytes));
        let written = write!(
            config,
            "\n# {}: {files}, {bytes}.\n[[source]]\nkind = \"{}\"\nname = \"{name}\"   # prefixes every key; do not change it after a run\npaths = [{}]\n",
            title(found),
            kind_name(found.kind),
            paths.join(", ")
        );
        written.expect("writing to a string cannot fail");
        if found.kind == SourceKind::Aircall {
            config.push_str(
                "# grouping = \"contact-day\"   # one ticket per number and day instead of one per call\n",
            );
        }
    }
    Ok(config)
}

/// The kind, or the kind and the account where there are several of a kind.
fn free_name(found: &Found, detection: &Detection, taken: &mut BTreeSet<String>) -> String {
    let kind = kind_name(found.kind);
    let alone = detection.found.iter().filter(|other| other.kind == found.kind).count() == 1;
    let origin = found.origin.as_deref().filter(|_| !alone);
    let mut wanted = origin.map_or_else(|| kind.to_owned(), |origin| format!("{kind}-{origin}"));
    // Room for a number at the end.
    wanted.truncate(SOURCE_NAME_MAX - 4);
    let mut name = wanted.clone();
    let mut number = 1;
    while !taken.insert(name.clone()) {
        number += 1;
        name = format!("{wanted}-{number}");
    }
    name
}

/// `path` as the config names it: relative to the folder of the config where it lies below, else absolute.
fn toml_path(path: &Path, out: &Path) -> Result<String, CommandError> {
    let unusable = |path: &Path| {
        CommandError::new(
            ExitCode::Usage,
            format!("the path `{}` cannot be written into a config", path.display()),
        )
        .with_next("rename the file or folder")
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let named: PathBuf = match folder {
        None => path.to_owned(),
        Some(folder) => {
            let absolute = std::path::absolute(path).map_err(|_| unusable(path))?;
            let folder = std::path::absolute(folder).map_err(|_| unusable(path))?;
            absolute.strip_prefix(&folder).map(Path::to_owned).unwrap_or(absolute)
        }
    };
    let text = named.to_str().ok_or_else(|| unusable(path))?;
    let text = if text.is_empty() { "." } else { text };
    Ok(toml::Value::String(text.to_owned()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn found(kind: SourceKind, origin: Option<&str>, path: &str) -> Found {
        Found { kind, origin: origin.map(str::to_owned), paths: vec![path.into()], files: 1, bytes: 2 }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let detection = Detection {
            found: vec![
                found(SourceKind::Zendesk, Some("acme"), "exports/a \"b\" \\ c"),
                found(SourceKind::Zendesk, Some("other"), "exports/o"),
                found(SourceKind::Zendesk, Some(&"x".repeat(63)), "exports/x"),
                found(SourceKind::Aircall, None, "calls.csv"),
            ],
            unknown: Vec::new(),
        };
        let out = Path::new("migration.toml");
        let config = Config::parse(out, &write_config(&detection, out).unwrap()).unwrap();
        let names: Vec<&str> = config.sources.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names[..2], ["zendesk-acme", "zendesk-other"]);
        assert_eq!(names[3], "aircall");
        assert_eq!(config.sources[0].paths, [PathBuf::from("exports/a \"b\" \\ c")]);
    }

    #[test]
    fn sources_of_one_account_get_distinct_names() {
        let twice = vec![found(SourceKind::Aircall, None, "a"), found(SourceKind::Aircall, None, "b")];
        let detection = Detection { found: twice, unknown: Vec::new() };
        let mut taken = BTreeSet::new();
        let names: Vec<String> =
            detection.found.iter().map(|found| free_name(found, &detection, &mut taken)).collect();
        assert_eq!(names, ["aircall", "aircall-2"]);
    }

    #[test]
    fn paths_are_relative_to_the_folder_of_the_config() {
        assert_eq!(toml_path(Path::new("exports"), Path::new("m.toml")).unwrap(), "\"exports\"");
        assert_eq!(toml_path(Path::new("work/exports"), Path::new("work/m.toml")).unwrap(), "\"exports\"");
        let outside = toml_path(Path::new("exports"), Path::new("work/m.toml")).unwrap();
        assert!(outside.starts_with("\"/") && outside.ends_with("/exports\""), "{outside}");
    }
}

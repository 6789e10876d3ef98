//! The text of the config that `init` writes: the sources that were found, and the tables beside it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::questions::Answers;
use super::tables::Table;
use crate::commands::CommandError;
use crate::exit::ExitCode;
use crate::model::key::SOURCE_NAME_MAX;
use crate::report::{Listed, Setting, SourceReport};
use crate::source::SourceKind;
use crate::source::detect::{Detection, Found};
use crate::text;

pub(super) fn title(found: &Found) -> String {
    let product = match found.kind {
        SourceKind::Zendesk => "Zendesk",
        SourceKind::Aircall => "Aircall",
    };
    match &found.origin {
        Some(origin) => format!("{product} export of {origin}"),
        None => format!("{product} export"),
    }
}

pub(super) fn kind_name(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Zendesk => "zendesk",
        SourceKind::Aircall => "aircall",
    }
}

/// The config with its sources. `reports` says what was found in each, where it has been read; `read` are the files beside it
/// and what they list; `answers` what is known of the account.
pub(super) fn write(
    detection: &Detection,
    out: &Path,
    reports: &[SourceReport],
    read: Option<(&[Table], &Listed)>,
    answers: &Answers,
) -> Result<String, CommandError> {
    let mut config = String::from(
        "# Written by gorgias-import init. Every key is described in migration.example.toml and in the man page.\n\n\
         # The account that is written to. validate and rehearse do without it; run needs it.\n",
    );
    config.push_str(&answers.section());
    let mut names = BTreeSet::new();
    for found in &detection.found {
        let name = free_name(found, detection, &mut names);
        let paths = found.paths.iter().map(|path| toml_path(path, out)).collect::<Result<Vec<_>, _>>()?;
        let (files, bytes) = (text::count(found.files, "file"), text::size(found.bytes));
        let report = reports.iter().find(|report| report.name.as_str() == name);
        let facts = report.map(facts).unwrap_or_default();
        let written = write!(
            config,
            "\n# {}: {files}, {bytes}{facts}.\n[[source]]\nkind = \"{}\"\nname = \"{name}\"   # prefixes every key; do not change it after a run\npaths = [{}]\n",
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
        let needed = read.into_iter().flat_map(|(_, listed)| &listed.needed);
        for (_, setting) in needed.filter(|(source, _)| source.as_str() == name) {
            config.push_str(line_of(*setting));
        }
    }
    config.push_str(&mapping(read.map(|(tables, _)| tables).unwrap_or_default()));
    Ok(config)
}

/// The line of a setting that the user has to make. It stays a comment: a guess would move messages to other times.
fn line_of(setting: Setting) -> &'static str {
    match setting {
        Setting::Timezone => {
            "# timezone = \"Europe/Paris\"   # SET THIS: times in the files name no zone, and what needs one is refused or left out\n"
        }
        Setting::DateOrder => {
            "# date_order = \"dmy\"   # SET THIS: dmy or mdy; dates in the files can be read both ways, and their calls are refused\n"
        }
    }
}

/// What was found in a source, behind its files.
fn facts(report: &SourceReport) -> String {
    let counts =
        format!("; {}, {}", text::count(report.tickets, "ticket"), text::count(report.messages, "message"));
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
    match (report.first, report.last) {
        (Some(first), Some(last)) => format!("{counts}, {} to {}", day(first), day(last)),
        _ => counts,
    }
}

/// The section that names the tables.
fn mapping(tables: &[Table]) -> String {
    if tables.is_empty() {
        return String::new();
    }
    let lines = tables.iter().map(|table| {
        let lines = text::count(table.lines as u64, "line");
        format!("{} = \"{}\"   # {}; {lines}\n", table.key, table.file, table.meaning)
    });
    let head =
        "\n# Tables to look through in a spreadsheet; every line begins as the best guess.\n[mapping]\n";
    std::iter::once(head.to_owned()).chain(lines).collect()
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
        let config =
            Config::parse(out, &write(&detection, out, &[], None, &Answers::default()).unwrap()).unwrap();
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

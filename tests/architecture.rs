//! The walls of the house: which part may import which. Reads the `use crate::…` paths of every file under `src`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Part, and the parts it may import beside itself. What is missing here is refused.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &[]),
    ("exit", &[]),
    ("cli", &["config", "model", "text"]),
    ("config", &["mapping", "model", "source", "text"]),
    ("source", &["model"]),
    ("mapping", &["model"]),
    ("staging", &["model"]),
    ("ledger", &["model"]),
    ("gorgias", &["model"]),
    ("attachments", &["ledger", "model", "text"]),
    ("upload", &["attachments", "gorgias", "ledger", "mapping", "model", "staging"]),
    ("verify", &["attachments", "gorgias", "ledger", "mapping", "model", "staging"]),
    ("undo", &["gorgias", "ledger", "model", "upload"]),
    ("report", &["model", "source", "text"]),
    ("progress", &["model", "report", "text"]),
    ("sandbox", &[]),
    ("fuzzing", &["config", "gorgias", "mapping", "model", "sandbox", "source"]),
];

/// Only this part may import everything.
const TOP: &str = "commands";

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The part that a file belongs to: its folder or file name right under `src`.
fn part_of(path: &Path, src: &Path) -> String {
    let first = path.strip_prefix(src).expect("under src").components().next().expect("a component");
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The parts named after every `crate::` in a file, groups `crate::{a::b, c}` included.
fn imports(text: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for (at, _) in line.match_indices("crate::") {
            let rest = &line[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(group.split(',').map(|item| word(item.trim()))),
                None => drop(found.insert(word(rest))),
            }
        }
    }
    found.remove("");
    found
}

#[test]
fn imports_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut wrong = Vec::new();
    for file in &files {
        let part = part_of(file, &src);
        // Tests may put parts together that must not know each other, an upload and the stand-in for one.
        let is_test = file.components().any(|component| component.as_os_str() == "tests");
        if part == TOP || part == "main" || part == "lib" || is_test {
            continue;
        }
        let may = allowed.get(part.as_str()).unwrap_or_else(|| panic!("{part} has no row in the table"));
        for import in imports(&fs::read_to_string(file).expect("a readable file")) {
            if import != part && !may.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    fn reaches(from: &str, to: &str, depth: usize) -> bool {
        let row = ALLOWED.iter().find(|(part, _)| *part == from).map_or(&[][..], |(_, may)| may);
        depth < ALLOWED.len() && row.iter().any(|next| *next == to || reaches(next, to, depth + 1))
    }
    for (part, _) in ALLOWED {
        assert!(!reaches(part, part, 0), "{part} can reach itself");
    }
}

#[test]
fn nothing_that_imports_may_permit_sending() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let makers: Vec<_> = files
        .iter()
        // The gate itself, and tests that show what it refuses.
        .filter(|file| {
            let inside = file.strip_prefix(&src).expect("under src");
            !inside.starts_with("gorgias/egress") && !inside.ends_with("tests.rs")
        })
        .filter(|file| {
            fs::read_to_string(file).expect("a readable file").contains("i_accept_that_messages_may_be_sent")
        })
        .collect();
    assert!(makers.is_empty(), "{makers:?}");
}

#[test]
fn files_stay_short() {
    /// Lines that a file may have, tests in it not counted (one idea a file).
    const MAX: usize = 500;
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let long: Vec<String> = files
        .iter()
        .filter(|file| !file.to_string_lossy().contains("test"))
        .filter_map(|file| {
            let text = fs::read_to_string(file).expect("a readable file");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().count();
            (code > MAX).then(|| format!("{}: {code} lines", file.display()))
        })
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}

//! The kept corpus through every target, without a fuzzer.

use std::fs;
use std::path::{Path, PathBuf};

use super::TARGETS;
use super::mutate::Mutator;

/// Largest file that belongs in a corpus, in bytes: a corpus is seeds and findings, no exports.
pub(super) const BYTES_MAX: u64 = 16 * 1024;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn the_corpus_breaks_no_promise() {
    for (name, target) in TARGETS {
        let files = files(&fuzz().join("corpus").join(name));
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            let bytes = fs::read(&file).unwrap();
            assert!(bytes.len() as u64 <= BYTES_MAX, "{} is too large to be kept", file.display());
            let outcome = std::panic::catch_unwind(|| target(&bytes));
            assert!(outcome.is_ok(), "{name} fails on {}", file.display());
        }
    }
}

/// A little of what a fuzzer does, the same every time. `FUZZ_MUTATIONS=20000` makes it a search.
#[test]
fn mutations_of_the_corpus_break_no_promise() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (mutations, seed) = (number("FUZZ_MUTATIONS", 40), number("FUZZ_SEED", 1));
    let only = std::env::var("FUZZ_TARGET").ok();
    let mut failed = Vec::new();
    for (name, target) in TARGETS.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name))
    {
        let corpus: Vec<Vec<u8>> =
            files(&fuzz().join("corpus").join(name)).iter().map(|file| fs::read(file).unwrap()).collect();
        let mut mutator = Mutator::new(seed, &corpus);
        for _ in 0..mutations {
            let bytes = mutator.next();
            if std::panic::catch_unwind(|| target(&bytes)).is_err() {
                let hash = blake3::hash(&bytes).to_hex();
                let file = std::env::temp_dir().join(format!("{name}-{}", &hash[..8]));
                fs::write(&file, &bytes).unwrap();
                failed.push(file.display().to_string());
            }
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[test]
fn every_target_has_its_file_and_no_file_is_without_one() {
    let mut found: Vec<String> = files(&fuzz().join("fuzz_targets"))
        .iter()
        .map(|file| file.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    found.sort();
    let mut known: Vec<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    known.sort();
    assert_eq!(found, known);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &known {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is missing from fuzz/Cargo.toml");
        let text = fs::read_to_string(fuzz().join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(text.contains(&format!("run(\"{name}\"")), "fuzz_targets/{name}.rs runs something else");
    }
}

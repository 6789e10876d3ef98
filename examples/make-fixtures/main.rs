//! Makes the project's fixtures: exports of an invented shop in the exact shapes of real ones, and the truth about them.
//!
//! `cargo run --example make-fixtures` writes them, the same each time; `-- --check` only compares and fails if anything
//! differs. Nothing of the crate is used: the fixtures judge it.

mod aircall;
mod output;
#[path = "../shop/mod.rs"]
mod shop;
mod truth;
mod zendesk;

use std::path::Path;
use std::process::ExitCode;

use output::{Artefact, GenerateError};

fn main() -> ExitCode {
    let check = std::env::args().skip(1).any(|argument| argument == "--check");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    match make().and_then(|files| bring(&files, &root, check)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(changed) if check => {
            say(&format!("{changed} fixtures differ; cargo run --example make-fixtures writes them again"));
            ExitCode::FAILURE
        }
        Ok(changed) => {
            say(&format!("{changed} fixtures written"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("{error}: {:?}", std::error::Error::source(&error)));
            ExitCode::FAILURE
        }
    }
}

/// All fixtures.
fn make() -> Result<Vec<Artefact>, GenerateError> {
    let (mut files, mut zendesk) = zendesk::make()?;
    let (calls, mut aircall) = aircall::make()?;
    files.extend(calls);
    files.push(Artefact::plain("expected.json", truth::expected(&mut zendesk, &mut aircall)?.into_bytes()));
    Ok(files)
}

/// Writes what differs, or only counts it. Returns how many files differ.
fn bring(files: &[Artefact], root: &Path, check: bool) -> Result<usize, GenerateError> {
    let mut changed = 0;
    for file in files.iter().filter(|file| !file.is_there(root)) {
        changed += 1;
        say(&file.path().display().to_string());
        if !check {
            file.write(root)?;
        }
    }
    Ok(changed)
}

#[expect(clippy::print_stderr, reason = "a program for developers that speaks to a terminal")]
fn say(line: &str) {
    eprintln!("{line}");
}

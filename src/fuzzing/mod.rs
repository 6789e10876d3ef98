//! The parsers as functions of bytes: what `fuzz/` feeds with inventions, and what the tests feed with the kept corpus.
//!
//! A target panics where a promise is broken, so its return says nothing. The promises go beyond "no panic": counts add
//! up, reading twice gives the same, no message without a past time, no digit invented. Compiled for tests and under
//! the feature `fuzzing` only. What lies deep in a part is reached through that part's own `fuzzing` module.

mod export;
#[cfg(test)]
mod mutate;
#[cfg(test)]
mod replay;
mod texts;

use std::path::PathBuf;
use std::sync::OnceLock;

/// A target: takes any bytes, panics where a promise is broken.
pub type Target = fn(&[u8]);

/// Every target by name. Each has a file in `fuzz/fuzz_targets` and a folder in `fuzz/corpus`; a test says so.
pub const TARGETS: &[(&str, Target)] = &[
    ("zendesk_lines", export::zendesk_lines),
    ("zendesk_pages", export::zendesk_json),
    ("zendesk_audits", export::zendesk_json),
    ("zendesk_xml", export::zendesk_xml),
    ("zendesk_tables", export::zendesk_csv),
    ("zendesk_once", export::zendesk_once),
    ("aircall_rows", export::aircall_csv),
    ("aircall_json", export::aircall_json),
    ("detection", export::detection),
    ("record_places", export::record_places),
    ("archives", export::archive),
    ("encodings", crate::source::fuzzing::encodings),
    ("json_records", crate::source::fuzzing::json_records),
    ("csv_rows", crate::source::fuzzing::csv_rows),
    ("html", crate::source::fuzzing::html),
    ("dates", texts::dates),
    ("phones", texts::phones),
    ("keys", texts::keys),
    ("migration_toml", texts::migration_toml),
    ("tickets_csv", texts::tickets_csv),
    ("sheets", texts::sheets),
    ("gorgias_answers", crate::gorgias::call::fuzzing::answers),
    ("gorgias_requests", texts::requests),
    ("sandbox_requests", crate::sandbox::fuzzing::requests),
];

/// Runs the target called `name`.
///
/// # Panics
/// If there is no such target, or if it found a promise broken.
pub fn run(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    target.expect("a fuzz target has a row in TARGETS").1(bytes);
}

/// A folder of this process for files of targets, gone with it where the system cleans up.
fn folder() -> PathBuf {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder for temporary files"));
    // Tests run on several threads at once.
    let own = folder.path().join(format!("{:?}", std::thread::current().id()));
    std::fs::create_dir_all(&own).expect("a folder in a folder of ours");
    own
}

//! Exports of any size, in every shape that the generator makes: the same tickets and messages in each.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::validation::source;
use super::workspace::{Workspace, ZENDESK};

/// More than a page of the API has.
const TICKETS: u64 = 150;

/// The generator, built once: its place is beside the program's.
pub(super) fn generator() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_gorgias-import"));
    let profile: &[&str] = if program.parent().unwrap().ends_with("release") { &["--release"] } else { &[] };
    let built = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--locked", "--example", "generate-export"])
        .args(profile)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    program.with_file_name("examples").join(format!("generate-export{}", std::env::consts::EXE_SUFFIX))
}

/// Makes an export with the generator; gives what it says that it made.
pub(super) fn generate(generator: &Path, workspace: &Workspace, tickets: u64, flags: &str) -> Value {
    let made = Command::new(generator)
        .args(["--tickets", &tickets.to_string(), "--out"])
        .arg(workspace.path("zendesk"))
        .args(flags.split_whitespace())
        .output()
        .unwrap();
    assert!(made.status.success(), "{flags}: {}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).unwrap()
}

#[test]
fn generated_shapes_count_the_same() {
    let generator = generator();
    let mut whole: Option<Value> = None;
    for flags in SHAPES {
        let workspace = Workspace::new("http://127.0.0.1:9", ZENDESK, "");
        let made = generate(&generator, &workspace, TICKETS, flags);
        let document = workspace.validate("");
        let told = source(&document, "zendesk");
        assert_eq!((&told["tickets"], &told["messages"]), (&made["tickets"], &made["comments"]), "{flags}");
        assert_eq!(
            (&told["left_out"], &told["unreadable"], &told["rejected"]),
            (&0.into(), &0.into(), &0.into()),
            "{flags}"
        );
        let whole = whole.get_or_insert_with(|| told.clone());
        for field in ["sides", "first", "last"] {
            assert_eq!(told[field], whole[field], "{flags}: {field}");
        }
        assert_eq!(channels(flags, told), channels(flags, whole), "{flags}");
    }
}

/// Messages by channel. In a warehouse comments have no way of their own, so that a mail in a ticket that a program made
/// is taken for the program's.
fn channels(flags: &str, told: &Value) -> Vec<(String, u64)> {
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for (channel, count) in told["channels"].as_object().unwrap() {
        let is_one = flags.contains("warehouse") && channel == "api";
        let name = if is_one { "email" } else { channel.as_str() };
        *counted.entry(name.to_owned()).or_default() += count.as_u64().unwrap();
    }
    counted.into_iter().collect()
}

const SHAPES: [&str; 10] = [
    "--shape ndjson",
    "--shape ndjson --separate",
    "--shape wrapped --pack zip",
    "--shape pages",
    "--shape pages --pack gz",
    "--shape events",
    "--shape audits",
    "--shape audits --pack zip",
    "--shape xml",
    "--shape warehouse",
];

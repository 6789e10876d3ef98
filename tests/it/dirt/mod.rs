//! Exports however dirty: what `validate --json` must count and say of them. Nothing is lost, nothing panics, nothing
//! hangs, and every record is counted exactly once.

mod archives;
mod folders;
mod large;
mod rows;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Longer than any of these readings takes; a program that hangs must not hang the tests.
const LONGEST: Duration = Duration::from_mins(4);

/// A folder `export` and a config that reads it.
struct Export {
    folder: TempDir,
}

/// How `validate --json` ended.
struct Validated {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    /// The most memory that it held, in bytes, where the system tells.
    memory: Option<u64>,
}

impl Export {
    fn new(kind: &str) -> Self {
        Self::with(kind, "")
    }

    /// An export with further lines in its `[[source]]`.
    fn with(kind: &str, settings: &str) -> Self {
        let export = Self { folder: tempfile::tempdir().unwrap() };
        let config = format!("[[source]]\nkind = \"{kind}\"\npaths = [\"export\"]\n{settings}\n");
        fs::write(export.folder.path().join("migration.toml"), config).unwrap();
        fs::create_dir(export.path()).unwrap();
        export
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("export")
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn validate(&self) -> Validated {
        self.validate_within(LONGEST)
    }

    fn validate_within(&self, longest: Duration) -> Validated {
        let out = |name: &str| fs::File::create(self.folder.path().join(name)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_gorgias-import"))
            .current_dir(self.folder.path())
            .env_clear()
            .args(["validate", "--json"])
            .stdin(Stdio::null())
            .stdout(out("stdout"))
            .stderr(out("stderr"))
            .spawn()
            .unwrap();
        let (started, mut memory) = (Instant::now(), None);
        let status = loop {
            memory = memory.max(peak(child.id()));
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > longest {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("it did not end");
            }
            std::thread::sleep(Duration::from_millis(3));
        };
        let text = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap();
        Validated { code: status.code(), stdout: text("stdout"), stderr: text("stderr"), memory }
    }
}

/// The most memory that a process held so far.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

impl Validated {
    /// The document; what was counted in it must add up to `records`.
    #[track_caller]
    fn document(&self, records: u64) -> Value {
        let told = |what: &str| panic!("{what}: {:?}\n{}", self.code, self.stderr);
        if !matches!(self.code, Some(0 | 6)) {
            told("it failed");
        }
        let document: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|_| told("no document"));
        let source = &document["sources"][0];
        let sum: u64 = ["tickets", "left_out", "unreadable", "rejected"]
            .iter()
            .map(|field| source[*field].as_u64().unwrap())
            .sum();
        assert_eq!(sum, records, "records of {source}");
        document
    }

    #[track_caller]
    fn error(&self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        let line = self.stderr.lines().last().unwrap_or_default();
        let error: Value = serde_json::from_str(line).unwrap();
        error["message"].as_str().unwrap().to_owned()
    }
}

/// The finding of a document with this code.
fn finding<'d>(document: &'d Value, code: &str) -> &'d Value {
    let findings = document["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["code"] == code).unwrap_or_else(|| {
        panic!("no {code} in {findings:?}");
    })
}

/// All codes with their counts, for comparison: `GI-I001:2`.
fn codes(document: &Value) -> Vec<String> {
    let mut codes: Vec<String> = document["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| format!("{}:{}", finding["code"].as_str().unwrap(), finding["count"]))
        .collect();
    codes.sort();
    codes
}

/// A ticket with one comment, as a line of an export.
fn ticket(id: u32, body: &str) -> String {
    format!(
        r#"{{"id":{id},"requester_id":9001,"subject":"s","created_at":"2024-01-01T00:00:00Z","via":{{"channel":"web"}},"comments":[{{"id":{id}1,"author_id":9001,"body":"{body}","public":true,"created_at":"2024-01-01T00:00:00Z"}}]}}"#
    )
}

/// The customer of these tickets.
const USER: &str = r#"{"id":9001,"name":"Kim","email":"kim@example.com","role":"end-user","url":"https://acme.zendesk.com/api/v2/users/9001.json"}"#;

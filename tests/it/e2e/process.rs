//! The program as a process: started, watched, signalled, killed, and what it left on its streams.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use gorgias_import::sandbox::{Observation, Phase};
use serde_json::Value;

/// Longer than any migration of these tests takes; a program that hangs must not hang the tests.
const LONGEST: Duration = Duration::from_secs(120);

/// A program at work. Its streams go to files, so that it never waits for a reader.
pub(super) struct Started {
    pub(super) child: Child,
    pub(super) stdout: PathBuf,
    pub(super) stderr: PathBuf,
}

/// How a program ended and what it said.
#[derive(Debug)]
pub(super) struct Ended {
    /// The exit code; none where a signal ended it.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Started {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal such as `INT`.
    pub(super) fn signal(&self, name: &str) {
        send(self.id(), name);
    }

    pub(super) fn wait(mut self) -> Ended {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > LONGEST {
                self.child.kill().unwrap();
                self.child.wait().unwrap();
                panic!("it did not end:\n{}", fs::read_to_string(&self.stderr).unwrap());
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        Ended {
            code: status.code(),
            stdout: fs::read_to_string(&self.stdout).unwrap(),
            stderr: fs::read_to_string(&self.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// Checks the exit code; what was said is shown where it is another.
    #[track_caller]
    pub(super) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.last_lines(), self.stderr);
        self
    }

    fn last_lines(&self) -> String {
        let lines: Vec<&str> = self.stdout.lines().collect();
        lines[lines.len().saturating_sub(3)..].join("\n")
    }

    /// The lines of stdout as JSON.
    pub(super) fn lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The last line of stdout, which must be a summary.
    #[track_caller]
    pub(super) fn summary(&self) -> Value {
        let last =
            self.lines().pop().unwrap_or_else(|| panic!("nothing on stdout; stderr:\n{}", self.stderr));
        assert_eq!(last["type"], "summary", "{last}");
        last
    }

    /// The error that `--json` promises as the last line of stderr.
    #[track_caller]
    pub(super) fn error(&self) -> Value {
        let line = self.stderr.lines().last().unwrap_or_default();
        let error: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {}", self.stderr));
        assert_eq!(error["type"], "error");
        assert_eq!(error["code"].as_i64(), self.code.map(i64::from));
        error
    }
}

/// Sends a signal to a process that a test started.
fn send(process: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).output();
    assert!(sent.is_ok(), "`kill` is needed for these tests");
}

/// Kills a process from within the stand-in, at an exact moment of one of its writes.
pub(super) struct Trap {
    victim: AtomicU32,
    phase: std::sync::Mutex<Phase>,
    left: AtomicI64,
}

impl Trap {
    /// A trap that is not set.
    pub(super) fn new() -> Self {
        Self {
            victim: AtomicU32::new(0),
            phase: std::sync::Mutex::new(Phase::Received),
            left: AtomicI64::new(0),
        }
    }

    /// From now on, the `nth` write (from 1) that comes to `phase` kills.
    pub(super) fn set(&self, phase: Phase, nth: i64) {
        self.victim.store(0, Ordering::SeqCst);
        *self.phase.lock().unwrap() = phase;
        self.left.store(nth, Ordering::SeqCst);
    }

    /// Whom it kills. It may be told a little after the process started: the writes until then count.
    pub(super) fn aim(&self, started: &Started) {
        self.victim.store(started.id(), Ordering::SeqCst);
    }

    /// Takes it away.
    pub(super) fn disarm(&self) {
        self.left.store(i64::MAX, Ordering::SeqCst);
        self.victim.store(0, Ordering::SeqCst);
    }

    /// What the stand-in calls.
    pub(super) fn observe(&self, seen: &Observation) {
        if seen.method == "GET" || seen.phase != *self.phase.lock().unwrap() {
            return;
        }
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        let victim = self.victim.load(Ordering::SeqCst);
        if left <= 1 && victim != 0 && self.victim.swap(0, Ordering::SeqCst) == victim {
            send(victim, "KILL");
        }
    }
}

//! The program as people run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder with a config for one export, and the state of its runs.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A config that reads `export` and uploads to `base_url`.
    pub(crate) fn new(export: &Path, base_url: &str) -> Self {
        let folder = tempfile::tempdir_in(crate::data::folder()).unwrap();
        let config = format!(
            "[gorgias]\nbase_url = \"{base_url}\"\nemail = \"bench@example.com\"\n\n[[source]]\nkind = \"zendesk\"\n\
             paths = [{:?}]\n\n[rate]\nlimit = \"1000000/20s\"\n\n[attachments]\nmode = \"link\"\n\n[mapping]\n\
             mailbox = \"support@acme-outdoor.example\"\n",
            export.display().to_string()
        );
        fs::write(folder.path().join("migration.toml"), config).unwrap();
        Self { folder }
    }

    /// Where the program keeps its state.
    pub(crate) fn state_dir(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Starts the program.
    pub(crate) fn start(&self, words: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_gorgias-import"))
            .args(words)
            .arg("--config")
            .arg(self.folder.path().join("migration.toml"))
            .arg("--state-dir")
            .arg(self.state_dir())
            .env("GORGIAS_API_KEY", "bench")
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.folder.path().join("stderr.txt")).unwrap())
            .spawn()
            .unwrap()
    }

    /// Runs the program to its end; seconds.
    pub(crate) fn run(&self, words: &[&str]) -> f64 {
        let started = Instant::now();
        let status = self.start(words).wait().unwrap();
        let seconds = started.elapsed().as_secs_f64();
        assert!(status.success(), "{words:?} ended with {status}: {}", self.complaint());
        seconds
    }

    /// Runs the program to its end; the most memory that it ever had resident, in bytes.
    ///
    /// Read from the living process every few milliseconds; the kernel keeps the maximum, so only what is touched
    /// for the first time in the last moment escapes.
    pub(crate) fn peak_memory(&self, words: &[&str]) -> u64 {
        let mut child = self.start(words);
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        while child.try_wait().unwrap().is_none() {
            if let Ok(text) = fs::read_to_string(&status) {
                let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
                peak = peak.max(kilobytes.unwrap_or(0) * 1024);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(child.wait().unwrap().success(), "{words:?} failed: {}", self.complaint());
        peak
    }

    fn complaint(&self) -> String {
        fs::read_to_string(self.folder.path().join("stderr.txt")).unwrap_or_default()
    }
}

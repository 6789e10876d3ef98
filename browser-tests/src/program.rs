//! The program under test, serving its pages.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long the program may take to serve its pages.
const PATIENCE: Duration = Duration::from_secs(300);

/// The project's folder.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder above").to_owned()
}

/// The program as `make browser` built it, or the one that `GORGIAS_IMPORT` names.
pub fn program() -> PathBuf {
    let built = || repository().join("target/debug/gorgias-import");
    std::env::var_os("GORGIAS_IMPORT").map_or_else(built, PathBuf::from)
}

/// A process that serves pages until it is dropped.
pub struct Program {
    child: Child,
    link: String,
    _folder: TempDir,
}

impl Program {
    /// A rehearsal of the project's fixtures, or of the export with a config in the folder that `REHEARSE` names.
    pub fn rehearse(arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let from = std::env::var_os("REHEARSE").map_or_else(|| repository().join("fixtures"), PathBuf::from);
        copy(&from, folder.path());
        let mut command = Command::new(program());
        command.current_dir(folder.path()).args(["rehearse", "--browse"]).args(arguments);
        Self::start(command, folder)
    }

    /// The stand-in alone, with nothing in it.
    pub fn sandbox() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut command = Command::new(program());
        command.current_dir(folder.path()).args(["sandbox", "--port", "0", "--limit", "unlimited"]);
        Self::start(command, folder)
    }

    /// Starts it, and waits for the link that it prints.
    fn start(mut command: Command, folder: TempDir) -> Self {
        let child = command
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut serving = Self { child, link: String::new(), _folder: folder };
        let stderr = serving.child.stderr.take().expect("its stderr");
        let (said, heard) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                // Read to the end, so that the program never waits for its reader.
                drop(said.send(line));
            }
        });
        let until = Instant::now() + PATIENCE;
        let mut all = String::new();
        loop {
            let line = heard.recv_timeout(until.saturating_duration_since(Instant::now()));
            let line = line.unwrap_or_else(|_| panic!("no link was printed:\n{all}"));
            if let Some(link) = line.split_whitespace().find(|word| word.contains("/enter/")) {
                serving.link = link.to_owned();
                return serving;
            }
            all.push_str(&line);
            all.push('\n');
        }
    }

    /// The link that opens once.
    pub fn link(&self) -> &str {
        &self.link
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base(&self) -> &str {
        self.link.split("/enter/").next().expect("a part before it")
    }

    /// Makes a ticket in the stand-in, as an importer would, and gives its id.
    pub fn ticket(&self, body: &Value) -> u64 {
        let host = self.base().trim_start_matches("http://");
        let body = body.to_string();
        let mut stream = TcpStream::connect(host).expect("the stand-in listens");
        write!(
            stream,
            "POST /api/tickets HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer sandbox-token\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .expect("it takes a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let json = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        let ticket: Value = serde_json::from_str(json).unwrap_or_else(|_| panic!("{answer}"));
        ticket["id"].as_u64().unwrap_or_else(|| panic!("{answer}"))
    }
}

/// The report that `validate` writes of the fixtures, in a folder that goes when it is dropped.
pub fn validation_report() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a temporary folder");
    copy(&repository().join("fixtures"), folder.path());
    let file = folder.path().join("report.html");
    let mut command = Command::new(program());
    command.current_dir(folder.path()).args(["validate", "--report"]).arg(&file);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().expect("the program runs");
    assert!(file.is_file(), "a report was written");
    (folder, file)
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder to copy").map_while(Result::ok) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name().to_string_lossy().starts_with(".gorgias-import") {
            continue;
        }
        if path.is_dir() {
            std::fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}

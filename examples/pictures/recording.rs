//! What a terminal shows while commands run on it, with the times.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::json;

use super::Fault;

/// The terminal's size.
pub(super) const COLUMNS: u16 = 96;
pub(super) const ROWS: u16 = 24;

/// Seconds that the last picture stays.
const LAST_SECONDS: f64 = 5.0;

/// What came out of the terminal.
pub(super) struct Recording {
    /// Seconds since the start, and what came then.
    pub(super) chunks: Vec<(f64, String)>,
}

/// Runs `commands` one after the other on a terminal in `folder`, with the programs of `built`.
pub(super) fn record(built: &Path, folder: &Path, commands: &[&str]) -> Result<Recording, Fault> {
    let mut session = format!("stty cols {COLUMNS} rows {ROWS}\n");
    for command in commands {
        writeln!(
            session,
            "printf '\\033[1;32m$\\033[0m %s\\n' '{command}'; sleep 0.8; {command}; echo; sleep 1.5"
        )?;
    }
    let script = folder.join("session.sh");
    fs::write(&script, session)?;
    let path = std::env::join_paths(
        std::iter::once(built.to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )?;
    let mut child = Command::new("script")
        .args(["-qefc", "sh session.sh", "/dev/null"])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("TERM", "xterm-256color")
        .env("GORGIAS_API_KEY", "sandbox")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start `script`, which makes the terminal: {error}"))?;
    let mut output = child.stdout.take().ok_or("the terminal has no output")?;
    let begun = Instant::now();
    let (mut chunks, mut buffer, mut held) = (Vec::new(), [0; 8192], Vec::new());
    loop {
        let read = output.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        held.extend_from_slice(&buffer[..read]);
        // A letter may be cut in two.
        let whole = match std::str::from_utf8(&held) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let text: Vec<u8> = held.drain(..whole).collect();
        chunks.push((begun.elapsed().as_secs_f64(), String::from_utf8(text)?));
    }
    let status = child.wait()?;
    if status.success() {
        Ok(Recording { chunks })
    } else {
        Err(format!("the recorded commands ended with {status}").into())
    }
}

impl Recording {
    /// Seconds from the first to the last picture, with the time that it stays.
    pub(super) fn seconds(&self) -> f64 {
        self.chunks.last().map_or(0.0, |(at, _)| *at) + LAST_SECONDS
    }

    /// All that came, with what moves the cursor.
    pub(super) fn text(&self) -> String {
        self.chunks.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// Whether these words came, however the terminal's width broke them.
    pub(super) fn shows(&self, words: &str) -> bool {
        let bare = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        bare(&self.text()).contains(&bare(words))
    }

    /// For asciinema, in its format version 2.
    pub(super) fn cast(&self) -> Result<String, Fault> {
        let head = json!({"version": 2, "width": COLUMNS, "height": ROWS, "title": "gorgias-import run"});
        let mut cast = format!("{head}\n");
        for (at, text) in &self.chunks {
            writeln!(cast, "{}", json!([(at * 1000.0).round() / 1000.0, "o", text]))?;
        }
        Ok(cast)
    }
}

//! The demo's folder: a copy of the fixtures, a config that points at the stand-in, and the program to start in it.

use std::fmt;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use gorgias_import::sandbox::BucketLimit;

use super::Fault;
use super::child::{self, Child, Outcome};

/// The stand-in's own key; it opens nothing else.
const KEY: &str = "sandbox";
/// Where `gorgias-import sandbox --store` looks for a store.
const STORE: &str = "stand-in.sqlite";
/// Calls of the whole demo, generously.
const CALLS: u64 = 1_000;

/// What the demo's config has beside the fixtures': an unknown outcome is settled in seconds, since the stand-in
/// answers at once and its lists are never late; and a run that outlives the demo ends soon.
const UPLOAD: &str =
    "\n[safety]\ncanary_seconds = 1\n\n[upload]\nsettle_seconds = 4\npatience_seconds = 10\n";

/// A rate limit: calls in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    pub(super) calls: u32,
    pub(super) seconds: u32,
}

impl Rate {
    /// Ten times what an API key has.
    const DEFAULT: Self = Self { calls: 400, seconds: 20 };
    const API_KEY_CALLS: u32 = 40;
    const API_KEY_SECONDS: u32 = 20;

    pub(super) fn from_environment() -> Result<Self, Fault> {
        let Ok(text) = std::env::var("DEMO_RATE") else { return Ok(Self::DEFAULT) };
        let wrong = || format!("DEMO_RATE is `{text}`; write it like 40/20s");
        let (calls, seconds) = text.trim().split_once('/').ok_or_else(wrong)?;
        let calls = calls.parse().map_err(|_| wrong())?;
        let seconds = seconds.trim_end_matches('s').parse().map_err(|_| wrong())?;
        if calls < 10 || seconds == 0 {
            return Err(format!("{}, and with at least 10 calls", wrong()).into());
        }
        Ok(Self { calls, seconds })
    }

    pub(super) fn limit(self) -> BucketLimit {
        BucketLimit::new(self.calls, Duration::from_secs(self.seconds.into()))
    }

    /// Calls a second that the bucket takes for ever.
    pub(super) fn per_second(self) -> f64 {
        f64::from(self.calls) / f64::from(self.seconds)
    }

    pub(super) fn remark(self) -> String {
        let key = f64::from(Self::API_KEY_CALLS) / f64::from(Self::API_KEY_SECONDS);
        if (self.per_second() - key).abs() < f64::EPSILON {
            return "That is what a real API key has.".to_owned();
        }
        format!(
            "A real API key has 40 calls in 20 s: this is {} times that, to keep the demo short (DEMO_RATE=40/20s).",
            self.per_second() / key
        )
    }

    /// How long a run may take: twice what the limit makes of it, and a minute.
    pub(super) fn patience(self) -> Duration {
        let calls = CALLS * 2 * u64::from(self.seconds) / u64::from(self.calls);
        Duration::from_secs(calls + 60)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calls in {} s", self.calls, self.seconds)
    }
}

/// The demo's folder and program.
pub(super) struct Stage {
    folder: PathBuf,
    program: PathBuf,
}

impl Stage {
    /// Makes the folder anew, beside what cargo builds.
    pub(super) fn set() -> Result<Self, Fault> {
        let own = std::env::current_exe()?;
        let built = own.parent().and_then(Path::parent).ok_or("the demo runs from a strange place")?;
        let program = built.join(format!("gorgias-import{}", std::env::consts::EXE_SUFFIX));
        if !program.is_file() {
            return Err(format!("{} is missing; run make demo, which builds it", program.display()).into());
        }
        let folder = built.parent().unwrap_or(built).join("demo");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), &folder)?;
        Ok(Self { folder, program })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of the stand-in's store, in a folder that `gorgias-import sandbox --store` can serve later.
    pub(super) fn store(&self) -> std::io::Result<PathBuf> {
        let folder = self.folder.join("stand-in");
        fs::create_dir_all(&folder)?;
        Ok(folder.join(STORE))
    }

    /// What to type to look at the result, from where the demo was started.
    pub(super) fn browsing(&self) -> String {
        let here = std::env::current_dir().unwrap_or_default();
        let short = |path: &Path| path.strip_prefix(&here).unwrap_or(path).display().to_string();
        format!("{} sandbox --store {}", short(&self.program), short(&self.folder.join("stand-in")))
    }

    /// The fixtures' own config with the stand-in's address.
    pub(super) fn write_config(&self, base_url: &str) -> Result<(), Fault> {
        let file = self.folder.join("migration.toml");
        let text = fs::read_to_string(&file)?;
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let line =
            lines.iter_mut().find(|line| line.starts_with("base_url")).ok_or("a config without base_url")?;
        *line = format!("base_url = \"{base_url}\"");
        Ok(fs::write(&file, lines.join("\n") + "\n" + UPLOAD)?)
    }

    /// Starts the program; it speaks to the terminal itself.
    pub(super) fn start(&self, arguments: &[&str]) -> Result<Child, Fault> {
        Ok(Child::start(self.command(arguments).stdin(Stdio::null()))?)
    }

    /// Runs the program to its good end and gives what it wrote to its output.
    pub(super) fn listen(&self, arguments: &[&str], patience: Duration) -> Result<String, Fault> {
        let (mut reader, writer) = std::io::pipe()?;
        // The command holds the writing end and goes before it is read, or the reading would never end.
        let child = {
            let mut command = self.command(arguments);
            command.arg("--quiet").stdin(Stdio::null()).stdout(writer);
            Child::start(&mut command)?
        };
        let reading = std::thread::spawn(move || {
            let mut said = String::new();
            reader.read_to_string(&mut said).map(|_| said)
        });
        let outcome = child::watch(&Mutex::new(Some(child)), patience)?;
        let said = reading.join().map_err(|_| "what the program said could not be read")??;
        match outcome {
            Outcome::Ended(0) => Ok(said),
            other => Err(format!("gorgias-import {}: {other}", arguments.join(" ")).into()),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(&self.folder);
        for (name, _) in std::env::vars_os() {
            // Whoever has real credentials in the environment must not lend them to a demo.
            if name.to_string_lossy().starts_with("GORGIAS_") {
                command.env_remove(name);
            }
        }
        command.env("GORGIAS_API_KEY", KEY);
        command
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            // What a user's own run left in the fixtures is not part of them.
            if entry.file_name() != ".gorgias-import" {
                copy(&entry.path(), &target)?;
            }
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

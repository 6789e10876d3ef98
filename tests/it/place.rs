//! A folder of its own for a test, the real binary in it, and what a person sees of it.

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::Command;
use tempfile::TempDir;

/// The account is a closed port of this machine, so that no test can reach anybody.
pub(crate) const LEAST: &str = "[gorgias]\nbase_url = \"http://127.0.0.1:9\"\nemail = \"ops@example.com\"\n\n\
                     [[source]]\nkind = \"zendesk\"\npaths = [\"exports\"]\n";

/// A folder of its own and the command in it, with nothing of the machine's environment.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn with_config(text: &str) -> Self {
        let place = Self::new();
        place.write("migration.toml", text);
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::cargo_bin("gorgias-import").unwrap();
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.args(line.split_whitespace());
        command
    }

    pub(crate) fn run(&self, line: &str) -> Output {
        self.command(line).output().unwrap()
    }

    /// What a person sees, with the folder replaced and without the lines that say how far reading is.
    pub(crate) fn shown(&self, line: &str) -> String {
        let shown = show(&self.run(line)).replace(&*self.path().to_string_lossy(), "[FOLDER]");
        shown.split_inclusive('\n').filter(|line| !line.contains(" reading=")).collect()
    }
}

pub(crate) fn show(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!(
        "exit {}\n--- stdout\n{}--- stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

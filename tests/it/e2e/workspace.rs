//! A folder with exports and a config, and the program in it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use super::account::Account;
use super::export::Export;
use super::process::{Ended, Started};

/// Settings that make tests quick; every other setting is the default.
const QUICK: &str = "[upload]\nsettle_seconds = 3\nrequest_timeout_seconds = 2\n";
const QUICK_CANARY: &str = "canary_seconds = 0\n";

/// An account without limit and faults that has all of an export, and the place it was moved from.
#[track_caller]
pub(super) fn migrated(export: &Export) -> (Account, Workspace) {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), export);
    workspace.migrate();
    (account, workspace)
}

/// A place for one migration.
pub(super) struct Workspace {
    folder: TempDir,
    started: AtomicU32,
}

impl Workspace {
    /// A place whose config has these lines after the account and before the usual rest.
    pub(super) fn new(base_url: &str, sources: &str, rest: &str) -> Self {
        let workspace = Self { folder: tempfile::tempdir().unwrap(), started: AtomicU32::new(0) };
        workspace.configure(base_url, sources, rest);
        workspace
    }

    /// Writes the config again.
    pub(super) fn configure(&self, base_url: &str, sources: &str, rest: &str) {
        let quick = if rest.contains("[upload]") { "" } else { QUICK };
        let rest = match rest.split_once("[safety]\n") {
            None => format!("[safety]\n{QUICK_CANARY}{rest}"),
            Some(_) if rest.contains("canary_seconds") => rest.to_owned(),
            Some((before, after)) => format!("{before}[safety]\n{QUICK_CANARY}{after}"),
        };
        let mapping =
            if rest.contains("[mapping]") { "" } else { "[mapping]\nmailbox = \"support@acme.example\"\n" };
        let files = if rest.contains("[attachments]") { "" } else { "[attachments]\nmode = \"link\"\n" };
        let text = format!(
            "[gorgias]\nbase_url = \"{base_url}\"\nemail = \"ops@example.com\"\n\n{sources}\n\
             {files}\n{mapping}\n{rest}\n{quick}"
        );
        self.write("migration.toml", &text);
    }

    /// A place with one Zendesk export.
    pub(super) fn with_export(base_url: &str, export: &Export) -> Self {
        Self::with_export_and(base_url, export, "")
    }

    /// The same, with further lines of config.
    pub(super) fn with_export_and(base_url: &str, export: &Export, rest: &str) -> Self {
        let workspace = Self::new(base_url, ZENDESK, rest);
        export.write(&workspace.path("zendesk"));
        workspace
    }

    /// A place with the exports of `fixtures/`.
    pub(super) fn with_fixtures(base_url: &str) -> Self {
        let workspace = Self::new(base_url, BOTH, "");
        for name in ["zendesk", "aircall"] {
            copy(&fixtures().join(name), &workspace.path(name));
        }
        workspace
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The command, with nothing of the machine's environment but the key.
    pub(super) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gorgias-import"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GORGIAS_API_KEY", "sandbox")
            .stdin(Stdio::null())
            .args(line.split_whitespace());
        command
    }

    pub(super) fn start(&self, line: &str) -> Started {
        self.launch(self.command(line))
    }

    /// Starts a command made by [`Self::command`].
    pub(super) fn launch(&self, mut command: Command) -> Started {
        let number = self.started.fetch_add(1, Ordering::SeqCst);
        let (stdout, stderr) =
            (self.path(&format!("stdout-{number}")), self.path(&format!("stderr-{number}")));
        let child = command
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        Started { child, stdout, stderr }
    }

    pub(super) fn run(&self, line: &str) -> Ended {
        self.start(line).wait()
    }

    /// `run --yes --json`, to the end, all well.
    #[track_caller]
    pub(super) fn migrate(&self) -> Value {
        self.run(RUN).expect(0).summary()
    }

    /// `status --json`.
    #[track_caller]
    pub(super) fn status(&self) -> Value {
        let ended = self.run("status --json").expect(0);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// Everything that the ledger has in Gorgias is as it was sent, by `verify`, to the letter.
    #[track_caller]
    pub(super) fn verified(&self) {
        let ended = self.run("verify --json").expect(0);
        let document: Value = serde_json::from_str(&ended.stdout).unwrap();
        let tickets = &document["tickets"];
        assert_ne!(tickets["checked"], 0, "{document}");
        assert_eq!(tickets["checked"], tickets["identical"], "{document}");
        assert_eq!(document["presence_only"], 0, "{document}");
    }

    /// `validate --json` with further flags.
    #[track_caller]
    pub(super) fn validate(&self, flags: &str) -> Value {
        let ended = self.run(&format!("validate --json {flags}")).expect(0);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// Removes the ledger and everything beside it.
    pub(super) fn lose_the_ledger(&self) {
        fs::remove_dir_all(self.path(".gorgias-import")).unwrap();
    }
}

/// How scripts run it.
pub(super) const RUN: &str = "run --yes --json";

/// The config's source of a Zendesk export.
pub(super) const ZENDESK: &str = "[[source]]\nkind = \"zendesk\"\npaths = [\"zendesk\"]\n";

const BOTH: &str = "[[source]]\nkind = \"zendesk\"\npaths = [\"zendesk\"]\n\n\
                    [[source]]\nkind = \"aircall\"\npaths = [\"aircall\"]\n";

/// The invented exports that come with the project.
pub(super) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// What an importer must make of them.
pub(super) fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(fixtures().join("expected.json")).unwrap()).unwrap()
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}

//! Secrets that were put where secrets are, and addresses that were put into the export, are looked for everywhere else.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use gorgias_import::sandbox::AccountSeed;
use serde_json::{Value, json};

use super::account::{Account, Play};
use super::export::Export;
use super::file_host::{FileHost, Played};
use super::process::Ended;
use super::workspace::{RUN, Workspace};

/// The key of the account, and the token of the old one.
const SECRETS: [&str; 2] = ["gk-5eeded-0451", "zt-5eeded-7788"];
/// In the export: addresses, and what people wrote.
const PERSONAL: [&str; 3] = ["customer2@example.com", "seeded.cc@private.example", "my seeded words"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

fn holds(bytes: &[u8], word: &str) -> bool {
    memchr::memmem::find(bytes, word.as_bytes()).is_some()
}

#[track_caller]
fn is_silent(ended: &Ended, words: &[&str]) {
    for word in words {
        for (stream, text) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
            assert!(!text.contains(word), "{word} on {stream}: {text}");
        }
    }
}

/// Writes what is looked for into every form of a comment's text.
fn say(comment: &mut Value, picture: &str) {
    for form in ["body", "plain_body"] {
        comment[form] = json!(format!("{} to {}", PERSONAL[2], PERSONAL[1]));
    }
    let html = format!("<p>{} to {}</p><img src=\"{picture}\">", PERSONAL[2], PERSONAL[1]);
    comment["html_body"] = json!(html);
}

#[test]
fn seeded_secrets_appear_nowhere_and_seeded_addresses_in_no_log_ledger_json_or_redacted_report() {
    let mut seed = AccountSeed::default();
    seed.api_keys.insert("ops@example.com".to_owned(), SECRETS[0].to_owned());
    let (account, host) = (Account::playing(Play { seed, ..Play::default() }), FileHost::new());
    let mut export = Export::mixed(12);
    let url = host.play("1", "a.png", Played::Status(404));
    let comment = &mut export.tickets[1]["comments"][0];
    say(comment, &url);
    // Nobody can be made of this one, so it is rejected and listed.
    export.tickets[4]["comments"][0]["created_at"] = json!("never");
    let rest = format!("[attachments]\nhosts = [\"{}\"]\n", host.name());
    let workspace = Workspace::with_export_and(&account.base_url(), &export, &rest);
    let config = fs::read_to_string(workspace.path("migration.toml")).unwrap();
    let config = config.replace("email = ", "api_key_file = \"gorgias.key\"\nemail = ").replace(
        "kind = \"zendesk\"\n",
        "kind = \"zendesk\"\napi_user = \"ops@acme.example\"\napi_token_file = \"zendesk.token\"\n",
    );
    workspace.write("migration.toml", &config);
    for (name, secret) in ["gorgias.key", "zendesk.token"].into_iter().zip(SECRETS) {
        workspace.write(name, secret);
        fs::set_permissions(workspace.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let command = |line: &str| {
        let mut command = workspace.command(line);
        command.env_remove("GORGIAS_API_KEY");
        workspace.launch(command)
    };

    // While it runs: what everybody on the machine can list.
    let running = command(RUN);
    let of_process = |name: &str| fs::read(format!("/proc/{}/{name}", running.id())).unwrap_or_default();
    let listed = [of_process("cmdline"), of_process("environ"), of_process("comm")];
    let ran = running.wait();
    assert!(matches!(ran.code, Some(0 | 3)), "{}", ran.stderr);
    assert!(SECRETS.iter().all(|secret| listed.iter().all(|bytes| !holds(bytes, secret))));
    let all: Vec<&str> = SECRETS.iter().chain(&PERSONAL).copied().collect();
    is_silent(&ran, &all);
    for line in [
        "validate --json",
        "status --json",
        "verify --json",
        "report --json",
        "run --yes --dry-run --json",
        "fetch --json",
    ] {
        is_silent(&command(line).wait(), &all);
    }
    for line in [
        "status",
        "verify",
        "explain zendesk:ticket:2",
        "report --redacted --report red.html --report red.json",
    ] {
        is_silent(&command(line).wait(), &SECRETS);
    }
    for name in ["red.html", "red.json"] {
        let text = fs::read(workspace.path(name)).unwrap();
        assert!(all.iter().all(|word| !holds(&text, word)), "{name}");
    }
    // A wrong key is refused without being quoted.
    workspace.write("gorgias.key", "gk-5eeded-wrong");
    is_silent(&command(RUN).wait().expect(4), &["gk-5eeded-wrong"]);

    let state = workspace.path(".gorgias-import");
    for file in files(&state) {
        let (bytes, name) = (fs::read(&file).unwrap(), file.display().to_string());
        assert!(SECRETS.iter().all(|secret| !holds(&bytes, secret)), "{name}");
        let is_impersonal =
            name.contains("ledger.sqlite") || name.ends_with("log.ndjson") || name.ends_with("lock");
        if is_impersonal {
            assert!(PERSONAL.iter().all(|word| !holds(&bytes, word)), "{name}");
        }
    }
    // This test can fail: what is looked for is there, where it belongs.
    let html = fs::read(workspace.path("zendesk/tickets.ndjson")).unwrap();
    assert!(holds(&html, PERSONAL[2]) && account.tickets().len() > 9);
}

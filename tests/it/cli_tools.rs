//! Commands that write things for people and shells: completions, man pages, schemas, a first config.

use std::fs;
use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::{Place, stderr};

#[test]
fn completions_are_there_for_each_shell() {
    let place = Place::new();
    for (shell, mark) in [
        ("bash", "complete -F _gorgias__import"),
        ("zsh", "#compdef gorgias-import"),
        ("fish", "complete -c gorgias-import"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let output = place.run(&format!("completions {shell}"));
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
        assert!(script.contains(mark), "{shell}");
        for word in ["rehearse", "state-dir", "ids-from"] {
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
}

#[test]
fn man_pages_are_written_one_a_command() {
    let place = Place::new();
    assert_snapshot!(place.shown("man --out man"), @"
    exit 0
    --- stdout
    --- stderr
    wrote 11 pages into man
    ");
    let mut names: Vec<_> =
        fs::read_dir(place.path().join("man")).unwrap().map(|page| page.unwrap().file_name()).collect();
    names.sort();
    assert_snapshot!(names.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("\n"), @"
    gorgias-import-completions.1
    gorgias-import-init.1
    gorgias-import-man.1
    gorgias-import-rebuild.1
    gorgias-import-reference.1
    gorgias-import-rehearse.1
    gorgias-import-run.1
    gorgias-import-sandbox.1
    gorgias-import-schema.1
    gorgias-import-status.1
    gorgias-import-validate.1
    gorgias-import.1
    ");
    let again = place.run("man --out man");
    assert!(again.status.success(), "pages can be written again");
    let reference = fs::read_to_string(place.path().join("man/gorgias-import-reference.1")).unwrap();
    assert!(reference.contains("GI\\-I001") && reference.contains("settle_seconds"));
    let main = place.run("man");
    assert!(String::from_utf8(main.stdout).unwrap().contains(".TH gorgias-import 1"));
}

#[test]
fn schemas_are_json_alone_and_together() {
    let place = Place::new();
    let all: Value = serde_json::from_slice(&place.run("schema").stdout).unwrap();
    let names: Vec<&str> = all.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["error", "event", "rebuild", "status", "summary", "validation"]);
    for name in names {
        let one: Value = serde_json::from_slice(&place.run(&format!("schema {name}")).stdout).unwrap();
        assert_eq!(one, all[name]);
    }
}

/// `gorgias-import schema | head -0`: the reader is gone before a byte is written.
#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_success() {
    for line in ["schema", "man", "--help", "completions bash"] {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("gorgias-import"));
        let mut child = command
            .args(line.split_whitespace())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {}", stderr(&output));
        assert!(output.stderr.is_empty(), "{line}: {}", stderr(&output));
    }
}

#[test]
fn init_writes_what_it_found_and_never_over_a_file() {
    let place = Place::new();
    place.write(
        "exports/zendesk/tickets.json",
        "{\"url\":\"https://acme.zendesk.com/api/v2/tickets/1.json\",\"id\":1}\n",
    );
    place.write("exports/calls.csv", "line,datetime (TZ offset incl.),direction\n");
    place.write("exports/readme.txt", "hello\n");
    assert_snapshot!(place.shown("init exports"), @"
    exit 0
    --- stdout
    --- stderr
    found Aircall export: 1 file, 42 B
      exports/calls.csv
    found Zendesk export of acme: 1 file, 64 B
      exports/zendesk
    of no known kind: `exports/readme.txt`
    wrote `migration.toml`; fill in [gorgias] there before run, the rest can stay
    next: gorgias-import validate
    ");
    assert_snapshot!(fs::read_to_string(place.path().join("migration.toml")).unwrap(), @r#"
    # Written by gorgias-import init. Every key is described in migration.example.toml and in the man page.

    # The account that is written to. validate and rehearse do without it; run needs it.
    # [gorgias]
    # account = "NAME"               # of https://NAME.gorgias.com
    # email = "ADDRESS"              # of the API key's owner
    # api_key_file = "gorgias.key"   # only its owner may read it: chmod 600 gorgias.key

    # Aircall export: 1 file, 42 B.
    [[source]]
    kind = "aircall"
    name = "aircall"   # prefixes every key; do not change it after a run
    paths = ["exports/calls.csv"]
    # grouping = "contact-day"   # one ticket per number and day instead of one per call

    # Zendesk export of acme: 1 file, 64 B.
    [[source]]
    kind = "zendesk"
    name = "zendesk"   # prefixes every key; do not change it after a run
    paths = ["exports/zendesk"]
    "#);
    assert_snapshot!(place.shown("init exports"), @"
    exit 2
    --- stdout
    --- stderr
    error: `migration.toml` exists already
    next: name another file with --out, or add --force to overwrite it
    ");
    assert!(place.run("init exports --force").status.success());
    let found: Value = serde_json::from_slice(&place.run("init exports --force --json").stdout).unwrap();
    assert_eq!(found["type"], "init");
    assert_eq!(found["sources"][1]["kind"], "zendesk");
    assert_eq!(found["sources"][1]["bytes"], 64);
    assert_eq!(found["unknown"][0], "exports/readme.txt");
    assert_snapshot!(place.shown("init exports/readme.txt --out other.toml"), @"
    exit 2
    --- stdout
    --- stderr
    of no known kind: `exports/readme.txt`
    error: no Zendesk or Aircall export was found there
    next: name the files or folders of the export
    ");
    assert_snapshot!(place.shown("init nowhere --out other.toml"), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no `nowhere`
    next: name the files or folders of the export
    ");
    let validated = place.run("validate");
    assert!(validated.status.success(), "the config that init wrote is sound");
}

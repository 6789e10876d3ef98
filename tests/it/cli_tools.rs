//! Commands that write things for people and shells: completions, man pages, schemas.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use clap::CommandFactory as _;

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
    wrote 19 pages into man
    next: man -l man/gorgias-import.1
    ");
    let mut names: Vec<_> =
        fs::read_dir(place.path().join("man")).unwrap().map(|page| page.unwrap().file_name()).collect();
    names.sort();
    assert_snapshot!(names.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("\n"), @"
    gorgias-import-clean.1
    gorgias-import-completions.1
    gorgias-import-explain.1
    gorgias-import-fetch.1
    gorgias-import-fix-links.1
    gorgias-import-init.1
    gorgias-import-man.1
    gorgias-import-rebuild.1
    gorgias-import-reference.1
    gorgias-import-rehearse.1
    gorgias-import-report.1
    gorgias-import-run.1
    gorgias-import-sandbox.1
    gorgias-import-schema.1
    gorgias-import-status.1
    gorgias-import-undo.1
    gorgias-import-validate.1
    gorgias-import-verify.1
    gorgias-import.1
    ");
    let again = place.run("man --out man");
    assert!(again.status.success(), "pages can be written again");
    let reference = fs::read_to_string(place.path().join("man/gorgias-import-reference.1")).unwrap();
    assert!(reference.contains("GI\\-I001") && reference.contains("settle_seconds"));
    let main = place.run("man");
    assert!(String::from_utf8(main.stdout).unwrap().contains(".TH gorgias-import 1"));
}

/// The pages and completions that lie in the repository, for whoever packages it, are those that the program writes.
#[test]
fn pages_and_completions_in_the_repository_are_up_to_date() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let place = Place::new();
    assert!(place.run("man --out man").status.success());
    let mut stale: Vec<String> = Vec::new();
    let mut compare = |name: &str, now: &[u8]| {
        if fs::read(docs.join(name)).ok().as_deref() != Some(now) {
            stale.push(name.to_owned());
        }
    };
    let pages: Vec<_> = fs::read_dir(place.path().join("man")).unwrap().map(|page| page.unwrap()).collect();
    for page in &pages {
        let name = format!("man/{}", page.file_name().to_string_lossy());
        compare(&name, &fs::read(page.path()).unwrap());
    }
    let shells = [
        ("bash", "gorgias-import.bash"),
        ("zsh", "_gorgias-import"),
        ("fish", "gorgias-import.fish"),
        ("powershell", "_gorgias-import.ps1"),
        ("elvish", "gorgias-import.elv"),
    ];
    for (shell, name) in shells {
        compare(&format!("completions/{name}"), &place.run(&format!("completions {shell}")).stdout);
    }
    let kept = |folder: &str| fs::read_dir(docs.join(folder)).map_or(0, Iterator::count);
    assert_eq!(
        (kept("man"), kept("completions")),
        (pages.len(), shells.len()),
        "a page too many or too few; make man"
    );
    assert!(stale.is_empty(), "write them again with `make man`: {}", stale.join(", "));
}

#[test]
fn schemas_are_json_alone_and_together() {
    let place = Place::new();
    let all: Value = serde_json::from_slice(&place.run("schema").stdout).unwrap();
    let names: Vec<&str> = all.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "certificate",
            "clean",
            "error",
            "event",
            "explanation",
            "fetch",
            "fix-links",
            "init",
            "rebuild",
            "status",
            "summary",
            "undo",
            "validation",
            "verification"
        ]
    );
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

/// Pages and completions are made from the definitions of the command line; this finds what is in one and not in the
/// others.
#[test]
fn every_command_and_flag_is_in_its_page_and_in_every_completion() {
    let place = Place::new();
    assert!(place.run("man --out man").status.success());
    let completions: Vec<String> = ["bash", "zsh", "fish", "powershell", "elvish"]
        .map(|shell| String::from_utf8(place.run(&format!("completions {shell}")).stdout).unwrap())
        .to_vec();
    let mut command = gorgias_import::cli::Cli::command();
    command.build();
    let main = fs::read_to_string(place.path().join("man/gorgias-import.1")).unwrap().replace('\\', "");
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name = sub.get_name();
        assert!(main.contains(&format!("gorgias-import-{name}")), "the main page does not name {name}");
        let page = fs::read_to_string(place.path().join(format!("man/gorgias-import-{name}.1"))).unwrap();
        let page = page.replace('\\', "");
        for flag in sub.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(
                page.contains(&format!("--{flag}")) || main.contains(&format!("--{flag}")),
                "{name}: --{flag}"
            );
            for completion in &completions {
                assert!(completion.contains(flag), "{name}: no completion of --{flag}");
            }
        }
        assert!(completions.iter().all(|completion| completion.contains(name)), "no completion of {name}");
    }
}

/// Every help opens with what most people came for.
#[test]
fn every_help_opens_with_three_examples() {
    let place = Place::new();
    let command = gorgias_import::cli::Cli::command();
    let subs = command.get_subcommands().map(|sub| format!("{} --help", sub.get_name()));
    for line in subs.chain(["--help".to_owned()]) {
        let help = String::from_utf8(place.run(&line).stdout).unwrap();
        let examples: Vec<&str> = help
            .lines()
            .skip_while(|line| !line.starts_with("Examples:"))
            .skip(1)
            .take_while(|line| line.starts_with("  gorgias-import "))
            .collect();
        assert_eq!(examples.len(), 3, "{line}: {help}");
        let opening = help.lines().position(|line| line.starts_with("Examples:")).unwrap();
        let usage = help.lines().position(|line| line.starts_with("Usage:")).unwrap();
        assert!(opening < usage && opening <= 5, "{line}: {help}");
        for example in examples {
            let words: Vec<&str> =
                example.split("  ").find(|part| !part.is_empty()).unwrap().split_whitespace().collect();
            let words: Vec<&str> = words.into_iter().take_while(|word| !matches!(*word, "|" | ">")).collect();
            let parsed = command.clone().try_get_matches_from(&words);
            assert!(parsed.is_ok(), "an example cannot be typed: {example}: {parsed:?}");
        }
    }
}

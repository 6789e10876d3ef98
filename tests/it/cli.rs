//! The command line as people and scripts meet it: exit code, stdout and stderr of the real binary.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::place::{LEAST, Place, show, stderr};

#[test]
fn the_bare_name_shows_what_can_be_done_and_fails() {
    assert_snapshot!(Place::new().shown(""), @"
    exit 2
    --- stdout
    --- stderr
    Moves the history of a help desk (Zendesk, Aircall) into Gorgias

    Examples:
      gorgias-import init exports/    look at exports, write migration.toml
      gorgias-import validate         what would be imported; no network
      gorgias-import run --limit 20   a pilot; without --limit it goes on

    Commands:
      init         Look at exports and write migration.toml with what was found
      validate     What would be imported, what would be lost, how long it takes (no
                   network)
      rehearse     The real uploader against a stand-in of Gorgias, to browse (this
                   machine only)
      fetch        Download attachments and recordings ahead of the run, links that
                   expire first
      run          Upload to Gorgias; run it again to resume
      undo         Take back what this tool created, to the trash first (a preview
                   unless --execute)
      fix-links    Second pass over links between old tickets (a preview unless
                   --execute)
      rebuild      Make the ledger anew from the account, by look-up; writes nothing
                   to Gorgias
      status       Where the current or last run stands, from another terminal too
      verify       Read back from Gorgias and compare; writes nothing to Gorgias
      explain      Everything known about one record: where it stands, what was
                   sent, what came of it
      report       Write the certificate of a run again, with a runbook for the
                   cutover
      clean        Delete staging, files and reports that hold personal data; the
                   ledger stays
      sandbox      Serve the stand-in of Gorgias alone (this machine only)
      completions  Print shell completions
      man          Write the man pages
      schema       Print the JSON Schema of what `--json` prints

    More: gorgias-import COMMAND --help
    next: gorgias-import init EXPORT...
    ");
}

#[test]
fn flags_without_a_command_are_the_same_as_the_bare_name() {
    let place = Place::new();
    assert_eq!(place.shown("--quiet").lines().next(), Some("exit 2"));
    let mut command = place.command("");
    let output = command.env("GORGIAS_IMPORT_CONFIG", "other.toml").output().unwrap();
    assert_eq!(show(&output), place.shown(""));
}

#[test]
fn help_goes_to_stdout_and_succeeds_at_every_level() {
    let place = Place::new();
    for line in ["help", "-h", "--help", "help run", "run -h", "run --help", "--version", "schema --help"] {
        let output = place.run(line);
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert!(!output.stdout.is_empty() && output.stderr.is_empty(), "{line}");
    }
    assert_snapshot!(place.shown("status --help"), @"
    exit 0
    --- stdout
    Where the current or last run stands, from another terminal too

    Examples:
      gorgias-import status           where the current or last run stands
      gorgias-import status --watch   keep showing it
      gorgias-import status --json    for a script

    Usage: gorgias-import status [OPTIONS]

    Options:
          --watch
              Keep showing it until the run ends

      -h, --help
              Print help (see a summary with '-h')

    Global options:
      -c, --config <FILE>
              The config file
              
              [env: GORGIAS_IMPORT_CONFIG]
              [default: migration.toml]

          --state-dir <DIR>
              Folder for the ledger, reports and logs
              
              [env: GORGIAS_IMPORT_STATE_DIR]
              [default: .gorgias-import]

          --json
              Machine-readable output on stdout, errors as a last JSON object on stderr
              
              [env: GORGIAS_IMPORT_JSON]

      -q, --quiet
              Say only what went wrong
              
              [env: GORGIAS_IMPORT_QUIET]

      -v, --verbose...
              Say more; twice for everything
              
              [env: GORGIAS_IMPORT_VERBOSE]

          --color <WHEN>
              When to use colour

              Possible values:
              - auto:   On a terminal, unless NO_COLOR or TERM=dumb says otherwise
              - always: Always
              - never:  Never
              
              [env: GORGIAS_IMPORT_COLOR]
              [default: auto]

      -y, --yes
              Answer yes to the question that `run` asks
              
              [env: GORGIAS_IMPORT_YES]

          --no-input
              Never ask; end with code 2 where an answer would be needed
              
              [env: GORGIAS_IMPORT_NO_INPUT]
    --- stderr
    ");
}

#[test]
fn a_wrong_command_or_flag_suggests_the_nearest() {
    let place = Place::new();
    assert_snapshot!(place.shown("valdate"), @"
    exit 2
    --- stdout
    --- stderr
    error: unrecognized subcommand 'valdate'

      tip: a similar subcommand exists: 'validate'
    next: gorgias-import validate
    ");
    assert_snapshot!(place.shown("run --dry-rum"), @"
    exit 2
    --- stdout
    --- stderr
    error: unexpected argument '--dry-rum' found

      tip: a similar argument exists: '--dry-run'
    next: gorgias-import run --dry-run
    ");
    assert_snapshot!(place.shown("run --api-key x"), @"
    exit 2
    --- stdout
    --- stderr
    error: unexpected argument '--api-key' found

    Usage: gorgias-import run [OPTIONS]
    next: gorgias-import run --help
    ");
}

#[test]
fn a_wrong_command_line_is_json_for_those_who_asked_for_it() {
    assert_snapshot!(Place::new().shown("valdate --json"), @r#"
    exit 2
    --- stdout
    --- stderr
    {"v":1,"type":"error","code":2,"name":"usage","message":"unrecognized subcommand 'valdate'; tip: a similar subcommand exists: 'validate'","next":"gorgias-import validate --json"}
    "#);
    assert_snapshot!(Place::new().shown("--json"), @r#"
    exit 2
    --- stdout
    --- stderr
    {"v":1,"type":"error","code":2,"name":"usage","message":"no command was given","next":"gorgias-import --help"}
    "#);
}

#[test]
fn unknown_keys_are_told_with_line_and_suggestion() {
    let place = Place::with_config(&format!("{LEAST}\n[rate]\nlimt = \"auto\"\nreserv = \"0%\"\n"));
    assert_snapshot!(place.shown("validate"), @"
    exit 2
    --- stdout
    --- stderr
    error: `migration.toml`, line 10: unknown key `limt` in [rate]; did you mean `limit`?
           `migration.toml`, line 11: unknown key `reserv` in [rate]; did you mean `reserve`?
    next: correct the file; every key is described in migration.example.toml and in the man page; then: gorgias-import validate
    ");
    assert_snapshot!(place.shown("validate --json"), @r#"
    exit 2
    --- stdout
    --- stderr
    {"v":1,"type":"error","code":2,"name":"usage","message":"`migration.toml`, line 10: unknown key `limt` in [rate]; did you mean `limit`?\n`migration.toml`, line 11: unknown key `reserv` in [rate]; did you mean `reserve`?","next":"correct the file; every key is described in migration.example.toml and in the man page"}
    "#);
}

#[test]
fn a_missing_config_says_how_to_get_one() {
    assert_snapshot!(Place::new().shown("validate"), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no `migration.toml`
    next: write one with `gorgias-import init EXPORT...`, or name it with --config
    ");
    assert_snapshot!(Place::new().shown("run -c conf/acme.toml"), @"
    exit 2
    --- stdout
    --- stderr
    error: there is no `conf/acme.toml`
    next: write one with `gorgias-import init EXPORT...`, or name it with --config
    ");
}

#[test]
fn plain_http_to_another_machine_is_refused() {
    let text = LEAST.replace("127.0.0.1:9", "gorgias.example.com");
    assert_snapshot!(Place::with_config(&text).shown("run --yes"), @"
    exit 2
    --- stdout
    --- stderr
    error: `migration.toml`, line 2: base_url: plain http is only for this machine (127.0.0.1, ::1, localhost), `gorgias.example.com` is another; use https
    next: correct the file; every key is described in migration.example.toml and in the man page; then: gorgias-import run --yes
    ");
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let text = LEAST.replace("email", "api_key_file = \"gorgias.key\"\nemail");
    let place = Place::with_config(&text);
    place.write("gorgias.key", "hunter2\n");
    let key = place.path().join("gorgias.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_snapshot!(place.shown("run --yes"), @"
    exit 4
    --- stdout
    --- stderr
    error: `gorgias.key` can be read by others than its owner (mode 644)
    next: run `chmod 600 gorgias.key`; then: gorgias-import run --yes
    ");
}

#[test]
fn a_missing_key_says_where_it_can_be_put() {
    assert_snapshot!(Place::with_config(LEAST).shown("run --yes"), @"
    exit 4
    --- stdout
    --- stderr
    error: no API key: neither api_key_file nor api_key_command is set in [gorgias], nor GORGIAS_API_KEY
    next: put the key into a file, run `chmod 600` on it, and set api_key_file in [gorgias]; then: gorgias-import run --yes
    ");
}

#[test]
fn a_secret_in_the_config_is_refused_and_never_shown() {
    let place = Place::with_config(&LEAST.replace("email", "api_key = \"hunter2\"\nemail"));
    for line in ["run --yes", "run --yes --json", "run --yes -vv"] {
        let shown = place.shown(line);
        assert!(shown.starts_with("exit 2") && shown.contains("api_key_file"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn a_selection_that_makes_no_sense_is_told() {
    let place = Place::with_config(LEAST);
    assert_snapshot!(place.shown("validate --source zendesc"), @"
    exit 2
    --- stdout
    --- stderr
    error: the config has no source `zendesc`; did you mean `zendesk`?
    next: gorgias-import validate --source zendesk
    ");
    assert_snapshot!(place.shown("validate --since 2024-02-01 --until 2024-01-01"), @"
    exit 2
    --- stdout
    --- stderr
    error: nothing can match: --until 2024-01-01T00:00:00Z is not after --since 2024-02-01T00:00:00Z
    next: gorgias-import validate --help
    ");
    place.write("rejects.csv", "code,key\nGI-U001,48213\n");
    assert_snapshot!(place.shown("validate --ids-from rejects.csv"), @"
    exit 2
    --- stdout
    --- stderr
    error: `rejects.csv`, line 2: expected a key such as zendesk:ticket:48213
    next: gorgias-import validate --help
    ");
}

#[test]
fn json_errors_are_the_last_line_of_stderr_and_nothing_is_on_stdout() {
    let place = Place::with_config("[[source]]\n");
    for line in ["validate --json", "run --json", "rehearse --json", "schema nothing --json"] {
        let output = place.run(line);
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(output.stdout.is_empty(), "{line}");
        let text = stderr(&output);
        let object: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(object["v"], 1);
        assert_eq!(object["type"], "error");
        assert_eq!((&object["code"], &object["name"]), (&2.into(), &"usage".into()));
        assert!(object["message"].is_string() && object["next"].is_string(), "{object}");
    }
}

#[test]
fn colour_is_plain_by_every_way_of_asking() {
    let place = Place::new();
    let plain = place.run("validate --color never");
    let by_no_color =
        place.command("validate").env("NO_COLOR", "1").env("FORCE_COLOR", "1").output().unwrap();
    let by_dumb = place.command("validate").env("TERM", "dumb").env("FORCE_COLOR", "1").output().unwrap();
    let by_variable = place.command("validate").env("GORGIAS_IMPORT_COLOR", "never").output().unwrap();
    for output in [&by_no_color, &by_dumb, &by_variable] {
        assert_eq!(show(output), show(&plain));
    }
    assert!(!stderr(&plain).contains('\u{1b}'));
    let coloured = stderr(&place.run("validate --color always"));
    assert!(coloured.contains("\u{1b}["), "{coloured}");
    assert!(stderr(&place.run("valdate --color=always")).contains("\u{1b}["));
}

#[test]
fn without_a_config_the_next_command_is_init_or_the_way_to_the_config() {
    let place = Place::new();
    let said = |line: &str, folder: &str| {
        let output = place.command(line).current_dir(place.path().join(folder)).output().unwrap();
        stderr(&output)
    };
    assert!(said("status", "").contains("next: gorgias-import init EXPORT..."), "{}", said("status", ""));
    assert!(said("validate", "").contains("gorgias-import init EXPORT..."));
    place.write("shop/migration.toml", LEAST);
    place.write("shop/exports/notes/readme.txt", "");
    for line in ["status", "validate", "run --limit 5"] {
        let from = |folder: &str, to: &str| {
            let next = format!("next: cd {to} && gorgias-import {line}\n");
            assert!(said(line, folder).contains(&next), "{folder}: {}", said(line, folder));
        };
        from("", "shop");
        from("shop/exports", "..");
        from("shop/exports/notes", "../..");
    }
}

//! `report` certifies a run, and `clean` removes what holds personal data.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};

use super::account::{Account, Play};
use super::export::Export;
use super::workspace::{RUN, Workspace, migrated};

#[track_caller]
fn fitting(schema: &str, text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap();
    let schema: Value = serde_json::from_str(schema).unwrap();
    crate::machine_output::fits::fits(&schema, &schema, &document).unwrap();
    document
}

#[track_caller]
fn report(workspace: &Workspace, flags: &str) -> Value {
    let ended = workspace.run(&format!("report --json {flags}")).expect(0);
    fitting(include_str!("../../../src/commands/schema/certificate.json"), &ended.stdout)
}

fn holds(certificate: &Value, promise: &str) -> Value {
    let promises = certificate["promises"].as_array().unwrap();
    let found = promises.iter().find(|it| it["promise"].as_str().unwrap().contains(promise));
    found.unwrap_or_else(|| panic!("{promise}"))["holds"].clone()
}

#[test]
fn a_certificate_says_what_was_measured() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::mixed(30));
    assert_eq!(workspace.run("report --json").expect(2).error()["name"], "usage");
    workspace.migrate();
    let before = report(&workspace, "");
    assert_eq!((&before["run"]["number"], &before["run"]["state"]), (&json!(1), &json!("done")));
    assert_eq!(
        (&before["tickets"]["registered"], &before["tickets"]["in_gorgias"]),
        (&json!(30), &json!(30))
    );
    assert_eq!(holds(&before, "sent to anybody"), true);
    assert_eq!(holds(&before, "acts on imported"), true);
    assert_eq!(holds(&before, "nothing is lost"), true);
    assert_eq!(holds(&before, "as they were"), Value::Null);
    assert_eq!(before["verdict"], "not-proven", "nothing was read back");
    assert_eq!(before["sources"][0]["tickets"], 30);
    assert!(before["requests"].as_array().unwrap().iter().any(|it| it["kind"] == "ticket"));
    assert_eq!(before["fingerprints"]["ledger"].as_str().unwrap().len(), 32);
    assert_eq!(before["runbook"]["measured"], false, "a second is no measure");
    workspace.run("verify --json").expect(0);
    let after = report(&workspace, "");
    assert_eq!((holds(&after, "as they were"), holds(&after, "twice")), (json!(true), json!(true)));
    assert_eq!(after["fingerprints"], before["fingerprints"], "verify changes nothing that was certified");
    assert_eq!(after["verdict"], "kept");
    for file in fs::read_dir(workspace.path(".gorgias-import/runs/0001")).unwrap().flatten() {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "{} can be read by others", file.path().display());
    }
    assert!(workspace.run("report").expect(0).stdout.contains("Every promise was kept."));
    let id = account.tickets()["zendesk:ticket:3"]["id"].clone();
    account.write(reqwest::Method::DELETE, &format!("/api/tickets/{id}"), &json!({}));
    workspace.run("verify --json").expect(9);
    let broken = report(&workspace, "");
    assert_eq!((holds(&broken, "as they were"), &broken["verdict"]), (json!(false), &json!("broken")));
    assert!(workspace.run("report").expect(0).stdout.contains("BROKEN: texts, sides, times"));
}

#[test]
fn the_runbook_says_by_when_to_begin() {
    let (_account, workspace) = migrated(&Export::of(30, |_| 1));
    assert_eq!(report(&workspace, "")["runbook"]["calendar"], Value::Null);
    let runbook = report(&workspace, "--cutover 2026-12-01T08:00")["runbook"].clone();
    let times = ["bulk", "rehearsal", "freeze", "cutover"]
        .map(|name| runbook["calendar"][name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap());
    assert!(times.is_sorted(), "{runbook}");
    assert!(runbook["steps"][0].as_str().unwrap().contains(" By "), "{runbook}");
    workspace.run("report --cutover tomorrow").expect(2);
}

#[test]
fn reports_are_written_in_every_form_and_redacted_on_request() {
    let account = Account::new();
    let workspace = Workspace::with_fixtures(&account.base_url());
    workspace.run(RUN);
    workspace.run("report --report run.html --report run.csv --report run.json").expect(0);
    let read = |name: &str| fs::read_to_string(workspace.path(name)).unwrap();
    assert!(read("run.html").contains("What was promised") && !read("run.html").contains("<script"));
    assert_eq!(read("run.csv"), read(".gorgias-import/runs/0001/findings.csv"));
    let name = account.base_url().replace("http://", "");
    assert_eq!(serde_json::from_str::<Value>(&read("run.json")).unwrap()["account"], name.as_str());
    workspace.run("report --redacted --report red.html --report red.csv --report red.json").expect(0);
    for file in ["red.html", "red.csv", "red.json"] {
        let text = read(file);
        for secret in [name.as_str(), ".example", "zendesk/", "zendesk:ticket:3", ".zip"] {
            assert!(!text.contains(secret), "{secret} in {file}: {text}");
        }
    }
    assert_eq!(report(&workspace, "--redacted")["redacted"], true);
    assert_eq!(workspace.run("report --json --run 7").expect(2).error()["name"], "usage");
    workspace.run("report --report run.pdf").expect(2);
}

#[test]
fn open_work_is_neither_a_broken_nor_a_kept_promise() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(20, |_| 1));
    workspace.run(&format!("{RUN} --limit 5")).expect(0);
    let certificate = report(&workspace, "");
    assert_eq!(certificate["tickets"]["pending"], 15);
    assert_eq!(
        (holds(&certificate, "nothing is lost"), &certificate["verdict"]),
        (Value::Null, &json!("unfinished"))
    );
    let ended = workspace.run("report").expect(0);
    assert!(
        ended.stdout.contains("Not finished: 15 of 20 tickets are still to be sent."),
        "{}",
        ended.stdout
    );
    assert!(ended.stderr.contains("next: gorgias-import verify"), "{}", ended.stderr);
    // What is not there yet is no success of a verification.
    workspace.run("verify --json").expect(9);
    let ended = workspace.run("report").expect(0);
    assert!(ended.stdout.contains("What was sent holds"), "{}", ended.stdout);
    assert!(ended.stderr.contains("next: gorgias-import run (sends the rest)"), "{}", ended.stderr);
    workspace.migrate();
    workspace.run("verify --json").expect(0);
    assert_eq!(report(&workspace, "")["verdict"], "kept");
    assert!(certificate["runbook"]["open_seconds"].as_u64().unwrap() > 0);
}

#[test]
fn clean_deletes_what_holds_personal_data_and_keeps_the_ledger() {
    let account = Account::new();
    let workspace = Workspace::with_export(&account.base_url(), &Export::mixed(12));
    workspace.run("rehearse --json").expect(0);
    workspace.migrate();
    workspace.run("verify --json").expect(0);
    // Nobody is there to be asked.
    assert_eq!(workspace.run("clean --json").expect(2).error()["next"], "gorgias-import clean --json --yes");
    assert!(workspace.path(".gorgias-import/staging.sqlite").exists());
    let ended = workspace.run("clean --yes --json").expect(0);
    let document = fitting(include_str!("../../../src/commands/schema/clean.json"), &ended.stdout);
    assert!(document["freed_bytes"].as_u64().unwrap() > 10_000);
    for gone in [
        "staging.sqlite",
        "rehearsal",
        "runs/0001/report.html",
        "runs/0001/findings.csv",
        "runs/0001/report.json",
    ] {
        assert!(!workspace.path(".gorgias-import").join(gone).exists(), "{gone}");
    }
    assert!(workspace.path(".gorgias-import/ledger.sqlite").exists());
    let stays = document["stays"].as_array().unwrap();
    let personal = |path: &str| {
        let it = stays.iter().find(|it| it["path"].as_str().unwrap().ends_with(path));
        it.unwrap_or_else(|| panic!("{path}: {document}"))["personal"].clone()
    };
    assert_eq!(
        (personal("ledger.sqlite"), personal("runs"), personal("zendesk")),
        (json!(false), json!(false), json!(true))
    );
    // What is left of texts and addresses anywhere: nothing.
    let mut open = vec![workspace.path(".gorgias-import")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            for word in ["@example.com", "of ticket", "Question"] {
                assert!(
                    memchr::memmem::find(&bytes, word.as_bytes()).is_none(),
                    "{word} in {}",
                    path.display()
                );
            }
        }
    }
    // The ledger still knows everything; nothing is sent again.
    let writes = account.writes().len();
    assert_eq!(workspace.migrate()["tickets"]["already"], 12);
    assert_eq!(account.writes().len(), writes);
    workspace.run("clean --yes").expect(0);
    let again = workspace.run("clean --yes").expect(0).stderr;
    let again = again.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["nothing to delete", "stays .gorgias-import/ledger.sqlite", "an export"] {
        assert!(again.contains(words), "{words}: {again}");
    }
}

#[test]
fn clean_waits_for_nobody_at_work() {
    let limit = gorgias_import::sandbox::BucketLimit::API_KEY;
    let account = Account::playing(Play { limit, ..Play::default() });
    let workspace = Workspace::with_export(&account.base_url(), &Export::of(400, |_| 1));
    let running = workspace.start(RUN);
    while account.writes().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(workspace.run("clean --yes --json").expect(11).error()["name"], "locked");
    assert!(workspace.path(".gorgias-import/staging.sqlite").exists());
    running.signal("INT");
    running.wait();
}

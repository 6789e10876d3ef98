use super::*;
use crate::model::event::Figures;

fn source(origins: &[&str], grouping: &str) -> SourceRow {
    SourceRow {
        name: "zendesk".to_owned(),
        kind: "zendesk".to_owned(),
        origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
        grouping: grouping.to_owned(),
    }
}

#[test]
fn a_ledger_belongs_to_one_account() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    assert_eq!(ledger.view().account().unwrap(), None);
    ledger.bind_account("acme", None).wait().unwrap();
    ledger.bind_account("Acme", Some("17")).wait().unwrap();
    assert_eq!(ledger.view().account().unwrap(), Some(("acme".to_owned(), Some("17".to_owned()))));
    let other = |name, id| ledger.bind_account(name, id).wait().unwrap_err();
    assert!(matches!(other("127.0.0.1:8080", Some("17")), LedgerError::OtherAccount { .. }));
    let error = other("acme", Some("18"));
    assert!(
        error.to_string().contains("acme (id 17)") && error.to_string().contains("acme (id 18)"),
        "{error}"
    );
    drop(ledger);
    let ledger = open(folder.path());
    assert!(ledger.bind_account("globex", None).wait().is_err(), "also after a reopen");
    ledger.bind_account("acme", Some("17")).wait().unwrap();
}

#[test]
fn a_source_stays_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.bind_source(source(&[], "call")).wait().unwrap();
    ledger.bind_source(source(&["acme"], "call")).wait().unwrap();
    ledger.bind_source(source(&[], "call")).wait().unwrap();
    let error = ledger.bind_source(source(&["globex"], "call")).wait().unwrap_err();
    assert!(matches!(error, LedgerError::OtherSource { .. }), "{error}");
    let error = ledger.bind_source(source(&["acme"], "contact-day")).wait().unwrap_err();
    assert!(matches!(error, LedgerError::GroupingChanged { .. }), "{error}");
    let aircall = SourceRow { kind: "aircall".to_owned(), ..source(&["acme"], "call") };
    assert!(matches!(ledger.bind_source(aircall).wait(), Err(LedgerError::OtherSource { .. })));
    ledger.bind_source(source(&["acme", "acme-eu"], "call")).wait().unwrap();
    assert_eq!(ledger.view().sources().unwrap(), [source(&["acme", "acme-eu"], "call")]);
}

#[test]
fn runs_are_numbered_and_those_that_died_are_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let new = |command: &str| NewRun {
        command: command.to_owned(),
        export_fingerprint: Some("e".to_owned()),
        config_hash: None,
        started: "2025-01-01T00:00:00Z".parse().unwrap(),
        after: 0,
    };
    assert_eq!(ledger.start_run(new("run")).wait().unwrap(), 1);
    let figures = Figures { calls: 5, ..Figures::default() };
    let at = "2025-01-01T00:01:00Z".parse().unwrap();
    ledger.update_run(1, RunState::Paused, at, &figures).wait().unwrap();
    let run = ledger.view().last_run().unwrap().unwrap();
    assert_eq!(
        (run.state, run.beat, run.ended, &run.figures["calls"]),
        (RunState::Paused, at, None, &5.into())
    );

    assert_eq!(ledger.start_run(new("run")).wait().unwrap(), 2);
    let died = ledger.view().run(1).unwrap().unwrap();
    assert_eq!((died.state, died.ended), (RunState::Interrupted, Some(at)));
    ledger.finish_run(2, RunState::Done, 3, at, &figures).wait().unwrap();
    let done = ledger.view().last_run().unwrap().unwrap();
    assert_eq!((done.state, done.exit_code, done.pid), (RunState::Done, Some(3), std::process::id()));
    assert_eq!(done.export_fingerprint.as_deref(), Some("e"));
    assert!(ledger.update_run(9, RunState::Running, at, &figures).wait().is_err());
    assert_eq!(ledger.start_run(new("verify")).wait().unwrap(), 3);
    assert_eq!(ledger.view().run(2).unwrap().unwrap(), done, "a run that ended stays as it was");
}

#[test]
fn facts_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    assert_eq!(ledger.view().fact("imported").unwrap(), None);
    ledger.set_fact("imported", "yes").wait().unwrap();
    ledger.set_fact("imported", "no").wait().unwrap();
    assert_eq!(ledger.view().fact("imported").unwrap().as_deref(), Some("no"));
}

use serde_json::json;

use super::*;
use crate::report::Layout;

fn evidence() -> Evidence {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    Evidence {
        generated: at("2026-03-01T10:00:00Z"),
        version: "0.1.0",
        account: "acme".to_owned(),
        run: RunFacts {
            number: 3,
            command: "run".to_owned(),
            state: "done",
            started: at("2026-02-28T20:00:00Z"),
            ended: Some(at("2026-03-01T03:00:00Z")),
            exit_code: Some(0),
            figures: json!({"calls": 50_400, "throttled": 0, "could_have_sent": 0}),
        },
        fingerprints: Fingerprints {
            export: Some("e1".to_owned()),
            config: Some("c1:c2".to_owned()),
            ledger: "l1".to_owned(),
        },
        tickets: Standing { registered: 50_010, in_gorgias: 50_000, rejected: 10, ..Standing::default() },
        requests: vec![RequestCount { kind: "ticket".to_owned(), count: 50_000, throttled: 0, faults: 2 }],
        validation: None,
        findings: vec![FindingCount {
            code: "GI-Z001".to_owned(),
            severity: "block".to_owned(),
            count: 10,
            summary: "it is <b>bad</b>".to_owned(),
            remedy: "mend it".to_owned(),
        }],
        canary: Some((4, 0)),
        events_unread: false,
        marked_imported: true,
        last_activity: Some(at("2026-02-27T18:00:00Z")),
        verification: Some(json!({
            "account": "acme", "differences_csv": "/home/ops/x.csv", "looked_for_strangers": true, "doubles": 0,
            "whole": true, "ledger": "l1", "started": "2026-03-01T04:00:00Z", "verdict": "All is well.",
            "files": {"compared": 0, "hashed": 0, "gaps": 0, "links": 0, "tickets": 0},
            "tickets": {"checked": 50_000, "identical": 50_000, "normalised": 0, "differs": 0, "missing": 0, "extra": 0}
        })),
        stopped: None,
        all_runs: AllRuns { runs: 3, writes: 50_000, refused: Some(0) },
        accepted: vec!["rule:7".to_owned()],
        measured: Measured {
            calls_per_second: 2.0,
            is_measured: true,
            calls_per_ticket: 1.0,
            tickets: 50_000,
            open: 0,
            messages: 200_000,
            active_per_day: 100.0,
        },
        cutover: None,
    }
}

#[test]
fn what_was_measured_stands_beside_what_was_promised() {
    let certificate = Certificate::new(evidence());
    assert_eq!(certificate.verdict, Verdict::NotProven);
    let holds: Vec<Option<bool>> = certificate.promises.iter().map(|promise| promise.holds).collect();
    // Without the inventory of the exports nobody can say that all of it is there.
    assert_eq!(holds, [Some(true), Some(true), Some(true), None, Some(true), None]);
    insta::assert_snapshot!(certificate_text(&certificate, Layout { width: 100, color: false }));
}

#[test]
fn what_was_read_back_without_its_events_proves_nothing() {
    let reacted = |canary, events_unread| {
        let evidence = Evidence { canary: Some(canary), events_unread, ..evidence() };
        Certificate::new(evidence).promises[1].clone()
    };
    let blind = reacted((4, 0), true);
    assert_eq!(blind.holds, None);
    assert!(blind.measured.contains("read back without its events"), "{}", blind.measured);
    assert_eq!(reacted((4, 1), true).holds, Some(false));
    assert_eq!(reacted((4, 0), false).holds, Some(true));
}

#[test]
fn a_broken_promise_is_never_called_kept() {
    let broken = |change: &dyn Fn(&mut Evidence)| {
        let mut evidence = evidence();
        change(&mut evidence);
        Certificate::new(evidence).verdict == Verdict::Broken
    };
    assert!(broken(&|it| it.all_runs.refused = Some(1)));
    assert!(broken(&|it| it.canary = Some((4, 1))));
    assert!(broken(&|it| it.tickets.registered += 1));
    for class in ["differs", "missing"] {
        assert!(broken(&|it| it.verification.as_mut().unwrap()["tickets"][class] = json!(1)), "{class}");
    }
    let lost = Certificate::new({
        let mut evidence = evidence();
        evidence.verification.as_mut().unwrap()["tickets"]["missing"] = json!(2);
        evidence
    });
    assert!(lost.promises.iter().any(|it| it.promise.contains("nothing is lost") && it.holds == Some(false)));
    assert!(broken(&|it| it.verification.as_mut().unwrap()["doubles"] = json!(1)));
    assert!(broken(&|it| {
        it.stopped = it.verification.clone();
        it.stopped.as_mut().unwrap()["tickets"]["missing"] = json!(1);
    }));
    let mut unverified = evidence();
    unverified.verification = None;
    unverified.run.figures = json!(null);
    unverified.all_runs.refused = None;
    let certificate = Certificate::new(unverified);
    assert!(
        certificate
            .promises
            .iter()
            .all(|promise| promise.holds != Some(true) || promise.promise.contains("acts on"))
    );
}

/// A pilot: 20 tickets of many were chosen and are there.
fn pilot(change: &dyn Fn(&mut Evidence)) -> Certificate {
    let mut evidence = evidence();
    (evidence.tickets.in_gorgias, evidence.tickets.pending) = (20, 49_980);
    evidence.run.figures["tickets"] = json!({"created": 20, "pending": 0, "rejected": 0});
    change(&mut evidence);
    Certificate::new(evidence)
}

#[test]
fn after_a_pilot_what_was_sent_holds_and_the_rest_is_still_to_be_sent() {
    let read_back = pilot(&|_| {});
    assert_eq!(read_back.verdict, Verdict::Unfinished);
    let page = certificate_page(&read_back);
    for words in [
        "Not finished: 49,980 of 50,010 tickets are still to be sent",
        "Run 3 was for 20 tickets. 20 of all 50,010 are in Gorgias.",
        "What was sent holds",
        "<code>gorgias-import run</code>",
        "verdict care",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("chip block\">broken"), "{page}");
    let text = certificate_text(&read_back, Layout { width: 200, color: false });
    assert!(text.contains("open: nothing is lost") && text.contains("What was sent holds"), "{text}");
    let unread = pilot(&|it| it.verification = None);
    assert_eq!(unread.verdict, Verdict::Unfinished);
    let page = certificate_page(&unread);
    assert!(page.contains("Not proven of it yet: nothing is there twice; texts, sides"), "{page}");
    let steps: Vec<&str> = unread.steps().into_iter().map(|(command, _)| command).collect();
    assert_eq!(steps, ["gorgias-import verify", "gorgias-import run"]);
}

#[test]
fn an_unknown_outcome_is_open_and_not_broken() {
    let unknown = |it: &mut Evidence| (it.tickets.unknown, it.tickets.in_gorgias) = (1, 49_999);
    let mut evidence = evidence();
    unknown(&mut evidence);
    evidence.verification = None;
    let certificate = Certificate::new(evidence);
    assert_eq!(certificate.verdict, Verdict::Unfinished);
    assert!(certificate.title().ends_with("1 of 50,010 tickets is sent with an unknown outcome"));
}

#[test]
fn what_is_broken_in_a_pilot_is_called_broken() {
    let broken = |change: &dyn Fn(&mut Evidence)| pilot(change).verdict == Verdict::Broken;
    assert!(broken(&|it| it.all_runs.refused = Some(1)));
    assert!(broken(&|it| it.canary = Some((4, 1))));
    assert!(broken(&|it| it.tickets.pending += 1));
    assert!(broken(&|it| it.verification.as_mut().unwrap()["tickets"]["missing"] = json!(1)));
    assert!(broken(&|it| it.verification.as_mut().unwrap()["doubles"] = json!(1)));
    let unknown = |it: &mut Evidence| (it.tickets.unknown, it.tickets.pending) = (1, 49_979);
    assert!(broken(&|it| {
        unknown(it);
        it.verification.as_mut().unwrap()["doubles"] = json!(1);
    }));
}

/// What the pledge about texts and times says.
fn as_they_were(change: &dyn Fn(&mut Evidence)) -> Pledge {
    let mut evidence = evidence();
    change(&mut evidence);
    let all = Certificate::new(evidence).promises;
    all.into_iter().find(|it| it.promise.contains("as they were")).unwrap()
}

#[test]
fn only_a_whole_verification_of_what_is_there_now_proves_it() {
    assert_eq!(as_they_were(&|_| {}).holds, Some(true));
    let part = as_they_were(&|it| it.verification.as_mut().unwrap()["whole"] = json!(false));
    assert_eq!(part.holds, None);
    assert!(part.measured.contains("That was a part"), "{}", part.measured);
    let old = as_they_were(&|it| "l2".clone_into(&mut it.fingerprints.ledger));
    assert_eq!(old.holds, None);
    assert!(old.measured.contains("has changed since"), "{}", old.measured);
    let extra = as_they_were(&|it| it.verification.as_mut().unwrap()["tickets"]["extra"] = json!(1));
    assert_eq!(extra.holds, None);
    let stopped = as_they_were(&|it| {
        it.stopped = it.verification.clone();
        it.stopped.as_mut().unwrap()["verdict"] = json!("It was stopped after 2 of 9 tickets.");
    });
    assert!(stopped.measured.ends_with("did not read everything: It was stopped after 2 of 9 tickets"));
}

#[test]
fn a_redacted_certificate_names_nobody() {
    let certificate = Certificate::new(evidence()).redacted();
    let all = format!(
        "{}{}{}",
        serde_json::to_string(&certificate).unwrap(),
        certificate_page(&certificate),
        certificate_text(&certificate, Layout { width: 80, color: false })
    );
    assert!(!all.contains("acme") && !all.contains("/home/ops"), "{all}");
}

#[test]
fn the_page_escapes_what_it_shows() {
    let page = certificate_page(&Certificate::new(evidence()));
    assert!(page.contains("it is &lt;b&gt;bad&lt;/b&gt;") && !page.contains("<script"));
}

#[test]
fn findings_are_counted_by_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("findings.csv");
    std::fs::write(
        &path,
        "code,severity,key,summary,remedy\nGI-A001,info,k,s,r\nGI-B001,block,k,s,r\nGI-A001,info,k2,s,r\n",
    )
    .unwrap();
    let counts = count_findings(&path).unwrap();
    assert_eq!(
        counts.iter().map(|it| (it.code.as_str(), it.count)).collect::<Vec<_>>(),
        [("GI-B001", 1), ("GI-A001", 2)]
    );
    assert_eq!(String::from_utf8(findings_csv(&counts).unwrap()).unwrap().lines().count(), 3);
}

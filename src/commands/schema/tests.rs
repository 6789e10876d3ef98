use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::fits::fits;
use super::*;
use crate::commands::CommandError;
use crate::model::event::{Event, Figures, Wait};
use crate::model::finding::{Code, Finding};
use crate::progress::{self, Mode};

fn check(name: &str, value: &Value) -> Result<(), String> {
    let schema: Value = serde_json::from_str(document(name).unwrap()).unwrap();
    fits(&schema, &schema, value)
}

fn validation() -> Value {
    json!({"v":1,"type":"validation",
        "sources":[{"name":"zendesk","kind":"zendesk","files":2,"bytes":81234,"tickets":40,"messages":212,
            "sides":{"customer":101,"agent":80,"note":31},"channels":{"email":170,"internal-note":31,"phone":11},
            "attachments":9,"people":38,"left_out":3,"unreadable":1,
            "first":"2021-01-04T08:00:00Z","last":"2025-11-30T17:45:12Z"}],
        "totals":{"tickets":40,"messages":212},
        "findings":[{"code":"GI-Z002","severity":"warn","count":2,"summary":"s","remedy":"r",
            "examples":[{"key":"zendesk:ticket:77","file":"tickets.zip!export_1.json","line":4}]}],
        "calls":{"planned":52,"naive":260,"by_kind":{"ticket":40,"message":0,"customer":5,"tag":7,"upload":0}},
        "eta_seconds":6})
}

fn summary() -> Value {
    json!({"v":1,"type":"summary","command":"run","run":3,"exit_code":0,
        "tickets":{"created":40,"appended":0,"already":0,"rejected":0,"unknown":0,"pending":0},
        "messages":{"created":212,"already":0,"rejected":0},
        "uploads":0,"calls":52,"throttled":0,"elapsed_seconds":6.1,"could_have_sent":0})
}

#[test]
fn the_promised_documents_fit() {
    check("validation", &validation()).unwrap();
    check("summary", &summary()).unwrap();
    let status = json!({"v":1,"type":"status","state":"running","run":3,
        "tickets":summary()["tickets"],"messages":summary()["messages"]});
    check("status", &status).unwrap();
}

#[test]
fn documents_with_a_hole_do_not_fit() {
    for field in ["v", "sources", "findings", "calls", "eta_seconds"] {
        let mut document = validation();
        document.as_object_mut().unwrap().remove(field);
        assert!(check("validation", &document).is_err(), "{field}");
    }
    let mut document = validation();
    document["findings"][0]["severity"] = json!("fatal");
    assert!(check("validation", &document).is_err());
    let mut document = summary();
    document["tickets"].as_object_mut().unwrap().remove("unknown");
    assert!(check("summary", &document).is_err());
    document = summary();
    document["calls"] = json!(-1);
    assert!(check("summary", &document).is_err());
}

#[test]
fn errors_fit() {
    for error in [
        CommandError::new(ExitCode::Temporary, "no answer").with_next("run again"),
        CommandError::new(ExitCode::Usage, "no"),
    ] {
        check("error", &serde_json::to_value(error.document()).unwrap()).unwrap();
    }
    assert!(
        check("error", &json!({"v":1,"type":"error","code":0,"name":"ok","message":"","next":null})).is_err()
    );
}

/// A writer that a reporter and a test both hold.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The line that a program reads for an event.
fn line(event: &Event) -> Value {
    let out = Shared::default();
    progress::reporter(Mode::Json { out: Box::new(out.clone()) }, "run").on_event(event);
    let bytes = out.0.lock().unwrap().clone();
    serde_json::from_slice(&bytes).unwrap()
}

/// Each event as the reporter for programs writes it.
#[test]
fn events_fit_and_half_events_do_not() {
    let events = [
        Event::Reading { source: "zendesk".into(), bytes_done: 1, bytes_total: 2 },
        Event::RunStarted { run: 1, account: "acme".into(), figures: Figures::default(), resumed: false },
        Event::Progress {
            run: 1,
            figures: Figures::default(),
            calls_per_second: 1.9,
            eta_seconds: None,
            bucket: Some((38, 40)),
        },
        Event::Waiting { wait: Wait::Unreachable { error: "reset".into() }, seconds: 4 },
        Event::Waiting { wait: Wait::Settling, seconds: 4 },
        Event::Waiting { wait: Wait::Canary, seconds: 10 },
        Event::Waiting { wait: Wait::Paused { since: 60 }, seconds: 4 },
        Event::Rejected { finding: Finding::general(Code::RefusedByGorgias) },
        Event::Notice { message: "a word".into() },
        Event::Draining { in_flight: 4 },
    ];
    for event in &events {
        let line = line(event);
        check("event", &line).unwrap();
        for field in line.as_object().unwrap().keys() {
            // The error is there where the account is out of reach.
            let mut half = line.clone();
            half.as_object_mut().unwrap().remove(field);
            assert_eq!(check("event", &half).is_err(), field != "error", "{half}");
        }
    }
    check("event", &json!({"v":1,"type":"added-later","at":"2026-03-01T23:12:00Z","anything":true})).unwrap();
}

#[test]
fn all_of_them_together_are_one_document() {
    let value: Value = serde_json::from_str(&all()).unwrap();
    assert_eq!(value.as_object().unwrap().len(), DOCUMENTS.len());
    assert!(value.as_object().unwrap().values().all(|schema| schema["$schema"].is_string()));
}

//! What `--json` really prints fits the schemas that the binary ships, and stdout carries nothing else.

#[path = "../../src/commands/schema/fits.rs"]
pub(crate) mod fits;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::place::{Place, stderr};

fn place() -> Place {
    let exports = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let path = |name: &str| json!(format!("{exports}/{name}")).to_string();
    Place::with_config(&format!(
        "[[source]]\nkind = \"zendesk\"\npaths = [{}]\n\n[[source]]\nkind = \"aircall\"\npaths = [{}]\n\n\
         [attachments]\nmode = \"link\"\n",
        path("zendesk"),
        path("aircall")
    ))
}

fn check(schemas: &Value, name: &str, document: &Value) {
    let schema = &schemas[name];
    assert!(schema.is_object(), "no schema {name}");
    if let Err(why) = fits::fits(schema, schema, document) {
        panic!("{name}: {why}\n{document}");
    }
}

fn lines(stdout: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn init_prints_one_document_that_fits() {
    let place = Place::new();
    let schemas: Value = serde_json::from_slice(&place.run("schema").stdout).unwrap();
    let exports = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");
    let output = place.run(&format!("init {exports}/zendesk {exports}/aircall --json"));
    assert!(output.status.success(), "{}", stderr(&output));
    let documents = lines(&output.stdout);
    assert_eq!(documents.len(), 1);
    check(&schemas, "init", &documents[0]);
    assert!(documents[0]["inventory"]["calls"].as_u64().unwrap() > 100);
    assert_eq!(documents[0]["tables"].as_array().unwrap().len(), 3);
    let known: BTreeSet<&String> = schemas["init"]["properties"].as_object().unwrap().keys().collect();
    let told: BTreeSet<&String> = documents[0].as_object().unwrap().keys().collect();
    assert_eq!(told, known, "what is told and not promised, or the reverse");
    let promised = schemas["init"]["properties"]["inventory"]["properties"].as_object().unwrap();
    let told: BTreeSet<&String> = documents[0]["inventory"].as_object().unwrap().keys().collect();
    assert_eq!(told, promised.keys().collect());
}

#[test]
fn validate_prints_one_document_that_fits() {
    let place = place();
    let schemas: Value = serde_json::from_slice(&place.run("schema").stdout).unwrap();
    let output = place.run("validate --json");
    assert!(output.status.success(), "{}", stderr(&output));
    let documents = lines(&output.stdout);
    assert_eq!(documents.len(), 1);
    check(&schemas, "validation", &documents[0]);
    assert!(documents[0]["totals"]["tickets"].as_u64().unwrap() > 100);
}

#[test]
fn a_rehearsal_prints_events_that_fit_and_ends_with_its_summary() {
    let place = place();
    let schemas: Value = serde_json::from_slice(&place.run("schema").stdout).unwrap();
    let output = place.run("rehearse --json --limit 30");
    assert!(output.status.success(), "{}", stderr(&output));
    let mut events = lines(&output.stdout);
    let summary = events.pop().unwrap();
    check(&schemas, "summary", &summary);
    assert_eq!(summary["tickets"]["created"], 30);
    let mut kinds = BTreeSet::new();
    for event in &events {
        check(&schemas, "event", event);
        for field in ["v", "type", "at"] {
            assert!(!event[field].is_null(), "{field}: {event}");
        }
        kinds.insert(event["type"].as_str().unwrap());
    }
    let known =
        BTreeSet::from(["reading", "joining", "run", "progress", "wait", "record", "notice", "draining"]);
    assert!(kinds.is_subset(&known), "{kinds:?}");
    assert!(kinds.contains("reading") && kinds.contains("run"), "{kinds:?}");
    let status = place.run("status --json --state-dir .gorgias-import/rehearsal");
    check(&schemas, "status", &lines(&status.stdout)[0]);
}

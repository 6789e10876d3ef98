use serde_json::json;

use super::*;
use crate::commands::CommandError;
use crate::model::event::{Event, Figures, Wait};
use crate::model::finding::{Code, Finding};

/// As much of JSON Schema as the documents use. An unknown keyword is a failure, so that nothing goes unchecked.
fn fits(schema: &Value, root: &Value, value: &Value) -> Result<(), String> {
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => true,
            "$ref" => {
                let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                fits(root.pointer(pointer).expect("the reference leads somewhere"), root, value)?;
                true
            }
            "const" => rule == value,
            "enum" => rule.as_array().unwrap().contains(value),
            "not" => fits(rule, root, value).is_err(),
            "anyOf" => rule.as_array().unwrap().iter().any(|choice| fits(choice, root, value).is_ok()),
            "type" => is_of_type(rule, value),
            "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= rule.as_f64().unwrap()),
            // The only pattern in use is that of finding codes, which have a test of their own.
            "pattern" => value.as_str().is_some_and(|text| text.starts_with("GI-")),
            "required" => {
                rule.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    fits(rule, root, item)?;
                }
                true
            }
            "properties" => {
                for (name, inner) in rule.as_object().unwrap() {
                    if let Some(field) = value.get(name) {
                        fits(inner, root, field).map_err(|error| format!("{name}: {error}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                value.as_object().unwrap().values().all(|field| fits(rule, root, field).is_ok())
            }
            other => return Err(format!("keyword {other} is not checked")),
        };
        if !holds {
            return Err(format!("{keyword} {rule} does not hold for {value}"));
        }
    }
    Ok(())
}

fn is_of_type(rule: &Value, value: &Value) -> bool {
    match rule {
        Value::Array(kinds) => kinds.iter().any(|kind| is_of_type(kind, value)),
        kind => match kind.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_u64() || value.is_i64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("unknown type {other}"),
        },
    }
}

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

/// Each event as it serialises, with the version that machine output adds.
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
        Event::Rejected { finding: Finding::general(Code::RefusedByGorgias) },
        Event::Notice { message: "a word".into() },
        Event::Draining { in_flight: 4 },
    ];
    for event in &events {
        let mut line = serde_json::to_value(event).unwrap();
        line["v"] = json!(1);
        check("event", &line).unwrap();
        let object = line.as_object_mut().unwrap();
        let field = object
            .keys()
            .find(|name| !["v", "type", "eta_seconds", "bucket"].contains(&name.as_str()))
            .cloned();
        object.remove(&field.unwrap());
        assert!(check("event", &line).is_err(), "{line}");
    }
    check("event", &json!({"v":1,"type":"added-later","anything":true})).unwrap();
}

#[test]
fn all_of_them_together_are_one_document() {
    let value: Value = serde_json::from_str(&all()).unwrap();
    assert_eq!(value.as_object().unwrap().len(), DOCUMENTS.len());
    assert!(value.as_object().unwrap().values().all(|schema| schema["$schema"].is_string()));
}

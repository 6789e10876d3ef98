//! Every place that is told leads to its record, in logs and in carriers' lines too.

use super::*;
use crate::model::finding::Place;
use crate::source::{RecordAt, record_at};

/// A file and what is shown of each place that reading it tells: of conversations, then of what was refused.
fn shown(name: &str, text: &str, only_line: bool) -> Vec<RecordAt> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    let spec = spec_of(vec![path]);
    let (told, _) = tell(&spec);
    let conversations = told.conversations.iter().map(|(conversation, _)| conversation.place.clone());
    let findings = told.rejected.iter().chain(&told.left_out).chain(&told.unreadable);
    let places: Vec<Place> =
        conversations.chain(findings.filter_map(|finding| finding.place.clone())).collect();
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let context = context(&bytes_done, &stop, dir.path());
    let specs = [spec];
    let look = |mut place: Place| {
        place.byte = place.byte.filter(|_| !only_line);
        record_at(&specs, &place, &context).unwrap().unwrap_or_else(|| panic!("nothing at {place:?}"))
    };
    places.into_iter().map(look).collect()
}

fn event(id: u64, direction: &str) -> String {
    format!(
        r#"{{"event":"call.ended","timestamp":1748855900,"data":{{"id":{id},"direction":"{direction}","started_at":1748855700,"ended_at":1748855795,"raw_digits":"+33639980001"}}}}"#
    )
}

/// The ids of the calls that are shown.
fn ids(shown: &[RecordAt], at: &str) -> Vec<u64> {
    let id = |record: &RecordAt| match record {
        RecordAt::Object(value) => value.pointer(at).and_then(serde_json::Value::as_u64).unwrap_or_default(),
        RecordAt::Row(_) | RecordAt::Text(_) => 0,
    };
    shown.iter().map(id).collect()
}

#[test]
fn events_of_a_log_are_shown_without_what_stands_around_them() {
    let (one, two, bad) = (event(1, "inbound"), event(2, "outbound"), event(3, "sideways"));
    // Programs write much when they start; the first event may be far down.
    for preface in ["started, listening\n".to_owned(), "a, line, of, words\n".repeat(200)] {
        let log = format!(
            "{preface}2025-06-02T09:00:00Z INFO webhook {one} took 3 ms\n\nweb_1 | {two}\nWARN webhook {bad}\n\
             ERROR webhook {}\n",
            &one[..60]
        );
        for name in ["hooks.log", "calls.csv"] {
            for only_line in [false, true] {
                let shown = shown(name, &log, only_line);
                assert_eq!(ids(&shown, "/data/id"), [1, 2, 3, 0], "{name} {only_line}");
                assert_eq!(shown[3], RecordAt::Text(one[..60].to_owned()));
            }
        }
    }
    // Times in brackets look like JSON.
    let log = format!(
        "[2025-06-02 10:00:00] webhook.INFO: {one} []\n[2025-06-02 10:00:01] webhook.INFO: {two} []\n"
    );
    assert_eq!(ids(&shown("hooks.log", &log, true), "/data/id"), [1, 2]);
}

#[test]
fn an_event_that_a_carrier_holds_as_text_is_shown_as_an_event() {
    let as_text = |text: &str| serde_json::Value::from(text).to_string();
    let lines = [
        format!(
            r#"{{"@timestamp":"x","message":{}}}"#,
            as_text(&format!("INFO webhook {}", event(1, "inbound")))
        ),
        format!(r#"{{"@timestamp":"x","message":{}}}"#, as_text(&event(2, "sideways"))),
    ];
    for text in [lines.join("\n"), format!("web_1 | {}\nweb_1 | {}", lines[0], lines[1])] {
        for only_line in [false, true] {
            let shown = shown("carried.json", &text, only_line);
            assert_eq!(ids(&shown, "/message/data/id"), [1, 2], "{text}");
        }
    }
    let twice = format!(
        r#"{{"log":{}}}"#,
        as_text(&format!(r#"{{"jsonPayload":{{"message":{}}}}}"#, as_text(&event(1, "inbound"))))
    );
    assert_eq!(ids(&shown("carried.json", &twice, false), "/log/jsonPayload/message/data/id"), [1]);
}

//! Progress for programs: NDJSON on stdout, figures at most once a second. The command writes the final summary.
//!
//! The shapes are a promise: fields are added, never renamed. No addresses and no bodies.

use std::io::Write;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::standing::reason_word;
use crate::model::event::{Event, Figures, Reporter, Wait};
use crate::model::finding::Finding;
use crate::model::time;
use crate::report::{redact, redact_key};

/// The least time between two lines with figures, a little under a second so that a tick of one second is kept.
const FIGURES_EVERY: SignedDuration = SignedDuration::from_millis(950);

/// Writes events as lines of JSON.
pub(super) struct JsonReporter {
    out: Box<dyn Write + Send>,
    clock: fn() -> Timestamp,
    last_figures: Option<Timestamp>,
}

/// The fields that every line begins with.
#[derive(Serialize)]
struct Line<'a> {
    v: u8,
    #[serde(rename = "type")]
    kind: &'a str,
    at: Timestamp,
    #[serde(flatten)]
    fields: Value,
}

impl JsonReporter {
    /// Lines on `out`.
    pub(super) fn new(out: Box<dyn Write + Send>) -> Self {
        Self { out, clock: time::now, last_figures: None }
    }

    fn is_too_soon(&mut self, now: Timestamp) -> bool {
        let soon =
            self.last_figures.is_some_and(|last| now >= last && now.duration_since(last) < FIGURES_EVERY);
        if !soon {
            self.last_figures = Some(now);
        }
        soon
    }

    fn write(&mut self, kind: &str, at: Timestamp, fields: Value) {
        let Ok(mut line) = serde_json::to_vec(&Line { v: 1, kind, at, fields }) else { return };
        line.push(b'\n');
        // Whoever read this has gone; the work goes on and its end is in the exit code and the ledger.
        if self.out.write_all(&line).and_then(|()| self.out.flush()).is_err() {
            self.out = Box::new(std::io::sink());
        }
    }
}

impl Reporter for JsonReporter {
    fn on_event(&mut self, event: &Event) {
        let now = (self.clock)();
        let at = now.round(jiff::Unit::Millisecond).unwrap_or(now);
        let is_figures = matches!(
            event,
            Event::Progress { .. } | Event::Reading { .. } | Event::Joining { .. } | Event::Comparing { .. }
        );
        if is_figures && self.is_too_soon(now) {
            return;
        }
        let (kind, fields) = shape(event);
        self.write(kind, at, fields);
    }
}

/// The type of the line and its fields.
fn shape(event: &Event) -> (&'static str, Value) {
    match event {
        Event::Reading { source, bytes_done, bytes_total } => {
            ("reading", json!({"source": source, "bytes_done": bytes_done, "bytes_total": bytes_total}))
        }
        Event::Joining { source, records_done, records_total } => (
            "joining",
            json!({"source": source, "records_done": records_done, "records_total": records_total}),
        ),
        Event::Fetching { files_done, files_total, failed, bytes } => (
            "fetching",
            json!({"files_done": files_done, "files_total": files_total, "failed": failed, "bytes": bytes}),
        ),
        Event::Comparing { calls_done, calls_total, checked, tickets, different } => (
            "comparing",
            json!({"calls_done": calls_done, "calls_total": calls_total, "checked": checked, "tickets": tickets, "different": different}),
        ),
        Event::RunStarted { run, account, figures, resumed } => {
            let mut fields = figures_fields(figures);
            merge(&mut fields, json!({"run": run, "account": account, "resumed": resumed}));
            ("run", fields)
        }
        Event::Progress { run, figures, calls_per_second, eta_seconds, bucket } => {
            let mut fields = figures_fields(figures);
            let bucket = bucket.map(|(used, size)| json!({"used": used, "size": size}));
            let calls_per_second = (calls_per_second * 10.0).round() / 10.0;
            merge(
                &mut fields,
                json!({"run": run, "calls_per_second": calls_per_second, "eta_seconds": eta_seconds, "bucket": bucket}),
            );
            ("progress", fields)
        }
        Event::Waiting { wait, seconds } => ("wait", wait_fields(wait, *seconds)),
        Event::Rejected { finding } => ("record", record_fields(finding)),
        Event::Notice { message } => ("notice", json!({"message": redact(message)})),
        Event::Draining { in_flight } => ("draining", json!({"in_flight": in_flight})),
    }
}

/// The same names as in the summary.
fn figures_fields(figures: &Figures) -> Value {
    let mut fields = json!({
        "tickets": figures.tickets,
        "messages": figures.messages,
        "uploads": figures.uploads,
        "calls": figures.calls,
        "throttled": figures.throttled,
        "could_have_sent": figures.could_have_sent,
    });
    if figures.files.total > 0 {
        merge(&mut fields, json!({"files": figures.files}));
    }
    fields
}

fn wait_fields(wait: &Wait, seconds: u64) -> Value {
    let mut fields = json!({"reason": reason_word(wait), "seconds": seconds});
    if let Wait::Unreachable { error } = wait {
        merge(&mut fields, json!({"error": redact(error)}));
    }
    fields
}

fn record_fields(finding: &Finding) -> Value {
    json!({
        "outcome": "rejected",
        "key": finding.key.as_deref().map(redact_key),
        "code": finding.code,
        "severity": finding.severity(),
        "summary": finding.code.summary(),
        "remedy": finding.code.remedy(),
        "detail": redact(&finding.detail),
        "place": finding.place,
    })
}

fn merge(fields: &mut Value, more: Value) {
    if let (Value::Object(fields), Value::Object(more)) = (fields, more) {
        fields.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::finding::{Code, Place};
    use crate::progress::samples::{self, Shared, progress, reading, started};

    fn reporter(out: &Shared) -> JsonReporter {
        JsonReporter { out: Box::new(out.clone()), clock: samples::start, last_figures: None }
    }

    #[test]
    fn every_event_is_a_line_of_json() {
        let out = Shared::default();
        let mut reporter = reporter(&out);
        let place = Place::new(&"t.json".into(), 4, 9);
        let finding =
            Finding::new(Code::RefusedByGorgias, "zendesk:ticket:7", &place).with_detail("a@b.de is taken");
        let unreachable = Wait::Unreachable { error: "connection reset".into() };
        for event in [
            reading(1, 2),
            started(),
            Event::Waiting { wait: Wait::Throttled, seconds: 7 },
            Event::Waiting { wait: unreachable, seconds: 30 },
            Event::Rejected { finding },
            Event::Notice { message: "line\nbreak".into() },
            Event::Draining { in_flight: 4 },
        ] {
            reporter.on_event(&event);
        }
        insta::assert_snapshot!(out.text(), @r#"
        {"v":1,"type":"reading","at":"2026-03-01T23:12:00Z","bytes_done":1,"bytes_total":2,"source":"zendesk"}
        {"v":1,"type":"run","at":"2026-03-01T23:12:00Z","account":"acme.gorgias.com","calls":41000,"could_have_sent":0,"files":{"done":9884,"total":12040},"messages":{"already":0,"created":124000,"rejected":0},"resumed":false,"run":3,"throttled":0,"tickets":{"already":9,"appended":0,"created":31000,"pending":19198,"rejected":7,"unknown":0},"uploads":9880}
        {"v":1,"type":"wait","at":"2026-03-01T23:12:00Z","reason":"throttled","seconds":7}
        {"v":1,"type":"wait","at":"2026-03-01T23:12:00Z","error":"connection reset","reason":"unreachable","seconds":30}
        {"v":1,"type":"record","at":"2026-03-01T23:12:00Z","code":"GI-U001","detail":"[address] is taken","key":"zendesk:ticket:7","outcome":"rejected","place":{"byte":9,"file":"t.json","line":4},"remedy":"read Gorgias's words in rejects.csv, correct the record or the mapping and run again","severity":"block","summary":"Gorgias refused the record"}
        {"v":1,"type":"notice","at":"2026-03-01T23:12:00Z","message":"line\nbreak"}
        {"v":1,"type":"draining","at":"2026-03-01T23:12:00Z","in_flight":4}
        "#);
    }

    #[test]
    fn figures_come_once_a_second_and_words_always() {
        let out = Shared::default();
        let mut reporter = reporter(&out);
        for second in 0..5 {
            reporter.on_event(&progress(second));
            reporter.on_event(&Event::Notice { message: second.to_string() });
        }
        let text = out.text();
        let kinds: Vec<&str> =
            text.lines().map(|line| if line.contains("\"progress\"") { "p" } else { "n" }).collect();
        assert_eq!(kinds.concat(), "pnnnnn");
        insta::assert_snapshot!(text.lines().next().unwrap(), @r#"{"v":1,"type":"progress","at":"2026-03-01T23:12:00Z","bucket":{"size":40,"used":36},"calls":41000,"calls_per_second":2.0,"could_have_sent":0,"eta_seconds":9599,"files":{"done":9884,"total":12040},"messages":{"already":0,"created":124000,"rejected":0},"run":3,"throttled":0,"tickets":{"already":9,"appended":0,"created":31000,"pending":19198,"rejected":7,"unknown":0},"uploads":9880}"#);
    }

    #[test]
    fn a_reader_that_has_gone_does_not_end_the_work() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut reporter = JsonReporter::new(Box::new(Closed));
        reporter.on_event(&started());
        reporter.on_event(&Event::Notice { message: "still here".into() });
        assert!(reporter.out.write_all(b"x").is_ok(), "replaced by a sink");
    }
}

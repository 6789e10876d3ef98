//! The real reading of a folder, and what came of it as plain values.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64};

use gorgias_import::model::finding::Finding;
use gorgias_import::model::key::SourceName;
use gorgias_import::source::{
    self, Grouping, ReadContext, Record, SourceError, SourceKind, SourceSpec, UnpackLimits,
};
use serde_json::Value;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Conversations by key, as JSON, without their place in the files.
    pub(crate) conversations: BTreeMap<String, Value>,
    /// What was left out on purpose: code and key of each.
    pub(crate) left_out: Vec<(String, Option<String>)>,
    /// What should not have happened, in words.
    pub(crate) trouble: Vec<String>,
    /// Remarks and findings by code.
    pub(crate) findings: BTreeMap<String, u64>,
}

/// A source of files in `folder`.
pub(crate) fn spec(kind: SourceKind, folder: &Path) -> SourceSpec {
    let name = if kind == SourceKind::Zendesk { "zendesk" } else { "aircall" };
    SourceSpec {
        name: SourceName::new(name).unwrap(),
        kind,
        paths: vec![folder.to_owned()],
        timezone: None,
        date_order: None,
        grouping: Grouping::Call,
        columns: BTreeMap::new(),
        include_internal: false,
        limits: UnpackLimits::default(),
        person_notes: false,
    }
}

impl Reading {
    /// Reads everything of `spec`, once if that will do, as the program does.
    pub(crate) fn of(spec: &SourceSpec) -> Self {
        Self::with(spec, true)
            .or_else(|| Self::with(spec, false))
            .expect("a second reading does not start over")
    }

    fn with(spec: &SourceSpec, may_start_over: bool) -> Option<Self> {
        let temp = tempfile::tempdir().unwrap();
        let context = ReadContext {
            now: "2026-02-01T00:00:00Z".parse().unwrap(),
            bytes_done: &AtomicU64::new(0),
            stop: &AtomicBool::new(false),
            temp_dir: temp.path(),
            may_start_over,
            joining: None,
            needs_text: None,
        };
        let mut reading = Self::default();
        let read = source::read(spec, &context, &mut |record| {
            reading.take(record);
            ControlFlow::Continue(())
        });
        match read {
            Err(SourceError::StartOver) => None,
            read => read.map(|_| reading).map(Some).unwrap(),
        }
    }

    fn take(&mut self, record: Record) {
        let tell = |what: &str, finding: &Finding| {
            format!("{what} {} {:?} {:?} {}", finding.code, finding.key, finding.place, finding.detail)
        };
        match record {
            Record::Conversation { conversation, findings, rejected_messages } => {
                let mut value = serde_json::to_value(&conversation).unwrap();
                value.as_object_mut().unwrap().remove("place");
                let key = conversation.key.to_string();
                if self.conversations.insert(key.clone(), value).is_some() {
                    self.trouble.push(format!("{key} came twice"));
                }
                self.trouble
                    .extend(rejected_messages.iter().map(|finding| tell("rejected message", finding)));
                for finding in &findings {
                    self.count(finding);
                }
            }
            Record::Rejected(finding) => self.trouble.push(tell("rejected", &finding)),
            Record::Unreadable(finding) => self.trouble.push(tell("unreadable", &finding)),
            Record::LeftOut(finding) => self.left_out.push((finding.code.to_string(), finding.key)),
            Record::Remark(finding) => self.count(&finding),
            Record::Noted(_) => {}
        }
    }

    fn count(&mut self, finding: &Finding) {
        *self.findings.entry(finding.code.to_string()).or_default() += 1;
    }
}

/// The first differences between two values, as paths with both sides.
pub(crate) fn differences(path: &str, left: &Value, right: &Value, found: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let (left, right) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differences(&format!("{path}.{key}"), left, right, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (left, right)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}[{at}]"), left, right, found);
            }
        }
        _ if left == right => {}
        _ => found.push(format!("{path}: {} ≠ {}", short(left), short(right))),
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(160).collect()
}

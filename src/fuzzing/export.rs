//! Whole exports of one file, read as any command reads them.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::Timestamp;

use super::folder;
use crate::model::conversation::Conversation;
use crate::model::finding::{Finding, Severity};
use crate::model::key::SourceName;
use crate::source::{self, DateOrder, ReadContext, Record, SourceKind, SourceSpec};

/// Longest detail of a finding: it is about a record and does not hold it.
const DETAIL_BYTES_MAX: usize = 4096;

/// An id that a corpus has no reason to hold.
const WITNESS: &str = "990000000000";

/// Lines of JSON between two good ones, which must survive whatever stands between them.
pub(super) fn zendesk_lines(bytes: &[u8]) {
    let good = |digit: u8| {
        format!(
            r#"{{"id":{WITNESS}{digit},"requester_id":1,"subject":"s","created_at":"2024-01-01T00:00:00Z","comments":[{{"id":{WITNESS}{digit},"author_id":1,"body":"text","public":true,"created_at":"2024-01-01T00:00:00Z"}}]}}"#
        )
    };
    let line: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\n').collect();
    let whole = [good(1).as_bytes(), &line, good(2).as_bytes(), b""].join(&b'\n');
    let told = read_twice(SourceKind::Zendesk, "export.json", &whole);
    for digit in [1, 2] {
        assert!(told.contains(&format!("zendesk:ticket:{WITNESS}{digit}")), "a good line is lost");
    }
    zendesk_json(bytes);
}

pub(super) fn zendesk_json(bytes: &[u8]) {
    read_twice(SourceKind::Zendesk, "export.json", bytes);
}

pub(super) fn zendesk_xml(bytes: &[u8]) {
    read_twice(SourceKind::Zendesk, "tickets.xml", bytes);
}

pub(super) fn zendesk_csv(bytes: &[u8]) {
    read_twice(SourceKind::Zendesk, "tickets.csv", bytes);
}

pub(super) fn aircall_csv(bytes: &[u8]) {
    read_twice(SourceKind::Aircall, "calls_history.csv", bytes);
}

pub(super) fn aircall_json(bytes: &[u8]) {
    read_twice(SourceKind::Aircall, "calls.json", bytes);
}

/// An archive, or anything else whose kind the first bytes say.
pub(super) fn archive(bytes: &[u8]) {
    read_twice(SourceKind::Zendesk, "export.zip", bytes);
}

/// Reads the file, checks what must hold, and reads it again. Returns the records in short.
fn read_twice(kind: SourceKind, name: &str, bytes: &[u8]) -> String {
    let path = folder().join(name);
    std::fs::write(&path, bytes).expect("a file in a folder of ours");
    let first = read(kind, path.clone());
    assert_eq!(first, read(kind, path), "the second reading gave something else");
    first
}

fn read(kind: SourceKind, path: PathBuf) -> String {
    let now: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a time");
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let temp_dir = path.parent().unwrap_or(Path::new(".")).join("join");
    std::fs::create_dir_all(&temp_dir).expect("a folder in a folder of ours");
    let context = ReadContext {
        now,
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: &temp_dir,
        may_start_over: false,
        joining: None,
        needs_text: None,
    };
    let mut checks = Checks { now, conversations: HashSet::new(), told: String::new() };
    let facts = source::read(&spec(kind, path), &context, &mut |record| {
        checks.record(&record);
        ControlFlow::Continue(())
    });
    let facts = facts.expect("a file that is there is read, whatever is in it");
    assert_eq!(bytes_done.load(Ordering::Relaxed), facts.bytes, "progress ends at the end");
    checks.told
}

struct Checks {
    now: Timestamp,
    conversations: HashSet<String>,
    told: String,
}

impl Checks {
    fn record(&mut self, record: &Record) {
        match record {
            Record::Conversation { conversation, findings, rejected_messages } => {
                self.conversation(conversation);
                let key = Some(conversation.key.to_string());
                let blocking = findings
                    .iter()
                    .any(|finding| finding.severity() == Severity::Block && finding.key == key);
                assert!(!blocking, "a conversation that is blocked is given all the same");
                findings.iter().chain(rejected_messages).for_each(finding);
                let blocked = rejected_messages.iter().all(blocks);
                assert!(blocked, "a message is rejected without a blocking finding");
            }
            Record::Rejected(rejected) => {
                finding(rejected);
                assert!(blocks(rejected), "rejected without a blocking finding");
            }
            Record::LeftOut(told) | Record::Unreadable(told) | Record::Remark(told) => finding(told),
            Record::Noted(_) => {}
        }
        // A writer of strings does not fail.
        if writeln!(self.told, "{record:?}").is_err() {
            self.told.clear();
        }
    }

    fn conversation(&mut self, conversation: &Conversation) {
        assert!(self.conversations.insert(conversation.key.to_string()), "a ticket came twice");
        assert!(!conversation.messages.is_empty(), "a conversation without messages");
        let mut keys = HashSet::new();
        for message in &conversation.messages {
            assert!(keys.insert(&message.key), "two messages with one key");
            assert!(message.sent_at.timestamp() < self.now, "a message that is not of the past");
        }
        let in_order = conversation.messages.windows(2).all(|pair| pair[0].sent_at <= pair[1].sent_at);
        assert!(in_order, "messages out of order");
    }
}

fn blocks(finding: &Finding) -> bool {
    finding.severity() == Severity::Block
}

fn finding(finding: &Finding) {
    assert!(finding.detail.len() <= DETAIL_BYTES_MAX, "a finding that holds a whole record");
    assert!(!finding.detail.chars().any(char::is_control), "a control character in a finding's detail");
    if let Some(place) = &finding.place {
        assert!(place.line != Some(0), "lines are counted from 1");
    }
}

fn spec(kind: SourceKind, path: PathBuf) -> SourceSpec {
    let name = match kind {
        SourceKind::Zendesk => "zendesk",
        SourceKind::Aircall => "aircall",
    };
    SourceSpec {
        name: SourceName::new(name).expect("a name"),
        kind,
        paths: vec![path],
        timezone: Some("Europe/Paris".to_owned()),
        date_order: (kind == SourceKind::Aircall).then_some(DateOrder::Dmy),
        grouping: source::Grouping::Call,
        columns: std::collections::BTreeMap::new(),
        include_internal: true,
        limits: source::UnpackLimits::default(),
        person_notes: false,
    }
}

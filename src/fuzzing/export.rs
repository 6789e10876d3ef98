//! Whole exports of one file, read as any command reads them.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::Timestamp;

use super::folder;
use crate::model::conversation::Conversation;
use crate::model::finding::{Finding, Place, Severity};
use crate::model::key::SourceName;
use crate::source::{self, DateOrder, ReadContext, Record, SourceError, SourceKind, SourceSpec, detect};

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

/// Between the users and the tickets of [`zendesk_once`].
const CUT: &[u8] = b"\n--\n";

/// Users and tickets in a file each, which may be read once: then that tells what reading twice tells.
pub(super) fn zendesk_once(bytes: &[u8]) {
    let user = br#"{"id":1,"name":"Kim","email":"kim@example.com","role":"end-user"}"#.as_slice();
    let (users, tickets) = match memchr::memmem::find(bytes, CUT) {
        Some(at) => (&bytes[..at], &bytes[at + CUT.len()..]),
        None => (user, bytes),
    };
    let path = folder().join("once");
    std::fs::create_dir_all(&path).expect("a folder in a folder of ours");
    for (name, bytes) in [("users.json", users), ("tickets.json", tickets)] {
        std::fs::write(path.join(name), bytes).expect("a file in a folder of ours");
    }
    let sorted = |told: &str| {
        let mut lines: Vec<String> = told.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    if let Some(once) = read(SourceKind::Zendesk, path.clone(), true) {
        let twice = read(SourceKind::Zendesk, path, false).expect("reading twice needs no other reading");
        assert_eq!(sorted(&once), sorted(&twice), "what is read once is something else");
    }
}

/// Which product a file comes from: the same each time, whatever is in it.
pub(super) fn detection(bytes: &[u8]) {
    let path = folder().join("found");
    std::fs::write(&path, bytes).expect("a file in a folder of ours");
    let look = || {
        let found = detect::detect(std::slice::from_ref(&path));
        format!("{:?}", found.expect("a file that is there is looked at, whatever is in it"))
    };
    assert_eq!(look(), look(), "a second look sees something else");
}

/// The record at a place, which is the first two bytes, for people to see: whatever is there by now.
pub(super) fn record_places(bytes: &[u8]) {
    let Some(([line, byte], rest)) = bytes.split_first_chunk::<2>().map(|(place, rest)| (*place, rest))
    else {
        return;
    };
    for (kind, name) in [(SourceKind::Zendesk, "place.json"), (SourceKind::Aircall, "place.csv")] {
        let path = folder().join(name);
        std::fs::write(&path, rest).expect("a file in a folder of ours");
        let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        let temp_dir = join_folder(&path);
        let context = context((&bytes_done, &stop), &temp_dir, false);
        let place = Place::new(&path.display().to_string().into(), u64::from(line), u64::from(byte));
        let found = source::record_at(&[spec(kind, path)], &place, &context);
        let found = found.expect("a file that is there is read, whatever is in it");
        drop(found.map(|record| record.text()));
    }
}

/// Reads the file, checks what must hold, and reads it again. Returns the records in short.
fn read_twice(kind: SourceKind, name: &str, bytes: &[u8]) -> String {
    let path = folder().join(name);
    std::fs::write(&path, bytes).expect("a file in a folder of ours");
    let first = read(kind, path.clone(), false).expect("reading twice needs no other reading");
    assert_eq!(Some(&first), read(kind, path, false).as_ref(), "the second reading gave something else");
    first
}

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}

/// A folder beside `path`, for what is joined.
fn join_folder(path: &Path) -> PathBuf {
    let temp_dir = path.parent().unwrap_or(Path::new(".")).join("join");
    std::fs::create_dir_all(&temp_dir).expect("a folder in a folder of ours");
    temp_dir
}

fn context<'a>(
    (bytes_done, stop): (&'a AtomicU64, &'a AtomicBool),
    temp_dir: &'a Path,
    may_start_over: bool,
) -> ReadContext<'a> {
    ReadContext { now: now(), bytes_done, stop, temp_dir, may_start_over, joining: None, needs_text: None }
}

/// What is told of a file or folder; nothing if it would have to be read twice.
fn read(kind: SourceKind, path: PathBuf, may_start_over: bool) -> Option<String> {
    let now = now();
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let temp_dir = join_folder(&path);
    let context = context((&bytes_done, &stop), &temp_dir, may_start_over);
    let mut checks = Checks { now, conversations: HashSet::new(), told: String::new() };
    let facts = source::read(&spec(kind, path), &context, &mut |record| {
        checks.record(&record);
        ControlFlow::Continue(())
    });
    if may_start_over && matches!(facts, Err(SourceError::StartOver)) {
        return None;
    }
    let facts = facts.expect("a file that is there is read, whatever is in it");
    assert_eq!(bytes_done.load(Ordering::Relaxed), facts.bytes, "progress ends at the end");
    Some(checks.told)
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

//! Whole exports, written into a folder and read back: the samples, the odd, and the hostile.

mod accompanying;
mod accounts;
mod addresses;
mod batches;
mod careful;
mod chats;
mod contradictions;
mod deletions;
mod forms;
mod hostile;
mod layouts;
mod messaging;
mod once;
mod pages;
mod properties;
mod samples;
mod tickets;
mod ways;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::model::body::Body;
use crate::model::conversation::{Conversation, Message};
use crate::model::finding::{Code, Finding};
use crate::model::key::SourceName;
use crate::source::{
    Grouping, NeedsText, ReadContext, Record, SourceError, SourceFacts, SourceKind, SourceSpec,
};

/// Everything that came of reading.
#[derive(Clone, Debug)]
struct Export {
    conversations: Vec<Conversation>,
    findings: Vec<Finding>,
    rejected_messages: Vec<Finding>,
    rejected: Vec<Finding>,
    left_out: Vec<Finding>,
    unreadable: Vec<Finding>,
    remarks: Vec<Finding>,
    facts: SourceFacts,
}

fn spec(path: &Path) -> SourceSpec {
    SourceSpec {
        name: SourceName::new("zendesk").unwrap(),
        kind: SourceKind::Zendesk,
        paths: vec![path.to_owned()],
        timezone: None,
        date_order: None,
        grouping: Grouping::Call,
        columns: std::collections::BTreeMap::new(),
        include_internal: true,
        limits: crate::source::UnpackLimits::default(),
        person_notes: false,
    }
}

/// Reads what lies at `path`.
fn read(path: &Path) -> Export {
    read_as(&spec(path))
}

/// Reads a source twice over, and once where that can be done, which must give the same.
fn read_as(spec: &SourceSpec) -> Export {
    let twice = read_with(spec, false, None).unwrap();
    match read_with(spec, true, None) {
        Ok(once) => assert_eq!(once.sorted(), twice.sorted(), "read once and read twice"),
        Err(error) => assert!(matches!(error, SourceError::StartOver), "{error}"),
    }
    let skimmed = read_with(spec, false, Some(|html| html.contains("<b"))).unwrap();
    assert_eq!(
        skimmed.without_texts().sorted(),
        twice.clone().without_texts().sorted(),
        "read without texts"
    );
    twice
}

/// True if a source can be read once.
fn is_read_once(spec: &SourceSpec) -> bool {
    let (bytes_done, stop, temp) = (AtomicU64::new(0), AtomicBool::new(false), tempfile::tempdir().unwrap());
    let (bytes_done, stop, temp_dir) = (&bytes_done, &stop, temp.path());
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let context = ReadContext {
        now,
        bytes_done,
        stop,
        temp_dir,
        may_start_over: true,
        joining: None,
        needs_text: None,
    };
    let files = crate::source::input::entries(spec).unwrap();
    let has_order = super::once::Order::of(&files, &context).unwrap().is_some();
    has_order && read_with(spec, true, None).is_ok()
}

fn read_with(
    spec: &SourceSpec,
    may_start_over: bool,
    needs_text: Option<NeedsText>,
) -> Result<Export, SourceError> {
    let (bytes_done, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let temp = tempfile::tempdir().unwrap();
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    let context = ReadContext {
        now,
        bytes_done: &bytes_done,
        stop: &stop,
        temp_dir: temp.path(),
        may_start_over,
        joining: None,
        needs_text,
    };
    let mut export = Export {
        conversations: Vec::new(),
        findings: Vec::new(),
        rejected_messages: Vec::new(),
        rejected: Vec::new(),
        left_out: Vec::new(),
        unreadable: Vec::new(),
        remarks: Vec::new(),
        facts: SourceFacts::default(),
    };
    let facts = super::read(spec, &context, &mut |record| {
        match record {
            Record::Conversation { conversation, findings, rejected_messages } => {
                export.conversations.push(*conversation);
                export.findings.extend(findings);
                export.rejected_messages.extend(rejected_messages);
            }
            Record::Rejected(finding) => export.rejected.push(finding),
            Record::LeftOut(finding) => export.left_out.push(finding),
            Record::Unreadable(finding) => export.unreadable.push(finding),
            Record::Remark(finding) => export.remarks.push(finding),
            Record::Noted(_) => {}
        }
        ControlFlow::Continue(())
    });
    assert_eq!(std::fs::read_dir(temp.path()).unwrap().count(), 0, "nothing is left behind");
    export.facts = facts?;
    assert_eq!(bytes_done.load(Ordering::Relaxed), export.facts.bytes, "progress ends at the end");
    for conversation in &export.conversations {
        assert!(!conversation.messages.is_empty());
        assert!(conversation.messages.windows(2).all(|pair| pair[0].sent_at <= pair[1].sent_at));
    }
    Ok(export)
}

/// Reads files given by name and content.
fn read_files<B: AsRef<[u8]>>(files: &[(&str, B)]) -> Export {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    read(folder.path())
}

/// Reads one file of lines.
fn read_lines(lines: &[&str]) -> Export {
    read_files(&[("export.json", lines.join("\n"))])
}

impl Export {
    /// All of it as lines in an order that does not depend on that of reading.
    fn sorted(&self) -> Vec<String> {
        let lines = |name: &str, list: &[Finding]| -> Vec<String> {
            list.iter().map(|finding| format!("{name} {finding:?}")).collect()
        };
        let conversations =
            self.conversations.iter().map(|one| format!("{}", serde_json::to_value(one).unwrap()));
        let mut all: Vec<String> = conversations
            .chain(lines("finding", &self.findings))
            .chain(lines("message", &self.rejected_messages))
            .chain(lines("rejected", &self.rejected))
            .chain(lines("left out", &self.left_out))
            .chain(lines("unreadable", &self.unreadable))
            .chain(lines("remark", &self.remarks))
            .collect();
        all.sort_unstable();
        all.push(format!("{:?}", self.facts));
        all
    }

    /// The same as if no text had been read.
    fn without_texts(mut self) -> Self {
        for message in self.conversations.iter_mut().flat_map(|one| &mut one.messages) {
            message.body = Body::unread();
        }
        self
    }

    fn ticket(&self, id: i64) -> &Conversation {
        let key = format!("zendesk:ticket:{id}");
        self.conversations
            .iter()
            .find(|one| one.key.as_str() == key)
            .unwrap_or_else(|| panic!("{key} is missing"))
    }

    fn codes(findings: &[Finding]) -> Vec<Code> {
        findings.iter().map(|finding| finding.code).collect()
    }

    fn has(&self, code: Code) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }
}

/// A message in short: key, side, channel, author, text.
fn short(message: &Message) -> (String, String, &'static str, String, String) {
    (
        message.key.id().to_owned(),
        format!("{:?}", message.side),
        message.channel.as_str(),
        message.author.key.id().to_owned(),
        message.body.text().unwrap_or_default().to_owned(),
    )
}

fn shorts(conversation: &Conversation) -> Vec<(String, String, &'static str, String, String)> {
    conversation.messages.iter().map(short).collect()
}

/// A conversation, message by message: time, side, medium, author, key, text.
fn told(conversation: &Conversation) -> Vec<String> {
    let line = |message: &Message| {
        let (key, side, channel, author, text) = short(message);
        let files: Vec<&str> = message.attachments.iter().map(|file| file.name.as_str()).collect();
        let files = if files.is_empty() { String::new() } else { format!(" [{}]", files.join("] [")) };
        let text = text.replace('\n', "|");
        format!("{} {side} {channel} {author} {key}: {text}{files}", message.sent_at.timestamp())
    };
    conversation.messages.iter().map(line).collect()
}

/// The users of most tests: 9001 writes to the help desk, 7001 works there.
const USERS: &str = r#"{"users":[{"id":9001,"name":"Kim","email":"kim@example.com","role":"end-user","active":true},
    {"id":7001,"name":"Alex","email":"alex@acme.example","role":"agent","active":true}],"count":2,"next_page":null}"#;

//! The few threads that stand out, kept while all are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::model::conversation::Conversation;
use crate::model::finding::{Code, Finding, Severity};
use crate::report::redact_key;

/// Threads kept of each sort: enough to look at, few enough to do it.
const KEPT: usize = 10;

/// Codes named of a thread.
const CODES_MAX: usize = 8;

/// A thread that stands out. No subject and no text: its key and its place lead to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Thread {
    /// Key of its ticket.
    pub key: String,
    /// File as named on the command line; entries of archives as `tickets.zip!export_1.json`.
    pub file: String,
    /// Line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u64>,
    /// Messages.
    pub messages: u64,
    /// Files of its messages.
    pub files: u64,
    /// Whole days from its first to its last message.
    pub days: u64,
    /// Findings about it.
    pub findings: u64,
    /// Their codes, the worst first.
    pub codes: Vec<Code>,
}

/// How much a thread stands out; none at zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Weight(u64);

impl Weight {
    /// By its messages.
    pub(super) fn of_length(conversation: &Conversation) -> Self {
        Self(conversation.messages.len() as u64)
    }

    /// By what there is to say: a message that is lost weighs more than one that changed, and that more than a remark.
    /// Remarks alone make no thread ugly: some of them are said of every ticket.
    pub(super) fn of_findings(findings: &[Finding], rejected: &[Finding]) -> Self {
        let weight = |finding: &Finding| match finding.severity() {
            Severity::Block => 100,
            Severity::Warn => 10,
            Severity::Info => 1,
        };
        let weight = findings.iter().map(weight).sum::<u64>() + rejected.len() as u64 * 100;
        let is_ugly =
            !rejected.is_empty() || findings.iter().any(|finding| finding.severity() != Severity::Info);
        Self(if is_ugly { weight } else { 0 })
    }
}

/// Keeps the heaviest threads; of equal ones the first that came.
#[derive(Default)]
pub(super) struct Keeper {
    /// The least heavy one is on top.
    heap: BinaryHeap<Reverse<(Weight, Reverse<u64>, Thread)>>,
    offered: u64,
}

impl Keeper {
    pub(super) fn offer(
        &mut self,
        weight: Weight,
        conversation: &Conversation,
        findings: &[Finding],
        rejected: &[Finding],
    ) {
        self.offered += 1;
        let least = self.heap.peek().filter(|_| self.heap.len() >= KEPT);
        // Most threads end here, before anything is allocated for them.
        if weight.0 == 0 || least.is_some_and(|Reverse((least, ..))| *least >= weight) {
            return;
        }
        let thread = thread(conversation, findings, rejected);
        self.heap.push(Reverse((weight, Reverse(self.offered), thread)));
        if self.heap.len() > KEPT {
            self.heap.pop();
        }
    }

    /// The heaviest first.
    pub(super) fn list(&self) -> Vec<Thread> {
        let mut kept: Vec<_> = self.heap.iter().map(|Reverse(entry)| entry).collect();
        kept.sort_by(|one, other| other.cmp(one));
        kept.into_iter().map(|(_, _, thread)| thread.clone()).collect()
    }
}

fn thread(conversation: &Conversation, findings: &[Finding], rejected: &[Finding]) -> Thread {
    let sent = || conversation.messages.iter().map(|message| message.sent_at.timestamp());
    let seconds = match (sent().min(), sent().max()) {
        (Some(first), Some(last)) => last.duration_since(first).as_secs(),
        _ => 0,
    };
    let mut codes: Vec<Code> = rejected.iter().chain(findings).map(|finding| finding.code).collect();
    codes.sort_by_key(|code| (code.severity(), *code));
    codes.dedup();
    codes.truncate(CODES_MAX);
    Thread {
        key: redact_key(conversation.key.as_str()).into_owned(),
        file: conversation.place.file.to_string(),
        line: conversation.place.line,
        messages: conversation.messages.len() as u64,
        files: conversation.messages.iter().map(|message| message.attachments.len() as u64).sum(),
        days: seconds.unsigned_abs() / 86_400,
        findings: (findings.len() + rejected.len()) as u64,
        codes,
    }
}

impl Thread {
    /// The place in words: `tickets.zip!export_1.json, line 4`.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}, line {line}", self.file),
            None => self.file.clone(),
        }
    }
}

//! Counts what reading an export gave, record by record, in memory that does not grow with the export.
//!
//! Invariants: every record is counted in exactly one class, every message by one side and one channel, and every
//! record that is not imported leaves a finding. [`Validation::balance`] checks them against a separate count.

use std::collections::HashSet;
use std::io;

use super::calls::{CallPlan, Calls, Pace};
use super::document::{SourceReport, Totals, VERSION, ValidationDocument};
use super::error::ReportError;
use super::findings::FindingsByCode;
use super::overview::{Decided, Gathering};
use crate::model::conversation::{Conversation, FileKind, Side};
use crate::model::finding::{Code, Finding, Severity};
use crate::model::key::SourceName;
use crate::source::{Record, SourceFacts, SourceSpec};

/// Takes every finding as it comes; the files of a run are written this way.
pub trait FindingSink {
    /// Writes one finding.
    fn finding(&mut self, finding: &Finding) -> io::Result<()>;
    /// Makes what was written durable enough to be read by others.
    fn finish(&mut self) -> io::Result<()>;
}

/// The counts do not add up: a bug, and the report must not be believed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the counts of {subject} do not add up: {what}, {left} against {right}; please report this")]
pub struct Imbalance {
    /// The source, or `all sources`.
    pub subject: String,
    /// Which two counts.
    pub what: &'static str,
    /// The one.
    pub left: u64,
    /// The other.
    pub right: u64,
}

/// What reading has given so far.
#[derive(Default)]
pub struct Validation {
    sources: Vec<Counted>,
    findings: FindingsByCode,
    overview: Gathering,
    /// Rejections whose own code is not a blocking one; they block all the same.
    mislabelled: u64,
    sinks: Vec<Box<dyn FindingSink + Send>>,
    sink_error: Option<io::Error>,
}

/// A source and the separate count of its records.
struct Counted {
    report: SourceReport,
    records: u64,
}

impl Validation {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with a place that every finding is written to at once.
    #[must_use]
    pub fn with_sink(mut self, sink: Box<dyn FindingSink + Send>) -> Self {
        self.sinks.push(sink);
        self
    }

    /// The same, knowing whom the table of people decides about.
    #[must_use]
    pub fn with_decided(mut self, decided: Decided) -> Self {
        self.overview.decide(decided);
        self
    }

    /// Counts one record of `source`.
    pub fn observe(&mut self, source: &SourceName, record: &Record) {
        match record {
            Record::Conversation { conversation, findings, rejected_messages } => {
                let entry = self.record(source);
                entry.rejected_messages += rejected_messages.len() as u64;
                count_conversation(entry, conversation);
                self.overview.observe(conversation, findings, rejected_messages);
                for finding in rejected_messages {
                    self.reject(finding);
                }
                self.findings_of(conversation, findings);
            }
            Record::Rejected(finding) => {
                self.record(source).rejected += 1;
                self.reject(finding);
            }
            Record::LeftOut(finding) => {
                self.record(source).left_out += 1;
                self.keep(finding);
            }
            Record::Unreadable(finding) => {
                self.record(source).unreadable += 1;
                self.keep(finding);
            }
            Record::Remark(finding) => {
                // The source is listed even where remarks are all there is.
                self.source(source);
                self.remark(finding);
            }
            Record::Noted(_) => {}
        }
        debug_assert_eq!(self.balance(), Ok(()));
    }

    /// Counts a record that the selection on the command line passes over.
    pub fn pass_over(&mut self, source: &SourceName) {
        self.record(source).not_selected += 1;
    }

    /// Takes a finding that is about no record of a source (a file, a person, the mapping), counted once however
    /// often it is said.
    pub fn remark(&mut self, finding: &Finding) {
        self.findings.add_once(finding);
        self.stream(finding);
    }

    /// Takes over what is known of a source after it was read.
    pub fn source_finished(&mut self, spec: &SourceSpec, facts: &SourceFacts) {
        let report = &mut self.source(&spec.name).report;
        report.kind = Some(spec.kind);
        report.files = facts.files;
        report.bytes = facts.bytes;
        report.people = facts.people;
        self.overview.source_finished(spec, facts);
    }

    /// Records and messages that cannot be imported, and findings of the same weight about files. `validate` ends
    /// with exit code 6 unless this is zero.
    pub fn blocking(&self) -> u64 {
        self.findings.blocking() + self.mislabelled
    }

    /// Checks that every record, message and finding is accounted for.
    pub fn balance(&self) -> Result<(), Imbalance> {
        self.sources.iter().try_for_each(Counted::balance)?;
        let totals = Totals::of(self.sources.iter().map(|source| &source.report));
        let told = self.findings.told();
        let missing = totals.rejected + totals.rejected_messages + totals.left_out + totals.unreadable;
        if told < missing {
            let what = "findings and records that were not imported";
            return Err(Imbalance { subject: "all sources".into(), what, left: told, right: missing });
        }
        Ok(())
    }

    /// Ends the count: adds the finding for an empty input, checks the balance and the files written, and gives the
    /// document.
    pub fn finish(&mut self, plan: &CallPlan, pace: Pace) -> Result<ValidationDocument, ReportError> {
        let totals = Totals::of(self.sources.iter().map(|source| &source.report));
        if totals.tickets == 0 && totals.rejected + totals.not_selected == 0 {
            self.remark(&Finding::general(Code::NothingFound));
        }
        for sink in &mut self.sinks {
            if let Err(error) = sink.finish() {
                self.sink_error.get_or_insert(error);
            }
        }
        if let Some(error) = self.sink_error.take() {
            return Err(ReportError::Findings(error));
        }
        self.balance()?;
        if plan.tickets > totals.tickets {
            let what = "tickets planned and tickets that can be imported";
            let subject = "the plan of calls".into();
            return Err(Imbalance { subject, what, left: plan.tickets, right: totals.tickets }.into());
        }
        Ok(self.document(plan, pace))
    }

    /// The document as it stands.
    pub fn document(&self, plan: &CallPlan, pace: Pace) -> ValidationDocument {
        let sources: Vec<SourceReport> = self.sources.iter().map(|source| source.report.clone()).collect();
        let findings = self.findings.sorted();
        ValidationDocument {
            v: VERSION,
            kind: "validation".to_owned(),
            totals: Totals::of(&sources),
            sources,
            overview: self.overview.overview(&findings),
            findings,
            calls: Calls::from(plan),
            files: None,
            needs: None,
            eta_seconds: pace.seconds(plan.planned()),
            ledger: None,
            schedule: None,
        }
    }

    fn source(&mut self, name: &SourceName) -> &mut Counted {
        let at = self.sources.iter().position(|source| source.report.name == *name).unwrap_or_else(|| {
            self.sources.push(Counted { report: SourceReport::empty(name), records: 0 });
            self.sources.len() - 1
        });
        &mut self.sources[at]
    }

    fn record(&mut self, name: &SourceName) -> &mut SourceReport {
        let source = self.source(name);
        source.records += 1;
        &mut source.report
    }

    fn reject(&mut self, finding: &Finding) {
        self.mislabelled += u64::from(finding.severity() != Severity::Block);
        self.keep(finding);
    }

    fn keep(&mut self, finding: &Finding) {
        self.findings.add(finding);
        self.stream(finding);
    }

    fn findings_of(&mut self, conversation: &Conversation, findings: &[Finding]) {
        let mut said = HashSet::new();
        for finding in findings {
            let key = finding.key.as_deref();
            let own = key.is_none_or(|key| {
                key == conversation.key.as_str()
                    || conversation.messages.iter().any(|m| m.key.as_str() == key)
            });
            // Of its own records each is met here only, so remembering them beyond this ticket is not needed.
            if !own {
                self.findings.add_once(finding);
            } else if findings.len() == 1 || said.insert((finding.code, key)) {
                self.findings.add(finding);
            }
            self.stream(finding);
        }
    }

    fn stream(&mut self, finding: &Finding) {
        for sink in &mut self.sinks {
            if self.sink_error.is_none() {
                self.sink_error = sink.finding(finding).err();
            }
        }
    }
}

impl Counted {
    fn balance(&self) -> Result<(), Imbalance> {
        let report = &self.report;
        let classes =
            report.tickets + report.rejected + report.left_out + report.unreadable + report.not_selected;
        let by_channel = report.channels.values().sum();
        for (what, left, right) in [
            ("records and their classes", self.records, classes),
            ("messages and their sides", report.messages, report.sides.total()),
            ("messages and their channels", report.messages, by_channel),
        ] {
            if left != right {
                return Err(Imbalance { subject: report.name.to_string(), what, left, right });
            }
        }
        Ok(())
    }
}

fn count_conversation(report: &mut SourceReport, conversation: &Conversation) {
    report.tickets += 1;
    report.messages += conversation.messages.len() as u64;
    for message in &conversation.messages {
        match message.side {
            Side::Customer => report.sides.customer += 1,
            Side::Agent => report.sides.agent += 1,
            Side::Note => report.sides.note += 1,
        }
        // Looked up before it is inserted, so that a name is allocated once a channel and not once a message.
        match report.channels.get_mut(message.channel.as_str()) {
            Some(number) => *number += 1,
            None => drop(report.channels.insert(message.channel.as_str().to_owned(), 1)),
        }
        for file in &message.attachments {
            match file.kind {
                FileKind::Attachment => report.attachments += 1,
                FileKind::InlineImage => report.inline_images += 1,
                FileKind::Recording => report.recordings += 1,
                // They are no files any more; findings count them.
                FileKind::Deleted | FileKind::Absent => {}
            }
        }
        let sent = message.sent_at.timestamp();
        report.first = Some(report.first.map_or(sent, |first| first.min(sent)));
        report.last = Some(report.last.map_or(sent, |last| last.max(sent)));
    }
}

#[cfg(test)]
mod tests;

//! The certificate of a run: what was promised, what was measured, and how to go on. Made of values that others read
//! from the ledger and from the files of the run.

mod html;
mod promises;
mod runbook;
mod text;
mod verdict;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use jiff::{Timestamp, Zoned};
use serde::Serialize;
use serde_json::Value;

pub(in crate::report) use html::certificate_page;
pub use runbook::Measured;
use runbook::Runbook;
pub use text::certificate_text;
pub use verdict::Verdict;

use super::document::ValidationDocument;

/// What stands in the place of a name that is not to be told.
const HIDDEN: &str = "[redacted]";

/// The certificate; `report --json` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    /// Whether names were taken out.
    pub redacted: bool,
    /// When it was written.
    pub generated: Timestamp,
    /// The program's version.
    pub version: &'static str,
    /// The account's name.
    pub account: String,
    /// The run.
    pub run: RunFacts,
    /// By what the same run can be known again.
    pub fingerprints: Fingerprints,
    /// Tickets of the ledger by where they stand now.
    pub tickets: Standing,
    /// What was read of each source.
    pub sources: Vec<SourceFacts>,
    /// Requests of the run by kind.
    pub requests: Vec<RequestCount>,
    /// How it stands in one word.
    pub verdict: Verdict,
    /// What was promised, with the figures that show whether it was kept.
    pub promises: Vec<Pledge>,
    /// Findings of the run by code.
    pub findings: Vec<FindingCount>,
    /// How to leave the imported tickets out of statistics.
    pub statistics: Vec<String>,
    /// The last verification that came to its end, without its lists.
    pub verification: Option<Value>,
    /// One that was stopped since.
    pub stopped_verification: Option<Value>,
    /// How to go on.
    pub runbook: Runbook,
}

/// A run.
#[derive(Clone, Debug, Serialize)]
pub struct RunFacts {
    /// Its number.
    pub number: u64,
    /// The command.
    pub command: String,
    /// How it ended, or that it has not.
    pub state: &'static str,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Its exit code.
    pub exit_code: Option<u8>,
    /// Its figures, as in the summary.
    pub figures: Value,
}

/// Fingerprints.
#[derive(Clone, Debug, Serialize)]
pub struct Fingerprints {
    /// Of the exports' files: names, sizes, times.
    pub export: Option<String>,
    /// Of the settings that decide what is sent, and of all others.
    pub config: Option<String>,
    /// Of what the ledger says is where, now.
    pub ledger: String,
}

/// Tickets of the ledger; each is in exactly one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// All of them.
    pub registered: u64,
    /// In Gorgias, whole or with messages still to be brought.
    pub in_gorgias: u64,
    /// That cannot be imported.
    pub rejected: u64,
    /// Left out on purpose, because they are there by other means.
    pub left_out: u64,
    /// Not sent yet.
    pub pending: u64,
    /// Sent with an unknown outcome.
    pub unknown: u64,
    /// Deleted in Gorgias since.
    pub gone: u64,
    /// Taken back by this tool.
    pub undone: u64,
}

impl Standing {
    /// Tickets that a run has still to see to.
    pub fn to_send(&self) -> u64 {
        self.pending + self.unknown
    }

    /// Whether every ticket is in exactly one place.
    pub fn adds_up(&self) -> bool {
        let sum = self.in_gorgias
            + self.rejected
            + self.left_out
            + self.pending
            + self.unknown
            + self.gone
            + self.undone;
        sum == self.registered
    }
}

/// What was read of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceFacts {
    /// Its name.
    pub name: String,
    /// Tickets that can be imported.
    pub tickets: u64,
    /// Their messages.
    pub messages: u64,
    /// Records that cannot.
    pub rejected: u64,
    /// Records skipped on purpose.
    pub left_out: u64,
    /// Lines that could not be parsed.
    pub unreadable: u64,
}

/// Requests of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestCount {
    /// What they were for.
    pub kind: String,
    /// How many left.
    pub count: u64,
    /// Answers 429.
    pub throttled: u64,
    /// Without an answer, or with one of the 500s.
    pub faults: u64,
}

/// A promise and what was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pledge {
    /// What was promised.
    pub promise: &'static str,
    /// The figures.
    pub measured: String,
    /// Whether they show that it was kept; nothing where they cannot.
    pub holds: Option<bool>,
    /// What an answer waits for where there is none.
    #[serde(skip)]
    waits: Waits,
}

/// What a promise waits for that figures show neither kept nor broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    /// `verify` has to read it back.
    Reading,
    /// Figures that are not there, as of a run that told none.
    Figures,
    /// The rest has to be sent: nothing is lost that the ledger knows to be on its way.
    Rest,
    /// Nothing: no figure could ever be a proof, and the verdict goes without it.
    Nothing,
}

impl Pledge {
    fn new(promise: &'static str, measured: String, holds: Option<bool>) -> Self {
        Self { promise, measured, holds, waits: Waits::Figures }
    }
}

/// Findings of one code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FindingCount {
    /// The code.
    pub code: String,
    /// How bad it is.
    pub severity: String,
    /// Records.
    pub count: u64,
    /// What it is.
    pub summary: String,
    /// What to do.
    pub remedy: String,
}

/// What a certificate is made of.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// When it is written.
    pub generated: Timestamp,
    /// The program's version.
    pub version: &'static str,
    /// The account's name.
    pub account: String,
    /// The run.
    pub run: RunFacts,
    /// Fingerprints.
    pub fingerprints: Fingerprints,
    /// Where tickets stand.
    pub tickets: Standing,
    /// Requests of the run.
    pub requests: Vec<RequestCount>,
    /// What reading the exports found, where the run's folder still has it.
    pub validation: Option<ValidationDocument>,
    /// Findings of the run by code.
    pub findings: Vec<FindingCount>,
    /// Kinds of tickets that were read back before others followed, and tickets that were found odd; nothing where no canary
    /// ran.
    pub canary: Option<(u64, u64)>,
    /// Whether tickets were read back without their events, because those cannot be read.
    pub events_unread: bool,
    /// Whether the account takes `imported: true` with tickets.
    pub marked_imported: bool,
    /// The last activity in the exports.
    pub last_activity: Option<Timestamp>,
    /// The last verification that came to its end.
    pub verification: Option<Value>,
    /// One that was stopped since.
    pub stopped: Option<Value>,
    /// All runs of the ledger together.
    pub all_runs: AllRuns,
    /// Automations that were acknowledged, by their ids.
    pub accepted: Vec<String>,
    /// What the runbook is reckoned from.
    pub measured: Measured,
    /// When Gorgias is to take over, if that was said.
    pub cutover: Option<Zoned>,
}

/// All runs of a ledger together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllRuns {
    /// How many there were.
    pub runs: u64,
    /// Requests that wrote.
    pub writes: u64,
    /// Requests that the gate refused because they could have mailed someone; nothing where a run told no figures.
    pub refused: Option<u64>,
}

impl Evidence {
    /// The last verification, where the ledger has not changed since.
    fn fresh(&self) -> Option<&Value> {
        self.verification.as_ref().filter(|it| it["ledger"] == self.fingerprints.ledger.as_str())
    }
}

impl Certificate {
    /// The certificate that the evidence gives.
    pub fn new(evidence: Evidence) -> Self {
        let promises = promises::promises(&evidence);
        let statistics = statistics(&evidence);
        let runbook = Runbook::new(&evidence.measured, evidence.cutover.as_ref());
        let sources = evidence.validation.iter().flat_map(|validation| &validation.sources);
        let sources = sources
            .map(|source| SourceFacts {
                name: source.name.to_string(),
                tickets: source.tickets,
                messages: source.messages,
                rejected: source.rejected,
                left_out: source.left_out,
                unreadable: source.unreadable,
            })
            .collect();
        Self {
            v: 1,
            kind: "certificate",
            redacted: false,
            generated: evidence.generated,
            version: evidence.version,
            account: evidence.account,
            run: evidence.run,
            fingerprints: evidence.fingerprints,
            tickets: evidence.tickets,
            sources,
            requests: evidence.requests,
            verdict: Verdict::of(&promises),
            promises,
            findings: evidence.findings,
            statistics,
            verification: evidence.verification,
            stopped_verification: evidence.stopped,
            runbook,
        }
    }

    /// The same without the names of the account and of sources, and without paths.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.redacted = true;
        HIDDEN.clone_into(&mut self.account);
        for (source, number) in self.sources.iter_mut().zip(1..) {
            source.name = format!("source {number}");
        }
        for told in [&mut self.verification, &mut self.stopped_verification] {
            let Some(fields) = told.as_mut().and_then(Value::as_object_mut) else { continue };
            for name in ["account", "differences_csv", "differences", "absent"] {
                fields.remove(name);
            }
        }
        self
    }
}

/// How the imported tickets can be told from others in statistics. What Gorgias's reports do with them is documented
/// nowhere, so only what is certain is said.
fn statistics(evidence: &Evidence) -> Vec<String> {
    let mut ways = Vec::new();
    if let Some(last) = evidence.last_activity {
        ways.push(format!(
            "by time: the tickets keep their own dates, and nothing imported is later than {last:.0}; a report over a period \
             after it counts none of them by creation or closing"
        ));
    }
    ways.push(
        "by key: every imported ticket has an external_id that begins with the name of its source (zendesk:ticket:…), in the \
         API and in exports of Gorgias"
            .to_owned(),
    );
    if evidence.marked_imported {
        ways.push(
            "by mark: the account takes `imported: true`, and every ticket created by this tool has it"
                .to_owned(),
        );
    }
    ways.push(
        "by tag: a tag that [mapping] tags gives to all tickets can be left out in every view and report of Gorgias; it has \
         to be set before the run"
            .to_owned(),
    );
    ways
}

/// Counts the findings of a `findings.csv` by code, the most serious and most frequent first.
pub fn count_findings(path: &Path) -> io::Result<Vec<FindingCount>> {
    let mut by_code: BTreeMap<String, FindingCount> = BTreeMap::new();
    let mut reader = csv::Reader::from_reader(io::BufReader::new(File::open(path)?));
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let mut row = row?;
        let mut cell = |name: &str| row.remove(name).unwrap_or_default();
        let code = cell("code");
        by_code
            .entry(code.clone())
            .or_insert_with(|| FindingCount {
                code,
                severity: cell("severity"),
                count: 0,
                summary: cell("summary"),
                remedy: cell("remedy"),
            })
            .count += 1;
    }
    let mut counts: Vec<FindingCount> = by_code.into_values().collect();
    let rank = |severity: &str| ["block", "warn", "info"].iter().position(|known| *known == severity);
    counts.sort_by_key(|it| (rank(&it.severity), std::cmp::Reverse(it.count), it.code.clone()));
    Ok(counts)
}

/// The findings by code as CSV, for a redacted certificate.
pub(super) fn findings_csv(counts: &[FindingCount]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["code", "severity", "count", "summary", "remedy"])?;
    for it in counts {
        writer.write_record([&it.code, &it.severity, &it.count.to_string(), &it.summary, &it.remedy])?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests;

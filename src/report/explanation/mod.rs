//! Everything known about one record, for people and for programs.

mod text;
mod veil;

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

pub use text::explanation_text;

use crate::model::finding::{Code, Finding, Place, Severity};
use crate::model::verification::{Difference, MatchClass};

/// Findings about one record that are listed at most.
const FINDINGS_MAX: usize = 200;

/// What `explain --json` prints.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    v: u8,
    #[serde(rename = "type")]
    kind: &'static str,
    /// What was asked for.
    pub asked: String,
    /// The ticket's key.
    pub key: String,
    /// The message, where one was asked for.
    pub message: Option<String>,
    /// Further keys of the ticket.
    pub aliases: Vec<String>,
    /// Where in the export it stands.
    pub place: Option<Place>,
    /// What stands there. Texts and addresses are hidden unless they were asked for.
    pub record: Option<Value>,
    /// Where it stands in the ledger and in Gorgias; nothing where it was never registered.
    pub ledger: Option<Registered>,
    /// What the mapping makes of it; nothing where it cannot be imported or is not staged.
    pub mapped: Option<MappedFacts>,
    /// Its messages, those that the ledger alone knows included.
    pub messages: Vec<MessageFacts>,
    /// The requests made for it, oldest first.
    pub requests: Vec<RequestFacts>,
    /// What was found about it.
    pub findings: Vec<FindingFacts>,
    /// What reading it back showed.
    pub verification: Option<VerificationFacts>,
    /// What could not be looked at, and why.
    pub notes: Vec<String>,
}

/// Where a ticket stands.
#[derive(Clone, Debug, Serialize)]
pub struct Registered {
    /// Its state, with the words of the ledger.
    pub state: &'static str,
    /// The ticket in Gorgias.
    pub gorgias_id: Option<i64>,
    /// Where it can be looked at.
    pub link: Option<String>,
    /// The existing ticket that `[mapping] tickets` names.
    pub mapped_to: Option<i64>,
    /// Last activity in the old help desk.
    pub last_activity: Option<String>,
    /// Finding code of a rejection.
    pub code: Option<String>,
    /// Gorgias's words about it.
    pub note: Option<String>,
    /// When this last changed.
    pub updated: String,
    /// The tickets in Gorgias that it had before and that were taken back, oldest first.
    pub taken_back: Vec<TakenBackFacts>,
}

/// A Gorgias ticket that was taken back.
#[derive(Clone, Debug, Serialize)]
pub struct TakenBackFacts {
    /// The ticket.
    pub gorgias_id: i64,
    /// Where it can be looked at, as long as it lies in the trash.
    pub link: Option<String>,
    /// When it was moved to the trash.
    pub at: String,
    /// Whether it was deleted for good.
    pub purged: bool,
}

/// A ticket in Gorgias's terms.
#[derive(Clone, Debug, Serialize)]
pub struct MappedFacts {
    /// Subject; its length only, unless texts were asked for.
    pub subject: Option<String>,
    /// Channel.
    pub channel: &'static str,
    /// `open` or `closed`.
    pub status: &'static str,
    /// By what the customer is found: `email`, `phone` or `id`.
    pub customer_by: &'static str,
    /// That address, if texts were asked for.
    pub customer: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Ids of custom fields that get a value.
    pub fields: Vec<u64>,
    /// Language.
    pub language: Option<String>,
    /// Created.
    pub created: String,
    /// Closed.
    pub closed: Option<String>,
}

/// A message.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MessageFacts {
    /// Its key.
    pub key: String,
    /// `customer`, `agent` or `note`.
    pub side: Option<&'static str>,
    /// Channel.
    pub channel: Option<&'static str>,
    /// When it was sent.
    pub sent: Option<String>,
    /// Characters of its text.
    pub text_characters: u64,
    /// Characters of its markup.
    pub html_characters: u64,
    /// Files.
    pub attachments: u64,
    /// Its text, if texts were asked for.
    pub text: Option<String>,
    /// Its state in the ledger.
    pub state: Option<&'static str>,
    /// The message in Gorgias.
    pub gorgias_id: Option<i64>,
    /// False where the export does not have it any more.
    pub in_export: bool,
}

/// A request.
#[derive(Clone, Debug, Serialize)]
pub struct RequestFacts {
    /// The run.
    pub run: u64,
    /// What it was for.
    pub kind: String,
    /// When it left.
    pub at: String,
    /// The HTTP status; nothing where no answer came.
    pub status: Option<u16>,
    /// The answer's request id.
    pub request_id: Option<String>,
    /// How long it took.
    pub milliseconds: u32,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingFacts {
    /// Its code.
    pub code: String,
    /// How bad it is.
    pub severity: String,
    /// The record that it is about.
    pub key: String,
    /// What it is.
    pub summary: String,
    /// What is special about this case.
    pub detail: String,
    /// What to do.
    pub remedy: String,
}

/// What reading back showed.
#[derive(Clone, Debug, Serialize)]
pub struct VerificationFacts {
    /// When.
    pub at: String,
    /// Its class.
    pub class: MatchClass,
    /// What differs.
    pub differences: Vec<Difference>,
}

impl Explanation {
    /// An explanation of the ticket `key`, to be filled in.
    pub fn new(asked: &str, key: &str) -> Self {
        Self {
            v: 1,
            kind: "explanation",
            asked: asked.to_owned(),
            key: key.to_owned(),
            message: None,
            aliases: Vec::new(),
            place: None,
            record: None,
            ledger: None,
            mapped: None,
            messages: Vec::new(),
            requests: Vec::new(),
            findings: Vec::new(),
            verification: None,
            notes: Vec::new(),
        }
    }

    /// The record as it stands in the export. With `whole` nothing of it is hidden.
    pub fn show_record(&mut self, record: Value, whole: bool) {
        self.record = Some(if whole { record } else { veil::veiled(record) });
    }
}

impl From<&Finding> for FindingFacts {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.as_str().to_owned(),
            severity: severity(finding.code).to_owned(),
            key: finding.key.clone().unwrap_or_default(),
            summary: finding.code.summary().to_owned(),
            detail: super::redact(&finding.detail).into_owned(),
            remedy: finding.code.remedy().to_owned(),
        }
    }
}

fn severity(code: Code) -> &'static str {
    match code.severity() {
        Severity::Block => "block",
        Severity::Warn => "warn",
        Severity::Info => "info",
    }
}

/// The findings about these records in a `findings.csv`.
pub fn findings_about(path: &Path, keys: &[&str]) -> io::Result<Vec<FindingFacts>> {
    let mut found = Vec::new();
    let mut reader = csv::Reader::from_reader(io::BufReader::new(File::open(path)?));
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let mut row = row?;
        let mut cell = |name: &str| row.remove(name).unwrap_or_default();
        let key = cell("key");
        if !keys.contains(&key.as_str()) {
            continue;
        }
        found.push(FindingFacts {
            code: cell("code"),
            severity: cell("severity"),
            key,
            summary: cell("summary"),
            detail: super::redact(&cell("detail")).into_owned(),
            remedy: cell("remedy"),
        });
        if found.len() >= FINDINGS_MAX {
            break;
        }
    }
    Ok(found)
}

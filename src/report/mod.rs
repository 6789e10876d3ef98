//! Reports: what was found and what was done, as text, JSON, CSV and HTML, all made of the same values.
//!
//! Invariants: counts add up or the report is refused; a verdict never claims success while an outcome is unknown or
//! work is left; machine output and lists hold no addresses and no bodies. This module knows neither Gorgias nor the
//! ledger nor the terminal: it gives text and files, and whoever calls it prints.

mod calls;
mod certificate;
mod compared;
mod csv;
mod document;
mod error;
#[cfg(test)]
pub(crate) mod examples;
mod explanation;
mod file;
mod findings;
mod html;
mod inventory;
mod json;
mod needs;
mod overview;
mod page;
mod plot;
mod redact;
mod schedule;
mod status;
mod summary;
mod terminal;
mod undo;
mod validation;
mod verification;
pub(crate) mod words;

pub use calls::{CallPlan, Calls, CallsByKind, Pace};
pub use certificate::{
    AllRuns, Certificate, Evidence, FindingCount, Fingerprints, Measured, RequestCount, RunFacts, Standing,
    Verdict, certificate_text, count_findings,
};
pub use compared::Compared;
pub use csv::{COLUMNS, FindingLists, FindingsCsv, FindingsNdjson, Wanted};
pub use document::{Example, FilesToMove, FindingGroup, Sides, SourceReport, Totals, ValidationDocument};
pub use error::ReportError;
pub use explanation::{
    Explanation, FindingFacts, MappedFacts, MessageFacts, Registered, RequestFacts, TakenBackFacts,
    VerificationFacts, explanation_text, findings_about,
};
pub use file::{ReportFile, write_private, write_report, write_run_page};
pub use findings::EXAMPLES_MAX;
pub use html::{Page, validation_page};
pub use inventory::{
    FieldKind, Inventory, InventoryDocument, Listed, ListedField, ListedPerson, Setting, inventory_text,
};
pub use json::write_line;
pub use needs::{Need, Needs};
pub use overview::{Agent, Agents, Decided, Files, Match, Month, Overview, Thread};
pub use redact::{redact, redact_json, redact_key};
pub use schedule::{Budget, Schedule, Span};
pub use status::{RunState, StatusDocument, next_of_status, status_text};
pub use summary::{RunSummary, next_after, summary_text};
pub use terminal::{Layout, next_step, validation_text, validation_verdict};
pub use undo::{KeptPart, PartCounts, SparedTicket, Stays, UndoCalls, UndoCounts, UndoDocument, UndoReceipt};
pub use validation::{FindingSink, Imbalance, Validation};
pub use verification::{
    About, AbsentTicket, ClassCounts, DifferencesCsv, DifferentTicket, FileCounts, LISTED_MAX, Lacking,
    NotChecked, Outcome, SampleProof, VerificationDocument, difference_words, verification_text,
    verification_verdict,
};

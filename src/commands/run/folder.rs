//! The folder of one run: its lists, its log, its reports.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::finding::{Code, Finding, Severity};
use crate::report::{
    FindingLists, FindingSink as _, ReportError, RunSummary, next_after, write_private, write_run_page,
};

use super::session::{SharedLists, note};
use crate::commands::CommandError;
use crate::commands::intake::Intake;

/// `runs/0001` below the state folder.
pub(in crate::commands) struct RunFolder {
    path: PathBuf,
    lists: SharedLists,
    failed: Arc<Mutex<Option<std::io::Error>>>,
    /// Whether the upload could not bring something.
    short: Arc<AtomicBool>,
    /// Whether it left a change to the next run.
    left: Arc<AtomicBool>,
}

impl RunFolder {
    /// Makes the folder and begins its lists with what reading the exports found.
    pub(super) fn create(state_dir: &Path, run: u64, intake: &Intake) -> Result<Self, CommandError> {
        let path = path(state_dir, run);
        std::fs::create_dir_all(&path)?;
        let lists = Arc::new(Mutex::new(FindingLists::create(&path)?));
        let folder =
            Self { path, lists, failed: Arc::default(), short: Arc::default(), left: Arc::default() };
        intake.staging.for_each_finding(|finding| {
            folder.note(&finding);
            ControlFlow::Continue(())
        })?;
        Ok(folder)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The log of the run.
    pub(super) fn log(&self) -> PathBuf {
        self.path.join("log.ndjson")
    }

    /// Notes a finding. An error is told when the run ends: a list that cannot be written must not stop an upload.
    pub(super) fn note(&self, finding: &Finding) {
        keep_first(&self.failed, note(&self.lists, finding));
    }

    /// The same, to be handed to the upload.
    pub(super) fn notes(&self) -> Box<dyn FnMut(&Finding) + Send> {
        let (lists, failed) = (Arc::clone(&self.lists), Arc::clone(&self.failed));
        let (short, left) = (Arc::clone(&self.short), Arc::clone(&self.left));
        Box::new(move |finding| {
            left.fetch_or(finding.code == Code::ChangeLeft, Ordering::Relaxed);
            short.fetch_or(finding.code.severity() == Severity::Block, Ordering::Relaxed);
            keep_first(&failed, note(&lists, finding));
        })
    }

    /// Whether the upload noted something that it could not bring: with what is in `rejects.csv` a run is no whole success.
    pub(super) fn is_short(&self) -> bool {
        self.short.load(Ordering::Relaxed)
    }

    /// Whether the upload noted a change at which the account failed: the same command again makes it.
    pub(super) fn is_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }

    /// Completes the lists and writes the reports. What cannot be written keeps the rest from nothing; the first that
    /// failed is told.
    pub(super) fn finish(&self, summary: &RunSummary, intake: &Intake) -> Result<(), CommandError> {
        let finished = self.lists.lock().unwrap_or_else(PoisonError::into_inner).finish();
        keep_first(&self.failed, finished);
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        let lists = failed.map_or(Ok(()), |error| Err(ReportError::Findings(error)));
        let (json, html) = (self.write_json(summary, intake), self.write_html(summary, intake));
        Ok(lists.and(json).and(html)?)
    }

    fn write_json(&self, summary: &RunSummary, intake: &Intake) -> Result<(), ReportError> {
        let document = serde_json::json!({ "v": 1, "summary": summary, "validation": intake.facts.document });
        let path = self.path.join("report.json");
        let bytes = serde_json::to_vec_pretty(&document)
            .map_err(|error| ReportError::Write { path: path.clone(), error: error.into() })?;
        write_private(&path, &bytes)
    }

    fn write_html(&self, summary: &RunSummary, intake: &Intake) -> Result<(), ReportError> {
        // What an older version staged may lack fields of this one; the JSON report has it as it is.
        if let Ok(document) = serde_json::from_value(intake.facts.document.clone()) {
            let findings = self.path.join("findings.csv");
            let next = next_after(summary, &self.path);
            write_run_page(&self.path.join("report.html"), &document, &findings, &next)?;
        }
        Ok(())
    }
}

/// Where the folder of a run is.
pub(super) fn path(state_dir: &Path, run: u64) -> PathBuf {
    state_dir.join("runs").join(format!("{run:04}"))
}

/// The greatest number of a run that has a folder; a ledger that was made anew knows nothing of those.
pub(in crate::commands) fn last(state_dir: &Path) -> u64 {
    let runs = std::fs::read_dir(state_dir.join("runs")).into_iter().flatten().flatten();
    runs.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).max().unwrap_or_default()
}

fn keep_first(failed: &Mutex<Option<std::io::Error>>, written: std::io::Result<()>) {
    if let Err(error) = written {
        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

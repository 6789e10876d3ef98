//! Runs: one row each, from start to end.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::query::LedgerView;
use super::writer::Urgency;
use super::{Ack, Ledger, LedgerError};
use crate::model::event::Figures;

/// What a run does at the moment, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// At work.
    Running,
    /// Waiting because the user wants it to.
    Paused,
    /// Ended before its work was done: stopped, or its process died.
    Interrupted,
    /// Ended.
    Done,
}

impl RunState {
    const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Interrupted, Self::Done];

    /// Its name in the table and in `status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Interrupted => "interrupted",
            Self::Done => "done",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A run that begins.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The command.
    pub command: String,
    /// Fingerprint of the export that it works on.
    pub export_fingerprint: Option<String>,
    /// Hash of the config that it works with.
    pub config_hash: Option<String>,
    /// When it begins.
    pub started: Timestamp,
    /// Its number is greater than this: folders of runs outlive a ledger that was made anew.
    pub after: u64,
}

/// A run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    /// Its number, from 1.
    pub id: u64,
    /// The command.
    pub command: String,
    /// What it does, or how it ended. A run whose process died is still `Running` here until the next one starts:
    /// ask [`LedgerView::holder`] whether anybody is at work.
    pub state: RunState,
    /// When it began.
    pub started: Timestamp,
    /// Its last sign of life.
    pub beat: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Its process.
    pub pid: u32,
    /// Its exit code.
    pub exit_code: Option<u8>,
    /// Fingerprint of the export.
    pub export_fingerprint: Option<String>,
    /// Hash of the config.
    pub config_hash: Option<String>,
    /// Its figures, in the shape of the summary; null before the first.
    pub figures: serde_json::Value,
}

impl Ledger {
    /// Begins a run and gives its number, once the file was found whole: without a run nothing is written to Gorgias. Runs
    /// that were never ended are marked as interrupted: this process holds the lock, so nobody is at work on them.
    pub fn start_run(&self, run: NewRun) -> Ack<u64> {
        let soundness = self.inner.check.soundness.clone();
        self.inner.writer.submit(Urgency::Now, move |work| {
            soundness.wait()?;
            let now_ms = run.started.as_millisecond();
            work.connection.execute(
                "UPDATE run SET state = 'interrupted', ended_ms = beat_ms WHERE state IN ('running', 'paused')",
                [],
            )?;
            work.connection.execute(
                "INSERT INTO run (id, command, state, started_ms, beat_ms, pid, export_fingerprint, config_hash)
                 VALUES ((SELECT max(coalesce(max(id), 0), ?6) + 1 FROM run), ?1, 'running', ?2, ?2, ?3, ?4, ?5)",
                params![
                    run.command,
                    now_ms,
                    std::process::id(),
                    run.export_fingerprint,
                    run.config_hash,
                    signed(run.after)
                ],
            )?;
            Ok(unsigned(work.connection.last_insert_rowid()))
        })
    }

    /// A sign of life of a run, with its figures.
    pub fn update_run(&self, run: u64, state: RunState, at: Timestamp, figures: &Figures) -> Ack<()> {
        let figures = figures_json(figures);
        self.inner.writer.submit(Urgency::Gather, move |work| {
            let changed = work.connection.execute(
                "UPDATE run SET state = ?2, beat_ms = ?3, figures = ?4 WHERE id = ?1",
                params![signed(run), state.as_str(), at.as_millisecond(), figures],
            )?;
            found(changed, run)
        })
    }

    /// Ends a run.
    pub fn finish_run(
        &self,
        run: u64,
        state: RunState,
        exit_code: u8,
        at: Timestamp,
        figures: &Figures,
    ) -> Ack<()> {
        let figures = figures_json(figures);
        self.inner.writer.submit(Urgency::Now, move |work| {
            let changed = work.connection.execute(
                "UPDATE run SET state = ?2, beat_ms = ?3, ended_ms = ?3, exit_code = ?4, figures = ?5 WHERE id = ?1",
                params![signed(run), state.as_str(), at.as_millisecond(), exit_code, figures],
            )?;
            found(changed, run)
        })
    }
}

impl LedgerView {
    /// The newest run.
    pub fn last_run(&self) -> Result<Option<RunRow>, LedgerError> {
        self.run_where("ORDER BY id DESC LIMIT 1", [])
    }

    /// The first run of the ledger.
    pub fn first_run(&self) -> Result<Option<RunRow>, LedgerError> {
        self.run_where("ORDER BY id LIMIT 1", [])
    }

    /// The run with this number.
    pub fn run(&self, id: u64) -> Result<Option<RunRow>, LedgerError> {
        self.run_where("WHERE id = ?1", [signed(id)])
    }

    fn run_where(
        &self,
        condition: &str,
        values: impl rusqlite::Params,
    ) -> Result<Option<RunRow>, LedgerError> {
        let sql = format!(
            "SELECT id, command, state, started_ms, beat_ms, ended_ms, pid, exit_code, export_fingerprint,
                    config_hash, figures FROM run {condition}"
        );
        self.read(|connection| Ok(connection.query_row(&sql, values, run_row).optional()?))
    }
}

fn run_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    let figures: Option<String> = row.get(10)?;
    Ok(RunRow {
        id: unsigned(row.get(0)?),
        command: row.get(1)?,
        state: RunState::parse(&row.get::<_, String>(2)?).unwrap_or(RunState::Interrupted),
        started: instant(row.get(3)?),
        beat: instant(row.get(4)?),
        ended: row.get::<_, Option<i64>>(5)?.map(instant),
        pid: row.get(6)?,
        exit_code: row.get(7)?,
        export_fingerprint: row.get(8)?,
        config_hash: row.get(9)?,
        figures: figures.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
    })
}

fn figures_json(figures: &Figures) -> String {
    serde_json::to_string(figures).expect("figures are plain data")
}

fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

fn signed(run: u64) -> i64 {
    i64::try_from(run).unwrap_or(i64::MAX)
}

fn unsigned(run: i64) -> u64 {
    u64::try_from(run).unwrap_or_default()
}

fn found(changed: usize, run: u64) -> Result<(), LedgerError> {
    if changed == 1 { Ok(()) } else { Err(LedgerError::NoSuchRow(format!("run {run}"))) }
}

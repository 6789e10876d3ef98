//! `report`: the certificate of a run, from the ledger and the files of the run. No network, and nothing is changed.

use std::path::Path;
use std::time::Duration;

use crate::cli::ReportArgs;
use crate::config::Config;
use crate::exit::ExitCode;
use crate::ledger::{LedgerView, RunRow, RunState, Selection, StateCounts, TicketState};
use crate::model::time::now;
use crate::report::{
    AllRuns, Certificate, Evidence, Fingerprints, Layout, Measured, ReportFile, RequestCount, RunFacts,
    Standing, ValidationDocument, certificate_text, count_findings,
};
use crate::upload::EVENTS_UNREAD;

use super::verify::run_folder;
use super::{CommandError, Context, terms};

/// Days at the end of the exports over which activity is averaged: a week has its weekends.
const ACTIVE_DAYS: u32 = 7;
/// Calls from which on a run has measured the rate; fewer left in the bucket's first burst.
const CALLS_MEASURED: u64 = 200;
/// A run shorter than this has not seen the bucket drain.
const SHORTEST_MEASURED: Duration = Duration::from_secs(30);
/// The journal's name for requests that only read.
const LOOK_UP: &str = "look-up";

pub(super) fn run(context: &Context, args: &ReportArgs) -> Result<ExitCode, CommandError> {
    let config = context.config()?;
    let files = args.report.iter().map(|path| ReportFile::new(path)).collect::<Result<Vec<_>, _>>()?;
    let view = LedgerView::open(context.state_dir())?;
    let run = match args.run {
        Some(number) => view.run(number)?,
        None => view.last_run()?,
    };
    let Some(run) = run else {
        let which = args.run.map_or_else(|| "a run".to_owned(), |number| format!("run {number}"));
        return Err(CommandError::new(ExitCode::Usage, format!("this ledger has not seen {which}"))
            .with_next("gorgias-import status"));
    };
    let folder = run_folder(context.state_dir(), run.id);
    let findings = Some(folder.join("findings.csv")).filter(|path| path.exists());
    let cutover = args.cutover.map(|at| at.to_zoned(jiff::tz::TimeZone::system())).transpose();
    let cutover = cutover.map_err(|error| CommandError::from_error(ExitCode::Usage, &error))?;
    let evidence = Evidence { cutover, ..evidence(&config, &view, run, &folder, findings.as_deref())? };
    let mut certificate = Certificate::new(evidence);
    if args.redacted {
        certificate = certificate.redacted();
    }
    for file in &files {
        file.write_certificate(&certificate, findings.as_deref())?;
    }
    if context.output.is_json() {
        context.output.document(&certificate)?;
    } else {
        let layout = Layout { width: context.output.width(), color: false };
        context.output.print(&certificate_text(&certificate, layout))?;
        args.report.iter().for_each(|path| context.output.say(&format!("written: {}", path.display())));
        let step = certificate.steps().into_iter().next();
        context.output.next(&if let Some((command, meaning)) = step {
            format!("{command} ({meaning})")
        } else if view.last_verification()?.is_none() {
            "gorgias-import verify (reads back what is there)".to_owned()
        } else if args.report.is_empty() {
            "gorgias-import report --report certificate.html for a page to keep".to_owned()
        } else {
            "gorgias-import clean, once all is done: it deletes what holds personal data".to_owned()
        });
    }
    Ok(ExitCode::Ok)
}

fn evidence(
    config: &Config,
    view: &LedgerView,
    run: RunRow,
    folder: &Path,
    findings: Option<&Path>,
) -> Result<Evidence, CommandError> {
    let counts = view.counts(&Selection::default())?;
    let standing = standing(&counts);
    let activity = view.activity(ACTIVE_DAYS)?;
    let requests = view.request_totals(run.id)?;
    let validation = validation(folder);
    let messages = [TicketState::Done, TicketState::Appending, TicketState::Pending, TicketState::Sending];
    let measured = Measured {
        tickets: standing.registered - standing.rejected - standing.left_out,
        open: standing.pending + standing.unknown,
        messages: messages.into_iter().map(|state| counts.messages(state)).sum(),
        active_per_day: activity.map_or(0.0, |it| per(it.tickets, u64::from(it.days))),
        ..rate(config, &run)
    };
    Ok(Evidence {
        generated: now(),
        version: env!("CARGO_PKG_VERSION"),
        account: view.account()?.map(|(name, _)| name).unwrap_or_default(),
        fingerprints: Fingerprints {
            export: run.export_fingerprint.clone(),
            config: run.config_hash.clone(),
            ledger: view.fingerprint()?,
        },
        tickets: standing,
        requests: (requests.into_iter())
            .map(|it| RequestCount {
                kind: it.kind,
                count: it.count,
                throttled: it.throttled,
                faults: it.faults,
            })
            .collect(),
        validation,
        findings: findings.map(count_findings).transpose()?.unwrap_or_default(),
        canary: canary(view)?,
        events_unread: view.fact(EVENTS_UNREAD)?.is_some(),
        marked_imported: view.fact("imported-refused-on-tickets")?.is_none(),
        last_activity: activity.map(|it| it.last),
        verification: view.last_verification()?.map(|it| it.document),
        stopped: view.stopped_verification()?.map(|it| it.document),
        all_runs: all_runs(view)?,
        accepted: config.safety.accept.iter().map(ToString::to_string).collect(),
        measured,
        cutover: None,
        run: facts(view, run)?,
    })
}

/// What all runs of the ledger sent and what the gate refused them.
fn all_runs(view: &LedgerView) -> Result<AllRuns, CommandError> {
    let mut all = AllRuns { refused: Some(0), ..AllRuns::default() };
    let last = view.last_run()?.map_or(0, |run| run.id);
    for number in 1..=last {
        let Some(run) = view.run(number)? else { continue };
        all.runs += 1;
        let writes = view.request_totals(number)?;
        all.writes += writes.iter().filter(|it| it.kind != LOOK_UP).map(|it| it.count).sum::<u64>();
        all.refused = all.refused.zip(run.figures["could_have_sent"].as_u64()).map(|(sum, more)| sum + more);
    }
    Ok(all)
}

/// Where the tickets of the ledger stand.
fn standing(counts: &StateCounts) -> Standing {
    let (left_out, _) = counts.left_out();
    Standing {
        registered: counts.all_tickets(),
        in_gorgias: counts.tickets(TicketState::Done) + counts.tickets(TicketState::Appending),
        rejected: counts.tickets(TicketState::Rejected) - left_out,
        left_out,
        pending: counts.tickets(TicketState::Pending),
        unknown: counts.tickets(TicketState::Sending),
        gone: counts.tickets(TicketState::Gone),
        undone: counts.tickets(TicketState::Undone),
    }
}

fn facts(view: &LedgerView, run: RunRow) -> Result<RunFacts, CommandError> {
    let at_work = view.holder()?.is_some();
    let state = match (run.state, at_work) {
        (RunState::Running | RunState::Paused, true) => "at work",
        (RunState::Done, _) => "done",
        _ => "interrupted",
    };
    Ok(RunFacts {
        number: run.id,
        command: run.command,
        state,
        started: run.started,
        ended: run.ended,
        exit_code: run.exit_code,
        figures: run.figures,
    })
}

/// The rate that the run reached; the config's, or Gorgias's documentation's, where it was too short to tell.
fn rate(config: &Config, run: &RunRow) -> Measured {
    let number = |group: &str, name: &str| run.figures[group][name].as_u64().unwrap_or_default();
    let calls = run.figures["calls"].as_u64().unwrap_or_default();
    let tickets = number("tickets", "created") + number("tickets", "appended");
    let elapsed = run.ended.unwrap_or(run.beat).duration_since(run.started).unsigned_abs();
    let is_measured = calls >= CALLS_MEASURED && elapsed >= SHORTEST_MEASURED;
    let calls_per_second =
        if is_measured { per(calls, 1) / elapsed.as_secs_f64() } else { terms::pace(config).per_second };
    // The look-ups at the beginning of a small run say nothing of a large one.
    let calls_per_ticket = if is_measured && tickets > 0 { per(calls, tickets) } else { 1.0 };
    Measured { calls_per_second, is_measured, calls_per_ticket, ..Measured::default() }
}

#[expect(clippy::cast_precision_loss, reason = "counts of calls are far below 2^52")]
fn per(count: u64, of: u64) -> f64 {
    count as f64 / of as f64
}

/// What reading the exports found, as the run kept it. Files of other versions may lack what this one needs.
fn validation(folder: &Path) -> Option<ValidationDocument> {
    let text = std::fs::read(folder.join("report.json")).ok()?;
    let mut report: serde_json::Value = serde_json::from_slice(&text).ok()?;
    serde_json::from_value(report["validation"].take()).ok()
}

/// Kinds of tickets that the canary let pass, and tickets that it found odd.
fn canary(view: &LedgerView) -> Result<Option<(u64, u64)>, CommandError> {
    let size = |text: &str| match serde_json::from_str(text) {
        Ok(serde_json::Value::Array(items)) => items.len() as u64,
        Ok(serde_json::Value::Object(fields)) => fields.len() as u64,
        _ => 0,
    };
    let passed = view.facts("canary-passed:")?;
    let odd = view.fact("canary-odd")?.map_or(0, |odd| size(&odd));
    let kinds = passed.iter().map(|(_, kinds)| size(kinds)).max();
    Ok(match kinds {
        None if odd == 0 => None,
        kinds => Some((kinds.unwrap_or_default(), odd)),
    })
}

//! What a run says: the question before it, the verdict after it, and the exit code.

use std::time::{Duration, Instant};

use crate::exit::ExitCode;
use crate::model::event::Figures;
use crate::report::{self, Layout, RunSummary};
use crate::text;
use crate::upload::account::Account;
use crate::upload::{Automation, Ended, Stop};

use super::folder::RunFolder;
use super::session::Session;
use crate::commands::signals::Signals;
use crate::commands::{CommandError, Context};

/// What is asked before anything is written.
///
/// Nothing where there is nothing to write. `messages` is the number of messages in those tickets.
pub(super) fn question(account: &str, figures: &Figures, messages: u64) -> Option<String> {
    let tickets = figures.tickets.pending + figures.tickets.unknown;
    (tickets > 0).then(|| {
        format!(
            "Gorgias's API does not show everything that may act on imported tickets: check in Gorgias that the AI agent \
             and third-party apps do not. Import {} with {} into {account}?",
            text::count(tickets, "ticket"),
            text::count(messages, "message"),
        )
    })
}

/// The exit code of a run that ended like this.
pub(super) fn exit_code(ended: &Ended, figures: &Figures, signals: &Signals) -> ExitCode {
    let mut codes = Vec::new();
    match ended {
        // Whatever was left without a word is no success.
        Ended::Finished if figures.tickets.pending > 0 => codes.push(ExitCode::Temporary),
        Ended::Finished => {}
        Ended::Interrupted => codes.push(signals.exit_code()),
        Ended::LimitReached(_) => codes.push(ExitCode::Limit),
        Ended::Stopped(stop) => codes.push(stop_code(stop)),
    }
    if figures.tickets.unknown > 0 {
        codes.push(ExitCode::UnknownLeft);
    }
    if figures.tickets.rejected + figures.messages.rejected > 0 {
        codes.push(ExitCode::Partial);
    }
    ExitCode::strongest(codes)
}

fn stop_code(stop: &Stop) -> ExitCode {
    match stop {
        Stop::Unauthorized { .. } | Stop::Forbidden { .. } => ExitCode::Auth,
        Stop::Unreachable { .. } | Stop::Ledger { .. } => ExitCode::Temporary,
        Stop::Gate { .. } | Stop::NotOurs { .. } | Stop::Canary { .. } | Stop::Automations { .. } => {
            ExitCode::Safety
        }
        Stop::Breaker { limit: true, .. } => ExitCode::Limit,
        Stop::Breaker { limit: false, .. } => ExitCode::Partial,
    }
}

/// Why a run does not begin: automations that are on.
pub(super) fn refusal(open: &[Automation]) -> CommandError {
    let list: Vec<String> = open.iter().map(|one| format!("  {}  {}", one.id, one.what)).collect();
    let accept: Vec<String> = open.iter().map(|one| format!("\"{}\"", one.id)).collect();
    CommandError::new(
        ExitCode::Safety,
        format!(
            "{} in the account could act on imported tickets, so nothing was written:\n{}",
            text::count(open.len() as u64, "automation"),
            list.join("\n")
        ),
    )
    .with_next(format!(
        "switch them off in Gorgias for the time of the import, or acknowledge them in migration.toml: [safety] accept = [{}]",
        accept.join(", ")
    ))
}

/// Why a run was stopped, and what to do now.
fn stop_error(stop: &Stop) -> CommandError {
    let (message, next) = match stop {
        Stop::Unauthorized { words } => (
            format!("Gorgias refused the credentials in the middle of the run: {words}"),
            "correct the key and run the same command again",
        ),
        Stop::Forbidden { words } => (
            format!("Gorgias does not allow to go on: {words}"),
            "settle the quota or the role with Gorgias and run the same command again",
        ),
        Stop::Unreachable { words } => {
            (format!("the account stayed out of reach: {words}"), "run the same command again")
        }
        Stop::Gate { words } => (
            format!("the safety gate refused a request, so nothing was sent: {words}"),
            "this is a bug: please report it",
        ),
        Stop::NotOurs { finding } => (
            format!(
                "{}: {} ({})",
                finding.key.as_deref().unwrap_or_default(),
                finding.code.summary(),
                finding.detail
            ),
            finding.code.remedy(),
        ),
        Stop::Canary { ticket, gorgias_id, words, accept } => {
            return canary(ticket, *gorgias_id, words, accept);
        }
        Stop::Automations { open } => return appeared(open),
        Stop::Breaker { words, .. } => {
            (words.clone(), "read rejects.csv, correct the cause, and run the same command again")
        }
        Stop::Ledger { words } => (words.clone(), "correct the cause and run the same command again"),
    };
    CommandError::new(stop_code(stop), message).with_next(next)
}

/// A ticket was read back and is not as it was sent.
fn canary(ticket: &str, gorgias_id: u64, words: &[String], accept: &[String]) -> CommandError {
    let list: Vec<String> = words.iter().map(|words| format!("  {words}")).collect();
    let message = format!(
        "{ticket} (Gorgias ticket {gorgias_id}) was read back and is not as it was sent, so nothing more was written:\n{}",
        list.join("\n")
    );
    let accept: Vec<String> = accept.iter().map(|id| format!("\"{id}\"")).collect();
    let or = match accept.len() {
        0 => String::new(),
        _ => format!(", or acknowledge it in migration.toml: [safety] accept = [{}]", accept.join(", ")),
    };
    CommandError::new(ExitCode::Safety, message).with_next(format!(
        "look at the ticket in Gorgias, switch off what acted on it{or}; then run the same command again, it goes on \
         where it stopped"
    ))
}

/// Automations that were switched on while the run went on.
fn appeared(open: &[Automation]) -> CommandError {
    let list: Vec<String> = open.iter().map(|one| format!("  {}  {}", one.id, one.what)).collect();
    let accept: Vec<String> = open.iter().map(|one| format!("\"{}\"", one.id)).collect();
    CommandError::new(
        ExitCode::Safety,
        format!(
            "{} appeared in the account during the run, so nothing more was written:\n{}",
            text::count(open.len() as u64, "automation"),
            list.join("\n")
        ),
    )
    .with_next(format!(
        "switch them off in Gorgias, or acknowledge them in migration.toml: [safety] accept = [{}]; then run the same \
         command again, it goes on where it stopped",
        accept.join(", ")
    ))
}

/// The summary, and why it is not the whole, if it is not.
pub(super) fn tell(
    context: &Context,
    summary: &RunSummary,
    ended: &Ended,
    folder: &RunFolder,
) -> Result<(), CommandError> {
    let output = &context.output;
    if output.is_json() {
        output.document(summary)?;
    } else {
        let layout = Layout { width: output.width(), color: output.has_colour() };
        output.say(&report::summary_text(summary, layout));
        if summary.command == "rehearse" {
            tell_rehearsed(context, summary);
        }
        output.say(&format!("lists, log and report: {}", folder.path().display()));
    }
    match ended {
        // Its own last line says what to do.
        Ended::Stopped(stop) => output.error(&stop_error(stop)),
        _ if output.is_json() => {}
        ended => {
            match ended {
                Ended::Interrupted => output.say("stopped as you asked; the ledger is clean"),
                Ended::LimitReached(words) => output.paragraph(&format!("stopped: {words}")),
                Ended::Finished | Ended::Stopped(_) => {}
            }
            output.next(&report::next_after(summary, folder.path()));
        }
    }
    Ok(())
}

/// What a rehearsal is good for beside its verdict: how long the real thing takes, and how it will look.
fn tell_rehearsed(context: &Context, summary: &RunSummary) {
    let seconds = report::Pace::default().seconds(summary.calls);
    context.output.paragraph(&format!(
        "The same {} would take {} at the rate of an API key (40 in 20 s).",
        text::count(summary.calls, "call"),
        text::duration(Duration::from_secs(seconds))
    ));
    context.output.say(&format!(
        "to browse the tickets: gorgias-import sandbox --store {}",
        context.state_dir().display()
    ));
}

/// What a run would do, without doing it.
pub(super) fn dry_run(
    session: &Session<'_>,
    account: &Account,
    figures: &Figures,
    started: Instant,
) -> Result<ExitCode, CommandError> {
    let output = &session.context.output;
    let (calls, throttled, _) = session.target.traffic.counts();
    let figures = Figures { calls, throttled, ..*figures };
    let summary = RunSummary::new("run", 0, 0, &figures, started.elapsed().as_secs_f64());
    if output.is_json() {
        let mut document = serde_json::to_value(&summary).map_err(std::io::Error::from)?;
        document["dry_run"] = true.into();
        document["writes"] = 0.into();
        output.document(&document)?;
    } else {
        let tickets = &figures.tickets;
        output.paragraph(&format!(
            "dry run against {}: {} would be created, {} there already, {} rejected. The account has {} with an \
             address. {} made, none of them a write.",
            session.target.name,
            text::count(tickets.pending + tickets.unknown, "ticket"),
            tickets.already,
            tickets.rejected,
            text::count(account.customers, "customer"),
            text::count(calls, "call"),
        ));
        output.next("gorgias-import run --limit 20");
    }
    Ok(if figures.tickets.rejected > 0 { ExitCode::Partial } else { ExitCode::Ok })
}

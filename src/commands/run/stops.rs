//! Why a run did not begin or did not come to its end: the sentence, what to do now, and the exit code.

use crate::attachments::{Cause, Outage};
use crate::commands::CommandError;
use crate::commands::signals::Signals;
use crate::exit::ExitCode;
use crate::model::event::Figures;
use crate::text;
use crate::upload::{Automation, Ended, Stop};

/// The exit code of a run that ended like this. A `short` one could not bring something that no count tells, such as the
/// status of a ticket.
pub(super) fn exit_code(ended: &Ended, figures: &Figures, short: bool, signals: &Signals) -> ExitCode {
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
    if short || figures.tickets.rejected + figures.messages.rejected > 0 {
        codes.push(ExitCode::Partial);
    }
    ExitCode::strongest(codes)
}

fn stop_code(stop: &Stop) -> ExitCode {
    match stop {
        Stop::Unauthorized { .. } | Stop::Forbidden { .. } => ExitCode::Auth,
        Stop::FileHost { outage, .. } => outage_code(outage.cause),
        Stop::Unreachable { .. } | Stop::Ledger { .. } => ExitCode::Temporary,
        Stop::Gate { .. } | Stop::NotOurs { .. } | Stop::Canary { .. } | Stop::Automations { .. } => {
            ExitCode::Safety
        }
        Stop::Breaker { limit: true, .. } => ExitCode::Limit,
        Stop::Breaker { limit: false, .. } => ExitCode::Partial,
    }
}

/// Why a run does not begin: automations that are on.
pub(in crate::commands) fn refusal(open: &[Automation]) -> CommandError {
    let (list, accept) = listed(open);
    CommandError::new(
        ExitCode::Safety,
        format!(
            "{} in the account could act on imported tickets, so nothing was written:\n{}",
            text::count(open.len() as u64, "automation"),
            list,
        ),
    )
    .with_next(format!(
        "switch them off in Gorgias for the time of the import, or acknowledge them in migration.toml: [safety] accept = [{accept}]"
    ))
}

/// Automations, a line each, and their ids as the setting takes them.
fn listed(open: &[Automation]) -> (String, String) {
    let lines: Vec<String> = open.iter().map(|one| format!("  {}  {}", one.id, one.what)).collect();
    let ids: Vec<String> = open.iter().map(|one| format!("\"{}\"", one.id)).collect();
    (lines.join("\n"), ids.join(", "))
}

/// Why a run was stopped, and what to do now.
pub(in crate::commands) fn stop_error(stop: &Stop) -> CommandError {
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
        Stop::FileHost { outage, waiting } => {
            return file_host(outage, &format!("{} not sent without them", text::count(*waiting, "ticket")));
        }
        Stop::Ledger { words } => (words.clone(), "correct the cause and run the same command again"),
    };
    CommandError::new(stop_code(stop), message).with_next(next)
}

/// The exit code of an outage.
fn outage_code(cause: Cause) -> ExitCode {
    match cause {
        Cause::Login => ExitCode::Auth,
        Cause::Away => ExitCode::Temporary,
    }
}

/// The old account's host of files is out; `cost` says what that held up.
pub(in crate::commands) fn file_host(outage: &Outage, cost: &str) -> CommandError {
    let Outage { host, cause, reason, .. } = outage;
    let (message, next) = match cause {
        Cause::Login => (
            format!("{host} does not let us have the old account's files ({reason}), {cost}"),
            "correct api_user and the token of the [[source]], or set mode = \"link\" in [attachments] to send links in \
             their place; then run the same command again",
        ),
        Cause::Away => (
            format!("{host}, which has the old account's files, is out of reach ({reason}), {cost}"),
            "run the same command again once it answers; it goes on where it stopped",
        ),
    };
    CommandError::new(outage_code(*cause), message).with_next(next)
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
        _ => format!(
            ", or acknowledge what happened in migration.toml: [safety] accept = [{}]",
            accept.join(", ")
        ),
    };
    CommandError::new(ExitCode::Safety, message).with_next(format!(
        "look at the ticket in Gorgias, switch off what acted on it, and put the ticket right{or}; then run the same \
         command again, it reads the ticket back once more and goes on where it stopped"
    ))
}

/// Automations that were switched on while the run went on.
fn appeared(open: &[Automation]) -> CommandError {
    let (list, accept) = listed(open);
    CommandError::new(
        ExitCode::Safety,
        format!(
            "{} appeared in the account during the run, so nothing more was written:\n{}",
            text::count(open.len() as u64, "automation"),
            list,
        ),
    )
    .with_next(format!(
        "switch them off in Gorgias, or acknowledge them in migration.toml: [safety] accept = [{accept}]; then run the same \
         command again, it goes on where it stopped"
    ))
}

//! Why a run did not begin or did not come to its end: the sentence, what to do now, and the exit code.

use crate::attachments::{Cause, Outage};
use crate::commands::CommandError;
use crate::commands::signals::Signals;
use crate::exit::ExitCode;
use crate::model::event::Figures;
use crate::text;
use crate::upload::{Automation, Ended, Stop};

use super::folder::RunFolder;

/// The exit code of a run that ended like this. Its `folder` knows what no count tells: that the status of a ticket was not
/// brought, that a change was left.
pub(super) fn exit_code(ended: &Ended, figures: &Figures, folder: &RunFolder, signals: &Signals) -> ExitCode {
    let mut codes = Vec::new();
    match ended {
        // Whatever was left without a word is no success.
        Ended::Finished if figures.tickets.pending > 0 || folder.is_left() => codes.push(ExitCode::Temporary),
        Ended::Finished => {}
        Ended::Interrupted => codes.push(signals.exit_code()),
        Ended::LimitReached(_) => codes.push(ExitCode::Limit),
        Ended::Stopped(stop) => codes.push(stop_code(stop)),
    }
    if figures.tickets.unknown > 0 {
        codes.push(ExitCode::UnknownLeft);
    }
    if folder.is_short() || figures.tickets.rejected + figures.messages.rejected > 0 {
        codes.push(ExitCode::Partial);
    }
    ExitCode::strongest(codes)
}

fn stop_code(stop: &Stop) -> ExitCode {
    match stop {
        Stop::Unauthorized { .. } | Stop::Forbidden { .. } => ExitCode::Auth,
        Stop::FileHost { outage, .. } => outage_code(outage.cause),
        Stop::Unreachable { .. } | Stop::Ledger { .. } => ExitCode::Temporary,
        Stop::Gate { .. }
        | Stop::Clock { .. }
        | Stop::NotOurs { .. }
        | Stop::Canary { .. }
        | Stop::Automations { .. } => ExitCode::Safety,
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
        Stop::Clock { words } => {
            (format!("a clock is wrong, so a message was held back: {words}"), SET_THE_CLOCK)
        }
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

/// What to do where a message is not past by one of the two clocks.
pub(in crate::commands) const SET_THE_CLOCK: &str = "compare the clock of this machine with the true time and set it; if it is right, Gorgias's is wrong, \
     which passes. Then run the same command again, it goes on where it stopped";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_clock_is_wrong_the_words_name_it_and_no_bug() {
        let words = "`message.sent_datetime` is not in the past by the server's clock, which says 1970-01-01T00:00:00Z";
        let told = stop_error(&Stop::Clock { words: words.to_owned() });
        assert_eq!(told.code(), ExitCode::Safety);
        assert!(told.message().contains("clock is wrong") && told.message().contains("1970"), "{told}");
        let next = told.next_step().unwrap();
        assert!(next.contains("clock of this machine") && !next.contains("bug"), "{next}");
    }
}

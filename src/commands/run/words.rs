//! What a run says: the question before it, the verdict after it, and the exit code.

use std::time::{Duration, Instant};

use crate::attachments::{Cause, Outage};
use crate::exit::ExitCode;
use crate::model::event::Figures;
use crate::report::{self, Layout, Needs, RunSummary};
use crate::text;
use crate::upload::account::Account;
use crate::upload::{Automation, Ended, Existing, Moves, Stop};
use jiff::{SignedDuration, Timestamp};

use super::folder::RunFolder;
use super::session::Session;
use crate::commands::signals::Signals;
use crate::commands::{CommandError, Context};

/// What a person is asked before anything is written.
pub(super) struct Asked<'a> {
    pub(super) account: &'a str,
    pub(super) figures: &'a Figures,
    /// Messages in the tickets that are to be written.
    pub(super) messages: u64,
    /// Tickets of them that will be open.
    pub(super) open: u64,
    pub(super) existing: Option<&'a Existing>,
    /// What is in Gorgias and is to be given to other users.
    pub(super) moves: Moves,
    /// Files that are missing in messages in Gorgias and are tried again.
    pub(super) gaps: u64,
}

impl Asked<'_> {
    /// Nothing where there is nothing to write.
    pub(super) fn question(&self) -> Option<String> {
        let tickets = self.figures.tickets.pending + self.figures.tickets.unknown;
        if tickets == 0 {
            let changes: Vec<String> = self.moving().into_iter().chain(self.late()).collect();
            return (!changes.is_empty())
                .then(|| format!("{} Change them in {}?", changes.join(" "), self.account));
        }
        Some({
            let mut announced = self.announcements().join(" ");
            announced.push_str(if announced.is_empty() { "" } else { " " });
            format!(
                "{announced}Gorgias's API does not show everything that may act on imported tickets: check in Gorgias that \
                 the AI agent and third-party apps do not. Import {} with {} into {}?",
                text::count(tickets, "ticket"),
                text::count(self.messages, "message"),
                self.account,
            )
        })
    }

    /// What is given to other users, if anything.
    fn moving(&self) -> Option<String> {
        let Moves { tickets, in_charge, messages } = self.moves;
        (tickets > 0).then(|| {
            format!(
                "Since they were sent, the people of the export have come to be other Gorgias users: {} and the user \
                 or team in charge of {} are changed in place, which may notify whoever is put in charge; it takes {}.",
                text::count(messages, "message"),
                text::count(in_charge, "ticket"),
                text::count(self.moves.calls(), "call"),
            )
        })
    }

    /// What is tried again, if anything.
    fn late(&self) -> Option<String> {
        (self.gaps > 0).then(|| {
            let files = text::count(self.gaps, "file");
            format!(
                "{files} missing in messages that are in Gorgias: each is tried again, and a message whose file comes now is \
                 changed in place, with its sent time."
            )
        })
    }

    /// What will happen that may surprise.
    pub(super) fn announcements(&self) -> Vec<String> {
        let open = (self.open > 0).then(|| {
            format!(
                "{} will be open in Gorgias: open tickets appear in the agents' views, start SLA clocks and notify \
                 whoever they are assigned to.",
                text::count(self.open, "ticket")
            )
        });
        open.into_iter()
            .chain(self.moving())
            .chain(self.late())
            .chain(self.existing.map(existing_words))
            .collect()
    }
}

fn existing_words(existing: &Existing) -> String {
    let example = existing
        .example
        .as_ref()
        .map_or_else(String::new, |(key, id)| format!(" ({key} is probably Gorgias ticket {id})"));
    format!(
        "{} of {} sampled seem to be in the account already by other means, such as Gorgias's own import: a ticket of the \
         same customer began within two minutes of each{example}.",
        existing.there,
        text::count(existing.looked_at, "ticket"),
    )
}

/// Why a run does not begin: history that is there already, which a `--yes` cannot know of.
pub(super) fn there_already(existing: &Existing) -> CommandError {
    let words = existing_words(existing);
    CommandError::new(ExitCode::Safety, words.trim_end_matches('.').to_owned()).with_next(
        "look at both in Gorgias; then set [safety] existing = \"skip\" to leave such records out, or \"import\" to import \
         all; nothing was written",
    )
}

/// Role of users who only look (the table of roles is not documented; observers are said to read).
const OBSERVER: &str = "observer-agent";

/// Refuses a login that cannot create tickets, before an import has half begun.
pub(super) fn check_role(role: Option<&str>) -> Result<(), CommandError> {
    if role != Some(OBSERVER) {
        return Ok(());
    }
    let message = "the key belongs to a user of the role observer-agent, who may not create tickets";
    Err(CommandError::new(ExitCode::Auth, message).with_next("use the key of an admin or an agent"))
}

/// A difference of clocks up to this is normal.
const CLOCKS_APART_MAX: SignedDuration = SignedDuration::from_mins(2);

/// What is to be said where the server's clock and this machine's are far apart: the gate asks both whether a message
/// is past.
pub(super) fn clock(theirs: Timestamp, ours: Timestamp) -> Option<String> {
    let apart = theirs.duration_since(ours);
    if apart.abs() <= CLOCKS_APART_MAX {
        return None;
    }
    let which = if apart.is_negative() { "ahead of" } else { "behind" };
    let length = text::duration(apart.unsigned_abs());
    Some(format!(
        "the clock of this machine is {length} {which} Gorgias's; messages of the time between are refused as ones of the \
         future. Set the clock"
    ))
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
            // A rehearsal goes on with its pages, and says at their link what comes then.
            if summary.command != "rehearse" || !is_whole(summary) {
                output.next(&report::next_after(summary, folder.path()));
            }
        }
    }
    Ok(())
}

/// Whether a run came to its end, with or without rejects.
fn is_whole(summary: &RunSummary) -> bool {
    [ExitCode::Ok, ExitCode::Partial].iter().any(|code| code.number() == summary.exit_code)
}

/// What a rehearsal is good for beside its verdict: how long the real thing takes, and how it will look.
fn tell_rehearsed(context: &Context, summary: &RunSummary) {
    let seconds = report::Pace::default().seconds(summary.calls);
    context.output.paragraph(&format!(
        "The same {} would take {} at the rate of an API key (40 in 20 s).",
        text::count(summary.calls, "call"),
        text::duration(Duration::from_secs(seconds))
    ));
}

/// What a dry run found beside the tickets.
pub(super) struct Foreseen {
    /// What would be given to others.
    pub(super) moves: Moves,
    /// Files that would be tried again.
    pub(super) gaps: u64,
    /// What the account lacks.
    pub(super) needs: Needs,
    /// What is there already by other means.
    pub(super) existing: Option<Existing>,
}

/// What a run would do, without doing it.
pub(super) fn dry_run(
    session: &Session<'_>,
    account: &Account,
    figures: &Figures,
    foreseen: &Foreseen,
    started: Instant,
) -> Result<ExitCode, CommandError> {
    let output = &session.context.output;
    let Foreseen { moves, gaps, needs, existing } = foreseen;
    let (calls, throttled, _) = session.target.traffic.counts();
    let figures = Figures { calls, throttled, ..*figures };
    let summary = RunSummary::new("run", 0, 0, &figures, started.elapsed().as_secs_f64());
    if output.is_json() {
        let mut document = serde_json::to_value(&summary).map_err(std::io::Error::from)?;
        document["dry_run"] = true.into();
        document["writes"] = 0.into();
        if moves.tickets > 0 {
            document["reassigned"] = moves.tickets.into();
        }
        document["needs"] = serde_json::to_value(needs).map_err(std::io::Error::from)?;
        if *gaps > 0 {
            document["files_to_try_again"] = (*gaps).into();
        }
        if let Some(existing) = existing {
            document["by_other_means"] =
                serde_json::json!({"sampled": existing.looked_at, "there": existing.there});
        }
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
        if moves.tickets > 0 {
            output.say(&format!(
                "{} would be given to other users, or messages in them",
                text::count(moves.tickets, "ticket")
            ));
        }
        if let Some(needs) = needs.text() {
            output.paragraph(&format!("needed: {needs}."));
        }
        if let Some(existing) = existing {
            output.paragraph(&existing_words(existing));
        }
        if *gaps > 0 {
            output.say(&format!("{} that messages lack would be tried again", text::count(*gaps, "file")));
        }
        output.next("gorgias-import run --limit 20");
    }
    Ok(if figures.tickets.rejected > 0 { ExitCode::Partial } else { ExitCode::Ok })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_far_apart_are_told() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let noon = at("2026-03-02T12:00:00Z");
        assert_eq!(clock(at("2026-03-02T12:01:30Z"), noon), None);
        assert!(clock(at("2026-03-02T13:00:00Z"), noon).unwrap().contains("1 h 00 min behind"));
        assert!(clock(at("2026-03-02T11:50:00Z"), noon).unwrap().contains("10 min 00 s ahead of"));
    }

    #[test]
    fn observers_are_refused() {
        assert_eq!(check_role(Some("observer-agent")).unwrap_err().code(), ExitCode::Auth);
        assert!(check_role(Some("admin")).is_ok() && check_role(None).is_ok());
    }
}

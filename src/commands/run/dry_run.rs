//! What a run would do, told without doing it.

use std::time::Instant;

use crate::commands::CommandError;
use crate::exit::ExitCode;
use crate::model::event::Figures;
use crate::report::{Needs, RunSummary};
use crate::text;
use crate::upload::account::Account;
use crate::upload::{Existing, Moves};

use super::question::existing_words;
use super::session::Session;

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
pub(super) fn tell(
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

//! `status`: where the current or last run stands, from another terminal too.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::cli::StatusArgs;
use crate::exit::ExitCode;
use crate::ledger::{LedgerError, LedgerView, RunRow, Selection, TicketState};
use crate::model::event::{Figures, MessageCounts, TicketCounts};
use crate::model::time::now;
use crate::progress::Following;
use crate::report::{self, Layout, RunState, StatusDocument};

use super::{CommandError, Context, near};

/// How often `--watch` looks.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub(super) fn run(context: &Context, args: &StatusArgs) -> Result<ExitCode, CommandError> {
    let mut shown: Option<String> = None;
    let mut following = Following::default();
    loop {
        let document = document(context)?;
        let at_work = matches!(document.state, RunState::Running | RunState::Paused);
        if context.output.is_json() {
            context.output.document(&document)?;
        } else {
            let text = text(context, &document, &mut following);
            if shown.as_ref() != Some(&text) {
                let above = shown.as_ref().map_or(0, |last| rows(last, context.output.width()));
                context.output.print_over(&text, above)?;
                shown = Some(text);
            }
        }
        if !args.watch || !at_work {
            if !context.output.is_json() {
                let lists = context.state_dir().join(format!("runs/{:04}", document.run.unwrap_or_default()));
                let config = &context.globals.config;
                let next = if document.state == RunState::Idle && !config.is_file() {
                    near::folder_with(config).unwrap_or_else(|| "gorgias-import init EXPORT...".to_owned())
                } else {
                    report::next_of_status(&document, args.watch, &lists)
                };
                context.output.next(&next);
            }
            return Ok(ExitCode::Ok);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The rows that a text takes up on a terminal of this width: one that was made narrower has wrapped it meanwhile.
fn rows(text: &str, width: usize) -> usize {
    text.lines().map(|line| line.chars().count().div_ceil(width.max(1)).max(1)).sum()
}

/// Where the run stands, with a bar while it is at work.
fn text(context: &Context, document: &StatusDocument, following: &mut Following) -> String {
    let layout = Layout { width: context.output.width(), color: false };
    let mut text = report::status_text(document, layout);
    if let Some(run) = document.run.filter(|_| matches!(document.state, RunState::Running | RunState::Paused))
    {
        let line = following.line(run, &document.tickets, now(), &TimeZone::system(), layout.width);
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn document(context: &Context) -> Result<StatusDocument, CommandError> {
    let view = match LedgerView::open(context.state_dir()) {
        Ok(view) => view,
        Err(LedgerError::Absent { .. }) => {
            let (tickets, messages) = (TicketCounts::default(), MessageCounts::default());
            return Ok(StatusDocument::new(RunState::Idle, None, tickets, messages));
        }
        Err(error) => return Err(error.into()),
    };
    let Some(last) = view.last_run()? else {
        let (tickets, messages) = (TicketCounts::default(), MessageCounts::default());
        return Ok(StatusDocument::new(RunState::Idle, None, tickets, messages));
    };
    let at_work = view.holder()?.is_some();
    let (tickets, messages) =
        if at_work || last.exit_code.is_some() { told(&last) } else { standing(&view)? };
    let mut document = StatusDocument::new(state(&last, at_work), Some(last.id), tickets, messages);
    if !at_work {
        document.taken_back = view.counts(&Selection::default())?.tickets(TicketState::Undone);
    }
    Ok(document)
}

/// A run that never ended and that nobody is at work on has died.
fn state(last: &RunRow, at_work: bool) -> RunState {
    use crate::ledger::RunState as Stored;
    match (last.state, at_work) {
        (Stored::Done, _) => RunState::Done,
        (Stored::Interrupted, _) | (Stored::Running | Stored::Paused, false) => RunState::Interrupted,
        (Stored::Running, true) => RunState::Running,
        (Stored::Paused, true) => RunState::Paused,
    }
}

/// The figures that a run at work told last.
fn told(last: &RunRow) -> (TicketCounts, MessageCounts) {
    let number = |group: &str, name: &str| last.figures[group][name].as_u64().unwrap_or_default();
    let ticket = |name| number("tickets", name);
    let message = |name| number("messages", name);
    (
        TicketCounts {
            created: ticket("created"),
            appended: ticket("appended"),
            already: ticket("already"),
            rejected: ticket("rejected"),
            unknown: ticket("unknown"),
            pending: ticket("pending"),
            left_out: ticket("left_out"),
            updated: ticket("updated"),
        },
        MessageCounts {
            created: message("created"),
            already: message("already"),
            rejected: message("rejected"),
        },
    )
}

/// Where things stand by the ledger's rows, as the figures of a run that made so many calls.
pub(super) fn figures(view: &LedgerView, calls: u64) -> Result<Figures, LedgerError> {
    let (tickets, messages) = standing(view)?;
    Ok(Figures { tickets, messages, calls, ..Figures::default() })
}

/// Where things stand by the ledger's rows: what a run that died did not live to tell is in them.
fn standing(view: &LedgerView) -> Result<(TicketCounts, MessageCounts), LedgerError> {
    let counts = view.counts(&Selection::default())?;
    let (left_out, _) = counts.left_out();
    let tickets = TicketCounts {
        created: counts.tickets(TicketState::Done),
        // As a run counts them: there is nothing to do about what somebody deleted in Gorgias.
        already: counts.tickets(TicketState::Gone),
        rejected: counts.tickets(TicketState::Rejected) - left_out,
        left_out,
        unknown: counts.tickets(TicketState::Sending),
        pending: counts.tickets(TicketState::Pending) + counts.tickets(TicketState::Appending),
        ..TicketCounts::default()
    };
    let messages = MessageCounts {
        created: counts.messages_there(),
        rejected: counts.messages_rejected(),
        ..MessageCounts::default()
    };
    Ok((tickets, messages))
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_terminal_that_became_narrower_has_wrapped_what_was_shown() {
        let text = "run 2: running\n\n21 of 355 selected tickets are in Gorgias\n";
        assert_eq!(rows(text, 60), 3);
        assert_eq!(rows(text, 40), 4);
        assert_eq!(rows(text, 10), 2 + 1 + 5);
        assert_eq!(rows("", 0), 0);
    }
}

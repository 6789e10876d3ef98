//! What a run says at its end.

use std::time::Duration;

use crate::commands::{CommandError, Context};
use crate::exit::ExitCode;
use crate::report::{self, Layout, RunSummary};
use crate::text;
use crate::upload::Ended;

use super::folder::RunFolder;
use super::stops::stop_error;

/// The summary, and why it is not the whole, if it is not.
pub(super) fn tell(
    context: &Context,
    summary: &RunSummary,
    ended: &Ended,
    code: ExitCode,
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
        // Its own last line says what to do. What scripts read in it is the code of the process, which may be graver
        // than that of the cause: tickets whose outcome is unknown.
        Ended::Stopped(stop) => output.error(&stop_error(stop).with_code(code)),
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

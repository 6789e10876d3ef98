//! What a run says at its end.

use std::time::Duration;

use crate::commands::{CommandError, Context};
use crate::exit::ExitCode;
use crate::report::{self, Layout, RunSummary};
use crate::text;
use crate::upload::Ended;

use super::folder::RunFolder;
use super::stops::stop_error;

/// The code of a run that ended with `code` where these things could not be written at its end. Nothing that was typed is
/// wrong then, and the next run writes anew.
pub(in crate::commands) fn beside(code: ExitCode, failures: &[CommandError]) -> ExitCode {
    let of = |failure: &CommandError| match failure.code() {
        ExitCode::Internal => ExitCode::Internal,
        _ => ExitCode::Temporary,
    };
    ExitCode::strongest(failures.iter().map(of).chain([code]))
}

/// The summary, and why it is not the whole, if it is not; whatever could not be written is named as well. Gives the code
/// of the process.
pub(super) fn tell(
    context: &Context,
    summary: &RunSummary,
    ended: &Ended,
    code: ExitCode,
    folder: &RunFolder,
    mut failures: Vec<CommandError>,
) -> ExitCode {
    let output = &context.output;
    if output.is_json() {
        failures.extend(unwritten(output.document(summary)));
    } else {
        let layout = Layout { width: output.width(), color: output.has_colour() };
        output.say(&report::summary_text(summary, layout));
        if summary.command == "rehearse" {
            tell_rehearsed(context, summary);
        }
        output.say(&format!("lists, log and report: {}", folder.path().display()));
    }
    let code = beside(code, &failures);
    let last = match ended {
        // Its own last line says what to do. What scripts read in it is the code of the process, which may be graver
        // than that of the cause: tickets whose outcome is unknown.
        Ended::Stopped(stop) => Some(stop_error(stop)),
        Ended::Interrupted | Ended::LimitReached(_) | Ended::Finished => {
            tell_end(context, summary, ended, folder, failures.is_empty());
            failures.pop()
        }
    };
    tell_last(context, last, failures, code);
    code
}

/// The last words of a command: why it ended, if anything stopped it, as the error that scripts read, with the code of the
/// process; else the last of what could not be written. The others are warnings.
pub(in crate::commands) fn tell_last(
    context: &Context,
    cause: Option<CommandError>,
    mut failures: Vec<CommandError>,
    code: ExitCode,
) {
    let last = cause.or_else(|| failures.pop());
    for failure in &failures {
        context.output.warn(failure.message());
    }
    if let Some(last) = last {
        context.output.error(&last.with_code(code));
    }
}

/// A document for programs, the last thing that is written. Whoever read has gone away and knows why: that is no failure.
pub(in crate::commands) fn unwritten(written: std::io::Result<()>) -> Option<CommandError> {
    let gone = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
    written.err().filter(|error| !gone(error)).map(CommandError::from)
}

/// How a run ended that nothing stopped, and, where all was written, what comes next.
fn tell_end(
    context: &Context,
    summary: &RunSummary,
    ended: &Ended,
    folder: &RunFolder,
    is_all_written: bool,
) {
    let output = &context.output;
    if output.is_json() {
        return;
    }
    match ended {
        Ended::Interrupted => output.say("stopped as you asked; the ledger is clean"),
        Ended::LimitReached(words) => output.paragraph(&format!("stopped: {words}")),
        Ended::Finished | Ended::Stopped(_) => {}
    }
    // A rehearsal goes on with its pages, and says at their link what comes then.
    if is_all_written && (summary.command != "rehearse" || !is_whole(summary)) {
        output.next(&report::next_after(summary, folder.path()));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_temporary_and_hides_nothing_graver() {
        use ExitCode::{Auth, Internal, Interrupted, Limit, Ok, Partial, Safety, Temporary, UnknownLeft};
        let unwritten = |code| [CommandError::new(code, "cannot write the report")];
        for graver in [Internal, Auth, Safety, Interrupted, UnknownLeft, Temporary] {
            assert_eq!(beside(graver, &unwritten(ExitCode::Usage)), graver);
            assert_eq!(beside(graver, &[]), graver);
        }
        for milder in [Partial, Limit, Ok] {
            assert_eq!(beside(milder, &unwritten(ExitCode::Usage)), Temporary);
            assert_eq!(beside(milder, &unwritten(Internal)), Internal, "a bug stays one");
        }
    }
}

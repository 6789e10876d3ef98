//! Command lines that cannot be understood, and requests for help.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, ValueEnum as _};

use super::typed::Typed;
use super::{CommandError, Output, environment};
use crate::cli::{Cli, Colour, short_help};
use crate::exit::ExitCode;
use crate::text::nearest;

/// The output that arguments ask for which may not be understood otherwise, so that a script that asked for JSON gets
/// its error as JSON.
pub(super) fn guess_output(arguments: &[OsString]) -> Output {
    let words = || arguments.iter().filter_map(|word| word.to_str()).take_while(|word| *word != "--");
    let truthy = |value: String| !matches!(value.as_str(), "" | "0" | "false" | "no" | "off" | "n" | "f");
    let json = words().any(|word| word == "--json") || environment("GORGIAS_IMPORT_JSON").is_some_and(truthy);
    let after_flag =
        words().zip(words().skip(1)).find(|(flag, _)| *flag == "--color").map(|(_, value)| value);
    let colour = words()
        .find_map(|word| word.strip_prefix("--color="))
        .or(after_flag)
        .map(str::to_owned)
        .or_else(|| environment("GORGIAS_IMPORT_COLOR"))
        .and_then(|value| Colour::from_str(&value, true).ok());
    Output::of(json, colour.unwrap_or_default(), false, 0)
}

/// Tells what the command line reader has to say, and how the process ends.
pub(super) fn tell(error: &clap::Error, arguments: &[OsString], output: Output) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match output.print(&error.render().ansi().to_string()).map_err(CommandError::from) {
                Ok(()) => ExitCode::Ok,
                Err(error) => error.code(),
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            if output.is_json() {
                output.error(&usage_error("no command was given", "gorgias-import --help"));
            } else {
                output.say(&short_help(output.width()));
                output.next("gorgias-import init EXPORT...");
            }
            ExitCode::Usage
        }
        _ => {
            let typed = Typed::of(arguments);
            let corrected = corrected(error, &typed);
            let next = corrected.clone().unwrap_or_else(|| typed.help());
            if output.is_json() {
                output.error(&usage_error(&summary(&error.render().to_string()), &next));
            } else {
                let text = error.render().ansi().to_string();
                // With the right line at hand nobody needs the usage.
                let is_shown = |line: &&str| {
                    let is_usage = anstream::adapter::strip_str(line).to_string().starts_with("Usage:");
                    !(line.starts_with("For more information") || is_usage && corrected.is_some())
                };
                let rest = text.trim_end().lines().filter(is_shown);
                output.lines(rest.collect::<Vec<_>>().join("\n").trim_end());
                output.next(&next);
            }
            ExitCode::Usage
        }
    }
}

fn usage_error(message: &str, next: &str) -> CommandError {
    CommandError::new(ExitCode::Usage, message).with_next(next)
}

/// The line with what is nearest in place of what is not known.
fn corrected(error: &clap::Error, typed: &Typed) -> Option<String> {
    let text = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.first().cloned(),
        _ => None,
    };
    let pairs = [
        (ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand),
        (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        (ContextKind::InvalidValue, ContextKind::SuggestedValue),
    ];
    let suggested = pairs.into_iter().find_map(|(wrong, right)| Some((text(wrong)?, text(right)?)));
    let (wrong, right) = suggested.or_else(|| {
        // The reader of command lines overlooks that two letters changed places.
        let wrong = text(ContextKind::InvalidSubcommand)?;
        let known = Cli::command();
        let right = nearest(&wrong, known.get_subcommands().map(clap::Command::get_name))?.to_owned();
        Some((wrong, right))
    })?;
    typed.corrected(&wrong, &right)
}

/// The message and the suggestion of a rendered error as one line, without usage.
fn summary(rendered: &str) -> String {
    let lines = rendered.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let text: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("For more")).collect();
    text.join("; ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn a_rendered_error_becomes_one_line() {
        let rendered =
            "error: unrecognized subcommand 'rnu'\n\n  tip: a similar subcommand exists: 'run'\n\nUsage: x\n";
        assert_eq!(
            summary(rendered),
            "unrecognized subcommand 'rnu'; tip: a similar subcommand exists: 'run'"
        );
    }

    #[test]
    fn the_next_line_is_the_typed_one_put_right() {
        let next = |line: &str| {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            corrected(&Cli::try_parse_from(&arguments).unwrap_err(), &Typed::of(&arguments))
        };
        for (typed, right) in [
            ("gorgias-import rnu --limit 5", "gorgias-import run --limit 5"),
            ("gorgias-import valdate", "gorgias-import validate"),
            ("gorgias-import validate --reprot a.html", "gorgias-import validate --report a.html"),
            ("gorgias-import rehearse --faults nsty", "gorgias-import rehearse --faults nasty"),
        ] {
            assert_eq!(next(typed).as_deref(), Some(right));
        }
        assert_eq!(next("gorgias-import run --api-key x"), None);
        assert_eq!(next("gorgias-import frobnicate"), None);
    }

    #[test]
    fn json_is_asked_for_before_the_double_dash() {
        let guess =
            |words: &[&str]| guess_output(&words.iter().map(OsString::from).collect::<Vec<_>>()).is_json();
        assert!(guess(&["gorgias-import", "rnu", "--json"]));
        assert!(!guess(&["gorgias-import", "init", "--", "--json"]));
    }
}

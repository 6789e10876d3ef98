//! Command lines that cannot be understood, and requests for help.

use std::ffi::OsString;

use clap::ValueEnum as _;
use clap::error::ErrorKind;

use super::{CommandError, Output, environment};
use crate::cli::{Colour, short_help};
use crate::exit::ExitCode;

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
pub(super) fn tell(error: &clap::Error, output: Output) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match output.print(&error.render().ansi().to_string()).map_err(CommandError::from) {
                Ok(()) => ExitCode::Ok,
                Err(error) => error.code(),
            }
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            if output.is_json() {
                output.error(&usage_error("no command was given"));
            } else {
                output.say(&short_help());
            }
            ExitCode::Usage
        }
        _ => {
            if output.is_json() {
                output.error(&usage_error(&summary(&error.render().to_string())));
            } else {
                let text = error.render().ansi().to_string();
                let rest = text.trim_end().lines().filter(|line| !line.starts_with("For more information"));
                output.say(rest.collect::<Vec<_>>().join("\n").trim_end());
                output.next(&help_command(&error.render().to_string()));
            }
            ExitCode::Usage
        }
    }
}

fn usage_error(message: &str) -> CommandError {
    CommandError::new(ExitCode::Usage, message).with_next("see gorgias-import --help")
}

/// The command that shows the help for what was typed: the words of the usage line up to its first placeholder.
fn help_command(rendered: &str) -> String {
    let usage = rendered.lines().find_map(|line| line.trim().strip_prefix("Usage: ")).unwrap_or_default();
    let words =
        usage.split_whitespace().take_while(|word| word.starts_with(|c: char| c.is_ascii_lowercase()));
    let words: Vec<&str> = words.collect();
    if words.is_empty() { "gorgias-import --help".to_owned() } else { format!("{} --help", words.join(" ")) }
}

/// The message and the suggestion of a rendered error as one line, without usage.
fn summary(rendered: &str) -> String {
    let lines = rendered.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:"));
    let text: Vec<&str> = lines.filter(|line| !line.is_empty() && !line.starts_with("For more")).collect();
    text.join("; ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
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
    fn the_help_is_that_of_the_command() {
        assert_eq!(
            help_command("error: x\n\nUsage: gorgias-import status [OPTIONS]\n"),
            "gorgias-import status --help"
        );
        assert_eq!(help_command("Usage: gorgias-import [OPTIONS] <COMMAND>"), "gorgias-import --help");
        assert_eq!(help_command("error: invalid value"), "gorgias-import --help");
    }

    #[test]
    fn json_is_asked_for_before_the_double_dash() {
        let guess =
            |words: &[&str]| guess_output(&words.iter().map(OsString::from).collect::<Vec<_>>()).is_json();
        assert!(guess(&["gorgias-import", "rnu", "--json"]));
        assert!(!guess(&["gorgias-import", "init", "--", "--json"]));
    }
}

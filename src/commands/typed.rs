//! The command line as it was typed, so that a message can name what to type next.

use std::ffi::OsString;

use clap::CommandFactory as _;

use crate::cli::Cli;

/// What a message names as the program.
const PROGRAM: &str = "gorgias-import";

/// The words behind the program's name.
pub(super) struct Typed(Vec<String>);

impl Typed {
    /// What this process was started with.
    pub(super) fn now() -> Self {
        Self::of(&std::env::args_os().collect::<Vec<_>>())
    }

    /// Arguments, the program's name first.
    pub(super) fn of(arguments: &[OsString]) -> Self {
        Self(arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect())
    }

    /// The line to type it again.
    pub(super) fn again(&self) -> String {
        std::iter::once(PROGRAM.to_owned())
            .chain(self.0.iter().map(|word| quoted(word)))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The line with `flags` behind it.
    pub(super) fn with(&self, flags: &str) -> String {
        format!("{} {flags}", self.again())
    }

    /// The line with a wrong word put right; nothing where it is not there.
    pub(super) fn corrected(&self, wrong: &str, right: &str) -> Option<String> {
        let at = self.0.iter().position(|word| {
            word.strip_prefix(wrong).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
                || word.strip_suffix(wrong).is_some_and(|start| start.ends_with('='))
        })?;
        let mut words = self.0.clone();
        words[at] = words[at].replacen(wrong, right, 1);
        Some(Self(words).again())
    }

    /// The command that was typed, if it is one.
    pub(super) fn command(&self) -> Option<&str> {
        let known = Cli::command();
        let found = self.0.iter().find(|word| known.find_subcommand(word).is_some());
        found.map(String::as_str)
    }

    /// The command that shows the help for what was typed.
    pub(super) fn help(&self) -> String {
        self.command()
            .map_or_else(|| format!("{PROGRAM} --help"), |command| format!("{PROGRAM} {command} --help"))
    }

    /// A step that somebody is told, with the command to type at its end if it names none.
    pub(super) fn step(&self, step: &str) -> String {
        if step.contains(PROGRAM) || self.0.is_empty() {
            step.to_owned()
        } else if step.ends_with("again") {
            format!("{step}: {}", self.again())
        } else {
            format!("{step}; then: {}", self.again())
        }
    }
}

/// A word as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+~".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Typed {
        Typed::of(&std::iter::once("x").chain(line.split(' ')).map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_line_is_named_so_that_it_can_be_typed() {
        let arguments = ["x", "init", "it's here", "--out=a.toml"].map(OsString::from);
        assert_eq!(Typed::of(&arguments).again(), r"gorgias-import init 'it'\''s here' --out=a.toml");
        assert_eq!(typed("clean").with("--yes"), "gorgias-import clean --yes");
    }

    #[test]
    fn a_wrong_word_is_put_right() {
        let said = |line: &str, wrong: &str, right: &str| typed(line).corrected(wrong, right);
        assert_eq!(said("rnu --yes", "rnu", "run").as_deref(), Some("gorgias-import run --yes"));
        assert_eq!(
            said("run --reprot=a.html", "--reprot", "--report").as_deref(),
            Some("gorgias-import run --report=a.html")
        );
        assert_eq!(
            said("run --order=nwest", "nwest", "newest").as_deref(),
            Some("gorgias-import run --order=newest")
        );
        assert_eq!(said("run", "rnu", "run"), None);
    }

    #[test]
    fn steps_end_with_a_command() {
        let typed = typed("-c a.toml run --limit 5");
        assert_eq!(typed.help(), "gorgias-import run --help");
        assert_eq!(typed.step("gorgias-import status"), "gorgias-import status");
        assert_eq!(
            typed.step("run the same command again"),
            "run the same command again: gorgias-import -c a.toml run --limit 5"
        );
        assert_eq!(
            typed.step("correct the key"),
            "correct the key; then: gorgias-import -c a.toml run --limit 5"
        );
    }
}

//! The one place that writes to the terminal: people read stderr, programs read stdout.
//!
//! Commands say what they have to say and never ask whether a terminal is there; colour, quietness and machine output
//! are decided here, once, for each stream apart.

use std::io::{self, BufRead as _, IsTerminal as _, Read as _, Write};

use anstream::{AutoStream, ColorChoice};
use console::{Term, measure_text_width};
use owo_colors::OwoColorize as _;
use serde::Serialize;

use super::error::CommandError;
use super::typed::Typed;
use crate::cli::{Colour, Globals};
use crate::exit::ExitCode;
use crate::report::words::wrap;

/// Width of a terminal that does not say its own.
const WIDTH_ASSUMED: usize = 80;

/// Columns for a yes and the space before it.
const ANSWER_WIDTH: usize = 5;

/// Columns of `error: `, under which the rest of its sentence stands.
const CONTINUED: usize = 7;

/// Longest answer that is read, in bytes.
const ANSWER_MAX: u64 = 4096;

/// Where output goes and how it looks.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
    quiet: bool,
    verbosity: u8,
    stdout: Stream,
    stderr: Stream,
    stdin_is_terminal: bool,
}

#[derive(Clone, Copy, Debug)]
struct Stream {
    terminal: bool,
    colour: bool,
}

impl Stream {
    fn new(flag: Colour, terminal: bool, environment: &dyn Fn(&str) -> Option<String>) -> Self {
        Self { terminal, colour: use_colour(flag, terminal, environment) }
    }

    fn choice(self) -> ColorChoice {
        if self.colour { ColorChoice::AlwaysAnsi } else { ColorChoice::Never }
    }
}

/// Whether a stream gets colour: the flag decides, then NO_COLOR and TERM=dumb, then FORCE_COLOR, then the terminal.
fn use_colour(flag: Colour, terminal: bool, environment: &dyn Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| environment(name).filter(|value| !value.is_empty());
    match flag {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto if set("NO_COLOR").is_some() => false,
        Colour::Auto if set("TERM").as_deref() == Some("dumb") => false,
        Colour::Auto if set("FORCE_COLOR").is_some_and(|value| value != "0") => true,
        Colour::Auto => terminal,
    }
}

impl Output {
    /// Output as the flags ask for it, on the streams of this process.
    pub fn new(globals: &Globals) -> Self {
        Self::of(globals.json, globals.color, globals.quiet, globals.verbose)
    }

    /// Output before the flags are understood, for telling that they are not.
    pub(super) fn of(json: bool, colour: Colour, quiet: bool, verbosity: u8) -> Self {
        let environment = |name: &str| std::env::var(name).ok();
        Self {
            json,
            quiet,
            verbosity,
            stdout: Stream::new(colour, io::stdout().is_terminal(), &environment),
            stderr: Stream::new(colour, io::stderr().is_terminal(), &environment),
            stdin_is_terminal: io::stdin().is_terminal(),
        }
    }

    /// Whether a program reads stdout.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether only what went wrong is to be said.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// How much more is to be said: 0 to 2.
    pub fn verbosity(&self) -> u8 {
        self.verbosity
    }

    /// Whether stderr is a terminal, so that a progress block can be drawn.
    pub fn has_terminal(&self) -> bool {
        self.stderr.terminal
    }

    /// Whether stderr gets colour.
    pub fn has_colour(&self) -> bool {
        self.stderr.colour
    }

    /// Columns of the terminal.
    pub fn width(&self) -> usize {
        let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let actual = || {
            let (_, width) = Term::stderr().size_checked().or_else(|| Term::stdout().size_checked())?;
            Some(usize::from(width))
        };
        let sound = |columns: &usize| (20..=1000).contains(columns);
        asked.filter(sound).or_else(|| actual().filter(sound)).unwrap_or(WIDTH_ASSUMED)
    }

    /// Whether a question can be asked.
    pub fn can_ask(&self) -> bool {
        self.stdin_is_terminal && self.stderr.terminal
    }

    /// Puts one JSON document on stdout, as one line.
    pub fn document(&self, document: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_string(document)?;
        line.push('\n');
        self.print(&line)
    }

    /// Puts text on stdout as it is (styling is taken off where it does not belong).
    pub fn print(&self, text: &str) -> io::Result<()> {
        let mut stream = AutoStream::new(io::stdout().lock(), self.stdout.choice());
        stream.write_all(text.as_bytes())?;
        stream.flush()
    }

    /// Puts text on stdout in place of the last `above` lines; below them where stdout is no terminal.
    pub fn print_over(&self, text: &str, above: usize) -> io::Result<()> {
        if self.stdout.terminal && above > 0 {
            Term::stdout().clear_last_lines(above)?;
        }
        self.print(text)
    }

    /// Says something to people.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            self.write_stderr(text);
        }
    }

    /// Says sentences to people, broken between words.
    pub fn paragraph(&self, text: &str) {
        self.say(&self.wrapped(text));
    }

    /// Says what the reader of command lines put into lines.
    pub fn lines(&self, text: &str) {
        self.say(&self.fitted(text, self.stderr, CONTINUED));
    }

    /// Prints the result for people, as [`Output::print`] does.
    pub fn print_lines(&self, text: &str) -> io::Result<()> {
        self.print(&self.fitted(text, self.stdout, 0))
    }

    /// On a terminal, lines that are too long broken between words.
    fn fitted(self, text: &str, stream: Stream, hang: usize) -> String {
        let broken = |line: &str| {
            let body = line.trim_end_matches('\n');
            if !stream.terminal || measure_text_width(body) <= self.width() {
                return line.to_owned();
            }
            let indent = body.len() - body.trim_start().len();
            let lines = wrap(body, self.width().saturating_sub(indent), hang);
            let lines: Vec<String> = lines.iter().map(|line| format!("{:indent$}{line}", "")).collect();
            lines.join("\n") + &line[body.len()..]
        };
        text.split_inclusive('\n').map(broken).collect()
    }

    /// A word and what it says, which stands behind it: several problems of one file below one another, and on a
    /// terminal no line longer than it is wide. Whoever searches a log finds sentences whole.
    fn hanging(self, label: &str, text: &str) -> String {
        let indent = measure_text_width(label) + 1;
        let width = if self.stderr.terminal { self.width().saturating_sub(indent) } else { usize::MAX };
        let lines = text.lines().flat_map(|line| match width {
            usize::MAX => vec![line.to_owned()],
            width => wrap(line, width, 0),
        });
        let lines: Vec<String> = lines.collect();
        format!("{label} {}", lines.join(&format!("\n{:indent$}", "")))
    }

    fn wrapped(self, text: &str) -> String {
        let indent = text.len() - text.trim_start_matches(' ').len();
        let lines = wrap(text, self.width().saturating_sub(indent), 0);
        lines.iter().map(|line| format!("{:indent$}{line}", "")).collect::<Vec<_>>().join("\n")
    }

    /// Says something that only -v asks for.
    pub fn detail(&self, text: &str) {
        if self.verbosity > 0 {
            self.write_stderr(text);
        }
    }

    /// Says something that even -q must not hide.
    pub fn warn(&self, text: &str) {
        self.write_stderr(&format!("{} {text}", "warning:".yellow().bold()));
    }

    /// Names the command to type next.
    pub fn next(&self, step: &str) {
        self.say(&self.hanging(&"next:".bold().to_string(), step));
    }

    /// Tells why the command failed: one sentence and what to do, or the JSON object for programs, as the last line.
    pub fn error(&self, error: &CommandError) {
        if self.json {
            let object = serde_json::to_string(&error.document()).unwrap_or_default();
            self.write_stderr(&object);
            return;
        }
        self.write_stderr(&self.hanging(&"error:".red().bold().to_string(), error.message()));
        if let Some(step) = error.next_step() {
            // Whoever reads a report of a bug is not to type the same again.
            let is_bug = error.code() == ExitCode::Internal;
            let step = if is_bug { step.to_owned() } else { Typed::now().step(step) };
            self.write_stderr(&self.hanging(&"next:".bold().to_string(), &step));
        }
    }

    /// Asks a question that is answered with yes or no; anything but yes is no.
    ///
    /// What was typed before the question was there is no answer to it and is thrown away.
    pub fn ask(&self, question: &str) -> io::Result<bool> {
        discard_typed_ahead();
        let mut stream = AutoStream::new(io::stderr().lock(), self.stderr.choice());
        // Room for the answer, so that it stands behind the question.
        let width = self.width().saturating_sub(ANSWER_WIDTH);
        let question = format!("{question} [y/N]");
        let lines: Vec<String> = question.lines().flat_map(|line| wrap(line, width, 0)).collect();
        write!(stream, "{} ", lines.join("\n"))?;
        stream.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Puts a question and gives the line that was answered; nothing where the input has ended.
    pub fn ask_line(&self, question: &str) -> io::Result<Option<String>> {
        let mut stream = AutoStream::new(io::stderr().lock(), self.stderr.choice());
        write!(stream, "{question} ")?;
        stream.flush()?;
        let mut answer = String::new();
        // A terminal's line is at most 4 kB long.
        let read = io::stdin().lock().take(ANSWER_MAX).read_line(&mut answer)?;
        Ok((read > 0).then(|| answer.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn write_stderr(self, text: &str) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.stderr.choice());
        // Nobody can be told that stderr is gone.
        drop(writeln!(stream, "{text}"));
    }
}

/// Empties the terminal's input. What cannot be emptied is no terminal, and nobody is asked there.
fn discard_typed_ahead() {
    #[cfg(unix)]
    rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_decided_by_flag_then_environment_then_terminal() {
        let with = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let auto = |terminal, pairs| use_colour(Colour::Auto, terminal, &with(pairs));
        assert!(auto(true, &[("TERM", "xterm")]) && !auto(false, &[("TERM", "xterm")]));
        assert!(!auto(true, &[("NO_COLOR", "1")]) && auto(true, &[("NO_COLOR", "")]));
        assert!(!auto(true, &[("TERM", "dumb")]) && !auto(true, &[("TERM", "dumb"), ("FORCE_COLOR", "1")]));
        assert!(auto(false, &[("FORCE_COLOR", "1")]) && !auto(false, &[("FORCE_COLOR", "0")]));
        assert!(use_colour(Colour::Always, false, &with(&[("NO_COLOR", "1")])));
        assert!(!use_colour(Colour::Never, true, &with(&[("FORCE_COLOR", "1")])));
    }
}

//! What the audience sees. Colours only on a terminal, and none with `NO_COLOR`.

use std::io::{IsTerminal as _, Stdout, Write as _};

use anstream::AutoStream;
use owo_colors::OwoColorize as _;

use super::proof::{Row, grouped};

/// The widest label of a row of the proof.
const LABEL: usize = 36;
/// Lines are broken here.
const WIDTH: usize = 80;

/// The demo's voice.
pub(super) struct Scene {
    acts: u32,
    out: AutoStream<Stdout>,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self { acts: 0, out: anstream::stdout() }
    }

    /// A heading.
    pub(super) fn act(&mut self, title: &str) {
        self.acts += 1;
        let number = format!("{}.", self.acts);
        self.put(&format!("\n{} {}\n\n", number.bold().cyan(), title.bold()));
    }

    /// The command that is run, as one would type it.
    pub(super) fn command(&mut self, line: &str) {
        self.put(&format!("   {} {line}\n\n", "$".cyan()));
    }

    pub(super) fn say(&mut self, text: &str) {
        self.put(&(paragraph(text) + "\n"));
    }

    pub(super) fn blank(&mut self) {
        self.put("\n");
    }

    /// What a command said.
    pub(super) fn quote(&mut self, said: &str) {
        for line in said.trim_end().lines() {
            self.put(format!("   {line}").trim_end());
            self.blank();
        }
        self.blank();
    }

    /// What a command said, without the part from one line to another (both by how they begin).
    pub(super) fn excerpt(&mut self, said: &str, from: &str, to: &str) {
        let lines: Vec<&str> = said.trim_end().lines().collect();
        let place = |start: &str| lines.iter().position(|line| line.starts_with(start));
        match (place(from), place(to)) {
            (Some(from), Some(to)) if from < to => {
                let left_out = format!("(… {} lines of findings …)", to - from);
                let [before, after] = [&lines[..from], &lines[to..]].map(|part| part.join("\n"));
                self.quote(&format!("{before}\n{}\n\n{after}", left_out.dimmed()));
            }
            _ => self.quote(said),
        }
    }

    pub(super) fn row(&mut self, row: &Row) {
        let found = grouped(row.found);
        let of = if row.expected == 0 { String::new() } else { format!(" of {}", grouped(row.expected)) };
        let good = row.found == row.expected;
        let mark = if good { "ok".green().to_string() } else { "WRONG".red().bold().to_string() };
        self.put(&format!("   {:LABEL$}{found:>7}{of:<12}{mark}\n", row.what));
    }

    pub(super) fn good(&mut self, text: &str) {
        self.put(&format!("{}\n", paragraph(text).bold().green()));
    }

    pub(super) fn bad(&mut self, text: &str) {
        self.put(&format!("{}\n", paragraph(text).bold().red()));
    }

    /// How to look at the result.
    pub(super) fn browse(&mut self, command: &str) {
        self.blank();
        self.say("Look at the tickets as an agent would see them (Ctrl-C ends it):");
        self.blank();
        self.command(command);
    }

    /// A reader that has gone is no reason to stop.
    fn put(&mut self, text: &str) {
        drop(self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()));
    }
}

/// A program that is killed cannot tidy up the terminal: shows the cursor and starts a new line.
pub(super) fn restore_terminal() {
    if std::io::stderr().is_terminal() {
        let mut terminal = std::io::stderr().lock();
        drop(terminal.write_all(b"\x1b[?25h\x1b[0m\n"));
    }
}

/// Breaks at spaces and sets off from the margin.
fn paragraph(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("   {word}")),
        }
    }
    lines.join("\n")
}

//! Progress on a terminal: a block at the bottom of stderr that is redrawn in place, and everything a person should read
//! scrolling above it. The one `MultiProgress` lives here and nothing else writes to the terminal while it does.

use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use owo_colors::{OwoColorize, Style};

use super::block::{self, Look};
use super::margin::{MARGIN, Margined};
use super::standing::{Phase, Standing};
use super::ticking::Screen;
use crate::model::event::Event;
use crate::report::words;

/// The least time between two drawings, a little under a second so that a tick of one second is kept.
const DRAW_EVERY: SignedDuration = SignedDuration::from_millis(950);

/// Drawings a second that the terminal gets at most.
const DRAWN_HZ: u8 = 20;

/// Draws the block.
pub(super) struct TerminalScreen {
    multi: MultiProgress,
    bars: Vec<ProgressBar>,
    look: Look,
    standing: Standing,
    last_draw: Option<Timestamp>,
    /// Something that a person waits for has changed: draw without waiting for the second.
    urgent: bool,
    /// Where the cursor is put below the last block, so that what is printed then has a row of its own.
    below: Option<Term>,
}

impl TerminalScreen {
    /// The screen of `command` on stderr, `width` columns wide.
    pub(super) fn new(command: &str, width: u16, color: bool) -> Self {
        let width = usize::from(width.saturating_sub(MARGIN));
        let look = Look { command: command.to_owned(), width, color, zone: TimeZone::system() };
        let narrower = Margined::new(Term::stderr());
        let mut screen = Self::on(ProgressDrawTarget::term_like_with_hz(Box::new(narrower), DRAWN_HZ), look);
        screen.below = Some(Term::stderr());
        screen
    }

    fn on(target: ProgressDrawTarget, look: Look) -> Self {
        let multi = MultiProgress::with_draw_target(target);
        Self {
            multi,
            bars: Vec::new(),
            look,
            standing: Standing::default(),
            last_draw: None,
            urgent: false,
            below: None,
        }
    }

    fn draw(&mut self, now: Timestamp) {
        let lines = block::lines(&self.standing, &self.look, now);
        while self.bars.len() > lines.len() {
            if let Some(bar) = self.bars.pop() {
                bar.finish_and_clear();
                self.multi.remove(&bar);
            }
        }
        while self.bars.len() < lines.len() {
            // `wide_msg` is cut at the width that the terminal has at the moment of drawing, so that a window made
            // narrower during the run does not wrap.
            let style =
                ProgressStyle::with_template("{wide_msg}").expect("the template is a constant and valid");
            self.bars.push(self.multi.add(ProgressBar::no_length().with_style(style)));
        }
        for (bar, line) in self.bars.iter().zip(lines) {
            // Each new message draws the whole block once.
            if bar.message() != line {
                bar.set_message(line);
            }
        }
        self.last_draw = Some(now);
        self.urgent = false;
    }

    fn print(&self, line: &str, event: &Event) {
        let style = match event {
            Event::Rejected { .. } => Style::new().red(),
            Event::Draining { .. } => Style::new().yellow(),
            _ => Style::new(),
        };
        for line in words::wrap(line, self.look.width.max(1), 2) {
            let line = if self.look.color { line.style(style).to_string() } else { line };
            if self.multi.println(line).is_err() {
                tracing::debug!("the terminal has gone");
            }
        }
    }
}

impl Screen for TerminalScreen {
    fn take(&mut self, event: &Event, now: Timestamp) {
        self.standing.take(event, now);
        for line in self.standing.lines(event) {
            self.print(&line, event);
        }
        self.urgent |= !matches!(
            event,
            Event::Progress { .. }
                | Event::Reading { .. }
                | Event::Joining { .. }
                | Event::Comparing { .. }
                | Event::Rejected { .. }
        );
    }

    fn tick(&mut self, now: Timestamp) {
        // A clock that was set back must not freeze the block.
        let due = self.last_draw.is_none_or(|last| now < last || now.duration_since(last) >= DRAW_EVERY);
        if due || self.urgent {
            self.draw(now);
        }
    }

    fn finish(&mut self, now: Timestamp) {
        if matches!(self.standing.phase, Phase::Uploading { .. }) {
            self.standing.end();
            self.draw(now);
            self.bars.iter().for_each(ProgressBar::abandon);
            if let Some(term) = self.below.as_ref().filter(|_| !self.bars.is_empty()) {
                // A terminal that has gone needs no row.
                term.write_line("").ok();
            }
        } else {
            self.bars.iter().for_each(ProgressBar::finish_and_clear);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::model::event::Wait;
    use crate::progress::paper::{Paper, WIDTH};
    use crate::progress::samples::{self, progress, reading, started};

    fn screen(paper: &Paper) -> TerminalScreen {
        let look =
            Look { command: "run".into(), width: (WIDTH - MARGIN).into(), color: false, zone: TimeZone::UTC };
        TerminalScreen::on(ProgressDrawTarget::term_like(Box::new(Margined::new(paper.clone()))), look)
    }

    fn feed(screen: &mut TerminalScreen, event: &Event, seconds: i64) {
        screen.take(event, samples::start() + seconds.seconds());
        screen.tick(samples::start() + seconds.seconds());
    }

    #[test]
    fn words_scroll_above_the_block_and_the_block_stays_at_the_end() {
        let paper = Paper::default();
        let mut screen = screen(&paper);
        feed(&mut screen, &reading(1, 2), 0);
        feed(&mut screen, &started(), 60);
        feed(&mut screen, &Event::Notice { message: "log: .gorgias-import/runs/0003/log.ndjson".into() }, 61);
        feed(&mut screen, &progress(120), 180);
        feed(&mut screen, &Event::Waiting { wait: Wait::Throttled, seconds: 7 }, 181);
        screen.finish(samples::start() + 182.seconds());
        insta::assert_snapshot!(paper.text(), @"
        log: .gorgias-import/runs/0003/log.ndjson
        run  run 3  acme.gorgias.com           no-email guard: on
        tickets   ███░░░   62.2 %   31,256 / 50,214   rejected 7
        files     ████░░   82.0 %   9,884 / 12,040
        calls     41,240   2.0/s   bucket 36/40   429s 0
        state     waiting 6 s (429, the server asked)
        ");
    }

    #[test]
    fn a_reading_bar_leaves_no_trace() {
        let paper = Paper::default();
        let mut screen = screen(&paper);
        feed(&mut screen, &reading(1, 2), 0);
        assert!(paper.text().contains("50.0 %"), "{}", paper.text());
        screen.finish(samples::start());
        assert_eq!(paper.text().trim(), "");
    }

    #[test]
    fn many_events_in_a_second_are_one_drawing() {
        let paper = Paper::default();
        let mut screen = screen(&paper);
        feed(&mut screen, &started(), 0);
        let before = screen.last_draw;
        for _ in 0..1000 {
            feed(&mut screen, &progress(1), 0);
        }
        assert_eq!(screen.last_draw, before);
        feed(&mut screen, &progress(1), 1);
        assert_ne!(screen.last_draw, before);
    }
}

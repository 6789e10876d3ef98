//! A recording as an SVG that plays by itself, without scripts: every picture of the terminal is a group of letters,
//! shown in its time. For those who do not want things to move it shows the last one.

use std::fmt::Write as _;

use vt100::{Cell, Color, Parser, Screen};

use super::recording::{COLUMNS, ROWS, Recording};

/// Least seconds between two pictures.
const EVERY: f64 = 0.5;

/// A letter's place, in CSS pixels.
const WIDTH: f64 = 8.4;
const HEIGHT: f64 = 19.0;
const MARGIN: f64 = 18.0;
/// Height of the window's bar above the letters.
const BAR: f64 = 34.0;

/// A picture and when it is seen, in seconds.
struct Frame {
    from: f64,
    rows: Vec<String>,
}

/// The whole recording.
pub(super) fn animated(recording: &Recording) -> String {
    let (frames, seconds) = (frames(recording), recording.seconds());
    let (width, height) =
        (f64::from(COLUMNS) * WIDTH + 2.0 * MARGIN, f64::from(ROWS) * HEIGHT + MARGIN + BAR);
    let mut style = String::new();
    let mut groups = String::new();
    for (at, frame) in frames.iter().enumerate() {
        let until = frames.get(at + 1).map_or(seconds, |next| next.from);
        let percent = |time: f64| (time / seconds * 100.0).clamp(0.0, 100.0);
        let (from, to) = (percent(frame.from), percent(until));
        let before = if from > 0.0 { "0%{visibility:hidden}" } else { "" };
        let after = if to < 100.0 { format!("{to:.2}%{{visibility:hidden}}") } else { String::new() };
        put(&mut style, format_args!("@keyframes f{at}{{{before}{from:.2}%{{visibility:visible}}{after}}}"));
        put(&mut style, format_args!("#f{at}{{animation-name:f{at}}}"));
        put(&mut groups, format_args!("<g class=\"f\" id=\"f{at}\">{}</g>", frame.rows.concat()));
    }
    let last = frames.len().saturating_sub(1);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
         aria-label=\"A terminal: gorgias-import run uploads the fixtures, with bars, the bucket's level and the time of \
         its end; then its verdict.\"><style>text{{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;\
         fill:#d7dce2;white-space:pre}}.b{{font-weight:700}}.d{{fill:#8b95a1}}.c1{{fill:#ff8a80}}.c2{{fill:#6fd6a0}}\
         .c3{{fill:#f2bf62}}.c4{{fill:#8fb4ff}}.c5{{fill:#d0a2f7}}.c6{{fill:#6fd0e0}}\
         .f{{visibility:hidden;animation:{seconds:.2}s step-end infinite}}{style}\
         @media (prefers-reduced-motion:reduce){{.f{{animation:none}}#f{last}{{visibility:visible}}}}</style>\
         <rect width=\"{width:.0}\" height=\"{height:.0}\" rx=\"10\" fill=\"#14181d\"/>\
         <circle cx=\"20\" cy=\"18\" r=\"5.5\" fill=\"#ff5f57\"/><circle cx=\"38\" cy=\"18\" r=\"5.5\" fill=\"#febc2e\"/>\
         <circle cx=\"56\" cy=\"18\" r=\"5.5\" fill=\"#28c840\"/>{groups}</svg>\n"
    )
}

/// The pictures that differ, not more than a few a second.
fn frames(recording: &Recording) -> Vec<Frame> {
    let mut parser = Parser::new(ROWS, COLUMNS, 0);
    let mut frames: Vec<Frame> = Vec::new();
    for (at, (time, text)) in recording.chunks.iter().enumerate() {
        parser.process(text.as_bytes());
        let next = recording.chunks.get(at + 1).map_or(f64::INFINITY, |(time, _)| *time);
        let due = frames.last().map_or(0.0, |frame| frame.from + EVERY);
        // What is drawn over at once is not seen.
        if next < due || next - time < 0.02 {
            continue;
        }
        let rows = rows(parser.screen());
        if frames.last().is_none_or(|frame| frame.rows != rows) {
            let from = if frames.is_empty() { 0.0 } else { time.max(due) };
            frames.push(Frame { from, rows });
        }
    }
    frames
}

/// The rows of a screen as texts.
fn rows(screen: &Screen) -> Vec<String> {
    (0..ROWS)
        .map(|row| {
            let mut text = String::new();
            let mut column = 0;
            while column < COLUMNS {
                let class = screen.cell(row, column).map(class).unwrap_or_default();
                let begins = column;
                let mut letters = String::new();
                while column < COLUMNS
                    && let Some(cell) = screen.cell(row, column)
                    && self::class(cell) == class
                {
                    letters.push_str(if cell.has_contents() { cell.contents() } else { " " });
                    column += 1;
                }
                if !letters.trim().is_empty() {
                    run(&mut text, &letters, &class, begins, row);
                }
                column = column.max(begins + 1);
            }
            text
        })
        .collect()
}

/// Letters of one look, each as wide as a column whatever the font is.
fn run(text: &mut String, letters: &str, class: &str, column: u16, row: u16) {
    let letters = letters.trim_end();
    let count = u32::try_from(letters.chars().count()).unwrap_or_default();
    let (x, y) = (MARGIN + f64::from(column) * WIDTH, BAR + f64::from(row + 1) * HEIGHT - 5.0);
    let escaped = letters.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let length = f64::from(count) * WIDTH;
    put(
        text,
        format_args!("<text x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{length:.1}\"{class}>{escaped}</text>"),
    );
}

fn class(cell: &Cell) -> String {
    let mut class = Vec::new();
    if cell.bold() {
        class.push("b".to_owned());
    }
    if cell.dim() {
        class.push("d".to_owned());
    }
    if let Color::Idx(color @ 1..=14) = cell.fgcolor() {
        class.push(format!("c{}", if color > 8 { color - 8 } else { color }));
    }
    class.join(" ")
}

fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).ok();
}

//! The block at the bottom of the terminal, as lines of text: tickets, calls, state with its reason and when it ends.
//! A pure function of where the work stands; lines never exceed the width.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use owo_colors::{OwoColorize, Style};

use super::eta::Estimate;
use super::standing::{Phase, Standing, State, reason_text};
use crate::report::words::{columns, count, cut, duration, fitting, percent};
use crate::text::size;

/// Where the values start.
const LABEL_WIDTH: usize = 10;

/// Columns of the reading bar between its brackets.
const BAR_WIDTH: u64 = 20;

/// How the block is drawn.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) command: String,
    pub(super) width: usize,
    pub(super) color: bool,
    pub(super) zone: TimeZone,
}

/// The lines at `now`; none before anything has begun.
pub(super) fn lines(standing: &Standing, look: &Look, now: Timestamp) -> Vec<String> {
    match &standing.phase {
        Phase::Starting => Vec::new(),
        Phase::Reading { source, bytes_done, bytes_total } => {
            vec![reading_line(source, *bytes_done, *bytes_total, standing.estimate(), look)]
        }
        Phase::Fetching { done, total, failed, bytes } => {
            let mut parts =
                vec![format!("{} / {}", count(*done), count(*total)), percent(*done, *total), size(*bytes)];
            if *failed > 0 {
                parts.push(format!("failed {}", count(*failed)));
            }
            if let Some(seconds) = standing.estimate().latest_seconds() {
                parts.push(format!("about {} left", duration(seconds)));
            }
            vec![labelled("files", &parts, Style::new(), look)]
        }
        Phase::Uploading { run, account } => vec![
            head_line(standing, *run, account, look),
            labelled("tickets", &ticket_parts(standing), Style::new(), look),
            labelled("calls", &call_parts(standing), Style::new(), look),
            state_line(standing, look, now),
        ],
    }
}

fn reading_line(source: &str, done: u64, total: u64, estimate: Estimate, look: &Look) -> String {
    let filled =
        if total == 0 { 0 } else { u128::from(done.min(total)) * u128::from(BAR_WIDTH) / u128::from(total) };
    let filled = usize::try_from(filled).unwrap_or_default();
    let empty = usize::try_from(BAR_WIDTH).unwrap_or_default().saturating_sub(filled);
    let bar = format!("[{}{}]", "#".repeat(filled), "-".repeat(empty));
    let mut parts = vec![percent(done, total)];
    if let Some(seconds) = estimate.latest_seconds() {
        parts.push(format!("about {} left", duration(seconds)));
    }
    parts.push(source.to_owned());
    parts.push(format!("{} of {}", size(done), size(total)));
    parts.insert(0, bar);
    labelled("reading", &parts, Style::new(), look)
}

/// Command, run and account; at the right edge, that the gate against mail is there, and what it refused.
fn head_line(standing: &Standing, run: u64, account: &str, look: &Look) -> String {
    let left = format!("{}  run {run}  {account}", look.command);
    let refused = standing.figures.could_have_sent;
    let right = match refused {
        0 => "no-email guard: on".to_owned(),
        _ => format!("no-email guard: refused {}", count(refused)),
    };
    let style = if refused == 0 { Style::new().bold() } else { Style::new().red().bold() };
    let room = look.width.saturating_sub(columns(&right) + 2);
    // The warning must be seen even where the account's name is long.
    let left = cut(left.trim_end(), room);
    let gap = look.width.saturating_sub(columns(&left) + columns(&right));
    paint(&cut(&format!("{left}{}{right}", " ".repeat(gap.min(60))), look.width), style, look)
}

fn ticket_parts(standing: &Standing) -> Vec<String> {
    let tickets = &standing.figures.tickets;
    let (finished, total) = (tickets.finished(), tickets.total());
    let mut parts = vec![format!("{} / {}", count(finished), count(total)), percent(finished, total)];
    let odd = [("rejected", tickets.rejected), ("left out", tickets.left_out), ("unknown", tickets.unknown)];
    for (name, number) in odd {
        if number > 0 {
            parts.push(format!("{name} {}", count(number)));
        }
    }
    parts.push(format!("created {}", count(tickets.created)));
    for (name, number) in [("appended", tickets.appended), ("already there", tickets.already)] {
        if number > 0 {
            parts.push(format!("{name} {}", count(number)));
        }
    }
    parts
}

fn call_parts(standing: &Standing) -> Vec<String> {
    let figures = &standing.figures;
    let mut parts = vec![count(figures.calls), format!("{:.1}/s", standing.calls_per_second)];
    if let Some((used, size)) = standing.bucket {
        parts.push(format!("bucket {used}/{size}"));
    }
    parts.push(format!("429s {}", count(figures.throttled)));
    if figures.uploads > 0 {
        parts.push(format!("files {}", count(figures.uploads)));
    }
    parts
}

fn state_line(standing: &Standing, look: &Look, now: Timestamp) -> String {
    let (state, style) = match standing.state(now) {
        State::Running => ("running".to_owned(), Style::new().green()),
        State::Paced { used, size } => (format!("paced (bucket {used}/{size})"), Style::new().green()),
        State::Waiting { wait, seconds } => {
            (format!("waiting {} ({})", duration(seconds), reason_text(&wait)), Style::new().yellow())
        }
        State::Draining { in_flight } => (format!("draining ({in_flight} in flight)"), Style::new().yellow()),
    };
    let mut parts = vec![state];
    parts.extend(ending(standing.estimate(), look, now));
    labelled("state", &parts, style, look)
}

/// When it ends, by the clock on the wall, and on what that rests.
fn ending(estimate: Estimate, look: &Look, now: Timestamp) -> Option<String> {
    let clock = |seconds| clock_text(now, seconds, &look.zone);
    Some(match estimate {
        Estimate::None => return None,
        Estimate::Budget(seconds) => format!("ends {} (from rate budget)", clock(seconds)),
        Estimate::Observed(seconds) => format!("ends {} (observed)", clock(seconds)),
        Estimate::Window(early, late) if clock(early) == clock(late) => format!("ends {}", clock(late)),
        Estimate::Window(early, late) => format!("ends {} to {}", clock(early), clock(late)),
    })
}

/// `02:10`, with the day where it is not today.
fn clock_text(now: Timestamp, seconds: u64, zone: &TimeZone) -> String {
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    let end = now.saturating_add(span).unwrap_or(Timestamp::MAX).to_zoned(zone.clone());
    let today = now.to_zoned(zone.clone()).date();
    let format = if end.date() == today { "%H:%M" } else { "%b %-d %H:%M" };
    end.strftime(format).to_string()
}

/// `label     part  part`, as many parts as fit; the style is the first part's.
fn labelled(label: &str, parts: &[String], style: Style, look: &Look) -> String {
    let text = fitting(parts, "   ", look.width.saturating_sub(LABEL_WIDTH));
    let first = parts.first().map_or(0, String::len).min(text.len());
    let (head, tail) = if text.is_char_boundary(first) { text.split_at(first) } else { (text.as_str(), "") };
    cut_plain(&format!("{label:LABEL_WIDTH$}"), look.width) + &paint(head, style, look) + tail
}

fn cut_plain(label: &str, width: usize) -> String {
    if width < LABEL_WIDTH { cut(label, width) } else { label.to_owned() }
}

fn paint(text: &str, style: Style, look: &Look) -> String {
    if look.color { text.style(style).to_string() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::model::event::{Event, Wait};
    use crate::progress::samples::{self, progress, reading, started};

    fn look(width: usize) -> Look {
        Look { command: "run".into(), width, color: false, zone: TimeZone::UTC }
    }

    fn uploading() -> Standing {
        let mut standing = Standing::default();
        standing.take(&started(), samples::start());
        standing.take(&progress(120), samples::start() + 120.seconds());
        standing
    }

    fn drawn(standing: &Standing, width: usize) -> String {
        lines(standing, &look(width), samples::start() + 120.seconds()).join("\n")
    }

    #[test]
    fn at_80_columns() {
        insta::assert_snapshot!(drawn(&uploading(), 80), @r#"
        run  run 3  acme.gorgias.com                                  no-email guard: on
        tickets   31,256 / 50,214   62.2 %   rejected 7   created 31,240
        calls     41,240   2.0/s   bucket 36/40   429s 0   files 9,880
        state     paced (bucket 36/40)   ends Mar 2 01:51 (observed)
        "#);
    }

    #[test]
    fn at_60_columns_the_less_important_is_left_out() {
        insta::assert_snapshot!(drawn(&uploading(), 60), @r#"
        run  run 3  acme.gorgias.com              no-email guard: on
        tickets   31,256 / 50,214   62.2 %   rejected 7
        calls     41,240   2.0/s   bucket 36/40   429s 0
        state     paced (bucket 36/40)   ends Mar 2 01:51 (observed)
        "#);
    }

    #[test]
    fn waiting_says_why_and_how_long() {
        let mut standing = uploading();
        standing
            .take(&Event::Waiting { wait: Wait::Throttled, seconds: 9 }, samples::start() + 118.seconds());
        let mut slow = progress(600);
        if let Event::Progress { eta_seconds, figures, .. } = &mut slow {
            *eta_seconds = Some(4_000);
            figures.tickets.unknown = 3;
            figures.could_have_sent = 1;
        }
        standing.take(&slow, samples::start() + 115.seconds());
        insta::assert_snapshot!(drawn(&standing, 100), @r#"
        run  run 3  acme.gorgias.com                                               no-email guard: refused 1
        tickets   32,216 / 50,217   64.1 %   rejected 7   unknown 3   created 32,200   already there 9
        calls     42,200   2.0/s   bucket 36/40   429s 0   files 9,880
        state     waiting 7 s (429, the server asked)   ends 23:42 to Mar 2 00:20
        "#);
    }

    #[test]
    fn reading_has_a_bar() {
        let mut standing = Standing::default();
        standing.take(&reading(0, 3_400_000_000), samples::start());
        insta::assert_snapshot!(drawn(&standing, 80), @"reading   [--------------------]   0.0 %   zendesk   0 B of 3.40 GB");
        standing.take(&reading(1_200_000_000, 3_400_000_000), samples::start() + 40.seconds());
        insta::assert_snapshot!(drawn(&standing, 80), @"reading   [#######-------------]   35.2 %   about 74 s left   zendesk");
    }

    #[test]
    fn nothing_is_wider_than_the_terminal_and_colour_only_adds_escapes() {
        let mut standing = uploading();
        let wait = Wait::Unreachable { error: "certificate of 日本語 has expired ".repeat(5) };
        for standing in [uploading(), {
            standing.take(&Event::Waiting { wait, seconds: 9_000 }, samples::start());
            standing
        }] {
            for width in 0..130 {
                let plain = drawn(&standing, width);
                for line in plain.lines() {
                    assert!(columns(line) <= width, "{width}: {line}");
                }
                let look = Look { color: true, ..look(width) };
                let coloured = lines(&standing, &look, samples::start() + 120.seconds()).join("\n");
                assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
            }
        }
    }
}

//! The block at the bottom of the terminal, as lines of text: tickets, calls, state with its reason and when it ends.
//! A pure function of where the work stands; lines never exceed the width.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use owo_colors::{OwoColorize, Style};

use super::eta::Estimate;
use super::standing::{Phase, Standing, State, reason_text};
use crate::report::words::{columns, count, cut, duration, fitting, percent, plural};
use crate::text::size;

/// Where the values start.
const LABEL_WIDTH: usize = 10;

/// Between the values of a line.
pub(super) const GAP: &str = "   ";

/// Terminals from this width on show the bucket's level as a gauge, of so many columns.
const GAUGE_FROM: usize = 90;
const GAUGE_WIDTH: usize = 8;

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
            let rate = standing.per_second().map(|rate| format!("{}/s", size(whole(rate))));
            let amount = format!("{} of {}", size(*bytes_done), size(*bytes_total));
            vec![work_line(
                "reading",
                source,
                (*bytes_done, *bytes_total),
                [Some(amount), rate],
                standing,
                look,
            )]
        }
        Phase::Joining { source, done: 0, total } => {
            let sorting = format!("sorting {} that lie apart", plural(*total, "record", "records"));
            vec![labelled("joining", &[sorting, source.clone()], Style::new(), look)]
        }
        Phase::Joining { source, done, total } => {
            let rate = standing.per_second().map(|rate| format!("{}/s", count(whole(rate))));
            let amount = format!("{} of {} records", count(*done), count(*total));
            vec![work_line("joining", source, (*done, *total), [Some(amount), rate], standing, look)]
        }
        Phase::Fetching { done, total, failed, bytes } => {
            let amount = format!("{} of {}", count(*done), count(*total));
            let lost = (*failed > 0).then(|| format!("failed {}", count(*failed)));
            vec![work_line("files", &amount, (*done, *total), [lost, Some(size(*bytes))], standing, look)]
        }
        Phase::Comparing { done, total, checked, tickets, different } => {
            let amount = format!("{} of {} checked", count(*checked), plural(*tickets, "ticket", "tickets"));
            let odd = (*different > 0).then(|| format!("with differences {}", count(*different)));
            let calls = format!("{} of {}", count(*done), plural(*total, "call", "calls"));
            vec![work_line("verify", &amount, (*done, *total), [odd, Some(calls)], standing, look)]
        }
        Phase::Uploading { run, account } => {
            let mut lines = vec![
                head_line(standing, *run, account, look),
                labelled("tickets", &ticket_parts(standing, look), Style::new().cyan(), look),
            ];
            lines.extend(
                file_parts(standing, look).map(|parts| labelled("files", &parts, Style::new().cyan(), look)),
            );
            lines.push(labelled("calls", &call_parts(standing, look), Style::new(), look));
            lines.push(state_line(standing, look, now));
            lines
        }
    }
}

/// A bar, how much of it, how long it takes still; then what is left out first where there is no room.
fn work_line(
    label: &str,
    source: &str,
    (done, total): (u64, u64),
    amounts: [Option<String>; 2],
    standing: &Standing,
    look: &Look,
) -> String {
    let mut parts = vec![bar(done, total, look), percent(done, total)];
    parts.extend(
        standing.estimate().latest_seconds().map(|seconds| format!("about {} left", duration(seconds))),
    );
    parts.push(source.to_owned());
    parts.extend(amounts.into_iter().flatten());
    labelled(label, &parts, Style::new().cyan(), look)
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

fn ticket_parts(standing: &Standing, look: &Look) -> Vec<String> {
    let tickets = &standing.figures.tickets;
    let (finished, total) = (tickets.finished(), tickets.total());
    let mut parts = vec![
        bar(finished, total, look),
        percent(finished, total),
        format!("{} / {}", count(finished), count(total)),
    ];
    let odd = [("rejected", tickets.rejected), ("left out", tickets.left_out), ("unknown", tickets.unknown)];
    for (name, number) in odd {
        if number > 0 {
            parts.push(format!("{name} {}", count(number)));
        }
    }
    parts.push(format!("created {}", count(tickets.created)));
    let others =
        [("appended", tickets.appended), ("updated", tickets.updated), ("already there", tickets.already)];
    for (name, number) in others {
        if number > 0 {
            parts.push(format!("{name} {}", count(number)));
        }
    }
    parts.extend(standing.per_second().map(|rate| format!("{}/min", count(whole(rate * 60.0)))));
    parts
}

/// How far the files are; nothing where nobody knows how many there are.
fn file_parts(standing: &Standing, look: &Look) -> Option<Vec<String>> {
    let figures = &standing.figures;
    let files = figures.files;
    if files.total == 0 {
        return None;
    }
    let mut parts = vec![
        bar(files.done, files.total, look),
        percent(files.done, files.total),
        format!("{} / {}", count(files.done), count(files.total)),
    ];
    if figures.files_missing > 0 {
        parts.push(format!("missing {}", count(figures.files_missing)));
    }
    // A rehearsal sees to all of them and has none.
    if figures.uploads > 0 || files.done == 0 {
        parts.push(format!("uploaded {}", count(figures.uploads)));
    }
    Some(parts)
}

fn call_parts(standing: &Standing, look: &Look) -> Vec<String> {
    let figures = &standing.figures;
    let mut parts = vec![count(figures.calls), format!("{:.1}/s", standing.calls_per_second)];
    if let Some((used, size)) = standing.bucket {
        let level = if look.width >= GAUGE_FROM {
            filled(used.into(), size.into(), GAUGE_WIDTH) + " "
        } else {
            String::new()
        };
        parts.push(format!("bucket {level}{}/{}", count(used.into()), count(size.into())));
    }
    parts.push(format!("429s {}", count(figures.throttled)));
    if figures.uploads > 0 && figures.files.total == 0 {
        parts.push(format!("files {}", count(figures.uploads)));
    }
    parts
}

fn state_line(standing: &Standing, look: &Look, now: Timestamp) -> String {
    let (state, style) = match standing.state(now) {
        State::Running => ("running".to_owned(), Style::new().green()),
        State::Paced { used, size } => {
            (format!("paced (bucket {}/{})", count(used.into()), count(size.into())), Style::new().green())
        }
        State::Waiting { wait, seconds } => {
            (format!("waiting {} ({})", duration(seconds), reason_text(&wait)), Style::new().yellow())
        }
        State::Done => return labelled("state", &["done".to_owned()], Style::new().green(), look),
        State::Draining { in_flight } => (format!("draining ({in_flight} in flight)"), Style::new().yellow()),
    };
    let mut parts = vec![state];
    let room = look.width.saturating_sub(LABEL_WIDTH + columns(&parts[0]) + GAP.len());
    parts.extend(ending(standing.estimate(), &look.zone, now, room));
    labelled("state", &parts, style, look)
}

/// When it ends, by the clock on the wall, and where there is room on what that rests.
pub(super) fn ending(estimate: Estimate, zone: &TimeZone, now: Timestamp, room: usize) -> Option<String> {
    let (early, late) = estimate.window()?;
    let (early, late) = (clock_text(now, early, zone), clock_text(now, late, zone));
    // The day is said once.
    let same_day = |day: &str| early.strip_prefix(day).is_some_and(|rest| rest.starts_with(' '));
    let late_time =
        late.rsplit_once(' ').filter(|(day, _)| same_day(day)).map_or(late.as_str(), |(_, time)| time);
    let when = if early == late { format!("ends {late}") } else { format!("ends {early} to {late_time}") };
    let basis = match estimate {
        Estimate::Budget(_) => " (from rate budget)",
        Estimate::Observed(_) => " (observed)",
        Estimate::None | Estimate::Window(..) => "",
    };
    Some(if columns(&when) + columns(basis) <= room { when + basis } else { when })
}

/// `02:10`, with the day where it is not today.
fn clock_text(now: Timestamp, seconds: u64, zone: &TimeZone) -> String {
    let span = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    let end = now.saturating_add(span).unwrap_or(Timestamp::MAX).to_zoned(zone.clone());
    let today = now.to_zoned(zone.clone()).date();
    let format = if end.date() == today { "%H:%M" } else { "%b %-d %H:%M" };
    end.strftime(format).to_string()
}

/// A bar as wide as the terminal leaves room for.
fn bar(done: u64, total: u64, look: &Look) -> String {
    let width = match look.width {
        ..70 => 6,
        70..110 => 20,
        110.. => 36,
    };
    filled(done, total, width)
}

/// A bar of `width` columns, full only where all is done.
pub(super) fn filled(done: u64, total: u64, width: usize) -> String {
    let full = u128::from(done.min(total)) * width as u128 / u128::from(total.max(1));
    let full = usize::try_from(full).unwrap_or(width);
    format!("{}{}", "█".repeat(full), "░".repeat(width - full))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positive, and shown in round figures"
)]
fn whole(rate: f64) -> u64 {
    rate.round() as u64
}

/// `label     part  part`, as many parts as fit; the style is the first part's.
fn labelled(label: &str, parts: &[String], style: Style, look: &Look) -> String {
    let text = fitting(parts, GAP, look.width.saturating_sub(LABEL_WIDTH));
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
    fn at_60_columns_the_less_important_is_left_out() {
        insta::assert_snapshot!(drawn(&uploading(), 60), @"
        run  run 3  acme.gorgias.com              no-email guard: on
        tickets   ███░░░   62.2 %   31,256 / 50,214   rejected 7
        files     ████░░   82.0 %   9,884 / 12,040   uploaded 9,880
        calls     41,240   2.0/s   bucket 36/40   429s 0
        state     paced (bucket 36/40)   ends Mar 2 01:44 to 01:59
        ");
    }

    #[test]
    fn at_100_columns() {
        insta::assert_snapshot!(drawn(&uploading(), 100), @"
        run  run 3  acme.gorgias.com                                                      no-email guard: on
        tickets   ████████████░░░░░░░░   62.2 %   31,256 / 50,214   rejected 7   created 31,240   120/min
        files     ████████████████░░░░   82.0 %   9,884 / 12,040   uploaded 9,880
        calls     41,240   2.0/s   bucket ███████░ 36/40   429s 0
        state     paced (bucket 36/40)   ends Mar 2 01:44 to 01:59 (observed)
        ");
    }

    #[test]
    fn at_200_columns() {
        insta::assert_snapshot!(drawn(&uploading(), 200), @"
        run  run 3  acme.gorgias.com                                                            no-email guard: on
        tickets   ██████████████████████░░░░░░░░░░░░░░   62.2 %   31,256 / 50,214   rejected 7   created 31,240   already there 9   120/min
        files     █████████████████████████████░░░░░░░   82.0 %   9,884 / 12,040   uploaded 9,880
        calls     41,240   2.0/s   bucket ███████░ 36/40   429s 0
        state     paced (bucket 36/40)   ends Mar 2 01:44 to 01:59 (observed)
        ");
    }

    #[test]
    fn joining_sorts_first_and_then_has_a_bar() {
        let mut standing = Standing::default();
        let joining =
            |done| Event::Joining { source: "zendesk".into(), records_done: done, records_total: 1_200_000 };
        standing.take(&joining(0), samples::start());
        insta::assert_snapshot!(drawn(&standing, 100), @"joining   sorting 1,200,000 records that lie apart   zendesk");
        standing.take(&joining(0), samples::start() + 10.seconds());
        standing.take(&joining(300_000), samples::start() + 40.seconds());
        for width in [60, 100, 200] {
            let line = drawn(&standing, width);
            assert!(line.starts_with("joining   █") && line.contains("25.0 %   about 90 s left"), "{line}");
        }
    }

    #[test]
    fn reading_back_counts_calls_and_says_what_differs() {
        let mut standing = Standing::default();
        let comparing = |calls_done, checked, different| Event::Comparing {
            calls_done,
            calls_total: 2_600,
            checked,
            tickets: 50_214,
            different,
        };
        standing.take(&comparing(0, 0, 0), samples::start());
        insta::assert_snapshot!(drawn(&standing, 100), @"verify    ░░░░░░░░░░░░░░░░░░░░   0.0 %   0 of 50,214 tickets checked   0 of 2,600 calls");
        standing.take(&comparing(650, 12_000, 3), samples::start() + 40.seconds());
        insta::assert_snapshot!(drawn(&standing, 120), @"verify    █████████░░░░░░░░░░░░░░░░░░░░░░░░░░░   25.0 %   about 2 min left   12,000 of 50,214 tickets checked");
        for width in [40, 60, 80] {
            assert!(drawn(&standing, width).contains("25.0 %"), "{width}");
        }
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
        insta::assert_snapshot!(drawn(&standing, 100), @"
        run  run 3  acme.gorgias.com                                               no-email guard: refused 1
        tickets   ████████████░░░░░░░░   64.1 %   32,216 / 50,217   rejected 7   unknown 3   created 32,200
        files     ████████████████░░░░   82.0 %   9,884 / 12,040   uploaded 9,880
        calls     42,200   2.0/s   bucket ███████░ 36/40   429s 0
        state     waiting 7 s (429, the server asked)   ends 23:42 to Mar 2 00:20
        ");
    }

    #[test]
    fn reading_has_a_bar() {
        let mut standing = Standing::default();
        standing.take(&reading(0, 3_400_000_000), samples::start());
        insta::assert_snapshot!(drawn(&standing, 80), @"reading   ░░░░░░░░░░░░░░░░░░░░   0.0 %   zendesk   0 B of 3.40 GB");
        standing.take(&reading(1_200_000_000, 3_400_000_000), samples::start() + 40.seconds());
        insta::assert_snapshot!(drawn(&standing, 80), @"reading   ███████░░░░░░░░░░░░░   35.2 %   about 74 s left   zendesk   30.0 MB/s");
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

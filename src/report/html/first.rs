//! The first screen: can I go ahead, what will be there, how long it takes, what would be lost.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::Page;
use crate::model::finding::Severity;
use crate::report::document::ValidationDocument;
use crate::report::page::Signal;
use crate::report::schedule::Schedule;
use crate::report::words::{count, duration, plural};

/// The answer to the one question.
pub(super) struct Verdict {
    pub(super) signal: Signal,
    pub(super) title: String,
    say: String,
    next: &'static str,
    meaning: &'static str,
    /// Another way to go on.
    or: Option<(&'static str, &'static str)>,
}

const WITHOUT: (&str, &str) =
    ("gorgias-import rehearse", "goes on without what is blocked, against a stand-in");
const VALIDATE: (&str, &str) = ("gorgias-import validate", "once that is corrected");
const REHEARSE: (&str, &str) =
    ("gorgias-import rehearse", "the whole run against a stand-in; nothing leaves this machine");

/// The verdict of a document. It never says yes where a record is blocked.
pub(super) fn verdict(document: &ValidationDocument) -> Verdict {
    let totals = &document.totals;
    let blocking: u64 = document
        .findings
        .iter()
        .filter(|group| group.severity == Severity::Block)
        .map(|group| group.count)
        .sum();
    let make = |signal, title: String, say: String, (next, meaning)| Verdict {
        signal,
        title,
        say,
        next,
        meaning,
        or: None,
    };
    if totals.tickets == 0 {
        let say = "No ticket was found that could be imported. The findings below say what was met instead.";
        return make(Signal::Stop, "There is nothing to import yet".to_owned(), say.to_owned(), VALIDATE);
    }
    let all = format!(
        "{} with {}",
        plural(totals.tickets, "ticket", "tickets"),
        plural(totals.messages, "message", "messages")
    );
    if blocking > 0 {
        let title = format!("Not all of it yet: {} blocked", plural(blocking, "record is", "records are"));
        let say = format!(
            "{all} can go. What is blocked stands first under Findings: correct it and validate again, or go on without."
        );
        return Verdict { or: Some(WITHOUT), ..make(Signal::Stop, title, say, VALIDATE) };
    }
    let lacks = totals.unreadable > 0 || !document.overview.missing.is_empty();
    if lacks {
        let say =
            format!("{all} can be imported. The export itself is not complete; see what would be missing.");
        return make(Signal::Care, "You can go ahead, but something is missing".to_owned(), say, REHEARSE);
    }
    let say = format!("{all} can be imported, and nothing was found missing in the export.");
    make(Signal::Go, "Yes, you can go ahead".to_owned(), say, REHEARSE)
}

/// Everything that is seen without scrolling.
pub(super) fn screen(document: &ValidationDocument, verdict: &Verdict, page: Page<'_>) -> Markup {
    html! {
        section.card.verdict.(verdict.signal.class()) {
            (verdict.signal.icon())
            div {
                p.kicker { "Can I go ahead?" }
                h1 { (verdict.title) }
                p.say { (verdict.say) }
                @if let Some(words) = page.next { (after_a_run(words)) } @else {
                    p.next { span.soft { "Next:" } code { (verdict.next) } span.soft { (verdict.meaning) } }
                }
                @if let Some((command, meaning)) = verdict.or.filter(|_| page.next.is_none()) {
                    p.next { span.soft { "Or:" } code { (command) } span.soft { (meaning) } }
                }
            }
        }
        div.tiles {
            (content_tile(document))
            (time_tile(document, page.zone))
            (lost_tile(document))
        }
    }
}

/// `Next: gorgias-import run --limit 20 a pilot` of the words that the terminal ends with.
fn after_a_run(words: &str) -> Markup {
    let (command, meaning) = match words.strip_suffix(')').and_then(|words| words.rsplit_once(" (")) {
        Some((command, meaning)) => (command, meaning),
        None => (words, ""),
    };
    html! {
        p.next {
            span.soft { "Next:" }
            @if command.starts_with("gorgias-import ") { code { (command) } } @else { span { (command) } }
            span.soft { (meaning) }
        }
    }
}

fn content_tile(document: &ValidationDocument) -> Markup {
    let sources = &document.sources;
    let people: u64 = sources.iter().map(|source| source.people).sum();
    let first = sources.iter().filter_map(|source| source.first).min();
    let last = sources.iter().filter_map(|source| source.last).max();
    html! {
        section.tile {
            h2 { "What will be in Gorgias" }
            p.big { (plural(document.totals.tickets, "ticket", "tickets")) }
            p {
                span.nowrap { (plural(document.totals.messages, "message", "messages")) }
            }
            @if let (Some(first), Some(last)) = (first, last) {
                p.soft { "with their own dates, " span.nowrap { (day(first)) " to " (day(last)) } }
            }
            p.soft { "The files name " span.nowrap { (plural(people, "person", "people")) } "." }
        }
    }
}

fn time_tile(document: &ValidationDocument, zone: &TimeZone) -> Markup {
    html! {
        section.tile {
            h2 { "How long it takes" }
            p.big { (duration(document.eta_seconds)) }
            @if let Some(schedule) = &document.schedule {
                p { "Started now, it would end " (window(schedule, zone)) }
            }
            p.soft { (plural(document.calls.planned, "call", "calls")) " at the account's rate limit" }
        }
    }
}

fn lost_tile(document: &ValidationDocument) -> Markup {
    let totals = &document.totals;
    let lost = totals.rejected + totals.rejected_messages + totals.unreadable;
    let missing = document.overview.missing.len() as u64;
    html! {
        section.tile {
            h2 { "What would be lost" }
            p.big { @if lost == 0 { "Nothing" } @else { (plural(lost, "record", "records")) } }
            @if lost == 0 { p { "Every record that was read can be imported" @if totals.left_out > 0 { " or is left out on purpose" } } }
            @if totals.rejected + totals.rejected_messages > 0 {
                p { (count(totals.rejected + totals.rejected_messages)) " blocked" }
            }
            @if totals.unreadable > 0 { p { (plural(totals.unreadable, "line", "lines")) " that cannot be read" } }
            @if totals.left_out > 0 { p.soft { (count(totals.left_out)) " left out on purpose" } }
            @if missing > 0 { p { a href="#lost" { (plural(missing, "gap", "gaps")) } " in the export itself" } }
        }
    }
}

/// `1 Mar 2026`.
fn day(at: Timestamp) -> String {
    at.strftime("%-d %b %Y").to_string()
}

/// `Mon 23 Nov 2026, 07:10 (Europe/Paris)`.
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    format!("{} ({})", local.strftime("%a %-d %b %Y, %H:%M"), zone_name(zone, at))
}

fn zone_name(zone: &TimeZone, at: Timestamp) -> String {
    match zone.iana_name() {
        Some("Etc/UTC" | "UTC") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
        None => at.to_zoned(zone.clone()).strftime("%:z").to_string(),
    }
}

/// `today between 07:10 and 07:50`, `on Tue 24 Nov between …`; over midnight both days are named.
pub(super) fn window(schedule: &Schedule, zone: &TimeZone) -> String {
    let local = |at: Timestamp| at.to_zoned(zone.clone());
    let (starts, early, late) = (local(schedule.starts), local(schedule.ends), local(schedule.ends_latest));
    let day = |at: &jiff::Zoned| {
        if at.date() == starts.date() { "today".to_owned() } else { at.strftime("on %a %-d %b").to_string() }
    };
    let time = |at: &jiff::Zoned| at.strftime("%H:%M").to_string();
    if early.date() != late.date() {
        format!("between {} {} and {} {}", day(&early), time(&early), day(&late), time(&late))
    } else if time(&early) == time(&late) {
        format!("{} at {}", day(&early), time(&early))
    } else {
        format!("{} between {} and {}", day(&early), time(&early), time(&late))
    }
}

//! What the upload costs in calls, beside the plainest way, and how the account's budget is used over time.

use jiff::tz::TimeZone;
use maud::{Markup, html};

use super::first::{moment, window};
use super::shape::legend;
use super::table;
use crate::report::document::ValidationDocument;
use crate::report::plot::{self, Tone};
use crate::report::schedule::Schedule;
use crate::report::terminal::files_text;
use crate::report::words::{count, duration, percent, plural};

pub(super) fn section(document: &ValidationDocument, zone: &TimeZone) -> Markup {
    let calls = &document.calls;
    let kinds: Vec<(Tone, &str, u64)> = calls
        .by_kind
        .named()
        .into_iter()
        .filter(|(_, number)| *number > 0)
        .map(|(name, number)| {
            let (tone, name) = plot::kind(name);
            (tone, name, number)
        })
        .collect();
    let saved = calls.naive.saturating_sub(calls.planned);
    html! {
        p {
            "The account's rate limit decides how long a migration takes, so the upload is planned as the fewest calls"
            @if saved > 0 { ": " (percent(saved, calls.naive)) " fewer than one call for every record" }
            "."
        }
        figure {
            figcaption { "Calls planned, beside one call for every message, person and tag" }
            (plot::calls(calls))
            (legend(&kinds.iter().map(|(tone, name, _)| (*tone, *name)).collect::<Vec<_>>()))
            details {
                summary { "The figures as a table" }
                (table("", &[("Calls", false), ("Number", true)], html! {
                    @for (_, name, number) in &kinds { tr { th scope="row" { (name) } td.n { (count(*number)) } } }
                    tr { th scope="row" { "planned in all" } td.n { (count(calls.planned)) } }
                    tr { th scope="row" { "one call for every record" } td.n { (count(calls.naive)) } }
                }))
            }
        }
        @if let Some(needs) = document.needs.and_then(|needs| needs.text()) { p { "Beside tickets and messages: " (needs) "." } }
        @if let Some(files) = files_text(document) { p { "Files: " (files) "." } }
        @if let Some(schedule) = &document.schedule { (timeline(document, schedule, zone)) }
    }
}

fn timeline(document: &ValidationDocument, schedule: &Schedule, zone: &TimeZone) -> Markup {
    let naive = schedule.ends_naive.duration_since(schedule.starts).as_secs().unsigned_abs();
    html! {
        figure {
            figcaption { "The rate budget over time, if it began now" }
            (legend(&[(Tone::Rate, "calls a second for this run"), (Tone::Done, "share of the calls done")]))
            (plot::budget(schedule, document.calls.planned, zone))
            details {
                summary { "The figures as a table" }
                (table("", &[("From", false), ("Calls a second", true), ("Calls done", true)], html! {
                    @for span in &schedule.spans { tr {
                        th scope="row" { (moment(span.from, zone)) }
                        td.n { (format!("{:.2}", span.per_second)) }
                        td.n { (count(span.calls)) }
                    } }
                    tr {
                        th scope="row" { (moment(schedule.ends, zone)) }
                        td.n { "0" } td.n { (count(document.calls.planned)) }
                    }
                }))
            }
        }
        p {
            "It would take " (duration(schedule.seconds())) " and end " (window(schedule, zone))
            // In a short run both times are the same minute.
            @if window(schedule, zone).contains("between ") { "; the later time leaves room for a tenth more calls" }
            @if naive > schedule.seconds() { ". One call for every record would take " (duration(naive)) }
            "."
        }
        p.soft {
            "Reckoned with " (format!("{:.1}", schedule.account_per_second)) " calls a second"
            @if schedule.spans.len() > 1 { " and the share that your timetable leaves to others ("
                (plural(schedule.spans.len() as u64 - 1, "change", "changes")) ")" }
            ". The run learns the real limit from the account's answers."
        }
    }
}

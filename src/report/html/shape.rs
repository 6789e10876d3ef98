//! What the export looks like: over the months, by channel and side, its files.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::table;
use crate::report::document::{Sides, SourceReport, ValidationDocument};
use crate::report::overview::Month;
use crate::report::plot::{Tone, messages_by_month, tickets_by_month};
use crate::report::terminal::files_text;
use crate::report::words::{count, percent, plural};
use crate::text::size;

/// Two plots of one time, with their figures.
pub(super) fn over_time(months: &[Month]) -> Option<Markup> {
    if months.is_empty() {
        return None;
    }
    Some(html! {
        figure {
            figcaption { "Tickets, by when they were created" }
            (tickets_by_month(months))
        }
        figure {
            figcaption { "Messages, by when they were sent" }
            (legend(&[(Tone::Customer, "from customers"), (Tone::Agent, "from agents"), (Tone::Note, "internal notes")]))
            (messages_by_month(months))
            details {
                summary { "The figures as a table" }
                (table("", &[("Month (UTC)", false), ("Tickets", true), ("Customers", true), ("Agents", true), ("Notes", true)], html! {
                    @for month in months { tr {
                        th scope="row" { (month.month) }
                        @for number in [month.tickets, month.customer, month.agent, month.note] { td.n { (count(number)) } }
                    } }
                }))
            }
        }
    })
}

/// What the colours of a plot mean.
pub(super) fn legend(entries: &[(Tone, &str)]) -> Markup {
    html! {
        ul.legend { @for (tone, name) in entries { li { i.(tone.class()) aria-hidden="true" {} (name) } } }
    }
}

/// Messages by channel and by side.
pub(super) fn channels(document: &ValidationDocument) -> Markup {
    let mut channels = BTreeMap::<&str, u64>::new();
    for (channel, number) in document.sources.iter().flat_map(|source| &source.channels) {
        *channels.entry(channel).or_default() += number;
    }
    let mut channels: Vec<(&str, u64)> = channels.into_iter().collect();
    channels.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    let sum =
        |side: fn(&Sides) -> u64| document.sources.iter().map(|source| side(&source.sides)).sum::<u64>();
    let sides = [
        ("customers", sum(|s| s.customer), Some(Tone::Customer)),
        ("agents", sum(|s| s.agent), Some(Tone::Agent)),
        ("internal notes", sum(|s| s.note), Some(Tone::Note)),
    ];
    let named: Vec<(String, u64)> =
        channels.into_iter().map(|(name, number)| (name.replace(['-', '_'], " "), number)).collect();
    let channels: Vec<_> = named.iter().map(|(name, number)| (name.as_str(), *number, None)).collect();
    html! {
        div.two {
            div { h3 { "Messages by channel in Gorgias" } (bars(&channels)) }
            div { h3 { "Messages by side" } (bars(&sides)) }
        }
    }
}

/// Names with their numbers, and a bar as long as their share of the greatest.
fn bars(rows: &[(&str, u64, Option<Tone>)]) -> Markup {
    let most = rows.iter().map(|(_, number, _)| *number).max().unwrap_or_default();
    let total = rows.iter().map(|(_, number, _)| *number).sum();
    html! {
        table.bars { tbody { @for (name, number, tone) in rows { tr {
            th scope="row" { (name) }
            td.bar aria-hidden="true" { span.track {
                @let width = format!("width:{}", percent(*number, most).replace(' ', ""));
                @if *number > 0 { span class=(tone.map_or("", Tone::class)) style=(width) {} }
            } }
            td.n { (count(*number)) }
            td.n.soft { (percent(*number, total)) }
        } } } }
    }
}

/// The files that were read, and those that messages refer to.
pub(super) fn files(document: &ValidationDocument) -> Option<Markup> {
    if document.sources.is_empty() {
        return None;
    }
    let heads = [
        ("Source", false),
        ("Files", true),
        ("Bytes", true),
        ("Tickets", true),
        ("Messages", true),
        ("People", true),
        ("Attachments", true),
        ("Inline images", true),
        ("Recordings", true),
    ];
    let files = document.overview.files;
    Some(html! {
        (table("rows", &heads, html! { @for source in &document.sources { (source_row(source)) } }))
        @if let Some(text) = files_text(document) { p { "To bring to Gorgias: " (text) "." } }
        @if files.count > 0 {
            p {
                "Messages refer to " (plural(files.count, "file", "files"))
                @if files.of_unknown_size < files.count {
                    " of " (size(files.bytes))
                    @if files.of_unknown_size > 0 { " and more: the export does not say the size of " (count(files.of_unknown_size)) " of them" }
                } @else { "; the export does not say their sizes" }
                "."
                @if files.local > 0 { " The export holds the bytes of " (count(files.local)) "; the others lie on the old account." }
            }
        }
    })
}

fn source_row(source: &SourceReport) -> Markup {
    let cells = [
        ("Files", count(source.files)),
        ("Bytes", size(source.bytes)),
        ("Tickets", count(source.tickets)),
        ("Messages", count(source.messages)),
        ("People", count(source.people)),
        ("Attachments", count(source.attachments)),
        ("Inline images", count(source.inline_images)),
        ("Recordings", count(source.recordings)),
    ];
    html! { tr {
        th scope="row" { (source.name) }
        @for (label, text) in cells { td.n data-label=(label) { (text) } }
    } }
}

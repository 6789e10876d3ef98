//! The validation report as one HTML page for whoever decides: no scripts, nothing loaded from anywhere, light or dark
//! as the reader has it, on a screen, a telephone or paper.
//!
//! Invariants: every text is escaped by the template, and the policy in the head forbids all loading in case one is
//! not; the page does not grow with the export, whatever the number of findings.

mod cost;
mod findings;
mod first;
mod lost;
mod people;
mod shape;
#[cfg(test)]
mod tests;
mod threads;

use jiff::tz::TimeZone;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::document::ValidationDocument;

/// Colours are defined here alone; the plots have class names.
const STYLE: &str = include_str!("style.css");

/// What a page has to know beside what was found.
#[derive(Clone, Copy, Debug)]
pub struct Page<'p> {
    /// Times are told by this clock.
    pub zone: &'p TimeZone,
    /// The list of all findings, as the page can link to it: a name in the same folder.
    pub findings_csv: Option<&'p str>,
}

/// The page.
pub fn validation_page(document: &ValidationDocument, page: Page<'_>) -> String {
    let verdict = first::verdict(document);
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { "Import into Gorgias: " (verdict.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header.top {
                    span { strong { "gorgias-import" } " · validation report" }
                    @if let Some(schedule) = &document.schedule {
                        span { (first::moment(schedule.starts, page.zone)) }
                    }
                }
                main {
                    (first::screen(document, &verdict, page))
                    @let sections = sections(document, page);
                    nav aria-label="Sections" {
                        @for section in &sections { a href=(format!("#{}", section.id)) { (section.title) } }
                    }
                    @for section in &sections {
                        section.card.long[section.is_long] id=(section.id) {
                            h2 { (section.title) }
                            (section.content)
                        }
                    }
                }
                footer {
                    p { "Made by " code { "gorgias-import validate" } " from the export files alone: nothing was sent, and the account was not asked." }
                    p { "This page holds names of agents and of files; it is meant for whoever runs the import." }
                }
            }
        }
    };
    whole.into_string()
}

/// A part of the page.
struct Section {
    id: &'static str,
    title: &'static str,
    /// Longer than a sheet of paper, maybe.
    is_long: bool,
    content: Markup,
}

/// The parts that have something to say, in the order in which people ask.
fn sections(document: &ValidationDocument, page: Page<'_>) -> Vec<Section> {
    let section = |id, title, is_long, content: Option<Markup>| {
        content.map(|content| Section { id, title, is_long, content })
    };
    let has_tickets = document.totals.tickets > 0;
    [
        section("lost", "What would be missing", false, Some(lost::section(document))),
        section("time", "Over the months", false, shape::over_time(&document.overview.months)),
        section("channels", "Channels and sides", false, has_tickets.then(|| shape::channels(document))),
        section("agents", "Agents and authors", false, people::section(document)),
        section("threads", "Threads to look at", true, threads::section(&document.overview)),
        section("findings", "Findings", true, Some(findings::section(document, page.findings_csv))),
        section("files", "Files", true, shape::files(document)),
        section("calls", "Calls and time", false, has_tickets.then(|| cost::section(document, page.zone))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A place in a file without the folders that all files share most often; the list of findings has the whole path.
fn place_text(place: &str) -> Markup {
    const FOLDERS_SHOWN: usize = 2;
    match place.rmatch_indices('/').nth(FOLDERS_SHOWN) {
        Some((at, _)) => html! { span title=(place) { "…" (place[at..]) } },
        None => html! { (place) },
    }
}

/// A table that wide content does not break: it scrolls in its own frame, with the keyboard too.
#[expect(clippy::needless_pass_by_value, reason = "rows are made where they are given")]
fn table(class: &str, heads: &[(&str, bool)], rows: Markup) -> Markup {
    let name = heads.first().map_or("", |(head, _)| *head);
    html! {
        div.wide-table tabindex="0" role="group" aria-label=(name) { table class=(class) {
            thead { tr { @for (head, is_number) in heads { th.n[*is_number] scope="col" { (head) } } } }
            tbody { (rows) }
        } }
    }
}

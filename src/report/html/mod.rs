//! The validation report as one HTML page for whoever decides: no scripts, nothing loaded from anywhere, light or dark
//! as the reader has it, on a screen, a telephone or paper.
//!
//! Invariants: every text is escaped by the template, and the policy in the head forbids all loading in case one is
//! not; the page does not grow with the export, whatever the number of findings.

mod compared;
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
use maud::{Markup, html};

use super::document::ValidationDocument;
use super::page::{Section, Shell, table};

/// What a page has to know beside what was found.
#[derive(Clone, Copy, Debug)]
pub struct Page<'p> {
    /// Times are told by this clock.
    pub zone: &'p TimeZone,
    /// The list of all findings, as the page can link to it: a name in the same folder.
    pub findings_csv: Option<&'p str>,
    /// The command to type next where it does not follow from what was found, as after a run; with what it does in brackets.
    pub next: Option<&'p str>,
}

/// The page.
pub fn validation_page(document: &ValidationDocument, page: Page<'_>) -> String {
    let verdict = first::verdict(document);
    let shell = Shell {
        title: &format!("Import into Gorgias: {}", verdict.title),
        what: "validation report",
        when: document.schedule.as_ref().map(|schedule| first::moment(schedule.starts, page.zone)),
        screen: first::screen(document, &verdict, page),
        sections: sections(document, page),
        foot: html! {
            @if page.next.is_some() {
                p { "What reading the export files showed before anything was sent; summary, lists and log of the run lie beside it." }
            } @else {
                p { "Made by " code { "gorgias-import validate" } " from the export files alone: nothing was sent, and the account was not asked." }
            }
            p { "This page holds names of agents and of files; it is meant for whoever runs the import." }
        },
    };
    shell.page()
}

/// The parts that have something to say, in the order in which people ask.
fn sections(document: &ValidationDocument, page: Page<'_>) -> Vec<Section> {
    let section = |id, title, is_long, content: Option<Markup>| {
        content.map(|content| Section { id, title, is_long, content })
    };
    let has_tickets = document.totals.tickets > 0;
    [
        section("ledger", "What a run would do now", false, document.ledger.as_ref().map(compared::section)),
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
    html! {
        @if let Some((at, _)) = place.rmatch_indices('/').nth(FOLDERS_SHOWN) {
            span title=(place) { "…" (place[at..]) }
        } @else {
            (place)
        }
    }
}

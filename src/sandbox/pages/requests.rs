//! The requests since the start: figures, the bucket's level over time, the log.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::Refused;
use super::layout::{self, Head, Here};
use super::plot::{Course, Slot};
use super::words::{self, grouped, size};
use crate::sandbox::app::App;
use crate::sandbox::bucket::BucketLimit;
use crate::sandbox::fault::Fault;
use crate::sandbox::log::{Log, LoggedRequest};
use crate::sandbox::paging::Params;

/// Requests on a page.
const PAGE: usize = 100;
/// Letters of a query that are shown; cursors are long and say nothing to people.
const QUERY_MAX: usize = 60;
/// Rows of the table that says what the plot shows.
const TABLE_ROWS: usize = 12;

/// Which requests are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    All,
    Writes,
    Problems,
}

impl Which {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::All, "all", "All"),
        (Self::Writes, "writes", "Writes"),
        (Self::Problems, "problems", "Not answered well"),
    ];

    fn of(word: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|(_, known, _)| Some(*known) == word)
            .map_or(Self::All, |(which, ..)| which)
    }

    fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(which, ..)| *which == self).map_or("all", |(_, word, _)| word)
    }

    fn takes(self, row: &LoggedRequest) -> bool {
        match self {
            Self::All => true,
            Self::Writes => row.method != "GET" && row.method != "HEAD",
            Self::Problems => row.is_problem(),
        }
    }
}

/// What the page shows.
struct Shown {
    which: Which,
    total: u64,
    by_status: BTreeMap<u16, u64>,
    throttled: u64,
    faults: BTreeMap<Fault, u64>,
    limit: BucketLimit,
    course: Course,
    rows: Vec<LoggedRequest>,
    /// Where the next page begins.
    next: Option<u64>,
    first_page: bool,
}

/// `GET /requests`.
pub(super) async fn page(State(app): State<Arc<App>>, params: Params) -> Result<Response, Refused> {
    let which = Which::of(params.get("show"));
    let before: Option<u64> = params.get("before").and_then(|number| number.parse().ok());
    let faults = app.faults().injected().clone();
    let limit = app.limit();
    let shown = shown(&app.log(), which, before, faults, limit);
    let (facets, behind) = app.view(|view| Ok((Arc::clone(&view.facets), view.behind))).await?;
    let head = Head { title: "Requests", here: Here::Requests, facets: Some(&facets), behind };
    Ok(layout::page(&head, &body(&shown)))
}

fn shown(
    log: &Log,
    which: Which,
    before: Option<u64>,
    faults: BTreeMap<Fault, u64>,
    limit: BucketLimit,
) -> Shown {
    let (by_status, throttled) = log.totals();
    // Rows come in the order of their answers; some hundred neighbours may be out of the order of numbers.
    let fits = |row: &&LoggedRequest| before.is_none_or(|before| row.number < before) && which.takes(row);
    let mut rows: Vec<LoggedRequest> = log.rows().iter().rev().filter(fits).take(PAGE + 1).cloned().collect();
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    rows.sort_by_key(|row| std::cmp::Reverse(row.number));
    Shown {
        which,
        total: by_status.values().sum(),
        by_status,
        throttled,
        faults,
        limit,
        course: Course::of(log.rows()),
        next: rows.last().filter(|_| more).map(|row| row.number),
        rows,
        first_page: before.is_none(),
    }
}

fn body(shown: &Shown) -> Markup {
    html! {
        h1 { "Requests" }
        @if shown.total == 0 {
            div class="card empty" {
                p class="big" { "No request has come since this server started." }
                p { "The log is kept as long as the server runs; a rehearsal shows its own while its pages are served." }
            }
        } @else {
            (tiles(shown))
            (plots(shown))
            (log(shown))
        }
    }
}

fn tiles(shown: &Shown) -> Markup {
    let well: u64 =
        shown.by_status.iter().filter(|(status, _)| (200..400).contains(*status)).map(|(_, n)| n).sum();
    let injected: u64 = shown.faults.values().sum();
    html! {
        dl class="tiles" {
            div { dt { "Requests" } dd { (grouped(shown.total)) span class="small" { (shown.course.rate_in_words()) } } }
            div { dt { "Answered well" } dd { (grouped(well)) } }
            div class=[(shown.throttled == 0).then_some("good")] {
                dt { "Over the limit (429)" }
                dd { (grouped(shown.throttled)) @if shown.throttled == 0 { span class="small" { "The bucket never ran over" } } }
            }
            div { dt { "Faults injected" } dd { (grouped(injected)) } }
        }
        @if injected > 0 {
            p class="soft" {
                "Injected on purpose: "
                @for (at, (fault, times)) in shown.faults.iter().enumerate() {
                    @if at > 0 { ", " } (fault_name(*fault)) " " (grouped(*times))
                }
            }
        }
    }
}

fn fault_name(fault: Fault) -> String {
    let name = serde_json::to_value(fault).ok();
    name.and_then(|name| name.as_str().map(|name| name.replace('-', " "))).unwrap_or_default()
}

fn plots(shown: &Shown) -> Markup {
    let capacity = shown.limit.capacity;
    let course = &shown.course;
    html! {
        div class="plots" {
            @if capacity > 0 {
                figure class="card" {
                    figcaption {
                        h2 { "Level of the bucket" }
                        p { (course.level_in_words(shown.limit)) }
                    }
                    (course.level_plot(capacity))
                }
            }
            figure class="card" {
                figcaption {
                    h2 { "Requests per second" }
                    p { (course.requests_in_words()) }
                }
                (course.rate_plot())
            }
        }
        details class="card" {
            summary { "The same as figures" }
            div class="scroll" tabindex="0" role="region" aria-label="Level and requests over time" {
                table {
                    thead { tr { th scope="col" { "From second" } th scope="col" class="n" { "Requests" } th scope="col" class="n" { "Highest level" } th scope="col" class="n" { "Not answered well" } } }
                    tbody {
                        @for Slot { from, requests, level, problems } in course.coarse(TABLE_ROWS) {
                            tr {
                                th scope="row" { (format!("{from:.1}")) } td class="n" { (grouped(requests)) }
                                td class="n" { (grouped(level.into())) } td class="n" { (grouped(problems)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn log(shown: &Shown) -> Markup {
    html! {
        section aria-labelledby="log" {
            div class="list-head" {
                h2 id="log" { "Log" }
                nav class="tabs" aria-label="Which requests" {
                    @for (which, word, label) in Which::ALL {
                        a href={ "/requests?show=" (word) "#log" } aria-current=[(which == shown.which).then_some("true")] { (label) }
                    }
                }
            }
            @if shown.rows.is_empty() {
                @let words = if shown.which == Which::Problems { "Every request was answered well." } else { "No request fits." };
                div class="card empty" { p { (words) } }
            } @else {
                div class="scroll card" tabindex="0" role="region" aria-label="Log of requests" {
                    table class="log" {
                        thead {
                            tr {
                                th scope="col" class="n" { "No." } th scope="col" { "Time" } th scope="col" { "Request" } th scope="col" { "Answer" }
                                th scope="col" class="n" { "Body" } th scope="col" class="n" { "Took" } th scope="col" class="n" { "Bucket" }
                            }
                        }
                        tbody { @for row in &shown.rows { (line(row, shown.limit)) } }
                    }
                }
                nav class="pager" aria-label="Pages of the log" {
                    @if !shown.first_page { a href={ "/requests?show=" (shown.which.word()) "#log" } { "Newest" } } @else { span {} }
                    @if let Some(next) = shown.next { a rel="next" href={ "/requests?show=" (shown.which.word()) "&before=" (next) "#log" } { "Older requests" } }
                }
            }
        }
    }
}

fn line(row: &LoggedRequest, limit: BucketLimit) -> Markup {
    let time = row.at.get(11..23).unwrap_or_default();
    html! {
        tr class=[row.is_problem().then_some("problem")] {
            td class="n number" { (grouped(row.number)) }
            td class="mono time" { (time) }
            td class="mono path" {
                strong { (row.method) } " "
                @match ticket_of(&row.path) {
                    Some(id) => a href={ "/tickets/" (id) } { (row.path) },
                    None => { (row.path) }
                }
                @if !row.query.is_empty() { span class="soft" title=(row.query) { "?" (words::shortened(&row.query, QUERY_MAX)) } }
            }
            td class="answer" {
                @match row.status { Some(status) => (status), None => "cut off" }
                @if let Some(fault) = row.fault { " " span class="chip warn" { (fault_name(fault)) } }
            }
            td class="n small" data-label="body" { @if row.body_bytes > 0 { (size(row.body_bytes as u64)) } }
            td class="n small" data-label="took" { (row.took_us / 1_000) "." (row.took_us / 100 % 10) " ms" }
            td class="n small" data-label="bucket" { @if limit.capacity > 0 { (grouped(row.bucket_level.into())) } @else { "no limit" } }
        }
    }
}

/// The ticket that a path of the API is about.
fn ticket_of(path: &str) -> Option<i64> {
    path.strip_prefix("/api/tickets/")?.split('/').next()?.parse().ok()
}

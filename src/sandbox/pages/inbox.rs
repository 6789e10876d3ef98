//! The inbox: search, filters, the list.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{self, Head, Here};
use super::words::{self, called, count, grouped, initials};
use super::{Refused, query};
use crate::sandbox::app::App;
use crate::sandbox::beside::Tone;
use crate::sandbox::browse::{Agent, Choice, Entry, Facets, Found, Hung, Sort, Status, Wanted, remarks_of};
use crate::sandbox::clock::Moment;
use crate::sandbox::paging::Params;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::messages::Person;
use crate::sandbox::store::tags;
use crate::sandbox::store::tickets::{self, Ticket};
use crate::sandbox::wire::People;

/// Tags shown of a ticket in the list.
const TAGS_SHOWN: usize = 4;

/// A ticket in a list.
pub(super) struct Row {
    entry: Entry,
    ticket: Ticket,
    customer: String,
    assignee: Option<String>,
    tags: Vec<String>,
    remarks: Vec<Hung>,
}

/// The tickets of a list with what it shows of them. One that was deleted in the meantime is left out.
pub(super) fn rows(people: &People, entries: Vec<Entry>) -> Result<Vec<Row>, ApiError> {
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(ticket) = tickets::get(people.db, entry.id)? else { continue };
        let customer = called(people, Person::Customer(ticket.customer_id))?;
        let assignee = ticket.doc.assignee_user.map(|id| called(people, Person::User(id))).transpose()?;
        let tags = tags::of_ticket(people.db, ticket.id)?.into_iter().map(|tag| tag.name).collect();
        let remarks = remarks_of(people.db, ticket.id)?;
        rows.push(Row { entry, ticket, customer, assignee, tags, remarks });
    }
    Ok(rows)
}

/// `GET /`.
pub(super) async fn page(State(app): State<Arc<App>>, params: Params) -> Result<Response, Refused> {
    let wanted = query::wanted(&params);
    let response = app
        .view(move |view| {
            let found = wanted.find(view.db)?;
            let rows = rows(&People::new(view.db, view.account), found.entries.clone())?;
            let body = body(&wanted, &view.facets, &found, &rows);
            let head =
                Head { title: "Inbox", here: Here::Inbox, facets: Some(&view.facets), behind: view.behind };
            Ok(layout::page(&head, &body))
        })
        .await?;
    Ok(response)
}

fn body(wanted: &Wanted, facets: &Facets, found: &Found, rows: &[Row]) -> Markup {
    html! {
        h1 class="visually-hidden" { "Inbox" }
        (promise(wanted, facets))
        div class="inbox" {
            (filters(wanted, facets))
            section aria-labelledby="list-title" {
                div class="list-head" {
                    h2 id="list-title" { (title(wanted)) }
                    p class="soft" role="status" { (how_many(wanted, facets, found)) }
                }
                @if rows.is_empty() { (nothing(wanted, facets)) } @else { (list(rows, wanted.sort == Sort::Odd)) }
                (pager(wanted, found))
            }
        }
    }
}

/// The figures that decide whether somebody goes on reading.
fn promise(wanted: &Wanted, facets: &Facets) -> Markup {
    // Whoever looks for something on a telephone wants to see what was found.
    let is_looking = wanted.is_narrowed() || wanted.cursor.is_some() || wanted.sort != Sort::Newest;
    html! {
        dl class={ "tiles" @if is_looking { " looking" } } {
            div { dt { "Tickets" } dd { (grouped(facets.tickets)) } }
            div { dt { "Messages" } dd { (grouped(facets.messages)) } }
            div { dt { "Customers" } dd { (grouped(facets.customers)) } }
            @if facets.would_send == 0 {
                div class="good" { dt { "Sent to people" } dd { "0" span class="small" { "Nobody would have been written to" } } }
            } @else {
                div class="bad" {
                    dt { "Sent to people" }
                    dd { a href="/outbox" { (grouped(facets.would_send)) } span class="small" { "Gorgias would have written to people" } }
                }
            }
        }
    }
}

fn title(wanted: &Wanted) -> &'static str {
    match wanted.sort {
        Sort::Odd => "The 20 ugliest tickets",
        _ if wanted.is_narrowed() => "Tickets found",
        _ => "All tickets",
    }
}

fn how_many(wanted: &Wanted, facets: &Facets, found: &Found) -> String {
    if wanted.sort == Sort::Odd {
        return "Longest, deepest, most damaged: where a fault would show first.".to_owned();
    }
    let order = if wanted.sort == Sort::Oldest { "oldest first" } else { "newest first" };
    let number = match (wanted.is_narrowed(), found.more_than_count) {
        (false, _) => count(facets.tickets, "ticket"),
        (true, true) => format!("More than {}", count(found.count, "ticket")),
        (true, false) => count(found.count, "ticket"),
    };
    format!("{number}, {order}")
}

fn nothing(wanted: &Wanted, facets: &Facets) -> Markup {
    html! {
        div class="card empty" {
            @if facets.tickets == 0 && !wanted.is_narrowed() {
                p class="big" { "No ticket is here yet." }
                p { "Point an import at this stand-in, and its tickets appear as they arrive." }
            } @else {
                p class="big" { "No ticket fits." }
                p { "A search finds tickets that have every word, or from three letters on a word that begins so, in the subject, the \
                     messages, the customer's name or address, or a key." }
                p { a href="/" { "Show all tickets" } }
            }
        }
    }
}

fn filters(wanted: &Wanted, facets: &Facets) -> Markup {
    let status = match wanted.status {
        Status::Any => "",
        Status::Open => "open",
        Status::Closed => "closed",
        Status::Trash => "trash",
    };
    let agent = match wanted.agent {
        Agent::Any => String::new(),
        Agent::Nobody => "none".to_owned(),
        Agent::User(id) => id.to_string(),
    };
    let sort = match wanted.sort {
        Sort::Newest => "",
        Sort::Oldest => "oldest",
        Sort::Odd => "ugliest",
    };
    let named = |choices: &[Choice], name: fn(&str) -> String| -> Vec<Choice> {
        choices.iter().map(|choice| Choice { label: name(&choice.label), ..choice.clone() }).collect()
    };
    let channels = named(&facets.channels, words::channel);
    let statuses = named(&facets.statuses, |word| words::status(word).to_owned());
    let remarks: Vec<Choice> = facets
        .remarks
        .iter()
        .map(|(choice, _)| Choice { label: format!("{} {}", choice.value, choice.label), ..choice.clone() })
        .collect();
    // On a narrow screen the filters are folded away until somebody wants them.
    let is_filtered =
        Wanted { words: String::new(), ..wanted.clone() }.is_narrowed() || wanted.sort == Sort::Oldest;
    html! {
        search class="filters card" {
            form action="/" method="get" {
                label for="q" { "Search" }
                input type="search" id="q" name="q" value=(wanted.words) placeholder="Words, name or key" autocomplete="off" maxlength="200";
                input type="checkbox" id="more" class="more" checked[is_filtered];
                label for="more" class="more" { "Filters and order" }
                div class="fields" {
                (select("channel", "Channel", "Every channel", &channels, wanted.channel.as_deref().unwrap_or_default()))
                (select("status", "Status", "Open and closed", &statuses, status))
                (select("agent", "Assigned to", "Anyone", &facets.agents, &agent))
                (select("tag", "Tag", "Any tag or none", &facets.tags, &wanted.tag.map(|tag| tag.to_string()).unwrap_or_default()))
                @if !remarks.is_empty() {
                    (select("finding", "Finding", "With or without", &remarks, wanted.remark.as_deref().unwrap_or_default()))
                }
                label for="sort" { "Order" }
                select id="sort" name="sort" {
                    @for (value, label) in [("", "Newest first"), ("oldest", "Oldest first"), ("ugliest", "The 20 ugliest")] {
                        option value=(value) selected[value == sort] { (label) }
                    }
                }
                }
                div class="buttons" {
                    button type="submit" { "Show" }
                    @if wanted.is_narrowed() || wanted.sort != Sort::Newest { a href="/" { "Reset" } }
                }
            }
            @if wanted.sort != Sort::Odd {
                p class="aside" { a href={ (query::address(&Wanted { sort: Sort::Odd, cursor: None, ..wanted.clone() })) } { "The 20 ugliest" } }
            }
        }
    }
}

fn select(name: &str, label: &str, any: &str, choices: &[Choice], chosen: &str) -> Markup {
    let known = chosen.is_empty() || choices.iter().any(|choice| choice.value == chosen);
    html! {
        label for=(name) { (label) }
        select id=(name) name=(name) {
            option value="" selected[chosen.is_empty()] { (any) }
            @for choice in choices {
                option value=(choice.value) selected[choice.value == chosen] { (choice.label) " (" (grouped(choice.count)) ")" }
            }
            @if !known { option value=(chosen) selected { (chosen) } }
        }
    }
}

/// Tickets, one below the other.
pub(super) fn list(rows: &[Row], with_reasons: bool) -> Markup {
    html! {
        ol class="rows card" {
            @for row in rows { li { (line(row, with_reasons)) } }
        }
    }
}

fn line(row: &Row, with_reasons: bool) -> Markup {
    let ticket = &row.ticket;
    let customer = &row.customer;
    let status = if ticket.trashed.is_some() { "trash" } else { ticket.doc.status.as_str() };
    let at = Moment::from_micros(row.entry.at);
    let worst = row.remarks.iter().filter(|remark| remark.tone != Tone::Info).count();
    let why = if with_reasons { reasons(row) } else { String::new() };
    html! {
        span class="face" aria-hidden="true" { (initials(customer)) }
        div class="what" {
            h3 { a href={ "/tickets/" (ticket.id) } { (subject(ticket)) } }
            p class="meta" {
                span class={ "status " (status) } { (words::status(status)) }
                span { (customer) }
                span { (words::channel(&ticket.doc.channel)) }
                span { (count(ticket.messages.unsigned_abs(), "message")) }
                @if let Some(assignee) = &row.assignee { span { "with " (assignee) } }
            }
            @if !why.is_empty() {
                p class="why" { (why) }
            } @else if let Some(excerpt) = excerpt(ticket) {
                p class="excerpt" { (excerpt) }
            }
            @if !row.tags.is_empty() || worst > 0 {
                ul class="chips" aria-label="Tags and findings" {
                    @if worst > 0 { li class="chip warn" { (count(worst as u64, "finding")) } }
                    @for tag in row.tags.iter().take(TAGS_SHOWN) { li class="chip" { (tag) } }
                    @if row.tags.len() > TAGS_SHOWN { li class="chip" { "+" (row.tags.len() - TAGS_SHOWN) } }
                }
            }
        }
        time datetime=(at.written()) { (words::day(at)) }
    }
}

/// Why a ticket is among the ugliest: what is odd about it, else its gravest finding.
fn reasons(row: &Row) -> String {
    let gravest = || row.remarks.iter().find(|remark| remark.tone != Tone::Info);
    match row.entry.why.as_str() {
        "" => gravest().map(|remark| words::sentence(&remark.text)).unwrap_or_default(),
        why => words::sentence(why),
    }
}

/// The subject, or what stands for it.
pub(super) fn subject(ticket: &Ticket) -> &str {
    ticket.doc.subject.as_deref().filter(|subject| !subject.trim().is_empty()).unwrap_or("(no subject)")
}

fn excerpt(ticket: &Ticket) -> Option<&str> {
    ticket.doc.excerpt.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn pager(wanted: &Wanted, found: &Found) -> Markup {
    let to = |cursor| query::address(&Wanted { cursor: Some(cursor), ..wanted.clone() });
    html! {
        @if found.earlier.is_some() || found.later.is_some() {
            nav class="pager" aria-label="Pages of the list" {
                @if let Some(cursor) = found.earlier { a rel="prev" href=(to(cursor)) { "Previous page" } } @else { span {} }
                @if let Some(cursor) = found.later { a rel="next" href=(to(cursor)) { "Next page" } }
            }
        }
    }
}

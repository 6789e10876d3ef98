//! A ticket: the talk, what is known of it, and what somebody else knows beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::Refused;
use super::inbox::subject;
use super::layout::{self, Head, Here};
use super::message::message;
use super::words::{self, called, count, grouped};
use crate::sandbox::account::Account;
use crate::sandbox::app::App;
use crate::sandbox::beside::{Panel, Tone};
use crate::sandbox::browse::{Hung, View, remarks_of};
use crate::sandbox::paging::Params;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::messages::{self, Message, Person};
use crate::sandbox::store::surveys::{self, Survey};
use crate::sandbox::store::tags;
use crate::sandbox::store::tickets::{self, Ticket};
use crate::sandbox::wire::People;

/// Messages on a page of a ticket.
const MESSAGES_PAGE: usize = 50;

/// Places of findings of one code that are seen at once; more unfold.
const PLACES_OPEN: usize = 3;

/// Everything that the page shows.
struct Shown {
    ticket: Ticket,
    customer: String,
    assignee: Option<String>,
    tags: Vec<String>,
    fields: Vec<(String, String)>,
    survey: Option<Survey>,
    remarks: Vec<Hung>,
    messages: Vec<Message>,
    /// The page of messages, from 1, and how many pages there are.
    part: (usize, usize),
}

/// `GET /tickets/{id}`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, Refused> {
    let id: i64 = id.parse().map_err(|_| ApiError::not_found())?;
    let part = params.get("page").and_then(|part| part.parse().ok()).unwrap_or(1);
    let (shown, senders, facets, behind) = app
        .view(move |view| {
            let shown = shown(view, id, part)?;
            let senders = senders(&People::new(view.db, view.account), &shown.messages)?;
            Ok((shown, senders, Arc::clone(&view.facets), view.behind))
        })
        .await?;
    // Looking a record up somewhere else may take its time; nobody else waits for it.
    let (beside, key) = (app.beside.clone(), shown.ticket.external_id.clone());
    let panel = tokio::task::spawn_blocking(move || beside?.panel(key.as_deref()?));
    let panel = panel.await.map_err(|_| ApiError::fault())?;
    let title = format!("{} · ticket {id}", subject(&shown.ticket));
    let head = Head { title: &title, here: Here::Inbox, facets: Some(&facets), behind };
    Ok(layout::page(&head, &body(&shown, &senders, panel.as_ref())))
}

fn shown(view: &View, id: i64, part: usize) -> Result<Shown, ApiError> {
    let ticket = tickets::require(view.db, id)?;
    let people = People::new(view.db, view.account);
    let parts = usize::try_from(ticket.messages).unwrap_or(0).div_ceil(MESSAGES_PAGE).max(1);
    let part = part.clamp(1, parts);
    let before = (part - 1) * MESSAGES_PAGE;
    let messages = messages::part_of_ticket(view.db, id, before as u64, MESSAGES_PAGE as u64)?;
    Ok(Shown {
        customer: called(&people, Person::Customer(ticket.customer_id))?,
        assignee: ticket.doc.assignee_user.map(|id| called(&people, Person::User(id))).transpose()?,
        tags: tags::of_ticket(view.db, id)?.into_iter().map(|tag| tag.name).collect(),
        fields: fields(view.account, &ticket.doc.custom_fields),
        survey: surveys::of_ticket(view.db, id)?,
        remarks: remarks_of(view.db, id)?,
        messages,
        part: (part, parts),
        ticket,
    })
}

fn senders(people: &People, messages: &[Message]) -> Result<Vec<String>, ApiError> {
    messages.iter().map(|message| called(people, message.doc.sender)).collect()
}

fn fields(account: &Account, values: &BTreeMap<i64, Value>) -> Vec<(String, String)> {
    let label = |id: &i64| {
        account.ticket_field(*id).map_or_else(|| format!("Field {id}"), |field| field.label.clone())
    };
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.iter().map(|(id, value)| (label(id), plain(value))).collect()
}

fn body(shown: &Shown, senders: &[String], panel: Option<&Panel>) -> Markup {
    let first = (shown.part.0 - 1) * MESSAGES_PAGE + 1;
    html! {
        nav class="crumbs" aria-label="Way back" { a href="/" { "Inbox" } }
        div class={ "ticket" @if panel.is_some() { " with-source" } } {
            section class="talk" aria-labelledby="subject" {
                h1 id="subject" tabindex="-1" { (subject(&shown.ticket)) }
                (summary(shown))
                @if let Some(panel) = panel { (jumps(shown, panel)) }
                (parts(shown))
                h2 class="visually-hidden" { "Messages" }
                @for (at, (message_, sender)) in shown.messages.iter().zip(senders).enumerate() {
                    (message(first + at, sender, message_))
                }
                (parts(shown))
            }
            aside aria-label="About this ticket" {
                (properties(shown))
                @if !shown.remarks.is_empty() { (remarks(&shown.remarks)) }
                @if let Some(panel) = panel { (source(panel)) }
            }
        }
    }
}

fn summary(shown: &Shown) -> Markup {
    let ticket = &shown.ticket;
    let status = if ticket.trashed.is_some() { "trash" } else { ticket.doc.status.as_str() };
    html! {
        p class="meta" {
            span class={ "status " (status) } { (words::status(status)) }
            a href={ "/customers/" (ticket.customer_id) } { (shown.customer) }
            span { (words::channel(&ticket.doc.channel)) }
            span { (count(ticket.messages.unsigned_abs(), "message")) }
            time datetime=(ticket.created.written()) { "since " (words::day(ticket.created)) }
        }
    }
}

/// On a narrow screen what is known of the ticket lies below its messages; these lead there.
fn jumps(shown: &Shown, panel: &Panel) -> Markup {
    html! {
        nav class="jumps" aria-label="On this page" {
            a href="#properties" { "Ticket" }
            @if !shown.remarks.is_empty() { a href="#findings" { "Findings" } }
            a href="#source" { (panel.title) }
        }
    }
}

/// The way through the messages of a long ticket.
fn parts(shown: &Shown) -> Markup {
    let (part, parts) = shown.part;
    let first = (part - 1) * MESSAGES_PAGE + 1;
    let last = first + shown.messages.len().saturating_sub(1);
    html! {
        @if parts > 1 {
            nav class="pager" aria-label="Messages" {
                @if part > 1 { a rel="prev" href={ "?page=" (part - 1) } { "Earlier messages" } } @else { span {} }
                span class="soft" { (first) " to " (last) " of " (shown.ticket.messages) }
                @if part < parts { a rel="next" href={ "?page=" (part + 1) } { "Later messages" } } @else { span {} }
            }
        }
    }
}

fn properties(shown: &Shown) -> Markup {
    let (ticket, doc) = (&shown.ticket, &shown.ticket.doc);
    let survey = shown.survey.as_ref().and_then(|survey| survey.doc.score);
    html! {
        section class="card" aria-labelledby="properties" {
            h2 id="properties" tabindex="-1" { "Ticket" }
            dl class="facts" {
                div { dt { "Customer" } dd { a href={ "/customers/" (ticket.customer_id) } { (shown.customer) } } }
                div { dt { "Assigned to" } dd { (shown.assignee.as_deref().unwrap_or("Nobody")) } }
                @if doc.priority != "normal" { div { dt { "Priority" } dd { (doc.priority) } } }
                div { dt { "Created" } dd { (words::minute(ticket.created)) } }
                @if let Some(closed) = doc.closed { div { dt { "Closed" } dd { (words::minute(closed)) } } }
                @if let Some(language) = &doc.language { div { dt { "Language" } dd { (language) } } }
                @if doc.spam { div { dt { "Spam" } dd { "Yes" } } }
                @if let Some(score) = survey { div { dt { "Satisfaction" } dd { (score) " of 5" } } }
                @for (label, value) in &shown.fields { div { dt { (label) } dd { (value) } } }
                div { dt { "Key" } dd class="mono" { (ticket.external_id.as_deref().unwrap_or("none")) } }
                div { dt { "Ticket id" } dd class="mono" { (ticket.id) } }
            }
            @if !shown.tags.is_empty() {
                ul class="chips" aria-label="Tags" { @for tag in &shown.tags { li class="chip" { (tag) } } }
            }
        }
    }
}

fn remarks(remarks: &[Hung]) -> Markup {
    let class = |tone: Tone| match tone {
        Tone::Bad => "bad",
        Tone::Warn => "warn",
        Tone::Info => "info",
    };
    html! {
        section class="card" aria-labelledby="findings" {
            h2 id="findings" tabindex="-1" { "Findings" }
            ul class="findings" {
                @for group in remarks.chunk_by(|one, next| one.code == next.code) {
                    @let first = &group[0];
                    li {
                        p { span class={ "chip " (class(first.tone)) } { (first.code) } " " (words::sentence(&first.text)) }
                        p class="soft" { "What to do: " (first.advice) }
                        @if group.len() <= PLACES_OPEN { (places(group)) } @else {
                            details {
                                summary { (count(first.of_code, "place")) }
                                (places(group))
                                @if first.of_code > group.len() as u64 {
                                    p class="soft" { "and " (grouped(first.of_code - group.len() as u64)) " more" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What findings of one code are about.
fn places(group: &[Hung]) -> Markup {
    html! {
        ul class="places" {
            @for remark in group {
                li {
                    span class="key" { (remark.external_id) }
                    @if !remark.detail.is_empty() { span class="soft" { " " (remark.detail) } }
                }
            }
        }
    }
}

fn source(panel: &Panel) -> Markup {
    html! {
        section class="card source" aria-labelledby="source" {
            h2 id="source" tabindex="-1" { (panel.title) }
            p class="up" { a href="#subject" { "Back to the top" } }
            dl class="facts" { @for fact in &panel.facts { div { dt { (fact.name) } dd { (words::breakable(&fact.value)) } } } }
            @for (at, section) in panel.sections.iter().enumerate() {
                details open[at == 0] {
                    summary { (section.title) }
                    @if !section.note.is_empty() { p class="soft" { (section.note) } }
                    @if !section.text.is_empty() {
                        pre tabindex="0" role="region" aria-label=(section.title) { (section.text) }
                    }
                }
            }
        }
    }
}

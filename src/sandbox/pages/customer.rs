//! A customer: how to reach them, and their tickets.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};

use super::Refused;
use super::inbox::{Row, list, rows};
use super::layout::{self, Head, Here};
use super::words::{self, count, escaped, initials};
use crate::sandbox::app::App;
use crate::sandbox::browse::of_customer;
use crate::sandbox::reply::ApiError;
use crate::sandbox::store::customers::{self, Channel, Customer};
use crate::sandbox::wire::People;

/// Tickets shown; the rest is found by searching for an address.
const TICKETS_MAX: usize = 50;

/// `GET /customers/{id}`.
pub(super) async fn page(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Refused> {
    let id: i64 = id.parse().map_err(|_| ApiError::not_found())?;
    let response = app
        .view(move |view| {
            let customer = customers::get(view.db, id)?.ok_or_else(ApiError::not_found)?;
            let channels = customers::channels(view.db, id)?;
            let (entries, total) = of_customer(view.db, id, TICKETS_MAX)?;
            let rows = rows(&People::new(view.db, view.account), entries)?;
            let body = body(&customer, &channels, &rows, total);
            let title = name(&customer, &channels);
            let head =
                Head { title: &title, here: Here::Inbox, facets: Some(&view.facets), behind: view.behind };
            Ok(layout::page(&head, &body))
        })
        .await?;
    Ok(response)
}

fn name(customer: &Customer, channels: &[Channel]) -> String {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let address = || channels.first().map(|channel| channel.address.clone());
    filled(&customer.name)
        .or_else(|| filled(&customer.email))
        .or_else(address)
        .unwrap_or_else(|| "(no name)".to_owned())
}

fn body(customer: &Customer, channels: &[Channel], rows: &[Row], total: u64) -> Markup {
    let name = name(customer, channels);
    let search = customer.email.as_ref().or_else(|| channels.first().map(|channel| &channel.address));
    html! {
        nav class="crumbs" aria-label="Way back" { a href="/" { "Inbox" } }
        div class="person" { span class="face large" aria-hidden="true" { (initials(&name)) } h1 { (name) } }
        div class="ticket" {
            section aria-labelledby="tickets" {
                div class="list-head" {
                    h2 id="tickets" { "Tickets" }
                    p class="soft" { (count(total, "ticket")) @if total > rows.len() as u64 { ", the newest " (rows.len()) " shown" } }
                }
                @if rows.is_empty() { div class="card empty" { p { "No ticket is theirs." } } } @else { (list(rows, false)) }
                @if total > rows.len() as u64 && let Some(address) = search {
                    p { a href={ "/?q=" (escaped(address)) } { "Search the inbox for " (address) } }
                }
            }
            aside aria-label="About this customer" {
                section class="card" aria-labelledby="reach" {
                    h2 id="reach" { "Customer" }
                    dl class="facts" {
                        @for channel in channels {
                            div { dt { (words::channel(&channel.kind)) } dd { (words::breakable(&channel.address)) @if channel.preferred && channels.len() > 1 { span class="soft" { " preferred" } } } }
                        }
                        @if channels.is_empty() { div { dt { "Addresses" } dd { "None is known" } } }
                        @if let Some(language) = &customer.language { div { dt { "Language" } dd { (language) } } }
                        @if let Some(timezone) = &customer.timezone { div { dt { "Time zone" } dd { (timezone) } } }
                        @if let Some(note) = customer.note.as_ref().filter(|note| !note.is_empty()) { div { dt { "Note" } dd { (note) } } }
                        div { dt { "Key" } dd class="mono" { (customer.external_id.as_deref().unwrap_or("none")) } }
                        div { dt { "Customer id" } dd class="mono" { (customer.id) } }
                        div { dt { "Record made" } dd { (words::minute(customer.created)) } }
                    }
                }
                @if let Some(data) = &customer.data {
                    section class="card source" aria-labelledby="data" {
                        h2 id="data" { "Data" }
                        pre tabindex="0" role="region" aria-label="Data" { (serde_json::to_string_pretty(data).unwrap_or_default()) }
                    }
                }
            }
        }
    }
}

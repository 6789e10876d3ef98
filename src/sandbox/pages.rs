//! A small web page: what the stand-in holds, ticket by ticket. For people who rehearse an import.
//!
//! Messages are strangers' HTML. Two walls: every page forbids scripts and anything from elsewhere, and a message's
//! HTML is shown in a frame that may do nothing.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};

use super::account::Account;
use super::app::{App, Stats};
use super::paging::{Filter, Params, page};
use super::reply::ApiError;
use super::store::messages::{self, Message, Order, Person};
use super::store::tags;
use super::store::tickets::{self, Ticket};
use super::wire::People;

/// Nothing runs, nothing is fetched. Frames made of text (`srcdoc`) inherit this.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1c2733}\
    table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dde3e9}\
    .m{border:1px solid #dde3e9;border-radius:8px;padding:.7rem 1rem;margin:.8rem 0}.agent{background:#eef5ff;margin-left:4rem}\
    .note{background:#fff8df;margin-left:4rem}.customer{margin-right:4rem}.by{color:#5b6b7b;font-size:.85rem}\
    pre{white-space:pre-wrap;font:inherit;margin:.4rem 0 0}iframe{width:100%;height:16rem;border:0;background:#fff}\
    .bad{color:#a40000;font-weight:600}";

/// The pages.
pub(super) fn router(app: Arc<App>) -> Router {
    Router::new().route("/", get(inbox)).route("/tickets/{id}", get(ticket)).with_state(app)
}

fn shell(title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (title) } style { (maud::PreEscaped(STYLE)) } }
            body { (body) }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, page.into_string()).into_response()
}

async fn inbox(State(app): State<Arc<App>>, params: Params) -> Result<Response, ApiError> {
    params.allow(&["cursor", "limit", "order_by"])?;
    let listing = params.listing(&["created_datetime"])?;
    let counting = Arc::clone(&app);
    let stats =
        tokio::task::spawn_blocking(move || counting.stats()).await.map_err(|_| ApiError::fault())??;
    let body = app
        .read(move |db, account| {
            let page = page(db, "tickets", Filter::default(), &listing)?;
            let people = People::new(db, account);
            let mut rows = Vec::with_capacity(page.ids.len());
            for id in page.ids {
                let found = tickets::require(db, id)?;
                let customer = people.get(Person::Customer(found.customer_id))?;
                rows.push((customer.and_then(|one| one.name.or(one.email)).unwrap_or_default(), found));
            }
            let (prev, next) = (page.meta.prev_cursor, page.meta.next_cursor);
            Ok(inbox_body(account, &stats, &rows, prev.as_deref(), next.as_deref()))
        })
        .await?;
    Ok(shell("Gorgias stand-in", &body))
}

fn inbox_body(
    account: &Account,
    stats: &Stats,
    rows: &[(String, Ticket)],
    prev: Option<&str>,
    next: Option<&str>,
) -> Markup {
    html! {
        h1 { "Gorgias stand-in: " (account.seed.domain) }
        p { "Not Gorgias: a local server that behaves like its API, to rehearse imports. Nothing leaves this machine." }
        p {
            (stats.tickets) " tickets (" (stats.trashed) " in the trash), " (stats.messages) " messages, "
            (stats.customers) " customers, " (stats.tags) " tags, " (stats.files) " files. "
            @if stats.would_send == 0 { "Nobody would have been written to." }
            @else { span class="bad" { (stats.would_send) " messages would have gone out to people." } }
        }
        table {
            tr { th { "Subject" } th { "Customer" } th { "Channel" } th { "Status" } th { "Messages" } th { "Created" } }
            @for (customer, ticket) in rows {
                tr {
                    td { a href={ "/tickets/" (ticket.id) } { (subject(ticket)) } }
                    td { (customer) } td { (ticket.doc.channel) } td { (ticket.doc.status) } td { (ticket.messages) }
                    td { (ticket.created.short()) }
                }
            }
        }
        p {
            @if let Some(prev) = prev { a href={ "/?cursor=" (escaped(prev)) } { "newer" } " " }
            @if let Some(next) = next { a href={ "/?cursor=" (escaped(next)) } { "older" } }
        }
    }
}

/// Base64 in a query: three of its letters mean something else there.
fn escaped(cursor: &str) -> String {
    cursor.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

fn subject(ticket: &Ticket) -> String {
    ticket
        .doc
        .subject
        .clone()
        .or_else(|| ticket.doc.excerpt.clone())
        .unwrap_or_else(|| format!("#{}", ticket.id))
}

async fn ticket(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, ApiError> {
    let id: i64 = id.parse().map_err(|_| ApiError::not_found())?;
    let body = app
        .read(move |db, account| {
            let found = tickets::require(db, id)?;
            let people = People::new(db, account);
            let tags: Vec<String> = tags::of_ticket(db, id)?.into_iter().map(|tag| tag.name).collect();
            let mut shown = Vec::new();
            for message in messages::of_ticket(db, id, Order::Created)? {
                let sender = people.get(message.doc.sender)?;
                let name = sender.and_then(|one| one.name.or(one.email)).unwrap_or_default();
                shown.push(message_body(&name, &message));
            }
            Ok(html! {
                p { a href="/" { "all tickets" } }
                h1 { (subject(&found)) }
                p class="by" {
                    (found.doc.channel) ", " (found.doc.status) ", created " (found.created.short()) " UTC, key "
                    (found.external_id.as_deref().unwrap_or("none")) ", tags: " (tags.join(", "))
                }
                @for message in &shown { (message) }
            })
        })
        .await?;
    Ok(shell("Ticket", &body))
}

fn message_body(sender: &str, message: &Message) -> Markup {
    let doc = &message.doc;
    let side = match (doc.public, doc.from_agent) {
        (false, _) => "note",
        (true, true) => "agent",
        (true, false) => "customer",
    };
    html! {
        div class={ "m " (side) } {
            div class="by" {
                (side) ": " (sender) ", " (doc.created.short()) " UTC, " (doc.channel)
                @if let Some(key) = &doc.external_id { ", key " (key) }
            }
            @match (&doc.body_html, &doc.body_text) {
                (Some(markup), _) => { iframe sandbox="" srcdoc=(markup) title="message" {} }
                (None, Some(text)) => { pre { (text) } }
                (None, None) => {}
            }
            @for attachment in &doc.attachments { div class="by" { "file: " (attachment.name) } }
        }
    }
}

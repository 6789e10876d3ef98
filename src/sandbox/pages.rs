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
use super::wire::{People, PersonOut};

/// Nothing runs, nothing is fetched. Frames made of text (`srcdoc`) inherit this.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";

/// What a message's own page begins with. It states its colours: the frame does not inherit those of the page.
const MESSAGE_STYLE: &str = "<style>:root{color-scheme:light}body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#1c2733;overflow-wrap:anywhere}\
    img{max-width:100%}</style>";

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1c2733;--soft:#5b6b7b;--line:#dde3e9;--page:#fff;--link:#1f5fbf;--agent:#eef5ff;--note:#fff3c4;--bad:#a40000}\
    @media(prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9aa7b4;--line:#35404a;--page:#15191d;--link:#8ab8ff;--agent:#1b2a40;--note:#453a12;--bad:#ff8a80}}\
    body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:var(--ink);background:var(--page)}\
    h1{font-size:1.4rem;overflow-wrap:anywhere}a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}\
    .wide{overflow-x:auto}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line)}\
    .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.tag{border:1px solid var(--line);border-radius:9px;padding:0 .5rem;margin-right:.3rem;white-space:nowrap}\
    .m{border:1px solid var(--line);border-radius:8px;padding:.7rem 1rem;margin:.8rem 0}.agent{background:var(--agent);margin-left:12%}\
    .note{background:var(--note);margin-left:12%}.customer{margin-right:12%}.by{color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}.by strong{color:var(--ink)}\
    pre{white-space:pre-wrap;font:inherit;margin:.4rem 0 0;overflow-wrap:anywhere}\
    iframe{width:100%;border:0;border-radius:4px;background:#fff;margin-top:.4rem;resize:vertical}.bad{color:var(--bad);font-weight:600}\
    @media(max-width:40rem){.agent,.note{margin-left:1rem}.customer{margin-right:1rem}}";

/// Characters in a line of a message's frame, roughly.
const FRAME_COLUMNS: usize = 90;
/// Longer names are of no tag that is known here.
const TAG_MAX: usize = 12;
/// Lines that a frame shows without scrolling.
const FRAME_LINES: std::ops::RangeInclusive<usize> = 2..=24;

/// The pages.
pub(super) fn router(app: Arc<App>) -> Router {
    Router::new().route("/", get(inbox)).route("/tickets/{id}", get(ticket)).with_state(app)
}

fn shell(title: &str, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width, initial-scale=1"; title { (title) } style { (maud::PreEscaped(STYLE)) } }
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
                rows.push((display_name(customer), found));
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
        div class="wide" { table {
            tr {
                th { "Subject" } th { "Customer" } th { "Channel" } th { "Status" } th class="n" { "Messages" }
                th class="n" { "Created (UTC)" }
            }
            @for (customer, ticket) in rows {
                tr {
                    td { a href={ "/tickets/" (ticket.id) } { (subject(ticket)) } }
                    td { (customer) } td { (ticket.doc.channel) } td { (ticket.doc.status) } td class="n" { (ticket.messages) }
                    td class="n" { (ticket.created.short()) }
                }
            }
        } }
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
                shown.push(message_body(&display_name(sender), &message));
            }
            let customer = display_name(people.get(Person::Customer(found.customer_id))?);
            let assignee = found.doc.assignee_user.map(|id| people.get(Person::User(id))).transpose()?.flatten();
            Ok(html! {
                p { a href="/" { "all tickets" } }
                h1 { (subject(&found)) }
                p class="by" {
                    strong { (customer) } ", " (found.doc.channel) ", " (found.doc.status) ", "
                    @if assignee.is_some() { "assigned to " (display_name(assignee)) } @else { "unassigned" }
                    ", created " (found.created.short()) " UTC, key " (found.external_id.as_deref().unwrap_or("none"))
                }
                @if !tags.is_empty() { p class="by" { @for tag in &tags { span class="tag" { (tag) } } } }
                @for message in &shown { (message) }
            })
        })
        .await?;
    Ok(shell("Ticket", &body))
}

/// Name, address, or that there is neither, as with a caller of whom only the number is known.
fn display_name(person: Option<PersonOut>) -> String {
    let named = person.and_then(|one| one.name.or(one.email).filter(|name| !name.trim().is_empty()));
    named.unwrap_or_else(|| "(no name)".to_owned())
}

fn message_body(sender: &str, message: &Message) -> Markup {
    let doc = &message.doc;
    let (side, title) = match (doc.public, doc.from_agent) {
        (false, _) => ("note", "internal note"),
        (true, true) => ("agent", "agent"),
        (true, false) => ("customer", "customer"),
    };
    html! {
        div class={ "m " (side) } {
            div class="by" {
                strong { (sender) } ", " (title) ", " (doc.created.short()) " UTC, " (doc.channel)
                @if let Some(key) = &doc.external_id { ", key " (key) }
            }
            @match (&doc.body_html, &doc.body_text) {
                (Some(markup), _) => {
                    iframe sandbox="" style={ "height:" (frame_height(markup)) "rem" }
                        srcdoc={ (MESSAGE_STYLE) (markup) } title="message" {}
                }
                (None, Some(text)) => { pre { (text) } }
                (None, None) => {}
            }
            @for attachment in &doc.attachments {
                div class="by" {
                    "file: " strong { (attachment.name) } " (" (attachment.content_type)
                    @if let Some(size) = attachment.size { ", " (size) " bytes" } ")"
                }
            }
        }
    }
}

/// Height of a message's frame in rem, guessed from its text: without scripts a frame cannot fit itself.
fn frame_height(markup: &str) -> usize {
    let mut lines = 1;
    let mut column = 0;
    let mut rest = markup;
    while let Some(c) = rest.chars().next() {
        if c == '<' {
            let tag: String =
                rest[1..].chars().take_while(char::is_ascii_alphanumeric).take(TAG_MAX).collect();
            let tag = tag.to_ascii_lowercase();
            lines += match tag.as_str() {
                "br" | "li" | "tr" | "div" => 1,
                "p" | "blockquote" | "h1" | "h2" | "h3" | "ul" | "ol" | "pre" | "hr" => 2,
                _ => 0,
            };
            if matches!(tag.as_str(), "br" | "li" | "tr" | "div" | "p") {
                column = 0;
            }
            rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
            continue;
        }
        column += 1;
        if column > FRAME_COLUMNS {
            (lines, column) = (lines + 1, 0);
        }
        rest = &rest[c.len_utf8()..];
    }
    // A line is a rem and a half high.
    (lines.clamp(*FRAME_LINES.start(), *FRAME_LINES.end()) * 3).div_ceil(2)
}

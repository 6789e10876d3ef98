//! What the real Gorgias would have sent to people. The page that should be empty.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};

use super::Refused;
use super::layout::{self, Head, Here};
use super::words::{self, count};
use crate::sandbox::app::App;
use crate::sandbox::clock::Moment;
use crate::sandbox::store::outbox::{Sent, first};

/// Rows shown.
const ROWS_MAX: u32 = 500;

/// `GET /outbox`.
pub(super) async fn page(State(app): State<Arc<App>>) -> Result<Response, Refused> {
    let response = app
        .view(move |view| {
            let rows = first(view.db, ROWS_MAX)?;
            let body = body(&rows, view.facets.would_send, view.facets.messages);
            let head = Head {
                title: "Sent to people",
                here: Here::Outbox,
                facets: Some(&view.facets),
                behind: view.behind,
            };
            Ok(layout::page(&head, &body))
        })
        .await?;
    Ok(response)
}

fn body(rows: &[Sent], total: u64, messages: u64) -> Markup {
    html! {
        h1 { "Sent to people" }
        @if rows.is_empty() {
            div class="card proud" {
                p class="figure" { "0" }
                p class="big" { "Nobody would have been written to." }
                p {
                    "This list holds whatever the real Gorgias would have sent out: answers, surveys, mentions, replies of rules. After "
                    (count(messages, "message")) " it is empty."
                }
            }
        } @else {
            p class="bad" { (count(total, "message")) " would have gone out to people." }
            @if total > rows.len() as u64 { p class="soft" { "The first " (rows.len()) " are shown." } }
            div class="scroll card" tabindex="0" role="region" aria-label="What would have been sent" {
                table {
                    thead { tr { th scope="col" { "When (UTC)" } th scope="col" { "What" } th scope="col" { "Why" } th scope="col" { "To" } th scope="col" { "Ticket" } } }
                    tbody {
                        @for row in rows {
                            tr {
                                td { (words::minute(Moment::from_micros(row.at))) }
                                td { (row.kind) }
                                td { (row.reason) }
                                td { (row.recipients.join(", ")) }
                                td { @if let Some(id) = row.ticket_id { a href={ "/tickets/" (id) } { (id) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

//! What all pages share: the head, the way around, the foot.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::POLICY;
use super::words::{count, grouped};
use crate::sandbox::browse::Facets;

/// Which part of the pages one belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Here {
    Inbox,
    Requests,
    Outbox,
    /// Outside: nothing is known to whom this is shown.
    Elsewhere,
}

/// What a page says of itself.
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    pub(super) here: Here,
    /// Counts, where whoever sees the page may know them.
    pub(super) facets: Option<&'a Facets>,
    /// Changes that the index does not know yet.
    pub(super) behind: u64,
}

const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' \
    rx='4' fill='%232a5bd7'/%3E%3Cpath d='M3.5 5h9v6h-9z M3.5 5l4.5 3.6L12.5 5' fill='none' stroke='white' stroke-width='1.3'/%3E%3C/svg%3E";

/// A whole page.
pub(super) fn page(head: &Head, body: &Markup) -> Response {
    page_with(head, &html! {}, body)
}

/// A whole page with something more in its head.
pub(super) fn page_with(head: &Head, more: &Markup, body: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (head.title) " · Rehearsal inbox" }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href="/style.css";
                (more)
            }
            body {
                a class="skip" href="#main" { "Skip to content" }
                header class="top" {
                    div class="wide" {
                        a class="brand" href="/" { span class="mark" aria-hidden="true" {} "Rehearsal inbox" }
                        @if head.here != Here::Elsewhere { (ways(head)) }
                    }
                }
                main id="main" tabindex="-1" class="wide" {
                    @if head.behind > 0 {
                        p class="notice" role="status" {
                            "Still indexing: " (count(head.behind, "change")) " to go. Lists and searches lack those tickets; reload in a moment."
                        }
                    }
                    (body)
                }
                footer class="wide foot" {
                    p { "A stand-in of Gorgias on this machine, to rehearse an import. It is not Gorgias, and nothing on these pages can be changed or sent. Times are UTC." }
                }
            }
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_DNS_PREFETCH_CONTROL, "off"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, page.into_string()).into_response()
}

fn ways(head: &Head) -> Markup {
    let current = |here: Here| (head.here == here).then_some("page");
    let sent = head.facets.map_or(0, |facets| facets.would_send);
    html! {
        nav aria-label="Pages" {
            a href="/" aria-current=[current(Here::Inbox)] { "Inbox" }
            a href="/requests" aria-current=[current(Here::Requests)] { "Requests" }
            a href="/outbox" aria-current=[current(Here::Outbox)] {
                "Sent to people" span class={ "badge " (if sent == 0 { "good" } else { "bad" }) } { (grouped(sent)) }
            }
        }
    }
}

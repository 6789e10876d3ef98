//! The web pages: what the stand-in holds, as an agent would see it. For people who rehearse an import.
//!
//! Messages are strangers' HTML, so there are walls: every page forbids scripts and anything from elsewhere; a message's
//! HTML loses what could act or fetch; and it is shown in a frame that may do nothing. The pages open for whoever has
//! the link that the program printed. Nothing here changes anything. All works without scripts.

mod customer;
mod entrance;
mod frame;
mod inbox;
mod layout;
mod message;
mod outbox;
mod plain;
mod plot;
mod query;
mod requests;
mod ticket;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;

use super::app::App;
use super::reply::ApiError;
use layout::{Head, Here};

/// Nothing runs, nothing is fetched from elsewhere, no frame goes anywhere. Frames made of text (`srcdoc`) inherit this.
const POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'self'";

const STYLE: &str = include_str!("style.css");

/// The pages.
pub(super) fn router(app: Arc<App>) -> Router {
    let guarded = Router::new()
        .route("/", get(inbox::page))
        .route("/tickets/{id}", get(ticket::page))
        .route("/customers/{id}", get(customer::page))
        .route("/requests", get(requests::page))
        .route("/outbox", get(outbox::page))
        .route_layer(from_fn_with_state(Arc::clone(&app), entrance::guard));
    Router::new()
        .route("/enter/{token}", get(entrance::enter))
        .route("/style.css", get(style))
        .merge(guarded)
        .with_state(app)
}

/// What is answered where there is no page.
pub(super) async fn missing() -> Response {
    Refused(ApiError::not_found()).into_response()
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE).into_response()
}

/// A page that cannot be shown.
#[derive(Debug)]
struct Refused(ApiError);

impl<E: Into<ApiError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (title, text) = match self.0.status {
            StatusCode::NOT_FOUND => {
                ("There is no such page", "What it showed may have been deleted in the meantime.")
            }
            StatusCode::BAD_REQUEST => {
                ("This address is not understood", "A part of it is not what it should be.")
            }
            _ => ("The stand-in could not make this page", "What went wrong is in its log."),
        };
        let body = html! {
            div class="card empty" {
                h1 { (title) }
                p { (text) }
                p { a href="/" { "Back to the inbox" } }
            }
        };
        let mut response =
            layout::page(&Head { title, here: Here::Elsewhere, facets: None, behind: 0 }, &body);
        *response.status_mut() = self.0.status;
        response
    }
}

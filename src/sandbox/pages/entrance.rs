//! The way in: a link that opens once, then a cookie.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::Refused;
use super::layout::{self, Head, Here};
use crate::sandbox::app::App;
use crate::sandbox::auth;
use crate::sandbox::reply::ApiError;

/// Lets in whoever was given a cookie, and whoever has the credentials of the API.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    if app.access.admits(headers) || auth::authenticate(&app.account(), headers).is_ok() {
        return next.run(request).await;
    }
    locked()
}

/// Exchanges the token for a cookie. The way on is a step of this page's own, not a redirection: browsers keep a strict
/// cookie back on redirections that began elsewhere.
pub(super) async fn enter(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let cookie = app.access.exchange(&token).map_err(|_| ApiError::fault())?;
    if cookie.is_none() && !app.access.admits(&headers) {
        return Ok(locked());
    }
    let body = html! {
        div class="card empty" { h1 { "Opening the inbox" } p { a href="/" { "Go on to the inbox" } } }
    };
    let head = Head { title: "Opening", here: Here::Elsewhere, facets: None, behind: 0 };
    let mut response =
        layout::page_with(&head, &html! { meta http-equiv="refresh" content="0;url=/"; }, &body);
    if let Some(cookie) = cookie {
        let value = HeaderValue::from_str(&cookie).map_err(|_| ApiError::fault())?;
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

fn locked() -> Response {
    let body = html! {
        div class="card empty" {
            h1 { "These pages open with a link" }
            p { "They show people's mail, so they open only with the link that the program printed, and that works once." }
            p { "Has it been used in another browser? Start the program again for a new one." }
        }
    };
    let head = Head { title: "Locked", here: Here::Elsewhere, facets: None, behind: 0 };
    let mut response = layout::page(&head, &body).into_response();
    *response.status_mut() = StatusCode::FORBIDDEN;
    response
}

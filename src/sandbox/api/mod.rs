//! The endpoints: one file per resource. Handlers read the request, do their work in one transaction, and answer.

mod account;
mod customers;
mod events;
mod lists;
mod messages;
mod resolve;
mod surveys;
mod tags;
mod ticket_tags;
mod tickets;
mod update;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use super::app::App;
use super::reply::ApiError;

/// All endpoints under `/api`, and the files that were uploaded. Paths come without a slash at the end.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/account", get(account::account))
        .route("/api/account/settings", get(account::settings))
        .route("/api/users", get(account::users))
        .route("/api/users/{id}", get(account::user))
        .route("/api/teams", get(account::teams))
        .route("/api/teams/{id}", get(account::team))
        .route("/api/integrations", get(account::integrations))
        .route("/api/integrations/{id}", get(account::integration))
        .route("/api/rules", get(account::rules))
        .route("/api/rules/{id}", get(account::rule))
        .route("/api/custom-fields", get(account::custom_fields))
        .route("/api/custom-fields/{id}", get(account::custom_field))
        .route("/api/views", get(account::views))
        .route("/api/customers", get(customers::list).post(customers::create).delete(customers::delete_many))
        .route("/api/customers/{id}", get(customers::read).put(customers::update).delete(customers::delete))
        .route("/api/customers/{id}/data", put(customers::set_data))
        .route("/api/tags", get(tags::list).post(tags::create).delete(tags::delete_many))
        .route("/api/tags/{id}", get(tags::read).put(tags::update).delete(tags::delete))
        .route("/api/tickets", get(lists::tickets).post(tickets::create))
        .route("/api/tickets/{id}", get(tickets::read).put(update::update).delete(tickets::delete))
        .route(
            "/api/tickets/{id}/tags",
            get(ticket_tags::list)
                .post(ticket_tags::add)
                .put(ticket_tags::replace)
                .delete(ticket_tags::remove),
        )
        .route("/api/tickets/{id}/messages", get(lists::messages_of_ticket).post(messages::create))
        .route(
            "/api/tickets/{id}/messages/{message_id}",
            get(messages::read).put(messages::update).delete(messages::delete),
        )
        .route("/api/messages", get(lists::messages))
        .route("/api/satisfaction-surveys", get(surveys::list).post(surveys::create))
        .route("/api/satisfaction-surveys/{id}", get(surveys::read).put(surveys::update))
        .route("/api/events", get(events::list))
        .route("/api/events/{id}", get(events::read))
        .route("/api/upload", post(upload::upload))
        .route("/api/{kind}/download/{hash}/{resource}", get(upload::download))
        .fallback(async || ApiError::not_found())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .with_state(app)
}

/// Files by the link that an upload answered with, for browsers: no credentials, as on Gorgias's own file host.
pub(crate) fn file_router(app: Arc<App>) -> Router {
    Router::new().route("/uploads/{kind}/{hash}/{resource}", get(upload::download)).with_state(app)
}

/// An id of a path; anything that is not a number is nobody's id.
fn id(text: &str) -> Result<i64, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}

//! Lists of tickets and messages.

use std::sync::Arc;

use axum::extract::{Path, State};
use rusqlite::types::Value as SqlValue;
use serde_json::json;

use super::id;
use crate::sandbox::app::App;
use crate::sandbox::paging::{Filter, List, Params, page};
use crate::sandbox::reply::{ApiError, Reply};
use crate::sandbox::store::messages::{self, Order};
use crate::sandbox::store::tickets;
use crate::sandbox::wire::People;
use crate::sandbox::wire::message::MessageOut;
use crate::sandbox::wire::ticket::TicketItem;

/// The most ids one request may ask for.
const TICKET_IDS_MAX: usize = 100;
/// Messages on a page of the deprecated list (recorded).
const PER_PAGE: usize = 30;

/// `GET /api/tickets`: exactly these parameters (`status` was seen to give 400).
pub(super) async fn tickets(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&[
        "customer_id",
        "external_id",
        "view_id",
        "rule_id",
        "ticket_ids",
        "ticket_ids[]",
        "trashed",
        "order_by",
        "limit",
        "cursor",
    ])?;
    let listing = params.listing(&["created_datetime", "updated_datetime"])?;
    let mut filter = Filter::default();
    if let Some(external_id) = params.get("external_id") {
        filter.and("external_id = ?", external_id.to_owned());
    }
    if let Some(customer_id) = params.integer("customer_id")? {
        filter.and("customer_id = ?", customer_id);
    }
    let ids = params.integers("ticket_ids")?;
    if ids.len() > TICKET_IDS_MAX {
        return Err(ApiError::field(
            "Invalid query parameters.",
            "ticket_ids",
            "Longer than maximum length 100.",
        ));
    }
    filter.one_of("id", ids.into_iter().map(SqlValue::from).collect());
    // Trashed tickets are included unless the request says otherwise.
    if params.boolean("trashed")? == Some(false) {
        filter.plain("trashed IS NULL");
    }
    // The stand-in has no saved views and links no tickets to rules: such lists are empty.
    if params.integer("view_id")?.is_some() || params.integer("rule_id")?.is_some() {
        filter.plain("0");
    }
    let uri = params.uri("/api/tickets");
    let shown = Arc::clone(&app);
    app.read(move |db, account| {
        let page = page(db, "tickets", filter, &listing)?;
        let people = People::new(db, account);
        let mut items = Vec::with_capacity(page.ids.len());
        for ticket_id in page.ids {
            if let Some(ticket) = tickets::get(db, ticket_id)?
                && !shown.is_hidden(ticket_id)
            {
                items.push(TicketItem::new(&people, ticket)?);
            }
        }
        Reply::ok(&List::new(uri, items, page.meta))
    })
    .await
}

/// `GET /api/messages`.
pub(super) async fn messages(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["ticket_id", "order_by", "limit", "cursor"])?;
    let listing = params.listing(&["created_datetime"])?;
    let mut filter = Filter::default();
    if let Some(ticket_id) = params.integer("ticket_id")? {
        filter.and("ticket_id = ?", ticket_id);
    }
    let uri = params.uri("/api/messages");
    app.read(move |db, account| {
        let page = page(db, "messages", filter, &listing)?;
        let people = People::new(db, account);
        let mut items = Vec::with_capacity(page.ids.len());
        for message_id in page.ids {
            if let Some(message) = messages::get(db, message_id)? {
                items.push(MessageOut::alone(&people, message)?);
            }
        }
        Reply::ok(&List::new(uri, items, page.meta))
    })
    .await
}

/// `GET /api/tickets/{id}/messages`: deprecated and by page number; oldest first by sending time.
pub(super) async fn messages_of_ticket(
    State(app): State<Arc<App>>,
    Path(ticket): Path<String>,
    params: Params,
) -> Result<Reply, ApiError> {
    params.allow(&["page", "per_page", "limit"])?;
    let number = usize::try_from(params.integer("page")?.unwrap_or(1)).unwrap_or(0).max(1);
    let ticket = id(&ticket)?;
    let uri = params.uri(&format!("/api/tickets/{ticket}/messages"));
    app.read(move |db, account| {
        tickets::require(db, ticket)?;
        let all = messages::of_ticket(db, ticket, Order::Sent)?;
        let count = all.len();
        let people = People::new(db, account);
        let start = (number - 1).saturating_mul(PER_PAGE);
        let items = all
            .into_iter()
            .skip(start)
            .take(PER_PAGE)
            .map(|message| MessageOut::alone(&people, message))
            .collect::<Result<Vec<_>, _>>()?;
        let page_uri = format!("{uri}page={number}");
        let meta = json!({
            "page": page_uri, "per_page": PER_PAGE, "current_page": page_uri, "item_count": count,
            "nb_pages": count.div_ceil(PER_PAGE).max(1),
        });
        let items = serde_json::to_value(items)?;
        Reply::ok(&json!({"object": "list", "uri": uri, "data": items, "meta": meta}))
    })
    .await
}

//! Administration over HTTP, for tests and tools in another process: `/_sandbox/…`, JSON, not counted by the bucket.
//! It wants the API's credentials, like the API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::account::Account;
use super::app::App;
use super::auth;
use super::fault::FaultPlan;
use super::paging::Params;
use super::reply::{ApiError, Reply, Sent};
use super::seed::AccountSeed;
use super::store::{outbox, tickets};
use super::wire::People;
use super::wire::ticket::TicketOut;

/// Tickets one answer may hold.
const TICKETS_MAX: i64 = 1000;

/// The paths of the administration.
pub(super) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/_sandbox/stats", get(stats))
        .route("/_sandbox/outbox", get(outbox_rows))
        .route("/_sandbox/requests", get(requests))
        .route("/_sandbox/tickets", get(all_tickets))
        .route("/_sandbox/faults", get(faults).put(set_faults).post(set_faults))
        .route("/_sandbox/account", get(account).put(set_account).post(set_account))
        .route_layer(from_fn_with_state(Arc::clone(&app), guard))
        .with_state(app)
}

/// Lets nobody in who could not use the API as well.
async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Result<Response, ApiError> {
    auth::authenticate(&app.account(), request.headers())?;
    Ok(next.run(request).await)
}

async fn stats(State(app): State<Arc<App>>) -> Result<Reply, ApiError> {
    let counted = tokio::task::spawn_blocking(move || app.stats());
    Reply::ok(&counted.await.map_err(|_| ApiError::fault())??)
}

async fn outbox_rows(State(app): State<Arc<App>>) -> Result<Reply, ApiError> {
    app.read(|db, _| Reply::ok(&outbox::all(db)?)).await
}

/// `?after=NUMBER` gives later requests only.
async fn requests(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["after"])?;
    let after = u64::try_from(params.integer("after")?.unwrap_or(0)).unwrap_or(0);
    let rows: Vec<_> = app.log().rows().iter().filter(|row| row.number > after).cloned().collect();
    Reply::ok(&rows)
}

/// Whole tickets by id: `?after=ID&limit=N`.
async fn all_tickets(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["after", "limit"])?;
    let after = params.integer("after")?.unwrap_or(0);
    let limit = params.integer("limit")?.unwrap_or(100).clamp(1, TICKETS_MAX);
    app.read(move |db, account| {
        let mut statement = db.prepare_cached("SELECT id FROM tickets WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let ids: Vec<i64> =
            statement.query_map([after, limit], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let people = People::new(db, account);
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.push(TicketOut::new(&people, tickets::require(db, id)?, true)?);
        }
        Reply::ok(&found)
    })
    .await
}

async fn faults(State(app): State<Arc<App>>) -> Result<Reply, ApiError> {
    Reply::ok(app.faults().plan())
}

/// A preset by name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Preset {
    preset: String,
    #[serde(default)]
    seed: u64,
}

/// `{"preset": "light", "seed": 1}`, or a whole plan.
async fn set_faults(State(app): State<Arc<App>>, Sent(body): Sent) -> Result<Reply, ApiError> {
    let plan = if body.get("preset").is_some() {
        let wanted: Preset = read(body)?;
        FaultPlan::preset(&wanted.preset, wanted.seed)
            .ok_or_else(|| ApiError::bad_request("there is no such preset"))?
    } else {
        read(body)?
    };
    app.faults().replace(plan);
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

async fn account(State(app): State<Arc<App>>) -> Result<Reply, ApiError> {
    Reply::ok(&app.account().seed)
}

/// Plays another account from now on: the whole seed, not a part.
async fn set_account(State(app): State<Arc<App>>, Sent(body): Sent) -> Result<Reply, ApiError> {
    let seed: AccountSeed = read(body)?;
    if seed.domain != app.account().seed.domain {
        return Err(ApiError::bad_request("the domain of an account cannot change"));
    }
    let account = Account::new(seed).map_err(|error| ApiError::bad_request(&error.to_string()))?;
    app.set_account(account);
    Reply::ok(&json!({}))
}

fn read<T: serde::de::DeserializeOwned>(body: Value) -> Result<T, ApiError> {
    serde_json::from_value(body).map_err(|error| ApiError::bad_request(&error.to_string()))
}

//! What the account is: itself, its settings, users, teams, integrations, rules, fields. All read only here: an
//! importer that writes to them gets 405.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::id;
use crate::sandbox::account::Caller;
use crate::sandbox::app::App;
use crate::sandbox::paging::{List, Params, page_of};
use crate::sandbox::reply::{ApiError, Reply};
use crate::sandbox::seed::{SeedField, SeedIntegration, SeedRule, SeedSetting, SeedTeam};
use crate::sandbox::wire::user::{UserOut, founded};

/// Answers a page of a list that is in memory.
fn listed<T: Serialize>(
    params: &Params,
    path: &str,
    items: Vec<T>,
    orders: &[&'static str],
) -> Result<Reply, ApiError> {
    let listing = params.listing(orders)?;
    let (items, meta) = page_of(items, &listing);
    Reply::ok(&List::new(params.uri(path), items, meta))
}

fn setting(setting: &SeedSetting) -> Value {
    json!({"id": setting.id, "type": setting.kind, "data": setting.data})
}

/// `GET /api/account`: no id in it (recorded 2026-08).
pub(super) async fn account(State(app): State<Arc<App>>) -> Result<Reply, ApiError> {
    let account = app.account();
    let seed = &account.seed;
    Reply::ok(&json!({
        "created_datetime": founded(),
        "current_subscription": {"plan": null, "start_datetime": founded(), "status": "active",
            "trial_end_datetime": null, "trial_start_datetime": null},
        "deactivated_datetime": null,
        "domain": seed.domain,
        "meta": {
            "analytics_group_id": format!("{:08x}-8ba0-4d0f-a7bb-1b474597d7a5", seed.account_id),
            "company_domain": format!("{}.example", seed.domain),
        },
        "settings": seed.settings.iter().map(setting).collect::<Vec<_>>(),
        "status": {"status": "active"},
    }))
}

/// `GET /api/account/settings`: not paged.
pub(super) async fn settings(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["type"])?;
    let account = app.account();
    let wanted = |one: &&SeedSetting| params.get("type").is_none_or(|kind| one.kind == kind);
    let found: Vec<Value> = account.seed.settings.iter().filter(wanted).map(setting).collect();
    Reply::ok(&json!({"data": found}))
}

/// `GET /api/users`.
pub(super) async fn users(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&[
        "email",
        "external_id",
        "roles",
        "roles[]",
        "search",
        "available_first",
        "order_by",
        "cursor",
        "limit",
    ])?;
    let account = app.account();
    let roles = params.all("roles");
    let found = account
        .seed
        .users
        .iter()
        .filter(|user| params.get("email").is_none_or(|email| user.email.eq_ignore_ascii_case(email)))
        .filter(|_| params.get("external_id").is_none())
        .filter(|user| roles.is_empty() || roles.contains(&user.role.as_str()))
        .filter(|user| {
            let text = params.get("search").unwrap_or_default().to_lowercase();
            user.name.to_lowercase().contains(&text) || user.email.to_lowercase().contains(&text)
        })
        .map(|user| UserOut::new(user, &app.base_url))
        .collect();
    listed(&params, "/api/users", found, &["created_datetime", "name", "email"])
}

/// `GET /api/users/{id}`; 0 is the caller.
pub(super) async fn user(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(user): Path<String>,
) -> Result<Reply, ApiError> {
    let asked = id(&user)?;
    let account = app.account();
    let user =
        account.user(if asked == 0 { caller.user_id } else { asked }).ok_or_else(ApiError::not_found)?;
    Reply::ok(&UserOut::new(user, &app.base_url))
}

fn team_out(team: &SeedTeam) -> Value {
    json!({
        "id": team.id, "uri": format!("/api/teams/{}/", team.id), "name": team.name, "description": null,
        "decoration": {}, "members": team.members.iter().map(|user| json!({"id": user})).collect::<Vec<_>>(),
        "created_datetime": founded(),
    })
}

/// `GET /api/teams`.
pub(super) async fn teams(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["order_by", "cursor", "limit"])?;
    let found = app.account().seed.teams.iter().map(team_out).collect();
    listed(&params, "/api/teams", found, &["created_datetime", "name"])
}

/// `GET /api/teams/{id}`.
pub(super) async fn team(State(app): State<Arc<App>>, Path(team): Path<String>) -> Result<Reply, ApiError> {
    let account = app.account();
    Reply::ok(&team_out(account.team(id(&team)?).ok_or_else(ApiError::not_found)?))
}

fn integration_out(one: &SeedIntegration) -> Value {
    let http = (one.kind == "http").then(|| {
        let triggers: Map<String, Value> = one.triggers.iter().map(|kind| (kind.clone(), Value::Bool(true))).collect();
        json!({"id": one.id, "method": "POST", "url": "https://hook.example.com/", "headers": {}, "form": null,
            "request_content_type": "application/json", "response_content_type": "application/json", "execution_order": 0,
            "hidden": false, "triggers": triggers})
    });
    let meta = one.address.as_ref().map_or_else(
        || json!({}),
        |address| {
            json!({"provider": "sendgrid", "address": address, "preferred": false, "marketing": false, "verified": true,
                "email_forwarding_activated": false})
        },
    );
    json!({
        "id": one.id, "created_datetime": founded(), "deactivated_datetime": (!one.active).then(founded),
        "decoration": null, "description": null, "http": http, "locked_datetime": null, "meta": meta, "name": one.name,
        "type": one.kind, "updated_datetime": founded(), "user": null, "uri": format!("/api/integrations/{}/", one.id),
        "application_id": null, "managed": false, "business_hours_id": null,
    })
}

/// `GET /api/integrations`.
pub(super) async fn integrations(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["type", "order_by", "cursor", "limit"])?;
    let account = app.account();
    let wanted = |one: &&SeedIntegration| params.get("type").is_none_or(|kind| one.kind == kind);
    let found = account.seed.integrations.iter().filter(wanted).map(integration_out).collect();
    listed(&params, "/api/integrations", found, &["created_datetime"])
}

/// `GET /api/integrations/{id}`.
pub(super) async fn integration(
    State(app): State<Arc<App>>,
    Path(one): Path<String>,
) -> Result<Reply, ApiError> {
    let account = app.account();
    Reply::ok(&integration_out(account.integration(id(&one)?).ok_or_else(ApiError::not_found)?))
}

fn rule_out(rule: &SeedRule) -> Value {
    json!({
        "id": rule.id, "name": rule.name, "description": null, "created_datetime": founded(),
        "updated_datetime": founded(), "deactivated_datetime": (!rule.active).then(founded),
        "event_types": rule.event_types, "code": "", "code_ast": {"type": "Program", "sourceType": "script", "body": []},
        "priority": 1, "type": "user", "uri": format!("/api/rules/{}/", rule.id),
    })
}

/// `GET /api/rules`.
pub(super) async fn rules(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["order_by", "cursor", "limit"])?;
    let found = app.account().seed.rules.iter().map(rule_out).collect();
    listed(&params, "/api/rules", found, &["created_datetime", "priority"])
}

/// `GET /api/rules/{id}`.
pub(super) async fn rule(State(app): State<Arc<App>>, Path(rule): Path<String>) -> Result<Reply, ApiError> {
    let (account, wanted) = (app.account(), id(&rule)?);
    let found = account.seed.rules.iter().find(|rule| rule.id == wanted).ok_or_else(ApiError::not_found)?;
    Reply::ok(&rule_out(found))
}

fn field_out(field: &SeedField) -> Value {
    let settings = match field.data_type.as_str() {
        "number" => json!({"input_type": "input_number", "min": field.min, "max": field.max}),
        "boolean" => json!({"input_type": "dropdown"}),
        _ if field.choices.is_empty() => json!({"input_type": "input"}),
        _ => json!({"input_type": "dropdown", "choices": field.choices}),
    };
    json!({
        "id": field.id, "external_id": null, "object_type": field.object_type, "label": field.label,
        "description": null, "priority": 10, "required": false, "requirement_type": "visible", "managed_type": null,
        "definition": {"data_type": field.data_type, "input_settings": settings},
        "created_datetime": founded(), "updated_datetime": founded(), "deactivated_datetime": null,
    })
}

/// `GET /api/custom-fields`: `object_type` is required.
pub(super) async fn custom_fields(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["object_type", "search", "archived", "order_by", "cursor", "limit"])?;
    let object_type = params.get("object_type");
    let problem = match object_type {
        Some("Ticket" | "Customer") => None,
        Some(_) => Some("Must be one of: Ticket, Customer."),
        None => Some("Missing data for required field."),
    };
    if let Some(problem) = problem {
        return Err(ApiError::field("Invalid query parameters.", "object_type", problem));
    }
    let text = params.get("search").unwrap_or_default().to_lowercase();
    let account = app.account();
    let found = account
        .seed
        .custom_fields
        .iter()
        .filter(|field| Some(field.object_type.as_str()) == object_type)
        .filter(|field| field.label.to_lowercase().contains(&text))
        .map(field_out)
        .collect();
    listed(&params, "/api/custom-fields", found, &["priority"])
}

/// `GET /api/custom-fields/{id}`.
pub(super) async fn custom_field(
    State(app): State<Arc<App>>,
    Path(field): Path<String>,
) -> Result<Reply, ApiError> {
    let (account, wanted) = (app.account(), id(&field)?);
    let found =
        account.seed.custom_fields.iter().find(|field| field.id == wanted).ok_or_else(ApiError::not_found)?;
    Reply::ok(&field_out(found))
}

/// `GET /api/views`.
pub(super) async fn views(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["order_by", "cursor", "limit"])?;
    listed(&params, "/api/views", app.account().seed.views.clone(), &["created_datetime"])
}

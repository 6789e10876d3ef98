//! `/api/satisfaction-surveys`: one per ticket. A survey with `should_send_datetime` and no `sent_datetime` goes out.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::id;
use crate::sandbox::account::Caller;
use crate::sandbox::app::App;
use crate::sandbox::check::{Fields, Nulls, Problems};
use crate::sandbox::clock;
use crate::sandbox::paging::{Filter, List, Params, page};
use crate::sandbox::reply::{ApiError, Reply, Sent};
use crate::sandbox::store::outbox::{self, Departure};
use crate::sandbox::store::surveys::{self, Survey, SurveyDoc};
use crate::sandbox::store::{Work, customers, tickets};
use crate::sandbox::wire::other::SurveyOut;

const FAILED: &str = "Failed to create satisfaction survey";
/// The longest comment of a customer.
const BODY_CHARS_MAX: usize = 1000;

/// Reads what both creation and update take, over what is there.
fn read_doc(fields: &mut Fields, doc: &mut SurveyDoc) {
    let score = fields.integer("score", Nulls::Allowed);
    if matches!(score, crate::sandbox::check::Given::Value(score) if !(1..=5).contains(&score)) {
        fields.problem("score", "Must be between 1 and 5.");
    }
    score.store(&mut doc.score);
    fields.text("body_text", BODY_CHARS_MAX, Nulls::Allowed).store(&mut doc.body_text);
    fields.moment("scored_datetime", Nulls::Allowed).store(&mut doc.scored);
    fields.moment("sent_datetime", Nulls::Allowed).store(&mut doc.sent);
    fields.moment("should_send_datetime", Nulls::Allowed).store(&mut doc.should_send);
    fields.free_object("meta", Nulls::Allowed).store(&mut doc.meta);
}

/// `POST /api/satisfaction-surveys`.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    params: Params,
    sent: Sent,
) -> Result<Reply, ApiError> {
    params.allow(&[])?;
    app.write(caller, move |work| create_in(work, &sent)).await
}

fn create_in(work: &Work, sent: &Sent) -> Result<Reply, ApiError> {
    let mut fields = Fields::new(sent.object()?);
    fields.require("ticket_id");
    fields.require("customer_id");
    let ticket_id = fields.integer("ticket_id", Nulls::Refused).value().unwrap_or_default();
    let customer_id = fields.integer("customer_id", Nulls::Refused).value().unwrap_or_default();
    let created = fields.moment("created_datetime", Nulls::Refused).value().unwrap_or_else(clock::now);
    let mut doc = SurveyDoc {
        customer_id,
        score: None,
        body_text: None,
        scored: None,
        sent: None,
        should_send: None,
        meta: None,
    };
    read_doc(&mut fields, &mut doc);
    fields.finish().into_result(FAILED)?;
    let mut problems = Problems::default();
    if tickets::get(work.db, ticket_id)?.is_none() {
        problems.add("ticket_id", "Ticket does not exist.");
    }
    if customers::get(work.db, customer_id)?.is_none() {
        problems.add("customer_id", "Customer does not exist.");
    }
    problems.into_result(FAILED)?;
    let survey_id = surveys::insert(work.db, ticket_id, created, &doc)?;
    let survey = Survey { id: survey_id, ticket_id, created, doc };
    would_send(work, &survey)?;
    Reply::json(StatusCode::CREATED, &SurveyOut::from(survey))
}

fn would_send(work: &Work, survey: &Survey) -> Result<(), ApiError> {
    if survey.doc.should_send.is_none() || survey.doc.sent.is_some() {
        return Ok(());
    }
    let channels = customers::channels(work.db, survey.doc.customer_id)?;
    let departure = Departure {
        kind: "survey",
        reason: "should-send-datetime",
        ticket_id: Some(survey.ticket_id),
        message_id: None,
        channel: None,
        recipients: channels.into_iter().map(|channel| channel.address).collect(),
    };
    outbox::record(work, &departure)
}

/// `GET /api/satisfaction-surveys`.
pub(super) async fn list(State(app): State<Arc<App>>, params: Params) -> Result<Reply, ApiError> {
    params.allow(&["ticket_id", "order_by", "limit", "cursor"])?;
    let listing = params.listing(&["created_datetime"])?;
    let mut filter = Filter::default();
    if let Some(ticket_id) = params.integer("ticket_id")? {
        filter.and("ticket_id = ?", ticket_id);
    }
    let uri = params.uri("/api/satisfaction-surveys");
    app.read(move |db, _| {
        let page = page(db, "surveys", filter, &listing)?;
        let mut items = Vec::with_capacity(page.ids.len());
        for survey_id in page.ids {
            items.extend(surveys::get(db, survey_id)?.map(SurveyOut::from));
        }
        Reply::ok(&List::new(uri, items, page.meta))
    })
    .await
}

/// `GET /api/satisfaction-surveys/{id}`.
pub(super) async fn read(State(app): State<Arc<App>>, Path(survey): Path<String>) -> Result<Reply, ApiError> {
    let survey = id(&survey)?;
    app.read(move |db, _| {
        let found = surveys::get(db, survey)?.ok_or_else(ApiError::not_found)?;
        Reply::ok(&SurveyOut::from(found))
    })
    .await
}

/// `PUT /api/satisfaction-surveys/{id}`.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
    Path(survey): Path<String>,
    sent: Sent,
) -> Result<Reply, ApiError> {
    let survey = id(&survey)?;
    app.write(caller, move |work| {
        let mut found = surveys::get(work.db, survey)?.ok_or_else(ApiError::not_found)?;
        let mut fields = Fields::new(sent.object()?);
        read_doc(&mut fields, &mut found.doc);
        fields.finish().into_result("Failed to update satisfaction survey")?;
        surveys::update(work.db, &found)?;
        would_send(work, &found)?;
        Reply::json(StatusCode::ACCEPTED, &SurveyOut::from(found))
    })
    .await
}

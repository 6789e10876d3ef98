//! Answers: bodies already in bytes (their key order is part of the recording), the error bodies, and the JSON that
//! came in.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};

use super::check::Problems;
use super::observer::Made;

/// An answer to send.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
    pub(crate) made: Made,
}

impl Reply {
    /// A JSON answer.
    pub(crate) fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Self, ApiError> {
        let body = serde_json::to_vec(body).map_err(|_| ApiError::fault())?;
        Ok(Self { status, body, made: Made::default() })
    }

    /// 200 with a body.
    pub(crate) fn ok<T: Serialize>(body: &T) -> Result<Self, ApiError> {
        Self::json(StatusCode::OK, body)
    }

    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, body: Vec::new(), made: Made::default() }
    }

    /// The same answer, with what the request made for the counts.
    pub(crate) fn making(mut self, made: Made) -> Self {
        self.made = made;
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(CONTENT_TYPE, "application/json")], self.body).into_response();
        response.extensions_mut().insert(self.made);
        response
    }
}

/// A refusal in Gorgias's shape: `{"error":{"msg":…,"data":…}}`.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) msg: String,
    pub(crate) data: Option<Problems>,
}

impl ApiError {
    fn text(status: StatusCode, msg: impl Into<String>) -> Self {
        Self { status, msg: msg.into(), data: None }
    }

    /// 400 with what is wrong with each field.
    pub(crate) fn invalid(msg: &str, problems: Problems) -> Self {
        Self { status: StatusCode::BAD_REQUEST, msg: msg.to_owned(), data: Some(problems) }
    }

    /// 400 for one field.
    pub(crate) fn field(msg: &str, key: &str, problem: &str) -> Self {
        let mut problems = Problems::default();
        problems.add(key, problem);
        Self::invalid(msg, problems)
    }

    /// 400 without fields.
    pub(crate) fn bad_request(msg: &str) -> Self {
        Self::text(StatusCode::BAD_REQUEST, msg)
    }

    /// 401. The body's text is not recorded.
    pub(crate) fn unauthorized() -> Self {
        Self::text(
            StatusCode::UNAUTHORIZED,
            "The server could not verify that you are authorized to access the URL requested.",
        )
    }

    /// 403, with what follows the recorded sentence.
    pub(crate) fn forbidden(more: &str) -> Self {
        let sentence = "You do not have enough permissions to perform this action.";
        Self::text(StatusCode::FORBIDDEN, format!("{sentence} {more}").trim_end())
    }

    /// 403 as recorded when a trial account had run out.
    pub(crate) fn quota() -> Self {
        Self::forbidden("Messaging quota exceeded.")
    }

    /// 404.
    pub(crate) fn not_found() -> Self {
        Self::text(StatusCode::NOT_FOUND, "Resource not found.")
    }

    /// 405.
    pub(crate) fn method_not_allowed() -> Self {
        Self::text(StatusCode::METHOD_NOT_ALLOWED, "The specified HTTP method is not allowed.")
    }

    /// 409.
    pub(crate) fn conflict() -> Self {
        Self::text(StatusCode::CONFLICT, "The resource already exists.")
    }

    /// 413.
    pub(crate) fn too_large() -> Self {
        Self::text(StatusCode::PAYLOAD_TOO_LARGE, "The data value transmitted exceeds the capacity limit.")
    }

    /// 429.
    pub(crate) fn throttled() -> Self {
        Self::text(StatusCode::TOO_MANY_REQUESTS, "Too many requests. Please retry later.")
    }

    /// 500.
    pub(crate) fn fault() -> Self {
        Self::text(StatusCode::INTERNAL_SERVER_ERROR, "An internal error occurred.")
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the stand-in's store failed");
        Self::fault()
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a record of the stand-in's store cannot be read");
        Self::fault()
    }
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: ErrorText<'a>,
}

#[derive(Serialize)]
struct ErrorText<'a> {
    msg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Problems>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody { error: ErrorText { msg: &self.msg, data: self.data.as_ref() } };
        Reply::json(self.status, &body).unwrap_or_else(|_| Reply::empty(self.status)).into_response()
    }
}

/// A JSON body, of any kind.
pub(crate) struct Sent(pub(crate) Value);

impl Sent {
    /// The body as an object; anything else is 400.
    pub(crate) fn object(&self) -> Result<&Map<String, Value>, ApiError> {
        self.0.as_object().ok_or_else(|| ApiError::field("Invalid input.", "_schema", "Invalid input type."))
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("application/json"));
        if !is_json {
            return Err(ApiError::bad_request("The Content-Type of the request must be application/json."));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| ApiError::too_large())?;
        serde_json::from_slice(&bytes).map(Self).map_err(|_| {
            ApiError::bad_request(
                "The browser (or proxy) sent a request that this server could not understand.",
            )
        })
    }
}

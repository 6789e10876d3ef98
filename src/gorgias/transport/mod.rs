//! How a cleared request reaches a server and what came back.
//!
//! Invariants: a transport takes only what the egress gate has cleared; it sends each request at most once; it says
//! whether a request that failed may have reached the server. What an answer means is not decided here.

mod failure;
mod http_client;
mod in_memory;
mod keeping;
mod read_only;
mod take_back;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::{CONTENT_TYPE, DATE, HeaderName, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method};

pub use failure::{LostKind, NotSentKind, SendFailure};
pub use http_client::{Http, Timeouts};
pub use in_memory::InMemory;
pub use keeping::Keeping;
pub use read_only::ReadOnly;
pub use take_back::{Own, TakeBack, TakeBackStep};

use super::credentials::Login;
use super::egress::Cleared;

/// Sends one request, once.
pub trait Transport: Send + Sync {
    /// Sends the request under `login` and reads the whole answer.
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>>;
}

impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        (**self).send(request, login)
    }
}

/// What is to be sent, before the gate has seen it. There are no headers but the content type, so none can change
/// the meaning of a request.
#[derive(Clone)]
pub struct RawRequest {
    /// Method.
    pub method: Method,
    /// Path, starting with `/api/`.
    pub path: String,
    /// Encoded query without the question mark.
    pub query: Option<String>,
    /// Media type of the body.
    pub content_type: Option<String>,
    /// Body; empty for none.
    pub body: Bytes,
}

impl std::fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An answer as it came: status, headers, and the body, unpacked.
#[derive(Clone)]
pub struct RawAnswer {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl std::fmt::Debug for RawAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawAnswer")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Where Gorgias says how full the account's bucket is: `used/limit`, on every answer.
const CALL_LIMIT: HeaderName = HeaderName::from_static("x-gorgias-account-api-call-limit");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A `Retry-After` counts up to this; more is a fault of the header. Gorgias's bucket empties in 20 s, and whoever really
/// means hours says so again.
pub const RETRY_AFTER_MAX: Duration = Duration::from_mins(15);

/// Longest request id that is kept; Gorgias's have 32 characters.
const REQUEST_ID_CHARS_MAX: usize = 64;

impl RawAnswer {
    /// A JSON answer, for transports in memory.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Self { status, headers, body: body.into() }
    }

    /// The same answer with a header; a name or value that cannot be one is left out.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            self.headers.insert(name, value);
        }
        self
    }

    /// `(used, limit)` of the account's bucket, where the answer says it.
    pub fn call_limit(&self) -> Option<(u32, u32)> {
        let (used, limit) = self.text(&CALL_LIMIT)?.split_once('/')?;
        let (used, limit) = (used.trim().parse().ok()?, limit.trim().parse().ok()?);
        (limit > 0).then_some((used, limit))
    }

    /// `Retry-After`, at most [`RETRY_AFTER_MAX`]. The form with a date, which proxies use, is read against the answer's own
    /// `Date`; without that one it says nothing.
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.text(&RETRY_AFTER)?.trim();
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let asked = if is_number {
            // A number that is too large for the type is too large for us as well.
            text.parse().map_or(RETRY_AFTER_MAX, Duration::from_secs)
        } else {
            let wait = http_date(text)?.duration_since(self.date()?);
            Duration::try_from(wait).unwrap_or_default()
        };
        Some(asked.min(RETRY_AFTER_MAX))
    }

    /// The `Date` header.
    pub fn date(&self) -> Option<jiff::Timestamp> {
        http_date(self.text(&DATE)?)
    }

    /// Gorgias's name for the request, to quote to its support.
    pub fn request_id(&self) -> Option<String> {
        let id = self.text(&REQUEST_ID)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (id.len() <= REQUEST_ID_CHARS_MAX && id.chars().all(plain)).then(|| id.to_owned())
    }

    /// Whether this is a page of some proxy rather than an answer of the API.
    pub fn is_html(&self) -> bool {
        let declared =
            self.text(&CONTENT_TYPE).is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
        declared || self.body.trim_ascii_start().first() == Some(&b'<')
    }

    fn text(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

fn http_date(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(text).ok().map(|date| date.timestamp())
}

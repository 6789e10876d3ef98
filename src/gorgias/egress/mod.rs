//! The egress gate: the last function before the socket. Nobody is emailed because of it, whatever the code above it
//! gets wrong.
//!
//! It is given what is about to be written (method, path, query, content type, bytes), parses the bytes again and
//! knows none of the wire types. Invariants:
//!
//! - Only the endpoints of the table in [`endpoints`] pass, with the fields listed there. What is not listed is
//!   refused, so a new field or endpoint is refused until somebody has thought about it.
//! - Every message of a POST or PUT, notes included, has a `sent_datetime` that is past by the local clock and by the
//!   server's. No permit waives this. (Gorgias sends a public agent message without one: reference page of
//!   `create-ticket-message`; its page for updates carries the same sentence.)
//! - Fields that make Gorgias send, run or notify something pass only with a [`SendPermit`].
//! - A [`Transport`](super::transport::Transport) takes nothing but a [`Cleared`] request, and only [`clear`] makes one.
//!
//! What this module must not know: the wire types, the neutral model, how a request is sent.

mod endpoints;
mod rules;
mod strict_json;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::Method;
use jiff::Timestamp;

use super::transport::RawRequest;

/// No request body is larger. Gorgias publishes no limit (reference, open question 15); its proxies are known to
/// refuse far less than this.
pub const REQUEST_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Says that the holder accepts that messages may really be sent, actions run and people be notified.
///
/// Meant for programs that use this library as a general client of Gorgias. No code of the importer makes one, and a
/// test reads the sources to see that it stays so. It lets the fields `action`, `actions`, `macros`, `mention_ids`,
/// `failed_datetime`, `last_sending_error`, `integration_id` and `snooze_datetime` through. It does not let a message
/// without a past `sent_datetime` through: nothing does.
#[derive(Clone, Debug)]
pub struct SendPermit(());

impl SendPermit {
    /// The permit. Read what the type says before calling this.
    pub fn i_accept_that_messages_may_be_sent() -> Self {
        Self(())
    }
}

/// Why a request was not let out. A fault of the code that made it, never of the network; or, for a message that is not
/// past, of a clock.
///
/// Texts name fields and positions, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Method and path are not in the table.
    #[error("{method} on this path is not an endpoint that the importer may use")]
    NotListed {
        /// The method.
        method: Method,
    },
    /// The query has a parameter that the endpoint does not take.
    #[error("the query of this request is not one that the endpoint takes")]
    Query,
    /// The content type does not fit the endpoint.
    #[error("the content type of this request does not fit its endpoint")]
    ContentType,
    /// A body where none belongs, none where one belongs, or one that is too large.
    #[error("the body of this request does not fit its endpoint: {0}")]
    Body(&'static str),
    /// The body is not one JSON document whose keys are unique.
    #[error("the body is not plain JSON: {0}")]
    Json(String),
    /// A field that is not listed for its object.
    #[error("the field `{at}` is not one that may be sent")]
    UnknownField {
        /// Where.
        at: String,
    },
    /// A message without a readable `sent_datetime`, which Gorgias would send to the customer.
    #[error("`{at}.sent_datetime` is missing or is not an RFC 3339 time, so the message would be sent")]
    NoSentTime {
        /// Which message.
        at: String,
    },
    /// A `sent_datetime` that has not passed, by the local clock or by the server's.
    #[error("`{at}.sent_datetime` is not in the past by {clock}, which says {says:.0}")]
    NotPast {
        /// Which message.
        at: String,
        /// By which clock.
        clock: &'static str,
        /// What time it is by that clock.
        says: Timestamp,
    },
    /// A field that makes Gorgias act.
    #[error("`{at}` could make Gorgias send, run or notify something")]
    NeedsPermit {
        /// Where.
        at: String,
    },
    /// A satisfaction survey that would be sent.
    #[error("a survey must carry `should_send_datetime: null`")]
    SurveyWouldBeSent,
}

impl Refusal {
    /// Whether a clock is to blame: the importer sends no message that was not past by the clock of this machine.
    pub fn is_about_a_clock(&self) -> bool {
        matches!(self, Self::NotPast { .. })
    }
}

/// A request that passed the gate. The only thing that a transport takes.
#[derive(Clone, Debug)]
pub struct Cleared(RawRequest);

impl Cleared {
    /// The method.
    pub fn method(&self) -> &Method {
        &self.0.method
    }

    /// The path, starting with `/api/`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The encoded query, without the question mark.
    pub fn query(&self) -> Option<&str> {
        self.0.query.as_deref()
    }

    /// The body's media type.
    pub fn content_type(&self) -> Option<&str> {
        self.0.content_type.as_deref()
    }

    /// The bytes; empty for none.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }
}

/// Whether the table has this path for reading.
pub(super) fn is_readable(path: &str) -> bool {
    endpoints::find(&Method::GET, path).is_some()
}

/// Checks a request and, if nothing speaks against it, turns it into what a transport takes.
///
/// `now` is the local clock; `server_now` the server's as its `Date` headers told it, where one was seen.
pub fn clear(
    request: RawRequest,
    permit: Option<&SendPermit>,
    now: Timestamp,
    server_now: Option<Timestamp>,
) -> Result<Cleared, Refusal> {
    check(
        &request.method,
        &request.path,
        request.query.as_deref(),
        request.content_type.as_deref(),
        &request.body,
        permit,
        now,
        server_now,
    )?;
    Ok(Cleared(request))
}

/// The gate itself, on exactly what goes over the wire.
#[expect(clippy::too_many_arguments, reason = "it is to see everything that leaves, and no type of ours")]
pub fn check(
    method: &Method,
    path: &str,
    query: Option<&str>,
    content_type: Option<&str>,
    body: &[u8],
    permit: Option<&SendPermit>,
    now: Timestamp,
    server_now: Option<Timestamp>,
) -> Result<(), Refusal> {
    let endpoint =
        endpoints::find(method, path).ok_or_else(|| Refusal::NotListed { method: method.clone() })?;
    let judge = rules::Judge { permit: permit.is_some(), now, server_now };
    judge.query(endpoint, query)?;
    if body.len() > REQUEST_BYTES_MAX {
        return Err(Refusal::Body("it is too large"));
    }
    judge.body(endpoint, content_type, body)
}

//! How a call can end badly, as far as the caller has to act differently.

use std::time::Duration;

use super::egress::Refusal;
use super::transport::{LostKind, NotSentKind, SendFailure};

/// Why a call has no result.
///
/// Texts from Gorgias are kept with addresses and long numbers masked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallFailure {
    /// The request certainly never left. Sending it again is safe.
    #[error("the request could not be sent: {kind}: {detail}")]
    NotSent {
        /// What stood in the way.
        kind: NotSentKind,
        /// The innermost cause.
        detail: String,
    },
    /// Gorgias refused the content; sending it again would be refused again.
    #[error("gorgias refused the request with status {status}: {message}")]
    Refused {
        /// 400, 405, 415, 422, ...
        status: u16,
        /// Gorgias's words.
        message: String,
        /// Field and complaint, nested fields joined by dots.
        fields: Vec<(String, String)>,
        /// Gorgias's name for the request.
        request_id: Option<String>,
    },
    /// The login is wrong or expired, and there is no other.
    #[error("gorgias does not accept the credentials: {message}")]
    Unauthorized {
        /// Gorgias's words.
        message: String,
    },
    /// The login may not do this, or the account's quota is used up. Both stop a run.
    #[error("gorgias does not allow this: {message}")]
    Forbidden {
        /// Gorgias's words.
        message: String,
        /// Whether it is the quota rather than the user's role.
        quota: bool,
    },
    /// There is no such thing, or no longer.
    #[error("gorgias has no such record")]
    NotFound,
    /// It exists already (customers, tags, surveys): look it up.
    #[error("gorgias already has such a record: {message}")]
    Conflict {
        /// Gorgias's words.
        message: String,
    },
    /// The request is larger than Gorgias or its proxy takes.
    #[error("the request is larger than gorgias takes")]
    TooLarge,
    /// 429 for longer than the client's patience. It was not processed.
    #[error("gorgias kept answering that the rate limit is reached")]
    Throttled {
        /// What the last answer asked for.
        retry_after: Option<Duration>,
    },
    /// **The outcome is unknown**: it may have been done. A create must not be sent again before a look-up.
    #[error("the outcome of the request is unknown: {kind}: {detail}")]
    Lost {
        /// How the answer was lost.
        kind: LostKind,
        /// What is known beyond that.
        detail: String,
    },
    /// The egress gate refused to let it out: a bug of ours or a clock that is wrong, and nothing happened.
    #[error("the safety gate refused to send the request")]
    Gate(#[source] Refusal),
}

impl CallFailure {
    /// Whether the request may have been processed.
    pub fn outcome_is_unknown(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }
}

impl From<SendFailure> for CallFailure {
    fn from(failure: SendFailure) -> Self {
        match failure {
            SendFailure::NotSent { kind, detail } => Self::NotSent { kind, detail },
            SendFailure::Lost { kind, detail } => Self::Lost { kind, detail },
        }
    }
}

impl From<Refusal> for CallFailure {
    fn from(refusal: Refusal) -> Self {
        Self::Gate(refusal)
    }
}

//! Whether a request that failed may have reached the server.

use std::error::Error;
use std::fmt;
use std::io;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// The request certainly never left: nothing happened.
    #[error("the request was not sent: {kind}: {detail}")]
    NotSent {
        /// What stood in the way.
        kind: NotSentKind,
        /// The innermost cause, without the address asked for.
        detail: String,
    },
    /// It may have arrived, and the server may have done what it asked.
    #[error("the answer was lost: {kind}: {detail}")]
    Lost {
        /// How it was lost.
        kind: LostKind,
        /// The innermost cause, without the address asked for.
        detail: String,
    },
}

/// What stood in the way of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotSentKind {
    /// No connection: name not found, refused, unreachable, no TLS, or no connection in time.
    Connect,
    /// The request could not be built.
    Build,
    /// Writing is switched off (a dry run).
    ReadOnly,
    /// It is not among what the command may do to the tickets that it may touch.
    NotOurs,
    /// The limiter was closed, because the run is stopping.
    Stopped,
    /// Answers told of different times, so nobody knows whether a message is past by the server's clock.
    Clock,
}

/// How an answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LostKind {
    /// Nothing came in time.
    Timeout,
    /// The connection broke before the answer's head.
    Connection,
    /// The connection broke inside the answer's body, or the body could not be unpacked.
    CutBody,
    /// The answer was larger than is read.
    TooLarge,
    /// A status that says nothing about what was done: 408, 409 on a ticket or message, 5xx.
    Status(u16),
    /// A page of some proxy.
    Html(u16),
    /// A redirect, which is never followed.
    Redirect(u16),
    /// A success whose body cannot be read.
    Unreadable,
}

impl fmt::Display for NotSentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection",
            Self::Build => "it could not be built",
            Self::ReadOnly => "writing is switched off",
            Self::NotOurs => "it is not among what this command may do",
            Self::Stopped => "not started",
            Self::Clock => "the answers tell of different times",
        })
    }
}

impl fmt::Display for LostKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("nothing came in time"),
            Self::Connection => f.write_str("the connection broke"),
            Self::CutBody => f.write_str("the answer was cut off"),
            Self::TooLarge => f.write_str("the answer is too large"),
            Self::Status(status) => write!(f, "status {status}"),
            Self::Html(status) => write!(f, "a web page instead of an answer, status {status}"),
            Self::Redirect(status) => write!(f, "a redirect, status {status}"),
            Self::Unreadable => f.write_str("the answer cannot be read"),
        }
    }
}

/// At which point the client's error occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Before the head of the answer was there.
    Head,
    /// While its body was read.
    Body,
}

/// Decides by what reqwest says and by what lies under it. Only a failed connect counts as not sent; everything that
/// is not certain counts as lost.
pub(super) fn classify(error: reqwest::Error, stage: Stage) -> SendFailure {
    let error = error.without_url();
    let detail = innermost(&error);
    if stage == Stage::Head && error.is_builder() {
        return SendFailure::NotSent { kind: NotSentKind::Build, detail };
    }
    if stage == Stage::Head && error.is_connect() {
        return SendFailure::NotSent { kind: NotSentKind::Connect, detail };
    }
    let timed_out = error.is_timeout() || any_cause(&error, |kind| kind == io::ErrorKind::TimedOut);
    let kind = match stage {
        _ if timed_out => LostKind::Timeout,
        Stage::Head => LostKind::Connection,
        Stage::Body => LostKind::CutBody,
    };
    SendFailure::Lost { kind, detail }
}

/// The deepest cause says most: "connection reset by peer", not "error sending request".
fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

fn any_cause(error: &(dyn Error + 'static), wanted: impl Fn(io::ErrorKind) -> bool) -> bool {
    chain(error).any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| wanted(error.kind())))
}

/// More causes than this are a circle.
const CAUSES_MAX: usize = 32;

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&cause| cause.source()).take(CAUSES_MAX)
}

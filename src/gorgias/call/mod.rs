//! One call: token, gate, send, news, verdict. In that order, for every attempt.

mod classify;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
#[cfg(test)]
mod tests;
mod words;

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::credentials::Credentials;
use super::egress::{self, SendPermit};
use super::error::CallFailure;
use super::limiter::Limiter;
use super::observer::{Attempt, CallObserver, EndpointKind};
use super::server_clock::ServerClock;
use super::transport::{
    LostKind, NotSentKind, RETRY_AFTER_MAX, RawAnswer, RawRequest, SendFailure, Transport,
};
use crate::model::time::now;

/// Shortest time that a call goes on: an account that answers 429 is there, and its bucket empties in 20 s.
const THROTTLED_MIN: Duration = Duration::from_mins(1);
/// Longest, whatever patience the user has: what made the call should hear of it.
const THROTTLED_MAX: Duration = Duration::from_mins(30);

/// How long a call goes on after 429s, which were not processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// 429s in a row for one call.
    pub attempts: u32,
    /// From its first attempt.
    pub time: Duration,
    /// Longest that a single `Retry-After` holds up everything.
    pub pause: Duration,
}

impl Default for Patience {
    /// In steady state there is no 429; another program that floods the account should not end a run either.
    fn default() -> Self {
        Self { attempts: 60, time: THROTTLED_MAX, pause: RETRY_AFTER_MAX }
    }
}

impl Patience {
    /// That of a call where whoever makes it waits for the account for as long as `patience` in all, and counts from the
    /// first call that gave up: a quarter.
    pub fn within(patience: Duration) -> Self {
        Self {
            time: (patience / 4).clamp(THROTTLED_MIN, THROTTLED_MAX),
            pause: patience.clamp(THROTTLED_MIN, RETRY_AFTER_MAX),
            ..Self::default()
        }
    }
}

/// What calls of one account share.
pub(super) struct Line {
    pub(super) transport: Box<dyn Transport>,
    pub(super) credentials: Credentials,
    pub(super) limiter: Limiter,
    pub(super) observer: Box<dyn CallObserver>,
    pub(super) patience: Patience,
    pub(super) clock: ServerClock,
}

/// A request and what it is about.
pub(super) struct Call {
    pub(super) kind: EndpointKind,
    pub(super) request: RawRequest,
    pub(super) permit: Option<SendPermit>,
}

impl Call {
    /// A call without a body.
    pub(super) fn bare(kind: EndpointKind, method: Method, path: String, query: Option<String>) -> Self {
        let request = RawRequest { method, path, query, content_type: None, body: Bytes::new() };
        Self { kind, request, permit: None }
    }

    /// A read.
    pub(super) fn get(kind: EndpointKind, path: impl Into<String>, query: Option<String>) -> Self {
        Self::bare(kind, Method::GET, path.into(), query)
    }

    /// A call with a JSON body.
    pub(super) fn json<T: Serialize>(
        kind: EndpointKind,
        method: Method,
        path: impl Into<String>,
        body: &T,
    ) -> Result<Self, CallFailure> {
        let body = serde_json::to_vec(body).map_err(|error| CallFailure::NotSent {
            kind: NotSentKind::Build,
            detail: format!("the body cannot be written as JSON: {:?}", error.classify()),
        })?;
        let content_type = Some("application/json".to_owned());
        let request = RawRequest { method, path: path.into(), query: None, content_type, body: body.into() };
        Ok(Self { kind, request, permit: None })
    }

    /// The same call with a permit.
    pub(super) fn permitted(mut self, permit: Option<&SendPermit>) -> Self {
        self.permit = permit.cloned();
        self
    }
}

impl Line {
    /// Makes the call and reads its answer.
    pub(super) async fn call<T: DeserializeOwned>(&self, call: &Call) -> Result<T, CallFailure> {
        let answer = self.answer(call).await?;
        classify::read(&answer)
    }

    /// Makes the call and gives the body of its answer as it is.
    pub(super) async fn bytes(&self, call: &Call) -> Result<Bytes, CallFailure> {
        Ok(self.answer(call).await?.body)
    }

    /// Makes the call and ignores what a success says.
    pub(super) async fn done(&self, call: &Call) -> Result<(), CallFailure> {
        self.answer(call).await.map(|_| ())
    }

    async fn answer(&self, call: &Call) -> Result<RawAnswer, CallFailure> {
        let begun = tokio::time::Instant::now();
        let mut throttled = 0;
        let (mut may_refresh, mut may_ask) = (true, true);
        loop {
            let (login, generation) = self.credentials.current();
            let answer = match self.attempt(call, &login).await {
                Err(CallFailure::Gate(refusal)) if refusal.is_about_a_clock() && may_ask => {
                    may_ask = false;
                    self.ask_the_time(&login, &refusal).await?;
                    continue;
                }
                attempted => attempted?,
            };
            match answer.status {
                429 => {
                    let retry_after = answer.retry_after();
                    self.limiter.throttled(retry_after.map(|asked| asked.min(self.patience.pause)));
                    throttled += 1;
                    // Nobody waits for an attempt that would come too late.
                    let next = begun.elapsed().saturating_add(retry_after.unwrap_or_default());
                    let patient = throttled < self.patience.attempts && next < self.patience.time;
                    if answer.is_html() {
                        return classify::verdict(call.kind, &answer).map(|()| answer);
                    }
                    if !patient {
                        return Err(CallFailure::Throttled { retry_after });
                    }
                }
                401 if may_refresh && !answer.is_html() && self.credentials.refresh(generation).await => {
                    may_refresh = false;
                }
                _ => return classify::verdict(call.kind, &answer).map(|()| answer),
            }
        }
    }

    async fn attempt(&self, call: &Call, login: &super::Login) -> Result<RawAnswer, CallFailure> {
        let token = self.limiter.acquire(&|reason, wait| self.observer.waiting(reason, wait)).await;
        let Some(token) = token else {
            let detail = "the run is stopping".to_owned();
            return Err(CallFailure::NotSent { kind: NotSentKind::Stopped, detail });
        };
        let started = now();
        let server_now = self.clock.earliest(started);
        let cleared = egress::clear(call.request.clone(), call.permit.as_ref(), started, server_now)?;
        let watch = Instant::now();
        let result = self.transport.send(&cleared, login).await;
        let elapsed = watch.elapsed();
        let bucket = result.as_ref().ok().and_then(RawAnswer::call_limit);
        token.answered(bucket);
        // A page of a proxy's has the proxy's clock.
        let answered = result.as_ref().ok().filter(|answer| !answer.is_html());
        if let Some(date) = answered.and_then(RawAnswer::date) {
            self.clock.learn(date, now());
        }
        self.tell(call, &result, Timing { started, elapsed }, bucket);
        Ok(result?)
    }

    /// Settles by another answer what one answer made doubtful: what time it is there.
    async fn ask_the_time(&self, login: &super::Login, refusal: &egress::Refusal) -> Result<(), CallFailure> {
        if self.clock.is_doubted() {
            let account = Call::get(EndpointKind::Account, "/api/account", None);
            self.attempt(&account, login).await?;
        }
        if self.clock.is_doubted() {
            let detail = refusal.to_string();
            return Err(CallFailure::NotSent { kind: NotSentKind::Clock, detail });
        }
        Ok(())
    }

    fn tell(
        &self,
        call: &Call,
        result: &Result<RawAnswer, SendFailure>,
        timing: Timing,
        bucket: Option<(u32, u32)>,
    ) {
        let answer = result.as_ref().ok();
        self.observer.attempt(&Attempt {
            kind: call.kind,
            method: call.request.method.clone(),
            status: answer.map(|answer| answer.status),
            request_id: answer.and_then(RawAnswer::request_id),
            started: timing.started,
            elapsed: timing.elapsed,
            bucket,
        });
    }
}

#[derive(Clone, Copy)]
struct Timing {
    started: jiff::Timestamp,
    elapsed: Duration,
}

/// The answer could be read and holds less than it must.
pub(super) fn unreadable(detail: impl Into<String>) -> CallFailure {
    CallFailure::Lost { kind: LostKind::Unreadable, detail: detail.into() }
}

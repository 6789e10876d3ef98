//! The one place in the crate's Gorgias client that hands bytes to the network.
//!
//! reqwest's defaults that would break a promise are off: redirects (a 307 would post again), retries of its own,
//! waiting without end, proxies for loopback.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use http::header::CONTENT_TYPE;
use secrecy::ExposeSecret;

use super::failure::{Stage, classify};
use super::{LostKind, NotSentKind, RawAnswer, SendFailure, Transport};
use crate::gorgias::base_url::BaseUrl;
use crate::gorgias::credentials::Login;
use crate::gorgias::egress::Cleared;

/// A ticket of 500 messages is a few megabytes; more than this is no answer of Gorgias. Counted after unpacking.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Most servers drop a connection after a minute or more of silence. Letting go of it first avoids writing a request
/// into a connection that is just being closed, whose outcome would be unknown.
const IDLE_MAX: Duration = Duration::from_secs(20);

const USER_AGENT: &str =
    concat!("gorgias-import/", env!("CARGO_PKG_VERSION"), " (help desk history importer)");

/// How long is waited for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, with TLS.
    pub connect: Duration,
    /// For the next bytes of an answer.
    pub read: Duration,
    /// For the whole call, body included.
    pub total: Duration,
}

impl Default for Timeouts {
    /// The real service answers in 0.1 to 1 s and takes its time over large tickets and uploads.
    fn default() -> Self {
        Self { connect: Duration::from_secs(15), read: Duration::from_mins(1), total: Duration::from_mins(5) }
    }
}

/// The transport over HTTP.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    base: BaseUrl,
    answer_bytes_max: usize,
}

impl Http {
    /// A client for one account. Fails only if the system's certificates cannot be used.
    pub fn new(base: BaseUrl, timeouts: Timeouts) -> Result<Self, SendFailure> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(timeouts.connect)
            .read_timeout(timeouts.read)
            .timeout(timeouts.total)
            .pool_idle_timeout(IDLE_MAX)
            .user_agent(USER_AGENT)
            .referer(false)
            .tcp_nodelay(true)
            .https_only(!base.is_loopback());
        if base.is_loopback() {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| classify(error, Stage::Head))?;
        Ok(Self { client, base, answer_bytes_max: ANSWER_BYTES_MAX })
    }

    /// A smaller cap on answers.
    #[cfg(test)]
    pub(super) fn with_answer_bytes_max(mut self, bytes: usize) -> Self {
        self.answer_bytes_max = bytes;
        self
    }

    async fn exchange(&self, request: &Cleared, login: &Login) -> Result<RawAnswer, SendFailure> {
        let url = self.base.join(request.path(), request.query()).ok_or_else(|| SendFailure::NotSent {
            kind: NotSentKind::Build,
            detail: "the path is not part of a URL".to_owned(),
        })?;
        let mut outgoing = self.client.request(request.method().clone(), url);
        outgoing = match login {
            Login::Basic { email, key } => outgoing.basic_auth(email, Some(key.expose_secret())),
            Login::Bearer { token } => outgoing.bearer_auth(token.expose_secret()),
        };
        if let Some(content_type) = request.content_type() {
            outgoing = outgoing.header(CONTENT_TYPE, content_type).body(request.body().clone());
        }
        let mut answer = outgoing.send().await.map_err(|error| classify(error, Stage::Head))?;
        let body = self.read_body(&mut answer).await?;
        Ok(RawAnswer {
            status: answer.status().as_u16(),
            headers: std::mem::take(answer.headers_mut()),
            body,
        })
    }

    async fn read_body(&self, answer: &mut reqwest::Response) -> Result<Bytes, SendFailure> {
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| classify(error, Stage::Body))? {
            if body.len() + chunk.len() > self.answer_bytes_max {
                let detail = format!("more than {} bytes", self.answer_bytes_max);
                return Err(SendFailure::Lost { kind: LostKind::TooLarge, detail });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

impl Transport for Http {
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        Box::pin(self.exchange(request, login))
    }
}

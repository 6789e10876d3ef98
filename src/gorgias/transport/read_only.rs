//! A transport that cannot write: a dry run is this decorator, not a question that every command asks.

use futures::future::BoxFuture;
use http::Method;

use super::{NotSentKind, RawAnswer, SendFailure, Transport};
use crate::gorgias::credentials::Login;
use crate::gorgias::egress::Cleared;

/// Lets `GET` through and nothing else.
#[derive(Clone, Debug)]
pub struct ReadOnly<T> {
    inner: T,
}

impl<T: Transport> ReadOnly<T> {
    /// Takes the right to write away from `inner`.
    pub fn new(inner: T) -> Self {
        Self { inner }
    }
}

impl<T: Transport> Transport for ReadOnly<T> {
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        if request.method() == Method::GET {
            return self.inner.send(request, login);
        }
        let detail = format!("{} was asked for", request.method());
        Box::pin(async move { Err(SendFailure::NotSent { kind: NotSentKind::ReadOnly, detail }) })
    }
}

//! A transport without sockets, so that pacing and retries can be tested in paused time.

use futures::future::BoxFuture;

use super::{RawAnswer, SendFailure, Transport};
use crate::gorgias::credentials::Login;
use crate::gorgias::egress::Cleared;

type Serve = dyn Fn(Cleared) -> BoxFuture<'static, Result<RawAnswer, SendFailure>> + Send + Sync;

/// Answers requests from a closure.
pub struct InMemory {
    serve: Box<Serve>,
}

impl InMemory {
    /// A transport that asks `serve`.
    pub fn new<F, Fut>(serve: F) -> Self
    where
        F: Fn(Cleared) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<RawAnswer, SendFailure>> + Send + 'static,
    {
        Self { serve: Box::new(move |request| Box::pin(serve(request))) }
    }
}

impl Transport for InMemory {
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        _login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        (self.serve)(request.clone())
    }
}

//! A transport that cannot delete: an import adds and changes, and takes nothing away.

use futures::future::BoxFuture;
use http::Method;

use super::{NotSentKind, RawAnswer, SendFailure, Transport};
use crate::gorgias::credentials::Login;
use crate::gorgias::egress::Cleared;

/// Lets everything through but `DELETE`.
#[derive(Clone, Debug)]
pub struct Keeping<T> {
    inner: T,
}

impl<T: Transport> Keeping<T> {
    /// Takes the right to delete away from `inner`.
    pub fn new(inner: T) -> Self {
        Self { inner }
    }
}

impl<T: Transport> Transport for Keeping<T> {
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        if request.method() != Method::DELETE {
            return self.inner.send(request, login);
        }
        let detail = format!("{} was asked for", request.method());
        Box::pin(async move { Err(SendFailure::NotSent { kind: NotSentKind::NotOurs, detail }) })
    }
}

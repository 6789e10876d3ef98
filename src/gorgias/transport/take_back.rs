//! A transport that can take back and do nothing else: what an undo may send, whatever the code above it gets wrong.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use http::Method;
use serde_json::Value;

use super::{NotSentKind, RawAnswer, SendFailure, Transport};
use crate::gorgias::credentials::Login;
use crate::gorgias::egress::Cleared;

/// The tickets that may be taken back, by their Gorgias ids. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct OwnTickets(Arc<Mutex<HashSet<u64>>>);

impl OwnTickets {
    /// Lets these tickets be taken back.
    pub fn add(&self, ids: impl IntoIterator<Item = u64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(ids);
    }

    /// Whether this one may be.
    pub fn contains(&self, id: u64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }
}

/// What may be done with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeBackStep {
    /// Move into the trash, and out of it again.
    Trash,
    /// Delete for good.
    Purge,
}

/// Lets reads through, and one kind of write to one set of tickets.
#[derive(Clone, Debug)]
pub struct TakeBack<T> {
    inner: T,
    own: OwnTickets,
    step: TakeBackStep,
}

impl<T: Transport> TakeBack<T> {
    /// Takes every right from `inner` but that of doing `step` to the tickets of `own`.
    pub fn new(inner: T, own: OwnTickets, step: TakeBackStep) -> Self {
        Self { inner, own, step }
    }

    fn may(&self, request: &Cleared) -> bool {
        if request.method() == Method::GET {
            return true;
        }
        let id = request.path().strip_prefix("/api/tickets/").and_then(|id| id.parse().ok());
        let own = id.is_some_and(|id| self.own.contains(id));
        own && match self.step {
            TakeBackStep::Trash => request.method() == Method::PUT && only_trashes(request.body()),
            TakeBackStep::Purge => request.method() == Method::DELETE,
        }
    }
}

/// Whether a body changes nothing but when the ticket was moved to the trash.
fn only_trashes(body: &[u8]) -> bool {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else { return false };
    fields.len() == 1 && matches!(fields.get("trashed_datetime"), Some(Value::Null | Value::String(_)))
}

impl<T: Transport> Transport for TakeBack<T> {
    fn send<'a>(
        &'a self,
        request: &'a Cleared,
        login: &'a Login,
    ) -> BoxFuture<'a, Result<RawAnswer, SendFailure>> {
        if self.may(request) {
            return self.inner.send(request, login);
        }
        let detail = format!("{} was asked for", request.method());
        Box::pin(async move { Err(SendFailure::NotSent { kind: NotSentKind::NotOurs, detail }) })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use jiff::Timestamp;
    use secrecy::SecretString;

    use super::super::{InMemory, RawRequest};
    use super::*;
    use crate::gorgias::credentials::Credentials;
    use crate::gorgias::egress;

    /// Whether a request reaches the socket.
    async fn passes(step: TakeBackStep, method: Method, path: &str, body: &'static str) -> bool {
        let own = OwnTickets::default();
        own.add([7]);
        let answering = InMemory::new(|_| async { Ok(RawAnswer::json(202, "{}")) });
        let transport = TakeBack::new(answering, own, step);
        let content_type = (!body.is_empty()).then(|| "application/json".to_owned());
        let body = Bytes::from_static(body.as_bytes());
        let request = RawRequest { method, path: path.to_owned(), query: None, content_type, body };
        let cleared = egress::clear(request, None, Timestamp::now(), None).unwrap();
        let (login, _) = Credentials::basic("ops@example.com", SecretString::from("key")).current();
        transport.send(&cleared, &login).await.is_ok()
    }

    #[tokio::test]
    async fn only_what_is_ours_and_only_the_one_step() {
        use TakeBackStep::{Purge, Trash};
        let trash = r#"{"trashed_datetime":"2026-01-01T00:00:00Z"}"#;
        assert!(passes(Trash, Method::PUT, "/api/tickets/7", trash).await);
        assert!(passes(Trash, Method::PUT, "/api/tickets/7", r#"{"trashed_datetime":null}"#).await);
        assert!(passes(Trash, Method::GET, "/api/tickets/8", "").await);
        assert!(passes(Purge, Method::DELETE, "/api/tickets/7", "").await);
        for (step, method, path, body) in [
            (Trash, Method::PUT, "/api/tickets/8", trash),
            (Trash, Method::PUT, "/api/tickets/7", r#"{"status":"closed"}"#),
            (Trash, Method::PUT, "/api/tickets/7", r#"{"trashed_datetime":null,"status":"open"}"#),
            (Trash, Method::DELETE, "/api/tickets/7", ""),
            (Purge, Method::DELETE, "/api/tickets/8", ""),
            (Purge, Method::DELETE, "/api/tickets/7/messages/7", ""),
            (Purge, Method::PUT, "/api/tickets/7", trash),
            (Trash, Method::POST, "/api/tags", r#"{"name":"x"}"#),
        ] {
            assert!(!passes(step, method.clone(), path, body).await, "{step:?} {method} {path} {body}");
        }
    }
}

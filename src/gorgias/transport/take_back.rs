//! A transport that can take back and do nothing else: what an undo may send, whatever the code above it gets wrong.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::BoxFuture;
use http::Method;
use serde_json::Value;

use super::{NotSentKind, RawAnswer, SendFailure, Transport};
use crate::gorgias::credentials::Login;
use crate::gorgias::egress::Cleared;

/// What may be taken back, by ids of Gorgias. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Own(Arc<Mutex<Ids>>);

#[derive(Debug, Default)]
struct Ids {
    tickets: HashSet<u64>,
    /// The customers and tags that are being deleted right now: each was looked at a moment ago.
    customers: HashSet<u64>,
    tags: HashSet<u64>,
}

/// As long as this lives, one customer or tag may be deleted.
#[derive(Debug)]
pub struct Doomed {
    own: Own,
    id: u64,
    of: fn(&mut Ids) -> &mut HashSet<u64>,
}

impl Own {
    /// Lets these tickets be taken back.
    pub fn add(&self, ids: impl IntoIterator<Item = u64>) {
        self.ids().tickets.extend(ids);
    }

    /// Whether this ticket may be.
    pub fn contains(&self, id: u64) -> bool {
        self.ids().tickets.contains(&id)
    }

    /// Lets this customer be deleted, for as long as the answer lives.
    #[must_use]
    pub fn customer(&self, id: u64) -> Doomed {
        self.doom(id, |ids| &mut ids.customers)
    }

    /// Lets this tag be deleted, for as long as the answer lives.
    #[must_use]
    pub fn tag(&self, id: u64) -> Doomed {
        self.doom(id, |ids| &mut ids.tags)
    }

    fn doom(&self, id: u64, of: fn(&mut Ids) -> &mut HashSet<u64>) -> Doomed {
        of(&mut self.ids()).insert(id);
        Doomed { own: self.clone(), id, of }
    }

    fn ids(&self) -> MutexGuard<'_, Ids> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Doomed {
    fn drop(&mut self) {
        (self.of)(&mut self.own.ids()).remove(&self.id);
    }
}

/// What may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeBackStep {
    /// Move into the trash, and out of it again.
    Trash,
    /// Delete tickets for good, and the customers and tags that are doomed.
    Purge,
}

/// Lets reads through, and one kind of write to what is ours.
#[derive(Clone, Debug)]
pub struct TakeBack<T> {
    inner: T,
    own: Own,
    step: TakeBackStep,
}

impl<T: Transport> TakeBack<T> {
    /// Takes every right from `inner` but that of doing `step` to what is `own`.
    pub fn new(inner: T, own: Own, step: TakeBackStep) -> Self {
        Self { inner, own, step }
    }

    fn may(&self, request: &Cleared) -> bool {
        if request.method() == Method::GET {
            return true;
        }
        let id = |of: &str| request.path().strip_prefix(of).and_then(|id| id.parse::<u64>().ok());
        let ids = self.own.ids();
        let ticket = id("/api/tickets/").is_some_and(|id| ids.tickets.contains(&id));
        match self.step {
            TakeBackStep::Trash => ticket && request.method() == Method::PUT && only_trashes(request.body()),
            TakeBackStep::Purge => {
                let customer = id("/api/customers/").is_some_and(|id| ids.customers.contains(&id));
                let tag = id("/api/tags/").is_some_and(|id| ids.tags.contains(&id));
                request.method() == Method::DELETE && (ticket || customer || tag)
            }
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
        let own = Own::default();
        own.add([7]);
        let _doomed = (own.customer(8), own.tag(9));
        drop((own.customer(18), own.tag(19)));
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
        for path in ["/api/tickets/7", "/api/customers/8", "/api/tags/9"] {
            assert!(passes(Purge, Method::DELETE, path, "").await, "{path}");
        }
        for (step, method, path, body) in [
            (Trash, Method::PUT, "/api/tickets/8", trash),
            (Trash, Method::PUT, "/api/tickets/7", r#"{"status":"closed"}"#),
            (Trash, Method::PUT, "/api/tickets/7", r#"{"trashed_datetime":null,"status":"open"}"#),
            (Trash, Method::DELETE, "/api/tickets/7", ""),
            (Purge, Method::DELETE, "/api/tickets/8", ""),
            (Purge, Method::DELETE, "/api/tickets/7/messages/7", ""),
            (Purge, Method::PUT, "/api/tickets/7", trash),
            (Purge, Method::DELETE, "/api/customers/7", ""),
            (Purge, Method::DELETE, "/api/customers/9", ""),
            (Purge, Method::DELETE, "/api/tags/8", ""),
            (Purge, Method::DELETE, "/api/customers/18", ""),
            (Purge, Method::DELETE, "/api/tags/19", ""),
            (Purge, Method::PUT, "/api/customers/8", r#"{"name":"x"}"#),
            (Trash, Method::DELETE, "/api/customers/8", ""),
            (Trash, Method::DELETE, "/api/tags/9", ""),
            (Trash, Method::POST, "/api/tags", r#"{"name":"x"}"#),
        ] {
            assert!(!passes(step, method.clone(), path, body).await, "{step:?} {method} {path} {body}");
        }
    }
}

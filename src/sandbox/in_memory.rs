//! The stand-in without a socket, for simulations in paused time.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::Value;

use super::pipeline::{Outcome, Server};
use super::{FaultPlan, SandboxError, SandboxOptions, Stats, into_error};

/// A stand-in that is asked by calls.
pub(crate) struct InMemory {
    server: Arc<Server>,
}

impl InMemory {
    /// Opens the store. The address of the options does not matter.
    pub(crate) fn open(options: SandboxOptions) -> Result<Self, SandboxError> {
        let server = Server::new(options, "http://127.0.0.1".to_owned())?;
        Ok(Self { server: Arc::new(server) })
    }

    /// Serves a request; nothing where the connection would have been reset. The request is carried out even if the
    /// caller goes away.
    pub(crate) async fn ask(&self, request: Request<Bytes>) -> Option<Response<Bytes>> {
        let Outcome::Answer(response, subject) = Arc::clone(&self.server).serve_whole(request).await else {
            return None;
        };
        if let Some(subject) = subject {
            self.server.app.watch.answered(&subject, response.status().as_u16());
        }
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Some(Response::from_parts(parts, body))
    }

    /// Requests that are still at work, late writes among them.
    pub(crate) fn at_work(&self) -> usize {
        Arc::strong_count(&self.server) - 1
    }

    pub(crate) fn stats(&self) -> Result<Stats, SandboxError> {
        self.server.app.stats().map_err(into_error)
    }

    pub(crate) fn tickets(&self) -> Result<Vec<Value>, SandboxError> {
        self.server.app.whole_tickets().map_err(into_error)
    }

    pub(crate) fn would_send(&self) -> Result<Vec<Value>, SandboxError> {
        self.server.app.would_send().map_err(into_error)
    }

    pub(crate) fn set_faults(&self, plan: FaultPlan) {
        self.server.app.faults().replace(plan);
    }
}

//! The client: one typed method per call.

mod reads;
#[cfg(test)]
mod tests;
mod writes;

use std::sync::Arc;

pub use reads::{CustomerAddress, EventFilter};

use super::call::{Line, Patience};
use super::credentials::Credentials;
use super::limiter::Limiter;
use super::observer::{CallObserver, Silent};
use super::server_clock::ServerClock;
use super::transport::Transport;

/// The API of one account. Clones share the connection, the limiter and the login.
#[derive(Clone)]
pub struct Client {
    line: Arc<Line>,
}

/// A client in the making.
pub struct ClientBuilder {
    line: Line,
}

impl Client {
    /// Begins a client over `transport`; a dry run hands in a [`ReadOnly`](super::ReadOnly) one.
    pub fn builder(
        transport: impl Transport + 'static,
        credentials: Credentials,
        limiter: Limiter,
    ) -> ClientBuilder {
        ClientBuilder {
            line: Line {
                transport: Box::new(transport),
                credentials,
                limiter,
                observer: Box::new(Silent),
                patience: Patience::default(),
                clock: ServerClock::default(),
            },
        }
    }

    /// The limiter, to show its level or to change the reserve.
    pub fn limiter(&self) -> &Limiter {
        &self.line.limiter
    }

    /// The server's time as far as its answers told it.
    pub fn server_now(&self) -> Option<jiff::Timestamp> {
        self.line.clock.at(crate::model::time::now())
    }

    pub(super) fn line(&self) -> &Line {
        &self.line
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("limiter", &self.line.limiter).finish_non_exhaustive()
    }
}

impl ClientBuilder {
    /// Who hears of attempts and waits.
    #[must_use]
    pub fn observer(mut self, observer: impl CallObserver + 'static) -> Self {
        self.line.observer = Box::new(observer);
        self
    }

    /// How long a call goes on after 429s.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.line.patience = patience;
        self
    }

    /// The client.
    pub fn build(self) -> Client {
        Client { line: Arc::new(self.line) }
    }
}

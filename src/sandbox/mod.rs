//! The stand-in of Gorgias: a local server that behaves as the API is documented and was seen to behave.
//!
//! Purpose: rehearse and test imports without an account. Strict where the documentation leaves a choice, it records
//! everything that the real Gorgias would have sent to people, injects faults at exact places, and keeps its store on
//! disk, so that it can be killed and started again.
//!
//! Invariants: loopback only; a write is durable before its answer leaves; nothing is ever sent anywhere.
//!
//! What it must not know: the importer. It shares no code with it, or one mistake on both sides would cancel out.

mod accept;
mod access;
mod account;
mod admin;
mod api;
mod app;
mod auth;
mod beside;
mod browse;
mod bucket;
mod check;
mod clock;
mod effects;
mod error;
mod fault;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod hidden;
#[cfg(test)]
mod in_memory;
mod language;
mod log;
mod observer;
mod pages;
mod paging;
mod pipeline;
mod reply;
mod seed;
mod store;
mod wire;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use account::Account;
use app::{App, BodyLimits};
use observer::Watch;
use pipeline::Server;
use reply::ApiError;
use store::{Store, tickets};

pub use app::Stats;
pub use beside::{Beside, Fact, Panel, Remark, RemarkKind, Section, Tone};
pub use bucket::BucketLimit;
pub use error::SandboxError;
pub use fault::{Fault, FaultPlan, Scripted};
#[cfg(test)]
pub(crate) use in_memory::InMemory;
pub use log::LoggedRequest;
pub use observer::{Observation, Observer, Phase};
pub use seed::{
    AccountSeed, SeedCustomer, SeedField, SeedHidden, SeedIntegration, SeedRule, SeedSetting, SeedTeam,
    SeedUser,
};

/// How to start a stand-in.
pub struct SandboxOptions {
    /// Where to listen; loopback only. Port 0 picks a free one.
    pub address: SocketAddr,
    /// The store's file; none is a temporary one that goes with the stand-in.
    pub store: Option<PathBuf>,
    /// The account to play.
    pub account: AccountSeed,
    /// The account's request limit for API keys; OAuth tokens have twice that.
    pub limit: BucketLimit,
    /// Faults to inject.
    pub faults: FaultPlan,
    /// Who watches requests.
    pub observer: Option<Observer>,
    /// The largest JSON body taken; above it 413. Gorgias publishes no number.
    pub json_bytes_max: usize,
    /// The largest upload taken; above it 413. Gorgias publishes no number.
    pub upload_bytes_max: usize,
    /// Who knows more of a ticket than the stand-in, for the page that shows it.
    pub beside: Option<Arc<dyn Beside>>,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            store: None,
            account: AccountSeed::default(),
            limit: BucketLimit::UNLIMITED,
            faults: FaultPlan::none(),
            observer: None,
            json_bytes_max: 10 * 1024 * 1024,
            upload_bytes_max: 25 * 1024 * 1024,
            beside: None,
        }
    }
}

/// A running stand-in. Dropping it stops it without waiting.
pub struct Sandbox {
    address: SocketAddr,
    app: Arc<App>,
    stop: CancellationToken,
    _stop_on_drop: DropGuard,
    serving: JoinHandle<()>,
}

/// Opens the store and starts to serve.
///
/// # Errors
/// An address that is not loopback or cannot be listened on; a store that cannot be used or is another account's; an
/// account that contradicts itself.
pub async fn start(options: SandboxOptions) -> Result<Sandbox, SandboxError> {
    if !options.address.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(options.address));
    }
    let refused = |source| SandboxError::Listen { address: options.address, source };
    let listener = TcpListener::bind(options.address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let server = Arc::new(Server::new(options, format!("http://{address}"))?);
    let app = Arc::clone(&server.app);
    let stop = CancellationToken::new();
    let serving = tokio::spawn(accept::serve(listener, server, stop.clone()));
    Ok(Sandbox { address, app, _stop_on_drop: stop.clone().drop_guard(), stop, serving })
}

impl Server {
    /// Opens the store and puts everything around it that answers requests.
    fn new(options: SandboxOptions, base_url: String) -> Result<Self, SandboxError> {
        let account = Account::new(options.account)?;
        let store = Store::open(options.store.as_deref(), &account)?;
        let limits =
            BodyLimits { json_bytes_max: options.json_bytes_max, upload_bytes_max: options.upload_bytes_max };
        let watch = Watch::new(options.observer);
        let app = Arc::new(App::new(
            store,
            account,
            options.limit,
            options.faults,
            watch,
            base_url,
            limits,
            options.beside,
        ));
        // The pipeline has its own limits, which answer in Gorgias's way.
        let api = api::router(Arc::clone(&app)).layer(DefaultBodyLimit::disable());
        let local = pages::router(Arc::clone(&app))
            .merge(admin::router(Arc::clone(&app)))
            .merge(api::file_router(Arc::clone(&app)))
            .fallback(pages::missing)
            .layer(DefaultBodyLimit::disable());
        Ok(Self { app, api, local })
    }
}

impl Sandbox {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> &str {
        &self.app.base_url
    }

    /// Stops: requests in flight get half a second.
    pub async fn stop(self) {
        self.stop.cancel();
        if self.serving.await.is_err() {
            tracing::error!("the stand-in's accept loop ended badly");
        }
    }

    /// Counts of what it holds and of what was asked of it.
    pub fn stats(&self) -> Result<Stats, SandboxError> {
        self.app.stats().map_err(into_error)
    }

    /// Every ticket whole, as `GET /api/tickets/{id}` gives it, by id. For tests: all of them are in memory.
    pub fn tickets(&self) -> Result<Vec<Value>, SandboxError> {
        self.app.whole_tickets().map_err(into_error)
    }

    /// Everything that the real Gorgias would have sent to people, oldest first. Must be empty after an import.
    pub fn would_send(&self) -> Result<Vec<Value>, SandboxError> {
        self.app.would_send().map_err(into_error)
    }

    /// How many external ids more than one ticket has.
    pub fn tickets_twice(&self) -> Result<u64, SandboxError> {
        self.app.read_now(|db, _| tickets::twice(db)).map_err(into_error)
    }

    /// The API requests since it started, oldest first (the last 200,000).
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.app.log().rows().iter().cloned().collect()
    }

    /// A link to the pages that opens once: it is exchanged for a cookie. An earlier one that nobody used is void.
    pub fn browse_link(&self) -> Result<String, SandboxError> {
        Ok(format!("{}/enter/{}", self.base_url(), self.app.access.link()?))
    }

    /// Hangs remarks on tickets, by their own external id or that of one of their messages, in place of all earlier
    /// ones. The pages show them and filter by them.
    pub fn annotate(
        &self,
        kinds: &[RemarkKind],
        remarks: impl Iterator<Item = Remark>,
    ) -> Result<(), SandboxError> {
        self.app.browse.annotate(kinds, remarks).map_err(into_error)
    }

    /// Makes the pages' index complete, telling `progress` how many changes are done and how many there are; it says
    /// whether to go on. Without this the pages do it when they are opened.
    pub fn index(&self, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<(), SandboxError> {
        self.app.browse.complete(&self.app.account(), progress).map_err(into_error)
    }

    /// Injects other faults from now on; scripts count from here.
    pub fn set_faults(&self, plan: FaultPlan) {
        self.app.faults().replace(plan);
    }

    /// Plays a changed account from now on (a rule was switched on, say). What is in the store stays.
    pub fn set_account(&self, seed: AccountSeed) -> Result<(), SandboxError> {
        if seed.domain != self.app.account().seed.domain {
            return Err(SandboxError::Account("the domain of a running account cannot change".into()));
        }
        self.app.set_account(Account::new(seed)?);
        Ok(())
    }
}

/// Questions to the store fail only with the store; what exactly failed is in the log.
fn into_error(error: ApiError) -> SandboxError {
    SandboxError::Broken(error.msg)
}

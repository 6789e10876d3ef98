//! What all requests share: the store behind its lock, the account, the buckets, the faults, the log.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
// Paused in simulations.
use tokio::time::Instant;

use super::access::Access;
use super::account::{Account, Caller};
use super::beside::Beside;
use super::browse::Browse;
use super::bucket::{Bucket, BucketLimit, Verdict};
use super::fault::{Fault, FaultDesk, FaultPlan};
use super::log::Log;
use super::observer::Watch;
use super::reply::ApiError;
use super::store::{Store, Work, outbox, tickets};
use super::wire::People;
use super::wire::ticket::TicketOut;

/// Counts of what the store holds and of what was asked.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Stats {
    /// Tickets, trashed ones included.
    pub tickets: u64,
    /// Tickets in the trash.
    pub trashed: u64,
    /// Messages.
    pub messages: u64,
    /// Customers.
    pub customers: u64,
    /// Tags.
    pub tags: u64,
    /// Satisfaction surveys.
    pub surveys: u64,
    /// Uploaded files.
    pub files: u64,
    /// Events.
    pub events: u64,
    /// What the real Gorgias would have sent to people. Must be 0 after an import.
    pub would_send: u64,
    /// Calls that HTTP integrations would have got.
    pub http_calls: u64,
    /// API requests since the start.
    pub requests: u64,
    /// Writes made durable since the start.
    pub writes: u64,
    /// API requests by the status answered; those whose connection was cut are under 0.
    pub by_status: BTreeMap<u16, u64>,
    /// Requests refused with 429 because the bucket was full (not those of an injected fault).
    pub throttled: u64,
    /// Faults injected.
    pub faults: BTreeMap<Fault, u64>,
}

#[derive(Debug)]
struct Buckets {
    key: Bucket,
    oauth: Bucket,
}

/// A ticket that lists do not show yet.
#[derive(Debug)]
struct Hidden {
    until: Option<Instant>,
    lists: u32,
}

/// Limits on what requests may carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimits {
    pub(crate) json_bytes_max: usize,
    pub(crate) upload_bytes_max: usize,
}

/// The stand-in's shared state.
pub(crate) struct App {
    store: Mutex<Store>,
    account: RwLock<Arc<Account>>,
    buckets: Mutex<Buckets>,
    faults: Mutex<FaultDesk>,
    log: Mutex<Log>,
    hidden: Mutex<HashMap<i64, Hidden>>,
    pub(crate) watch: Watch,
    pub(crate) base_url: String,
    pub(crate) limits: BodyLimits,
    /// Who may see the pages.
    pub(crate) access: Access,
    /// What the pages list and search.
    pub(crate) browse: Browse,
    /// What else is known of tickets, if somebody said so.
    pub(crate) beside: Option<Arc<dyn Beside>>,
}

/// Locks; a panic elsewhere leaves nothing half-done here, since the store has transactions.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    #[expect(clippy::too_many_arguments, reason = "the parts of the stand-in, put together in one place")]
    pub(crate) fn new(
        store: Store,
        account: Account,
        limit: BucketLimit,
        plan: FaultPlan,
        watch: Watch,
        base_url: String,
        limits: BodyLimits,
        beside: Option<Arc<dyn Beside>>,
    ) -> Self {
        let now = Instant::now();
        let buckets = Buckets { key: Bucket::new(limit, now), oauth: Bucket::new(limit.doubled(), now) };
        Self {
            access: Access::new(&base_url),
            browse: Browse::of(store.path()),
            beside,
            store: Mutex::new(store),
            account: RwLock::new(Arc::new(account)),
            buckets: Mutex::new(buckets),
            faults: Mutex::new(FaultDesk::new(plan)),
            log: Mutex::default(),
            hidden: Mutex::default(),
            watch,
            base_url,
            limits,
        }
    }

    /// The account as it is now.
    pub(crate) fn account(&self) -> Arc<Account> {
        Arc::clone(&self.account.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Plays another account from now on (a rule was switched on, say). Data in the store stays.
    pub(crate) fn set_account(&self, account: Account) {
        *self.account.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(account);
    }

    /// Asks the store something, on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&rusqlite::Connection, &Account) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || app.read_now(ask));
        asked.await.unwrap_or_else(|_| Err(ApiError::fault()))
    }

    /// Asks the store something, here and now.
    pub(crate) fn read_now<T>(
        &self,
        ask: impl FnOnce(&rusqlite::Connection, &Account) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let account = self.account();
        ask(lock(&self.store).db(), &account)
    }

    /// Does a request's work in one transaction, on a thread that may block. Durable when this returns `Ok`.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        caller: Caller,
        work: impl FnOnce(&Work) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            let account = app.account();
            lock(&app.store).work(&account, &caller, work)
        });
        done.await.unwrap_or_else(|_| Err(ApiError::fault()))
    }

    /// Counts a request in its bucket. Without a caller it is only asked how full the bucket is.
    pub(crate) fn take(&self, caller: Option<&Caller>) -> Verdict {
        let mut buckets = lock(&self.buckets);
        let now = Instant::now();
        match caller {
            Some(caller) if caller.bearer => buckets.oauth.take(now),
            Some(_) => buckets.key.take(now),
            None => buckets.key.peek(now),
        }
    }

    /// The faults, to ask or to change.
    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultDesk> {
        lock(&self.faults)
    }

    /// Hides a new ticket from lists, as the plan says.
    pub(crate) fn hide(&self, ticket_id: i64) {
        let plan = self.faults().plan().clone();
        let until =
            plan.hidden_lists.is_none().then(|| Instant::now() + Duration::from_millis(plan.hidden_ms));
        lock(&self.hidden).insert(ticket_id, Hidden { until, lists: plan.hidden_lists.unwrap_or(0) });
    }

    /// Whether a list that would show the ticket leaves it out this time.
    pub(crate) fn is_hidden(&self, ticket_id: i64) -> bool {
        let mut hidden = lock(&self.hidden);
        let Some(entry) = hidden.get_mut(&ticket_id) else { return false };
        let still = match entry.until {
            Some(until) => Instant::now() < until,
            None => entry.lists > 0,
        };
        entry.lists = entry.lists.saturating_sub(1);
        if !still {
            hidden.remove(&ticket_id);
        }
        still
    }

    /// The log of requests, to write to or to ask.
    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }

    /// The limit of the bucket for API keys.
    pub(crate) fn limit(&self) -> BucketLimit {
        lock(&self.buckets).key.limit()
    }

    /// Every ticket whole, trashed ones too, by id.
    pub(crate) fn whole_tickets(&self) -> Result<Vec<Value>, ApiError> {
        self.read_now(|db, account| {
            let people = People::new(db, account);
            let mut all = Vec::new();
            for id in tickets::all_ids(db)? {
                all.push(serde_json::to_value(TicketOut::new(&people, tickets::require(db, id)?, true)?)?);
            }
            Ok(all)
        })
    }

    /// Everything that the real Gorgias would have sent to people, oldest first.
    pub(crate) fn would_send(&self) -> Result<Vec<Value>, ApiError> {
        self.read_now(|db, _| outbox::all(db))
    }

    /// Counts of everything.
    pub(crate) fn stats(&self) -> Result<Stats, ApiError> {
        let faults = self.faults().injected().clone();
        let (by_status, throttled) = self.log().totals();
        let (requests, writes) = (self.watch.received_count(), self.watch.committed_count());
        self.read_now(|db, _| {
            let count = |from: &str| -> Result<u64, ApiError> {
                let rows: i64 =
                    db.query_row(&format!("SELECT count(*) FROM {from}"), [], |row| row.get(0))?;
                Ok(rows.unsigned_abs())
            };
            Ok(Stats {
                tickets: count("tickets")?,
                trashed: count("tickets WHERE trashed IS NOT NULL")?,
                messages: count("messages")?,
                customers: count("customers")?,
                tags: count("tags")?,
                surveys: count("surveys")?,
                files: count("files")?,
                events: count("events")?,
                would_send: count("would_send")?,
                http_calls: count("http_calls")?,
                requests,
                writes,
                by_status,
                throttled,
                faults,
            })
        })
    }
}

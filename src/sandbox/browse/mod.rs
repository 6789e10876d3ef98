//! The index of the pages: what they list by, filter by and search, in a file beside the store.
//!
//! It is a cache, made of the store and nothing else, and made again where it is missing, of another version or of
//! another store. It has a connection of its own, so that a slow search holds up no API request, and it catches up
//! with the store when it is asked: a request pays for nothing but a line in the table of changes.

mod facets;
mod fill;
mod find;
mod odd;
mod remarks;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::account::Account;
use super::app::App;
use super::beside::{Remark, RemarkKind};
use super::reply::ApiError;

pub(crate) use facets::{Choice, Facets};
pub(crate) use find::{Agent, Cursor, Entry, Found, Sort, Status, Wanted, of_customer};
pub(crate) use remarks::{Hung, of_ticket as remarks_of};

/// How long a page may take to catch up with the store before it shows what there is.
const CATCH_UP: Duration = Duration::from_millis(120);

/// The index.
pub(crate) struct Browse {
    store: PathBuf,
    state: Mutex<Option<Index>>,
    /// Whether somebody is catching up in the background.
    busy: AtomicBool,
}

struct Index {
    db: Connection,
    /// The choices of the filters, counted when the index stood at this change.
    facets: Option<(i64, Arc<Facets>)>,
}

/// What a page asks of.
pub(crate) struct View<'a> {
    /// The index, with the store's tables beside its own.
    pub(crate) db: &'a Connection,
    pub(crate) account: &'a Account,
    pub(crate) facets: Arc<Facets>,
    /// Changes of the store that the index does not know yet.
    pub(crate) behind: u64,
}

impl Browse {
    /// The index of the store in this file. Nothing is opened before it is needed.
    pub(crate) fn of(store: &Path) -> Self {
        Self { store: store.to_owned(), state: Mutex::default(), busy: AtomicBool::new(false) }
    }

    fn state(&self) -> MutexGuard<'_, Option<Index>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Index) -> Result<T, ApiError>) -> Result<T, ApiError> {
        let mut state = self.state();
        let index = match state.as_mut() {
            Some(index) => index,
            None => state.insert(Index { db: schema::open(&self.store)?, facets: None }),
        };
        work(index)
    }

    /// Brings the index up to date, however long it takes, as long as `progress` says so.
    pub(crate) fn complete(
        &self,
        account: &Account,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<(), ApiError> {
        let mut done = 0;
        loop {
            let (filled, behind) = self.with(|index| {
                let filled = fill::some(&mut index.db, account)?;
                Ok((filled, fill::behind(&index.db)?))
            })?;
            done += filled;
            let goes_on = progress(done, done + behind);
            if behind == 0 {
                // Counted now, so that the first page does not have to.
                return self.ask(account, |_| Ok(()));
            }
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// See [`super::Sandbox::annotate`].
    pub(crate) fn annotate(
        &self,
        kinds: &[RemarkKind],
        remarks: impl Iterator<Item = Remark>,
    ) -> Result<(), ApiError> {
        self.with(|index| {
            index.facets = None;
            remarks::replace(&mut index.db, kinds, remarks)
        })
    }

    /// Answers a question, on this thread.
    fn ask<T>(
        &self,
        account: &Account,
        ask: impl FnOnce(&View) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.with(|index| {
            let until = Instant::now() + CATCH_UP;
            let mut behind = fill::behind(&index.db)?;
            while behind > 0 && Instant::now() < until {
                fill::some(&mut index.db, account)?;
                behind = fill::behind(&index.db)?;
            }
            let at = fill::position(&index.db)?;
            let facets = match &index.facets {
                // While the index catches up the counts may lag: nobody waits for them again and again.
                Some((known, facets)) if *known == at || behind > 0 => Arc::clone(facets),
                _ => Arc::new(facets::count(&index.db, account)?),
            };
            index.facets = Some((at, Arc::clone(&facets)));
            ask(&View { db: &index.db, account, facets, behind })
        })
    }
}

impl App {
    /// Asks the pages' index something, on a thread that may block. What the index lacks is caught up in the background.
    pub(crate) async fn view<T: Send + 'static>(
        self: &Arc<Self>,
        ask: impl FnOnce(&View) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let app = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let account = app.account();
            let (answer, behind) = app.browse.ask(&account, |view| Ok((ask(view)?, view.behind)))?;
            if behind > 0 && !app.browse.busy.swap(true, Ordering::SeqCst) {
                std::thread::spawn(move || {
                    if let Err(error) = app.browse.complete(&account, &mut |_, _| true) {
                        tracing::warn!(error = error.msg, "the pages' index cannot be completed");
                    }
                    app.browse.busy.store(false, Ordering::SeqCst);
                });
            }
            Ok(answer)
        });
        asked.await.unwrap_or_else(|_| Err(ApiError::fault()))
    }
}

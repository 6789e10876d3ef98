//! The index of the pages: what they list by, filter by and search, in a file beside the store.
//!
//! It is a cache, made of the store and nothing else, and made again where it is missing, of another version or of
//! another store. It has connections of its own, so that a slow search holds up no API request; one of them writes and
//! one reads, so that no page waits while the index is made. It catches up with the store when it is asked: a request
//! pays for nothing but a line in the table of changes.

mod facets;
mod fill;
mod find;
mod odd;
mod remarks;
mod schema;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
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
/// Changes that a page takes in at once.
const FEW: u32 = 50;
/// Changes that are taken in at once where nobody waits: fewer and larger pieces have to be merged less often.
const MANY: u32 = 1_000;

/// The index.
pub(crate) struct Browse {
    store: PathBuf,
    /// Whether the file is known to be there and to be this store's.
    made: Mutex<bool>,
    /// Whoever holds it catches up with the store. Never waited for by a page.
    filling: Mutex<Option<Connection>>,
    /// Reads only, and so never waits for whoever is filling.
    reading: Mutex<Option<Reading>>,
}

struct Reading {
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
        Self {
            store: store.to_owned(),
            made: Mutex::default(),
            filling: Mutex::default(),
            reading: Mutex::default(),
        }
    }

    /// A connection to the index, which is made first if it has to be.
    fn connection(&self) -> Result<Connection, ApiError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if *made {
            return schema::again(&self.store);
        }
        let db = schema::open(&self.store)?;
        *made = true;
        Ok(db)
    }

    /// The connection that writes.
    fn opened<'f>(&self, filling: &'f mut Option<Connection>) -> Result<&'f mut Connection, ApiError> {
        match filling {
            Some(db) => Ok(db),
            None => Ok(filling.insert(self.connection()?)),
        }
    }

    fn filling(&self) -> MutexGuard<'_, Option<Connection>> {
        self.filling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, unless somebody is at it.
    fn try_filling(&self) -> Option<MutexGuard<'_, Option<Connection>>> {
        match self.filling.try_lock() {
            Ok(filling) => Some(filling),
            Err(TryLockError::Poisoned(filling)) => Some(filling.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Brings the index up to date, however long it takes, as long as `progress` says so.
    pub(crate) fn complete(
        &self,
        account: &Account,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<(), ApiError> {
        self.fill(self.filling(), account, progress)
    }

    fn fill(
        &self,
        mut filling: MutexGuard<'_, Option<Connection>>,
        account: &Account,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<(), ApiError> {
        let db = self.opened(&mut filling)?;
        let mut done = 0;
        loop {
            done += fill::some(db, account, MANY)?;
            let behind = fill::behind(db)?;
            let goes_on = progress(done, done + behind);
            if behind == 0 {
                drop(filling);
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
        let mut filling = self.filling();
        remarks::replace(self.opened(&mut filling)?, kinds, remarks)
    }

    /// Takes in what has changed, as far as a page can wait for it.
    fn catch_up(&self, account: &Account) -> Result<(), ApiError> {
        let Some(mut filling) = self.try_filling() else { return Ok(()) };
        let db = self.opened(&mut filling)?;
        let until = Instant::now() + CATCH_UP;
        while fill::behind(db)? > 0 && Instant::now() < until {
            fill::some(db, account, FEW)?;
        }
        Ok(())
    }

    /// Answers a question, on this thread.
    fn ask<T>(
        &self,
        account: &Account,
        ask: impl FnOnce(&View) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        self.catch_up(account)?;
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = match reading.as_mut() {
            Some(reading) => reading,
            None => reading.insert(Reading { db: self.connection()?, facets: None }),
        };
        // All of a page is of one moment, whatever is written meanwhile.
        let moment = reading.db.unchecked_transaction()?;
        let (at, behind) = (fill::position(&moment)?, fill::behind(&moment)?);
        let facets = match &reading.facets {
            // While the index catches up the counts may lag: nobody waits for them again and again.
            Some((known, facets)) if *known == at || behind > 0 => Arc::clone(facets),
            _ => Arc::new(facets::count(&moment, account)?),
        };
        reading.facets = Some((at, Arc::clone(&facets)));
        let answer = ask(&View { db: &moment, account, facets, behind })?;
        moment.commit()?;
        Ok(answer)
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
            if behind > 0 {
                std::thread::spawn(move || {
                    let Some(filling) = app.browse.try_filling() else { return };
                    if let Err(error) = app.browse.fill(filling, &account, &mut |_, _| true) {
                        tracing::warn!(error = error.msg, "the pages' index cannot be completed");
                    }
                });
            }
            Ok(answer)
        });
        asked.await.unwrap_or_else(|_| Err(ApiError::fault()))
    }
}
